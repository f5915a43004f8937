// A hash to recognize a text without storing it. Not cryptographic: forging a match would only fool one's own editor.

/** 64 bits in hexadecimal, from two multiplicative hashes that are mixed at the end. Ignores the kind of line ends. */
export function hashOf(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // \r\n
    if (code === 13 && text.charCodeAt(at + 1) === 10) continue;
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return [a, b].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

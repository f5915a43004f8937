// What two texts have in common at both ends: what an edit left as it was.

/** Characters compared at once, then fewer: comparing slices is far faster than comparing characters. */
const blocks = [4096, 256, 16, 1] as const;

/** How many characters both begin with. */
export function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  for (const block of blocks) {
    while (count + block <= most && a.slice(count, count + block) === b.slice(count, count + block)) count += block;
  }
  return count;
}

/** How many characters both end with, not counting the first `from`. */
export function commonEnd(a: string, b: string, from: number): number {
  const most = Math.min(a.length, b.length) - from;
  let count = 0;
  for (const block of blocks) {
    while (
      count + block <= most &&
      a.slice(a.length - count - block, a.length - count) === b.slice(b.length - count - block, b.length - count)
    ) {
      count += block;
    }
  }
  return count;
}

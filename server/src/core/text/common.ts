// The common prefix and suffix of two texts, which an edit left unchanged.

/** Block sizes for comparison, large to small: comparing slices is far faster than comparing characters. */
const blocks = [4096, 256, 16, 1] as const;

/** The length of the common prefix. */
export function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  for (const block of blocks) {
    while (count + block <= most && a.slice(count, count + block) === b.slice(count, count + block)) count += block;
  }
  return count;
}

/** The length of the common suffix, not counting the first `from` characters. */
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

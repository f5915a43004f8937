// Parses numbers like C, and so like Darknet.

/** Darknet's integers have 32 bits. */
export const largestInt = 2 ** 31 - 1;

/** C's atoi: leading digits, else 0. Darknet leaves two kinds of white space in a value, which atoi skips. */
export function atoi(text: string): number {
  const match = /^[\v\f]*([+-]?\d+)/.exec(text);
  return match ? Number(match[1]) : 0;
}

/** C’s atof. */
export function atof(text: string): number {
  const match = /^[\v\f]*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/i.exec(text);
  return match ? Number(match[1]) : 0;
}

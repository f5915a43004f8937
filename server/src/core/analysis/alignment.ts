// Aligns two sequences: finds which parts of one became which parts of the other after insertions, deletions and
// changes.

/** How similar parts are. */
export interface Likeness<T> {
  readonly isEqual: (before: T, after: T) => boolean;
  /** Whether two parts are very likely the same; used for the common start and end of the sequences. */
  readonly isAlike: (before: T, after: T) => boolean;
  /** Strictest first: parts with equal keys are alike by that criterion. */
  readonly keys: readonly ((part: T) => unknown)[];
  /** How likely two parts are the same one; 0 if they cannot be. */
  readonly score: (before: T, after: T) => number;
}

/** Maximum number of cells in the dynamic-programming table. */
const mostCells = 10_000;

/**
 * For each part of `before`, the index of its counterpart in `after`, or −1. Indexes ascend, and the total score of the
 * pairs is as high as possible. Alike parts at both ends are paired at once. In long sequences, parts with a unique
 * counterpart serve as fixed points, so the time grows linearly rather than quadratically.
 */
export function aligned<T>(before: readonly T[], after: readonly T[], likeness: Likeness<T>): Int32Array {
  const { keys } = likeness;
  const partners = new Int32Array(before.length).fill(-1);
  const isEqual = (at: number, other: number): boolean => likeness.isEqual(before[at]!, after[other]!);
  const score = (at: number, other: number): number => likeness.score(before[at]!, after[other]!);
  // An explicit stack instead of recursion: there may be thousands of fixed points.
  const open: Stretch[] = [{ a: 0, aEnd: before.length, b: 0, bEnd: after.length, key: 0 }];
  for (let stretch = open.pop(); stretch; stretch = open.pop()) {
    let { a, aEnd, b, bEnd } = stretch;
    while (a < aEnd && b < bEnd && isEqual(a, b)) partners[a++] = b++;
    while (a < aEnd && b < bEnd && isEqual(aEnd - 1, bEnd - 1)) partners[--aEnd] = --bEnd;
    if (a === aEnd || b === bEnd) continue;
    if ((aEnd - a) * (bEnd - b) <= mostCells) {
      fill({ a, aEnd, b, bEnd }, partners, score);
      continue;
    }
    const isAlike = (at: number, other: number): boolean => likeness.isAlike(before[at]!, after[other]!);
    while (a < aEnd && b < bEnd && isAlike(a, b)) partners[a++] = b++;
    while (a < aEnd && b < bEnd && isAlike(aEnd - 1, bEnd - 1)) partners[--aEnd] = --bEnd;
    if (a === aEnd || b === bEnd) continue;
    let { key } = stretch;
    let points: readonly (readonly [number, number])[] = [];
    for (; key < keys.length && points.length === 0; key++)
      points = fixedPoints(before, after, { a, aEnd, b, bEnd }, keys[key]!);
    if (points.length === 0) {
      fill({ a, aEnd, b, bEnd }, partners, score);
      continue;
    }
    for (const [at, other] of [...points, [aEnd, bEnd] as const]) {
      open.push({ a, aEnd: at, b, bEnd: other, key: key - 1 });
      if (at < aEnd) partners[at] = other;
      [a, b] = [at + 1, other + 1];
    }
  }
  return partners;
}

/** The parts `a` to `aEnd` − 1 of one sequence and `b` to `bEnd` − 1 of the other. */
interface Section {
  readonly a: number;
  readonly aEnd: number;
  readonly b: number;
  readonly bEnd: number;
}

interface Stretch extends Section {
  /** The strictest key by which fixed points may still be found. */
  readonly key: number;
}

/** Pairs of parts that are unique on both sides: the largest set whose order is the same. */
function fixedPoints<T>(
  before: readonly T[],
  after: readonly T[],
  { a, aEnd, b, bEnd }: Section,
  key: (part: T) => unknown,
): readonly (readonly [number, number])[] {
  /** Indexes by key; NaN if the key is not unique. */
  const places = new Map<unknown, { at: number; other: number | undefined }>();
  for (let at = a; at < aEnd; at++) {
    const value = key(before[at]!);
    const known = places.get(value);
    if (known) known.at = Number.NaN;
    else places.set(value, { at, other: undefined });
  }
  for (let other = b; other < bEnd; other++) {
    const known = places.get(key(after[other]!));
    if (known) known.other = known.other === undefined ? other : Number.NaN;
  }
  const pairs: (readonly [number, number])[] = [];
  for (const { at, other } of places.values()) if (!Number.isNaN(at) && other! >= 0) pairs.push([at, other!]);
  return rising(pairs);
}

/** The longest subsequence of pairs (sorted by first number) whose second numbers ascend. */
function rising(pairs: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  /** For each length, the pair that ends such a subsequence with the smallest second number. */
  const ends: number[] = [];
  const earlier = new Int32Array(pairs.length);
  for (const [index, [, other]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < other) low = middle + 1;
      else high = middle;
    }
    earlier[index] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = index;
  }
  const found: (readonly [number, number])[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = earlier[index]!) found.push(pairs[index]!);
  return found.reverse();
}

/** Pairs up the parts of a section; in a large one, only parts at about the same relative position. */
function fill(
  { a, aEnd, b, bEnd }: Section,
  partners: Int32Array,
  score: (before: number, after: number) => number,
): void {
  const [rows, columns] = [aEnd - a, bEnd - b];
  const slope = columns / rows;
  const isSmall = rows * columns <= mostCells;
  const reach = isSmall ? columns : Math.max(8, Math.ceil(mostCells / rows / 2));
  const width = Math.min(columns, 2 * reach + Math.ceil(slope));
  /** The first of the `width` columns considered in a row. */
  const from = (row: number): number => Math.max(0, Math.min(columns - width, Math.floor(row * slope) - reach));
  /** The best score of all pairs from a row and a column onwards. */
  const best = new Float64Array(rows * width);
  const bestAt = (row: number, column: number): number => {
    if (column >= columns) return 0;
    // Columns after the last one considered can be paired only in later rows.
    let at = row;
    while (at < rows && column >= from(at) + width) at++;
    return at < rows ? best[at * width + Math.max(0, column - from(at))]! : 0;
  };
  for (let row = rows - 1; row >= 0; row--) {
    const first = from(row);
    for (let column = first + width - 1; column >= first; column--) {
      const worth = score(a + row, b + column);
      const paired = worth > 0 ? worth + bestAt(row + 1, column + 1) : 0;
      const right = column + 1 < first + width ? bestAt(row, column + 1) : 0;
      best[row * width + column - first] = Math.max(paired, bestAt(row + 1, column), right);
    }
  }
  let [row, column] = [0, 0];
  while (row < rows && column < columns) {
    const here = bestAt(row, column);
    if (here === 0) break;
    const isSeen = column >= from(row) && column < from(row) + width;
    const worth = isSeen ? score(a + row, b + column) : 0;
    if (worth > 0 && worth + bestAt(row + 1, column + 1) === here) partners[a + row++] = b + column++;
    else if (bestAt(row + 1, column) === here) row++;
    else column++;
  }
}

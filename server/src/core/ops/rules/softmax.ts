import type { Counts } from '../op.ts';

/** exp(x − max) / sum for so many rows; every framework subtracts the maximum first. */
export function softmaxCounts(elements: number, rows: number): Pick<Counts, 'compares' | 'adds' | 'exps' | 'divs'> {
  return { compares: elements - rows, adds: elements + (elements - rows), exps: elements, divs: elements };
}

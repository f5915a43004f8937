import type { Counts } from '../op.ts';

/** exp(x − max) / sum over so many rows: the maximum is subtracted first, as every framework does. */
export function softmaxCounts(elements: number, rows: number): Pick<Counts, 'compares' | 'adds' | 'exps' | 'divs'> {
  return { compares: elements - rows, adds: elements + (elements - rows), exps: elements, divs: elements };
}

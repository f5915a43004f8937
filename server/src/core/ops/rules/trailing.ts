import type { Complaint, Shape } from '../op.ts';
import { sizes } from './shape.ts';

/** Complains where a norm over trailing dimensions would reach the batch. */
export function checkTrailing(axes: number, x: Shape): Complaint | undefined {
  if (!(axes >= x.length)) return undefined;
  return {
    code: 'wrong-axis',
    attr: 'axes',
    output: x,
    message: `The last ${axes} dimensions are normalized, but the input has only ${x.length - 1} besides the batch (${sizes(x)}). Use ${x.length - 1} or less.`,
  };
}

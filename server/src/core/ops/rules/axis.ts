import type { Complaint, Shape } from '../op.ts';
import { axisOf, sizes } from './shape.ts';

/** Complains where an axis (negative: from the last) is not one of the input's; for operators that keep its shape. */
export function checkAxis(axis: number, x: Shape): Complaint | undefined {
  const complaint = checkAxisIn(axis, x);
  return complaint && { ...complaint, output: x };
}

/** The same for operators that change the shape. `rank` is another where an axis is about to be added. */
export function checkAxisIn(axis: number, x: Shape, attr = 'axis', rank = x.length): Complaint | undefined {
  const at = axisOf(axis, rank);
  if (Number.isInteger(at) && at >= 0 && at < rank) return undefined;
  return {
    code: 'wrong-axis',
    attr,
    message: `There is no axis ${axis}: the input has ${x.length} dimensions, batch included (${sizes(x)}).${rank > 0 ? ` Use ${-rank} to ${rank - 1}.` : ''}`,
  };
}

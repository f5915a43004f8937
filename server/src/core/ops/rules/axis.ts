import type { Complaint, Shape } from '../op.ts';
import { axisOf, sizes } from './shape.ts';

/** Complains where an axis (negative: from the last) is not one of the input's. */
export function checkAxis(axis: number, x: Shape): Complaint | undefined {
  const at = axisOf(axis, x.length);
  if (Number.isInteger(at) && at >= 0 && at < x.length) return undefined;
  return {
    code: 'wrong-axis',
    attr: 'axis',
    output: x,
    message: `There is no axis ${axis}: the input has ${x.length} dimensions, batch included (${sizes(x)}). Use ${-x.length} to ${x.length - 1}.`,
  };
}

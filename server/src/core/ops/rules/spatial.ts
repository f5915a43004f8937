import type { Complaint, Shape } from '../op.ts';
import { sizes } from './shape.ts';

/** Complains where an attribute has not one entry for each spatial dimension of the input [N, C, …]. */
export function checkSpatial(
  what: string,
  attrs: Readonly<Record<string, readonly number[] | undefined>>,
  x: Shape,
): Complaint | undefined {
  const dimensions = x.length - 2;
  for (const [attr, list] of Object.entries(attrs)) {
    if (list === undefined || list.length === dimensions) continue;
    return {
      code: 'wrong-rank',
      attr,
      input: 0,
      message: `The ${attr} of this ${what} has ${list.length} ${list.length === 1 ? 'entry' : 'entries'}, but its input has ${dimensions} dimension${dimensions === 1 ? '' : 's'} besides batch and channels (${sizes(x)}). Give one for each.`,
    };
  }
  return undefined;
}

import type { Complaint, Shape } from '../op.ts';

/** Complains where channels cannot be cut into equal groups; `output` is what is known of the result nevertheless. */
export function checkGroups(
  groups: number,
  channels: number,
  side: 'input' | 'output',
  output: Shape,
): Complaint | undefined {
  if (!(channels % groups > 0)) return undefined;
  return {
    code: 'groups-mismatch',
    attr: 'groups',
    output,
    message: `${groups} groups do not divide ${channels} ${side} channels. Use a divisor of ${channels}.`,
  };
}

// How much a reading may do.
import type { Reason } from '../../text/reason.ts';

/** Python's own limit of calls inside of each other. */
export const maxFrames = 1000;
/** Instructions of one reading; a large network takes some hundred thousand. */
export const defaultSteps = 10_000_000;
/** Elements, characters and the like that natives may make in one reading. */
export const maxCharge = 24_000_000;

/** A bound of the reading is exceeded. */
export class Stopped extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason.message);
    this.reason = reason;
  }
}

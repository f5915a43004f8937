// Where in the text the machine is.
import type { Frame } from '../frame.ts';
import type { Place } from '../objects.ts';

/** Where the statement stands that a frame is at. */
export function placeOf(frame: Frame): Place | undefined {
  const { statement } = frame;
  if (!frame.code || !statement) return undefined;
  return { file: frame.file, range: { from: statement.from + frame.base, to: statement.to + frame.base } };
}

// Work for which nobody waits: it begins when nothing is typed any more, and goes on while the server is idle.
import type { Session } from './session.ts';
import { pause } from './turn.ts';

/** Milliseconds after a text was read, so typing is not slowed down. */
const quiet = 400;
/** Milliseconds between two checks whether the server is idle. */
const patience = 20;

/** Waits until nothing has become old for a while; false if it has. */
export async function isQuiet(isOld: () => boolean): Promise<boolean> {
  for (const end = Date.now() + quiet; Date.now() < end; await pause(patience)) if (isOld()) return false;
  return true;
}

/**
 * Waits for the next time that the server is idle, and has been for some milliseconds; false if what was to be done has
 * become old.
 */
export async function idle(session: Session, isOld: () => boolean, rest = 0): Promise<boolean> {
  const isBusy = (): boolean => !session.isIdle || session.rest < rest;
  do await pause(isBusy() ? patience : 0);
  while (isBusy() && !isOld());
  return !isOld();
}

// Attributes that need not be there.
import type { Machine } from '../../../python/machine.ts';
import { Raised, type Steps, type Value } from '../../../python/objects.ts';

/** Undefined where there is none. */
export function* attribute(machine: Machine, object: Value, name: string): Steps<Value | undefined> {
  try {
    return yield* machine.getAttribute(object, name);
  } catch (error) {
    if (error instanceof Raised) return undefined;
    throw error;
  }
}

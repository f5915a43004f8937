// Attributes as `getattr` reads them.
import { attributeOf, noAttribute } from '../attributes.ts';
import type { Machine } from '../machine.ts';
import { Later, type Steps, type Value } from '../objects.ts';

export function* getAttributeSteps(object: Value, name: string, machine: Machine): Steps {
  const found = attributeOf(object, name, machine);
  if (found === undefined) throw noAttribute(object, name, machine);
  return found instanceof Later ? yield* found.steps : found;
}

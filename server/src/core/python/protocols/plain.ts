// What classes of Python may have changed about a value.
import { PyInstance, type Value } from '../objects.ts';

/** Whether an operator of a built-in type holds for the value: its class defines none of its own. */
export function isPlain(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (value instanceof PyInstance) return false;
  return (value as { own?: PyInstance }).own === undefined;
}

// The classes of values, as natives ask for them.
import type { Machine } from '../machine.ts';
import { Native, PyBoxed, PyClass, type PyInstance, type PyObject, type Value } from '../objects.ts';

/** The name of a value's class, for messages. */
export function typeName(value: Value, machine: Machine): string {
  return machine.typeOf(value)?.name ?? 'unknown';
}

/** A built-in class. */
export function classOf(name: string, machine: Machine): PyClass {
  const cls = machine.builtin(name);
  if (!(cls instanceof PyClass)) throw new Error(`${name} is no class`);
  return cls;
}

/** What a class or one that it is derived from has by a name. */
export function ofClass(type: PyClass, name: string): Value | undefined {
  for (const cls of type.mro) {
    const found = cls.dict.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What the class of a value has by a name: the operators look nowhere else. */
export function special(value: Value, name: string, machine: Machine): Value | undefined {
  const type = machine.typeOf(value);
  return type === undefined ? undefined : ofClass(type, name);
}

/** The class of an instance of a class derived from a built-in one; undefined for a plain value. */
export function derivedClass(value: PyObject): PyClass | undefined {
  const own = (value as { own?: PyInstance | undefined }).own;
  if (own !== undefined) return own.cls;
  return value instanceof PyBoxed ? value.cls : undefined;
}

/**
 * Whether a value of a built-in type is of a class of the program that defines a special method anew: then the type's own
 * way does not hold.
 */
export function overrides(value: PyObject, name: string): boolean {
  const cls = derivedClass(value);
  if (cls === undefined) return false;
  const found = ofClass(cls, name);
  return found !== undefined && !(found instanceof Native);
}

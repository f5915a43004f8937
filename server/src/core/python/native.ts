// Functions and classes that are not written in Python.
import { Native, type NativeBody, PyClass, type Steps, type Value } from './objects.ts';
import type { Machine } from './machine.ts';

/** A function; `signature` is as Python writes it, see Native. */
export function native(name: string, signature: string | undefined, body: (args: readonly Value[], machine: Machine) => Value): Native {
  return new Native(name, signature, body as NativeBody);
}

/** A function that calls back into Python. */
export function nativeSteps(
  name: string,
  signature: string | undefined,
  body: (args: readonly Value[], machine: Machine) => Steps,
): Native {
  return new Native(name, signature, body, true);
}

/** A class without a body of Python's own. Its bases' orders must agree, as they do where there is one base. */
export function nativeClass(
  name: string,
  module: string,
  bases: readonly PyClass[],
  members: Readonly<Record<string, Value>> = {},
): PyClass {
  const mro: PyClass[] = [];
  for (const base of bases) for (const cls of base.mro) if (!mro.includes(cls)) mro.push(cls);
  // `object` comes last whatever the bases are.
  const last = mro.findIndex(cls => cls.bases.length === 0);
  if (last >= 0) mro.push(...mro.splice(last, 1));
  const cls = new PyClass(name, module, bases, mro);
  for (const [key, value] of Object.entries(members)) cls.dict.set(key, value);
  return cls;
}

// Truth, which `__bool__` and `__len__` decide.
import type { Machine } from '../machine.ts';
import { PyBoxed, PyInstance, type PyObject, type Steps, Unknown, type Value } from '../objects.ts';
import { containerTruth, plainTruth } from '../operators.ts';

export function* truthSteps(value: Value, machine: Machine): Steps<boolean | Unknown> {
  const plain = plainTruth(value);
  if (plain !== undefined) return plain;
  const cls = machine.typeOf(value)!;
  const method = cls.find('__bool__');
  if (method !== undefined) {
    const result = yield* machine.call(method, [value]);
    if (typeof result === 'boolean' || result instanceof Unknown) return result;
    const name = machine.typeOf(result)?.name;
    throw machine.raise('TypeError', `__bool__ should return bool, returned ${name}`);
  }
  const length = cls.find('__len__');
  if (length !== undefined) {
    const result = yield* machine.call(length, [value]);
    return result instanceof Unknown ? result : result !== 0;
  }
  if (value instanceof PyBoxed) return yield* truthSteps(value.value, machine);
  if (cls.unknownBase) return cls.unknownBase;
  return value instanceof PyInstance ? true : containerTruth(value as PyObject);
}

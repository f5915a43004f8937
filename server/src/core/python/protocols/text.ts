// `str`, `repr` and `format`.
import type { Machine } from '../machine.ts';
import { PyBoxed, type Steps, Unknown, type Value } from '../objects.ts';

export function* textSteps(value: Value, isRepr: boolean, machine: Machine): Steps<string | Unknown> {
  if (value instanceof Unknown) return value;
  if (!isRepr && typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  const cls = machine.typeOf(value);
  const method = (isRepr ? undefined : cls?.find('__str__')) ?? cls?.find('__repr__');
  if (method === undefined) return machine.unknown(`The text of a ${cls?.name} is not known.`);
  const text = yield* machine.call(method, [value]);
  if (typeof text === 'string' || text instanceof Unknown) return text;
  if (text instanceof PyBoxed && typeof text.value === 'string') return text.value;
  const name = isRepr ? '__repr__' : '__str__';
  throw machine.raise('TypeError', `${name} returned non-string (type ${machine.typeOf(text)?.name})`);
}

export function* formatSteps(value: Value, format: string, machine: Machine): Steps<string | Unknown> {
  if (value instanceof Unknown) return value;
  if (format === '') {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  }
  const method = machine.typeOf(value)?.find('__format__');
  if (method === undefined) return machine.unknown('This format is not supported.');
  const text = yield* machine.call(method, [value, format]);
  if (typeof text === 'string' || text instanceof Unknown) return text;
  throw machine.raise('TypeError', `__format__ must return a str, not ${machine.typeOf(text)?.name}`);
}

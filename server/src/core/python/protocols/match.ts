// Patterns of `match`, and `isinstance`.
import { attributeOf } from '../attributes.ts';
import type { Machine } from '../machine.ts';
import {
  Later,
  PyClass,
  PyDict,
  PyFunction,
  PyInstance,
  PyList,
  PyRange,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { keySteps } from './items.ts';
import { isRaised, listSteps } from './iterate.ts';
import { truthSteps } from './truth.ts';

export function* matchSequence(
  subject: Value,
  { before, after, hasRest }: { before: number; after: number; hasRest: boolean },
  machine: Machine,
): Steps {
  if (subject instanceof Unknown) return subject;
  let values: readonly Value[] | Unknown;
  if (subject instanceof PyList || subject instanceof PyTuple) values = subject.items;
  else if (subject instanceof PyRange) values = yield* listSteps(subject, machine);
  else if (subject instanceof PyInstance && subject.cls.unknownBase) return subject.cls.unknownBase;
  else {
    const sequence = machine.typeOf(subject)?.find('__match_sequence__');
    if (sequence === undefined) return null;
    values = yield* listSteps(subject, machine);
  }
  if (values instanceof Unknown) return values;
  if (hasRest ? values.length < before + after : values.length !== before) return null;
  if (!hasRest) return new PyTuple(values);
  const end = values.length - after;
  return new PyTuple([...values.slice(0, before), new PyList(values.slice(before, end)), ...values.slice(end)]);
}

export function* matchMapping(subject: Value, keys: Value, hasRest: boolean, machine: Machine): Steps {
  if (subject instanceof Unknown) return subject;
  if (!(subject instanceof PyDict)) return null;
  const parts: Value[] = [];
  const rest = new PyDict();
  if (hasRest) for (const [key, entry] of subject.entries) rest.entries.set(key, { ...entry });
  for (const key of (keys as PyTuple).items) {
    const found = yield* keySteps(key, machine);
    if (found instanceof Unknown) return found;
    const entry = subject.entries.get(found);
    if (!entry) return null;
    parts.push(entry.value);
    rest.entries.delete(found);
  }
  return new PyTuple(hasRest ? [...parts, rest] : parts);
}

const selfMatching: ReadonlySet<string> = new Set([
  'bool',
  'bytearray',
  'bytes',
  'dict',
  'float',
  'frozenset',
  'int',
  'list',
  'set',
  'str',
  'tuple',
]);

export function* matchClass(
  subject: Value,
  cls: Value,
  { positional, names }: { positional: number; names: readonly string[] },
  machine: Machine,
): Steps {
  const isInstance = yield* isInstanceSteps(subject, cls, machine);
  if (isInstance instanceof Unknown) return isInstance;
  if (!isInstance) return null;
  const parts: Value[] = [];
  let attributes: string[] = [];
  if (positional > 0 && cls instanceof PyClass) {
    const args = cls.find('__match_args__');
    if (
      args === undefined &&
      positional === 1 &&
      cls.mro.some(each => selfMatching.has(each.name) && each.module === 'builtins')
    ) {
      parts.push(subject);
    } else {
      attributes = args instanceof PyTuple ? args.items.slice(0, positional).map(String) : [];
      if (attributes.length < positional) {
        const count = attributes.length;
        throw machine.raise(
          'TypeError',
          `${cls.name}() accepts ${count} positional sub-pattern${count === 1 ? '' : 's'} (${positional} given)`,
        );
      }
    }
  }
  for (const name of [...attributes, ...names]) {
    const found = attributeOf(subject, name, machine);
    if (found === undefined) return null;
    try {
      parts.push(found instanceof Later ? yield* found.steps : found);
    } catch (error) {
      if (isRaised(error, 'AttributeError', machine)) return null;
      throw error;
    }
  }
  return new PyTuple(parts);
}

/** `isinstance` where no Python has to run for it; else undefined. */
export function plainIsInstance(value: Value, cls: Value, machine: Machine): boolean | Unknown | undefined {
  if (cls instanceof PyTuple) {
    let unknown: Unknown | undefined;
    for (const each of cls.items) {
      const is = plainIsInstance(value, each, machine);
      if (is === true || is === undefined) return is;
      if (is instanceof Unknown) unknown ??= is;
    }
    return unknown ?? false;
  }
  if (value instanceof Unknown) return value;
  if (!(cls instanceof PyClass)) return undefined;
  if (machine.isInstance(value, cls)) return true;
  if (machine.typeOf(cls)?.find('__instancecheck__') instanceof PyFunction) return undefined;
  return machine.typeOf(value)!.unknownBase ?? false;
}

export function* isInstanceSteps(value: Value, cls: Value, machine: Machine): Steps<boolean | Unknown> {
  if (cls instanceof PyTuple) {
    let unknown: Unknown | undefined;
    for (const each of cls.items) {
      const is = yield* isInstanceSteps(value, each, machine);
      if (is === true) return true;
      if (is instanceof Unknown) unknown ??= is;
    }
    return unknown ?? false;
  }
  if (value instanceof Unknown) return value;
  const type = machine.typeOf(value)!;
  if (cls instanceof Unknown) {
    // No instance of a class that was not found can have been made by what is known.
    if (cls.isImport) return type.unknownBase ?? false;
    return cls;
  }
  if (cls instanceof PyClass) {
    if (machine.isInstance(value, cls)) return true;
    const check = machine.typeOf(cls)?.find('__instancecheck__');
    if (check instanceof PyFunction) return yield* truthSteps(yield* machine.call(check, [cls, value]), machine);
    return type.unknownBase ?? false;
  }
  const check = machine.typeOf(cls)?.find('__instancecheck__');
  if (check !== undefined) return yield* truthSteps(yield* machine.call(check, [cls, value]), machine);
  throw machine.raise('TypeError', 'isinstance() arg 2 must be a type, a tuple of types, or a union');
}

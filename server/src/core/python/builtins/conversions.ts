// What natives take their arguments as: ints, floats, iterables, texts.
import type { Machine } from '../machine.ts';
import {
  PyBytes,
  PyDict,
  PyFloat,
  PyList,
  PyRange,
  PySet,
  PyTuple,
  PyView,
  plain,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { overrides, special, typeName } from './classes.ts';
import { maxItems, tooLong } from './limits.ts';
import { floatOf, type Int, intOf } from './numbers.ts';
import { setOrder, viewItems } from './text.ts';

/** What can stand for an int (`__index__`); undefined for what cannot. */
export function* indexOf(value: Value, machine: Machine): Steps<Int | Unknown | undefined> {
  if (value instanceof Unknown) return value;
  const whole = intOf(value);
  if (whole !== undefined) return whole;
  const method = special(value, '__index__', machine);
  if (method === undefined) return undefined;
  const result = yield* machine.call(method, [value]);
  if (result instanceof Unknown) return result;
  const found = intOf(result);
  if (found === undefined)
    throw machine.raise('TypeError', `__index__ returned non-int (type ${typeName(result, machine)})`);
  return found;
}

/** An argument that must be an int. */
export function* wholeOf(value: Value, machine: Machine): Steps<Int | Unknown> {
  const found = yield* indexOf(value, machine);
  if (found === undefined) {
    throw machine.raise('TypeError', `'${typeName(value, machine)}' object cannot be interpreted as an integer`);
  }
  return found;
}

/** The same where no Python may run: instances with `__index__` do not count. */
export function wholeNow(value: Value, machine: Machine): Int | Unknown {
  if (value instanceof Unknown) return value;
  const found = intOf(value);
  if (found !== undefined) return found;
  if (special(value, '__index__', machine) !== undefined) {
    return machine.unknown(`${typeName(value, machine)}.__index__()`);
  }
  throw machine.raise('TypeError', `'${typeName(value, machine)}' object cannot be interpreted as an integer`);
}

/** An int as a position: what is beyond all lengths is as good as the largest number. */
export function position(value: Int): number {
  if (typeof value === 'number') return value;
  return value > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
}

/** What can stand for a float (`__float__`, `__index__`); undefined for what cannot. */
export function* realOf(value: Value, machine: Machine): Steps<number | Unknown | undefined> {
  if (value instanceof Unknown) return value;
  const whole = intOf(value);
  const float = floatOf(value);
  if (float !== undefined) return float;
  if (whole !== undefined) throw machine.raise('OverflowError', 'int too large to convert to float');
  const method = special(value, '__float__', machine);
  if (method !== undefined) {
    const result = yield* machine.call(method, [value]);
    if (result instanceof Unknown) return result;
    const found = plain(result);
    if (found instanceof PyFloat) return found.value;
    throw machine.raise(
      'TypeError',
      `${typeName(value, machine)}.__float__ returned non-float (type ${typeName(result, machine)})`,
    );
  }
  const index = yield* indexOf(value, machine);
  return typeof index === 'bigint' ? Number(index) : index;
}

/** An argument that must be a real number. */
export function* floatArgument(value: Value, machine: Machine): Steps<number | Unknown> {
  const found = yield* realOf(value, machine);
  if (found === undefined) throw machine.raise('TypeError', `must be real number, not ${typeName(value, machine)}`);
  return found;
}

/** A str, also of a derived class; undefined for everything else. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  const bare = plain(value);
  return typeof bare === 'string' ? bare : undefined;
}

/** The elements of a built-in container or string, at once; undefined for what must be iterated. */
export function elementsNow(value: Value, machine: Machine): readonly Value[] | Unknown | undefined {
  if (value instanceof Unknown) return value;
  if (typeof value === 'string') return [...value];
  if (value === null || typeof value !== 'object' || overrides(value, '__iter__')) return undefined;
  if (value instanceof PyList || value instanceof PyTuple) return value.items;
  if (value instanceof PySet) return setOrder(value);
  if (value instanceof PyDict) return [...value.entries.values()].map(entry => entry.key);
  if (value instanceof PyView) return viewItems(value);
  if (value instanceof PyRange) {
    if (value.length > maxItems) return tooLong(machine);
    machine.charge(value.length);
    return Array.from({ length: value.length }, (_, index) => value.start + index * value.step);
  }
  if (value instanceof PyBytes) return [...value.text].map(character => character.charCodeAt(0));
  return undefined;
}

/** A copy of the elements of an iterable. */
export function* collect(iterable: Value, machine: Machine): Steps<Value[] | Unknown> {
  const now = elementsNow(iterable, machine);
  if (now instanceof Unknown) return now;
  if (now !== undefined) {
    machine.charge(now.length);
    return now.slice();
  }
  const iterator = yield* machine.iterate(iterable);
  if (iterator instanceof Unknown) return iterator;
  const items: Value[] = [];
  for (;;) {
    const item = yield* machine.next(iterator);
    if (item === undefined) return items;
    if (items.length >= maxItems) return tooLong(machine);
    items.push(item);
  }
}

/** `object[key]`. */
export function* itemOf(object: Value, key: Value, machine: Machine): Steps {
  return yield* machine.binary('[]', object, key);
}

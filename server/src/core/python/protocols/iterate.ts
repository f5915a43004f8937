// Iteration: `iter`, `next`, and lists of what an iterable gives.
import { setOrder } from '../builtins/text.ts';
import { PyGenerator } from '../frame.ts';
import type { Machine } from '../machine.ts';
import {
  Native,
  PyBoxed,
  PyBytes,
  PyClass,
  PyDict,
  PyIterator,
  PyList,
  PyRange,
  PySet,
  PyTuple,
  PyView,
  Raised,
  type Steps,
  Unknown,
  UnknownAccess,
  type Value,
} from '../objects.ts';
import { itemSteps } from './items.ts';
import { isPlain } from './plain.ts';

/** An iterator over a built-in container that needs no Python; undefined for others. */
export function plainIterator(value: Value, machine: Machine): PyIterator | undefined {
  if (typeof value === 'string') {
    const points = [...value];
    let at = 0;
    return new PyIterator(() => points[at++]);
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (value instanceof PyList) {
    let at = 0;
    return new PyIterator(
      () => {
        if (at >= 0 && at < value.items.length) return value.items[at++];
        // Once at its end it stays there, even if the list grows.
        at = -1;
        return undefined;
      },
      undefined,
      [value],
    );
  }
  if (value instanceof PyTuple) {
    const { items } = value;
    let at = 0;
    return new PyIterator(() => items[at++], undefined, [value]);
  }
  if (value instanceof PyRange) {
    let at = 0;
    const { length, start, step } = value;
    return new PyIterator(() => (at < length ? start + step * at++ : undefined));
  }
  if (value instanceof PyDict) {
    const { size } = value.entries;
    const values = value.entries.values();
    return new PyIterator(
      () => {
        const { done, value: entry } = values.next();
        if (value.entries.size !== size) {
          throw machine.raise('RuntimeError', 'dictionary changed size during iteration');
        }
        return done ? undefined : entry.key;
      },
      undefined,
      [value],
    );
  }
  if (value instanceof PySet) {
    const { size } = value.entries;
    const values = setOrder(value);
    let at = 0;
    return new PyIterator(() => {
      if (value.entries.size !== size) throw machine.raise('RuntimeError', 'Set changed size during iteration');
      return values[at++];
    });
  }
  if (value instanceof PyView) {
    const { entries } = value.dict;
    const { size } = entries;
    const values = entries.values();
    return new PyIterator(
      () => {
        const { done, value: entry } = values.next();
        if (value.dict.entries.size !== size) {
          throw machine.raise('RuntimeError', 'dictionary changed size during iteration');
        }
        if (done) return undefined;
        if (value.kind === 'dict_items') return new PyTuple([entry.key, entry.value]);
        return value.kind === 'dict_keys' ? entry.key : entry.value;
      },
      undefined,
      [value.dict],
    );
  }
  if (value instanceof PyBytes) {
    let at = 0;
    return new PyIterator(() => (at < value.text.length ? value.text.charCodeAt(at++) : undefined));
  }
  return undefined;
}

export function* iterateSteps(value: Value, machine: Machine): Steps {
  if (value instanceof Unknown || value instanceof PyIterator || value instanceof PyGenerator) return value;
  if (isPlain(value)) {
    const plain = plainIterator(value, machine);
    if (plain) return plain;
  }
  const cls = machine.typeOf(value);
  const method = cls?.find('__iter__');
  if (method !== undefined && method !== null) return yield* machine.call(method, [value]);
  if (cls?.find('__getitem__') !== undefined) {
    let at = 0;
    return new PyIterator(undefined, function* (inner) {
      if (at < 0) return undefined;
      try {
        return yield* itemSteps(value, at++, inner);
      } catch (error) {
        if (!isRaised(error, 'IndexError', inner) && !isRaised(error, 'StopIteration', inner)) throw error;
        at = -1;
        return undefined;
      }
    });
  }
  if (value instanceof PyBoxed) return yield* iterateSteps(value.value, machine);
  if (cls?.unknownBase) return cls.unknownBase;
  if (value instanceof PyClass) throw machine.raise('TypeError', `'${cls?.name}' object is not iterable`);
  throw machine.raise('TypeError', `'${cls?.name}' object is not iterable`);
}

export function isRaised(error: unknown, type: string, machine: Machine): error is Raised {
  return error instanceof Raised && machine.isInstance(error.exception, machine.builtin(type) as PyClass);
}

/** The next value of an iterator; undefined at its end. */
export function* nextSteps(iterator: Value, machine: Machine): Steps<Value | undefined> {
  if (iterator instanceof Unknown) throw new UnknownAccess(iterator);
  // Whoever asks for the next value until the last may do so forever.
  machine.charge(6);
  if (iterator instanceof PyIterator) {
    return iterator.next ? iterator.next(machine) : yield* iterator.nextInSteps!(machine);
  }
  if (iterator instanceof PyGenerator) return yield* machine.call(resume, [iterator, null]);
  const cls = machine.typeOf(iterator);
  const method = cls?.find('__next__');
  if (method === undefined) {
    if (cls?.unknownBase) throw new UnknownAccess(cls.unknownBase);
    throw machine.raise('TypeError', `'${cls?.name}' object is not an iterator`);
  }
  try {
    const value = yield* machine.call(method, [iterator]);
    // A native may say so without an exception.
    return value;
  } catch (error) {
    if (isRaised(error, 'StopIteration', machine)) return undefined;
    throw error;
  }
}

/** What the machine takes to mean: go on with a generator. Its result is undefined at the end. */
export const resume = new Native('resume', undefined, () => null);

export function* listSteps(iterable: Value, machine: Machine): Steps<readonly Value[] | Unknown> {
  if (iterable instanceof Unknown) return iterable;
  if (isPlain(iterable) && (iterable instanceof PyList || iterable instanceof PyTuple)) return iterable.items;
  const iterator = yield* iterateSteps(iterable, machine);
  if (iterator instanceof Unknown) return iterator;
  const values: Value[] = [];
  for (;;) {
    const value = yield* nextSteps(iterator, machine);
    if (value === undefined) return values;
    values.push(value);
  }
}

// Conversions to text.

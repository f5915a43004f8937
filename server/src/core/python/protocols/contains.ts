// `x in y`.
import { PyGenerator } from '../frame.ts';
import type { Machine } from '../machine.ts';
import {
  PyDict,
  PyInstance,
  PyIterator,
  PyList,
  PySet,
  PyTuple,
  poisonOf,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { plainContains } from '../operators.ts';
import { elementEquals } from './compare.ts';
import { keySteps, plainKeyOf } from './items.ts';
import { iterateSteps, nextSteps } from './iterate.ts';
import { isPlain } from './plain.ts';
import { truthSteps } from './truth.ts';

/** Whether a set or dict contains an item; undefined where a class of the program, or something unknown, decides. */
export function containsPlainly(container: Value, item: Value, machine: Machine): boolean | undefined {
  if (!(container instanceof PySet || container instanceof PyDict) || container.own || poisonOf(container))
    return undefined;
  const key = plainKeyOf(item, machine);
  if (key === undefined || key instanceof Unknown) return undefined;
  const contained = container.entries.has(key) || plainContains(container, item, machine);
  return contained instanceof Unknown ? undefined : contained;
}

export function* containsSteps(container: Value, item: Value, machine: Machine): Steps<boolean | Unknown> {
  if (container instanceof Unknown) return container;
  if (isPlain(container)) return yield* builtinContains(container, item, machine);
  const cls = machine.typeOf(container);
  const method = cls?.find('__contains__');
  if (method !== undefined) return yield* truthSteps(yield* machine.call(method, [container, item]), machine);
  return yield* builtinContains(container, item, machine);
}

export function* builtinContains(container: Value, item: Value, machine: Machine): Steps<boolean | Unknown> {
  if (container instanceof PyDict || container instanceof PySet) {
    const key = yield* keySteps(item, machine);
    if (key instanceof Unknown) return key;
    return container.entries.has(key) || plainContains(container, item, machine)!;
  }
  const plain = plainContains(container, item, machine);
  if (plain !== undefined) return plain;
  let unknown: Unknown | undefined;
  if (container instanceof PyList || container instanceof PyTuple) {
    for (const each of container.items) {
      if (each === item && !(each instanceof Unknown && !each.isImport)) return true;
      const equal = yield* elementEquals(each, item, machine);
      if (equal === true) return true;
      if (equal instanceof Unknown) unknown ??= equal;
    }
    return unknown ?? false;
  }
  const cls = machine.typeOf(container);
  const method = container instanceof PyInstance ? undefined : cls?.find('__contains__');
  if (method !== undefined) return yield* truthSteps(yield* machine.call(method, [container, item]), machine);
  if (
    cls?.find('__iter__') === undefined &&
    cls?.find('__getitem__') === undefined &&
    isPlain(container) &&
    !(container instanceof PyIterator) &&
    !(container instanceof PyGenerator)
  ) {
    if (cls?.unknownBase) return cls.unknownBase;
    throw machine.raise('TypeError', `argument of type '${cls?.name}' is not iterable`);
  }
  if (
    container instanceof PyInstance &&
    cls?.find('__iter__') === undefined &&
    cls?.find('__getitem__') === undefined
  ) {
    if (cls?.unknownBase) return cls.unknownBase;
    throw machine.raise('TypeError', `argument of type '${cls?.name}' is not iterable`);
  }
  const iterator = yield* iterateSteps(container, machine);
  if (iterator instanceof Unknown) return iterator;
  for (;;) {
    const each = yield* nextSteps(iterator, machine);
    if (each === undefined) return unknown ?? false;
    const equal = each === item ? true : yield* elementEquals(each, item, machine);
    if (equal === true) return true;
    if (equal instanceof Unknown) unknown ??= equal;
  }
}

// Iteration.

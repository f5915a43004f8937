// Lists, sets and dicts that are written out or made by comprehensions.
import type { Frame } from '../../frame.ts';
import type { Machine } from '../../machine.ts';
import {
  PyDict,
  PyList,
  PySet,
  PyTuple,
  poison,
  type Steps,
  Unknown,
  UnknownAccess,
  type Value,
} from '../../objects.ts';
import { extendSteps } from '../../protocols/arithmetic.ts';
import { setItemSteps } from '../../protocols/assign.ts';
import { itemSteps, keySteps, plainKeyOf } from '../../protocols/items.ts';
import { listSteps } from '../../protocols/iterate.ts';
import { awaitSteps } from '../calls.ts';
import type { State } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

export const containers: Instructions = {
  set(vm, frame, operand) {
    const values = taken(frame, operand);
    const set = plainSet(values, vm);
    if (set) done(frame, set);
    else awaitSteps(vm, setOf(values, vm), 'push');
  },

  map(vm, frame, operand) {
    if (operand === 0) done(frame, new PyDict());
    else awaitSteps(vm, mapOf(taken(frame, operand * 2), vm), 'push');
  },

  // Those of comprehensions, and of what is written out with `*`: the container lies further down.

  append(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    const list = frame.stack[frame.sp - operand];
    if (list instanceof PyList) {
      vm.charge(1);
      list.items.push(value);
    }
    frame.pc++;
  },

  extend(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    const list = frame.stack[frame.sp - operand];
    if (list instanceof PyList && !(value instanceof Unknown)) {
      awaitSteps(vm, extendSteps(list, value, vm), 'discard');
      return;
    }
    if (list instanceof PyList) frame.stack[frame.sp - operand] = value;
    frame.pc++;
  },

  add(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    const set = frame.stack[frame.sp - operand];
    if (set instanceof PySet) awaitSteps(vm, addTo(set, value, vm), 'discard');
    else frame.pc++;
  },

  update(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    const set = frame.stack[frame.sp - operand];
    if (set instanceof PySet) awaitSteps(vm, updateSet(set, value, vm), 'discard');
    else frame.pc++;
  },

  mapAdd(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    const key = frame.stack[--frame.sp]!;
    const dict = frame.stack[frame.sp - operand + 1];
    if (dict instanceof PyDict) awaitSteps(vm, setItemSteps(dict, key, value, vm), 'discard');
    else frame.pc++;
  },

  mapUpdate(vm, frame) {
    const value = frame.stack[--frame.sp]!;
    const dict = frame.stack[frame.sp - 1];
    if (dict instanceof PyDict && !(value instanceof Unknown)) {
      awaitSteps(vm, updateMap(vm, dict, value), 'discard');
      return;
    }
    if (dict instanceof PyDict) frame.stack[frame.sp - 1] = value;
    frame.pc++;
  },

  listToTuple(_, frame) {
    const list = frame.stack[frame.sp - 1];
    if (list instanceof PyList) frame.stack[frame.sp - 1] = new PyTuple(list.items);
    frame.pc++;
  },
};

/** The topmost values, taken from the stack. */
function taken(frame: Frame, count: number): readonly Value[] {
  const values = frame.stack.slice(frame.sp - count, frame.sp) as Value[];
  frame.sp -= count;
  return values;
}

function* mapOf(values: readonly Value[], machine: Machine): Steps {
  const dict = new PyDict();
  for (let at = 0; at < values.length; at += 2) {
    const key = yield* keySteps(values[at]!, machine);
    if (key instanceof Unknown) return key;
    dict.entries.set(key, { key: dict.entries.get(key)?.key ?? values[at]!, value: values[at + 1]! });
  }
  return dict;
}

/** Undefined where a class of the program may define `__hash__`. */
function plainSet(values: readonly Value[], machine: Machine): PySet | undefined {
  const set = new PySet();
  for (const value of values) {
    const key = plainKeyOf(value, machine);
    if (key === undefined || key instanceof Unknown) return undefined;
    if (!set.entries.has(key)) set.entries.set(key, value);
  }
  return set;
}

function* setOf(values: readonly Value[], machine: Machine): Steps {
  const set = new PySet();
  for (const value of values) {
    const key = yield* keySteps(value, machine);
    if (key instanceof Unknown) return key;
    if (!set.entries.has(key)) set.entries.set(key, value);
  }
  return set;
}

function* addTo(set: PySet, value: Value, machine: Machine): Steps<void> {
  const key = yield* keySteps(value, machine);
  if (key instanceof Unknown) poison(set, key);
  else if (!set.entries.has(key)) {
    machine.charge(1);
    set.entries.set(key, value);
  }
}

function* updateSet(set: PySet, iterable: Value, machine: Machine): Steps<void> {
  const values = yield* listSteps(iterable, machine);
  if (values instanceof Unknown) poison(set, values);
  else for (const value of values) yield* addTo(set, value, machine);
}

export function* updateMap(vm: State, dict: PyDict, value: Value): Steps<void> {
  if (value instanceof PyDict) {
    vm.charge(value.entries.size);
    for (const [key, entry] of value.entries) {
      // An equal key stays as it was first written.
      const known = dict.entries.get(key);
      if (known) known.value = entry.value;
      else dict.entries.set(key, { key: entry.key, value: entry.value });
    }
    return;
  }
  const keys = vm.typeOf(value)?.find('keys');
  if (keys === undefined) {
    const unknown = vm.typeOf(value)?.unknownBase;
    if (unknown) throw new UnknownAccess(unknown);
    throw vm.raise('TypeError', `'${vm.typeOf(value)?.name}' object is not a mapping`);
  }
  const names = yield* listSteps(yield* vm.call(keys, [value]), vm);
  if (names instanceof Unknown) throw new UnknownAccess(names);
  for (const name of names) yield* setItemSteps(dict, name, yield* itemSteps(value, name, vm), vm);
}

// `a, *b = values`.
import type { Frame } from '../../frame.ts';
import { PyList, PyTuple, type Raised, type Steps, Unknown, type Value } from '../../objects.ts';
import { iterateSteps, listSteps, nextSteps } from '../../protocols/iterate.ts';
import { awaitSteps } from '../calls.ts';
import type { State } from '../state.ts';
import type { Instructions } from './instruction.ts';

export const unpacking: Instructions = {
  unpack(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    if ((value instanceof PyTuple || value instanceof PyList) && value.own === undefined) {
      const { items } = value;
      if (items.length !== operand) throw wrongCount(vm, items.length, operand);
      for (let at = operand - 1; at >= 0; at--) frame.stack[frame.sp++] = items[at];
      frame.pc++;
    } else if (value instanceof Unknown) {
      for (let at = 0; at < operand; at++) frame.stack[frame.sp++] = value;
      frame.pc++;
    } else awaitSteps(vm, unpacked(vm, frame, value, operand), 'discard');
  },

  unpackRest(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    const { before, after } = frame.code!.details[operand] as { before: number; after: number };
    awaitSteps(vm, unpackedRest(vm, frame, value, before, after), 'discard');
  },
};

function wrongCount(vm: State, given: number, wanted: number): Raised {
  return given < wanted
    ? vm.raise('ValueError', `not enough values to unpack (expected ${wanted}, got ${given})`)
    : vm.raise('ValueError', `too many values to unpack (expected ${wanted})`);
}

function* unpacked(vm: State, frame: Frame, value: Value, count: number): Steps<void> {
  const type = vm.typeOf(value);
  if (type && type.find('__iter__') === undefined && type.find('__getitem__') === undefined && !type.unknownBase) {
    throw vm.raise('TypeError', `cannot unpack non-iterable ${type.name} object`);
  }
  const iterator = yield* iterateSteps(value, vm);
  const values: Value[] = [];
  if (iterator instanceof Unknown) {
    for (let at = 0; at < count; at++) frame.stack[frame.sp++] = iterator;
    return;
  }
  for (;;) {
    const each = yield* nextSteps(iterator, vm);
    if (each === undefined) break;
    if (values.push(each) > count) throw vm.raise('ValueError', `too many values to unpack (expected ${count})`);
  }
  if (values.length < count) throw wrongCount(vm, values.length, count);
  for (let at = count - 1; at >= 0; at--) frame.stack[frame.sp++] = values[at];
}

function* unpackedRest(vm: State, frame: Frame, value: Value, before: number, after: number): Steps<void> {
  const values = yield* listSteps(value, vm);
  if (values instanceof Unknown) {
    for (let at = 0; at <= before + after; at++) frame.stack[frame.sp++] = values;
    return;
  }
  if (values.length < before + after) {
    throw vm.raise(
      'ValueError',
      `not enough values to unpack (expected at least ${before + after}, got ${values.length})`,
    );
  }
  for (let at = values.length - 1; at >= values.length - after; at--) frame.stack[frame.sp++] = values[at];
  frame.stack[frame.sp++] = new PyList(values.slice(before, values.length - after));
  for (let at = before - 1; at >= 0; at--) frame.stack[frame.sp++] = values[at];
}

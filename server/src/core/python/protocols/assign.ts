// Assignment to items and their deletion: `x[i] = y`, `del x[i]`.
import type { Machine } from '../machine.ts';
import { PyDict, PyList, PySlice, PyTuple, poison, type Steps, Unknown, type Value } from '../objects.ts';
import { keyError, plainDeleteItem, plainSetItem } from '../operators.ts';
import { indexSteps, keySteps } from './items.ts';
import { listSteps } from './iterate.ts';
import { isPlain } from './plain.ts';

export function* setItemSteps(container: Value, index: Value, value: Value, machine: Machine): Steps<void> {
  if (container instanceof Unknown) return;
  if (isPlain(container)) return yield* builtinSetItem(container, index, value, machine);
  const cls = machine.typeOf(container);
  const method = cls?.find('__setitem__');
  if (method !== undefined) {
    yield* machine.call(method, [container, index, value]);
    return;
  }
  if (cls?.unknownBase) return;
  throw machine.raise('TypeError', `'${cls?.name}' object does not support item assignment`);
}

export function* builtinSetItem(container: Value, index: Value, value: Value, machine: Machine): Steps<void> {
  if (container instanceof PyDict) {
    const key = yield* keySteps(index, machine);
    if (key instanceof Unknown) {
      poison(container, key);
      return;
    }
    const entry = container.entries.get(key);
    if (entry) entry.value = value;
    else {
      machine.charge(1);
      container.entries.set(key, { key: index, value });
    }
    return;
  }
  if (container instanceof PyList) {
    const at = yield* indexSteps(container, index, machine);
    let given = value;
    if (at instanceof PySlice && !(value instanceof PyList || value instanceof PyTuple)) {
      const values = yield* listSteps(value, machine);
      given = values instanceof Unknown ? values : new PyTuple(values);
    }
    if (plainSetItem(container, at, given, machine)) return;
    const unknown = [at, given].find(each => each instanceof Unknown) ?? machine.unknown('The index is not known.');
    poison(container, unknown as Unknown);
    return;
  }
  const cls = machine.typeOf(container);
  const method = cls?.find('__setitem__');
  if (method !== undefined) {
    yield* machine.call(method, [container, index, value]);
    return;
  }
  throw machine.raise('TypeError', `'${cls?.name}' object does not support item assignment`);
}

export function* deleteItemSteps(container: Value, index: Value, machine: Machine): Steps<void> {
  if (container instanceof Unknown) return;
  if (isPlain(container)) return yield* builtinDeleteItem(container, index, machine);
  const cls = machine.typeOf(container);
  const method = cls?.find('__delitem__');
  if (method !== undefined) {
    yield* machine.call(method, [container, index]);
    return;
  }
  if (cls?.unknownBase) return;
  throw machine.raise('TypeError', `'${cls?.name}' object doesn't support item deletion`);
}

export function* builtinDeleteItem(container: Value, index: Value, machine: Machine): Steps<void> {
  if (container instanceof PyDict) {
    const key = yield* keySteps(index, machine);
    if (key instanceof Unknown) poison(container, key);
    else if (!container.entries.delete(key)) throw keyError(index, machine);
    return;
  }
  if (container instanceof PyList) {
    const at = yield* indexSteps(container, index, machine);
    if (!plainDeleteItem(container, at, machine)) {
      poison(container, at instanceof Unknown ? at : machine.unknown('The index is not known.'));
    }
    return;
  }
  throw machine.raise('TypeError', `'${machine.typeOf(container)?.name}' object doesn't support item deletion`);
}

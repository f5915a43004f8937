// The module `copy`.

import { special, typeName } from '../builtins/classes.ts';
import { maxDepth, tooDeep, unsupported } from '../builtins/limits.ts';
import type { Machine } from '../machine.ts';
import { nativeSteps } from '../native.ts';
import {
  PyBoundMethod,
  PyBoxed,
  PyDict,
  PyInstance,
  PyIterator,
  PyList,
  PyObject,
  PySet,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { moduleOf } from './module.ts';

/** What a deepcopy copied so far; to Python it is a dict. */
class Memo extends PyDict {
  readonly copies = new Map<PyObject, Value>();
  depth = 0;
}

/** Kinds of values that are copied by their elements; all others that are no instances are their own copies. */
function isCopied(value: Value): value is PyList | PyTuple | PyDict | PySet | PyInstance {
  return (
    value instanceof PyList ||
    value instanceof PyTuple ||
    value instanceof PyDict ||
    value instanceof PySet ||
    (value instanceof PyInstance && !(value instanceof PyBoxed))
  );
}

/**
 * A copy of a value and of all that it holds; what is met again is the same copy. `memo` is what a `__deepcopy__` was called
 * with, so that natives can go on with their parts.
 */
export function* deepcopy(value: Value, memo: Value, machine: Machine): Steps {
  const known = memo instanceof Memo ? memo : new Memo();
  if (!(value instanceof PyObject)) return value;
  const found = known.copies.get(value);
  if (found !== undefined) return found;
  if (value instanceof PyBoundMethod) {
    return new PyBoundMethod(yield* deepcopy(value.self, known, machine), value.callee);
  }
  if (value instanceof PyIterator) return unsupported(machine, 'copy.deepcopy(iterator)');
  if (!isCopied(value)) return value;
  if (known.depth >= maxDepth) return tooDeep(machine);
  known.depth++;
  machine.charge(1);
  const copy = yield* deep(value, known, machine);
  known.depth--;
  if (!known.copies.has(value)) known.copies.set(value, copy);
  return copy;
}

function* deep(value: PyList | PyTuple | PyDict | PySet | PyInstance, memo: Memo, machine: Machine): Steps {
  const own = value instanceof PyInstance ? undefined : value.own;
  if (value instanceof PyInstance || own !== undefined) {
    const method = special(value, '__deepcopy__', machine);
    if (method !== undefined) return yield* machine.call(method, [value, memo]);
    for (const name of ['__reduce__', '__reduce_ex__', '__getstate__', '__setstate__']) {
      const found = special(value, name, machine);
      if (found !== undefined && !isPlainObject(found)) return unsupported(machine, `copy.deepcopy() with ${name}`);
    }
  }
  if (value instanceof PyList) {
    const copy = new PyList([]);
    memo.copies.set(value, copy);
    copy.own = yield* ownOf(value, memo, machine);
    for (const item of value.items.slice()) copy.items.push(yield* deepcopy(item, memo, machine));
    return copy;
  }
  if (value instanceof PyTuple) {
    const items: Value[] = [];
    for (const item of value.items) items.push(yield* deepcopy(item, memo, machine));
    // A tuple whose elements are their own copies is its own copy; one that holds itself was copied on the way.
    const known = memo.copies.get(value);
    if (known !== undefined) return known;
    if (own === undefined && items.every((item, index) => item === value.items[index])) return value;
    const copy = new PyTuple(items);
    copy.own = yield* ownOf(value, memo, machine);
    return copy;
  }
  if (value instanceof PyDict) {
    const copy = new PyDict();
    memo.copies.set(value, copy);
    copy.own = yield* ownOf(value, memo, machine);
    for (const [id, entry] of [...value.entries]) {
      const key = yield* deepcopy(entry.key, memo, machine);
      const to = key === entry.key ? id : machine.keyOf(key);
      if (to instanceof Unknown) return to;
      copy.entries.set(to, { key, value: yield* deepcopy(entry.value, memo, machine) });
    }
    return copy;
  }
  if (value instanceof PySet) {
    const copy = new PySet(value.kind);
    memo.copies.set(value, copy);
    copy.own = yield* ownOf(value, memo, machine);
    for (const [id, item] of [...value.entries]) {
      const other = yield* deepcopy(item, memo, machine);
      const to = other === item ? id : machine.keyOf(other);
      if (to instanceof Unknown) return to;
      copy.entries.set(to, other);
    }
    return copy;
  }
  // A native object may hold more than its dict.
  if (Object.getPrototypeOf(value) !== PyInstance.prototype) {
    return unsupported(machine, `copy.deepcopy(${typeName(value, machine)})`);
  }
  const copy = new PyInstance(value.cls);
  memo.copies.set(value, copy);
  for (const [name, item] of [...(value.dict ?? [])]) copy.set(name, yield* deepcopy(item, memo, machine));
  return copy;
}

function isPlainObject(method: Value): boolean {
  return method !== null && typeof method === 'object' && method.kind === 'builtin_function_or_method';
}

function* ownOf(
  value: { readonly own?: PyInstance | undefined },
  memo: Memo,
  machine: Machine,
): Steps<PyInstance | undefined> {
  if (value.own === undefined) return undefined;
  const own = new PyInstance(value.own.cls);
  for (const [name, item] of [...(value.own.dict ?? [])]) own.set(name, yield* deepcopy(item, memo, machine));
  return own;
}

function sameOwn(own: PyInstance | undefined): PyInstance | undefined {
  if (own === undefined) return undefined;
  const copy = new PyInstance(own.cls);
  for (const [name, item] of own.dict ?? []) copy.set(name, item);
  return copy;
}

/** A copy that holds the same parts. */
export function* shallow(value: Value, machine: Machine): Steps {
  if (value instanceof PyIterator) return unsupported(machine, 'copy.copy(iterator)');
  if (!isCopied(value)) return value;
  const method = special(value, '__copy__', machine);
  if (method !== undefined) return yield* machine.call(method, [value]);
  for (const name of ['__reduce__', '__reduce_ex__', '__getstate__', '__setstate__']) {
    const found = special(value, name, machine);
    if (found !== undefined && !isPlainObject(found)) return unsupported(machine, `copy.copy() with ${name}`);
  }
  if (value instanceof PyTuple) return value;
  if (value instanceof PyList) {
    const copy = new PyList(value.items.slice());
    copy.own = sameOwn(value.own);
    return copy;
  }
  if (value instanceof PyDict) {
    const copy = new PyDict();
    for (const [id, { key, value: item }] of value.entries) copy.entries.set(id, { key, value: item });
    copy.own = sameOwn(value.own);
    return copy;
  }
  if (value instanceof PySet) {
    const copy = new PySet(value.kind);
    for (const [id, item] of value.entries) copy.entries.set(id, item);
    copy.own = sameOwn(value.own);
    return copy;
  }
  if (Object.getPrototypeOf(value) !== PyInstance.prototype) {
    return unsupported(machine, `copy.copy(${typeName(value, machine)})`);
  }
  return sameOwn(value)!;
}

export const copy = moduleOf('copy', machine => [
  { Error: machine.builtin('Exception'), error: machine.builtin('Exception') },
  [
    nativeSteps('copy', 'x', function* ([x], inner) {
      return yield* shallow(x!, inner);
    }),
    nativeSteps('deepcopy', 'x, memo=None, _nil=None', function* ([x, memo], inner) {
      return yield* deepcopy(x!, memo!, inner);
    }),
  ],
]);

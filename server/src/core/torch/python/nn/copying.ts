// copy.deepcopy of modules: parameters get a new identity, and what was shared inside stays shared.
import { PyDict, PyInstance, PyList, PySet, PyTuple, type Value } from '../../../python/objects.ts';
import { PyParameter, PyTensor } from '../tensor.ts';
import { compute } from '../values.ts';
import { ModuleInstance } from './instance.ts';

/** What was copied, by what it is a copy of. */
export type Copies = Map<object, Value>;

const memos = new WeakMap<PyDict, Copies>();

/** The copies of one call of `copy.deepcopy`, which hands its memo on. */
export function copiesOf(memo: Value | undefined): Copies {
  if (!(memo instanceof PyDict)) return new Map();
  let copies = memos.get(memo);
  if (!copies) {
    copies = new Map();
    memos.set(memo, copies);
  }
  return copies;
}

/** A deep copy; functions, classes and texts are what they are. */
export function deepCopy(value: Value, copies: Copies = new Map()): Value {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (value instanceof PyTensor) return copiedTensor(value, copies);
  if (value instanceof ModuleInstance) {
    const copy = new ModuleInstance(value.cls, value.construct);
    copies.set(value, copy);
    copyAttributes(value, copy, copies);
    copy.hooks = value.hooks;
    if (value.unsaved) copy.unsaved = new Set(value.unsaved);
    return copy;
  }
  if (value instanceof PyDict) {
    const copy = new PyDict();
    copies.set(value, copy);
    if (value.own) copy.own = deepCopy(value.own, copies) as PyInstance;
    for (const [key, each] of value.entries)
      copy.entries.set(key, { key: each.key, value: deepCopy(each.value, copies) });
    return copy;
  }
  if (value instanceof PyList) {
    const copy = new PyList([]);
    copies.set(value, copy);
    if (value.own) copy.own = deepCopy(value.own, copies) as PyInstance;
    copy.items = value.items.map(item => deepCopy(item, copies));
    return copy;
  }
  if (value instanceof PyTuple) {
    const items = value.items.map(item => deepCopy(item, copies));
    if (items.every((item, at) => item === value.items[at])) return value;
    const copy = new PyTuple(items);
    copy.own = value.own;
    copies.set(value, copy);
    return copy;
  }
  if (value instanceof PySet) {
    const copy = new PySet(value.kind);
    copies.set(value, copy);
    for (const [key, item] of value.entries) copy.entries.set(key, item);
    return copy;
  }
  // An object of a class of the program; what has a kind of its own is not taken apart.
  if (value instanceof PyInstance && value.kind === 'instance' && value.constructor === PyInstance) {
    const copy = new PyInstance(value.cls);
    copies.set(value, copy);
    copyAttributes(value, copy, copies);
    return copy;
  }
  return value;
}

function copyAttributes(from: PyInstance, to: PyInstance, copies: Copies): void {
  for (const [name, value] of from.dict ?? []) to.set(name, deepCopy(value, copies));
}

function copiedTensor(tensor: PyTensor, copies: Copies): PyTensor {
  const copy =
    tensor instanceof PyParameter
      ? new PyParameter(tensor.cls, tensor.shape, tensor.dtype)
      : new PyTensor(tensor.cls, tensor.shape, tensor.dtype);
  if (copy instanceof PyParameter && tensor instanceof PyParameter) copy.role = tensor.role;
  copies.set(tensor, copy);
  copy.why = tensor.why;
  copy.requiresGrad = tensor.requiresGrad;
  copyAttributes(tensor, copy, copies);
  return compute(copy, [tensor], values => Float64Array.from(values)) as PyTensor;
}

// Lengths and items: `len(x)`, `x[i]`, and keys of dictionaries and sets.
import { attributeOf } from '../attributes.ts';
import type { Machine } from '../machine.ts';
import {
  ambiguityOf,
  type Key,
  Later,
  Native,
  PyBoxed,
  PyBytes,
  PyClass,
  PyDict,
  PyFunction,
  PyInstance,
  PyList,
  PyRange,
  PySlice,
  PyTuple,
  type Steps,
  skipsWork,
  Unknown,
  type Value,
} from '../objects.ts';
import { keyError, plainItem, plainLength } from '../operators.ts';
import { isPlain } from './plain.ts';

export function* lengthSteps(value: Value, machine: Machine): Steps<number | Unknown> {
  if (value instanceof Unknown) return value;
  if (isPlain(value)) {
    const plain = plainLength(value);
    if (plain !== undefined) return plain;
  }
  const cls = machine.typeOf(value);
  const method = cls?.find('__len__');
  if (method !== undefined) {
    const result = yield* machine.call(method, [value]);
    if (result instanceof Unknown) return result;
    if (typeof result === 'boolean') return result ? 1 : 0;
    if (typeof result !== 'number') {
      throw machine.raise('TypeError', `'${machine.typeOf(result)?.name}' object cannot be interpreted as an integer`);
    }
    if (result < 0) throw machine.raise('ValueError', '__len__() should return >= 0');
    return result;
  }
  if (cls?.unknownBase) return cls.unknownBase;
  throw machine.raise('TypeError', `object of type '${cls?.name}' has no len()`);
}

export function* itemSteps(container: Value, index: Value, machine: Machine): Steps {
  if (container instanceof Unknown) {
    skipsWork('[]', [container], machine);
    return container;
  }
  if (isPlain(container)) {
    if (container instanceof PyDict) {
      const key = yield* keySteps(index, machine);
      if (key instanceof Unknown) return key;
      const entry = container.entries.get(key);
      if (entry) return entry.value;
      throw keyError(index, machine);
    }
    const at = yield* indexSteps(container, index, machine);
    if (at instanceof Unknown) return unknownItem(container, at, machine);
    const plain = plainItem(container, at, machine);
    if (plain !== undefined) return plain;
  }
  const cls = machine.typeOf(container);
  const method = cls?.find('__getitem__');
  if (method !== undefined) return yield* machine.call(method, [container, index]);
  if (container instanceof PyClass) {
    const generic = attributeOf(container, '__class_getitem__', machine);
    const callee = generic instanceof Later ? yield* generic.steps : generic;
    if (callee instanceof PyFunction) return yield* machine.call(callee, [container, index]);
    if (callee !== undefined) return yield* machine.call(callee, [index]);
    // `list[int]`, `Base[T]`: as good as the class.
    if (container.unknownBase) return container.unknownBase;
    return container;
  }
  if (cls?.unknownBase) return cls.unknownBase;
  throw machine.raise('TypeError', `'${cls?.name}' object is not subscriptable`);
}

/** An item of which it is not known which one it is. */
function unknownItem(container: Value, index: Unknown, machine: Machine): Value {
  const isList = container instanceof PyList || container instanceof PyTuple;
  const found = isList && index.isInteger && machine.options.hooks?.unknownItem?.(container.items, index, machine);
  return found || index.loose;
}

/** What built-in types do for `super().__getitem__(…)`. */
export function* builtinItem(container: Value, index: Value, machine: Machine): Steps {
  if (container instanceof PyDict) {
    const key = yield* keySteps(index, machine);
    if (key instanceof Unknown) return key;
    const entry = container.entries.get(key);
    if (entry) return entry.value;
    const missing = container.own?.cls.find('__missing__');
    if (missing !== undefined) return yield* machine.call(missing, [container, index]);
    throw keyError(index, machine);
  }
  const plain = plainItem(container, yield* indexSteps(container, index, machine), machine);
  if (plain !== undefined) return plain;
  throw machine.raise('TypeError', `'${machine.typeOf(container)?.name}' object is not subscriptable`);
}

/** An index as an int where its class has `__index__`. */
export function* indexSteps(container: Value, index: Value, machine: Machine): Steps {
  if (
    !(
      container instanceof PyList ||
      container instanceof PyTuple ||
      container instanceof PyRange ||
      typeof container === 'string' ||
      container instanceof PyBytes
    )
  ) {
    return index;
  }
  if (index instanceof PySlice) {
    const parts: Value[] = [];
    for (const part of [index.start, index.stop, index.step]) parts.push(yield* wholeSteps(part, machine));
    return parts.some((part, at) => part !== [index.start, index.stop, index.step][at])
      ? new PySlice(parts[0]!, parts[1]!, parts[2]!)
      : index;
  }
  return yield* wholeSteps(index, machine);
}

function* wholeSteps(value: Value, machine: Machine): Steps {
  if (!(value instanceof PyInstance) || value instanceof PyBoxed) return value;
  const method = value.cls.find('__index__');
  if (method !== undefined) return yield* machine.call(method, [value]);
  return value.cls.unknownBase ?? value;
}

/** The key of a tuple is a text of its own, of all its items. */
const tupleWork = 8;

/** The key of a value in a dict; undefined where a class of the program may define `__hash__`. */
export function plainKeyOf(value: Value, machine: Machine): Key | Unknown | undefined {
  return value instanceof PyInstance || value instanceof PyTuple ? undefined : machine.keyOf(value);
}

/** The key of a value in a dict, where its class may have `__hash__` and `__eq__` of its own. */
export function* keySteps(value: Value, machine: Machine): Steps<Key | Unknown> {
  if (value === null || typeof value !== 'object') return machine.keyOf(value);
  if (value instanceof PyInstance && !(value instanceof PyBoxed)) {
    const why = ambiguityOf(value);
    if (why) return why;
    const equals = value.cls.find('__eq__');
    if (equals === machine.objectMember('__eq__')) return value;
    const hash = value.cls.find('__hash__');
    if (hash === null || hash === undefined) {
      throw machine.raise('TypeError', `unhashable type: '${value.cls.name}'`);
    }
    if (hash === machine.objectMember('__hash__') && equals instanceof Native) return machine.keyOf(value);
    return yield* machine.customKey(value, hash);
  }
  if (value instanceof PyTuple) {
    machine.charge(tupleWork * (1 + value.items.length));
    for (const item of value.items) yield* keySteps(item, machine);
  }
  return machine.keyOf(value);
}

// Context managers.

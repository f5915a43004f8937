// Operators and conversions that may call Python: special methods of classes.
import { attributeOf, noAttribute } from './attributes.ts';
import { maxItems, tooLong } from './builtins/limits.ts';
import { setOrder } from './builtins/text.ts';
import { PyGenerator } from './frame.ts';
import type { Machine } from './machine.ts';
import {
  type Key,
  Later,
  Native,
  notImplemented,
  PyBoundMethod,
  PyBoxed,
  PyBytes,
  PyClass,
  PyDict,
  PyException,
  PyFloat,
  PyFunction,
  PyInstance,
  PyIterator,
  PyList,
  type PyObject,
  PyRange,
  PySet,
  PySlice,
  PyTuple,
  PyView,
  poison,
  Raised,
  type Steps,
  Unknown,
  UnknownAccess,
  type Value,
} from './objects.ts';
import {
  containerTruth,
  keyError,
  plainBinary,
  plainContains,
  plainDeleteItem,
  plainEquals,
  plainItem,
  plainLength,
  plainOrder,
  plainSetItem,
  plainTruth,
  plainUnary,
} from './operators.ts';

const binaryNames: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '@': 'matmul',
  '<<': 'lshift',
  '>>': 'rshift',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
};
export const binaryMethods: Readonly<Record<string, readonly [string, string, string]>> = Object.fromEntries(
  Object.entries(binaryNames).map(([sign, name]) => [sign, [`__${name}__`, `__r${name}__`, `__i${name}__`]]),
);
const orderMethods: Readonly<Record<string, readonly [string, string]>> = {
  '<': ['__lt__', '__gt__'],
  '<=': ['__le__', '__ge__'],
  '>': ['__gt__', '__lt__'],
  '>=': ['__ge__', '__le__'],
};

/** Whether an operator of a built-in type holds for the value: its class defines none of its own. */
function isPlain(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (value instanceof PyInstance) return false;
  return (value as { own?: PyInstance }).own === undefined;
}

export function* binarySteps(operator: string, a: Value, b: Value, machine: Machine): Steps {
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (operator === '[]') return yield* itemSteps(a, b, machine);
  const compared = yield* comparisonSteps(operator, a, b, machine);
  if (compared !== undefined) return compared;
  if (isPlain(a) && isPlain(b)) {
    const result = plainBinary(operator, a, b, machine);
    if (result !== undefined) return result;
  }
  if (operator === '[]') return yield* itemSteps(a, b, machine);
  const names = binaryMethods[operator];
  if (!names) throw new Error(`No operator ${operator}`);
  const [ta, tb] = [machine.typeOf(a), machine.typeOf(b)];
  const left = ta?.find(names[0]);
  const right = ta === tb && !(a instanceof PyInstance) ? undefined : tb?.find(names[1]);
  const isRightFirst =
    ta !== undefined &&
    tb !== undefined &&
    right !== undefined &&
    ta !== tb &&
    tb.mro.includes(ta) &&
    right !== ta.find(names[1]);
  if (isRightFirst) {
    const result = yield* machine.call(right, [b, a]);
    if (result !== notImplemented) return result;
  }
  if (left !== undefined) {
    const result = yield* machine.call(left, [a, b]);
    if (result !== notImplemented) return result;
  }
  if (right !== undefined && !isRightFirst) {
    const result = yield* machine.call(right, [b, a]);
    if (result !== notImplemented) return result;
  }
  if (!isPlain(a) || !isPlain(b)) {
    const result = plainBinary(operator, a, b, machine);
    if (result !== undefined) return result;
  }
  const unknown = ta?.unknownBase ?? tb?.unknownBase;
  if (unknown) return unknown;
  if (operator === '+' && (typeof a === 'string' || a instanceof PyList || a instanceof PyTuple)) {
    throw machine.raise('TypeError', `can only concatenate ${ta?.name} (not "${tb?.name}") to ${ta?.name}`);
  }
  if (operator === '*' && (isSequence(a) || isSequence(b))) {
    const other = isSequence(a) ? tb : ta;
    throw machine.raise('TypeError', `can't multiply sequence by non-int of type '${other?.name}'`);
  }
  const sign = operator === '**' ? '** or pow()' : operator;
  throw machine.raise('TypeError', `unsupported operand type(s) for ${sign}: '${ta?.name}' and '${tb?.name}'`);
}

function isSequence(value: Value): boolean {
  return typeof value === 'string' || value instanceof PyList || value instanceof PyTuple || value instanceof PyBytes;
}

function* comparisonSteps(operator: string, a: Value, b: Value, machine: Machine): Steps<Value | undefined> {
  switch (operator) {
    case '==':
      return yield* equalsValue(a, b, machine);
    case '!=': {
      return yield* notEqualsValue(a, b, machine);
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return yield* orderSteps(operator, a, b, machine);
    case 'in':
      return yield* containsSteps(b, a, machine);
    case 'not in': {
      const contained = yield* containsSteps(b, a, machine);
      return contained instanceof Unknown ? contained : !contained;
    }
    case 'is':
    case 'is not': {
      const same = isSame(a, b);
      return same instanceof Unknown ? same : same === (operator === 'is');
    }
    default:
      return undefined;
  }
}

export function isSame(a: Value, b: Value): boolean | Unknown {
  if (a === b && !(a instanceof Unknown && !a.isImport)) return true;
  if (a instanceof Unknown) return a.isImport && !(b instanceof Unknown && !b.isImport) ? false : a;
  if (b instanceof Unknown) return b.isImport ? false : b;
  if (a instanceof PyBoundMethod || b instanceof PyBoundMethod) return false;
  // Floats and big ints are objects of their own; equal constants may be the same one or not.
  if (a instanceof PyFloat && b instanceof PyFloat) return Object.is(a.value, b.value);
  return false;
}

function* equalsValue(a: Value, b: Value, machine: Machine): Steps {
  const plain = plainEquals(a, b, machine);
  if (plain !== undefined) return plain;
  const [ta, tb] = [machine.typeOf(a), machine.typeOf(b)];
  const methods: (readonly [Value, Value, Value])[] = [];
  const left = ta?.find('__eq__');
  const right = tb?.find('__eq__');
  if (left !== undefined) methods.push([left, a, b]);
  if (right !== undefined && ta !== tb) methods.push([right, b, a]);
  if (ta && tb && ta !== tb && tb.mro.includes(ta) && left !== right) methods.reverse();
  for (const [method, x, y] of methods) {
    const result = yield* machine.call(method, [x, y]);
    if (result !== notImplemented) return result;
  }
  return a === b;
}

function* notEqualsValue(a: Value, b: Value, machine: Machine): Steps {
  const plain = plainEquals(a, b, machine);
  if (plain !== undefined) return plain instanceof Unknown ? plain : !plain;
  const object = machine.objectMember('__ne__');
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    const method = machine.typeOf(x)?.find('__ne__');
    if (method === undefined || method === object) continue;
    const result = yield* machine.call(method, [x, y]);
    if (result !== notImplemented) return result;
  }
  const equal = yield* equalsValue(a, b, machine);
  const truth = yield* truthSteps(equal, machine);
  return truth instanceof Unknown ? truth : !truth;
}

export function* equalsSteps(a: Value, b: Value, machine: Machine): Steps<boolean | Unknown> {
  const plain = plainEquals(a, b, machine);
  if (plain !== undefined) return plain;
  return yield* truthSteps(yield* equalsValue(a, b, machine), machine);
}

/** How built-in containers compare where Python must run for what they hold. */
export function* containerEquals(a: Value, b: Value, machine: Machine): Steps {
  if ((a instanceof PyList && b instanceof PyList) || (a instanceof PyTuple && b instanceof PyTuple)) {
    if (a.items.length !== b.items.length) return false;
    for (let at = 0; at < a.items.length; at++) {
      if (a.items[at] === b.items[at] && !(a.items[at] instanceof Unknown)) continue;
      const equal = yield* elementEquals(a.items[at]!, b.items[at]!, machine);
      if (equal !== true) return equal;
    }
    return true;
  }
  if (a instanceof PyDict && b instanceof PyDict) {
    if (a.entries.size !== b.entries.size) return false;
    for (const [key, { value }] of a.entries) {
      const other = b.entries.get(key);
      if (!other) return false;
      const equal = yield* elementEquals(value, other.value, machine);
      if (equal !== true) return equal;
    }
    return true;
  }
  if (a instanceof PySet && b instanceof PySet) {
    return a.entries.size === b.entries.size && [...a.entries.keys()].every(key => b.entries.has(key));
  }
  if (a instanceof PyBoundMethod && b instanceof PyBoundMethod) {
    const same = isSame(a.self, b.self);
    return same === true ? a.callee === b.callee : same;
  }
  if (a instanceof PyBoxed) return yield* elementEquals(a.value, b instanceof PyBoxed ? b.value : b, machine);
  if (b instanceof PyBoxed) return yield* elementEquals(a, b.value, machine);
  return notImplemented;
}

/** In a request of its own, so that deep ones do not exhaust our own stack. */
function* elementEquals(a: Value, b: Value, machine: Machine): Steps<boolean | Unknown> {
  const plain = plainEquals(a, b, machine);
  if (plain !== undefined) return plain;
  const result = yield* machine.call(equalsNative, [a, b]);
  return yield* truthSteps(result, machine);
}

const equalsNative = new Native('eq', 'a, b', ([a, b], machine) => equalsValue(a!, b!, machine), true);

export function* orderSteps(operator: string, a: Value, b: Value, machine: Machine): Steps {
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (isPlain(a) && isPlain(b)) {
    const plain = plainOrder(operator, a, b, machine);
    if (plain !== undefined) return plain;
    if ((a instanceof PyList && b instanceof PyList) || (a instanceof PyTuple && b instanceof PyTuple)) {
      for (let at = 0; at < Math.min(a.items.length, b.items.length); at++) {
        const equal = yield* elementEquals(a.items[at]!, b.items[at]!, machine);
        if (equal === true) continue;
        return equal === false ? yield* orderSteps(operator, a.items[at]!, b.items[at]!, machine) : equal;
      }
      return plainOrder(operator, a.items.length, b.items.length, machine)!;
    }
  }
  const names = orderMethods[operator]!;
  const [ta, tb] = [machine.typeOf(a), machine.typeOf(b)];
  const tries: (readonly [Value | undefined, Value, Value])[] = [
    [ta?.find(names[0]), a, b],
    [tb?.find(names[1]), b, a],
  ];
  if (ta && tb && ta !== tb && tb.mro.includes(ta)) tries.reverse();
  for (const [method, x, y] of tries) {
    if (method === undefined) continue;
    const result = yield* machine.call(method, [x, y]);
    if (result !== notImplemented) return result;
  }
  const plain = plainOrder(operator, a, b, machine);
  if (plain !== undefined) return plain;
  const unknown = ta?.unknownBase ?? tb?.unknownBase;
  if (unknown) return unknown;
  throw machine.raise('TypeError', `'${operator}' not supported between instances of '${ta?.name}' and '${tb?.name}'`);
}

export function* inPlaceSteps(operator: string, a: Value, b: Value, machine: Machine): Steps {
  if (a instanceof Unknown) return a;
  if (isPlain(a)) {
    if (a instanceof PyList && operator === '+') {
      yield* extendSteps(a, b, machine);
      return a;
    }
    if (a instanceof PyList && operator === '*' && !(b instanceof Unknown)) {
      const product = plainBinary('*', a, b, machine);
      if (product instanceof PyList) a.items = product.items;
      if (product instanceof PyList) return a;
    }
    if (a instanceof PySet && a.kind === 'set' && b instanceof PySet) {
      const result = plainBinary(operator, a, b, machine);
      if (result instanceof PySet) {
        a.entries.clear();
        for (const [key, value] of result.entries) a.entries.set(key, value);
        return a;
      }
    }
    if (a instanceof PyDict && operator === '|' && b instanceof PyDict) {
      for (const [key, entry] of b.entries) a.entries.set(key, { ...entry });
      return a;
    }
    if ((a instanceof PyList || (a instanceof PySet && a.kind === 'set')) && b instanceof Unknown) {
      poison(a, b);
      return a;
    }
  } else {
    const method = machine.typeOf(a)?.find(binaryMethods[operator]![2]);
    if (method !== undefined) {
      const result = yield* machine.call(method, [a, b]);
      if (result !== notImplemented) return result;
    }
  }
  if (b instanceof Unknown) return b;
  try {
    return yield* binarySteps(operator, a, b, machine);
  } catch (error) {
    if (error instanceof Raised && error.exception instanceof PyException) {
      const [text] = error.exception.args;
      const sign = operator === '**' ? '** or pow()' : operator;
      const start = `unsupported operand type(s) for ${sign}:`;
      if (error.exception.trace === undefined && typeof text === 'string' && text.startsWith(start)) {
        error.exception.args = [`unsupported operand type(s) for ${operator}=:${text.slice(start.length)}`];
      }
    }
    throw error;
  }
}

export function* extendSteps(list: PyList, iterable: Value, machine: Machine): Steps<void> {
  if (iterable instanceof PyList || iterable instanceof PyTuple) {
    const { items } = iterable;
    machine.charge(items.length);
    const count = items.length;
    if (list.items.length + count > maxItems) {
      poison(list, tooLong(machine));
      return;
    }
    for (let at = 0; at < count; at++) list.items.push(items[at]!);
    return;
  }
  const iterator = yield* iterateSteps(iterable, machine);
  if (iterator instanceof Unknown) {
    poison(list, iterator);
    return;
  }
  // What has been given is there before the next is asked for, which may look at it.
  for (;;) {
    const value = yield* nextSteps(iterator, machine);
    if (value === undefined) return;
    if (list.items.length >= maxItems) {
      poison(list, tooLong(machine));
      return;
    }
    list.items.push(value);
  }
}

export function* unarySteps(operator: string, value: Value, machine: Machine): Steps {
  if (value instanceof Unknown) return value;
  const name = operator === '-' ? '__neg__' : operator === '+' ? '__pos__' : '__invert__';
  if (isPlain(value)) {
    const plain = plainUnary(operator, value, machine);
    if (plain !== undefined) return plain;
  }
  const cls = machine.typeOf(value);
  const method = cls?.find(name);
  if (method !== undefined) return yield* machine.call(method, [value]);
  const plain = plainUnary(operator, value, machine);
  if (plain !== undefined) return plain;
  if (cls?.unknownBase) return cls.unknownBase;
  throw machine.raise('TypeError', `bad operand type for unary ${operator}: '${cls?.name}'`);
}

export function* truthSteps(value: Value, machine: Machine): Steps<boolean | Unknown> {
  const plain = plainTruth(value);
  if (plain !== undefined) return plain;
  const cls = machine.typeOf(value)!;
  const method = cls.find('__bool__');
  if (method !== undefined) {
    const result = yield* machine.call(method, [value]);
    if (typeof result === 'boolean' || result instanceof Unknown) return result;
    const name = machine.typeOf(result)?.name;
    throw machine.raise('TypeError', `__bool__ should return bool, returned ${name}`);
  }
  const length = cls.find('__len__');
  if (length !== undefined) {
    const result = yield* machine.call(length, [value]);
    return result instanceof Unknown ? result : result !== 0;
  }
  if (value instanceof PyBoxed) return yield* truthSteps(value.value, machine);
  if (cls.unknownBase) return cls.unknownBase;
  return value instanceof PyInstance ? true : containerTruth(value as PyObject);
}

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
  if (container instanceof Unknown) return container;
  if (isPlain(container)) {
    if (container instanceof PyDict) {
      const key = yield* keySteps(index, machine);
      if (key instanceof Unknown) return key;
      const entry = container.entries.get(key);
      if (entry) return entry.value;
      throw keyError(index, machine);
    }
    const at = yield* indexSteps(container, index, machine);
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
function* indexSteps(container: Value, index: Value, machine: Machine): Steps {
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

export function* textSteps(value: Value, isRepr: boolean, machine: Machine): Steps<string | Unknown> {
  if (value instanceof Unknown) return value;
  if (!isRepr && typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  const cls = machine.typeOf(value);
  const method = (isRepr ? undefined : cls?.find('__str__')) ?? cls?.find('__repr__');
  if (method === undefined) return machine.unknown(`The text of a ${cls?.name} is not known.`);
  const text = yield* machine.call(method, [value]);
  if (typeof text === 'string' || text instanceof Unknown) return text;
  if (text instanceof PyBoxed && typeof text.value === 'string') return text.value;
  const name = isRepr ? '__repr__' : '__str__';
  throw machine.raise('TypeError', `${name} returned non-string (type ${machine.typeOf(text)?.name})`);
}

export function* formatSteps(value: Value, format: string, machine: Machine): Steps<string | Unknown> {
  if (value instanceof Unknown) return value;
  if (format === '') {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  }
  const method = machine.typeOf(value)?.find('__format__');
  if (method === undefined) return machine.unknown('This format is not supported.');
  const text = yield* machine.call(method, [value, format]);
  if (typeof text === 'string' || text instanceof Unknown) return text;
  throw machine.raise('TypeError', `__format__ must return a str, not ${machine.typeOf(text)?.name}`);
}

/** The key of a tuple is a text of its own, of all its items. */
const tupleWork = 8;

/** The key of a value in a dict, where its class may have `__hash__` and `__eq__` of its own. */
export function* keySteps(value: Value, machine: Machine): Steps<Key | Unknown> {
  if (value === null || typeof value !== 'object') return machine.keyOf(value);
  if (value instanceof PyInstance && !(value instanceof PyBoxed)) {
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

export function* enterWith(context: Value, machine: Machine): Steps {
  if (context instanceof Unknown) return context;
  const cls = machine.typeOf(context);
  const enter = cls?.find('__enter__');
  if (enter === undefined || cls?.find('__exit__') === undefined) {
    if (cls?.unknownBase) return cls.unknownBase;
    throw machine.raise('TypeError', `'${cls?.name}' object does not support the context manager protocol`);
  }
  return yield* machine.call(enter, [context]);
}

export function* leaveWith(context: Value, error: Raised | undefined, machine: Machine): Steps {
  if (context instanceof Unknown) {
    // Whether it swallows exceptions is not known; nearly none does.
    if (error) throw error;
    return null;
  }
  const cls = machine.typeOf(context);
  const exit = cls?.find('__exit__');
  if (exit === undefined) {
    if (error) throw error;
    return null;
  }
  const args: Value[] = error ? [context, error.exception.cls, error.exception, null] : [context, null, null, null];
  const result = yield* machine.call(exit, args);
  if (!error) return null;
  const truth = yield* truthSteps(result, machine);
  if (truth === true) return true;
  throw error;
}

// Pattern matching: the parts that patterns are matched with, or None.

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

export function* getAttributeSteps(object: Value, name: string, machine: Machine): Steps {
  const found = attributeOf(object, name, machine);
  if (found === undefined) throw noAttribute(object, name, machine);
  return found instanceof Later ? yield* found.steps : found;
}

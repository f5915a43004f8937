// Operators of two values and of one, and those that work in place.
import { maxItems, tooLong } from '../builtins/limits.ts';
import type { Machine } from '../machine.ts';
import {
  notImplemented,
  PyBytes,
  PyDict,
  PyException,
  PyInstance,
  PyList,
  PySet,
  PyTuple,
  poison,
  Raised,
  type Steps,
  skipsWork,
  Unknown,
  type Value,
} from '../objects.ts';
import { plainBinary, plainUnary } from '../operators.ts';
import { equalsValue, isSame, notEqualsValue, orderSteps } from './compare.ts';
import { containsSteps } from './contains.ts';
import { itemSteps } from './items.ts';
import { iterateSteps, nextSteps } from './iterate.ts';
import { isPlain } from './plain.ts';

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

export function* binarySteps(operator: string, a: Value, b: Value, machine: Machine): Steps {
  if (a instanceof Unknown || b instanceof Unknown) skipsWork(operator, [a, b], machine);
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

export function* inPlaceSteps(operator: string, a: Value, b: Value, machine: Machine): Steps {
  if (a instanceof Unknown || b instanceof Unknown) skipsWork(operator, [a, b], machine);
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

// Equality and order: `==`, `!=`, `<` and the others.
import type { Machine } from '../machine.ts';
import {
  ambiguityOf,
  Native,
  notImplemented,
  PyBoundMethod,
  PyBoxed,
  PyDict,
  PyFloat,
  PyInstance,
  PyList,
  PySet,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { plainEquals, plainOrder } from '../operators.ts';
import { isPlain } from './plain.ts';
import { truthSteps } from './truth.ts';

const orderMethods: Readonly<Record<string, readonly [string, string]>> = {
  '<': ['__lt__', '__gt__'],
  '<=': ['__le__', '__ge__'],
  '>': ['__gt__', '__lt__'],
  '>=': ['__ge__', '__le__'],
};

export function isSame(a: Value, b: Value): boolean | Unknown {
  if (a === b && !(a instanceof Unknown && !a.isImport)) return true;
  if (a instanceof Unknown) return a.isImport && !(b instanceof Unknown && !b.isImport) ? false : a;
  if (b instanceof Unknown) return b.isImport ? false : b;
  if (a instanceof PyInstance && b instanceof PyInstance) {
    const why = ambiguityOf(a) ?? ambiguityOf(b);
    if (why) return why;
  }
  if (a instanceof PyBoundMethod || b instanceof PyBoundMethod) return false;
  // Floats and big ints are objects of their own; equal constants may be the same one or not.
  if (a instanceof PyFloat && b instanceof PyFloat) return Object.is(a.value, b.value);
  return false;
}

export function* equalsValue(a: Value, b: Value, machine: Machine): Steps {
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

export function* notEqualsValue(a: Value, b: Value, machine: Machine): Steps {
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
export function* elementEquals(a: Value, b: Value, machine: Machine): Steps<boolean | Unknown> {
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

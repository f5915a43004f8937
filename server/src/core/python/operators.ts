// Operators on values of built-in types, where no Python runs for them.

import { maxItems, maxText, tooLong, tooMuchText } from './builtins/limits.ts';
import { arithmetic, compareNumbers, intOf, numberOf } from './builtins/numbers.ts';
import { combine, setEntries } from './builtins/set.ts';
import { viewItems } from './builtins/text.ts';
import type { Machine } from './machine.ts';
import {
  type Key,
  PyBoxed,
  PyBytes,
  PyComplex,
  PyDict,
  type PyException,
  PyFloat,
  PyInstance,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PySlice,
  PyTuple,
  PyView,
  type Raised,
  Unknown,
  type Value,
} from './objects.ts';

/** An operator on values of built-in types; undefined where they have none. */
export function plainBinary(operator: string, a: Value, b: Value, machine: Machine): Value | undefined {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) {
    if (typeof a === 'boolean' && typeof b === 'boolean') {
      if (operator === '&') return a && b;
      if (operator === '|') return a || b;
      if (operator === '^') return a !== b;
    }
    return arithmetic(operator, x, y, machine);
  }
  const [left, right] = [unboxed(a), unboxed(b)];
  switch (operator) {
    case '+':
      if (typeof left === 'string' && typeof right === 'string') {
        if (left.length + right.length > maxText) return tooMuchText(machine);
        machine.charge(1);
        return left + right;
      }
      if (left instanceof PyList && right instanceof PyList) {
        if (left.items.length + right.items.length > maxItems) return tooLong(machine);
        machine.charge(left.items.length + right.items.length);
        return new PyList([...left.items, ...right.items]);
      }
      if (left instanceof PyTuple && right instanceof PyTuple) {
        if (left.items.length + right.items.length > maxItems) return tooLong(machine);
        machine.charge(left.items.length + right.items.length);
        return new PyTuple([...left.items, ...right.items]);
      }
      if (left instanceof PyBytes && right instanceof PyBytes) return new PyBytes(left.text + right.text);
      return undefined;
    case '*': {
      const count = intOf(b);
      if (count !== undefined) return repeated(left, count, machine);
      const before = intOf(a);
      return before === undefined ? undefined : repeated(right, before, machine);
    }
    case '|':
      if (left instanceof PyDict && right instanceof PyDict) {
        const union = new PyDict();
        machine.charge(left.entries.size + right.entries.size);
        for (const [key, entry] of left.entries) union.entries.set(key, { ...entry });
        for (const [key, entry] of right.entries) {
          // An equal key stays as it was first written.
          union.entries.set(key, {
            key: left.entries.has(key) ? left.entries.get(key)!.key : entry.key,
            value: entry.value,
          });
        }
        return union;
      }
      return setBinary(operator, left, right, machine);
    case '&':
    case '-':
    case '^':
      return setBinary(operator, left, right, machine);
    default:
      return undefined;
  }
}

function unboxed(value: Value): Value {
  return value instanceof PyBoxed ? value.value : value;
}

function repeated(value: Value, times: number | bigint, machine: Machine): Value | undefined {
  const count = Math.max(0, Number(times));
  if (typeof value === 'string') {
    if (value.length * count > maxText) return tooMuchText(machine);
    machine.charge(value.length * count);
    return value.repeat(count);
  }
  if (value instanceof PyBytes) {
    return value.text.length * count > maxText ? tooMuchText(machine) : new PyBytes(value.text.repeat(count));
  }
  if (!(value instanceof PyList || value instanceof PyTuple)) return undefined;
  if (value.items.length * count > maxItems) return tooLong(machine);
  machine.charge(value.items.length * count);
  const items: Value[] = [];
  for (let at = 0; at < count; at++) for (const item of value.items) items.push(item);
  return value instanceof PyList ? new PyList(items) : new PyTuple(items);
}

function setBinary(operator: string, a: Value, b: Value, machine: Machine): Value | undefined {
  const left = setEntries(a, machine);
  const right = setEntries(b, machine);
  if (left === undefined || right === undefined) return undefined;
  if (left instanceof Unknown) return left;
  if (right instanceof Unknown) return right;
  machine.charge(left.size + right.size);
  return combine(operator as '|', a instanceof PySet ? a.kind : 'set', left, right);
}

/** `-x`, `+x`, `~x` of numbers. */
export function plainUnary(operator: string, value: Value, machine: Machine): Value | undefined {
  const number = numberOf(value);
  if (number === undefined) return undefined;
  if (operator === '+') return number;
  if (operator === '-') {
    if (number instanceof PyFloat) return new PyFloat(-number.value);
    if (number instanceof PyComplex) return new PyComplex(-number.real, -number.imaginary);
    return arithmetic('-', 0, number, machine);
  }
  if (number instanceof PyFloat || number instanceof PyComplex) return undefined;
  return arithmetic('-', -1, number, machine);
}

/** Whether values are equal; undefined where Python must run to tell. */
export function plainEquals(a: Value, b: Value, machine: Machine, depth = 0): boolean | Unknown | undefined {
  if (a instanceof Unknown || b instanceof Unknown) return sameImport(a, b);
  if (a === b) {
    if (depth === 0 && isDecidedByItself(a)) return undefined;
    return a instanceof PyFloat ? !Number.isNaN(a.value) : true;
  }
  if (a === null || b === null) return isDecidedByItself(a ?? b) ? undefined : false;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined && !(a instanceof PyBoxed) && !(b instanceof PyBoxed)) {
    if (x instanceof PyComplex || y instanceof PyComplex) {
      const [p, q] = [complex(x), complex(y)];
      return p.real === q.real && p.imaginary === q.imaginary;
    }
    return compareNumbers(x, y) === 0;
  }
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  if (isDecidedByItself(a) || isDecidedByItself(b)) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof PyInstance || b instanceof PyInstance) return false;
  // Deep ones are compared in steps.
  if (depth > 50) return undefined;
  if ((a instanceof PyList && b instanceof PyList) || (a instanceof PyTuple && b instanceof PyTuple)) {
    if (a.items.length !== b.items.length) return false;
    machine.charge(a.items.length);
    for (let at = 0; at < a.items.length; at++) {
      if (a.items[at] === b.items[at] && !(a.items[at] instanceof Unknown)) continue;
      const equal = plainEquals(a.items[at]!, b.items[at]!, machine, depth + 1);
      if (equal !== true) return equal;
    }
    return true;
  }
  if (a instanceof PyDict && b instanceof PyDict) {
    if (a.entries.size !== b.entries.size) return false;
    machine.charge(a.entries.size);
    for (const [key, { value }] of a.entries) {
      const other = b.entries.get(key);
      if (!other) return false;
      const equal = plainEquals(value, other.value, machine, depth + 1);
      if (equal !== true) return equal;
    }
    return true;
  }
  if (a instanceof PySet && b instanceof PySet) {
    if (a.entries.size !== b.entries.size) return false;
    machine.charge(a.entries.size);
    for (const key of a.entries.keys()) if (!b.entries.has(key)) return false;
    return true;
  }
  if (a instanceof PyBytes && b instanceof PyBytes) return a.text === b.text;
  if (a instanceof PyRange && b instanceof PyRange) {
    const { length } = a;
    if (length !== b.length) return false;
    return length === 0 || (a.start === b.start && (length === 1 || a.step === b.step));
  }
  if (a instanceof PySlice && b instanceof PySlice) {
    return plainEquals(
      new PyTuple([a.start, a.stop, a.step]),
      new PyTuple([b.start, b.stop, b.step]),
      machine,
      depth + 1,
    );
  }
  if (a.kind === 'method' && b.kind === 'method') return undefined;
  if (a instanceof PyView || b instanceof PyView) {
    const [x, y] = [setEntries(a, machine), setEntries(b, machine)];
    if (x instanceof Unknown) return x;
    if (y instanceof Unknown) return y;
    return x !== undefined && y !== undefined && x.size === y.size && [...x.keys()].every(key => y.has(key));
  }
  return false;
}

function complex(value: number | bigint | PyFloat | PyComplex): PyComplex {
  if (value instanceof PyComplex) return value;
  return new PyComplex(value instanceof PyFloat ? value.value : Number(value), 0);
}

/** Whether its class may say what it equals. */
function isDecidedByItself(value: Value): boolean {
  if (value instanceof PyInstance) return value.cls.find('__eq__') !== objectEquals(value.cls);
  const own = (value as { own?: PyInstance } | null)?.own;
  if (own !== undefined) return true;
  return value instanceof PyObject && (value.kind === 'method' || !known.has(value.kind));
}

const known: ReadonlySet<string> = new Set([
  'float',
  'complex',
  'bytes',
  'list',
  'tuple',
  'dict',
  'set',
  'frozenset',
  'range',
  'slice',
  'type',
  'function',
  'builtin_function_or_method',
  'module',
  'ellipsis',
  'NotImplementedType',
  'property',
  'staticmethod',
  'classmethod',
  'iterator',
  'generator',
  'dict_keys',
  'dict_values',
  'dict_items',
]);

function objectEquals(cls: {
  readonly mro: readonly { readonly dict: ReadonlyMap<string, Value> }[];
}): Value | undefined {
  return cls.mro.at(-1)?.dict.get('__eq__');
}

/** An import that was not found equals itself and nothing that is known; whatever else is unknown says nothing. */
export function sameImport(a: Value, b: Value): boolean | Unknown {
  if (a instanceof Unknown && b instanceof Unknown) {
    if (a.imported === 'class' && b.imported === 'class') return a === b;
    return a.isImport && a === b ? true : a.isImport ? b : a;
  }
  const [unknown, other] = a instanceof Unknown ? [a, b] : [b as Unknown, a];
  // Classes are named like constants, too (`C3_RMB`).
  const maySame = unknown.imported === 'constant' && (typeof other !== 'object' || other instanceof PyFloat);
  return unknown.isImport && !maySame ? false : unknown;
}

/** `<`, `<=`, `>`, `>=`; undefined where Python must run to tell, or refuses. */
export function plainOrder(operator: string, a: Value, b: Value, machine: Machine): boolean | Unknown | undefined {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) {
    if (x instanceof PyComplex || y instanceof PyComplex) return undefined;
    return ordered(operator, compareNumbers(x, y));
  }
  const [left, right] = [unboxed(a), unboxed(b)];
  if (typeof left === 'string' && typeof right === 'string') return ordered(operator, compareTexts(left, right));
  if (left instanceof PyBytes && right instanceof PyBytes)
    return ordered(operator, compareTexts(left.text, right.text));
  if ((left instanceof PyList && right instanceof PyList) || (left instanceof PyTuple && right instanceof PyTuple)) {
    const length = Math.min(left.items.length, right.items.length);
    machine.charge(length);
    for (let at = 0; at < length; at++) {
      const equal = plainEquals(left.items[at]!, right.items[at]!, machine);
      if (equal === true) continue;
      return equal === false ? plainOrder(operator, left.items[at]!, right.items[at]!, machine) : equal;
    }
    return ordered(operator, left.items.length - right.items.length);
  }
  if (left instanceof PySet && right instanceof PySet) {
    const isSubset = (p: PySet, q: PySet): boolean => [...p.entries.keys()].every(key => q.entries.has(key));
    machine.charge(left.entries.size + right.entries.size);
    switch (operator) {
      case '<=':
        return isSubset(left, right);
      case '<':
        return left.entries.size < right.entries.size && isSubset(left, right);
      case '>=':
        return isSubset(right, left);
      default:
        return left.entries.size > right.entries.size && isSubset(right, left);
    }
  }
  return undefined;
}

/** By code points, as Python has it. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    // Surrogates stand for code points beyond all others.
    const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;
    if (isHigh(x) !== isHigh(y)) return isHigh(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

function ordered(operator: string, sign: number): boolean {
  // NaN is in no order.
  switch (operator) {
    case '<':
      return sign < 0;
    case '<=':
      return sign <= 0;
    case '>':
      return sign > 0;
    default:
      return sign >= 0;
  }
}

/** Whether a value counts as true; undefined where Python must run to tell. */
export function plainTruth(value: Value): boolean | Unknown | undefined {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return value !== 0;
    case 'string':
      return value !== '';
    case 'bigint':
      return value !== 0n;
  }
  if (value === null) return false;
  if (value instanceof Unknown) return value.imported === 'module' || value;
  if (value instanceof PyFloat) return value.value !== 0;
  if (value instanceof PyInstance) return undefined;
  if ((value as { own?: PyInstance }).own !== undefined) return undefined;
  return containerTruth(value);
}

export function containerTruth(value: PyObject): boolean {
  if (value instanceof PyList || value instanceof PyTuple) return value.items.length > 0;
  if (value instanceof PyDict || value instanceof PySet) return value.entries.size > 0;
  if (value instanceof PyRange) return value.length > 0;
  if (value instanceof PyBytes) return value.text.length > 0;
  if (value instanceof PyView) return value.dict.entries.size > 0;
  if (value instanceof PyComplex) return value.real !== 0 || value.imaginary !== 0;
  return true;
}

/** `len`; undefined for what has none of its own. */
export function plainLength(value: Value): number | undefined {
  if (value instanceof PyView) return value.dict.entries.size;
  if (typeof value === 'string') return codePointCount(value);
  if (value instanceof PyList || value instanceof PyTuple) return value.items.length;
  if (value instanceof PyDict || value instanceof PySet) return value.entries.size;
  if (value instanceof PyRange) return value.length;
  if (value instanceof PyBytes) return value.text.length;
  return value instanceof PyBoxed ? plainLength(value.value) : undefined;
}

const surrogate = /[\ud800-\udfff]/;

function codePointCount(text: string): number {
  return surrogate.test(text) ? [...text].length : text.length;
}

/** `value[index]` of built-in types; undefined where they have none. */
export function plainItem(container: Value, index: Value, machine: Machine): Value | undefined {
  const value = unboxed(container);
  if (value instanceof PyDict) {
    const key = machine.keyOf(index);
    if (key instanceof Unknown) return key;
    return value.entries.get(key)?.value;
  }
  if (typeof value === 'string') {
    const points = surrogate.test(value) ? [...value] : undefined;
    if (index instanceof PySlice) {
      const span = spanOf(index, points?.length ?? value.length, machine);
      if (span instanceof Unknown) return span;
      if (!points && span.step === 1) return value.slice(span.start, Math.max(span.start, span.stop));
      return picked(points ?? value.split(''), span).join('');
    }
    const at = position(index, points?.length ?? value.length, 'string', machine);
    return at instanceof Unknown ? at : points ? points[at]! : value[at]!;
  }
  if (value instanceof PyList || value instanceof PyTuple) {
    const { items } = value;
    if (index instanceof PySlice) {
      const span = spanOf(index, items.length, machine);
      if (span instanceof Unknown) return span;
      const result = picked(items, span);
      machine.charge(result.length);
      if (value instanceof PyList) return new PyList(result);
      const slice = new PyTuple(result);
      if (value.own?.cls.keepsSlices) slice.own = new PyInstance(value.own.cls);
      return slice;
    }
    const at = position(index, items.length, value.kind, machine);
    return at instanceof Unknown ? at : items[at]!;
  }
  if (value instanceof PyRange) {
    const { length } = value;
    if (index instanceof PySlice) {
      const span = spanOf(index, length, machine);
      if (span instanceof Unknown) return span;
      return new PyRange(
        value.start + span.start * value.step,
        value.start + span.stop * value.step,
        value.step * span.step,
      );
    }
    const at = position(index, length, 'range object', machine);
    return at instanceof Unknown ? at : value.start + at * value.step;
  }
  if (value instanceof PyBytes) {
    if (index instanceof PySlice) {
      const span = spanOf(index, value.text.length, machine);
      return span instanceof Unknown ? span : new PyBytes(picked(value.text.split(''), span).join(''));
    }
    const at = position(index, value.text.length, 'index', machine);
    return at instanceof Unknown ? at : value.text.charCodeAt(at);
  }
  return undefined;
}

/** `__index__` of what is no int is asked for before. */
function position(index: Value, length: number, what: string, machine: Machine): number | Unknown {
  if (index instanceof Unknown) return index;
  const number = intOf(index);
  if (number === undefined) {
    const kind = what === 'string' ? 'string' : what;
    const name = machine.typeOf(index)?.name ?? 'object';
    throw machine.raise(
      'TypeError',
      kind === 'string'
        ? `string indices must be integers, not '${name}'`
        : `${kind} indices must be integers or slices, not ${name}`,
    );
  }
  const at = Number(number) < 0 ? Number(number) + length : Number(number);
  if (at < 0 || at >= length) {
    throw machine.raise('IndexError', what === 'index' ? 'index out of range' : `${what} index out of range`);
  }
  return at;
}

export interface Span {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

/** Where a slice begins and ends in a sequence of a length, as `slice.indices` has it. */
export function spanOf(slice: PySlice, length: number, machine: Machine): Span | Unknown {
  for (const part of [slice.start, slice.stop, slice.step]) if (part instanceof Unknown) return part;
  const whole = (value: Value): number | undefined => {
    if (value === null) return undefined;
    const number = intOf(value);
    if (number === undefined) {
      throw machine.raise('TypeError', 'slice indices must be integers or None or have an __index__ method');
    }
    return Number(number);
  };
  const step = whole(slice.step) ?? 1;
  if (step === 0) throw machine.raise('ValueError', 'slice step cannot be zero');
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const bounded = (value: Value, otherwise: number): number => {
    const number = whole(value);
    if (number === undefined) return otherwise;
    return Math.min(Math.max(number < 0 ? number + length : number, low), high);
  };
  const start = bounded(slice.start, step > 0 ? low : high);
  const stop = bounded(slice.stop, step > 0 ? high : low);
  return { start, stop, step };
}

/** The indices of a slice. */
function placesOf({ start, stop, step }: Span): readonly number[] {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return Array.from({ length: count }, (_, at) => start + at * step);
}

function picked<T>(items: readonly T[], span: Span): T[] {
  const { start, stop, step } = span;
  return step === 1 ? items.slice(start, Math.max(start, stop)) : placesOf(span).map(at => items[at]!);
}

/** `container[index] = value`; false where it has no such thing. A slice's values are given as a list. */
export function plainSetItem(container: Value, index: Value, value: Value, machine: Machine): boolean {
  if (container instanceof PyDict) {
    const key = machine.keyOf(index);
    if (key instanceof Unknown) return false;
    const entry = container.entries.get(key);
    if (entry) entry.value = value;
    else container.entries.set(key, { key: index, value });
    return true;
  }
  if (!(container instanceof PyList)) return false;
  if (index instanceof PySlice) {
    const span = spanOf(index, container.items.length, machine);
    if (span instanceof Unknown || !(value instanceof PyList || value instanceof PyTuple)) return false;
    if (span.step === 1) {
      const after = Math.max(span.start, span.stop);
      container.items = [...container.items.slice(0, span.start), ...value.items, ...container.items.slice(after)];
      machine.charge(container.items.length);
      return true;
    }
    const places = placesOf(span);
    if (places.length !== value.items.length) {
      throw machine.raise(
        'ValueError',
        `attempt to assign sequence of size ${value.items.length} to extended slice of size ${places.length}`,
      );
    }
    places.forEach((at, from) => {
      container.items[at] = value.items[from]!;
    });
    return true;
  }
  const at = position(index, container.items.length, 'list assignment', machine);
  if (at instanceof Unknown) return false;
  container.items[at] = value;
  return true;
}

/** `del container[index]`; false where it has no such thing. */
export function plainDeleteItem(container: Value, index: Value, machine: Machine): boolean {
  if (container instanceof PyDict) {
    const key = machine.keyOf(index);
    if (key instanceof Unknown) return false;
    if (!container.entries.delete(key)) throw keyError(index, machine);
    return true;
  }
  if (!(container instanceof PyList)) return false;
  if (index instanceof PySlice) {
    const span = spanOf(index, container.items.length, machine);
    if (span instanceof Unknown) return false;
    const gone = new Set(placesOf(span));
    container.items = container.items.filter((_, at) => !gone.has(at));
    return true;
  }
  const at = position(index, container.items.length, 'list assignment', machine);
  if (at instanceof Unknown) return false;
  container.items.splice(at, 1);
  return true;
}

export function keyError(key: Value, machine: Machine): Raised {
  const raised = machine.raise('KeyError', '');
  (raised.exception as PyException).args = [key];
  return raised;
}

/** `item in container` of built-in types; undefined where Python must run to tell. */
export function plainContains(container: Value, item: Value, machine: Machine): boolean | Unknown | undefined {
  const value = unboxed(container);
  if (value instanceof PyDict || value instanceof PySet) {
    if (item instanceof PySet && item.kind === 'set') return false;
    const key = machine.keyOf(item);
    if (key instanceof Unknown) return key;
    if (value.entries.has(key)) return true;
    // What is unknown in there may be equal.
    if (value instanceof PySet) for (const each of value.entries.values()) if (isOpen(each)) return each as Unknown;
    return false;
  }
  if (typeof value === 'string') {
    const text = unboxed(item);
    if (typeof text === 'string') return value.includes(text);
    if (text instanceof Unknown) return text;
    const name = machine.typeOf(text)?.name ?? 'object';
    throw machine.raise('TypeError', `'in <string>' requires string as left operand, not ${name}`);
  }
  if (value instanceof PyView && value.kind === 'dict_keys') return plainContains(value.dict, item, machine);
  if (value instanceof PyView) return plainContains(new PyTuple(viewItems(value)), item, machine);
  if (value instanceof PyList || value instanceof PyTuple) {
    let unknown: Unknown | undefined;
    machine.charge(value.items.length);
    for (const each of value.items) {
      if (each === item && !(each instanceof Unknown && !each.isImport)) return true;
      const equal = plainEquals(each, item, machine);
      if (equal === true) return true;
      if (equal === undefined) return undefined;
      if (equal instanceof Unknown) unknown ??= equal;
    }
    return unknown ?? false;
  }
  if (value instanceof PyRange) {
    if (item instanceof Unknown) return item;
    const number = numberOf(item);
    if (number === undefined || number instanceof PyComplex) return false;
    if (number instanceof PyFloat && !Number.isInteger(number.value)) return false;
    const at = (number instanceof PyFloat ? number.value : Number(number)) - value.start;
    return at % value.step === 0 && at / value.step >= 0 && at / value.step < value.length;
  }
  if (value instanceof PyBytes) {
    if (item instanceof PyBytes) return value.text.includes(item.text);
    const byte = intOf(item);
    return byte === undefined ? undefined : value.text.includes(String.fromCharCode(Number(byte)));
  }
  return undefined;
}

function isOpen(value: Value): boolean {
  return value instanceof Unknown && !value.isImport;
}

const identities = new WeakMap<object, number>();
let identityCount = 0;

export function identity(object: object): number {
  let id = identities.get(object);
  if (id === undefined) {
    id = ++identityCount;
    identities.set(object, id);
  }
  return id;
}

/**
 * The key of a value in a dict: equal for values that are equal and hash alike. `custom` answers for instances whose class
 * compares them in its own way. Raises TypeError for what has no hash.
 */
export function plainKey(value: Value, machine: Machine, custom: (value: PyObject) => Key | Unknown): Key | Unknown {
  switch (typeof value) {
    case 'string':
      return value.charCodeAt(0) === 0 ? `\0s${value}` : value;
    case 'number':
    case 'bigint':
      return value;
    case 'boolean':
      return value ? 1 : 0;
  }
  if (value === null) return null;
  if (value instanceof PyFloat) {
    if (Number.isNaN(value.value)) return value;
    return Number.isInteger(value.value) && !Number.isSafeInteger(value.value) && Number.isFinite(value.value)
      ? BigInt(value.value)
      : value.value === 0
        ? 0
        : value.value;
  }
  if (value instanceof Unknown) return value.isImport ? `\0i${identity(value)}` : value;
  if (value instanceof PyBytes) return `\0b${value.text}`;
  if (value instanceof PyComplex) return value.imaginary === 0 ? value.real : `\0c${value.real},${value.imaginary}`;
  if (value instanceof PyTuple) {
    if (value.own && isDecidedByItself(value) && value.own.cls.find('__hash__')?.constructor.name === 'PyFunction') {
      return custom(value);
    }
    let text = '\0(';
    // Tuples of the same tuples grow exponentially.
    machine.charge(16 + value.items.length);
    for (const item of value.items) {
      const key = plainKey(item, machine, custom);
      if (key instanceof Unknown) return key;
      text += `${keyText(key)},`;
    }
    return text;
  }
  if (value instanceof PySet && value.kind === 'frozenset') {
    return `\0f${[...value.entries.keys()].map(keyText).sort().join(',')}`;
  }
  if (value instanceof PyRange) {
    const { length } = value;
    return `\0r${length},${length > 0 ? value.start : ''},${length > 1 ? value.step : ''}`;
  }
  if (value instanceof PyList || value instanceof PyDict || value instanceof PySet || value instanceof PySlice) {
    const own = (value as { own?: PyInstance }).own;
    if (own !== undefined) return custom(value);
    throw machine.raise('TypeError', `unhashable type: '${value.kind}'`);
  }
  if (value instanceof PyInstance) return custom(value);
  if (value.kind === 'method') return custom(value);
  return value;
}

function keyText(key: Key): string {
  switch (typeof key) {
    case 'string':
      return `s${key.length}:${key}`;
    case 'number':
    case 'bigint':
      return `n${key}`;
    case 'symbol':
      return `y${String(key)}`;
  }
  return key === null ? 'N' : `o${identity(key)}`;
}

// Native functions and classes, and what passes between Python's values and ours.
import type { Reason } from '../../../text/reason.ts';
import type { Activation, Machine } from '../../../python/machine.ts';
import {
  type Keywords,
  Native,
  type NativeBody,
  type Place,
  PyClass,
  PyDict,
  PyFloat,
  PyList,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../../../python/objects.ts';
import { PyTensor } from '../tensor.ts';

export type Body = (args: readonly Value[], machine: Machine) => Value;
export type StepsBody = (args: readonly Value[], machine: Machine) => Steps;

export function native(name: string, signature: string, body: Body): Native {
  return new Native(name, signature, body);
}

/** A native that calls back into Python. */
export function inSteps(name: string, signature: string, body: StepsBody): Native {
  return new Native(name, signature, body as NativeBody, true);
}

/** A native class of single inheritance. */
export function classOf(name: string, module: string, base: PyClass | undefined): PyClass {
  return new PyClass(name, module, base ? [base] : [], base ? base.mro : []);
}

export function dictOf(entries: Iterable<readonly [string, Value]> = []): PyDict {
  const dict = new PyDict();
  for (const [name, value] of entries) setEntry(dict, name, value);
  return dict;
}

/** What a dict holds under a name: a `str` is its own key. */
export function entry(dict: PyDict, name: string): Value | undefined {
  return dict.entries.get(name)?.value;
}

export function setEntry(dict: PyDict, name: string, value: Value): void {
  const known = dict.entries.get(name);
  if (known) known.value = value;
  else dict.entries.set(name, { key: name, value });
}

/** The entries of a dict whose keys are names. */
export function* named(dict: PyDict): Generator<readonly [string, Value]> {
  for (const { key, value } of dict.entries.values()) if (typeof key === 'string') yield [key, value];
}

export function keywordsOf(dict: Value | undefined): Keywords {
  return new Map(dict instanceof PyDict ? named(dict) : []);
}

export function itemsOf(value: Value | undefined): readonly Value[] {
  return value instanceof PyTuple || value instanceof PyList ? value.items : [];
}

/** A number as Python has it; NaN where it is unknown, undefined where it is none. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof PyFloat) return value.value;
  if (value instanceof Unknown) return Number.NaN;
  if (value instanceof PyTensor) {
    const { layout, shape } = value;
    if (shape && shape.every(length => length === 1)) return layout ? layout.storage.values[layout.offset] : Number.NaN;
    return shape ? undefined : Number.NaN;
  }
  return undefined;
}

/** What is unknown in values, lists and tuples of them included. */
export function unknownIn(...values: readonly Value[]): Unknown | undefined {
  for (const value of values) {
    if (value instanceof Unknown) return value;
    if (value instanceof PyTuple || value instanceof PyList) {
      const inside = unknownIn(...value.items);
      if (inside) return inside;
    }
  }
  return undefined;
}

/** A truth value; unknown counts as the default. */
export function flag(value: Value, byDefault = false): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  return typeof value === 'number' ? value !== 0 : value instanceof Unknown ? byDefault : true;
}

/** Sizes: of a list or a tuple each, of a number as many as there are dimensions. */
export function sizesOf(value: Value, rank: number, what: string, machine: Machine): readonly number[] {
  const single = numberOf(value);
  if (single !== undefined) return Array.from({ length: rank }, () => single);
  const items = listOf(value);
  if (!items) throw machine.raise('TypeError', `${what} must be an int or a tuple of ints, not ${describe(value)}`);
  const sizes = items.map(item => {
    const size = numberOf(item);
    if (size === undefined) throw machine.raise('TypeError', `${what} must be a tuple of ints, not of ${describe(item)}`);
    return size;
  });
  if (sizes.length === 1 && rank !== 1) return Array.from({ length: rank }, () => sizes[0]!);
  return sizes;
}

/** The items of a list, a tuple or a tensor of one dimension; undefined for others. */
export function listOf(value: Value): readonly Value[] | undefined {
  if (value instanceof PyTuple || value instanceof PyList) return value.items;
  if (value instanceof PyTensor && value.shape?.length === 1) {
    const { layout, shape } = value;
    return Array.from({ length: shape[0]! || 0 }, (_, index) =>
      layout ? layout.storage.values[layout.offset + index * layout.strides[0]!]! : Number.NaN,
    );
  }
  return undefined;
}

export function tupleOf(values: readonly Value[]): PyTuple {
  return new PyTuple(values);
}

/** A tuple of ints for each dimension, as `_pair` makes it; a tuple or list stays what it is. */
export function repeated(value: Value, rank: number): Value {
  if (value instanceof PyTuple) return value;
  if (value instanceof PyList) return new PyTuple(value.items);
  return new PyTuple(Array.from({ length: rank }, () => value));
}

function describe(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'object') return value.kind;
  return typeof value === 'boolean' ? 'bool' : 'int';
}

/** The activation of the program that a native works for. */
export function programOf(machine: Machine): Activation | undefined {
  let at = machine.top;
  while (at && !at.code) at = at.parent;
  return at;
}

/** Where the calls stand that lead to what happens now, from the inside out, up to and with the nearest `__init__`. */
export function callPlaces(machine: Machine, most = 8): readonly Place[] {
  const places: Place[] = [];
  for (let at = machine.top; at && places.length < most; at = at.parent) {
    if (!at.code) continue;
    const range = at.expression ?? at.statement;
    if (range) places.push({ file: at.file, range: { from: at.base + range.from, to: at.base + range.to } });
    if (at.code.name === '__init__' || at.code.kind === 'module') break;
  }
  return places;
}

export function reasonText(reason: Reason): string {
  return reason.message;
}

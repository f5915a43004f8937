// Native functions and classes, and what passes between Python's values and ours.
import * as l10n from '@vscode/l10n';
import { evaluated } from '../../../python/code.ts';
import type { Machine } from '../../../python/machine.ts';
import {
  type Keywords,
  noKeywords,
  type Place,
  PyDict,
  PyFloat,
  PyList,
  PyTuple,
  plain,
  Unknown,
  type Value,
} from '../../../python/objects.ts';
import { PyTensor } from '../tensor.ts';
import { oneValue, valuesOf } from '../values.ts';

export { native, nativeClass, nativeSteps } from '../../../python/native.ts';

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
export function named(dict: PyDict): readonly (readonly [string, Value])[] {
  const found: (readonly [string, Value])[] = [];
  for (const { key, value } of dict.entries.values()) if (typeof key === 'string') found.push([key, value]);
  return found;
}

export function keywordsOf(dict: Value | undefined): Keywords {
  return dict instanceof PyDict && dict.entries.size > 0 ? new Map(named(dict)) : noKeywords;
}

export function itemsOf(value: Value | undefined): readonly Value[] {
  return value instanceof PyTuple || value instanceof PyList ? value.items : [];
}

/** A number as Python has it; NaN where it is unknown, undefined where it is none. */
export function numberOf(given: Value): number | undefined {
  const value = plain(given);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof PyFloat) return value.value;
  if (value instanceof Unknown) return Number.NaN;
  if (value instanceof PyTensor) {
    if (value.shape && !value.shape.every(length => length === 1)) return undefined;
    return oneValue(value) ?? Number.NaN;
  }
  return undefined;
}

/** What is unknown in values, lists and tuples of them included. */
export function unknownIn(...values: readonly Value[]): Unknown | undefined {
  for (const value of values) {
    if (value === null || typeof value !== 'object') continue;
    if (value instanceof Unknown) return value;
    if (value instanceof PyTensor && value.shape?.length === 0 && oneValue(value) === undefined) {
      return new Unknown(value.why ?? { message: l10n.t('The value of a tensor is not known.') });
    }
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

/** Whole numbers: of a list or a tuple each, of a number as many as there are dimensions. PyTorch takes no floats for them. */
export function sizesOf(value: Value, rank: number, what: string, machine: Machine): readonly number[] {
  const isWrong = (item: Value): boolean =>
    plain(item) instanceof PyFloat || (typeof item === 'boolean' && what !== 'kernel_size');
  if (typeof value !== 'number') {
    const wrong = isWrong(value) ? value : listOf(value)?.find(isWrong);
    if (wrong !== undefined)
      throw machine.raise('TypeError', `${what} must be an int or a tuple of ints, not ${describe(wrong)}`);
  }
  const sizes = factorsOf(value, rank, what, machine);
  if (sizes.some(size => size >= 2 ** 62)) throw machine.raise('RuntimeError', `${what} does not fit into 64 bits`);
  if (what !== 'normalized_shape' && sizes.length !== rank) {
    const given = `${what}=[${sizes.join(', ')}]`;
    throw machine.raise('RuntimeError', `expected ${what} to be an int or a list of ${rank}, but got ${given}`);
  }
  const least = leastSizes[what];
  if (least !== undefined && sizes.some(size => size < least)) {
    throw machine.raise('RuntimeError', `${what} must be at least ${least}, but got ${sizes.join(', ')}`);
  }
  return sizes;
}

/** What windows need, whatever slides. */
const leastSizes: Readonly<Record<string, number>> = {
  stride: 1,
  dilation: 1,
  padding: 0,
  output_padding: 0,
  kernel: 1,
};

/** The same for numbers that may be fractions. */
export function factorsOf(value: Value, rank: number, what: string, machine: Machine): readonly number[] {
  const single = numberOf(value);
  if (single !== undefined) return new Array<number>(rank).fill(single);
  const items = listOf(value);
  if (!items) throw machine.raise('TypeError', `${what} must be an int or a tuple of ints, not ${describe(value)}`);
  const sizes = items.map(item => {
    const size = numberOf(item);
    if (size === undefined)
      throw machine.raise('TypeError', `${what} must be a tuple of ints, not of ${describe(item)}`);
    return size;
  });
  if (sizes.length === 1 && rank !== 1) return Array.from({ length: rank }, () => sizes[0]!);
  return sizes;
}

/** The items of a list, a tuple or a tensor of one dimension; undefined for others. */
export function listOf(value: Value): readonly Value[] | undefined {
  if (value instanceof PyTuple || value instanceof PyList) return value.items;
  if (value instanceof PyTensor && value.shape?.length === 1) {
    const values = valuesOf(value);
    return Array.from({ length: value.shape[0]! || 0 }, (_, index) => values?.[index] ?? Number.NaN);
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
  return new PyTuple(new Array<Value>(rank).fill(value));
}

function describe(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'object') return value.kind;
  return typeof value === 'boolean' ? 'bool' : 'int';
}

/** Where the calls stand that lead to what happens now, from the inside out, up to and with the nearest `__init__`. */
export function callPlaces(machine: Machine, most = 8): readonly Place[] {
  const places: Place[] = [];
  for (let at = machine.top; at && places.length < most; at = at.parent) {
    if (!at.code || at.file === evaluated) continue;
    const range = at.expression ?? at.statement;
    if (range) places.push({ file: at.file, range: { from: at.base + range.from, to: at.base + range.to } });
    if (at.code.name === '__init__' || at.code.kind === 'module') break;
  }
  return places;
}

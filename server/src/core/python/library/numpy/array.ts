// Arrays of numpy: views of a storage by strides, with the types of their elements.

import { maxItems, tooLong } from '../../builtins/limits.ts';
import { intOf, roundHalfEven } from '../../builtins/numbers.ts';
import type { Machine } from '../../machine.ts';
import {
  PyBoxed,
  type PyClass,
  PyFloat,
  PyInstance,
  PyList,
  PyTuple,
  plain,
  Unknown,
  type Value,
} from '../../objects.ts';

export type ElementType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64';

export const elementTypes: readonly ElementType[] = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float16',
  'float32',
  'float64',
];

export function isFloat(type: ElementType): boolean {
  return type.startsWith('float');
}

export function bytesOf(type: ElementType): number {
  return type === 'bool' ? 1 : Number(/\d+$/.exec(type)![0]) / 8;
}

/** An array. Its elements are numbers, also those of bool; ints beyond 2^53 are not computed. */
export class PyArray extends PyInstance {
  override readonly kind = 'ndarray';
  readonly storage: Float64Array;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly type: ElementType;

  constructor(
    cls: PyClass,
    storage: Float64Array,
    shape: readonly number[],
    type: ElementType,
    strides: readonly number[] = stridesOf(shape),
    offset = 0,
  ) {
    super(cls);
    this.storage = storage;
    this.shape = shape;
    this.type = type;
    this.strides = strides;
    this.offset = offset;
  }

  get size(): number {
    return sizeOf(this.shape);
  }
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

export function stridesOf(shape: readonly number[]): readonly number[] {
  const strides: number[] = new Array(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Where the elements of an array lie in its storage, row by row. */
export function places(array: PyArray): Int32Array {
  const found = new Int32Array(array.size);
  let count = 0;
  const walk = (axis: number, at: number): void => {
    if (axis === array.shape.length) {
      found[count++] = at;
      return;
    }
    for (let index = 0; index < array.shape[axis]!; index++) walk(axis + 1, at + index * array.strides[axis]!);
  };
  walk(0, array.offset);
  return found;
}

/** The elements, row by row. */
export function elements(array: PyArray): Float64Array {
  const at = places(array);
  const values = new Float64Array(at.length);
  for (let index = 0; index < at.length; index++) values[index] = array.storage[at[index]!]!;
  return values;
}

/** A number as an element of a type: rounded or wrapped. NaN for an int beyond what is computed: then nothing is. */
export function cast(value: number, type: ElementType): number {
  switch (type) {
    case 'float64':
      return value;
    case 'float32':
      return Math.fround(value);
    case 'float16':
      return half(value);
    case 'bool':
      return value !== 0 ? 1 : 0;
    case 'int64':
    case 'uint64': {
      const whole = Math.trunc(value) + 0;
      return Number.isSafeInteger(whole) && (type === 'int64' || whole >= 0) ? whole : Number.NaN;
    }
  }
  const whole = Math.trunc(value) + 0;
  if (!Number.isFinite(whole)) return Number.NaN;
  const bits = 2 ** (bytesOf(type) * 8);
  const wrapped = ((whole % bits) + bits) % bits;
  return type.startsWith('u') || wrapped < bits / 2 ? wrapped : wrapped - bits;
}

/** The nearest half-precision float. */
function half(value: number): number {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size === 0) return value;
  if (size >= 65520) return value < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(size))) - 10);
  return roundHalfEven(value / unit) * unit;
}

/** The type of a result of two arrays. */
export function promoted(a: ElementType, b: ElementType): ElementType {
  if (a === b) return a;
  if (a === 'bool') return b;
  if (b === 'bool') return a;
  if (isFloat(a) && isFloat(b)) return bytesOf(a) > bytesOf(b) ? a : b;
  if (isFloat(a) || isFloat(b)) {
    const [float, whole] = isFloat(a) ? [a, b] : [b, a];
    // A float that holds all ints of the other type.
    const least = bytesOf(whole) === 1 ? 'float16' : bytesOf(whole) === 2 ? 'float32' : 'float64';
    return promoted(float, least);
  }
  const [unsignedA, unsignedB] = [a.startsWith('u'), b.startsWith('u')];
  if (unsignedA === unsignedB) return bytesOf(a) > bytesOf(b) ? a : b;
  const [unsigned, signed] = unsignedA ? [a, b] : [b, a];
  if (bytesOf(signed) > bytesOf(unsigned)) return signed;
  const bits = bytesOf(unsigned) * 16;
  return bits > 64 ? 'float64' : (`int${bits}` as ElementType);
}

/** What makes arrays and scalars: the classes of one machine. */
export interface Numpy {
  readonly machine: Machine;
  readonly array: PyClass;
  readonly scalars: ReadonlyMap<ElementType, PyClass>;
  readonly types: ReadonlyMap<ElementType, PyInstance>;
}

export function made(
  numpy: Numpy,
  values: Float64Array,
  shape: readonly number[],
  type: ElementType,
): PyArray | Unknown {
  // An int that is not computed makes all of it unknown.
  if (!isFloat(type)) {
    for (const value of values) if (Number.isNaN(value)) return numpy.machine.unknown('numpy: an integer beyond 2^53');
  }
  return new PyArray(numpy.array, values, shape, type);
}

/** An element as numpy gives it: a scalar of its type. */
export function scalar(numpy: Numpy, value: number, type: ElementType): Value {
  if (Number.isNaN(value) && !isFloat(type)) return numpy.machine.unknown('numpy: an integer beyond 2^53');
  return new PyBoxed(
    numpy.scalars.get(type)!,
    isFloat(type) ? new PyFloat(value) : type === 'bool' ? value !== 0 : value,
  );
}

/** An element as Python's own value. */
export function pythonValue(value: number, type: ElementType): Value {
  if (isFloat(type)) return new PyFloat(value);
  return type === 'bool' ? value !== 0 : value;
}

/** An array without axes is a scalar wherever it is a result. */
export function result(numpy: Numpy, array: PyArray | Unknown): Value {
  if (array instanceof Unknown || array.shape.length > 0) return array;
  return scalar(numpy, array.storage[array.offset]!, array.type);
}

/** The element type of a scalar of numpy's; undefined for Python's own numbers, which take the other's type. */
export function scalarType(value: Value, numpy: Numpy): ElementType | undefined {
  if (!(value instanceof PyBoxed)) return undefined;
  for (const [type, cls] of numpy.scalars) if (value.cls === cls) return type;
  return undefined;
}

/** A number as one; undefined for other values. */
export function numeric(value: Value): number | undefined {
  const bare = plain(value);
  if (typeof bare === 'number') return bare;
  if (typeof bare === 'boolean') return bare ? 1 : 0;
  if (bare instanceof PyFloat) return bare.value;
  const whole = intOf(bare);
  return whole === undefined ? undefined : Number(whole);
}

const unlike = 'numpy.array() of rows of unlike lengths';

/** The array of a value: of a number, a list of lists, a tensor's list. Unknown for what holds anything else. */
export function arrayOf(value: Value, numpy: Numpy, type?: ElementType): PyArray | Unknown {
  if (value instanceof Unknown) return value;
  if (value instanceof PyArray) {
    if (type === undefined || type === value.type) return value;
    return made(
      numpy,
      elements(value).map(each => cast(each, type)),
      value.shape,
      type,
    );
  }
  const shape: number[] = [];
  const values: number[] = [];
  let found: ElementType = 'bool';
  let problem: Unknown | undefined;
  let isFull = false;
  const refuse = (why: string): void => {
    problem ??= numpy.machine.unknown(why);
  };
  const walk = (item: Value, depth: number): void => {
    if (problem) return;
    if (item instanceof Unknown) {
      problem = item;
      return;
    }
    if (item instanceof PyList || item instanceof PyTuple || item instanceof PyArray) {
      const items = item instanceof PyArray ? rows(item, numpy) : item.items;
      if (shape.length <= depth) {
        if (isFull) {
          refuse(unlike);
          return;
        }
        shape.push(items.length);
      } else if (shape[depth] !== items.length) {
        refuse(unlike);
        return;
      }
      if (item instanceof PyArray) found = promoted(found, item.type);
      for (const each of items) walk(each, depth + 1);
      if (items.length === 0) isFull = true;
      return;
    }
    const number = numeric(item);
    if (number === undefined || depth !== shape.length) {
      refuse(number === undefined ? 'numpy.array() of other things than numbers' : unlike);
      return;
    }
    isFull = true;
    const own = scalarType(item, numpy);
    const bare = plain(item);
    found = promoted(
      found,
      own ?? (typeof bare === 'boolean' ? 'bool' : bare instanceof PyFloat ? 'float64' : 'int64'),
    );
    values.push(number);
    if (values.length > maxItems) problem = tooLong(numpy.machine);
  };
  walk(value, 0);
  if (problem) return problem;
  numpy.machine.charge(values.length);
  const to = type ?? (values.length === 0 ? 'float64' : found);
  return made(
    numpy,
    Float64Array.from(values, each => cast(each, to)),
    shape,
    to,
  );
}

/** The parts of an array along its first axis. */
export function rows(array: PyArray, numpy: Numpy): readonly Value[] {
  const [length = 0, ...rest] = array.shape;
  return Array.from({ length }, (_, index) => {
    const offset = array.offset + index * array.strides[0]!;
    if (rest.length === 0) return scalar(numpy, array.storage[offset]!, array.type);
    return new PyArray(array.cls, array.storage, rest, array.type, array.strides.slice(1), offset);
  });
}

/** As lists of Python's own numbers. */
export function listOf(array: PyArray): Value {
  const build = (axis: number, at: number): Value => {
    if (axis === array.shape.length) return pythonValue(array.storage[at]!, array.type);
    return new PyList(
      Array.from({ length: array.shape[axis]! }, (_, index) => build(axis + 1, at + index * array.strides[axis]!)),
    );
  };
  return build(0, array.offset);
}

/** The shape that two shapes broadcast to; undefined where they do not. */
export function broadcast(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const shape: number[] = [];
  for (let at = 1; at <= Math.max(a.length, b.length); at++) {
    const [x, y] = [a.at(-at) ?? 1, b.at(-at) ?? 1];
    if (x !== y && x !== 1 && y !== 1) return undefined;
    shape.unshift(x === 1 ? y : x);
  }
  return shape;
}

/** The same elements as an array of a larger shape: axes of one step 0. */
export function expanded(array: PyArray, shape: readonly number[]): PyArray {
  const lead = shape.length - array.shape.length;
  const strides = shape.map((length, axis) => {
    const own = axis - lead;
    return own < 0 || (array.shape[own] === 1 && length !== 1) ? 0 : array.strides[own]!;
  });
  return new PyArray(array.cls, array.storage, shape, array.type, strides, array.offset);
}

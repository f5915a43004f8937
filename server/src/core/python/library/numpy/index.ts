// `numpy`, as far as scalars and small arrays are computed: what decides widths, depths and rates.

import { classOf, typeName } from '../../builtins/classes.ts';
import { collect, textOf, wholeOf } from '../../builtins/conversions.ts';
import { cos, exp, log, log2, log10, pow, sin, tan } from '../../builtins/elementary.ts';
import { toFloat, toInt } from '../../builtins/int.ts';
import { maxItems, tooLong, unsupported } from '../../builtins/limits.ts';
import { done } from '../../builtins/methods.ts';
import { floatDivmod, roundHalfEven } from '../../builtins/numbers.ts';
import { floatText } from '../../builtins/text.ts';
import type { Machine } from '../../machine.ts';
import { isGiven, native, nativeClass, nativeSteps } from '../../native.ts';
import {
  type Native,
  PyAlias,
  type PyClass,
  PyFloat,
  PyInstance,
  PyIterator,
  PyList,
  PyStaticMethod,
  PyTuple,
  plain,
  type Steps,
  Unknown,
  type Value,
} from '../../objects.ts';
import { type Module, missing, moduleOf, quiet, unknownModule, varying } from '../module.ts';
import {
  arrayOf,
  broadcast,
  bytesOf,
  cast,
  type ElementType,
  elements,
  elementTypes,
  expanded,
  isFloat,
  listOf,
  made,
  type Numpy,
  numeric,
  PyArray,
  promoted,
  result,
  rows,
  scalar,
  scalarType,
  sizeOf,
  stridesOf,
} from './array.ts';
import { getItem, setItem } from './indexing.ts';

const numpies = new WeakMap<Machine, Numpy>();

/** numpy's classes for a machine. */
export function numpyOf(machine: Machine): Numpy {
  const known = numpies.get(machine);
  if (known) return known;
  const { array, scalars, types } = classesOf(machine);
  const numpy: Numpy = { machine, array, scalars, types };
  numpies.set(machine, numpy);
  fillArray(numpy);
  for (const cls of scalars.values()) fillScalar(cls, numpy);
  return numpy;
}

function classesOf(machine: Machine) {
  const cls = (name: string, bases: readonly PyClass[]) => nativeClass(machine, name, bases, {}, { module: 'numpy' });
  const generic = cls('generic', []);
  const number = cls('number', [generic]);
  const integer = cls('integer', [number]);
  const signed = cls('signedinteger', [integer]);
  const unsigned = cls('unsignedinteger', [integer]);
  const inexact = cls('inexact', [number]);
  const floating = cls('floating', [inexact]);
  const scalars = new Map<ElementType, PyClass>();
  for (const type of elementTypes) {
    const base = type === 'bool' ? generic : isFloat(type) ? floating : type.startsWith('u') ? unsigned : signed;
    // numpy.float64 is a float of Python's, too.
    scalars.set(
      type,
      cls(type === 'bool' ? 'bool_' : type, type === 'float64' ? [base, classOf('float', machine)] : [base]),
    );
  }
  const dtype = cls('dtype', []);
  const types = new Map<ElementType, PyInstance>();
  for (const type of elementTypes) {
    const instance = new PyInstance(dtype);
    instance.set('name', type);
    instance.set('itemsize', bytesOf(type));
    instance.set('kind', type === 'bool' ? 'b' : isFloat(type) ? 'f' : type.startsWith('u') ? 'u' : 'i');
    instance.set('type', scalars.get(type)!);
    types.set(type, instance);
  }
  dtype.dict.set(
    '__eq__',
    native('__eq__', 'self, other', ([self, other], inner) => {
      if (other instanceof Unknown) return other;
      const type = typeOf(other!, numpyOf(inner));
      return type !== undefined && self === types.get(type);
    }),
  );
  dtype.dict.set(
    '__str__',
    native('__str__', 'self', ([self]) => (self as PyInstance).get('name')!),
  );
  dtype.dict.set(
    '__repr__',
    native('__repr__', 'self', ([self]) => `dtype('${String((self as PyInstance).get('name'))}')`),
  );
  dtype.dict.set(
    '__new__',
    new PyStaticMethod(
      native('__new__', 'cls, dtype', ([, of], inner) => {
        const type = typeOf(of!, numpyOf(inner));
        return type === undefined ? unsupported(inner, 'numpy.dtype()') : types.get(type)!;
      }),
    ),
  );
  const array = cls('ndarray', []);
  return { array, scalars, types };
}

/** The element type that a dtype argument names; undefined where it is none that is computed. */
function typeOf(value: Value, numpy: Numpy): ElementType | undefined {
  const names: Readonly<Record<string, ElementType>> = {
    float: 'float64',
    int: 'int64',
    f4: 'float32',
    f8: 'float64',
    i4: 'int32',
    i8: 'int64',
    f: 'float32',
    d: 'float64',
    i: 'int32',
    u1: 'uint8',
    B: 'uint8',
    '?': 'bool',
    single: 'float32',
    double: 'float64',
    half: 'float16',
  };
  const text = textOf(value);
  if (text !== undefined) {
    const bare = text.replace(/^[<>=|]/, '');
    return names[bare] ?? elementTypes.find(type => type === bare);
  }
  for (const type of elementTypes)
    if (value === numpy.scalars.get(type) || value === numpy.types.get(type)) return type;
  if (value === numpy.machine.builtin('float')) return 'float64';
  if (value === numpy.machine.builtin('int')) return 'int64';
  if (value === numpy.machine.builtin('bool')) return 'bool';
  return undefined;
}

/** A dtype argument that may be left out; Unknown for one that is not computed. */
function typeArgument(value: Value, numpy: Numpy): ElementType | Unknown | undefined {
  if (value === null || !isGiven(value)) return undefined;
  if (value instanceof Unknown) return value;
  return typeOf(value, numpy) ?? unsupported(numpy.machine, 'numpy: this dtype');
}

/** Sizes: an int or a sequence of them. */
function* shapeOf(value: Value, machine: Machine): Steps<number[] | Unknown> {
  if (value instanceof Unknown) return value;
  const items = numeric(value) !== undefined && !(value instanceof PyArray) ? [value] : yield* collect(value, machine);
  if (items instanceof Unknown) return items;
  const shape: number[] = [];
  for (const item of items) {
    const whole = yield* wholeOf(item, machine);
    if (whole instanceof Unknown) return whole;
    shape.push(Number(whole));
  }
  if (shape.every(length => length >= 0) && sizeOf(shape) > maxItems) return tooLong(machine);
  return shape;
}

/** The value as an array, as functions of numpy take it: iterators and ranges too. */
function* arrayArgument(value: Value, numpy: Numpy, type?: ElementType): Steps<PyArray | Unknown> {
  if (
    value instanceof PyArray ||
    value instanceof PyList ||
    value instanceof PyTuple ||
    value instanceof Unknown ||
    numeric(value) !== undefined
  ) {
    return arrayOf(value, numpy, type);
  }
  const method = numpy.machine.typeOf(value)?.mro.some(cls => cls.dict.has('__iter__')) === true;
  if (!method || value instanceof PyInstance)
    return unsupported(numpy.machine, `numpy.array(${typeName(value, numpy.machine)})`);
  const items = yield* collect(value, numpy.machine);
  return items instanceof Unknown ? items : arrayOf(new PyList(items), numpy, type);
}

type Both = (a: number, b: number) => number;

const operators: Readonly<Record<string, { readonly float: Both; readonly whole?: Both; readonly isBool?: boolean }>> =
  {
    add: { float: (a, b) => a + b },
    sub: { float: (a, b) => a - b },
    mul: { float: (a, b) => a * b },
    truediv: { float: (a, b) => a / b },
    floordiv: { float: (a, b) => floatDivmod(a, b)[0], whole: (a, b) => (b === 0 ? 0 : Math.floor(a / b)) },
    mod: { float: (a, b) => floatDivmod(a, b)[1], whole: (a, b) => (b === 0 ? 0 : ((a % b) + b) % b) },
    pow: { float: pow },
    maximum: { float: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)) },
    minimum: { float: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b)) },
    lt: { float: (a, b) => Number(a < b), isBool: true },
    le: { float: (a, b) => Number(a <= b), isBool: true },
    gt: { float: (a, b) => Number(a > b), isBool: true },
    ge: { float: (a, b) => Number(a >= b), isBool: true },
    eq: { float: (a, b) => Number(a === b), isBool: true },
    ne: { float: (a, b) => Number(a !== b), isBool: true },
  };

/** The type of a result, where a number of Python's own takes the type of the array. */
function commonType(a: Value, b: Value, x: PyArray, y: PyArray, numpy: Numpy): ElementType {
  const weak = (value: Value) =>
    !(value instanceof PyArray) && scalarType(value, numpy) === undefined && numeric(value) !== undefined;
  const [weakA, weakB] = [weak(a), weak(b)];
  if (weakA === weakB) return promoted(x.type, y.type);
  const [strong, other] = weakA ? [y.type, x.type] : [x.type, y.type];
  if (isFloat(strong)) return strong;
  if (isFloat(other)) return 'float64';
  return strong === 'bool' ? other : strong;
}

function* apply(name: string, a: Value, b: Value, numpy: Numpy): Steps {
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  const operator = operators[name]!;
  const left = yield* arrayArgument(a, numpy);
  if (left instanceof Unknown) return left;
  const right = yield* arrayArgument(b, numpy);
  if (right instanceof Unknown) return right;
  const shape = broadcast(left.shape, right.shape);
  if (shape === undefined) {
    throw numpy.machine.raise(
      'ValueError',
      `operands could not be broadcast together with shapes (${left.shape.join(',')}) (${right.shape.join(',')})`,
    );
  }
  if (sizeOf(shape) > maxItems) return tooLong(numpy.machine);
  let type = commonType(a, b, left, right, numpy);
  if (name === 'truediv' && !isFloat(type)) type = 'float64';
  if (type === 'bool' && !operator.isBool) {
    if (name === 'sub')
      throw numpy.machine.raise('TypeError', 'numpy boolean subtract, the `-` operator, is not supported');
    if (name !== 'add' && name !== 'mul' && name !== 'maximum' && name !== 'minimum') type = 'int8';
  }
  const [x, y] = [elements(expanded(left, shape)), elements(expanded(right, shape))];
  numpy.machine.charge(x.length);
  if (name === 'pow' && !isFloat(type) && y.some(value => value < 0)) {
    throw numpy.machine.raise('ValueError', 'Integers to negative integer powers are not allowed.');
  }
  const isWhole = !isFloat(type);
  const compute = isWhole && operator.whole ? operator.whole : operator.float;
  const to: ElementType = operator.isBool ? 'bool' : type;
  const round = (value: number) => (operator.isBool ? value : cast(value, type));
  const values = x.map((value, index) => round(compute(cast(value, type), cast(y[index]!, type))));
  return result(numpy, made(numpy, values, shape, to));
}

/** A function of each element. Ints become floats where the function's results are no ints. */
function each(name: string, compute: (value: number) => number, keepsInts = false): (numpy: Numpy) => Native {
  return numpy =>
    nativeSteps(name, 'x, /, out=None, dtype=None', function* ([x, out, dtype], machine) {
      if (out !== null) return unsupported(machine, `numpy.${name}(out=…)`);
      const given = typeArgument(dtype!, numpy);
      if (given instanceof Unknown) return given;
      const array = yield* arrayArgument(x!, numpy);
      if (array instanceof Unknown) return array;
      const type =
        given ?? (keepsInts && !isFloat(array.type) ? array.type : isFloat(array.type) ? array.type : 'float64');
      return result(
        numpy,
        made(
          numpy,
          elements(array).map(value => cast(compute(value), type)),
          array.shape,
          type,
        ),
      );
    });
}

/** numpy's pairwise summation (pairwise_sum in its loops): in blocks of eight up to 128 elements. */
function pairwise(values: Float64Array, from: number, count: number, round: (value: number) => number): number {
  if (count < 8) {
    let total = count > 0 ? values[from]! : 0;
    for (let at = 1; at < count; at++) total = round(total + values[from + at]!);
    return total;
  }
  if (count <= 128) {
    const parts = Array.from(values.subarray(from, from + 8));
    let at = 8;
    for (; at < count - (count % 8); at += 8)
      for (let lane = 0; lane < 8; lane++) parts[lane] = round(parts[lane]! + values[from + at + lane]!);
    const [a, b, c, d, e, f, g, h] = parts as [number, number, number, number, number, number, number, number];
    let total = round(round(round(a + b) + round(c + d)) + round(round(e + f) + round(g + h)));
    for (; at < count; at++) total = round(total + values[from + at]!);
    return total;
  }
  let half = count >> 1;
  half -= half % 8;
  return round(pairwise(values, from, half, round) + pairwise(values, from + half, count - half, round));
}

type Reduce = (values: Float64Array, round: (value: number) => number) => number;

const reductions: Readonly<
  Record<string, { readonly compute: Reduce; readonly type: (type: ElementType) => ElementType }>
> = {
  sum: { compute: (values, round) => pairwise(values, 0, values.length, round), type: summed },
  prod: { compute: (values, round) => values.reduce((all, value) => round(all * value), 1), type: summed },
  mean: {
    compute: (values, round) => round(pairwise(values, 0, values.length, round) / values.length),
    type: averaged,
  },
  max: {
    compute: values =>
      values.some(Number.isNaN) ? Number.NaN : values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    type: type => type,
  },
  min: {
    compute: values =>
      values.some(Number.isNaN) ? Number.NaN : values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    type: type => type,
  },
  argmax: {
    compute: values => values.indexOf(values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
    type: () => 'int64',
  },
  argmin: {
    compute: values => values.indexOf(values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
    type: () => 'int64',
  },
  any: { compute: values => Number(values.some(value => value !== 0)), type: () => 'bool' },
  all: { compute: values => Number(values.every(value => value !== 0)), type: () => 'bool' },
  var: {
    compute: (values, round) => {
      const mean = round(pairwise(values, 0, values.length, round) / values.length);
      const squares = values.map(value => round(round(value - mean) ** 2));
      return round(pairwise(squares, 0, squares.length, round) / values.length);
    },
    type: averaged,
  },
};

function summed(type: ElementType): ElementType {
  if (isFloat(type)) return type;
  return type.startsWith('u') ? 'uint64' : 'int64';
}

function averaged(type: ElementType): ElementType {
  return isFloat(type) ? type : 'float64';
}

/** The rows along an axis, and the shape without it. */
function lanes(
  array: PyArray,
  axis: number,
): { readonly rows: readonly Float64Array[]; readonly rest: readonly number[] } {
  const order = [...array.shape.keys()].filter(each => each !== axis);
  const moved = new PyArray(
    array.cls,
    array.storage,
    [...order.map(each => array.shape[each]!), array.shape[axis]!],
    array.type,
    [...order.map(each => array.strides[each]!), array.strides[axis]!],
    array.offset,
  );
  const values = elements(moved);
  const length = array.shape[axis]!;
  const rest = order.map(each => array.shape[each]!);
  return {
    rows: Array.from({ length: sizeOf(rest) }, (_, at) => values.subarray(at * length, (at + 1) * length)),
    rest,
  };
}

function* axisOf(value: Value, array: PyArray, machine: Machine): Steps<number | Unknown> {
  const whole = yield* wholeOf(value, machine);
  if (whole instanceof Unknown) return whole;
  const axis = Number(whole) < 0 ? Number(whole) + array.shape.length : Number(whole);
  if (axis < 0 || axis >= array.shape.length) {
    throw machine.raise('ValueError', `axis ${whole} is out of bounds for array of dimension ${array.shape.length}`);
  }
  return axis;
}

function* reduce(name: string, value: Value, axis: Value, keepDims: Value, dtype: Value, numpy: Numpy): Steps {
  const { machine } = numpy;
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  const given = typeArgument(dtype, numpy);
  if (given instanceof Unknown) return given;
  const keeps = yield* machine.truth(keepDims);
  if (keeps instanceof Unknown) return keeps;
  const isRoot = name === 'std';
  const about = reductions[isRoot ? 'var' : name]!;
  const type = given ?? about.type(array.type);
  const round = (each: number) => cast(each, type);
  const finish = (values: Float64Array) => {
    const found = about.compute(values.map(round), round);
    return isRoot ? round(Math.sqrt(found)) : found;
  };
  if (array.size === 0 && (name === 'max' || name === 'min' || name === 'argmax' || name === 'argmin')) {
    throw machine.raise('ValueError', `zero-size array to reduction operation ${name}imum which has no identity`);
  }
  if (axis === null) {
    const total = finish(elements(array));
    const shape = keeps ? array.shape.map(() => 1) : [];
    return result(numpy, made(numpy, Float64Array.of(total), shape, type));
  }
  if (axis instanceof PyTuple) return unsupported(machine, `numpy.${name}(axis=(…))`);
  const at = yield* axisOf(axis, array, machine);
  if (at instanceof Unknown) return at;
  // Along other axes than the last numpy adds row to row.
  const sequential = name === 'sum' || name === 'mean' || isRoot || name === 'var';
  if (sequential && at !== array.shape.length - 1 && array.shape[at]! >= 8 && isFloat(type)) {
    return unsupported(machine, `numpy.${name}(axis=${at}) of many rows`);
  }
  const { rows: all, rest } = lanes(array, at);
  const shape = keeps ? array.shape.map((length, each) => (each === at ? 1 : length)) : rest;
  return result(numpy, made(numpy, Float64Array.from(all, finish), shape, type));
}

/** cumsum and cumprod. */
function* scan(value: Value, axis: Value, compute: Both, numpy: Numpy): Steps {
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  const type = summed(array.type);
  const run = (values: Float64Array): Float64Array => {
    const out = new Float64Array(values.length);
    let total = 0;
    for (const [index, each] of values.entries()) {
      total = index === 0 ? each : cast(compute(total, each), type);
      out[index] = total;
    }
    return out;
  };
  if (axis === null || array.shape.length === 1) return made(numpy, run(elements(array)), [array.size], type);
  return unsupported(numpy.machine, 'numpy.cumsum(axis=…)');
}

/** The parts of an array at these places of an axis. */
function gathered(array: PyArray, axis: number, indices: readonly number[], numpy: Numpy): PyArray | Unknown {
  const values = elements(array);
  const length = array.shape[axis]!;
  const inner = sizeOf(array.shape.slice(axis + 1));
  const outer = sizeOf(array.shape.slice(0, axis));
  const result = new Float64Array(outer * indices.length * inner);
  let to = 0;
  for (let before = 0; before < outer; before++)
    for (const index of indices) {
      const from = (before * length + index) * inner;
      result.set(values.subarray(from, from + inner), to);
      to += inner;
    }
  return made(
    numpy,
    result,
    array.shape.map((own, at) => (at === axis ? indices.length : own)),
    array.type,
  );
}

/** Each part of an axis several times in a row; without an axis, each element. */
function* repeated(value: PyArray, repeats: Value, axis: Value, numpy: Numpy, machine: Machine): Steps {
  if (repeats instanceof Unknown) return repeats;
  const times = numeric(repeats);
  if (times === undefined) return unsupported(machine, 'numpy.repeat(repeats=[…])');
  if (times < 0) throw machine.raise('ValueError', 'repeats may not contain negative values.');
  const array = axis === null ? made(numpy, elements(value), [value.size], value.type) : value;
  if (array instanceof Unknown) return array;
  const at = axis === null ? 0 : yield* axisOf(axis, array, machine);
  if (at instanceof Unknown) return at;
  if (array.size * times > maxItems) return tooLong(machine);
  const indices = Array.from({ length: array.shape[at]! * times }, (_, index) => Math.floor(index / times));
  return gathered(array, at, indices, numpy);
}

/** The places of what is not 0: one array for each axis. */
function nonzero(array: PyArray, numpy: Numpy): PyTuple {
  const places = [...elements(array).entries()].flatMap(([at, value]) => (value === 0 ? [] : [at]));
  return new PyTuple(
    stridesOf(array.shape).map((stride, axis) =>
      made(
        numpy,
        Float64Array.from(places, at => Math.floor(at / stride) % array.shape[axis]!),
        [places.length],
        'int64',
      ),
    ),
  );
}

/** Zeros on one side of a diagonal of the last two axes. */
function* triangle(value: Value, diagonal: Value, isLower: boolean, numpy: Numpy): Steps {
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  const shift = numeric(diagonal);
  if (diagonal instanceof Unknown) return diagonal;
  if (shift === undefined || array.shape.length < 2) return unsupported(numpy.machine, 'numpy.tril()');
  const [rows_, columns] = array.shape.slice(-2) as [number, number];
  const values = elements(array).map((each_, at) => {
    const column = at % columns;
    const row = Math.floor(at / columns) % rows_;
    return (isLower ? column - row <= shift : column - row >= shift) ? each_ : 0;
  });
  return made(numpy, values, array.shape, array.type);
}

/** Two axes in each other's place, as a view. */
function* swapped(value: Value, first: Value, second: Value, numpy: Numpy): Steps {
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  const a = yield* axisOf(first, array, numpy.machine);
  if (a instanceof Unknown) return a;
  const b = yield* axisOf(second, array, numpy.machine);
  if (b instanceof Unknown) return b;
  return transposed(
    array,
    [...array.shape.keys()].map(axis => (axis === a ? b : axis === b ? a : axis)),
  );
}

/** The parts of an axis in another order. */
function* rearranged(
  value: Value,
  axis: Value,
  machine: Machine,
  numpy: Numpy,
  order: (length: number) => readonly number[],
): Steps {
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  const at = yield* axisOf(axis, array, machine);
  if (at instanceof Unknown) return at;
  return gathered(array, at, order(array.shape[at]!), numpy);
}

/** Equal parts of an axis, or those between places; without `isEqual` the first parts are longer by one. */
function* split(value: Value, sections: Value, axis: Value, isEqual: boolean, numpy: Numpy): Steps {
  const { machine } = numpy;
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  const at = yield* axisOf(axis, array, machine);
  if (at instanceof Unknown) return at;
  const length = array.shape[at]!;
  const ends: number[] = [];
  if (sections instanceof PyList || sections instanceof PyTuple || sections instanceof PyArray) {
    for (const item of yield* itemsIn(sections, machine)) {
      const end = yield* wholeOf(item, machine);
      if (end instanceof Unknown) return end;
      ends.push(Math.min(Math.max(Number(end) < 0 ? Number(end) + length : Number(end), 0), length));
    }
    ends.push(length);
  } else {
    const whole = yield* wholeOf(sections, machine);
    if (whole instanceof Unknown) return whole;
    const count = Number(whole);
    if (count < 1) throw machine.raise('ValueError', 'number sections must be larger than 0.');
    if (count > maxItems) return tooLong(machine);
    if (isEqual && length % count > 0) {
      throw machine.raise('ValueError', 'array split does not result in an equal division');
    }
    const rest = length % count;
    for (let part = 1; part <= count; part++) ends.push(part * Math.floor(length / count) + Math.min(part, rest));
  }
  const parts: Value[] = [];
  let from = 0;
  for (const end of ends) {
    const places = Array.from({ length: Math.max(end - from, 0) }, (_, each) => from + each);
    parts.push(gathered(array, at, places, numpy));
    from = end;
  }
  return new PyList(parts);
}

function* itemsIn(value: Value, machine: Machine): Steps<readonly Value[]> {
  const items = yield* collect(value, machine);
  return items instanceof Unknown ? [items] : items;
}

function transposed(array: PyArray, order: readonly number[]): PyArray {
  return new PyArray(
    array.cls,
    array.storage,
    order.map(axis => array.shape[axis]!),
    array.type,
    order.map(axis => array.strides[axis]!),
    array.offset,
  );
}

function* reshaped(value: Value, to: Value, numpy: Numpy): Steps {
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  const shape = yield* shapeOf(to, numpy.machine);
  if (shape instanceof Unknown) return shape;
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = array.size / -sizeOf(shape);
  if (sizeOf(shape) !== array.size || shape.some(length => !Number.isInteger(length) || length < 0)) {
    throw numpy.machine.raise(
      'ValueError',
      `cannot reshape array of size ${array.size} into shape (${shape.join(',')})`,
    );
  }
  // A view where the elements lie row by row, as numpy gives it.
  const isPlain = array.strides.every(
    (stride, axis) => stride === array.shape.slice(axis + 1).reduce((a, b) => a * b, 1),
  );
  if (isPlain) return new PyArray(array.cls, array.storage, shape, array.type, undefined, array.offset);
  return made(numpy, elements(array), shape, array.type);
}

/** The elements of an array, each once, and what is asked for beside them: where it is first, which one each is, how many. */
function unique(array: PyArray, asked: readonly (Value | undefined)[], numpy: Numpy, machine: Machine): Value {
  const unknown = asked.find(flag => flag instanceof Unknown);
  if (unknown !== undefined) return unknown;
  const [withIndex, withInverse, withCounts] = asked.map(flag => flag === true);
  // NumPy 1 and 2 give it different shapes.
  if (withInverse && array.shape.length !== 1) return unsupported(machine, 'numpy.unique()');
  const all = elements(array);
  const first = new Map<number, number>();
  const counts = new Map<number, number>();
  all.forEach((value, at) => {
    if (!first.has(value)) first.set(value, at);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  });
  const values = [...first.keys()].sort((x, y) => x - y);
  const ranks = new Map(values.map((value, at) => [value, at]));
  const results = [made(numpy, Float64Array.from(values), [values.length], array.type)];
  const add = (list: Iterable<number>): void => {
    const numbers = Float64Array.from(list);
    results.push(made(numpy, numbers, [numbers.length], 'int64'));
  };
  if (withIndex) add(values.map(value => first.get(value)!));
  if (withInverse) add(all.map(value => ranks.get(value)!));
  if (withCounts) add(values.map(value => counts.get(value)!));
  return results.length === 1 ? results[0]! : new PyTuple(results);
}

/** The inverse of a square matrix, by Gauss and Jordan. */
function inverse(array: PyArray, numpy: Numpy): Value {
  const [rows = 0, columns] = array.shape;
  if (array.shape.length !== 2 || rows !== columns) return unsupported(numpy.machine, 'numpy.linalg.inv()');
  numpy.machine.charge(rows ** 3);
  const values = elements(array);
  const lines = Array.from({ length: rows }, (_, row) =>
    Float64Array.from({ length: 2 * rows }, (_, column) =>
      column < rows ? values[row * rows + column]! : Number(column - rows === row),
    ),
  );
  for (let at = 0; at < rows; at++) {
    let pivot = at;
    for (let row = at + 1; row < rows; row++) {
      if (Math.abs(lines[row]![at]!) > Math.abs(lines[pivot]![at]!)) pivot = row;
    }
    [lines[at], lines[pivot]] = [lines[pivot]!, lines[at]!];
    const scale = lines[at]![at]!;
    if (scale === 0) return unsupported(numpy.machine, 'numpy.linalg.inv()');
    lines[at] = lines[at]!.map(value => value / scale);
    for (let row = 0; row < rows; row++) {
      const factor = lines[row]![at]!;
      if (row !== at && factor !== 0)
        lines[row] = lines[row]!.map((value, column) => value - factor * lines[at]![column]!);
    }
  }
  const result = Float64Array.from(
    { length: rows * rows },
    (_, index) => lines[Math.floor(index / rows)]![rows + (index % rows)]!,
  );
  return made(numpy, result, [rows, rows], 'float64');
}

/** concatenate along an axis. */
function* joined(value: Value, axis: Value, isNew: boolean, numpy: Numpy): Steps {
  const items = yield* collect(value, numpy.machine);
  if (items instanceof Unknown) return items;
  const arrays: PyArray[] = [];
  for (const item of items) {
    const array = yield* arrayArgument(item, numpy);
    if (array instanceof Unknown) return array;
    arrays.push(array);
  }
  const [first] = arrays;
  if (first === undefined) throw numpy.machine.raise('ValueError', 'need at least one array to concatenate');
  const inputs =
    axis === null ? arrays.map(array => new PyArray(array.cls, elements(array), [array.size], array.type)) : arrays;
  const rank = inputs[0]!.shape.length + (isNew ? 1 : 0);
  const whole = axis === null ? 0 : yield* wholeOf(axis, numpy.machine);
  if (whole instanceof Unknown) return whole;
  const at = Number(whole) < 0 ? Number(whole) + rank : Number(whole);
  const parts = isNew
    ? inputs.map(
        array =>
          new PyArray(
            array.cls,
            elements(array),
            [...array.shape.slice(0, at), 1, ...array.shape.slice(at)],
            array.type,
          ),
      )
    : inputs;
  const [head] = parts as [PyArray];
  if (
    at < 0 ||
    at >= rank ||
    parts.some(
      part =>
        part.shape.length !== rank || part.shape.some((length, axis_) => axis_ !== at && length !== head.shape[axis_]),
    )
  ) {
    throw numpy.machine.raise(
      'ValueError',
      'all the input array dimensions except for the concatenation axis must match exactly',
    );
  }
  const type = parts.map(part => part.type).reduce(promoted);
  const shape = head.shape.map((length, axis_) =>
    axis_ === at ? parts.reduce((sum, part) => sum + part.shape[at]!, 0) : length,
  );
  if (sizeOf(shape) > maxItems) return tooLong(numpy.machine);
  const values = new Float64Array(sizeOf(shape));
  const outer = sizeOf(shape.slice(0, at));
  const inner = sizeOf(shape.slice(at + 1));
  let before = 0;
  for (const part of parts) {
    const own = elements(part);
    const width = part.shape[at]! * inner;
    for (let row = 0; row < outer; row++)
      values.set(own.subarray(row * width, (row + 1) * width), row * shape[at]! * inner + before);
    before += width;
  }
  return made(
    numpy,
    values.map(each_ => cast(each_, type)),
    shape,
    type,
  );
}

/** A matrix product of vectors and matrices. */
function* product(a: Value, b: Value, numpy: Numpy): Steps {
  const left = yield* arrayArgument(a, numpy);
  if (left instanceof Unknown) return left;
  const right = yield* arrayArgument(b, numpy);
  if (right instanceof Unknown) return right;
  if (left.shape.length === 0 || right.shape.length === 0) return yield* apply('mul', a, b, numpy);
  if (left.shape.length > 2 || right.shape.length > 2)
    return unsupported(numpy.machine, 'numpy.matmul() of more than two dimensions');
  const type = promoted(left.type, right.type);
  // The order in which floats are added is BLAS's own.
  if (isFloat(type) && left.shape.at(-1)! > 2) return unsupported(numpy.machine, 'numpy.matmul() of floats');
  const rowsOf = left.shape.length === 2 ? left.shape[0]! : 1;
  const columns = right.shape.length === 2 ? right.shape[1]! : 1;
  const inner = left.shape.at(-1)!;
  if (inner !== right.shape[0]) {
    throw numpy.machine.raise(
      'ValueError',
      `shapes (${left.shape.join(',')}) and (${right.shape.join(',')}) not aligned: ${inner} (dim ${left.shape.length - 1}) != ${right.shape[0]} (dim 0)`,
    );
  }
  const [x, y] = [elements(left), elements(right)];
  numpy.machine.charge(rowsOf * columns * inner);
  const values = new Float64Array(rowsOf * columns);
  for (let row = 0; row < rowsOf; row++) {
    for (let column = 0; column < columns; column++) {
      let total = 0;
      for (let at = 0; at < inner; at++)
        total = cast(total + cast(x[row * inner + at]! * y[at * columns + column]!, type), type);
      values[row * columns + column] = total;
    }
  }
  const shape = [...(left.shape.length === 2 ? [rowsOf] : []), ...(right.shape.length === 2 ? [columns] : [])];
  return result(numpy, made(numpy, values, shape, type));
}

/** Python's text of an array: numpy's own layout is not tried for floats. */
function arrayText(array: PyArray, machine: Machine, isRepr: boolean): Value {
  if (isFloat(array.type) || array.shape.length !== 1) return unsupported(machine, 'str(numpy.ndarray)');
  const values = [...elements(array)].map(value =>
    array.type === 'bool' ? (value !== 0 ? ' True' : 'False') : String(value),
  );
  const width = Math.max(0, ...values.map(value => value.length));
  const cells = values.map(value => value.padStart(width));
  if (values.length > 50) return unsupported(machine, 'str(numpy.ndarray)');
  return isRepr
    ? array.type === 'int64'
      ? `array([${cells.join(', ')}])`
      : unsupported(machine, 'repr(numpy.ndarray)')
    : `[${cells.join(' ')}]`;
}

const signs: Readonly<Record<string, string>> = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  truediv: 'truediv',
  floordiv: 'floordiv',
  mod: 'mod',
  pow: 'pow',
};

/** The operators of arrays and scalars. */
function operatorsInto(cls: PyClass, numpy: Numpy): void {
  for (const name of Object.keys(signs)) {
    cls.dict.set(
      `__${name}__`,
      nativeSteps(`__${name}__`, 'self, other, /', function* ([self, other]) {
        return yield* apply(name, self!, other!, numpy);
      }),
    );
    cls.dict.set(
      `__r${name}__`,
      nativeSteps(`__r${name}__`, 'self, other, /', function* ([self, other]) {
        return yield* apply(name, other!, self!, numpy);
      }),
    );
  }
  for (const name of ['lt', 'le', 'gt', 'ge', 'eq', 'ne']) {
    cls.dict.set(
      `__${name}__`,
      nativeSteps(`__${name}__`, 'self, other, /', function* ([self, other]) {
        if (other === null || textOf(other!) !== undefined)
          return name === 'ne' ? true : name === 'eq' ? false : unsupported(numpy.machine, 'numpy comparison');
        return yield* apply(name, self!, other!, numpy);
      }),
    );
  }
  const unary = (name: string, compute: (value: number) => number) =>
    cls.dict.set(
      name,
      nativeSteps(name, 'self', function* ([self]) {
        const array = yield* arrayArgument(self!, numpy);
        if (array instanceof Unknown) return array;
        return result(
          numpy,
          made(
            numpy,
            elements(array).map(value => cast(compute(value), array.type)),
            array.shape,
            array.type,
          ),
        );
      }),
    );
  unary('__neg__', value => 0 - value);
  unary('__pos__', value => value);
  unary('__abs__', Math.abs);
  cls.dict.set('__hash__', null);
}

function fillScalar(cls: PyClass, numpy: Numpy): void {
  const type = [...numpy.scalars].find(([, each_]) => each_ === cls)![0];
  operatorsInto(cls, numpy);
  cls.dict.delete('__hash__');
  const set = (name: string, value: Value) => cls.dict.set(name, value);
  set(
    '__new__',
    new PyStaticMethod(
      nativeSteps('__new__', 'cls, x=0, /', function* ([, x], machine) {
        if (x instanceof Unknown) return x;
        if (x instanceof PyArray || x instanceof PyList || x instanceof PyTuple)
          return result(numpy, arrayOf(x, numpy, type));
        if (isFloat(type)) {
          const value = yield* toFloat(x!, machine);
          return value instanceof Unknown ? value : scalar(numpy, cast(value, type), type);
        }
        if (type === 'bool') {
          const value = yield* machine.truth(x!);
          return value instanceof Unknown ? value : scalar(numpy, Number(value), type);
        }
        const value = yield* toInt(x!, machine.builtin('Ellipsis'), machine);
        return value instanceof Unknown ? value : scalar(numpy, cast(Number(value), type), type);
      }),
    ),
  );
  const bare = (name: string, signature: string, compute: (value: number, machine: Machine) => Value) =>
    set(
      name,
      native(name, signature, ([self], machine) => {
        const value = numeric(self!);
        return value === undefined ? machine.unknown(name) : compute(value, machine);
      }),
    );
  const text = (value: number) =>
    isFloat(type) ? floatText(value) : type === 'bool' ? (value !== 0 ? 'True' : 'False') : String(value);
  bare('__repr__', 'self', value =>
    isFloat(type) && type !== 'float64' ? unsupported(numpy.machine, `str(numpy.${type})`) : text(value),
  );
  bare('__str__', 'self', value =>
    isFloat(type) && type !== 'float64' ? unsupported(numpy.machine, `str(numpy.${type})`) : text(value),
  );
  set(
    '__format__',
    nativeSteps('__format__', 'self, spec', function* ([self, spec], machine) {
      return yield* machine.call(machine.builtin('format'), [plain(self!), spec!]);
    }),
  );
  bare('__int__', 'self', value => cast(value, 'int64'));
  bare('__float__', 'self', value => new PyFloat(value));
  bare('__bool__', 'self', value => value !== 0);
  if (!isFloat(type) && type !== 'bool') bare('__index__', 'self', value => value);
  bare('item', 'self, *args', value => (isFloat(type) ? new PyFloat(value) : type === 'bool' ? value !== 0 : value));
  bare('tolist', 'self', value => (isFloat(type) ? new PyFloat(value) : type === 'bool' ? value !== 0 : value));
  set(
    '__round__',
    nativeSteps('__round__', 'self, ndigits=None', function* ([self, digits], machine) {
      return yield* machine.call(machine.builtin('round'), [plain(self!), digits!]);
    }),
  );
  set(
    'round',
    nativeSteps('round', 'self, decimals=0', function* ([self, decimals]) {
      return yield* rounded(self!, decimals!, numpy);
    }),
  );
  set(
    'astype',
    native('astype', 'self, dtype, *args, **kwargs', ([self, dtype]) => {
      const to = typeArgument(dtype!, numpy);
      if (to === undefined || to instanceof Unknown) return to ?? null;
      return scalar(numpy, cast(numeric(self!)!, to), to);
    }),
  );
  cls.getAttribute = (self, name) => {
    if (name === 'dtype') return numpy.types.get(type)!;
    if (name === 'shape') return new PyTuple([]);
    if (name === 'ndim') return 0;
    if (name === 'size') return 1;
    if (name === 'T') return self;
    return undefined;
  };
}

/** numpy.round: multiplies, rounds halves to even, and divides. */
function* rounded(value: Value, decimals: Value, numpy: Numpy): Steps {
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  const digits = yield* wholeOf(decimals, numpy.machine);
  if (digits instanceof Unknown) return digits;
  if (!isFloat(array.type))
    return digits >= 0 ? result(numpy, array) : unsupported(numpy.machine, 'numpy.round(ints, -n)');
  const scale = 10 ** Number(digits);
  const values = elements(array).map(each_ =>
    cast(
      digits === 0 ? roundHalfEven(each_) : cast(roundHalfEven(cast(each_ * scale, array.type)), array.type) / scale,
      array.type,
    ),
  );
  return result(numpy, made(numpy, values, array.shape, array.type));
}

function* sorted(value: Value, axis: Value, isIndex: boolean, numpy: Numpy): Steps {
  const array = yield* arrayArgument(value, numpy);
  if (array instanceof Unknown) return array;
  if (array.shape.length !== 1 || (axis !== -1 && axis !== 0 && axis !== null))
    return unsupported(numpy.machine, 'numpy.sort() of several dimensions');
  const values = elements(array);
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  // An unstable sort orders equal elements in a way of its own.
  if (isIndex && new Set(values).size !== values.length)
    return unsupported(numpy.machine, 'numpy.argsort() of equal elements');
  if (isIndex) return made(numpy, Float64Array.from(order), array.shape, 'int64');
  return made(
    numpy,
    Float64Array.from(order, at => values[at]!),
    array.shape,
    array.type,
  );
}

function fillArray(numpy: Numpy): void {
  const { array: cls, machine } = numpy;
  operatorsInto(cls, numpy);
  const set = (
    name: string,
    signature: string,
    body: (self: PyArray, args: readonly Value[], inner: Machine) => Steps,
  ) =>
    cls.dict.set(
      name,
      nativeSteps(name, signature === '' ? 'self' : `self, ${signature}`, function* ([self, ...args], inner) {
        if (!(self instanceof PyArray)) return self!;
        return yield* body(self, args, inner);
      }),
    );
  const give = (
    name: string,
    signature: string,
    body: (self: PyArray, args: readonly Value[], inner: Machine) => Value,
  ) => set(name, signature, (self, args, inner) => done(body(self, args, inner)));
  for (const name of ['sum', 'prod', 'mean', 'max', 'min', 'argmax', 'argmin', 'any', 'all', 'std', 'var']) {
    set(name, 'axis=None, dtype=None, out=None, keepdims=False', (self, [axis, dtype, , keep]) =>
      reduce(name, self, axis!, keep!, dtype!, numpy),
    );
  }
  set('cumsum', 'axis=None', (self, [axis]) => scan(self, axis!, (a, b) => a + b, numpy));
  set('cumprod', 'axis=None', (self, [axis]) => scan(self, axis!, (a, b) => a * b, numpy));
  set('round', 'decimals=0', (self, [decimals]) => rounded(self, decimals!, numpy));
  set('clip', 'min=None, max=None', (self, [low, high]) => clipped(self, low!, high!, numpy));
  set('reshape', '*shape, order=None', (self, [shape]) => {
    const { items } = shape as PyTuple;
    return reshaped(self, items.length === 1 ? items[0]! : (shape as PyTuple), numpy);
  });
  set('argsort', 'axis=-1, kind=None', (self, [axis]) => sorted(self, axis!, true, numpy));
  give('tolist', '', self => listOf(self));
  give('copy', 'order=None', self => made(numpy, elements(self), self.shape, self.type));
  give('flatten', 'order=None', self => made(numpy, elements(self), [self.size], self.type));
  set('ravel', 'order=None', self => reshaped(self, -1, numpy));
  give('astype', 'dtype, *args, **kwargs', (self, [dtype]) => {
    const to = typeArgument(dtype!, numpy);
    if (to === undefined || to instanceof Unknown) return to ?? self;
    return made(
      numpy,
      elements(self).map(value => cast(value, to)),
      self.shape,
      to,
    );
  });
  give('item', '*args', (self, [args], inner) => {
    const { items } = args as PyTuple;
    const at = items.length === 0 ? 0 : numeric(items[0]!);
    if (items.length > 1 || at === undefined) return unsupported(inner, 'ndarray.item(…)');
    if (items.length === 0 && self.size !== 1)
      throw inner.raise('ValueError', 'can only convert an array of size 1 to a Python scalar');
    const value = elements(self)[at < 0 ? at + self.size : at];
    if (value === undefined) throw inner.raise('IndexError', `index ${at} is out of bounds for size ${self.size}`);
    return isFloat(self.type) ? new PyFloat(value) : self.type === 'bool' ? value !== 0 : value;
  });
  give('fill', 'value', (self, [value], inner) => {
    const number = numeric(value!);
    if (number === undefined) return unsupported(inner, 'ndarray.fill()');
    self.storage.fill(cast(number, self.type));
    return null;
  });
  set('transpose', '*axes', function* (self, [axes], inner) {
    const { items } = axes as PyTuple;
    const listed = items.length === 1 && items[0] !== null ? yield* collect(items[0]!, inner) : items;
    if (listed instanceof Unknown) return listed;
    const order =
      listed.length === 0 || listed[0] === null
        ? [...self.shape.keys()].reverse()
        : listed.map(axis => numeric(axis) ?? -1);
    if (new Set(order).size !== self.shape.length || order.some(axis => axis < 0 || axis >= self.shape.length))
      return unsupported(inner, 'ndarray.transpose(…)');
    return transposed(self, order);
  });
  give('squeeze', 'axis=None', (self, [axis], inner) => {
    if (axis !== null) return unsupported(inner, 'ndarray.squeeze(axis)');
    const kept = [...self.shape.keys()].filter(each_ => self.shape[each_] !== 1);
    return result(numpy, transposed(self, kept));
  });
  set('swapaxes', 'axis1, axis2', (self, [a, b]) => swapped(self, a!, b!, numpy));
  set('repeat', 'repeats, axis=None', (self, [times, axis], inner) => repeated(self, times!, axis!, numpy, inner));
  give('nonzero', '', self => nonzero(self, numpy));
  set('dot', 'b', (self, [b]) => product(self, b!, numpy));
  set('__matmul__', 'other', (self, [b]) => product(self, b!, numpy));
  set('__getitem__', 'index, /', (self, [index]) => getItem(self, index!, numpy));
  set('__setitem__', 'index, value, /', function* (self, [index, value]) {
    const unknown = yield* setItem(self, index!, value!, numpy);
    // What is written is unknown: so is every element from now on.
    if (unknown) self.storage.fill(Number.NaN);
    return null;
  });
  give('__len__', '', (self, _, inner) => {
    if (self.shape.length === 0) throw inner.raise('TypeError', 'len() of unsized object');
    return self.shape[0]!;
  });
  give('__iter__', '', (self, _, inner) => {
    if (self.shape.length === 0) throw inner.raise('TypeError', 'iteration over a 0-d array');
    const parts = rows(self, numpy);
    let at = 0;
    return new PyIterator(() => parts[at++]);
  });
  set('__contains__', 'item', function* (self, [item], inner) {
    const found = yield* apply('eq', self, item!, numpy);
    return found instanceof PyArray ? elements(found).some(value => value !== 0) : yield* inner.truth(found);
  });
  give('__bool__', '', (self, _, inner) => {
    if (self.size > 1)
      throw inner.raise(
        'ValueError',
        'The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()',
      );
    return self.size === 1 && elements(self)[0] !== 0;
  });
  const single = (name: string, make: (value: number) => Value) =>
    give(name, '', (self, _, inner) => {
      if (self.size !== 1) throw inner.raise('TypeError', 'only length-1 arrays can be converted to Python scalars');
      return make(elements(self)[0]!);
    });
  single('__float__', value => new PyFloat(value));
  single('__int__', value => cast(value, 'int64'));
  give('__repr__', '', (self, _, inner) => arrayText(self, inner, true));
  give('__str__', '', (self, _, inner) => arrayText(self, inner, false));
  give('__deepcopy__', 'memo', self => made(numpy, elements(self), self.shape, self.type));
  give('__copy__', '', self => made(numpy, elements(self), self.shape, self.type));
  cls.getAttribute = (self, name) => {
    if (!(self instanceof PyArray)) return undefined;
    switch (name) {
      case 'shape':
        return new PyTuple(self.shape);
      case 'ndim':
        return self.shape.length;
      case 'size':
        return self.size;
      case 'dtype':
        return numpy.types.get(self.type)!;
      case 'T':
        return transposed(self, [...self.shape.keys()].reverse());
      case 'itemsize':
        return bytesOf(self.type);
      case 'nbytes':
        return bytesOf(self.type) * self.size;
      case 'flat':
        return new PyArray(cls, elements(self), [self.size], self.type);
    }
    // numpy has more than is known here.
    return name.startsWith('__') ? undefined : unsupported(machine, `ndarray.${name}`);
  };
}

function* clipped(value: Value, low: Value, high: Value, numpy: Numpy): Steps {
  let found: Value = value;
  if (low !== null) found = yield* apply('maximum', found, low, numpy);
  if (high !== null) found = yield* apply('minimum', found, high, numpy);
  return found;
}

function* linspace(args: readonly Value[], numpy: Numpy): Steps {
  const { machine } = numpy;
  const [start, stop, count, endpoint, step, dtype] = args;
  const given = typeArgument(dtype!, numpy);
  if (given instanceof Unknown) return given;
  for (const value of [start!, stop!]) if (value instanceof Unknown) return value;
  const [from, to] = [numeric(start!), numeric(stop!)];
  if (from === undefined || to === undefined) return unsupported(machine, 'numpy.linspace() of arrays');
  const whole = yield* wholeOf(count!, machine);
  if (whole instanceof Unknown) return whole;
  const isClosed = yield* machine.truth(endpoint!);
  if (isClosed instanceof Unknown) return isClosed;
  const size = Number(whole);
  if (size < 0) throw machine.raise('ValueError', `Number of samples, ${size}, must be non-negative.`);
  if (size > maxItems) return tooLong(machine);
  const parts = isClosed ? size - 1 : size;
  const gap = to - from;
  const width = gap / parts;
  const values = Float64Array.from({ length: size }, (_, at) =>
    parts > 0 ? (width === 0 ? (at / parts) * gap : at * width) + from : from,
  );
  if (isClosed && size > 1) values[size - 1] = to;
  const type = given ?? 'float64';
  const array = made(
    numpy,
    values.map(value => cast(isFloat(type) ? value : Math.floor(value), type)),
    [size],
    type,
  );
  return step === true ? new PyTuple([array, new PyFloat(parts > 0 ? width : Number.NaN)]) : array;
}

function* arange(args: readonly Value[], numpy: Numpy): Steps {
  const { machine } = numpy;
  const [first, second, third, dtype] = args;
  const given = typeArgument(dtype!, numpy);
  if (given instanceof Unknown) return given;
  const values: number[] = [];
  let isWhole = true;
  for (const value of [first!, second!, third!]) {
    if (value instanceof Unknown) return value;
    if (!isGiven(value) || value === null) continue;
    const number = numeric(value);
    if (number === undefined) return unsupported(machine, 'numpy.arange()');
    if (plain(value) instanceof PyFloat) isWhole = false;
    values.push(number);
  }
  const [start, stop, step = 1] = values.length === 1 ? [0, values[0]!] : (values as [number, number, number?]);
  if (step === 0) throw machine.raise('ZeroDivisionError', 'division by zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > maxItems) return tooLong(machine);
  const type = given ?? (isWhole ? 'int64' : 'float64');
  // numpy takes the difference of the first two elements as the step.
  const delta = isWhole ? step : start + step - start;
  return made(
    numpy,
    Float64Array.from({ length }, (_, at) => cast(start + at * delta, type)),
    [length],
    type,
  );
}

function filled(name: string, value: number, numpy: Numpy): Native {
  return nativeSteps(name, 'shape, dtype=None, order=None', function* ([sizes, dtype], machine) {
    const type = typeArgument(dtype!, numpy);
    if (type instanceof Unknown) return type;
    const shape = yield* shapeOf(sizes!, machine);
    if (shape instanceof Unknown) return shape;
    machine.charge(sizeOf(shape));
    return made(numpy, new Float64Array(sizeOf(shape)).fill(value), shape, type ?? 'float64');
  });
}

function filledLike(name: string, value: number, numpy: Numpy): Native {
  return nativeSteps(name, 'a, dtype=None', function* ([a, dtype]) {
    const type = typeArgument(dtype!, numpy);
    if (type instanceof Unknown) return type;
    const array = yield* arrayArgument(a!, numpy);
    if (array instanceof Unknown) return array;
    return made(numpy, new Float64Array(array.size).fill(value), array.shape, type ?? array.type);
  });
}

export const numpy: Module = moduleOf('numpy', machine => {
  const np = numpyOf(machine);
  const scalarNames = Object.fromEntries([...np.scalars].map(([type, cls]) => [type === 'bool' ? 'bool_' : type, cls]));
  const bases = new Map([...np.scalars.values()].flatMap(cls => cls.mro.map(base => [base.name, base] as const)));
  const both = (name: string, operator: string) =>
    nativeSteps(name, 'x1, x2, /, out=None', function* ([a, b, out], inner) {
      return out === null ? yield* apply(operator, a!, b!, np) : unsupported(inner, `numpy.${name}(out=…)`);
    });
  const reducing = (name: string, as: string) =>
    nativeSteps(name, 'a, axis=None, dtype=None, out=None, keepdims=False', function* ([a, axis, dtype, , keep]) {
      return yield* reduce(as, a!, axis!, keep!, dtype!, np);
    });
  const make = (name: string) =>
    nativeSteps(
      name,
      'object, dtype=None, *, copy=True, order=None, subok=False, ndmin=0',
      function* ([object, dtype, , , , ndmin], inner) {
        const type = typeArgument(dtype!, np);
        if (type instanceof Unknown) return type;
        if (ndmin !== 0) return unsupported(inner, 'numpy.array(ndmin=…)');
        const array = yield* arrayArgument(object!, np, type);
        // numpy.array copies; an array that is none yet is new anyway.
        return name === 'array' && array === object
          ? made(np, elements(array as PyArray), (array as PyArray).shape, (array as PyArray).type)
          : array;
      },
    );
  const infinity = new PyFloat(Number.POSITIVE_INFINITY);
  return [
    scalarNames,
    Object.fromEntries(
      ['generic', 'number', 'integer', 'signedinteger', 'unsignedinteger', 'inexact', 'floating'].map(name => [
        name,
        bases.get(name)!,
      ]),
    ),
    {
      ndarray: np.array,
      dtype: np.types.get('float64')!.cls,
      // Aliases of former versions.
      float: machine.builtin('float'),
      int: machine.builtin('int'),
      bool: np.scalars.get('bool')!,
      object: machine.builtin('object'),
      str: machine.builtin('str'),
      int_: np.scalars.get('int64')!,
      intp: np.scalars.get('int64')!,
      float_: np.scalars.get('float64')!,
      double: np.scalars.get('float64')!,
      single: np.scalars.get('float32')!,
      half: np.scalars.get('float16')!,
      pi: new PyFloat(Math.PI),
      e: new PyFloat(Math.E),
      inf: infinity,
      Inf: infinity,
      nan: new PyFloat(Number.NaN),
      newaxis: null,
      __version__: '1.26.4',
      ArrayLike: new PyAlias('numpy.typing.ArrayLike', null, []),
      errstate: nativeClass(
        machine,
        'errstate',
        [],
        {
          __init__: native('__init__', 'self, **kwargs', () => null),
          __enter__: native('__enter__', 'self', () => null),
          __exit__: native('__exit__', 'self, *excinfo', () => null),
        },
        { module: 'numpy' },
      ),
    },
    quiet('seterr', 'set_printoptions'),
    [
      make('array'),
      make('asarray'),
      make('ascontiguousarray'),
      make('asanyarray'),
      nativeSteps('arange', 'start, stop=..., step=..., dtype=None', function* (args) {
        return yield* arange(args, np);
      }),
      nativeSteps('linspace', 'start, stop, num=50, endpoint=True, retstep=False, dtype=None', function* (args) {
        return yield* linspace(args, np);
      }),
      filled('zeros', 0, np),
      filled('ones', 1, np),
      filled('empty', 0, np),
      filledLike('zeros_like', 0, np),
      filledLike('ones_like', 1, np),
      filledLike('empty_like', 0, np),
      nativeSteps('full', 'shape, fill_value, dtype=None', function* ([sizes, value, dtype], inner) {
        const type = typeArgument(dtype!, np);
        if (type instanceof Unknown) return type;
        const shape = yield* shapeOf(sizes!, inner);
        if (shape instanceof Unknown) return shape;
        const number = yield* arrayArgument(value!, np);
        if (number instanceof Unknown) return number;
        if (number.shape.length > 0) return unsupported(inner, 'numpy.full() of an array');
        const to = type ?? number.type;
        return made(np, new Float64Array(sizeOf(shape)).fill(cast(number.storage[number.offset]!, to)), shape, to);
      }),
      nativeSteps('eye', 'N, M=None, k=0, dtype=None', function* ([n, m, k, dtype], inner) {
        const type = typeArgument(dtype!, np);
        if (type instanceof Unknown) return type;
        const shape = yield* shapeOf(new PyTuple([n!, m === null ? n! : m!]), inner);
        if (shape instanceof Unknown) return shape;
        if (k !== 0) return unsupported(inner, 'numpy.eye(k=…)');
        const values = new Float64Array(sizeOf(shape));
        for (let at = 0; at < Math.min(shape[0]!, shape[1]!); at++) values[at * shape[1]! + at] = 1;
        return made(np, values, shape, type ?? 'float64');
      }),
      each('sqrt', Math.sqrt)(np),
      each('exp', exp)(np),
      each('exp2', value => 2 ** value)(np),
      each('log', log)(np),
      each('log2', log2)(np),
      each('log10', log10)(np),
      each('sin', sin)(np),
      each('cos', cos)(np),
      each('tan', tan)(np),
      each('ceil', Math.ceil)(np),
      each('floor', Math.floor)(np),
      each('trunc', Math.trunc)(np),
      each('rint', roundHalfEven)(np),
      each('abs', Math.abs, true)(np),
      each('absolute', Math.abs, true)(np),
      each('fabs', Math.abs)(np),
      each('sign', Math.sign, true)(np),
      each('square', value => value * value, true)(np),
      each('negative', value => 0 - value, true)(np),
      each('radians', value => value * (Math.PI / 180))(np),
      each('deg2rad', value => value * (Math.PI / 180))(np),
      each('degrees', value => value * (180 / Math.PI))(np),
      each('rad2deg', value => value * (180 / Math.PI))(np),
      both('add', 'add'),
      both('subtract', 'sub'),
      both('multiply', 'mul'),
      both('divide', 'truediv'),
      both('true_divide', 'truediv'),
      both('floor_divide', 'floordiv'),
      both('mod', 'mod'),
      both('remainder', 'mod'),
      both('power', 'pow'),
      both('maximum', 'maximum'),
      both('minimum', 'minimum'),
      both('less', 'lt'),
      both('less_equal', 'le'),
      both('greater', 'gt'),
      both('greater_equal', 'ge'),
      both('equal', 'eq'),
      both('not_equal', 'ne'),
      reducing('sum', 'sum'),
      reducing('prod', 'prod'),
      reducing('product', 'prod'),
      reducing('mean', 'mean'),
      reducing('average', 'mean'),
      reducing('max', 'max'),
      reducing('amax', 'max'),
      reducing('min', 'min'),
      reducing('amin', 'min'),
      reducing('std', 'std'),
      reducing('var', 'var'),
      reducing('any', 'any'),
      reducing('all', 'all'),
      reducing('argmax', 'argmax'),
      reducing('argmin', 'argmin'),
      nativeSteps('cumsum', 'a, axis=None', function* ([a, axis]) {
        return yield* scan(a!, axis!, (x, y) => x + y, np);
      }),
      nativeSteps('cumprod', 'a, axis=None', function* ([a, axis]) {
        return yield* scan(a!, axis!, (x, y) => x * y, np);
      }),
      nativeSteps('clip', 'a, a_min=None, a_max=None', function* ([a, low, high]) {
        return yield* clipped(a!, low!, high!, np);
      }),
      ...['round', 'around', 'round_'].map(name =>
        nativeSteps(name, 'a, decimals=0', function* ([a, decimals]) {
          return yield* rounded(a!, decimals!, np);
        }),
      ),
      nativeSteps('sort', 'a, axis=-1', function* ([a, axis]) {
        return yield* sorted(a!, axis!, false, np);
      }),
      nativeSteps('argsort', 'a, axis=-1, kind=None', function* ([a, axis]) {
        return yield* sorted(a!, axis!, true, np);
      }),
      nativeSteps('reshape', 'a, newshape', function* ([a, shape]) {
        return yield* reshaped(a!, shape!, np);
      }),
      nativeSteps('concatenate', 'arrays, axis=0', function* ([arrays, axis]) {
        return yield* joined(arrays!, axis!, false, np);
      }),
      nativeSteps('stack', 'arrays, axis=0', function* ([arrays, axis]) {
        return yield* joined(arrays!, axis!, true, np);
      }),
      nativeSteps('hstack', 'tup', function* ([arrays], inner) {
        const items = yield* collect(arrays!, inner);
        if (items instanceof Unknown) return items;
        const isFlat = items.every(item => !(item instanceof PyArray) || item.shape.length === 1);
        return yield* joined(new PyList(items), isFlat ? 0 : 1, false, np);
      }),
      nativeSteps('vstack', 'tup', function* ([arrays], inner) {
        const items = yield* collect(arrays!, inner);
        if (items instanceof Unknown) return items;
        const isFlat = items.every(item => !(item instanceof PyArray) || item.shape.length === 1);
        return yield* joined(new PyList(items), 0, isFlat, np);
      }),
      nativeSteps('expand_dims', 'a, axis', function* ([a, axis], inner) {
        const array = yield* arrayArgument(a!, np);
        if (array instanceof Unknown) return array;
        const whole = yield* wholeOf(axis!, inner);
        if (whole instanceof Unknown) return whole;
        const at = Number(whole) < 0 ? Number(whole) + array.shape.length + 1 : Number(whole);
        const shape = [...array.shape.slice(0, at), 1, ...array.shape.slice(at)];
        return new PyArray(
          array.cls,
          array.storage,
          shape,
          array.type,
          [...array.strides.slice(0, at), 0, ...array.strides.slice(at)],
          array.offset,
        );
      }),
      nativeSteps('transpose', 'a, axes=None', function* ([a, axes], inner) {
        const array = yield* arrayArgument(a!, np);
        if (array instanceof Unknown) return array;
        const method = np.array.dict.get('transpose')!;
        return yield* inner.call(method, axes === null ? [array] : [array, axes!]);
      }),
      nativeSteps('meshgrid', "*xi, indexing='xy'", function* ([arrays, indexing], inner) {
        const parts: PyArray[] = [];
        for (const item of (arrays as PyTuple).items) {
          const array = yield* arrayArgument(item, np);
          if (array instanceof Unknown) return array;
          parts.push(array);
        }
        if (parts.length !== 2 || parts.some(part => part.shape.length !== 1))
          return unsupported(inner, 'numpy.meshgrid()');
        const [x, y] = parts as [PyArray, PyArray];
        const isRows = textOf(indexing!) === 'ij';
        const shape = isRows ? [x.size, y.size] : [y.size, x.size];
        const grid = (array: PyArray, alongLast: boolean) => {
          const values = elements(array);
          return made(
            np,
            Float64Array.from(
              { length: sizeOf(shape) },
              (_, at) => values[alongLast ? at % shape[1]! : Math.floor(at / shape[1]!)]!,
            ),
            shape,
            array.type,
          );
        };
        return new PyList([grid(x, !isRows), grid(y, isRows)]);
      }),
      nativeSteps('dot', 'a, b', function* ([a, b]) {
        return yield* product(a!, b!, np);
      }),
      nativeSteps('matmul', 'a, b', function* ([a, b]) {
        return yield* product(a!, b!, np);
      }),
      nativeSteps('outer', 'a, b', function* ([a, b]) {
        const [x, y] = [yield* arrayArgument(a!, np), yield* arrayArgument(b!, np)];
        if (x instanceof Unknown) return x;
        if (y instanceof Unknown) return y;
        const column = new PyArray(x.cls, elements(x), [x.size, 1], x.type);
        const row = new PyArray(y.cls, elements(y), [y.size], y.type);
        return yield* apply('mul', column, row, np);
      }),
      nativeSteps('repeat', 'a, repeats, axis=None', function* ([a, repeats, axis], inner) {
        const array = yield* arrayArgument(a!, np);
        if (array instanceof Unknown) return array;
        return yield* repeated(array, repeats!, axis!, np, inner);
      }),
      nativeSteps('tile', 'A, reps', function* ([a, reps], inner) {
        const array = yield* arrayArgument(a!, np);
        if (array instanceof Unknown) return array;
        const times = yield* shapeOf(reps!, inner);
        if (times instanceof Unknown) return times;
        if (sizeOf(times) < 0 || array.size * sizeOf(times) > maxItems) return tooLong(inner);
        const rank = Math.max(times.length, array.shape.length);
        const lead = <T>(list: readonly T[], fill: T): readonly T[] => [
          ...new Array<T>(rank - list.length).fill(fill),
          ...list,
        ];
        let whole = made(np, elements(array), lead(array.shape, 1), array.type);
        for (const [axis, count] of lead(times, 1).entries()) {
          if (whole instanceof Unknown) return whole;
          const length = whole.shape[axis]!;
          whole = gathered(
            whole,
            axis,
            Array.from({ length: length * count }, (_, at) => at % length),
            np,
          );
        }
        return whole;
      }),
      nativeSteps('split', 'ary, indices_or_sections, axis=0', function* ([a, parts, axis]) {
        return yield* split(a!, parts!, axis!, true, np);
      }),
      nativeSteps('array_split', 'ary, indices_or_sections, axis=0', function* ([a, parts, axis]) {
        return yield* split(a!, parts!, axis!, false, np);
      }),
      nativeSteps('flip', 'm, axis', function* ([a, axis], inner) {
        return yield* rearranged(a!, axis!, inner, np, length => [...Array(length).keys()].reverse());
      }),
      nativeSteps('roll', 'a, shift, axis', function* ([a, shift, axis], inner) {
        const by = yield* wholeOf(shift!, inner);
        if (by instanceof Unknown) return by;
        return yield* rearranged(a!, axis!, inner, np, length =>
          Array.from({ length }, (_, at) => (((at - Number(by)) % length) + length) % length),
        );
      }),
      nativeSteps('squeeze', 'a', function* ([a]) {
        const array = yield* arrayArgument(a!, np);
        if (array instanceof Unknown) return array;
        return made(
          np,
          elements(array),
          array.shape.filter(length => length !== 1),
          array.type,
        );
      }),
      nativeSteps('moveaxis', 'a, source, destination', function* ([a, source, destination], inner) {
        const array = yield* arrayArgument(a!, np);
        if (array instanceof Unknown) return array;
        const [from, to] = [yield* axisOf(source!, array, inner), yield* axisOf(destination!, array, inner)];
        if (from instanceof Unknown) return from;
        if (to instanceof Unknown) return to;
        const order = [...array.shape.keys()].filter(each => each !== from);
        order.splice(to, 0, from);
        return transposed(array, order);
      }),
      nativeSteps('swapaxes', 'a, axis1, axis2', function* ([a, first, second]) {
        return yield* swapped(a!, first!, second!, np);
      }),
      nativeSteps('tril', 'm, k=0', function* ([m, k]) {
        return yield* triangle(m!, k!, true, np);
      }),
      nativeSteps('triu', 'm, k=0', function* ([m, k]) {
        return yield* triangle(m!, k!, false, np);
      }),
      nativeSteps('nonzero', 'a', function* ([a]) {
        const array = yield* arrayArgument(a!, np);
        return array instanceof Unknown ? array : nonzero(array, np);
      }),
      nativeSteps('where', 'condition, x=..., y=...', function* ([condition, x, y], inner) {
        const test = yield* arrayArgument(condition!, np);
        if (test instanceof Unknown) return test;
        if (!isGiven(x!)) return nonzero(test, np);
        const [a, b] = [yield* arrayArgument(x!, np), yield* arrayArgument(y!, np)];
        if (a instanceof Unknown) return a;
        if (b instanceof Unknown) return b;
        const inner_ = broadcast(a.shape, b.shape);
        const shape = inner_ === undefined ? undefined : broadcast(test.shape, inner_);
        if (shape === undefined) throw inner.raise('ValueError', 'operands could not be broadcast together');
        const type = commonType(x!, y!, a, b, np);
        const [t, p, q] = [test, a, b].map(array => elements(expanded(array, shape))) as [
          Float64Array,
          Float64Array,
          Float64Array,
        ];
        return result(
          np,
          made(
            np,
            t.map((value, at) => cast(value !== 0 ? p[at]! : q[at]!, type)),
            shape,
            type,
          ),
        );
      }),
      nativeSteps(
        'unique',
        'ar, return_index=False, return_inverse=False, return_counts=False',
        function* ([a, ...asked], inner) {
          const array = yield* arrayArgument(a!, np);
          if (array instanceof Unknown) return array;
          return unique(array, asked, np, inner);
        },
      ),
      nativeSteps('append', 'arr, values, axis=None', function* ([array, values, axis]) {
        return yield* joined(new PyList([array!, values!]), axis!, false, np);
      }),
      nativeSteps('isnan', 'x', function* ([x]) {
        const array = yield* arrayArgument(x!, np);
        return array instanceof Unknown
          ? array
          : result(
              np,
              made(
                np,
                elements(array).map(value => Number(Number.isNaN(value))),
                array.shape,
                'bool',
              ),
            );
      }),
      nativeSteps('isfinite', 'x', function* ([x]) {
        const array = yield* arrayArgument(x!, np);
        return array instanceof Unknown
          ? array
          : result(
              np,
              made(
                np,
                elements(array).map(value => Number(Number.isFinite(value))),
                array.shape,
                'bool',
              ),
            );
      }),
      nativeSteps('array_equal', 'a1, a2', function* ([a, b]) {
        const [x, y] = [yield* arrayArgument(a!, np), yield* arrayArgument(b!, np)];
        if (x instanceof Unknown) return x;
        if (y instanceof Unknown) return y;
        if (x.shape.length !== y.shape.length || x.shape.some((length, axis) => length !== y.shape[axis])) return false;
        const other = elements(y);
        return elements(x).every((value, at) => value === other[at]);
      }),
      native('shape', 'a', ([a], inner) =>
        a instanceof PyArray ? new PyTuple(a.shape) : unsupported(inner, 'numpy.shape()'),
      ),
      native('ndim', 'a', ([a], inner) =>
        a instanceof PyArray ? a.shape.length : numeric(a!) !== undefined ? 0 : unsupported(inner, 'numpy.ndim()'),
      ),
      native('size', 'a', ([a], inner) => (a instanceof PyArray ? a.size : unsupported(inner, 'numpy.size()'))),
      native('isscalar', 'element', ([a]) =>
        a instanceof Unknown ? a : !(a instanceof PyArray) && (numeric(a!) !== undefined || textOf(a!) !== undefined),
      ),
      native('finfo', 'dtype', ([dtype], inner) => finfo(dtype!, np, inner)),
      native('iinfo', 'dtype', ([dtype], inner) => iinfo(dtype!, np, inner)),
    ],
    missing('numpy', 'load', 'loadtxt', 'genfromtxt', 'fromfile', 'frombuffer', 'memmap'),
  ];
});

function info(members: Readonly<Record<string, Value>>, machine: Machine): Value {
  const instance = new PyInstance(nativeClass(machine, 'finfo', [], {}, { module: 'numpy' }));
  for (const [name, value] of Object.entries(members)) instance.set(name, value);
  return instance;
}

const floatLimits: Readonly<Record<string, { readonly eps: number; readonly max: number; readonly tiny: number }>> = {
  float16: { eps: 2 ** -10, max: 65504, tiny: 2 ** -14 },
  float32: { eps: 2 ** -23, max: 3.4028234663852886e38, tiny: 2 ** -126 },
  float64: { eps: Number.EPSILON, max: Number.MAX_VALUE, tiny: 2.2250738585072014e-308 },
};

function finfo(dtype: Value, np: Numpy, machine: Machine): Value {
  const type = typeOf(dtype, np);
  const limits = floatLimits[type ?? ''];
  if (type !== undefined && limits !== undefined) {
    const { eps, max, tiny } = limits;
    const of = (value: number) => scalar(np, value, type);
    return info({ eps: of(eps), max: of(max), min: of(-max), tiny: of(tiny), bits: bytesOf(type) * 8 }, machine);
  }
  return unsupported(machine, 'numpy.finfo()');
}

function iinfo(dtype: Value, np: Numpy, machine: Machine): Value {
  const type = typeOf(dtype, np);
  if (type === undefined || isFloat(type) || type === 'bool') return unsupported(machine, 'numpy.iinfo()');
  const bits = BigInt(bytesOf(type) * 8);
  const isUnsigned = type.startsWith('u');
  const whole = (value: bigint): Value => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
  return info(
    {
      min: isUnsigned ? 0 : whole(-(1n << (bits - 1n))),
      max: whole((1n << (isUnsigned ? bits : bits - 1n)) - 1n),
      bits: Number(bits),
    },
    machine,
  );
}

const draws = [
  'rand',
  'randn',
  'randint',
  'random',
  'uniform',
  'normal',
  'choice',
  'permutation',
  'random_sample',
  'standard_normal',
  'beta',
  'default_rng',
  'RandomState',
  'get_state',
];

export const numpyModules: Readonly<Record<string, Module>> = {
  'numpy.random': moduleOf('numpy.random', () => [
    quiet('seed', 'set_state', 'shuffle'),
    varying('numpy.random', ...draws),
  ]),
  'numpy.linalg': machine => {
    const module = unknownModule('numpy.linalg')(machine);
    const np = numpyOf(machine);
    const inv = nativeSteps('inv', 'a', function* ([a]) {
      const array = yield* arrayArgument(a!, np);
      return array instanceof Unknown ? array : inverse(array, np);
    });
    const norm = nativeSteps('norm', 'x, ord=None, axis=None, keepdims=False', function* ([x, ord, axis, keep], inner) {
      const array = yield* arrayArgument(x!, np);
      if (array instanceof Unknown) return array;
      // Of a vector, or of all elements; the norms of matrices are others.
      if (ord !== null && !(ord === 2 && (axis !== null || array.shape.length === 1)))
        return unsupported(inner, 'numpy.linalg.norm()');
      const squares = made(
        np,
        elements(array).map(value => value * value),
        array.shape,
        'float64',
      );
      const sums = yield* reduce('sum', squares, axis!, keep!, null, np);
      if (sums instanceof PyArray) return made(np, elements(sums).map(Math.sqrt), sums.shape, 'float64');
      const sum = numeric(sums);
      return sum === undefined ? sums : new PyFloat(Math.sqrt(Number(sum)));
    });
    module.dict.set('inv', inv);
    module.dict.set('norm', norm);
    return module;
  },
  'numpy.testing': unknownModule('numpy.testing'),
  'numpy.typing': moduleOf('numpy.typing', () => [
    {
      ArrayLike: new PyAlias('numpy.typing.ArrayLike', null, []),
      NDArray: new PyAlias('numpy.typing.NDArray', null, []),
      DTypeLike: new PyAlias('numpy.typing.DTypeLike', null, []),
    },
  ]),
};

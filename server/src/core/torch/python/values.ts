// Values of tensors as far as they are known: read through strides, computed when asked for, written in place.
import type { Shape } from '../../ops/op.ts';
import { roundAll } from './dtype.ts';
import { mostValues, Storage, Values } from './storage.ts';
import type { DType, PyTensor } from './tensor.ts';
import type { World } from './world.ts';

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Row by row. */
export function rowMajor(shape: Shape): readonly number[] {
  const strides: number[] = new Array(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= Math.max(shape[axis]!, 1);
  }
  return strides;
}

/** The strides of a tensor; undefined where they are not known. */
export function stridesOf({ shape, strides }: PyTensor): readonly number[] | undefined {
  if (!shape) return undefined;
  return strides === 'contiguous' ? rowMajor(shape) : strides;
}

/** Whether elements lie row by row; undefined where that is not known. */
export function isContiguous(tensor: PyTensor): boolean | undefined {
  if (tensor.strides === 'contiguous') return true;
  if (!tensor.strides || !tensor.shape) return undefined;
  const expected = rowMajor(tensor.shape);
  let known = true;
  for (let axis = 0; axis < expected.length; axis++) {
    if (tensor.shape[axis] === 1) continue;
    if (Number.isNaN(expected[axis]!) || Number.isNaN(tensor.strides[axis]!)) known = false;
    else if (expected[axis] !== tensor.strides[axis]) return tensor.shape.includes(0);
  }
  return known ? true : undefined;
}

/** Whether elements fill their memory without gaps, and none shares its place. */
export function isDense(shape: Shape, strides: readonly number[]): boolean {
  const axes = shape.map((_, axis) => axis).filter(axis => shape[axis]! !== 1);
  axes.sort((a, b) => strides[a]! - strides[b]!);
  let step = 1;
  for (const axis of axes) {
    if (strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

export function isKnown({ shape, storage, strides }: PyTensor): boolean {
  return storage?.values !== undefined && strides !== undefined && shape !== undefined && !shape.some(Number.isNaN);
}

/** How to read its present values, row by row, at any time later. Not to be written into. */
function reader(tensor: PyTensor): { readonly values: Values; readonly read: () => Float64Array } {
  const shape = tensor.shape!;
  const values = tensor.storage!.values!;
  const strides = stridesOf(tensor)!;
  const { offset } = tensor;
  const size = sizeOf(shape);
  const isWhole = offset === 0 && isContiguous(tensor) === true && size === values.size;
  return { values, read: () => (isWhole ? values.get() : gathered(values.get(), shape, strides, offset)) };
}

/** Elements along strides, row by row. */
export function gathered(values: Float64Array, shape: Shape, strides: readonly number[], offset: number): Float64Array {
  const result = new Float64Array(sizeOf(shape));
  const { length } = result;
  const last = shape.length - 1;
  if (last < 0) result[0] = values[offset]!;
  if (last < 0 || length === 0) return result;
  const [inner, step] = [shape[last]!, strides[last]!];
  const index = new Array<number>(last).fill(0);
  let from = offset;
  for (let at = 0; at < length; ) {
    let read = from;
    for (let left = inner; left > 0; left--) {
      result[at++] = values[read]!;
      read += step;
    }
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis]!++;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

export function forEachOffset(
  shape: Shape,
  strides: readonly number[],
  offset: number,
  visit: (offset: number, at: number) => void,
): void {
  const size = sizeOf(shape);
  if (size === 0) return;
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  let from = offset;
  for (let at = 0; at < size; at++) {
    visit(from, at);
    for (let axis = rank - 1; axis >= 0; axis--) {
      index[axis]!++;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** The values row by row; undefined where they are not known. Not to be written into. */
export function valuesOf(tensor: PyTensor): Float64Array | undefined {
  return isKnown(tensor) ? reader(tensor).read() : undefined;
}

/** The one value of a tensor with one element; undefined where it is not known. */
export function oneValue(tensor: PyTensor): number | undefined {
  if (!tensor.shape || sizeOf(tensor.shape) !== 1 || !isKnown(tensor)) return undefined;
  const value = tensor.storage!.values!.get()[tensor.offset]!;
  // A whole number that is not a number is one that is not known.
  return Number.isNaN(value) && !tensor.dtype.includes('float') ? undefined : value;
}

/** Values that are given row by row, as they lie in memory without gaps. */
function scattered(values: Float64Array, shape: Shape, strides: readonly number[]): Float64Array {
  const result = new Float64Array(values.length);
  const row = rowMajor(shape);
  for (let at = 0; at < values.length; at++) {
    let place = 0;
    for (let axis = 0; axis < shape.length; axis++)
      place += (Math.floor(at / row[axis]!) % shape[axis]!) * strides[axis]!;
    result[place] = values[at]!;
  }
  return result;
}

/**
 * Gives a tensor values that are computed from those of others when somebody asks for them; does nothing where those are
 * not known or too many. Those that are computed are row by row; they lie in memory as the strides of the result say. Equal
 * values are computed once where `key` says all that `how` depends on but the inputs.
 */
export function compute(
  result: PyTensor,
  inputs: readonly PyTensor[],
  how: (...inputs: Float64Array[]) => Float64Array,
  key?: string,
): PyTensor {
  const { shape, dtype } = result;
  if (!shape || shape.some(Number.isNaN) || !inputs.every(isKnown) || dtype.startsWith('complex')) return result;
  const size = sizeOf(shape);
  if (size > mostValues) return result;
  const readers = inputs.map(reader);
  const order = Array.isArray(result.strides) && isDense(shape, result.strides) ? result.strides : undefined;
  const make = (): Values =>
    new Values(
      size,
      () => {
        const rows = roundAll(how(...readers.map(({ read }) => read())), dtype);
        return order ? scattered(rows, shape, order) : rows;
      },
      readers.map(({ values }) => values),
    );
  const first = readers[0]?.values;
  const values =
    first && key !== undefined
      ? first.derived([key, dtype, shape, order ?? 'rows', ...inputs.map(placeOf)].join(' '), make)
      : make();
  result.storage = new Storage(values);
  result.strides = order ?? 'contiguous';
  result.offset = 0;
  return result;
}

/** Which values a tensor has, and how it reads them. */
function placeOf({ storage, offset, shape, strides, dtype }: PyTensor): string {
  return `${storage!.values!.id}+${offset}:${shape}:${strides}:${dtype}`;
}

const numbers = new WeakMap<object, number>();
let numbered = 0;

/** A number for a function, so that it can be part of a key. */
export function numberOf(how: object): number {
  let number = numbers.get(how);
  if (number === undefined) {
    number = numbered++;
    numbers.set(how, number);
  }
  return number;
}

/** The same memory under other sizes and strides: `result` becomes a view of `base`. */
export function share(result: PyTensor, base: PyTensor, strides: PyTensor['strides'], offset = base.offset): PyTensor {
  base.storage ??= new Storage();
  result.storage = base.storage;
  result.strides = strides;
  result.offset = offset;
  result.version = base.storage.version;
  return result;
}

/** Indices of an input's elements for each element of the result that it is broadcast to. */
export function broadcastRead(values: Float64Array, from: Shape, to: Shape): Float64Array {
  if (from.length === to.length && from.every((length, axis) => length === to[axis])) return values;
  const own = rowMajor(from);
  const strides = to.map((_, axis) => {
    const at = axis - to.length + from.length;
    return at < 0 || from[at] === 1 ? 0 : own[at]!;
  });
  return gathered(values, to, strides, 0);
}

/**
 * Writes what is known of `source` (of the same shape, or one that is broadcast to it) into the memory of `target`, whose
 * views see it; forgets the values where they are not known.
 */
export function overwrite(target: PyTensor, source: PyTensor): void {
  const storage = target.storage;
  const before = storage?.values;
  if (!storage) {
    if (isKnown(source) && target.strides === 'contiguous' && target.offset === 0) {
      const shape = target.shape!;
      const from = reader(source);
      const own = source.shape!;
      const size = sizeOf(shape);
      if (size > mostValues) return;
      const { dtype } = target;
      const compute = (): Float64Array => roundAll(Float64Array.from(broadcastRead(from.read(), own, shape)), dtype);
      target.storage = new Storage(new Values(size, compute, [from.values]));
    }
    return;
  }
  storage.version++;
  const strides = stridesOf(target);
  const { shape, offset, dtype } = target;
  if (!shape || !strides || !isKnown(source)) {
    storage.values = undefined;
    return;
  }
  const from = reader(source);
  const own = source.shape!;
  const size = sizeOf(shape);
  const isWhole = before !== undefined && offset === 0 && size === before.size && isContiguous(target) === true;
  if (!before && !isWhole) return;
  const write = (values: Float64Array): Float64Array => {
    const added = broadcastRead(from.read(), own, shape);
    const copy = roundAll(Float64Array.from(added), dtype);
    forEachOffset(shape, strides, offset, (to, at) => {
      values[to] = copy[at]!;
    });
    return values;
  };
  if (before!.isComputed && !before!.isRead && before !== from.values) {
    before!.forget?.();
    write(before!.get());
  } else {
    const key = ['write', dtype, shape, strides, offset, placeOf(source)].join(' ');
    const make = (): Values =>
      new Values(before!.size, () => write(Float64Array.from(before!.get())), [before!, from.values]);
    storage.values = before!.derived(key, make);
  }
}

/** A tensor with one value and no axes. */
export function scalar(world: World, value: number, dtype: DType): PyTensor {
  return world.known([], Float64Array.of(value), dtype);
}

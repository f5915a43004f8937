// `array[…]` and `array[…] = …`.

import { indexOf } from '../../builtins/conversions.ts';
import { sliceBounds } from '../../builtins/range.ts';
import type { Machine } from '../../machine.ts';
import { PyEllipsis, PyList, PySlice, PyTuple, type Steps, Unknown, type Value } from '../../objects.ts';
import { arrayOf, broadcast, cast, elements, expanded, made, type Numpy, PyArray, places, result } from './array.ts';

/** The part of an array that ints, slices, `None` and `...` select: a view. Undefined where arrays are among the indices. */
function* basic(array: PyArray, indices: readonly Value[], machine: Machine): Steps<PyArray | Unknown | undefined> {
  const given = indices.filter(index => index !== null && !(index instanceof PyEllipsis)).length;
  if (given > array.shape.length) {
    throw machine.raise(
      'IndexError',
      `too many indices for array: array is ${array.shape.length}-dimensional, but ${given} were indexed`,
    );
  }
  const shape: number[] = [];
  const strides: number[] = [];
  let [offset, axis] = [array.offset, 0];
  const keep = (count: number): void => {
    for (let at = 0; at < count; at++, axis++) {
      shape.push(array.shape[axis]!);
      strides.push(array.strides[axis]!);
    }
  };
  for (const index of indices) {
    if (index instanceof Unknown) return index;
    if (index === null) {
      shape.push(1);
      strides.push(0);
    } else if (index instanceof PyEllipsis) keep(array.shape.length - given);
    else if (index instanceof PySlice) {
      const bounds = yield* sliceBounds(index, array.shape[axis]!, machine);
      if (bounds instanceof Unknown) return bounds;
      const [start, stop, step] = bounds;
      shape.push(Math.max(0, Math.ceil((stop - start) / step)));
      strides.push(array.strides[axis]! * step);
      offset += array.strides[axis]! * start;
      axis++;
    } else {
      if (typeof index === 'boolean' || index instanceof PyArray || index instanceof PyList) return undefined;
      const whole = yield* indexOf(index, machine);
      if (whole instanceof Unknown) return whole;
      if (whole === undefined) {
        throw machine.raise(
          'IndexError',
          'only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices',
        );
      }
      const length = array.shape[axis]!;
      const at = Number(whole) < 0 ? Number(whole) + length : Number(whole);
      if (at < 0 || at >= length) {
        throw machine.raise('IndexError', `index ${whole} is out of bounds for axis ${axis} with size ${length}`);
      }
      offset += array.strides[axis]! * at;
      axis++;
    }
  }
  keep(array.shape.length - axis);
  return new PyArray(array.cls, array.storage, shape, array.type, strides, offset);
}

function listed(index: Value): readonly Value[] {
  return index instanceof PyTuple ? index.items : [index];
}

/** Places in the storage, and their shape, that one array of ints or bools selects along the first axes. */
function advanced(
  array: PyArray,
  index: PyArray,
  machine: Machine,
): { readonly at: number[]; readonly shape: number[] } {
  const rest = array.shape.slice(index.type === 'bool' ? index.shape.length : 1);
  const inner = places(
    new PyArray(array.cls, array.storage, rest, array.type, array.strides.slice(array.shape.length - rest.length), 0),
  );
  const at: number[] = [];
  if (index.type === 'bool') {
    if (index.shape.some((length, axis) => length !== array.shape[axis])) {
      throw machine.raise('IndexError', 'boolean index did not match indexed array along dimension 0');
    }
    const heads = places(
      new PyArray(
        array.cls,
        array.storage,
        index.shape,
        array.type,
        array.strides.slice(0, index.shape.length),
        array.offset,
      ),
    );
    let count = 0;
    for (const [row, value] of elements(index).entries()) {
      if (value === 0) continue;
      count++;
      for (const place of inner) at.push(heads[row]! + place);
    }
    return { at, shape: [count, ...rest] };
  }
  for (const value of elements(index)) {
    const row = value < 0 ? value + array.shape[0]! : value;
    if (row < 0 || row >= array.shape[0]!) {
      throw machine.raise('IndexError', `index ${value} is out of bounds for axis 0 with size ${array.shape[0]}`);
    }
    for (const place of inner) at.push(array.offset + row * array.strides[0]! + place);
  }
  return { at, shape: [...index.shape, ...rest] };
}

function indexArray(index: Value, numpy: Numpy): PyArray | Unknown | undefined {
  if (index instanceof PyList || index instanceof PyArray) return arrayOf(index, numpy);
  return undefined;
}

export function* getItem(array: PyArray, index: Value, numpy: Numpy): Steps {
  const { machine } = numpy;
  const indices = listed(index);
  const view = yield* basic(array, indices, machine);
  if (view !== undefined) return view instanceof Unknown ? view : result(numpy, view);
  const by = indices.length === 1 ? indexArray(indices[0]!, numpy) : undefined;
  if (by === undefined) return machine.unknown('numpy: several arrays as indices');
  if (by instanceof Unknown) return by;
  if (by.type.startsWith('float'))
    throw machine.raise('IndexError', 'arrays used as indices must be of integer (or boolean) type');
  const { at, shape } = advanced(array, by, machine);
  return made(
    numpy,
    Float64Array.from(at, place => array.storage[place]!),
    shape,
    array.type,
  );
}

/** Writes into the array; what cannot be known makes all of its elements unknown, which is told by the Unknown it gives. */
export function* setItem(array: PyArray, index: Value, value: Value, numpy: Numpy): Steps<Unknown | undefined> {
  const { machine } = numpy;
  const indices = listed(index);
  const from = arrayOf(value, numpy);
  if (from instanceof Unknown) return from;
  const view = yield* basic(array, indices, machine);
  if (view instanceof Unknown) return view;
  let at: ArrayLike<number>;
  let shape: readonly number[];
  if (view !== undefined) [at, shape] = [places(view), view.shape];
  else {
    const by = indices.length === 1 ? indexArray(indices[0]!, numpy) : undefined;
    if (by === undefined) return machine.unknown('numpy: several arrays as indices');
    if (by instanceof Unknown) return by;
    ({ at, shape } = advanced(array, by, machine));
  }
  const target = broadcast(shape, from.shape);
  if (target === undefined || target.length !== shape.length || target.some((length, axis) => length !== shape[axis])) {
    throw machine.raise(
      'ValueError',
      `could not broadcast input array from shape (${from.shape.join(',')}) into shape (${shape.join(',')})`,
    );
  }
  const values = elements(expanded(from, shape));
  for (let each = 0; each < at.length; each++) array.storage[at[each]!] = cast(values[each]!, array.type);
  return undefined;
}

// Pools over 1 to 3 spatial dimensions.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import type { Shape } from '../../../../ops/op.ts';
import { extent } from '../../../../ops/rules/window.ts';
import { elements, PyArray } from '../../../../python/library/numpy/array.ts';
import { PyFloat, PyList, plain, type Value } from '../../../../python/objects.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, applyKnown, batched, type Caller, looseShape, refuse, unknownResult } from '../apply.ts';
import { factorsOf, flag, listOf, numberOf, sizesOf, tupleOf, unknownIn } from '../natives.ts';
import type { NN } from '../state.ts';
import { moving, withIndices } from './data.ts';

export type Rank = 1 | 2 | 3;

export interface Pool {
  readonly kernel: Value;
  /** None is the window's size. */
  readonly stride: Value;
  readonly padding: Value;
  readonly ceil: Value;
}

/** An empty list is no stride, as None is. */
function strideOf(stride: Value, kernel: Value): Value {
  return stride === null || (stride instanceof PyList && stride.items.length === 0) ? kernel : stride;
}

function windowOf(nn: NN, { kernel, stride, padding, ceil }: Pool, rank: Rank) {
  return {
    kernel: sizesOf(kernel, rank, 'kernel_size', nn.machine),
    stride: sizesOf(strideOf(stride, kernel), rank, 'stride', nn.machine),
    padding: sizesOf(padding, rank, 'padding', nn.machine),
    rounding: flag(ceil) ? ('ceil' as const) : ('floor' as const),
  };
}

/** torch pads pools by half a window at most. */
function overpadded(nn: NN, x: PyTensor, kernel: readonly number[], padding: readonly number[]): PyTensor | undefined {
  if (padding.every((border, axis) => !(border > kernel[axis]! / 2))) return undefined;
  const message = l10n.t(
    'Padding ({0}) must be at most half the pooling window ({1}).',
    padding.join('×'),
    kernel.join('×'),
  );
  const output = x.shape && [...x.shape.slice(0, 2), ...padding.map(() => Number.NaN)];
  return refuse(nn, { code: 'padding-over-half-window', attr: 'padding', message }, [x], output);
}

/** With the indices of the maxima, where they are asked for. */
export function maxPool(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  rank: Rank,
  pool: Pool & { readonly dilation: Value; readonly indices: Value },
): Value {
  const { x, undo } = batched(nn, caller, input, rank + 2);
  const dilation = sizesOf(pool.dilation, rank, 'dilation', nn.machine);
  const attrs = { ...windowOf(nn, pool, rank), dilation };
  const why = unknownIn(pool.kernel, pool.stride, pool.padding, pool.dilation, pool.ceil);
  const wrong = overpadded(
    nn,
    x,
    attrs.kernel.map((size, axis) => extent(size, dilation[axis])),
    attrs.padding,
  );
  if (!flag(pool.indices)) return undo(wrong ?? applyKnown(nn, caller, ops.maxPool, attrs, [x], why));
  if (wrong || why) {
    const y = wrong ?? unknownResult(nn, why!, [x], looseShape(ops.maxPool, attrs, [x]));
    return tupleOf([undo(y), undo(nn.world.tensor(y.shape, 'int64', y.why))]);
  }
  const options = caller.isFunction ? { functional: true } : {};
  const both = nn.world.applyAll(withIndices(ops.maxPool), attrs, [x], options);
  const indices = both[1] ?? nn.world.tensor(both[0]!.shape, 'int64', both[0]!.why);
  indices.dtype = 'int64';
  return tupleOf([undo(both[0]!), undo(indices)]);
}

export function avgPool(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  rank: Rank,
  pool: Pool & { readonly includePadding: Value },
): PyTensor {
  const { x, undo } = batched(nn, caller, input, rank + 2);
  const attrs = { ...windowOf(nn, pool, rank), includePadding: flag(pool.includePadding, true) };
  const why = unknownIn(pool.kernel, pool.stride, pool.padding, pool.ceil);
  return undo(overpadded(nn, x, attrs.kernel, attrs.padding) ?? applyKnown(nn, caller, ops.avgPool, attrs, [x], why));
}

/** F.lp_pool2d: powers, an average pool, and the root of its sign, size and window. */
export function lpPool(nn: NN, caller: Caller, input: PyTensor, rank: Rank, pool: Omit<Pool, 'padding'>): PyTensor {
  const powers = apply(nn, caller, ops.unary, { how: 'pow' }, [input]);
  const inner = { name: caller.name, isFunction: true };
  const averages = avgPool(nn, inner, powers, rank, { ...pool, padding: 0, includePadding: true });
  return apply(nn, caller, ops.unary, { how: 'pow' }, [averages]);
}

/** The output sizes of an adaptive pool: None keeps the input's. */
function adaptiveSizes(nn: NN, x: PyTensor, rank: Rank, wanted: Value): readonly number[] {
  if (wanted === null) throw nn.machine.raise('TypeError', "object of type 'NoneType' has no len()");
  const list =
    (wanted instanceof PyArray && wanted.shape.length === 1 ? [...elements(wanted)] : listOf(wanted)) ??
    Array.from({ length: rank }, () => wanted);
  if (list.length !== rank) {
    throw nn.machine.raise('ValueError', `output_size must have ${rank} elements, not ${list.length}`);
  }
  if (wanted === null) throw nn.machine.raise('TypeError', "object of type 'NoneType' has no len()");
  return list.map((item, axis) => {
    if (item === null) return x.shape?.[axis + 2] ?? Number.NaN;
    const size = numberOf(item);
    const isWhole = typeof plain(item) !== 'boolean' && !(plain(item) instanceof PyFloat);
    if (size === undefined || !isWhole) throw nn.machine.raise('TypeError', 'output_size must be a tuple of ints');
    if (size < 0 || size >= 2 ** 62)
      throw nn.machine.raise('RuntimeError', `elements of output_size must be greater than or equal to 0, not ${size}`);
    return size;
  });
}

export function adaptivePool(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  rank: Rank,
  how: 'average' | 'max',
  wanted: Value,
  indices: Value = false,
): Value {
  const { x, undo } = batched(nn, caller, input, rank + 2);
  const size = adaptiveSizes(nn, x, rank, wanted);
  const why = unknownIn(wanted);
  const op = how === 'max' ? ops.adaptiveMaxPool : ops.adaptiveAvgPool;
  if (!flag(indices)) return undo(applyKnown(nn, caller, op, { size }, [x], why));
  if (why) {
    const y = unknownResult(nn, why, [x], looseShape(op, { size }, [x]));
    return tupleOf([undo(y), undo(nn.world.tensor(y.shape, 'int64', y.why))]);
  }
  const both = nn.world.applyAll(withIndices(op), { size }, [x], caller.isFunction ? { functional: true } : {});
  const places = both[1] ?? nn.world.tensor(both[0]!.shape, 'int64', both[0]!.why);
  places.dtype = 'int64';
  return tupleOf([undo(both[0]!), undo(places)]);
}

/** Puts values back where a pool found them. */
export function maxUnpool(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  indices: PyTensor,
  rank: Rank,
  pool: Omit<Pool, 'ceil'>,
  wanted: Value,
): PyTensor {
  const { x, undo } = batched(nn, caller, input, rank + 2);
  const { kernel, stride, padding } = windowOf(nn, { ...pool, ceil: false }, rank);
  const why = unknownIn(pool.kernel, pool.stride, pool.padding, wanted);
  if (why) return undo(unknownResult(nn, why, [x, indices]));
  const given = wanted === null ? undefined : listOf(wanted)?.map(item => numberOf(item) ?? Number.NaN);
  const sizes = given
    ? given.slice(-rank)
    : kernel.map((taps, axis) => ((x.shape?.[axis + 2] ?? Number.NaN) - 1) * stride[axis]! - 2 * padding[axis]! + taps);
  const shape: Shape = [...(x.shape?.slice(0, 2) ?? [Number.NaN, Number.NaN]), ...sizes];
  return undo(apply(nn, caller, moving('maxUnpool', 'resample'), { shape }, [x, indices]));
}

export function fractionalMaxPool(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  rank: 2 | 3,
  { size, ratio, indices }: { readonly size: Value; readonly ratio: Value; readonly indices: Value },
): Value {
  const { x, undo } = batched(nn, caller, input, rank + 2);
  const why = unknownIn(size, ratio);
  if (why) return undo(unknownResult(nn, why, [x]));
  if (size === null && ratio === null) {
    throw nn.machine.raise(
      'ValueError',
      'FractionalMaxPool requires specifying either an output size, or a pooling ratio',
    );
  }
  const sizes =
    size === null
      ? factorsOf(ratio, rank, 'output_ratio', nn.machine).map((factor, axis) =>
          Math.floor((x.shape?.[axis + 2] ?? Number.NaN) * factor),
        )
      : sizesOf(size, rank, 'output_size', nn.machine);
  const shape = [...(x.shape?.slice(0, 2) ?? [Number.NaN, Number.NaN]), ...sizes];
  const y = undo(apply(nn, caller, moving('fractionalMaxPool', 'pool'), { shape }, [x]));
  if (!flag(indices)) return y;
  return tupleOf([y, undo(apply(nn, caller, moving('fractionalMaxPool', 'pool'), { shape }, [x], { dtype: 'int64' }))]);
}

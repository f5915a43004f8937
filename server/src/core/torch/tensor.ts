// Functions of torch and methods of tensors, over the builder.
import type { Tensor } from '../graph/graph.ts';
import * as ops from '../ops/index.ts';
import type { Scope } from './layer.ts';

export function cat(scope: Scope, list: readonly Tensor[], axis = 1): Tensor {
  return scope.builder.add(ops.concat, { axis }, list);
}

/** The sum of tensors, with broadcasting. */
export function plus(scope: Scope, ...list: readonly Tensor[]): Tensor {
  return scope.builder.add(ops.add, {}, list);
}

export function times(scope: Scope, ...list: readonly Tensor[]): Tensor {
  return scope.builder.add(ops.mul, {}, list);
}

/** x.chunk(2, 1). */
export function halves(scope: Scope, x: Tensor): readonly [Tensor, Tensor] {
  const [a, b] = scope.builder.addAll(ops.chunk, { axis: 1, chunks: 2 }, x);
  return [a!, b ?? a!];
}

export function split(scope: Scope, x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  const parts = scope.builder.addAll(ops.split, { axis, sizes }, x);
  // A failed split outputs one unknown tensor: it stands for all of them.
  return sizes.map((_, index) => parts[index] ?? parts[0]!);
}

/** x[start:end:step] along an axis. */
export function slice(
  scope: Scope,
  x: Tensor,
  axis: number,
  start: number,
  end = Number.POSITIVE_INFINITY,
  step = 1,
): Tensor {
  return scope.builder.add(ops.slice, { axis, start, end, step }, x);
}

export function reshape(scope: Scope, x: Tensor, shape: readonly number[]): Tensor {
  return scope.builder.add(ops.reshape, { shape }, x);
}

export function permute(scope: Scope, x: Tensor, ...order: readonly number[]): Tensor {
  return scope.builder.add(ops.permute, { order }, x);
}

export function flatten(scope: Scope, x: Tensor, start = 1, end = -1): Tensor {
  return scope.builder.add(ops.flatten, { start, end }, x);
}

/** a @ b over leading dimensions; either may be transposed. */
export function matmul(scope: Scope, a: Tensor, b: Tensor, transpose: { a?: boolean; b?: boolean } = {}): Tensor {
  return scope.builder.add(ops.matmul, { transposeA: transpose.a ?? false, transposeB: transpose.b ?? false }, [a, b]);
}

/** A function call on a tensor, as in `x.softmax(1)`: counters that hook modules do not see it. */
export function softmax(scope: Scope, x: Tensor, axis: number): Tensor {
  return scope.builder.add(ops.softmax, { axis }, x, { functional: true });
}

export function sigmoid(scope: Scope, x: Tensor): Tensor {
  return scope.builder.add(ops.sigmoid, {}, x, { functional: true });
}

/** A learned tensor: nn.Parameter. */
export function learned(
  scope: Scope,
  shape: readonly number[],
  role: 'weights' | 'biases' | 'normAffine' = 'weights',
): Tensor {
  return scope.builder.add(ops.parameter, { shape, role }, []);
}

/** The tensor's sizes; NaN where unknown. */
export function sizesOf(x: Tensor, rank = 4): readonly number[] {
  return x.shape ?? Array.from({ length: rank }, (_, axis) => (axis === 0 ? 1 : Number.NaN));
}

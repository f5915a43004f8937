// Losses and distances: no network's forward pass is priced for them, but some call them.
import * as ops from '../../../../ops/index.ts';
import { broadcast } from '../../../../ops/rules/shape.ts';
import type { Value } from '../../../../python/objects.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, type Caller } from '../apply.ts';
import { flag, numberOf } from '../natives.ts';
import type { NN } from '../state.ts';
import { moving } from './data.ts';

/** A loss: one number, unless `reduction` is none. */
export function loss(nn: NN, caller: Caller, inputs: readonly PyTensor[], reduction: Value, byClass = false): PyTensor {
  if (reduction === 'none' || reduction === null) {
    const shapes = inputs.flatMap(({ shape }) => (shape ? [shape] : []));
    // A loss over classes has none in its result: [N, C, …] → [N, …].
    const shape = byClass ? shapes[0]?.filter((_, axis) => axis !== 1) : broadcast(shapes);
    return apply(nn, caller, moving('loss', 'pool'), { shape: shape ?? [] }, inputs);
  }
  return apply(nn, caller, ops.loss, {}, inputs);
}

/** F.cosine_similarity, F.pairwise_distance: along one axis of two inputs that are broadcast. */
export function along(nn: NN, caller: Caller, a: PyTensor, b: PyTensor, dim: Value, keeps: Value = false): PyTensor {
  const both = a.shape && b.shape ? broadcast([a.shape, b.shape]) : undefined;
  if (!both) return apply(nn, caller, ops.mul, {}, [a, b]);
  const axis = numberOf(dim) ?? 1;
  const products = apply(nn, caller, ops.mul, {}, [a, b]);
  const at = axis < 0 ? both.length + axis : axis;
  const rest = flag(keeps)
    ? both.map((length, each) => (each === at ? 1 : length))
    : both.filter((_, each) => each !== at);
  return apply(nn, caller, moving('reduce', 'pool'), { shape: rest }, [products]);
}

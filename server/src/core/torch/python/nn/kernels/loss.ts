// Losses and distances: no network's forward pass is priced for them, but some call them.
import * as ops from '../../../../ops/index.ts';
import { broadcast } from '../../../../ops/rules/shape.ts';
import type { Value } from '../../../../python/objects.ts';
import { isWhole } from '../../dtype.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, type Caller, shown } from '../apply.ts';
import { flag, numberOf } from '../natives.ts';
import type { NN } from '../state.ts';
import { moving } from './data.ts';

/** How the sizes of a prediction and its target go together. */
export type LossSizes = 'equal' | 'broadcast' | 'classes' | undefined;

/** What PyTorch refuses of a prediction and its target; nothing where a size is not known. */
function refused(nn: NN, [x, target]: readonly PyTensor[], sizes: LossSizes, caller: Caller): void {
  const isProbable = !/nll/i.test(caller.name);
  const fail = (type: string, message: string): never => {
    throw nn.machine.raise(type, message);
  };
  if (!x || !target || !sizes) return;
  if (sizes !== 'classes' && [x, target].every(({ dtype, hasType }) => hasType && isWhole(dtype))) {
    fail('RuntimeError', `the loss is not implemented for '${x.dtype}'`);
  }
  if (sizes === 'classes' && x.hasType && isWhole(x.dtype))
    fail('RuntimeError', `"log_softmax" not implemented for '${x.dtype}'`);
  if (
    sizes === 'equal' &&
    !/logits/i.test(caller.name) &&
    [x, target].every(({ hasType }) => hasType) &&
    isWhole(target.dtype)
  )
    fail('RuntimeError', `Found dtype ${target.dtype} but expected ${x.dtype}`);
  const [a, b] = [x.shape, target.shape];
  if (!a || !b || [...a, ...b].some(Number.isNaN)) return;
  const isEqual = a.length === b.length && a.every((length, axis) => length === b[axis]);
  if (sizes === 'equal' && !isEqual) {
    fail('ValueError', `Target size (${shown(b)}) must be the same as input size (${shown(a)})`);
  }
  if (sizes === 'broadcast' && !broadcast([a, b])) {
    fail('RuntimeError', `The size of the input (${shown(a)}) must match the size of the target (${shown(b)})`);
  }
  if (sizes !== 'classes' || a.length === 0) return;
  if (isEqual && a.length > 1) {
    // Of equal sizes, a target has the probability of each class.
    if (isProbable && target.hasType && isWhole(target.dtype))
      fail('RuntimeError', `Expected floating point type for target with class probabilities, got ${target.dtype}`);
    if (!isProbable) fail('RuntimeError', 'the target has one class for each sample, and no others');
    return;
  }
  if (isEqual) return;
  const wanted = a.filter((_, axis) => axis !== Math.min(1, a.length - 1));
  if (wanted.length !== b.length || wanted.some((length, axis) => length !== b[axis])) {
    fail('ValueError', `Expected target size ${shown(wanted)}, got ${shown(b)}`);
  }
  if (target.hasType && !isWhole(target.dtype)) {
    fail('RuntimeError', `expected scalar type int64 of the target, but found ${target.dtype}`);
  }
}

/** A loss: one number, unless `reduction` is none. */
export function loss(
  nn: NN,
  caller: Caller,
  inputs: readonly PyTensor[],
  reduction: Value,
  sizes?: LossSizes,
): PyTensor {
  refused(nn, inputs, sizes, caller);
  const byClass = sizes === 'classes';
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
  if ([a, b].every(({ dtype, hasType }) => hasType && isWhole(dtype)) && /cosine/i.test(caller.name))
    throw nn.machine.raise('RuntimeError', 'expected common dtype to be floating point');
  const axis = numberOf(dim) ?? 1;
  if (axis >= both.length || axis < -both.length)
    throw nn.machine.raise(
      'IndexError',
      `Dimension out of range (expected to be in range of [${-both.length}, ${both.length - 1}], but got ${axis})`,
    );
  const products = apply(nn, caller, ops.mul, {}, [a, b]);
  const at = axis < 0 ? both.length + axis : axis;
  const rest = flag(keeps)
    ? both.map((length, each) => (each === at ? 1 : length))
    : both.filter((_, each) => each !== at);
  return apply(nn, caller, moving('reduce', 'pool'), { shape: rest }, [products]);
}

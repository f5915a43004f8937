// How the result of an operator lies in memory, as far as PyTorch keeps it the same over its versions and processors.
import * as ops from '../../ops/index.ts';
import type { AnyOp, Shape } from '../../ops/op.ts';
import type { PyTensor, Strides } from './tensor.ts';
import { isContiguous, isDense, stridesOf } from './values.ts';

/** Computed by a TensorIterator, which keeps the order of its inputs. */
const elementwise: ReadonlySet<AnyOp> = new Set<AnyOp>([
  ops.unary,
  ops.combine,
  ops.compare,
  ops.where,
  ops.add,
  ops.sub,
  ops.mul,
  ops.div,
  ops.maximum,
  ops.relu,
  ops.relu6,
  ops.leakyRelu,
  ops.elu,
  ops.selu,
  ops.celu,
  ops.softplus,
  ops.silu,
  ops.gelu,
  ops.sigmoid,
  ops.tanh,
  ops.hardSwish,
  ops.hardSigmoid,
  ops.hardTanh,
  ops.mish,
  ops.softsign,
]);

/** Row by row, whatever its inputs are. */
const rowByRow: ReadonlySet<AnyOp> = new Set<AnyOp>([
  ops.softmax,
  ops.logSoftmax,
  ops.layerNorm,
  ops.linear,
  ops.embedding,
  ops.indexSelect,
]);

/** Row by row, unless the channels of their input lie last. */
const byMemoryFormat: ReadonlySet<AnyOp> = new Set<AnyOp>([
  ops.conv,
  ops.maxPool,
  ops.avgPool,
  ops.adaptiveAvgPool,
  ops.adaptiveMaxPool,
  ops.batchNorm,
  ops.groupNorm,
  ops.upsample,
  ops.pixelShuffle,
]);

/** The strides of what `op` makes of `inputs`; undefined where they are not certain. */
export function stridesAfter(op: AnyOp, attrs: object, inputs: readonly PyTensor[], shape: Shape): Strides {
  const isPlain = inputs.every(({ strides }) => strides === 'contiguous');
  if (isPlain || rowByRow.has(op)) return 'contiguous';
  if (op === ops.identity || op === ops.dropout) return inputs[0]!.strides;
  if (elementwise.has(op) || (op === ops.rearrange && isKept(attrs))) return elementwiseStrides(inputs, shape);
  // Several tensors have channels last together only if all of them have (compute_output_memory_format).
  if (op === ops.concat && inputs.some(input => isChannelsLast(input) === false)) return 'contiguous';
  if (byMemoryFormat.has(op)) return isChannelsLast(inputs[0]!) === false ? 'contiguous' : undefined;
  return undefined;
}

function isKept(attrs: object): boolean {
  const { how } = attrs as ops.Rearrange;
  return how === 'copy' || how === 'cast' || how === 'flip';
}

/** Whether PyTorch suggests the memory format of channels that lie last (is_channels_last_strides_2d, _3d). */
function isChannelsLast({ shape, strides }: PyTensor): boolean | undefined {
  if (!shape) return undefined;
  if (strides === 'contiguous' || (shape.length !== 4 && shape.length !== 5)) return false;
  if (!strides || [...shape, ...strides].some(Number.isNaN)) return undefined;
  let least = 0;
  for (const axis of [1, ...shape.map((_, each) => shape.length - 1 - each).slice(0, -2), 0]) {
    if (shape[axis] === 0 || strides[axis]! < least) return false;
    if (axis === 0 && least === strides[1]) return false;
    least = strides[axis]! * Math.max(shape[axis]!, 1);
  }
  return true;
}

/**
 * The strides that a TensorIterator gives a result of `shape` (TensorIterator.cpp: compute_fast_setup_type,
 * reorder_dimensions, allocate_or_resize_outputs).
 */
export function elementwiseStrides(inputs: readonly PyTensor[], shape: Shape): Strides {
  if (inputs.every(({ strides }) => strides === 'contiguous')) return 'contiguous';
  if (shape.some(Number.isNaN)) return undefined;
  const own: (readonly number[])[] = [];
  for (const input of inputs) {
    const strides = stridesOf(input);
    if (!strides || input.shape!.length > shape.length || strides.some(Number.isNaN)) return undefined;
    own.push(strides);
  }
  const [first] = own;
  const isSame = inputs.every(
    input => input.shape!.length === shape.length && input.shape!.every((length, axis) => length === shape[axis]),
  );
  if (isSame) {
    if (inputs.every(input => isContiguous(input) === true)) return 'contiguous';
    const isEqual = own.every(strides => strides.every((step, axis) => step === first![axis]));
    if (isEqual && isDense(shape, first!)) return first!;
  }
  const spread = own.map((strides, at) => {
    const from = inputs[at]!.shape!;
    const added = shape.length - from.length;
    return shape.map((length, axis) => {
      const each = axis - added;
      return each < 0 || (from[each] === 1 && length !== 1) ? 0 : strides[each]!;
    });
  });
  const order = fastestFirst(shape, spread);
  if (order.every((axis, at) => axis === shape.length - 1 - at)) return 'contiguous';
  const result = new Array<number>(shape.length);
  let step = 1;
  for (const axis of order) {
    result[axis] = step;
    step *= shape[axis]!;
  }
  return result;
}

/** Axes from the one whose elements lie closest together, by the first input that tells. */
function fastestFirst(shape: Shape, strides: readonly (readonly number[])[]): readonly number[] {
  const comparison = (inner: number, outer: number): number => {
    for (const own of strides) {
      const [a, b] = [own[inner]!, own[outer]!];
      if (a === 0 || b === 0) continue;
      if (a !== b) return a < b ? -1 : 1;
      if (shape[inner]! > shape[outer]!) return 1;
    }
    return 0;
  };
  const order = shape.map((_, axis) => shape.length - 1 - axis);
  for (let at = 1; at < order.length; at++) {
    let outer = at;
    for (let inner = at - 1; inner >= 0; inner--) {
      const sign = comparison(order[inner]!, order[outer]!);
      if (sign < 0) break;
      if (sign > 0) {
        [order[inner], order[outer]] = [order[outer]!, order[inner]!];
        outer = inner;
      }
    }
  }
  return order;
}

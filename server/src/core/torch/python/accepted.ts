// Which types of elements an operator works on, as PyTorch's kernels have them on the CPU.
import * as ops from '../../ops/index.ts';
import type { AnyOp } from '../../ops/op.ts';
import { fractionType, isComplex, isWhole } from './dtype.ts';
import type { DType, PyTensor } from './tensor.ts';

/** Of fractions alone. */
const fractions: ReadonlySet<AnyOp> = new Set<AnyOp>([
  ops.softmax,
  ops.logSoftmax,
  ops.gelu,
  ops.silu,
  ops.leakyRelu,
  ops.prelu,
  ops.elu,
  ops.selu,
  ops.celu,
  ops.hardSwish,
  ops.hardSigmoid,
  ops.mish,
  ops.softplus,
  ops.logSigmoid,
  ops.layerNorm,
  ops.groupNorm,
  ops.instanceNorm,
  ops.batchNorm,
  ops.l2Norm,
]);

/** Of anything but booleans. */
const numbers: ReadonlySet<AnyOp> = new Set<AnyOp>([
  ops.relu,
  ops.relu6,
  ops.hardTanh,
  ops.softsign,
  ops.avgPool,
  ops.maxPool,
  ops.adaptiveAvgPool,
  ops.adaptiveMaxPool,
  ops.matmul,
  ops.einsum,
]);

/** They make fractions of whole numbers. */
const toFractions: ReadonlySet<AnyOp> = new Set<AnyOp>([ops.sigmoid, ops.tanh, ops.softsign]);

/** The type of the result where the caller does not say it. */
export function typeAfter(op: AnyOp, inputs: readonly PyTensor[]): DType {
  const dtype = inputs[0]?.dtype ?? 'float32';
  return toFractions.has(op) ? fractionType(dtype) : dtype;
}

/** What PyTorch says where an operator does not work on the type of its input. */
export function typeRefused(op: AnyOp, inputs: readonly PyTensor[]): string | undefined {
  const [x, y] = inputs;
  if (!x?.hasType) return undefined;
  const { dtype } = x;
  if (
    (fractions.has(op) && isWhole(dtype)) ||
    (isComplex(dtype) && op !== ops.l2Norm && (fractions.has(op) || op === ops.relu)) ||
    (numbers.has(op) && dtype === 'bool') ||
    (op === ops.upsample && isWhole(dtype) && dtype !== 'uint8')
  ) {
    return `"${op.name}" not implemented for '${dtype}'`;
  }
  if ((op === ops.matmul || op === ops.einsum) && y?.hasType && isUnlike(dtype, y.dtype)) {
    return `expected both matrices to have the same dtype, but got: ${dtype} and ${y.dtype}`;
  }
  return undefined;
}

/**
 * Whether a product of the two is refused whatever the device: halves beside floats are cast where autocast is on, which
 * nobody sees who does not train on a GPU.
 */
export function isUnlike(a: DType, b: DType): boolean {
  const kind = (dtype: DType): string => (dtype.startsWith('float') || dtype === 'bfloat16' ? size(dtype) : dtype);
  return kind(a) !== kind(b);
}

const size = (dtype: DType): string => (dtype === 'float64' ? 'double' : 'single');

// Window arithmetic of convolutions and pooling: M = (X − K + 2P)/S + 1, with the dialects' rounding rules.

/**
 * How a dialect rounds when the windows do not fit the input exactly.
 * - floor: PyTorch, TensorFlow, Caffe's and Darknet's convolutions.
 * - ceil: PyTorch's ceil_mode, which drops a last window that would start in the end padding (pooling shape, pool.h).
 * - caffe: Caffe's pooling; like ceil, but drops that window only where there is padding (pooling_layer.cpp).
 */
export type Rounding = 'floor' | 'ceil' | 'caffe';

/** Extent of a dilated kernel: d·(k − 1) + 1. */
export function extent(kernel: number, dilation = 1): number {
  return dilation * (kernel - 1) + 1;
}

/** Output length in one dimension; 0 or less if the kernel does not fit. */
export function windows(
  length: number,
  kernel: number,
  stride: number,
  before: number,
  after: number,
  dilation = 1,
  rounding: Rounding = 'floor',
): number {
  const room = length + before + after - extent(kernel, dilation);
  if (rounding === 'floor') return Math.floor(room / stride) + 1;
  let count = Math.ceil(room / stride) + 1;
  if ((rounding === 'ceil' || before > 0 || after > 0) && (count - 1) * stride >= length + before) count--;
  return count;
}

/** Total padding of TensorFlow's “same”: the output is ceil(length / stride). */
export function samePadding(length: number, kernel: number, stride: number, dilation = 1): number {
  // With stride 1, the padding does not depend on the length, which may be unknown.
  if (stride === 1) return extent(kernel, dilation) - 1;
  return Math.max((Math.ceil(length / stride) - 1) * stride + extent(kernel, dilation) - length, 0);
}

/** Output length of a transposed convolution in one dimension. */
export function transposedWindows(
  length: number,
  kernel: number,
  stride: number,
  before: number,
  after: number,
  dilation = 1,
  outputPadding = 0,
): number {
  return (length - 1) * stride - before - after + extent(kernel, dilation) + outputPadding;
}

/** A product of lengths, as a power if they are equal: `28²`, `28·14`, `3·5·5`. Unknown sizes are `?`. */
export function volume(lengths: readonly number[]): string {
  const [first] = lengths;
  const text = (length: number): string => (Number.isNaN(length) ? '?' : String(length));
  if (first === undefined) return '1';
  if (lengths.length === 1) return text(first);
  if (lengths.length <= 3 && lengths.every(length => Object.is(length, first))) {
    return `${text(first)}${lengths.length === 2 ? '²' : '³'}`;
  }
  return lengths.map(text).join('·');
}

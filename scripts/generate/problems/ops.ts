// Problems of operators, from their checks.
import type { ProblemExample } from './example.ts';

const net = (rows: string, input = '[3, 32, 32]'): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'a.net.yaml',
  text: `input: ${input}\nlayers:\n${rows
    .split('\n')
    .map(row => `  - ${row}\n`)
    .join('')}`,
});

const yolo = (rows: string): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'yolo.yaml',
  text: `nc: 80\nbackbone:\n${rows
    .split('\n')
    .map(row => `  - ${row}\n`)
    .join('')}head: []\n`,
});

export const problems: readonly ProblemExample[] = [
  {
    code: 'axis-out-of-range',
    ...net('softmax: {axis: 4}'),
    why: 'Axes count from 0, the batch; negative ones count from the end.',
  },
  {
    code: 'too-many-normalized-axes',
    ...net('layernorm: {axes: 4}'),
    why: 'Layer normalization covers the trailing axes of one sample, never the batch.',
  },
  {
    code: 'axes-out-of-order',
    ...net('flatten: {start: 3, end: 1}'),
    why: '`flatten` merges the axes from `start` to `end`, as torch.flatten does.',
  },
  {
    code: 'incomplete-order',
    ...net('permute: [0, 1, 1, 2]'),
    why: 'A permutation moves every axis to one place; none may be missing or repeated.',
  },
  { code: 'no-axes', ...net('reduce: {axes: []}'), why: 'A reduction needs the axes to reduce over.' },
  {
    code: 'repeated-axis',
    ...net('reduce: {axes: [3, -1]}'),
    why: 'In a tensor with four dimensions, axis −1 is axis 3. PyTorch rejects an axis that is listed twice.',
  },
  {
    code: 'broadcast-mismatch',
    ...net('conv: {out: 8, kernel: 1, name: a}\nconv: {out: 16, kernel: 1, from: input, name: b}\nadd: [a, b]'),
    why: 'Element-wise operators follow the broadcasting of NumPy and PyTorch: sizes are equal or 1.',
  },
  {
    code: 'concat-rank-mismatch',
    ...net('conv: {out: 8, kernel: 1, name: a}\nflatten: {from: input, name: b}\nconcat: [a, b]'),
    why: 'Concatenation needs the same number of dimensions in all inputs.',
  },
  {
    code: 'concat-size-mismatch',
    ...net('conv: {out: 8, kernel: 3, stride: 2, padding: 1}\nconcat: [input, previous]'),
    why: 'Inputs of a concatenation may differ only along the axis on which they are joined.',
  },
  {
    code: 'stack-shape-mismatch',
    ...net('conv: {out: 8, kernel: 1}\nstack: [input, previous]'),
    why: 'Stacking adds a new axis, so all tensors need the same shape.',
  },
  {
    code: 'kernel-larger-than-input',
    ...net('conv: {out: 8, kernel: 7}', '[3, 5, 5]'),
    why: 'A kernel that does not fit has no valid position: PyTorch, Caffe and Darknet reject it.',
  },
  {
    code: 'kernel-rank-mismatch',
    ...yolo('[-1, 1, nn.Flatten, [2]]\n[-1, 1, nn.Conv2d, [3, 8, 3]]'),
    why: 'A kernel has one size for each spatial dimension; batch and channels are not among them.',
  },
  {
    code: 'value-per-dimension',
    ...yolo('[-1, 1, nn.Flatten, [2]]\n[-1, 1, nn.MaxPool2d, [2]]'),
    why: 'One number applies to all dimensions; a list has one value for each.',
  },
  {
    code: 'input-not-divisible-by-groups',
    ...net('conv: {out: 8, kernel: 3, groups: 2}'),
    why: 'Each group of a convolution or a normalization takes the same number of channels.',
  },
  {
    code: 'output-not-divisible-by-groups',
    ...net('conv: {out: 8, kernel: 3, groups: 3}'),
    why: 'Each group of a convolution has the same number of output channels.',
  },
  {
    code: 'padding-fills-window',
    ...net('maxpool: {kernel: 2, padding: 2}'),
    why: 'Such a window has no maximum. Caffe rejects padding ≥ the kernel size, and PyTorch padding of more than half of it.',
  },
  {
    code: 'output-padding-too-large',
    ...net('convtranspose: {out: 8, kernel: 3, stride: 2, outputPadding: 2}'),
    why: 'PyTorch: “output padding must be smaller than either stride or dilation”.',
  },
  {
    code: 'padding-crops-everything',
    ...net('convtranspose: {out: 8, kernel: 2, padding: 4}', '[3, 4, 4]'),
    why: 'The padding of a transposed convolution is removed from its output.',
  },
  {
    code: 'border-larger-than-input',
    ...net('pad: {before: 8, after: 8, mode: reflect}', '[3, 8, 8]'),
    why: 'Reflection needs at least one more element than the padding; circular padding needs at least as many.',
  },
  {
    code: 'padding-removes-everything',
    ...net('pad: {before: -4, after: -4}', '[3, 8, 8]'),
    why: 'Negative padding removes elements, and at least one must remain.',
  },
  {
    code: 'empty-output',
    ...net('upsample: {scale: 0.01}'),
    why: 'The output size is the input size times the scale, rounded down.',
  },
  {
    code: 'missing-output-size',
    ...net('upsample: {mode: bilinear}'),
    why: 'Resampling needs a scale or a size.',
  },
  {
    code: 'scale-and-size',
    ...net('upsample: {scale: 2, size: 64}'),
    why: 'PyTorch: “only one of size or scale_factor should be defined”.',
  },
  {
    code: 'mode-rank-mismatch',
    ...net('upsample: {scale: 2, mode: trilinear}'),
    why: 'Each interpolation mode is defined for one number of spatial dimensions; `nearest` works for all.',
  },
  {
    code: 'channels-not-divisible-by-factor',
    ...net('pixelshuffle: 2'),
    why: 'Each f² channels become f×f pixels of one channel.',
  },
  {
    code: 'size-not-divisible-by-factor',
    ...net('pixelunshuffle: 3'),
    why: 'Every f×f pixels become f² channels.',
  },
  {
    code: 'element-count-mismatch',
    ...net('reshape: [1, 100]'),
    why: 'A reshape neither adds nor drops elements.',
  },
  {
    code: 'inferred-size-not-whole',
    ...net('reshape: [1, 7, -1]'),
    why: 'The size at −1 is the number of elements divided by the other sizes.',
  },
  {
    code: 'two-inferred-sizes',
    ...net('reshape: [-1, 3, -1]'),
    why: 'Only one size can be inferred from the others.',
  },
  { code: 'not-a-size', ...net('reshape: [1, 0, -1]'), why: 'Sizes are whole numbers ≥ 1.' },
  {
    code: 'expand-size-mismatch',
    ...net('expand: [1, 6, 32, 32]'),
    why: 'Expanding repeats a single element without copying it; an axis with several elements cannot be expanded.',
  },
  {
    code: 'too-few-sizes',
    ...net('expand: [32, 32]'),
    why: 'torch.Tensor.expand may add leading axes, but not drop any.',
  },
  {
    code: 'size-of-new-axis',
    ...net('expand: [-1, 1, 3, 32, 32]'),
    why: '−1 keeps the size of an existing axis; a new leading axis has none.',
  },
  {
    code: 'repeats-mismatch',
    ...net('tile: {times: [2, 2]}'),
    why: 'torch.Tensor.repeat needs a number for each axis, and may add leading axes.',
  },
  {
    code: 'empty-slice',
    ...net('slice: {axis: 1, start: 2, end: 1}'),
    why: 'As in Python, a slice goes from `start` up to, and not including, `end`.',
  },
  {
    code: 'piece-sizes-mismatch',
    ...net('split: {sizes: [1, 1]}'),
    why: 'The chunks of a split must cover the whole axis, as in torch.split.',
  },
  {
    code: 'piece-count-out-of-range',
    ...net('chunk: {chunks: 5000}'),
    why: 'More chunks than any network needs are assumed to be a typo.',
  },
  {
    code: 'squeeze-of-unknown-size',
    ...net('squeeze', "[3, '?', 1]"),
    why: 'Whether the axis is removed depends on its size, and every shape below depends on that.',
  },
  {
    code: 'k-larger-than-axis',
    ...net('topk: {k: 10, axis: 1}'),
    why: 'k must not exceed the size of the axis.',
  },
  {
    code: 'index-shape-mismatch',
    ...net('gather: {axis: 1, from: [x, index]}', '{x: [3, 32, 32], index: [5]}'),
    why: 'torch.gather: indices have the dimensions of the input, and are no larger on the other axes.',
  },
  {
    code: 'grid-rank-mismatch',
    ...net('gridsample: {from: [x, grid]}', '{x: [3, 32, 32], grid: [32, 2]}'),
    why: 'torch.nn.functional.grid_sample takes a grid [N, H, W, 2] for images, [N, D, H, W, 3] for volumes.',
  },
  {
    code: 'grid-coordinates',
    ...net('gridsample: {from: [x, grid]}', '{x: [3, 32, 32], grid: [16, 16, 3]}'),
    why: 'A position in an image has two coordinates, in a volume three.',
  },
  {
    code: 'crop-rank-mismatch',
    ...net('croplike: {from: [x, like]}', '{x: [3, 32, 32], like: [3, 16]}'),
    why: 'Caffe’s Crop takes its sizes axis by axis from a blob with as many axes (crop_layer.cpp).',
  },
  {
    code: 'offset-count',
    ...net('croplike: {axis: 1, offset: [0, 1], from: [x, like]}', '{x: [3, 32, 32], like: [3, 16, 16]}'),
    why: 'Caffe’s Crop takes one offset for all axes, or one for each (crop_layer.cpp).',
  },
  {
    code: 'crop-larger-than-input',
    ...net('croplike: {from: [x, like]}', '{x: [3, 32, 32], like: [3, 64, 64]}'),
    why: 'Cropping only removes elements, so the input must be at least as large as the result.',
  },
  {
    code: 'matmul-rank',
    ...net('parameter: {shape: [5], name: weights}\nmatmul: [input, weights]', '[4, 5]'),
    why: 'A matrix product needs two axes in both inputs.',
  },
  {
    code: 'matmul-size-mismatch',
    ...net('matmul: [a, b]', '{a: [4, 5], b: [6, 7]}'),
    why: 'A product sums over the columns of the first matrix and the rows of the second.',
  },
  {
    code: 'batch-axes-mismatch',
    ...net('matmul: [a, b]', '{a: [2, 4, 5], b: [3, 5, 7]}'),
    why: 'Axes in front of the matrices are a batch, broadcast as torch.matmul does.',
  },
  {
    code: 'attention-rank',
    ...net('attention: {heads: 2, from: [a, b, b]}', '{a: [9, 8], b: [3, 3, 8]}'),
    why: 'Attention works on the positions of a sequence.',
  },
  {
    code: 'features-not-divisible-by-heads',
    ...net('attention: {heads: 3}', '[9, 8]'),
    why: 'Each head takes the same number of features (torch.nn.MultiheadAttention).',
  },
  {
    code: 'attention-features-mismatch',
    ...net('attention: {heads: 2, embed: 16}', '[9, 8]'),
    why: 'The sizes of the projections are fixed when the layer is built.',
  },
  {
    code: 'key-value-mismatch',
    ...net('attention: {heads: 2, from: [q, k, v]}', '{q: [9, 8], k: [5, 8], v: [7, 8]}'),
    why: 'Attention scores, one per key, weight the values.',
  },
  {
    code: 'query-key-mismatch',
    ...net('scaleddotproduct: {from: [q, k, v]}', '{q: [9, 8], k: [5, 7], v: [5, 8]}'),
    why: 'An attention score is the dot product of a query and a key.',
  },
];

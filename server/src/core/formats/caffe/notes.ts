// What the fields of a layer mean, for the hover on them.
import type { Note } from '../../graph/graph.ts';
import type { ProtoMessage } from '../../syntax/prototext.ts';
import { typeOf } from './layers/index.ts';
import type { Layer } from './net.ts';
import { fieldsOf, type MessageName } from './schema.ts';

export function notesOf(layer: Layer): readonly Note[] {
  const notes: Note[] = [];
  const name: MessageName = layer.form === 'current' ? 'LayerParameter' : 'V1LayerParameter';
  collect(layer.message, name, notes);
  const value = layer.typeField?.value;
  const type = typeOf(layer.type);
  if (value && type)
    notes.push({ range: { from: value.from, to: value.to }, text: `\`${layer.type}\`: ${type.summary}` });
  return notes;
}

function collect(message: ProtoMessage, name: MessageName, notes: Note[]): void {
  const fields = fieldsOf(name);
  for (const field of message.fields) {
    const spec = fields.get(field.name);
    const text = docs[`${name}.${field.name}`] ?? docs[field.name];
    if (text) {
      const to = field.value?.kind === 'message' ? field.nameTo : field.to;
      notes.push({ range: { from: field.from, to }, text: `\`${field.name}\`: ${text}` });
    }
    if (spec?.message && field.value?.kind === 'message') collect(field.value, spec.message, notes);
  }
}

/** By field, or by message and field where the same name means several things. */
const docs: Readonly<Record<string, string>> = {
  name: 'What the layer is called: trained weights are found by it.',
  type: 'What the layer does.',
  bottom: 'A blob that the layer reads: the top of a layer above.',
  top: 'A blob that the layer makes. The same name as the bottom works in place.',
  phase: 'TRAIN or TEST.',
  include: 'The layer is there only where one of its `include` rules holds.',
  exclude: 'The layer is not there where one of its `exclude` rules holds.',
  loss_weight: 'How much this loss counts in training.',
  param: 'Settings of a parameter blob, weights first, then biases.',
  'ParamSpec.name': 'Layers that give a parameter blob the same name share it; it is counted once.',
  lr_mult: 'The learning rate of this blob, as a multiple of the network’s; 0 freezes it.',
  decay_mult: 'The weight decay of this blob, as a multiple of the network’s.',
  blobs_lr: 'The learning rates of the parameter blobs, as multiples of the network’s.',
  propagate_down: 'Whether gradients go on to this bottom.',
  num_output: 'How many outputs there are: filters of a convolution, features of an inner product, size of a state.',
  bias_term: 'Whether a learned number is added to each output.',
  kernel_size: 'The window, one number for all dimensions or one for each. Work and parameters grow with its square.',
  kernel_h: 'Height of the window.',
  kernel_w: 'Width of the window.',
  stride: 'Step of the window: 2 halves the map. 1 unless set.',
  stride_h: 'Vertical step of the window.',
  stride_w: 'Horizontal step of the window.',
  pad: 'Border of zeros around the map. 0 unless set.',
  pad_h: 'Border above and below.',
  pad_w: 'Border left and right.',
  group: 'Independent groups of channels: each filter sees only those of its group. Work and weights shrink by it.',
  dilation: 'Distance between the taps of the window.',
  weight_filler: 'How weights begin in training. Costs nothing.',
  bias_filler: 'How biases begin in training. Costs nothing.',
  engine: 'Which implementation computes it. The counts are the same.',
  pool: 'MAX keeps the largest, AVE the mean; STOCHASTIC draws in training and weighs at test time.',
  global_pooling: 'The window is the whole map: one number for each channel.',
  round_mode: 'CEIL (unless set) keeps a last window that hangs over the end, FLOOR drops it.',
  ceil_mode: 'Of forks: false drops a last window that hangs over the end.',
  dim: 'A size.',
  input_param: 'The shapes of the inputs.',
  shape: 'Sizes, batch first.',
  'ReshapeParameter.shape': 'The new sizes: 0 copies that of the input, −1 is what is left.',
  axis: 'Which axis is meant: 0 is the batch, 1 the channels, −1 the last.',
  num_axes: 'How many axes from `axis` on; −1 is all.',
  'InnerProductParameter.axis': 'From this axis on everything is one vector.',
  'InnerProductParameter.transpose': 'The weights are stored the other way round; their number is the same.',
  concat_dim: 'The axis, as it was called before `axis`.',
  slice_dim: 'The axis, as it was called before `axis`.',
  slice_point: 'Where the axis is cut; one less than there are tops.',
  operation: 'What is done: SUM, PROD or MAX; for Reduction SUM, ASUM, SUMSQ or MEAN.',
  coeff: 'A factor for each bottom; −1 subtracts.',
  use_global_stats: 'Whether stored statistics are used: always at test time.',
  moving_average_fraction: 'How slowly the running statistics follow.',
  eps: 'Keeps the divisor from 0.',
  local_size: 'How many neighbours are summed: odd.',
  norm_region: 'ACROSS_CHANNELS sums over neighbouring channels, WITHIN_CHANNEL over places around.',
  dropout_ratio: 'The share of elements that is dropped in training.',
  negative_slope: 'What negative values are multiplied with.',
  channel_shared: 'One learned number for all channels rather than one for each.',
  across_spatial: 'Whether the whole map is normalized at once rather than each position.',
  batch_size: 'How many samples are read at once. Costs are for one.',
  crop_size: 'Height and width that images are cut to.',
  mean_value: 'What is subtracted from each channel.',
  is_color: 'Whether images have three channels.',
  order: 'For each axis of the top, the axis of the bottom that it is.',
  min_size: 'Sides of the smaller boxes, in pixels.',
  max_size: 'Sides of the larger boxes: one more square box for each.',
  aspect_ratio: 'Widths by heights of further boxes.',
  flip: 'Whether the inverse of each aspect ratio is used as well.',
  num_classes: 'Classes, the background included.',
  keep_top_k: 'How many boxes are kept at most.',
  pooled_h: 'Rows that each region becomes.',
  pooled_w: 'Columns that each region becomes.',
  spatial_scale: 'Size of the map by that of the image.',
  tiles: 'How many copies there are.',
  top_k: 'How many are kept, or may be right.',
  out_max_val: 'The values as well, not only where they stand.',
  expose_hidden: 'The state comes in as bottoms and goes out as tops.',
  input_dim: 'How many vectors there are: the size of the vocabulary.',
  pyramid_height: 'How many levels there are: 1, 2×2, 4×4 … bins.',
  zoom_factor: 'Enlarges so that the corners stay: in + (in − 1)·(factor − 1).',
  shrink_factor: 'Shrinks so that the corners stay.',
  module: 'The Python file.',
  layer: 'The class in the Python file.',
};

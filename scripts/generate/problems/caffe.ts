// Problems of Caffe networks.
import type { ProblemExample } from './example.ts';

/** A network with an input `data` of 1×4×8×8, followed by `text`. */
const net = (text: string): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'deploy.prototxt',
  text: `${input('data', 1, 4, 8, 8)}${text}`,
});

/** A network with two inputs, and a layer that reads both. */
const pair = (
  a: readonly number[],
  b: readonly number[],
  type: string,
  param = '',
): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'train.prototxt',
  text: `${input('a', ...a)}${input('b', ...b)}${layer('out', type, ['a', 'b'], param)}`,
});

const input = (name: string, ...sizes: readonly number[]): string =>
  `layer {\n  name: "${name}" type: "Input" top: "${name}"\n  input_param { shape { ${sizes.map(size => `dim: ${size}`).join(' ')} } }\n}\n`;

function layer(name: string, type: string, bottoms: readonly string[], param = ''): string {
  const own = `  name: "${name}" type: "${type}" ${bottoms.map(bottom => `bottom: "${bottom}"`).join(' ')} top: "${name}"\n`;
  return `layer {\n${own}${param === '' ? '' : `  ${param}\n`}}\n`;
}

/** A layer that reads `data`. */
const one = (type: string, param = ''): Pick<ProblemExample, 'file' | 'text'> =>
  net(layer('out', type, ['data'], param));

export const problems: readonly ProblemExample[] = [
  {
    code: 'background-label-out-of-range',
    file: 'train.prototxt',
    text: `${input('loc', 1, 64)}${input('conf', 1, 48)}${input('prior', 1, 2, 64)}${input('label', 1, 1, 4, 8)}${layer(
      'loss',
      'MultiBoxLoss',
      ['loc', 'conf', 'prior', 'label'],
      'multibox_loss_param { num_classes: 3 background_label_id: 3 }',
    )}`,
    why: 'MultiBoxLossLayer::LayerSetUp (SSD’s fork): with softmax, the background is one of the classes.',
  },
  {
    code: 'batch-size-mismatch',
    ...pair([4, 10], [3], 'HingeLoss'),
    why: 'LossLayer::Reshape: “The data and label should have the same first dimension.”',
  },
  {
    code: 'bottom-shapes-differ',
    file: 'siamese.prototxt',
    text: `${input('a', 1, 3, 8, 8)}${input('b', 1, 3, 6, 6)}layer {\n  name: "conv" type: "Convolution" bottom: "a" bottom: "b" top: "x" top: "y"\n  convolution_param { num_output: 4 kernel_size: 3 }\n}\n`,
    why: 'BaseConvolutionLayer::Reshape: all bottoms of a layer must have the shape of the first.',
  },
  {
    code: 'bottoms-and-tops-differ',
    file: 'siamese.prototxt',
    text: `${input('a', 1, 3, 8, 8)}${input('b', 1, 3, 8, 8)}layer {\n  name: "conv" type: "Convolution" bottom: "a" bottom: "b" top: "x" top: "y" top: "z"\n  convolution_param { num_output: 4 kernel_size: 3 }\n}\n`,
    why: 'BaseConvolutionLayer::EqualNumBottomTopBlobs: each bottom goes through the same filters to its own top.',
  },
  {
    code: 'cell-gates-mismatch',
    file: 'step.prototxt',
    text: `${input('cell', 1, 2, 8)}${input('gates', 1, 2, 16)}${input('cont', 1, 2)}layer {\n  name: "unit" type: "LSTMUnit" bottom: "cell" bottom: "gates" bottom: "cont" top: "c" top: "h"\n}\n`,
    why: 'LSTMUnitLayer::Reshape: the gates are four times as wide as the cell.',
  },
  {
    code: 'coefficients-of-product',
    ...net(layer('out', 'Eltwise', ['data', 'data'], 'eltwise_param { operation: PROD coeff: 1 coeff: 2 }')),
    why: 'EltwiseLayer::LayerSetUp: “Eltwise layer only takes coefficients for summation.”',
  },
  {
    code: 'conflicting-fields',
    ...one('Pooling', 'pooling_param { kernel_size: 2 kernel_h: 2 kernel_w: 2 }'),
    why: 'PoolingLayer::LayerSetUp and others: each quantity can be set in only one way.',
  },
  {
    code: 'duplicate-layer-name',
    ...net(
      layer('relu', 'ReLU', ['data']).replace('top: "relu"', 'top: "a"') +
        layer('relu', 'ReLU', ['a']).replace('top: "relu"', 'top: "b"'),
    ),
    why: 'Net::CopyTrainedLayersFrom finds weights by the name of the layer.',
  },
  {
    code: 'duplicate-top',
    ...net(layer('relu', 'ReLU', ['data']) + layer('tanh', 'TanH', ['data']).replace('top: "tanh"', 'top: "relu"')),
    why: 'Net::AppendTop: “Top blob produced by multiple sources.” Only a layer that works in place reuses the name of its bottom.',
  },
  {
    code: 'elementwise-shape-mismatch',
    ...pair([1, 4, 8, 8], [1, 6, 8, 8], 'Eltwise'),
    why: 'EltwiseLayer::Reshape: all bottoms have the same shape; Caffe does not broadcast.',
  },
  {
    code: 'empty-bottom',
    ...net('layer { name: "relu" type: "ReLU" bottom: "" top: "relu" }\n'),
    why: 'Net::AppendBottom looks up the blob by name.',
  },
  {
    code: 'empty-network',
    file: 'deploy.prototxt',
    text: 'name: "net"\ninput: "data"\ninput_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n',
    why: 'A network consists of its layers.',
  },
  {
    code: 'even-local-size',
    ...one('LRN', 'lrn_param { local_size: 4 }'),
    why: 'LRNLayer::LayerSetUp: “LRN only supports odd values for local_size.”',
  },
  {
    code: 'excluded-bottom',
    file: 'train_val.prototxt',
    text: `# flopline: phase=TEST\nlayer {\n  name: "data" type: "Input" top: "data"\n  include { phase: TRAIN }\n  input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } }\n}\n${layer('relu', 'ReLU', ['data'])}`,
    why: 'Net::FilterNet removes the layers whose rules do not match the phase before blobs are connected.',
  },
  {
    code: 'factor-shape-mismatch',
    file: 'se.prototxt',
    text: `${input('a', 1, 6, 1, 1)}${input('x', 1, 4, 8, 8)}${input('y', 1, 4, 8, 8)}${layer('sum', 'Axpy', ['a', 'x', 'y'])}`,
    why: 'AxpyLayer::Reshape (SENet’s fork): one factor per channel.',
  },
  {
    code: 'field-count-mismatch',
    ...one('ReLU', 'propagate_down: true propagate_down: false'),
    why: 'Net::Init: “propagate_down param must be specified either 0 or bottom_size times”; likewise for loss_weight and tops.',
  },
  {
    code: 'field-for-two-dimensions',
    file: 'deploy.prototxt',
    text: `${input('data', 1, 4, 8, 8, 8)}${layer('conv', 'Convolution', ['data'], 'convolution_param { num_output: 4 kernel_h: 3 kernel_w: 3 }')}`,
    why: 'BaseConvolutionLayer::LayerSetUp: kernel_h and kernel_w are for two spatial dimensions only.',
  },
  {
    code: 'global-pooling-window',
    ...one('Pooling', 'pooling_param { global_pooling: true kernel_size: 2 }'),
    why: 'PoolingLayer::LayerSetUp: with global_pooling the size of the window follows from its input.',
  },
  {
    code: 'in-place',
    ...net('layer { name: "pool" type: "Pooling" bottom: "data" top: "data" pooling_param { kernel_size: 2 } }\n'),
    why: 'A layer that still reads its input after writing output cannot use one blob for both.',
  },
  {
    code: 'include-and-exclude',
    ...one('ReLU', 'include { phase: TEST } exclude { phase: TRAIN }'),
    why: 'Net::FilterNet: “Specify either include rules or exclude rules; not both.”',
  },
  {
    code: 'input-without-shape',
    file: 'deploy.prototxt',
    text: `input: "data"\n${layer('relu', 'ReLU', ['data'])}`,
    why: 'UpgradeNetInput turns each input with a shape into an Input layer.',
  },
  {
    code: 'label-count-mismatch',
    ...pair([2, 10, 4, 4], [2], 'SoftmaxWithLoss'),
    why: 'SoftmaxWithLossLayer::Reshape: “Number of labels must match number of predictions.”',
  },
  {
    code: 'later-bottom',
    ...net(layer('relu', 'ReLU', ['tanh']) + layer('tanh', 'TanH', ['data'])),
    why: 'Net::Init connects layers in file order.',
  },
  {
    code: 'learned-statistics',
    ...one('BatchNorm', 'param { lr_mult: 1 }'),
    why: 'BatchNormLayer::LayerSetUp: “Cannot configure batch normalization statistics as layer parameters.”',
  },
  {
    code: 'map-size-mismatch',
    ...pair([1, 4, 8, 8], [1, 4, 6, 8], 'SmoothL1Loss'),
    why: 'SmoothL1LossLayer::Reshape (Fast R-CNN): bottoms agree in channels, height and width.',
  },
  {
    code: 'matrix-size-mismatch',
    file: 'train.prototxt',
    text: `${input('x', 2, 3)}${input('label', 2)}${input('matrix', 1, 1, 4, 4)}${layer('loss', 'InfogainLoss', ['x', 'label', 'matrix'])}`,
    why: 'InfogainLossLayer::Reshape: the matrix has a row and a column per class.',
  },
  {
    code: 'max-size-not-larger',
    ...net(layer('prior', 'PriorBox', ['data', 'data'], 'prior_box_param { min_size: 30 max_size: 20 }')),
    why: 'PriorBoxLayer::LayerSetUp (SSD’s fork): “max_size must be greater than min_size.”',
  },
  {
    code: 'mining-needs-shared-locations',
    file: 'train.prototxt',
    text: `${input('loc', 1, 192)}${input('conf', 1, 48)}${input('prior', 1, 2, 64)}${input('label', 1, 1, 4, 8)}${layer(
      'loss',
      'MultiBoxLoss',
      ['loc', 'conf', 'prior', 'label'],
      'multibox_loss_param { num_classes: 3 share_location: false }',
    )}`,
    why: 'MultiBoxLossLayer::LayerSetUp (SSD’s fork): “Currently only support negative mining if share_location is true.”',
  },
  {
    code: 'missing-counterpart',
    ...one('Pooling', 'pooling_param { kernel_h: 2 }'),
    why: 'PoolingLayer::LayerSetUp: “both kernel_h and kernel_w are required”.',
  },
  {
    code: 'missing-field',
    ...one('Convolution', 'convolution_param { num_output: 8 }'),
    why: 'Without it, the shape of the top does not follow from that of the bottom.',
  },
  {
    code: 'missing-loss-weights',
    file: 'train.prototxt',
    text: `${input('x', 2, 10)}${input('label', 2)}layer {\n  name: "loss" type: "SoftmaxWithLoss" bottom: "x" bottom: "label" top: "loss" top: "prob"\n}\n`,
    why: 'LossLayer::LayerSetUp gives a loss a default weight for one top only.',
  },
  {
    code: 'missing-matrix',
    ...pair([2, 3], [2], 'InfogainLoss'),
    why: 'InfogainLossLayer::LayerSetUp: “Infogain matrix source must be specified.”',
  },
  {
    code: 'missing-top',
    ...net('layer { name: "relu" type: "ReLU" bottom: "data" }\n'),
    why: 'Layer::CheckBlobCounts: each type expects a certain number of tops.',
  },
  {
    code: 'missing-type',
    ...net('layer { name: "relu" bottom: "data" top: "relu" }\n'),
    why: 'LayerRegistry::CreateLayer looks up the layer class by type.',
  },
  {
    code: 'mixed-forms',
    ...net('layers { name: "relu" type: RELU bottom: "data" top: "relu" }\n'),
    why: 'UpgradeV1Net: a file uses either the current format or the previous one.',
  },
  {
    code: 'no-size-to-copy',
    ...one('Reshape', 'reshape_param { shape { dim: 0 dim: 4 dim: 8 dim: 8 dim: 0 } }'),
    why: 'ReshapeLayer: 0 copies the size of the same axis of the bottom.',
  },
  {
    code: 'not-a-boolean',
    ...one('Pooling', 'pooling_param { global_pooling: yes }'),
    why: 'Protobuf’s text format has true and false for a bool.',
  },
  {
    code: 'not-a-message',
    ...one('ReLU', 'relu_param: 0.1'),
    why: 'A field that contains other fields is a message.',
  },
  {
    code: 'not-a-number',
    ...one('ReLU', 'relu_param { negative_slope: small }'),
    why: 'In protobuf’s text format, a float is a decimal number.',
  },
  {
    code: 'not-a-single-value',
    ...one('Pooling', 'pooling_param { kernel_size { size: 2 } }'),
    why: 'Only a field that contains other fields is a message.',
  },
  {
    code: 'not-a-string',
    ...net('layer { name: "relu" type: ReLU bottom: "data" top: "relu" }\n'),
    why: 'In protobuf’s text format, strings are quoted.',
  },
  {
    code: 'not-a-whole-number',
    ...one('Pooling', 'pooling_param { kernel_size: 2.0 }'),
    why: 'Protobuf’s text format: “Expected integer”. A whole number has no decimal point.',
  },
  {
    code: 'not-positive',
    ...net(layer('prior', 'PriorBox', ['data', 'data'], 'prior_box_param { min_size: 30 variance: 0 }')),
    why: 'PriorBoxLayer::LayerSetUp (SSD’s fork): sizes, steps and variances are above 0.',
  },
  {
    code: 'nothing-flattened',
    ...one('Flatten', 'flatten_param { axis: 2 end_axis: 1 }'),
    why: 'FlattenLayer::Reshape multiplies the sizes from axis to end_axis; an empty product is 1.',
  },
  {
    code: 'num-axes-out-of-range',
    ...one('Scale', 'scale_param { axis: 1 num_axes: 4 }'),
    why: 'ScaleLayer::LayerSetUp and ReshapeLayer::Reshape: num_axes counts axes of the bottom, starting at `axis`.',
  },
  {
    code: 'one-number-per-sample',
    ...pair([2, 3], [2, 3], 'MultinomialLogisticLoss'),
    why: 'MultinomialLogisticLossLayer::Reshape: channels, height and width of the labels are 1.',
  },
  {
    code: 'own-bottom',
    ...net('layer { name: "sum" type: "Eltwise" bottom: "data" bottom: "sum" top: "sum" }\n'),
    why: 'Net::AppendBottom only finds blobs of layers above.',
  },
  {
    code: 'prior-mismatch',
    file: 'deploy.prototxt',
    text: `${input('loc', 1, 60)}${input('conf', 1, 48)}${input('prior', 1, 2, 64)}${layer(
      'boxes',
      'DetectionOutput',
      ['loc', 'conf', 'prior'],
      'detection_output_param { num_classes: 3 }',
    )}`,
    why: 'DetectionOutputLayer::Reshape and MultiBoxLossLayer::Reshape (SSD’s fork): “Number of priors must match number of location predictions.”',
  },
  {
    code: 'pyramid-too-fine',
    ...one('SPP', 'spp_param { pyramid_height: 6 }'),
    why: 'SPPLayer pools each level with a window that PoolingLayer must accept: the padding must be smaller than the window.',
  },
  {
    code: 'quoted-type',
    file: 'old.prototxt',
    text: 'input: "data"\ninput_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8\nlayers { name: "relu" type: "RELU" bottom: "data" top: "relu" }\n',
    why: 'In V1LayerParameter, the type is an enum, whose values are not quoted.',
  },
  {
    code: 'read-as-train',
    file: 'train.prototxt',
    text: `layer {\n  name: "data" type: "Input" top: "data"\n  include { phase: TRAIN }\n  input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } }\n}\n${layer('relu', 'ReLU', ['data'])}`,
    why: 'Networks are read in the TEST phase by default; without data layers in that phase, this one must be meant for TRAIN.',
  },
  {
    code: 'repeated-field',
    ...one('Pooling', 'pooling_param { kernel_size: 2 kernel_size: 3 }'),
    why: 'Protobuf’s text format: “Non-repeated field is specified multiple times.”',
  },
  {
    code: 'roi-channels-mismatch',
    ...pair(
      [1, 50, 8, 8],
      [300, 5],
      'PSROIPooling',
      'psroi_pooling_param { output_dim: 2 group_size: 7 spatial_scale: 0.0625 }',
    ),
    why: 'PSROIPoolingLayer (R-FCN): each position of the grid has its own output_dim channels.',
  },
  {
    code: 'sample-size-mismatch',
    ...pair([2, 3], [2, 4], 'EuclideanLoss'),
    why: 'EuclideanLossLayer::Reshape: “Inputs must have the same dimension.”',
  },
  {
    code: 'second-bottom-mismatch',
    ...pair([1, 4, 8, 8], [1, 6], 'Scale', 'scale_param { axis: 0 }'),
    why: 'ScaleLayer::Reshape and BiasLayer::Reshape: the second bottom must match the sizes of the first, starting at `axis`.',
  },
  {
    code: 'sequence-markers-mismatch',
    ...pair([10, 2, 8], [10, 3], 'LSTM', 'recurrent_param { num_output: 16 }'),
    why: 'RecurrentLayer::LayerSetUp: there is one marker for each step of each sample.',
  },
  {
    code: 'shared-parameter-mismatch',
    ...net(
      layer('a', 'Convolution', ['data'], 'param { name: "w" } convolution_param { num_output: 4 kernel_size: 3 }') +
        layer('b', 'Convolution', ['data'], 'param { name: "w" } convolution_param { num_output: 4 kernel_size: 1 }'),
    ),
    why: 'Net::AppendParam: “Shared parameter blobs must have the same shape”, or the same count with share_mode: PERMISSIVE.',
  },
  {
    code: 'slice-points-out-of-order',
    ...net(
      'layer {\n  name: "cut" type: "Slice" bottom: "data" top: "a" top: "b" top: "c"\n  slice_param { slice_point: 3 slice_point: 2 }\n}\n',
    ),
    why: 'SliceLayer::Reshape: each slice point must be larger than the previous one, so no slice is empty.',
  },
  {
    code: 'stochastic-padding',
    ...one('Pooling', 'pooling_param { pool: STOCHASTIC kernel_size: 3 pad: 1 }'),
    why: 'PoolingLayer::LayerSetUp: “Padding implemented only for average and max pooling.”',
  },
  {
    code: 'too-many-params',
    ...one('ReLU', 'param { lr_mult: 1 }'),
    why: 'Net::Init: “Too many params specified for layer”.',
  },
  {
    code: 'too-many-tops',
    ...net('layer { name: "relu" type: "ReLU" bottom: "data" top: "a" top: "b" }\n'),
    why: 'Layer::CheckBlobCounts: each type expects a certain number of tops.',
  },
  {
    code: 'top-k-larger-than-classes',
    ...pair([2, 3], [2], 'Accuracy', 'accuracy_param { top_k: 5 }'),
    why: 'AccuracyLayer::Reshape: “top_k must be less than or equal to the number of classes.”',
  },
  {
    code: 'uneven-slices',
    ...net('layer { name: "cut" type: "Slice" bottom: "data" top: "a" top: "b" top: "c" }\n'),
    why: 'SliceLayer::Reshape: “Number of top blobs should evenly divide input slice axis.”',
  },
  {
    code: 'unknown-bottom',
    ...net(layer('relu', 'ReLU', ['dat'])),
    why: 'Net::AppendBottom: “Unknown bottom blob”.',
  },
  {
    code: 'unknown-choice',
    ...one('Pooling', 'pooling_param { pool: AVG kernel_size: 2 }'),
    why: 'Protobuf’s text format: “Unknown enumeration value”.',
  },
  {
    code: 'unknown-field',
    ...one('Convolution', 'convolution_param { num_outputs: 8 kernel_size: 3 }'),
    why: 'Protobuf’s text format: “Message type has no field named”. Fields of well-known forks are accepted.',
  },
  {
    code: 'unknown-type',
    ...one('Attention'),
    why: 'LayerRegistry::CreateLayer: “Unknown layer type”. Flopline knows the types of BVLC Caffe and of well-known forks.',
  },
  {
    code: 'unread-field',
    ...one('Pooling', 'pooling_param { kernel_size: 2 kernel_d: 2 }'),
    why: 'Forks add fields that may change shapes; what they do is only defined in the fork’s source.',
  },
  {
    code: 'unsupported-normalize',
    ...pair(
      [2, 3],
      [2],
      'InfogainLoss',
      'infogain_loss_param { source: "m.binaryproto" } loss_param { normalize: true }',
    ),
    why: 'InfogainLossLayer::LayerSetUp: “normalize is deprecated, use normalization”.',
  },
  {
    code: 'unused-top',
    ...net(layer('a', 'ReLU', ['data']) + layer('b', 'TanH', ['data'])),
    why: 'Net::Init: a blob that no layer uses is an output of the network.',
  },
  {
    code: 'value-below-minimum',
    ...one('Pooling', 'pooling_param { kernel_size: 2 stride: 0 }'),
    why: 'Sizes, strides and numbers of groups are at least 1.',
  },
  {
    code: 'value-count-mismatch',
    ...net(layer('out', 'Eltwise', ['data', 'data'], 'eltwise_param { coeff: 1 coeff: 2 coeff: 3 }')),
    why: 'EltwiseLayer::LayerSetUp and others: one value for each bottom, top or box, or none.',
  },
  {
    code: 'value-out-of-range',
    ...one('SPP', 'spp_param { pyramid_height: 40 }'),
    why: 'The layer only works with values in this range.',
  },
  {
    code: 'vector-length-mismatch',
    file: 'siamese.prototxt',
    text: `${input('a', 2, 3)}${input('b', 2, 4)}${input('same', 2)}${layer('loss', 'ContrastiveLoss', ['a', 'b', 'same'])}`,
    why: 'ContrastiveLossLayer::LayerSetUp: both bottoms have the same number of channels.',
  },
  {
    code: 'vectors-expected',
    file: 'siamese.prototxt',
    text: `${input('a', 2, 3, 4, 4)}${input('b', 2, 3, 4, 4)}${input('same', 2)}${layer('loss', 'ContrastiveLoss', ['a', 'b', 'same'])}`,
    why: 'ContrastiveLossLayer::LayerSetUp: height and width of both bottoms are 1.',
  },
  {
    code: 'window-past-input',
    ...one('Convolution', 'convolution_param { num_output: 4 kernel_size: 9 stride: 4 }'),
    why: 'ConvolutionLayer::compute_output_shape: C’s integer division rounds toward zero, so a window that is too large by less than one stride still gets one position.',
  },
];

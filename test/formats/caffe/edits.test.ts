import { test } from 'node:test';
import { checkEdits, checkHeld } from '../../support/edits.ts';

const start = `name: "edits"
input: "data"
input_shape { dim: 4 dim: 3 dim: 16 dim: 16 }
layer { name: "labels" type: "DummyData" top: "label" dummy_data_param { shape { dim: 4 dim: 1 } } include { phase: TRAIN } }
layer {
  name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  param { name: "w" lr_mult: 1 }
  convolution_param { num_output: 8 kernel_size: 3 pad: 1 } # same size
}
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer {
  name: "conv2" type: "Convolution" bottom: "conv1" top: "conv2"
  convolution_param { num_output: 8 kernel_size: 3 pad: 1 bias_term: false }
}
layer { name: "bn2" type: "BatchNorm" bottom: "conv2" top: "conv2" }
layer { name: "sum" type: "Eltwise" bottom: "conv1" bottom: "conv2" top: "sum" }
# Its own weights are those of conv1.
layer { name: "twin" type: "Convolution" bottom: "data" top: "twin" param { name: "w" } convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
layer { name: "gain" type: "Parameter" top: "gain" parameter_param { shape { dim: 4 dim: 8 dim: 16 dim: 16 } } }
layer { name: "joined" type: "Concat" bottom: "sum" bottom: "twin" bottom: "gain" top: "joined" }
layer { name: "cut" type: "Slice" bottom: "joined" top: "a" top: "b" slice_param { slice_point: 8 } }
layer { name: "up" type: "Interp" bottom: "a" bottom: "data" top: "up" }
layer { name: "quiet" type: "Silence" bottom: "b" }
layer { name: "fc" type: "InnerProduct" bottom: "up" top: "fc" inner_product_param { num_output: 10 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" include { phase: TRAIN } }
layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" exclude { phase: TRAIN } }
`;

const pieces = [
  ...['1', '3', '8', '0', '-1', '"', "'", '{', '}', ':', ' ', '', '\n', '#', ';', 'x', '"conv1"', '"sum"', '"data"'],
  ...['ReLU', 'Pooling', 'TRAIN', 'TEST', 'bottom', 'top', 'layer', 'layer {', 'layers {', 'axis: 1', 'w'],
  '\nlayer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }\n',
  '\nlayer { name: "p" type: "Pooling" bottom: "conv2" top: "p" pooling_param { kernel_size: 2 stride: 2 } }\n',
  '\nlayer {\n  type: "Mystery"\n  bottom: "conv1"\n  top: "m"\n}\n',
  '\nlayer { type: "Convolution" bottom: "sum" top: "k" convolution_param { num_output: 4 kernel_size: 1 } }\n',
  '\nlayer { type: "Slice" bottom: "sum" top: "s" top: "t" }\n',
  '\nlayer { type: "PReLU" bottom: "sum" top: "sum" param { name: "w" } }\n',
  '\nname: "again"\n',
  '\ninput: "more"\ninput_dim: 4 input_dim: 3 input_dim: 8 input_dim: 8\n',
];

test('a sequence of edits costs what a fresh reading costs', () => checkEdits('own.prototxt', start, pieces, 60));

test('what is held over a thousand edits still says what it said', () => checkHeld('own.prototxt', start, pieces));

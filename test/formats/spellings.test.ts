// One network, three spellings: where the dialects' shape rules agree, it costs the same, node by node.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, open, price } from '../../server/src/core/index.ts';

interface Spelling {
  readonly name: string;
  readonly text: string;
}

function modelOf(spelling: Spelling) {
  const document = open(spelling, defaultSettings);
  assert.ok(document, `${spelling.name} is recognised`);
  const analysed = price(document, defaultSettings)!;
  const told = analysed.problems.filter(({ severity }) => severity === 'error' || severity === 'warning');
  assert.deepEqual(told, [], spelling.name);
  return analysed.model;
}

/** What each operator that does any work or changes any shape costs; views and the input apart. */
function costsOf(spelling: Spelling) {
  const model = modelOf(spelling);
  return model.graph.nodes
    .filter(({ op }) => op.kind !== 'view' && op.kind !== 'source' && op.name !== 'identity')
    .map(node => {
      const { macs, weights, biases, normAffine, normStats } = model.counts(node);
      return { op: node.op.name, output: node.outputs[0]!.shape, macs, weights, biases, normAffine, normStats };
    });
}

function checkSame(...spellings: readonly Spelling[]): void {
  const [first, ...others] = spellings.map(costsOf);
  assert.ok(first!.length > 3);
  for (const [index, other] of others.entries()) assert.deepEqual(other, first, spellings[index + 1]!.name);
  const [model, ...models] = spellings.map(modelOf);
  for (const other of models) {
    assert.deepEqual(other.totals.macs, model!.totals.macs);
    assert.deepEqual(other.totals.params, model!.totals.params);
    assert.equal(other.peak.elements, model!.peak.elements, 'peak memory');
  }
}

describe('One network in our YAML, in Darknet and in Caffe', () => {
  test('convolutions with biases, pooling, groups, a residual and a classifier', () => {
    checkSame(
      {
        name: 'x.net.yaml',
        text: `input: [3, 64, 64]
layers:
  - conv: {out: 16, kernel: 3, padding: 1, act: relu}
  - maxpool: 2
  - conv: {out: 32, kernel: 3, stride: 2, padding: 1, groups: 4, act: relu, name: a}
  - conv: {out: 32, kernel: 1, act: relu}
  - add: a
  - conv: {out: 10, kernel: 1}
  - globalavgpool
  - flatten
  - softmax: 1
`,
      },
      {
        name: 'x.cfg',
        text: `[net]
width=64
height=64
channels=3
[convolutional]
filters=16
size=3
stride=1
pad=1
activation=relu
[maxpool]
size=2
stride=2
padding=0
[convolutional]
filters=32
size=3
stride=2
pad=1
groups=4
activation=relu
[convolutional]
filters=32
size=1
stride=1
activation=relu
[shortcut]
from=-2
activation=linear
[convolutional]
filters=10
size=1
stride=1
activation=linear
[avgpool]
[softmax]
groups=1
`,
      },
      {
        name: 'x.prototxt',
        text: `name: "x"
input: "data"
input_shape { dim: 1 dim: 3 dim: 64 dim: 64 }
layer { name: "c1" type: "Convolution" bottom: "data" top: "c1" convolution_param { num_output: 16 kernel_size: 3 pad: 1 } }
layer { name: "r1" type: "ReLU" bottom: "c1" top: "c1" }
layer { name: "p1" type: "Pooling" bottom: "c1" top: "p1" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "c2" type: "Convolution" bottom: "p1" top: "c2" convolution_param { num_output: 32 kernel_size: 3 pad: 1 stride: 2 group: 4 } }
layer { name: "r2" type: "ReLU" bottom: "c2" top: "c2" }
layer { name: "c3" type: "Convolution" bottom: "c2" top: "c3" convolution_param { num_output: 32 kernel_size: 1 } }
layer { name: "r3" type: "ReLU" bottom: "c3" top: "c3" }
layer { name: "sum" type: "Eltwise" bottom: "c3" bottom: "c2" top: "sum" }
layer { name: "c4" type: "Convolution" bottom: "sum" top: "c4" convolution_param { num_output: 10 kernel_size: 1 } }
layer { name: "p2" type: "Pooling" bottom: "c4" top: "p2" pooling_param { pool: AVE global_pooling: true } }
layer { name: "flat" type: "Flatten" bottom: "p2" top: "flat" }
layer { name: "prob" type: "Softmax" bottom: "flat" top: "prob" }
`,
      },
    );
  });

  test('a fully connected layer is a convolution as large as its input', () => {
    checkSame(
      {
        name: 'x.net.yaml',
        text: `input: [3, 32, 32]
layers:
  - conv: {out: 8, kernel: 5, stride: 2, padding: 2, act: relu}
  - maxpool: {kernel: 2, stride: 2}
  - flatten
  - linear: {out: 64, act: relu}
  - linear: 10
`,
      },
      {
        name: 'x.cfg',
        text: `[net]
width=32
height=32
channels=3
[convolutional]
filters=8
size=5
stride=2
pad=1
activation=relu
[maxpool]
size=2
stride=2
padding=0
[connected]
output=64
activation=relu
[connected]
output=10
activation=linear
`,
      },
      {
        name: 'x.prototxt',
        text: `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 32 dim: 32 } } }
layer { name: "c1" type: "Convolution" bottom: "data" top: "c1" convolution_param { num_output: 8 kernel_size: 5 pad: 2 stride: 2 } }
layer { name: "r1" type: "ReLU" bottom: "c1" top: "c1" }
layer { name: "p1" type: "Pooling" bottom: "c1" top: "p1" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "f1" type: "InnerProduct" bottom: "p1" top: "f1" inner_product_param { num_output: 64 } }
layer { name: "r2" type: "ReLU" bottom: "f1" top: "f1" }
layer { name: "f2" type: "InnerProduct" bottom: "f1" top: "f2" inner_product_param { num_output: 10 } }
`,
      },
    );
  });

  // Caffe writes a batch normalization as two layers, so the nodes differ, and what they cost does not.
  test('a normalized convolution has the same totals', () => {
    const [first, ...others] = [
      {
        name: 'x.net.yaml',
        text: 'input: [3, 32, 32]\nlayers:\n  - conv: {out: 24, kernel: 3, padding: 1, norm: batch, act: relu}\n',
      },
      {
        name: 'x.cfg',
        text: '[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nbatch_normalize=1\nfilters=24\nsize=3\nstride=1\npad=1\nactivation=relu\n',
      },
      {
        name: 'x.prototxt',
        text: `input: "data" input_dim: 1 input_dim: 3 input_dim: 32 input_dim: 32
layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 24 kernel_size: 3 pad: 1 bias_term: false } }
layer { name: "n" type: "BatchNorm" bottom: "c" top: "c" }
layer { name: "s" type: "Scale" bottom: "c" top: "c" scale_param { bias_term: true } }
layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
`,
      },
    ].map(spelling => {
      const { totals, peak, graph } = modelOf(spelling);
      const { macs, params, activations } = totals;
      return { macs, params, activations, peak: peak.elements, outputs: graph.outputs.map(({ shape }) => shape) };
    });
    assert.equal(first!.params.value, 3 * 9 * 24 + 2 * 24);
    for (const other of others) assert.deepEqual(other, first);
  });
});

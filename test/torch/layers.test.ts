// PyTorch's layers by themselves: shapes and parameters as PyTorch 2.x gives them for the same constructor and input.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Builder } from '../../server/src/core/graph/builder.ts';
import type { GraphNode } from '../../server/src/core/graph/graph.ts';
import type { Counts } from '../../server/src/core/ops/op.ts';
import type { PyValue } from '../../server/src/core/python/value.ts';
import { show } from '../../server/src/core/python/value.ts';
import { only, Scope } from '../../server/src/core/torch/layer.ts';
import { construct, numbered, parametersOf, sequential } from '../../server/src/core/torch/module.ts';
import { Conv2d } from '../../server/src/core/torch/nn/conv.ts';
import { nn } from '../../server/src/core/torch/nn/index.ts';
import { Linear } from '../../server/src/core/torch/nn/linear.ts';
import { BatchNorm2d } from '../../server/src/core/torch/nn/norm.ts';
import { type Arg, bind } from '../../server/src/core/torch/signature.ts';
import { models } from '../../server/src/core/torch/torchvision/models/index.ts';
import { childrenOf, forwardOf } from '../../server/src/core/torch/torchvision/models/model.ts';

interface Case {
  readonly call: readonly [name: string, ...args: PyValue[]];
  readonly keywords?: Readonly<Record<string, PyValue>>;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly params: number;
}

const cases: readonly Case[] = [
  { call: ['nn.Conv1d', 16, 33, 3, 2], input: [1, 16, 50], output: [1, 33, 24], params: 1617 },
  { call: ['nn.Conv2d', 3, 64, 7, 2, 3], input: [1, 3, 224, 224], output: [1, 64, 112, 112], params: 9472 },
  {
    call: ['nn.Conv2d', 16, 32, [3, 5]],
    keywords: { padding: 'same', groups: 4, bias: false },
    input: [1, 16, 20, 20],
    output: [1, 32, 20, 20],
    params: 1920,
  },
  {
    call: ['nn.ConvTranspose2d', 16, 32, 3, 2, 1, 1],
    input: [1, 16, 10, 12],
    output: [1, 32, 20, 24],
    params: 4640,
  },
  { call: ['nn.Linear', 512, 1000], input: [1, 512], output: [1, 1000], params: 513_000 },
  { call: ['nn.BatchNorm1d', 8], input: [1, 8, 5], output: [1, 8, 5], params: 16 },
  { call: ['nn.BatchNorm2d', 8], keywords: { affine: false }, input: [1, 8, 5, 5], output: [1, 8, 5, 5], params: 0 },
  { call: ['nn.GroupNorm', 4, 8], input: [1, 8, 5, 5], output: [1, 8, 5, 5], params: 16 },
  { call: ['nn.InstanceNorm2d', 8], input: [1, 8, 5, 5], output: [1, 8, 5, 5], params: 0 },
  { call: ['nn.LayerNorm', [4, 6]], input: [1, 3, 4, 6], output: [1, 3, 4, 6], params: 48 },
  { call: ['nn.LayerNorm', 6], keywords: { bias: false }, input: [1, 4, 6], output: [1, 4, 6], params: 6 },
  { call: ['nn.PReLU'], input: [1, 8, 5, 5], output: [1, 8, 5, 5], params: 1 },
  { call: ['nn.PReLU', 8], input: [1, 8, 5, 5], output: [1, 8, 5, 5], params: 8 },
  { call: ['nn.MaxPool2d', 3], input: [1, 8, 10, 10], output: [1, 8, 3, 3], params: 0 },
  {
    call: ['nn.MaxPool2d', 3, 2],
    keywords: { ceil_mode: true },
    input: [1, 8, 10, 10],
    output: [1, 8, 5, 5],
    params: 0,
  },
  { call: ['nn.AvgPool2d', 2, null, 1], input: [1, 8, 10, 10], output: [1, 8, 6, 6], params: 0 },
  { call: ['nn.AdaptiveAvgPool2d', [7, null]], input: [1, 8, 10, 12], output: [1, 8, 7, 12], params: 0 },
  {
    call: ['nn.Upsample'],
    keywords: { scale_factor: 2, mode: 'bilinear', align_corners: false },
    input: [1, 3, 8, 8],
    output: [1, 3, 16, 16],
    params: 0,
  },
  { call: ['nn.ZeroPad2d', [1, 2, 3, 4]], input: [1, 3, 8, 8], output: [1, 3, 15, 11], params: 0 },
  { call: ['nn.Flatten', 2], input: [1, 3, 8, 8], output: [1, 3, 64], params: 0 },
  { call: ['nn.Unflatten', 1, [2, 4]], input: [1, 8, 5], output: [1, 2, 4, 5], params: 0 },
  { call: ['nn.PixelShuffle', 2], input: [1, 8, 5, 5], output: [1, 2, 10, 10], params: 0 },
  { call: ['nn.GLU', 1], input: [1, 8, 5, 5], output: [1, 4, 5, 5], params: 0 },
  { call: ['nn.Identity', 54, 'unused', false, null], input: [1, 8], output: [1, 8], params: 0 },
];

describe('a layer of torch.nn', () => {
  for (const { call, keywords = {}, input, output, params } of cases) {
    const [name, ...args] = call;
    it(`${name}(${JSON.stringify([...args, keywords]).slice(1, -1)})`, () => {
      const layer = nn.get(name)!;
      const { values, refused } = bind(layer, args.map(argOf), { keywords: keywordsOf(keywords) });
      assert.equal(refused, undefined);
      const built = run((scope, x) => only([layer.forward(scope, [x], values!)]), input);
      assert.deepEqual(built.output, output);
      assert.equal(built.params, params, 'parameters of the forward pass');
      assert.equal(sizeOf(parametersOf(construct(layer, values!))), params, 'parameters of the constructor');
      assert.deepEqual(built.messages, []);
    });
  }
});

describe('a call that PyTorch refuses', () => {
  const wrong: [call: [string, ...PyValue[]], keywords: Record<string, PyValue>, message: RegExp][] = [
    [['nn.Conv2d', 3, 64], {}, /^nn\.Conv2d needs `kernel_size` as argument 3\./],
    [['nn.Conv2d', 3, 64, 0], {}, /^`kernel_size` of nn\.Conv2d must be a whole number ≥ 1 or a list of them, not 0\./],
    [['nn.Conv2d', 3, 64, 3], { strides: 2 }, /^nn\.Conv2d has no parameter strides\.$/],
    [['nn.Conv2d', 3, 64, 3], { out_channels: 2 }, /^nn\.Conv2d gets two values for out_channels\.$/],
    [['nn.Flatten', 1, 2, 3], {}, /^nn\.Flatten takes 2 arguments, not 3\.$/],
    [['nn.Sigmoid', true], {}, /^nn\.Sigmoid takes no arguments here\.$/],
    [['nn.Linear', 'many', 10], {}, /^`in_features` of nn\.Linear must be a whole number ≥ 1, not “many”\./],
  ];
  for (const [[name, ...args], keywords, message] of wrong) {
    it(String(message), () => {
      const { refused } = bind(nn.get(name)!, args.map(argOf), { keywords: keywordsOf(keywords) });
      assert.match(refused?.message ?? 'accepted', message);
    });
  }

  it('a float where a size is wanted, at its place', () => {
    const arg: Arg = { value: 32, float: '64 / 2', range: { from: 4, to: 10 } };
    const { refused } = bind(Conv2d, [{ value: 3 }, arg, { value: 3 }]);
    assert.match(refused!.message, /64 \/ 2 is a float in Python\./);
    assert.equal(refused!.help, 'Use 32.');
    assert.equal(refused!.arg, arg);
  });
  it('a size that is not known is never shown as one', () => {
    const { refused } = bind(Conv2d, [{ value: [Number.NaN, Number.NaN] }, { value: 8 }, { value: 3 }]);
    assert.match(refused!.message, /not \[\?, \?\]\.$/);
  });

  it('an input of other channels: priced as declared', () => {
    const conv = construct(Conv2d, { in_channels: 3, out_channels: 8, kernel_size: 1 });
    const built = run(conv.forward, [1, 4, 5, 5]);
    assert.deepEqual(built.messages, ['nn.Conv2d expects 3 input channels, but gets 4.']);
    assert.deepEqual(built.output, [1, 8, 5, 5]);
    assert.equal(built.params, 32);
  });
});

describe('a tree of modules', () => {
  const tree = sequential('net', [
    ...numbered([
      construct(Conv2d, { in_channels: 3, out_channels: 8, kernel_size: 3, padding: 1, bias: false }),
      construct(BatchNorm2d, { num_features: 8 }),
    ]),
    sequential('head', numbered([construct(Linear, { in_features: 5, out_features: 2 })])),
  ]);

  it('lists its children and all parameters without running', () => {
    assert.deepEqual(
      tree.children.map(({ name, type }) => `${name}: ${type}`),
      ['0: Conv2d', '1: BatchNorm2d', 'head: Sequential'],
    );
    assert.equal(sizeOf(parametersOf(tree)), 3 * 8 * 9 + 16 + 12);
    assert.deepEqual(parametersOf(tree.children[2]!), [
      { name: 'weight', shape: [2, 5], role: 'weights' },
      { name: 'bias', shape: [2], role: 'biases' },
    ]);
  });

  it('runs as a whole, and sliced', () => {
    assert.deepEqual(run(tree.forward, [1, 3, 4, 5]).output, [1, 8, 4, 2]);
    const body = sequential('body', tree.children.slice(0, -1));
    const built = run(body.forward, [1, 3, 4, 5]);
    assert.deepEqual(built.output, [1, 8, 4, 5]);
    assert.equal(built.params, 3 * 8 * 9 + 16);
  });
});

describe('a model of torchvision', () => {
  it('resnet18: children by name, and 11 689 512 parameters', () => {
    const steps = models.get('resnet18')!(undefined);
    assert.deepEqual(
      childrenOf(steps).map(({ name }) => name),
      ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4', 'avgpool', 'fc'],
    );
    const built = run((scope, x) => forwardOf(scope, steps, x), [1, 3, 224, 224]);
    assert.deepEqual(built.output, [1, 1000]);
    assert.equal(built.params, 11_689_512);
  });

  it('googlenet without weights: its heads for training are parameters alone', () => {
    const built = run((scope, x) => forwardOf(scope, models.get('googlenet')!(undefined), x), [1, 3, 224, 224]);
    assert.equal(built.params, 13_004_888);
  });
});

function argOf(value: PyValue): Arg {
  return { value };
}

function keywordsOf(values: Readonly<Record<string, PyValue>>): ReadonlyMap<string, Arg> {
  return new Map(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function run(
  forward: (scope: Scope, x: ReturnType<Builder['input']>) => ReturnType<Builder['input']>,
  input: readonly number[],
) {
  const builder = new Builder();
  const output = forward(new Scope(builder), builder.input('x', input));
  const graph = builder.finish([output]);
  return {
    output: output.shape,
    params: graph.nodes.reduce((sum, node) => sum + paramsOf(node), 0),
    messages: builder.problems.map(({ message }) => message),
  };
}

function paramsOf({ op, attrs, inputs, outputs }: GraphNode): number {
  const shapes = (list: GraphNode['inputs']) => list.map(({ shape }) => shape!);
  const counts: Partial<Counts> = op.counts?.(attrs, shapes(inputs), shapes(outputs)) ?? {};
  return (counts.weights ?? 0) + (counts.biases ?? 0) + (counts.normAffine ?? 0);
}

function sizeOf(parameters: ReturnType<typeof parametersOf>): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

it('what Python writes of a value', () => {
  const values = [null, true, 'x', [1, Number.NaN], Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  assert.deepEqual(values.map(show), ['None', 'True', '“x”', '[1, ?]', 'inf', '-inf']);
});

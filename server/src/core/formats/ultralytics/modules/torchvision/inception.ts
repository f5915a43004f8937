// torchvision/models/googlenet.py and inception.py: parallel branches, joined by their channels.
import type { Tensor } from '../../../../graph/graph.ts';
import * as ops from '../../../../ops/index.ts';
import { avgPool2d, batchNorm, cat, channels, conv2d, flatten, maxPool2d, plus, times } from '../../layers.ts';
import type { Scope, Size } from '../../module.ts';
import {
  bareRelu,
  type Child,
  convNormParams,
  dense,
  drop,
  type Forward,
  flattened,
  linearParams,
  type Model,
  pooledTo,
} from './child.ts';

interface Conv {
  readonly s?: number;
  readonly p?: Size;
}

/** BasicConv2d; its activation is F.relu. */
const basic =
  (c2: number, k: Size, { s = 1, p = 0 }: Conv = {}): Forward =>
  (scope, x) =>
    bareRelu(scope, batchNorm(scope, conv2d(scope, x, { c2, k, s, p, bias: false })));

/** Each branch is a chain; a chain of chains forks. */
type Branch = readonly Forward[];

function run(scope: Scope, x: Tensor, branch: Branch): Tensor {
  return branch.reduce((y, forward) => forward(scope, y), x);
}

const joined =
  (...branches: readonly Branch[]): Forward =>
  (scope, x) =>
    cat(
      scope,
      branches.map((branch, index) => scope.part(`branch${index + 1}`, 'branch', () => run(scope, x, branch))),
    );

/**
 * _transform_input, which pretrained weights switch on: each channel is scaled and shifted from torchvision's
 * normalization to the one of the original weights.
 */
const transformed: Child = {
  name: '_transform_input',
  bare: true,
  forward: (scope, x) => {
    const scaled = [0, 1, 2].map(channel => {
      const one = scope.builder.add(ops.slice, { axis: 1, start: channel, end: channel + 1, step: 1 }, x);
      const number = (): Tensor => scope.builder.add(ops.constant, { shape: [1] }, []);
      return plus(scope, times(scope, one, number()), number());
    });
    return cat(scope, scaled);
  },
};

/** A head that only training calls. Taken apart, the model runs it in the middle of the chain. */
function auxiliary(name: string, inputs: number, idle: number, forward: Forward): Child {
  return {
    name,
    idle,
    forward: (scope, x) => {
      const found = channels(x);
      if (x.shape?.length === 4 && found !== inputs && !Number.isNaN(found)) {
        const message = `Taken apart, the model runs its head for training ${name} in the chain. It is built for ${inputs} channels, but here come ${found}. Truncate more, so that it falls away.`;
        return scope.refuse({ code: 'channel-mismatch', input: 0, message, output: [1, 1000] }, [x]);
      }
      return forward(scope, x);
    },
  };
}

/** Without pretrained weights the two auxiliary heads stay in the model, behind inception5b; with them they are dropped. */
const googlenet: Model = weights => {
  const pool: Forward = (scope, x) => maxPool2d(scope, x, { k: 3, s: 2, ceil: true });
  // The 5×5 is a 3×3 here: a known mistake, kept for the weights' sake (pytorch/vision issue 906).
  const inception = (a: number, b1: number, b: number, c1: number, c: number, d: number): Forward =>
    joined(
      [basic(a, 1)],
      [basic(b1, 1), basic(b, 3, { p: 1 })],
      [basic(c1, 1), basic(c, 3, { p: 1 })],
      [(scope, x) => maxPool2d(scope, x, { k: 3, s: 1, p: 1, ceil: true }), basic(d, 1)],
    );
  const head = (name: string, inputs: number): Child =>
    auxiliary(
      name,
      inputs,
      convNormParams(inputs, 128, 1) + linearParams(2048, 1024) + linearParams(1024, 1000),
      (scope, x) => {
        const pooled = scope.builder.add(ops.adaptiveAvgPool, { size: [4, 4] }, x, { functional: true });
        const hidden = dense(2048, 1024)(scope, flatten(scope, basic(128, 1)(scope, pooled)));
        return dense(1024, 1000)(scope, drop(scope, bareRelu(scope, hidden)));
      },
    );
  return [
    ...(weights === undefined ? [] : [transformed]),
    { name: 'conv1', forward: basic(64, 7, { s: 2, p: 3 }) },
    { name: 'maxpool1', forward: pool },
    { name: 'conv2', forward: basic(64, 1) },
    { name: 'conv3', forward: basic(192, 3, { p: 1 }) },
    { name: 'maxpool2', forward: pool },
    { name: 'inception3a', forward: inception(64, 96, 128, 16, 32, 32) },
    { name: 'inception3b', forward: inception(128, 128, 192, 32, 96, 64) },
    { name: 'maxpool3', forward: pool },
    { name: 'inception4a', forward: inception(192, 96, 208, 16, 48, 64) },
    { name: 'inception4b', forward: inception(160, 112, 224, 24, 64, 64) },
    { name: 'inception4c', forward: inception(128, 128, 256, 24, 64, 64) },
    { name: 'inception4d', forward: inception(112, 144, 288, 32, 64, 64) },
    { name: 'inception4e', forward: inception(256, 160, 320, 32, 128, 128) },
    { name: 'maxpool4', forward: (scope, x) => maxPool2d(scope, x, { k: 2, s: 2, ceil: true }) },
    { name: 'inception5a', forward: inception(256, 160, 320, 32, 128, 128) },
    { name: 'inception5b', forward: inception(384, 192, 384, 48, 128, 128) },
    ...(weights === undefined ? [head('aux1', 512), head('aux2', 528)] : []),
    { name: 'avgpool', forward: pooledTo(1) },
    flattened,
    { name: 'dropout', forward: drop },
    { name: 'fc', forward: dense(1024, 1000) },
  ];
};

/** F.avg_pool2d and F.max_pool2d of the branches. */
const mean: Forward = (scope, x) => avgPool2d(scope, x, { k: 3, s: 1, p: 1 }, { functional: true });
const halved: Forward = (scope, x) => maxPool2d(scope, x, { k: 3, s: 2 }, { functional: true });

const across = [1, 7] as const;
const down = [7, 1] as const;

/** Padded to keep the size, at stride 1. */
const same = (c2: number, k: Size): Forward =>
  basic(c2, k, { p: typeof k === 'number' ? (k - 1) / 2 : k.map(size => (size - 1) / 2) });

const inceptionA = (pool: number): Forward =>
  joined([basic(64, 1)], [basic(48, 1), same(64, 5)], [basic(64, 1), same(96, 3), same(96, 3)], [mean, basic(pool, 1)]);

const inceptionB: Forward = joined(
  [basic(384, 3, { s: 2 })],
  [basic(64, 1), same(96, 3), basic(96, 3, { s: 2 })],
  [halved],
);

const inceptionC = (c7: number): Forward =>
  joined(
    [basic(192, 1)],
    [basic(c7, 1), same(c7, across), same(192, down)],
    [basic(c7, 1), same(c7, down), same(c7, across), same(c7, down), same(192, across)],
    [mean, basic(192, 1)],
  );

const inceptionD: Forward = joined(
  [basic(192, 1), basic(320, 3, { s: 2 })],
  [basic(192, 1), same(192, across), same(192, down), basic(192, 3, { s: 2 })],
  [halved],
);

const fork: Forward = joined([same(384, [1, 3])], [same(384, [3, 1])]);

const inceptionE: Forward = joined(
  [basic(320, 1)],
  [basic(384, 1), fork],
  [basic(448, 1), same(384, 3), fork],
  [mean, basic(192, 1)],
);

const inceptionV3: Model = weights => {
  const pool: Forward = (scope, x) => maxPool2d(scope, x, { k: 3, s: 2 });
  const head = auxiliary(
    'AuxLogits',
    768,
    convNormParams(768, 128, 1) + convNormParams(128, 768, 5) + linearParams(768, 1000),
    (scope, x) => {
      const pooled = avgPool2d(scope, x, { k: 5, s: 3 }, { functional: true });
      const y = basic(768, 5)(scope, basic(128, 1)(scope, pooled));
      const one = scope.builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, y, { functional: true });
      return dense(768, 1000)(scope, flatten(scope, one));
    },
  );
  return [
    ...(weights === undefined ? [] : [transformed]),
    { name: 'Conv2d_1a_3x3', forward: basic(32, 3, { s: 2 }) },
    { name: 'Conv2d_2a_3x3', forward: basic(32, 3) },
    { name: 'Conv2d_2b_3x3', forward: same(64, 3) },
    { name: 'maxpool1', forward: pool },
    { name: 'Conv2d_3b_1x1', forward: basic(80, 1) },
    { name: 'Conv2d_4a_3x3', forward: basic(192, 3) },
    { name: 'maxpool2', forward: pool },
    { name: 'Mixed_5b', forward: inceptionA(32) },
    { name: 'Mixed_5c', forward: inceptionA(64) },
    { name: 'Mixed_5d', forward: inceptionA(64) },
    { name: 'Mixed_6a', forward: inceptionB },
    { name: 'Mixed_6b', forward: inceptionC(128) },
    { name: 'Mixed_6c', forward: inceptionC(160) },
    { name: 'Mixed_6d', forward: inceptionC(160) },
    { name: 'Mixed_6e', forward: inceptionC(192) },
    head,
    { name: 'Mixed_7a', forward: inceptionD },
    { name: 'Mixed_7b', forward: inceptionE },
    { name: 'Mixed_7c', forward: inceptionE },
    { name: 'avgpool', forward: pooledTo(1) },
    { name: 'dropout', forward: drop },
    flattened,
    { name: 'fc', forward: dense(2048, 1000) },
  ];
};

export const inceptions: Readonly<Record<string, Model>> = { googlenet, inception_v3: inceptionV3 };

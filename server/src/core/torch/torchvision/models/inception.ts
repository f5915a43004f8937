// torchvision/models/googlenet.py and inception.py: parallel branches, joined by their channels.
import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Forward, Scope, Size } from '../../layer.ts';
import { type Child, named, run } from '../../module.ts';
import { conv2d } from '../../nn/conv.ts';
import { dropout } from '../../nn/dropout.ts';
import { batchNorm } from '../../nn/norm.ts';
import { adaptiveAvgPool2d, avgPool2d, maxPool2d } from '../../nn/pool.ts';
import { cat, flatten, plus, slice, times } from '../../tensor.ts';
import { convNormChild } from '../ops/convNorm.ts';
import { bare, bareRelu, dense, flattened, type Model, pooledTo, type Step } from './model.ts';

interface Conv {
  readonly s?: number;
  readonly p?: Size;
}

/** BasicConv2d; its activation is F.relu. */
const basic =
  (c2: number, k: Size, { s = 1, p = 0 }: Conv = {}): Forward =>
  (scope, x) =>
    bareRelu(scope, batchNorm(scope, conv2d(scope, x, { out: c2, kernel: k, stride: s, padding: p, bias: false })));

/** Each branch is a chain; a chain of chains forks. */
type Branch = readonly Forward[];

function through(scope: Scope, x: Tensor, branch: Branch): Tensor {
  return branch.reduce((y, forward) => forward(scope, y), x);
}

const joined =
  (...branches: readonly Branch[]): Forward =>
  (scope, x) =>
    cat(
      scope,
      branches.map((branch, index) => scope.part(`branch${index + 1}`, 'branch', () => through(scope, x, branch))),
    );

/**
 * _transform_input, which pretrained weights switch on: each channel is scaled and shifted from torchvision's
 * normalization to the one of the original weights.
 */
const transformed: Step = bare('_transform_input', (scope, x) => {
  const scaled = [0, 1, 2].map(channel => {
    const one = slice(scope, x, 1, channel, channel + 1);
    const number = (): Tensor => scope.builder.add(ops.constant, { shape: [1] }, []);
    return plus(scope, times(scope, one, number()), number());
  });
  return cat(scope, scaled);
});

/** A head that only training calls. Taken apart, the model runs it in the middle of the chain. */
function auxiliary(name: string, inputs: number, children: readonly Child[], forward: Forward): Step {
  return {
    name,
    type: 'InceptionAux',
    children,
    parameters: [],
    isIdle: true,
    forward: (scope, x) => {
      const found = channels(x);
      if (x.shape?.length === 4 && found !== inputs && !Number.isNaN(found)) {
        const message = l10n.t(
          'When unwrapped, the model runs its auxiliary head {0} in the chain, which expects {1} channels, but gets {2}.',
          name,
          inputs,
          found,
        );
        const help = l10n.t('Increase `truncate` until it is cut off.');
        return scope.refuse({ code: 'training-head-in-chain', input: 0, message, help, output: [1, 1000] }, [x]);
      }
      return forward(scope, x);
    },
  };
}

/** Without pretrained weights the two auxiliary heads stay in the model, behind inception5b; with them they are dropped. */
const googlenet: Model = weights => {
  const pool: Forward = (scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 2, ceil: true });
  // The 5×5 is a 3×3 here: a known mistake, kept for the weights' sake (pytorch/vision issue 906).
  const inception = (a: number, b1: number, b: number, c1: number, c: number, d: number): Forward =>
    joined(
      [basic(a, 1)],
      [basic(b1, 1), basic(b, 3, { p: 1 })],
      [basic(c1, 1), basic(c, 3, { p: 1 })],
      [(scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 1, padding: 1, ceil: true }), basic(d, 1)],
    );
  const head = (name: string, inputs: number): Step => {
    const conv = convNormChild('conv', inputs, { out: 128, act: bareRelu });
    const fc1 = named('fc1', dense(2048, 1024));
    const fc2 = named('fc2', dense(1024, 1000));
    return auxiliary(name, inputs, [conv, fc1, fc2], (scope, x) => {
      const y = run(scope, [conv], adaptiveAvgPool2d(scope, x, 4, { functional: true }));
      const hidden = run(scope, [fc1], flatten(scope, y));
      return run(scope, [fc2], dropout(scope, bareRelu(scope, hidden)));
    });
  };
  return [
    ...(weights === undefined ? [] : [transformed]),
    named('conv1', basic(64, 7, { s: 2, p: 3 })),
    named('maxpool1', pool),
    named('conv2', basic(64, 1)),
    named('conv3', basic(192, 3, { p: 1 })),
    named('maxpool2', pool),
    named('inception3a', inception(64, 96, 128, 16, 32, 32)),
    named('inception3b', inception(128, 128, 192, 32, 96, 64)),
    named('maxpool3', pool),
    named('inception4a', inception(192, 96, 208, 16, 48, 64)),
    named('inception4b', inception(160, 112, 224, 24, 64, 64)),
    named('inception4c', inception(128, 128, 256, 24, 64, 64)),
    named('inception4d', inception(112, 144, 288, 32, 64, 64)),
    named('inception4e', inception(256, 160, 320, 32, 128, 128)),
    named('maxpool4', (scope, x) => maxPool2d(scope, x, { kernel: 2, stride: 2, ceil: true })),
    named('inception5a', inception(256, 160, 320, 32, 128, 128)),
    named('inception5b', inception(384, 192, 384, 48, 128, 128)),
    ...(weights === undefined ? [head('aux1', 512), head('aux2', 528)] : []),
    named('avgpool', pooledTo(1)),
    flattened,
    named('dropout', dropout),
    named('fc', dense(1024, 1000)),
  ];
};

/** F.avg_pool2d and F.max_pool2d of the branches. */
const mean: Forward = (scope, x) => avgPool2d(scope, x, { kernel: 3, stride: 1, padding: 1 }, { functional: true });
const halved: Forward = (scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 2 }, { functional: true });

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
  const pool: Forward = (scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 2 });
  const conv0 = convNormChild('conv0', 768, { out: 128, act: bareRelu });
  const conv1 = convNormChild('conv1', 128, { out: 768, kernel: 5, padding: 0, act: bareRelu });
  const fc = named('fc', dense(768, 1000));
  const head = auxiliary('AuxLogits', 768, [conv0, conv1, fc], (scope, x) => {
    const pooled = avgPool2d(scope, x, { kernel: 5, stride: 3 }, { functional: true });
    const one = adaptiveAvgPool2d(scope, run(scope, [conv0, conv1], pooled), 1, { functional: true });
    return run(scope, [fc], flatten(scope, one));
  });
  return [
    ...(weights === undefined ? [] : [transformed]),
    named('Conv2d_1a_3x3', basic(32, 3, { s: 2 })),
    named('Conv2d_2a_3x3', basic(32, 3)),
    named('Conv2d_2b_3x3', same(64, 3)),
    named('maxpool1', pool),
    named('Conv2d_3b_1x1', basic(80, 1)),
    named('Conv2d_4a_3x3', basic(192, 3)),
    named('maxpool2', pool),
    named('Mixed_5b', inceptionA(32)),
    named('Mixed_5c', inceptionA(64)),
    named('Mixed_5d', inceptionA(64)),
    named('Mixed_6a', inceptionB),
    named('Mixed_6b', inceptionC(128)),
    named('Mixed_6c', inceptionC(160)),
    named('Mixed_6d', inceptionC(160)),
    named('Mixed_6e', inceptionC(192)),
    head,
    named('Mixed_7a', inceptionD),
    named('Mixed_7b', inceptionE),
    named('Mixed_7c', inceptionE),
    named('avgpool', pooledTo(1)),
    named('dropout', dropout),
    flattened,
    named('fc', dense(2048, 1000)),
  ];
};

export const inceptions: Readonly<Record<string, Model>> = { googlenet, inception_v3: inceptionV3 };

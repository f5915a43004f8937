// torchvision/models/efficientnet.py: MBConv, and FusedMBConv in the first stages of V2.

import type { Forward } from '../../layer.ts';
import { named, numbered, sequential } from '../../module.ts';
import { gate, silu } from '../../nn/activation.ts';
import { dropout } from '../../nn/dropout.ts';
import { plus } from '../../tensor.ts';
import { convNorm } from '../ops/convNorm.ts';
import { chained, dense, divisible, flattened, type Model, pooledTo, type Step, squeezed } from './model.ts';

/** A stage: (block, expansion, kernel, stride, input channels, output channels, repeats). */
type Stage = readonly [
  block: 'MBConv' | 'fused',
  t: number,
  k: number,
  s: 1 | 2,
  inputs: number,
  out: number,
  repeats: number,
];

/** Depthwise, squeezed to a quarter of the block's input channels. StochasticDepth does nothing in evaluation. */
function mbConv(t: number, k: number, s: number, inputs: number, c2: number): Forward {
  const wide = divisible(inputs * t);
  return (scope, x) => {
    const y = wide === inputs ? x : convNorm(scope, x, { out: wide, act: silu });
    const z = convNorm(scope, y, { out: wide, kernel: k, stride: s, groups: wide, act: silu });
    const gated = squeezed(scope, z, Math.max(1, Math.floor(inputs / 4)), silu, gate);
    const out = convNorm(scope, gated, { out: c2 });
    return s === 1 && inputs === c2 ? plus(scope, out, x) : out;
  };
}

/** One whole convolution does the work of the expansion and the depthwise one. */
function fusedMbConv(t: number, k: number, s: number, inputs: number, c2: number): Forward {
  const wide = divisible(inputs * t);
  return (scope, x) => {
    const out =
      wide === inputs
        ? convNorm(scope, x, { out: c2, kernel: k, stride: s, act: silu })
        : convNorm(scope, convNorm(scope, x, { out: wide, kernel: k, stride: s, act: silu }), { out: c2 });
    return s === 1 && inputs === c2 ? plus(scope, out, x) : out;
  };
}

/** `last` are the channels of the last convolution, four times the last stage's unless given. */
function efficientnet(stages: readonly Stage[], last?: number): readonly Step[] {
  const stem = stages[0]![4];
  const features: Forward[] = [(scope, x) => convNorm(scope, x, { out: stem, kernel: 3, stride: 2, act: silu })];
  for (const [kind, t, k, stride, inputs, out, repeats] of stages) {
    const block = kind === 'MBConv' ? mbConv : fusedMbConv;
    features.push(
      chained(
        Array.from({ length: repeats }, (_, index) =>
          index === 0 ? block(t, k, stride, inputs, out) : block(t, k, 1, out, out),
        ),
      ),
    );
  }
  const wide = last ?? 4 * stages.at(-1)![5];
  features.push((scope, x) => convNorm(scope, x, { out: wide, act: silu }));
  return [
    sequential('features', numbered(features)),
    named('avgpool', pooledTo(1)),
    flattened,
    sequential('classifier', numbered([dropout, dense(wide, 1000)])),
  ];
}

/** EfficientNet-B0, widened and deepened. */
function scaled(width: number, depth: number): readonly Step[] {
  const stages: readonly Stage[] = [
    ['MBConv', 1, 3, 1, 32, 16, 1],
    ['MBConv', 6, 3, 2, 16, 24, 2],
    ['MBConv', 6, 5, 2, 24, 40, 2],
    ['MBConv', 6, 3, 2, 40, 80, 3],
    ['MBConv', 6, 5, 1, 80, 112, 3],
    ['MBConv', 6, 5, 2, 112, 192, 4],
    ['MBConv', 6, 3, 1, 192, 320, 1],
  ];
  return efficientnet(
    stages.map(([block, t, k, s, inputs, out, repeats]): Stage => {
      const channels = [divisible(inputs * width), divisible(out * width)] as const;
      return [block, t, k, s, ...channels, Math.ceil(repeats * depth)];
    }),
  );
}

const v2s: readonly Stage[] = [
  ['fused', 1, 3, 1, 24, 24, 2],
  ['fused', 4, 3, 2, 24, 48, 4],
  ['fused', 4, 3, 2, 48, 64, 4],
  ['MBConv', 4, 3, 2, 64, 128, 6],
  ['MBConv', 6, 3, 1, 128, 160, 9],
  ['MBConv', 6, 3, 2, 160, 256, 15],
];

const v2m: readonly Stage[] = [
  ['fused', 1, 3, 1, 24, 24, 3],
  ['fused', 4, 3, 2, 24, 48, 5],
  ['fused', 4, 3, 2, 48, 80, 5],
  ['MBConv', 4, 3, 2, 80, 160, 7],
  ['MBConv', 6, 3, 1, 160, 176, 14],
  ['MBConv', 6, 3, 2, 176, 304, 18],
  ['MBConv', 6, 3, 1, 304, 512, 5],
];

const v2l: readonly Stage[] = [
  ['fused', 1, 3, 1, 32, 32, 4],
  ['fused', 4, 3, 2, 32, 64, 7],
  ['fused', 4, 3, 2, 64, 96, 7],
  ['MBConv', 4, 3, 2, 96, 192, 10],
  ['MBConv', 6, 3, 1, 192, 224, 19],
  ['MBConv', 6, 3, 2, 224, 384, 25],
  ['MBConv', 6, 3, 1, 384, 640, 7],
];

export const efficientnets: Readonly<Record<string, Model>> = {
  efficientnet_b0: () => scaled(1, 1),
  efficientnet_b1: () => scaled(1, 1.1),
  efficientnet_b2: () => scaled(1.1, 1.2),
  efficientnet_b3: () => scaled(1.2, 1.4),
  efficientnet_b4: () => scaled(1.4, 1.8),
  efficientnet_b5: () => scaled(1.6, 2.2),
  efficientnet_b6: () => scaled(1.8, 2.6),
  efficientnet_b7: () => scaled(2, 3.1),
  efficientnet_v2_s: () => efficientnet(v2s, 1280),
  efficientnet_v2_m: () => efficientnet(v2m, 1280),
  efficientnet_v2_l: () => efficientnet(v2l, 1280),
};

// torchvision/models/mobilenetv2.py, mobilenetv3.py and mnasnet.py: inverted residuals.

import type { Forward } from '../../layer.ts';
import { named, numbered, sequential } from '../../module.ts';
import { hardSigmoid, hardSwish, relu, relu6 } from '../../nn/activation.ts';
import { conv2d } from '../../nn/conv.ts';
import { dropout } from '../../nn/dropout.ts';
import { batchNorm } from '../../nn/norm.ts';
import { plus } from '../../tensor.ts';
import { convNorm } from '../ops/convNorm.ts';
import {
  averaged,
  chained,
  dense,
  divisible,
  flattened,
  type Model,
  pooled,
  pooledTo,
  type Step,
  squeezed,
} from './model.ts';

/** MobileNetV2's inverted residuals as (expansion, channels, repeats, stride). */
const mobilenetV2 = (): readonly Step[] => {
  const settings = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  const features: Forward[] = [(scope, x) => convNorm(scope, x, { out: 32, kernel: 3, stride: 2, act: relu6 })];
  let inputs = 32;
  for (const [t, c, n, first] of settings) {
    for (let index = 0; index < n; index++) {
      const s = index === 0 ? first : 1;
      const from = inputs;
      features.push((scope, x) => {
        const wide = from * t;
        const y = t === 1 ? x : convNorm(scope, x, { out: wide, act: relu6 });
        const z = convNorm(scope, convNorm(scope, y, { out: wide, kernel: 3, stride: s, groups: wide, act: relu6 }), {
          out: c,
        });
        return s === 1 && from === c ? plus(scope, x, z) : z;
      });
      inputs = c;
    }
  }
  features.push((scope, x) => convNorm(scope, x, { out: 1280, act: relu6 }));
  return [
    sequential('features', numbered(features)),
    pooled,
    flattened,
    sequential('classifier', numbered([dropout, dense(1280, 1000)])),
  ];
};

/** MobileNetV3's as (kernel, expanded, channels, squeezes, activation, stride): the paper's tables 1 and 2. */
type Setting = readonly [k: number, wide: number, c: number, squeezes: boolean, act: 'RE' | 'HS', s: 1 | 2];

const large: readonly Setting[] = [
  [3, 16, 16, false, 'RE', 1],
  [3, 64, 24, false, 'RE', 2],
  [3, 72, 24, false, 'RE', 1],
  [5, 72, 40, true, 'RE', 2],
  [5, 120, 40, true, 'RE', 1],
  [5, 120, 40, true, 'RE', 1],
  [3, 240, 80, false, 'HS', 2],
  [3, 200, 80, false, 'HS', 1],
  [3, 184, 80, false, 'HS', 1],
  [3, 184, 80, false, 'HS', 1],
  [3, 480, 112, true, 'HS', 1],
  [3, 672, 112, true, 'HS', 1],
  [5, 672, 160, true, 'HS', 2],
  [5, 960, 160, true, 'HS', 1],
  [5, 960, 160, true, 'HS', 1],
];

const small: readonly Setting[] = [
  [3, 16, 16, true, 'RE', 2],
  [3, 72, 24, false, 'RE', 2],
  [3, 88, 24, false, 'RE', 1],
  [5, 96, 40, true, 'HS', 2],
  [5, 240, 40, true, 'HS', 1],
  [5, 240, 40, true, 'HS', 1],
  [5, 120, 48, true, 'HS', 1],
  [5, 144, 48, true, 'HS', 1],
  [5, 288, 96, true, 'HS', 2],
  [5, 576, 96, true, 'HS', 1],
  [5, 576, 96, true, 'HS', 1],
];

function mobilenetV3(settings: readonly Setting[], last: number): readonly Step[] {
  const features: Forward[] = [(scope, x) => convNorm(scope, x, { out: 16, kernel: 3, stride: 2, act: hardSwish })];
  let inputs = 16;
  for (const [k, wide, c, squeezes, kind, s] of settings) {
    const from = inputs;
    const act = kind === 'HS' ? hardSwish : relu;
    features.push((scope, x) => {
      const y = wide === from ? x : convNorm(scope, x, { out: wide, act });
      const z = convNorm(scope, y, { out: wide, kernel: k, stride: s, groups: wide, act });
      const gated = squeezes ? squeezed(scope, z, divisible(Math.floor(wide / 4)), relu, hardSigmoid) : z;
      const out = convNorm(scope, gated, { out: c });
      return s === 1 && from === c ? plus(scope, out, x) : out;
    });
    inputs = c;
  }
  const wide = 6 * inputs;
  features.push((scope, x) => convNorm(scope, x, { out: wide, act: hardSwish }));
  return [
    sequential('features', numbered(features)),
    named('avgpool', pooledTo(1)),
    flattened,
    sequential('classifier', numbered([dense(wide, last), hardSwish, dropout, dense(last, 1000)])),
  ];
}

/** MNASNet-B1's stacks as (kernel, stride, expansion, repeats), between widths of 16, 24, 40, 80, 96, 192 and 320. */
const stacks = [
  [3, 2, 3, 3],
  [5, 2, 3, 3],
  [5, 2, 6, 3],
  [3, 1, 6, 2],
  [5, 2, 6, 4],
  [3, 1, 6, 1],
] as const;

/** `alpha` multiplies all widths but the last one. */
function mnasnet(alpha: number): readonly Step[] {
  const [stem, first, ...widths] = [32, 16, 24, 40, 80, 96, 192, 320].map(width => divisible(width * alpha));
  const conv =
    (c2: number, k: number, s = 1, g = 1): Forward =>
    (scope, x) =>
      conv2d(scope, x, { out: c2, kernel: k, stride: s, padding: (k - 1) / 2, groups: g, bias: false });
  const layers = [
    ...[conv(stem!, 3, 2), batchNorm, relu],
    ...[conv(stem!, 3, 1, stem!), batchNorm, relu],
    ...[conv(first!, 1), batchNorm],
  ];
  let inputs = first!;
  for (const [stage, [k, stride, t, n]] of stacks.entries()) {
    const c2 = widths[stage]!;
    const blocks: Forward[] = [];
    for (let index = 0; index < n; index++) {
      const wide = inputs * t;
      const s = index === 0 ? stride : 1;
      const residual = s === 1 && inputs === c2;
      blocks.push((scope, x) => {
        const y = convNorm(scope, x, { out: wide, act: relu });
        const z = convNorm(scope, convNorm(scope, y, { out: wide, kernel: k, stride: s, groups: wide, act: relu }), {
          out: c2,
        });
        return residual ? plus(scope, z, x) : z;
      });
      inputs = c2;
    }
    layers.push(chained(blocks));
  }
  layers.push(conv(1280, 1), batchNorm, relu);
  return [
    sequential('layers', numbered(layers)),
    averaged,
    sequential('classifier', numbered([dropout, dense(1280, 1000)])),
  ];
}

export const mobilenets: Readonly<Record<string, Model>> = {
  mobilenet_v2: mobilenetV2,
  mobilenet_v3_large: () => mobilenetV3(large, 1280),
  mobilenet_v3_small: () => mobilenetV3(small, 1024),
  mnasnet0_5: () => mnasnet(0.5),
  mnasnet0_75: () => mnasnet(0.75),
  mnasnet1_0: () => mnasnet(1),
  mnasnet1_3: () => mnasnet(1.3),
};

// torchvision/models/shufflenetv2.py: half of the channels pass by, then both halves are shuffled.

import * as ops from '../../../ops/index.ts';
import type { Forward } from '../../layer.ts';
import { named, numbered, sequential } from '../../module.ts';
import { relu } from '../../nn/activation.ts';
import { maxPool2d } from '../../nn/pool.ts';
import { cat, halves } from '../../tensor.ts';
import { convNorm, convNormChild } from '../ops/convNorm.ts';
import { averaged, dense, type Model, type Step } from './model.ts';

/** InvertedResidual: at stride 2 both branches see all channels. */
function block(inputs: number, out: number, s: 1 | 2): Forward {
  const half = out / 2;
  const branch2: Forward = (scope, x) =>
    scope.part('branch2', 'Sequential', () => {
      const y = convNorm(scope, x, { out: half, act: relu });
      return convNorm(scope, convNorm(scope, y, { out: half, kernel: 3, stride: s, groups: half }), {
        out: half,
        act: relu,
      });
    });
  const branch1: Forward = (scope, x) =>
    scope.part('branch1', 'Sequential', () =>
      convNorm(scope, convNorm(scope, x, { out: inputs, kernel: 3, stride: s, groups: inputs }), {
        out: half,
        act: relu,
      }),
    );
  return (scope, x) => {
    const [a, b] = s === 1 ? halves(scope, x) : [x, x];
    const joined = cat(scope, [s === 1 ? a : branch1(scope, a), branch2(scope, b)]);
    return scope.builder.add(ops.channelShuffle, { groups: 2 }, joined);
  };
}

/** Widths of the three stages and of the last convolution; 4, 8 and 4 blocks. */
function shufflenet(widths: readonly number[], last: number): readonly Step[] {
  let inputs = 24;
  const stages = widths.map((out, stage) => {
    const blocks: Forward[] = [block(inputs, out, 2)];
    for (let index = 1; index < [4, 8, 4][stage]!; index++) blocks.push(block(out, out, 1));
    inputs = out;
    return sequential(`stage${stage + 2}`, numbered(blocks));
  });
  return [
    convNormChild('conv1', 3, { out: 24, kernel: 3, stride: 2, act: relu }),
    named('maxpool', (scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 2, padding: 1 })),
    ...stages,
    convNormChild('conv5', inputs, { out: last, act: relu }),
    averaged,
    named('fc', dense(last, 1000)),
  ];
}

export const shufflenets: Readonly<Record<string, Model>> = {
  shufflenet_v2_x0_5: () => shufflenet([48, 96, 192], 1024),
  shufflenet_v2_x1_0: () => shufflenet([116, 232, 464], 1024),
  shufflenet_v2_x1_5: () => shufflenet([176, 352, 704], 1024),
  shufflenet_v2_x2_0: () => shufflenet([244, 488, 976], 2048),
};

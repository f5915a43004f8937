// torchvision/models/shufflenetv2.py: half of the channels pass by, then both halves are shuffled.
import * as ops from '../../../../ops/index.ts';
import { cat, halves, maxPool2d } from '../../layers.ts';
import {
  averaged,
  type Child,
  convNorm,
  convNormChild,
  dense,
  type Forward,
  type Model,
  numbered,
  relu,
  sequential,
} from './child.ts';

/** InvertedResidual: at stride 2 both branches see all channels. */
function block(inputs: number, out: number, s: 1 | 2): Forward {
  const half = out / 2;
  const branch2: Forward = (scope, x) =>
    scope.part('branch2', 'Sequential', () => {
      const y = convNorm(scope, x, { c2: half, act: relu });
      return convNorm(scope, convNorm(scope, y, { c2: half, k: 3, s, g: half }), { c2: half, act: relu });
    });
  const branch1: Forward = (scope, x) =>
    scope.part('branch1', 'Sequential', () =>
      convNorm(scope, convNorm(scope, x, { c2: inputs, k: 3, s, g: inputs }), { c2: half, act: relu }),
    );
  return (scope, x) => {
    const [a, b] = s === 1 ? halves(scope, x) : [x, x];
    const joined = cat(scope, [s === 1 ? a : branch1(scope, a), branch2(scope, b)]);
    return scope.builder.add(ops.channelShuffle, { groups: 2 }, joined);
  };
}

/** Widths of the three stages and of the last convolution; 4, 8 and 4 blocks. */
function shufflenet(widths: readonly number[], last: number): readonly Child[] {
  let inputs = 24;
  const stages = widths.map((out, stage) => {
    const blocks: Forward[] = [block(inputs, out, 2)];
    for (let index = 1; index < [4, 8, 4][stage]!; index++) blocks.push(block(out, out, 1));
    inputs = out;
    return sequential(`stage${stage + 2}`, numbered(blocks));
  });
  return [
    convNormChild('conv1', { c2: 24, k: 3, s: 2 }, relu),
    { name: 'maxpool', forward: (scope, x) => maxPool2d(scope, x, { k: 3, s: 2, p: 1 }) },
    ...stages,
    convNormChild('conv5', { c2: last }, relu),
    averaged,
    { name: 'fc', forward: dense(last, 1000) },
  ];
}

export const shufflenets: Readonly<Record<string, Model>> = {
  shufflenet_v2_x0_5: () => shufflenet([48, 96, 192], 1024),
  shufflenet_v2_x1_0: () => shufflenet([116, 232, 464], 1024),
  shufflenet_v2_x1_5: () => shufflenet([176, 352, 704], 1024),
  shufflenet_v2_x2_0: () => shufflenet([244, 488, 976], 2048),
};

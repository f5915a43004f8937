// torchvision/models/regnet.py: bottlenecks as wide inside as outside, grouped; Y squeezes as well.

import type { Forward } from '../../layer.ts';
import { type Child, named, sequential } from '../../module.ts';
import { gate, relu } from '../../nn/activation.ts';
import { plus } from '../../tensor.ts';
import { convNorm, convNormChild } from '../ops/convNorm.ts';
import { chained, dense, flattened, type Model, pooledTo, type Step, squeezed } from './model.ts';

interface RegNet {
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  /** Channels of a group, one entry or one for each stage. */
  readonly group: number | readonly number[];
}

/** ResBottleneckBlock. The squeeze is a quarter of the block's input channels. */
function block(inputs: number, c2: number, s: number, group: number, squeezes: boolean): Forward {
  const project = inputs !== c2 || s !== 1;
  return (scope, x) => {
    const side = project ? scope.part('proj', 'Sequential', () => convNorm(scope, x, { out: c2, stride: s })) : x;
    const y = convNorm(scope, x, { out: c2, act: relu });
    const z = convNorm(scope, y, { out: c2, kernel: 3, stride: s, groups: Math.floor(c2 / group), act: relu });
    const gated = squeezes ? squeezed(scope, z, Math.round(0.25 * inputs), relu, gate) : z;
    return relu(scope, plus(scope, side, convNorm(scope, gated, { out: c2 })));
  };
}

function regnet({ depths, widths, group }: RegNet, squeezes: boolean): readonly Step[] {
  let inputs = 32;
  const stages = widths.map((width, stage): Child => {
    const size = typeof group === 'number' ? group : group[stage]!;
    const blocks: Forward[] = [];
    for (let index = 0; index < depths[stage]!; index++) {
      blocks.push(block(inputs, width, index === 0 ? 2 : 1, size, squeezes));
      inputs = width;
    }
    return named(`block${stage + 1}`, chained(blocks));
  });
  return [
    convNormChild('stem', 3, { out: 32, kernel: 3, stride: 2, act: relu }),
    sequential('trunk_output', stages),
    named('avgpool', pooledTo(1)),
    flattened,
    named('fc', dense(inputs, 1000)),
  ];
}

/** What BlockParams.from_init_params makes of each model's w_0, w_a and w_m. */
const x: Readonly<Record<string, RegNet>> = {
  '400mf': { depths: [1, 2, 7, 12], widths: [32, 64, 160, 400], group: 16 },
  '800mf': { depths: [1, 3, 7, 5], widths: [64, 128, 288, 672], group: 16 },
  '1_6gf': { depths: [2, 4, 10, 2], widths: [72, 168, 408, 912], group: 24 },
  '3_2gf': { depths: [2, 6, 15, 2], widths: [96, 192, 432, 1008], group: 48 },
  '8gf': { depths: [2, 5, 15, 1], widths: [80, 240, 720, 1920], group: [80, 120, 120, 120] },
  '16gf': { depths: [2, 6, 13, 1], widths: [256, 512, 896, 2048], group: 128 },
  '32gf': { depths: [2, 7, 13, 1], widths: [336, 672, 1344, 2520], group: 168 },
};

const y: Readonly<Record<string, RegNet>> = {
  '400mf': { depths: [1, 3, 6, 6], widths: [48, 104, 208, 440], group: 8 },
  '800mf': { depths: [1, 3, 8, 2], widths: [64, 144, 320, 784], group: 16 },
  '1_6gf': { depths: [2, 6, 17, 2], widths: [48, 120, 336, 888], group: 24 },
  '3_2gf': { depths: [2, 5, 13, 1], widths: [72, 216, 576, 1512], group: 24 },
  '8gf': { depths: [2, 4, 10, 1], widths: [224, 448, 896, 2016], group: 56 },
  '16gf': { depths: [2, 4, 11, 1], widths: [224, 448, 1232, 3024], group: 112 },
  '32gf': { depths: [2, 5, 12, 1], widths: [232, 696, 1392, 3712], group: 232 },
  '128gf': { depths: [2, 7, 17, 1], widths: [528, 1056, 2904, 7392], group: 264 },
};

export const regnets: Readonly<Record<string, Model>> = Object.fromEntries([
  ...Object.entries(x).map(([name, net]): [string, Model] => [`regnet_x_${name}`, () => regnet(net, false)]),
  ...Object.entries(y).map(([name, net]): [string, Model] => [`regnet_y_${name}`, () => regnet(net, true)]),
]);

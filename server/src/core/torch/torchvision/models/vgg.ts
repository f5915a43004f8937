// torchvision/models/vgg.py and alexnet.py: plain chains of convolutions and pools before three linear layers.

import type { Forward } from '../../layer.ts';
import { named, numbered, sequential } from '../../module.ts';
import { relu } from '../../nn/activation.ts';
import { conv2d } from '../../nn/conv.ts';
import { dropout } from '../../nn/dropout.ts';
import { batchNorm } from '../../nn/norm.ts';
import { maxPool2d } from '../../nn/pool.ts';
import { dense, flattened, type Model, pooledTo, type Step } from './model.ts';

/** 3×3 convolutions of so many channels, and max pools (M). */
type Configuration = readonly (number | 'M')[];

function vgg(configuration: Configuration, normed: boolean): readonly Step[] {
  const features: Forward[] = [];
  for (const item of configuration) {
    if (item === 'M') features.push((scope, x) => maxPool2d(scope, x, { kernel: 2, stride: 2 }));
    else {
      features.push((scope, x) => conv2d(scope, x, { out: item, kernel: 3, padding: 1 }));
      if (normed) features.push(batchNorm);
      features.push(relu);
    }
  }
  const classifier = [dense(512 * 49, 4096), relu, dropout, dense(4096, 4096), relu, dropout, dense(4096, 1000)];
  return [
    sequential('features', numbered(features)),
    named('avgpool', pooledTo(7)),
    flattened,
    sequential('classifier', numbered(classifier)),
  ];
}

const configurations: Readonly<Record<string, Configuration>> = {
  vgg11: [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
  vgg13: [64, 64, 'M', 128, 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
  vgg16: [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 'M', 512, 512, 512, 'M', 512, 512, 512, 'M'],
  vgg19: [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 256, 'M', 512, 512, 512, 512, 'M', 512, 512, 512, 512, 'M'],
};

const alexnet = (): readonly Step[] => {
  const conv =
    (c2: number, k: number, s: number, p: number): Forward =>
    (scope, x) =>
      conv2d(scope, x, { out: c2, kernel: k, stride: s, padding: p });
  const pool: Forward = (scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 2 });
  const stem = [conv(64, 11, 4, 2), relu, pool, conv(192, 5, 1, 2), relu, pool];
  const rest = [conv(384, 3, 1, 1), relu, conv(256, 3, 1, 1), relu, conv(256, 3, 1, 1), relu, pool];
  const classifier = [dropout, dense(256 * 36, 4096), relu, dropout, dense(4096, 4096), relu, dense(4096, 1000)];
  return [
    sequential('features', numbered([...stem, ...rest])),
    named('avgpool', pooledTo(6)),
    flattened,
    sequential('classifier', numbered(classifier)),
  ];
};

export const vggs: Readonly<Record<string, Model>> = {
  ...Object.fromEntries(
    Object.entries(configurations).flatMap(([name, configuration]): [string, Model][] => [
      [name, () => vgg(configuration, false)],
      [`${name}_bn`, () => vgg(configuration, true)],
    ]),
  ),
  alexnet,
};

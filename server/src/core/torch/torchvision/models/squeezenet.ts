// torchvision/models/squeezenet.py: Fire modules as (squeeze, expand).

import type { Forward } from '../../layer.ts';
import { numbered, sequential } from '../../module.ts';
import { relu } from '../../nn/activation.ts';
import { conv2d } from '../../nn/conv.ts';
import { dropout } from '../../nn/dropout.ts';
import { maxPool2d } from '../../nn/pool.ts';
import { cat, flatten } from '../../tensor.ts';
import { bare, type Model, pooledTo, type Step } from './model.ts';

const fire =
  (squeeze: number, expand: number): Forward =>
  (scope, x) => {
    const y = relu(scope, conv2d(scope, x, { out: squeeze, kernel: 1 }));
    const point = relu(scope, conv2d(scope, y, { out: expand, kernel: 1 }));
    return cat(scope, [point, relu(scope, conv2d(scope, y, { out: expand, kernel: 3, padding: 1 }))]);
  };

const pool: Forward = (scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 2, ceil: true });

/** The two versions differ in their stem and in where they pool. */
function squeezenet(features: readonly Forward[]): readonly Step[] {
  const last: Forward = (scope, x) => conv2d(scope, x, { out: 1000, kernel: 1 });
  return [
    sequential('features', numbered(features)),
    sequential('classifier', numbered([dropout, last, relu, pooledTo(1)])),
    bare('flatten', (scope, x) => flatten(scope, x)),
  ];
}

const first = [fire(16, 64), fire(16, 64)];
const second = [fire(32, 128), fire(32, 128)];
const third = [fire(48, 192), fire(48, 192), fire(64, 256)];
const last = fire(64, 256);

export const squeezenets: Readonly<Record<string, Model>> = {
  squeezenet1_0: () => {
    const stem: Forward = (scope, x) => conv2d(scope, x, { out: 96, kernel: 7, stride: 2 });
    return squeezenet([stem, relu, pool, ...first, second[0]!, pool, second[1]!, ...third, pool, last]);
  },
  squeezenet1_1: () => {
    const stem: Forward = (scope, x) => conv2d(scope, x, { out: 64, kernel: 3, stride: 2 });
    return squeezenet([stem, relu, pool, ...first, pool, ...second, pool, ...third, last]);
  },
};

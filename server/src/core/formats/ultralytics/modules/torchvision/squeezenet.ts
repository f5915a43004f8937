// torchvision/models/squeezenet.py: Fire modules as (squeeze, expand).
import { cat, conv2d, flatten, maxPool2d } from '../../layers.ts';
import { type Child, drop, type Forward, type Model, numbered, pooledTo, relu, sequential } from './child.ts';

const fire =
  (squeeze: number, expand: number): Forward =>
  (scope, x) => {
    const y = relu(scope, conv2d(scope, x, { c2: squeeze, k: 1 }));
    const point = relu(scope, conv2d(scope, y, { c2: expand, k: 1 }));
    return cat(scope, [point, relu(scope, conv2d(scope, y, { c2: expand, k: 3, p: 1 }))]);
  };

const pool: Forward = (scope, x) => maxPool2d(scope, x, { k: 3, s: 2, ceil: true });

/** The two versions differ in their stem and in where they pool. */
function squeezenet(features: readonly Forward[]): readonly Child[] {
  const last: Forward = (scope, x) => conv2d(scope, x, { c2: 1000, k: 1 });
  return [
    sequential('features', numbered(features)),
    sequential('classifier', numbered([drop, last, relu, pooledTo(1)])),
    { name: 'flatten', forward: (scope, x) => flatten(scope, x), bare: true },
  ];
}

const first = [fire(16, 64), fire(16, 64)];
const second = [fire(32, 128), fire(32, 128)];
const third = [fire(48, 192), fire(48, 192), fire(64, 256)];
const last = fire(64, 256);

export const squeezenets: Readonly<Record<string, Model>> = {
  squeezenet1_0: () => {
    const stem: Forward = (scope, x) => conv2d(scope, x, { c2: 96, k: 7, s: 2 });
    return squeezenet([stem, relu, pool, ...first, second[0]!, pool, second[1]!, ...third, pool, last]);
  },
  squeezenet1_1: () => {
    const stem: Forward = (scope, x) => conv2d(scope, x, { c2: 64, k: 3, s: 2 });
    return squeezenet([stem, relu, pool, ...first, pool, ...second, pool, ...third, last]);
  },
};

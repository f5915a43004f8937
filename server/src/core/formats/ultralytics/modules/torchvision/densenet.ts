// torchvision/models/densenet.py: DenseNet-BC, each layer reads the outputs of all before it in its block.
import type { Tensor } from '../../../../graph/graph.ts';
import * as ops from '../../../../ops/index.ts';
import { avgPool2d, batchNorm, cat, conv2d, maxPool2d } from '../../layers.ts';
import type { Scope } from '../../module.ts';
import {
  bareRelu,
  type Child,
  dense,
  type Forward,
  flattened,
  type Model,
  numbered,
  relu,
  sequential,
} from './child.ts';

/** Norm and activation come before the convolution. */
function preActivated(scope: Scope, x: Tensor, c2: number, k: number): Tensor {
  return conv2d(scope, relu(scope, batchNorm(scope, x)), { c2, k, p: (k - 1) / 2, bias: false });
}

/** The bottleneck of a layer has four times the growth. */
const denseBlock =
  (layers: number, growth: number): Forward =>
  (scope, x) => {
    const features = [x];
    for (let index = 0; index < layers; index++) {
      features.push(
        scope.part(`denselayer${index + 1}`, '_DenseLayer', () =>
          preActivated(scope, preActivated(scope, cat(scope, features), 4 * growth, 1), growth, 3),
        ),
      );
    }
    return cat(scope, features);
  };

const transition =
  (c2: number): Forward =>
  (scope, x) =>
    avgPool2d(scope, preActivated(scope, x, c2, 1), { k: 2, s: 2 });

function densenet(growth: number, blocks: readonly number[], stem: number): readonly Child[] {
  const features: Forward[] = [
    (scope, x) => conv2d(scope, x, { c2: stem, k: 7, s: 2, p: 3, bias: false }),
    batchNorm,
    relu,
    (scope, x) => maxPool2d(scope, x, { k: 3, s: 2, p: 1 }),
  ];
  let channels = stem;
  for (const [index, layers] of blocks.entries()) {
    features.push(denseBlock(layers, growth));
    channels += layers * growth;
    if (index === blocks.length - 1) break;
    channels = Math.floor(channels / 2);
    features.push(transition(channels));
  }
  features.push(batchNorm);
  return [
    sequential('features', numbered(features)),
    { name: 'relu', forward: bareRelu, bare: true },
    {
      name: 'adaptive_avg_pool2d',
      forward: (scope, x) => scope.builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x, { functional: true }),
      bare: true,
    },
    flattened,
    { name: 'classifier', forward: dense(channels, 1000) },
  ];
}

export const densenets: Readonly<Record<string, Model>> = {
  densenet121: () => densenet(32, [6, 12, 24, 16], 64),
  densenet161: () => densenet(48, [6, 12, 36, 24], 96),
  densenet169: () => densenet(32, [6, 12, 32, 32], 64),
  densenet201: () => densenet(32, [6, 12, 48, 32], 64),
};

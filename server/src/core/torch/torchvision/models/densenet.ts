// torchvision/models/densenet.py: DenseNet-BC, each layer reads the outputs of all before it in its block.
import type { Tensor } from '../../../graph/graph.ts';
import type { Forward, Scope } from '../../layer.ts';
import { named, numbered, sequential } from '../../module.ts';
import { relu } from '../../nn/activation.ts';
import { conv2d } from '../../nn/conv.ts';
import { batchNorm } from '../../nn/norm.ts';
import { avgPool2d, maxPool2d } from '../../nn/pool.ts';
import { cat } from '../../tensor.ts';
import { bare, bareRelu, dense, flattened, type Model, pooled, type Step } from './model.ts';

/** Norm and activation come before the convolution. */
function preActivated(scope: Scope, x: Tensor, c2: number, k: number): Tensor {
  return conv2d(scope, relu(scope, batchNorm(scope, x)), { out: c2, kernel: k, padding: (k - 1) / 2, bias: false });
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
    avgPool2d(scope, preActivated(scope, x, c2, 1), { kernel: 2, stride: 2 });

function densenet(growth: number, blocks: readonly number[], stem: number): readonly Step[] {
  const features: Forward[] = [
    (scope, x) => conv2d(scope, x, { out: stem, kernel: 7, stride: 2, padding: 3, bias: false }),
    batchNorm,
    relu,
    (scope, x) => maxPool2d(scope, x, { kernel: 3, stride: 2, padding: 1 }),
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
    bare('relu', bareRelu),
    pooled,
    flattened,
    named('classifier', dense(channels, 1000)),
  ];
}

export const densenets: Readonly<Record<string, Model>> = {
  densenet121: () => densenet(32, [6, 12, 24, 16], 64),
  densenet161: () => densenet(48, [6, 12, 36, 24], 96),
  densenet169: () => densenet(32, [6, 12, 32, 32], 64),
  densenet201: () => densenet(32, [6, 12, 48, 32], 64),
};

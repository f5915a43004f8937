// torchvision/models/convnext.py: depthwise 7×7, then two linear layers on the channels of each place.

import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Forward, Scope } from '../../layer.ts';
import { named, numbered, sequential } from '../../module.ts';
import { gelu } from '../../nn/activation.ts';
import { conv2d } from '../../nn/conv.ts';
import { linear } from '../../nn/linear.ts';
import { layerNorm } from '../../nn/norm.ts';
import { flatten, learned, permute, plus, times } from '../../tensor.ts';
import { chained, dense, type Model, pooledTo, type Step } from './model.ts';

/** LayerNorm2d: over the channels. It calls F.layer_norm itself; thop knows its class by its base, from 2.1 on. */
const layerNorm2d: Forward = (scope, x) => {
  const y = permute(scope, x, 0, 2, 3, 1);
  const attrs = { axes: 1, affine: true, bias: true };
  return permute(scope, scope.builder.add(ops.layerNorm, attrs, y, { functional: true, derived: true }), 0, 3, 1, 2);
};

/** CNBlock. StochasticDepth does nothing in evaluation. */
const block =
  (dim: number): Forward =>
  (scope: Scope, x: Tensor): Tensor => {
    const y = permute(scope, conv2d(scope, x, { out: dim, kernel: 7, padding: 3, groups: dim }), 0, 2, 3, 1);
    const hidden = gelu(scope, linear(scope, layerNorm(scope, y), 4 * dim));
    const z = permute(scope, linear(scope, hidden, dim), 0, 3, 1, 2);
    const scale = learned(scope, [dim, 1, 1]);
    return plus(scope, times(scope, scale, z), x);
  };

function convnext(dims: readonly number[], depths: readonly number[]): readonly Step[] {
  const features: Forward[] = [
    (scope, x) => layerNorm2d(scope, conv2d(scope, x, { out: dims[0]!, kernel: 4, stride: 4 })),
  ];
  for (const [stage, dim] of dims.entries()) {
    features.push(chained(Array.from({ length: depths[stage]! }, () => block(dim))));
    const next = dims[stage + 1];
    if (next) features.push((scope, x) => conv2d(scope, layerNorm2d(scope, x), { out: next, kernel: 2, stride: 2 }));
  }
  const flat: Forward = (scope, x) => flatten(scope, x);
  const classifier = [layerNorm2d, flat, dense(dims.at(-1)!, 1000)];
  return [
    sequential('features', numbered(features)),
    named('avgpool', pooledTo(1)),
    sequential('classifier', numbered(classifier)),
  ];
}

export const convnexts: Readonly<Record<string, Model>> = {
  convnext_tiny: () => convnext([96, 192, 384, 768], [3, 3, 9, 3]),
  convnext_small: () => convnext([96, 192, 384, 768], [3, 3, 27, 3]),
  convnext_base: () => convnext([128, 256, 512, 1024], [3, 3, 27, 3]),
  convnext_large: () => convnext([192, 384, 768, 1536], [3, 3, 27, 3]),
};

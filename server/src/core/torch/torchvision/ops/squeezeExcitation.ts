// SqueezeExcitation (torchvision/ops/misc.py).
import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../../graph/graph.ts';
import type { PyValue } from '../../../python/value.ts';
import { type Forward, layer, only, type Scope } from '../../layer.ts';
import { gate, relu } from '../../nn/activation.ts';
import { conv2d } from '../../nn/conv.ts';
import { adaptiveAvgPool2d } from '../../nn/pool.ts';
import { int } from '../../signature.ts';
import { sizesOf, times } from '../../tensor.ts';
import { isClass, layerParam, refuseClass } from './classes.ts';

/** Two 1×1 convolutions on the pooled channels, then a product. */
export function squeezeExcite(scope: Scope, x: Tensor, squeeze: number, act: Forward, scale: Forward): Tensor {
  const pooled = adaptiveAvgPool2d(scope, x, 1);
  const squeezed = scope.part('fc1', 'Conv2d', () => conv2d(scope, pooled, { out: squeeze, kernel: 1 }));
  const hidden = act(scope, squeezed);
  const weights = scope.part('fc2', 'Conv2d', () => conv2d(scope, hidden, { out: channels(x), kernel: 1 }));
  return times(scope, scale(scope, weights), x);
}

interface SqueezeArgs {
  input_channels: number;
  squeeze_channels: number;
  activation: PyValue;
  scale_activation: PyValue;
}

export const SqueezeExcitation = layer<SqueezeArgs>({
  name: 'torchvision.ops.SqueezeExcitation',
  summary: () => l10n.t('Weights each channel by two 1×1 convolutions over the averages of all channels.'),
  params: {
    input_channels: int(() => l10n.t('Input channels.')),
    squeeze_channels: int(() => l10n.t('Hidden channels.')),
    activation: layerParam(() => l10n.t('Activation between the convolutions.'), 'ReLU'),
    scale_activation: layerParam(() => l10n.t('Activation of the weights.'), 'Sigmoid'),
  },
  forward: (scope, inputs, args) => {
    const x = scope.declared(only(inputs), 'torchvision.ops.SqueezeExcitation', args.input_channels);
    // None cannot be called either.
    if (!isClass(args.activation, 'ReLU')) return refuseClass(scope, x, 'activation', sizesOf(x));
    if (!isClass(args.scale_activation, 'Sigmoid')) return refuseClass(scope, x, 'scale_activation', sizesOf(x));
    return squeezeExcite(scope, x, args.squeeze_channels, relu, gate);
  },
});

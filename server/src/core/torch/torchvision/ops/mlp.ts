// MLP (torchvision/ops/misc.py).
import * as l10n from '@vscode/l10n';
import type { PyValue } from '../../../python/value.ts';
import { layer, only } from '../../layer.ts';
import { relu } from '../../nn/activation.ts';
import { dropout } from '../../nn/dropout.ts';
import { linear } from '../../nn/linear.ts';
import { flag, ignored, int, ints, number } from '../../signature.ts';
import { sizesOf } from '../../tensor.ts';
import { isClass, layerParam, refuseClass } from './classes.ts';

interface MlpArgs {
  in_channels: number;
  hidden_channels: readonly number[];
  norm_layer: PyValue;
  activation_layer: PyValue;
  inplace: PyValue;
  bias: boolean;
  dropout: number;
}

export const MLP = layer<MlpArgs>({
  name: 'torchvision.ops.MLP',
  summary: () => l10n.t('Linear layers over the last dimension, with ReLU between them.'),
  params: {
    in_channels: int(() => l10n.t('Input features: the size of the last dimension.')),
    hidden_channels: ints(() => l10n.t('Output features of each layer, a list.')),
    norm_layer: layerParam(() => l10n.t('Normalization between the layers.'), null),
    activation_layer: layerParam(() => l10n.t('Activation between the layers.'), 'ReLU'),
    inplace: ignored(() => l10n.t('Works in place.'), true),
    bias: flag(() => l10n.t('Adds a learned bias to each feature.'), true),
    dropout: number(() => l10n.t('Dropout in training.'), 0),
  },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    const hidden = args.hidden_channels;
    const refused = (code: string, attr: string, message: string) =>
      scope.refuse({ code, attr, message, ...(x.shape ? { output: x.shape } : {}) }, [x]);
    if (!Array.isArray(hidden)) {
      const message = l10n.t('`hidden_channels` must be a list with one size per layer.');
      return refused('not-a-list', 'hidden_channels', message);
    }
    if (args.norm_layer !== null) return refuseClass(scope, x, 'norm_layer', sizesOf(x));
    if (hidden.length > 1 && !isClass(args.activation_layer, 'ReLU')) {
      return refuseClass(scope, x, 'activation_layer', sizesOf(x));
    }
    const last = x.shape?.at(-1) ?? Number.NaN;
    if (last !== args.in_channels && !Number.isNaN(last)) {
      const message = l10n.t(
        'MLP works on the last dimension, which has {0} features: `in_channels` must be {0}, not {1}.',
        last,
        args.in_channels,
      );
      return refused('feature-mismatch', 'in_channels', message);
    }
    let y = x;
    for (const [index, out] of hidden.entries()) {
      y = linear(scope, y, out, args.bias);
      if (index < hidden.length - 1) y = relu(scope, y);
      y = dropout(scope, y);
    }
    return y;
  },
});

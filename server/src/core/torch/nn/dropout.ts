// torch/nn/modules/dropout.py: nothing at inference.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import { type AnyLayer, type Forward, layer, only } from '../layer.ts';
import { flag, number } from '../signature.ts';

export const dropout: Forward = (scope, x) => scope.builder.add(ops.dropout, {}, x);

export const dropouts: readonly AnyLayer[] = [
  'nn.Dropout',
  'nn.Dropout1d',
  'nn.Dropout2d',
  'nn.Dropout3d',
  'nn.AlphaDropout',
  'nn.FeatureAlphaDropout',
].map(name =>
  layer<{ p: number; inplace: boolean }>({
    name,
    summary: () => l10n.t('Does nothing at inference.'),
    params: {
      p: number(() => l10n.t('Fraction dropped in training.'), 0.5),
      inplace: flag(() => l10n.t('Works in place.'), false),
    },
    forward: (scope, inputs) => dropout(scope, only(inputs)),
  }),
);

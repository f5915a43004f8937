// StochasticDepth and DropBlock2d (torchvision/ops/stochastic_depth.py, drop_block.py): nothing at inference.
import * as l10n from '@vscode/l10n';
import type { PyValue } from '../../../python/value.ts';
import { layer, only } from '../../layer.ts';
import { dropout } from '../../nn/dropout.ts';
import { ignored, int, number } from '../../signature.ts';

const p = number(() => l10n.t('Fraction dropped in training.'));

export const StochasticDepth = layer<{ p: number; mode: string }>({
  name: 'torchvision.ops.StochasticDepth',
  summary: () => l10n.t('Drops whole samples in training; does nothing at inference.'),
  params: { p, mode: { kind: 'text', doc: () => l10n.t('batch or row.') } },
  forward: (scope, inputs) => dropout(scope, only(inputs)),
});

export const DropBlock2d = layer<{ p: number; block_size: number; inplace: PyValue; eps: number }>({
  name: 'torchvision.ops.DropBlock2d',
  summary: () => l10n.t('Drops squares of the feature map in training; does nothing at inference.'),
  params: {
    p,
    block_size: int(() => l10n.t('Size of the squares.')),
    inplace: ignored(() => l10n.t('Works in place.'), false),
    eps: number(() => l10n.t('Prevents division by zero.'), 1e-6),
  },
  forward: (scope, inputs) => dropout(scope, only(inputs)),
});

// FrozenBatchNorm2d (torchvision/ops/misc.py).
import * as l10n from '@vscode/l10n';
import * as ops from '../../../ops/index.ts';
import { layer, only } from '../../layer.ts';
import { int, number } from '../../signature.ts';

export const FrozenBatchNorm2d = layer<{ num_features: number; eps: number }>({
  name: 'torchvision.ops.FrozenBatchNorm2d',
  summary: () => l10n.t('Batch normalization with fixed statistics and scale; it has no parameters.'),
  params: { num_features: int(() => l10n.t('Channels.')), eps: number(() => l10n.t('Added to the variance.'), 1e-5) },
  forward: (scope, inputs, { num_features }) => {
    const x = scope.declared(only(inputs), 'torchvision.ops.FrozenBatchNorm2d', num_features);
    return scope.builder.add(ops.batchNorm, { affine: false, stats: true }, x);
  },
});

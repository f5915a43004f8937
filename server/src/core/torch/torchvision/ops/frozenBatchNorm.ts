// FrozenBatchNorm2d (torchvision/ops/misc.py).
import * as ops from '../../../ops/index.ts';
import { layer, only } from '../../layer.ts';
import { int, number } from '../../signature.ts';

export const FrozenBatchNorm2d = layer<{ num_features: number; eps: number }>({
  name: 'torchvision.ops.FrozenBatchNorm2d',
  summary: 'Batch normalization whose statistics and scale are fixed: nothing of it is a parameter.',
  params: { num_features: int('Channels.'), eps: number('Added to the variance.', 1e-5) },
  forward: (scope, inputs, { num_features }) => {
    const x = scope.declared(only(inputs), 'torchvision.ops.FrozenBatchNorm2d', num_features);
    return scope.builder.add(ops.batchNorm, { affine: false, stats: true }, x);
  },
});

// torchvision.ops: the layers of one input, one file each.
import type { AnyLayer } from '../../layer.ts';
import { Conv2dNormActivation } from './convNorm.ts';
import { DropBlock2d, StochasticDepth } from './dropping.ts';
import { FrozenBatchNorm2d } from './frozenBatchNorm.ts';
import { MLP } from './mlp.ts';
import { Permute } from './permute.ts';
import { SqueezeExcitation } from './squeezeExcitation.ts';

export const torchvisionOps: readonly AnyLayer[] = [
  Conv2dNormActivation,
  SqueezeExcitation,
  MLP,
  Permute,
  FrozenBatchNorm2d,
  StochasticDepth,
  DropBlock2d,
];

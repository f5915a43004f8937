// torch/nn/modules/batchnorm.py, instancenorm.py and normalization.py.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { PyClassMethod, type Value } from '../../../../python/objects.ts';
import { nn as known } from '../../../nn/index.ts';
import { apply, tensorOf } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } from '../kernels/norm.ts';
import { flag, listOf, native, numberOf, repeated, sizesOf } from '../natives.ts';
import type { NN } from '../state.ts';
import {
  type Arguments,
  buffer,
  callerOf,
  firstSize,
  type LayerClass,
  lacks,
  learn,
  need,
  optional,
  size,
} from './spec.ts';

function construct(self: ModuleInstance, args: Arguments, nn: NN): void {
  const features = firstSize(args.num_features!, 'num_features', nn);
  if (flag(args.affine!, true)) {
    learn(self, 'weight', [features], 'normAffine', nn, args.num_features!);
    learn(self, 'bias', [features], 'normAffine', nn, args.num_features!);
  } else lacks(self, 'weight', 'bias');
  if (flag(args.track_running_stats!, true)) {
    buffer(self, 'running_mean', [features], nn);
    buffer(self, 'running_var', [features], nn);
    buffer(self, 'num_batches_tracked', [], nn, 'int64');
  } else
    for (const name of ['running_mean', 'running_var', 'num_batches_tracked']) self.register('buffers', name, null);
}

const scaling = (self: ModuleInstance, nn: NN) => ({
  weight: optional(self, 'weight', nn),
  bias: optional(self, 'bias', nn),
});

const init = (affine: string, stats: string): string =>
  `num_features, eps=1e-05, momentum=0.1, affine=${affine}, track_running_stats=${stats}, device=None, dtype=None`;

const batchRanks: Readonly<Record<string, readonly number[]>> = {
  BatchNorm1d: [2, 3],
  BatchNorm2d: [4],
  BatchNorm3d: [5],
};

function batch(name: string): LayerClass {
  return {
    name,
    file: 'batchnorm',
    base: '_BatchNorm',
    summary:
      known.get(`nn.${name}`)?.summary ??
      (() => l10n.t('Normalizes each channel by its running statistics, then scales and shifts it.')),
  };
}

const forwardBatch: NonNullable<LayerClass['forward']> = (self, [input], nn) => {
  // A class that a program derives from `_BatchNorm` checks its input itself.
  const ranks = self.cls.mro.map(cls => batchRanks[cls.name]).find(list => list !== undefined);
  const features = numberOf(self.attribute('num_features') ?? null);
  const wasTracked = (self.attribute('running_mean') ?? null) !== null;
  const x = tensorOf(nn, input);
  return batchNorm(nn, callerOf(self), x, scaling(self, nn), {
    stats: wasTracked,
    ...(features === undefined ? {} : { features }),
    ...(ranks ? { ranks } : {}),
  });
};

function instance(rank: 1 | 2 | 3): LayerClass {
  return {
    name: `InstanceNorm${rank}d`,
    file: 'instancenorm',
    base: '_InstanceNorm',
    summary: () => l10n.t('Normalizes each channel of one sample.'),
  };
}

const forwardInstance: NonNullable<LayerClass['forward']> = (self, [input], nn) => {
  const digit = self.cls.mro.map(({ name }) => /^(?:Lazy)?InstanceNorm(\d)d$/.exec(name)?.[1]).find(each => each);
  const features = numberOf(self.attribute('num_features') ?? null);
  return instanceNorm(nn, callerOf(self), tensorOf(nn, input), scaling(self, nn), {
    ...(features === undefined ? {} : { features }),
    ...(digit === undefined ? {} : { rank: Number(digit) + 2 }),
  });
};

const shapeOf = (value: Value, nn: NN): readonly number[] => sizesOf(value, 1, 'normalized_shape', nn.machine);

/** SyncBatchNorm.convert_sync_batchnorm: on one CPU the same layers. */
function converting(): Value {
  return new PyClassMethod(
    native('convert_sync_batchnorm', 'cls, module, process_group=None', ([, module]) => module!),
  );
}

export const norms: readonly LayerClass[] = [
  { name: '_NormBase', file: 'batchnorm', init: init('True', 'True'), construct },
  {
    name: '_BatchNorm',
    file: 'batchnorm',
    base: '_NormBase',
    init: init('True', 'True'),
    construct,
    forward: forwardBatch,
  },
  batch('BatchNorm1d'),
  batch('BatchNorm2d'),
  batch('BatchNorm3d'),
  {
    ...batch('SyncBatchNorm'),
    init: 'num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, process_group=None, device=None, dtype=None',
    construct,
    members: () => ({ convert_sync_batchnorm: converting() }),
  },
  {
    name: '_InstanceNorm',
    file: 'instancenorm',
    base: '_NormBase',
    init: init('False', 'False'),
    construct,
    forward: forwardInstance,
  },
  instance(1),
  instance(2),
  instance(3),
  {
    name: 'GroupNorm',
    file: 'normalization',
    summary: known.get('nn.GroupNorm')!.summary,
    init: 'num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None',
    construct: (self, { num_groups, num_channels, affine }, nn) => {
      const [groups, channels] = [size(num_groups!, 'num_groups', nn), firstSize(num_channels!, 'num_channels', nn)];
      if (channels % groups > 0) {
        throw nn.machine.raise('ValueError', `num_channels (${channels}) must be divisible by num_groups (${groups})`);
      }
      if (flag(affine!, true)) {
        learn(self, 'weight', [channels], 'normAffine', nn, num_channels!);
        learn(self, 'bias', [channels], 'normAffine', nn, num_channels!);
      } else lacks(self, 'weight', 'bias');
    },
    forward: (self, [input], nn) => {
      const channels = numberOf(self.attribute('num_channels') ?? null);
      const groups = numberOf(need(self, 'num_groups', nn.machine)) ?? Number.NaN;
      return groupNorm(nn, callerOf(self), tensorOf(nn, input), groups, scaling(self, nn), channels);
    },
  },
  {
    name: 'LayerNorm',
    file: 'normalization',
    summary: known.get('nn.LayerNorm')!.summary,
    init: 'normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None',
    hidden: ['bias'],
    construct: (self, { normalized_shape, elementwise_affine, bias }, nn) => {
      const shape = shapeOf(normalized_shape!, nn);
      self.set('normalized_shape', repeated(normalized_shape!, 1));
      if (flag(elementwise_affine!, true)) {
        learn(self, 'weight', shape, 'normAffine', nn, ...(listOf(normalized_shape!) ?? [normalized_shape!]));
        if (flag(bias!, true)) learn(self, 'bias', shape, 'normAffine', nn);
        else lacks(self, 'bias');
      } else lacks(self, 'weight', 'bias');
    },
    forward: (self, [input], nn) =>
      layerNorm(
        nn,
        callerOf(self),
        tensorOf(nn, input),
        shapeOf(need(self, 'normalized_shape', nn.machine), nn),
        scaling(self, nn),
      ),
  },
  {
    name: 'RMSNorm',
    file: 'normalization',
    summary: () => l10n.t('Divides by the root mean square over the last dimensions.'),
    init: 'normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None',
    construct: (self, { normalized_shape, elementwise_affine }, nn) => {
      self.set('normalized_shape', repeated(normalized_shape!, 1));
      if (flag(elementwise_affine!, true)) {
        learn(self, 'weight', shapeOf(normalized_shape!, nn), 'normAffine', nn, normalized_shape!);
      } else lacks(self, 'weight');
    },
    forward: (self, [input], nn) =>
      rmsNorm(
        nn,
        callerOf(self),
        tensorOf(nn, input),
        shapeOf(need(self, 'normalized_shape', nn.machine), nn),
        optional(self, 'weight', nn),
      ),
  },
  {
    name: 'LocalResponseNorm',
    file: 'normalization',
    summary: known.get('nn.LocalResponseNorm')!.summary,
    init: 'size, alpha=0.0001, beta=0.75, k=1.0',
    forward: (self, [input], nn) => {
      const neighbors = numberOf(need(self, 'size', nn.machine)) ?? Number.NaN;
      return apply(nn, callerOf(self), ops.lrn, { size: neighbors }, [tensorOf(nn, input)]);
    },
  },
  {
    name: 'CrossMapLRN2d',
    file: 'normalization',
    init: 'size, alpha=0.0001, beta=0.75, k=1',
    forward: (self, [input], nn) => {
      const neighbors = numberOf(need(self, 'size', nn.machine)) ?? Number.NaN;
      return apply(nn, callerOf(self), ops.lrn, { size: neighbors }, [tensorOf(nn, input)]);
    },
  },
];

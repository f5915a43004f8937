// torch/nn/modules/pooling.py.
import * as l10n from '@vscode/l10n';
import { tensorOf } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { adaptivePool, avgPool, fractionalMaxPool, lpPool, maxPool, maxUnpool, type Rank } from '../kernels/pool.ts';
import { repeated } from '../natives.ts';
import type { NN } from '../state.ts';
import { callerOf, type LayerClass, need } from './spec.ts';

const ranks = [1, 2, 3] as const;

const reader = (self: ModuleInstance, nn: NN) => (name: string) => need(self, name, nn.machine);

/** None is the window's size already in the constructor. */
const strideDefault: NonNullable<LayerClass['construct']> = (self, { kernel_size, stride }) => {
  if (stride === null) self.set('stride', kernel_size!);
};

function poolsOf(rank: Rank): readonly LayerClass[] {
  return [
    {
      name: `MaxPool${rank}d`,
      file: 'pooling',
      base: '_MaxPoolNd',
      summary: () => l10n.t('Keeps the largest element of each window.'),
      forward: (self, [input], nn) => {
        const of = reader(self, nn);
        return maxPool(nn, callerOf(self), tensorOf(nn, input), rank, {
          kernel: of('kernel_size'),
          stride: of('stride'),
          padding: of('padding'),
          dilation: of('dilation'),
          ceil: of('ceil_mode'),
          indices: of('return_indices'),
        });
      },
    },
    {
      name: `AvgPool${rank}d`,
      file: 'pooling',
      base: '_AvgPoolNd',
      summary: () => l10n.t('Averages each window.'),
      init: `kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True${rank === 1 ? '' : ', divisor_override=None'}`,
      construct: (self, args, nn) => {
        strideDefault(self, args, nn);
        // AvgPool1d alone keeps tuples.
        for (const name of rank === 1 ? ['kernel_size', 'stride', 'padding'] : []) {
          self.set(name, repeated(self.attribute(name) ?? null, 1));
        }
      },
      forward: (self, [input], nn) => {
        const of = reader(self, nn);
        return avgPool(nn, callerOf(self), tensorOf(nn, input), rank, {
          kernel: of('kernel_size'),
          stride: of('stride'),
          padding: of('padding'),
          ceil: of('ceil_mode'),
          includePadding: of('count_include_pad'),
        });
      },
    },
    {
      name: `LPPool${rank}d`,
      file: 'pooling',
      base: '_LPPoolNd',
      summary: () => l10n.t('Takes the power mean of each window.'),
      forward: (self, [input], nn) => {
        const of = reader(self, nn);
        return lpPool(nn, callerOf(self), tensorOf(nn, input), rank, {
          kernel: of('kernel_size'),
          stride: of('stride'),
          ceil: of('ceil_mode'),
        });
      },
    },
    {
      name: `AdaptiveAvgPool${rank}d`,
      file: 'pooling',
      base: '_AdaptiveAvgPoolNd',
      summary: () => l10n.t('Averages, for a given output size.'),
      forward: (self, [input], nn) =>
        adaptivePool(nn, callerOf(self), tensorOf(nn, input), rank, 'average', reader(self, nn)('output_size')),
    },
    {
      name: `AdaptiveMaxPool${rank}d`,
      file: 'pooling',
      base: '_AdaptiveMaxPoolNd',
      summary: () => l10n.t('Keeps the largest elements, for a given output size.'),
      forward: (self, [input], nn) => {
        const of = reader(self, nn);
        const [size, indices] = [of('output_size'), of('return_indices')];
        return adaptivePool(nn, callerOf(self), tensorOf(nn, input), rank, 'max', size, indices);
      },
    },
    {
      name: `MaxUnpool${rank}d`,
      file: 'pooling',
      base: '_MaxUnpoolNd',
      summary: () => l10n.t('Puts values back where a max pool found them.'),
      init: 'kernel_size, stride=None, padding=0',
      construct: strideDefault,
      input: 'input, indices, output_size=None',
      forward: (self, [input, indices, size], nn) => {
        const of = reader(self, nn);
        const pool = { kernel: of('kernel_size'), stride: of('stride'), padding: of('padding') };
        const places = tensorOf(nn, indices, 'indices');
        return maxUnpool(nn, callerOf(self), tensorOf(nn, input), places, rank, pool, size!);
      },
    },
  ];
}

function fractional(rank: 2 | 3): LayerClass {
  return {
    name: `FractionalMaxPool${rank}d`,
    file: 'pooling',
    summary: () => l10n.t('Keeps the largest elements of windows of random size.'),
    init: 'kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None',
    hidden: ['_random_samples'],
    forward: (self, [input], nn) => {
      const of = reader(self, nn);
      return fractionalMaxPool(nn, callerOf(self), tensorOf(nn, input), rank, {
        size: of('output_size'),
        ratio: of('output_ratio'),
        indices: of('return_indices'),
      });
    },
  };
}

export const pools: readonly LayerClass[] = [
  {
    name: '_MaxPoolNd',
    file: 'pooling',
    init: 'kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False',
    construct: strideDefault,
  },
  { name: '_AvgPoolNd', file: 'pooling' },
  { name: '_LPPoolNd', file: 'pooling', init: 'norm_type, kernel_size, stride=None, ceil_mode=False' },
  { name: '_AdaptiveAvgPoolNd', file: 'pooling', init: 'output_size' },
  { name: '_AdaptiveMaxPoolNd', file: 'pooling', init: 'output_size, return_indices=False' },
  { name: '_MaxUnpoolNd', file: 'pooling' },
  ...ranks.flatMap(poolsOf),
  fractional(2),
  fractional(3),
];

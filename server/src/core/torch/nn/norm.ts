// torch/nn/modules/batchnorm.py, instancenorm.py and normalization.py.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import { layer, only, type Parameter, type Scope, type Size } from '../layer.ts';
import { flag, int, ints, number } from '../signature.ts';
import { factory } from './factory.ts';

/** nn.BatchNorm2d on a tensor. */
export function batchNorm(scope: Scope, x: Tensor): Tensor {
  return scope.builder.add(ops.batchNorm, { affine: true, stats: true }, x);
}

/** nn.LayerNorm over the last dimension. */
export function layerNorm(scope: Scope, x: Tensor): Tensor {
  return scope.builder.add(ops.layerNorm, { axes: 1, affine: true, bias: true }, x);
}

/** A factor and a shift for each element of a shape. */
function scaleAndShift(shape: readonly number[], scaled: boolean, shifted = scaled): readonly Parameter[] {
  const weight: Parameter = { name: 'weight', shape, role: 'normAffine' };
  const bias: Parameter = { name: 'bias', shape, role: 'normAffine' };
  return [...(scaled ? [weight] : []), ...(scaled && shifted ? [bias] : [])];
}

const eps = number(() => l10n.t('Prevents division by zero.'), 1e-5);
const affine = flag(() => l10n.t('Scales and shifts each channel.'), true);

interface NormArgs {
  num_features: number;
  eps: number;
  momentum: number;
  affine: boolean;
  track_running_stats: boolean;
}

const normParams = {
  num_features: int(() => l10n.t('Channels.')),
  eps,
  momentum: number(() => l10n.t('For running statistics.'), 0.1),
  affine,
  track_running_stats: flag(() => l10n.t('Normalizes by running statistics, which are not parameters.'), true),
};

const normParameters = ({ num_features, affine: scaled }: NormArgs): readonly Parameter[] =>
  scaleAndShift([num_features], scaled);

export const BatchNorm1d = layer<NormArgs>({
  name: 'nn.BatchNorm1d',
  summary: () => l10n.t('Normalizes each feature by its running statistics, then scales and shifts it.'),
  params: { ...normParams, num_features: int(() => l10n.t('Features.')), ...factory },
  parameters: normParameters,
  forward: (scope, inputs, { num_features, affine: scaled, track_running_stats: stats }) => {
    const x = only(inputs);
    const rank = x.shape?.length ?? 2;
    const given = x.shape?.[1] ?? Number.NaN;
    const refuse = (code: string, message: string): Tensor =>
      scope.refuse({ code, attr: 'num_features', message, output: x.shape! }, [x]);
    if (rank !== 2 && rank !== 3) {
      return refuse(
        'unsupported-rank',
        l10n.t('nn.BatchNorm1d takes two or three dimensions, [N, C] or [N, C, L], not {0}.', rank),
      );
    }
    if (given !== num_features && !Number.isNaN(given)) {
      return refuse(
        'feature-mismatch',
        l10n.t('nn.BatchNorm1d expects {0} features, but its input has {1}.', num_features, given),
      );
    }
    return scope.builder.add(ops.batchNorm, { affine: scaled, stats }, x);
  },
});

export const BatchNorm2d = layer<NormArgs>({
  name: 'nn.BatchNorm2d',
  summary: () => l10n.t('Normalizes each channel by its running statistics, then scales and shifts it.'),
  params: { ...normParams, ...factory },
  parameters: normParameters,
  forward: (scope, inputs, { num_features, affine: scaled, track_running_stats: stats }) => {
    const x = scope.declared(only(inputs), 'nn.BatchNorm2d', num_features);
    return scope.builder.add(ops.batchNorm, { affine: scaled, stats }, x);
  },
});

export const InstanceNorm2d = layer<NormArgs>({
  name: 'nn.InstanceNorm2d',
  summary: () => l10n.t('Normalizes each channel of one sample.'),
  params: {
    ...normParams,
    affine: { ...affine, default: false },
    track_running_stats: { ...normParams.track_running_stats, default: false },
    ...factory,
  },
  parameters: normParameters,
  forward: (scope, inputs, { num_features, affine: scaled }) =>
    scope.builder.add(
      ops.instanceNorm,
      { affine: scaled },
      scope.declared(only(inputs), 'nn.InstanceNorm2d', num_features),
    ),
});

export const GroupNorm = layer<{ num_groups: number; num_channels: number; eps: number; affine: boolean }>({
  name: 'nn.GroupNorm',
  summary: () => l10n.t('Normalizes groups of channels of one sample.'),
  params: {
    num_groups: int(() => l10n.t('Groups.')),
    num_channels: int(() => l10n.t('Channels.')),
    eps,
    affine,
    ...factory,
  },
  parameters: ({ num_channels, affine: scaled }) => scaleAndShift([num_channels], scaled),
  forward: (scope, inputs, { num_groups, num_channels, affine: scaled }) =>
    scope.builder.add(
      ops.groupNorm,
      { groups: num_groups, affine: scaled },
      scope.declared(only(inputs), 'nn.GroupNorm', num_channels),
    ),
});

const shapeOf = (size: Size): readonly number[] => (typeof size === 'number' ? [size] : size);

export const LayerNorm = layer<{ normalized_shape: Size; eps: number; elementwise_affine: boolean; bias: boolean }>({
  name: 'nn.LayerNorm',
  summary: () => l10n.t('Normalizes over the last dimensions.'),
  params: {
    normalized_shape: ints(() => l10n.t('Sizes of the last dimensions, which are normalized together.')),
    eps,
    elementwise_affine: flag(() => l10n.t('Scales and shifts each element.'), true),
    bias: flag(() => l10n.t('Shifts each element, if it scales.'), true),
    ...factory,
  },
  parameters: ({ normalized_shape, elementwise_affine, bias }) =>
    scaleAndShift(shapeOf(normalized_shape), elementwise_affine, bias),
  forward: (scope, inputs, { normalized_shape, elementwise_affine, bias }) => {
    const x = only(inputs);
    const wanted = shapeOf(normalized_shape);
    const last = x.shape?.slice(-wanted.length);
    if (
      last &&
      (last.length !== wanted.length || wanted.some((size, axis) => size !== last[axis] && !Number.isNaN(last[axis])))
    ) {
      const message = l10n.t(
        'nn.LayerNorm expects the last dimensions {0}, but its input is {1}.',
        wanted.join('×'),
        x.shape!.join('×'),
      );
      return scope.refuse({ code: 'normalized-shape-mismatch', attr: 'normalized_shape', message, output: x.shape! }, [
        x,
      ]);
    }
    return scope.builder.add(ops.layerNorm, { axes: wanted.length, affine: elementwise_affine, bias }, x);
  },
});

export const LocalResponseNorm = layer<{ size: number; alpha: number; beta: number; k: number }>({
  name: 'nn.LocalResponseNorm',
  summary: () => l10n.t('Divides each value by the energy of the neighboring channels.'),
  params: {
    size: int(() => l10n.t('Neighboring channels.')),
    alpha: number(() => l10n.t('Factor of the sum.'), 1e-4),
    beta: number(() => l10n.t('Exponent.'), 0.75),
    k: number(() => l10n.t('Added to the sum.'), 1),
  },
  forward: (scope, inputs, { size }) => scope.builder.add(ops.lrn, { size }, only(inputs)),
});

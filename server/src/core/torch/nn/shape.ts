// torch/nn/modules/flatten.py, pixelshuffle.py and channelshuffle.py: layers that move or rename elements.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import { layer, only } from '../layer.ts';
import { int, ints } from '../signature.ts';
import { flatten, reshape } from '../tensor.ts';

export const Flatten = layer<{ start_dim: number; end_dim: number }>({
  name: 'nn.Flatten',
  summary: () => l10n.t('Flattens dimensions into one.'),
  params: {
    start_dim: int(() => l10n.t('The first of them.'), 1, -8),
    end_dim: int(() => l10n.t('The last of them.'), -1, -8),
  },
  forward: (scope, inputs, { start_dim, end_dim }) => flatten(scope, only(inputs), start_dim, end_dim),
});

export const Unflatten = layer<{ dim: number; unflattened_size: number | readonly number[] }>({
  name: 'nn.Unflatten',
  summary: () => l10n.t('Splits an axis into several.'),
  params: {
    dim: int(() => l10n.t('The axis.'), undefined, -8),
    unflattened_size: ints(() => l10n.t('Sizes of the new axes.')),
  },
  forward: (scope, inputs, { dim, unflattened_size }) => {
    const x = only(inputs);
    const sizes = typeof unflattened_size === 'number' ? [unflattened_size] : unflattened_size;
    const rank = x.shape?.length ?? Number.NaN;
    const axis = dim < 0 ? rank + dim : dim;
    if (!x.shape || !(axis < rank)) return scope.builder.unknown(l10n.t('the shape of its input is not known'), [x]);
    const whole = sizes.reduce((product, size) => product * size, 1);
    if (whole !== x.shape[axis] && !Number.isNaN(x.shape[axis])) {
      const message = l10n.t(
        'Axis {0} has {1} elements, which cannot be unflattened into {2}.',
        dim,
        x.shape[axis]!,
        sizes.join('×'),
      );
      return scope.refuse({ code: 'element-count-mismatch', attr: 'unflattened_size', message }, [x]);
    }
    return reshape(scope, x, [...x.shape.slice(0, axis), ...sizes, ...x.shape.slice(axis + 1)]);
  },
});

export const PixelShuffle = layer<{ upscale_factor: number }>({
  name: 'nn.PixelShuffle',
  summary: () => l10n.t('Moves channels into space.'),
  params: { upscale_factor: int(() => l10n.t('Factor for height and width.')) },
  forward: (scope, inputs, { upscale_factor }) =>
    scope.builder.add(ops.pixelShuffle, { factor: upscale_factor }, only(inputs)),
});

export const PixelUnshuffle = layer<{ downscale_factor: number }>({
  name: 'nn.PixelUnshuffle',
  summary: () => l10n.t('Moves space into channels.'),
  params: { downscale_factor: int(() => l10n.t('Factor for height and width.')) },
  forward: (scope, inputs, { downscale_factor }) =>
    scope.builder.add(ops.pixelUnshuffle, { factor: downscale_factor }, only(inputs)),
});

export const ChannelShuffle = layer<{ groups: number }>({
  name: 'nn.ChannelShuffle',
  summary: () => l10n.t('Shuffles channels between groups.'),
  params: { groups: int(() => l10n.t('Groups.')) },
  forward: (scope, inputs, { groups }) => scope.builder.add(ops.channelShuffle, { groups }, only(inputs)),
});

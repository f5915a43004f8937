// torch/nn/modules/padding.py, flatten.py, fold.py, pixelshuffle.py, channelshuffle.py and upsampling.py.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { PyFloat, PyTuple, type Value } from '../../../../python/objects.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, type Caller, refuse, shown, tensorOf, unknownResult } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { fold, interpolate, pad, unfold } from '../kernels/resample.ts';
import { listOf, numberOf, repeated, unknownIn } from '../natives.ts';
import type { NN } from '../state.ts';
import { layerNamed, shared } from './shared.ts';
import { callerOf, type LayerClass, need } from './spec.ts';

function padding(kind: 'Zero' | 'Constant' | 'Reflection' | 'Replication' | 'Circular', rank: 1 | 2 | 3): LayerClass {
  const modes = {
    Zero: 'constant',
    Constant: 'constant',
    Reflection: 'reflect',
    Replication: 'replicate',
    Circular: 'circular',
  };
  return {
    name: `${kind}Pad${rank}d`,
    file: 'padding',
    base: kind === 'Zero' ? `ConstantPad${rank}d` : `_${kind}PadNd`,
    summary: () => l10n.t('Pads the input.'),
    init: kind === 'Constant' ? 'padding, value' : 'padding',
    construct: (self, { padding: border }) => {
      self.set('padding', repeated(border!, 2 * rank));
      if (kind === 'Zero') self.set('value', 0);
    },
    forward: (self, [input], nn) =>
      pad(nn, callerOf(self), tensorOf(nn, input), need(self, 'padding', nn.machine), modes[kind]),
  };
}

export function unflatten(nn: NN, caller: Caller, x: PyTensor, dim: Value, sizes: Value): PyTensor {
  const why = unknownIn(dim, sizes);
  const { shape } = x;
  const axis = numberOf(dim);
  const list = listOf(sizes)?.map(item => numberOf(item) ?? Number.NaN);
  if (why || !shape || !list || axis === undefined) {
    return unknownResult(nn, why ?? x.why ?? { message: l10n.t('the shape of its input is not known') }, [x]);
  }
  const at = axis < 0 ? shape.length + axis : axis;
  const whole = list.filter(each => each !== -1).reduce((product, each) => product * each, 1);
  const length = shape[at] ?? Number.NaN;
  const found = list.map(each => (each === -1 ? length / whole : each));
  const output = [...shape.slice(0, at), ...found, ...shape.slice(at + 1)];
  if (Math.abs(found.reduce((product, each) => product * each, 1) - length) > 0 || found.some(each => each % 1 > 0)) {
    return refuse(
      nn,
      {
        code: 'element-count-mismatch',
        attr: 'unflattened_size',
        message: l10n.t('Axis {0} has {1} elements, which cannot be unflattened into {2}.', axis, length, shown(list)),
      },
      [x],
      output.map(each => (each % 1 > 0 ? Number.NaN : each)),
    );
  }
  return apply(nn, caller, ops.reshape, { shape: output }, [x]);
}

const windows = (self: ModuleInstance, nn: NN) => ({
  kernel: need(self, 'kernel_size', nn.machine),
  dilation: need(self, 'dilation', nn.machine),
  padding: need(self, 'padding', nn.machine),
  stride: need(self, 'stride', nn.machine),
});

/** What nn.Upsample keeps of its factor: floats. */
function floats(value: Value): Value {
  if (value instanceof PyTuple) return new PyTuple(value.items.map(floats));
  const number = typeof value === 'number' ? value : undefined;
  return number === undefined ? value : new PyFloat(number);
}

function upsampling(name: string, mode: string | undefined): LayerClass {
  return {
    name,
    file: 'upsampling',
    ...(mode === undefined ? {} : { base: 'Upsample' }),
    summary: layerNamed('Upsample').summary,
    init:
      mode === undefined
        ? "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None"
        : 'size=None, scale_factor=None',
    construct: (self, { scale_factor }) => {
      if (scale_factor !== null) self.set('scale_factor', floats(scale_factor!));
      if (mode !== undefined) self.set('mode', mode);
      if (mode !== undefined) self.set('align_corners', mode === 'bilinear' ? true : null);
      if (mode !== undefined) self.set('recompute_scale_factor', null);
    },
    forward: (self, [input], nn) =>
      interpolate(nn, callerOf(self), tensorOf(nn, input), {
        size: need(self, 'size', nn.machine),
        factor: need(self, 'scale_factor', nn.machine),
        mode: need(self, 'mode', nn.machine),
      }),
  };
}

export function flatten(nn: NN, caller: Caller, x: PyTensor, start: Value, end: Value): PyTensor {
  const why = unknownIn(start, end);
  if (why) return unknownResult(nn, why, [x]);
  // A tensor without axes gets one.
  if (x.shape?.length === 0) return apply(nn, caller, ops.reshape, { shape: [1] }, [x]);
  return apply(nn, caller, ops.flatten, { start: numberOf(start) ?? 0, end: numberOf(end) ?? -1 }, [x]);
}

const kinds = ['Constant', 'Reflection', 'Replication', 'Circular'] as const;

export const shapes: readonly LayerClass[] = [
  ...kinds.map(kind => ({ name: `_${kind}PadNd`, file: 'padding' })),
  ...([1, 2, 3] as const).flatMap(rank => [...kinds, 'Zero' as const].map(kind => padding(kind, rank))),
  {
    name: 'Flatten',
    file: 'flatten',
    summary: layerNamed('Flatten').summary,
    init: 'start_dim=1, end_dim=-1',
    forward: (self, [input], nn) =>
      flatten(
        nn,
        callerOf(self),
        tensorOf(nn, input),
        need(self, 'start_dim', nn.machine),
        need(self, 'end_dim', nn.machine),
      ),
  },
  {
    name: 'Unflatten',
    file: 'flatten',
    summary: layerNamed('Unflatten').summary,
    init: 'dim, unflattened_size',
    forward: (self, [input], nn) =>
      unflatten(
        nn,
        callerOf(self),
        tensorOf(nn, input),
        need(self, 'dim', nn.machine),
        need(self, 'unflattened_size', nn.machine),
      ),
  },
  {
    name: 'Unfold',
    file: 'fold',
    summary: () => l10n.t('Turns each window into a column.'),
    init: 'kernel_size, dilation=1, padding=0, stride=1',
    forward: (self, [input], nn) => unfold(nn, callerOf(self), tensorOf(nn, input), windows(self, nn)),
  },
  {
    name: 'Fold',
    file: 'fold',
    summary: () => l10n.t('Sums columns back into an image.'),
    init: 'output_size, kernel_size, dilation=1, padding=0, stride=1',
    forward: (self, [input], nn) =>
      fold(nn, callerOf(self), tensorOf(nn, input), need(self, 'output_size', nn.machine), windows(self, nn)),
  },
  shared('PixelShuffle', 'pixelshuffle'),
  shared('PixelUnshuffle', 'pixelshuffle'),
  shared('ChannelShuffle', 'channelshuffle'),
  upsampling('Upsample', undefined),
  upsampling('UpsamplingNearest2d', 'nearest'),
  upsampling('UpsamplingBilinear2d', 'bilinear'),
];

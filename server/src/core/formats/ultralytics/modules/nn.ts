// Layers of torch.nn that rows may name (`nn.Upsample`), with the parameters of their constructors.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import {
  activations,
  avgPool2d,
  batchNorm,
  channels,
  conv2d,
  convTranspose2d,
  flatten,
  linear,
  maxPool2d,
  pair,
  reshape,
  sizesOf,
  times,
} from '../layers.ts';
import { type AnyModule, module, only, type Param, type Scope, type Size, type Value } from '../module.ts';
import type { PyValue } from '../python.ts';

const int = (doc: string, value?: PyValue, min = 1): Param =>
  value === undefined ? { kind: 'int', doc, min } : { kind: 'int', doc, min, default: value };
const ints = (doc: string, value?: PyValue, min = 1): Param =>
  value === undefined ? { kind: 'ints', doc, min } : { kind: 'ints', doc, min, default: value };
const flag = (doc: string, value: boolean): Param => ({ kind: 'boolean', doc, default: value });
const ignored = (doc: string, value: PyValue): Param => ({ kind: 'any', doc, default: value });

const convParams = {
  in_channels: int('Input channels.'),
  out_channels: int('Output channels; the width multiple does not apply.'),
  kernel_size: ints('Kernel size.'),
  stride: ints('Stride.', 1),
};

const Conv2d = module<{
  in_channels: number;
  out_channels: number;
  kernel_size: Size;
  stride: Size;
  padding: Size | string;
  dilation: Size;
  groups: number;
  bias: boolean;
  padding_mode: string;
}>({
  name: 'nn.Conv2d',
  summary: 'A plain convolution.',
  params: {
    ...convParams,
    padding: { kind: 'ints', min: 0, doc: 'Padding, or “same”, or “valid”.', default: 0, words: ['same', 'valid'] },
    dilation: ints('Dilation.', 1),
    groups: int('Groups of channels.', 1),
    bias: flag('Adds a learned number to each output channel.', true),
    padding_mode: ignored('What the border is filled with.', 'zeros'),
  },
  forward: (scope, inputs, args) =>
    conv2d(scope, only(inputs), {
      c2: args.out_channels,
      k: args.kernel_size,
      s: args.stride,
      p: args.padding,
      d: args.dilation,
      g: args.groups,
      bias: args.bias,
    }),
});

const ConvTranspose2d = module<{
  in_channels: number;
  out_channels: number;
  kernel_size: Size;
  stride: Size;
  padding: Size;
  output_padding: Size;
  groups: number;
  bias: boolean;
  dilation: Size;
}>({
  name: 'nn.ConvTranspose2d',
  summary: 'A transposed convolution: enlarges the map by its stride.',
  params: {
    ...convParams,
    out_channels: int('Output channels; the width multiple of the scale is applied to what the file says.'),
    padding: ints('Padding.', 0, 0),
    output_padding: ints('Added to one side of the output.', 0, 0),
    groups: int('Groups of channels.', 1),
    bias: flag('Adds a learned number to each output channel.', true),
    dilation: ints('Dilation.', 1),
  },
  forward: (scope, inputs, a) =>
    convTranspose2d(scope, only(inputs), {
      c2: a.out_channels,
      k: a.kernel_size,
      s: a.stride,
      p: a.padding,
      outputPadding: a.output_padding,
      g: a.groups,
      bias: a.bias,
      d: a.dilation,
    }),
});

const BatchNorm2d = module<{ num_features: number }>({
  name: 'nn.BatchNorm2d',
  summary: 'Normalizes each channel by its running statistics, then scales and shifts it.',
  params: { num_features: int('Channels.') },
  forward: (scope, inputs) => batchNorm(scope, only(inputs)),
});

/** Ways to enlarge a map; what an area or an exact neighbour is costs nothing either. */
const modes: ReadonlyMap<string, 'nearest' | 'bilinear' | 'bicubic' | 'linear' | 'trilinear'> = new Map([
  ['nearest', 'nearest'],
  ['bilinear', 'bilinear'],
  ['bicubic', 'bicubic'],
  ['linear', 'linear'],
  ['trilinear', 'trilinear'],
  ['nearest-exact', 'nearest'],
]);

interface UpsampleArgs {
  size: Size | null;
  scale_factor: Size | null;
  mode: string;
}

const upsampleParams = {
  size: ints('Output size; None where a factor is given.', null),
  scale_factor: { kind: 'any', doc: 'Factor for height and width.', default: null },
} as const;

function upsample(scope: Scope, x: Tensor, { size, scale_factor, mode }: UpsampleArgs): Tensor {
  const known = modes.get(mode);
  const output = [1, channels(x), Number.NaN, Number.NaN];
  const refuse = (attr: string, message: string): Tensor =>
    scope.refuse({ code: 'wrong-argument', attr, message, output }, [x]);
  if (!known) return refuse('mode', `“${mode}” is not a way to upsample. Use nearest, bilinear or bicubic.`);
  // thop knows four ways and takes others for free.
  const options = { functional: mode === 'nearest-exact' };
  if (size !== null) {
    if (scale_factor !== null) return refuse('scale_factor', 'Give an output size or a factor, not both.');
    return scope.builder.add(ops.upsample, { size: pair(size), mode: known }, x, options);
  }
  const factors = typeof scale_factor === 'number' || Array.isArray(scale_factor) ? pair(scale_factor as Size) : [];
  if (factors.length !== 2 || !factors.every(factor => factor > 0 && factor <= 1024)) {
    return refuse('scale_factor', 'Upsampling needs an output size or a factor, as in [None, 2, nearest].');
  }
  return scope.builder.add(ops.upsample, { scale: factors, mode: known }, x, options);
}

const Upsample = module<UpsampleArgs & { align_corners: boolean | null }>({
  name: 'nn.Upsample',
  summary: 'Enlarges the map without parameters.',
  params: {
    ...upsampleParams,
    mode: { kind: 'text', doc: 'How: nearest, bilinear, bicubic.', default: 'nearest' },
    align_corners: ignored('Whether corners stay in place.', null),
  },
  forward: (scope, inputs, args) => upsample(scope, only(inputs), args),
});

function upsampling(name: string, mode: string): AnyModule {
  return module<Omit<UpsampleArgs, 'mode'>>({
    name,
    summary: 'Enlarges the map without parameters.',
    params: upsampleParams,
    forward: (scope, inputs, args) => upsample(scope, only(inputs), { ...args, mode }),
  });
}

interface PoolArgs {
  kernel_size: Size;
  stride: Size | null;
  padding: Size;
  ceil_mode: boolean;
}

const MaxPool2d = module<PoolArgs & { dilation: Size; return_indices: boolean }>({
  name: 'nn.MaxPool2d',
  summary: 'Keeps the largest element of each window.',
  params: {
    kernel_size: ints('Window size.'),
    stride: ints('Stride; the window size unless given.', null),
    padding: ints('Padding.', 0, 0),
    dilation: ints('Dilation.', 1),
    return_indices: ignored('Hands on the places too.', false),
    ceil_mode: flag('Rounds the output size up.', false),
  },
  forward: (scope, inputs, { kernel_size: k, stride, padding: p, dilation: d, ceil_mode: ceil }) =>
    maxPool2d(scope, only(inputs), { k, s: stride ?? k, p, d, ceil }),
});

const AvgPool2d = module<PoolArgs & { count_include_pad: boolean }>({
  name: 'nn.AvgPool2d',
  summary: 'The average of each window.',
  params: {
    kernel_size: ints('Window size.'),
    stride: ints('Stride; the window size unless given.', null),
    padding: ints('Padding.', 0, 0),
    ceil_mode: flag('Rounds the output size up.', false),
    count_include_pad: flag('Counts the padding in the average.', true),
  },
  forward: (
    scope,
    inputs,
    { kernel_size: k, stride, padding: p, ceil_mode: ceil, count_include_pad: includePadding },
  ) => avgPool2d(scope, only(inputs), { k, s: stride ?? k, p, ceil, includePadding }),
});

function adaptive(name: string, op: typeof ops.adaptiveAvgPool, summary: string): AnyModule {
  return module<{ output_size: Size }>({
    name,
    summary,
    params: { output_size: { kind: 'any', doc: 'Height and width of the output; None keeps the input’s.' } },
    forward: (scope, inputs, { output_size }) => {
      const x = only(inputs);
      const [, c, h, w] = sizesOf(x) as [number, number, number, number];
      const wanted: readonly unknown[] = Array.isArray(output_size) ? output_size : [output_size, output_size];
      const size = wanted.map((each, axis) => (each === null ? [h, w][axis] : each));
      if (size.length !== 2 || !size.every(each => typeof each === 'number' && !(each < 1) && !(each % 1 > 0))) {
        const message = 'The output size is a whole number from 1, or two of them, or None where it stays.';
        const output = [1, c, Number.NaN, Number.NaN];
        return scope.refuse({ code: 'wrong-argument', attr: 'output_size', message, output }, [x]);
      }
      return scope.builder.add(op, { size: size as number[] }, x);
    },
  });
}

function padding(name: string, mode: 'constant' | 'reflect' | 'replicate', withValue = false): AnyModule {
  const sides = {
    kind: 'ints',
    doc: 'Left, right, top and bottom; or one number for all. Below 0 it cuts off.',
  } as const;
  const forward = (scope: Scope, inputs: readonly Value[], args: { padding: Size }): Tensor => {
    const given = args.padding;
    const list = typeof given === 'number' ? [given, given, given, given] : given;
    const [left = 0, right = 0, top = 0, bottom = 0] = list;
    const x = only(inputs);
    // F.pad counts from the last dimension, in pairs; ReflectionPad2d and others want both (constant_pad_nd, padding.py).
    if (list.length !== 4 && !(mode === 'constant' && list.length === 2)) {
      const message = `Padding is one number or four, not ${list.length}: left, right, top and bottom.`;
      const output = [1, channels(x), Number.NaN, Number.NaN];
      return scope.refuse({ code: 'wrong-argument', attr: 'padding', message, output }, [x]);
    }
    return scope.builder.add(ops.pad, { before: [top, left], after: [bottom, right], mode }, x);
  };
  if (!withValue)
    return module<{ padding: Size }>({ name, summary: 'Adds a border.', params: { padding: sides }, forward });
  return module<{ padding: Size; value: number }>({
    name,
    summary: 'Adds a border.',
    params: { padding: sides, value: { kind: 'number', doc: 'Its value.' } },
    forward,
  });
}

const Linear = module<{ in_features: number; out_features: number; bias: boolean }>({
  name: 'nn.Linear',
  summary: 'Multiplies every input feature with every output feature.',
  params: {
    in_features: int('Input features.'),
    out_features: int('Output features.'),
    bias: flag('Adds a learned number to each.', true),
  },
  forward: (scope, inputs, { in_features, out_features, bias }) => {
    const x = only(inputs);
    const given = x.shape?.at(-1) ?? Number.NaN;
    if (given !== in_features && !Number.isNaN(given)) {
      const message = `nn.Linear expects ${in_features} input features, but the last dimension of its input is ${given}.`;
      const output = [...x.shape!.slice(0, -1), out_features];
      return scope.refuse({ code: 'channel-mismatch', attr: 'in_features', message, output }, [x]);
    }
    return linear(scope, x, out_features, bias);
  },
});

const Flatten = module<{ start_dim: number; end_dim: number }>({
  name: 'nn.Flatten',
  summary: 'Puts dimensions into one.',
  params: { start_dim: int('First of them.', 1, -8), end_dim: int('Last of them.', -1, -8) },
  forward: (scope, inputs, { start_dim, end_dim }) => flatten(scope, only(inputs), start_dim, end_dim),
});

const Identity = module<Record<string, PyValue>>({
  name: 'nn.Identity',
  summary: 'Hands on what it is given; arguments do nothing.',
  lists: true,
  params: Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`ignored_${index}`, ignored('Not used.', null)])),
  forward: (scope, inputs) => {
    const value = inputs[0]!;
    return Array.isArray(value)
      ? value.map(each => scope.builder.add(ops.identity, {}, each))
      : scope.builder.add(ops.identity, {}, only(inputs));
  },
});

function dropout(name: string): AnyModule {
  return module<{ p: number; inplace: boolean }>({
    name,
    summary: 'Does nothing at inference.',
    params: {
      p: { kind: 'number', doc: 'Share that is dropped while training.', default: 0.5 },
      inplace: flag('Works in place.', false),
    },
    forward: (scope, inputs) => scope.builder.add(ops.dropout, {}, only(inputs)),
  });
}

const GroupNorm = module<{ num_groups: number; num_channels: number; eps: number; affine: boolean }>({
  name: 'nn.GroupNorm',
  summary: 'Normalizes groups of channels of one sample.',
  params: {
    num_groups: int('Groups.'),
    num_channels: int('Channels.'),
    eps: { kind: 'number', doc: 'Keeps the division safe.', default: 1e-5 },
    affine: flag('Scales and shifts each channel.', true),
  },
  forward: (scope, inputs, { num_groups, affine }) =>
    scope.builder.add(ops.groupNorm, { groups: num_groups, affine }, only(inputs)),
});

const InstanceNorm2d = module<{
  num_features: number;
  eps: number;
  momentum: number;
  affine: boolean;
  track_running_stats: boolean;
}>({
  name: 'nn.InstanceNorm2d',
  summary: 'Normalizes each channel of one sample.',
  params: {
    num_features: int('Channels.'),
    eps: { kind: 'number', doc: 'Keeps the division safe.', default: 1e-5 },
    momentum: { kind: 'number', doc: 'For running statistics.', default: 0.1 },
    affine: flag('Scales and shifts each channel.', false),
    track_running_stats: flag('Normalizes by running statistics, which are no parameters.', false),
  },
  forward: (scope, inputs, { affine }) => scope.builder.add(ops.instanceNorm, { affine }, only(inputs)),
});

/** nn.LayerNorm over the trailing dimensions that `normalized_shape` lists. */
const LayerNorm = module<{ normalized_shape: Size; eps: number; elementwise_affine: boolean; bias: boolean }>({
  name: 'nn.LayerNorm',
  summary: 'Normalizes over the last dimensions.',
  params: {
    normalized_shape: ints('Sizes of the last dimensions, which are normalized together.'),
    eps: { kind: 'number', doc: 'Keeps the division safe.', default: 1e-5 },
    elementwise_affine: flag('Scales and shifts each element.', true),
    bias: flag('Shifts each element, where it scales.', true),
  },
  forward: (scope, inputs, { normalized_shape, elementwise_affine: affine, bias }) => {
    const x = only(inputs);
    const wanted = typeof normalized_shape === 'number' ? [normalized_shape] : normalized_shape;
    const last = x.shape?.slice(-wanted.length);
    if (
      last &&
      (last.length !== wanted.length || wanted.some((size, axis) => size !== last[axis] && !Number.isNaN(last[axis])))
    ) {
      const message = `nn.LayerNorm expects the last dimensions ${wanted.join('×')}, but its input is ${x.shape!.join('×')}.`;
      return scope.refuse({ code: 'shape-mismatch', attr: 'normalized_shape', message, output: x.shape! }, [x]);
    }
    return scope.builder.add(ops.layerNorm, { axes: wanted.length, affine, bias }, x);
  },
});

const LocalResponseNorm = module<{ size: number; alpha: number; beta: number; k: number }>({
  name: 'nn.LocalResponseNorm',
  summary: 'Divides each value by the energy of the neighbouring channels.',
  params: {
    size: int('Neighbouring channels.'),
    alpha: { kind: 'number', doc: 'Factor of the sum.', default: 1e-4 },
    beta: { kind: 'number', doc: 'Exponent.', default: 0.75 },
    k: { kind: 'number', doc: 'Added to the sum.', default: 1 },
  },
  forward: (scope, inputs, { size }) => scope.builder.add(ops.lrn, { size }, only(inputs)),
});

const PixelShuffle = module<{ upscale_factor: number }>({
  name: 'nn.PixelShuffle',
  summary: 'Moves channels into space.',
  params: { upscale_factor: int('Factor for height and width.') },
  forward: (scope, inputs, { upscale_factor }) =>
    scope.builder.add(ops.pixelShuffle, { factor: upscale_factor }, only(inputs)),
});

const PixelUnshuffle = module<{ downscale_factor: number }>({
  name: 'nn.PixelUnshuffle',
  summary: 'Moves space into channels.',
  params: { downscale_factor: int('Factor for height and width.') },
  forward: (scope, inputs, { downscale_factor }) =>
    scope.builder.add(ops.pixelUnshuffle, { factor: downscale_factor }, only(inputs)),
});

const ChannelShuffle = module<{ groups: number }>({
  name: 'nn.ChannelShuffle',
  summary: 'Mixes the channels of groups.',
  params: { groups: int('Groups.') },
  forward: (scope, inputs, { groups }) => scope.builder.add(ops.channelShuffle, { groups }, only(inputs)),
});

const late = { functional: true, derived: true };

function softmaxOf(name: string, add: (scope: Scope, x: Tensor, axis: number) => Tensor): AnyModule {
  return module<{ dim: number }>({
    name,
    summary: 'Turns scores into shares that sum to 1.',
    params: { dim: int('Along which axis.', 1, -8) },
    forward: (scope, inputs, { dim }) => add(scope, only(inputs), dim),
  });
}

const GLU = module<{ dim: number }>({
  name: 'nn.GLU',
  summary: 'Halves an axis: one half times the sigmoid of the other.',
  params: { dim: int('Along which axis.', -1, -8) },
  forward: (scope, inputs, { dim }) => {
    const x = only(inputs);
    const length = x.shape?.at(dim) ?? Number.NaN;
    if (length % 2 === 1) {
      const message = `nn.GLU halves axis ${dim}, but its length is ${length}.`;
      return scope.refuse({ code: 'wrong-argument', attr: 'dim', message, ...(x.shape ? { output: x.shape } : {}) }, [
        x,
      ]);
    }
    const parts = scope.builder.addAll(ops.chunk, { axis: dim, chunks: 2 }, x);
    return times(scope, parts[0]!, scope.builder.add(ops.sigmoid, {}, parts[1] ?? parts[0]!, { functional: true }));
  },
});

const Unflatten = module<{ dim: number; unflattened_size: readonly number[] }>({
  name: 'nn.Unflatten',
  summary: 'Takes an axis apart into several.',
  params: { dim: int('Which axis.', undefined, -8), unflattened_size: ints('Sizes of the new axes.') },
  forward: (scope, inputs, { dim, unflattened_size }) => {
    const x = only(inputs);
    const sizes = typeof unflattened_size === 'number' ? [unflattened_size as number] : unflattened_size;
    const rank = x.shape?.length ?? Number.NaN;
    const axis = dim < 0 ? rank + dim : dim;
    if (!x.shape || !(axis < rank)) return scope.builder.unknown('the shape of its input is not known', [x]);
    const whole = sizes.reduce((product, size) => product * size, 1);
    if (whole !== x.shape[axis] && !Number.isNaN(x.shape[axis])) {
      const message = `Axis ${dim} has ${x.shape[axis]} elements, which are not ${sizes.join('·')}.`;
      return scope.refuse({ code: 'wrong-argument', attr: 'unflattened_size', message }, [x]);
    }
    return reshape(scope, x, [...x.shape.slice(0, axis), ...sizes, ...x.shape.slice(axis + 1)]);
  },
});

/** The layers over one dimension, behind nn.Flatten or nn.Linear. */
const Conv1d = module<{
  in_channels: number;
  out_channels: number;
  kernel_size: number;
  stride: number;
  padding: number;
  dilation: number;
  groups: number;
  bias: boolean;
}>({
  name: 'nn.Conv1d',
  summary: 'A convolution over sequences.',
  params: {
    in_channels: int('Input channels.'),
    out_channels: int('Output channels; the width multiple does not apply.'),
    kernel_size: int('Kernel size.'),
    stride: int('Stride.', 1),
    padding: int('Padding.', 0, 0),
    dilation: int('Dilation.', 1),
    groups: int('Groups of channels.', 1),
    bias: flag('Adds a learned number to each output channel.', true),
  },
  forward: (scope, inputs, a) => {
    const x = only(inputs);
    if (x.shape && x.shape[1] !== a.in_channels && !Number.isNaN(x.shape[1])) {
      const message = `nn.Conv1d expects ${a.in_channels} input channels, but gets ${x.shape[1]}.`;
      return scope.refuse({ code: 'channel-mismatch', attr: 'in_channels', message }, [x]);
    }
    const attrs = {
      out: a.out_channels,
      kernel: [a.kernel_size],
      stride: [a.stride],
      padding: [a.padding],
      dilation: [a.dilation],
      groups: a.groups,
      bias: a.bias,
    };
    return scope.builder.add(ops.conv, attrs, x);
  },
});

const BatchNorm1d = module<{ num_features: number; eps: number; momentum: number; affine: boolean }>({
  name: 'nn.BatchNorm1d',
  summary: 'Normalizes each feature by its running statistics, then scales and shifts it.',
  params: {
    num_features: int('Features.'),
    eps: { kind: 'number', doc: 'Keeps the division safe.', default: 1e-5 },
    momentum: { kind: 'number', doc: 'For running statistics.', default: 0.1 },
    affine: flag('Scales and shifts each feature.', true),
  },
  forward: (scope, inputs, { num_features, affine }) => {
    const x = only(inputs);
    const rank = x.shape?.length ?? 2;
    const given = x.shape?.[1] ?? Number.NaN;
    if ((rank !== 2 && rank !== 3) || (given !== num_features && !Number.isNaN(given))) {
      const message = `nn.BatchNorm1d wants [N, ${num_features}] or [N, ${num_features}, L], but is given ${x.shape?.join('×')}.`;
      return scope.refuse({ code: 'shape-mismatch', attr: 'num_features', message, output: x.shape! }, [x]);
    }
    return scope.builder.add(ops.batchNorm, { affine, stats: true }, x);
  },
});

const LPPool2d = module<{ norm_type: number; kernel_size: Size; stride: Size | null; ceil_mode: boolean }>({
  name: 'nn.LPPool2d',
  summary: 'The power mean of each window.',
  params: {
    norm_type: { kind: 'number', doc: 'The power.' },
    kernel_size: ints('Window size.'),
    stride: ints('Stride; the window size unless given.', null),
    ceil_mode: flag('Rounds the output size up.', false),
  },
  // F.lp_pool2d: powers, an average pool, and the root of its sign, size and window.
  forward: (scope, inputs, { kernel_size: k, stride, ceil_mode: ceil }) => {
    const powers = scope.builder.add(ops.unary, { how: 'pow' }, only(inputs));
    const averages = avgPool2d(scope, powers, { k, s: stride ?? k, ceil }, { functional: true });
    return scope.builder.add(ops.unary, { how: 'pow' }, averages);
  },
});

const anything = (doc: string): Param => ({ kind: 'any', doc, default: null });

/** Activations take numbers that hardly matter for costs; those that do are read. */
const activationModules: readonly AnyModule[] = [...activations].map(
  ([name, apply]): AnyModule =>
    name === 'Identity'
      ? Identity
      : module<{ first: PyValue; second: PyValue; third: PyValue }>({
          name: `nn.${name}`,
          summary: `The activation ${name}.`,
          params: {
            first: anything('The constructor’s first argument.'),
            second: anything('The constructor’s second argument.'),
            third: anything('The constructor’s third argument.'),
          },
          forward: (scope, inputs, { first, second }) =>
            apply(
              scope,
              only(inputs),
              [first, second].filter(value => typeof value === 'number'),
            ),
        }),
);

const list: readonly AnyModule[] = [
  Conv2d,
  ConvTranspose2d,
  BatchNorm2d,
  Upsample,
  upsampling('nn.UpsamplingNearest2d', 'nearest'),
  upsampling('nn.UpsamplingBilinear2d', 'bilinear'),
  MaxPool2d,
  AvgPool2d,
  adaptive('nn.AdaptiveAvgPool2d', ops.adaptiveAvgPool, 'Averages to a given output size.'),
  adaptive('nn.AdaptiveMaxPool2d', ops.adaptiveMaxPool, 'Keeps the largest elements, to a given output size.'),
  padding('nn.ZeroPad2d', 'constant'),
  padding('nn.ConstantPad2d', 'constant', true),
  padding('nn.ReflectionPad2d', 'reflect'),
  padding('nn.ReplicationPad2d', 'replicate'),
  Linear,
  Flatten,
  dropout('nn.Dropout'),
  dropout('nn.Dropout1d'),
  dropout('nn.Dropout2d'),
  dropout('nn.Dropout3d'),
  dropout('nn.AlphaDropout'),
  dropout('nn.FeatureAlphaDropout'),
  GroupNorm,
  InstanceNorm2d,
  PixelShuffle,
  PixelUnshuffle,
  ChannelShuffle,
  softmaxOf('nn.Softmax', (scope, x, axis) => scope.builder.add(ops.softmax, { axis }, x)),
  softmaxOf('nn.LogSoftmax', (scope, x, axis) => scope.builder.add(ops.logSoftmax, { axis }, x)),
  // Of the negative input, as a class of its own; thop counts it, and Softmax2d, from 2.1 on.
  softmaxOf('nn.Softmin', (scope, x, axis) =>
    scope.builder.add(ops.softmax, { axis }, scope.builder.add(ops.unary, { how: 'neg' }, x, late), late),
  ),
  module<Record<never, never>>({
    name: 'nn.Softmax2d',
    summary: 'Turns the channels of each place into shares that sum to 1.',
    params: {},
    forward: (scope, inputs) => scope.builder.add(ops.softmax, { axis: 1 }, only(inputs), late),
  }),
  LayerNorm,
  LocalResponseNorm,
  GLU,
  Unflatten,
  Conv1d,
  BatchNorm1d,
  LPPool2d,
  ...activationModules,
];

/** By the name that a row has, `nn.` included. */
export const nn: ReadonlyMap<string, AnyModule> = new Map(list.map(target => [target.name, target]));

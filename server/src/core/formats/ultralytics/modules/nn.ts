// Layers of torch.nn that rows may name (`nn.Upsample`), with the parameters of their constructors.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import {
  activations,
  avgPool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  flatten,
  linear,
  maxPool2d,
  pair,
  sizesOf,
} from '../layers.ts';
import { type AnyModule, module, only, type Param, type Size } from '../module.ts';
import type { PyValue } from '../python.ts';

const int = (doc: string, value?: PyValue, min = 1): Param =>
  value === undefined ? { kind: 'int', doc, min } : { kind: 'int', doc, min, default: value };
const ints = (doc: string, value?: PyValue, min = 1): Param =>
  value === undefined ? { kind: 'ints', doc, min } : { kind: 'ints', doc, min, default: value };
const flag = (doc: string, value: boolean): Param => ({ kind: 'boolean', doc, default: value });
const ignored = (doc: string, value: PyValue): Param => ({ kind: 'any', doc, default: value });

const convParams = {
  in_channels: int('Input channels.'),
  out_channels: int('Output channels, as they are: no width multiple.'),
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
    padding: { kind: 'any', doc: 'Padding, or “same”, or “valid”.', default: 0 },
    dilation: ints('Dilation.', 1),
    groups: int('Groups of channels.', 1),
    bias: flag('Adds a learned number to each output channel.', true),
    padding_mode: ignored('What the border is filled with.', 'zeros'),
  },
  forward: (scope, inputs, args) => {
    const k = pair(args.kernel_size);
    const d = pair(args.dilation);
    // torch pads “same” unevenly where it must; stride is 1 then, so the size stays either way.
    const same = k.map((size, axis) => (d[axis]! * (size - 1)) / 2);
    if (args.padding === 'same') {
      const attrs = {
        out: args.out_channels,
        kernel: k,
        stride: pair(args.stride),
        padding: same.map(Math.floor),
        paddingAfter: same.map(Math.ceil),
        dilation: d,
        groups: args.groups,
        bias: args.bias,
      };
      return scope.builder.add(ops.conv, attrs, only(inputs));
    }
    const p = typeof args.padding === 'string' ? 0 : args.padding;
    return conv2d(scope, only(inputs), {
      c2: args.out_channels,
      k,
      s: args.stride,
      p,
      d,
      g: args.groups,
      bias: args.bias,
    });
  },
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

const Upsample = module<{ size: Size | null; scale_factor: Size | null; mode: string; align_corners: boolean | null }>({
  name: 'nn.Upsample',
  summary: 'Enlarges the map without parameters.',
  params: {
    size: ints('Output size; None where a factor is given.', null),
    scale_factor: { kind: 'any', doc: 'Factor for height and width.', default: null },
    mode: { kind: 'text', doc: 'How: nearest, bilinear, bicubic.', default: 'nearest' },
    align_corners: ignored('Whether corners stay in place.', null),
  },
  forward: (scope, inputs, { size, scale_factor, mode }) => {
    const x = only(inputs);
    const modes = ['nearest', 'bilinear', 'bicubic', 'linear', 'trilinear'] as const;
    const known = modes.find(name => name === mode);
    const [, c] = sizesOf(x) as [number, number];
    const output = [1, c, Number.NaN, Number.NaN];
    const refuse = (attr: string, message: string): Tensor =>
      scope.refuse({ code: 'wrong-argument', attr, message, output }, [x]);
    if (!known) return refuse('mode', `“${mode}” is not a way to upsample. Use nearest, bilinear or bicubic.`);
    if (size !== null) return scope.builder.add(ops.upsample, { size: pair(size), mode: known }, x);
    const factors = typeof scale_factor === 'number' || Array.isArray(scale_factor) ? pair(scale_factor as Size) : [];
    if (factors.length !== 2 || !factors.every(factor => factor > 0 && factor <= 1024)) {
      return refuse('scale_factor', 'Upsampling needs an output size or a factor, as in [None, 2, nearest].');
    }
    return scope.builder.add(ops.upsample, { scale: factors, mode: known }, x);
  },
});

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
    params: { output_size: ints('Height and width of the output.') },
    forward: (scope, inputs, { output_size }) => scope.builder.add(op, { size: pair(output_size) }, only(inputs)),
  });
}

function padding(name: string, mode: 'constant' | 'reflect' | 'replicate'): AnyModule {
  return module<{ padding: Size; value: PyValue }>({
    name,
    summary: 'Adds a border.',
    params: {
      padding: ints('Left, right, top and bottom; or one number for all.', undefined, 0),
      value: ignored('Its value.', 0),
    },
    forward: (scope, inputs, args) => {
      const sides = typeof args.padding === 'number' ? [args.padding] : args.padding;
      // torch counts from the last dimension: left, right, top, bottom.
      const [left = 0, right = left, top = left, bottom = left] = sides;
      return scope.builder.add(ops.pad, { before: [top, left], after: [bottom, right], mode }, only(inputs));
    },
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
  forward: (scope, inputs, { out_features, bias }) => linear(scope, only(inputs), out_features, bias),
});

const Flatten = module<{ start_dim: number; end_dim: number }>({
  name: 'nn.Flatten',
  summary: 'Puts dimensions into one.',
  params: { start_dim: int('First of them.', 1, -8), end_dim: int('Last of them.', -1, -8) },
  forward: (scope, inputs, { start_dim, end_dim }) => flatten(scope, only(inputs), start_dim, end_dim),
});

const Identity = module<Record<never, never>>({
  name: 'nn.Identity',
  summary: 'Hands on what it is given.',
  params: {},
  forward: (scope, inputs) => scope.builder.add(ops.identity, {}, only(inputs)),
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

const InstanceNorm2d = module<{ num_features: number; eps: number; momentum: number; affine: boolean }>({
  name: 'nn.InstanceNorm2d',
  summary: 'Normalizes each channel of one sample.',
  params: {
    num_features: int('Channels.'),
    eps: { kind: 'number', doc: 'Keeps the division safe.', default: 1e-5 },
    momentum: { kind: 'number', doc: 'For running statistics.', default: 0.1 },
    affine: flag('Scales and shifts each channel.', false),
  },
  forward: (scope, inputs, { affine }) => scope.builder.add(ops.instanceNorm, { affine }, only(inputs)),
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

const Softmax = module<{ dim: number }>({
  name: 'nn.Softmax',
  summary: 'Turns scores into shares that sum to 1.',
  params: { dim: int('Along which axis.', 1, -8) },
  forward: (scope, inputs, { dim }) => scope.builder.add(ops.softmax, { axis: dim }, only(inputs)),
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
          forward: (scope, inputs, { first }) => apply(scope, only(inputs), typeof first === 'number' ? [first] : []),
        }),
);

const list: readonly AnyModule[] = [
  Conv2d,
  ConvTranspose2d,
  BatchNorm2d,
  Upsample,
  MaxPool2d,
  AvgPool2d,
  adaptive('nn.AdaptiveAvgPool2d', ops.adaptiveAvgPool, 'Averages to a given output size.'),
  adaptive('nn.AdaptiveMaxPool2d', ops.adaptiveMaxPool, 'Keeps the largest elements, to a given output size.'),
  padding('nn.ZeroPad2d', 'constant'),
  padding('nn.ConstantPad2d', 'constant'),
  padding('nn.ReflectionPad2d', 'reflect'),
  padding('nn.ReplicationPad2d', 'replicate'),
  Linear,
  Flatten,
  dropout('nn.Dropout'),
  dropout('nn.Dropout2d'),
  GroupNorm,
  InstanceNorm2d,
  PixelShuffle,
  PixelUnshuffle,
  ChannelShuffle,
  Softmax,
  ...activationModules,
];

/** By the name that a row has, `nn.` included. */
export const nn: ReadonlyMap<string, AnyModule> = new Map(list.map(target => [target.name, target]));

// torch/nn/modules/conv.py: convolutions over sequences and images, and the transposed one.
import type { NodeOptions } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import type { Complaint } from '../../ops/op.ts';
import { type Layer, layer, only, type Parameter, type Scope, type Size, spread } from '../layer.ts';
import { flag, ignored, int, ints, type Param } from '../signature.ts';
import { factory } from './factory.ts';

export interface Convolution {
  readonly out: number;
  readonly kernel: Size;
  readonly stride?: Size;
  /** “same” and “valid” as nn.Conv2d takes them. */
  readonly padding?: Size | string;
  readonly groups?: number;
  readonly dilation?: Size;
  readonly bias?: boolean;
}

/** nn.Conv2d on a tensor. */
export function conv2d(scope: Scope, x: Tensor, convolution: Convolution): Tensor {
  return convolve(scope, x, convolution, 2);
}

function convolve(scope: Scope, x: Tensor, convolution: Convolution, rank: number): Tensor {
  const { out, kernel, stride = 1, padding = 0, groups = 1, dilation = 1, bias = true } = convolution;
  const wrong = mistakeIn(convolution, rank);
  if (wrong) return scope.refuse({ ...wrong, output: unknownMap(out, rank) }, [x]);
  const attrs = {
    out,
    kernel: spread(kernel, rank),
    stride: spread(stride, rank),
    dilation: spread(dilation, rank),
    groups,
    bias,
  };
  if (padding === 'same') {
    // torch pads unevenly where it must; the stride is 1, so the size stays.
    const whole = attrs.kernel.map((size, axis) => attrs.dilation[axis]! * (size - 1));
    const before = whole.map(border => Math.floor(border / 2));
    const paddingAfter = whole.map((border, axis) => border - before[axis]!);
    return scope.builder.add(ops.conv, { ...attrs, padding: before, paddingAfter }, x);
  }
  return scope.builder.add(ops.conv, { ...attrs, padding: spread(typeof padding === 'string' ? 0 : padding, rank) }, x);
}

const unknownMap = (out: number, rank: number): readonly number[] => [
  1,
  out,
  ...Array.from({ length: rank }, () => Number.NaN),
];

/** Sizes that torch refuses when the convolution is constructed or called. */
function mistakeIn(convolution: Convolution, rank: number): Complaint | undefined {
  const { out, kernel, stride = 1, padding = 0, dilation = 1 } = convolution;
  const code = 'wrong-argument';
  if (out < 1) return { code, attr: 'out', message: `A convolution inside would have ${out} output channels.` };
  for (const [attr, value] of [
    ['kernel', kernel],
    ['stride', stride],
    ['padding', padding],
    ['dilation', dilation],
  ] as const) {
    if (typeof value !== 'string' && typeof value !== 'number' && value.length !== rank) {
      const sizes = rank === 1 ? 'one size' : 'two sizes here, for rows and columns';
      return { code, attr, message: `A list must have ${sizes}, and this one has ${value.length}.` };
    }
  }
  if (typeof padding !== 'string') return undefined;
  if (padding !== 'same' && padding !== 'valid') {
    return { code, attr: 'padding', message: `Padding is a number, “same” or “valid”, not “${padding}”.` };
  }
  return padding === 'same' && spread(stride, rank).some(step => step !== 1)
    ? { code, attr: 'padding', message: 'torch pads “same” at stride 1 only.' }
    : undefined;
}

interface ConvArgs {
  in_channels: number;
  out_channels: number;
  kernel_size: Size;
  stride: Size;
  padding: Size | string;
  dilation: Size;
  groups: number;
  bias: boolean;
  padding_mode: string;
}

const channelParams = { in_channels: int('Input channels.'), out_channels: int('Output channels.') };
const groups = int('Groups of channels.', 1);
const bias = flag('Adds a learned number to each output channel.', true);
const paddingMode = ignored('What the border is filled with.', 'zeros');

function convolution(name: string, summary: string, rank: 1 | 2): Layer<ConvArgs> {
  const sizes = (doc: string, value?: number, min = 1): Param =>
    rank === 1 ? int(doc, value, min) : ints(doc, value, min);
  return layer<ConvArgs>({
    name,
    summary,
    params: {
      ...channelParams,
      kernel_size: sizes('Kernel size.'),
      stride: sizes('Stride.', 1),
      padding: { ...sizes('Padding, or “same”, or “valid”.', 0, 0), words: ['same', 'valid'] },
      dilation: sizes('Dilation.', 1),
      groups,
      bias,
      padding_mode: paddingMode,
      ...factory,
    },
    parameters: ({ in_channels, out_channels: out, kernel_size, groups: parts, bias: biased }) =>
      withBias([out, in_channels / parts, ...spread(kernel_size, rank)], out, biased),
    forward: (scope, inputs, args) => {
      const { out_channels: out, kernel_size: kernel, in_channels, ...rest } = args;
      return convolve(scope, scope.declared(only(inputs), name, in_channels), { ...rest, out, kernel }, rank);
    },
  });
}

/** The weights, and a bias for each output channel if there is one. */
export function withBias(shape: readonly number[], out: number, biased: boolean): readonly Parameter[] {
  const weight: Parameter = { name: 'weight', shape, role: 'weights' };
  return biased ? [weight, { name: 'bias', shape: [out], role: 'biases' }] : [weight];
}

export const Conv1d = convolution('nn.Conv1d', 'A convolution over sequences.', 1);
export const Conv2d = convolution('nn.Conv2d', 'A plain convolution.', 2);

export interface TransposedConvolution extends Omit<Convolution, 'padding'> {
  readonly padding?: Size;
  readonly outputPadding?: Size;
}

/** nn.ConvTranspose2d on a tensor. */
export function convTranspose2d(
  scope: Scope,
  x: Tensor,
  convolution: TransposedConvolution,
  options?: NodeOptions,
): Tensor {
  const {
    out,
    kernel,
    stride = 1,
    padding = 0,
    groups = 1,
    dilation = 1,
    bias = true,
    outputPadding = 0,
  } = convolution;
  const wrong = mistakeIn(convolution, 2);
  if (wrong) return scope.refuse({ ...wrong, output: unknownMap(out, 2) }, [x]);
  const attrs = {
    out,
    kernel: spread(kernel),
    stride: spread(stride),
    padding: spread(padding),
    outputPadding: spread(outputPadding),
    dilation: spread(dilation),
    groups,
    bias,
  };
  return scope.builder.add(ops.convTranspose, attrs, x, options);
}

export const ConvTranspose2d = layer<Omit<ConvArgs, 'padding'> & { padding: Size; output_padding: Size }>({
  name: 'nn.ConvTranspose2d',
  summary: 'A transposed convolution: enlarges the map by its stride.',
  params: {
    ...channelParams,
    kernel_size: ints('Kernel size.'),
    stride: ints('Stride.', 1),
    padding: ints('Padding.', 0, 0),
    output_padding: ints('Added to one side of the output.', 0, 0),
    groups,
    bias,
    dilation: ints('Dilation.', 1),
    padding_mode: paddingMode,
    ...factory,
  },
  parameters: ({ in_channels, out_channels: out, kernel_size, groups: parts, bias: biased }) =>
    withBias([in_channels, out / parts, ...spread(kernel_size)], out, biased),
  forward: (scope, inputs, args) => {
    const { out_channels: out, kernel_size: kernel, in_channels, output_padding: outputPadding, ...rest } = args;
    const x = scope.declared(only(inputs), 'nn.ConvTranspose2d', in_channels);
    return convTranspose2d(scope, x, { ...rest, out, kernel, outputPadding });
  },
});

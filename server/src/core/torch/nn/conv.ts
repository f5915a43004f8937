// torch/nn/modules/conv.py: convolutions over sequences and images, and the transposed one.
import * as l10n from '@vscode/l10n';
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
  if (out < 1) {
    const message = l10n.t('A convolution inside would have {0} output channels.', out);
    return { code: 'no-output-channels', attr: 'out', message };
  }
  for (const [attr, value] of [
    ['kernel', kernel],
    ['stride', stride],
    ['padding', padding],
    ['dilation', dilation],
  ] as const) {
    if (typeof value !== 'string' && typeof value !== 'number' && value.length !== rank) {
      const message =
        rank === 1
          ? l10n.t('A list must have one entry here, not {0}.', value.length)
          : l10n.t('A list must have two entries here, for rows and columns, not {0}.', value.length);
      return { code: 'value-per-dimension', attr, message };
    }
  }
  if (typeof padding !== 'string') return undefined;
  if (padding !== 'same' && padding !== 'valid') {
    const message = l10n.t('Padding must be a number, “same” or “valid”, not “{0}”.', padding);
    return { code: 'unknown-choice', attr: 'padding', message };
  }
  if (padding !== 'same' || spread(stride, rank).every(step => step === 1)) return undefined;
  const message = l10n.t('PyTorch supports the padding “same” only at stride 1.');
  return { code: 'same-padding-with-stride', attr: 'padding', message };
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

const channelParams = {
  in_channels: int(() => l10n.t('Input channels.')),
  out_channels: int(() => l10n.t('Output channels.')),
};
const groups = int(() => l10n.t('Number of channel groups.'), 1);
const bias = flag(() => l10n.t('Adds a learned bias to each output channel.'), true);
const paddingMode = ignored(() => l10n.t('What the padding is filled with.'), 'zeros');

function convolution(name: string, summary: () => string, rank: 1 | 2): Layer<ConvArgs> {
  const sizes = (doc: () => string, value?: number, min = 1): Param =>
    rank === 1 ? int(doc, value, min) : ints(doc, value, min);
  return layer<ConvArgs>({
    name,
    summary,
    params: {
      ...channelParams,
      kernel_size: sizes(() => l10n.t('Kernel size.')),
      stride: sizes(() => l10n.t('Stride.'), 1),
      padding: { ...sizes(() => l10n.t('Padding: a number, “same” or “valid”.'), 0, 0), words: ['same', 'valid'] },
      dilation: sizes(() => l10n.t('Dilation.'), 1),
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

export const Conv1d = convolution('nn.Conv1d', () => l10n.t('A convolution over sequences.'), 1);
export const Conv2d = convolution('nn.Conv2d', () => l10n.t('A convolution over images.'), 2);

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
  summary: () => l10n.t('A transposed convolution: upsamples by its stride.'),
  params: {
    ...channelParams,
    kernel_size: ints(() => l10n.t('Kernel size.')),
    stride: ints(() => l10n.t('Stride.'), 1),
    padding: ints(() => l10n.t('Padding.'), 0, 0),
    output_padding: ints(() => l10n.t('Added to one side of the output.'), 0, 0),
    groups,
    bias,
    dilation: ints(() => l10n.t('Dilation.'), 1),
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

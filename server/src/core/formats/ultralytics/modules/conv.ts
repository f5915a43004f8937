// Convolution modules of Ultralytics (nn/modules/conv.py) and YOLOv5 (models/common.py), forward passes in their order.

import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { gcd, type PyValue } from '../../../python/value.ts';
import { each, only, type Size } from '../../../torch/layer.ts';
import { silu } from '../../../torch/nn/activation.ts';
import { conv2d, convTranspose2d } from '../../../torch/nn/conv.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import { cat, permute, plus, reshape, sizesOf, slice } from '../../../torch/tensor.ts';
import { activate, autopad } from '../layers.ts';
import { module, param, type Scope } from '../module.ts';

export interface ConvArgs {
  c1: number;
  c2: number;
  k: Size;
  s: Size;
  p: Size | string | null;
  g: number;
  d: Size;
  act: PyValue;
}

const convParams = {
  c1: param.c1,
  c2: param.c2,
  k: param.k(1),
  s: param.s(1),
  p: param.p,
  g: param.g,
  d: param.d,
  act: param.act,
};

export const Conv = module<ConvArgs>({
  name: 'Conv',
  summary: () => l10n.t('A convolution without bias, batch normalization, and an activation (SiLU by default).'),
  params: convParams,
  forward: (scope, inputs, args) => convNormAct(scope, only(inputs), args),
});

function convNormAct(scope: Scope, x: Tensor, { c2, k, s, p, g, d, act }: ConvArgs): Tensor {
  const y = conv2d(scope, x, {
    out: c2,
    kernel: k,
    stride: s,
    padding: autopad(k, p, d),
    groups: g,
    dilation: d,
    bias: false,
  });
  return activate(scope, batchNorm(scope, y), act);
}

/** A short way to a Conv inside other modules. */
export function conv(
  scope: Scope,
  label: string,
  x: Tensor,
  c2: number,
  k: Size = 1,
  s: Size = 1,
  more: Partial<ConvArgs> = {},
): Tensor {
  return scope.call(label, Conv, x, { c2, k, s, ...more });
}

export const Conv2 = module<ConvArgs>({
  name: 'Conv2',
  summary: () => l10n.t('A convolution and a 1×1 beside it, summed, then batch normalization and activation.'),
  params: { ...convParams, k: param.k(3) },
  forward: (scope, inputs, { c2, k, s, p, g, d, act }) => {
    const x = only(inputs);
    const shared = { out: c2, stride: s, groups: g, dilation: d, bias: false };
    const wide = conv2d(scope, x, { ...shared, kernel: k, padding: autopad(k, p, d) });
    const point = conv2d(scope, x, { ...shared, kernel: 1, padding: autopad(1, p, d) });
    return activate(scope, batchNorm(scope, plus(scope, wide, point)), act);
  },
});

export const DWConv = module<Omit<ConvArgs, 'p' | 'g'>>({
  name: 'DWConv',
  summary: () =>
    l10n.t(
      'A depthwise convolution (groups are the greatest common divisor of both channel counts), normalized and activated.',
    ),
  params: { c1: param.c1, c2: param.c2, k: param.k(1), s: param.s(1), d: param.d, act: param.act },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    return convNormAct(scope, x, { ...args, p: null, g: gcd(channels(x), args.c2) });
  },
});

export const LightConv = module<{ c1: number; c2: number; k: Size; act: PyValue }>({
  name: 'LightConv',
  summary: () => l10n.t('A 1×1 convolution without activation, then a depthwise one (PPHGNetV2).'),
  params: { c1: param.c1, c2: param.c2, k: param.k(1), act: { ...param.act, default: 'nn.ReLU()' } },
  forward: (scope, inputs, { c2, k, act }) => {
    const x = conv(scope, 'conv1', only(inputs), c2, 1, 1, { act: false });
    return scope.call('conv2', DWConv, x, { c2, k, act });
  },
});

export const DWConvTranspose2d = module<{ c1: number; c2: number; k: Size; s: Size; p1: Size; p2: Size }>({
  name: 'DWConvTranspose2d',
  summary: () => l10n.t('A depthwise transposed convolution.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: param.k(1),
    s: param.s(1),
    p1: { kind: 'ints', min: 0, doc: () => l10n.t('Padding.'), default: 0 },
    p2: { kind: 'ints', min: 0, doc: () => l10n.t('Output padding.'), default: 0 },
  },
  forward: (scope, inputs, { c2, k, s, p1, p2 }) => {
    const x = only(inputs);
    // A class of its own, which thop up to 2.0 does not look up by its base.
    return convTranspose2d(
      scope,
      x,
      { out: c2, kernel: k, stride: s, padding: p1, outputPadding: p2, groups: gcd(channels(x), c2) },
      { functional: true, derived: true },
    );
  },
});

export const ConvTranspose = module<{ c1: number; c2: number; k: Size; s: Size; p: Size; bn: boolean; act: PyValue }>({
  name: 'ConvTranspose',
  summary: () => l10n.t('A transposed convolution with batch normalization and activation: upsamples.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: param.k(2),
    s: param.s(2),
    p: { kind: 'ints', min: 0, doc: () => l10n.t('Padding.'), default: 0 },
    bn: { kind: 'boolean', doc: () => l10n.t('Normalizes instead of adding a bias.'), default: true },
    act: param.act,
  },
  forward: (scope, inputs, { c2, k, s, p, bn, act }) => {
    const y = convTranspose2d(scope, only(inputs), { out: c2, kernel: k, stride: s, padding: p, bias: !bn });
    return activate(scope, bn ? batchNorm(scope, y) : y, act, 'nn.SiLU()');
  },
});

/** Every second row and column into the channels: four times the channels at half the size. */
export function interleaved(scope: Scope, x: Tensor): Tensor {
  const every = (row: number, column: number): Tensor =>
    slice(scope, slice(scope, x, 2, row, undefined, 2), 3, column, undefined, 2);
  return cat(scope, [every(0, 0), every(1, 0), every(0, 1), every(1, 1)]);
}

export const Focus = module<Omit<ConvArgs, 'd'>>({
  name: 'Focus',
  summary: () => l10n.t('Moves every second row and column into the channels (space to depth), then a Conv.'),
  params: { c1: param.c1, c2: param.c2, k: param.k(1), s: param.s(1), p: param.p, g: param.g, act: param.act },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    const packed = interleaved(scope, x);
    return conv(scope, 'conv', packed, args.c2, args.k, args.s, { p: args.p, g: args.g, act: args.act });
  },
});

export const GhostConv = module<{ c1: number; c2: number; k: Size; s: Size; g: number; act: PyValue }>({
  name: 'GhostConv',
  summary: () =>
    l10n.t('Makes half of the channels by a convolution and the other half from them by a cheap depthwise 5×5.'),
  params: { c1: param.c1, c2: param.c2, k: param.k(1), s: param.s(1), g: param.g, act: param.act },
  forward: (scope, inputs, { c2, k, s, g, act }) => {
    const hidden = Math.floor(c2 / 2);
    const y = conv(scope, 'cv1', only(inputs), hidden, k, s, { g, act });
    return cat(scope, [y, conv(scope, 'cv2', y, hidden, 5, 1, { g: hidden, act })]);
  },
});

interface RepConvArgs extends ConvArgs {
  bn: boolean;
  deploy: boolean;
}

/** RepConv asserts it. */
export function repConvOnly(): Complaint {
  return {
    code: 'fixed-argument',
    message: l10n.t('RepConv works only with kernel size 3 and padding 1.'),
    help: l10n.t('Omit both.'),
  };
}

export const RepConv = module<RepConvArgs>({
  name: 'RepConv',
  summary: () =>
    l10n.t('A 3×3 and a 1×1 convolution side by side, summed (as trained; they fuse into one 3×3 for deployment).'),
  params: {
    ...convParams,
    k: param.k(3),
    p: { ...param.p, default: 1 },
    bn: {
      kind: 'boolean',
      doc: () => l10n.t('A third path of batch normalization alone, where channels and size stay.'),
      default: false,
    },
    deploy: { kind: 'boolean', doc: () => l10n.t('Not used.'), default: false },
  },
  forward: (scope, inputs, { c2, k, s, p, g, act, bn }) => {
    const x = only(inputs);
    if (k !== 3 || p !== 1) {
      return scope.refuse({ ...repConvOnly(), attr: k !== 3 ? 'k' : 'p', output: [1, c2, Number.NaN, Number.NaN] }, [
        x,
      ]);
    }
    const paths = [
      conv(scope, 'conv1', x, c2, k, s, { p, g, act: false }),
      conv(scope, 'conv2', x, c2, 1, s, { p: 0, g, act: false }),
    ];
    if (bn && c2 === channels(x) && s === 1) paths.push(scope.part('bn', 'BatchNorm2d', () => batchNorm(scope, x)));
    return activate(scope, plus(scope, ...paths), act, 'nn.SiLU()');
  },
});

export const Concat = module<{ dimension: number }>({
  name: 'Concat',
  summary: () => l10n.t('Concatenates its inputs along the channels.'),
  many: true,
  params: { dimension: { kind: 'int', doc: () => l10n.t('Concatenation axis: 1 is the channels.'), default: 1 } },
  forward: (scope, inputs, { dimension }) => cat(scope, each(inputs), dimension),
});

export const Index = module<{ c1: number; c2: number; index: number }>({
  name: 'Index',
  lists: true,
  summary: () => l10n.t('One of the tensors that a row outputs.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    index: { kind: 'int', doc: () => l10n.t('Its index, counted from 0.'), default: 0 },
  },
  forward: (scope, inputs, { c2, index }) => {
    const list = inputs[0]!;
    if (Array.isArray(list)) {
      const chosen = list.at(index);
      if (chosen) return scope.builder.add(ops.identity, {}, chosen);
    }
    const message = Array.isArray(list)
      ? l10n.t('There is no tensor {0}: the row it comes from outputs {1} tensors.', index, list.length)
      : l10n.t('There is no tensor {0}: the row it comes from outputs one tensor, not a list.', index);
    const output = [1, c2, Number.NaN, Number.NaN];
    return scope.refuse({ code: 'unknown-tensor', attr: 'index', message, output }, [only(inputs)]);
  },
});

interface CrossConvArgs {
  c1: number;
  c2: number;
  k: number;
  s: number;
  g: number;
  e: number;
  shortcut: boolean;
}

export const CrossConv = module<CrossConvArgs>({
  name: 'CrossConv',
  summary: () => l10n.t('A 1×k and a k×1 convolution instead of one k×k.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: { ...param.k(3), kind: 'int' },
    s: { ...param.s(1), kind: 'int' },
    g: param.g,
    e: param.e(1),
    shortcut: param.shortcut(false),
  },
  forward: (scope, inputs, { c1, c2, k, s, g, e, shortcut }) => {
    const x = only(inputs);
    const y = conv(scope, 'cv1', x, Math.trunc(c2 * e), [1, k], [1, s]);
    const z = conv(scope, 'cv2', y, c2, [k, 1], [s, 1], { g });
    return shortcut && c1 === c2 ? plus(scope, x, z) : z;
  },
});

export const MixConv2d = module<{ c1: number; c2: number; k: readonly number[]; s: Size; equal_ch: boolean }>({
  name: 'MixConv2d',
  summary: () => l10n.t('Convolutions of several kernel sizes side by side, each for a part of the output channels.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: param.k([1, 3]),
    s: param.s(1),
    equal_ch: {
      kind: 'boolean',
      doc: () => l10n.t('Equal channels for each kernel; otherwise equal parameters.'),
      default: true,
    },
  },
  forward: (scope, inputs, { c1, c2, k, s, equal_ch }) => {
    const x = only(inputs);
    const [, , h, w] = sizesOf(x) as [number, number, number, number];
    const refuse = (code: string, message: string, help: string): Tensor =>
      scope.refuse({ code, attr: 'k', message, help, output: [1, c2, h, w] }, [x]);
    if (!Array.isArray(k)) {
      const message = l10n.t('MixConv2d takes a list of kernel sizes.');
      return refuse('not-a-list', message, l10n.t('For example: [1, 3].'));
    }
    const kernels = k as readonly number[];
    const parts = equal_ch ? equalChannels(c2, kernels.length) : equalParameters(c2, kernels);
    // Rounded shares need not make up the whole: the batch norm after them fails then.
    const sum = parts.reduce((total, part) => total + part, 0);
    if (sum !== c2 && !Number.isNaN(sum)) {
      const message = l10n.t(
        'With equal parameters per kernel, the {0} channels are rounded to {1} = {2}, so MixConv2d fails.',
        c2,
        parts.join(' + '),
        sum,
      );
      return refuse('rounded-channels-mismatch', message, l10n.t('Use another number of channels.'));
    }
    const convs = kernels.map((size, index) => {
      const out = parts[index]!;
      return conv2d(scope, x, {
        out,
        kernel: size,
        stride: s,
        padding: Math.floor(size / 2),
        groups: gcd(c1, out),
        bias: false,
      });
    });
    return silu(scope, batchNorm(scope, cat(scope, convs)));
  },
});

/** torch.linspace(0, n − 1e-6, c2).floor(): which kernel makes each output channel. In single precision, as torch has it. */
export function equalChannels(c2: number, n: number): number[] {
  const counts = Array.from({ length: n }, () => 0);
  if (!(c2 <= 1e6)) return counts.map(() => Number.NaN);
  const end = Math.fround(n - 1e-6);
  const step = c2 > 1 ? Math.fround(end / (c2 - 1)) : 0;
  for (let index = 0; index < c2; index++) {
    // torch computes the upper half backwards from the end (RangeFactories.cpp).
    const value = index < c2 / 2 ? Math.fround(step * index) : Math.fround(end - Math.fround(step * (c2 - index - 1)));
    counts[Math.min(Math.floor(value), n - 1)]!++;
  }
  return counts;
}

/** The least squares solution of equal k²·c with Σc = c2, rounded: exact, because the system is consistent. */
export function equalParameters(c2: number, kernels: readonly number[]): number[] {
  const inverse = kernels.map(k => 1 / k ** 2);
  const sum = inverse.reduce((total, value) => total + value, 0);
  return inverse.map(value => Math.round((c2 * value) / sum));
}

export const Contract = module<{ gain: number }>({
  name: 'Contract',
  summary: () => l10n.t('Moves space into channels: height and width shrink by the gain, channels grow by its square.'),
  params: { gain: { kind: 'int', min: 1, doc: () => l10n.t('Factor for height and width.'), default: 2 } },
  forward: (scope, inputs, { gain }) => {
    const x = only(inputs);
    const [, c, h, w] = sizesOf(x) as [number, number, number, number];
    const y = reshape(scope, x, [1, c, Math.floor(h / gain), gain, Math.floor(w / gain), gain]);
    const z = permute(scope, y, 0, 3, 5, 1, 2, 4);
    return reshape(scope, z, [1, c * gain * gain, Math.floor(h / gain), Math.floor(w / gain)]);
  },
});

export const Expand = module<{ gain: number }>({
  name: 'Expand',
  summary: () => l10n.t('Moves channels into space: height and width grow by the gain, channels shrink by its square.'),
  params: { gain: { kind: 'int', min: 1, doc: () => l10n.t('Factor for height and width.'), default: 2 } },
  forward: (scope, inputs, { gain }) => {
    const x = only(inputs);
    const [, c, h, w] = sizesOf(x) as [number, number, number, number];
    const out = Math.floor(c / gain ** 2);
    const y = reshape(scope, x, [1, gain, gain, out, h, w]);
    const z = permute(scope, y, 0, 3, 4, 1, 5, 2);
    return reshape(scope, z, [1, out, h * gain, w * gain]);
  },
});

// Modules as YOLOv5 had them up to v6, before dilation came into Conv: its forks keep them (models/common.py,
// models/experimental.py, models/yolo.py of WongKinYiu/yolov7, WongKinYiu/ScaledYOLOv4, deepcam-cn/yolov5-face,
// ppogg/YOLOv5-Lite, cv516Buaa/tph-yolov5).

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { PyValue } from '../../../python/value.ts';
import { type Forward, only, type Size, tensors } from '../../../torch/layer.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import { maxPool2d } from '../../../torch/nn/pool.ts';
import type { Param } from '../../../torch/signature.ts';
import { cat, flatten, plus } from '../../../torch/tensor.ts';
import { type Module, module, param, type Scope } from '../module.ts';
import { BottleneckV5, SPP } from './block.ts';
import { Conv, type ConvArgs, CrossConv, conv, DWConv, equalChannels, equalParameters, interleaved } from './conv.ts';
import { anchorsParam, type DetectArgs, DetectV5 } from './yolov5.ts';

export type ClassicConvArgs = Omit<ConvArgs, 'd'>;

export const classicConvParams = {
  c1: param.c1,
  c2: param.c2,
  k: param.k(1),
  s: param.s(1),
  p: param.p,
  g: param.g,
  act: param.act,
};

export const ConvClassic = module<ClassicConvArgs>({
  ...Conv,
  params: classicConvParams,
  forward: (scope, inputs, args) => Conv.forward(scope, inputs, { ...args, d: 1 }),
});

export const DWConvClassic = module<{ c1: number; c2: number; k: Size; s: Size; act: PyValue }>({
  ...DWConv,
  params: { c1: param.c1, c2: param.c2, k: param.k(1), s: param.s(1), act: param.act },
  forward: (scope, inputs, args) => DWConv.forward(scope, inputs, { ...args, d: 1 }),
});

/** MixConv2d with full convolutions, and its input added. */
export const MixConv2dClassic = module<{
  c1: number;
  c2: number;
  k: readonly number[];
  s: Size;
  equal_ch: boolean;
}>({
  name: 'MixConv2d',
  summary: () =>
    l10n.t('Convolutions of several kernel sizes side by side, each for a part of the channels; the input is added.'),
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
  forward: (scope, inputs, { c2, k, s, equal_ch }) => {
    const x = only(inputs);
    const kernels = Array.isArray(k) ? k : [k as unknown as number];
    const parts = equal_ch ? equalChannels(c2, kernels.length) : equalParameters(c2, kernels);
    const convs = kernels.map((size, index) =>
      conv2d(scope, x, { out: parts[index]!, kernel: size, stride: s, padding: Math.floor(size / 2), bias: false }),
    );
    const y = scope.builder.add(ops.leakyRelu, { slope: 0.1 }, batchNorm(scope, cat(scope, convs)));
    return plus(scope, x, y);
  },
});

export interface ClassicCspArgs {
  c1: number;
  c2: number;
  n: number;
  shortcut: boolean;
  g: number;
  e: number;
}

export const classicCspParams = (shortcut: boolean, g = 1): { readonly [K in keyof ClassicCspArgs]: Param } => ({
  c1: param.c1,
  c2: param.c2,
  n: param.n(1),
  shortcut: param.shortcut(shortcut),
  g: { ...param.g, default: g },
  e: param.e(0.5),
});

/** How a repository activates the output of a batch norm of its own. */
export const leaky: Forward = (scope, x) => scope.builder.add(ops.leakyRelu, { slope: 0.1 }, x);

/** `nn.Sequential` of n blocks that keep their channels. */
export function stack(scope: Scope, n: number, x: Tensor, block: (y: Tensor, label: string) => Tensor): Tensor {
  return scope.part('m', 'Sequential', () => scope.chain(n, x, (y, index) => block(y, String(index))));
}

/** `cat(cv3(m(cv1(x))), cv2(x))`, normalized together, then cv4: the CSP of the original paper. */
export function originalCsp(
  name: string,
  summary: () => string,
  activate: Forward,
  block: (scope: Scope, label: string, x: Tensor, c: number, args: ClassicCspArgs) => Tensor,
): Module<ClassicCspArgs> {
  return module<ClassicCspArgs>({
    name,
    summary,
    params: classicCspParams(true),
    forward: (scope, inputs, args) => {
      const x = only(inputs);
      const c = Math.trunc(args.c2 * args.e);
      const first = conv(scope, 'cv1', x, c);
      const deep = stack(scope, args.n, first, (y, label) => block(scope, label, y, c, args));
      const y1 = scope.part('cv3', 'Conv2d', () => conv2d(scope, deep, { out: c, kernel: 1, bias: false }));
      const y2 = scope.part('cv2', 'Conv2d', () => conv2d(scope, x, { out: c, kernel: 1, bias: false }));
      return conv(scope, 'cv4', activate(scope, batchNorm(scope, cat(scope, [y1, y2]))), args.c2);
    },
  });
}

const cspSummary = (): string =>
  l10n.t('Cross stage partial block of the original paper: n bottlenecks beside a plain 1×1, normalized together.');

export const bottleneckCsp = (activate: Forward): Module<ClassicCspArgs> =>
  originalCsp('BottleneckCSP', cspSummary, activate, (scope, label, x, c, { shortcut, g }) =>
    scope.call(label, BottleneckV5, x, { c1: c, c2: c, shortcut, g, e: 1 }),
  );

/** C3 of ScaledYOLOv4's experiments: a CSP of CrossConvs. */
export const crossCsp = originalCsp(
  'C3',
  () => l10n.t('Cross stage partial block with n pairs of 1×3 and 3×1 convolutions.'),
  leaky,
  (scope, label, x, c, { shortcut, g }) =>
    scope.call(label, CrossConv, x, { c1: c, c2: c, k: 3, s: 1, g, e: 1, shortcut }),
);

/** Classify as it was: averages first, then a convolution to the classes. */
export const classifyClassic = (bias: boolean): Module<Omit<ClassicConvArgs, 'act'>> =>
  module<Omit<ClassicConvArgs, 'act'>>({
    name: 'Classify',
    summary: () => l10n.t('Averages of its inputs, concatenated, and a 1×1 convolution to the classes.'),
    many: true,
    params: {
      c1: param.c1,
      c2: { ...param.c2, doc: () => l10n.t('Number of classes.') },
      k: param.k(1),
      s: param.s(1),
      p: param.p,
      g: param.g,
    },
    forward: (scope, inputs, { c2, k, s, p, g }) => {
      const pooled = inputs.flatMap(tensors).map(x => scope.builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x));
      const z = pooled.length > 1 ? cat(scope, pooled) : pooled[0]!;
      const half = typeof k === 'number' ? Math.floor(k / 2) : k.map(size => Math.floor(size / 2));
      return flatten(scope, conv2d(scope, z, { out: c2, kernel: k, stride: s, padding: p ?? half, groups: g, bias }));
    },
  });

/** Detect with anchors, without `inplace`. */
export const DetectClassic = module<Omit<DetectArgs, 'inplace'>>({
  ...DetectV5,
  params: { nc: param.nc, anchors: anchorsParam, ch: param.ch },
  forward: (scope, inputs, args) => DetectV5.forward(scope, inputs, { ...args, inplace: true }),
});

export const MP = module<{ k: Size }>({
  name: 'MP',
  summary: () => l10n.t('Max pooling whose stride is its window.'),
  params: { k: { ...param.k(2), doc: () => l10n.t('Window size, and stride.') } },
  forward: (scope, inputs, { k }) => maxPool2d(scope, only(inputs), { kernel: k, stride: k }),
});

export const SP = module<{ k: number; s: Size }>({
  name: 'SP',
  summary: () => l10n.t('Max pooling with padding: keeps the size at stride 1.'),
  params: { k: { ...param.k(3), kind: 'int', doc: () => l10n.t('Window size.') }, s: param.s(1) },
  forward: (scope, inputs, { k, s }) =>
    maxPool2d(scope, only(inputs), { kernel: k, stride: s, padding: Math.floor(k / 2) }),
});

export const ReOrg = module<Record<never, never>>({
  name: 'ReOrg',
  summary: () =>
    l10n.t('Moves every second row and column into the channels: four times the channels at half the size.'),
  params: {},
  forward: (scope, inputs) => {
    const x = only(inputs);
    return interleaved(scope, x);
  },
});

export const Shortcut = module<{ dimension: number }>({
  name: 'Shortcut',
  summary: () => l10n.t('The sum of its first two inputs.'),
  many: true,
  params: { dimension: { kind: 'int', doc: () => l10n.t('Not used.'), default: 0 } },
  forward: (scope, inputs) => {
    const list = inputs.map(value => tensors(value)[0]!);
    if (list.length < 2) {
      const message = l10n.t('{0} takes two inputs, but `from` names one.', 'Shortcut');
      const help = l10n.t('Use a list, such as {0}.', '[-1, -3]');
      return scope.refuse(
        { code: 'wrong-input-count', input: 0, message, help, ...(list[0]?.shape ? { output: list[0].shape } : {}) },
        list,
      );
    }
    return plus(scope, list[0]!, list[1]!);
  },
});

/** What is added to, or multiplied with, each channel: learned, whatever the input (YOLOR). */
function implicit(
  name: string,
  summary: () => string,
  op: typeof ops.add | typeof ops.mul,
  more: Record<string, Param>,
): Module<{ channel: number }> {
  return module<{ channel: number }>({
    name,
    summary,
    params: { channel: { ...param.c2, doc: () => l10n.t('Channels.') }, ...more },
    forward: (scope, inputs, { channel }) => {
      const learned = scope.builder.add(ops.parameter, { shape: [1, channel, 1, 1], role: 'weights' }, []);
      return scope.builder.add(op, {}, [learned, only(inputs)]);
    },
  });
}

const initial = { kind: 'number', doc: () => l10n.t('For initial values only.'), default: 0 } as const;
const addedSummary = (): string => l10n.t('Adds a learned value to each channel (YOLOR).');
const factorSummary = (): string => l10n.t('Multiplies each channel by a learned value (YOLOR).');

/** Of YOLOv9. */
export const ImplicitA = implicit('ImplicitA', addedSummary, ops.add, {});
export const ImplicitM = implicit('ImplicitM', factorSummary, ops.mul, {});
/** Of YOLOv7, which takes how it starts. */
export const ImplicitAV7 = implicit('ImplicitA', addedSummary, ops.add, { mean: initial, std: initial });
export const ImplicitMV7 = implicit('ImplicitM', factorSummary, ops.mul, { mean: initial, std: initial });

export interface SppCspcArgs extends ClassicCspArgs {
  k: readonly number[];
}

export type Convolve = (scope: Scope, label: string, x: Tensor, c2: number, k?: Size, s?: Size) => Tensor;

/** SPPCSPC of YOLOv7 and YOLOv9: pyramid pooling inside a cross stage partial block. */
export function sppCspc(name: string, summary: () => string, convolve: Convolve): Module<SppCspcArgs> {
  return module<SppCspcArgs>({
    name,
    summary,
    params: { ...classicCspParams(false), k: { ...SPP.params.k, default: [5, 9, 13] } },
    forward: (scope, inputs, { c2, e, k }) => {
      const x = only(inputs);
      const c = Math.trunc(2 * c2 * e);
      const x1 = convolve(scope, 'cv4', convolve(scope, 'cv3', convolve(scope, 'cv1', x, c), c, 3), c);
      const pools = pyramid(scope, x1, k);
      const y1 = convolve(scope, 'cv6', convolve(scope, 'cv5', cat(scope, [x1, ...pools]), c), c, 3);
      const y2 = convolve(scope, 'cv2', x, c);
      return convolve(scope, 'cv7', cat(scope, [y1, y2]), c2);
    },
  });
}

/** Max pools of several sizes side by side. cv5 expects three of them. */
export function pyramid(scope: Scope, x: Tensor, k: readonly number[]): readonly Tensor[] {
  const sizes = Array.isArray(k) ? (k as readonly number[]) : [k as unknown as number];
  if (sizes.length !== 3) {
    const message = l10n.t('The convolution after the pools expects three of them, not {0}.', sizes.length);
    const help = l10n.t('Give three window sizes, such as [5, 9, 13].');
    return [scope.refuse({ code: 'value-count-mismatch', attr: 'k', message, help }, [x])];
  }
  return sizes.map(size => maxPool2d(scope, x, { kernel: size, stride: 1, padding: Math.floor(size / 2) }));
}

export const SPPCSPC = sppCspc(
  'SPPCSPC',
  () => l10n.t('Spatial pyramid pooling inside a cross stage partial block.'),
  (scope, label, x, c2, k = 1, s = 1) => conv(scope, label, x, c2, k, s),
);

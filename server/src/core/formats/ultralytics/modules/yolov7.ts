// Modules of YOLOv7 (WongKinYiu/yolov7, models/common.py and models/yolo.py), in the order of their forward passes.

import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { PyValue } from '../../../python/value.ts';
import { each, only, type Size } from '../../../torch/layer.ts';
import { conv2d, convTranspose2d } from '../../../torch/nn/conv.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import { maxPool2d } from '../../../torch/nn/pool.ts';
import type { Param } from '../../../torch/signature.ts';
import { cat, matmul, plus, reshape, sigmoid, sizesOf, split, times } from '../../../torch/tensor.ts';
import { activate, autopad } from '../layers.ts';
import { type Module, module, param, type Scope } from '../module.ts';
import { BottleneckV5, GhostBottleneck } from './block.ts';
import {
  type ClassicConvArgs,
  type ClassicCspArgs,
  type Convolve,
  classicConvParams,
  classicCspParams,
  ImplicitAV7,
  ImplicitMV7,
  sppCspc,
  stack,
} from './classic.ts';
import { conv, GhostConv, repConvOnly } from './conv.ts';
import { swinBlock, swinLayer, swinLayerV2 } from './swin.ts';
import { anchorCells, anchorsOfLevel, anchorsParam, boxDecoder, decodeCells } from './yolov5.ts';

const plain: Convolve = (scope, label, x, c2, k = 1, s = 1) => conv(scope, label, x, c2, k, s);
const ghost: Convolve = (scope, label, x, c2, k = 1, s = 1) => scope.call(label, GhostConv, x, { c2, k, s });

interface RobustArgs extends ClassicConvArgs {
  layer_scale_init_value: number;
}

const layerScale: Param = {
  kind: 'number',
  doc: () => l10n.t('Above 0, each output channel has a learned factor that starts here.'),
  default: 1e-6,
};

/** `x.mul(self.gamma.reshape(1, -1, 1, 1))`, where there is a gamma. */
function layerScaled(scope: Scope, x: Tensor, c2: number, start: number): Tensor {
  if (!(start > 0)) return x;
  const gamma = scope.builder.add(ops.parameter, { shape: [c2], role: 'weights' }, []);
  return times(scope, x, reshape(scope, gamma, [1, c2, 1, 1]));
}

export const RobustConv = module<RobustArgs>({
  name: 'RobustConv',
  summary: () => l10n.t('A depthwise convolution with a large kernel, then a 1×1 with bias and a learned scale.'),
  params: { ...classicConvParams, k: param.k(7), layer_scale_init_value: layerScale },
  forward: (scope, inputs, { c1, c2, k, s, p, act, layer_scale_init_value }) => {
    const x = conv(scope, 'conv_dw', only(inputs), c1, k, s, { p, g: c1, act });
    const y = scope.part('conv1x1', 'Conv2d', () => conv2d(scope, x, { out: c2, kernel: 1 }));
    return layerScaled(scope, y, c2, layer_scale_init_value);
  },
});

export const RobustConv2 = module<RobustArgs>({
  name: 'RobustConv2',
  summary: () => l10n.t('A strided depthwise convolution with a large kernel, then a transposed one back to the size.'),
  params: {
    ...classicConvParams,
    k: param.k(7),
    s: { kind: 'int', min: 1, doc: () => l10n.t('Stride of both convolutions.'), default: 4 },
    layer_scale_init_value: layerScale,
  },
  forward: (scope, inputs, { c1, c2, k, s, p, act, layer_scale_init_value }) => {
    const x = conv(scope, 'conv_strided', only(inputs), c1, k, s, { p, g: c1, act });
    const y = scope.part('conv_deconv', 'ConvTranspose2d', () =>
      convTranspose2d(scope, x, { out: c2, kernel: s, stride: s }),
    );
    return layerScaled(scope, y, c2, layer_scale_init_value);
  },
});

function stem(name: string, summary: () => string, convolve: Convolve): Module<ClassicConvArgs> {
  return module<ClassicConvArgs>({
    name,
    summary,
    params: classicConvParams,
    forward: (scope, inputs, { c2 }) => {
      const c = Math.trunc(c2 / 2);
      const x = convolve(scope, 'cv1', only(inputs), c, 3, 2);
      const deep = convolve(scope, 'cv3', convolve(scope, 'cv2', x, c), c, 3, 2);
      return convolve(scope, 'cv4', cat(scope, [deep, maxPool2d(scope, x, { kernel: 2, stride: 2 })]), c2);
    },
  });
}

export const Stem = stem(
  'Stem',
  () => l10n.t('The stem: a quarter of the size by convolutions, beside a max pool.'),
  plain,
);
export const GhostStem = stem('GhostStem', () => l10n.t('A Stem of ghost convolutions.'), ghost);

export const DownC = module<{ c1: number; c2: number; n: number; k: number }>({
  name: 'DownC',
  summary: () => l10n.t('Halves the size: half of the channels by a strided 3×3, half by max pooling and a 1×1.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    n: { ...param.n(1), doc: () => l10n.t('Not used.') },
    k: { kind: 'int', min: 1, doc: () => l10n.t('Downsampling factor.'), default: 2 },
  },
  forward: (scope, inputs, { c1, c2, k }) => {
    const x = only(inputs);
    const half = Math.floor(c2 / 2);
    const left = conv(scope, 'cv2', conv(scope, 'cv1', x, c1), half, 3, k);
    return cat(scope, [left, conv(scope, 'cv3', maxPool2d(scope, x, { kernel: k, stride: k }), half)]);
  },
});

interface BottleneckArgs {
  c1: number;
  c2: number;
  shortcut: boolean;
  g: number;
  e: number;
}

const bottleneckParams = (g = 1): { readonly [K in keyof BottleneckArgs]: Param } => ({
  c1: param.c1,
  c2: param.c2,
  shortcut: param.shortcut(true),
  g: { ...param.g, default: g },
  e: param.e(0.5),
});

function res(name: string, summary: () => string, g: number, middle: Middle): Module<BottleneckArgs> {
  return module<BottleneckArgs>({
    name,
    summary,
    params: bottleneckParams(g),
    forward: (scope, inputs, { c1, c2, shortcut, g: groups, e }) => {
      const x = only(inputs);
      const c = Math.trunc(c2 * e);
      const y = conv(scope, 'cv3', middle(scope, conv(scope, 'cv1', x, c), c, groups), c2);
      return shortcut && c1 === c2 ? plus(scope, x, y) : y;
    },
  });
}

type Middle = (scope: Scope, x: Tensor, c: number, g: number) => Tensor;
const plainMiddle: Middle = (scope, x, c, g) => conv(scope, 'cv2', x, c, 3, 1, { g });
const repMiddle: Middle = (scope, x, c, g) => scope.call('cv2', RepConv, x, { c1: c, c2: c, k: 3, s: 1, g });

export const Res = res('Res', () => l10n.t('A ResNet bottleneck: 1×1, 3×3, 1×1, with a shortcut.'), 1, plainMiddle);
export const ResX = res('ResX', () => l10n.t('A ResNeXt bottleneck: a Res whose 3×3 has 32 groups.'), 32, plainMiddle);

interface RepConvArgs extends ClassicConvArgs {
  deploy: boolean;
}

const repConvParams = {
  ...classicConvParams,
  k: param.k(3),
  deploy: { kind: 'boolean', doc: () => l10n.t('One 3×3 with bias, as fused for deployment.'), default: false },
} as const;

export const RepConv = module<RepConvArgs>({
  name: 'RepConv',
  summary: () =>
    l10n.t('A 3×3, a 1×1 and, where channels and size stay, a batch norm side by side, summed (fused for deployment).'),
  params: repConvParams,
  forward: (scope, inputs, { c1, c2, k, s, p, g, act, deploy }) => {
    const x = only(inputs);
    if (k !== 3 || autopad(k, p) !== 1) {
      const output = [1, c2, Number.NaN, Number.NaN];
      return scope.refuse({ ...repConvOnly(), attr: k !== 3 ? 'k' : 'p', output }, [x]);
    }
    if (deploy) {
      const y = scope.part('rbr_reparam', 'Conv2d', () =>
        conv2d(scope, x, { out: c2, kernel: 3, stride: s, padding: 1, groups: g }),
      );
      return activate(scope, y, act, 'nn.SiLU()');
    }
    const paths = [
      conv(scope, 'rbr_dense', x, c2, 3, s, { p: 1, g, act: false }),
      conv(scope, 'rbr_1x1', x, c2, 1, s, { p: 0, g, act: false }),
    ];
    if (c1 === c2 && s === 1) paths.push(scope.part('rbr_identity', 'BatchNorm2d', () => batchNorm(scope, x)));
    return activate(scope, plus(scope, ...paths), act, 'nn.SiLU()');
  },
});

export const RepRes = res('RepRes', () => l10n.t('A Res whose 3×3 is a RepConv.'), 1, repMiddle);
export const RepResX = res('RepResX', () => l10n.t('A ResX whose 3×3 is a RepConv.'), 32, repMiddle);

export const RepBottleneck = module<BottleneckArgs>({
  name: 'RepBottleneck',
  summary: () => l10n.t('A 1×1 to half of the channels and a RepConv, with a shortcut where channels stay the same.'),
  params: bottleneckParams(),
  forward: (scope, inputs, { c1, c2, g, e }) => {
    const x = only(inputs);
    // The constructor hands fixed values on: cv1 halves whatever `e` is, and only cv2 is replaced by its size.
    const half = Math.trunc(c2 * 0.5);
    const y = conv(scope, 'cv1', x, half);
    if (Math.trunc(c2 * e) !== half) {
      const [, , h, w] = sizesOf(x) as [number, number, number, number];
      const message = l10n.t(
        'YOLOv7’s RepBottleneck works only with e = 0.5: its first convolution outputs {0} channels, but its second expects {1}. So RepBottleneckCSP never runs.',
        half,
        Math.trunc(c2 * e),
      );
      const help = l10n.t('Use RepRes or RepConv.');
      return scope.refuse({ code: 'channel-mismatch', message, help, output: [1, c2, h, w] }, [y]);
    }
    const z = scope.call('cv2', RepConv, y, { c1: half, c2, k: 3, s: 1, g });
    return c1 === c2 ? plus(scope, x, z) : z;
  },
});

export const Ghost: Module<{ c1: number; c2: number; k: Size; s: number }> = { ...GhostBottleneck, name: 'Ghost' };

type Inner = (scope: Scope, x: Tensor, c: number, args: ClassicCspArgs) => Tensor;

/** n blocks of a kind in an `nn.Sequential`. */
const blocks =
  (block: Module<BottleneckArgs>, e: number): Inner =>
  (scope, x, c, { n, shortcut, g }) =>
    stack(scope, n, x, (y, label) => scope.call(label, block, y, { c1: c, c2: c, shortcut, g, e }));

const ghosts: Inner = (scope, x, c, { n }) =>
  stack(scope, n, x, (y, label) => scope.call(label, Ghost, y, { c1: c, c2: c }));

export const SwinTransformerBlock = swinBlock('SwinTransformerBlock', swinLayer, 'SwinTransformerLayer', 8);
export const SwinTransformer2Block = swinBlock('SwinTransformer2Block', swinLayerV2, 'SwinTransformerLayer_v2', 7);

const swin =
  (block: typeof SwinTransformerBlock): Inner =>
  (scope, x, c, { n }) =>
    scope.call('m', block, x, { c1: c, c2: c, num_heads: Math.floor(c / 32), num_layers: n });

/** The three ways in which YOLOv7 puts blocks into a cross stage partial block. */
const shapes = {
  A: {
    summary: (block: string) => l10n.t('Cross stage partial block: n {0} beside a 1×1, joined by another 1×1.', block),
    forward: (scope: Scope, x: Tensor, args: ClassicCspArgs, inner: Inner): Tensor => {
      const c = Math.trunc(args.c2 * args.e);
      const y1 = inner(scope, conv(scope, 'cv1', x, c), c, args);
      return conv(scope, 'cv3', cat(scope, [y1, conv(scope, 'cv2', x, c)]), args.c2);
    },
  },
  B: {
    summary: (block: string) => l10n.t('Cross stage partial block: n {0} after a shared 1×1, at full width.', block),
    forward: (scope: Scope, x: Tensor, args: ClassicCspArgs, inner: Inner): Tensor => {
      const c = Math.trunc(args.c2);
      const x1 = conv(scope, 'cv1', x, c);
      const y1 = inner(scope, x1, c, args);
      return conv(scope, 'cv3', cat(scope, [y1, conv(scope, 'cv2', x1, c)]), args.c2);
    },
  },
  C: {
    summary: (block: string) =>
      l10n.t('Cross stage partial block: n {0} and a 1×1 beside another 1×1, joined by a fourth.', block),
    forward: (scope: Scope, x: Tensor, args: ClassicCspArgs, inner: Inner): Tensor => {
      const c = Math.trunc(args.c2 * args.e);
      const y1 = conv(scope, 'cv3', inner(scope, conv(scope, 'cv1', x, c), c, args), c);
      return conv(scope, 'cv4', cat(scope, [y1, conv(scope, 'cv2', x, c)]), args.c2);
    },
  },
} as const;

interface CspFamily {
  readonly name: string;
  /** The class of its blocks. */
  readonly block: string;
  readonly inner: Inner;
  readonly g?: number;
  /** Whether blocks of the shape B add their input by default. */
  readonly shortcutB: boolean;
}

function csps({ name, block, inner, g = 1, shortcutB }: CspFamily): readonly Module<ClassicCspArgs>[] {
  return (['A', 'B', 'C'] as const).map(kind => {
    const { summary, forward } = shapes[kind];
    return module<ClassicCspArgs>({
      name: `${name}${kind}`,
      summary: () => summary(block),
      params: classicCspParams(kind === 'B' ? shortcutB : true, g),
      forward: (scope, inputs, args) => forward(scope, only(inputs), args, inner),
    });
  });
}

/** BottleneckCSPA, …, ST2CSPC: their third argument is the number of repeats. */
export const cspModules: readonly Module<ClassicCspArgs>[] = [
  ...csps({ name: 'BottleneckCSP', block: 'Bottleneck', inner: blocks(BottleneckV5, 1), shortcutB: false }),
  ...csps({ name: 'RepBottleneckCSP', block: 'RepBottleneck', inner: blocks(RepBottleneck, 1), shortcutB: false }),
  ...csps({ name: 'ResCSP', block: 'Res', inner: blocks(Res, 0.5), shortcutB: true }),
  ...csps({ name: 'RepResCSP', block: 'RepRes', inner: blocks(RepRes, 0.5), shortcutB: false }),
  ...csps({ name: 'ResXCSP', block: 'ResX', inner: blocks(Res, 1), g: 32, shortcutB: true }),
  ...csps({ name: 'RepResXCSP', block: 'RepResX', inner: blocks(RepResX, 0.5), g: 32, shortcutB: false }),
  ...csps({ name: 'GhostCSP', block: 'GhostBottleneck', inner: ghosts, shortcutB: true }),
  ...csps({ name: 'STCSP', block: 'SwinTransformerLayer', inner: swin(SwinTransformerBlock), shortcutB: false }),
  ...csps({ name: 'ST2CSP', block: 'SwinTransformerLayer_v2', inner: swin(SwinTransformer2Block), shortcutB: false }),
];

export const GhostSPPCSPC = sppCspc('GhostSPPCSPC', () => l10n.t('An SPPCSPC of ghost convolutions.'), ghost);

interface ConvBnArgs {
  in_channels: number;
  out_channels: number;
  kernel_size: number;
  stride: number;
  padding: number;
  dilation: number;
  groups: number;
  deploy: boolean;
  nonlinear: PyValue;
}

const orepaParams = {
  in_channels: param.c1,
  out_channels: { ...param.c2, doc: () => l10n.t('Output channels.') },
  kernel_size: { kind: 'int', min: 1, doc: () => l10n.t('Kernel size.') },
  stride: { kind: 'int', min: 1, doc: () => l10n.t('Stride.'), default: 1 },
  padding: { kind: 'int', min: 0, doc: () => l10n.t('Padding.'), default: 0 },
  dilation: { kind: 'int', min: 1, doc: () => l10n.t('Dilation.'), default: 1 },
  groups: param.g,
} as const;

const deployParam = {
  kind: 'boolean',
  doc: () => l10n.t('One convolution with bias, as fused for deployment.'),
  default: false,
} as const;
const nonlinearParam = {
  kind: 'any',
  doc: () => l10n.t('Activation, such as nn.SiLU(); None means none.'),
  default: null,
} as const;

export const ConvBN = module<ConvBnArgs>({
  name: 'ConvBN',
  summary: () => l10n.t('A convolution and batch normalization.'),
  params: { ...orepaParams, deploy: deployParam, nonlinear: nonlinearParam },
  forward: (scope, inputs, args) => {
    const { out_channels: c2, kernel_size: k, stride: s, padding: p, dilation: d, groups: g, deploy } = args;
    const y = conv2d(scope, only(inputs), {
      out: c2,
      kernel: k,
      stride: s,
      padding: p,
      dilation: d,
      groups: g,
      bias: deploy,
    });
    return activate(scope, deploy ? y : batchNorm(scope, y), args.nonlinear, false);
  },
});

interface OrepaArgs {
  c1: number;
  c2: number;
  k: number;
  s: number;
  padding: number;
  dilation: number;
  groups: number;
  padding_mode: string;
  deploy: boolean;
  use_se: boolean;
  nonlinear: PyValue;
}

/**
 * OREPA_3x3_RepConv.forward: the kernel is made of several learned ones at every call. The convolution node stands for
 * `weight_rbr_origin`, which has its size; the other parts are parameters of their own. No hook sees F.conv2d.
 */
function orepa(scope: Scope, x: Tensor, c1: number, c2: number, s: number): Tensor {
  const { builder } = scope;
  return scope.part('rbr_dense', 'OREPA_3x3_RepConv', () => {
    const learned = (...shape: number[]): Tensor => builder.add(ops.parameter, { shape, role: 'weights' }, []);
    learned(c2, c1, 1, 1); // weight_rbr_avg_conv
    learned(c2, c1, 1, 1); // weight_rbr_pfir_conv
    // einsum ti,othw→oihw: [9·out, t] times [t, in].
    const small = reshape(scope, learned(c1, c1, 1, 1), [1, c1, c1]);
    matmul(scope, reshape(scope, learned(c2, c1, 3, 3), [1, c2 * 9, c1]), small);
    // einsum gtihw,ogt→ogihw: for each input channel, [9, 8] times [8, out].
    const depthwise = reshape(scope, learned(c1 * 8, 1, 3, 3), [c1, 9, 8]);
    matmul(scope, depthwise, reshape(scope, learned(c2, c1 * 8, 1, 1), [c1, 8, c2]));
    learned(c1 === c2 && s === 1 ? 6 : 5, c2); // vector: a factor for each branch and channel
    const attrs = {
      out: c2,
      kernel: [3, 3],
      stride: [s, s],
      padding: [1, 1],
      dilation: [1, 1],
      groups: 1,
      bias: false,
    };
    return batchNorm(scope, builder.add(ops.conv, attrs, x, { functional: true }));
  });
}

export const RepConv_OREPA = module<OrepaArgs>({
  name: 'RepConv_OREPA',
  summary: () =>
    l10n.t('A RepConv whose 3×3 kernel is made of several learned ones at every call (online reparameterization).'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: { kind: 'int', min: 1, doc: () => l10n.t('Kernel size: only 3 works.'), default: 3 },
    s: { kind: 'int', min: 1, doc: () => l10n.t('Stride.'), default: 1 },
    padding: { kind: 'int', min: 0, doc: () => l10n.t('Padding: only 1 works.'), default: 1 },
    dilation: { kind: 'int', min: 1, doc: () => l10n.t('Dilation; deployed only.'), default: 1 },
    groups: param.g,
    padding_mode: { kind: 'text', doc: () => l10n.t('What the padding is filled with.'), default: 'zeros' },
    deploy: deployParam,
    use_se: {
      kind: 'boolean',
      doc: () => l10n.t('Squeeze and excitation, which the repository does not define.'),
      default: false,
    },
    nonlinear: { ...nonlinearParam, default: 'nn.SiLU()' },
  },
  forward: (scope, inputs, args) => {
    const { c1, c2, k, s, padding, dilation: d, groups: g, deploy, use_se, nonlinear } = args;
    const x = only(inputs);
    const refuse = (attr: string, message: string): Tensor => {
      const help = l10n.t('Omit it.');
      return scope.refuse({ code: 'fixed-argument', attr, message, help, output: [1, c2, Number.NaN, Number.NaN] }, [
        x,
      ]);
    };
    if (k !== 3) return refuse('k', l10n.t('RepConv_OREPA works only with kernel size 3.'));
    if (padding !== 1) return refuse('padding', l10n.t('RepConv_OREPA works only with padding 1.'));
    if (use_se) return refuse('use_se', l10n.t('YOLOv7 does not define SEBlock, so `use_se` fails.'));
    if (deploy) {
      return activate(
        scope,
        conv2d(scope, x, { out: c2, kernel: k, stride: s, padding, dilation: d, groups: g }),
        nonlinear,
        false,
      );
    }
    if (g !== 1) {
      return refuse('groups', l10n.t('RepConv_OREPA works only with one group; with more, its kernels do not fit.'));
    }
    const paths = [orepa(scope, x, c1, c2, s), conv(scope, 'rbr_1x1', x, c2, 1, s, { p: 0, act: false })];
    if (c1 === c2 && s === 1) paths.push(scope.part('rbr_identity', 'BatchNorm2d', () => batchNorm(scope, x)));
    return activate(scope, plus(scope, ...paths), nonlinear, false);
  },
});

export const Chuncat = module<{ dimension: number }>({
  name: 'Chuncat',
  summary: () => l10n.t('Halves each input and concatenates all first halves, then all second halves.'),
  many: true,
  params: { dimension: { kind: 'int', doc: () => l10n.t('Axis: 1 is the channels.'), default: 1 } },
  forward: (scope, inputs, { dimension: axis }) => {
    const pairs = each(inputs).map(x => scope.builder.addAll(ops.chunk, { axis, chunks: 2 }, x));
    const unpaired = pairs.findIndex(pair => pair.length < 2);
    if (unpaired >= 0) {
      const message = l10n.t('Input {0} cannot be halved along axis {1}.', unpaired + 1, axis);
      const help = l10n.t('Use axis 1, the channels.');
      return scope.refuse({ code: 'size-not-divisible-by-factor', attr: 'dimension', message, help }, pairs.flat());
    }
    return cat(scope, [...pairs.map(pair => pair[0]!), ...pairs.map(pair => pair[1]!)], axis);
  },
});

export const Foldcut = module<{ dimension: number }>({
  name: 'Foldcut',
  summary: () => l10n.t('Adds the two halves of its input.'),
  params: { dimension: { kind: 'int', doc: () => l10n.t('Axis: 1 is the channels.'), default: 0 } },
  forward: (scope, inputs, { dimension: axis }) => {
    const x = only(inputs);
    const halves = scope.builder.addAll(ops.chunk, { axis, chunks: 2 }, x);
    if (halves.length === 2) return plus(scope, halves[0]!, halves[1]!);
    const message = l10n.t('The input cannot be halved along axis {0}.', axis);
    const help = l10n.t('Use axis 1, the channels.');
    return scope.refuse({ code: 'size-not-divisible-by-factor', attr: 'dimension', message, help }, [x]);
  },
});

interface AnchoredArgs {
  nc: number;
  anchors: readonly (readonly number[])[];
  ch: readonly number[];
}

const anchoredParams = { nc: param.nc, anchors: anchorsParam, ch: param.ch };

/** `im(m(ia(x)))`: a 1×1 convolution between what is learned for each channel. */
function implicitConv(scope: Scope, x: Tensor, index: number, c2: number): Tensor {
  const added = scope.call(`ia.${index}`, ImplicitAV7, x, { channel: channels(x) });
  const y = scope.part(`m.${index}`, 'Conv2d', () => conv2d(scope, added, { out: c2, kernel: 1 }));
  return scope.call(`im.${index}`, ImplicitMV7, y, { channel: c2 });
}

export const IDetect = module<AnchoredArgs>({
  name: 'IDetect',
  summary: () =>
    l10n.t('Detect with implicit knowledge: learned values added before and multiplied after its convolutions.'),
  many: true,
  params: anchoredParams,
  forward: (scope, inputs, { nc, anchors }) => {
    const na = anchorsOfLevel(anchors);
    const no = nc + 5;
    const maps = each(inputs).slice(0, anchors.length);
    return cat(
      scope,
      maps.map((x, index) => decodeCells(scope, anchorCells(scope, implicitConv(scope, x, index, no * na), na, no))),
    );
  },
});

export const IAuxDetect = module<AnchoredArgs>({
  name: 'IAuxDetect',
  summary: () =>
    l10n.t('IDetect for the first half of its inputs, and a plain head for the second, which training uses; both run.'),
  many: true,
  params: anchoredParams,
  forward: (scope, inputs, { nc, anchors }) => {
    const na = anchorsOfLevel(anchors);
    const no = nc + 5;
    const maps = each(inputs);
    const levels = anchors.length;
    if (maps.length < 2 * levels) {
      const message = l10n.t(
        'IAuxDetect takes {0} inputs, two for each of its {1} levels, not {2}.',
        2 * levels,
        levels,
        maps.length,
      );
      return scope.refuse({ code: 'wrong-input-count', message }, maps);
    }
    const besides: Tensor[] = [];
    const parts = maps.slice(0, levels).map((x, index) => {
      const cells = anchorCells(scope, implicitConv(scope, x, index, no * na), na, no);
      const beside = maps[levels + index]!;
      const auxiliary = scope.part(`m2.${index}`, 'Conv2d', () => conv2d(scope, beside, { out: no * na, kernel: 1 }));
      besides.push(anchorCells(scope, auxiliary, na, no));
      return decodeCells(scope, cells);
    });
    return scope.training ? [cat(scope, parts), ...besides] : cat(scope, parts);
  },
});

export const IKeypoint = module<AnchoredArgs & { nkpt: number }>({
  name: 'IKeypoint',
  summary: () => l10n.t('IDetect with 17 keypoints for each box.'),
  many: true,
  params: {
    nc: param.nc,
    anchors: anchorsParam,
    nkpt: { kind: 'int', min: 0, doc: () => l10n.t('Keypoints, three values each.'), default: 17 },
    ch: param.ch,
  },
  forward: (scope, inputs, { nc, anchors, nkpt }) => {
    const na = anchorsOfLevel(anchors);
    const boxes = nc + 5;
    const no = boxes + 3 * nkpt;
    const { builder } = scope;
    const maps = each(inputs).slice(0, anchors.length);
    // Eval mode takes six numbers for the box and repeats its grid 17 times for the rest.
    if (nkpt > 0 && (no - 6 > 51 || no - 6 < 49)) {
      const message = l10n.t('IKeypoint decodes one class and 17 keypoints, 51 values after the box, not {0}.', no - 6);
      const help = l10n.t('Use nc = 1 and nkpt = 17.');
      return scope.refuse({ code: 'fixed-argument', attr: 'nkpt', message, help }, maps);
    }
    const parts = maps.map((x, index) => {
      const box = implicitConv(scope, x, index, boxes * na);
      if (nkpt === 0) return decodeCells(scope, anchorCells(scope, box, na, no));
      const points = scope.part(`m_kpt.${index}`, 'Conv2d', () => conv2d(scope, x, { out: 3 * nkpt * na, kernel: 1 }));
      const cells = anchorCells(scope, cat(scope, [box, points]), na, no);
      const [, , h, w] = sizesOf(x) as [number, number, number, number];
      const [detected, located] = split(scope, cells, [6, no - 6], 4) as [Tensor, Tensor];
      const { place, box: sized } = boxDecoder(scope, cells);
      const [xy, wh, conf] = split(scope, sigmoid(scope, detected), [2, 2, 2], 4) as [Tensor, Tensor, Tensor];
      const grid = builder.add(ops.constant, { shape: [1, na, h, w, no - 6] }, []);
      const placed = times(scope, plus(scope, located, grid), builder.add(ops.constant, { shape: [1] }, []));
      return reshape(scope, cat(scope, [place(xy), sized(wh), conf, placed], 4), [1, na * h * w, no]);
    });
    return cat(scope, parts);
  },
});

export const IBin = module<AnchoredArgs & { bin_count: number }>({
  name: 'IBin',
  summary: () => l10n.t('IDetect that predicts widths and heights by bins.'),
  many: true,
  params: {
    ...anchoredParams,
    bin_count: { kind: 'int', min: 1, doc: () => l10n.t('Bins; only 21 works.'), default: 21 },
  },
  forward: (scope, inputs, { nc, anchors, bin_count }) => {
    const na = anchorsOfLevel(anchors);
    const bins = bin_count + 1;
    const no = nc + 3 + 2 * bins;
    const { builder } = scope;
    const maps = each(inputs).slice(0, anchors.length);
    if (bin_count !== 21) {
      const message = l10n.t('IBin always decodes 21 bins.');
      const help = l10n.t('Leave out `bin_count`.');
      return scope.refuse({ code: 'fixed-argument', attr: 'bin_count', message, help }, maps);
    }
    const parts = maps.map((x, index) => {
      const cells = anchorCells(scope, implicitConv(scope, x, index, no * na), na, no);
      const [, , h, w] = sizesOf(x) as [number, number, number, number];
      const { place } = boxDecoder(scope, cells);
      const list = split(scope, sigmoid(scope, cells), [2, bins, bins, nc + 1], 4);
      const [xy, wide, high, conf] = list as [Tensor, Tensor, Tensor, Tensor];
      // SigmoidBin.forward: the centre of the best bin and what is added to it.
      const size = (y: Tensor): Tensor => {
        const [offset, scores] = split(scope, y, [1, bin_count], 4) as [Tensor, Tensor];
        const best = builder.add(ops.reduce, { how: 'max', axes: [-1], keep: true }, scores);
        const anchor = builder.add(ops.constant, { shape: [1, na, 1, 1, 1] }, []);
        return times(scope, plus(scope, offset, best), anchor);
      };
      return reshape(scope, cat(scope, [place(xy), size(wide), size(high), conf], 4), [1, na * h * w, nc + 5]);
    });
    return cat(scope, parts);
  },
});

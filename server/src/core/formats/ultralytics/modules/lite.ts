// Modules of YOLOv5-Lite (ppogg/YOLOv5-Lite, models/common.py), in the order of their forward passes.

import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { PyValue } from '../../../python/value.ts';
import { each, type Forward, only, type Size, wrongChannels } from '../../../torch/layer.ts';
import { hardSigmoid, hardSwish, relu, silu } from '../../../torch/nn/activation.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import { dropout } from '../../../torch/nn/dropout.ts';
import { linear } from '../../../torch/nn/linear.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import { avgPool2d, maxPool2d } from '../../../torch/nn/pool.ts';
import { cat, halves, learned, matmul, plus, reshape, sigmoid, sizesOf, times } from '../../../torch/tensor.ts';
import { type Module, module, param } from '../module.ts';
import { BottleneckV5, GhostBottleneck } from './block.ts';
import { type ClassicCspArgs, classicCspParams, stack } from './classic.ts';
import { conv } from './conv.ts';
import { convNorm, illegalStride, shuffleBlock, shuffleParams } from './face.ts';

/** A function call, which no hook sees. */
const functionalRelu: Forward = (scope, x) => relu(scope, x, { functional: true });
/** Hswish of this repository: relu6(x + 3) / 6, not multiplied with x. */
const gate: Forward = (scope, x) => hardSigmoid(scope, x, { functional: true });

export const Shuffle_Block = shuffleBlock('Shuffle_Block', relu);

export const Hswish = module<{ inplace: boolean }>({
  name: 'Hswish',
  summary: () => l10n.t('ReLU6 of x + 3, divided by 6.'),
  params: { inplace: { kind: 'boolean', doc: () => l10n.t('Works in place.'), default: true } },
  forward: (scope, inputs) => gate(scope, only(inputs)),
});

export const conv_bn_relu_maxpool = module<{ c1: number; c2: number }>({
  name: 'conv_bn_relu_maxpool',
  summary: () => l10n.t('The stem: a strided 3×3, batch normalization, ReLU and a max pool, a quarter of the size.'),
  params: { c1: param.c1, c2: param.c2 },
  forward: (scope, inputs, { c2 }) =>
    maxPool2d(scope, relu(scope, convNorm(scope, only(inputs), c2, 3, 2)), { kernel: 3, stride: 2, padding: 1 }),
});

const size = (doc: () => string, value?: number) =>
  value === undefined
    ? ({ kind: 'int', min: 1, doc } as const)
    : ({ kind: 'int', min: 1, doc, default: value } as const);

export const DWConvblock = module<{ in_channels: number; out_channels: number; k: number; s: number }>({
  name: 'DWConvblock',
  summary: () => l10n.t('A depthwise and a 1×1 convolution, each normalized and rectified.'),
  params: {
    in_channels: param.c1,
    out_channels: param.c2,
    k: size(() => l10n.t('Kernel size.')),
    s: size(() => l10n.t('Stride.')),
  },
  forward: (scope, inputs, { in_channels, out_channels, k, s }) => {
    const x = functionalRelu(scope, convNorm(scope, only(inputs), in_channels, k, s, in_channels));
    return functionalRelu(scope, convNorm(scope, x, out_channels, 1));
  },
});

export const stem = module<{ c1: number; c2: number }>({
  name: 'stem',
  summary: () => l10n.t('The stem of EfficientNet-Lite: a strided 3×3 over three channels.'),
  params: { c1: param.c1, c2: param.c2 },
  forward: (scope, inputs, { c2 }) => {
    const x = only(inputs);
    const given = x.shape ? channels(x) : Number.NaN;
    if (!Number.isNaN(given) && given !== 3) {
      const help = l10n.t('Make it the first row.');
      return scope.refuse(
        { ...wrongChannels('stem', 3, given), input: 0, help, output: [1, c2, Number.NaN, Number.NaN] },
        [x],
      );
    }
    return relu(scope, convNorm(scope, x, c2, 3, 2));
  },
});

export const MBConvBlock = module<{ inp: number; oup: number; k: number; s: number }>({
  name: 'MBConvBlock',
  summary: () => l10n.t('A depthwise and a 1×1 convolution, with a shortcut at stride 1.'),
  params: { inp: param.c1, oup: param.c2, k: size(() => l10n.t('Kernel size.')), s: size(() => l10n.t('Stride.')) },
  forward: (scope, inputs, { inp, oup, k, s }) => {
    const x = only(inputs);
    if (!Number.isNaN(inp) && inp !== oup) {
      const message = l10n.t(
        '{0} cannot change the number of channels: it gets {1}, but the row declares {2} (after the width multiple).',
        'MBConvBlock',
        inp,
        oup,
      );
      const help = l10n.t('Declare {0} channels.', inp);
      return scope.refuse(
        { code: 'keeps-channels', attr: 'oup', message, help, output: [1, oup, Number.NaN, Number.NaN] },
        [x],
      );
    }
    const p = Math.floor((k - 1) / 2);
    const deep = relu(
      scope,
      batchNorm(scope, conv2d(scope, x, { out: oup, kernel: k, stride: s, padding: p, groups: oup, bias: false })),
    );
    const y = convNorm(scope, deep, oup, 1);
    return s === 1 ? plus(scope, y, x) : y;
  },
});

export const LC3 = module<ClassicCspArgs>({
  name: 'LC3',
  summary: () => l10n.t('A C3 that adds its two branches instead of concatenating them.'),
  params: classicCspParams(true),
  forward: (scope, inputs, { c2, n, shortcut, g, e }) => {
    const x = only(inputs);
    const c = Math.trunc(c2 * e);
    const y = stack(scope, n, conv(scope, 'cv1', x, c), (at, label) =>
      scope.call(label, BottleneckV5, at, { c1: c, c2: c, shortcut, g, e: 1 }),
    );
    return conv(scope, 'cv3', plus(scope, y, conv(scope, 'cv2', x, c)), c2);
  },
});

export const ADD = module<{ alpha: number }>({
  name: 'ADD',
  summary: () => l10n.t('The first input plus a multiple of the second.'),
  many: true,
  params: { alpha: { kind: 'number', doc: () => l10n.t('Factor for the second input.'), default: 0.5 } },
  forward: (scope, inputs) => {
    const list = each(inputs);
    if (list.length < 2) {
      const message = l10n.t('{0} takes two inputs, but `from` names one.', 'ADD');
      const help = l10n.t('Use a list, such as {0}.', '[-1, 4]');
      return scope.refuse({ code: 'wrong-input-count', input: 0, message, help }, list);
    }
    return plus(scope, list[0]!, list[1]!);
  },
});

interface SeBlockArgs {
  input_channels: number;
  internal_neurons: number;
}

export const SEBlock = module<SeBlockArgs>({
  name: 'SEBlock',
  summary: () => l10n.t('Squeeze and excitation by 1×1 convolutions: weights channels by their content.'),
  params: {
    input_channels: param.c1,
    internal_neurons: {
      ...param.c2,
      doc: () => l10n.t('Hidden channels; in a row, the width multiple is applied to them.'),
    },
  },
  forward: (scope, inputs, { input_channels, internal_neurons }) => {
    const x = only(inputs);
    const [, , h, w] = sizesOf(x) as [number, number, number, number];
    if (h > w || w >= 2 * h) {
      // avg_pool2d over a square of the width: more than one place would be left, or none.
      const message = l10n.t('SEBlock averages over a square, so the feature map must be square, not {0}×{1}.', h, w);
      return scope.refuse({ code: 'map-not-square', message, ...(x.shape ? { output: x.shape } : {}) }, [x]);
    }
    const pooled = avgPool2d(scope, x, { kernel: w, stride: w }, { functional: true });
    const down = functionalRelu(scope, conv2d(scope, pooled, { out: internal_neurons, kernel: 1 }));
    return times(scope, x, sigmoid(scope, conv2d(scope, down, { out: input_channels, kernel: 1 })));
  },
});

interface RepVggArgs {
  in_channels: number;
  out_channels: number;
  kernel_size: number;
  stride: number;
  padding: number;
  dilation: number;
  groups: number;
  padding_mode: PyValue;
  deploy: boolean;
  use_se: boolean;
}

export const RepVGGBlock = module<RepVggArgs>({
  name: 'RepVGGBlock',
  summary: () =>
    l10n.t('A k×k, a 1×1 and, where channels and size stay, a batch norm side by side, summed (RepVGG, as trained).'),
  params: {
    in_channels: param.c1,
    out_channels: param.c2,
    kernel_size: size(() => l10n.t('Kernel size.'), 3),
    stride: size(() => l10n.t('Stride.'), 1),
    padding: {
      kind: 'int',
      min: 0,
      doc: () => l10n.t('Padding; half the kernel, or the paths do not fit.'),
      default: 1,
    },
    dilation: size(() => l10n.t('Dilation; deployed only.'), 1),
    groups: param.g,
    padding_mode: {
      kind: 'any',
      doc: () => l10n.t('What the padding is filled with; deployed only.'),
      default: 'zeros',
    },
    deploy: {
      kind: 'boolean',
      doc: () => l10n.t('One convolution with bias, as fused for deployment.'),
      default: false,
    },
    use_se: { kind: 'boolean', doc: () => l10n.t('Squeeze and excitation after the sum.'), default: false },
  },
  forward: (scope, inputs, args) => {
    const {
      in_channels: c1,
      out_channels: c2,
      kernel_size: k,
      stride: s,
      padding: p,
      groups: g,
      deploy,
      use_se,
    } = args;
    const x = only(inputs);
    const excited = (y: Tensor): Tensor =>
      use_se ? scope.call('se', SEBlock, y, { input_channels: c2, internal_neurons: Math.floor(c2 / 16) }) : y;
    if (deploy)
      return silu(
        scope,
        excited(conv2d(scope, x, { out: c2, kernel: k, stride: s, padding: p, dilation: args.dilation, groups: g })),
      );
    if (p < Math.floor(k / 2)) {
      const message = l10n.t('The 1×1 path would get a padding of {0}.', p - Math.floor(k / 2));
      const help = l10n.t('With kernel size {0}, use a padding of {1}.', k, Math.floor(k / 2));
      return scope.refuse(
        { code: 'negative-padding', attr: 'padding', message, help, output: [1, c2, Number.NaN, Number.NaN] },
        [x],
      );
    }
    const path = (label: string, kernel: number, padding: number): Tensor =>
      scope.part(label, 'Sequential', () =>
        batchNorm(scope, conv2d(scope, x, { out: c2, kernel, stride: s, padding, groups: g, bias: false })),
      );
    const paths = [path('rbr_dense', k, p), path('rbr_1x1', 1, p - Math.floor(k / 2))];
    if (c1 === c2 && s === 1) paths.push(scope.part('rbr_identity', 'BatchNorm2d', () => batchNorm(scope, x)));
    return silu(scope, excited(plus(scope, ...paths)));
  },
});

export const SELayer = module<{ channel: number; reduction: number }>({
  name: 'SELayer',
  summary: () => l10n.t('Squeeze and excitation by linear layers: weights channels by their content.'),
  params: {
    channel: param.c1,
    reduction: size(
      () => l10n.t('Hidden features are channels divided by this; in a row, the width multiple is applied to it.'),
      4,
    ),
  },
  forward: (scope, inputs, { channel, reduction }) => {
    const x = only(inputs);
    const pooled = scope.builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x);
    const y = reshape(scope, pooled, [1, channel]);
    const hidden = relu(scope, linear(scope, y, Math.floor(channel / reduction)));
    return times(scope, x, reshape(scope, gate(scope, linear(scope, hidden, channel)), [1, channel, 1, 1]));
  },
});

interface MobileArgs {
  inp: number;
  oup: number;
  hidden_dim: number;
  kernel_size: number;
  stride: number;
  use_se: boolean;
  use_hs: boolean;
}

export const mobilev3_bneck = module<MobileArgs>({
  name: 'mobilev3_bneck',
  summary: () => l10n.t('MobileNetV3’s inverted bottleneck: 1×1 to more channels, depthwise, 1×1 back.'),
  params: {
    inp: param.c1,
    oup: param.c2,
    hidden_dim: size(() => l10n.t('Hidden channels; the width multiple does not apply.')),
    kernel_size: size(() => l10n.t('Kernel size of the depthwise convolution.')),
    stride: size(() => l10n.t('Stride, 1 or 2.')),
    use_se: { kind: 'boolean', doc: () => l10n.t('Squeeze and excitation.') },
    use_hs: { kind: 'boolean', doc: () => l10n.t('Hard sigmoid (called Hswish) instead of ReLU.') },
  },
  forward: (scope, inputs, { inp, oup, hidden_dim: hidden, kernel_size: k, stride, use_se, use_hs }) => {
    const x = only(inputs);
    const refused = illegalStride(scope, x, oup, stride, 2);
    if (refused) return refused;
    const activate = use_hs ? gate : relu;
    const excite = (y: Tensor): Tensor => (use_se ? scope.call('se', SELayer, y, { channel: hidden }) : y);
    const depthwise = (y: Tensor): Tensor =>
      batchNorm(
        scope,
        conv2d(scope, y, {
          out: hidden,
          kernel: k,
          stride,
          padding: Math.floor((k - 1) / 2),
          groups: hidden,
          bias: false,
        }),
      );
    const y = scope.part('conv', 'Sequential', () => {
      if (inp === hidden) return convNorm(scope, excite(activate(scope, depthwise(x))), oup, 1);
      const wide = activate(scope, convNorm(scope, x, hidden, 1));
      return convNorm(scope, activate(scope, excite(depthwise(wide))), oup, 1);
    });
    return stride === 1 && inp === oup ? plus(scope, x, y) : y;
  },
});

interface CbhArgs {
  num_channels: number;
  num_filters: number;
  filter_size: number;
  stride: number;
  num_groups: number;
}

export const CBH = module<CbhArgs>({
  name: 'CBH',
  summary: () => l10n.t('A convolution, batch normalization and hard swish.'),
  params: {
    num_channels: param.c1,
    num_filters: param.c2,
    filter_size: size(() => l10n.t('Kernel size.')),
    stride: size(() => l10n.t('Stride.')),
    num_groups: param.g,
  },
  forward: (scope, inputs, { num_filters: c2, filter_size: k, stride: s, num_groups: g }) => {
    const y = conv2d(scope, only(inputs), {
      out: c2,
      kernel: k,
      stride: s,
      padding: Math.floor((k - 1) / 2),
      groups: g,
      bias: false,
    });
    return hardSwish(scope, batchNorm(scope, y));
  },
});

/** Squeeze and excitation by 1×1 convolutions that end in a gate of some kind. */
function seModule(name: string, end: Forward): Module<{ channel: number; reduction: number }> {
  return module<{ channel: number; reduction: number }>({
    name,
    summary: () => l10n.t('Squeeze and excitation: weights channels by their content.'),
    params: {
      channel: param.c1,
      reduction: size(
        () => l10n.t('Hidden channels are channels divided by this; in a row, the width multiple is applied to it.'),
        4,
      ),
    },
    forward: (scope, inputs, { channel, reduction }) => {
      const x = only(inputs);
      const pooled = scope.builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x);
      const hidden = relu(scope, conv2d(scope, pooled, { out: Math.floor(channel / reduction), kernel: 1 }));
      return times(scope, x, end(scope, conv2d(scope, hidden, { out: channel, kernel: 1 })));
    },
  });
}

export const LC_SEModule = seModule('LC_SEModule', silu);
export const ES_SEModule = seModule('ES_SEModule', hardSigmoid);

export const LC_Block = module<{
  num_channels: number;
  num_filters: number;
  stride: number;
  dw_size: number;
  use_se: boolean;
}>({
  name: 'LC_Block',
  summary: () =>
    l10n.t('A depthwise convolution and a 1×1, with squeeze and excitation between them if asked for (PP-LCNet).'),
  params: {
    num_channels: param.c1,
    num_filters: param.c2,
    stride: size(() => l10n.t('Stride.')),
    dw_size: size(() => l10n.t('Kernel size of the depthwise convolution.')),
    use_se: { kind: 'boolean', doc: () => l10n.t('Squeeze and excitation.'), default: false },
  },
  forward: (scope, inputs, { num_channels: c, num_filters, stride, dw_size, use_se }) => {
    const x = scope.call('dw_conv', CBH, only(inputs), { num_filters: c, filter_size: dw_size, stride, num_groups: c });
    const y = use_se ? scope.call('se', LC_SEModule, x, { channel: c }) : x;
    return scope.call('pw_conv', CBH, y, { num_filters, filter_size: 1, stride: 1 });
  },
});

export const Dense = module<{ num_channels: number; num_filters: number; filter_size: Size; dropout_prob: number }>({
  name: 'Dense',
  summary: () => l10n.t('A convolution without bias or padding, hard swish and dropout.'),
  params: {
    num_channels: param.c1,
    num_filters: param.c2,
    filter_size: { kind: 'ints', min: 1, doc: () => l10n.t('Kernel size.') },
    dropout_prob: { kind: 'number', doc: () => l10n.t('Fraction dropped in training.') },
  },
  forward: (scope, inputs, { num_filters: c2, filter_size: k }) =>
    dropout(scope, hardSwish(scope, conv2d(scope, only(inputs), { out: c2, kernel: k, bias: false }))),
});

export const ES_Bottleneck = module<{ inp: number; oup: number; stride: number }>({
  name: 'ES_Bottleneck',
  summary: () => l10n.t('The enhanced shuffle block of PP-PicoDet: ghost convolutions and squeeze and excitation.'),
  params: shuffleParams,
  forward: (scope, inputs, { inp, oup, stride }) => {
    const x = only(inputs);
    const half = Math.floor(oup / 2);
    // At stride 3 the constructor works and the forward pass does not.
    const refused = illegalStride(scope, x, oup, stride, 2);
    if (refused) return refused;
    const first = (y: Tensor): Tensor =>
      scope.part('branch1', 'Sequential', () =>
        hardSwish(scope, convNorm(scope, convNorm(scope, y, inp, 3, stride, inp), half, 1)),
      );
    const second = (y: Tensor): Tensor =>
      scope.part('branch2', 'Sequential', () => {
        const a = hardSwish(scope, convNorm(scope, y, half, 1));
        const b = convNorm(scope, a, half, 3, stride, half);
        return hardSwish(scope, convNorm(scope, scope.call('5', ES_SEModule, b, { channel: half }), half, 1));
      });
    const third = (y: Tensor): Tensor =>
      scope.part('branch3', 'Sequential', () => {
        // This GhostConv is the one of models/common.py: its cheap half is a depthwise 3×3 here.
        const quarter = Math.floor(half / 2);
        const a = conv(scope, '0.cv1', y, quarter);
        const b = cat(scope, [a, conv(scope, '0.cv2', a, quarter, 3, 1, { g: quarter })]);
        return hardSwish(scope, convNorm(scope, scope.call('1', ES_SEModule, b, { channel: half }), half, 1));
      });
    const fourth = (y: Tensor): Tensor =>
      scope.part('branch4', 'Sequential', () =>
        hardSwish(scope, convNorm(scope, convNorm(scope, y, oup, 3, 1, oup), oup, 1)),
      );
    const unused = (label: string, count: number): void => {
      scope.part(label, 'Sequential', () => learned(scope, [count]));
    };
    const mid = Math.floor(half / 4);
    const excitation = 2 * half * mid + mid + half;
    if (stride === 1) {
      // Branches 2 and 4 are there, but only the other stride calls them.
      unused('branch2', half * half + 2 * half + half * 9 + 2 * half + excitation + half * half + 2 * half);
      unused('branch4', oup * 9 + 2 * oup + oup * oup + 2 * oup);
      const [a, b] = halves(scope, x);
      return scope.builder.add(ops.channelShuffle, { groups: 2 }, cat(scope, [a, third(b)]));
    }
    const quarter = Math.floor(half / 2);
    unused('branch3', half * quarter + 2 * quarter + quarter * 9 + 2 * quarter + excitation + half * half + 2 * half);
    return fourth(cat(scope, [first(x), second(x)]));
  },
});

/** GhostBottleneck at stride 2 names DWConv, which this repository's models/experimental.py does not import. */
export const GhostBottleneckLite: Module<{ c1: number; c2: number; k: Size; s: number }> = {
  ...GhostBottleneck,
  forward: (scope, inputs, args) => {
    if (args.s !== 2) return GhostBottleneck.forward(scope, inputs, args);
    const message = l10n.t(
      'YOLOv5-Lite’s GhostBottleneck fails at stride 2: it uses DWConv, which the repository does not have.',
    );
    const help = l10n.t('Use stride 1.');
    const output = [1, args.c2, Number.NaN, Number.NaN];
    return scope.refuse({ code: 'fixed-argument', attr: 's', message, help, output }, [only(inputs)]);
  },
};

interface ContextArgs {
  inplanes: number;
  pool: PyValue;
  fusions: PyValue;
}

/** ContextBlock2d.forward with both fusions: [1, C, H, W] → the same. */
export const ContextBlock2d = module<ContextArgs>({
  name: 'ContextBlock2d',
  summary: () => l10n.t('Global context: scales and shifts channels by attention over all positions (GCNet).'),
  params: {
    inplanes: { ...param.c2, doc: () => l10n.t('Channels.') },
    pool: { kind: 'any', doc: () => l10n.t('How positions are pooled: att or avg.'), default: 'att' },
    fusions: {
      kind: 'any',
      doc: () => l10n.t('How the context is applied: channel_add, channel_mul, or both.'),
      default: ['channel_add', 'channel_mul'],
    },
  },
  forward: (scope, inputs, { inplanes: c, pool, fusions }) => {
    const x = only(inputs);
    const { builder } = scope;
    const [, , h, w] = sizesOf(x) as [number, number, number, number];
    const list: readonly PyValue[] = Array.isArray(fusions) ? fusions : [];
    const refuse = (attr: string, message: string): Tensor =>
      scope.refuse({ code: 'unknown-choice', attr, message, ...(x.shape ? { output: x.shape } : {}) }, [x]);
    if (pool !== 'att' && pool !== 'avg') return refuse('pool', l10n.t('`pool` must be att or avg.'));
    if (list.length === 0 || list.some(fusion => fusion !== 'channel_add' && fusion !== 'channel_mul')) {
      return refuse('fusions', l10n.t('`fusions` must be a list of channel_add and channel_mul.'));
    }
    let context: Tensor;
    if (pool === 'att') {
      const mask = reshape(scope, conv2d(scope, x, { out: 1, kernel: 1 }), [1, 1, h * w]);
      const shares = reshape(scope, builder.add(ops.softmax, { axis: 2 }, mask), [1, 1, h * w, 1]);
      const places = reshape(scope, x, [1, 1, c, h * w]);
      context = reshape(scope, matmul(scope, places, shares), [1, c, 1, 1]);
    } else context = builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x);
    const transform = (label: string): Tensor =>
      scope.part(label, 'Sequential', () => {
        const y = conv2d(scope, context, { out: Math.floor(c / 4), kernel: 1 });
        const normed = builder.add(ops.layerNorm, { axes: 3, affine: true, bias: true }, y);
        return conv2d(scope, relu(scope, normed), { out: c, kernel: 1 });
      });
    let result = x;
    if (list.includes('channel_mul')) result = times(scope, x, sigmoid(scope, transform('channel_mul_conv')));
    if (list.includes('channel_add')) result = plus(scope, result, transform('channel_add_conv'));
    return result;
  },
});

export const C3_GC = module<ClassicCspArgs>({
  name: 'C3_GC',
  summary: () => l10n.t('A C3 whose bypass goes through global context.'),
  params: classicCspParams(true),
  forward: (scope, inputs, { c1, c2, n, shortcut, g, e }) => {
    const x = only(inputs);
    const c = Math.trunc(c2 * e);
    const y = stack(scope, n, conv(scope, 'cv1', x, c), (at, label) =>
      scope.call(label, BottleneckV5, at, { c1: c, c2: c, shortcut, g, e: 1 }),
    );
    const beside = conv(scope, 'cv2', scope.call('gc', ContextBlock2d, x, { inplanes: c1 }), c);
    return conv(scope, 'cv3', cat(scope, [y, beside]), c2);
  },
});

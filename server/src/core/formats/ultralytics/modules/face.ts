// Modules of YOLOv5-face (deepcam-cn/yolov5-face, models/common.py and models/yolo.py), and the ShuffleNet block that
// YOLOv5-Lite has too.

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { each, type Forward, only } from '../../../torch/layer.ts';
import { silu } from '../../../torch/nn/activation.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import { maxPool2d } from '../../../torch/nn/pool.ts';
import { cat, halves, plus, reshape, sigmoid, sizesOf, split, times } from '../../../torch/tensor.ts';
import { type Module, module, param, type Scope } from '../module.ts';
import { type ClassicConvArgs, classicConvParams } from './classic.ts';
import { conv } from './conv.ts';
import { anchorCells, anchorsOfLevel, anchorsParam, boxDecoder } from './yolov5.ts';

export const StemBlock = module<ClassicConvArgs>({
  name: 'StemBlock',
  summary: () => l10n.t('The stem: a strided convolution, then two more beside a max pool, a quarter of the size.'),
  params: { ...classicConvParams, k: param.k(3), s: param.s(2) },
  forward: (scope, inputs, { c2, k, s, p, g, act }) => {
    const x = conv(scope, 'stem_1', only(inputs), c2, k, s, { p, g, act });
    const a = conv(scope, 'stem_2a', x, Math.floor(c2 / 2), 1, 1, { p: 0 });
    const b = conv(scope, 'stem_2b', a, c2, 3, 2, { p: 1 });
    const pooled = maxPool2d(scope, x, { kernel: 2, stride: 2, ceil: true });
    return conv(scope, 'stem_3', cat(scope, [b, pooled]), c2, 1, 1, { p: 0 });
  },
});

/** nn.Conv2d without bias, then nn.BatchNorm2d. */
export function convNorm(scope: Scope, x: Tensor, c2: number, k: number, s = 1, g = 1, bias = false): Tensor {
  return batchNorm(
    scope,
    conv2d(scope, x, { out: c2, kernel: k, stride: s, padding: Math.floor(k / 2), groups: g, bias }),
  );
}

export interface ShuffleArgs {
  inp: number;
  oup: number;
  stride: number;
}

export const shuffleParams = {
  inp: param.c1,
  oup: param.c2,
  stride: { kind: 'int', min: 1, doc: () => l10n.t('Stride, 1 to 3; at 1 half of the channels bypass the block.') },
} as const;

/** A stride that ShuffleNet blocks refuse in their constructor. */
export function illegalStride(scope: Scope, x: Tensor, c2: number, stride: number, most = 3): Tensor | undefined {
  if (stride <= most) return undefined;
  const message = l10n.t('The stride must be from 1 to {0}, not {1}.', most, stride);
  return scope.refuse(
    { code: 'value-out-of-range', attr: 'stride', message, output: [1, c2, Number.NaN, Number.NaN] },
    [x],
  );
}

/** A ShuffleNet v2 block: ShuffleV2Block here, Shuffle_Block in YOLOv5-Lite. */
export function shuffleBlock(name: string, activate: Forward): Module<ShuffleArgs> {
  return module<ShuffleArgs>({
    name,
    summary: () =>
      l10n.t('Two branches, one of which passes half of the channels through at stride 1, concatenated and shuffled.'),
    params: shuffleParams,
    forward: (scope, inputs, { inp, oup, stride }) => {
      const x = only(inputs);
      const half = Math.floor(oup / 2);
      const refused = illegalStride(scope, x, oup, stride);
      if (refused) return refused;
      const [, , h, w] = sizesOf(x) as [number, number, number, number];
      if (stride === 1 && !Number.isNaN(inp) && inp !== half * 2) {
        const message = l10n.t(
          'At stride 1, {0} cannot change the number of channels: it gets {1}, but the row declares {2} (after the width multiple).',
          name,
          inp,
          oup,
        );
        const help = l10n.t('Declare {0} channels.', inp);
        return scope.refuse({ code: 'keeps-channels', attr: 'oup', message, help, output: [1, oup, h, w] }, [x]);
      }
      const deep = (y: Tensor): Tensor =>
        scope.part('branch2', 'Sequential', () => {
          const a = activate(scope, convNorm(scope, y, half, 1));
          return activate(scope, convNorm(scope, convNorm(scope, a, half, 3, stride, half), half, 1));
        });
      let joined: Tensor;
      if (stride === 1) {
        const [a, b] = halves(scope, x);
        joined = cat(scope, [a, deep(b)]);
      } else {
        const first = scope.part('branch1', 'Sequential', () =>
          activate(scope, convNorm(scope, convNorm(scope, x, inp, 3, stride, inp), half, 1)),
        );
        joined = cat(scope, [first, deep(x)]);
      }
      return scope.builder.add(ops.channelShuffle, { groups: 2 }, joined);
    },
  });
}

export const ShuffleV2Block = shuffleBlock('ShuffleV2Block', silu);

interface BlazeArgs {
  in_channels: number;
  out_channels: number;
  mid_channels: number | null;
  stride: number;
}

const blazeParams = {
  in_channels: param.c1,
  out_channels: param.c2,
  mid_channels: {
    kind: 'int',
    min: 0,
    doc: () => l10n.t('Channels in the middle. Default: the input channels.'),
    default: null,
  },
  stride: { kind: 'int', min: 1, doc: () => l10n.t('Stride, 1 or 2; at 2 the shortcut is pooled.'), default: 1 },
} as const;

function blaze(
  name: string,
  summary: () => string,
  branch: (scope: Scope, x: Tensor, args: BlazeArgs, mid: number) => Tensor,
): Module<BlazeArgs> {
  return module<BlazeArgs>({
    name,
    summary,
    params: blazeParams,
    forward: (scope, inputs, args) => {
      const x = only(inputs);
      const { in_channels, out_channels, stride } = args;
      const refused = illegalStride(scope, x, out_channels, stride, 2);
      if (refused) return refused;
      const deep = scope.part('branch1', 'Sequential', () => branch(scope, x, args, args.mid_channels || in_channels));
      if (stride === 1) return silu(scope, plus(scope, deep, x));
      const side = scope.part('shortcut', 'Sequential', () =>
        convNorm(scope, maxPool2d(scope, x, { kernel: stride, stride }), out_channels, 1, 1, 1, true),
      );
      return silu(scope, plus(scope, deep, side));
    },
  });
}

export const BlazeBlock = blaze(
  'BlazeBlock',
  () => l10n.t('A depthwise 5×5 and a 1×1 with a shortcut (BlazeFace).'),
  (scope, x, { in_channels, out_channels, stride }, mid) =>
    convNorm(scope, convNorm(scope, x, mid, 5, stride, in_channels, true), out_channels, 1, 1, 1, true),
);

export const DoubleBlazeBlock = blaze(
  'DoubleBlazeBlock',
  () => l10n.t('A depthwise 5×5, a 1×1, a full 5×5 and a 1×1 with a shortcut (BlazeFace).'),
  (scope, x, { in_channels, out_channels, stride }, mid) => {
    const a = convNorm(scope, x, in_channels, 5, stride, in_channels, true);
    const b = silu(scope, convNorm(scope, a, mid, 1, 1, 1, true));
    return convNorm(scope, convNorm(scope, b, mid, 5, 1, 1, true), out_channels, 1, 1, 1, true);
  },
);

interface DetectArgs {
  nc: number;
  anchors: readonly (readonly number[])[];
  ch: readonly number[];
}

export const DetectFace = module<DetectArgs>({
  name: 'Detect',
  summary: () =>
    l10n.t('On each level a 1×1 convolution to box, objectness, five landmarks and classes for each anchor.'),
  many: true,
  params: { nc: param.nc, anchors: anchorsParam, ch: param.ch },
  forward: (scope, inputs, { nc, anchors }) => {
    const na = anchorsOfLevel(anchors);
    const no = nc + 5 + 10;
    const { builder } = scope;
    const parts = each(inputs)
      .slice(0, anchors.length)
      .map((x, index) => {
        const y = scope.part(`m.${index}`, 'Conv2d', () => conv2d(scope, x, { out: no * na, kernel: 1 }));
        const cells = anchorCells(scope, y, na, no);
        const [, , h, w] = sizesOf(y) as [number, number, number, number];
        const { place, box } = boxDecoder(scope, cells);
        const [boxes, marks, classes] = split(scope, cells, [5, 10, nc], 4) as [Tensor, Tensor, Tensor];
        const [xy, wh, conf] = split(scope, sigmoid(scope, boxes), [2, 2, 1], 4) as [Tensor, Tensor, Tensor];
        const scale = builder.add(ops.constant, { shape: [1, na, h, w, 10] }, []);
        const origin = builder.add(ops.constant, { shape: [1, 1, h, w, 10] }, []);
        const placed = plus(scope, times(scope, marks, scale), origin);
        const z = cat(scope, [place(xy), box(wh), conf, placed, sigmoid(scope, classes)], 4);
        return reshape(scope, z, [1, na * h * w, no]);
      });
    return cat(scope, parts);
  },
});

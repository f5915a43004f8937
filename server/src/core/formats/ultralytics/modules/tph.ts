// Modules of TPH-YOLOv5 (cv516Buaa/tph-yolov5, models/common.py and models/yolo.py), in the order of their forward passes.

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { each, only } from '../../../torch/layer.ts';
import { gate, relu } from '../../../torch/nn/activation.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import { linear } from '../../../torch/nn/linear.ts';
import { layerNorm } from '../../../torch/nn/norm.ts';
import { maxPool2d } from '../../../torch/nn/pool.ts';
import type { Param } from '../../../torch/signature.ts';
import { cat, permute, plus, reshape, sizesOf, slice, times } from '../../../torch/tensor.ts';
import { type Module, module, param, type Scope } from '../module.ts';
import { c3 } from './block.ts';
import { type ClassicCspArgs, classicCspParams } from './classic.ts';
import { conv } from './conv.ts';
import { swinBlock, swinLayerTph } from './swin.ts';
import { anchorCells, anchorsOfLevel, anchorsParam, type DetectArgs, decodeCells } from './yolov5.ts';

export const ChannelAttentionModule = module<{ c1: number; reduction: number }>({
  name: 'ChannelAttentionModule',
  summary: () => l10n.t('Weights for channels, from their averages and maxima by the same two linear layers.'),
  params: {
    c1: { ...param.c1, min: 1 },
    reduction: { kind: 'int', min: 1, doc: () => l10n.t('Hidden features are channels divided by this.'), default: 16 },
  },
  forward: (scope, inputs, { c1, reduction }) => {
    const x = only(inputs);
    const { builder } = scope;
    const average = builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x);
    const most = builder.add(ops.adaptiveMaxPool, { size: [1, 1] }, x);
    const hidden = Math.floor(c1 / reduction);
    let layers: readonly [Tensor, Tensor] | undefined;
    // shared_MLP runs twice with the same weights.
    const mlp = (y: Tensor): Tensor =>
      scope.part('shared_MLP', 'Sequential', () => {
        const a = linear(scope, reshape(scope, y, [1, c1]), hidden, true, { shares: layers?.[0].node });
        const b = linear(scope, relu(scope, a), c1, true, { shares: layers?.[1].node });
        layers ??= [a, b];
        return reshape(scope, b, [1, c1, 1, 1]);
      });
    return gate(scope, plus(scope, mlp(average), mlp(most)));
  },
});

export const SpatialAttentionModule = module<Record<never, never>>({
  name: 'SpatialAttentionModule',
  summary: () => l10n.t('Weights for positions, from the mean and maximum over channels by a 7×7 convolution.'),
  params: {},
  forward: (scope, inputs) => {
    const x = only(inputs);
    const over = (how: 'mean' | 'max'): Tensor => scope.builder.add(ops.reduce, { how, axes: [1], keep: true }, x);
    const y = conv2d(scope, cat(scope, [over('mean'), over('max')]), { out: 1, kernel: 7, padding: 3 });
    return gate(scope, y);
  },
});

export const CBAMTph = module<{ c1: number; c2: number }>({
  name: 'CBAM',
  summary: () => l10n.t('Channel attention, then spatial attention.'),
  params: { c1: param.c1, c2: param.c2 },
  forward: (scope, inputs, { c1 }) => {
    const x = only(inputs);
    const y = times(scope, scope.call('channel_attention', ChannelAttentionModule, x, { c1 }), x);
    return times(scope, scope.call('spatial_attention', SpatialAttentionModule, y, {}), y);
  },
});

const TransformerLayerTph = module<{ c: number; num_heads: number }>({
  name: 'TransformerLayer',
  summary: () =>
    l10n.t(
      'Attention with projections of its own before it, and two linear layers with four times the features, both after a norm.',
    ),
  params: {
    c: { ...param.c2, doc: () => l10n.t('Channels.') },
    num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads.') },
  },
  forward: (scope, inputs, { c, num_heads }) => {
    const x = only(inputs);
    const { builder } = scope;
    const normed = layerNorm(scope, x);
    const [q, k, v] = ['q', 'k', 'v'].map(() => linear(scope, normed, c, false)) as [Tensor, Tensor, Tensor];
    const attended = scope.part('ma', 'MultiheadAttention', () =>
      builder.add(ops.attention, { heads: num_heads, bias: true }, [q, k, v]),
    );
    const y = plus(scope, attended, x);
    const hidden = relu(scope, linear(scope, layerNorm(scope, y), 4 * c, false));
    return plus(scope, y, linear(scope, hidden, c, false));
  },
});

export const TransformerBlockTph = module<{ c1: number; c2: number; num_heads: number; num_layers: number }>({
  name: 'TransformerBlock',
  summary: () =>
    l10n.t(
      'A vision transformer over all positions of the feature map: a learned position embedding and a stack of layers.',
    ),
  params: {
    c1: param.c1,
    c2: { ...param.c2, doc: () => l10n.t('Output channels.') },
    num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads.') },
    num_layers: { kind: 'int', min: 0, doc: () => l10n.t('Layers.') },
  },
  forward: (scope, inputs, { c1, c2, num_heads, num_layers }) => {
    const x = c1 === c2 ? only(inputs) : conv(scope, 'conv', only(inputs), c2);
    const [, , h, w] = sizesOf(x) as [number, number, number, number];
    const p = permute(scope, reshape(scope, x, [1, c2, h * w]), 0, 2, 1);
    const start = plus(scope, p, linear(scope, p, c2));
    const y = scope.part('tr', 'Sequential', () =>
      scope.chain(num_layers, start, (at, index) =>
        scope.call(String(index), TransformerLayerTph, at, { c: c2, num_heads }),
      ),
    );
    return reshape(scope, permute(scope, y, 0, 2, 1), [1, c2, h, w]);
  },
});

export const SwinTransformerBlockTph = swinBlock('SwinTransformerBlock', swinLayerTph, 'SwinTransformerLayer', 8);

function c3Around(
  name: string,
  summary: () => string,
  middle: (scope: Scope, x: Tensor, c: number, n: number) => Tensor,
): Module<ClassicCspArgs> {
  return module<ClassicCspArgs>({
    name,
    summary,
    params: classicCspParams(true),
    forward: (scope, inputs, { c2, n, e }) => {
      const c = Math.trunc(c2 * e);
      return c3(scope, only(inputs), c2, c, y => middle(scope, y, c, n));
    },
  });
}

export const C3TRTph = c3Around(
  'C3TR',
  () => l10n.t('A C3 with n transformer layers of 4 heads, normalized, instead of bottlenecks.'),
  (scope, x, c, n) => scope.call('m', TransformerBlockTph, x, { c1: c, c2: c, num_heads: 4, num_layers: n }),
);

export const C3STR = c3Around(
  'C3STR',
  () => l10n.t('A C3 with n Swin layers instead of bottlenecks.'),
  (scope, x, c, n) =>
    scope.call('m', SwinTransformerBlockTph, x, { c1: c, c2: c, num_heads: Math.floor(c / 32), num_layers: n }),
);

export const ASPPTph = module<{ c1: number; c2: number; k: readonly number[] }>({
  name: 'ASPP',
  summary: () => l10n.t('Convolutions of several dilations and a max pool side by side, between two 1×1 ones.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: { ...param.k([5, 9, 13]), min: 3, doc: () => l10n.t('Dilations of the 3×3 convolutions.') },
  },
  forward: (scope, inputs, { c1, c2, k }) => {
    const c = Math.floor(c1 / 2);
    const reaches = Array.isArray(k) ? k : [k as unknown as number];
    const x = conv(scope, 'cv1', only(inputs), c);
    const pooled = maxPool2d(scope, x, { kernel: 3, stride: 1, padding: 1 });
    const parts = reaches.map((reach, index) => {
      const d = Math.floor((reach - 1) / 2);
      return scope.part(`m.${index}`, 'Conv2d', () =>
        conv2d(scope, x, { out: c, kernel: 3, padding: d, dilation: d, bias: false }),
      );
    });
    return conv(scope, 'cv2', cat(scope, [x, pooled, ...parts]), c2);
  },
});

/** CLLA.forward: each place of the small map attends to the 2×2 places of the large one that it covers. */
function crossAttention(scope: Scope, large: Tensor, small: Tensor, c: number): Tensor {
  const { builder } = scope;
  const [, , h, w] = sizesOf(small) as [number, number, number, number];
  return scope.part('att', 'CLLA', () => {
    const asked = reshape(scope, permute(scope, small, 0, 2, 3, 1), [1, h, w, 1, c]);
    const cut = (x: Tensor, axis: number, start: number, step: number, end = Number.POSITIVE_INFINITY): Tensor =>
      slice(scope, x, axis, start, end, step);
    const corners = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ].map(([row, column]) => {
      const every = cut(cut(large, 2, row!, 2), 3, column!, 2);
      return builder.add(ops.unsqueeze, { axis: 2 }, cut(cut(every, 2, 0, 1, h), 3, 0, 1, w));
    });
    const local = permute(scope, cat(scope, corners, 2), 0, 3, 4, 2, 1);
    const q = linear(scope, asked, c);
    const k = linear(scope, local, c);
    const v = linear(scope, local, c);
    const scale = builder.add(ops.constant, { shape: [1] }, []);
    const products = times(scope, times(scope, q, k), scale);
    const dots = builder.add(ops.reduce, { how: 'sum', axes: [4], keep: false }, products);
    const mean = builder.add(ops.reduce, { how: 'mean', axes: [3], keep: true }, dots);
    const shares = builder.add(ops.softmax, { axis: -1 }, builder.add(ops.sub, {}, [times(scope, mean, scale), dots]));
    const weighed = times(scope, v, builder.add(ops.unsqueeze, { axis: 4 }, shares));
    const summed = builder.add(ops.reduce, { how: 'sum', axes: [3], keep: false }, weighed);
    return times(scope, plus(scope, permute(scope, summed, 0, 3, 1, 2), small), scale);
  });
}

const inplace: Param = { kind: 'boolean', doc: () => l10n.t('Works in place.'), default: true };

export const CLLADetect = module<DetectArgs>({
  name: 'CLLADetect',
  summary: () => l10n.t('Detect whose first level lets its second input attend to its first, which is twice as large.'),
  many: true,
  params: { nc: param.nc, anchors: anchorsParam, ch: param.ch, inplace },
  forward: (scope, inputs, { nc, anchors }) => {
    const maps = each(inputs);
    const na = anchorsOfLevel(anchors);
    const no = nc + 5;
    if (maps.length < 2) {
      const message = l10n.t(
        'CLLADetect takes at least two inputs, a large feature map and the levels to detect on; not one.',
      );
      return scope.refuse({ code: 'wrong-input-count', message }, maps);
    }
    const [large, small, ...others] = maps as [Tensor, Tensor, ...Tensor[]];
    const [, c] = sizesOf(large) as [number, number];
    const first = scope.part('det', 'CLLABlock', () => {
      const x1 = scope.part('conv1', 'Conv2d', () => conv2d(scope, large, { out: c, kernel: 1 }));
      const x2 = scope.part('conv2', 'Conv2d', () => conv2d(scope, small, { out: c, kernel: 1 }));
      const attended = crossAttention(scope, x1, x2, c);
      return scope.part('det', 'Conv2d', () => conv2d(scope, attended, { out: no * na, kernel: 1 }));
    });
    const rest = others
      .slice(0, Math.max(anchors.length - 1, 0))
      .map((x, index) => scope.part(`m.${index}`, 'Conv2d', () => conv2d(scope, x, { out: no * na, kernel: 1 })));
    return cat(
      scope,
      [first, ...rest].map(y => decodeCells(scope, anchorCells(scope, y, na, no))),
    );
  },
});

// Transformer modules of Ultralytics (nn/modules/transformer.py) and YOLOv5 (models/common.py).

import * as l10n from '@vscode/l10n';
import type { GraphNode, Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { PyValue } from '../../../python/value.ts';
import { only } from '../../../torch/layer.ts';
import { relu } from '../../../torch/nn/activation.ts';
import { linear } from '../../../torch/nn/linear.ts';
import { layerNorm } from '../../../torch/nn/norm.ts';
import {
  cat,
  flatten,
  learned,
  matmul,
  permute,
  plus,
  reshape,
  sigmoid,
  sizesOf,
  slice,
  softmax,
  split,
  times,
} from '../../../torch/tensor.ts';
import { activate } from '../layers.ts';
import { module, param, type Scope } from '../module.ts';
import { conv } from './conv.ts';

/** [1, C, H, W] → [1, H·W, C]. */
function tokens(scope: Scope, x: Tensor): Tensor {
  return permute(scope, flatten(scope, x, 2), 0, 2, 1);
}

/**
 * Some modules call their activation as it is given: what is no module ends in an error, text and False included. None
 * stands for the default since Ultralytics 8.4.104.
 */
function uncallable(
  scope: Scope,
  name: string,
  x: Tensor,
  act: PyValue,
  output: readonly number[],
): Tensor | undefined {
  if (typeof act === 'string' || act === null) return undefined;
  const message = l10n.t('{0} calls its activation, but a row cannot pass anything callable.', name);
  const help = l10n.t('Omit it.');
  return scope.refuse({ code: 'fixed-argument', attr: 'act', message, help, output }, [x]);
}

function attend(scope: Scope, label: string, q: Tensor, k: Tensor, v: Tensor, heads: number): Tensor {
  return scope.part(label, 'MultiheadAttention', () =>
    scope.builder.add(ops.attention, { heads, bias: true }, [q, k, v]),
  );
}

const TransformerLayer = module<{ c: number; num_heads: number }>({
  name: 'TransformerLayer',
  summary: () =>
    l10n.t('Attention with projections of its own before it, and two linear layers, without normalization.'),
  params: {
    c: { ...param.c2, doc: () => l10n.t('Channels.') },
    num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads.') },
  },
  forward: (scope, inputs, { c, num_heads }) => {
    const x = only(inputs);
    const [q, k, v] = ['q', 'k', 'v'].map(() => linear(scope, x, c, false)) as [Tensor, Tensor, Tensor];
    const y = plus(scope, attend(scope, 'ma', q, k, v, num_heads), x);
    return plus(scope, linear(scope, linear(scope, y, c, false), c, false), y);
  },
});

export const TransformerBlock = module<{ c1: number; c2: number; num_heads: number; num_layers: number }>({
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
    const p = tokens(scope, x);
    const start = plus(scope, p, linear(scope, p, c2));
    const y = scope.part('tr', 'Sequential', () =>
      scope.chain(num_layers, start, (at, index) =>
        scope.call(String(index), TransformerLayer, at, { c: c2, num_heads }),
      ),
    );
    return reshape(scope, permute(scope, y, 0, 2, 1), [1, c2, h, w]);
  },
});

interface AifiArgs {
  c1: number;
  cm: number;
  num_heads: number;
  dropout: number;
  act: PyValue;
  normalize_before: boolean;
}

export const AIFI = module<AifiArgs>({
  name: 'AIFI',
  summary: () =>
    l10n.t(
      'A transformer encoder layer over all positions of the feature map, with a computed position embedding (RT-DETR).',
    ),
  params: {
    c1: param.c1,
    cm: { kind: 'int', min: 1, doc: () => l10n.t('Hidden features of the feed-forward part.'), default: 2048 },
    num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads.'), default: 8 },
    dropout: { kind: 'number', doc: () => l10n.t('Dropout in training.'), default: 0 },
    act: { ...param.act, default: 'nn.GELU()' },
    normalize_before: {
      kind: 'boolean',
      doc: () => l10n.t('Normalizes before each part instead of after it.'),
      default: false,
    },
  },
  forward: (scope, inputs, { c1, cm, num_heads, act, normalize_before }) => {
    const x = only(inputs);
    const [, c, h, w] = sizesOf(x) as [number, number, number, number];
    if (c1 % 4 > 0) {
      const message = l10n.t('The position embedding of AIFI needs a multiple of 4 channels, not {0}.', c1);
      return scope.refuse({ code: 'channels-not-divisible', input: 0, message, output: [1, c, h, w] }, [x]);
    }
    const refused = uncallable(scope, 'AIFI', x, act, [1, c, h, w]);
    if (refused) return refused;
    const position = positionEmbedding(scope, h * w, c1);
    const source = tokens(scope, x);
    const attention = (y: Tensor): Tensor => {
      const placed = plus(scope, y, position);
      return attend(scope, 'ma', placed, placed, y, num_heads);
    };
    const forward = (y: Tensor): Tensor => linear(scope, activate(scope, linear(scope, y, cm), act ?? 'nn.GELU()'), c1);
    let result: Tensor;
    if (normalize_before) {
      const y = plus(scope, source, attention(layerNorm(scope, source)));
      result = plus(scope, y, forward(layerNorm(scope, y)));
    } else {
      const y = layerNorm(scope, plus(scope, source, attention(source)));
      result = layerNorm(scope, plus(scope, y, forward(y)));
    }
    return reshape(scope, permute(scope, result, 0, 2, 1), [1, c, h, w]);
  },
});

/** Two outer products, places × frequencies, then sines and cosines (AIFI.build_2d_sincos_position_embedding). */
function positionEmbedding(scope: Scope, places: number, channels: number): Tensor {
  return scope.part('pos_embed', 'position embedding', () => {
    const omega = scope.builder.add(ops.constant, { shape: [1, channels / 4] }, []);
    const parts: Tensor[] = [];
    for (let axis = 0; axis < 2; axis++) {
      const grid = scope.builder.add(ops.constant, { shape: [places, 1] }, []);
      const angles = matmul(scope, grid, omega);
      parts.push(
        scope.builder.add(ops.unary, { how: 'sin' }, angles),
        scope.builder.add(ops.unary, { how: 'cos' }, angles),
      );
    }
    return scope.builder.add(ops.unsqueeze, { axis: 0 }, cat(scope, parts));
  });
}

/** A stack of linear layers with ReLU between them; `shared` are the layers of an earlier call of the same MLP. */
function mlp(
  scope: Scope,
  label: string,
  x: Tensor,
  sizes: readonly number[],
  shared?: readonly GraphNode[],
): { readonly y: Tensor; readonly layers: readonly GraphNode[] } {
  const layers: GraphNode[] = [];
  const y = scope.part(label, 'MLP', () => {
    let at = x;
    for (const [index, out] of sizes.entries()) {
      at = linear(scope, at, out, true, { shares: shared?.[index] });
      layers.push(at.node);
      if (index < sizes.length - 1) at = relu(scope, at);
    }
    return at;
  });
  return { y, layers };
}

interface DeformableArgs {
  hidden: number;
  levels: readonly (readonly [number, number])[];
  heads: number;
  points: number;
}

/** MSDeformAttn.forward: each query looks at a few points of each level. */
function deformableAttention(
  scope: Scope,
  query: Tensor,
  value: Tensor,
  { hidden, levels, heads, points }: DeformableArgs,
): Tensor {
  return scope.part('cross_attn', 'MSDeformAttn', () => {
    const [, queries] = sizesOf(query, 3) as [number, number];
    const each = Math.floor(hidden / heads);
    const count = levels.length;
    const projected = linear(scope, value, hidden);
    const offsets = linear(scope, query, heads * count * points * 2);
    const scores = reshape(scope, linear(scope, query, heads * count * points), [1, queries, heads, count * points]);
    const weights = softmax(scope, scores, -1);
    const places = permute(scope, reshape(scope, offsets, [1, queries, heads, count, points, 2]), 0, 2, 3, 1, 4, 5);
    const maps = split(
      scope,
      projected,
      levels.map(([h, w]) => h * w),
      1,
    );
    const sampled = maps.map((map, level) => {
      const [h, w] = levels[level]!;
      const image = reshape(scope, permute(scope, map, 0, 2, 1), [heads, each, h, w]);
      const grid = slice(scope, places, 2, level, level + 1);
      return scope.builder.add(ops.gridSample, {}, [image, reshape(scope, grid, [heads, queries, points, 2])], {
        functional: true,
      });
    });
    const stacked = cat(scope, sampled, 3);
    const factor = reshape(scope, permute(scope, weights, 0, 2, 1, 3), [heads, 1, queries, count * points]);
    const summed = scope.builder.add(
      ops.reduce,
      { how: 'sum', axes: [-1], keep: false },
      times(scope, stacked, factor),
    );
    return linear(scope, permute(scope, reshape(scope, summed, [1, hidden, queries]), 0, 2, 1), hidden);
  });
}

interface DecoderArgs {
  nc: number;
  ch: readonly number[];
  hd: number;
  nq: number;
  ndp: number;
  nh: number;
  ndl: number;
  d_ffn: number;
  dropout: number;
  act: PyValue;
  eval_idx: number;
  nd: number;
  label_noise_ratio: number;
  box_noise_scale: number;
  learnt_init_query: boolean;
}

const count = (doc: () => string, value: number): { kind: 'int'; min: number; doc: () => string; default: number } => ({
  kind: 'int',
  min: 1,
  doc,
  default: value,
});

const decoder = (finish: (scope: Scope, boxes: Tensor, scores: Tensor) => Tensor, width: (nc: number) => number) =>
  module<DecoderArgs>({
    name: 'RTDETRDecoder',
    summary: () =>
      l10n.t(
        'RT-DETR’s head: chooses queries among all positions and refines them in decoder layers of deformable attention.',
      ),
    many: true,
    params: {
      nc: param.nc,
      ch: param.ch,
      hd: count(() => l10n.t('Hidden features.'), 256),
      nq: count(() => l10n.t('Queries.'), 300),
      ndp: count(() => l10n.t('Points that each head looks at on each level.'), 4),
      nh: count(() => l10n.t('Heads.'), 8),
      ndl: count(() => l10n.t('Decoder layers.'), 6),
      d_ffn: count(() => l10n.t('Hidden features of the feed-forward parts.'), 1024),
      dropout: { kind: 'number', doc: () => l10n.t('Dropout in training.'), default: 0 },
      act: { ...param.act, default: 'nn.ReLU()' },
      eval_idx: { kind: 'int', doc: () => l10n.t('The layer whose result counts; −1 is the last.'), default: -1 },
      nd: { kind: 'int', doc: () => l10n.t('Denoising queries, in training only.'), default: 100 },
      label_noise_ratio: { kind: 'number', doc: () => l10n.t('Training only.'), default: 0.5 },
      box_noise_scale: { kind: 'number', doc: () => l10n.t('Training only.'), default: 1 },
      learnt_init_query: { kind: 'boolean', doc: () => l10n.t('Learned first queries.'), default: false },
    },
    forward: (scope, inputs, args) => {
      const { nc, hd, nq, ndp, nh, ndl, d_ffn, act, eval_idx, learnt_init_query } = args;
      const { builder } = scope;
      const parameter = (label: string, type: string, ...shapes: readonly (readonly number[])[]): void => {
        scope.part(label, type, () => {
          const [first, ...rest] = shapes.map((shape, index) =>
            learned(scope, shape, index === 0 ? 'weights' : 'biases'),
          );
          return [first!, ...rest];
        });
      };
      const refused = uncallable(scope, 'RTDETRDecoder', only(inputs), act, [1, nq, width(nc)]);
      if (refused) return refused;
      // Queries with noise of the boxes that are to be found, and the results of all layers.
      scope.onlyEvaluates('RTDETRDecoder');
      const levels: [number, number][] = [];
      const projected = inputs.map((value, index) =>
        scope.part(`input_proj.${index}`, 'Sequential', () => {
          const x = only([value]);
          const y = builder.add(ops.conv, pointwise(hd), x);
          const [, , h, w] = sizesOf(y) as [number, number, number, number];
          levels.push([h, w]);
          return tokens(scope, builder.add(ops.batchNorm, { affine: true, stats: true }, y));
        }),
      );
      const features = cat(scope, projected);
      // Used in training only, but there.
      parameter('denoising_class_embed', 'Embedding', [nc, hd]);
      const encoded = scope.part('enc_output', 'Sequential', () => layerNorm(scope, linear(scope, features, hd)));
      const scores = scope.part('enc_score_head', 'Linear', () => linear(scope, encoded, nc));
      const best = builder.add(ops.reduce, { how: 'max', axes: [-1], keep: false }, scores);
      builder.addAll(ops.topK, { k: nq, axis: 1 }, best);
      const chosen = builder.add(ops.indexSelect, { axis: 1, count: nq }, encoded);
      const anchors = builder.add(ops.constant, { shape: [1, nq, 4] }, []);
      let boxes = plus(scope, mlp(scope, 'enc_bbox_head', chosen, [hd, hd, 4]).y, anchors);
      let queries = chosen;
      if (learnt_init_query) queries = learned(scope, [1, nq, hd]);

      boxes = sigmoid(scope, boxes);
      const last = eval_idx < 0 ? ndl + eval_idx : eval_idx;
      let positions: readonly GraphNode[] | undefined;
      let result: Tensor | undefined;
      builder.times(Math.min(last + 1, ndl), layer => {
        const position = mlp(scope, 'query_pos_head', boxes, [2 * hd, hd], positions);
        positions ??= position.layers;
        queries = scope.part(`decoder.layers.${layer}`, 'DeformableTransformerDecoderLayer', () => {
          const placed = plus(scope, queries, position.y);
          const attended = attend(scope, 'self_attn', placed, placed, queries, nh);
          const y = layerNorm(scope, plus(scope, queries, attended));
          const deformable = { hidden: hd, levels, heads: nh, points: ndp };
          const crossed = deformableAttention(scope, plus(scope, y, position.y), features, deformable);
          const z = layerNorm(scope, plus(scope, y, crossed));
          const forward = linear(scope, activate(scope, linear(scope, z, d_ffn), act ?? 'nn.ReLU()'), hd);
          return layerNorm(scope, plus(scope, z, forward));
        });
        const refined = mlp(scope, `dec_bbox_head.${layer}`, queries, [hd, hd, 4]).y;
        boxes = sigmoid(scope, plus(scope, refined, boxes));
        if (layer === last) {
          const classes = scope.part(`dec_score_head.${layer}`, 'Linear', () => linear(scope, queries, nc));
          result = finish(scope, boxes, sigmoid(scope, classes));
        } else parameter(`dec_score_head.${layer}`, 'Linear', [nc, hd], [nc]);
      });
      return result ?? boxes;
    },
  });

/** Since 8.4.46 (RTDETRDecoder.postprocess): as many pairs of query and class as there are queries, the best ones. */
export const RTDETRDecoder = decoder(
  (scope, boxes, scores) => {
    const { builder } = scope;
    return scope.part('postprocess', 'function', () => {
      const [, count] = sizesOf(scores, 3) as [number, number];
      const [best, place] = builder.addAll(ops.topK, { k: count, axis: 1 }, flatten(scope, scores));
      const column = (x: Tensor): Tensor => builder.add(ops.unsqueeze, { axis: -1 }, x);
      const chosen = builder.add(ops.indexSelect, { axis: 1, count }, boxes);
      return cat(scope, [chosen, column(best!), column(place ?? best!)], -1);
    });
  },
  () => 6,
);

/** Up to 8.4.45 every query comes with the scores of all classes. */
export const RTDETRDecoderAll = decoder(
  (scope, boxes, scores) => cat(scope, [boxes, scores], -1),
  nc => 4 + nc,
);

const ones = [1, 1];
const zeros = [0, 0];

function pointwise(out: number): {
  out: number;
  kernel: number[];
  stride: number[];
  padding: number[];
  dilation: number[];
  groups: number;
  bias: boolean;
} {
  return { out, kernel: ones, stride: ones, padding: zeros, dilation: ones, groups: 1, bias: false };
}

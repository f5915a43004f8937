// torchvision/models/swin_transformer.py, whose children torchvision has so from 0.14: attention inside windows.

import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Forward, Scope } from '../../layer.ts';
import { named, numbered, sequential } from '../../module.ts';
import { gelu, relu } from '../../nn/activation.ts';
import { conv2d } from '../../nn/conv.ts';
import { linear } from '../../nn/linear.ts';
import { layerNorm } from '../../nn/norm.ts';
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
  times,
} from '../../tensor.ts';
import { lookedUp, partition, threeOf, type Window } from '../windows.ts';
import { chained, dense, type Model, pooledTo, type Step } from './model.ts';

type Version = 1 | 2;

/** F.pad below and at the right, on [1, H, W, C]: the border joins as channels-last zeros. */
function padded(scope: Scope, x: Tensor, missing: (length: number) => number): Tensor {
  const [, h, w] = sizesOf(x) as [number, number, number];
  const after = [missing(h), missing(w)];
  if (after.every(length => length === 0)) return x;
  const first = permute(scope, x, 0, 3, 1, 2);
  const wide = scope.builder.add(ops.pad, { before: [0, 0], after, mode: 'constant' }, first, { functional: true });
  return permute(scope, wide, 0, 2, 3, 1);
}

/** torch.roll on rows and columns; negative shifts move to the front. */
function rolled(scope: Scope, x: Tensor, shifts: readonly number[]): Tensor {
  let y = x;
  for (const [at, shift] of shifts.entries()) {
    if (shift === 0) continue;
    const axis = at + 1;
    const parts = [slice(scope, y, axis, -shift), slice(scope, y, axis, 0, -shift)];
    y = cat(scope, parts, axis);
  }
  return y;
}

/** The bias of relative positions: a learned table, or two linear layers on their coordinates (V2). */
function positionBias(scope: Scope, window: Window, version: Version): Tensor {
  const { heads, size } = window;
  const { builder } = scope;
  const side = 2 * size - 1;
  if (version === 1) {
    const table = learned(scope, [side ** 2, heads]);
    return lookedUp(scope, table, window);
  }
  const table = scope.part('cpb_mlp', 'Sequential', () => {
    const coordinates = builder.add(ops.constant, { shape: [1, side, side, 2] }, []);
    return linear(scope, relu(scope, linear(scope, coordinates, 512)), heads, false);
  });
  const bias = lookedUp(scope, reshape(scope, table, [side ** 2, heads]), window);
  const share = sigmoid(scope, bias);
  return times(scope, share, builder.add(ops.constant, { shape: [1] }, []));
}

/** Products of queries and keys, scaled; of their directions alone in V2, with a learned factor for each head. */
function scoresOf(scope: Scope, q: Tensor, k: Tensor, heads: number, version: Version): Tensor {
  const { builder } = scope;
  if (version === 1) {
    return matmul(scope, times(scope, q, builder.add(ops.constant, { shape: [1] }, [])), k, { b: true });
  }
  const unit = (y: Tensor): Tensor => builder.add(ops.l2Norm, { axis: -1 }, y, { functional: true });
  const scale = learned(scope, [heads, 1, 1]);
  const factor = builder.add(ops.unary, { how: 'exp' }, builder.add(ops.unary, { how: 'clamp' }, scale));
  return times(scope, matmul(scope, unit(q), unit(k), { b: true }), factor);
}

/**
 * shifted_window_attention: [1, H, W, C] → the same. It takes the weights of its linear layers and calls F.linear, so
 * that hooks see none of it. The keys' bias of V2 is set to zero, but is there.
 */
function attention(scope: Scope, x: Tensor, c: number, heads: number, size: number, shifts: boolean, version: Version) {
  const [, h, w] = sizesOf(x) as [number, number, number];
  const wide = padded(scope, x, length => (size - (length % size)) % size);
  const [, high, across] = sizesOf(wide) as [number, number, number];
  // A map no larger than the window is not shifted.
  const shift = [high, across].map(length => (shifts && !(size >= length) ? Math.floor(size / 2) : 0));
  const shifted = shift.some(by => by > 0);
  const window: Window = { c, heads, size, shift: 0 };
  const bias = positionBias(scope, window, version);
  const moved = rolled(
    scope,
    wide,
    shift.map(by => -by),
  );
  const cut = partition(scope, moved, c, high, across, size);
  const [q, k, v] = threeOf(scope, linear(scope, cut, 3 * c, true, { functional: true }), window);
  let scores = plus(scope, scoresOf(scope, q, k, heads, version), bias);
  const [windows, , places] = sizesOf(scores) as [number, number, number];
  if (shifted) {
    const mask = scope.builder.add(ops.constant, { shape: [windows, 1, places, places] }, []);
    scores = plus(scope, scores, mask);
  }
  const mixed = permute(scope, matmul(scope, softmax(scope, scores, -1), v), 0, 2, 1, 3);
  const out = linear(scope, reshape(scope, mixed, [windows, places, c]), c, true, { functional: true });
  const tiles = reshape(scope, out, [1, high / size, across / size, size, size, c]);
  let y = reshape(scope, permute(scope, tiles, 0, 1, 3, 2, 4, 5), [1, high, across, c]);
  y = rolled(scope, y, shift);
  if (high !== h) y = slice(scope, y, 1, 0, h);
  return across === w ? y : slice(scope, y, 2, 0, w);
}

/** SwinTransformerBlock: norms come first, and last in V2. StochasticDepth does nothing in evaluation. */
function block(c: number, heads: number, size: number, shifts: boolean, version: Version): Forward {
  const attend: Forward = (scope, x) =>
    scope.part('attn', version === 1 ? 'ShiftedWindowAttention' : 'ShiftedWindowAttentionV2', () =>
      attention(scope, x, c, heads, size, shifts, version),
    );
  const mlp: Forward = (scope, x) =>
    scope.part('mlp', 'MLP', () => linear(scope, gelu(scope, linear(scope, x, 4 * c)), c));
  const normed = (scope: Scope, x: Tensor, part: Forward): Tensor =>
    version === 1 ? part(scope, layerNorm(scope, x)) : layerNorm(scope, part(scope, x));
  return (scope, x) => {
    const y = plus(scope, x, normed(scope, x, attend));
    return plus(scope, y, normed(scope, y, mlp));
  };
}

/** PatchMerging: four neighbours side by side, then half of their channels; V2 normalizes behind the linear layer. */
const merge =
  (c: number, version: Version): Forward =>
  (scope, x) => {
    const even = padded(scope, x, length => length % 2);
    const parts = [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ].map(([row, column]) =>
      slice(scope, slice(scope, even, 1, row!, Number.POSITIVE_INFINITY, 2), 2, column!, Number.POSITIVE_INFINITY, 2),
    );
    const joined = cat(scope, parts, 3);
    return version === 1
      ? linear(scope, layerNorm(scope, joined), 2 * c, false)
      : layerNorm(scope, linear(scope, joined, 2 * c, false));
  };

function swin(embed: number, depths: readonly number[], version: Version): readonly Step[] {
  const size = version === 1 ? 7 : 8;
  const features: Forward[] = [
    (scope, x) => layerNorm(scope, permute(scope, conv2d(scope, x, { out: embed, kernel: 4, stride: 4 }), 0, 2, 3, 1)),
  ];
  let c = embed;
  for (const [stage, depth] of depths.entries()) {
    // Every head has 32 channels.
    const [width, heads] = [c, c / 32];
    features.push(
      chained(Array.from({ length: depth }, (_, index) => block(width, heads, size, index % 2 === 1, version))),
    );
    if (stage === depths.length - 1) break;
    features.push(merge(width, version));
    c *= 2;
  }
  return [
    sequential('features', numbered(features)),
    named('norm', layerNorm),
    named('permute', (scope, x) => permute(scope, x, 0, 3, 1, 2)),
    named('avgpool', pooledTo(1)),
    named('flatten', (scope, x) => flatten(scope, x)),
    named('head', dense(c, 1000)),
  ];
}

export const swins: Readonly<Record<string, Model>> = {
  swin_t: () => swin(96, [2, 2, 6, 2], 1),
  swin_s: () => swin(96, [2, 2, 18, 2], 1),
  swin_b: () => swin(128, [2, 2, 18, 2], 1),
  swin_v2_t: () => swin(96, [2, 2, 6, 2], 2),
  swin_v2_s: () => swin(96, [2, 2, 18, 2], 2),
  swin_v2_b: () => swin(128, [2, 2, 18, 2], 2),
};

// Swin transformer blocks of YOLOv7 and TPH-YOLOv5 (models/common.py): attention inside windows of the map.

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { only } from '../../../torch/layer.ts';
import { relu } from '../../../torch/nn/activation.ts';
import { linear } from '../../../torch/nn/linear.ts';
import { layerNorm } from '../../../torch/nn/norm.ts';
import { learned, matmul, permute, plus, reshape, sigmoid, sizesOf, slice, times } from '../../../torch/tensor.ts';
import { lookedUp, partition, threeOf, type Window } from '../../../torch/torchvision/windows.ts';
import { type Module, module, param, type Scope } from '../module.ts';
import { conv } from './conv.ts';

interface LayerArgs extends Window {
  readonly mlpRatio: number;
}

/** One layer: [1, C, H, W] → [1, C, H, W]. */
type Layer = (scope: Scope, x: Tensor, args: LayerArgs) => Tensor;

/** F.pad to a multiple of the window's side, below and at the right. */
function padded(scope: Scope, x: Tensor, size: number): Tensor {
  const [, , h, w] = sizesOf(x) as [number, number, number, number];
  const missing = (length: number): number => (size - (length % size)) % size;
  const after = [missing(h), missing(w)];
  if (after.every(length => length === 0)) return x;
  return scope.builder.add(ops.pad, { before: [0, 0], after, mode: 'constant' }, x, { functional: true });
}

function cropped(scope: Scope, x: Tensor, h: number, w: number): Tensor {
  const [, , high, wide] = sizesOf(x) as [number, number, number, number];
  let y = x;
  if (high !== h) y = slice(scope, y, 2, 0, h);
  if (wide !== w) y = slice(scope, y, 3, 0, w);
  return y;
}

/** [1, C, H, W] → [1, H·W, C]. */
function tokensOf(scope: Scope, x: Tensor): Tensor {
  const [, c, h, w] = sizesOf(x) as [number, number, number, number];
  return reshape(scope, permute(scope, x, 0, 2, 3, 1), [1, h * w, c]);
}

function imageOf(scope: Scope, tokens: Tensor, c: number, h: number, w: number): Tensor {
  return reshape(scope, permute(scope, tokens, 0, 2, 1), [1, c, h, w]);
}

/** window_reverse: [windows, size², C] → [1, H·W, C]. */
function reverse(scope: Scope, x: Tensor, c: number, h: number, w: number, size: number): Tensor {
  const cut = reshape(scope, x, [1, h / size, w / size, size, size, c]);
  return reshape(scope, permute(scope, cut, 0, 1, 3, 2, 4, 5), [1, h * w, c]);
}

/** softmax(scores + bias of the relative position [+ mask]) @ v, then proj. */
function mix(scope: Scope, scores: Tensor, bias: Tensor, v: Tensor, { c, shift }: Window): Tensor {
  const [windows, , places] = sizesOf(scores) as [number, number, number];
  let biased = plus(scope, scores, bias);
  if (shift > 0) {
    biased = plus(scope, biased, scope.builder.add(ops.constant, { shape: [windows, 1, places, places] }, []));
  }
  const attention = scope.builder.add(ops.softmax, { axis: -1 }, biased);
  const mixed = permute(scope, matmul(scope, attention, v), 0, 2, 1, 3);
  return scope.part('proj', 'Linear', () => linear(scope, reshape(scope, mixed, [windows, places, c]), c));
}

/** WindowAttention.forward: [windows, N, C] → the same. */
function windowAttention(scope: Scope, x: Tensor, window: Window, qkvBias: boolean): Tensor {
  return scope.part('attn', 'WindowAttention', () => {
    const { c, heads, size } = window;
    const qkv = scope.part('qkv', 'Linear', () => linear(scope, x, 3 * c, qkvBias));
    const [q, k, v] = threeOf(scope, qkv, window);
    const scaled = times(scope, q, scope.builder.add(ops.constant, { shape: [1] }, []));
    const scores = matmul(scope, scaled, k, { b: true });
    const table = learned(scope, [(2 * size - 1) ** 2, heads]);
    return mix(scope, scores, lookedUp(scope, table, window), v, window);
  });
}

/** WindowAttention_v2.forward: cosines instead of products, the bias made by two linear layers. */
function windowAttentionV2(scope: Scope, x: Tensor, window: Window): Tensor {
  return scope.part('attn', 'WindowAttention_v2', () => {
    const { c, heads, size } = window;
    const { builder } = scope;
    // F.linear with the weight of `qkv` and biases for queries and values only: no hook sees it.
    const product = linear(scope, x, 3 * c, false, { functional: true });
    const biases = ['q', 'v'].map(() => learned(scope, [c], 'biases'));
    const qkv = plus(
      scope,
      product,
      scope.builder.add(ops.concat, { axis: 0 }, [
        biases[0]!,
        builder.add(ops.constant, { shape: [c] }, []),
        biases[1]!,
      ]),
    );
    const [q, k, v] = threeOf(scope, qkv, window);
    const unit = (y: Tensor): Tensor => builder.add(ops.l2Norm, { axis: -1 }, y, { functional: true });
    const scale = learned(scope, [heads, 1, 1]);
    const factor = builder.add(ops.unary, { how: 'exp' }, scale);
    const scores = times(scope, matmul(scope, unit(q), unit(k), { b: true }), factor);
    const side = 2 * size - 1;
    const table = scope.part('cpb_mlp', 'Sequential', () => {
      const coordinates = builder.add(ops.constant, { shape: [1, side, side, 2] }, []);
      const hidden = relu(scope, linear(scope, coordinates, 512));
      return linear(scope, hidden, heads, false);
    });
    const bias = lookedUp(scope, reshape(scope, table, [side * side, heads]), window);
    const weight = builder.add(ops.constant, { shape: [1] }, []);
    return mix(scope, scores, times(scope, sigmoid(scope, bias), weight), v, window);
  });
}

function mlp(scope: Scope, x: Tensor, c: number, hidden: number, act: typeof ops.silu | typeof ops.gelu): Tensor {
  return scope.part('mlp', 'Mlp', () => {
    const y = scope.builder.add(act, {}, linear(scope, x, hidden));
    return linear(scope, y, c);
  });
}

/** SwinTransformerLayer of YOLOv7: pads first, so that norms and the MLP work on the border too. */
export const swinLayer: Layer = (scope, x, args) => {
  const { c, size, mlpRatio } = args;
  const [, , h, w] = sizesOf(x) as [number, number, number, number];
  const wide = padded(scope, x, size);
  const [, , high, across] = sizesOf(wide) as [number, number, number, number];
  const tokens = tokensOf(scope, wide);
  const normed = reshape(scope, layerNorm(scope, tokens), [1, high, across, c]);
  const windows = windowAttention(scope, partition(scope, normed, c, high, across, size), args, true);
  const y = plus(scope, tokens, reverse(scope, windows, c, high, across, size));
  const z = plus(scope, y, mlp(scope, layerNorm(scope, y), c, Math.trunc(c * mlpRatio), ops.silu));
  return cropped(scope, imageOf(scope, z, c, high, across), h, w);
};

/** SwinTransformerLayer_v2 of YOLOv7: norms after attention and MLP. */
export const swinLayerV2: Layer = (scope, x, args) => {
  const { c, size, mlpRatio } = args;
  const [, , h, w] = sizesOf(x) as [number, number, number, number];
  const wide = padded(scope, x, size);
  const [, , high, across] = sizesOf(wide) as [number, number, number, number];
  const tokens = tokensOf(scope, wide);
  const image = reshape(scope, tokens, [1, high, across, c]);
  const windows = windowAttentionV2(scope, partition(scope, image, c, high, across, size), args);
  const y = plus(scope, tokens, layerNorm(scope, reverse(scope, windows, c, high, across, size)));
  const z = plus(scope, y, layerNorm(scope, mlp(scope, y, c, Math.trunc(c * mlpRatio), ops.silu)));
  return cropped(scope, imageOf(scope, z, c, high, across), h, w);
};

/** SwinTransformerLayer of TPH-YOLOv5: pads after the norm and cuts off before the MLP; no bias for qkv. */
export const swinLayerTph: Layer = (scope, x, args) => {
  const { c, size, mlpRatio } = args;
  const [, , h, w] = sizesOf(x) as [number, number, number, number];
  const tokens = tokensOf(scope, x);
  const normed = layerNorm(scope, tokens);
  const wide = padded(scope, imageOf(scope, normed, c, h, w), size);
  const [, , high, across] = sizesOf(wide) as [number, number, number, number];
  const image = permute(scope, wide, 0, 2, 3, 1);
  const windows = windowAttention(scope, partition(scope, image, c, high, across, size), args, false);
  const whole = imageOf(scope, reverse(scope, windows, c, high, across, size), c, high, across);
  const y = plus(scope, tokens, tokensOf(scope, cropped(scope, whole, h, w)));
  const z = plus(scope, y, mlp(scope, layerNorm(scope, y), c, Math.trunc(c * mlpRatio), ops.gelu));
  return imageOf(scope, z, c, h, w);
};

export interface BlockArgs {
  c1: number;
  c2: number;
  num_heads: number;
  num_layers: number;
  window_size: number;
}

/** SwinTransformerBlock: layers whose windows are shifted by half a side in turn. */
export function swinBlock(name: string, layer: Layer, layerName: string, window: number): Module<BlockArgs> {
  return module<BlockArgs>({
    name,
    summary: () =>
      l10n.t('Transformer layers that attend inside windows of the feature map, alternately shifted (Swin).'),
    params: {
      c1: param.c1,
      c2: { ...param.c2, doc: () => l10n.t('Output channels.') },
      num_heads: { kind: 'int', doc: () => l10n.t('Heads; they must divide the channels.') },
      num_layers: { kind: 'int', min: 0, doc: () => l10n.t('Layers.') },
      window_size: {
        kind: 'int',
        min: 2,
        doc: () => l10n.t('Window side length, in positions of the feature map.'),
        default: window,
      },
    },
    forward: (scope, inputs, { c1, c2, num_heads: heads, num_layers, window_size: size }) => {
      const x = c1 === c2 ? only(inputs) : conv(scope, 'conv', only(inputs), c2);
      const [, , h, w] = sizesOf(x) as [number, number, number, number];
      if (heads < 1 || c2 % heads > 0) {
        const message = l10n.t('{0} channels cannot be divided among {1} attention heads.', c2, heads);
        const help = l10n.t('Use a multiple of 32 channels: Swin blocks inside others have one head per 32.');
        return scope.refuse({ code: 'features-not-divisible-by-heads', message, help, output: [1, c2, h, w] }, [x]);
      }
      return scope.part('blocks', 'Sequential', () =>
        scope.chain(num_layers, x, (y, index) =>
          scope.part(String(index), layerName, () =>
            layer(scope, y, { c: c2, heads, size, shift: index % 2 === 0 ? 0 : Math.floor(size / 2), mlpRatio: 4 }),
          ),
        ),
      );
    },
  });
}

interface SwinLayerArgs {
  dim: number;
  num_heads: number;
  window_size: number;
  shift_size: number;
  mlp_ratio: number;
}

/** A layer as a row of its own. */
export function swinLayerModule(name: string, layer: Layer, window: number): Module<SwinLayerArgs> {
  return module<SwinLayerArgs>({
    name,
    summary: () => l10n.t('One transformer layer that attends inside windows of the feature map (Swin).'),
    params: {
      dim: { ...param.c2, doc: () => l10n.t('Channels.') },
      num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads; they must divide the channels.') },
      window_size: {
        kind: 'int',
        min: 2,
        doc: () => l10n.t('Window side length, in positions of the feature map.'),
        default: window,
      },
      shift_size: { kind: 'int', min: 0, doc: () => l10n.t('How far the windows are shifted.'), default: 0 },
      mlp_ratio: { kind: 'number', doc: () => l10n.t('Hidden features of the MLP as a multiple.'), default: 4 },
    },
    forward: (
      scope,
      inputs,
      { dim: c, num_heads: heads, window_size: size, shift_size: shift, mlp_ratio: mlpRatio },
    ) => {
      const x = only(inputs);
      if (c % heads > 0) {
        const message = l10n.t('{0} channels cannot be divided among {1} attention heads.', c, heads);
        const help = l10n.t('Use a number of heads that divides the channels.');
        return scope.refuse({ code: 'features-not-divisible-by-heads', attr: 'num_heads', message, help }, [x]);
      }
      return layer(scope, x, { c, heads, size, shift, mlpRatio });
    },
  });
}

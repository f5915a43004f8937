// torchvision/models/vision_transformer.py: patches as tokens, a class token, and attention over all of them.

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Forward } from '../../layer.ts';
import { named } from '../../module.ts';
import { gelu } from '../../nn/activation.ts';
import { conv2d } from '../../nn/conv.ts';
import { dropout } from '../../nn/dropout.ts';
import { linear } from '../../nn/linear.ts';
import { layerNorm } from '../../nn/norm.ts';
import { cat, flatten, learned, permute, plus, reshape, slice } from '../../tensor.ts';
import { bare, chained, dense, type Model, type Step } from './model.ts';

interface ViT {
  readonly patch: number;
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
  /** The image size of weights that have one of their own; of all others 224. */
  readonly sizes?: ReadonlyMap<string, number>;
}

/** EncoderBlock; the MLP is four times as wide as the tokens. */
const encoderLayer =
  ({ hidden, heads }: ViT): Forward =>
  (scope, x) => {
    const normed = layerNorm(scope, x);
    const attended = scope.part('self_attention', 'MultiheadAttention', () =>
      scope.builder.add(ops.attention, { heads, bias: true }, [normed, normed, normed]),
    );
    const y = plus(scope, dropout(scope, attended), x);
    const mlp = (z: Tensor): Tensor =>
      scope.part('mlp', 'MLPBlock', () => linear(scope, gelu(scope, linear(scope, z, 4 * hidden)), hidden));
    return plus(scope, y, mlp(layerNorm(scope, y)));
  };

function vit(net: ViT, weights: string | undefined): readonly Step[] {
  const { patch, layers, hidden, sizes } = net;
  // Weights may be named with their class: ViT_B_16_Weights.IMAGENET1K_V1.
  const size = sizes?.get(weights?.split('.').at(-1) ?? '') ?? 224;
  const count = (size / patch) ** 2 + 1;
  return [
    bare('_process_input', (scope, x) => {
      const wrong = x.shape?.slice(2).some(length => length !== size && !Number.isNaN(length));
      if (!wrong) return x;
      const message = l10n.t(
        'This vision transformer takes {0}×{0} images only, the size of its learned position embedding, not {1}.',
        size,
        x.shape!.slice(2).join('×'),
      );
      const help = l10n.t('Set the input to that size.');
      return scope.refuse({ code: 'image-size-mismatch', input: 0, message, help, output: [1, 3, size, size] }, [x]);
    }),
    named('conv_proj', (scope, x) => conv2d(scope, x, { out: hidden, kernel: patch, stride: patch })),
    bare('class_token', (scope, x) => {
      const tokens = permute(scope, flatten(scope, x, 2), 0, 2, 1);
      const token = learned(scope, [1, 1, hidden]);
      return cat(scope, [token, tokens]);
    }),
    named('encoder', (scope, x) => {
      if (x.shape && x.shape.length !== 3) {
        const message = l10n.t(
          'Unwrapped, the encoder gets a map of patches instead of the list of tokens that it takes.',
        );
        const help = l10n.t('Set `truncate` to 2 to keep the patches, or `unwrap` to False.');
        return scope.refuse({ code: 'unwrapped-model', input: 0, message, help }, [x]);
      }
      const position = learned(scope, [1, count, hidden]);
      const start = dropout(scope, plus(scope, x, position));
      const run = chained(Array.from({ length: layers }, () => encoderLayer(net)));
      return layerNorm(
        scope,
        scope.part('layers', 'Sequential', () => run(scope, start)),
      );
    }),
    bare('x[:, 0]', (scope, x) => {
      const first = slice(scope, x, 1, 0, 1);
      return reshape(scope, first, [1, hidden]);
    }),
    named('heads', dense(hidden, 1000)),
  ];
}

const base = { layers: 12, heads: 12, hidden: 768 };
const large = { layers: 24, heads: 16, hidden: 1024 };
const huge = { layers: 32, heads: 16, hidden: 1280 };

export const vits: Readonly<Record<string, Model>> = {
  vit_b_16: weights => vit({ ...base, patch: 16, sizes: new Map([['IMAGENET1K_SWAG_E2E_V1', 384]]) }, weights),
  vit_b_32: weights => vit({ ...base, patch: 32 }, weights),
  vit_l_16: weights => vit({ ...large, patch: 16, sizes: new Map([['IMAGENET1K_SWAG_E2E_V1', 512]]) }, weights),
  vit_l_32: weights => vit({ ...large, patch: 32 }, weights),
  vit_h_14: weights =>
    vit(
      {
        ...huge,
        patch: 14,
        sizes: new Map([
          ['IMAGENET1K_SWAG_E2E_V1', 518],
          ['DEFAULT', 518],
        ]),
      },
      weights,
    ),
};

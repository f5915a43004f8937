// torch.nn.functional: interpolation, padding, windows, grids, attention, losses.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { type Native, PyFloat, plain, type Value } from '../../../../python/objects.ts';
import { followOneHot } from '../../chosen.ts';
import { isWhole } from '../../dtype.ts';
import type { PyTensor } from '../../tensor.ts';
import { valuesOf } from '../../values.ts';
import { apply, functionNamed, optionalTensor, tensorOf, unknownResult } from '../apply.ts';
import { projected } from '../kernels/attention.ts';
import { moving } from '../kernels/data.ts';
import { along, type LossSizes, loss } from '../kernels/loss.ts';
import { affineGrid, fold, gridSample, interpolate, pad, unfold } from '../kernels/resample.ts';
import { refusal } from '../layers/arguments.ts';
import { images, layerNamed } from '../layers/shared.ts';
import { flag, native, numberOf, unknownIn } from '../natives.ts';
import { runLayer } from '../recorded.ts';
import type { NN } from '../state.ts';

export function resampling(nn: NN): readonly Native[] {
  const of = (value: Value | undefined, what = 'input') => tensorOf(nn, value, what);
  const by = (name: string, factor: string, layer: string): Native =>
    native(name, `input, ${factor}`, ([x, value]) => {
      const why = unknownIn(value!);
      if (why) return unknownResult(nn, why, [of(x)]);
      const wrong = refusal(layer, { [factor]: value! }, nn.machine);
      if (wrong !== undefined) throw nn.machine.raise('TypeError', wrong);
      const image = images(nn, functionNamed(name), layerNamed(layer), of(x));
      const [y] = runLayer(nn, functionNamed(name), layerNamed(layer), [image.x], {
        [factor]: numberOf(value!) ?? 1,
      });
      return image.undo(y!);
    });
  return [
    native(
      'interpolate',
      "input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False",
      ([x, size, factor, mode]) =>
        interpolate(nn, functionNamed('interpolate'), of(x), { size: size!, factor: factor!, mode: mode! }),
    ),
    native(
      'upsample',
      "input, size=None, scale_factor=None, mode='nearest', align_corners=None",
      ([x, size, factor, mode]) =>
        interpolate(nn, functionNamed('upsample'), of(x), { size: size!, factor: factor!, mode: mode! }),
    ),
    ...(['nearest', 'bilinear'] as const).map(mode =>
      native(`upsample_${mode}`, 'input, size=None, scale_factor=None', ([x, size, factor]) =>
        interpolate(nn, functionNamed(`upsample_${mode}`), of(x), { size: size!, factor: factor!, mode }),
      ),
    ),
    native('pad', "input, pad, mode='constant', value=None", ([x, borders, mode]) =>
      pad(nn, functionNamed('pad'), of(x), borders!, mode!),
    ),
    native('unfold', 'input, kernel_size, dilation=1, padding=0, stride=1', ([x, kernel, dilation, padding, stride]) =>
      unfold(nn, functionNamed('unfold'), of(x), {
        kernel: kernel!,
        dilation: dilation!,
        padding: padding!,
        stride: stride!,
      }),
    ),
    native(
      'fold',
      'input, output_size, kernel_size, dilation=1, padding=0, stride=1',
      ([x, size, kernel, dilation, padding, stride]) =>
        fold(nn, functionNamed('fold'), of(x), size!, {
          kernel: kernel!,
          dilation: dilation!,
          padding: padding!,
          stride: stride!,
        }),
    ),
    native('grid_sample', "input, grid, mode='bilinear', padding_mode='zeros', align_corners=None", ([x, grid, mode]) =>
      gridSample(nn, functionNamed('grid_sample'), of(x), of(grid, 'grid'), mode!),
    ),
    native('affine_grid', 'theta, size, align_corners=None', ([theta, size]) =>
      affineGrid(nn, functionNamed('affine_grid'), of(theta, 'theta'), size!),
    ),
    by('pixel_shuffle', 'upscale_factor', 'PixelShuffle'),
    by('pixel_unshuffle', 'downscale_factor', 'PixelUnshuffle'),
    by('channel_shuffle', 'groups', 'ChannelShuffle'),
    native('one_hot', 'tensor, num_classes=-1', ([x, classes]) => oneHot(nn, of(x), classes!)),
  ];
}

function oneHot(nn: NN, x: PyTensor, classes: Value): PyTensor {
  if (x.hasType && (x.dtype === 'bool' || !isWhole(x.dtype)))
    throw nn.machine.raise('RuntimeError', 'one_hot is only applicable to index tensor of type LongTensor.');
  if (classes === null)
    throw nn.machine.raise('TypeError', "one_hot(): argument 'num_classes' must be int, not NoneType");
  if (typeof plain(classes) === 'boolean' || plain(classes) instanceof PyFloat)
    throw nn.machine.raise('TypeError', "one_hot(): argument 'num_classes' must be int");
  const given = numberOf(classes) ?? Number.NaN;
  // Without a number it is the largest index and one more.
  const values = given === -1 ? valuesOf(x) : undefined;
  const count =
    given === -1 ? (values ? values.reduce((most, value) => Math.max(most, value), -1) + 1 : Number.NaN) : given;
  if (!x.shape || Number.isNaN(count)) {
    const why = unknownIn(classes) ?? x.why ?? { message: l10n.t('the number of classes is not known') };
    return unknownResult(nn, why, [x], x.shape && [...x.shape, Number.NaN]);
  }
  const shape = [...x.shape, count];
  const result = apply(nn, functionNamed('one_hot'), moving('oneHot'), { shape }, [x], { dtype: 'int64' });
  followOneHot(nn.world, x, result);
  return result;
}

export function attention(nn: NN): readonly Native[] {
  const of = (value: Value | undefined, what: string) => tensorOf(nn, value, what);
  return [
    native(
      'scaled_dot_product_attention',
      'query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False',
      ([query, key, value, , , , , grouped]) => {
        const q = of(query, 'query');
        const grow = (x: PyTensor): PyTensor => (flag(grouped!) ? repeatHeads(nn, q, x) : x);
        const inputs = [q, grow(of(key, 'key')), grow(of(value, 'value'))];
        return apply(nn, functionNamed('scaled_dot_product_attention'), ops.scaledDotProduct, {}, inputs);
      },
    ),
    native(
      'multi_head_attention_forward',
      'query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True, is_causal=False',
      args => {
        const caller = functionNamed('multi_head_attention_forward');
        const [query, key, value, , heads, whole, bias, biasK, , zero, , outWeight, outBias] = args;
        const [needs, , separate, wq, wk, wv] = args.slice(15);
        const given = optionalTensor(nn, bias, 'in_proj_bias');
        const inBias = (at: number): PyTensor | undefined => given && third(nn, given, at);
        const inWeight = (each: Value | undefined, at: number): PyTensor =>
          flag(separate!) ? of(each, 'weight') : third(nn, of(whole, 'in_proj_weight'), at);
        return projected(
          nn,
          caller,
          [of(query, 'query'), of(key, 'key'), of(value, 'value')],
          [
            { weight: inWeight(wq, 0), bias: inBias(0) },
            { weight: inWeight(wk, 1), bias: inBias(1) },
            { weight: inWeight(wv, 2), bias: inBias(2) },
          ],
          { weight: of(outWeight, 'out_proj_weight'), bias: optionalTensor(nn, outBias, 'out_proj_bias') },
          {
            heads: numberOf(heads!) ?? Number.NaN,
            extra: (biasK === null ? 0 : 1) + (flag(zero!) ? 1 : 0),
            weights: flag(needs!, true) ? (flag(args[23]!, true) ? 'average' : 'heads') : 'none',
          },
        );
      },
    ),
  ];
}

/** One of the three parts of projections that are stored as one. */
function third(nn: NN, tensor: PyTensor, at: number): PyTensor {
  const length = (tensor.shape?.[0] ?? Number.NaN) / 3;
  const attrs = { axis: 0, start: at * length, end: (at + 1) * length, step: 1 };
  return apply(nn, functionNamed('chunk'), ops.slice, attrs, [tensor]);
}

/** Heads of keys and values that several heads of queries share. */
function repeatHeads(nn: NN, q: PyTensor, x: PyTensor): PyTensor {
  const heads = q.shape?.at(-3);
  if (!x.shape || heads === undefined || x.shape.at(-3) === heads) return x;
  const shape = x.shape.map((length, axis) => (axis === x.shape!.length - 3 ? heads : length));
  return apply(nn, functionNamed('repeat_interleave'), moving('repeat'), { shape }, [x]);
}

const legacy = "size_average=None, reduce=None, reduction='mean'";

/** By name: how many tensors come first, and the signature. */
const lossTable: Readonly<Record<string, readonly [tensors: number, signature: string]>> = {
  binary_cross_entropy: [2, `input, target, weight=None, ${legacy}`],
  binary_cross_entropy_with_logits: [2, `input, target, weight=None, ${legacy}, pos_weight=None`],
  cross_entropy: [
    2,
    "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0",
  ],
  nll_loss: [2, "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'"],
  l1_loss: [2, `input, target, ${legacy}, weight=None`],
  mse_loss: [2, `input, target, ${legacy}, weight=None`],
  smooth_l1_loss: [2, `input, target, ${legacy}, beta=1.0`],
  huber_loss: [2, "input, target, reduction='mean', delta=1.0, weight=None"],
  kl_div: [2, `input, target, ${legacy}, log_target=False`],
  poisson_nll_loss: [
    2,
    "input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'",
  ],
  gaussian_nll_loss: [3, "input, target, var, full=False, eps=1e-06, reduction='mean'"],
  hinge_embedding_loss: [2, `input, target, margin=1.0, ${legacy}`],
  soft_margin_loss: [2, `input, target, ${legacy}`],
  multi_margin_loss: [2, `input, target, p=1, margin=1.0, weight=None, ${legacy}`],
  multilabel_margin_loss: [2, `input, target, ${legacy}`],
  multilabel_soft_margin_loss: [2, `input, target, weight=None, ${legacy}`],
  margin_ranking_loss: [3, `input1, input2, target, margin=0, ${legacy}`],
  cosine_embedding_loss: [3, `input1, input2, target, margin=0, ${legacy}`],
  triplet_margin_loss: [
    3,
    "anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, size_average=None, reduce=None, reduction='mean'",
  ],
  ctc_loss: [2, "log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False"],
};

const lossSizes: Readonly<Record<string, LossSizes>> = {
  cross_entropy: 'classes',
  nll_loss: 'classes',
  binary_cross_entropy: 'equal',
  binary_cross_entropy_with_logits: 'equal',
  l1_loss: 'broadcast',
  mse_loss: 'broadcast',
  smooth_l1_loss: 'broadcast',
  huber_loss: 'broadcast',
  kl_div: 'broadcast',
};

export function losses(nn: NN): readonly Native[] {
  const of = (value: Value | undefined, what = 'input') => tensorOf(nn, value, what);
  return [
    ...Object.entries(lossTable).map(([name, [count, signature]]) => {
      const at = signature.split(', ').findIndex(part => part.startsWith('reduction='));
      return native(name, signature, args =>
        loss(
          nn,
          functionNamed(name),
          args.slice(0, count).map(each => of(each)),
          args[at]!,
          lossSizes[name],
        ),
      );
    }),
    native('cosine_similarity', 'x1, x2, dim=1, eps=1e-08', ([a, b, dim]) =>
      along(nn, functionNamed('cosine_similarity'), of(a, 'x1'), of(b, 'x2'), dim!),
    ),
    native('pairwise_distance', 'x1, x2, p=2.0, eps=1e-06, keepdim=False', ([a, b, , , keeps]) =>
      along(nn, functionNamed('pairwise_distance'), of(a, 'x1'), of(b, 'x2'), -1, keeps!),
    ),
  ];
}

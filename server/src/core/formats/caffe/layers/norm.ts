// Normalizations and their learned factors.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import type { ProtoField } from '../../../syntax/prototext.ts';
import type { Reason } from '../../../text/reason.ts';
import { Param } from '../param.ts';
import { axisOutOfRange, sizesText, unsupportedRank } from './complaints.ts';
import { canonical, fourAxes, type LayerType, type Scope } from './layer.ts';

export const BatchNorm: LayerType = {
  summary: () =>
    l10n.t('Normalizes each channel by statistics from training: C means, C variances and one factor, none learned.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'batch_norm_param',
  build: scope => {
    const { builder, x, param } = scope;
    // In NVIDIA's and Intel's forks, the scale and bias are here; in BVLC's, in a separate Scale layer.
    const affine = param.boolean('scale_bias', false) || param.boolean('use_weight_bias', false);
    if (!affine) checkRates(scope);
    if (x.shape && x.shape.length < 2) {
      // batch_norm_layer.cpp, Reshape: CHECK_EQ(bottom[0]->shape(1), channels_).
      return [scope.refuse(unsupportedRank('BatchNorm', x.shape, { min: 2 }, x.shape))];
    }
    return [builder.add(ops.batchNorm, { affine }, x)];
  },
};

/**
 * BatchNormLayer::LayerSetUp: its three blobs are statistics, so the learning rate of every `param` must be 0 (“Cannot
 * configure batch normalization statistics as layer parameters.”); without lr_mult it is 1.
 */
function checkRates({ layer, builder }: Scope): void {
  if (layer.form !== 'current') return;
  const params = layer.message.fields.filter(({ name, value }) => name === 'param' && value);
  for (const param of params.slice(0, 3)) {
    const message = paramMessage(param);
    if (!message || message.number('lr_mult', 1) === 0) continue;
    const rate = message.field('lr_mult');
    const range = rate?.value ? { from: rate.value.from, to: rate.value.to } : { from: param.from, to: param.nameTo };
    const fix = rate
      ? { title: l10n.t('Set lr_mult to 0'), edits: [{ ...range, text: '0' }] }
      : {
          title: l10n.t('Insert lr_mult: 0'),
          edits: [{ from: param.value!.from + 1, to: param.value!.from + 1, text: ' lr_mult: 0' }],
        };
    builder.problem({
      range,
      severity: 'error',
      code: 'learned-statistics',
      message: rate
        ? l10n.t(
            'The blobs of a BatchNorm are statistics, not learned weights, so Caffe rejects any lr_mult other than 0.',
          )
        : l10n.t(
            'The blobs of a BatchNorm are statistics, not learned weights, so Caffe rejects any lr_mult other than 0. Default: 1.',
          ),
      help: l10n.t(
        'Set lr_mult: 0, or remove all three “param” entries. A learned scale and bias belong in a Scale layer below.',
      ),
      fixes: [fix],
    });
  }
}

const paramMessage = (field: ProtoField): Param | undefined =>
  field.value?.kind === 'message' ? new Param(field.value, field) : undefined;

export const BN: LayerType = {
  summary: () => l10n.t('Batch normalization with a learned scale and bias per channel (SegNet, PSPNet).'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'bn_param',
  build: scope => {
    const { shape } = scope.x;
    if (shape && shape.length < 2) {
      return [scope.refuse(unsupportedRank('BN', shape, { min: 2 }, shape))];
    }
    const y = scope.builder.add(ops.batchNorm, { affine: true }, scope.x, { shares: scope.owner(0) });
    scope.own(0, y);
    return [y];
  },
};

export const Scale: LayerType = {
  summary: () =>
    l10n.t(
      'Multiplies each channel by a learned factor and, with `bias_term`, adds a learned bias; or multiplies two blobs.',
    ),
  bottoms: [1, 2],
  tops: [1, 1],
  param: 'scale_param',
  attrs: { bias: ['bias_term'] },
  build: scope => {
    const { builder, param } = scope;
    const inputs = scope.sampled();
    const x = inputs[0]!;
    const bias = param.boolean('bias_term', false);
    const other = inputs[1];
    if (other) {
      if (x.shape && !other.shape) return [shapedAsFirst(scope, inputs)];
      const factor = spread(scope, other);
      if (!factor) return [builder.unknown(mismatch(scope), inputs, x.shape)];
      const y = builder.add(ops.mul, {}, [x, factor]);
      if (!bias || !factor.shape) return [y];
      // The bias has the shape of the second bottom (scale_layer.cpp).
      return [plusLearned(scope, y, factor.shape, scope.samplesIn(other), 0)];
    }
    if (!x.shape) return [scope.unknown(x)];
    const place = learnedShape(scope);
    if (!place) return [scope.refuse(wrongPlace(scope, x.shape))];
    const { at, count, shape, samples, blob } = place;
    const factors = scope.owner(0, blob);
    const shifts = bias ? scope.owner(1, blob) : undefined;
    if (count === 1 && samples === 1 && (!bias || (factors === undefined) === (shifts === undefined))) {
      const y = builder.add(ops.scale, { bias, axis: at }, x, { shares: factors });
      scope.own(0, y, blob);
      if (bias) scope.own(1, y, blob);
      return [y];
    }
    const y = builder.add(ops.mul, {}, [x, learned(scope, shape, samples, 0, 'normAffine')]);
    return [bias ? plusLearned(scope, y, shape, samples, 1) : y];
  },
};

export const Bias: LayerType = {
  summary: () => l10n.t('Adds a learned bias to each channel; or adds two blobs.'),
  bottoms: [1, 2],
  tops: [1, 1],
  param: 'bias_param',
  build: scope => {
    const { builder } = scope;
    const inputs = scope.sampled();
    const x = inputs[0]!;
    const other = inputs[1];
    if (other) {
      if (x.shape && !other.shape) return [shapedAsFirst(scope, inputs)];
      const term = spread(scope, other);
      return [term ? builder.add(ops.add, {}, [x, term]) : builder.unknown(mismatch(scope), inputs, x.shape)];
    }
    if (!x.shape) return [scope.unknown(x)];
    const place = learnedShape(scope);
    if (!place) return [scope.refuse(wrongPlace(scope, x.shape))];
    if (place.count === 1 && place.samples === 1) {
      const y = builder.add(ops.bias, { axis: place.at }, x, { shares: scope.owner(0) });
      scope.own(0, y);
      return [y];
    }
    return [plusLearned(scope, x, place.shape, place.samples, 0, 'biases')];
  },
};

function plusLearned(
  scope: Scope,
  x: Tensor,
  shape: Shape,
  samples: number,
  index: number,
  role: 'normAffine' | 'biases' = 'normAffine',
): Tensor {
  return scope.builder.add(ops.add, {}, [x, learned(scope, shape, samples, index, role)]);
}

/** A parameter blob for one sample. If it includes the batch axis, it has numbers for each of `samples`. */
function learned(scope: Scope, shape: Shape, samples: number, index: number, role: 'normAffine' | 'biases'): Tensor {
  const whole = samples === 1 ? shape : [shape[0]! * samples, ...shape.slice(1)];
  const blob = scope.builder.add(ops.parameter, { shape: whole, role }, [], { shares: scope.owner(index) });
  scope.own(index, blob);
  return samples === 1 ? blob : scope.oneOf(blob);
}

/** Sizes of the learned blob, padded with ones to align its axes; `num_axes` −1 means all from `axis` on. */
function learnedShape(scope: Scope): Learned | undefined {
  const { param } = scope;
  const shape = scope.x.shape!;
  const wanted = param.integer('num_axes', 1);
  const at = canonical(param.integer('axis', 1), shape.length);
  if (wanted === 0) return { at: 0, count: 0, shape: [1], samples: 1, blob: [] };
  if (at === undefined) return undefined;
  const count = wanted === -1 ? shape.length - at : wanted;
  if (!(count >= 1 && at + count <= shape.length)) return undefined;
  const samples = at === 0 ? scope.samplesIn(scope.x) : 1;
  const own = shape.slice(at, at + count);
  const blob = samples === 1 ? own : [own[0]! * samples, ...own.slice(1)];
  return { at, count, shape: [...own, ...shape.slice(at + count).map(() => 1)], samples, blob };
}

/** Why `axis` and `num_axes` do not match axes of the input (ScaleLayer::LayerSetUp). */
function wrongPlace({ param }: Scope, shape: Shape): Complaint {
  const axis = param.integer('axis', 1);
  const count = param.integer('num_axes', 1);
  const at = canonical(axis, shape.length);
  if (at === undefined) return axisOutOfRange(axis, shape, 'axis', shape);
  const left = shape.length - at;
  return {
    code: 'num-axes-out-of-range',
    attr: 'num_axes',
    message:
      count < -1
        ? l10n.t('“num_axes” must be ≥ 0, or −1 for all axes from axis {0}.', axis)
        : l10n.t(
            'num_axes is {0}, but starting at axis {1} the input has only {2} ({3}).',
            count,
            axis,
            left,
            sizesText(shape),
          ),
    ...(count < -1 ? {} : { help: l10n.t('Use at most {0}, or −1 for all.', left) }),
    short: l10n.t('num_axes out of range'),
    output: shape,
  };
}

interface Learned {
  readonly at: number;
  readonly count: number;
  /** For one sample. */
  readonly shape: Shape;
  /** How many samples its first size represents. */
  readonly samples: number;
  /** The sizes of the blob in Caffe. */
  readonly blob: Shape;
}

/** An unknown tensor with the first bottom's shape: the top has that, whatever the second's (ScaleLayer::Reshape). */
function shapedAsFirst({ builder }: Scope, inputs: readonly Tensor[]): Tensor {
  const why = inputs[1]!.why ?? l10n.t('the shape of the second bottom is not known');
  return builder.unknown(why, inputs, inputs[0]!.shape);
}

/** The second bottom, reshaped to align with the first one's axes from `axis` on; undefined if sizes differ. */
function spread(scope: Scope, other: Tensor): Tensor | undefined {
  const { builder, param } = scope;
  const x = scope.x.shape;
  const own = other.shape;
  if (!x || !own) return other;
  // Caffe: a single number has no axis; other bottoms begin at `axis` (scale_layer.cpp, Reshape).
  const at = own.length === 0 ? 0 : canonical(param.integer('axis', 1), x.length);
  if (at === undefined || at + own.length > x.length) return undefined;
  if (own.some((length, axis) => length !== x[at + axis] && !Number.isNaN(length) && !Number.isNaN(x[at + axis]))) {
    return undefined;
  }
  const behind = x.slice(at + own.length).map(() => 1);
  if (behind.length === 0) return other;
  return builder.add(ops.reshape, { shape: [...own, ...behind] }, other);
}

function mismatch(scope: Scope): Reason {
  const [x, other] = scope.inputs as readonly [Tensor, Tensor];
  const axis = scope.param.integer('axis', 1);
  return scope.builder.complain({
    code: 'second-bottom-mismatch',
    input: 1,
    message: l10n.t(
      '“{0}” ({1}) does not match “{2}” ({3}) starting at axis {4}.',
      scope.bottomName(1),
      sizesText(other.shape!),
      scope.bottomName(0),
      sizesText(x.shape!),
      axis,
    ),
    help: l10n.t('Change the axis, or reshape the bottom.'),
    short: l10n.t('bottoms do not match'),
  });
}

export const LRN: LayerType = {
  summary: () => l10n.t('Divides each value by the energy of its neighbors, across channels or around it.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'lrn_param',
  attrs: { size: ['local_size'] },
  build: scope => {
    const { builder, x, param } = scope;
    const size = param.natural('local_size', 5);
    if (x.shape && x.shape.length !== 4) {
      // lrn_layer.cpp, Reshape: CHECK_EQ(4, bottom[0]->num_axes()).
      return [scope.refuse(unsupportedRank('LRN', x.shape, { min: 4, max: 4 }, x.shape))];
    }
    if (size % 2 === 0) {
      return [
        scope.refuse({
          code: 'even-local-size',
          attr: 'local_size',
          message: l10n.t(
            '“local_size” must be odd, not {0}: LRN uses the same number of neighbors on each side.',
            size,
          ),
          help: size < 2 ? l10n.t('Use {0}.', size + 1) : l10n.t('Use {0} or {1}.', size - 1, size + 1),
          short: l10n.t('local_size is even'),
          ...(x.shape ? { output: x.shape } : {}),
        }),
      ];
    }
    const regions = ['ACROSS_CHANNELS', 'WITHIN_CHANNEL'];
    if (param.word('norm_region', 'ACROSS_CHANNELS', regions) !== 'WITHIN_CHANNEL' || x.shape?.length !== 4) {
      return [builder.add(ops.lrn, { size }, x)];
    }
    // lrn_layer.cpp, WithinChannelForward: square, mean over a window, power, product.
    const pad = (size - 1) / 2;
    const square = builder.add(ops.unary, { how: 'square' }, x);
    const mean = builder.add(
      ops.avgPool,
      { kernel: [size, size], stride: [1, 1], padding: [pad, pad], rounding: 'caffe', includePadding: true },
      square,
    );
    return [builder.add(ops.mul, {}, [x, builder.add(ops.unary, { how: 'pow' }, mean)])];
  },
};

export const MVN: LayerType = {
  summary: () =>
    l10n.t('Normalizes each channel to zero mean and, by default, unit variance, using its own statistics.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'mvn_param',
  build: scope => {
    const { builder, param } = scope;
    let { x } = scope;
    if (!x.shape) return [scope.unknown(x)];
    const rank = 4;
    // It uses num, channels, height and width: the top has four axes in any case.
    if (x.shape.length > rank) {
      return [scope.refuse(unsupportedRank('MVN', x.shape, { max: rank }, x.shape))];
    }
    if (x.shape.length < rank) x = builder.add(ops.reshape, { shape: fourAxes(x.shape) }, x);
    const across = param.boolean('across_channels', false);
    if (!param.boolean('normalize_variance', true)) {
      const axes = Array.from({ length: rank }, (_, axis) => axis).slice(across ? 1 : 2);
      return [builder.add(ops.sub, {}, [x, builder.add(ops.reduce, { how: 'mean', axes, keep: true }, x)])];
    }
    if (!across) return [builder.add(ops.instanceNorm, { affine: false }, x)];
    return [builder.add(ops.layerNorm, { axes: rank - 1, affine: false, bias: false }, x)];
  },
};

/** SSD's normalize_layer.cpp: divides each position by its vector's length, or the whole map; then a learned factor. */
export const Normalize: LayerType = {
  summary: () =>
    l10n.t(
      'Divides by the L2 norm of each position’s vector (or of the whole feature map), then multiplies by learned factors (SSD).',
    ),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'norm_param',
  build: scope => {
    const { builder, x, param } = scope;
    if (!x.shape) return [scope.unknown(x)];
    if (x.shape.length < 2) {
      return [scope.refuse(unsupportedRank('Normalize', x.shape, { min: 2 }, x.shape))];
    }
    let y: Tensor;
    if (param.boolean('across_spatial', true) && x.shape.length > 2) {
      const flat = builder.add(ops.flatten, { start: 1, end: -1 }, x);
      y = builder.add(ops.reshape, { shape: x.shape }, builder.add(ops.l2Norm, { axis: 1 }, flat));
    } else y = builder.add(ops.l2Norm, { axis: 1 }, x);
    if (!param.boolean('channel_shared', true)) {
      const z = builder.add(ops.scale, { bias: false, axis: 1 }, y, { shares: scope.owner(0) });
      scope.own(0, z);
      return [z];
    }
    const factor = builder.add(ops.parameter, { shape: [1], role: 'normAffine' }, [], { shares: scope.owner(0) });
    scope.own(0, factor);
    return [builder.add(ops.mul, {}, [y, factor])];
  },
};

// Layers that combine blobs or split them.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import { axisOutOfRange, bothGiven, sizesText } from './complaints.ts';
import { canonical, isKnown, type LayerType, type Scope } from './layer.ts';

export const Eltwise: LayerType = {
  summary: () => l10n.t('Adds, multiplies, or takes the maximum of blobs of the same shape, element by element.'),
  bottoms: [2, 1000],
  tops: [1, 1],
  param: 'eltwise_param',
  build: scope => {
    const { builder, param } = scope;
    const inputs = scope.sampled();
    const different = checkSame(scope, inputs);
    if (different) return [scope.refuse(different)];
    // LayerSetUp checks this before it looks at shapes.
    const operation = param.word('operation', 'SUM', ['PROD', 'SUM', 'MAX']);
    const coefficients = param.numbers('coeff');
    if (coefficients.length > 0) {
      const wrong = checkCoefficients(coefficients, operation, inputs.length);
      if (wrong) builder.complain(wrong);
    }
    const unknown = inputs.find(({ shape }) => !shape);
    // All bottoms must have the same shape, so any known one gives the top's.
    const known = agreed(inputs);
    if (unknown && known) return [scope.unknown(unknown, known, inputs)];
    if (operation === 'PROD') return [builder.add(ops.mul, {}, inputs)];
    if (operation === 'MAX') return [builder.add(ops.maximum, {}, inputs)];
    const terms = inputs.map((x, index) => {
      const factor = coefficients[index] ?? 1;
      return factor === 1 ? x : builder.add(ops.mul, {}, [x, builder.add(ops.constant, { shape: [1] }, [])]);
    });
    return [builder.add(ops.add, {}, terms)];
  },
};

function checkCoefficients(coefficients: readonly number[], operation: string, bottoms: number): Complaint | undefined {
  if (operation === 'PROD') {
    return {
      code: 'coefficients-of-product',
      attr: 'coeff',
      message: l10n.t('A product takes no coefficients.'),
      help: l10n.t('Remove “coeff”, or use operation: SUM.'),
    };
  }
  const count = coefficients.length;
  if (count === bottoms) return undefined;
  return {
    code: 'value-count-mismatch',
    attr: 'coeff',
    message:
      count === 1
        ? l10n.t('There is 1 coefficient for {0} bottoms.', bottoms)
        : l10n.t('There are {0} coefficients for {1} bottoms.', count, bottoms),
    help: l10n.t('Set one per bottom, or none.'),
  };
}

/**
 * Caffe's Eltwise does not broadcast (eltwise_layer.cpp: CHECK(bottom[i]->shape() == bottom[0]->shape())). It is
 * unknown which of two different sizes is wrong, so the top has neither, and layers below do not report the same
 * mistake again.
 */
function checkSame(scope: Scope, inputs: readonly Tensor[]): Complaint | undefined {
  const at = inputs.findIndex(({ shape }) => shape);
  const first = inputs[at]?.shape;
  if (!first) return undefined;
  for (let index = at + 1; index < inputs.length; index++) {
    const { shape } = inputs[index]!;
    if (!shape || agrees(first, shape)) continue;
    const isRanked = inputs.every(other => !other.shape || other.shape.length === first.length);
    return {
      ...unequal(scope, [at, first], [index, shape]),
      ...(isRanked ? { output: first.map((_, axis) => sizeOf(inputs, axis)) } : {}),
    };
  }
  return undefined;
}

/** The complaint about two bottoms (index and shape) with different shapes. */
function unequal(scope: Scope, a: readonly [number, Shape], b: readonly [number, Shape]): Complaint {
  const [first, second] = [scope.bottomName(a[0]), scope.bottomName(b[0])];
  return {
    code: 'elementwise-shape-mismatch',
    input: b[0],
    message: l10n.t(
      '{0} needs equal shapes, but “{1}” is {2} and “{3}” is {4}.',
      scope.layer.type,
      first,
      sizesText(a[1]),
      second,
      sizesText(b[1]),
    ),
    short: l10n.t('input shapes do not match'),
  };
}

/** The shape that the known inputs agree on; undefined if none is known. */
function agreed(inputs: readonly Tensor[]): Shape | undefined {
  const first = inputs.find(({ shape }) => shape)?.shape;
  return first?.map((_, axis) => sizeOf(inputs, axis));
}

/** The size that all inputs with this axis agree on; NaN if two differ, or none is known. Axis 0 is the batch. */
function sizeOf(inputs: readonly Tensor[], axis: number): number {
  if (axis === 0) return inputs.find(({ shape }) => shape)?.shape?.[0] ?? Number.NaN;
  const sizes = inputs.flatMap(({ shape }) => (shape && !Number.isNaN(shape[axis]) ? [shape[axis]!] : []));
  return sizes.length > 0 && sizes.every(size => size === sizes[0]) ? sizes[0]! : Number.NaN;
}

function agrees(a: Shape, b: Shape, but = -1): boolean {
  if (a.length !== b.length) return false;
  return a.every((length, axis) => axis === but || length === b[axis] || Number.isNaN(length) || Number.isNaN(b[axis]));
}

export const Concat: LayerType = {
  summary: () => l10n.t('Concatenates blobs along an axis. Default axis: channels.'),
  bottoms: [1, 1000],
  tops: [1, 1],
  param: 'concat_param',
  attrs: { axis: ['axis', 'concat_dim'] },
  build: scope => {
    const { builder, param } = scope;
    const inputs = scope.sampled();
    const axis = axisOf(scope, 'concat_dim');
    const known = inputs.findIndex(({ shape }) => shape);
    const first = inputs[known]?.shape;
    if (first) {
      const at = canonical(axis, first.length);
      if (at === undefined)
        return [scope.refuse(axisOutOfRange(axis, first, param.has('axis') ? 'axis' : 'concat_dim'))];
      // Sizes along the axis add up; other sizes that differ are unknown.
      const joined = (): Shape =>
        first.map((_, own) =>
          own === at
            ? inputs.reduce((sum, { shape }) => sum + (shape ? shape[at]! : Number.NaN), 0)
            : sizeOf(inputs, own),
        );
      for (let index = known + 1; index < inputs.length; index++) {
        const { shape } = inputs[index]!;
        if (!shape || agrees(first, shape, at)) continue;
        const isRanked = inputs.every(other => !other.shape || other.shape.length === first.length);
        const names = [scope.bottomName(known), scope.bottomName(index)] as const;
        return [
          scope.refuse({
            code: shape.length === first.length ? 'concat-size-mismatch' : 'concat-rank-mismatch',
            input: index,
            message: l10n.t(
              'Blobs concatenated along axis {0} must agree on all other axes, but “{1}” is {2} and “{3}” is {4}.',
              axis,
              names[0],
              sizesText(first),
              names[1],
              sizesText(shape),
            ),
            short: l10n.t('input shapes do not match'),
            ...(isRanked ? { output: joined() } : {}),
          }),
        ];
      }
      const unknown = inputs.find(({ shape }) => !shape);
      if (unknown) return [scope.unknown(unknown, joined(), inputs)];
    }
    return [builder.add(ops.concat, { axis }, inputs)];
  },
};

/** `axis`, or its former name. */
function axisOf({ builder, param }: Scope, old: string): number {
  if (!param.has(old)) return param.integer('axis', 1);
  if (param.has('axis')) {
    builder.complain({ ...bothGiven(old, 'axis'), help: l10n.t('Keep only “axis”.') });
    return param.integer('axis', 1);
  }
  return param.natural(old, 1);
}

export const Slice: LayerType = {
  summary: () => l10n.t('Slices a blob along an axis, into equal parts unless `slice_point` is set.'),
  bottoms: [1, 1],
  tops: [1, 1000],
  param: 'slice_param',
  attrs: { axis: ['axis', 'slice_dim'], sizes: ['slice_point'] },
  build: scope => {
    const { builder, x, param, layer } = scope;
    const axis = axisOf(scope, 'slice_dim');
    const pieces = Math.max(1, layer.tops.length);
    if (!x.shape) return layer.tops.map(() => scope.unknown(x));
    const at = canonical(axis, x.shape.length);
    const all = (tensor: Tensor): readonly Tensor[] => Array(pieces).fill(tensor) as Tensor[];
    if (at === undefined)
      return all(scope.refuse(axisOutOfRange(axis, x.shape, param.has('slice_dim') ? 'slice_dim' : 'axis')));
    const length = x.shape[at]!;
    const output = x.shape.map((size, own) => (own === at ? Number.NaN : size));
    const points = param.naturals('slice_point');
    if (points.length === 0) {
      if (length % pieces > 0) {
        return all(
          scope.refuse({
            code: 'uneven-slices',
            attr: 'type',
            message: l10n.t(
              'Axis {0} of “{1}” has {2} elements ({3}), which cannot be split evenly into {4} tops.',
              axis,
              scope.bottomName(0),
              length,
              sizesText(x.shape),
              pieces,
            ),
            help: l10n.t('Use a number of tops that divides it, or set slice_point.'),
            short: l10n.t('{0} is not a multiple of {1} tops', length, pieces),
            output,
          }),
        );
      }
      return builder.addAll(ops.split, { axis: at, sizes: Array(pieces).fill(length / pieces) as number[] }, x);
    }
    if (points.length !== pieces - 1) {
      const count = points.length;
      return all(
        scope.refuse({
          code: 'value-count-mismatch',
          attr: 'slice_point',
          message:
            pieces === 1
              ? l10n.t('One top needs no slice_point, but {0} are set.', count)
              : l10n.t('{0} tops need {1} slice_point values, not {2}.', pieces, pieces - 1, count),
          short: l10n.t('wrong number of slice_point'),
          output,
        }),
      );
    }
    const sizes = [...points, length].map((point, index) => point - (points[index - 1] ?? 0));
    if (sizes.some(size => size < 1)) {
      return all(
        scope.refuse({
          code: 'slice-points-out-of-order',
          attr: 'slice_point',
          message: l10n.t(
            'Slice points must increase and lie within the axis of {0} elements, but they are {1}.',
            length,
            points.join(', '),
          ),
          short: l10n.t('slice points do not increase inside the axis'),
          output,
        }),
      );
    }
    return builder.addAll(ops.split, { axis: at, sizes }, x);
  },
};

export const Split: LayerType = {
  summary: () => l10n.t('Passes its input through under several names.'),
  bottoms: [1, 1],
  tops: [1, 1000],
  build: ({ builder, x, layer }) => layer.tops.map(() => builder.add(ops.identity, {}, x)),
};

/**
 * SENet's fork: the bottoms are factors [N, C, 1, 1], the tensor they multiply, and the addend (axpy_layer.cpp,
 * Reshape).
 */
export const Axpy: LayerType = {
  summary: () => l10n.t('a · x + y, with one a per channel (SENet).'),
  bottoms: [3, 3],
  tops: [1, 1],
  build: scope => {
    const [a, x, y] = scope.inputs as readonly [Tensor, Tensor, Tensor];
    if (x.shape && y.shape && !agrees(x.shape, y.shape)) {
      return [scope.refuse(unequal(scope, [1, x.shape], [2, y.shape]))];
    }
    const wrong = unlikeFactors(scope, x, a, 0);
    if (wrong) return [scope.refuse(wrong)];
    return [scope.builder.add(ops.add, {}, [scaled(scope, x, a), y])];
  },
};

export const ChannelScale: LayerType = {
  summary: () => l10n.t('Multiplies each channel (or position) of one blob by the factors of the other.'),
  bottoms: [2, 2],
  tops: [1, 1],
  build: scope => {
    const [a, b] = scope.inputs as readonly [Tensor, Tensor];
    const isFirstLarger = !a.shape || !b.shape || elements(a.shape) >= elements(b.shape);
    const [x, factors, index] = isFirstLarger ? [a, b, 1] : [b, a, 0];
    const wrong = unlikeFactors(scope, x, factors, index);
    return [wrong ? scope.refuse(wrong) : scaled(scope, x, factors)];
  },
};

/** The factors must have the sizes of the tensor they multiply, or 1. */
function unlikeFactors(scope: Scope, x: Tensor, factors: Tensor, index: number): Complaint | undefined {
  if (!x.shape || !factors.shape) return undefined;
  const { length } = x.shape;
  const wrong =
    factors.shape.length > length || factors.shape.some((size, at) => size !== 1 && Math.abs(size - x.shape![at]!) > 0);
  if (!wrong) return undefined;
  return {
    code: 'factor-shape-mismatch',
    input: index,
    message: l10n.t(
      '“{0}” ({1}) must have one factor per channel of the blob that it multiplies ({2}).',
      scope.bottomName(index),
      sizesText(factors.shape),
      sizesText(x.shape),
    ),
    short: l10n.t('factors do not match the channels'),
    output: x.shape,
  };
}

/** Factors [N, C] apply to channels. */
function scaled({ builder }: Scope, x: Tensor, factors: Tensor): Tensor {
  const missing = (x.shape?.length ?? 0) - (factors.shape?.length ?? 0);
  const isShort = factors.shape && missing > 0 && factors.shape.length >= 1;
  const shape = isShort ? [...factors.shape, ...(Array(missing).fill(1) as number[])] : [];
  return builder.add(ops.mul, {}, [x, isShort ? builder.add(ops.reshape, { shape }, factors) : factors]);
}

const elements = (shape: Shape): number => (isKnown(shape) ? shape.reduce((whole, length) => whole * length, 1) : 0);

// Layers that join blobs or cut them into pieces.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import { canonical, isKnown, type LayerType, type Scope, sizesText, wrongAxis } from './layer.ts';

export const Eltwise: LayerType = {
  summary: 'Adds, multiplies, or takes the larger of blobs of one shape, element by element.',
  bottoms: [2, 1000],
  tops: [1, 1],
  param: 'eltwise_param',
  build: scope => {
    const { builder, param } = scope;
    const inputs = scope.sampled();
    const different = checkSame(scope, inputs);
    if (different) return [scope.refuse(different)];
    // Checked in LayerSetUp, before any shape is looked at.
    const operation = param.word('operation', 'SUM', ['PROD', 'SUM', 'MAX']);
    const coefficients = param.numbers('coeff');
    if (coefficients.length > 0) {
      const wrong = checkCoefficients(coefficients, operation, inputs.length);
      if (wrong) builder.complain(wrong);
    }
    const unknown = inputs.find(({ shape }) => !shape);
    // All bottoms have one shape, or Caffe stops: that of those that are known is the top's.
    const known = agreed(inputs);
    if (unknown && known) return [builder.unknown(unknown.why ?? 'the shape of an input is not known', inputs, known)];
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
      code: 'wrong-value',
      attr: 'coeff',
      message: 'A product has no coefficients. Leave “coeff” out, or use SUM.',
    };
  }
  if (coefficients.length === bottoms) return undefined;
  const message = `There are ${coefficients.length} coefficients for ${bottoms} bottoms. Give one for each, or none.`;
  return { code: 'wrong-value', attr: 'coeff', message };
}

/**
 * Caffe's Eltwise does not broadcast (eltwise_layer.cpp: CHECK(bottom[i]->shape() == bottom[0]->shape())). Which of two
 * sizes is the wrong one cannot be known, so the top has neither: what lies below is not blamed for it again.
 */
function checkSame(scope: Scope, inputs: readonly Tensor[]): Complaint | undefined {
  const at = inputs.findIndex(({ shape }) => shape);
  const first = inputs[at]?.shape;
  if (!first) return undefined;
  for (let index = at + 1; index < inputs.length; index++) {
    const { shape } = inputs[index]!;
    if (!shape || agrees(first, shape)) continue;
    const isRanked = inputs.every(other => !other.shape || other.shape.length === first.length);
    const message = `Eltwise needs equal shapes, but “${scope.bottomName(at)}” is ${sizesText(first)} and “${scope.bottomName(index)}” is ${sizesText(shape)}. Make them agree.`;
    return {
      code: 'shape-mismatch',
      input: index,
      message,
      ...(isRanked ? { output: first.map((_, axis) => sizeOf(inputs, axis)) } : {}),
    };
  }
  return undefined;
}

/** The shape that the known inputs agree on; undefined where none is known. */
function agreed(inputs: readonly Tensor[]): Shape | undefined {
  const first = inputs.find(({ shape }) => shape)?.shape;
  return first?.map((_, axis) => sizeOf(inputs, axis));
}

/** The size on which all inputs agree that have one there; NaN where two differ, or none is known. Axis 0 is the batch. */
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
  summary: 'Puts blobs one behind the other along an axis, the channels unless set. Computes nothing.',
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
      if (at === undefined) return [scope.refuse(wrongAxis(axis, first, param.has('axis') ? 'axis' : 'concat_dim'))];
      // Sizes along the axis add up; of the others that disagree none is taken for right.
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
        const message = `Blobs that are joined along axis ${axis} must agree in all others, but “${scope.bottomName(known)}” is ${sizesText(first)} and “${scope.bottomName(index)}” is ${sizesText(shape)}.`;
        return [
          scope.refuse({ code: 'shape-mismatch', input: index, message, ...(isRanked ? { output: joined() } : {}) }),
        ];
      }
      const unknown = inputs.find(({ shape }) => !shape);
      if (unknown) return [builder.unknown(unknown.why ?? 'the shape of an input is not known', inputs, joined())];
    }
    return [builder.add(ops.concat, { axis }, inputs)];
  },
};

/** `axis`, or what it was called before. */
function axisOf({ builder, param }: Scope, old: string): number {
  if (!param.has(old)) return param.integer('axis', 1);
  if (param.has('axis')) {
    builder.complain({
      code: 'wrong-value',
      attr: old,
      message: `Both “axis” and “${old}” are given. Use axis alone.`,
    });
    return param.integer('axis', 1);
  }
  return param.natural(old, 1);
}

export const Slice: LayerType = {
  summary: 'Cuts a blob along an axis into pieces, equal ones unless points are given. Copies nothing.',
  bottoms: [1, 1],
  tops: [1, 1000],
  param: 'slice_param',
  attrs: { axis: ['axis', 'slice_dim'], sizes: ['slice_point'] },
  build: scope => {
    const { builder, x, param, layer } = scope;
    const axis = axisOf(scope, 'slice_dim');
    const pieces = Math.max(1, layer.tops.length);
    if (!x.shape) return layer.tops.map(() => builder.unknown(x.why ?? 'the shape of its input is not known', [x]));
    const at = canonical(axis, x.shape.length);
    const all = (tensor: Tensor): readonly Tensor[] => Array(pieces).fill(tensor) as Tensor[];
    if (at === undefined)
      return all(scope.refuse(wrongAxis(axis, x.shape, param.has('slice_dim') ? 'slice_dim' : 'axis')));
    const length = x.shape[at]!;
    const output = x.shape.map((size, own) => (own === at ? Number.NaN : size));
    const points = param.naturals('slice_point');
    if (points.length === 0) {
      if (length % pieces > 0) {
        const message = `${pieces} tops do not divide axis ${axis} of “${scope.bottomName(0)}”, which has ${length} (${sizesText(x.shape)}). Use a divisor, or give slice_point.`;
        return all(scope.refuse({ code: 'wrong-value', attr: 'type', message, output }));
      }
      return builder.addAll(ops.split, { axis: at, sizes: Array(pieces).fill(length / pieces) as number[] }, x);
    }
    if (points.length !== pieces - 1) {
      const message = `${pieces} tops need ${pieces - 1} slice_point, but there ${points.length === 1 ? 'is 1' : `are ${points.length}`}.`;
      return all(scope.refuse({ code: 'wrong-value', attr: 'slice_point', message, output }));
    }
    const sizes = [...points, length].map((point, index) => point - (points[index - 1] ?? 0));
    if (sizes.some(size => size < 1)) {
      const message = `Slice points grow and lie inside the axis, but ${points.join(', ')} of ${length} do not.`;
      return all(scope.refuse({ code: 'wrong-value', attr: 'slice_point', message, output }));
    }
    return builder.addAll(ops.split, { axis: at, sizes }, x);
  },
};

export const Split: LayerType = {
  summary: 'Hands its input on under several names.',
  bottoms: [1, 1],
  tops: [1, 1000],
  build: ({ builder, x, layer }) => layer.tops.map(() => builder.add(ops.identity, {}, x)),
};

/** SENet's fork: bottoms are the factors [N, C, 1, 1], what they multiply, and what is added (axpy_layer.cpp, Reshape). */
export const Axpy: LayerType = {
  summary: 'a · x + y, with one a for each channel (SENet).',
  bottoms: [3, 3],
  tops: [1, 1],
  build: scope => {
    const [a, x, y] = scope.inputs as readonly [Tensor, Tensor, Tensor];
    if (x.shape && y.shape && !agrees(x.shape, y.shape)) {
      const message = `Axpy adds blobs of one shape, but “${scope.bottomName(1)}” is ${sizesText(x.shape)} and “${scope.bottomName(2)}” is ${sizesText(y.shape)}. Make them agree.`;
      return [scope.refuse({ code: 'shape-mismatch', input: 2, message })];
    }
    const wrong = unlikeFactors(scope, x, a, 0);
    if (wrong) return [scope.refuse(wrong)];
    return [scope.builder.add(ops.add, {}, [scaled(scope, x, a), y])];
  },
};

export const ChannelScale: LayerType = {
  summary: 'Multiplies each channel (or position) of one blob with the factors of the other.',
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

/** Factors have the sizes of what they multiply, or 1. */
function unlikeFactors(scope: Scope, x: Tensor, factors: Tensor, index: number): Complaint | undefined {
  if (!x.shape || !factors.shape) return undefined;
  const { length } = x.shape;
  const wrong =
    factors.shape.length > length || factors.shape.some((size, at) => size !== 1 && Math.abs(size - x.shape![at]!) > 0);
  if (!wrong) return undefined;
  const message = `“${scope.bottomName(index)}” (${sizesText(factors.shape)}) must have one factor for each channel of what it multiplies (${sizesText(x.shape)}). Make its channels agree.`;
  return { code: 'shape-mismatch', input: index, message, output: x.shape };
}

/** Factors [N, C] are those of channels. */
function scaled({ builder }: Scope, x: Tensor, factors: Tensor): Tensor {
  const missing = (x.shape?.length ?? 0) - (factors.shape?.length ?? 0);
  const isShort = factors.shape && missing > 0 && factors.shape.length >= 1;
  const shape = isShort ? [...factors.shape, ...(Array(missing).fill(1) as number[])] : [];
  return builder.add(ops.mul, {}, [x, isShort ? builder.add(ops.reshape, { shape }, factors) : factors]);
}

const elements = (shape: Shape): number => (isKnown(shape) ? shape.reduce((whole, length) => whole * length, 1) : 0);

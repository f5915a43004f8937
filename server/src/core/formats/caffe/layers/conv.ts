// Layers with sliding windows or matrices: Convolution, Deconvolution, InnerProduct, Im2col.
import * as l10n from '@vscode/l10n';
import type { NodeOptions } from '../../../graph/builder.ts';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import { samePadding } from '../../../ops/rules/window.ts';
import {
  axisOutOfRange,
  belowOne,
  bothGiven,
  missingCounterpart,
  missingField,
  missingNumber,
  sizesText,
} from './complaints.ts';
import { canonical, isComplaint, type LayerType, product, type Scope } from './layer.ts';

const attrs = {
  out: ['num_output'],
  kernel: ['kernel_size', 'kernel_h', 'kernel_w'],
  stride: ['stride', 'stride_h', 'stride_w'],
  padding: ['pad', 'pad_h', 'pad_w', 'pad_t', 'pad_l', 'pad_b', 'pad_r'],
  dilation: ['dilation', 'hole', 'hole_h', 'kstride'],
  groups: ['group'],
  bias: ['bias_term'],
} as const;

export const Convolution: LayerType = {
  summary: () => l10n.t('A convolution; output sizes are rounded down.'),
  bottoms: [1, 1000],
  tops: [1, 1000],
  param: 'convolution_param',
  attrs,
  build: scope => each(scope, 'conv', scope.param.natural('group', 1)),
};

export const ConvolutionDepthwise: LayerType = {
  ...Convolution,
  summary: () => l10n.t('A depthwise convolution: one filter per channel.'),
  build: scope => each(scope, 'conv', undefined),
};

export const DepthwiseConvolution: LayerType = {
  ...Convolution,
  summary: () => l10n.t('A depthwise convolution: one filter per channel unless `group` is set.'),
  build: scope => each(scope, 'conv', scope.param.has('group') ? scope.param.natural('group', 1) : undefined),
};

export const Deconvolution: LayerType = {
  ...Convolution,
  summary: () => l10n.t('Spreads each input element over a window of the output: stride·(in − 1) + kernel − 2·pad.'),
  build: scope => each(scope, 'deconv', scope.param.natural('group', 1)),
};

/** Applies the same weights to all bottoms (base_conv_layer.cpp, EqualNumBottomTopBlobs). */
function each(scope: Scope, how: 'conv' | 'deconv', groups: number | undefined): readonly Tensor[] {
  let first: Tensor | undefined;
  const like = scope.x.shape;
  const { tops } = scope.layer;
  // A single missing top is reported elsewhere.
  if (tops.length > 0 && tops.length !== scope.inputs.length) {
    scope.builder.complain({
      code: 'bottoms-and-tops-differ',
      attr: 'type',
      message: l10n.t(
        '{0} needs one top per bottom, but has {1} bottoms and {2} tops.',
        scope.layer.type,
        scope.inputs.length,
        tops.length,
      ),
    });
  }
  return scope.inputs.map((x, index) => {
    if (like && x.shape && String(like) !== String(x.shape)) {
      return scope.refuse({
        code: 'bottom-shapes-differ',
        input: index,
        message: l10n.t(
          'All bottoms go through the same filters and must have the same shape, but “{0}” is {1} and “{2}” is {3}.',
          scope.bottomName(0),
          sizesText(like),
          scope.bottomName(index),
          sizesText(x.shape),
        ),
        short: l10n.t('bottoms differ in shape'),
      });
    }
    const y = convolve(scope, x, how, groups, first);
    if (index === 0) first = y;
    return y;
  });
}

function convolve(
  scope: Scope,
  x: Tensor,
  how: 'conv' | 'deconv',
  wanted: number | undefined,
  first: Tensor | undefined,
): Tensor {
  const { param, builder } = scope;
  const out = outputs(scope);
  const { shape } = x;
  if (!shape) return scope.unknown(x, [1, out, Number.NaN, Number.NaN]);
  const axis = param.integer('axis', 1);
  const at = canonical(axis, shape.length);
  if (at === undefined) return scope.refuse(axisOutOfRange(axis, shape));
  const dimensions = shape.length - at - 1;
  const output = [...shape.slice(0, at), out, ...shape.slice(at + 1).map(() => Number.NaN)];
  const window = windowOf(scope, shape.slice(at + 1));
  if (isComplaint(window)) return scope.refuse({ ...window, output });
  if (dimensions > 3) {
    return scope.refuse({
      code: 'unsupported-rank',
      input: 0,
      message: l10n.t('Flopline supports up to three spatial dimensions, but the input has {0}.', dimensions),
      short: l10n.t('{0} spatial dimensions', dimensions),
      output,
    });
  }
  const groups = wanted ?? shape[at]!;
  if (groups === 0) {
    return scope.refuse(belowOne('group', output));
  }
  // All axes before the channels are the batch.
  const isPlain = at === 1;
  const lead = shape.slice(0, at);
  const input = isPlain ? x : builder.add(ops.reshape, { shape: [product(lead), ...shape.slice(at)] }, x);
  const behind = how === 'conv' ? (overhang(scope, window, shape.slice(at + 1)) ?? window.after) : window.after;
  const { kernel, stride, padding, dilation } = window;
  // Only the sum of a deconvolution's two crops matters: round an odd one up, and compensate at the end.
  const cut = padding.map((border, axis) => Math.ceil((border + (window.after ?? padding)[axis]!) / 2));
  const outputPadding = padding.map((border, axis) => 2 * cut[axis]! - border - (window.after ?? padding)[axis]!);
  const make = (bias: boolean, options: NodeOptions): Tensor => {
    if (dimensions === 0) return point(scope, { out, groups, bias }, input, options);
    const common = { out, kernel, stride, padding, dilation, groups, bias };
    return how === 'conv'
      ? builder.add(ops.conv, behind ? { ...common, paddingAfter: behind } : common, input, options)
      : builder.add(ops.convTranspose, { ...common, padding: cut, outputPadding }, input, options);
  };
  const weights = how === 'conv' ? [out, shape[at]! / groups] : [shape[at]!, out / groups];
  const blob = [...weights, ...window.kernel];
  const y = weighted(scope, make, { bias: param.boolean('bias_term', true), axis: 1, shape: blob, out }, first);
  return isPlain || !y.shape ? y : builder.add(ops.reshape, { shape: [...lead, ...y.shape.slice(1)] }, y);
}

/** Without a spatial axis, weights are [out, in / group] (base_conv_layer.cpp: no kernel sizes after these two). */
function point(
  { builder }: Scope,
  { out, groups, bias }: { readonly out: number; readonly groups: number; readonly bias: boolean },
  x: Tensor,
  options: NodeOptions,
): Tensor {
  if (groups === 1 || !x.shape) return builder.add(ops.linear, { out, bias }, x, options);
  const one = [1];
  const line = builder.add(ops.reshape, { shape: [...x.shape, 1] }, x);
  const attrs = { out, kernel: one, stride: one, padding: [0], dilation: one, groups, bias };
  const y = builder.add(ops.conv, attrs, line, options);
  return y.shape ? builder.add(ops.reshape, { shape: y.shape.slice(0, 2) }, y) : y;
}

/**
 * C's division rounds towards zero, so a window that is larger than the padded input by less than a stride has one
 * position, which includes zeros after the input (ConvolutionLayer::compute_output_shape, Im2colLayer::Reshape).
 * Returns the padding at the end that has the same effect; undefined if all windows fit.
 */
function overhang(scope: Scope, window: Window, sizes: Shape): number[] | undefined {
  const { kernel, stride, padding, dilation, after: behind = padding } = window;
  const after = sizes.map((length, axis) => {
    const reach = dilation[axis]! * (kernel[axis]! - 1) + 1;
    const missing = reach - (length + padding[axis]! + behind[axis]!);
    return missing > 0 && missing < stride[axis]! ? behind[axis]! + missing : behind[axis]!;
  });
  const axis = after.findIndex((border, index) => border > behind[index]!);
  if (axis < 0) return undefined;
  const reach = dilation[axis]! * (kernel[axis]! - 1) + 1;
  const padded = sizes[axis]! + padding[axis]! + behind[axis]!;
  scope.builder.complain(
    {
      code: 'window-past-input',
      attr: 'kernel',
      message: l10n.t(
        'The window covers {0} elements, but the padded input has only {1}. With a stride of {2}, Caffe does not notice and reads zeros; other frameworks reject this.',
        reach,
        padded,
        stride[axis]!,
      ),
      help: l10n.t('Use a smaller kernel or more padding.'),
    },
    'warning',
  );
  return after;
}

/**
 * A node with weights and perhaps a bias, either of which may be shared with a layer above: if only one of them is, the
 * bias becomes a separate node, so that each is counted once.
 */
function weighted(
  scope: Scope,
  make: (bias: boolean, options: NodeOptions) => Tensor,
  { bias, axis, shape, out }: Weights,
  first?: Tensor,
): Tensor {
  if (first) return make(bias, { shares: first.node });
  const weights = scope.owner(0, shape);
  const biases = bias ? scope.owner(1, [out]) : undefined;
  if (!bias || (weights === undefined) === (biases === undefined)) {
    const y = make(bias, { shares: weights });
    scope.own(0, y, shape);
    if (bias) scope.own(1, y, [out]);
    return y;
  }
  const y = make(false, { shares: weights });
  scope.own(0, y, shape);
  const z = scope.builder.add(ops.bias, { axis }, y, { shares: biases });
  scope.own(1, z, [out]);
  return z;
}

interface Weights {
  readonly bias: boolean;
  /** The axis of the bias. */
  readonly axis: number;
  /** The sizes of the weight blob. */
  readonly shape: Shape;
  readonly out: number;
}

export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** Before, and also after unless `after` is given. */
  readonly padding: readonly number[];
  readonly after?: readonly number[] | undefined;
  readonly dilation: readonly number[];
}

/** Kernel, stride, pad and dilation: one value, one per dimension, or _h and _w (BaseConvolutionLayer::LayerSetUp). */
function windowOf(scope: Scope, sizes: Shape): Window | Complaint {
  const { param } = scope;
  const dimensions = sizes.length;
  const kernel = spatial(scope, 'kernel_size', 'kernel_h', 'kernel_w', dimensions, undefined);
  if (isComplaint(kernel)) return kernel;
  const stride = spatial(scope, 'stride', 'stride_h', 'stride_w', dimensions, 1);
  if (isComplaint(stride)) return stride;
  const padding = spatial(scope, 'pad', 'pad_h', 'pad_w', dimensions, 0);
  if (isComplaint(padding)) return padding;
  // DeepLab's fork calls it hole, another one kstride.
  const name = param.has('dilation')
    ? 'dilation'
    : param.has('hole')
      ? 'hole'
      : param.has('kstride')
        ? 'kstride'
        : 'dilation';
  const dilation = spatial(scope, name, 'hole_h', 'hole_w', dimensions, 1);
  if (isComplaint(dilation)) return dilation;
  for (const [list, attr] of [
    [kernel, 'kernel_size'],
    [stride, 'stride'],
    [dilation, name],
  ] as const) {
    if (list.includes(0)) return belowOne(attr);
  }
  const pad = scope.layer.pad;
  if (pad !== undefined) return { kernel, stride, padding: padding.map(() => pad), dilation };
  const sides = sidesOf(scope, sizes, { kernel, stride, dilation });
  if (isComplaint(sides)) return sides;
  return sides
    ? { kernel, stride, padding: sides.before, after: sides.after, dilation }
    : { kernel, stride, padding, dilation };
}

/**
 * Padding per side, which Synopsys' fork has in addition (its base_conv_layer.cpp and pooling_layer.cpp): pad_t, pad_b,
 * pad_l and pad_r, or TensorFlow's “same” with pad_type: 1. Undefined if none of these applies.
 */
export function sidesOf(
  { param }: Scope,
  sizes: Shape,
  { kernel, stride, dilation }: { readonly kernel: Shape; readonly stride: Shape; readonly dilation: Shape },
): { readonly before: Shape; readonly after: Shape } | Complaint | undefined {
  const isSame = param.natural('pad_type', 0) !== 0;
  const given = sideNames.filter(name => param.integer(name, 0) !== 0);
  const first = given[0] ?? (isSame ? 'pad_type' : undefined);
  if (first === undefined) return undefined;
  if (sizes.length !== 2 && !isSame) {
    return forTwoDimensions(first, sizes.length);
  }
  const other =
    ['pad', 'pad_h', 'pad_w'].find(name => param.has(name)) ?? (given.length > 0 && isSame ? 'pad_type' : undefined);
  if (other !== undefined) {
    return bothGiven(other, first);
  }
  if (given.length > 0) {
    const [top, bottom, left, right] = sideNames.map(name => param.integer(name, 0)) as [
      number,
      number,
      number,
      number,
    ];
    return { before: [top, left], after: [bottom, right] };
  }
  if (param.natural('pad_type', 0) !== 1) {
    return {
      code: 'value-out-of-range',
      attr: 'pad_type',
      message: l10n.t('“pad_type” must be 0 (the sizes of “pad”) or 1 (like TensorFlow’s SAME).'),
    };
  }
  const totals = sizes.map((length, axis) => samePadding(length, kernel[axis]!, stride[axis]!, dilation[axis]!));
  return { before: totals.map(total => Math.floor(total / 2)), after: totals.map(total => Math.ceil(total / 2)) };
}

const sideNames = ['pad_t', 'pad_b', 'pad_l', 'pad_r'] as const;

function forTwoDimensions(attr: string, dimensions: number): Complaint {
  return {
    code: 'field-for-two-dimensions',
    attr,
    message:
      dimensions === 1
        ? l10n.t('“{0}” is for two spatial dimensions, but the input has 1.', attr)
        : l10n.t('“{0}” is for two spatial dimensions, but the input has {1}.', attr, dimensions),
  };
}

function spatial(
  { param }: Scope,
  name: string,
  nameH: string,
  nameW: string,
  dimensions: number,
  unwritten: number | undefined,
): readonly number[] | Complaint {
  const hasH = param.has(nameH);
  const hasW = param.has(nameW);
  const list = param.naturals(name);
  if (hasH || hasW) {
    if (dimensions !== 2) {
      return {
        ...forTwoDimensions(hasH ? nameH : nameW, dimensions),
        help: l10n.t('Set {0} once per dimension instead.', name),
      };
    }
    if (list.length > 0) return bothGiven(name, hasH ? nameH : nameW);
    if (!hasH || !hasW) {
      // If only one is given, Caffe uses 0 for the other.
      if (unwritten === 0) return [param.natural(nameH, 0), param.natural(nameW, 0)];
      return hasH ? missingCounterpart(nameH, nameW) : missingCounterpart(nameW, nameH);
    }
    return [param.natural(nameH, 0), param.natural(nameW, 0)];
  }
  if (list.length === 0) {
    // Without spatial dimensions there is no window.
    if (unwritten !== undefined || dimensions === 0) return Array(dimensions).fill(unwritten) as number[];
    return missingField(name, l10n.t('Set {0}: 3, for example, or {1} and {2}.', name, nameH, nameW));
  }
  if (list.length === 1) return Array(dimensions).fill(list[0]) as number[];
  if (list.length === dimensions) return list;
  return {
    code: 'value-per-dimension',
    attr: name,
    message:
      dimensions === 1
        ? l10n.t('“{0}” is set {1} times, but the input has 1 spatial dimension.', name, list.length)
        : l10n.t('“{0}” is set {1} times, but the input has {2} spatial dimensions.', name, list.length, dimensions),
    help: l10n.t('Set it once, or once per dimension.'),
    short: l10n.t('“{0}” does not match the input’s dimensions', name),
  };
}

/** `num_output`. If it is missing, that is reported, and only the channels are unknown. */
function outputs(scope: Scope): number {
  const { param, paramName, layer, builder } = scope;
  const field = 'num_output: 64';
  const written = layer.form === 'v0' || param.holder || paramName === '' ? field : `${paramName} { ${field} }`;
  const wrong = missingNumber(param, 'num_output', l10n.t('Set the number of outputs, for example {0}.', written));
  if (!wrong) return param.natural('num_output', 0);
  builder.complain(wrong);
  return Number.NaN;
}

export const InnerProduct: LayerType = {
  summary: () => l10n.t('A fully connected layer; `axis` and all axes after it are flattened first.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'inner_product_param',
  attrs: { out: ['num_output'], bias: ['bias_term'] },
  build: scope => {
    const { param, builder, x } = scope;
    const out = outputs(scope);
    if (!x.shape) return [scope.unknown(x, [1, out])];
    const axis = param.integer('axis', 1);
    const at = canonical(axis, x.shape.length);
    if (at === undefined) return [scope.refuse(axisOutOfRange(axis, x.shape))];
    const lead = x.shape.slice(0, at);
    const features = product(x.shape.slice(at));
    // Caffe keeps the axes before `axis` and flattens the others (inner_product_layer.cpp).
    let flat = x;
    if (at === 0) flat = builder.add(ops.reshape, { shape: [1, product(x.shape)] }, x);
    else if (at < x.shape.length - 1) flat = builder.add(ops.flatten, { start: at, end: -1 }, x);
    const make = (bias: boolean, options: NodeOptions): Tensor => builder.add(ops.linear, { out, bias }, flat, options);
    // If flattening includes the batch axis, all samples form one vector, with weights for each of them.
    const samples = at === 0 ? scope.samplesIn(x) : 1;
    const shape = param.boolean('transpose', false) ? [features * samples, out] : [out, features * samples];
    const owner = scope.owner(0);
    const y = weighted(scope, make, { bias: param.boolean('bias_term', true), axis: -1, shape, out });
    if (at > 0) return [y];
    if (samples > 1) {
      const others = { shape: [out, features * (samples - 1)] };
      scope.alive.push(builder.add(ops.parameter, others, [], { shares: owner }));
    }
    const z = builder.add(ops.reshape, { shape: [...lead, out] }, y);
    scope.net.batchless.add(z);
    return [z];
  },
};

/** A limit far above real kernels. */
const maxTaps = 1024;

export const Im2col: LayerType = {
  summary: () => l10n.t('Copies the elements of each window into the channels (im2col).'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'convolution_param',
  attrs,
  build: scope => {
    const { builder, x, param } = scope;
    if (!x.shape) return [scope.unknown(x)];
    const axis = param.integer('axis', 1);
    const at = canonical(axis, x.shape.length);
    if (at === undefined) return [scope.refuse(axisOutOfRange(axis, x.shape))];
    const dimensions = x.shape.length - at - 1;
    const window = windowOf(scope, x.shape.slice(at + 1));
    if (isComplaint(window)) return [scope.refuse(window)];
    const { kernel, stride, padding, dilation } = window;
    const taps = product(kernel);
    const behind = overhang(scope, window, x.shape.slice(at + 1)) ?? window.after ?? padding;
    const positions = x.shape.slice(at + 1).map((length, index) => {
      const reach = dilation[index]! * (kernel[index]! - 1) + 1;
      return Math.floor((length + padding[index]! + behind[index]! - reach) / stride[index]!) + 1;
    });
    const output = [...x.shape.slice(0, at), x.shape[at]! * taps, ...positions];
    if (positions.some(length => length < 1)) {
      return [
        scope.refuse({
          code: 'kernel-larger-than-input',
          attr: 'kernel_size',
          message: l10n.t('The window is larger than its input ({0}).', sizesText(x.shape.slice(at + 1))),
          help: l10n.t('Use a smaller kernel_size or more pad.'),
          short: l10n.t('kernel larger than input'),
        }),
      ];
    }
    if (!(taps <= maxTaps) || at !== 1 || positions.some(Number.isNaN)) {
      return [builder.unknown(x.why ?? l10n.t('a window this large is not counted'), [x], output)];
    }
    // Each tap of the window is a strided slice of the padded input (util/im2col.cpp).
    const border = { before: padding, after: behind, mode: 'constant' } as const;
    const padded = behind.some(length => length > 0) ? builder.add(ops.pad, border, x) : x;
    const pieces: Tensor[] = [];
    for (let tap = 0; tap < taps; tap++) {
      let rest = tap;
      let piece = padded;
      for (let index = dimensions - 1; index >= 0; index--) {
        const start = (rest % kernel[index]!) * dilation[index]!;
        rest = Math.floor(rest / kernel[index]!);
        const end = start + (positions[index]! - 1) * stride[index]! + 1;
        piece = builder.add(ops.slice, { axis: at + 1 + index, start, end, step: stride[index]! }, piece);
      }
      pieces.push(piece);
    }
    return [builder.add(ops.concat, { axis: at }, pieces)];
  },
};

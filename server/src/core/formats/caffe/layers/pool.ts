// Pooling, SPP, and layers that undo pooling.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import { belowOne, bothGiven, missingCounterpart, missingField, unsupportedRank } from './complaints.ts';
import { sidesOf } from './conv.ts';
import { isComplaint, type LayerType, type Scope } from './layer.ts';

const methods = ['MAX', 'AVE', 'STOCHASTIC', 'AVE_EXC_PAD', 'AVE_TF'] as const;
type Method = (typeof methods)[number];

export const Pooling: LayerType = {
  summary: () =>
    l10n.t('Takes the maximum or the mean of each window; output sizes are rounded up unless `round_mode` is FLOOR.'),
  bottoms: [1, 1],
  tops: [1, 2],
  param: 'pooling_param',
  attrs: {
    kernel: ['kernel_size', 'kernel_h', 'kernel_w'],
    stride: ['stride', 'stride_h', 'stride_w'],
    padding: ['pad', 'pad_h', 'pad_w', 'pad_t', 'pad_l'],
    paddingAfter: ['pad_b', 'pad_r'],
    rounding: ['round_mode', 'ceil_mode'],
  },
  build: scope => {
    const { builder, x, param, layer } = scope;
    if (!x.shape) return [scope.unknown(x)];
    const method = methodOf(scope);
    const isGlobal = param.boolean('global_pooling', false);
    if (x.shape.length !== 4) {
      return [scope.refuse(unsupportedRank('Pooling', x.shape, { min: 4, max: 4 }))];
    }
    if (layer.tops.length > 1 && method !== 'MAX') {
      builder.complain({
        code: 'too-many-tops',
        attr: 'pool',
        message: l10n.t('Only pool: MAX has a second top, the positions of the maxima.'),
        help: l10n.t('Remove the second top.'),
      });
    }
    if (isGlobal) {
      for (const name of ['kernel_size', 'kernel_h', 'kernel_w']) {
        if (!param.has(name)) continue;
        builder.complain(ofGlobalPooling(name));
      }
      for (const [name, none] of globalNone) {
        if (param.natural(name, none) === none) continue;
        builder.complain(ofGlobalPooling(name));
      }
      return withMask(scope, globalPool(scope, method));
    }
    const output = [x.shape[0]!, x.shape[1]!, Number.NaN, Number.NaN];
    const kernel = pair(scope, 'kernel_size', 'kernel_h', 'kernel_w', undefined);
    if (isComplaint(kernel)) return [scope.refuse({ ...kernel, output })];
    const stride = pair(scope, 'stride', 'stride_h', 'stride_w', 1);
    if (isComplaint(stride)) return [scope.refuse({ ...stride, output })];
    const padding = pair(scope, 'pad', 'pad_h', 'pad_w', 0);
    if (isComplaint(padding)) return [scope.refuse({ ...padding, output })];
    for (const [list, attr] of [
      [kernel, 'kernel_size'],
      [stride, 'stride'],
    ] as const) {
      if (!list.includes(0)) continue;
      return [scope.refuse(belowOne(attr, output))];
    }
    if (method === 'STOCHASTIC' && padding.some(border => border > 0)) {
      builder.complain({
        code: 'stochastic-padding',
        attr: 'padding',
        message: l10n.t('Stochastic pooling takes no padding.'),
        help: l10n.t('Use pool: MAX or AVE, or remove the padding.'),
      });
    }
    const sides = sidesOf(scope, x.shape.slice(2), { kernel, stride, dilation: [1, 1] });
    if (isComplaint(sides)) return [scope.refuse({ ...sides, output })];
    const pad = layer.pad === undefined ? (sides?.before ?? padding) : [layer.pad, layer.pad];
    // round_mode is BVLC's; ceil_mode is from forks that DenseNet, Inception and ShuffleNet files are written for.
    const floors = param.word('round_mode', 'CEIL', ['CEIL', 'FLOOR']) === 'FLOOR' || !param.boolean('ceil_mode', true);
    return withMask(
      scope,
      pool(scope, x, method, {
        kernel,
        stride,
        padding: pad,
        ...(sides ? { paddingAfter: sides.after } : {}),
        // With TensorFlow's “same” the windows fit exactly.
        rounding: floors || param.natural('pad_type', 0) === 1 ? 'floor' : 'caffe',
      }),
    );
  },
};

function ofGlobalPooling(attr: string): Complaint {
  return {
    code: 'global-pooling-window',
    attr,
    message: l10n.t('With global_pooling, the window is the whole feature map, so “{0}” cannot be set.', attr),
    help: l10n.t('Remove it.'),
  };
}

/** Fields that must not be set with global pooling, and their defaults. */
const globalNone = [
  ['pad', 0],
  ['pad_h', 0],
  ['pad_w', 0],
  ['stride', 1],
  ['stride_h', 1],
  ['stride_w', 1],
] as const;

function methodOf({ param }: Scope): Method {
  const word = param.word('pool', 'MAX', methods);
  return methods.find(method => method === word) ?? 'MAX';
}

interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly paddingAfter?: readonly number[] | undefined;
  readonly rounding: 'floor' | 'caffe';
}

function pool({ builder }: Scope, x: Tensor, method: Method, windows: Windows): Tensor {
  if (method === 'MAX') return builder.add(ops.maxPool, { ...windows, dilation: windows.kernel.map(() => 1) }, x);
  // Like TensorFlow, Synopsys' fork divides by the number of elements inside the input.
  const includePadding = method === 'AVE' || method === 'STOCHASTIC';
  const mean = (of: Tensor): Tensor => builder.add(ops.avgPool, { ...windows, includePadding }, of);
  if (method !== 'STOCHASTIC') return mean(x);
  // At test time, stochastic pooling weights each value by itself: Σx² / Σx (pooling_layer.cu, StoPoolForwardTest).
  return builder.add(ops.div, {}, [mean(builder.add(ops.unary, { how: 'square' }, x)), mean(x)]);
}

function globalPool({ builder, x }: Scope, method: Method): Tensor {
  if (method === 'MAX') return builder.add(ops.globalMaxPool, { keep: true }, x);
  const mean = (of: Tensor): Tensor => builder.add(ops.globalAvgPool, { keep: true }, of);
  if (method !== 'STOCHASTIC') return mean(x);
  return builder.add(ops.div, {}, [mean(builder.add(ops.unary, { how: 'square' }, x)), mean(x)]);
}

/** A second top contains the positions of the maxima. */
function withMask({ builder, layer }: Scope, y: Tensor): readonly Tensor[] {
  return layer.tops.length > 1 ? [y, builder.add(ops.identity, {}, y)] : [y];
}

/** One number for both dimensions, or both _h and _w (PoolingLayer::LayerSetUp). */
function pair(
  { param }: Scope,
  name: string,
  nameH: string,
  nameW: string,
  unwritten: number | undefined,
): readonly number[] | Complaint {
  const hasH = param.has(nameH);
  const hasW = param.has(nameW);
  const has = param.has(name);
  if (hasH || hasW) {
    if (has) return bothGiven(name, hasH ? nameH : nameW);
    if (hasH && hasW) return [param.natural(nameH, 0), param.natural(nameW, 0)];
    return hasH ? missingCounterpart(nameH, nameW) : missingCounterpart(nameW, nameH);
  }
  if (!has && unwritten === undefined) {
    const help = l10n.t('Set {0}: 3, for example, or {1} and {2}, or global_pooling: true.', name, nameH, nameW);
    return missingField(name, help);
  }
  const value = param.natural(name, unwritten ?? 0);
  return [value, value];
}

/** A limit far above useful values. */
const maxLevels = 12;

export const SPP: LayerType = {
  summary: () =>
    l10n.t('Spatial pyramid pooling: pools the feature map into 1, 2×2, 4×4 … bins, concatenated into one vector.'),
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'spp_param',
  build: scope => {
    const { builder, x, param } = scope;
    const height = param.natural('pyramid_height', 0);
    if (!(height >= 1 && height <= maxLevels)) {
      const attr = 'pyramid_height';
      return [
        scope.refuse(
          param.has(attr)
            ? {
                code: 'value-out-of-range',
                attr,
                message: l10n.t('“{0}” must be a whole number from {1} to {2}.', attr, 1, maxLevels),
              }
            : missingField(attr, l10n.t('Set the number of levels, for example pyramid_height: 3.')),
        ),
      ];
    }
    if (!x.shape) return [scope.unknown(x)];
    if (x.shape.length !== 4) {
      return [scope.refuse(unsupportedRank('SPP', x.shape, { min: 4, max: 4 }))];
    }
    const fine = Array.from({ length: height }, (_, level) => level).find(level => !fits(level, x.shape!));
    if (fine !== undefined) {
      const bins = 2 ** fine;
      return [
        scope.refuse({
          code: 'pyramid-too-fine',
          attr: 'pyramid_height',
          message: l10n.t(
            'A pyramid of {0} levels needs {1}×{1} bins, too many for a feature map of {2}×{3}.',
            height,
            bins,
            x.shape[2]!,
            x.shape[3]!,
          ),
          help: l10n.t('Use pyramid_height: {0}.', Math.max(1, fine)),
          short: l10n.t('too many bins for the feature map'),
        }),
      ];
    }
    const method = methodOf(scope);
    const levels = Array.from({ length: height }, (_, level) => pool(scope, x, method, levelOf(level, x.shape!)));
    if (height === 1) return levels;
    const flat = levels.map(level => builder.add(ops.flatten, { start: 1, end: -1 }, level));
    return [builder.add(ops.concat, { axis: 1 }, flat)];
  },
};

/** SPPLayer::GetPoolingParam: 2^level bins, padded by half of what is missing to fill them. */
function levelOf(level: number, shape: Shape): Windows {
  const bins = 2 ** level;
  const kernel = shape.slice(2).map(length => Math.ceil(length / bins));
  const padding = shape.slice(2).map((length, axis) => Math.floor((kernel[axis]! * bins - length + 1) / 2));
  return { kernel, stride: kernel, padding, rounding: 'caffe' };
}

/** Whether a level's padding is smaller than its window, as its pooling requires (PoolingLayer::LayerSetUp). */
function fits(level: number, shape: Shape): boolean {
  const { kernel, padding } = levelOf(level, shape);
  return !padding.some((border, axis) => border >= kernel[axis]!);
}

export const Upsample: LayerType = {
  summary: () => l10n.t('Upsamples: copies each value, or puts it back where its maximum was (SegNet).'),
  bottoms: [1, 2],
  tops: [1, 1],
  param: 'upsample_param',
  attrs: { scale: ['scale', 'scale_h', 'scale_w'], size: ['upsample_h', 'upsample_w', 'height', 'width'] },
  build: scope => {
    const { builder, x, param, alive, inputs } = scope;
    if (inputs[1]) alive.push(inputs[1]);
    if (!x.shape) return [scope.unknown(x)];
    if (x.shape.length !== 4) {
      return [scope.refuse(unsupportedRank('Upsample', x.shape, { min: 4, max: 4 }))];
    }
    // SegNet's upsample_layer.cpp: a size, or a scale (default 2) minus the padding that max pooling added.
    const axis = (size: string, other: string, scale: string, pad: string, length: number): number => {
      const wanted = param.has(size) ? param.natural(size, 0) : param.natural(other, 0);
      if (wanted !== 0) return wanted;
      const factor = param.has(scale) ? param.natural(scale, 2) : param.natural('scale', 2);
      return length * factor - (param.boolean(pad, false) ? 1 : 0);
    };
    const size = [
      axis('upsample_h', 'height', 'scale_h', 'pad_out_h', x.shape[2]!),
      axis('upsample_w', 'width', 'scale_w', 'pad_out_w', x.shape[3]!),
    ];
    return [builder.add(ops.upsample, { size, mode: 'nearest' }, x)];
  },
};

export const Interp: LayerType = {
  summary: () => l10n.t('Bilinear interpolation to a size, or by factors that keep the corners (DeepLab, PSPNet).'),
  bottoms: [1, 2],
  tops: [1, 1],
  param: 'interp_param',
  attrs: { size: ['height', 'zoom_factor', 'shrink_factor'] },
  build: scope => {
    const { builder, x, param, alive, inputs } = scope;
    const like = inputs[1];
    if (like) alive.push(like);
    if (!x.shape) return [scope.unknown(x)];
    if (x.shape.length !== 4) {
      return [scope.refuse(unsupportedRank('Interp', x.shape, { min: 4, max: 4 }))];
    }
    const border = param.integer('pad_beg', 0) + param.integer('pad_end', 0);
    const shrink = param.integer('shrink_factor', 0);
    const zoom = param.integer('zoom_factor', 0);
    // interp_layer.cpp: factors take precedence over a size, and that over the size of a second bottom.
    const axis = (length: number, wanted: number, other: number | undefined): number => {
      const inside = length + border;
      if (shrink > 0 || zoom > 0) {
        const small = shrink > 0 ? Math.floor((inside - 1) / shrink) + 1 : inside;
        return zoom > 0 ? small + (small - 1) * (zoom - 1) : small;
      }
      return wanted > 0 ? wanted : (other ?? Number.NaN);
    };
    const size = [
      axis(x.shape[2]!, param.integer('height', 0), like?.shape?.[2]),
      axis(x.shape[3]!, param.integer('width', 0), like?.shape?.[3]),
    ];
    return [builder.add(ops.upsample, { size, mode: 'bilinear' }, x)];
  },
};

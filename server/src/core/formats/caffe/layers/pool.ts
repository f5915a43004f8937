// Pooling, SPP and the layers that undo it.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint, Shape } from '../../../ops/op.ts';
import { sidesOf } from './conv.ts';
import { isComplaint, type LayerType, type Scope, sizesText } from './layer.ts';

const methods = ['MAX', 'AVE', 'STOCHASTIC', 'AVE_EXC_PAD', 'AVE_TF'] as const;
type Method = (typeof methods)[number];

export const Pooling: LayerType = {
  summary: 'Keeps the largest, or the mean, of each window; sizes are rounded up unless `round_mode` says otherwise.',
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
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    const method = methodOf(scope);
    const isGlobal = param.boolean('global_pooling', false);
    if (x.shape.length !== 4) {
      const message = `Pooling works on 4 axes (batch, channels, height, width), but its input is ${sizesText(x.shape)}.`;
      return [scope.refuse({ code: 'wrong-rank', input: 0, message })];
    }
    if (layer.tops.length > 1 && method !== 'MAX') {
      const message = 'Only maxima stand somewhere: a second top needs pool: MAX. Leave it out.';
      builder.complain({ code: 'too-many-tops', attr: 'pool', message });
    }
    if (isGlobal) {
      for (const name of ['kernel_size', 'kernel_h', 'kernel_w']) {
        if (!param.has(name)) continue;
        const message = `With global_pooling the window is the whole map: leave “${name}” out.`;
        builder.complain({ code: 'wrong-value', attr: name, message });
      }
      for (const [name, none] of globalNone) {
        if (param.natural(name, none) === none) continue;
        const message = `With global_pooling the window is the whole map, once: leave “${name}” out.`;
        builder.complain({ code: 'wrong-value', attr: name, message });
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
      return [
        scope.refuse({ code: 'wrong-value', attr, message: `A ${attr} of 0 is not possible. Use 1 or more.`, output }),
      ];
    }
    if (method === 'STOCHASTIC' && padding.some(border => border > 0)) {
      const message = 'Stochastic pooling takes no padding. Use pool: MAX or AVE, or leave the padding out.';
      builder.complain({ code: 'wrong-value', attr: 'padding', message });
    }
    const sides = sidesOf(scope, x.shape.slice(2), { kernel, stride, dilation: [1, 1] });
    if (isComplaint(sides)) return [scope.refuse({ ...sides, output })];
    const pad = layer.pad === undefined ? (sides?.before ?? padding) : [layer.pad, layer.pad];
    // round_mode is BVLC's; ceil_mode that of the forks that DenseNet, Inception and ShuffleNet were written for.
    const floors = param.word('round_mode', 'CEIL', ['CEIL', 'FLOOR']) === 'FLOOR' || !param.boolean('ceil_mode', true);
    return withMask(
      scope,
      pool(scope, x, method, {
        kernel,
        stride,
        padding: pad,
        ...(sides ? { paddingAfter: sides.after } : {}),
        // TensorFlow's “same” fits as it is.
        rounding: floors || param.natural('pad_type', 0) === 1 ? 'floor' : 'caffe',
      }),
    );
  },
};

/** What global pooling may not change, and what it is without being written. */
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
  // Synopsys' fork divides by the elements inside, as TensorFlow does.
  const includePadding = method === 'AVE' || method === 'STOCHASTIC';
  const mean = (of: Tensor): Tensor => builder.add(ops.avgPool, { ...windows, includePadding }, of);
  if (method !== 'STOCHASTIC') return mean(x);
  // At test time stochastic pooling weighs each value with itself: Σx² / Σx (pooling_layer.cu, StoPoolForwardTest).
  return builder.add(ops.div, {}, [mean(builder.add(ops.unary, { how: 'square' }, x)), mean(x)]);
}

function globalPool({ builder, x }: Scope, method: Method): Tensor {
  if (method === 'MAX') return builder.add(ops.globalMaxPool, { keep: true }, x);
  const mean = (of: Tensor): Tensor => builder.add(ops.globalAvgPool, { keep: true }, of);
  if (method !== 'STOCHASTIC') return mean(x);
  return builder.add(ops.div, {}, [mean(builder.add(ops.unary, { how: 'square' }, x)), mean(x)]);
}

/** A second top says where each maximum stood. */
function withMask({ builder, layer }: Scope, y: Tensor): readonly Tensor[] {
  return layer.tops.length > 1 ? [y, builder.add(ops.identity, {}, y)] : [y];
}

/** One number for both dimensions, or _h and _w together (PoolingLayer::LayerSetUp). */
function pair(
  { param }: Scope,
  name: string,
  nameH: string,
  nameW: string,
  standard: number | undefined,
): readonly number[] | Complaint {
  const hasH = param.has(nameH);
  const hasW = param.has(nameW);
  const has = param.has(name);
  if (hasH || hasW) {
    if (has) {
      const message = `Both “${name}” and “${hasH ? nameH : nameW}” are given. Use one or the other.`;
      return { code: 'wrong-value', attr: name, message };
    }
    if (hasH && hasW) return [param.natural(nameH, 0), param.natural(nameW, 0)];
    const message = `“${hasH ? nameH : nameW}” is given without “${hasH ? nameW : nameH}”. Write both.`;
    return { code: 'missing-field', attr: hasH ? nameH : nameW, message };
  }
  if (!has && standard === undefined) {
    const message = `“${name}” is missing: how large the window is. Write ${name}: 3, or ${nameH} and ${nameW}, or global_pooling: true.`;
    return { code: 'missing-field', attr: name, message };
  }
  const value = param.natural(name, standard ?? 0);
  return [value, value];
}

/** More levels than bins would make sense for. */
const maxLevels = 12;

export const SPP: LayerType = {
  summary: 'Spatial pyramid pooling: the map in 1, 2×2, 4×4 … bins, all joined into one vector.',
  bottoms: [1, 1],
  tops: [1, 1],
  param: 'spp_param',
  build: scope => {
    const { builder, x, param } = scope;
    const height = param.natural('pyramid_height', 0);
    if (!(height >= 1 && height <= maxLevels)) {
      const message = `“pyramid_height” is how many levels there are: a number from 1 to ${maxLevels}.`;
      return [
        scope.refuse({
          code: param.has('pyramid_height') ? 'wrong-value' : 'missing-field',
          attr: 'pyramid_height',
          message,
        }),
      ];
    }
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    if (x.shape.length !== 4) {
      const message = `SPP works on 4 axes (batch, channels, height, width), but its input is ${sizesText(x.shape)}.`;
      return [scope.refuse({ code: 'wrong-rank', input: 0, message })];
    }
    const fine = Array.from({ length: height }, (_, level) => level).find(level => !fits(level, x.shape!));
    if (fine !== undefined) {
      const bins = 2 ** fine;
      const message = `A pyramid of ${height} levels cuts the map into ${2 ** (height - 1)}×${2 ** (height - 1)} bins, but ${bins}×${bins} are too many for a ${x.shape[2]}×${x.shape[3]} map. Use pyramid_height: ${Math.max(1, fine)}.`;
      return [scope.refuse({ code: 'kernel-too-large', attr: 'pyramid_height', message })];
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

/** Whether a level's padding is smaller than its window, as the pooling inside demands (PoolingLayer::LayerSetUp). */
function fits(level: number, shape: Shape): boolean {
  const { kernel, padding } = levelOf(level, shape);
  return !padding.some((border, axis) => border >= kernel[axis]!);
}

export const Upsample: LayerType = {
  summary: 'Enlarges the map: copies, or puts each value where its maximum stood (SegNet). No parameters.',
  bottoms: [1, 2],
  tops: [1, 1],
  param: 'upsample_param',
  attrs: { scale: ['scale', 'scale_h', 'scale_w'], size: ['upsample_h', 'upsample_w', 'height', 'width'] },
  build: scope => {
    const { builder, x, param, alive, inputs } = scope;
    if (inputs[1]) alive.push(inputs[1]);
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    if (x.shape.length !== 4) {
      const message = `Upsample works on 4 axes, but its input is ${sizesText(x.shape)}.`;
      return [scope.refuse({ code: 'wrong-rank', input: 0, message })];
    }
    // SegNet's upsample_layer.cpp: a size, or a scale of 2 unless given, less the padding that max pooling added.
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
  summary: 'Bilinear interpolation to a size, or by factors that keep the corners (DeepLab, PSPNet). No parameters.',
  bottoms: [1, 2],
  tops: [1, 1],
  param: 'interp_param',
  attrs: { size: ['height', 'zoom_factor', 'shrink_factor'] },
  build: scope => {
    const { builder, x, param, alive, inputs } = scope;
    const like = inputs[1];
    if (like) alive.push(like);
    if (!x.shape) return [builder.unknown(x.why ?? 'the shape of its input is not known', [x])];
    if (x.shape.length !== 4) {
      const message = `Interp works on 4 axes, but its input is ${sizesText(x.shape)}.`;
      return [scope.refuse({ code: 'wrong-rank', input: 0, message })];
    }
    const border = param.integer('pad_beg', 0) + param.integer('pad_end', 0);
    const shrink = param.integer('shrink_factor', 0);
    const zoom = param.integer('zoom_factor', 0);
    // interp_layer.cpp: factors first, then a size, then that of a second bottom.
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

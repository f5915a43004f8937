// [crop], [reorg], [upsample], [history]: layers that move pixels.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import {
  avgPool,
  concat,
  constant,
  flatten,
  pad,
  pixelShuffle,
  pixelUnshuffle,
  slice,
  upsample,
} from '../../../ops/index.ts';
import { type SectionReader, shown } from '../sectionReader.ts';
import type { Layer, LayerOutput } from './layer.ts';

/** The center of the image, as at inference (forward_crop_layer). */
export const crop: Layer = reader => {
  const { builder } = reader;
  const x = reader.image();
  const wanted = [reader.size('crop_height', 1), reader.size('crop_width', 1)];
  const [, , h, w] = x.shape ?? [];
  const there = [h ?? Number.NaN, w ?? Number.NaN];
  const axis = wanted.findIndex((length, at) => length > there[at]!);
  if (axis >= 0) {
    reader.report({
      range: reader.placeOf(axis ? 'crop_width' : 'crop_height'),
      severity: 'warning',
      code: 'crop-larger-than-input',
      message: l10n.t(
        'A crop of {0}×{1} does not fit into {2}×{3}: Darknet reads past the edge of the image.',
        shown(wanted[1]),
        shown(wanted[0]),
        shown(there[1]),
        shown(there[0]),
      ),
      help: l10n.t('Use a smaller crop.'),
    });
  }
  const before = wanted.map((length, at) => -Math.floor((there[at]! - length) / 2));
  const after = wanted.map((length, at) => length - there[at]! - before[at]!);
  return { tensor: builder.add(pad, { before, after, mode: 'constant' }, x), reduction: Number.NaN };
};

/** [reorg] and [reorg3d], which differ only in the order of channels. */
export const reorg: Layer = reader => {
  const { builder } = reader;
  const factor = reader.size('stride', 1);
  const x = reader.image();
  // With extra, it has no shape any more, and is filled up with zeros (make_reorg_layer).
  const extra = reader.dialect === 'pjreddie' ? reader.int('extra', 0) : 0;
  if (extra !== 0) {
    const flat = builder.add(flatten, { start: 1, end: -1 }, x);
    const length = (flat.shape?.[1] ?? Number.NaN) + extra;
    const traits = { image: false, reduction: Number.NaN, widthBy: 'none' as const };
    if (!(length < 1)) return { ...traits, tensor: reader.cut(flat, 0, length) };
    const why = reader.report({
      range: reader.placeOf('extra'),
      code: 'empty-output',
      message: l10n.t('`extra` is {0}, which leaves {1} of {2} values.', extra, length, length - extra),
      short: l10n.t('nothing left'),
    });
    return { ...traits, tensor: builder.unknown(why, [x]) };
  }
  const reverse = reader.on('reverse');
  const loss = lossOf(x, factor, reverse);
  if (loss !== undefined) {
    const why = reader.report({
      range: reader.placeOf('stride'),
      code: 'empty-output',
      message: loss,
      short: l10n.t('nothing left'),
      help: l10n.t('Use a smaller stride.'),
    });
    return { tensor: builder.unknown(why, [x]), reduction: Number.NaN, widthBy: 'none' };
  }
  return {
    tensor: builder.add(reverse ? pixelShuffle : pixelUnshuffle, { factor }, divisible(reader, x, factor, reverse)),
    shrinks: reverse ? 1 / factor : factor,
    widthBy: 'none',
  };
};

/** A message about what is too small for a stride. */
function lossOf({ shape }: Tensor, factor: number, reverse: boolean): string | undefined {
  const [, c, h, w] = shape ?? [];
  if (reverse && c! < factor ** 2)
    return l10n.t('{0} channels are fewer than stride² = {1}, so nothing is left of the image.', c!, factor ** 2);
  if (!reverse && (h! < factor || w! < factor))
    return l10n.t(
      '{0}×{1} is smaller than the stride of {2}, so nothing is left of the image.',
      shown(w),
      shown(h),
      factor,
    );
  return undefined;
}

/** The part of an image that reorg uses: C's division drops the remainder (make_reorg_layer). */
function divisible(reader: SectionReader, x: Tensor, factor: number, reverse: boolean): Tensor {
  const { shape } = x;
  const step = reverse ? factor ** 2 : factor;
  if (!shape || !(step >= 1)) return x;
  const axes = (reverse ? [1] : [2, 3]).filter(axis => shape[axis]! % step > 0 && shape[axis]! > step);
  if (axes.length === 0) return x;
  reader.report({
    range: reader.placeOf('stride'),
    severity: 'warning',
    code: reverse ? 'channels-not-divisible-by-factor' : 'size-not-divisible-by-factor',
    message: reverse
      ? l10n.t('{0} channels are not divisible by stride² = {1}: Darknet ignores the rest.', shape[1]!, step)
      : l10n.t(
          '{0}×{1} is not divisible by the stride of {2}: Darknet ignores the rest.',
          shown(shape[3]),
          shown(shape[2]),
          step,
        ),
  });
  return axes.reduce((y, axis) => {
    const end = shape[axis]! - (shape[axis]! % step);
    return reader.builder.add(slice, { axis, start: 0, end, step: 1 }, y);
  }, x);
}

/** upsample_layer.c: a negative stride shrinks by summing over windows. */
export const upsampled: Layer = (reader): LayerOutput => {
  const { builder } = reader;
  const stride = reader.int('stride', 2);
  const x = reader.image();
  if (stride < 0) {
    const window = [-stride, -stride];
    const tensor = builder.add(
      avgPool,
      { kernel: window, stride: window, padding: [0, 0], rounding: 'floor', includePadding: true },
      x,
      { functional: true },
    );
    return { tensor, shrinks: -stride };
  }
  const scale = stride === 0 ? reader.size('stride', 2) : stride;
  return { tensor: builder.add(upsample, { scale: [scale, scale], mode: 'nearest' }, x), shrinks: 1 / scale };
};

/** make_history_layer: this frame and previous ones. */
export const history: Layer = (reader: SectionReader): LayerOutput => {
  const { builder } = reader;
  const frames = reader.size('history_size', 4);
  const x = reader.image();
  const [, c, h, w] = x.shape ?? [];
  if (frames === 1 || x.shape === undefined) return { tensor: x, widthBy: 'none' };
  const before = builder.add(constant, { shape: [1, (frames - 1) * c!, h!, w!] }, []);
  return { tensor: builder.add(concat, { axis: 1 }, [x, before]), widthBy: 'none' };
};

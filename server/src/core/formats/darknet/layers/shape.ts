// [crop], [reorg], [upsample], [history]: the layers that move pixels.

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
import { placeOf, type Row, say } from '../row.ts';
import type { Layer, Made } from './layer.ts';

/** The centre of the image, as at inference (forward_crop_layer). */
export const crop: Layer = row => {
  const { builder } = row;
  const x = row.image();
  const wanted = [row.size('crop_height', 1), row.size('crop_width', 1)];
  const [, , h, w] = x.shape ?? [];
  const there = [h ?? Number.NaN, w ?? Number.NaN];
  const axis = wanted.findIndex((length, at) => length > there[at]!);
  if (axis >= 0) {
    const message = say`A crop of ${wanted[1]}×${wanted[0]} does not fit into ${there[1]}×${there[0]}: Darknet reads beyond the image. Use a smaller one.`;
    const place = row.placeOf(axis ? 'crop_width' : 'crop_height');
    row.report(place, 'crop-too-large', message, 'warning');
  }
  const before = wanted.map((length, at) => -Math.floor((there[at]! - length) / 2));
  const after = wanted.map((length, at) => length - there[at]! - before[at]!);
  return { tensor: builder.add(pad, { before, after, mode: 'constant' }, x), reduction: Number.NaN };
};

/** Both [reorg] and [reorg3d]: they differ in the order of channels alone. */
export const reorg: Layer = row => {
  const { builder } = row;
  const factor = row.size('stride', 1);
  const x = row.image();
  // With extra it has no shape any more, and what it adds is zeros (make_reorg_layer).
  const extra = row.dialect === 'pjreddie' ? row.int('extra', 0) : 0;
  if (extra !== 0) {
    const flat = builder.add(flatten, { start: 1, end: -1 }, x);
    const length = (flat.shape?.[1] ?? Number.NaN) + extra;
    const made = { image: false, reduction: Number.NaN, widthBy: 'none' as const };
    if (!(length < 1)) return { ...made, tensor: row.cut(flat, 0, length) };
    const message = say`\`extra\` turns ${flat.shape?.[1]} numbers into ${length}, which no layer can read.`;
    row.report(placeOf(row.option('extra')!), 'wrong-value', message);
    return { ...made, tensor: builder.unknown(message, [x]) };
  }
  const reverse = row.on('reverse');
  const left = lost(x, factor, reverse);
  if (left !== undefined) {
    const message = say`${left}: nothing is left of the image, and no layer can read it. Use a smaller stride.`;
    row.report(row.placeOf('stride'), 'nothing-left', message);
    return { tensor: builder.unknown(message, [x]), reduction: Number.NaN, widthBy: 'none' };
  }
  return {
    tensor: builder.add(reverse ? pixelShuffle : pixelUnshuffle, { factor }, divisible(row, x, factor, reverse)),
    shrinks: reverse ? 1 / factor : factor,
    widthBy: 'none',
  };
};

/** What is too small for a stride, in words. */
function lost({ shape }: Tensor, factor: number, reverse: boolean): string | undefined {
  const [, c, h, w] = shape ?? [];
  if (reverse) return c! < factor ** 2 ? say`${c} channels are fewer than stride² = ${factor ** 2}` : undefined;
  return h! < factor || w! < factor ? say`${w}×${h} is less than the stride of ${factor}` : undefined;
}

/** What of an image reorg's sizes are made of: C's division leaves out the rest (make_reorg_layer). */
function divisible(row: Row, x: Tensor, factor: number, reverse: boolean): Tensor {
  const { shape } = x;
  const step = reverse ? factor ** 2 : factor;
  if (!shape || !(step >= 1)) return x;
  const axes = (reverse ? [1] : [2, 3]).filter(axis => shape[axis]! % step > 0 && shape[axis]! > step);
  if (axes.length === 0) return x;
  const what = reverse ? say`${shape[1]} channels are` : say`${shape[3]}×${shape[2]} is`;
  const message = `${what} no multiple of ${step}: Darknet ignores the rest, but goes on.`;
  row.report(row.placeOf('stride'), 'not-divisible', message, 'warning');
  return axes.reduce((y, axis) => {
    const end = shape[axis]! - (shape[axis]! % step);
    return row.builder.add(slice, { axis, start: 0, end, step: 1 }, y);
  }, x);
}

/** upsample_layer.c: a negative stride shrinks by sums over windows. */
export const upsampled: Layer = (row): Made => {
  const { builder } = row;
  const stride = row.int('stride', 2);
  const x = row.image();
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
  const scale = stride === 0 ? row.size('stride', 2) : stride;
  return { tensor: builder.add(upsample, { scale: [scale, scale], mode: 'nearest' }, x), shrinks: 1 / scale };
};

/** make_history_layer: this frame and those before it. */
export const history: Layer = (row: Row): Made => {
  const { builder } = row;
  const frames = row.size('history_size', 4);
  const x = row.image();
  const [, c, h, w] = x.shape ?? [];
  if (frames === 1 || x.shape === undefined) return { tensor: x, widthBy: 'none' };
  const before = builder.add(constant, { shape: [1, (frames - 1) * c!, h!, w!] }, []);
  return { tensor: builder.add(concat, { axis: 1 }, [x, before]), widthBy: 'none' };
};

// [maxpool], [local_avgpool], [avgpool]: windows; Darknet's padding is for both sides together.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import { avgPool, concat, globalAvgPool, maxPool, pad, reshape, slice } from '../../../ops/index.ts';
import type { SectionReader } from '../sectionReader.ts';
import { blur, own, shortfall } from './convolutional.ts';
import type { Layer, LayerOutput } from './layer.ts';

interface Window {
  readonly kernel: number[];
  readonly stride: number[];
  readonly padding: number[];
  readonly paddingAfter?: number[];
}

/**
 * The window, and what it slides over. The output length is (length + padding − size)/stride + 1, and the first window
 * starts padding/2 before the input (maxpool_layer.c). `step`: the stride, if it is not the written one.
 */
function windowOf(reader: SectionReader, step?: number): { x: Tensor; window: Window; written: number[] } {
  const both = reader.size('stride', 1);
  const alexey = reader.dialect === 'alexeyab';
  const written = alexey ? [own(reader, 'stride_y', both), own(reader, 'stride_x', both)] : [both, both];
  const stride = step === undefined ? written : [step, step];
  const size = reader.has('size') ? reader.size('size', 1) : both;
  const border = reader.size('padding', size - 1);
  const before = Math.floor(border / 2);
  const x = reader.image();
  const after = [0, 1].map(axis => border - before + shortfall(reader, x, axis, size, border, stride[axis]!));
  const kernel = [size, size];
  if (border - before >= size && x.shape) {
    // A window must not lie entirely in the padding, but Darknet accepts it: pad separately.
    reader.report({
      range: reader.placeOf('padding', 'pad', 'size'),
      severity: 'warning',
      code: 'padding-fills-window',
      message: l10n.t('With a padding of {0}, some {1}×{1} windows contain only padding.', border, size),
      help: l10n.t('Use at most {0}.', 2 * size - 2),
    });
    const wide = reader.builder.add(pad, { before: [before, before], after, mode: 'constant' }, x);
    return { x: wide, window: { kernel, stride, padding: [0, 0] }, written };
  }
  const even = after.every(length => !(Math.abs(length - before) > 0));
  return {
    x,
    window: { kernel, stride, padding: [before, before], ...(even ? {} : { paddingAfter: after }) },
    written,
  };
}

export const maxpool: Layer = reader => {
  const { builder } = reader;
  const alexey = reader.dialect === 'alexeyab';
  if (alexey && reader.on('maxpool_depth')) return maxOfChannels(reader);
  const antialiasing = alexey ? reader.int('antialiasing', 0) : 0;
  const { x, window, written } = windowOf(reader, antialiasing ? 1 : undefined);
  const y = builder.add(maxPool, { ...window, dilation: [1, 1], rounding: 'floor' }, x);
  const shrinks = written[1]!;
  return antialiasing ? { tensor: blur(reader, y, antialiasing, written), held: y, shrinks } : { tensor: y, shrinks };
};

/**
 * The largest of channels g, g + n, g + 2n, … becomes channel g of n (forward_maxpool_layer).
 */
function maxOfChannels(reader: SectionReader): LayerOutput {
  const { builder } = reader;
  const out = reader.size('out_channels', 1);
  const x = reader.image();
  const [, c, h, w] = x.shape ?? [];
  if (c === undefined || Number.isNaN(c))
    return { tensor: builder.unknown(x.why ?? l10n.t('its channels are not known'), [x]) };
  if (Number.isNaN(out)) return { tensor: builder.unknown(l10n.t('`out_channels` is not known'), [x]), widthBy: 'own' };
  const each = Math.floor(c / out);
  if (each < 1) {
    const why = reader.report({
      range: reader.placeOf('out_channels'),
      severity: 'warning',
      code: 'more-channels-than-input',
      message: l10n.t('There are more output channels ({0}) than input channels to pick from ({1}).', out, c),
      short: l10n.t('more output than input channels'),
      help: l10n.t('Use at most {0}.', c),
    });
    return { tensor: builder.unknown(why, [x], [1, out, h!, w!]), widthBy: 'own' };
  }
  // If the channels do not divide evenly, the first output channels have one more candidate.
  const more = c % out;
  if (more === 0) return { tensor: maxOfEach(builder, x, c, out), widthBy: 'own' };
  const deep = builder.add(reshape, { shape: [1, 1, c, h!, w!] }, x);
  const grown = builder.add(pad, { before: [0, 0, 0], after: [out - more, 0, 0], mode: 'constant' }, deep);
  const table = builder.add(reshape, { shape: [1, each + 1, out, h!, w!] }, grown);
  const halves = [
    builder.add(slice, { axis: 2, start: 0, end: more, step: 1 }, table),
    builder.add(
      slice,
      { axis: 1, start: 0, end: each, step: 1 },
      builder.add(slice, { axis: 2, start: more, end: out, step: 1 }, table),
    ),
  ].map((half, at) => {
    const [taps, channels] = at === 0 ? [each + 1, more] : [each, out - more];
    const flat = builder.add(reshape, { shape: [1, taps * channels, h!, w!] }, half);
    return maxOfEach(builder, flat, taps * channels, channels);
  });
  return { tensor: builder.add(concat, { axis: 1 }, halves), widthBy: 'own' };
}

/** The largest of every out-th of c channels: a window over channels, with taps `out` apart. */
function maxOfEach(builder: SectionReader['builder'], x: Tensor, c: number, out: number): Tensor {
  const [, , h, w] = x.shape!;
  const deep = builder.add(reshape, { shape: [1, 1, c, h!, w!] }, x);
  const window = { kernel: [c / out, 1, 1], stride: [1, 1, 1], padding: [0, 0, 0], dilation: [out, 1, 1] };
  const y = builder.add(maxPool, { ...window, rounding: 'floor' }, deep);
  return builder.add(reshape, { shape: [1, out, h!, w!] }, y);
}

export const localAvgpool: Layer = reader => {
  const { x, window, written } = windowOf(reader);
  const tensor = reader.builder.add(avgPool, { ...window, rounding: 'floor', includePadding: false }, x);
  return { tensor, shrinks: written[1]! };
};

export const avgpool: Layer = reader => ({
  tensor: reader.builder.add(globalAvgPool, { keep: true }, reader.image()),
  reduction: Number.NaN,
});

// [route], [shortcut], [scale_channels], [sam]: layers that read other layers.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import { add, concat, constant, identity, mul, pad, parameter, reshape, slice, upsample } from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { type ShapeOrder, shapeText, sizes } from '../../../ops/rules/shape.ts';
import type { Problem } from '../../../text/problem.ts';
import { clip } from '../../../text/wording.ts';
import { type SectionReader, shown, type Value } from '../sectionReader.ts';
import type { Layer, LayerOutput } from './layer.ts';
import { sourcesOf } from './sources.ts';

/**
 * parse_route, make_route_layer: concatenates one part of the channels of each layer. Layers with different widths or
 * heights become a vector.
 */
export const route: Layer = reader => {
  const { builder } = reader;
  const sources = sourcesOf(reader, 'layers');
  if (!sources) return unknown(reader, l10n.t('it names no layers'));
  if (sources.includes(undefined)) return unknown(reader, l10n.t('a layer that it names does not exist'), sources);
  const values = sources as readonly Value[];
  const odd = values.findIndex(value => differs(values[0]!, value));
  const images = odd < 0 && values.every(({ image }) => image);
  const tensors = values.map(value => (images ? reader.asImage(value) : reader.flat(value)));
  const groups = reader.dialect === 'alexeyab' ? reader.size('groups', 1) : 1;
  reader.skipInputs(0);
  const reduction = values[0]!.reduction;
  const channels = values.reduce((sum, { tensor }) => sum + (tensor.shape?.[1] ?? Number.NaN), 0);
  const traits = {
    image: images,
    reduction,
    widthBy: 'none' as const,
    ...(images ? {} : { channels: Math.floor(channels / groups) }),
  };
  if (odd >= 0) reportSizes(reader, values, odd, tensors);
  if (groups === 1) {
    const [only] = tensors;
    if (tensors.length > 1) return { ...traits, tensor: builder.add(concat, { axis: 1 }, tensors) };
    return { ...traits, tensor: builder.add(identity, {}, only!), length: values[0]!.length, widthBy: values[0]! };
  }
  const id = reader.int('group_id', 0);
  if (id < 0 || id >= groups) {
    const why = reader.report({
      range: reader.placeOf('group_id'),
      code: 'value-out-of-range',
      message: l10n.t('There is no group {0}: with groups={1}, groups are 0 to {2}.', id, groups, groups - 1),
      short: l10n.t('group_id out of range'),
    });
    const shape = tensors[0]!.shape?.map((length, axis) => (axis === 1 ? Math.floor(channels / groups) : length));
    return { ...traits, tensor: builder.unknown(why, tensors, shape) };
  }
  if (values.some(({ length }) => length !== undefined) || tensors.some(({ shape }) => shape && shape[1]! % groups > 0))
    return { ...traits, ...unevenParts(reader, values, images, groups, id) };
  const parts = tensors.map(tensor => {
    const each = (tensor.shape?.[1] ?? Number.NaN) / groups;
    return builder.add(slice, { axis: 1, start: id * each, end: (id + 1) * each, step: 1 }, tensor);
  });
  return { ...traits, tensor: parts.length > 1 ? builder.add(concat, { axis: 1 }, parts) : parts[0]! };
};

/** Whether Darknet sees different widths or heights in two layers; in vectors, both are 0. */
function differs(a: Value, b: Value): boolean {
  if (a.image !== b.image) return true;
  if (!a.image) return false;
  const x = planeOf(a);
  const y = planeOf(b);
  return Math.abs(x[0] - y[0]) > 0 || Math.abs(x[1] - y[1]) > 0;
}

/** Height and width of an image. */
function planeOf({ tensor: { shape } }: Value): readonly [number, number] {
  if (!shape) return [Number.NaN, Number.NaN];
  return shape.length === 4 ? [shape[2]!, shape[3]!] : [1, 1];
}

function reportSizes(reader: SectionReader, values: readonly Value[], odd: number, tensors: readonly Tensor[]): void {
  const length = tensors.reduce((sum, { shape }) => sum + (shape?.[1] ?? Number.NaN), 0);
  const [first, other] = [values[0]!, values[odd]!].map(({ image: isImage, tensor: { shape } }) =>
    shape ? (isImage ? shapeText(shape, reader.builder.order) : sizes(shape.slice(1))) : '?',
  );
  reader.report({
    range: reader.locate(input(odd)),
    severity: 'warning',
    code: 'concat-size-mismatch',
    message: l10n.t(
      'The first layer is {0}, this one {1}: Darknet joins them into a vector of {2} values, which no convolution can read.',
      first!,
      other!,
      shown(length),
    ),
    short: l10n.t('input sizes do not match'),
    help: l10n.t('Use layers of the same width and height.'),
  });
}

/**
 * If groups do not divide the channels, Darknet cuts each layer at that number of elements, within a channel if need be
 * (forward_route_layer), and gives its output the sum of channels, divided (parse_route).
 */
function unevenParts(
  reader: SectionReader,
  values: readonly Value[],
  images: boolean,
  groups: number,
  id: number,
): LayerOutput {
  const { builder } = reader;
  const flats = values.map(value => reader.flat(value));
  if (flats.some(({ shape }) => !shape || Number.isNaN(shape[1]!)))
    return { tensor: builder.unknown(l10n.t('a size is not known'), flats) };
  const lengths = flats.map(({ shape }) => shape![1]!);
  const length = Math.floor(lengths.reduce((a, b) => a + b, 0) / groups);
  const counts = values.map(({ tensor }) => tensor.shape?.[1] ?? Number.NaN);
  const range = reader.placeOf('groups');
  const help = l10n.t('Use fewer groups.');
  const all = counts.reduce((a, b) => a + b, 0);
  const channels = Math.floor(all / groups);
  if (length === 0) {
    const why = reader.report({
      range,
      code: 'more-groups-than-channels',
      message: l10n.t('This route has fewer values than {0} groups, so its output is empty.', groups),
      short: l10n.t('more groups than values'),
      help,
    });
    return { tensor: builder.unknown(why, flats), image: false };
  }
  const parts = flats.flatMap((flat, at) => {
    const each = Math.floor(lengths[at]! / groups);
    return each > 0 ? [reader.cut(flat, id * each, each)] : [];
  });
  const whole = parts.length > 1 ? builder.add(concat, { axis: 1 }, parts) : parts[0];
  // What the layers do not fill is zeros.
  const cut = whole ? reader.cut(whole, 0, length) : builder.add(constant, { shape: [1, length] }, []);
  if (!images) return { tensor: cut };
  if (channels === 0) {
    reader.report({
      range,
      severity: 'warning',
      code: 'more-groups-than-channels',
      message: l10n.t(
        '{0} groups for only {1} channels: Darknet turns the output into a vector of {2} values, which no convolution can read.',
        groups,
        all,
        length,
      ),
      help,
    });
    return { tensor: cut, image: false };
  }
  const uneven = counts.find(count => count % groups > 0);
  if (uneven !== undefined) {
    reader.report({
      range,
      severity: 'warning',
      code: 'input-not-divisible-by-groups',
      message: l10n.t('{0} channels are not divisible by {1} groups: Darknet cuts through a channel.', uneven, groups),
      help: l10n.t('Use a divisor of {0}.', uneven),
    });
  }
  const [h, w] = planeOf(values[0]!);
  const own = channels * h * w;
  const image = builder.add(reshape, { shape: [1, channels, h, w] }, reader.cut(cut, 0, own));
  return { tensor: image, length: length === own ? undefined : length };
}

/** parse_shortcut, make_shortcut_layer: the output has the shape of the layer above. */
export const shortcut: Layer = reader => {
  const { builder } = reader;
  const alexey = reader.dialect === 'alexeyab';
  const sources = sourcesOf(reader, 'from', !alexey);
  if (!sources) return unknown(reader, l10n.t('it names no layers'), [reader.input]);
  const x = reader.image();
  reader.skipInputs(1);
  const others = sources.map((source, at) => {
    if (!source) return builder.unknown(l10n.t('a layer that it names does not exist'), [], x.shape);
    const other = reader.asImage(source);
    return alexey ? sameSize(reader, x, other, at) : sampled(reader, x, other);
  });
  const weighted = alexey ? weightsOf(reader, x) : undefined;
  const terms = [x, ...others].map(term =>
    weighted ? builder.add(mul, {}, [term, builder.add(parameter, { shape: weighted }, [])]) : term,
  );
  // The sum's shape is known even if an addend is not.
  const sum = terms.some(({ shape }) => shape === undefined)
    ? builder.unknown(l10n.t('a layer that it adds is not known'), terms, x.shape)
    : builder.add(add, {}, terms);
  return { tensor: reader.activate(sum, 'linear'), widthBy: 'none' };
};

/** The shape of the weights of one addend: one number, or one per channel; undefined without weights. */
function weightsOf(reader: SectionReader, x: Tensor): readonly number[] | undefined {
  const type = reader.text('weights_type', 'none');
  if (type === 'none') return undefined;
  const normalization = reader.text('weights_normalization', 'none');
  if (!['relu', 'avg_relu', 'softmax'].includes(normalization)) {
    reader.report({
      range: reader.placeOf('weights_normalization', 'weights_type'),
      code: 'unknown-choice',
      message: l10n.t(
        'With weights_type={0}, `weights_normalization` must be relu, avg_relu or softmax. Darknet stops here.',
        clip(type, 40),
      ),
      short: l10n.t('no weights_normalization'),
    });
  }
  switch (type) {
    case 'per_feature':
    case 'per_layer':
      return [1, 1, 1, 1];
    case 'per_channel':
      return [1, x.shape?.[1] ?? Number.NaN, 1, 1];
    default:
      reader.report({
        range: reader.placeOf('weights_type'),
        code: 'unknown-choice',
        message: l10n.t(
          '`weights_type` must be none, per_feature, per_layer or per_channel, not “{0}”. Darknet stops here.',
          clip(type, 40),
        ),
        short: l10n.t('unknown weights_type'),
      });
      return undefined;
  }
}

/**
 * AlexeyAB's: other sizes are rejected (assert in parse_shortcut); if channels differ, only the common ones are added.
 */
function sameSize(reader: SectionReader, x: Tensor, other: Tensor, at: number): Tensor {
  const a = x.shape;
  const b = other.shape;
  if (!a || !b) return other;
  if (Math.abs(a[2]! - b[2]!) > 0 || Math.abs(a[3]! - b[3]!) > 0) {
    const why = reader.report({
      range: reader.locate(input(at + 1)),
      code: 'shortcut-size-mismatch',
      message: l10n.t(
        'The layer above is {0}, this one {1}: AlexeyAB’s Darknet rejects a shortcut across sizes, pjreddie’s adds every n-th pixel.',
        shapeText(a, reader.builder.order),
        shapeText(b, reader.builder.order),
      ),
      short: l10n.t('shortcut across sizes'),
      help: l10n.t('Name a layer of the same width and height, or set the dialect if the file is for pjreddie’s.'),
    });
    return reader.builder.unknown(why, [other], a);
  }
  return fitted(reader, other, a[1]!);
}

/** pjreddie's shortcut_cpu (blas.c): every n-th pixel of the larger one, and the common channels. */
function sampled(reader: SectionReader, x: Tensor, other: Tensor): Tensor {
  const { builder } = reader;
  const a = x.shape;
  if (!a || !other.shape) return other;
  let y = other;
  for (const axis of [2, 3]) {
    const here = a[axis]!;
    const there = y.shape![axis]!;
    if (there > here) {
      const step = Math.floor(there / here);
      y = builder.add(slice, { axis, start: 0, end: step * here, step }, y);
    }
  }
  const [, , h, w] = y.shape ?? [];
  if (h! < a[2]! || w! < a[3]!) {
    // Only every n-th pixel of the larger one is added to; the others are unchanged.
    y = builder.add(upsample, { size: [a[2]!, a[3]!], mode: 'nearest' }, y, { functional: true });
  }
  return fitted(reader, y, a[1]!);
}

/** A tensor with so many channels: cut, or filled up with zeros. */
function fitted(reader: SectionReader, x: Tensor, channels: number): Tensor {
  const { builder } = reader;
  const own = x.shape?.[1] ?? Number.NaN;
  if (own > channels) return builder.add(slice, { axis: 1, start: 0, end: channels, step: 1 }, x);
  if (!(own < channels)) return x;
  const [, , h, w] = x.shape!;
  const deep = builder.add(reshape, { shape: [1, 1, own, h!, w!] }, x);
  const grown = builder.add(pad, { before: [0, 0, 0], after: [channels - own, 0, 0], mode: 'constant' }, deep);
  return builder.add(reshape, { shape: [1, channels, h!, w!] }, grown);
}

/** Multiplies each channel (or, with scale_wh, each position) of another layer by the layer above. */
export const scaleChannels: Layer = reader => multiplied(reader, reader.on('scale_wh') ? 'positions' : 'channels');

/** Multiplies another layer by the layer above. */
export const sam: Layer = reader => multiplied(reader, 'all');

function multiplied(reader: SectionReader, what: 'channels' | 'positions' | 'all'): LayerOutput {
  const { builder } = reader;
  const sources = sourcesOf(reader, 'from', true);
  const source = sources?.[0];
  if (!source) return unknown(reader, l10n.t('the layer that it scales does not exist'));
  const x = reader.image();
  const other = reader.asImage(source);
  const traits = { reduction: source.reduction, widthBy: source };
  const mismatch = x.shape && other.shape ? mismatchOf(what, x.shape, other.shape, builder.order) : undefined;
  if (mismatch) {
    const why = reader.report({ range: reader.locate(input(0)), ...mismatch });
    return { tensor: builder.unknown(why, [other, x], other.shape), ...traits };
  }
  const y = builder.add(mul, {}, [other, x]);
  return { tensor: reader.activate(y, 'linear'), ...traits };
}

function mismatchOf(
  what: 'channels' | 'positions' | 'all',
  x: readonly number[],
  y: readonly number[],
  order: ShapeOrder,
): Pick<Problem, 'code' | 'message' | 'short' | 'help'> | undefined {
  const differs = (axis: number): boolean => Math.abs(x[axis]! - y[axis]!) > 0;
  const code = 'scale-mismatch';
  switch (what) {
    case 'channels': {
      const short = l10n.t('not one factor per channel');
      if (x[2]! > 1 || x[3]! > 1) {
        const message = l10n.t(
          '[scale_channels] needs one factor per channel, but the layer above is {0}. Darknet stops here.',
          shapeText(x, order),
        );
        return { code, message, short, help: l10n.t('Add an [avgpool] above, or set scale_wh=1.') };
      }
      if (!differs(1)) return undefined;
      const message = l10n.t('[scale_channels] has {0} factors for {1} channels. Darknet stops here.', x[1]!, y[1]!);
      return { code, message, short };
    }
    case 'positions': {
      const short = l10n.t('not one factor per position');
      if (x[1]! > 1) {
        const message = l10n.t(
          '[scale_channels] with scale_wh=1 needs one channel, but the layer above has {0}. Darknet stops here.',
          x[1]!,
        );
        return { code, message, short, help: l10n.t('Add a convolution with filters=1 above.') };
      }
      if (!differs(2) && !differs(3)) return undefined;
      const message = l10n.t(
        '[scale_channels] with scale_wh=1 needs one factor per position, but the layer above is {0}, the scaled one {1}. Darknet stops here.',
        shapeText(x, order),
        shapeText(y, order),
      );
      return { code, message, short };
    }
    case 'all': {
      if (!differs(1) && !differs(2) && !differs(3)) return undefined;
      const message = l10n.t(
        '[sam] needs two layers of the same shape, but they are {0} and {1}. Darknet stops here.',
        shapeText(x, order),
        shapeText(y, order),
      );
      return { code: 'sam-mismatch', message, short: l10n.t('layers of different shapes') };
    }
  }
}

/** Blames an input, so that its place in the text can be found. */
function input(index: number): Complaint {
  return { code: '', message: '', input: index };
}

function unknown(reader: SectionReader, why: string, sources: readonly (Value | undefined)[] = []): LayerOutput {
  const inputs = sources.flatMap(source => (source ? [source.tensor] : []));
  return { tensor: reader.builder.unknown(why, inputs), widthBy: 'none' };
}

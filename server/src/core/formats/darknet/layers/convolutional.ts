// [convolutional], [deconvolutional], [local] and [connected]: the layers with weights.
import * as l10n from '@vscode/l10n';
import type { GraphNode, Tensor } from '../../../graph/graph.ts';
import { avgPool, batchNorm, conv, convTranspose, linear, local, slice } from '../../../ops/index.ts';
import { sizes } from '../../../ops/rules/shape.ts';
import { listText } from '../../../text/wording.ts';
import { targetOf } from '../references.ts';
import { type Above, type SectionReader, shown } from '../sectionReader.ts';
import type { Layer, LayerOutput } from './layer.ts';

/** parse_convolutional and make_convolutional_layer. */
export const convolutional: Layer = reader => {
  const alexey = reader.dialect === 'alexeyab';
  const out = reader.size('filters', 1);
  const stride = reader.size('stride', 1);
  const slides = alexey ? [own(reader, 'stride_y', stride), own(reader, 'stride_x', stride)] : [stride, stride];
  const antialiasing = alexey ? reader.int('antialiasing', 0) : 0;
  const x = reader.image();
  if (alexey) checkDeform(reader);
  const shares = alexey && reader.has('share_index') ? shared(reader) : undefined;
  const parts = convolve(reader, x, {
    ...windowOf(reader, 1),
    out,
    stride: antialiasing ? [1, 1] : slides,
    shares,
  });
  if (shares) checkShared(reader, shares, parts);
  const y = reader.activate(parts.tensor, 'logistic');
  const traits = { shrinks: slides[1]!, widthBy: 'own' as const };
  return antialiasing
    ? { ...traits, tensor: blur(reader, y, antialiasing, slides), held: y }
    : { ...traits, tensor: y };
};

interface Convolution {
  readonly conv: GraphNode;
  readonly norm: GraphNode | undefined;
}

interface Window {
  readonly size: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
  readonly binary: boolean;
}

interface Convolve extends Window {
  readonly out: number;
  readonly stride: readonly number[];
  readonly batchNormalize?: boolean;
  readonly shares?: Convolution | undefined;
}

/** The keys that convolutions and convolutional recurrent layers share. */
export function windowOf(reader: SectionReader, defaultSize: number): Window {
  const alexey = reader.dialect === 'alexeyab';
  const size = reader.size('size', defaultSize);
  const xnor = reader.on('xnor');
  return {
    size,
    // Any pad other than 0 means size/2 and overrides padding.
    padding: reader.on('pad') ? Math.floor(size / 2) : reader.size('padding', 0),
    dilation: alexey && size !== 1 ? reader.size('dilation', 1) : 1,
    // AlexeyAB's ignores groups with xnor, and treats values below 1 as 1.
    groups: alexey ? (xnor ? 1 : Math.max(reader.int('groups', 1), 1)) : reader.size('groups', 1),
    binary: xnor,
  };
}

/**
 * Convolution with batch normalization or a bias. Darknet computes the output size without the dilation
 * (convolutional_out_height) and pads pad × dilation. For a padding of size/2 this is consistent; in general, the
 * padding here is chosen to give Darknet's size.
 */
export function convolve(reader: SectionReader, x: Tensor, attrs: Convolve): Convolution & { readonly tensor: Tensor } {
  const { builder } = reader;
  const { size, padding, dilation, groups, binary, out, stride, shares } = attrs;
  const norm = attrs.batchNormalize ?? normalizes(reader);
  const border = 2 * padding + (dilation - 1) * (size - 1);
  const before = Math.floor(border / 2);
  const rest = border - before;
  const reach = size + (dilation - 1) * (size - 1);
  const after = [0, 1].map(axis => rest + shortfall(reader, x, axis, reach, before + rest, stride[axis]!));
  const [fitted, each] = fittedGroups(reader, x, out, groups);
  const y = builder.add(
    conv,
    {
      out,
      kernel: [size, size],
      stride,
      padding: [before, before],
      ...(after.every(length => !(Math.abs(length - before) > 0)) ? {} : { paddingAfter: after }),
      dilation: [dilation, dilation],
      groups: each,
      bias: !norm,
      ...(binary ? { binary } : {}),
    },
    fitted,
    { shares: shares?.conv },
  );
  if (!norm) return { conv: y.node, norm: undefined, tensor: y };
  // In Darknet, the biases are the shift of its batch normalization (forward_convolutional_layer).
  const normed = builder.add(batchNorm, { affine: true }, y, { shares: shares?.norm });
  return { conv: y.node, norm: normed.node, tensor: normed };
}

/**
 * How far a window exceeds its padded input although it has a position: C's division rounds towards zero, so that
 * (length + padding − size)/stride + 1 is 1 for a size of up to stride − 1 too much (convolutional_out_height,
 * make_maxpool_layer, local_out_height). The excess counts as zeros.
 */
export function shortfall(
  reader: SectionReader,
  x: Tensor,
  axis: number,
  reach: number,
  border: number,
  stride: number,
): number {
  const length = x.shape?.[axis + 2] ?? Number.NaN;
  const missing = reach - length - border;
  if (!(missing > 0 && missing < stride)) return 0;
  reader.report({
    range: reader.placeOf('size'),
    severity: 'warning',
    code: 'kernel-larger-than-input',
    message:
      border > 0
        ? l10n.t(
            'The window covers {0}, but the input is only {1} ({2} with padding): Darknet uses a single position.',
            reach,
            length,
            length + border,
          )
        : l10n.t('The window covers {0}, but the input is only {1}: Darknet uses a single position.', reach, length),
    help: l10n.t('Use a smaller size, more padding, or less downsampling above.'),
  });
  return missing;
}

/**
 * The input of a convolution whose groups do not divide the channels: Darknet continues with (c / groups) · filters
 * weights, rounded down (make_convolutional_layer), which here are those of an ungrouped convolution over so many
 * channels.
 */
function fittedGroups(reader: SectionReader, x: Tensor, out: number, groups: number): [Tensor, number] {
  const channels = x.shape?.[1] ?? Number.NaN;
  if (!(channels % groups > 0 || out % groups > 0) || channels < groups) return [x, groups];
  const each = Math.floor(channels / groups);
  const isInput = channels % groups > 0;
  reader.report({
    range: reader.placeOf('groups'),
    severity: 'warning',
    code: isInput ? 'input-not-divisible-by-groups' : 'output-not-divisible-by-groups',
    message: isInput
      ? l10n.t('{0} input channels are not divisible by {1} groups: Darknet ignores the rest.', channels, groups)
      : l10n.t('{0} filters are not divisible by {1} groups: Darknet ignores the rest.', out, groups),
    help: l10n.t('Use a divisor of {0}.', isInput ? channels : out),
  });
  return [reader.builder.add(slice, { axis: 1, start: 0, end: each, step: 1 }, x), 1];
}

export function normalizes(reader: SectionReader): boolean {
  return (
    reader.on('batch_normalize') ||
    (reader.dialect === 'alexeyab' && reader.kind?.name === 'convolutional' && reader.on('cbn'))
  );
}

/** The stride of one dimension: AlexeyAB's ignores values below 1. */
export function own(reader: SectionReader, name: string, stride: number): number {
  const value = reader.int(name, -1);
  return value < 1 ? stride : value;
}

/**
 * The fixed blur after an antialiased layer: 3×3 or 2×2 binomial weights per channel. They are not learned, and Darknet
 * does not include them in BFLOPs, so this is an average pooling here. Only the next layer reads the blurred size:
 * [route] and [shortcut] read the layer before the blur (parse_network_cfg_custom).
 */
export function blur(reader: SectionReader, x: Tensor, antialiasing: number, stride: readonly number[]): Tensor {
  const size = antialiasing === 2 ? 2 : 3;
  const border = antialiasing === 2 ? 0 : 1;
  return reader.builder.within(
    { label: 'blur', type: 'blur', summary: l10n.t('Blurs with fixed weights and subsamples by the stride.') },
    () => {
      const after = [0, 1].map(axis => border + shortfall(reader, x, axis, size, 2 * border, stride[axis]!));
      const window = { kernel: [size, size], stride, padding: [border, border], paddingAfter: after };
      return reader.builder.add(avgPool, { ...window, rounding: 'floor', includePadding: true }, x, {
        functional: true,
      });
    },
  );
}

const deforms = ['sway', 'rotate', 'stretch', 'stretch_sway'] as const;

function checkDeform(reader: SectionReader): void {
  const on = deforms.filter(name => reader.on(name));
  if (on.length === 0) return;
  const range = reader.placeOf(on[0]!);
  if (on.length > 1) {
    reader.report({
      range,
      code: 'several-deformations',
      message: l10n.t('{0} are mutually exclusive. Darknet stops here.', listText(on)),
      help: l10n.t('Keep one of them.'),
    });
  }
  if (reader.int('size', 1) === 1) {
    reader.report({
      range,
      code: 'deformation-without-window',
      message: l10n.t('`{0}` needs a window of at least 3×3. Darknet stops here.', on[0]!),
      help: l10n.t('Set size=3.'),
    });
  }
}

function shared(reader: SectionReader): Convolution | undefined {
  const reference = reader.item.references.mentions[0]!;
  const other = reader.above(reference);
  const conv = other?.item.kind?.name === 'convolutional' ? nodeOf(other, 'conv') : undefined;
  if (!conv) {
    reader.report({
      range: reader.placeOf('share_index'),
      code: 'wrong-layer-type',
      message: l10n.t(
        '`share_index` must name a [convolutional] above layer {0}; layer {1} is not one.',
        reader.index,
        targetOf(reference, reader.index),
      ),
      short: l10n.t('no layer to share weights with'),
    });
    return undefined;
  }
  return { conv, norm: nodeOf(other!, 'batchNorm') };
}

function nodeOf({ placement }: Above, name: string): GraphNode | undefined {
  const own = placement.segment.nodes.find(({ op }) => op.name === name);
  return own && placement.node(own);
}

/** make_convolutional_layer fails if size, filters, channels or weights differ. */
function checkShared(reader: SectionReader, { conv: other }: Convolution, { conv: node }: Convolution): void {
  const a = other.attrs as { out: number; kernel: readonly number[]; groups: number };
  const b = node.attrs as { out: number; kernel: readonly number[]; groups: number };
  const channels = [other, node].map(({ inputs }) => inputs[0]?.shape?.[1] ?? Number.NaN);
  const differs = (x: number, y: number): boolean => Math.abs(x - y) > 0;
  if (
    differs(a.out, b.out) ||
    differs(a.kernel[0]!, b.kernel[0]!) ||
    differs(a.groups, b.groups) ||
    differs(channels[0]!, channels[1]!)
  ) {
    const texts = [b, a].map(
      ({ kernel, out, groups }, at) =>
        `${sizes(kernel)}, ${shown(channels[1 - at])} → ${shown(out)}, groups=${shown(groups)}`,
    );
    reader.report({
      range: reader.placeOf('share_index'),
      code: 'share-mismatch',
      message: l10n.t(
        'Layers that share weights must match, but this one is {0} and the other {1}. Darknet stops here.',
        ...texts,
      ),
      short: l10n.t('shared weights do not fit'),
      help: l10n.t('Use the same size, filters, groups and input channels.'),
    });
  }
}

/** pjreddie's deconvolutional_layer.c. */
export const deconvolutional: Layer = reader => {
  const { builder } = reader;
  const size = reader.size('size', 1);
  const stride = reader.size('stride', 1);
  const padding = reader.on('pad') ? Math.floor(size / 2) : reader.size('padding', 0);
  const norm = normalizes(reader);
  const both = (value: number): number[] => [value, value];
  let y = builder.add(
    convTranspose,
    {
      out: reader.size('filters', 1),
      kernel: both(size),
      stride: both(stride),
      padding: both(padding),
      outputPadding: [0, 0],
      dilation: [1, 1],
      groups: 1,
      bias: !norm,
    },
    reader.image(),
  );
  if (norm) y = builder.add(batchNorm, { affine: true }, y);
  return { tensor: reader.activate(y, 'logistic'), shrinks: 1 / stride, widthBy: 'own' };
};

/** local_layer.c: with pad, there are (length − 1)/stride + 1 positions, whatever the size. */
export const locallyConnected: Layer = reader => {
  const size = reader.size('size', 1);
  const stride = reader.size('stride', 1);
  const border = reader.on('pad') ? size - 1 : 0;
  const before = Math.floor(border / 2);
  const x = reader.image();
  const after = [0, 1].map(axis => border - before + shortfall(reader, x, axis, size, border, stride));
  const y = reader.builder.add(
    local,
    {
      out: reader.size('filters', 1),
      kernel: [size, size],
      stride: [stride, stride],
      padding: [before, before],
      ...(after.every(length => !(Math.abs(length - before) > 0)) ? {} : { paddingAfter: after }),
      bias: true,
    },
    x,
  );
  return { tensor: reader.activate(y, 'logistic'), shrinks: stride, widthBy: 'own' };
};

export const connected: Layer = (reader): LayerOutput => ({
  tensor: reader.activate(connect(reader, reader.flat(), reader.size('output', 1)), 'logistic'),
  reduction: Number.NaN,
  widthBy: 'own',
});

/** make_connected_layer: weights, and batch normalization or a bias. [1, in] → [1, out]. */
export function connect(reader: SectionReader, x: Tensor, out: number): Tensor {
  const norm = normalizes(reader);
  const y = reader.builder.add(linear, { out, bias: !norm }, x);
  return norm ? reader.builder.add(batchNorm, { affine: true }, y) : y;
}

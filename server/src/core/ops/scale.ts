import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxis } from './rules/axis.ts';
import { axisOf, size } from './rules/shape.ts';

export interface Scale {
  readonly bias: boolean;
  readonly axis: number;
}

/** Caffe's Scale, the affine part of a batch normalization: both of its blobs count as affine parameters of a norm. */
export const scale = op<Scale>({
  name: 'scale',
  kind: 'elementwise',
  summary: () => l10n.t('Multiplies each channel by a learned factor and optionally adds a learned bias.'),
  attrs: {
    bias: { kind: 'boolean', default: false, doc: () => l10n.t('Also adds a learned bias to each channel.') },
    axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis with one factor per entry.') },
  },
  arity: 1,
  check: ({ axis }, [x]) => checkAxis(axis, x!),
  shape: (_, [x]) => x!,
  counts: ({ bias, axis }, [x]) => {
    const factors = x![axisOf(axis, x!.length)]!;
    const elements = size(x!);
    return { muls: elements, adds: bias ? elements : 0, normAffine: bias ? 2 * factors : factors };
  },
  inPlace: true,
  saves: (_, __, ___, { weights }) => (weights ? { inputs: [0] } : {}),
  examples: [
    {
      // ResNet-50 in Caffe: after the first BatchNorm.
      attrs: { bias: true, axis: 1 },
      inputs: [[1, 64, 112, 112]],
      output: [1, 64, 112, 112],
      counts: { muls: 802_816, adds: 802_816, normAffine: 128 },
    },
    {
      // The layer scale of a ConvNeXt or CaiT, tokens last.
      attrs: { bias: false, axis: -1 },
      inputs: [[1, 196, 384]],
      output: [1, 196, 384],
      counts: { muls: 75_264, adds: 0, normAffine: 384 },
    },
  ],
});

import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { size } from './rules/shape.ts';
import { standardize } from './rules/standardize.ts';

export interface BatchNorm {
  /** A learned factor and shift for each channel. */
  readonly affine: boolean;
  /** Running mean and variance of each channel, from training; default: true. */
  readonly stats?: boolean | undefined;
}

/** Normalizes each channel (axis 1) by statistics of the training set. */
export const batchNorm = op<BatchNorm>({
  name: 'batchNorm',
  kind: 'norm',
  summary: () =>
    l10n.t('Shifts and scales each channel by statistics from training; folds into the preceding convolution.'),
  attrs: {
    affine: { kind: 'boolean', default: true, doc: () => l10n.t('Learns a scale and a shift for each channel.') },
    stats: { kind: 'boolean', default: true, doc: () => l10n.t('Keeps a running mean and variance for each channel.') },
  },
  arity: 1,
  rank: { min: 2 },
  shape: (_, [x]) => x!,
  counts: ({ affine, stats = true }, [x]) => {
    const channels = x![1]!;
    const elements = size(x!);
    // At inference, statistics, factor and shift are constants: one multiplication and one addition per element.
    const work = stats
      ? { muls: elements, adds: elements }
      : standardize(x!, elements / channels, { factor: affine, shift: affine });
    return { ...work, normAffine: affine ? 2 * channels : 0, normStats: stats ? 2 * channels : 0 };
  },
  inPlace: true,
  saves: (_, [x]) => ({ inputs: [0], extras: [{ elements: 2 * x![1]!, once: true }] }),
  examples: [
    {
      // After ResNet's first convolution.
      attrs: { affine: true, stats: true },
      inputs: [[1, 64, 112, 112]],
      output: [1, 64, 112, 112],
      counts: { muls: 802_816, adds: 802_816, normAffine: 128, normStats: 128 },
    },
    {
      attrs: { affine: true },
      inputs: [[1, 10]],
      output: [1, 10],
      counts: { muls: 10, adds: 10, normAffine: 20, normStats: 20 },
    },
    {
      attrs: { affine: false, stats: false },
      inputs: [[1, 8, 4, 4]],
      output: [1, 8, 4, 4],
      counts: { muls: 256, adds: 376, divs: 24 },
    },
  ],
});

import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { size } from './rules/shape.ts';
import { standardize } from './rules/standardize.ts';

export interface InstanceNorm {
  /** A learned factor and shift for each channel. */
  readonly affine: boolean;
}

/** Normalizes each channel (axis 1) over its own positions, without running statistics (PyTorch's default). */
export const instanceNorm = op<InstanceNorm>({
  name: 'instanceNorm',
  kind: 'norm',
  summary: () =>
    l10n.t('Normalizes each channel of each image to zero mean and unit variance, using its own statistics.'),
  attrs: {
    affine: { kind: 'boolean', default: false, doc: () => l10n.t('Learns a scale and a shift for each channel.') },
  },
  arity: 1,
  rank: { min: 2 },
  shape: (_, [x]) => x!,
  counts: ({ affine }, [x]) => ({
    ...standardize(x!, size(x!.slice(2)), { factor: affine, shift: affine }),
    normAffine: affine ? 2 * x![1]! : 0,
  }),
  inPlace: true,
  saves: ({ affine }, [x]) => ({ inputs: [0], extras: [{ elements: (affine ? 3 : 2) * x![0]! * x![1]! }] }),
  examples: [
    {
      attrs: { affine: false },
      inputs: [[1, 64, 128, 128]],
      output: [1, 64, 128, 128],
      counts: { adds: 3_145_664, muls: 2_097_152, divs: 192 },
    },
    {
      attrs: { affine: true },
      inputs: [[1, 3, 4, 4]],
      output: [1, 3, 4, 4],
      counts: { adds: 189, muls: 144, divs: 9, normAffine: 6 },
    },
  ],
});

import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { size } from './rules/shape.ts';
import { checkTrailing } from './rules/trailing.ts';

export interface RmsNorm {
  /** How many trailing dimensions are normalized together. */
  readonly axes: number;
  /** A learned factor per element of these dimensions. */
  readonly affine: boolean;
}

/** x / √(mean(x²) + epsilon) over the trailing dimensions. */
export const rmsNorm = op<RmsNorm>({
  name: 'rmsNorm',
  kind: 'norm',
  summary: () =>
    l10n.t(
      'Divides the features of each element by their root mean square: layer normalization without subtracting the mean.',
    ),
  attrs: {
    axes: { kind: 'int', min: 1, default: 1, doc: () => l10n.t('Number of trailing dimensions normalized together.') },
    affine: { kind: 'boolean', default: true, doc: () => l10n.t('Learns a scale for each feature.') },
  },
  arity: 1,
  rank: { min: 2 },
  check: ({ axes }, [x]) => checkTrailing(axes, x!),
  shape: (_, [x]) => x!,
  // For n features: n squares, n − 1 adds, 1 div for the mean; 1 add of epsilon; 1/√ is 1 div; n muls to scale.
  counts: ({ axes, affine }, [x]) => {
    const elements = size(x!);
    const features = size(x!.slice(x!.length - axes));
    return {
      adds: elements,
      muls: (affine ? 3 : 2) * elements,
      divs: 2 * (elements / features),
      normAffine: affine ? features : 0,
    };
  },
  inPlace: true,
  examples: [
    {
      attrs: { axes: 1, affine: true },
      inputs: [[1, 128, 512]],
      output: [1, 128, 512],
      counts: { adds: 65_536, muls: 196_608, divs: 256, normAffine: 512 },
    },
    {
      attrs: { axes: 2, affine: false },
      inputs: [[1, 4, 8]],
      output: [1, 4, 8],
      counts: { adds: 32, muls: 64, divs: 2 },
    },
  ],
});

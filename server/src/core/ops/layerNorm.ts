import * as l10n from '@vscode/l10n';
import { op, type Shape } from './op.ts';
import { size } from './rules/shape.ts';
import { standardize } from './rules/standardize.ts';
import { checkTrailing } from './rules/trailing.ts';

export interface LayerNorm {
  /** How many trailing dimensions are normalized together. */
  readonly axes: number;
  /** A learned factor per element of these dimensions. */
  readonly affine: boolean;
  /** A learned shift as well; ignored without `affine`. */
  readonly bias: boolean;
}

/** Normalizes over the trailing dimensions: the features of each token for `axes` 1. */
export const layerNorm = op<LayerNorm>({
  name: 'layerNorm',
  kind: 'norm',
  summary: () =>
    l10n.t('Normalizes the features of each element to zero mean and unit variance, using their own statistics.'),
  attrs: {
    axes: { kind: 'int', min: 1, default: 1, doc: () => l10n.t('Number of trailing dimensions normalized together.') },
    affine: { kind: 'boolean', default: true, doc: () => l10n.t('Learns a scale for each feature.') },
    bias: { kind: 'boolean', default: true, doc: () => l10n.t('Also learns a shift for each feature.') },
  },
  arity: 1,
  rank: { min: 2 },
  check: ({ axes }, [x]) => checkTrailing(axes, x!),
  shape: (_, [x]) => x!,
  counts: ({ axes, affine, bias }, [x]) => {
    const features = featuresOf(axes, x!);
    return {
      ...standardize(x!, features, { factor: affine, shift: affine && bias }),
      normAffine: affine ? features * (bias ? 2 : 1) : 0,
    };
  },
  inPlace: true,
  makes: ({ axes }, [x]) => [{ elements: 2 * rowsOf(axes, x!) }],
  saves: ({ axes }, [x]) => ({ inputs: [0], extras: [{ elements: 2 * rowsOf(axes, x!) }] }),
  examples: [
    {
      // ViT-B/16.
      attrs: { axes: 1, affine: true, bias: true },
      inputs: [[1, 197, 768]],
      output: [1, 197, 768],
      counts: { adds: 604_987, muls: 453_888, divs: 591, normAffine: 1536 },
    },
    {
      attrs: { axes: 3, affine: false, bias: true },
      inputs: [[1, 4, 2, 2]],
      output: [1, 4, 2, 2],
      counts: { adds: 47, muls: 32, divs: 3 },
    },
    {
      attrs: { axes: 1, affine: true, bias: false },
      inputs: [[1, 2, 4]],
      output: [1, 2, 4],
      counts: { adds: 22, muls: 24, divs: 6, normAffine: 4 },
    },
  ],
});

/** How many vectors are normalized, each with its own mean and deviation. */
function rowsOf(axes: number, x: Shape): number {
  return size(x.slice(0, x.length - axes));
}

function featuresOf(axes: number, x: Shape): number {
  return size(x.slice(x.length - axes));
}

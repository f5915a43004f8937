import * as l10n from '@vscode/l10n';
import { op } from './op.ts';

export interface PriorBox {
  /** Boxes per position of the feature map. */
  readonly priors: number;
}

/**
 * SSD's default boxes: the inputs are the feature map and the image, of which only the sizes matter
 * (prior_box_layer.cpp).
 */
export const priorBox = op<PriorBox>({
  name: 'priorBox',
  kind: 'data',
  summary: () =>
    l10n.t('Default boxes for every position of a feature map: four coordinates and four variances each. Not learned.'),
  attrs: { priors: { kind: 'int', min: 1, doc: () => l10n.t('Boxes at each position of the feature map.') } },
  arity: { min: 1 },
  passes: () => false,
  rank: { min: 4, max: 4 },
  shape: ({ priors }, [x]) => [1, 2, x![2]! * x![3]! * priors * 4],
  examples: [
    {
      // SSD300 on conv4_3.
      attrs: { priors: 4 },
      inputs: [
        [1, 512, 38, 38],
        [1, 3, 300, 300],
      ],
      output: [1, 2, 23_104],
      counts: {},
    },
    { attrs: { priors: 6 }, inputs: [[1, 256, 1, 1]], output: [1, 2, 24], counts: {} },
  ],
});

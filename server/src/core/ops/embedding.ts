import * as l10n from '@vscode/l10n';
import { op } from './op.ts';

export interface Embedding {
  readonly count: number;
  readonly dim: number;
}

export const embedding = op<Embedding>({
  name: 'embedding',
  kind: 'data',
  summary: () => l10n.t('Looks up a learned vector for each index. Parameters, but no arithmetic.'),
  attrs: {
    count: { kind: 'int', min: 1, doc: () => l10n.t('Number of vectors: the size of the vocabulary.') },
    dim: { kind: 'int', min: 1, doc: () => l10n.t('Length of each vector.') },
  },
  arity: 1,
  // Indices have no gradient.
  passes: () => false,
  shape: ({ dim }, [x]) => [...x!, dim],
  counts: ({ count, dim }) => ({ weights: count * dim }),
  saves: () => ({ inputs: [0] }),
  examples: [
    {
      // BERT base: 30,522 word pieces.
      attrs: { count: 30_522, dim: 768 },
      inputs: [[1, 128]],
      output: [1, 128, 768],
      counts: { macs: 0, weights: 23_440_896 },
    },
    { attrs: { count: 10, dim: 3 }, inputs: [[1]], output: [1, 3], counts: { weights: 30 } },
  ],
});

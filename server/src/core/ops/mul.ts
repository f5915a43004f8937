import * as l10n from '@vscode/l10n';
import { elementwise } from './rules/elementwise.ts';
import { savesFactors } from './rules/saved.ts';

/** A gate, as in squeeze-and-excitation; Caffe's Eltwise PROD. */
export const mul = elementwise({
  name: 'mul',
  summary: () => l10n.t('Multiplies its inputs element by element; axes of size 1 are broadcast.'),
  arity: { min: 1 },
  each: 'muls',
  saves: savesFactors,
  examples: [
    {
      // Squeeze-and-excitation: one factor per channel.
      attrs: {},
      inputs: [
        [1, 96, 56, 56],
        [1, 96, 1, 1],
      ],
      output: [1, 96, 56, 56],
      counts: { muls: 301_056 },
    },
    {
      attrs: {},
      inputs: [
        [1, 4, 1],
        [1, 1, 5],
      ],
      output: [1, 4, 5],
      counts: { muls: 20 },
    },
  ],
});

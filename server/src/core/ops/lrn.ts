import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { perElement } from './rules/activation.ts';

export interface Lrn {
  /** How many neighboring channels are summed. */
  readonly size: number;
}

/** Local response normalization across channels: x / (k + alpha/n · Σ x²)^beta (AlexNet, GoogLeNet). */
export const lrn = op<Lrn>({
  name: 'lrn',
  kind: 'norm',
  summary: () => l10n.t('Divides each value by the energy of the neighboring channels. No parameters.'),
  attrs: {
    size: { kind: 'int', min: 1, default: 5, doc: () => l10n.t('Number of neighboring channels that are summed.') },
  },
  arity: 1,
  rank: { min: 2 },
  shape: (_, [x]) => x!,
  // Per element: its square, a sum of `size` squares (also beyond the channels), factor, offset, power, division.
  counts: ({ size }, [x]) => perElement({ muls: 2, adds: size, exps: 1, divs: 1 }, x!),
  examples: [
    {
      // AlexNet's first.
      attrs: { size: 5 },
      inputs: [[1, 96, 55, 55]],
      output: [1, 96, 55, 55],
      counts: { muls: 580_800, adds: 1_452_000, exps: 290_400, divs: 290_400 },
    },
    {
      attrs: { size: 3 },
      inputs: [[1, 4, 5]],
      output: [1, 4, 5],
      counts: { muls: 40, adds: 60, exps: 20, divs: 20 },
    },
  ],
});

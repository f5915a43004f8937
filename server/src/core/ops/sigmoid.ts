import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesResult } from './rules/saved.ts';

/** 1 / (1 + exp(−x)). */
export const sigmoid = activation({
  name: 'sigmoid',
  summary: () => l10n.t('Maps every value into the range 0 to 1.'),
  attrs: {},
  each: { exps: 1, adds: 1, divs: 1 },
  saves: savesResult,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { exps: 200_704, adds: 200_704, divs: 200_704 },
    },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { exps: 10, adds: 10, divs: 10 } },
  ],
});

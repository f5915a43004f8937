import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInputOrResult } from './rules/saved.ts';

/** x above zero, exp(x) − 1 below (alpha 1 or folded into the product). */
export const elu = activation({
  name: 'elu',
  summary: () => l10n.t('A ReLU with a smooth negative side that saturates.'),
  attrs: {},
  each: { compares: 1, exps: 1, adds: 1, muls: 1 },
  saves: savesInputOrResult,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { compares: 200_704, exps: 200_704, adds: 200_704, muls: 200_704 },
    },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { compares: 10, exps: 10, adds: 10, muls: 10 } },
  ],
});

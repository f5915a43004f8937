import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInputOrResult } from './rules/saved.ts';

/** max(0, x) + min(0, alpha·(exp(x/alpha) − 1)). */
export const celu = activation({
  name: 'celu',
  summary: () => l10n.t('An ELU that is smooth at zero for every alpha.'),
  attrs: {},
  each: { compares: 1, exps: 1, adds: 1, muls: 2 },
  saves: savesInputOrResult,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { compares: 200_704, exps: 200_704, adds: 200_704, muls: 401_408 },
    },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { compares: 10, exps: 10, adds: 10, muls: 20 } },
  ],
});

import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesResult } from './rules/saved.ts';

/** The hyperbolic tangent, one transcendental function. */
export const tanh = activation({
  name: 'tanh',
  summary: () => l10n.t('Maps every value into the range −1 to 1.'),
  attrs: {},
  each: { exps: 1 },
  saves: savesResult,
  examples: [
    { attrs: {}, inputs: [[1, 197, 3072]], output: [1, 197, 3072], counts: { exps: 605_184 } },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { exps: 10 } },
  ],
});

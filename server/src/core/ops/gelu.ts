import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

/** 0.5·x·(1 + erf(x/√2)), the exact form. */
export const gelu = activation({
  name: 'gelu',
  summary: () =>
    l10n.t('x times the probability that a standard normal variable is below x; the activation of Transformers.'),
  attrs: {},
  each: { exps: 1, adds: 1, muls: 3 },
  saves: savesInput,
  examples: [
    {
      attrs: {},
      inputs: [[1, 197, 3072]],
      output: [1, 197, 3072],
      counts: { exps: 605_184, adds: 605_184, muls: 1_815_552 },
    },
    { attrs: {}, inputs: [[1, 8, 4, 6, 5]], output: [1, 8, 4, 6, 5], counts: { exps: 960, adds: 960, muls: 2880 } },
  ],
});

import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

/** log(1 + exp(x)), linear above a threshold. */
export const softplus = activation({
  name: 'softplus',
  summary: () => l10n.t('Smooth ReLU: log(1 + exp(x)).'),
  attrs: {},
  each: { compares: 1, exps: 2, adds: 1 },
  saves: savesInput,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { compares: 200_704, exps: 401_408, adds: 200_704 },
    },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { compares: 10, exps: 20, adds: 10 } },
  ],
});

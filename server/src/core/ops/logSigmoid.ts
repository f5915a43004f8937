import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { size } from './rules/shape.ts';

/** −log(1 + exp(−x)). */
export const logSigmoid = activation({
  name: 'logSigmoid',
  summary: () => l10n.t('Logarithm of the sigmoid.'),
  attrs: {},
  each: { exps: 2, adds: 1 },
  saves: (_, [x]) => ({ inputs: [0], extras: [{ elements: size(x!) }] }),
  examples: [
    { attrs: {}, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 56], counts: { exps: 401_408, adds: 200_704 } },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { exps: 20, adds: 10 } },
  ],
});

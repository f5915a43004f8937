import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

/** relu6(x + 3)/6. */
export const hardSigmoid = activation({
  name: 'hardSigmoid',
  summary: () => l10n.t('A piecewise-linear approximation of the sigmoid: cheap on small processors.'),
  attrs: {},
  each: { adds: 1, compares: 2, muls: 1 },
  saves: savesInput,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { adds: 200_704, compares: 401_408, muls: 200_704 },
    },
    { attrs: {}, inputs: [[1, 8, 4, 6, 5]], output: [1, 8, 4, 6, 5], counts: { adds: 960, compares: 1920, muls: 960 } },
  ],
});

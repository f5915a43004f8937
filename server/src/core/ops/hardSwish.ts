import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

/** x·relu6(x + 3)/6 (MobileNetV3). */
export const hardSwish = activation({
  name: 'hardSwish',
  summary: () => l10n.t('A piecewise-linear approximation of SiLU: cheap on small processors.'),
  attrs: {},
  each: { adds: 1, compares: 2, muls: 2 },
  saves: savesInput,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { adds: 200_704, compares: 401_408, muls: 401_408 },
    },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { adds: 10, compares: 20, muls: 20 } },
  ],
});

import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

/** min(max(0, x), 6). */
export const relu6 = activation({
  name: 'relu6',
  summary: () => l10n.t('A ReLU capped at 6, for low-precision arithmetic.'),
  attrs: {},
  each: { compares: 2 },
  saves: savesInput,
  examples: [
    { attrs: {}, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 56], counts: { compares: 401_408 } },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { compares: 20 } },
  ],
});

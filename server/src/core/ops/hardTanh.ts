import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

/** min(max(−1, x), 1). */
export const hardTanh = activation({
  name: 'hardTanh',
  summary: () => l10n.t('Clamps every value to the range −1 to 1.'),
  attrs: {},
  each: { compares: 2 },
  saves: savesInput,
  examples: [
    { attrs: {}, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 56], counts: { compares: 401_408 } },
    { attrs: {}, inputs: [[1, 8, 4, 6, 5]], output: [1, 8, 4, 6, 5], counts: { compares: 1920 } },
  ],
});

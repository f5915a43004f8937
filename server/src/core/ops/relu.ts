import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesResult } from './rules/saved.ts';

/** max(0, x). */
export const relu = activation({
  name: 'relu',
  summary: () => l10n.t('Sets negative values to zero.'),
  attrs: {},
  each: { compares: 1 },
  saves: savesResult,
  examples: [
    { attrs: {}, inputs: [[1, 64, 56, 56]], output: [1, 64, 56, 56], counts: { compares: 200_704 } },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { compares: 10 } },
  ],
});

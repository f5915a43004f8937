import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { size } from './rules/shape.ts';

/** The final sum of a loss; what precedes it (softmax, differences, squares) are separate nodes. */
export const loss = op({
  name: 'loss',
  kind: 'pool',
  summary: () => l10n.t('Reduces predictions and targets to one number; one addition per prediction.'),
  attrs: {},
  arity: { min: 1 },
  shape: () => [],
  counts: (_, [x]) => ({ adds: size(x!) }),
  field: () => 'global',
  examples: [
    { attrs: {}, inputs: [[1, 1000], [1]], output: [], counts: { adds: 1000 } },
    { attrs: {}, inputs: [[1, 21, 8, 8]], output: [], counts: { adds: 1344 } },
  ],
});

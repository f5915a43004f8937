import * as l10n from '@vscode/l10n';
import { elementwise } from './rules/elementwise.ts';
import { savesNothing } from './rules/saved.ts';

export const sub = elementwise({
  name: 'sub',
  summary: () => l10n.t('Subtracts the second input from the first element by element; axes of size 1 are broadcast.'),
  arity: 2,
  each: 'adds',
  saves: savesNothing,
  examples: [
    {
      attrs: {},
      inputs: [
        [1, 2, 8400],
        [1, 2, 8400],
      ],
      output: [1, 2, 8400],
      counts: { adds: 16_800 },
    },
    { attrs: {}, inputs: [[1, 16, 7, 7], [1]], output: [1, 16, 7, 7], counts: { adds: 784 } },
  ],
});

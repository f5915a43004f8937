import * as l10n from '@vscode/l10n';
import { elementwise } from './rules/elementwise.ts';
import { savesNothing } from './rules/saved.ts';

export const compare = elementwise({
  name: 'compare',
  summary: () => l10n.t('Compares its inputs element by element; axes of size 1 are broadcast.'),
  arity: 2,
  passes: () => false,
  each: 'compares',
  saves: savesNothing,
  examples: [
    {
      attrs: {},
      inputs: [
        [1, 10, 1],
        [1, 1, 10],
      ],
      output: [1, 10, 10],
      counts: { compares: 100 },
    },
    { attrs: {}, inputs: [[1, 8400], []], output: [1, 8400], counts: { compares: 8400 } },
  ],
});

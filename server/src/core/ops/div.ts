import * as l10n from '@vscode/l10n';
import { elementwise } from './rules/elementwise.ts';

export const div = elementwise({
  name: 'div',
  summary: () => l10n.t('Divides the first input by the second element by element; axes of size 1 are broadcast.'),
  arity: 2,
  each: 'divs',
  saves: (_, __, ___, { inputs: [, divisor] }) => ({ inputs: divisor ? [0, 1] : [1] }),
  examples: [
    { attrs: {}, inputs: [[1, 12, 197, 197], [1]], output: [1, 12, 197, 197], counts: { divs: 465_708 } },
    {
      attrs: {},
      inputs: [
        [1, 2, 100],
        [1, 1, 100],
      ],
      output: [1, 2, 100],
      counts: { divs: 200 },
    },
  ],
});

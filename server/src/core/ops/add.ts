import * as l10n from '@vscode/l10n';
import { elementwise } from './rules/elementwise.ts';
import { savesNothing } from './rules/saved.ts';

/** A residual connection, Darknet's shortcut, Caffe's Eltwise SUM. */
export const add = elementwise({
  name: 'add',
  summary: () => l10n.t('Adds its inputs element by element; axes of size 1 are broadcast.'),
  arity: { min: 1 },
  each: 'adds',
  saves: savesNothing,
  examples: [
    {
      // A residual connection of ResNet-50's first stage.
      attrs: {},
      inputs: [
        [1, 256, 56, 56],
        [1, 256, 56, 56],
      ],
      output: [1, 256, 56, 56],
      counts: { adds: 802_816 },
    },
    {
      // A position embedding, the same for every sample, and a third input.
      attrs: {},
      inputs: [
        [1, 197, 768],
        [197, 768],
        [1, 1, 1],
      ],
      output: [1, 197, 768],
      counts: { adds: 302_592 },
    },
    { attrs: {}, inputs: [[1, 8, 4, 4]], output: [1, 8, 4, 4], counts: { adds: 0 } },
  ],
});

import * as l10n from '@vscode/l10n';
import { elementwise } from './rules/elementwise.ts';
import { savesInputs } from './rules/saved.ts';

/** Maxout over tensors; Caffe's Eltwise MAX. */
export const maximum = elementwise({
  name: 'maximum',
  summary: () => l10n.t('Takes the maximum of its inputs element by element; axes of size 1 are broadcast.'),
  arity: { min: 1 },
  each: 'compares',
  saves: savesInputs,
  examples: [
    {
      attrs: {},
      inputs: [
        [1, 64, 8, 8],
        [1, 64, 8, 8],
        [1, 64, 8, 8],
      ],
      output: [1, 64, 8, 8],
      counts: { compares: 8192 },
    },
    {
      attrs: {},
      inputs: [
        [1, 3, 5],
        [1, 3, 1],
      ],
      output: [1, 3, 5],
      counts: { compares: 15 },
    },
  ],
});

import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInputOrResult } from './rules/saved.ts';

/** ELU with two fixed factors, folded into one product on either side. */
export const selu = activation({
  name: 'selu',
  summary: () => l10n.t('Scaled ELU: keeps the mean and variance of activations stable without normalization.'),
  attrs: {},
  each: { compares: 1, exps: 1, adds: 1, muls: 1 },
  saves: savesInputOrResult,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { compares: 200_704, exps: 200_704, adds: 200_704, muls: 200_704 },
    },
    {
      attrs: {},
      inputs: [[1, 8, 4, 6, 5]],
      output: [1, 8, 4, 6, 5],
      counts: { compares: 960, exps: 960, adds: 960, muls: 960 },
    },
  ],
});

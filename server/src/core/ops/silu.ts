import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

/** x / (1 + exp(−x)); also known as swish. */
export const silu = activation({
  name: 'silu',
  summary: () => l10n.t('x times its sigmoid; the activation of YOLO and EfficientNet.'),
  attrs: {},
  each: { exps: 1, adds: 1, divs: 1 },
  saves: savesInput,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { exps: 200_704, adds: 200_704, divs: 200_704 },
    },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { exps: 10, adds: 10, divs: 10 } },
  ],
});

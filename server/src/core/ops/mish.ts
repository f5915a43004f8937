import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

/** x·tanh(log(1 + exp(x))); the softplus as framework kernels compute it, without a threshold. */
export const mish = activation({
  name: 'mish',
  summary: () => l10n.t('x times the tanh of its softplus; the activation of YOLOv4.'),
  attrs: {},
  each: { exps: 3, adds: 1, muls: 1 },
  saves: savesInput,
  examples: [
    {
      attrs: {},
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { exps: 602_112, adds: 200_704, muls: 200_704 },
    },
    { attrs: {}, inputs: [[1, 10]], output: [1, 10], counts: { exps: 30, adds: 10, muls: 10 } },
  ],
});

import * as l10n from '@vscode/l10n';
import { recurrent } from './rules/recurrent.ts';

/** torch.nn.RNN: h' = tanh(W·x + U·h). */
export const rnn = recurrent({
  name: 'rnn',
  summary: () =>
    l10n.t('Plain recurrent layer: reads a sequence step by step and keeps a state; one weighted sum per step.'),
  gates: 1,
  cell: { exps: 1 },
  examples: [
    {
      attrs: { hidden: 128, layers: 1, bidirectional: false, bias: true },
      inputs: [[1, 10, 64]],
      output: [1, 10, 128],
      counts: { macs: 245_760, weights: 24_576, biases: 256, adds: 2560, exps: 1280 },
    },
    {
      attrs: { hidden: 4, layers: 3, bidirectional: false, bias: false },
      inputs: [[1, 2, 6]],
      output: [1, 2, 4],
      counts: { macs: 208, weights: 104, biases: 0, exps: 24 },
    },
  ],
});

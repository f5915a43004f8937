import * as l10n from '@vscode/l10n';
import { recurrent } from './rules/recurrent.ts';

/** torch.nn.GRU: n = tanh(… + r·(…)) and h' = (1 − z)·n + z·h. */
export const gru = recurrent({
  name: 'gru',
  summary: () =>
    l10n.t('Gated recurrent unit: reads a sequence step by step and keeps a state; three weighted sums per step.'),
  gates: 3,
  cell: { muls: 3, adds: 2, exps: 3 },
  examples: [
    {
      attrs: { hidden: 128, layers: 1, bidirectional: false, bias: true },
      inputs: [[1, 10, 64]],
      output: [1, 10, 128],
      counts: { macs: 737_280, weights: 73_728, biases: 768, muls: 3840, adds: 10_240, exps: 3840 },
    },
    {
      // The second layer reads both directions of the first.
      attrs: { hidden: 3, layers: 2, bidirectional: true, bias: true },
      inputs: [[1, 5, 2]],
      output: [1, 5, 6],
      counts: { macs: 1260, weights: 252, biases: 72, muls: 180, adds: 480, exps: 180 },
    },
  ],
});

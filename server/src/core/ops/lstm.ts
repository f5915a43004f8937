import * as l10n from '@vscode/l10n';
import { recurrent } from './rules/recurrent.ts';

/** torch.nn.LSTM: three gates and a candidate; c' = f·c + i·g and h' = o·tanh(c'). */
export const lstm = recurrent({
  name: 'lstm',
  summary: () =>
    l10n.t('Long short-term memory: reads a sequence step by step and keeps a state; four weighted sums per step.'),
  gates: 4,
  cell: { muls: 3, adds: 1, exps: 5 },
  examples: [
    {
      // CRNN's first: 26 steps of 512 features, both ways.
      attrs: { hidden: 256, layers: 1, bidirectional: true, bias: true },
      inputs: [[1, 26, 512]],
      output: [1, 26, 512],
      counts: { macs: 40_894_464, weights: 1_572_864, biases: 4096, muls: 39_936, adds: 119_808, exps: 66_560 },
    },
    {
      // LRCN in Caffe: 16 frames, one bias per gate.
      attrs: { hidden: 256, layers: 1, bidirectional: false, bias: true, oneBias: true },
      inputs: [[16, 1, 4096]],
      output: [16, 1, 256],
      counts: { macs: 71_303_168, weights: 4_456_448, biases: 1024, muls: 12_288, adds: 20_480, exps: 20_480 },
    },
    {
      attrs: { hidden: 3, layers: 2, bidirectional: false, bias: false },
      inputs: [[1, 5, 2]],
      output: [1, 5, 3],
      counts: { macs: 660, weights: 132, biases: 0, muls: 90, adds: 30, exps: 150 },
    },
  ],
});

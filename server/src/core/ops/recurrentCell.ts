import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { perElement } from './rules/activation.ts';
import { checkBroadcast } from './rules/elementwise.ts';

export interface RecurrentCell {
  readonly cell: 'rnn' | 'gru' | 'lstm';
}

/**
 * The element-wise part of a recurrent layer whose products are separate layers, as in Darknet (rnn_layer.c,
 * gru_layer.c, lstm_layer.c, conv_lstm_layer.c). Inputs: for each gate the parts from the input and from the state
 * (three more for an LSTM with peepholes), and the state last; all have the same shape.
 */
export const recurrentCell = op<RecurrentCell>({
  name: 'recurrentCell',
  kind: 'elementwise',
  summary: () => l10n.t('Computes the new state of a recurrent layer from its gates, element by element.'),
  attrs: {
    cell: {
      kind: 'choice',
      values: ['rnn', 'gru', 'lstm'],
      doc: () =>
        l10n.t(
          'rnn adds the input and the recurrent part; gru has two gates and a candidate, lstm three and a candidate.',
        ),
    },
  },
  arity: { min: 3 },
  check: (_, inputs, order) => checkBroadcast(inputs, order),
  shape: (_, inputs) => inputs[0]!,
  counts: ({ cell }, inputs, [y]) => {
    switch (cell) {
      case 'rnn':
        return perElement({ adds: 1 }, y!);
      case 'gru':
        // Three gates with two parts each, r·h, z·h + (1 − z)·h′.
        return perElement({ adds: 5, muls: 3, exps: 3 }, y!);
      case 'lstm':
        // The parts of four gates, f·c + i·g, o·tanh(c).
        return perElement({ adds: inputs.length - 4, muls: 3, exps: 5 }, y!);
    }
  },
  examples: [
    {
      attrs: { cell: 'rnn' },
      inputs: [
        [1, 8],
        [1, 8],
        [1, 8],
      ],
      output: [1, 8],
      counts: { adds: 8 },
    },
    {
      attrs: { cell: 'lstm' },
      inputs: Array.from({ length: 9 }, () => [1, 4, 2, 2]),
      output: [1, 4, 2, 2],
      counts: { adds: 80, muls: 48, exps: 80 },
    },
    {
      attrs: { cell: 'gru' },
      inputs: Array.from({ length: 7 }, () => [1, 2]),
      output: [1, 2],
      counts: { adds: 10, muls: 6, exps: 6 },
    },
  ],
});

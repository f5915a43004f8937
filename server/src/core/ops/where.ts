import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkBroadcast } from './rules/elementwise.ts';
import { broadcast } from './rules/shape.ts';

/** torch.where, masked_fill: the inputs are a condition and two alternatives. */
export const where = op({
  name: 'where',
  kind: 'elementwise',
  summary: () => l10n.t('Takes each element from the second or the third input, as the first one says.'),
  attrs: {},
  arity: 3,
  passes: input => input > 0,
  check: (_, inputs, order) => checkBroadcast(inputs, order),
  shape: (_, inputs) => broadcast(inputs)!,
  saves: () => ({ inputs: [0] }),
  examples: [
    {
      // A causal mask over attention scores.
      attrs: {},
      inputs: [[1, 1, 16, 16], [], [1, 12, 16, 16]],
      output: [1, 12, 16, 16],
      counts: { macs: 0 },
    },
    { attrs: {}, inputs: [[4, 1], [1, 5], [5]], output: [4, 5] },
  ],
});

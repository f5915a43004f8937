import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxis } from './rules/axis.ts';

export interface Sort {
  readonly axis: number;
}

/** Two outputs: values and indices. The number of comparisons depends on the algorithm, so none are counted. */
export const sort = op<Sort>({
  name: 'sort',
  kind: 'data',
  summary: () => l10n.t('Sorts along an axis: the values and their indices.'),
  attrs: { axis: { kind: 'axis', default: -1, doc: () => l10n.t('Axis to sort.') } },
  arity: 1,
  // Indices have no gradient.
  passes: (_, output) => output === 0,
  check: ({ axis }, [x]) => (x!.length === 0 ? undefined : checkAxis(axis, x!)),
  shapes: (_, [x]) => [x!, x!],
  field: () => 'global',
  saves: () => ({ outputs: [1] }),
  examples: [
    {
      attrs: { axis: -1 },
      inputs: [[1, 8400]],
      output: [
        [1, 8400],
        [1, 8400],
      ],
      counts: { macs: 0 },
    },
    {
      attrs: { axis: 1 },
      inputs: [[2, 3, 4]],
      output: [
        [2, 3, 4],
        [2, 3, 4],
      ],
    },
  ],
});

import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, withSize } from './rules/shape.ts';

export interface IndexSelect {
  readonly axis: number;
  /** How many indices are selected. */
  readonly count: number;
}

/** torch.index_select, and x[:, indices]: selects the same indices everywhere. */
export const indexSelect = op<IndexSelect>({
  name: 'indexSelect',
  kind: 'data',
  summary: () => l10n.t('Selects entries of an axis by their indices. A copy.'),
  attrs: {
    axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis from which entries are selected.') },
    count: { kind: 'int', min: 1, doc: () => l10n.t('Number of entries selected; repeats are allowed.') },
  },
  arity: 1,
  check: ({ axis }, [x]) => checkAxisIn(axis, x!),
  shape: ({ axis, count }, [x]) => withSize(x!, axisOf(axis, x!.length), count),
  saves: (_, inputs) => (inputs.length > 1 ? { inputs: [1] } : {}),
  examples: [
    { attrs: { axis: 1, count: 300 }, inputs: [[1, 8400, 256]], output: [1, 300, 256], counts: { macs: 0 } },
    { attrs: { axis: -1, count: 4 }, inputs: [[1, 2, 3]], output: [1, 2, 4] },
  ],
});

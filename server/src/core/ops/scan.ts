import * as l10n from '@vscode/l10n';
import { type Counts, op } from './op.ts';
import { checkAxis } from './rules/axis.ts';
import { size } from './rules/shape.ts';

export interface Scan {
  readonly how: 'sum' | 'product' | 'max' | 'min' | 'logSumExp';
  readonly axis: number;
}

const each = { sum: 'adds', product: 'muls', max: 'compares', min: 'compares', logSumExp: 'exps' } as const satisfies {
  readonly [K in Scan['how']]: keyof Counts;
};

/** torch.cumsum, torch.cumprod and the like. */
export const scan = op<Scan>({
  name: 'scan',
  kind: 'elementwise',
  summary: () => l10n.t('Accumulates along an axis: every element becomes the sum of those up to it.'),
  attrs: {
    how: {
      kind: 'choice',
      values: Object.keys(each),
      default: 'sum',
      doc: () => l10n.t('What is accumulated.'),
    },
    axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis along which elements are accumulated.') },
  },
  arity: 1,
  check: ({ axis }, [x]) => (x!.length === 0 ? undefined : checkAxis(axis, x!)),
  shape: (_, [x]) => x!,
  counts: ({ how }, [x]) => ({ [each[how]]: size(x!) }),
  field: () => 'global',
  saves: ({ how }) => (how === 'sum' ? {} : { inputs: [0], outputs: [0] }),
  examples: [
    // DETR: positions of the pixels that are not masked out.
    { attrs: { how: 'sum', axis: 1 }, inputs: [[1, 25, 38]], output: [1, 25, 38], counts: { adds: 950 } },
    { attrs: { how: 'product', axis: -1 }, inputs: [[4, 5]], output: [4, 5], counts: { muls: 20 } },
  ],
});

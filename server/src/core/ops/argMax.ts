import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, size, withSize } from './rules/shape.ts';

export interface ArgMax {
  readonly axis: number;
  /** Whether the axis stays, with size 1. */
  readonly keep: boolean;
}

export const argMax = op<ArgMax>({
  name: 'argMax',
  kind: 'data',
  summary: () => l10n.t('Finds the index of the largest element along an axis.'),
  attrs: {
    axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis along which elements are compared.') },
    keep: { kind: 'boolean', default: false, doc: () => l10n.t('Keeps the axis, with size 1.') },
  },
  arity: 1,
  passes: () => false,
  check: ({ axis }, [x]) => checkAxisIn(axis, x!),
  shape: ({ axis, keep }, [x]) => {
    const own = axisOf(axis, x!.length);
    return keep ? withSize(x!, own, 1) : x!.filter((_, at) => at !== own);
  },
  counts: (_, [x], [y]) => ({ compares: size(x!) - size(y!) }),
  saves: savesNothing,
  examples: [
    {
      // The class of each pixel of a segmentation with 21 classes.
      attrs: { axis: 1, keep: false },
      inputs: [[1, 21, 10, 10]],
      output: [1, 10, 10],
      counts: { compares: 2000 },
    },
    { attrs: { axis: -1, keep: true }, inputs: [[1, 1000]], output: [1, 1], counts: { compares: 999 } },
  ],
});

import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, sizes, withSize } from './rules/shape.ts';

export interface TopK {
  readonly k: number;
  readonly axis: number;
}

/** Two outputs: values and indices. The number of comparisons depends on the algorithm, so none are counted. */
export const topK = op<TopK>({
  name: 'topK',
  kind: 'data',
  summary: () => l10n.t('Finds the k largest elements along an axis: their values and their indices.'),
  attrs: {
    k: { kind: 'int', min: 1, doc: () => l10n.t('Number of elements to keep.') },
    axis: { kind: 'axis', default: -1, doc: () => l10n.t('Axis along which elements are compared.') },
  },
  arity: 1,
  // Indices have no gradient.
  passes: (_, output) => output === 0,
  check: (attrs, [x]) => checkAxisIn(attrs.axis, x!) ?? checkEnough(attrs, x!),
  shapes: ({ k, axis }, [x]) => {
    const shape = withSize(x!, axisOf(axis, x!.length), k);
    return [shape, shape];
  },
  // The result depends on all elements.
  field: () => 'global',
  saves: () => ({ outputs: [1] }),
  examples: [
    {
      // RT-DETR: 300 queries.
      attrs: { k: 300, axis: 1 },
      inputs: [[1, 8400]],
      output: [
        [1, 300],
        [1, 300],
      ],
      counts: { macs: 0 },
    },
    {
      attrs: { k: 2, axis: -1 },
      inputs: [[1, 4, 7]],
      output: [
        [1, 4, 2],
        [1, 4, 2],
      ],
    },
  ],
});

function checkEnough({ k, axis }: TopK, x: Shape): Complaint | undefined {
  const own = axisOf(axis, x.length);
  if (!(k > x[own]!)) return undefined;
  return {
    code: 'k-larger-than-axis',
    attr: 'k',
    output: withSize(x, own, Number.NaN),
    message: l10n.t('Cannot pick {0} elements along axis {1}: it has only {2} ({3}).', k, own, x[own]!, sizes(x)),
    help: l10n.t('Use at most {0}.', x[own]!),
    short: l10n.t('k larger than its axis'),
  };
}

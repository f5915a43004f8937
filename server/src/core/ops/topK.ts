import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, sizes, withSize } from './rules/shape.ts';

export interface TopK {
  readonly k: number;
  readonly axis: number;
}

/** Two outputs: values and indices. How many comparisons it takes depends on the algorithm; none are counted. */
export const topK = op<TopK>({
  name: 'topK',
  kind: 'data',
  summary: 'Picks the k largest along an axis: their values, and where they stood.',
  attrs: {
    k: { kind: 'int', min: 1, doc: 'How many are kept.' },
    axis: { kind: 'axis', default: -1, doc: 'The axis along which they are compared.' },
  },
  arity: 1,
  check: (attrs, [x]) => checkAxisIn(attrs.axis, x!) ?? checkEnough(attrs, x!),
  shapes: ({ k, axis }, [x]) => {
    const shape = withSize(x!, axisOf(axis, x!.length), k);
    return [shape, shape];
  },
  // It has compared all of them.
  field: () => 'global',
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
    code: 'too-many',
    attr: 'k',
    output: withSize(x, own, Number.NaN),
    message: `The ${k} largest are wanted of axis ${own}, which has only ${x[own]} (${sizes(x)}). Use ${x[own]} or less.`,
  };
}

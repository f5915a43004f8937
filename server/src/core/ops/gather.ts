import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface Gather {
  readonly axis: number;
}

/** torch.gather: inputs are the tensor and the indices, which give the output its shape. */
export const gather = op<Gather>({
  name: 'gather',
  kind: 'data',
  summary: 'Picks elements along an axis by an index for each; the output has the shape of the indices.',
  attrs: { axis: { kind: 'axis', default: 1, doc: 'The axis in which the indices count.' } },
  arity: 2,
  check: ({ axis }, [x, index]) => checkAxisIn(axis, x!) ?? checkIndex(axis, x!, index!),
  shape: (_, [, index]) => index!,
  examples: [
    {
      // RT-DETR: the boxes of its 300 best queries.
      attrs: { axis: 1 },
      inputs: [
        [1, 8400, 4],
        [1, 300, 4],
      ],
      output: [1, 300, 4],
      counts: { macs: 0 },
    },
    {
      attrs: { axis: 1 },
      inputs: [
        [1, 5],
        [1, 9],
      ],
      output: [1, 9],
    },
  ],
});

function checkIndex(axis: number, x: Shape, index: Shape): Complaint | undefined {
  const own = axisOf(axis, x.length);
  const fits = x.length === index.length && !index.some((length, at) => at !== own && length > x[at]!);
  if (fits) return undefined;
  return {
    code: 'shape-mismatch',
    input: 1,
    output: index,
    message: `The indices are ${sizes(index)} and the input is ${sizes(x)}. Gathering on axis ${own} needs as many dimensions in both, and indices no larger than the input on the other axes.`,
  };
}

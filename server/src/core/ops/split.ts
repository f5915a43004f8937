import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { checkPieces, piecesOf } from './rules/pieces.ts';
import { axisOf, sizes as sizesText, withSize } from './rules/shape.ts';

export interface Split {
  readonly axis: number;
  /** The length of each piece; together the length of the axis. */
  readonly sizes: readonly number[];
}

/** torch.split with a list, Caffe's Slice. */
export const split = op<Split>({
  name: 'split',
  kind: 'view',
  summary: 'Cuts a tensor along an axis into pieces of given sizes. Copies nothing.',
  attrs: {
    axis: { kind: 'axis', default: 1, doc: 'The axis that is cut.' },
    sizes: { kind: 'ints', min: 1, doc: 'The size of each piece; together the size of the axis.' },
  },
  arity: 1,
  check: (attrs, [x]) => checkAxisIn(attrs.axis, x!) ?? checkPieces(attrs.sizes.length, 'sizes') ?? checkSum(attrs, x!),
  shapes: ({ axis, sizes }, [x]) => piecesOf(x!, axis, sizes),
  examples: [
    {
      // YOLO's Detect: 4 × 16 bins of the box and 80 classes.
      attrs: { axis: 1, sizes: [64, 80] },
      inputs: [[1, 144, 8400]],
      output: [
        [1, 64, 8400],
        [1, 80, 8400],
      ],
      counts: { macs: 0 },
    },
    {
      attrs: { axis: -1, sizes: [1, 2, 3] },
      inputs: [[1, 5, 6]],
      output: [
        [1, 5, 1],
        [1, 5, 2],
        [1, 5, 3],
      ],
    },
  ],
});

function checkSum({ axis, sizes }: Split, x: Shape): Complaint | undefined {
  const own = axisOf(axis, x.length);
  const sum = sizes.reduce((total, length) => total + length, 0);
  const wrong = sizes.find(length => length < 1);
  if (!(Math.abs(sum - x[own]!) > 0) && wrong === undefined) return undefined;
  return {
    code: 'split-mismatch',
    attr: 'sizes',
    output: withSize(x, own, sizes[0]!),
    message:
      wrong === undefined
        ? `The pieces (${sizes.join(' + ')}) make ${sum}, but axis ${own} of the input has ${x[own]} (${sizesText(x)}). Make the pieces add up to ${x[own]}.`
        : `A piece of size ${wrong} is none. Every piece needs a size of 1 or more.`,
  };
}

import { type Complaint, op, type Shape } from './op.ts';
import { size, sizes } from './rules/shape.ts';

export interface Reshape {
  /** The new sizes, batch first; one may be −1, which is what is left. */
  readonly shape: readonly number[];
}

export const reshape = op<Reshape>({
  name: 'reshape',
  kind: 'view',
  summary: 'Gives the same elements another shape. Copies nothing.',
  attrs: { shape: { kind: 'shape', doc: 'The new sizes, batch first; one of them may be −1: what is left.' } },
  arity: 1,
  check: ({ shape }, [x]) => checkSizes(shape) ?? checkElements(shape, x!),
  shape: ({ shape }, [x]) => {
    const left = size(x!) / others(shape);
    return shape.map(length => (length === -1 ? left : length));
  },
  examples: [
    // YOLO's Detect: all cells of a scale in one row.
    { attrs: { shape: [1, 144, -1] }, inputs: [[1, 144, 80, 80]], output: [1, 144, 6400], counts: { macs: 0 } },
    // Channel shuffle of ShuffleNet: 3 groups.
    { attrs: { shape: [1, 3, 80, 28, 28] }, inputs: [[1, 240, 28, 28]], output: [1, 3, 80, 28, 28] },
    { attrs: { shape: [-1] }, inputs: [[1, 2, 3]], output: [6] },
  ],
});

/** The product of all sizes but −1. */
function others(shape: Shape): number {
  return size(shape.filter(length => length !== -1));
}

function checkSizes(shape: Shape): Complaint | undefined {
  const wrong = shape.find(length => length !== -1 && (length < 1 || length % 1 !== 0) && !Number.isNaN(length));
  if (wrong !== undefined) {
    return {
      code: 'wrong-value',
      attr: 'shape',
      message: `${wrong} is not a size. Use whole numbers from 1, and −1 at most once for what is left.`,
    };
  }
  if (shape.filter(length => length === -1).length < 2) return undefined;
  return {
    code: 'wrong-value',
    attr: 'shape',
    output: shape.map(length => (length === -1 ? Number.NaN : length)),
    message: `Two sizes are −1 in ${shape.join(', ')}: what is left can only be given to one. Write the other one as a number.`,
  };
}

function checkElements(shape: Shape, x: Shape): Complaint | undefined {
  const elements = size(x);
  const wanted = others(shape);
  const open = shape.includes(-1);
  if (open ? !(elements % wanted > 0) : !(Math.abs(elements - wanted) > 0)) return undefined;
  return {
    code: 'shape-mismatch',
    attr: 'shape',
    output: shape.map(length => (length === -1 ? Number.NaN : length)),
    message: open
      ? `The input has ${elements} elements (${sizes(x)}), which ${wanted} does not divide: no size for −1 makes ${shape.join('×')} of it. Use sizes whose product divides ${elements}.`
      : `The input has ${elements} elements (${sizes(x)}), but ${shape.join('×')} has ${wanted}. Use sizes whose product is ${elements}, or −1 for one of them.`,
  };
}

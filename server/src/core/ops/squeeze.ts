import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface Squeeze {
  /** Without it, all axes of size 1 but the batch. */
  readonly axis?: number | undefined;
}

export const squeeze = op<Squeeze>({
  name: 'squeeze',
  kind: 'view',
  summary: 'Drops an axis of size 1, or all of them but the batch. Copies nothing.',
  attrs: {
    axis: {
      kind: 'axis',
      default: undefined,
      doc: 'The axis that is dropped if its size is 1; without it all such axes but the batch.',
    },
  },
  arity: 1,
  check: ({ axis }, [x]) => (axis === undefined ? undefined : checkAxisIn(axis, x!)) ?? checkKnown(axis, x!),
  // PyTorch leaves an axis of another size as it is. The batch stands for any number of samples, so it stays.
  shape: ({ axis }, [x]) => x!.filter((length, at) => !(length === 1 && dropped(axis, at, x!.length))),
  examples: [
    { attrs: {}, inputs: [[1, 2048, 1, 1]], output: [1, 2048], counts: { macs: 0 } },
    { attrs: { axis: 2 }, inputs: [[1, 64, 1, 20]], output: [1, 64, 20] },
    { attrs: { axis: -1 }, inputs: [[1, 64, 1, 20]], output: [1, 64, 1, 20] },
  ],
});

const dropped = (axis: number | undefined, at: number, rank: number): boolean =>
  axis === undefined ? at > 0 : at === axisOf(axis, rank);

/** How many dimensions are left cannot be told of an unknown size. */
function checkKnown(axis: number | undefined, x: Shape): Complaint | undefined {
  if (!x.some((length, at) => Number.isNaN(length) && dropped(axis, at, x.length))) return undefined;
  return {
    code: 'unknown-size',
    attr: 'axis',
    message: `A size of the input is not known (${sizes(x)}), so whether it is 1 and falls away is not known either.${axis === undefined ? ' Name the axis that is meant.' : ''}`,
  };
}

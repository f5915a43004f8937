import { op } from './op.ts';
import { size, sizes } from './rules/shape.ts';

/** Input [N, C, H, W] and grid [N, Ho, Wo, 2] → [N, C, Ho, Wo]; with depth [N, C, D, H, W] and a grid of triples. */
export const gridSample = op({
  name: 'gridSample',
  kind: 'resample',
  summary: 'Reads the input at the positions that a second input gives, blending the neighbours there.',
  attrs: {},
  arity: 2,
  rank: { min: 4, max: 5 },
  check: (_, [x, grid]) => {
    const dimensions = x!.length - 2;
    if (grid!.length !== x!.length) {
      return {
        code: 'wrong-rank',
        input: 1,
        message: `The grid must have as many dimensions as the input (${sizes(x!)}), but it is ${sizes(grid!)}. Give [N, …, ${dimensions}].`,
      };
    }
    const coordinates = grid!.at(-1)!;
    if (coordinates === dimensions || Number.isNaN(coordinates)) return undefined;
    return {
      code: 'shape-mismatch',
      input: 1,
      output: [x![0]!, x![1]!, ...grid!.slice(1, -1)],
      message: `A position in ${sizes(x!)} has ${dimensions} coordinates, but the last dimension of the grid ${sizes(grid!)} is ${coordinates}.`,
    };
  },
  shape: (_, [x, grid]) => [x![0]!, x![1]!, ...grid!.slice(1, -1)],
  // Linear blending of two neighbours along each dimension; positions and weights, which all channels share, left out.
  counts: (_, [x], [y]) => {
    const neighbours = 2 ** (x!.length - 2);
    return { muls: size(y!) * neighbours, adds: size(y!) * (neighbours - 1) };
  },
  // The positions may lie anywhere.
  field: () => 'global',
  examples: [
    {
      attrs: {},
      inputs: [
        [1, 3, 32, 32],
        [1, 16, 20, 2],
      ],
      output: [1, 3, 16, 20],
      counts: { muls: 3840, adds: 2880 },
    },
    {
      attrs: {},
      inputs: [
        [1, 2, 4, 4, 4],
        [1, 2, 3, 5, 3],
      ],
      output: [1, 2, 2, 3, 5],
      counts: { muls: 480, adds: 420 },
    },
  ],
});

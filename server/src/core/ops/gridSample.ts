import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { size, sizes } from './rules/shape.ts';

/** Input [N, C, H, W] and grid [N, Ho, Wo, 2] → [N, C, Ho, Wo]; with depth [N, C, D, H, W] and a grid of triples. */
export const gridSample = op({
  name: 'gridSample',
  kind: 'resample',
  summary: () => l10n.t('Samples the input at the positions given by a second input, interpolating between neighbors.'),
  attrs: {},
  arity: 2,
  rank: { min: 4, max: 5 },
  check: (_, [x, grid]) => {
    const dimensions = x!.length - 2;
    if (grid!.length !== x!.length) {
      return {
        code: 'grid-rank-mismatch',
        input: 1,
        message: l10n.t('The grid ({0}) must have as many dimensions as the input ({1}).', sizes(grid!), sizes(x!)),
        help: l10n.t('Give it the shape {0}.', `[N, …, ${dimensions}]`),
        short: l10n.t('grid does not match the input'),
      };
    }
    const coordinates = grid!.at(-1)!;
    if (coordinates === dimensions || Number.isNaN(coordinates)) return undefined;
    return {
      code: 'grid-coordinates',
      input: 1,
      output: [x![0]!, x![1]!, ...grid!.slice(1, -1)],
      message: l10n.t(
        'The last dimension of the grid ({0}) must be {1}, one coordinate for each spatial dimension of the input ({2}), not {3}.',
        sizes(grid!),
        dimensions,
        sizes(x!),
        coordinates,
      ),
      short: l10n.t('grid does not match the input'),
    };
  },
  shape: (_, [x, grid]) => [x![0]!, x![1]!, ...grid!.slice(1, -1)],
  // Linear interpolation of two neighbors per dimension; positions and weights, which channels share, are not counted.
  counts: (_, [x], [y]) => {
    const neighbours = 2 ** (x!.length - 2);
    return { muls: size(y!) * neighbours, adds: size(y!) * (neighbours - 1) };
  },
  // The sampling positions are arbitrary.
  field: () => 'global',
  saves: () => ({ inputs: [0, 1] }),
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

import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { checkPieces, piecesOf } from './rules/pieces.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, sizes as sizesText, withSize } from './rules/shape.ts';

export interface Split {
  readonly axis: number;
  /** The lengths of the pieces, which add up to the length of the axis. */
  readonly sizes: readonly number[];
}

/** torch.split with a list, Caffe's Slice. */
export const split = op<Split>({
  name: 'split',
  kind: 'view',
  summary: () => l10n.t('Splits a tensor along an axis into chunks of the given sizes. Views: no copy.'),
  attrs: {
    axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis to split.') },
    sizes: { kind: 'ints', min: 1, doc: () => l10n.t('Size of each chunk; they must add up to the size of the axis.') },
  },
  arity: 1,
  check: (attrs, [x]) => checkAxisIn(attrs.axis, x!) ?? checkPieces(attrs.sizes.length, 'sizes') ?? checkSum(attrs, x!),
  shapes: ({ axis, sizes }, [x]) => piecesOf(x!, axis, sizes),
  saves: savesNothing,
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
  if (!(Math.abs(sum - x[own]!) > 0) && !sizes.some(length => length < 1)) return undefined;
  return {
    code: 'piece-sizes-mismatch',
    attr: 'sizes',
    output: withSize(x, own, sizes[0]!),
    message: l10n.t(
      'Chunk sizes ({0} = {1}) must be ≥ 1 and add up to {2}, the size of axis {3} of the input ({4}).',
      sizes.join(' + '),
      sum,
      x[own]!,
      own,
      sizesText(x),
    ),
    short: l10n.t('chunk sizes do not add up'),
  };
}

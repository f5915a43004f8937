import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface CropLike {
  /** The first axis that is cropped. */
  readonly axis: number;
  /** Elements skipped at the start: one value per cropped axis, or one for all. */
  readonly offset: readonly number[];
}

/** Caffe's Crop: the inputs are the tensor, and another one that has the target sizes (crop_layer.cpp). */
export const cropLike = op<CropLike>({
  name: 'cropLike',
  kind: 'view',
  summary: () => l10n.t('Crops a tensor to the size of another one. A view: no copy.'),
  attrs: {
    axis: { kind: 'axis', default: 2, doc: () => l10n.t('First axis to crop: 2 crops height and width.') },
    offset: {
      kind: 'ints',
      min: 0,
      default: [0],
      doc: () => l10n.t('Elements to skip at the start, one value per axis or one for all.'),
    },
  },
  arity: 2,
  passes: input => input === 0,
  check: (attrs, [x, like]) => checkAxisIn(attrs.axis, x!) ?? checkRoom(attrs, x!, like!),
  shape: ({ axis }, [x, like]) => {
    const first = axisOf(axis, x!.length);
    return x!.map((length, at) => (at < first ? length : like![at]!));
  },
  saves: savesNothing,
  examples: [
    {
      // FCN-8s: upsampled scores, cropped to the image.
      attrs: { axis: 2, offset: [31] },
      inputs: [
        [1, 21, 568, 568],
        [1, 3, 500, 500],
      ],
      output: [1, 21, 500, 500],
      counts: {},
    },
    {
      attrs: { axis: 1, offset: [0, 2, 3] },
      inputs: [
        [1, 8, 10, 10],
        [1, 4, 5, 6],
      ],
      output: [1, 4, 5, 6],
      counts: {},
    },
  ],
});

function checkRoom({ axis, offset }: CropLike, x: Shape, like: Shape): Complaint | undefined {
  const first = axisOf(axis, x.length);
  const output = x.map((length, at) => (at < first ? length : (like[at] ?? Number.NaN)));
  if (like.length !== x.length) {
    return {
      code: 'crop-rank-mismatch',
      input: 1,
      output,
      message: l10n.t(
        'The tensor to crop has {0} dimensions ({1}), but the reference has {2} ({3}); both need the same number.',
        x.length,
        sizes(x),
        like.length,
        sizes(like),
      ),
      short: l10n.t('different numbers of dimensions'),
    };
  }
  if (offset.length > 1 && first + offset.length !== x.length) {
    return {
      code: 'offset-count',
      attr: 'offset',
      output,
      message: l10n.t(
        '{0} offsets for {1} cropped axes ({2}, starting at axis {3}).',
        offset.length,
        x.length - first,
        sizes(x),
        first,
      ),
      help: l10n.t('Give one offset, or one for each axis.'),
      short: l10n.t('wrong number of offsets'),
    };
  }
  for (let at = first; at < x.length; at++) {
    const before = (offset.length > 1 ? offset[at - first] : offset[0]) ?? 0;
    if (!(x[at]! - before < like[at]!)) continue;
    return {
      code: 'crop-larger-than-input',
      input: 0,
      output,
      message:
        before > 0
          ? l10n.t(
              'Axis {0} cannot be cropped to {1} ({2}): the input has {3} there ({4}), {5} after the offset of {6}.',
              at,
              like[at]!,
              sizes(like),
              x[at]!,
              sizes(x),
              x[at]! - before,
              before,
            )
          : l10n.t(
              'Axis {0} cannot be cropped to {1} ({2}): the input has only {3} there ({4}).',
              at,
              like[at]!,
              sizes(like),
              x[at]!,
              sizes(x),
            ),
      help: before > 0 ? l10n.t('Crop a larger tensor, or use a smaller offset.') : l10n.t('Crop a larger tensor.'),
      short: l10n.t('crop larger than input'),
    };
  }
  return undefined;
}

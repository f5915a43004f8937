import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface CropLike {
  /** From this axis on it is cut. */
  readonly axis: number;
  /** How much is left away before, one entry for each axis that is cut, or one for all of them. */
  readonly offset: readonly number[];
}

/** Caffe's Crop: inputs are the tensor and the one that gives the sizes (crop_layer.cpp). */
export const cropLike = op<CropLike>({
  name: 'cropLike',
  kind: 'view',
  summary: 'Cuts a tensor to the sizes of another one. Copies nothing.',
  attrs: {
    axis: { kind: 'axis', default: 2, doc: 'From this axis on it is cut: 2 is height and width.' },
    offset: { kind: 'ints', min: 0, default: [0], doc: 'How much is left away before, for each axis or for all.' },
  },
  arity: 2,
  check: (attrs, [x, like]) => checkAxisIn(attrs.axis, x!) ?? checkRoom(attrs, x!, like!),
  shape: ({ axis }, [x, like]) => {
    const first = axisOf(axis, x!.length);
    return x!.map((length, at) => (at < first ? length : like![at]!));
  },
  examples: [
    {
      // FCN-8s: the enlarged scores, cut to the image.
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
      code: 'shape-mismatch',
      input: 1,
      output,
      message: `The sizes come from a tensor of ${like.length} dimensions (${sizes(like)}), but the one that is cut has ${x.length} (${sizes(x)}). Both must have the same number.`,
    };
  }
  if (offset.length > 1 && first + offset.length !== x.length) {
    return {
      code: 'wrong-value',
      attr: 'offset',
      output,
      message: `There are ${offset.length} offsets for ${x.length - first} axes that are cut (${sizes(x)} from axis ${first}). Give one, or one for each.`,
    };
  }
  for (let at = first; at < x.length; at++) {
    const before = (offset.length > 1 ? offset[at - first] : offset[0]) ?? 0;
    if (!(x[at]! - before < like[at]!)) continue;
    return {
      code: 'crop-too-large',
      input: 0,
      output,
      message: `Axis ${at} has ${x[at]} in ${sizes(x)}${before > 0 ? `, ${x[at]! - before} behind the offset of ${before}` : ''}, but is to be cut to ${like[at]} (${sizes(like)}). Crop a larger tensor, or use a smaller offset.`,
    };
  }
  return undefined;
}

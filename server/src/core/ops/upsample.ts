import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';
import { size as elements, sizes } from './rules/shape.ts';
import { checkSpatial } from './rules/spatial.ts';

export interface Upsample {
  /** Factor per spatial dimension; either this or `size`. */
  readonly scale?: readonly number[] | undefined;
  /** Output size, one entry per spatial dimension. */
  readonly size?: readonly number[] | undefined;
  readonly mode: 'nearest' | 'bilinear' | 'bicubic' | 'trilinear' | 'linear';
}

/** How many input elements per dimension contribute to an output element. */
const taps = { nearest: 1, linear: 2, bilinear: 2, trilinear: 2, bicubic: 4 } as const;

/** The number of spatial dimensions a mode is defined for; nearest works with any number. */
const dimensionsOf = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 } as const;

/** Interpolates to floor(input × scale) or to a given size (PyTorch's nn.Upsample, F.interpolate). */
export const upsample = op<Upsample>({
  name: 'upsample',
  kind: 'resample',
  summary: () => l10n.t('Enlarges (or shrinks) the grid by copying or interpolating neighbors. No parameters.'),
  attrs: {
    scale: {
      kind: 'numbers',
      spatial: true,
      default: undefined,
      doc: () => l10n.t('Scale factor: 2 doubles height and width.'),
    },
    size: {
      kind: 'ints',
      min: 1,
      spatial: true,
      default: undefined,
      doc: () => l10n.t('Output size, instead of a scale factor.'),
    },
    mode: {
      kind: 'choice',
      values: ['nearest', 'linear', 'bilinear', 'bicubic', 'trilinear'],
      default: 'nearest',
      doc: () =>
        l10n.t('nearest copies; the others interpolate between 2 neighbors (bicubic: 4) along each dimension.'),
    },
  },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x]) => {
    const { scale, size } = attrs;
    return checkTarget(attrs) ?? checkSpatial({ scale, size }, x!) ?? checkResult(attrs, x!);
  },
  shape: outputShape,
  // A weighted sum of all neighbors, without the separable shortcut; the weights themselves, which channels share, are
  // not counted.
  counts: ({ mode }, [x], [y]) => {
    const neighbours = taps[mode] ** (x!.length - 2);
    return neighbours === 1 ? {} : { muls: elements(y!) * neighbours, adds: elements(y!) * (neighbours - 1) };
  },
  field: ({ scale, size, mode }, [x]) => ({
    kernel: x!.slice(2).map(() => taps[mode]),
    stride: x!.slice(2).map((length, axis) => (size ? length / size[axis]! : 1 / scale![axis]!)),
  }),
  saves: savesNothing,
  examples: [
    {
      // YOLOv8's neck.
      attrs: { scale: [2, 2], mode: 'nearest' },
      inputs: [[1, 512, 20, 20]],
      output: [1, 512, 40, 40],
      counts: {},
    },
    {
      attrs: { size: [500, 500], mode: 'bilinear' },
      inputs: [[1, 21, 16, 16]],
      output: [1, 21, 500, 500],
      counts: { muls: 21_000_000, adds: 15_750_000 },
    },
    {
      attrs: { scale: [1.5], mode: 'linear' },
      inputs: [[1, 4, 5]],
      output: [1, 4, 7],
      counts: { muls: 56, adds: 28 },
    },
  ],
});

function outputShape({ scale, size }: Upsample, [x]: readonly Shape[]): Shape {
  const lengths = size ?? x!.slice(2).map((length, axis) => Math.floor(length * scale![axis]!));
  return [x![0]!, x![1]!, ...lengths];
}

function checkTarget({ scale, size }: Upsample): Complaint | undefined {
  if (!scale && !size) {
    return {
      code: 'missing-output-size',
      message: l10n.t('The output size is missing.'),
      help: l10n.t('Set a scale or a size.'),
    };
  }
  if (scale && size) {
    return {
      code: 'scale-and-size',
      attr: 'size',
      message: l10n.t('Both a scale and a size are set.'),
      help: l10n.t('Set only one of them.'),
    };
  }
  return undefined;
}

function checkResult(attrs: Upsample, x: Shape): Complaint | undefined {
  const shape = outputShape(attrs, [x]);
  const { mode } = attrs;
  const dimensions = x.length - 2;
  if (mode !== 'nearest' && dimensionsOf[mode] !== dimensions) {
    const needed = dimensionsOf[mode];
    return {
      code: 'mode-rank-mismatch',
      attr: 'mode',
      output: shape,
      message:
        needed === 1
          ? l10n.t('Mode “{0}” needs an input with 1 spatial dimension, not {1} ({2}).', mode, dimensions, sizes(x))
          : l10n.t(
              'Mode “{0}” needs an input with {1} spatial dimensions, not {2} ({3}).',
              mode,
              needed,
              dimensions,
              sizes(x),
            ),
      help:
        dimensions === 2
          ? l10n.t('Use {0}, {1} or {2}.', 'nearest', 'bilinear', 'bicubic')
          : l10n.t('Use {0} or {1}.', 'nearest', dimensions === 1 ? 'linear' : 'trilinear'),
      short: l10n.t('mode does not match the input'),
    };
  }
  const axis = shape.findIndex((length, at) => at > 1 && !(length >= 1) && !Number.isNaN(length));
  if (axis < 0) return undefined;
  return {
    code: 'empty-output',
    attr: attrs.size ? 'size' : 'scale',
    output: shape.map((length, at) => (at > 1 ? Number.NaN : length)),
    message: attrs.size
      ? l10n.t('The output would be empty: its size is {0}.', attrs.size[axis - 2]!)
      : l10n.t('The output would be empty: {0} × {1} is less than 1.', x[axis]!, attrs.scale![axis - 2]!),
    help: attrs.size ? l10n.t('Use a larger size.') : l10n.t('Use a larger scale.'),
    short: l10n.t('empty output'),
  };
}

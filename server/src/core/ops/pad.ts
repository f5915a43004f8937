import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkSpatial } from './rules/spatial.ts';

export interface Pad {
  /** Elements added before, one entry per spatial dimension; negative values crop. */
  readonly before: readonly number[];
  /** Elements added after. */
  readonly after: readonly number[];
  readonly mode: 'constant' | 'reflect' | 'replicate' | 'circular';
}

/** Adds a border to the spatial dimensions (PyTorch's nn.ZeroPad2d, nn.ReflectionPad2d, …; F.pad). */
export const pad = op<Pad>({
  name: 'pad',
  kind: 'data',
  summary: () => l10n.t('Pads the input with a constant or with copied values. No arithmetic.'),
  attrs: {
    before: {
      kind: 'ints',
      spatial: true,
      default: 0,
      doc: () => l10n.t('Elements added at the start of each dimension; negative values crop.'),
    },
    after: {
      kind: 'ints',
      spatial: true,
      default: 0,
      doc: () => l10n.t('Elements added at the end of each dimension; negative values crop.'),
    },
    mode: {
      kind: 'choice',
      values: ['constant', 'reflect', 'replicate', 'circular'],
      default: 'constant',
      doc: () => l10n.t('What fills the padding: a constant, the mirrored input, its edge value, or its opposite end.'),
    },
  },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x]) => {
    const { before, after } = attrs;
    return checkSpatial({ before, after }, x!) ?? checkSource(attrs, x!) ?? checkNotEmpty(attrs, x!);
  },
  shape: outputShape,
  saves: ({ mode }) => (mode === 'constant' || mode === 'circular' ? {} : { inputs: [0] }),
  examples: [
    {
      // Keras's padding before MobileNet's strided convolutions.
      attrs: { before: [0, 0], after: [1, 1], mode: 'constant' },
      inputs: [[1, 64, 112, 112]],
      output: [1, 64, 113, 113],
      counts: {},
    },
    {
      // CycleGAN's first layer.
      attrs: { before: [3, 3], after: [3, 3], mode: 'reflect' },
      inputs: [[1, 3, 256, 256]],
      output: [1, 3, 262, 262],
      counts: {},
    },
    { attrs: { before: [-1], after: [2], mode: 'constant' }, inputs: [[1, 2, 5]], output: [1, 2, 6], counts: {} },
  ],
});

function outputShape({ before, after }: Pad, [x]: readonly Shape[]): Shape {
  return x!.map((length, at) => (at < 2 ? length : before[at - 2]! + length + after[at - 2]!));
}

// Reflection needs one element more than the padding, circular padding as many (PyTorch, ReflectionPad.cpp, PadNd.cpp).
function checkSource(attrs: Pad, x: Shape): Complaint | undefined {
  const { mode } = attrs;
  if (mode !== 'reflect' && mode !== 'circular') return undefined;
  for (const attr of ['before', 'after'] as const) {
    for (let axis = 0; axis < attrs[attr].length; axis++) {
      const border = attrs[attr][axis]!;
      const most = x[axis + 2]! - (mode === 'reflect' ? 1 : 0);
      if (!(border > most)) continue;
      return {
        code: 'border-larger-than-input',
        attr,
        output: outputShape(attrs, [x]),
        message: l10n.t('A padding of {0} in mode “{1}” is too large for an input of {2}.', border, mode, x[axis + 2]!),
        help: l10n.t('Use at most {0}.', most),
        short: l10n.t('padding too large for the input'),
      };
    }
  }
  return undefined;
}

function checkNotEmpty(attrs: Pad, x: Shape): Complaint | undefined {
  const shape = outputShape(attrs, [x]);
  const axis = shape.findIndex((length, at) => at > 1 && length < 1);
  if (axis < 0) return undefined;
  return {
    code: 'padding-removes-everything',
    attr: attrs.before[axis - 2]! < 0 ? 'before' : 'after',
    output: shape.map(length => (length < 1 ? Number.NaN : length)),
    message: l10n.t('The negative padding removes all {0} elements of axis {1}.', x[axis]!, axis),
    help: l10n.t('Remove fewer elements.'),
    short: l10n.t('padding removes all elements'),
  };
}

import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';
import { sizes } from './rules/shape.ts';

export interface Expand {
  /** The new sizes: −1 keeps a size, and axes can be added in front. */
  readonly shape: readonly number[];
}

/** torch.Tensor.expand. */
export const expand = op<Expand>({
  name: 'expand',
  kind: 'view',
  summary: () => l10n.t('Broadcasts axes of size 1. A view: no copy.'),
  attrs: { shape: { kind: 'shape', doc: () => l10n.t('New shape, batch first; −1 keeps a size.') } },
  arity: 1,
  check: ({ shape }, [x]) => checkRank(shape, x!) ?? checkSizes(shape, x!),
  shape: ({ shape }, [x]) => shape.map((length, axis) => (length === -1 ? own(shape, x!, axis)! : length)),
  saves: savesNothing,
  examples: [
    // A class token, repeated for each sample.
    { attrs: { shape: [1, -1, -1] }, inputs: [[1, 1, 768]], output: [1, 1, 768], counts: { macs: 0 } },
    { attrs: { shape: [1, 80, -1, 20] }, inputs: [[1, 1, 40, 1]], output: [1, 80, 40, 20] },
    { attrs: { shape: [1, 5, 7] }, inputs: [[7]], output: [1, 5, 7] },
  ],
});

/** The input's size for an axis of the output; undefined for a new axis. */
function own(shape: Shape, x: Shape, axis: number): number | undefined {
  return x[axis - shape.length + x.length];
}

function checkRank(shape: Shape, x: Shape): Complaint | undefined {
  const missing = shape.findIndex((length, axis) => length === -1 && own(shape, x, axis) === undefined);
  if (shape.length >= x.length && missing < 0) return undefined;
  if (missing < 0) {
    return {
      code: 'too-few-sizes',
      attr: 'shape',
      message: l10n.t('Too few sizes ({0}) for an input with {1} dimensions ({2}).', shape.length, x.length, sizes(x)),
      help: l10n.t('Give one size for each dimension; −1 keeps a size.'),
      short: l10n.t('too few sizes'),
    };
  }
  return {
    code: 'size-of-new-axis',
    attr: 'shape',
    message: l10n.t(
      'The size of axis {0} is −1 (keep), but the axis is new: the input has only {1} dimensions ({2}).',
      missing,
      x.length,
      sizes(x),
    ),
    help: l10n.t('Give its size.'),
    short: l10n.t('size of a new axis is missing'),
  };
}

function checkSizes(shape: Shape, x: Shape): Complaint | undefined {
  const wrong = shape.findIndex((length, axis) => {
    const before = own(shape, x, axis) ?? 1;
    return length !== -1 && before !== 1 && Math.abs(length - before) > 0;
  });
  if (wrong < 0) return undefined;
  return {
    code: 'expand-size-mismatch',
    attr: 'shape',
    output: shape.map((length, axis) => (axis === wrong ? Number.NaN : length === -1 ? own(shape, x, axis)! : length)),
    message: l10n.t(
      'Axis {0} cannot be expanded to {1}: the input has {2} there ({3}), and only a size of 1 can be expanded.',
      wrong,
      shape[wrong]!,
      own(shape, x, wrong)!,
      sizes(x),
    ),
    help: l10n.t('Use −1 to keep the size, or {0} to copy elements.', 'repeat'),
    short: l10n.t('only a size of 1 can be expanded'),
  };
}

import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { savesNothing } from './rules/saved.ts';
import { size, sizes } from './rules/shape.ts';

export interface Reshape {
  /** The new sizes, batch first; one of them may be −1 and is then inferred. */
  readonly shape: readonly number[];
}

export const reshape = op<Reshape>({
  name: 'reshape',
  kind: 'view',
  summary: () => l10n.t('Gives the same elements another shape. A view: no copy.'),
  attrs: { shape: { kind: 'shape', doc: () => l10n.t('New shape, batch first; one size may be −1 and is inferred.') } },
  arity: 1,
  check: ({ shape }, [x]) => checkSizes(shape) ?? checkElements(shape, x!),
  shape: ({ shape }, [x]) => {
    const left = size(x!) / others(shape);
    return shape.map(length => (length === -1 ? left : length));
  },
  saves: savesNothing,
  examples: [
    // YOLO's Detect: all cells of a scale in a row.
    { attrs: { shape: [1, 144, -1] }, inputs: [[1, 144, 80, 80]], output: [1, 144, 6400], counts: { macs: 0 } },
    // Channel shuffle of ShuffleNet: 3 groups.
    { attrs: { shape: [1, 3, 80, 28, 28] }, inputs: [[1, 240, 28, 28]], output: [1, 3, 80, 28, 28] },
    { attrs: { shape: [-1] }, inputs: [[1, 2, 3]], output: [6] },
  ],
});

/** The product of all sizes other than −1. */
function others(shape: Shape): number {
  return size(shape.filter(length => length !== -1));
}

function checkSizes(shape: Shape): Complaint | undefined {
  const wrong = shape.find(length => length !== -1 && (length < 1 || length % 1 !== 0) && !Number.isNaN(length));
  if (wrong !== undefined) {
    return {
      code: 'not-a-size',
      attr: 'shape',
      message: l10n.t('{0} is not a size.', wrong),
      help: l10n.t('Use whole numbers ≥ 1, and −1 at most once for a size to infer.'),
    };
  }
  if (shape.filter(length => length === -1).length < 2) return undefined;
  return {
    code: 'two-inferred-sizes',
    attr: 'shape',
    output: shape.map(length => (length === -1 ? Number.NaN : length)),
    message: l10n.t('The shape [{0}] contains −1 more than once, but only one size can be inferred.', shape.join(', ')),
    help: l10n.t('Give the other sizes as numbers.'),
    short: l10n.t('only one size can be inferred'),
  };
}

function checkElements(shape: Shape, x: Shape): Complaint | undefined {
  const elements = size(x);
  const wanted = others(shape);
  const open = shape.includes(-1);
  if (open ? !(elements % wanted > 0) : !(Math.abs(elements - wanted) > 0)) return undefined;
  return {
    code: open ? 'inferred-size-not-whole' : 'element-count-mismatch',
    attr: 'shape',
    output: shape.map(length => (length === -1 ? Number.NaN : length)),
    message: open
      ? l10n.t(
          'The input has {0} elements ({1}), which is not divisible by {2}, so the −1 in [{3}] cannot be inferred.',
          elements,
          sizes(x),
          wanted,
          shape.join(', '),
        )
      : l10n.t('The input has {0} elements ({1}), but {2} has {3}.', elements, sizes(x), sizes(shape), wanted),
    help: open
      ? l10n.t('Use sizes whose product divides {0}.', elements)
      : l10n.t('Use sizes whose product is {0}, or −1 for one of them.', elements),
    short: l10n.t('sizes do not match the input'),
  };
}

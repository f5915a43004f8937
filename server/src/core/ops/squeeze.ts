import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface Squeeze {
  /** Default: all axes of size 1 except the batch. */
  readonly axis?: number | undefined;
}

export const squeeze = op<Squeeze>({
  name: 'squeeze',
  kind: 'view',
  summary: () => l10n.t('Removes an axis of size 1, or all such axes except the batch. A view: no copy.'),
  attrs: {
    axis: {
      kind: 'axis',
      default: undefined,
      doc: () => l10n.t('Axis to remove if its size is 1. Default: all such axes except the batch.'),
    },
  },
  arity: 1,
  check: ({ axis }, [x]) => (axis === undefined ? undefined : checkAxisIn(axis, x!)) ?? checkKnown(axis, x!),
  // PyTorch ignores an axis whose size is not 1. The batch represents any number of samples, so it stays.
  shape: ({ axis }, [x]) => x!.filter((length, at) => !(length === 1 && dropped(axis, at, x!.length))),
  saves: savesNothing,
  examples: [
    { attrs: {}, inputs: [[1, 2048, 1, 1]], output: [1, 2048], counts: { macs: 0 } },
    { attrs: { axis: 2 }, inputs: [[1, 64, 1, 20]], output: [1, 64, 20] },
    { attrs: { axis: -1 }, inputs: [[1, 64, 1, 20]], output: [1, 64, 1, 20] },
  ],
});

const dropped = (axis: number | undefined, at: number, rank: number): boolean =>
  axis === undefined ? at > 0 : at === axisOf(axis, rank);

/** If a size is unknown, so is the number of remaining dimensions. */
function checkKnown(axis: number | undefined, x: Shape): Complaint | undefined {
  if (!x.some((length, at) => Number.isNaN(length) && dropped(axis, at, x.length))) return undefined;
  return {
    code: 'squeeze-of-unknown-size',
    attr: 'axis',
    message: l10n.t(
      'A size of the input is unknown ({0}), so Flopline cannot tell whether its axis is removed.',
      sizes(x),
    ),
    help: axis === undefined ? l10n.t('Name the axis to remove.') : undefined,
    short: l10n.t('squeeze of an unknown size'),
  };
}

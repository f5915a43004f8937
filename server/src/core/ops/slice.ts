import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, sizes, withSize } from './rules/shape.ts';

export interface Slice {
  readonly axis: number;
  /** First index; negative from the end. */
  readonly start: number;
  /** Index after the last; negative from the end, Infinity for no limit. */
  readonly end: number;
  readonly step: number;
}

/** Python's x[start:end:step] on one axis. */
export const slice = op<Slice>({
  name: 'slice',
  kind: 'view',
  summary: () => l10n.t('Slices one axis, like x[start:end:step] in Python. A view: no copy.'),
  attrs: {
    axis: { kind: 'axis', doc: () => l10n.t('Axis to slice.') },
    start: { kind: 'int', default: 0, doc: () => l10n.t('First index; negative values count from the end.') },
    end: {
      kind: 'int',
      default: Number.POSITIVE_INFINITY,
      doc: () => l10n.t('Index after the last one; negative values count from the end.'),
    },
    step: { kind: 'int', min: 1, default: 1, doc: () => l10n.t('Takes every nth element.') },
  },
  arity: 1,
  check: (attrs, [x]) => checkAxisIn(attrs.axis, x!) ?? checkEmpty(attrs, x!),
  shape: (attrs, [x]) => {
    const axis = axisOf(attrs.axis, x!.length);
    return withSize(x!, axis, lengthOf(attrs, x![axis]!));
  },
  saves: savesNothing,
  examples: [
    {
      // YOLOv5's Focus: every second column, from the second one.
      attrs: { axis: 3, start: 1, end: Number.POSITIVE_INFINITY, step: 2 },
      inputs: [[1, 3, 640, 640]],
      output: [1, 3, 640, 320],
      counts: { macs: 0 },
    },
    // x[:, 0:1]: the class token of a ViT.
    { attrs: { axis: 1, start: 0, end: 1, step: 1 }, inputs: [[1, 197, 768]], output: [1, 1, 768] },
    { attrs: { axis: -1, start: -3, end: -1, step: 1 }, inputs: [[1, 10]], output: [1, 2] },
    { attrs: { axis: 1, start: 1, end: 100, step: 3 }, inputs: [[1, 9]], output: [1, 3] },
  ],
});

/** 0 for an empty slice. The step is positive: tensors cannot be sliced backwards. */
function lengthOf({ start, end, step }: Slice, length: number): number {
  if (step < 1) return 0;
  const clamp = (index: number): number => Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  return Math.max(Math.ceil((clamp(end) - clamp(start)) / step), 0);
}

function checkEmpty(attrs: Slice, x: Shape): Complaint | undefined {
  const axis = axisOf(attrs.axis, x.length);
  if (lengthOf(attrs, x[axis]!) !== 0) return undefined;
  return {
    code: 'empty-slice',
    attr: 'end',
    output: withSize(x, axis, Number.NaN),
    message: l10n.t(
      'The slice from {0} to {1} of axis {2}, which has {3} elements ({4}), is empty.',
      attrs.start,
      attrs.end,
      axis,
      x[axis]!,
      sizes(x),
    ),
    help: l10n.t('Use a start within the axis and an end after it.'),
    short: l10n.t('empty slice'),
  };
}

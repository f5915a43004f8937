import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, size, sizes } from './rules/shape.ts';

export interface Flatten {
  readonly start: number;
  readonly end: number;
}

export const flatten = op<Flatten>({
  name: 'flatten',
  kind: 'view',
  summary: () => l10n.t('Merges several axes into one; by default all but the batch. A view: no copy.'),
  attrs: {
    start: { kind: 'axis', default: 1, doc: () => l10n.t('First axis to merge.') },
    end: { kind: 'axis', default: -1, doc: () => l10n.t('Last axis to merge.') },
  },
  arity: 1,
  check: (attrs, [x]) =>
    checkAxisIn(attrs.start, x!, 'start') ?? checkAxisIn(attrs.end, x!, 'end') ?? checkOrder(attrs, x!),
  shape: ({ start, end }, [x]) => {
    const first = axisOf(start, x!.length);
    const last = axisOf(end, x!.length);
    return [...x!.slice(0, first), size(x!.slice(first, last + 1)), ...x!.slice(last + 1)];
  },
  saves: savesNothing,
  examples: [
    // VGG-16, in front of its first fully connected layer.
    { attrs: { start: 1, end: -1 }, inputs: [[1, 512, 7, 7]], output: [1, 25_088], counts: { macs: 0 } },
    // ViT: patches as a sequence.
    { attrs: { start: 2, end: 3 }, inputs: [[1, 768, 14, 14]], output: [1, 768, 196] },
    { attrs: { start: 1, end: -1 }, inputs: [[1, 10]], output: [1, 10] },
  ],
});

function checkOrder({ start, end }: Flatten, x: Shape): Complaint | undefined {
  if (axisOf(start, x.length) <= axisOf(end, x.length)) return undefined;
  return {
    code: 'axes-out-of-order',
    attr: 'end',
    message: l10n.t(
      'Axes {0} to {1} cannot be merged: axis {1} comes before axis {0} in an input with {2} dimensions ({3}).',
      start,
      end,
      x.length,
      sizes(x),
    ),
    help: l10n.t('Swap the two axes.'),
    short: l10n.t('axes out of order'),
  };
}

import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxis } from './rules/axis.ts';
import { savesResult } from './rules/saved.ts';
import { axisOf, size } from './rules/shape.ts';
import { softmaxCounts } from './rules/softmax.ts';

export interface Softmax {
  /** The axis whose values sum to 1; negative counts from the last. */
  readonly axis: number;
}

export const softmax = op<Softmax>({
  name: 'softmax',
  kind: 'activation',
  summary: () => l10n.t('Turns scores into probabilities that sum to 1 along an axis.'),
  attrs: {
    axis: {
      kind: 'axis',
      default: -1,
      doc: () => l10n.t('Axis along which values sum to 1: 1 is channels, −1 the last axis.'),
    },
  },
  arity: 1,
  check: ({ axis }, [x]) => checkAxis(axis, x!),
  shape: (_, [x]) => x!,
  counts: ({ axis }, [x]) => {
    const elements = size(x!);
    const rows = elements / x![axisOf(axis, x!.length)]!;
    return softmaxCounts(elements, rows);
  },
  inPlace: true,
  saves: savesResult,
  examples: [
    {
      attrs: { axis: 1 },
      inputs: [[1, 1000]],
      output: [1, 1000],
      counts: { compares: 999, adds: 1999, exps: 1000, divs: 1000 },
    },
    {
      // Attention scores of ViT-B/16: 12 heads × 197 rows of 197.
      attrs: { axis: -1 },
      inputs: [[1, 12, 197, 197]],
      output: [1, 12, 197, 197],
      counts: { compares: 463_344, adds: 929_052, exps: 465_708, divs: 465_708 },
    },
  ],
});

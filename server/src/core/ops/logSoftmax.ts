import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxis } from './rules/axis.ts';
import { savesResult } from './rules/saved.ts';
import { axisOf, size } from './rules/shape.ts';

export interface LogSoftmax {
  /** The axis whose probabilities sum to 1; negative counts from the last. */
  readonly axis: number;
}

/** (x − max) − log(sum of exp(x − max)). */
export const logSoftmax = op<LogSoftmax>({
  name: 'logSoftmax',
  kind: 'activation',
  summary: () => l10n.t('Logarithm of the softmax, computed without dividing.'),
  attrs: {
    axis: {
      kind: 'axis',
      default: -1,
      doc: () => l10n.t('Axis along which probabilities sum to 1: 1 is channels, −1 the last axis.'),
    },
  },
  arity: 1,
  check: ({ axis }, [x]) => checkAxis(axis, x!),
  shape: (_, [x]) => x!,
  counts: ({ axis }, [x]) => {
    const elements = size(x!);
    const rows = elements / x![axisOf(axis, x!.length)]!;
    return {
      compares: elements - rows,
      adds: elements + (elements - rows) + elements,
      // One exponential per element and one logarithm per row.
      exps: elements + rows,
    };
  },
  inPlace: true,
  saves: savesResult,
  examples: [
    { attrs: { axis: 1 }, inputs: [[1, 10]], output: [1, 10], counts: { compares: 9, adds: 29, exps: 11 } },
    { attrs: { axis: -2 }, inputs: [[1, 5, 4]], output: [1, 5, 4], counts: { compares: 16, adds: 56, exps: 24 } },
  ],
});

import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { paddingAfter, poolKernel, poolStride, rounding } from './rules/attrs.ts';
import { checkPool, poolField, poolShape } from './rules/pool.ts';
import { savesInput } from './rules/saved.ts';
import { size } from './rules/shape.ts';
import type { Rounding } from './rules/window.ts';

export interface AvgPool {
  /** One entry per spatial dimension, like the following fields. */
  readonly kernel: readonly number[];
  /** Default: the kernel. */
  readonly stride?: readonly number[] | undefined;
  /** Padding before, and also after unless `paddingAfter` is given. */
  readonly padding: readonly number[];
  readonly paddingAfter?: readonly number[] | undefined;
  readonly rounding: Rounding;
  /** Whether the zeros of the padding count as elements of a window. */
  readonly includePadding: boolean;
}

/** Mean over windows; the dialects differ in rounding and in whether padding counts. */
export const avgPool = op<AvgPool>({
  name: 'avgPool',
  kind: 'pool',
  summary: () => l10n.t('Takes the mean of each window, channel by channel.'),
  attrs: {
    kernel: poolKernel,
    stride: poolStride,
    padding: { kind: 'ints', min: 0, spatial: true, default: 0, doc: () => l10n.t('Zeros added at both ends.') },
    paddingAfter,
    rounding,
    includePadding: {
      kind: 'boolean',
      default: true,
      doc: () => l10n.t('Divides by the size of the whole window, including the zeros of the padding.'),
    },
  },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x], order) => checkPool(attrs, x!, order),
  shape: (attrs, [x]) => poolShape(attrs, x!),
  // Every window is counted at full size, including padding, whatever it is divided by.
  counts: ({ kernel }, _, [y]) => ({ adds: size(y!) * (size(kernel) - 1), divs: size(y!) }),
  field: poolField,
  saves: savesInput,
  examples: [
    {
      // DenseNet-121's first transition.
      attrs: { kernel: [2, 2], stride: [2, 2], padding: [0, 0], rounding: 'floor', includePadding: true },
      inputs: [[1, 128, 56, 56]],
      output: [1, 128, 28, 28],
      counts: { adds: 301_056, divs: 100_352 },
    },
    {
      // The pooling branch of Inception-v3.
      attrs: { kernel: [3, 3], stride: [1, 1], padding: [1, 1], rounding: 'floor', includePadding: true },
      inputs: [[1, 192, 35, 35]],
      output: [1, 192, 35, 35],
      counts: { adds: 1_881_600, divs: 235_200 },
    },
    {
      attrs: { kernel: [3], stride: [2], padding: [0], rounding: 'ceil', includePadding: false },
      inputs: [[1, 2, 8]],
      output: [1, 2, 4],
      counts: { adds: 16, divs: 8 },
    },
  ],
});

import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { dilation, paddingAfter, poolKernel, poolStride, rounding } from './rules/attrs.ts';
import { checkPool, poolField, poolShape } from './rules/pool.ts';
import { indices } from './rules/saved.ts';
import { size } from './rules/shape.ts';
import type { Rounding } from './rules/window.ts';

export interface MaxPool {
  /** One entry per spatial dimension, like the following fields. */
  readonly kernel: readonly number[];
  /** Default: the kernel. */
  readonly stride?: readonly number[] | undefined;
  /** Padding before, and also after unless `paddingAfter` is given. */
  readonly padding: readonly number[];
  readonly paddingAfter?: readonly number[] | undefined;
  readonly dilation: readonly number[];
  readonly rounding: Rounding;
}

/** Maximum over windows; the dialects differ in rounding and padding. */
export const maxPool = op<MaxPool>({
  name: 'maxPool',
  kind: 'pool',
  summary: () => l10n.t('Takes the maximum of each window, channel by channel.'),
  attrs: {
    kernel: poolKernel,
    stride: poolStride,
    padding: {
      kind: 'ints',
      min: 0,
      spatial: true,
      default: 0,
      doc: () => l10n.t('Padding at both ends; never the maximum.'),
    },
    paddingAfter,
    dilation,
    rounding,
  },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x], order) => checkPool(attrs, x!, order),
  shape: (attrs, [x]) => poolShape(attrs, x!),
  // Every window is counted at full size, including padding, as for convolutions.
  counts: ({ kernel }, _, [y]) => ({ compares: size(y!) * (size(kernel) - 1) }),
  field: poolField,
  makes: (_, __, [y]) => [indices(size(y!))],
  saves: (_, __, [y]) => ({ inputs: [0], extras: [indices(size(y!))] }),
  examples: [
    {
      // ResNet's stem.
      attrs: { kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: [1, 1], rounding: 'floor' },
      inputs: [[1, 64, 112, 112]],
      output: [1, 64, 56, 56],
      counts: { compares: 1_605_632 },
    },
    {
      // GoogLeNet's first pooling: 55.5 windows rounded up.
      attrs: { kernel: [3, 3], stride: [2, 2], padding: [0, 0], dilation: [1, 1], rounding: 'ceil' },
      inputs: [[1, 64, 112, 112]],
      output: [1, 64, 56, 56],
      counts: { compares: 1_605_632 },
    },
    {
      // YOLOv3-tiny's pooling with stride 1: Darknet pads size − 1, here all of it at the end.
      attrs: {
        kernel: [2, 2],
        stride: [1, 1],
        padding: [0, 0],
        paddingAfter: [1, 1],
        dilation: [1, 1],
        rounding: 'floor',
      },
      inputs: [[1, 512, 13, 13]],
      output: [1, 512, 13, 13],
      counts: { compares: 259_584 },
    },
    {
      // Without padding, Caffe keeps a window that starts after the input; PyTorch's ceil_mode drops it.
      attrs: { kernel: [1], stride: [2], padding: [0], dilation: [1], rounding: 'caffe' },
      inputs: [[1, 3, 4]],
      output: [1, 3, 3],
      counts: {},
    },
    {
      attrs: { kernel: [1], stride: [2], padding: [0], dilation: [1], rounding: 'ceil' },
      inputs: [[1, 3, 4]],
      output: [1, 3, 2],
      counts: {},
    },
    {
      attrs: { kernel: [2, 2, 2], padding: [0, 0, 0], dilation: [1, 1, 1], rounding: 'floor' },
      inputs: [[1, 4, 8, 9, 10]],
      output: [1, 4, 4, 4, 5],
      counts: { compares: 2240 },
    },
  ],
});

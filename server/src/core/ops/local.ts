import * as l10n from '@vscode/l10n';
import { op, type Shape } from './op.ts';
import { paddingAfter, stride, weightedKernel, zeroPadding } from './rules/attrs.ts';
import { ofWeighted } from './rules/backward.ts';
import { kernelTooLarge } from './rules/fits.ts';
import { size } from './rules/shape.ts';
import { checkSpatial } from './rules/spatial.ts';
import { volume, windows } from './rules/window.ts';

export interface Local {
  /** Output channels. */
  readonly out: number;
  /** One entry per spatial dimension, like the following fields. */
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** Padding before, and also after unless `paddingAfter` is given. */
  readonly padding: readonly number[];
  readonly paddingAfter?: readonly number[] | undefined;
  /** One per output element. */
  readonly bias: boolean;
}

/**
 * A convolution whose filters are not shared between positions: Darknet's [local] (local_layer.c), Keras'
 * LocallyConnected2D.
 */
export const local = op<Local>({
  name: 'local',
  kind: 'compute',
  summary: () =>
    l10n.t(
      'Like a convolution, but with separate filters at every position: the same MACs, many times the parameters.',
    ),
  attrs: {
    out: { kind: 'int', min: 1, doc: () => l10n.t('Output channels.') },
    kernel: weightedKernel,
    stride,
    padding: zeroPadding,
    paddingAfter,
    bias: { kind: 'boolean', default: true, doc: () => l10n.t('Adds a learned bias to each output element.') },
  },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x], order) => {
    const { out, kernel, stride, padding, paddingAfter } = attrs;
    const wrong = checkSpatial({ kernel, stride, padding, paddingAfter }, x!);
    if (wrong) return wrong;
    return outputSizes(attrs, x!).some(length => length < 1) ? kernelTooLarge(attrs, x!, out, order) : undefined;
  },
  shape: (attrs, [x]) => [x![0]!, attrs.out, ...outputSizes(attrs, x!)],
  counts: ({ kernel, bias }, [x], [y]) => {
    const outputs = size(y!);
    const products = outputs * size(kernel) * x![1]!;
    return { macs: products, adds: bias ? outputs : 0, weights: products, biases: bias ? outputs : 0 };
  },
  backward: ({ kernel }, [x], [y], wanted) => ofWeighted(size(y!) * size(kernel) * x![1]!, wanted),
  formula: ({ out, kernel }, [x], [y]) => `${volume(y!.slice(2))} · ${volume(kernel)} · ${x![1]} · ${out}`,
  field: ({ kernel, stride }) => ({ kernel, stride }),
  examples: [
    {
      // YOLOv1's locally connected layer: 256 filters of 3×3 at each of 7×7 cells.
      attrs: { out: 256, kernel: [3, 3], stride: [1, 1], padding: [1, 1], bias: true },
      inputs: [[1, 1024, 7, 7]],
      output: [1, 256, 7, 7],
      counts: { macs: 115_605_504, adds: 12_544, weights: 115_605_504, biases: 12_544 },
    },
    {
      attrs: { out: 4, kernel: [3], stride: [2], padding: [0], bias: false },
      inputs: [[1, 2, 9]],
      output: [1, 4, 4],
      counts: { macs: 96, weights: 96 },
    },
  ],
});

function outputSizes({ kernel, stride, padding, paddingAfter }: Local, x: Shape): number[] {
  return kernel.map((taps, axis) =>
    windows(x[axis + 2]!, taps, stride[axis]!, padding[axis]!, (paddingAfter ?? padding)[axis]!),
  );
}

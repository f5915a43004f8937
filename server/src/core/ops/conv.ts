import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape, type ShapeOrder } from './op.ts';
import { dilation, groups, paddingAfter, stride, weightedKernel, zeroPadding } from './rules/attrs.ts';
import { ofWeighted } from './rules/backward.ts';
import { kernelTooLarge } from './rules/fits.ts';
import { checkGroups } from './rules/groups.ts';
import { size, sizes } from './rules/shape.ts';
import { extent, volume, windows } from './rules/window.ts';

export interface Conv {
  /** Output channels. */
  readonly out: number;
  /** One entry per spatial dimension, like the following fields. */
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** Padding before, and also after unless `paddingAfter` is given. */
  readonly padding: readonly number[];
  readonly paddingAfter?: readonly number[] | undefined;
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly bias: boolean;
  /** Weights and inputs are signs (XNOR-Net): a product is an XNOR, 32 per machine word. MACs are counted as usual. */
  readonly binary?: boolean | undefined;
}

/**
 * Convolution over 1, 2 or 3 spatial dimensions: M = (X − K + 2P)/S + 1; the same rule in PyTorch, Caffe and Darknet.
 */
export const conv = op<Conv>({
  name: 'conv',
  kind: 'compute',
  summary: () =>
    l10n.t(
      'Slides K×K filters over the input; every output element is a weighted sum of a window over all channels of its group.',
    ),
  attrs: {
    out: { kind: 'int', min: 1, doc: () => l10n.t('Output channels: the number of filters.') },
    kernel: weightedKernel,
    stride,
    padding: zeroPadding,
    paddingAfter,
    dilation,
    groups,
    bias: { kind: 'boolean', default: true, doc: () => l10n.t('Adds a learned bias to each output channel.') },
    binary: { kind: 'boolean', default: false, doc: () => l10n.t('Weights and inputs are binary (XNOR-Net).') },
  },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x], order) => checkSpatial(attrs, x!) ?? checkBothGroups(attrs, x!) ?? checkFits(attrs, x!, order),
  shape: (attrs, [x]) => [x![0]!, attrs.out, ...outputSizes(attrs, x!)],
  counts: ({ out, kernel, groups, bias }, [x], [y]) => {
    const window = size(kernel) * (x![1]! / groups);
    const outputs = size(y!);
    return {
      macs: outputs * window,
      adds: bias ? outputs : 0,
      weights: out * window,
      biases: bias ? out : 0,
    };
  },
  backward: ({ kernel, groups }, [x], [y], wanted) => ofWeighted(size(y!) * size(kernel) * (x![1]! / groups), wanted),
  formula: ({ out, kernel, groups }, [x], [y]) => {
    const positions = volume(y!.slice(2));
    const channels = groups === 1 ? `${x![1]}` : groups === x![1] ? '1' : `${x![1]}/${groups}`;
    return `${positions} · ${volume(kernel)} · ${channels} · ${out}`;
  },
  field: ({ kernel, stride, dilation }) => ({ kernel, stride, dilation }),
  saves: () => ({ inputs: [0] }),
  examples: [
    {
      // GoogLeNet (3b), its 3×3 branch without the bottleneck (Inception v1).
      attrs: same({ out: 192, kernel: [3, 3] }),
      inputs: [[1, 256, 28, 28]],
      output: [1, 192, 28, 28],
      counts: { macs: 346_816_512, adds: 150_528, weights: 442_368, biases: 192 },
    },
    {
      // ResNet's first layer, as torchvision writes it.
      attrs: { out: 64, kernel: [7, 7], stride: [2, 2], padding: [3, 3], dilation: [1, 1], groups: 1, bias: false },
      inputs: [[1, 3, 224, 224]],
      output: [1, 64, 112, 112],
      counts: { macs: 118_013_952, weights: 9408 },
    },
    {
      // Depthwise 3×3 of MobileNet.
      attrs: { ...same({ out: 32, kernel: [3, 3] }), groups: 32, bias: false },
      inputs: [[1, 32, 112, 112]],
      output: [1, 32, 112, 112],
      counts: { macs: 3_612_672, weights: 288 },
    },
    {
      attrs: { out: 8, kernel: [5], stride: [2], padding: [0], dilation: [2], groups: 2, bias: true },
      inputs: [[1, 4, 20]],
      output: [1, 8, 6],
      counts: { macs: 480, adds: 48, weights: 80, biases: 8 },
    },
    {
      attrs: { ...same({ out: 4, kernel: [3, 3, 3] }), bias: false },
      inputs: [[1, 2, 4, 8, 8]],
      output: [1, 4, 4, 8, 8],
      counts: { macs: 55_296, weights: 216 },
    },
  ],
});

function same({ out, kernel }: { out: number; kernel: readonly number[] }): Conv {
  const ones = kernel.map(() => 1);
  return { out, kernel, stride: ones, padding: kernel.map(k => (k - 1) / 2), dilation: ones, groups: 1, bias: true };
}

function outputSizes(attrs: Conv, x: Shape): number[] {
  const { kernel, stride, padding, dilation } = attrs;
  const after = attrs.paddingAfter ?? padding;
  const sizes: number[] = [];
  for (let axis = 0; axis < kernel.length; axis++) {
    sizes.push(windows(x[axis + 2]!, kernel[axis]!, stride[axis]!, padding[axis]!, after[axis]!, dilation[axis]!));
  }
  return sizes;
}

function checkSpatial({ kernel }: Conv, x: Shape): Complaint | undefined {
  if (kernel.length === x.length - 2) return undefined;
  return {
    code: 'kernel-rank-mismatch',
    input: 0,
    message: l10n.t(
      'A {0}-dimensional convolution needs an input with {1} dimensions including batch and channels; this one has {2} ({3}).',
      kernel.length,
      kernel.length + 2,
      x.length,
      sizes(x),
    ),
    short: l10n.t('wrong number of dimensions'),
  };
}

function checkBothGroups({ out, groups }: Conv, x: Shape): Complaint | undefined {
  const output = [x[0]!, out, ...x.slice(2).map(() => Number.NaN)];
  return checkGroups(groups, x[1]!, 'input', output) ?? checkGroups(groups, out, 'output', output);
}

function checkFits(attrs: Conv, x: Shape, order: ShapeOrder): Complaint | undefined {
  const { kernel, padding, dilation } = attrs;
  const after = attrs.paddingAfter ?? padding;
  const isTooLarge = kernel.some(
    (taps, axis) => extent(taps, dilation[axis]!) > x[axis + 2]! + padding[axis]! + after[axis]!,
  );
  return isTooLarge ? kernelTooLarge(attrs, x, attrs.out, order) : undefined;
}

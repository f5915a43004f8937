import { type Complaint, op, type Shape } from './op.ts';
import { size } from './rules/shape.ts';
import { extent, volume, windows } from './rules/window.ts';

export interface Conv {
  /** Output channels. */
  readonly out: number;
  /** One entry for each spatial dimension, as in the three below. */
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** Padding before; after as well, unless `paddingAfter` says otherwise. */
  readonly padding: readonly number[];
  readonly paddingAfter?: readonly number[] | undefined;
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly bias: boolean;
  /** Weights and inputs are signs (XNOR-Net): a product is an XNOR, 32 of them a word. MACs are counted all the same. */
  readonly binary?: boolean | undefined;
}

/** Convolution over 1, 2 or 3 spatial dimensions: M = (X − K + 2P)/S + 1; PyTorch's, Caffe's and Darknet's rule. */
export const conv = op<Conv>({
  name: 'conv',
  kind: 'compute',
  summary: 'Slides K×K filters over the input; every output element is a weighted sum of a window over all channels.',
  attrs: {
    out: { kind: 'int', min: 1, doc: 'Output channels: the number of filters.' },
    kernel: { kind: 'ints', min: 1, spatial: true, doc: 'Window size K. Work and parameters grow with K².' },
    stride: { kind: 'ints', min: 1, spatial: true, default: 1, doc: 'Step of the window: 2 halves the output size.' },
    padding: {
      kind: 'ints',
      min: 0,
      spatial: true,
      default: 0,
      doc: 'Border of zeros before and after each dimension.',
    },
    paddingAfter: { kind: 'ints', min: 0, spatial: true, default: undefined, doc: 'Border after, where it differs.' },
    dilation: { kind: 'ints', min: 1, spatial: true, default: 1, doc: 'Distance between the taps of the window.' },
    groups: {
      kind: 'int',
      min: 1,
      default: 1,
      doc: 'Independent groups of channels; as many as channels is depthwise.',
    },
    bias: { kind: 'boolean', default: true, doc: 'Adds a learned number to each output channel.' },
    binary: { kind: 'boolean', default: false, doc: 'Weights and inputs are signs (XNOR-Net).' },
  },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x]) => checkSpatial(attrs, x!) ?? checkGroups(attrs, x!) ?? checkFits(attrs, x!),
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
  formula: ({ out, kernel, groups }, [x], [y]) => {
    const positions = volume(y!.slice(2));
    const channels = groups === 1 ? `${x![1]}` : groups === x![1] ? '1' : `${x![1]}/${groups}`;
    return `${positions} · ${volume(kernel)} · ${channels} · ${out}`;
  },
  field: ({ kernel, stride, dilation }) => ({ kernel, stride, dilation }),
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
    code: 'wrong-rank',
    input: 0,
    message: `This convolution slides over ${kernel.length} dimensions, but its input has ${x.length - 2} besides batch and channels (${x.join('×')}).`,
  };
}

function checkGroups({ out, groups }: Conv, x: Shape): Complaint | undefined {
  const channels = x[1]!;
  const output = [x[0]!, out, ...x.slice(2).map(() => Number.NaN)];
  if (channels % groups > 0) {
    return {
      code: 'groups-mismatch',
      attr: 'groups',
      output,
      message: `${groups} groups do not divide ${channels} input channels. Use a divisor of ${channels}.`,
    };
  }
  if (out % groups > 0) {
    return {
      code: 'groups-mismatch',
      attr: 'groups',
      output,
      message: `${groups} groups do not divide ${out} output channels. Use a multiple of ${groups} as output, or fewer groups.`,
    };
  }
  return undefined;
}

function checkFits(attrs: Conv, x: Shape): Complaint | undefined {
  const { kernel, padding, dilation } = attrs;
  const after = attrs.paddingAfter ?? padding;
  for (let axis = 0; axis < kernel.length; axis++) {
    const length = x[axis + 2]!;
    const reach = extent(kernel[axis]!, dilation[axis]!);
    if (reach > length + padding[axis]! + after[axis]!) {
      return {
        code: 'kernel-too-large',
        attr: 'kernel',
        output: [x[0]!, attrs.out, ...x.slice(2).map(() => Number.NaN)],
        message: `The window covers ${reach}, but the input is only ${length}${padding[axis]! + after[axis]! > 0 ? ` (${length + padding[axis]! + after[axis]!} with padding)` : ''}. Use a smaller kernel, more padding, or less downsampling before.`,
      };
    }
  }
  return undefined;
}

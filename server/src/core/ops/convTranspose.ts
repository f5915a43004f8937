import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape } from './op.ts';
import { dilation, groups, weightedKernel } from './rules/attrs.ts';
import { ofWeighted } from './rules/backward.ts';
import { checkGroups } from './rules/groups.ts';
import { size } from './rules/shape.ts';
import { checkSpatial } from './rules/spatial.ts';
import { transposedWindows, volume } from './rules/window.ts';

export interface ConvTranspose {
  /** Output channels. */
  readonly out: number;
  /** One entry per spatial dimension, like the following fields. */
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** Elements removed from both ends of the output. */
  readonly padding: readonly number[];
  /** Elements added to the end of the output. */
  readonly outputPadding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly bias: boolean;
}

/** Transposed convolution (“deconvolution”) over 1 to 3 spatial dimensions: M = (X − 1)·S − 2P + K + output padding. */
export const convTranspose = op<ConvTranspose>({
  name: 'convTranspose',
  kind: 'compute',
  summary: () => l10n.t('Spreads every input element over a K×K window of the output: learned upsampling.'),
  attrs: {
    out: { kind: 'int', min: 1, doc: () => l10n.t('Output channels.') },
    kernel: weightedKernel,
    stride: {
      kind: 'ints',
      min: 1,
      spatial: true,
      default: 1,
      doc: () => l10n.t('Upscaling: 2 doubles the output size.'),
    },
    padding: {
      kind: 'ints',
      min: 0,
      spatial: true,
      default: 0,
      doc: () => l10n.t('Elements cropped from both ends of the output.'),
    },
    outputPadding: {
      kind: 'ints',
      min: 0,
      spatial: true,
      default: 0,
      doc: () => l10n.t('Rows added at the end of the output.'),
    },
    dilation,
    groups,
    bias: { kind: 'boolean', default: true, doc: () => l10n.t('Adds a learned bias to each output channel.') },
  },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x]) => {
    const { out, kernel, stride, padding, outputPadding, dilation, groups } = attrs;
    const output = [x![0]!, out, ...x!.slice(2).map(() => Number.NaN)];
    return (
      checkSpatial({ kernel, stride, padding, outputPadding, dilation }, x!) ??
      checkGroups(groups, x![1]!, 'input', output) ??
      checkGroups(groups, out, 'output', output) ??
      checkOutputPadding(attrs, output) ??
      checkNotEmpty(attrs, x!, output)
    );
  },
  shape: (attrs, [x]) => [x![0]!, attrs.out, ...outputSizes(attrs, x!)],
  // Every input element is multiplied by every tap, also if the product falls into the part that padding removes.
  counts: ({ out, kernel, groups, bias }, [x], [y]) => ({
    macs: size(x!) * (out / groups) * size(kernel),
    adds: bias ? size(y!) : 0,
    weights: x![1]! * (out / groups) * size(kernel),
    biases: bias ? out : 0,
  }),
  backward: ({ out, kernel, groups }, [x], _, wanted) => ofWeighted(size(x!) * (out / groups) * size(kernel), wanted),
  formula: ({ out, kernel, groups }, [x]) => {
    const channels = groups === 1 ? `${out}` : groups === out ? '1' : `${out}/${groups}`;
    return `${volume(x!.slice(2))} · ${volume(kernel)} · ${volume([x![1]!])} · ${channels}`;
  },
  // An output element o depends on the inputs i with o + P = i·S + d·j: with g = gcd(S, d), every S/g-th tap, d/g
  // inputs apart.
  field: ({ kernel, stride, dilation }) => {
    const common = stride.map((step, axis) => gcd(step, dilation[axis] ?? 1));
    return {
      kernel: kernel.map((taps, axis) => Math.ceil((taps * common[axis]!) / stride[axis]!)),
      stride: stride.map(step => 1 / step),
      dilation: dilation.map((distance, axis) => distance / common[axis]!),
    };
  },
  saves: () => ({ inputs: [0] }),
  examples: [
    {
      // U-Net's first up-convolution.
      attrs: {
        out: 512,
        kernel: [2, 2],
        stride: [2, 2],
        padding: [0, 0],
        outputPadding: [0, 0],
        dilation: [1, 1],
        groups: 1,
        bias: true,
      },
      inputs: [[1, 1024, 28, 28]],
      output: [1, 512, 56, 56],
      counts: { macs: 1_644_167_168, adds: 1_605_632, weights: 2_097_152, biases: 512 },
    },
    {
      // DCGAN's projection of the noise vector.
      attrs: {
        out: 512,
        kernel: [4, 4],
        stride: [1, 1],
        padding: [0, 0],
        outputPadding: [0, 0],
        dilation: [1, 1],
        groups: 1,
        bias: false,
      },
      inputs: [[1, 100, 1, 1]],
      output: [1, 512, 4, 4],
      counts: { macs: 819_200, weights: 819_200 },
    },
    {
      attrs: {
        out: 6,
        kernel: [3],
        stride: [2],
        padding: [1],
        outputPadding: [1],
        dilation: [2],
        groups: 2,
        bias: false,
      },
      inputs: [[1, 4, 5]],
      output: [1, 6, 12],
      counts: { macs: 180, weights: 36 },
    },
  ],
});

function outputSizes({ kernel, stride, padding, outputPadding, dilation }: ConvTranspose, x: Shape): number[] {
  return kernel.map((taps, axis) =>
    transposedWindows(
      x[axis + 2]!,
      taps,
      stride[axis]!,
      padding[axis]!,
      padding[axis]!,
      dilation[axis]!,
      outputPadding[axis]!,
    ),
  );
}

// PyTorch: “output padding must be smaller than either stride or dilation” (Convolution.cpp).
function checkOutputPadding({ outputPadding, stride, dilation }: ConvTranspose, output: Shape): Complaint | undefined {
  for (let axis = 0; axis < outputPadding.length; axis++) {
    const limit = Math.max(stride[axis]!, dilation[axis]!);
    if (!(outputPadding[axis]! >= limit)) continue;
    return {
      code: 'output-padding-too-large',
      attr: 'outputPadding',
      output,
      message: l10n.t(
        'The output padding ({0}) must be smaller than the stride or the dilation ({1}).',
        outputPadding[axis]!,
        limit,
      ),
      help: l10n.t('Use at most {0}.', limit - 1),
      short: l10n.t('output padding too large'),
    };
  }
  return undefined;
}

function checkNotEmpty(attrs: ConvTranspose, x: Shape, output: Shape): Complaint | undefined {
  const lengths = outputSizes(attrs, x);
  const axis = lengths.findIndex(length => length < 1);
  if (axis < 0) return undefined;
  return {
    code: 'padding-crops-everything',
    attr: 'padding',
    output,
    message: l10n.t(
      'A padding of {0} crops away the whole output, which has only {1} elements without padding.',
      attrs.padding[axis]!,
      lengths[axis]! + 2 * attrs.padding[axis]!,
    ),
    help: l10n.t('Use less padding.'),
    short: l10n.t('padding crops the whole output'),
  };
}

function gcd(a: number, b: number): number {
  return b > 0 ? gcd(b, a % b) : a;
}

import * as l10n from '@vscode/l10n';
import { advice, type Fix } from './advice.ts';
import { agreed, borderOf, channelsIn, convOf, isPlain, type Layer, type Network } from './network.ts';
import { channelsText, kernelText, pathText, retrain, sameField } from './words.ts';

/** Inception v2 and VGG: several 3×3 convolutions have the receptive field of one large kernel. */
export const largeKernel = advice({
  code: 'large-kernel',
  summary: () => l10n.t('two 3×3 instead of a 5×5, three instead of a 7×7'),
  reported: true,
  docs: {
    what: 'Replaces a 5×5 convolution with two 3×3, a 7×7 with three. Together they see as far, with one more activation in between.',
    why: 'Two 3×3 cost M²·9·(Cin·C + C·Cout) instead of M²·25·Cin·Cout: 18/25 where all widths are equal. C, the width in between, decides: from 64 to 192 channels, two 3×3 with 192 in between cost 44 % more than the 5×5; with 64 they cost half.',
    not: 'Where the layer widens a lot and the width in between cannot be small, as in a first layer that reads three colors. With a stride, which the first of them has, they see more than the large kernel did.',
    paper: 'Szegedy et al., Rethinking the Inception Architecture for Computer Vision (2015)',
    example:
      'name: 5×5 from 64 to 96 channels\ninput: [64, 28, 28]\nlayers:\n  - conv: {out: 96, kernel: 5, padding: same}\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (layer.op !== 'conv' || !isPlain(layer)) continue;
      const kernel = agreed(layer, use => convOf(use).kernel);
      const size = kernel?.[0];
      // In one dimension, two kernels of 3 cost more than one of 5.
      if (!kernel || kernel.length < 2 || (size !== 5 && size !== 7) || kernel.some(other => other !== size)) continue;
      const fixes = [...stacks(network, layer, kernel, (size - 1) / 2)];
      if (fixes.length === 0) continue;
      yield {
        at: layer.place.item,
        message: share =>
          l10n.t('This {0} convolution accounts for {1} of the network’s MACs.', kernelText(kernel), share),
        help:
          size === 5
            ? l10n.t('Consider two 3×3 convolutions, which see as far.')
            : l10n.t('Consider three 3×3 convolutions, which see as far.'),
        measure: 'macs',
        fixes,
      };
    }
  },
});

function* stacks(network: Network, layer: Layer, kernel: readonly number[], count: number): Generator<Fix> {
  const border = borderOf(layer);
  const stride = agreed(layer, use => convOf(use).stride);
  if (!border || !stride) return;
  const isStrided = stride.some(step => step > 1);
  // Without padding, the sizes after a strided sequence would depend on the input size.
  if (border === 'none' && isStrided) return;
  const small = kernel.map(() => 3);
  const text = kernelText(small);
  const from = agreed(layer, channelsIn);
  const to = agreed(layer, use => convOf(use).out);
  const isPair = count === 2;
  for (const middle of middles(from, to)) {
    const { norm, act } = layer.uses[0];
    const path = pathText([from, ...Array(count - 1).fill(middle ?? from), to]);
    // The number that the text will contain, which a scale may multiply.
    const written = middle === undefined ? undefined : network.written(layer.place.item, middle);
    const numbers = [text, kernelText(kernel), 9, kernel[0]! ** 2] as const;
    yield {
      variant: written === undefined ? 'same' : String(written),
      title: title(isPair, text, written),
      why: isPair
        ? l10n.t(
            'Two {0} see as far as one {1}, with {2} MACs each instead of {3} per position and pair of channels{4}.',
            ...numbers,
            path,
          )
        : l10n.t(
            'Three {0} see as far as one {1}, with {2} MACs each instead of {3} per position and pair of channels{4}.',
            ...numbers,
            path,
          ),
      costs: [
        isStrided
          ? l10n.t(
              'The first one has the stride. The receptive field grows, because those after it move {0} positions at a time.',
              stride[0]!,
            )
          : sameField(),
        retrain(),
      ],
      edits: [
        {
          kind: 'insert',
          before: layer.place,
          layers: Array.from({ length: count - 1 }, (_, at) => ({
            op: 'conv',
            depthwise: false,
            out: middle ?? { share: 1 },
            kernel: small,
            strided: kernel.map(() => at === 0),
            border,
            norm: norm !== undefined,
            act: act !== undefined,
          })),
        },
        {
          kind: 'set',
          item: layer.place.item,
          attrs: { kernel: small, border, ...(isStrided ? { strided: kernel.map(() => false) } : {}) },
        },
      ],
      footprint: [],
      here: layer.items,
      exact: false,
      dearer: more => dearer(isPair, text, more, channelsText(from, to)),
    };
  }
}

function title(isPair: boolean, kernel: string, middle: number | undefined): string {
  if (middle === undefined)
    return isPair
      ? l10n.t('Replace it with two {0} (as many channels in between as in its input)', kernel)
      : l10n.t('Replace it with three {0} (as many channels in between as in its input)', kernel);
  return isPair
    ? l10n.t('Replace it with two {0} ({1} channels in between)', kernel, middle)
    : l10n.t('Replace it with three {0} ({1} channels in between)', kernel, middle);
}

function dearer(isPair: boolean, kernel: string, more: string, channels: string): string {
  return isPair
    ? l10n.t('Two {0} would cost {1} more here ({2}).', kernel, more, channels)
    : l10n.t('Three {0} would cost {1} more here ({2}).', kernel, more, channels);
}

/** Candidates for the width in between: the input's if it is wide enough, and the output's; the narrower one first. */
function middles(from: number | undefined, to: number | undefined): readonly (number | undefined)[] {
  if (from === undefined || to === undefined) return [undefined];
  const widths = [...new Set(from >= 16 ? [from, to] : [to])];
  return widths.sort((a, b) => a - b);
}

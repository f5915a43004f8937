import { advice, type Fix } from './advice.ts';
import { agreed, borderOf, channelsIn, convOf, isPlain, type Layer } from './network.ts';
import { channelsText, kernelText, pathText, retrain } from './words.ts';

const words: Readonly<Record<number, string>> = { 2: 'two', 3: 'three' };

/** Inception v2 and VGG: several 3×3 see as far as one large kernel. */
export const largeKernel = advice({
  code: 'large-kernel',
  summary: 'two 3×3 for a 5×5, three for a 7×7',
  told: true,
  docs: {
    what: 'Replaces a 5×5 convolution by two 3×3, a 7×7 by three. Together they see as far, with an activation more between.',
    why: 'Two 3×3 cost M²·9·(Cin·C + C·Cout) instead of M²·25·Cin·Cout: 18/25 where all widths are equal. C, the width between, decides: two 3×3 from 64 to 192 channels with 192 between cost 44 % more than the 5×5, with 64 between they cost half.',
    not: 'Where the layer widens much and the width between cannot be small, as in a first layer that reads three colours. With a stride, which stays on the first of them, they see more than the large kernel did.',
    paper: 'Szegedy et al., Rethinking the Inception Architecture for Computer Vision (2015)',
    example:
      'name: 5×5 from 64 to 96 channels\ninput: [64, 28, 28]\nlayers:\n  - conv: {out: 96, kernel: 5, padding: same}\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (layer.op !== 'conv' || !isPlain(layer)) continue;
      const kernel = agreed(layer, use => convOf(use).kernel);
      const size = kernel?.[0];
      // In one dimension two of three cost more than one of five.
      if (!kernel || kernel.length < 2 || (size !== 5 && size !== 7) || kernel.some(other => other !== size)) continue;
      const fixes = [...stacks(layer, kernel, (size - 1) / 2)];
      if (fixes.length === 0) continue;
      yield {
        at: layer.place.item,
        message: `This ${kernelText(kernel)} convolution is {share}; ${words[(size - 1) / 2]} 3×3 see as far.`,
        measure: 'macs',
        fixes,
      };
    }
  },
});

function* stacks(layer: Layer, kernel: readonly number[], count: number): Generator<Fix> {
  const border = borderOf(layer);
  const stride = agreed(layer, use => convOf(use).stride);
  if (!border || !stride) return;
  const isStrided = stride.some(step => step > 1);
  // Without a border a stride would have to know the sizes.
  if (border === 'none' && isStrided) return;
  const small = kernel.map(() => 3);
  const text = kernelText(small);
  const from = agreed(layer, channelsIn);
  const to = agreed(layer, use => convOf(use).out);
  for (const middle of middles(from, to)) {
    const { norm, act } = layer.uses[0];
    const between = middle === undefined ? 'its input’s channels' : `${middle} channels`;
    yield {
      variant: middle === undefined ? 'same' : String(middle),
      title: `Replace it by ${words[count]} ${text} (${between} between)`,
      why: `${words[count] === 'two' ? 'Two' : 'Three'} ${text} see as far as one ${kernelText(kernel)}: 9 products for each pair of channels and place instead of ${kernel[0]! ** 2}${pathText([from, ...Array(count - 1).fill(middle ?? from), to])}.`,
      costs: [
        isStrided
          ? `The stride stays on the first; the receptive field grows, because those behind it step over ${stride[0]} places at once.`
          : 'The receptive field stays as it is.',
        retrain,
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
      expected: { what: `${words[count]} ${text}`, where: channelsText(from, to) },
    };
  }
}

/** The width between: that of the input where it is wide enough, and that of the output, the narrower one first. */
function middles(from: number | undefined, to: number | undefined): readonly (number | undefined)[] {
  if (from === undefined || to === undefined) return [undefined];
  const widths = [...new Set(from >= 16 ? [from, to] : [to])];
  return widths.sort((a, b) => a - b);
}

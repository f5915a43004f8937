import { advice, type Fix } from './advice.ts';
import { agreed, borderOf, channelsIn, convOf, isPlain, type Layer } from './network.ts';
import { channelsText, kernelText, pathText, retrain } from './words.ts';

/** Inception v3: a column and a row see what a square sees. */
export const squareKernel = advice({
  code: 'square-kernel',
  summary: 'N×1 and 1×N for N×N',
  told: false,
  docs: {
    what: 'Replaces an N×N convolution by an N×1 and a 1×N one after the other.',
    why: 'They cost M²·N·(Cin·C + C·Cout) instead of M²·N²·Cin·Cout: 2/N where all widths are equal, two thirds for 3×3, two sevenths for 7×7.',
    not: 'On large maps, early in a network: the paper found it good on grids of 12 to 20 only. Runtimes often have fast kernels for 3×3 alone.',
    paper: 'Szegedy et al., Rethinking the Inception Architecture for Computer Vision (2015)',
    example:
      'name: 7×7 on 192 channels\ninput: [192, 17, 17]\nlayers:\n  - conv: {out: 192, kernel: 7, padding: same}\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (layer.op !== 'conv' || !isPlain(layer)) continue;
      const kernel = agreed(layer, use => convOf(use).kernel);
      const size = kernel?.[0] ?? 1;
      if (kernel?.length !== 2 || kernel[1] !== size || size < 3 || size % 2 === 0) continue;
      const fixes = [...pairs(layer, size)];
      if (fixes.length > 0) yield { at: layer.place.item, fixes };
    }
  },
});

function* pairs(layer: Layer, size: number): Generator<Fix> {
  const border = borderOf(layer);
  const stride = agreed(layer, use => convOf(use).stride);
  if (!border || !stride) return;
  const isStrided = stride.some(step => step > 1);
  const from = agreed(layer, channelsIn);
  const to = agreed(layer, use => convOf(use).out);
  for (const middle of middles(from, to)) {
    const { norm, act } = layer.uses[0];
    const between = middle === undefined ? 'its input’s channels' : `${middle} channels`;
    yield {
      variant: middle === undefined ? 'same' : String(middle),
      title: `Replace it by ${size}×1 and 1×${size} (${between} between)`,
      why: `A column of ${size}, then a row of ${size}, see what the ${kernelText([size, size])} saw: ${2 * size} products instead of ${size ** 2}${pathText([from, middle ?? from, to])}.`,
      costs: [
        `The receptive field stays as it is.${isStrided ? ' Each of the two has the stride of its own direction.' : ''}`,
        'Good on grids of 12 to 20 (Inception v3); many runtimes are slower on it than its MACs say.',
        retrain,
      ],
      edits: [
        {
          kind: 'insert',
          before: layer.place,
          layers: [
            {
              op: 'conv',
              depthwise: false,
              out: middle ?? { share: 1 },
              kernel: [size, 1],
              strided: [true, false],
              border,
              norm: norm !== undefined,
              act: act !== undefined,
            },
          ],
        },
        {
          kind: 'set',
          item: layer.place.item,
          attrs: { kernel: [1, size], border, ...(isStrided ? { strided: [false, true] } : {}) },
        },
      ],
      footprint: [],
      here: layer.items,
      exact: false,
      expected: { what: `${size}×1 and 1×${size}`, where: channelsText(from, to) },
    };
  }
}

/** The width between: the narrower of both ends that is wide enough. */
function middles(from: number | undefined, to: number | undefined): readonly (number | undefined)[] {
  if (from === undefined || to === undefined) return [undefined];
  return [from >= 16 ? Math.min(from, to) : to];
}

import * as l10n from '@vscode/l10n';
import { advice, type Fix } from './advice.ts';
import { agreed, borderOf, channelsIn, convOf, isPlain, type Layer, type Network } from './network.ts';
import { channelsText, kernelText, pathText, retrain, sameField } from './words.ts';

/** Inception v3: a column and a row together have the receptive field of a square. */
export const squareKernel = advice({
  code: 'square-kernel',
  summary: () => l10n.t('N×1 and 1×N instead of N×N'),
  reported: false,
  docs: {
    what: 'Replaces an N×N convolution with an N×1 followed by a 1×N.',
    why: 'They cost M²·N·(Cin·C + C·Cout) instead of M²·N²·Cin·Cout: 2/N where all widths are equal, two thirds for 3×3, two sevenths for 7×7.',
    not: 'On large maps, early in a network: the paper found it useful only on grids of 12 to 20. Runtimes often have fast kernels only for 3×3.',
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
      const fixes = [...pairs(network, layer, size)];
      if (fixes.length > 0) yield { at: layer.place.item, fixes };
    }
  },
});

function* pairs(network: Network, layer: Layer, size: number): Generator<Fix> {
  const border = borderOf(layer);
  const stride = agreed(layer, use => convOf(use).stride);
  if (!border || !stride) return;
  const isStrided = stride.some(step => step > 1);
  const from = agreed(layer, channelsIn);
  const to = agreed(layer, use => convOf(use).out);
  for (const middle of middles(from, to)) {
    const { norm, act } = layer.uses[0];
    const pair = [`${size}×1`, `1×${size}`] as const;
    // The number that the text will contain, which a scale may multiply.
    const written = middle === undefined ? undefined : network.written(layer.place.item, middle);
    yield {
      variant: written === undefined ? 'same' : String(written),
      title:
        written === undefined
          ? l10n.t('Replace it with {0} and {1} (as many channels in between as in its input)', ...pair)
          : l10n.t('Replace it with {0} and {1} ({2} channels in between)', ...pair, written),
      why: l10n.t(
        'A column of {0}, then a row of {0}, see what the {1} sees, with {2} MACs instead of {3} per position and pair of channels{4}.',
        size,
        kernelText([size, size]),
        2 * size,
        size ** 2,
        pathText([from, middle ?? from, to]),
      ),
      costs: [
        sameField(),
        ...(isStrided ? [l10n.t('Each of the two has the stride of its own direction.')] : []),
        l10n.t('It works well on grids of 12 to 20 (Inception v3). Many runtimes are slower than its MACs suggest.'),
        retrain(),
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
      dearer: more => l10n.t('{0} and {1} would cost {2} more here ({3}).', ...pair, more, channelsText(from, to)),
    };
  }
}

/** Candidates for the width in between: the narrower of input and output that is wide enough. */
function middles(from: number | undefined, to: number | undefined): readonly (number | undefined)[] {
  if (from === undefined || to === undefined) return [undefined];
  return [from >= 16 ? Math.min(from, to) : to];
}

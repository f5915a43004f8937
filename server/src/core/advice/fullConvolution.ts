import * as l10n from '@vscode/l10n';
import { size } from '../ops/rules/shape.ts';
import { si } from '../text/quantity.ts';
import { advice, type Fix } from './advice.ts';
import { agreed, channelsIn, convOf, type Layer } from './network.ts';
import { kernelText, retrain, sameField, volume } from './words.ts';

/** Xception and MobileNet: filter each channel across positions first, then mix channels at each position. */
export const fullConvolution = advice({
  code: 'full-convolution',
  summary: () => l10n.t('depthwise separable convolution'),
  reported: false,
  docs: {
    what: 'Replaces a K×K convolution with a depthwise K×K (one filter per channel) and a 1×1 across the channels.',
    why: 'They cost M²·K²·Cin + M²·Cin·Cout instead of M²·K²·Cin·Cout: 1/Cout + 1/K² of that, about a ninth for 3×3.',
    not: 'Where time counts more than MACs: a depthwise convolution does few operations per byte that it moves, so it saves less time than MACs. In the first layer, which reads three colors.',
    paper: 'Chollet, Xception (2016); Howard et al., MobileNets (2017)',
    example:
      'name: 3×3 on 512 channels\ninput: [512, 14, 14]\nlayers:\n  - conv: {out: 512, kernel: 3, padding: same, norm: batch, act: relu}\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (layer.op !== 'conv' || layer.uses.some(use => convOf(use).groups !== 1 || channelsIn(use) < 8)) continue;
      const kernel = agreed(layer, use => convOf(use).kernel);
      if (!kernel || volume(kernel) === 1) continue;
      const { norm, act } = layer.uses[0];
      const between = norm || act ? [true, false] : [false];
      yield { at: layer.place.item, fixes: between.map(full => separable(layer, kernel, full)) };
    }
  },
});

function separable(layer: Layer, kernel: readonly number[], full: boolean): Fix {
  const { norm, act } = layer.uses[0];
  return {
    variant: full ? 'full' : 'bare',
    title: separableTitle(norm !== undefined, act !== undefined, full),
    why: l10n.t(
      'One {0} filter per channel, then a 1×1 across channels: {1} MACs instead of {2}.',
      kernelText(kernel),
      'M²·K²·Cin + M²·Cin·Cout',
      'M²·K²·Cin·Cout',
    ),
    costs: [intensities(layer), sameField(), retrain()],
    edits: [
      {
        kind: 'insert',
        before: layer.place,
        layers: [
          {
            op: 'conv',
            depthwise: true,
            out: agreed(layer, channelsIn) ?? { share: 1 },
            kernel,
            strided: kernel.map(() => true),
            border: 'kept',
            norm: full && norm !== undefined,
            act: full && act !== undefined,
          },
        ],
      },
      {
        kind: 'set',
        item: layer.place.item,
        attrs: { kernel: kernel.map(() => 1), strided: kernel.map(() => false), border: 'none' },
      },
    ],
    footprint: [],
    here: layer.items,
    exact: false,
  };
}

function separableTitle(norm: boolean, act: boolean, full: boolean): string {
  if (!norm && !act) return l10n.t('Make it depthwise separable');
  if (!full) return l10n.t('Make it depthwise separable, with nothing in between');
  if (norm && act) return l10n.t('Make it depthwise separable, with normalization and activation in between');
  return norm
    ? l10n.t('Make it depthwise separable, with normalization in between')
    : l10n.t('Make it depthwise separable, with activation in between');
}

/** Arithmetic intensity: FLOPs per byte of inputs, outputs and weights in fp32. */
function intensities({ uses }: Layer): string {
  const [use] = uses;
  const { out, kernel } = convOf(use);
  const channels = channelsIn(use);
  const area = volume(use.main.outputs[0]!.shape!.slice(2));
  const read = size(use.input.shape!);
  const taps = volume(kernel);
  const perByte = (macs: number, elements: number): string => si((2 * macs) / (4 * elements));
  const before = perByte(area * taps * channels * out, read + area * out + taps * channels * out);
  const depthwise = perByte(area * taps * channels, read + area * channels + taps * channels);
  const pointwise = perByte(area * channels * out, area * (channels + out) + channels * out);
  return l10n.t(
    'It saves less time than MACs: {0} FLOPs/byte now, then {1} in the depthwise and {2} in the 1×1 convolution.',
    before,
    depthwise,
    pointwise,
  );
}

import * as l10n from '@vscode/l10n';
import { advice, type Finding, type Fix } from './advice.ts';
import { agreed, channelsIn, convOf, type Layer, type Network } from './network.ts';
import { kernelText, retrain, rounded, sameField, volume } from './words.ts';

/** Widths offered for the bottleneck, as shares of the input channels; the default first. */
const shares = [1 / 4, 1 / 8, 3 / 8, 1 / 2];

/** Inception v1: a 1×1 reduces the channels that a wide k×k convolution reads. */
export const fatConvolution = advice({
  code: 'fat-convolution',
  summary: () => l10n.t('1×1 bottleneck'),
  reported: true,
  docs: {
    what: 'Inserts a 1×1 convolution in front of a wide k×k one. It reduces the channels, so the k×k works on few of them.',
    why: 'A k×k convolution costs M²·k²·Cin·Cout. With C channels in between it costs M²·Cin·C + M²·k²·C·Cout: less than a third for k = 5, Cin = 256, Cout = 96 and C = 64.',
    not: 'In front of a layer that reads few channels anyway (the first one reads three), or right after another 1×1 that reduces them.',
    paper: 'Szegedy et al., Going Deeper with Convolutions (2014)',
    example:
      'name: 5×5 on 256 channels\ninput: [256, 28, 28]\nlayers:\n  - conv: {out: 96, kernel: 5, padding: same}\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (layer.op !== 'conv' || layer.uses.some(use => convOf(use).groups !== 1)) continue;
      const kernel = agreed(layer, use => convOf(use).kernel);
      if (!kernel || volume(kernel) === 1 || isAfterBottleneck(network, layer)) continue;
      const fixes = [...bottlenecks(network, layer, kernel)];
      if (fixes.length > 0) yield finding(layer, kernel, fixes);
    }
  },
});

function finding(layer: Layer, kernel: readonly number[], fixes: readonly Fix[]): Finding {
  const channels = agreed(layer, channelsIn);
  const name = kernelText(kernel);
  return {
    at: layer.place.item,
    message: share =>
      channels === undefined
        ? l10n.t('This {0} convolution accounts for {1} of the network’s MACs.', name, share)
        : l10n.t('This {0} convolution on {1} channels accounts for {2} of the network’s MACs.', name, channels, share),
    help: l10n.t('Consider a 1×1 bottleneck in front of it.'),
    measure: 'macs',
    fixes,
  };
}

function* bottlenecks(network: Network, layer: Layer, kernel: readonly number[]): Generator<Fix> {
  const channels = agreed(layer, channelsIn);
  // Skip convolutions of an image: three channels need no bottleneck.
  if (!layer.uses.every(use => channelsIn(use) >= 16)) return;
  const offered = new Set<number>();
  for (const share of shares) {
    const middle = channels === undefined ? undefined : rounded(channels * share);
    if (middle !== undefined && (middle >= channels! || offered.has(middle))) continue;
    if (middle !== undefined) offered.add(middle);
    // The number that the text will contain, which a scale may multiply.
    const written = middle === undefined ? undefined : network.written(layer.place.item, middle);
    const percentage = `${share * 100} %`;
    const name = kernelText(kernel);
    const formulas = ['M²·Cin·C + M²·k²·C·Cout', 'M²·k²·Cin·Cout'] as const;
    yield {
      variant: written === undefined ? `x${share}` : String(written),
      title:
        written === undefined
          ? l10n.t('Insert a 1×1 bottleneck ({0} of the channels)', percentage)
          : l10n.t('Insert a 1×1 bottleneck ({0} channels)', written),
      why:
        middle === undefined
          ? l10n.t(
              'A 1×1 convolution reduces the channels to {0}, which the {1} then reads: {2} MACs instead of {3}.',
              percentage,
              name,
              ...formulas,
            )
          : l10n.t(
              'A 1×1 convolution reduces {0} channels to {1}, which the {2} then reads: {3} MACs instead of {4}.',
              channels!,
              middle,
              name,
              ...formulas,
            ),
      costs: [sameField(), retrain()],
      edits: [
        {
          kind: 'insert',
          before: layer.place,
          layers: [
            {
              op: 'conv',
              depthwise: false,
              out: middle ?? { share },
              kernel: kernel.map(() => 1),
              strided: kernel.map(() => false),
              border: 'none',
              norm: layer.uses[0].norm !== undefined,
              act: layer.uses[0].act !== undefined,
            },
          ],
        },
      ],
      footprint: [],
      here: layer.items,
      exact: false,
    };
  }
}

/** Whether its input is the output of a 1×1 convolution that already reduced the channels. */
function isAfterBottleneck(network: Network, layer: Layer): boolean {
  return layer.uses.some(({ input }) => {
    let { node } = input;
    while (node.op.kind === 'activation' || node.op.kind === 'norm') node = node.inputs[0]!.node;
    const before = network.layerOf(node);
    const use = before && network.useOf(node);
    if (!use || before?.op !== 'conv') return false;
    const { kernel, out } = convOf(use);
    return volume(kernel) === 1 && out < channelsIn(use);
  });
}

import { advice, type Finding, type Fix } from './advice.ts';
import { agreed, channelsIn, convOf, type Layer, type Network } from './network.ts';
import { kernelText, retrain, rounded, volume } from './words.ts';

/** Shares of the input channels that are offered as width of the bottleneck, the default first. */
const shares = [1 / 4, 1 / 8, 3 / 8, 1 / 2];

/** Inception v1: a wide k×k convolution reads few channels that a 1×1 makes of many. */
export const fatConvolution = advice({
  code: 'fat-convolution',
  summary: '1×1 bottleneck',
  told: true,
  docs: {
    what: 'Puts a 1×1 convolution before a wide k×k one. It makes a few channels of many, and the k×k works on the few.',
    why: 'A k×k convolution costs M²·k²·Cin·Cout. With C channels between it is M²·Cin·C + M²·k²·C·Cout: for k = 5, Cin = 256, Cout = 96 and C = 64 less than a third.',
    not: 'Before a layer that reads few channels already (the first one reads three), or right behind another 1×1 that narrows.',
    paper: 'Szegedy et al., Going Deeper with Convolutions (2014)',
    example:
      'name: 5×5 on 256 channels\ninput: [256, 28, 28]\nlayers:\n  - conv: {out: 96, kernel: 5, padding: same}\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (layer.op !== 'conv' || layer.uses.some(use => convOf(use).groups !== 1)) continue;
      const kernel = agreed(layer, use => convOf(use).kernel);
      if (!kernel || volume(kernel) === 1 || isBehindBottleneck(network, layer)) continue;
      const fixes = [...bottlenecks(layer, kernel)];
      if (fixes.length > 0) yield finding(layer, kernel, fixes);
    }
  },
});

function finding(layer: Layer, kernel: readonly number[], fixes: readonly Fix[]): Finding {
  const channels = agreed(layer, channelsIn);
  const on = channels === undefined ? '' : ` on ${channels} channels`;
  return {
    at: layer.place.item,
    message: `This ${kernelText(kernel)} convolution${on} is {share}; consider a 1×1 bottleneck before it.`,
    measure: 'macs',
    fixes,
  };
}

function* bottlenecks(layer: Layer, kernel: readonly number[]): Generator<Fix> {
  const channels = agreed(layer, channelsIn);
  // Three colours are no many channels.
  if (!layer.uses.every(use => channelsIn(use) >= 16)) return;
  const told = new Set<number>();
  for (const share of shares) {
    const middle = channels === undefined ? undefined : rounded(channels * share);
    if (middle !== undefined && (middle >= channels! || told.has(middle))) continue;
    if (middle !== undefined) told.add(middle);
    const width = middle === undefined ? `${share * 100} % of the channels` : `${middle} channels`;
    yield {
      variant: middle === undefined ? `x${share}` : String(middle),
      title: `Insert a 1×1 bottleneck (${width})`,
      why: `A 1×1 convolution makes ${width} of ${channels ?? 'all'}, and the ${kernelText(kernel)} reads those: M²·Cin·C + M²·k²·C·Cout multiply-accumulates instead of M²·k²·Cin·Cout.`,
      costs: ['The receptive field stays as it is.', retrain],
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

/** Whether a 1×1 convolution narrows what it reads already. */
function isBehindBottleneck(network: Network, layer: Layer): boolean {
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

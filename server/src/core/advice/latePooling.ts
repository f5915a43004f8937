import * as l10n from '@vscode/l10n';
import type { GraphNode } from '../graph/graph.ts';
import { advice } from './advice.ts';
import { convOf, type Layer, type Network, type Use } from './network.ts';
import { volume } from './words.ts';

/** Averaging over positions and mixing channels commute, so do first what leaves less data. */
export const latePooling = advice({
  code: 'late-pooling',
  summary: () => l10n.t('average pooling in front of a 1×1 convolution'),
  reported: true,
  docs: {
    what: 'Moves an average pooling from after a 1×1 convolution to in front of it.',
    why: 'Averaging over positions and summing over channels commute: the result is the same, and the convolution works on a quarter of the positions (for 2×2).',
    not: 'It is always safe: it computes the same. With an activation in between, or for max pooling, it would not, and is not offered.',
    paper: '',
    example:
      'name: Transition\ninput: [256, 28, 28]\nlayers:\n  - conv: {out: 128, kernel: 1}\n  - avgpool: {kernel: 2}\n',
  },
  *find(network, within) {
    for (const { site, uses } of network.items(within)) {
      if (!uses.every(({ first, last }) => first === last && isAverage(first))) continue;
      const layers = uses.map(({ first }) => layerBefore(network, first));
      const [layer] = layers;
      if (!layer || layers.some(other => other !== layer) || layer.uses.length !== uses.length) continue;
      yield {
        at: site,
        message: () =>
          l10n.t(
            'This average could be taken in front of the 1×1 convolution above, which then works on fewer positions.',
          ),
        fixes: [
          {
            variant: 'move',
            title: l10n.t('Average in front of the 1×1 convolution'),
            why: l10n.t(
              'Averaging over positions and summing over channels commute, so the convolution may work on what the pooling leaves.',
            ),
            costs: [l10n.t('The network computes the same, and pretrained weights still load.')],
            edits: [{ kind: 'move', item: site, before: layer.place }],
            footprint: [site, ...layer.items],
            here: [site, ...layer.items],
            exact: true,
          },
        ],
      };
    }
  },
});

function isAverage({ op, attrs }: GraphNode): boolean {
  if (op.name === 'globalAvgPool' || op.name === 'adaptiveAvgPool') return true;
  // Zero padding after the convolution differs from padding before it, where the padded positions get the bias.
  return op.name === 'avgPool' && (attrs as { padding: readonly number[] }).padding.every(border => border === 0);
}

/** The 1×1 convolution whose output only this node reads, optionally with a batch normalization between. */
function layerBefore(network: Network, pool: GraphNode): Layer | undefined {
  let { node } = pool.inputs[0]!;
  let reader = pool;
  while (node.op.name === 'batchNorm') {
    if (network.soleConsumer(node.outputs[0]!) !== reader) return undefined;
    reader = node;
    node = node.inputs[0]!.node;
  }
  const layer = network.soleConsumer(node.outputs[0]!) === reader ? network.layerOf(node) : undefined;
  const use = layer && network.useOf(node);
  return layer?.op === 'conv' && use && isPointwise(use) && !use.act ? layer : undefined;
}

function isPointwise(use: Use): boolean {
  const { kernel, stride, padding } = convOf(use);
  return volume(kernel) === 1 && volume(stride) === 1 && padding.every(border => border === 0);
}

import type { GraphNode } from '../graph/graph.ts';
import { advice } from './advice.ts';
import { convOf, type Layer, type Network, type Use } from './network.ts';
import { volume } from './words.ts';

/** Averaging places and mixing channels commute: the one that leaves less comes first. */
export const latePooling = advice({
  code: 'late-pooling',
  summary: 'average pooling before a 1×1 convolution',
  told: true,
  docs: {
    what: 'Moves an average pooling from after a 1×1 convolution to in front of it.',
    why: 'An average over places and a sum over channels may change places: the result is the same, and the convolution works on a quarter of the places (for 2×2).',
    not: 'Never: it computes the same. With an activation between them, or for maximum pooling, it would not, and is not offered.',
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
        message: 'This average could be taken before the 1×1 convolution above it, which then works on fewer places.',
        fixes: [
          {
            variant: 'move',
            title: 'Average before the 1×1 convolution',
            why: 'An average over places and a sum over channels may change places; the convolution then works on what the pooling leaves.',
            costs: ['The network computes the same, and pretrained weights still load.'],
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
  // A border of zeros behind the convolution is not one before it: its bias would be missing there.
  return op.name === 'avgPool' && (attrs as { padding: readonly number[] }).padding.every(border => border === 0);
}

/** The 1×1 convolution whose output a node alone reads, with at most a batch normalization between. */
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

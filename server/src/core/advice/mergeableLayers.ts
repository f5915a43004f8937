import { advice } from './advice.ts';
import { convOf, type Layer, type Network, type Use } from './network.ts';
import { volume } from './words.ts';

/** Two matrices one after the other are one matrix. */
export const mergeableLayers = advice({
  code: 'mergeable-layers',
  summary: 'one layer for two with nothing between',
  told: true,
  docs: {
    what: 'Removes a fully connected layer or a 1×1 convolution that another one follows with nothing between them.',
    why: 'Two linear maps one after the other are one: A·(B·x) = (A·B)·x. It costs Cin·Cout instead of Cin·C + C·Cout, which is less unless C is small.',
    not: 'Where the narrow middle is meant as a factorization of low rank: then it is the cheaper way, and this is not offered.',
    paper: '',
    example: 'name: Two linear layers\ninput: [512]\nlayers:\n  - linear: 1024\n  - linear: 256\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (!layer.uses.every(use => isLinear(layer, use) && !use.norm && !use.act)) continue;
      const nexts = layer.uses.map(use => follower(network, layer, use));
      const [next] = nexts;
      if (!next || nexts.some(other => other !== next) || next.uses.length !== layer.uses.length) continue;
      // A·(B·x + b) has a constant A·b, which wants a place: the next layer's bias, or a normalization that takes it away.
      if (layer.uses.some(hasBias) && next.uses.some(use => !hasBias(use) && !use.norm)) continue;
      yield {
        at: layer.place.item,
        message: `There is nothing between this layer and “${next.name}”: two linear maps one after the other are one.`,
        fixes: [
          {
            variant: 'merge',
            title: `Merge it with “${next.name}”`,
            why: 'A·(B·x) = (A·B)·x: the product of both matrices does what they do one after the other.',
            costs: ['The network can compute the same: the new weights are the product of the old ones.'],
            edits: [{ kind: 'remove', item: layer.place.item }],
            footprint: layer.items,
            here: [...layer.items, ...next.items],
            exact: true,
          },
        ],
      };
    }
  },
});

/** The layer that alone reads another one, where both are matrices. */
function follower(network: Network, layer: Layer, { output }: Use): Layer | undefined {
  const node = network.soleConsumer(output);
  const next = node && network.layerOf(node);
  const use = next && network.useOf(node);
  return next && use && next !== layer && next.op === layer.op && use.input === output && isLinear(next, use)
    ? next
    : undefined;
}

const hasBias = ({ main }: Use): boolean => (main.attrs as { readonly bias?: boolean }).bias === true;

function isLinear({ op }: Layer, use: Use): boolean {
  if (op === 'linear') return true;
  const { kernel, stride, padding, groups } = convOf(use);
  return volume(kernel) === 1 && volume(stride) === 1 && groups === 1 && padding.every(border => border === 0);
}

import * as l10n from '@vscode/l10n';
import { advice } from './advice.ts';
import { channelsIn, convOf, type Layer, linearOf, type Network, type Use } from './network.ts';
import { volume } from './words.ts';

/** The product of two consecutive matrices is one matrix. */
export const mergeableLayers = advice({
  code: 'mergeable-layers',
  summary: () => l10n.t('one layer instead of two with nothing in between'),
  reported: true,
  docs: {
    what: 'Removes a fully connected layer or a 1×1 convolution that is followed by another one with nothing in between.',
    why: 'Two linear maps in a row are one: A·(B·x) = (A·B)·x. That costs Cin·Cout instead of Cin·C + C·Cout, which is less unless C is small.',
    not: 'Where the narrow middle is meant as a low-rank factorization: that is cheaper, and this is not offered.',
    paper: '',
    example: 'name: Two linear layers\ninput: [512]\nlayers:\n  - linear: 1024\n  - linear: 256\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (!layer.uses.every(use => isLinear(layer, use) && !use.norm && !use.act)) continue;
      const nexts = layer.uses.map(use => follower(network, layer, use));
      const [next] = nexts;
      if (!next || nexts.some(other => other !== next) || next.uses.length !== layer.uses.length) continue;
      // A·(B·x + b) has the constant A·b, which the next layer's bias or normalization has to absorb.
      if (layer.uses.some(hasBias) && next.uses.some(use => !hasBias(use) && !use.norm)) continue;
      // A narrow middle is cheaper than the merged matrix, and limits its rank on purpose.
      if (layer.uses.some((use, at) => isNarrow(layer, use, next.uses[at]!))) continue;
      yield {
        at: layer.place.item,
        message: () =>
          l10n.t(
            'There is nothing between this layer and “{0}”: two linear maps in a row are one linear map.',
            next.name,
          ),
        fixes: [
          {
            variant: 'merge',
            title: l10n.t('Merge it with “{0}”', next.name),
            why: l10n.t('{0}: the product of both matrices does what they do in a row.', 'A·(B·x) = (A·B)·x'),
            costs: [l10n.t('The network can compute the same: the new weights are the product of the old ones.')],
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

/** The layer that is the only reader of another one, if both are matrices. */
function follower(network: Network, layer: Layer, { output }: Use): Layer | undefined {
  const node = network.soleConsumer(output);
  const next = node && network.layerOf(node);
  const use = next && network.useOf(node);
  return next && use && next !== layer && next.op === layer.op && use.input === output && isLinear(next, use)
    ? next
    : undefined;
}

/** Whether the two layers together have fewer weights than the merged one. */
function isNarrow({ op }: Layer, use: Use, next: Use): boolean {
  const widthOf = (each: Use): number => (op === 'conv' ? convOf(each).out : linearOf(each).out);
  const reads = (op === 'conv' ? channelsIn(use) : use.input.shape?.at(-1)) ?? Number.NaN;
  const [middle, hands] = [widthOf(use), widthOf(next)];
  return reads * middle + middle * hands < reads * hands;
}

const hasBias = ({ main }: Use): boolean => (main.attrs as { readonly bias?: boolean }).bias === true;

function isLinear({ op }: Layer, use: Use): boolean {
  if (op === 'linear') return true;
  const { kernel, stride, padding, groups } = convOf(use);
  return volume(kernel) === 1 && volume(stride) === 1 && groups === 1 && padding.every(border => border === 0);
}

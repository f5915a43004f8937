import * as l10n from '@vscode/l10n';
import { type Frame, useOf } from '../graph/graph.ts';
import type { Range } from '../text/range.ts';
import { advice } from './advice.ts';
import type { Network } from './network.ts';

/** A layer whose output is never used is wasted cost. */
export const unusedLayer = advice({
  code: 'unused-layer',
  summary: () => l10n.t('removal of layers whose output is never used'),
  reported: false,
  answers: 'unused-output',
  docs: {
    what: 'Removes a layer whose output no other layer reads and the network does not return.',
    why: 'Its MACs and weights have no effect: the network computes the same without it.',
    not: 'Where it is meant as an output: declare it as one.',
    paper: '',
    example:
      'name: A forgotten layer\ninput: [64, 28, 28]\nlayers:\n  - relu: {name: stem}\n  - conv: {out: 64, kernel: 3, padding: same}\n  - conv: {out: 32, kernel: 1, from: stem}\n',
  },
  *find(network, within) {
    for (const [site, frames] of itemsOf(network, within)) {
      if (frames.some(frame => isUsed(network, frame))) continue;
      yield {
        at: site,
        fixes: [
          {
            variant: 'remove',
            title: l10n.t('Remove it'),
            why: l10n.t('No other layer reads its output, and the network does not return it.'),
            costs: [l10n.t('The network computes the same.')],
            edits: [{ kind: 'remove', item: site }],
            footprint: [site],
            here: [site],
            exact: true,
          },
        ],
      };
    }
  },
});

/** The innermost items with nodes that touch a range of the text, with all their frames. */
function itemsOf(network: Network, within: Range): ReadonlyMap<Range, readonly Frame[]> {
  const bySite = new Map<number, { site: Range; frames: Frame[] }>();
  const visit = (frame: Frame): void => {
    const site = useOf(frame);
    if (site && !frame.hasSitesInside && frame.end > frame.first && site.from <= within.to && within.from <= site.to) {
      const known = bySite.get(site.from) ?? { site, frames: [] };
      bySite.set(site.from, known);
      known.frames.push(frame);
    }
    if (frame.hasSitesInside) for (const child of frame.children) visit(child);
  };
  for (const row of network.graph.root.children) visit(row);
  return new Map([...bySite.values()].map(({ site, frames }) => [site, frames]));
}

function isUsed(network: Network, { first, end }: Frame): boolean {
  for (let id = first; id < end; id++) {
    for (const tensor of network.graph.nodes[id]!.outputs) {
      if (network.isOutput(tensor) || network.consumers(tensor).some(node => node.id >= end)) return true;
    }
  }
  return false;
}

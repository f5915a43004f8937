import * as l10n from '@vscode/l10n';
import type { GraphEdit } from '../graph/edit.ts';
import type { GraphNode, Tensor } from '../graph/graph.ts';
import type { Range } from '../text/range.ts';
import { advice, type Fix } from './advice.ts';
import { type Network, placeOf } from './network.ts';
import { retrain, volume } from './words.ts';

/** Inception v1: a fully connected layer reads the average of each channel instead of all of its positions. */
export const flattenedHead = advice({
  code: 'flattened-head',
  summary: () => l10n.t('global average pooling in front of a fully connected layer'),
  reported: true,
  docs: {
    what: 'Averages each channel over all positions in front of the fully connected layer, which then reads C features instead of C·H·W. Where several follow each other, as in VGG, all but the last may be removed.',
    why: 'A fully connected layer has C·H·W·Cout weights and as many multiply-accumulates, after averaging C·Cout: a 49th for 7×7.',
    not: 'Where the position of something in the image matters: an average does not know it.',
    paper: 'Lin et al., Network In Network (2013); Szegedy et al., Going Deeper with Convolutions (2014)',
    example:
      'name: Flattened head\ninput: [512, 7, 7]\nlayers:\n  - flatten\n  - linear: 4096\n  - relu\n  - linear: 1000\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (layer.op !== 'linear') continue;
      const [use] = layer.uses;
      const map = mapBefore(use.main);
      if (!map || layer.uses.length > 1) continue;
      const { shape } = map.tensor;
      const item = placeOf(map.reader);
      if (!item) continue;
      const insert: GraphEdit = {
        kind: 'insert',
        before: { item, norm: [], act: undefined },
        layers: [{ op: 'globalAvgPool' }],
      };
      const between = map.passed.flatMap(node => placeOf(node) ?? []);
      const features = volume(shape!.slice(1));
      const channels = shape![1]!;
      const why = l10n.t(
        'Averaging over {0} positions leaves {1} of {2} features: {1} · Cout weights instead of {2} · Cout.',
        shape!.slice(2).join('×'),
        channels,
        features,
      );
      const costs = [
        l10n.t('It no longer knows where something is in the image, but accepts images of any size.'),
        retrain(),
      ];
      const fixes: Fix[] = [
        {
          variant: 'pool',
          title: l10n.t('Average each channel in front of it'),
          why,
          costs,
          edits: [insert],
          footprint: between,
          here: layer.items,
          exact: false,
        },
      ];
      const hidden = hiddenLayers(network, use.main);
      if (hidden) {
        fixes.unshift({
          variant: 'head',
          title: l10n.t('Average each channel, and keep only the last fully connected layer'),
          why: `${why} ${l10n.t('The hidden layers in between are removed too, as in GoogLeNet and ResNet.')}`,
          costs,
          edits: [insert, ...hidden.map((site): GraphEdit => ({ kind: 'remove', item: site }))],
          footprint: [...between, ...hidden],
          here: [...hidden, ...hidden.last],
          exact: false,
        });
      }
      yield {
        at: layer.place.item,
        message: share =>
          l10n.t(
            'This fully connected layer reads {0} features of {1} channels and has {2} of the network’s parameters.',
            features,
            channels,
            share,
          ),
        help: l10n.t('Consider averaging each channel first.'),
        measure: 'params',
        fixes,
      };
    }
  },
});

/** The feature map that a fully connected layer reads flattened, its reader, and the nodes between. */
function mapBefore(
  main: GraphNode,
): { readonly tensor: Tensor; readonly reader: GraphNode; readonly passed: readonly GraphNode[] } | undefined {
  let reader = main;
  const passed: GraphNode[] = [];
  let tensor = main.inputs[0]!;
  while (isPassing(tensor.node)) {
    reader = tensor.node;
    passed.push(reader);
    tensor = reader.inputs[0]!;
  }
  const { shape } = tensor;
  const features = main.inputs[0]!.shape?.at(-1);
  if (!shape || shape.length < 4 || !(volume(shape.slice(2)) > 1)) return undefined;
  return volume(shape.slice(1)) === features ? { tensor, reader, passed } : undefined;
}

const isPassing = ({ op, inputs }: GraphNode): boolean =>
  inputs.length === 1 &&
  (op.name === 'flatten' || op.name === 'reshape' || op.name === 'dropout' || op.name === 'identity');

/** The items from the first fully connected layer to the last one, if there is nothing else between them. */
function hiddenLayers(network: Network, first: GraphNode): (Range[] & { last: readonly Range[] }) | undefined {
  let sites: Range[] = [];
  let pending: Range[] = [];
  let last: readonly Range[] = [];
  let node: GraphNode | undefined = first;
  while (node) {
    const site: Range | undefined = placeOf(node);
    if (!site) break;
    if (node.op.name === 'linear') {
      const layer = network.layerOf(node);
      if (!layer || layer.uses.length > 1) break;
      sites = [...sites, ...pending];
      pending = [];
      last = layer.items;
    } else if (node.op.kind !== 'activation' && node.op.kind !== 'norm' && node.op.name !== 'dropout') break;
    if (!pending.some(({ from }) => from === site.from)) pending.push(site);
    node = network.soleConsumer(node.outputs[0]!);
  }
  return sites.length === 0 ? undefined : Object.assign(sites, { last });
}

import * as l10n from '@vscode/l10n';
import type { GraphEdit } from '../graph/edit.ts';
import { type Frame, type GraphNode, type Tensor, useOf } from '../graph/graph.ts';
import { knobOf, type Smaller, type Tunable } from '../graph/tunable.ts';
import type { Range } from '../text/range.ts';
import { sentences } from '../text/sentences.ts';
import { listText } from '../text/wording.ts';
import { advice, type Fix } from './advice.ts';
import { rowsTiedTo, type TiedRows } from './channels.ts';
import { agreed, convOf, type Layer, leafOf, linearOf, type Network, placeOf, type Use } from './network.ts';
import { fewerChannels, retrain } from './words.ts';

/** Work and weights grow with the channels on both sides: MobileNet's width multiplier, applied to one layer. */
export const wideLayer = advice({
  code: 'wide-layer',
  summary: () => l10n.t('fewer channels'),
  reported: false,
  docs: {
    what: 'Makes a layer narrower: three quarters or half of its channels, rounded to 8. The layers that read it follow. Layers whose outputs are added to its own must have as many channels, so they change together. A row of a YOLO file changes as a whole, with all that is inside it: C2f, C3k2 or RepNCSPELAN4 with a smaller `c2`, and with it the rows that must output what they read, such as C2PSA.',
    why: 'A convolution costs M²·k²·Cin·Cout: with half its filters it costs half, and so does every layer that reads it.',
    not: 'Where the network is small already: its width is what it can learn with.',
    paper: 'Howard et al., MobileNets (2017): the width multiplier',
    example:
      'name: Two convolutions\ninput: [64, 28, 28]\nlayers:\n  - conv: {out: 256, kernel: 3, padding: same, act: relu}\n  - conv: {out: 64, kernel: 3, padding: same}\n',
  },
  *find(network, within) {
    for (const row of network.tunables(within)) {
      const narrower = knobOf(row, 'channels')?.smaller ?? [];
      if (narrower.length === 0) {
        const fixes = [0.75, 0.5].flatMap(share => narrowerSources(network, row, share));
        if (fixes.length > 0) yield { at: row.item, fixes };
        continue;
      }
      const tied = rowsTiedTo(network, row);
      yield { at: row.item, fixes: narrower.flatMap(smaller => narrowerRow(row, tied, smaller)) };
    }
    for (const layer of network.layers(within)) {
      const row = network.tunableAt(layer.place.item);
      if (row && knobOf(row, 'channels')) continue;
      if (layer.uses.some(use => isDepthwise(use.main) || widthOf(layer, use) < 16)) continue;
      const tied = tiedTo(network, layer);
      if (tied.isOutput) continue;
      const times = [0.75, 0.5].filter(
        (share, at, all) =>
          at === 0 ||
          layer.uses.some(use => floored(widthOf(layer, use), share) !== floored(widthOf(layer, use), all[0]!)),
      );
      yield { at: layer.place.item, fixes: times.map(share => narrower(layer, tied, share)) };
    }
  },
});

function narrower(layer: Layer, tied: Tied, times: number): Fix {
  const width = agreed(layer, use => widthOf(layer, use));
  const isLinear = layer.op === 'linear';
  const others = tied.layers.size - 1;
  return {
    variant: `x${times}`,
    title: title(isLinear, width, times, others + 1),
    why: sentences(
      isLinear
        ? l10n.t('Its cost shrinks with its features, and so does that of every layer that reads it.')
        : l10n.t('Its cost shrinks with its channels, and so does that of every layer that reads it.'),
      ...(others === 0
        ? []
        : [l10n.t('Sums tie it to {0}: what is added must have as many channels.', names(tied.layers, layer))]),
    ),
    costs: [fewerChannels(), retrain()],
    edits: [...tied.layers].map(
      ([each, depthwise]): GraphEdit => ({
        kind: 'set',
        item: each.place.item,
        attrs: attrsOf(each, depthwise, times),
      }),
    ),
    // Lazy: listing all advice of a long text needs few of these.
    get footprint() {
      return tied.footprint;
    },
    get consumers() {
      return tied.consumers;
    },
    here: [...tied.layers.keys()].flatMap(({ items }) => items),
    exact: false,
    // Rounding to multiples of 8 may take more than intended: three quarters of 16 is 12, which rounds to 8.
    isGentle: times >= gentle && (width === undefined || floored(width, times) >= gentlest * width),
    refused: tied.reason,
  };
}

/** Narrows a row that is a composite of its format as a whole. */
function narrowerRow(row: Tunable, { rows, footprint, consumers, reason }: TiedRows, { share, value }: Smaller): Fix[] {
  const edits = tuned(rows, share);
  if (!edits) return [];
  const others = rows.slice(1).map(({ name }) => `“${name}”`);
  const wide = knobOf(row, 'channels')!.value;
  return [
    {
      variant: `x${share}`,
      title:
        others.length === 0
          ? l10n.t('Use {0} channels instead of {1}', value, wide)
          : l10n.t('Use {0} channels instead of {1} in {2} rows tied to each other', value, wide, rows.length),
      why: sentences(
        l10n.t('Its cost shrinks with its channels, and so does that of every layer that reads it.'),
        ...(others.length === 0
          ? []
          : [l10n.t('It changes together with {0}: they must have as many channels as each other.', listText(others))]),
      ),
      costs: [fewerChannels(), retrain()],
      edits,
      footprint,
      here: rows.map(({ item }) => item),
      consumers,
      rebuilt: [],
      exact: false,
      isGentle: share >= gentle,
      refused: reason,
    },
  ];
}

/**
 * Narrows the rows that a row concatenates or detects on, all together: the branches of a written-out ELAN, the levels
 * of a detection head. Includes equally wide rows in between that only these rows read.
 */
function narrowerSources(network: Network, reader: Tunable, share: number): Fix[] {
  const read = reader.sources.flatMap(source => (source && network.tunableAt(source)) ?? []);
  const wide = new Set(read.filter(row => knobOf(row, 'channels')));
  if (wide.size < 3 || wide.size < reader.sources.length) return [];
  const parts = new Set(wide);
  for (const row of parts) {
    const [before] = row.sources.flatMap(source => (source && network.tunableAt(source)) ?? []);
    if (!before || !knobOf(before, 'channels') || widthOfRow(before) !== widthOfRow(row)) continue;
    if (network.readersOf(before).every(other => other === reader || parts.has(other))) parts.add(before);
  }
  const ties = [...parts].map(row => rowsTiedTo(network, row));
  const rows = [...new Set(ties.flatMap(tie => tie.rows))];
  const edits = tuned(rows, share);
  if (!edits) return [];
  const own = new Set(rows.map(({ item }) => item.from));
  const consumers = new Map(ties.flatMap(tie => tie.consumers.map(item => [item.from, item] as const)));
  // Each distinct width once, in text order.
  const widths = new Map(rows.map(row => [widthOfRow(row), narrowed(row, share)]));
  const text = (numbers: Iterable<number | undefined>): string => listText([...numbers].map(String));
  return [
    {
      variant: `sources-x${share}`,
      title: l10n.t(
        'Use {0} channels instead of {1} in {2} rows that lead to it',
        text(widths.values()),
        text(widths.keys()),
        rows.length,
      ),
      why: l10n.t(
        'All that it reads becomes narrower alike, so the rows keep their proportions. Their cost shrinks with their channels, and so does that of every layer that reads them.',
      ),
      costs: [fewerChannels(), retrain()],
      edits,
      footprint: ties.flatMap(tie => tie.footprint),
      here: rows.map(({ item }) => item),
      consumers: [...consumers.values()].filter(({ from }) => !own.has(from)),
      rebuilt: [],
      exact: false,
      isGentle: share >= gentle,
      refused: ties.find(({ reason }) => reason !== undefined)?.reason,
    },
  ];
}

const widthOfRow = (row: Tunable): number | undefined => knobOf(row, 'channels')?.value;

const narrowed = (row: Tunable, share: number): number | undefined =>
  knobOf(row, 'channels')?.smaller.find(smaller => smaller.share === share)?.value;

/** Edits that give all rows fewer channels; undefined if one of them cannot have so few. */
function tuned(rows: readonly Tunable[], share: number): GraphEdit[] | undefined {
  const edits: GraphEdit[] = [];
  for (const row of rows) {
    for (const kind of ['channels', 'groups'] as const) {
      const knob = knobOf(row, kind);
      if (!knob && kind === 'groups') continue;
      const value = knob?.smaller.find(smaller => smaller.share === share)?.value;
      if (!knob || value === undefined) return undefined;
      edits.push({ kind: 'tune', item: row.item, knob: knob.name, value });
    }
  }
  return edits;
}

/** A share of the channels that counts as taking away only a little. */
const gentle = 0.75;
/** The same, after rounding. */
const gentlest = 0.65;

function title(isLinear: boolean, width: number | undefined, times: number, layers: number): string {
  if (width === undefined) {
    const share = `${times * 100} %`;
    if (layers > 1)
      return isLinear
        ? l10n.t('Use {0} of the features in {1} layers tied to each other', share, layers)
        : l10n.t('Use {0} of the channels in {1} layers tied to each other', share, layers);
    return isLinear ? l10n.t('Use {0} of the features', share) : l10n.t('Use {0} of the channels', share);
  }
  const narrow = floored(width, times);
  if (layers > 1)
    return isLinear
      ? l10n.t('Use {0} features instead of {1} in {2} layers tied to each other', narrow, width, layers)
      : l10n.t('Use {0} channels instead of {1} in {2} layers tied to each other', narrow, width, layers);
  return isLinear
    ? l10n.t('Use {0} features instead of {1}', narrow, width)
    : l10n.t('Use {0} channels instead of {1}', narrow, width);
}

function attrsOf(layer: Layer, depthwise: boolean, times: number): Extract<GraphEdit, { kind: 'set' }>['attrs'] {
  const even = layer.uses.every(use => (widthOf(layer, use) * times) % 8 === 0);
  const out = { times, multiple: even ? 1 : 8 };
  const width = agreed(layer, use => widthOf(layer, use));
  return depthwise && width !== undefined ? { out, groups: floored(width, times) } : { out };
}

function floored(width: number, times: number): number {
  return (width * times) % 8 === 0 ? width * times : Math.max(8, Math.floor((width * times) / 8) * 8);
}

function names(layers: ReadonlyMap<Layer, boolean>, own: Layer): string {
  const shown: string[] = [];
  for (const layer of layers.keys()) {
    if (layer === own) continue;
    if (shown.length === 3 && layers.size > 5) return l10n.t('{0} and {1} more', shown.join(', '), layers.size - 4);
    shown.push(`“${layer.name}”`);
  }
  return listText(shown);
}

const widthOf = ({ op }: Layer, use: Use): number => (op === 'conv' ? convOf(use).out : linearOf(use).out);

function isDepthwise({ op, attrs, inputs }: GraphNode): boolean {
  const { groups } = attrs as { groups?: number };
  return op.name === 'conv' && groups !== undefined && groups > 1 && groups === inputs[0]?.shape?.[1];
}

const groups = new WeakMap<Network, Map<Layer, Tied>>();

/** The group of a layer, which all its members share. */
function tiedTo(network: Network, layer: Layer): Tied {
  const known = groups.get(network) ?? new Map<Layer, Tied>();
  groups.set(network, known);
  let tied = known.get(layer);
  if (!tied) {
    tied = new Tied(network, layer);
    for (const member of tied.layers.keys()) known.set(member, tied);
  }
  return tied;
}

/** A layer with the layers that must have as many channels, and everything that changes with them. */
class Tied {
  readonly #network: Network;
  /** The tied layers, each with whether it is depthwise. */
  readonly layers = new Map<Layer, boolean>();
  /** Why it cannot be narrowed. */
  reason: string | undefined;
  /** Whether one of them is an output of the network, whose shape must stay. */
  isOutput = false;
  readonly #changed = new Set<Tensor>();
  /** Tensors of which only some channels change (after a concatenation). */
  readonly #joined = new Set<Tensor>();
  readonly #readers = new Set<GraphNode>();
  readonly #traced = new Set<Tensor>();
  /** Tensors whose channels change and whose readers (forward) or producer (backward) have to be visited. */
  readonly #forward: Tensor[] = [];
  readonly #backward: Tensor[] = [];
  #items: { readonly footprint: readonly Range[]; readonly consumers: readonly Range[] } | undefined;

  constructor(network: Network, layer: Layer) {
    this.#network = network;
    this.#tie(layer, false);
    while (this.reason === undefined && !this.isOutput) {
      const read = this.#forward.pop();
      const produced = read ? undefined : this.#backward.pop();
      if (read) this.#follow(read);
      else if (produced) this.#trace(produced);
      else break;
    }
  }

  /** The items whose outputs change. */
  get footprint(): readonly Range[] {
    return this.#touched().footprint;
  }

  /** The other items whose cost changes. */
  get consumers(): readonly Range[] {
    return this.#touched().consumers;
  }

  #touched(): { readonly footprint: readonly Range[]; readonly consumers: readonly Range[] } {
    if (this.#items) return this.#items;
    const footprint: Range[] = [];
    const visit = (frame: Frame): void => {
      const place = useOf(frame);
      if (place && frame.outputs.some(tensor => this.#changed.has(tensor))) footprint.push(place);
      if (frame.hasSitesInside) for (const child of frame.children) visit(child);
    };
    for (const row of this.#network.graph.root.children) visit(row);
    const own = new Set([...this.layers.keys()].flatMap(({ items }) => items.map(({ from }) => from)));
    const sites = new Map<number, Range>();
    for (const node of [...[...this.#changed].map(tensor => tensor.node), ...this.#readers]) {
      const site = placeOf(node);
      if (site && !own.has(site.from)) sites.set(site.from, site);
    }
    this.#items = { footprint, consumers: [...sites.values()] };
    return this.#items;
  }

  #tie(layer: Layer, depthwise: boolean): void {
    if (this.layers.has(layer)) return;
    this.layers.set(layer, depthwise);
    for (const { main } of layer.uses) {
      this.#forward.push(main.outputs[0]!);
      if (depthwise) this.#backward.push(main.inputs[0]!);
    }
  }

  /** Visits the readers of a tensor whose channels change. */
  #follow(tensor: Tensor): void {
    if (this.#changed.has(tensor)) return;
    this.#changed.add(tensor);
    if (this.#network.isOutput(tensor)) {
      this.isOutput = this.reason === undefined;
    }
    for (const node of this.#network.consumers(tensor)) this.#read(node, tensor);
  }

  #read(node: GraphNode, tensor: Tensor): void {
    const { op, attrs, inputs, outputs } = node;
    const { groups: parts = 1 } = attrs as { groups?: number };
    switch (op.name) {
      case 'conv':
      case 'convTranspose': {
        if (parts === 1) this.#readers.add(node);
        else {
          const layer = isDepthwise(node) && !this.#joined.has(tensor) ? this.#network.layerOf(node) : undefined;
          if (layer) this.#tie(layer, true);
          else this.#refuse(l10n.t('“{0}” reads its channels in {1} groups', nameOf(node), parts));
        }
        return;
      }
      case 'linear':
        this.#readers.add(node);
        return;
      case 'concat':
        if ((attrs as { axis: number }).axis !== 1) this.#ties(node, tensor);
        this.#pass(outputs, true);
        return;
      case 'flatten':
      case 'dropout':
      case 'identity':
      case 'pad':
        this.#pass(outputs, this.#joined.has(tensor));
        return;
    }
    if (op.kind === 'elementwise' && inputs.length > 1) this.#ties(node, tensor);
    if (passesChannels(node)) this.#pass(outputs, this.#joined.has(tensor));
    else this.#refuse(l10n.t('“{0}” splits its channels ({1})', nameOf(node), op.name));
  }

  #pass(outputs: readonly Tensor[], joined: boolean): void {
    for (const output of outputs) {
      this.#forward.push(output);
      if (joined) this.#joined.add(output);
    }
  }

  /** Ties the other inputs of a sum. */
  #ties(node: GraphNode, tensor: Tensor): void {
    const width = tensor.shape?.[1];
    const others = node.inputs.filter(other => other !== tensor && other.shape?.[1] === width);
    if (others.length > 0 && this.#joined.has(tensor)) {
      this.#refuse(l10n.t('“{0}” adds something to it and to what it is concatenated with', nameOf(node)));
    }
    this.#backward.push(...others);
  }

  /** Visits the producer of a tensor whose channels must change. */
  #trace(tensor: Tensor): void {
    if (this.#changed.has(tensor) || this.#traced.has(tensor)) return;
    this.#traced.add(tensor);
    const { node } = tensor;
    const { op } = node;
    if (op.name === 'conv' || op.name === 'linear') {
      const layer = this.#network.layerOf(node);
      if (layer) this.#tie(layer, isDepthwise(node));
      else this.#refuse(l10n.t('a sum ties it to “{0}”, whose channels are set inside another layer', nameOf(node)));
    } else if (op.name === 'input') this.#refuse(l10n.t('a sum ties it to the input of the network'));
    else if (node.inputs.length > 0 && passesChannels(node)) {
      this.#backward.push(...node.inputs.filter(input => input.shape?.[1] === tensor.shape?.[1]));
    } else this.#refuse(l10n.t('a sum ties it to “{0}” ({1})', nameOf(node), op.name));
  }

  #refuse(reason: string): void {
    this.reason ??= reason;
  }
}

/** Whether the output has the same channels as the inputs, each computed separately. */
function passesChannels({ op }: GraphNode): boolean {
  return (
    op.kind === 'norm' ||
    op.kind === 'activation' ||
    op.kind === 'pool' ||
    op.kind === 'resample' ||
    op.kind === 'elementwise'
  );
}

function nameOf(node: GraphNode): string {
  return leafOf(node)?.label ?? node.op.name;
}

// A network as advice sees it: layers that stand in the text, who reads whom.
import type { Model } from '../analysis/model.ts';
import type { Border, Place } from '../graph/edit.ts';
import { type Frame, type Graph, type GraphNode, type Tensor, useOf } from '../graph/graph.ts';
import type { Tunable } from '../graph/tunable.ts';
import type { Conv, Linear } from '../ops/index.ts';
import type { Range } from '../text/range.ts';

/** A convolution or a fully connected layer with its normalization and activation, as the text has it. */
export interface Layer {
  readonly place: Place;
  /** Items of the text that it consists of. */
  readonly items: readonly Range[];
  /** As a person knows it. */
  readonly name: string;
  readonly op: 'conv' | 'linear';
  /** One for each time that its item is used: several inside a block. */
  readonly uses: readonly [Use, ...Use[]];
}

export interface Use {
  readonly frame: Frame;
  readonly main: GraphNode;
  readonly norm: GraphNode | undefined;
  readonly act: GraphNode | undefined;
  /** What it reads, and what it hands on behind normalization and activation. */
  readonly input: Tensor;
  readonly output: Tensor;
}

/** A row of one node that is no layer: a pool, a flatten, a norm that stands apart. */
export interface Item {
  readonly site: Range;
  readonly uses: readonly [ItemUse, ...ItemUse[]];
}

export interface ItemUse {
  readonly frame: Frame;
  readonly first: GraphNode;
  readonly last: GraphNode;
}

export class Network {
  readonly model: Model;
  #layers: Layer[] | undefined;
  #items: ReadonlyMap<number, Item> | undefined;
  #consumers: ReadonlyMap<Tensor, readonly GraphNode[]> | undefined;
  #mains: ReadonlyMap<GraphNode, { readonly layer: Layer; readonly use: Use }> | undefined;
  #outputs: ReadonlySet<Tensor> | undefined;
  #frames: ReadonlyMap<number, readonly Frame[]> | undefined;
  readonly #findTunables: () => readonly Tunable[];
  #tunables: ReadonlyMap<number, Tunable> | undefined;
  #readers: ReadonlyMap<number, readonly Tunable[]> | undefined;

  /** `tunables`: what the items of the text write that can be made smaller, where its format says so. */
  constructor(model: Model, tunables: () => readonly Tunable[]) {
    this.model = model;
    this.#findTunables = tunables;
  }

  get graph(): Graph {
    return this.model.graph;
  }

  /** The layers whose item touches a stretch of the text. */
  layers(within: Range): readonly Layer[] {
    return this.#all().filter(({ place }) => touches(place.item, within));
  }

  /** The items of one purpose that touch a stretch of the text, layers apart. */
  items(within: Range): readonly Item[] {
    return [...this.#singles().values()].filter(({ site }) => touches(site, within));
  }

  /** Those of all items, by where they begin. */
  get allTunables(): ReadonlyMap<number, Tunable> {
    this.#tunables ??= new Map(this.#findTunables().map(tunable => [tunable.item.from, tunable]));
    return this.#tunables;
  }

  /** What the items that touch a stretch of the text write that can be made smaller. */
  tunables(within: Range): readonly Tunable[] {
    return [...this.allTunables.values()].filter(({ item }) => touches(item, within));
  }

  tunableAt({ from }: Range): Tunable | undefined {
    return this.allTunables.get(from);
  }

  /** The number that stands, or would stand, in an item for so many channels: a scale may make others of it. */
  written(item: Range, channels: number): number {
    return this.tunableAt(item)?.written(channels) ?? channels;
  }

  /** The items that read another one. */
  readersOf({ item }: Tunable): readonly Tunable[] {
    if (!this.#readers) {
      const map = new Map<number, Tunable[]>();
      for (const tunable of this.allTunables.values()) {
        for (const from of new Set(tunable.sources.map(source => source?.from))) {
          const there = from === undefined ? undefined : map.get(from);
          if (there) there.push(tunable);
          else if (from !== undefined) map.set(from, [tunable]);
        }
      }
      this.#readers = map;
    }
    return this.#readers.get(item.from) ?? [];
  }

  /** The layer whose convolution or fully connected layer a node is. */
  layerOf(node: GraphNode): Layer | undefined {
    return this.#mainOf(node)?.layer;
  }

  /** The use of a layer whose convolution or fully connected layer a node is. */
  useOf(node: GraphNode): Use | undefined {
    return this.#mainOf(node)?.use;
  }

  #mainOf(node: GraphNode): { readonly layer: Layer; readonly use: Use } | undefined {
    if (!this.#mains) {
      const map = new Map<GraphNode, { layer: Layer; use: Use }>();
      for (const layer of this.#all()) for (const use of layer.uses) map.set(use.main, { layer, use });
      this.#mains = map;
    }
    return this.#mains.get(node);
  }

  /** The item in which a node stands, where that is all of it. */
  itemOf(node: GraphNode): Item | undefined {
    const site = placeOf(node);
    return site && this.#singles().get(site.from);
  }

  consumers(tensor: Tensor): readonly GraphNode[] {
    if (!this.#consumers) {
      const map = new Map<Tensor, GraphNode[]>();
      for (const node of this.graph.nodes) {
        for (const input of node.inputs) {
          const there = map.get(input);
          if (there) there.push(node);
          else map.set(input, [node]);
        }
      }
      this.#consumers = map;
    }
    return this.#consumers.get(tensor) ?? [];
  }

  /** Who alone reads a tensor. */
  soleConsumer(tensor: Tensor): GraphNode | undefined {
    const consumers = this.consumers(tensor);
    return consumers.length === 1 && !this.isOutput(tensor) ? consumers[0] : undefined;
  }

  isOutput(tensor: Tensor): boolean {
    this.#outputs ??= new Set(this.graph.outputs);
    return this.#outputs.has(tensor);
  }

  /** What items cost over all their uses; what stands inside another one counts once. `value` is in the model's convention. */
  costOf(items: readonly Range[]): { readonly macs: number; readonly params: number; readonly value: number } {
    const frames = items.flatMap(item => this.framesOf(item)).sort((a, b) => a.first - b.first || b.end - a.end);
    let macs = 0;
    let params = 0;
    let value = 0;
    let end = 0;
    for (const frame of frames) {
      // Frames nest: it is inside the one before, or behind it.
      if (frame.first < end) continue;
      const cost = this.model.costOf(frame);
      macs += cost.macs.value;
      params += cost.params.value;
      value += cost.value.value;
      end = frame.end;
    }
    return { macs, params, value };
  }

  /** The outermost frames that stand for an item. */
  framesOf({ from }: Range): readonly Frame[] {
    if (!this.#frames) {
      const map = new Map<number, Frame[]>();
      const visit = (frame: Frame): void => {
        const site = useOf(frame);
        const there = site && map.get(site.from);
        if (site && !there) map.set(site.from, [frame]);
        // Copies inside the frame of a use are in its cost already.
        else if (there && frame.first >= there.at(-1)!.end) there.push(frame);
        if (frame.hasSitesInside) for (const child of frame.children) visit(child);
      };
      for (const row of this.graph.root.children) visit(row);
      this.#frames = map;
    }
    return this.#frames.get(from) ?? [];
  }

  /** How many layers an item makes: one that is called several times has its parameters once. */
  instancesOf(item: Range): number {
    const { nodes } = this.graph;
    return this.framesOf(item).filter(({ first, end }) => {
      for (let id = first; id < end; id++) if (nodes[id]!.shares) return false;
      return true;
    }).length;
  }

  #all(): readonly Layer[] {
    this.#layers ??= [...this.#grouped()];
    return this.#layers;
  }

  #singles(): ReadonlyMap<number, Item> {
    if (!this.#items) {
      const found = new Map<number, { site: Range; uses: ItemUse[]; broken: boolean }>();
      for (const frame of leaves(this.graph)) {
        // A row that its `if` leaves out of one use is there in others.
        if (frame.end === frame.first) continue;
        const site = useOf(frame);
        // It stands in another file.
        if (!site) continue;
        const item = found.get(site.from) ?? { site, uses: [], broken: false };
        found.set(site.from, item);
        // What a rule counts may be another layer that costs the same.
        const chain = frame.byRule ? undefined : chainOf(frame, this.graph);
        if (chain) item.uses.push({ frame, first: chain[0]!, last: chain.at(-1)! });
        else item.broken = true;
      }
      this.#items = new Map(
        [...found].flatMap(([from, { site, uses, broken }]): [number, Item][] =>
          broken || uses.length === 0 ? [] : [[from, { site, uses: uses as unknown as Item['uses'] }]],
        ),
      );
    }
    return this.#items;
  }

  *#grouped(): Generator<Layer> {
    for (const { site, uses } of this.#singles().values()) {
      const made: Use[] = [];
      let place: Place | undefined;
      for (const { frame } of uses) {
        const use = this.#readUse(frame);
        if (!use) break;
        const { norm, act, ...rest } = use;
        const there: Place = { item: site, norm: norm.sites, act: act.site };
        if (place && !samePlace(place, there)) break;
        place ??= there;
        made.push({ ...rest, norm: norm.node, act: act.node });
      }
      const [first, ...others] = made.every(use => sameBehind(use, made[0]!))
        ? made
        : made.map((use): Use => ({ ...use, norm: undefined, act: undefined }));
      if (!first || !place || made.length !== uses.length) continue;
      yield {
        place,
        items: [place.item, ...place.norm, ...(place.act ? [place.act] : [])],
        name: nameOf(first.frame),
        op: first.main.op.name as Layer['op'],
        uses: [first, ...others],
      };
    }
  }

  /** A frame that holds a layer, with what follows it in frames of their own. */
  #readUse(frame: Frame):
    | (Omit<Use, 'norm' | 'act'> & {
        norm: { node: GraphNode | undefined; sites: readonly Range[] };
        act: { node: GraphNode | undefined; site: Range | undefined };
      })
    | undefined {
    const chain = chainOf(frame, this.graph)!;
    const main = chain.find(({ op }) => op.name === 'conv' || op.name === 'linear');
    if (!main || main.why !== undefined) return undefined;
    const at = chain.indexOf(main);
    // In front of a fully connected layer there may be a flatten, behind it all but norm and activation is something else.
    if (chain.slice(0, at).some(({ op }) => op.kind !== 'view')) return undefined;
    const behind = chain.slice(at + 1).filter(({ op }) => op.kind !== 'view' && op.name !== 'permute');
    let norm = behind.find(isNorm);
    let act = behind.find(({ op }) => op.kind === 'activation');
    if (behind.some(node => !isNorm(node) && node !== act)) return undefined;
    let output = chain.at(-1)!.outputs[0]!;
    const sites: Range[] = [];
    let actSite: Range | undefined;
    const isProgram = frame.sites.some(({ role }) => role === 'construct');
    while (!act) {
      const next = this.soleConsumer(output);
      // A program calls them where it likes; none of them is a part of the layer's own text.
      if (isProgram) {
        if (next?.inputs.length !== 1 || next.outputs.length !== 1) break;
        if (isNorm(next)) norm ??= next;
        else if (next.op.kind === 'activation') act = next;
        else break;
        output = next.outputs[0]!;
        continue;
      }
      const leaf = next && leafOf(next);
      if (!next || !leaf || leaf === frame || leaf.parent !== frame.parent || next.outputs.length !== 1) break;
      if (leaf.end - leaf.first !== 1 || next.inputs[0] !== output) break;
      if (isNorm(next) && next.inputs.length === 1) {
        norm ??= next;
        sites.push(useOf(leaf)!);
      } else if (next.op.kind === 'activation') {
        act = next;
        actSite = useOf(leaf)!;
      } else break;
      output = next.outputs[0]!;
    }
    const input = chain[0]!.inputs[0]!;
    return { frame, main, norm: { node: norm, sites }, act: { node: act, site: actSite }, input, output };
  }
}

/** Caffe writes the factor and the shift of a normalization as a layer of its own. */
const isNorm = ({ op }: GraphNode): boolean => op.kind === 'norm' || op.name === 'scale';

export const convOf = ({ main }: Use): Conv => main.attrs as Conv;
export const linearOf = ({ main }: Use): Linear => main.attrs as Linear;

/** What all uses of a layer agree on; undefined where they do not. */
export function agreed<T>(layer: Layer, of: (use: Use) => T): T | undefined {
  const [first, ...others] = layer.uses;
  const value = of(first);
  return others.every(use => String(of(use)) === String(value)) ? value : undefined;
}

/** Channels of [N, C, …]. */
export const channelsIn = ({ input }: Use): number => input.shape?.[1] ?? Number.NaN;

/**
 * The border of zeros of a convolution: half the kernel (TensorFlow's “same” has less at a stride), none, or another,
 * which no sequence of smaller ones has.
 */
export function borderOf(layer: Layer): Border | undefined {
  const each = layer.uses.map(use => {
    const { kernel, stride, padding, paddingAfter = padding } = convOf(use);
    const totals = kernel.map((_, axis) => padding[axis]! + paddingAfter[axis]!);
    if (totals.every(total => total === 0)) return 'none';
    return totals.every((total, axis) => total <= kernel[axis]! - 1 && total >= kernel[axis]! - stride[axis]!)
      ? 'half'
      : undefined;
  });
  return each.every(border => border === each[0]) ? each[0] : undefined;
}

/** Whether all uses of a convolution are plain: neither dilated nor grouped. */
export function isPlain(layer: Layer): boolean {
  return layer.uses.every(use => convOf(use).groups === 1 && convOf(use).dilation.every(step => step === 1));
}

/** Where the item that a node belongs to stands in the text. */
export function placeOf(node: GraphNode): Range | undefined {
  const leaf = leafOf(node);
  return leaf && useOf(leaf);
}

/** The frame with a site that a node stands in, the innermost. */
export function leafOf({ frame }: GraphNode): Frame | undefined {
  for (let at: Frame | undefined = frame; at; at = at.parent) if (at.sites.length > 0) return at;
  return undefined;
}

function* leaves({ root }: Graph): Generator<Frame> {
  const stack = root.children.toReversed();
  for (let frame = stack.pop(); frame; frame = stack.pop()) {
    if (frame.sites.length > 0 && !frame.hasSitesInside) yield frame;
    else for (let at = frame.children.length - 1; at >= 0; at--) stack.push(frame.children[at]!);
  }
}

/** The nodes of a frame, where each reads the one before it and nothing else. */
function chainOf({ first, end }: Frame, { nodes }: Graph): readonly GraphNode[] | undefined {
  for (let id = first; id < end; id++) {
    const { inputs, outputs } = nodes[id]!;
    if (inputs.length !== 1 || outputs.length !== 1) return undefined;
    if (id > first && inputs[0] !== nodes[id - 1]!.outputs[0]) return undefined;
  }
  return nodes.slice(first, end);
}

const touches = (site: Range, within: Range): boolean => site.from <= within.to && within.from <= site.to;

/** As a person knows it: in a container of a program, with the container's name. */
function nameOf(frame: Frame): string {
  let name = frame.label;
  for (let at = frame.parent; at && /^\d+(?:\.|$)/.test(name); at = at.parent) {
    if (at.label !== '' && at.sites.some(({ role }) => role === 'construct')) name = `${at.label}.${name}`;
  }
  return name;
}

/** Whether the same follows two uses of an item. */
const sameBehind = (a: Use, b: Use): boolean => a.norm?.op === b.norm?.op && a.act?.op === b.act?.op;

function samePlace(a: Place, b: Place): boolean {
  const text = ({ norm, act }: Place): string => [...norm, act].map(range => range?.from).join();
  return text(a) === text(b);
}

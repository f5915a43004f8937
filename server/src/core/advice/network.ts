// The view of a network that advice works on: layers as they appear in the text, and which layer reads which.
import type { Model } from '../analysis/model.ts';
import type { Border, Place } from '../graph/edit.ts';
import { type Frame, type Graph, type GraphNode, type Tensor, useOf } from '../graph/graph.ts';
import type { Tunable } from '../graph/tunable.ts';
import type { Conv, Linear } from '../ops/index.ts';
import type { Range } from '../text/range.ts';

/** A convolution or fully connected layer with its normalization and activation, as written in the text. */
export interface Layer {
  readonly place: Place;
  /** Items of the text that it consists of. */
  readonly items: readonly Range[];
  /** The name for display. */
  readonly name: string;
  readonly op: 'conv' | 'linear';
  /** One per use of its item: inside a block there may be several. */
  readonly uses: readonly [Use, ...Use[]];
}

export interface Use {
  readonly frame: Frame;
  readonly main: GraphNode;
  readonly norm: GraphNode | undefined;
  readonly act: GraphNode | undefined;
  /** Its input, and its output after normalization and activation. */
  readonly input: Tensor;
  readonly output: Tensor;
}

/** A row that is no layer: a pool, a flatten, a separate norm. */
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

  /** `tunables`: the numbers in the items of the text that can be reduced, if the format supports that. */
  constructor(model: Model, tunables: () => readonly Tunable[]) {
    this.model = model;
    this.#findTunables = tunables;
  }

  get graph(): Graph {
    return this.model.graph;
  }

  /** The layers whose item touches a range of the text. */
  layers(within: Range): readonly Layer[] {
    return this.#all().filter(({ place }) => touches(place.item, within));
  }

  /** The single-purpose items (layers or not) that touch a range of the text. */
  items(within: Range): readonly Item[] {
    return [...this.#singles().values()].filter(({ site }) => touches(site, within));
  }

  /** The tunable items by their start offset. */
  get allTunables(): ReadonlyMap<number, Tunable> {
    this.#tunables ??= new Map(this.#findTunables().map(tunable => [tunable.item.from, tunable]));
    return this.#tunables;
  }

  /** The tunable items that touch a range of the text. */
  tunables(within: Range): readonly Tunable[] {
    return [...this.allTunables.values()].filter(({ item }) => touches(item, within));
  }

  tunableAt({ from }: Range): Tunable | undefined {
    return this.allTunables.get(from);
  }

  /** The number to write into an item for so many channels; a scale may multiply it. */
  written(item: Range, channels: number): number {
    return this.tunableAt(item)?.written(channels) ?? channels;
  }

  /** The items that read another item. */
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

  /** The layer whose main operator (convolution or fully connected) a node is. */
  layerOf(node: GraphNode): Layer | undefined {
    return this.#mainOf(node)?.layer;
  }

  /** The use of a layer whose main operator a node is. */
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

  /** The item that a node belongs to, if it is a single-purpose one. */
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

  /** The only reader of a tensor; undefined if there are several or it is an output. */
  soleConsumer(tensor: Tensor): GraphNode | undefined {
    const consumers = this.consumers(tensor);
    return consumers.length === 1 && !this.isOutput(tensor) ? consumers[0] : undefined;
  }

  isOutput(tensor: Tensor): boolean {
    this.#outputs ??= new Set(this.graph.outputs);
    return this.#outputs.has(tensor);
  }

  /** The cost of items over all their uses; nested ones count once. `value` is in the model's convention. */
  costOf(items: readonly Range[]): { readonly macs: number; readonly params: number; readonly value: number } {
    const frames = items.flatMap(item => this.framesOf(item)).sort((a, b) => a.first - b.first || b.end - a.end);
    let macs = 0;
    let params = 0;
    let value = 0;
    let end = 0;
    for (const frame of frames) {
      // Frames are nested or disjoint: this one lies inside the previous one.
      if (frame.first < end) continue;
      const cost = this.model.costOf(frame);
      macs += cost.macs.value;
      params += cost.params.value;
      value += cost.value.value;
      end = frame.end;
    }
    return { macs, params, value };
  }

  /** The outermost frames of an item. */
  framesOf({ from }: Range): readonly Frame[] {
    if (!this.#frames) {
      const map = new Map<number, Frame[]>();
      const visit = (frame: Frame): void => {
        const site = useOf(frame);
        const there = site && map.get(site.from);
        if (site && !there) map.set(site.from, [frame]);
        // Copies inside a use's frame are part of its cost already.
        else if (there && frame.first >= there.at(-1)!.end) there.push(frame);
        if (frame.hasSitesInside) for (const child of frame.children) visit(child);
      };
      for (const row of this.graph.root.children) visit(row);
      this.#frames = map;
    }
    return this.#frames.get(from) ?? [];
  }

  /** How many layer instances an item creates: one that is called several times has its parameters once. */
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
        // Skip a use in which an `if` leaves the row out.
        if (frame.end === frame.first) continue;
        const site = useOf(frame);
        // Defined in another file.
        if (!site) continue;
        const item = found.get(site.from) ?? { site, uses: [], broken: false };
        found.set(site.from, item);
        // Under a cost rule, the nodes may belong to another layer that merely costs the same.
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

  /** Reads a frame that contains a layer; its norm and activation may follow in frames of their own. */
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
    // Before a fully connected layer there may be a flatten; after the layer, only norm and activation.
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
      // In a program, norm and activation are called separately and are not part of the layer's own text.
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

/** Caffe writes the scale and shift of a normalization as a separate layer. */
const isNorm = ({ op }: GraphNode): boolean => op.kind === 'norm' || op.name === 'scale';

export const convOf = ({ main }: Use): Conv => main.attrs as Conv;
export const linearOf = ({ main }: Use): Linear => main.attrs as Linear;

/** A value that all uses of a layer agree on; undefined if they differ. */
export function agreed<T>(layer: Layer, of: (use: Use) => T): T | undefined {
  const [first, ...others] = layer.uses;
  const value = of(first);
  return others.every(use => String(of(use)) === String(value)) ? value : undefined;
}

/** Input channels: the second size of [N, C, …]. */
export const channelsIn = ({ input }: Use): number => input.shape?.[1] ?? Number.NaN;

/**
 * The zero padding of a convolution: half the kernel (“same” in TensorFlow pads less at a stride), none, or something
 * else, which a sequence of smaller kernels cannot reproduce.
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

/** Whether no use of a convolution is dilated or grouped. */
export function isPlain(layer: Layer): boolean {
  return layer.uses.every(use => convOf(use).groups === 1 && convOf(use).dilation.every(step => step === 1));
}

/** The range of the item that a node belongs to. */
export function placeOf(node: GraphNode): Range | undefined {
  const leaf = leafOf(node);
  return leaf && useOf(leaf);
}

/** The innermost frame around a node that has a site. */
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

/** The nodes of a frame, if each reads only the previous one. */
function chainOf({ first, end }: Frame, { nodes }: Graph): readonly GraphNode[] | undefined {
  for (let id = first; id < end; id++) {
    const { inputs, outputs } = nodes[id]!;
    if (inputs.length !== 1 || outputs.length !== 1) return undefined;
    if (id > first && inputs[0] !== nodes[id - 1]!.outputs[0]) return undefined;
  }
  return nodes.slice(first, end);
}

const touches = (site: Range, within: Range): boolean => site.from <= within.to && within.from <= site.to;

/** The name for display; inside a container of a program, with the container's name. */
function nameOf(frame: Frame): string {
  let name = frame.label;
  for (let at = frame.parent; at && /^\d+(?:\.|$)/.test(name); at = at.parent) {
    if (at.label !== '' && at.sites.some(({ role }) => role === 'construct')) name = `${at.label}.${name}`;
  }
  return name;
}

/** Whether the same norm and activation follow two uses of an item. */
const sameBehind = (a: Use, b: Use): boolean => a.norm?.op === b.norm?.op && a.act?.op === b.act?.op;

function samePlace(a: Place, b: Place): boolean {
  const text = ({ norm, act }: Place): string => [...norm, act].map(range => range?.from).join();
  return text(a) === text(b);
}

// What an item of a text is built into: a stretch of a network that depends on nothing but what it is given. Positions
// are relative to the item, nodes are numbered from 0, inputs are ports. So it never changes, and one segment stands in
// as many graphs, and as often in one graph, as equal items read equal inputs. The rows of a graph are numbers and
// segments. A placement is a segment in a graph: it shows the segment's nodes, frames and tensors as those of the graph.
// It and these views are made only when somebody asks: after an edit, hardly anybody asks for hardly any of them.
import type { AnyOp, Shape } from '../ops/op.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';
import type { Slot } from '../text/slot.ts';
import type { Frame, GraphNode, Note, Site, Tensor, Training } from './node.ts';

/** A stretch of a network, by itself. */
export interface Segment {
  /** Numbered from 0; what they read from outside are ports. */
  readonly nodes: readonly GraphNode[];
  /** The outermost frames: their parent is the segment's own root, which has none. */
  readonly frames: readonly Frame[];
  /** What it outputs: tensors of its nodes, or ports that pass through. */
  readonly outputs: readonly Tensor[];
  readonly problems: readonly Problem[];
  /** Whether a port is among its outputs. */
  readonly passes: boolean;
  /** Whether it depends on its inputs alone, so that it may stand elsewhere. */
  readonly isClosed: boolean;
  /** Whether a frame has a site that is not in the item, such as the definition of a block. */
  readonly hasFarSites: boolean;
  /** How the item's frame is labelled wherever it is; undefined where its label is its own. */
  readonly name: Name | undefined;
  /** What its nodes cost, once somebody has counted. */
  readonly counts: Slot<unknown>;
}

/** The node that ports have: what is outside of a segment. */
export const outside: GraphNode = Object.freeze({
  id: -1,
  op: {
    name: 'outside',
    kind: 'source',
    summary: () => '',
    attrs: {},
    arity: { min: 0 },
    shape: () => [],
    examples: [],
  } satisfies AnyOp as AnyOp,
  attrs: {},
  inputs: [],
  outputs: [],
  // A port is in no frame of its segment.
  frame: undefined as unknown as Frame,
  shares: undefined,
  functional: false,
  derived: false,
  training: undefined,
  why: undefined,
});

/** Stands in a segment for its input number `port`. */
export function portOf({ shape, why }: Tensor, port: number): Tensor {
  return { node: outside, port, shape, why };
}

/** Offsets from here on are those of the whole text, wherever the item lies: `far + offset`. */
export const far = 2 ** 32;

/** An offset of an item whose text begins at `start`, as one of the whole text. */
export function placedOffset(offset: number, start: number): number {
  return offset >= far ? offset - far : offset + start;
}

export function placedRange({ from, to }: Range, start: number): Range {
  return { from: placedOffset(from, start), to: placedOffset(to, start) };
}

function placedSite(site: Site, start: number): Site {
  // What lies in another file does not move with this one.
  return site.file === undefined ? { range: placedRange(site.range, start), role: site.role } : site;
}

/**
 * Where a range of the text that was read lies in the text that is shown, which may be another one; undefined where it is
 * not in that one. A range that holds places with frames of their own is there even where those are not.
 */
export type Shown = (range: Range, holdsPlaces: boolean) => Range | undefined;

/** The sites of a frame in the text that is shown. */
export function shownSites(sites: readonly Site[], holdsPlaces: boolean, shown: Shown | undefined): readonly Site[] {
  if (!shown) return sites;
  return sites.flatMap(site => {
    const range = site.file === undefined ? shown(site.range, holdsPlaces) : site.range;
    return range ? [{ ...site, range }] : [];
  });
}

export function shownNotes(notes: readonly Note[], shown: Shown | undefined): readonly Note[] {
  if (!shown) return notes;
  return notes.flatMap(note => {
    const range = shown(note.range, false);
    return range ? [{ ...note, range }] : [];
  });
}

/** What a frame of an item says of places, where the item's text begins at `start`. */
export function placedNotes<T extends { readonly sites?: readonly Site[]; readonly notes?: () => readonly Note[] }>(
  frame: T,
  start: number,
): T {
  const { sites, notes } = frame;
  return {
    ...frame,
    ...(sites && { sites: sites.map(site => placedSite(site, start)) }),
    ...(notes && { notes: () => notes().map(note => ({ ...note, range: placedRange(note.range, start) })) }),
  };
}

/** A problem of an item, at its place in the whole text. */
export function placedProblem(problem: Problem, start: number): Problem {
  const { range, related, fixes } = problem;
  return {
    ...problem,
    range: placedRange(range, start),
    ...(related && {
      related: related.map(each =>
        each.file === undefined ? { ...each, range: placedRange(each.range, start) } : each,
      ),
    }),
    ...(fixes && {
      fixes: fixes.map(repair => ({
        ...repair,
        edits: repair.edits.map(edit => ({ ...edit, ...placedRange(edit, start) })),
      })),
    }),
  };
}

/** How the frame of an item is labelled: by its place among the items, as in `model.4`, or as it says itself. */
export interface Name {
  /** With a number, what comes in front of it: `model.`. */
  readonly text: string;
  readonly isNumbered: boolean;
}

/** A tensor that an item reads; what is the only output of a row has its number, and is made when somebody asks. */
export type Input = Tensor | number;

/** What an item reads, or all that the row of a number outputs. */
export type Inputs = readonly Input[] | number;

/** A tensor as an input: the same tensor is always the same input. */
export function inputOf(tensor: Tensor): Input {
  return (tensor instanceof PlacedTensor ? tensor.onlyOf : undefined) ?? tensor;
}

/** The rows of a graph, by number: frames, and segments where they are. Looking at them makes no placements. */
export class GraphRows {
  readonly root: Frame;
  /** Where the places of the text are shown; undefined where they are shown as they were read. */
  readonly places: Shown | undefined;
  readonly #contents: (Segment | Frame)[];
  /** The number of the first node of each. */
  readonly #first: number[];
  /** Where the text of each item begins. */
  readonly #starts: number[];
  readonly #inputs: Inputs[];
  /** The numbers of those that are frames. */
  readonly #frames: number[] = [];
  readonly #placements = new Map<number, Placement>();
  #length = 0;

  /** `expected` is about how many there will be: lists that grow leave thrice their size as garbage at every edit. */
  constructor(root: Frame, places: Shown | undefined, expected: number) {
    this.root = root;
    this.places = places;
    // The inputs of a network are rows too.
    const size = expected + 16;
    this.#contents = new Array(size);
    this.#first = new Array(size);
    this.#starts = new Array(size);
    this.#inputs = new Array(size);
  }

  get length(): number {
    return this.#length;
  }

  add(frame: Frame): void {
    this.#frames.push(this.#push(frame, frame.first, 0, nothing));
  }

  /** Puts a segment behind the others and returns its number. */
  place(segment: Segment, first: number, start: number, inputs: Inputs): number {
    const row = this.#push(segment, first, start, inputs);
    // At once: a chain of thousands of items that pass on what they read would be too deep to follow later.
    if (segment.passes) this.placement(row);
    return row;
  }

  /** What a row was built into; undefined for a frame. */
  segment(row: number): Segment | undefined {
    const content = this.#contents[row];
    return content && 'nodes' in content ? content : undefined;
  }

  /** The number of its first node. */
  first(row: number): number {
    return this.#first[row]!;
  }

  /** The number of the first node behind it. */
  end(row: number): number {
    const content = this.#contents[row]!;
    return 'nodes' in content ? this.#first[row]! + content.nodes.length : content.end;
  }

  /** Where the text of an item begins; undefined for a frame, and where there is no such row. */
  start(row: number): number | undefined {
    return this.segment(row) && this.#starts[row];
  }

  /** Where the text of an item ends at the latest: where that of the next one begins. */
  textEnd(row: number): number {
    const next = this.start(row + 1);
    return next !== undefined && next > this.#starts[row]! ? next : Number.POSITIVE_INFINITY;
  }

  at(row: number): Placement | Frame {
    const content = this.#contents[row]!;
    return 'nodes' in content ? this.placement(row) : content;
  }

  frames(row: number): readonly Frame[] {
    const content = this.at(row);
    return content instanceof Placement ? content.frames : [content];
  }

  placement(row: number): Placement {
    let placement = this.#placements.get(row);
    if (!placement) {
      placement = new Placement(this, row, this.segment(row)!);
      this.#placements.set(row, placement);
    }
    return placement;
  }

  /** What a row reads. */
  inputs(row: number): readonly Tensor[] {
    return this.tensors(this.#inputs[row]!);
  }

  /** Whether a row reads the only output of the one in front of it and nothing else, whichever way it was built. */
  follows(row: number): boolean {
    const inputs = this.#inputs[row]!;
    if (typeof inputs === 'number') return inputs === row - 1 && this.#hasOneOutput(inputs);
    if (inputs.length !== 1) return false;
    const input = inputs[0]!;
    return (typeof input === 'number' ? input : input instanceof PlacedTensor ? input.onlyOf : undefined) === row - 1;
  }

  #hasOneOutput(row: number): boolean {
    const segment = this.segment(row);
    return segment !== undefined && segment.outputs.length === 1 && !segment.passes;
  }

  /** Whether a row has the segment that one of other rows has, and both follow the row in front of them or do not. */
  isShared(row: number, others: GraphRows, other: number): boolean {
    // A frame is in one graph alone.
    return this.#contents[row] === others.#contents[other] && this.follows(row) === others.follows(other);
  }

  /** The number of an item among those that became segments. */
  index(row: number): number {
    let index = row;
    for (const frame of this.#frames) if (frame < row) index--;
    return index;
  }

  tensors(inputs: Inputs): readonly Tensor[] {
    if (typeof inputs === 'number') return this.placement(inputs).outputs;
    return inputs.map(input => (typeof input === 'number' ? this.placement(input).outputs[0]! : input));
  }

  /** What an item outputs, as its segment has it: the same number of tensors with the same facts, and nothing is made. */
  outputs(row: number): readonly Tensor[] {
    return this.segment(row)!.outputs;
  }

  /** The only output of a row, as an input. */
  input(row: number): Input {
    return this.segment(row)!.passes ? inputOf(this.placement(row).outputs[0]!) : row;
  }

  #push(content: Segment | Frame, first: number, start: number, inputs: Inputs): number {
    const row = this.#length++;
    this.#contents[row] = content;
    this.#first[row] = first;
    this.#starts[row] = start;
    this.#inputs[row] = inputs;
    return row;
  }
}

const nothing: readonly never[] = [];

/** A segment in a graph. */
export class Placement {
  readonly segment: Segment;
  readonly #rows: GraphRows;
  /** Its number among the rows. */
  readonly row: number;
  #outputs: readonly Tensor[] | undefined;
  /** The view of its first frame, which is the item itself: often all that is asked for. */
  #frame: Frame | undefined;
  #views: Views | undefined;

  constructor(rows: GraphRows, row: number, segment: Segment) {
    this.segment = segment;
    this.#rows = rows;
    this.row = row;
    if (segment.passes) this.#outputs = this.#placed();
  }

  /** The number of its first node. */
  get base(): number {
    return this.#rows.first(this.row);
  }

  /** Where the item's text begins. */
  get start(): number {
    return this.#rows.start(this.row)!;
  }

  get parent(): Frame {
    return this.#rows.root;
  }

  /** Where its places are shown; undefined where they are shown as they were read. */
  get places(): Shown | undefined {
    return this.#rows.places;
  }

  /** What its ports stand for. */
  get inputs(): readonly Tensor[] {
    return this.#rows.inputs(this.row);
  }

  /** Replaces the label of the item's frame; the frames inside that are named after it follow. */
  get label(): string | undefined {
    const { name } = this.segment;
    return name && (name.isNumbered ? `${name.text}${this.#rows.index(this.row)}` : name.text);
  }

  get frames(): readonly Frame[] {
    return this.segment.frames.map(frame => this.frame(frame));
  }

  get outputs(): readonly Tensor[] {
    this.#outputs ??= this.#placed();
    return this.#outputs;
  }

  #placed(): readonly Tensor[] {
    const { outputs } = this.segment;
    // Most items output one tensor.
    if (outputs.length === 1) return [this.#output(outputs[0]!)];
    const placed: Tensor[] = [];
    for (const own of outputs) {
      const first = outputs.indexOf(own);
      placed.push(first < placed.length ? placed[first]! : this.#output(own));
    }
    return placed;
  }

  #output(own: Tensor): Tensor {
    return own.node === outside ? this.inputs[own.port]! : new PlacedTensor(own, this);
  }

  node(own: GraphNode): GraphNode {
    // A node of elsewhere whose parameters are used here, in a segment that stands in one graph alone.
    if (this.segment.nodes[own.id] !== own) return own;
    const { nodes } = this.#made();
    let node = nodes[own.id];
    if (!node) {
      node = new PlacedNode(own, this);
      nodes[own.id] = node;
    }
    return node;
  }

  tensor(own: Tensor): Tensor {
    if (own.node === outside) return this.inputs[own.port]!;
    const at = this.segment.outputs.indexOf(own);
    if (at >= 0) return this.outputs[at]!;
    const { tensors } = this.#made();
    let tensor = tensors.get(own);
    if (!tensor) {
      tensor = new PlacedTensor(own, this);
      tensors.set(own, tensor);
    }
    return tensor;
  }

  tensors(own: readonly Tensor[]): readonly Tensor[] {
    const { outputs } = this.segment;
    // What the item itself outputs.
    if (own.length === 1 && outputs.length === 1 && own[0] === outputs[0]) return this.outputs;
    return own.map(tensor => this.tensor(tensor));
  }

  /** A tensor of the segment as the graph's; one of the graph as it is. */
  shown(tensor: Tensor): Tensor {
    const isOwn = !(tensor instanceof PlacedTensor) && this.segment.nodes[tensor.node.id] === tensor.node;
    return isOwn ? this.tensor(tensor) : tensor;
  }

  frame(own: Frame): Frame {
    if (own === this.segment.frames[0]) {
      this.#frame ??= new PlacedFrame(own, this);
      return this.#frame;
    }
    const { frames } = this.#made();
    let frame = frames.get(own);
    if (!frame) {
      frame = new PlacedFrame(own, this);
      frames.set(own, frame);
    }
    return frame;
  }

  #made(): Views {
    this.#views ??= { nodes: [], tensors: new Map(), frames: new Map() };
    return this.#views;
  }
}

/** What was made of a segment's own, so that it is made once. */
interface Views {
  readonly nodes: (GraphNode | undefined)[];
  readonly tensors: Map<Tensor, Tensor>;
  readonly frames: Map<Frame, Frame>;
}

/** A tensor of a placed segment: its shape is at hand, its node is made when asked for. */
export class PlacedTensor implements Tensor {
  readonly port: number;
  readonly shape: Shape | undefined;
  readonly why: Reason | undefined;
  readonly #own: Tensor;
  readonly #placement: Placement;

  constructor(own: Tensor, placement: Placement) {
    this.port = own.port;
    this.shape = own.shape;
    this.why = own.why;
    this.#own = own;
    this.#placement = placement;
  }

  get node(): GraphNode {
    return this.#placement.node(this.#own.node);
  }

  /** The number of the row whose only output it is; undefined where it is not the only one. */
  get onlyOf(): number | undefined {
    const { segment, row } = this.#placement;
    return segment.outputs.length === 1 && segment.outputs[0] === this.#own ? row : undefined;
  }

  /** The number of its node, which need not be made for that. */
  get producer(): number {
    const { node } = this.#own;
    return this.#placement.segment.nodes[node.id] === node ? this.#placement.base + node.id : node.id;
  }
}

/** The number of the node that outputs a tensor. */
export function producerOf(tensor: Tensor): number {
  return tensor instanceof PlacedTensor ? tensor.producer : tensor.node.id;
}

class PlacedNode implements GraphNode {
  readonly id: number;
  readonly op: AnyOp;
  readonly attrs: object;
  readonly functional: boolean;
  readonly derived: boolean;
  readonly training: Training | undefined;
  readonly why: Reason | undefined;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly #own: GraphNode;
  readonly #placement: Placement;

  constructor(own: GraphNode, placement: Placement) {
    this.id = placement.base + own.id;
    this.op = own.op;
    this.attrs = own.attrs;
    this.functional = own.functional;
    this.derived = own.derived;
    this.training = own.training;
    this.why = own.why;
    this.inputs = own.inputs.map(tensor => placement.tensor(tensor));
    this.outputs = own.outputs.map(tensor => placement.tensor(tensor));
    this.#own = own;
    this.#placement = placement;
  }

  get frame(): Frame {
    return this.#placement.frame(this.#own.frame);
  }

  get shares(): GraphNode | undefined {
    return this.#own.shares && this.#placement.node(this.#own.shares);
  }
}

class PlacedFrame implements Frame {
  readonly first: number;
  readonly end: number;
  readonly #own: Frame;
  readonly #placement: Placement;
  #sites: readonly Site[] | undefined;
  #children: readonly Frame[] | undefined;
  #outputs: readonly Tensor[] | undefined;

  constructor(own: Frame, placement: Placement) {
    const { base } = placement;
    this.first = base + own.first;
    this.end = base + own.end;
    this.#own = own;
    this.#placement = placement;
  }

  get type(): string {
    return this.#own.type;
  }

  get summary(): string | undefined {
    return this.#own.summary;
  }

  get repaired(): boolean {
    return this.#own.repaired;
  }

  get byRule(): boolean {
    return this.#own.byRule;
  }

  get hasSitesInside(): boolean {
    return this.#own.hasSitesInside;
  }

  get parent(): Frame | undefined {
    const parent = this.#own.parent!;
    return parent.parent ? this.#placement.frame(parent) : this.#placement.parent;
  }

  get label(): string {
    const { label } = this.#own;
    const parent = this.#own.parent!;
    const wanted = this.#placement.label;
    if (wanted === undefined) return label;
    if (!parent.parent) return wanted;
    // Copies inside a frame are named after it.
    const isNamedAfter = !parent.parent.parent && label.startsWith(`${parent.label}.`);
    return isNamedAfter ? wanted + label.slice(parent.label.length) : label;
  }

  get sites(): readonly Site[] {
    if (!this.#sites) {
      const { start, places } = this.#placement;
      const { sites } = this.#own;
      // Most frames stand for one place.
      const placed = sites.length === 1 ? [placedSite(sites[0]!, start)] : sites.map(site => placedSite(site, start));
      this.#sites = shownSites(placed, this.hasSitesInside, places);
    }
    return this.#sites;
  }

  get isHidden(): boolean {
    return this.#placement.places !== undefined && this.#own.sites.length > 0 && this.sites.length === 0;
  }

  get children(): readonly Frame[] {
    this.#children ??= this.#own.children.map(child => this.#placement.frame(child));
    return this.#children;
  }

  get outputs(): readonly Tensor[] {
    this.#outputs ??= this.#placement.tensors(this.#own.outputs);
    return this.#outputs;
  }

  get notes(): readonly Note[] {
    const { start, places } = this.#placement;
    return shownNotes(
      this.#own.notes.map(note => ({ ...note, range: placedRange(note.range, start) })),
      places,
    );
  }
}

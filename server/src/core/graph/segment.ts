// Segments: what an item of a text is built into, a stretch of a network that depends only on the item's inputs.
// Positions are relative to the item, nodes are numbered from 0, inputs are ports. So a segment never changes, and can
// be shared by graphs, and used repeatedly within one, wherever equal items read equal inputs. A graph's rows are
// segments plus a few numbers. A placement is a segment within a graph: it presents the segment's nodes, frames and
// tensors as the graph's. Placements and these views are created on demand, because after an edit hardly any of them
// are needed.
import type { AnyOp, Shape } from '../ops/op.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';
import type { Slot } from '../text/slot.ts';
import type { Frame, GraphNode, Guard, Note, Rows, Site, Tensor, Training } from './node.ts';

/** A self-contained stretch of a network. */
export interface Segment {
  /** Numbered from 0; their inputs from outside are ports. */
  readonly nodes: readonly GraphNode[];
  /** The outermost frames; their parent is the segment's own root, which has no parent. */
  readonly frames: readonly Frame[];
  /** Its outputs: tensors of its nodes, or ports that are passed through. */
  readonly outputs: readonly Tensor[];
  readonly problems: readonly Problem[];
  /** Whether a port is among its outputs. */
  readonly passes: boolean;
  /** Whether it depends only on its inputs, so that it can be placed elsewhere. */
  readonly isClosed: boolean;
  /** Whether a frame has a site outside of the item, such as the definition of a block. */
  readonly hasFarSites: boolean;
  /** How to label the item's frame at any position; undefined if its label is fixed. */
  readonly name: Name | undefined;
  /** The counts of its nodes, once computed. */
  readonly counts: Slot<unknown>;
}

/** The node of all ports: what is outside of a segment. */
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
  // Ports are in no frame.
  frame: undefined as unknown as Frame,
  shares: undefined,
  functional: false,
  derived: false,
  training: undefined,
  why: undefined,
});

/** The port for input number `port` of a segment. */
export function portOf({ shape, why, most }: Tensor, port: number): Tensor {
  return { node: outside, port, shape, why, ...(most && { most }) };
}

/** Offsets from here on are absolute (`far + offset`): they do not move with the item. */
export const far = 2 ** 32;

/** Converts an offset within an item that begins at `start` to an absolute one. */
export function placedOffset(offset: number, start: number): number {
  return offset >= far ? offset - far : offset + start;
}

export function placedRange({ from, to }: Range, start: number): Range {
  return { from: placedOffset(from, start), to: placedOffset(to, start) };
}

function placedSite(site: Site, start: number): Site {
  // Places in another file do not move with this text.
  return site.file === undefined ? { range: placedRange(site.range, start), role: site.role } : site;
}

/**
 * Maps a range of the text that was read to the text that is shown, if these differ; undefined if it is not there. A
 * range that contains sites of other frames (`holdsPlaces`) is shown even if those are not.
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

/** The sites and notes of an item's frame as absolute ranges, for an item that begins at `start`. */
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

/** A problem of an item with absolute ranges. */
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

/** How to label the frame of an item: by its position, as in `model.4`, or with a fixed text. */
export interface Name {
  /** With a number: the prefix, `model.`. */
  readonly text: string;
  readonly isNumbered: boolean;
  /** Its number, where that is not its position. */
  readonly number?: number;
}

/** A segment that is placed under different labels; equal labels get the same object, so graphs still share it. */
export class Labelled {
  readonly #segment: Segment;
  /** By label; by the prefix alone where the number is the row's position. */
  readonly #named = new Map<string, Segment>();

  constructor(segment: Segment) {
    this.#segment = segment;
  }

  /** The segment to place as the next row of `rows` under the label `prefix` + `number`. */
  next(rows: GraphRows, prefix: string, number: number): Segment {
    const isInOrder = rows.index(rows.length) === number;
    const key = `${prefix} ${isInOrder ? '' : number}`;
    let segment = this.#named.get(key);
    if (!segment) {
      const name: Name = { text: prefix, isNumbered: true, ...(!isInOrder && { number }) };
      segment = { ...this.#segment, name };
      this.#named.set(key, segment);
    }
    return segment;
  }
}

/** A tensor that an item reads. The only output of a row is given as the row's number, and created on demand. */
export type Input = Tensor | number;

/** The inputs of an item: a list, or the number of a row whose outputs are the inputs. */
export type Inputs = readonly Input[] | number;

/** A tensor as an input; the same tensor always gives the same input. */
export function inputOf(tensor: Tensor): Input {
  return (tensor instanceof PlacedTensor ? tensor.onlyOf : undefined) ?? tensor;
}

/** The rows of a graph by number: frames, and segments where possible. Reading them creates no placements. */
export class GraphRows {
  readonly root: Frame;
  /** Maps ranges to the text that is shown; undefined if that is the text that was read. */
  readonly places: Shown | undefined;
  readonly #contents: (Segment | Frame)[];
  /** The id of each row's first node. */
  readonly #first: number[];
  /** The offset at which each item's text begins. */
  readonly #starts: number[];
  readonly #inputs: Inputs[];
  /** The numbers of rows that are frames. */
  readonly #frames: number[] = [];
  readonly #placements = new Map<number, Placement>();
  #length = 0;

  /**
   * `expected`: the approximate number of rows. Growing lists would leave three times their size as garbage per edit.
   */
  constructor(root: Frame, places: Shown | undefined, expected: number) {
    this.root = root;
    this.places = places;
    // The network's inputs are rows too.
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

  /** Appends a segment and returns its row number. */
  place(segment: Segment, first: number, start: number, inputs: Inputs): number {
    const row = this.#push(segment, first, start, inputs);
    // Create it now: later, a chain of thousands of pass-through items would make the recursion too deep.
    if (segment.passes) this.placement(row);
    return row;
  }

  /** The segment of a row; undefined for a frame. */
  segment(row: number): Segment | undefined {
    const content = this.#contents[row];
    return content && 'nodes' in content ? content : undefined;
  }

  /** The id of the row's first node. */
  first(row: number): number {
    return this.#first[row]!;
  }

  /** The id after the row's last node. */
  end(row: number): number {
    const content = this.#contents[row]!;
    return 'nodes' in content ? this.#first[row]! + content.nodes.length : content.end;
  }

  /** The start of an item's text; undefined for a frame or a row that does not exist. */
  start(row: number): number | undefined {
    return this.segment(row) && this.#starts[row];
  }

  /** An upper bound for the end of an item's text: the start of the next one. */
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

  /** The inputs of a row. */
  inputs(row: number): readonly Tensor[] {
    return this.tensors(this.#inputs[row]!);
  }

  /** Whether a row reads the only output of the previous row and nothing else, whichever way it was built. */
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
    return this.#contents[row] === others.#contents[other] && this.#followsLike(row, others, other);
  }

  /** The end of the rows from `row` on that are shared with those of the same number. */
  sharedEnd(row: number, others: GraphRows): number {
    const least = Math.min(this.#length, others.#length);
    const [own, its] = [this.#contents, others.#contents];
    const [reads, theirs] = [this.#inputs, others.#inputs];
    let end = row;
    for (; end < least && own[end] === its[end]; end++) {
      const read = reads[end];
      // Nearly all read the row above, and here it has been seen that both have the same one there.
      const isAlike = end > row && read === end - 1 && theirs[end] === read;
      if (!isAlike && !this.#followsLike(end, others, end)) break;
    }
    return end;
  }

  /** The start of the rows up to `end` that are shared with those up to `otherEnd`; both stay at or above `first`. */
  sharedStart(end: number, others: GraphRows, otherEnd: number, first: number): number {
    const by = otherEnd - end;
    const least = Math.max(first, first - by);
    const [own, its] = [this.#contents, others.#contents];
    const [reads, theirs] = [this.#inputs, others.#inputs];
    let start = end;
    for (let row = end - 1; row >= least && own[row] === its[row + by]; row--) {
      const isAlike = reads[row] === row - 1 && theirs[row + by] === row - 1 + by && own[row - 1] === its[row - 1 + by];
      if (!isAlike && !this.#followsLike(row, others, row + by)) break;
      start = row;
    }
    return start;
  }

  #followsLike(row: number, others: GraphRows, other: number): boolean {
    const own = this.#inputs[row]!;
    const its = others.#inputs[other]!;
    // Most read what is as far above them, whose outputs are the same.
    if (typeof own === 'number') {
      const isAlike = typeof its === 'number' && row - own === other - its;
      if (isAlike && (own !== row - 1 || this.#contents[own] === others.#contents[its])) return true;
    } else if (typeof its !== 'number' && own.length === 1 && its.length === 1) {
      const [input, its0] = [own[0]!, its[0]!];
      if (typeof input === 'number' && typeof its0 === 'number') return (input === row - 1) === (its0 === other - 1);
    }
    return this.follows(row) === others.follows(other);
  }

  /** The index of an item among the rows that are segments. */
  index(row: number): number {
    let index = row;
    for (const frame of this.#frames) if (frame < row) index--;
    return index;
  }

  tensors(inputs: Inputs): readonly Tensor[] {
    if (typeof inputs === 'number') return this.placement(inputs).outputs;
    return inputs.map(input => (typeof input === 'number' ? this.placement(input).outputs[0]! : input));
  }

  /** The outputs as the segment has them: same number and facts, without creating anything. */
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

/** A segment within a graph. */
export class Placement {
  readonly segment: Segment;
  readonly #rows: GraphRows;
  /** Its row number. */
  readonly row: number;
  #outputs: readonly Tensor[] | undefined;
  /** The view of its first frame, the item's own, which is often the only one needed. */
  #frame: Frame | undefined;
  #views: Views | undefined;

  constructor(rows: GraphRows, row: number, segment: Segment) {
    this.segment = segment;
    this.#rows = rows;
    this.row = row;
    if (segment.passes) this.#outputs = this.#placed();
  }

  /** The id of its first node. */
  get base(): number {
    return this.#rows.first(this.row);
  }

  /** The start of the item's text. */
  get start(): number {
    return this.#rows.start(this.row)!;
  }

  get parent(): Frame {
    return this.#rows.root;
  }

  /** Maps ranges to the text that is shown; undefined if that is the text that was read. */
  get places(): Shown | undefined {
    return this.#rows.places;
  }

  /** The tensors its ports refer to. */
  get inputs(): readonly Tensor[] {
    return this.#rows.inputs(this.row);
  }

  /** Replaces the label of the item's frame; frames inside that are named after it follow. */
  get label(): string | undefined {
    const { name } = this.segment;
    return name && (name.isNumbered ? `${name.text}${name.number ?? this.#rows.index(this.row)}` : name.text);
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
    // Most items have one output.
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
    // A node of the graph whose parameters are reused here; such a segment is used in one graph only.
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
    // The item's own output.
    if (own.length === 1 && outputs.length === 1 && own[0] === outputs[0]) return this.outputs;
    return own.map(tensor => this.tensor(tensor));
  }

  /** Converts a tensor of the segment to the graph's; one of the graph is unchanged. */
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

/** The views created so far, so that each is created once. */
interface Views {
  readonly nodes: (GraphNode | undefined)[];
  readonly tensors: Map<Tensor, Tensor>;
  readonly frames: Map<Frame, Frame>;
}

/** A tensor of a placed segment: its shape is available, its node is created on demand. */
export class PlacedTensor implements Tensor {
  readonly port: number;
  readonly shape: Shape | undefined;
  readonly why: Reason | undefined;
  readonly most: Shape | undefined;
  readonly rows: Rows | undefined;
  readonly #own: Tensor;
  readonly #placement: Placement;

  constructor(own: Tensor, placement: Placement) {
    this.port = own.port;
    this.shape = own.shape;
    this.why = own.why;
    this.most = own.most;
    this.rows = own.rows;
    this.#own = own;
    this.#placement = placement;
  }

  get node(): GraphNode {
    return this.#placement.node(this.#own.node);
  }

  /** The number of the row whose only output it is; undefined if it is not the only one. */
  get onlyOf(): number | undefined {
    const { segment, row } = this.#placement;
    return segment.outputs.length === 1 && segment.outputs[0] === this.#own ? row : undefined;
  }

  /** The id of its node, without creating the node. */
  get producer(): number {
    const { node } = this.#own;
    return this.#placement.segment.nodes[node.id] === node ? this.#placement.base + node.id : node.id;
  }
}

/** The id of a tensor's node. */
export function producerOf(tensor: Tensor): number {
  return tensor instanceof PlacedTensor ? tensor.producer : tensor.node.id;
}

class PlacedNode implements GraphNode {
  readonly id: number;
  readonly op: AnyOp;
  readonly attrs: object;
  readonly functional: boolean;
  readonly derived: boolean;
  readonly guard: Guard | undefined;
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
    this.guard = own.guard;
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
      // Most frames have one site.
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

import * as l10n from '@vscode/l10n';
import type { AnyOp, Complaint, Op, Shape, ShapeOrder } from '../ops/op.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { type Reason, reasonOf } from '../text/reason.ts';
import { Slot } from '../text/slot.ts';
import {
  type Frame,
  type Graph,
  type GraphNode,
  type Guard,
  isSamePart,
  type Note,
  numbersOfRows,
  type Part,
  type Rows,
  type Site,
  type Tensor,
  type Training,
  type Untrained,
  useOf,
} from './graph.ts';
import {
  far,
  GraphRows,
  type Inputs,
  outside,
  PlacedTensor,
  placedProblem,
  portOf,
  type Segment,
  type Shown,
  shownNotes,
  shownSites,
} from './segment.ts';

/** The limit on nodes, far above any real network; a spec that asks for more is cut, with a problem. */
export const maxNodes = 50_000;
/** The limit on nesting of frames; hand-written blocks within blocks need a handful. */
export const maxDepth = 200;

/** Represents what cannot be known: an unknown module, a row that could not be read. */
export const opaque: Op<Record<never, never>> = {
  name: 'unknown',
  kind: 'data',
  summary: () => l10n.t('What this does is unknown.'),
  attrs: {},
  arity: { min: 0 },
  shape: () => [],
  examples: [],
};

/** The network's input. */
export const input: Op<{ shape: Shape }> = {
  name: 'input',
  kind: 'source',
  summary: () => l10n.t('The input of the network.'),
  attrs: { shape: { kind: 'shape', doc: () => l10n.t('Its shape, batch first.') } },
  arity: 0,
  shape: ({ shape }) => shape,
  examples: [],
};

export interface FrameSpec {
  readonly label: string;
  readonly type: string;
  /** For the hover: one sentence on what the operators inside do together. */
  readonly summary?: string | undefined;
  readonly sites?: readonly Site[];
  /** The range of an attribute or input of this frame; called only if there is a complaint. */
  readonly locate?: (complaint: Complaint) => Range | undefined;
  /** Its content is a framework's composite, not written in the text: a complaint from inside says so. */
  readonly composite?: boolean;
  /** What the parts of its text mean; called only for hovers. */
  readonly notes?: () => readonly Note[];
  /** Whether its text was repaired: read as something else than what is written. */
  readonly repaired?: boolean | undefined;
  /** Whether a cost rule built its content: the operators have the right cost, but may not be what the module does. */
  readonly byRule?: boolean;
}

export interface NodeOptions {
  /** The node whose parameters this one reuses. */
  readonly shares?: GraphNode | undefined;
  /** A plain function call in the framework's source (`x.softmax(1)`), not a module (`nn.Softmax`). */
  readonly functional?: boolean;
  /** With `functional`: a module nevertheless, of a class that thop counts only since 2.1. */
  readonly derived?: boolean;
  /** Which parts of it are not trained. */
  readonly training?: Training | undefined;
  /**
   * The caller has checked the inputs and reported a problem: why the operator cannot run, and its output as far as
   * known.
   */
  readonly failed?: { readonly why: Reason; readonly output: Shape | undefined };
  /** Why a size of its output is unknown, if that is due to its attributes rather than its inputs. */
  readonly unknown?: Reason | undefined;
  /** The shape of its output at most, where that is unknown: values select rows. */
  readonly most?: Shape | undefined;
  /** How that shape depends on the rows that are selected. */
  readonly rows?: Rows | undefined;
}

const noNotes = (): readonly Note[] => [];

class OpenFrame implements Frame {
  readonly parent: OpenFrame | undefined;
  readonly label: string;
  readonly type: string;
  readonly summary: string | undefined;
  readonly composite: boolean;
  readonly depth: number;
  hasSitesInside = false;
  readonly first: number;
  end: number;
  outputs: readonly Tensor[] = [];
  readonly repaired: boolean;
  readonly byRule: boolean;
  readonly #children: OpenFrame[] = [];
  readonly #notes: FrameSpec['notes'];
  readonly #sites: readonly Site[];
  readonly #places: Shown | undefined;

  constructor(spec: FrameSpec, parent: OpenFrame | undefined, first: number, places?: Shown) {
    this.parent = parent;
    this.label = spec.label;
    this.type = spec.type;
    this.summary = spec.summary;
    this.#sites = spec.sites ?? [];
    this.#places = places;
    this.composite = spec.composite ?? false;
    this.depth = parent ? parent.depth + 1 : 0;
    this.first = first;
    this.end = first;
    this.repaired = spec.repaired ?? false;
    this.byRule = spec.byRule ?? false;
    this.#notes = spec.notes;
  }

  get children(): readonly Frame[] {
    return this.#children;
  }

  get within(): readonly OpenFrame[] {
    return this.#children;
  }

  /** Whether it has sites in the text that is read. */
  get isPlaced(): boolean {
    return this.#sites.length > 0;
  }

  add(child: OpenFrame): void {
    this.#children.push(child);
  }

  get sites(): readonly Site[] {
    return this.#places ? shownSites(this.#sites, this.hasSitesInside, this.#places) : this.#sites;
  }

  get isHidden(): boolean {
    return this.isPlaced && this.#places !== undefined && this.sites.length === 0;
  }

  get notes(): readonly Note[] {
    return shownNotes(this.#notes?.() ?? [], this.#places);
  }
}

/** The frame of the whole network, whose children are set at the end. */
class RootFrame extends OpenFrame {
  #rows: GraphRows | undefined;
  #children: readonly Frame[] | undefined;

  finish(rows: GraphRows, end: number, outputs: readonly Tensor[]): void {
    this.#rows = rows;
    this.end = end;
    this.outputs = outputs;
  }

  override get children(): readonly Frame[] {
    if (!this.#children) {
      const children: Frame[] = [];
      for (let row = 0; row < (this.#rows?.length ?? 0); row++) children.push(...this.#rows!.frames(row));
      this.#children = children;
    }
    return this.#children;
  }
}

/** A segment that was just built, with the tensors of the graph that its ports refer to. */
export interface Built {
  readonly segment: Segment;
  readonly inputs: readonly Tensor[];
}

/** A segment under construction, separate from the graph. */
interface Workplace {
  readonly nodes: GraphNode[];
  readonly root: OpenFrame;
  readonly problems: Problem[];
  readonly seen: Set<string>;
  /** The ports of the segment, by the tensor of the graph that each refers to. */
  readonly ports: Map<Tensor, Tensor> | undefined;
  /** Whether the node limit had been reached before it. */
  readonly wasFull: boolean;
  hasFarSites: boolean;
}

/** State while rows of another file are built. */
interface Elsewhere {
  /** The range in that file for problems without a better one. */
  readonly range: Range;
  readonly problems: Problem[];
  /** How many frames were open at the start: those have places in this text. */
  readonly depth: number;
}

/**
 * Builds a graph node by node and infers each output's shape immediately, because dialects look at shapes while they
 * read. Never throws on bad networks: complaints become problems, and whatever is unknown has a reason. An item of the
 * text can be built as a segment and placed, so that it can be placed again later.
 */
export class Builder {
  /** The order of image sizes in messages. */
  readonly order: ShapeOrder;
  readonly problems: Problem[] = [];
  /** Applies to added nodes unless their own options say otherwise. */
  training: Training | undefined;
  /** What the nodes that are added are under. */
  guard: Guard | undefined;
  readonly #inputs: { name: string; tensor: Tensor }[] = [];
  readonly #seen = new Set<string>();
  readonly #root: RootFrame;
  /** The rows built so far. */
  readonly rows: GraphRows;
  /** The nodes outside of segments. */
  readonly #loose: GraphNode[] = [];
  /** The number of nodes, not counting those of the segment under construction. */
  #count = 0;
  #frame: OpenFrame;
  /**
   * The `locate` functions of the open frames, outermost first. Not stored in the frames, which outlive the builder.
   */
  readonly #locates: (FrameSpec['locate'] | undefined)[] = [];
  /** Set while a segment is being built. */
  #site: Workplace | undefined;
  #full = false;
  /** Set while rows of another file are being built. */
  #elsewhere: Elsewhere | undefined;
  readonly #places: Shown | undefined;

  /**
   * `places` maps ranges of the text that is read to the text that is shown, if these differ. `expected` is the
   * approximate number of rows.
   */
  constructor(places?: Shown, order: ShapeOrder = 'chw', expected = 0) {
    this.#places = places;
    this.order = order;
    this.#root = new RootFrame({ label: 'network', type: 'network' }, undefined, 0);
    this.rows = new GraphRows(this.#root, places, expected);
    this.#frame = this.#root;
  }

  /** Whether the node limit is reached: stop looping. */
  get full(): boolean {
    return this.#full;
  }

  /** The number of the next node, in the segment under construction or in the graph. */
  get next(): number {
    return this.#site ? this.#site.nodes.length : this.#count;
  }

  /** The problems reported in the segment under construction, or else in the graph. */
  get reported(): readonly Problem[] {
    return this.#site?.problems ?? this.problems;
  }

  /** An input of the network, [N, …] with N = 1. `why` says why sizes are NaN or the shape is undefined. */
  input(name: string, shape: Shape | undefined, why?: string | Reason): Tensor {
    if (this.#site) throw new Error('An input belongs to the network, not to an item.');
    const tensor = this.#push(
      input,
      { shape: shape ?? [] },
      [],
      [shape],
      why === undefined ? undefined : reasonOf(why),
      undefined,
      undefined,
    )[0]!;
    this.#inputs.push({ name, tensor });
    return tensor;
  }

  /** Adds a node of an operator with one output. */
  add<A extends object>(
    op: Op<A>,
    attrs: NoInfer<A>,
    inputs: Tensor | readonly Tensor[],
    options?: NodeOptions,
  ): Tensor {
    return this.addAll(op, attrs, inputs, options)[0]!;
  }

  /** Adds a node and returns all its outputs (at least one, even if their number is unknown). */
  addAll<A extends object>(
    op: Op<A>,
    attrs: NoInfer<A>,
    inputs: Tensor | readonly Tensor[],
    options?: NodeOptions,
  ): readonly Tensor[] {
    const list: readonly Tensor[] = Array.isArray(inputs) ? inputs : [inputs as Tensor];
    const shapes: Shape[] = [];
    for (const { shape, why } of list) {
      if (shape === undefined) {
        const reason = why ?? reasonOf(l10n.t('the shape of its input is not known'));
        return this.#push(op, attrs, list, [undefined], reason, reason, options);
      }
      shapes.push(shape);
    }
    if (options?.failed) {
      const { why, output } = options.failed;
      return this.#push(op, attrs, list, [output], why, why, options);
    }
    const complaint = checkInputs(op, attrs, shapes, this.order);
    if (complaint) {
      const why = this.complain(this.#outward(complaint, list));
      return this.#push(op, attrs, list, [complaint.output], why, why, options);
    }
    const outputs = op.shape ? [op.shape(attrs, shapes)] : op.shapes!(attrs, shapes);
    const unknown = outputs.some(hasUnknown)
      ? (firstReason(list) ?? options?.unknown ?? reasonOf(l10n.t('a size is not known')))
      : undefined;
    const most = unknown && mostOf(op, attrs, list, options?.most);
    const rows = most && rowsOf(op, attrs, list, options);
    return this.#push(op, attrs, list, outputs, unknown, undefined, options, most, rows);
  }

  /** Adds a node about which nothing is known, except perhaps its output shape. */
  unknown(why: string | Reason, inputs: readonly Tensor[] = [], shape?: Shape): Tensor {
    const reason = reasonOf(why);
    return this.#push(opaque, {}, inputs, [shape], reason, reason, undefined)[0]!;
  }

  /** Adds a node because of which what is counted may be too much as well as too little. */
  boundless(why: Reason): void {
    this.#push(opaque, {}, [], [[Number.NaN]], why, why, undefined, [[Number.POSITIVE_INFINITY]]);
  }

  /** Runs `body` inside a frame; its result becomes the frame's output. */
  within<T extends Tensor | readonly Tensor[] | undefined>(spec: FrameSpec, body: () => T): T {
    this.open(spec);
    try {
      const result = body();
      this.close(result === undefined ? [] : Array.isArray(result) ? result : [result as Tensor]);
      return result;
    } catch (error) {
      this.close([]);
      throw error;
    }
  }

  open(spec: FrameSpec): void {
    // The row in this text has a frame already; frames inside it have no place here, as inside a composite.
    const own = this.#elsewhere ? { ...spec, sites: [], notes: noNotes } : spec;
    const frame = new OpenFrame(own, this.#frame, this.next, this.#site ? undefined : this.#places);
    if (frame.depth > maxDepth)
      this.#limit('nested-too-deep', l10n.t('Blocks are nested more than {0} deep.', maxDepth));
    else if (this.#frame === this.#root) this.rows.add(frame);
    else this.#frame.add(frame);
    this.#frame = frame;
    if (this.#site && frame.sites.some(({ range }) => range.from >= far)) this.#site.hasFarSites = true;
    this.#locates.push(spec.locate);
  }

  close(outputs: readonly Tensor[]): void {
    const frame = this.#frame;
    frame.end = this.next;
    frame.outputs = this.#site ? outputs.map(tensor => this.#own(tensor)) : outputs;
    frame.hasSitesInside = frame.within.some(child => child.isPlaced || child.hasSitesInside);
    this.#frame = frame.parent ?? this.#root;
    this.#locates.pop();
  }

  /**
   * Builds an item on its own. `body` calls this builder with positions relative to the item, may read any tensors of
   * the graph, and returns the item's outputs. Call `place` to put the result into the graph.
   */
  segment(body: () => readonly Tensor[]): Built {
    this.beginSegment();
    let outputs: readonly Tensor[];
    try {
      outputs = body();
    } catch (error) {
      this.#endSite();
      throw error;
    }
    return this.endSegment(outputs);
  }

  /** The same in two steps: everything built until `endSegment` belongs to the item. */
  beginSegment(): void {
    if (this.#site || this.#frame !== this.#root)
      throw new Error('Segments lie side by side at the top of the network.');
    const site: Workplace = {
      nodes: [],
      root: new OpenFrame({ label: '', type: 'segment' }, undefined, 0),
      problems: [],
      seen: new Set(),
      ports: new Map(),
      wasFull: this.#full,
      hasFarSites: false,
    };
    this.#site = site;
    this.#frame = site.root;
  }

  endSegment(given: readonly Tensor[]): Built {
    const site = this.#site!;
    const outputs = given.map(tensor => this.#own(tensor));
    while (this.#frame !== site.root) this.close([]);
    const isClosed =
      this.#full === site.wasFull && site.nodes.every(({ shares }) => !shares || site.nodes[shares.id] === shares);
    this.#endSite();
    return {
      segment: {
        nodes: site.nodes,
        frames: site.root.children,
        outputs,
        problems: site.problems,
        passes: outputs.some(({ node }) => node === outside),
        isClosed,
        hasFarSites: site.hasFarSites,
        name: undefined,
        counts: new Slot(),
      },
      inputs: [...site.ports!.keys()],
    };
  }

  #endSite(): void {
    this.#site = undefined;
    this.#frame = this.#root;
  }

  /**
   * Puts a segment into the graph: `inputs` are what its ports refer to, `start` is the offset of its item. Returns the
   * row's number; undefined if it would exceed the node limit (then build the item instead, so that it gets cut).
   */
  place(segment: Segment, inputs: Inputs, start: number): number | undefined {
    // Once the limit has been reached, nothing needs to be cut: items built from then on have no nodes.
    if (!this.#full && segment.isClosed && this.#count + segment.nodes.length > maxNodes) return undefined;
    const row = this.rows.place(segment, this.#count, start, inputs);
    this.#count += segment.nodes.length;
    if (segment.problems.length > 0)
      for (const problem of segment.problems) this.problem(placedProblem(problem, start));
    return row;
  }

  /** Runs `body` n times, or until the limit of nodes is reached. */
  times(n: number, body: (index: number) => void): void {
    for (let index = 0; index < n && !this.#full; index++) {
      body(index);
      // A body that adds no node must not loop forever: `repeat: 1e9` of nothing.
      if (index >= maxNodes)
        this.#limit('too-many-operators', l10n.t('This is repeated more than {0} times.', maxNodes));
    }
  }

  /**
   * Runs `body`, which builds rows of another file. Problems have ranges in that file, and are returned instead of
   * reported. `range` is the range of these rows.
   */
  elsewhere<T>(range: Range, body: () => T): { readonly value: T; readonly problems: readonly Problem[] } {
    const around = this.#elsewhere;
    const problems: Problem[] = [];
    this.#elsewhere = { range, problems, depth: this.#locates.length };
    try {
      return { value: body(), problems };
    } finally {
      this.#elsewhere = around;
    }
  }

  /** Reports a complaint at the range given by the innermost frame that has one; returns the reason for unknowns. */
  complain(complaint: Complaint, severity: Problem['severity'] = 'error'): Reason {
    const { code, message, help, short } = complaint;
    this.problem({ range: this.#locate(complaint), severity, code, message, help, short });
    return short === undefined ? { message } : { message, short };
  }

  /** Reports a problem once: also for a block that is used sixteen times. */
  problem(problem: Problem): void {
    if (this.#elsewhere) {
      this.#elsewhere.problems.push(problem);
      return;
    }
    const { seen, problems } = this.#site ?? { seen: this.#seen, problems: this.problems };
    const own = this.#site ? problem : placedProblem(problem, 0);
    const key = `${own.range.from} ${own.range.to} ${own.code} ${own.message}`;
    if (seen.has(key)) return;
    seen.add(key);
    problems.push(own);
  }

  /** Finishes the graph. `outputs` are the network's outputs; `layers` finds its layers if these are not its rows. */
  finish(
    outputs: readonly Tensor[],
    layers?: (root: Frame) => readonly Frame[],
    untrained = allTrained,
    lifetimes?: { finish(nodes: readonly GraphNode[]): Graph['lives'] },
  ): Graph {
    while (this.#frame !== this.#root) this.close([]);
    this.#root.finish(this.rows, this.#count, outputs);
    const { rows } = this;
    const lives = lifetimes?.finish(this.#loose);
    return new BuiltGraph(this.#loose, rows, this.#count, this.#root, this.#inputs, outputs, untrained, layers, lives);
  }

  /** The tensor to use in the segment under construction: itself if it belongs to it, else a port for it. */
  #own(tensor: Tensor): Tensor {
    const { ports } = this.#site!;
    if (this.#isOwn(tensor) || tensor.node === outside) return tensor;
    let port = ports!.get(tensor);
    if (!port) {
      port = portOf(tensor, ports!.size);
      ports!.set(tensor, port);
    }
    return port;
  }

  /** Whether a tensor belongs to what is being built: the segment, or else the graph. */
  #isOwn(tensor: Tensor): boolean {
    if (!this.#site) return true;
    return !(tensor instanceof PlacedTensor) && this.#site.nodes[tensor.node.id] === tensor.node;
  }

  #push(
    op: AnyOp,
    attrs: object,
    inputs: readonly Tensor[],
    shapes: readonly (Shape | undefined)[],
    tensorWhy: Reason | undefined,
    nodeWhy: Reason | undefined,
    options: NodeOptions | undefined,
    most?: readonly Shape[],
    rows?: RowsOfAll,
  ): readonly Tensor[] {
    const outputs: Tensor[] = [];
    const node: GraphNode = {
      id: this.next,
      op,
      attrs,
      inputs: this.#site ? inputs.map(tensor => this.#own(tensor)) : inputs,
      outputs,
      frame: this.#frame,
      shares: options?.shares,
      functional: options?.functional ?? false,
      derived: options?.derived ?? false,
      training: options?.training ?? this.training,
      why: nodeWhy,
      ...(this.guard && { guard: this.guard }),
    };
    for (let port = 0; port < shapes.length; port++) {
      const shape = shapes[port];
      const of = rows && { rows: { part: rows.part, shapes: rows.shapes.map(each => each[port]!) } };
      const bound = most && shape && hasUnknown(shape) ? { most: most[port], ...of } : undefined;
      outputs.push({ node, port, shape, why: tensorWhy, ...bound });
    }
    const count = this.#count + (this.#site?.nodes.length ?? 0);
    if (count < maxNodes && !this.#full) this.#keep(node);
    else this.#limit('too-many-operators', l10n.t('This network has more than {0} operators.', maxNodes));
    return outputs;
  }

  #limit(code: string, message: string): void {
    if (this.#full) return;
    this.#full = true;
    this.problem({
      range: this.#locate(undefined),
      severity: 'error',
      code,
      message,
      help: l10n.t('The rest is not analyzed.'),
    });
    // Add an unknown node, so that what is cut makes its frame, and everything around it, incomplete.
    const node: GraphNode = {
      id: this.next,
      op: opaque,
      attrs: {},
      inputs: [],
      outputs: [],
      frame: this.#frame,
      shares: undefined,
      functional: false,
      derived: false,
      training: undefined,
      why: { message },
    };
    this.#keep(node);
  }

  #keep(node: GraphNode): void {
    if (this.#site) this.#site.nodes.push(node);
    else {
      this.#loose.push(node);
      this.#count++;
    }
  }

  /**
   * Rewords a complaint of an operator inside a composite for its user: the text does not name inputs that are created
   * inside.
   */
  #outward(complaint: Complaint, inputs: readonly Tensor[]): Complaint {
    if (this.#elsewhere) return complaint;
    const path: string[] = [];
    for (let frame: OpenFrame | undefined = this.#frame; frame; frame = frame.parent) {
      if (frame.sites.length === 0) {
        path.unshift(frame.label);
        continue;
      }
      const { first, type, composite } = frame;
      // Leave out the indexes of repeated copies.
      const inside = path.filter((label, at) => at > 0 || !/^\d+$/.test(label));
      const given = complaint.input === undefined ? inputs : inputs.slice(complaint.input, complaint.input + 1);
      const isInner = given.some(tensor => this.#isOwn(tensor) && tensor.node.id >= first);
      if (!composite || (inside.length === 0 && !isInner)) return complaint;
      const where = inside.length === 0 ? type : `${type} (${inside.join('.').replace(/\.\d+(?=\.|$)/g, '')})`;
      const { input, ...rest } = complaint;
      return {
        ...(isInner ? { ...rest, isInner: true } : complaint),
        message: l10n.t('Inside {0}: {1}', where, complaint.message),
      };
    }
    return complaint;
  }

  #locate(complaint: Complaint | undefined): Range {
    let depth = this.#locates.length;
    if (this.#elsewhere) {
      while (complaint && depth > this.#elsewhere.depth) {
        const range = this.#locates[--depth]?.(complaint);
        if (range) return range;
      }
      return this.#elsewhere.range;
    }
    for (let frame: OpenFrame | undefined = this.#frame; frame; frame = frame.parent) {
      const range = complaint && this.#locates[--depth]?.(complaint);
      if (range) return range;
      const place = useOf(frame);
      if (place) return place;
    }
    return { from: 0, to: 0 };
  }
}

const allTrained: Untrained = { detached: 0, forwardOnly: 0, frozenWeights: 0 };

class BuiltGraph implements Graph {
  readonly loose: readonly GraphNode[];
  readonly rows: GraphRows;
  readonly nodeCount: number;
  readonly root: Frame;
  readonly inputs: Graph['inputs'];
  readonly outputs: readonly Tensor[];
  readonly untrained: Untrained;
  readonly lives: Graph['lives'];
  readonly #layersOf: ((root: Frame) => readonly Frame[]) | undefined;
  #layers: readonly Frame[] | undefined;
  #nodes: readonly GraphNode[] | undefined;

  constructor(
    loose: readonly GraphNode[],
    rows: GraphRows,
    nodeCount: number,
    root: Frame,
    inputs: Graph['inputs'],
    outputs: readonly Tensor[],
    untrained: Untrained,
    layers: ((root: Frame) => readonly Frame[]) | undefined,
    lives: Graph['lives'],
  ) {
    this.#layersOf = layers;
    this.loose = loose;
    this.rows = rows;
    this.nodeCount = nodeCount;
    this.root = root;
    this.inputs = inputs;
    this.outputs = outputs;
    this.untrained = untrained;
    this.lives = lives;
  }

  get layers(): readonly Frame[] {
    this.#layers ??= this.#layersOf?.(this.root) ?? this.root.children;
    return this.#layers;
  }

  get nodes(): readonly GraphNode[] {
    if (!this.#nodes) {
      const nodes = new Array<GraphNode>(this.nodeCount);
      for (const node of this.loose) nodes[node.id] = node;
      for (let row = 0; row < this.rows.length; row++) {
        const segment = this.rows.segment(row);
        if (!segment) continue;
        const placement = this.rows.placement(row);
        for (const node of segment.nodes) nodes[this.rows.first(row) + node.id] = placement.node(node);
      }
      this.#nodes = nodes;
    }
    return this.#nodes;
  }
}

/** Why an operator cannot work on inputs of these shapes; undefined if it can. */
export function checkInputs(
  op: AnyOp,
  attrs: object,
  shapes: readonly Shape[],
  order: ShapeOrder = 'chw',
): Complaint | undefined {
  return checkArity(op, shapes) ?? op.check?.(attrs, shapes, order);
}

function checkArity(op: AnyOp, shapes: readonly Shape[]): Complaint | undefined {
  const { arity, rank } = op;
  if (typeof arity === 'number' ? shapes.length !== arity : shapes.length < arity.min) {
    const given = shapes.length;
    return {
      code: 'wrong-input-count',
      message:
        typeof arity !== 'number'
          ? l10n.t('{0} takes at least {1} inputs, but has {2}.', op.name, arity.min, given)
          : arity === 1
            ? l10n.t('{0} takes one input, but has {1}.', op.name, given)
            : l10n.t('{0} takes {1} inputs, but has {2}.', op.name, arity, given),
    };
  }
  const first = shapes[0];
  if (first && rank && (first.length < (rank.min ?? 0) || first.length > (rank.max ?? Number.POSITIVE_INFINITY))) {
    const { min = 0, max } = rank;
    const shape = first.map(length => (Number.isNaN(length) ? '?' : length)).join('×');
    const actual = first.length;
    return {
      code: 'unsupported-rank',
      input: 0,
      message:
        max === undefined
          ? l10n.t(
              '{0} needs at least {1} dimensions (including the batch); its input has {2}: {3}.',
              op.name,
              min,
              actual,
              shape,
            )
          : min === max
            ? l10n.t(
                '{0} needs {1} dimensions (including the batch); its input has {2}: {3}.',
                op.name,
                min,
                actual,
                shape,
              )
            : l10n.t(
                '{0} needs {1} to {2} dimensions (including the batch); its input has {3}: {4}.',
                op.name,
                min,
                max,
                actual,
                shape,
              ),
    };
  }
  return undefined;
}

function hasUnknown(shape: Shape): boolean {
  for (const length of shape) if (Number.isNaN(length)) return true;
  return false;
}

/** By number of rows the shapes of all outputs. */
interface RowsOfAll {
  readonly part: Part;
  readonly shapes: readonly (readonly Shape[])[];
}

/** How outputs depend on rows that values select, where all inputs depend on the same ones. */
function rowsOf(
  op: AnyOp,
  attrs: object,
  inputs: readonly Tensor[],
  options: NodeOptions | undefined,
): RowsOfAll | undefined {
  if (options?.most) {
    const { rows } = options;
    return rows && { part: rows.part, shapes: rows.shapes.map(shape => [shape]) };
  }
  let part: Part | undefined;
  for (const { most, rows } of inputs) {
    if (!most) continue;
    if (!rows || (part && !isSamePart(part, rows.part))) return undefined;
    part = part?.isExact === false ? part : rows.part;
  }
  if (!part) return undefined;
  const shapes: (readonly Shape[])[] = [];
  for (const at of numbersOfRows.keys()) {
    const own = inputs.map(({ shape, rows }) => ({ shape, most: rows?.shapes[at] }));
    const outputs = shapesOf(op, attrs, own);
    if (!outputs) return undefined;
    shapes.push(outputs);
  }
  // Some of the rows may be left out.
  const isPart = (attrs as { readonly how?: string }).how === 'index';
  return { part: isPart ? { ...part, isExact: false } : part, shapes };
}

/**
 * The shapes of outputs at most, from those of the inputs: sizes and counts grow with each size of an input. Undefined if
 * something else is unknown as well.
 */
function mostOf(
  op: AnyOp,
  attrs: object,
  inputs: readonly Tensor[],
  given: Shape | undefined,
): readonly Shape[] | undefined {
  if (given) return given.some(Number.isNaN) ? undefined : [given];
  return inputs.some(({ most }) => most !== undefined) ? shapesOf(op, attrs, inputs) : undefined;
}

function shapesOf(
  op: AnyOp,
  attrs: object,
  inputs: readonly Pick<Tensor, 'shape' | 'most'>[],
): readonly Shape[] | undefined {
  const shapes = inputs.map(({ most, shape }) => most ?? shape!);
  if (shapes.some(hasUnknown)) return undefined;
  const all = filled(op, attrs, inputs[0]!);
  if (!all || checkInputs(op, all, shapes)) return undefined;
  const outputs = op.shape ? [op.shape(all, shapes)] : op.shapes!(all, shapes);
  return outputs.some(hasUnknown) ? undefined : outputs;
}

/** Attributes with the most for a size in them that is unknown because one of the input is; undefined if that is not known. */
function filled(op: AnyOp, attrs: object, { shape: from, most }: Pick<Tensor, 'shape' | 'most'>): object | undefined {
  const { shape, how = op.name } = attrs as { readonly shape?: Shape; readonly how?: string };
  if (!Array.isArray(shape) || !hasUnknown(shape)) return attrs;
  if (!from || !most) return undefined;
  const isSame = shape.length === from.length && shape.every((length, axis) => Object.is(length, from[axis]));
  if (keepsShape.has(how)) return isSame ? { ...attrs, shape: most } : undefined;
  const [left, before] = [shape, from].map(lengths => lengths.filter(length => !Number.isNaN(length)));
  if (left!.length !== shape.length - 1 || before!.length !== from.length - 1) return undefined;
  const product = (lengths: Shape): number => lengths.reduce((all, length) => all * length, 1);
  let length = most[from.findIndex(each => Number.isNaN(each))]!;
  if (how === 'select' && shape.length === from.length - 1) {
    // An element along another axis.
  } else if (how === 'reshape') length = product(most) / product(left!);
  else if (!keepsAxes.has(how)) return undefined;
  else {
    // Where a known axis is gone, the unknown one may be a part of that.
    const [all, own] = [left!, before!].map(lengths => lengths.filter(each => each !== 1).join('×'));
    if (all !== own) return undefined;
  }
  if (!Number.isInteger(length)) return undefined;
  return { ...attrs, shape: shape.map(each => (Number.isNaN(each) ? length : each)) };
}

/** Operators whose result has the shape of their first input, though they are given it. */
const keepsShape: ReadonlySet<string> = new Set('roll flip triangle write scatter where cast copy written'.split(' '));
/** Views that take a part of the unknown axis at most, and all of the others, and add axes of size 1. */
const keepsAxes: ReadonlySet<string> = new Set(['index', 'squeeze']);

function firstReason(tensors: readonly Tensor[]): Reason | undefined {
  return tensors.find(tensor => tensor.why !== undefined)?.why;
}

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
  type Note,
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

/** More nodes than any network that a person writes; a spec that asks for more is cut, with a problem. */
export const maxNodes = 50_000;
/** Frames nest no deeper than this: blocks within blocks, written by hand, need a handful. */
export const maxDepth = 200;

/** Stands for what cannot be known: an unknown module, a row that could not be read. */
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
  /** One sentence for the hover on what the operators inside do together: a module of a framework, a block. */
  readonly summary?: string | undefined;
  readonly sites?: readonly Site[];
  /** Where in the text an attribute or an input of this frame stands; asked for only when there is a complaint. */
  readonly locate?: (complaint: Complaint) => Range | undefined;
  /** Its contents are a framework’s composite, not written in the text: a complaint from inside says so. */
  readonly composite?: boolean;
  /** What the places of this frame mean; asked for only by a hover. */
  readonly notes?: () => readonly Note[];
  /** Whether its text was read as what it must have been, and not as it is written. */
  readonly repaired?: boolean | undefined;
  /** Whether its operators cost what it costs, and nothing says that they do what it does. */
  readonly byRule?: boolean;
}

export interface NodeOptions {
  /** The node whose parameters this one uses again. */
  readonly shares?: GraphNode | undefined;
  /** A bare function call in the framework's source (`x.softmax(1)`), not a module (`nn.Softmax`). */
  readonly functional?: boolean;
  /** With `functional`: a module all the same, of a class that thop counts from 2.1 on alone. */
  readonly derived?: boolean;
  /** What of it is not trained. */
  readonly training?: Training | undefined;
  /** Whoever builds has checked the inputs and reported it: why the operator cannot work on them, and what is known of its output. */
  readonly failed?: { readonly why: Reason; readonly output: Shape | undefined };
  /** Why a size of its output is not known, where that comes from its attributes and not from its inputs. */
  readonly unknown?: Reason | undefined;
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

  /** Whether it stands for places in the text that is read. */
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

/** The whole network: what its children are is said at the end. */
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

/** A segment that was just built, with the tensors of the graph that it reads: those that its ports stand for. */
export interface Built {
  readonly segment: Segment;
  readonly inputs: readonly Tensor[];
}

/** What is being built beside the graph: the nodes and frames of a segment. */
interface Workplace {
  readonly nodes: GraphNode[];
  readonly root: OpenFrame;
  readonly problems: Problem[];
  readonly seen: Set<string>;
  /** The ports of a segment, by the tensor of the graph that each stands for. */
  readonly ports: Map<Tensor, Tensor> | undefined;
  /** Whether the limit of nodes was reached before it. */
  readonly wasFull: boolean;
  hasFarSites: boolean;
}

/** What is being built from rows of another file. */
interface Elsewhere {
  /** The place in that file which has no better one. */
  readonly range: Range;
  readonly problems: Problem[];
  /** How many frames were open when it began: those are places of this text. */
  readonly depth: number;
}

/**
 * Builds a graph node by node and infers each output's shape at once, because dialects ask for shapes while they are
 * read. Never throws on bad networks: complaints become problems, and what cannot be known is unknown with a reason.
 * What an item of the text becomes may be built as a segment, and placed: then it can be placed again.
 */
export class Builder {
  /** The order in which problems word the sizes of images. */
  readonly order: ShapeOrder;
  readonly problems: Problem[] = [];
  /** What is not trained of the nodes that are added, unless their own options say. */
  training: Training | undefined;
  readonly #inputs: { name: string; tensor: Tensor }[] = [];
  readonly #seen = new Set<string>();
  readonly #root: RootFrame;
  /** What was built so far. */
  readonly rows: GraphRows;
  /** The nodes that are in no segment. */
  readonly #loose: GraphNode[] = [];
  /** How many nodes there are, those of the segment that is built apart. */
  #count = 0;
  #frame: OpenFrame;
  /** Those of the frames that are open, from the outside in: frames outlive the building, and these must not. */
  readonly #locates: (FrameSpec['locate'] | undefined)[] = [];
  /** Set while a segment is built. */
  #site: Workplace | undefined;
  #full = false;
  /** Set while rows of another file are built. */
  #elsewhere: Elsewhere | undefined;
  readonly #places: Shown | undefined;

  /**
   * `places` says where the places of the text are shown, where another text than the one that is read is shown.
   * `expected` is about how many rows there will be.
   */
  constructor(places?: Shown, order: ShapeOrder = 'chw', expected = 0) {
    this.#places = places;
    this.order = order;
    this.#root = new RootFrame({ label: 'network', type: 'network' }, undefined, 0);
    this.rows = new GraphRows(this.#root, places, expected);
    this.#frame = this.#root;
  }

  /** Whether the limit of nodes is reached: stop looping. */
  get full(): boolean {
    return this.#full;
  }

  /** The number of the node that comes next, in the segment that is built or in the graph. */
  get next(): number {
    return this.#site ? this.#site.nodes.length : this.#count;
  }

  /** What was reported of what is being built: of the segment, or else of the graph. */
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

  /** Adds a node and returns all its outputs (one at least, even where their number cannot be known). */
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
    return this.#push(op, attrs, list, outputs, unknown, undefined, options);
  }

  /** A node about which nothing is known but perhaps the shape of its output. */
  unknown(why: string | Reason, inputs: readonly Tensor[] = [], shape?: Shape): Tensor {
    const reason = reasonOf(why);
    return this.#push(opaque, {}, inputs, [shape], reason, reason, undefined)[0]!;
  }

  /** Runs `body` inside a frame; what it returns is what the frame hands on. */
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
    // A part of what this text uses, like that of a framework's composite: it has no place here.
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
   * Builds what an item becomes, by itself: `body` calls this builder with positions relative to the item, reads tensors
   * of the graph as it likes, and returns what the item outputs. Place it to put it into the graph.
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

  /** The same in two steps: what is built until `endSegment` is the item. */
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
   * Puts a segment here: `inputs` are what its ports stand for, `start` is where its item's text begins. Returns the
   * number of its row; undefined where it would go past the limit of nodes (build the item then, so that it is cut).
   */
  place(segment: Segment, inputs: Inputs, start: number): number | undefined {
    // Past the limit nothing is cut any more: what is built then has no nodes.
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
      // A body that adds no node must not spin for ever: `repeat: 1e9` of nothing.
      if (index >= maxNodes)
        this.#limit('too-many-operators', l10n.t('This is repeated more than {0} times.', maxNodes));
    }
  }

  /**
   * Runs `body`, which builds from rows of another file: what it reports has places in that file, and is returned instead.
   * `range` is where those rows are in it.
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

  /** Reports a complaint where the innermost frame that can says it stands; returns the reason for unknowns. */
  complain(complaint: Complaint, severity: Problem['severity'] = 'error'): Reason {
    const { code, message, help, short } = complaint;
    this.problem({ range: this.#locate(complaint), severity, code, message, help, short });
    return short === undefined ? { message } : { message, short };
  }

  /** Reports a problem once: a block used sixteen times says it once. */
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

  /** Ends the building. `outputs` is what the network returns, `layers` finds its layers where they are not its rows. */
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

  /** A tensor as the segment that is built has it: its own, or the port that stands for it. */
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
    };
    for (let port = 0; port < shapes.length; port++) {
      outputs.push({ node, port, shape: shapes[port], why: tensorWhy });
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
    // What is cut off must not be missing silently: its frame and all around it are known only in part.
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
   * A complaint of an operator inside a composite, in words of the composite: an input that was made inside is not one
   * that the text names.
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
      // The copies of a repeated module are the module itself.
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

/** Why an operator cannot work on inputs of these shapes. */
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

function firstReason(tensors: readonly Tensor[]): Reason | undefined {
  return tensors.find(tensor => tensor.why !== undefined)?.why;
}

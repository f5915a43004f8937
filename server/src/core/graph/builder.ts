import type { AnyOp, Complaint, Op, Shape } from '../ops/op.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Frame, Graph, GraphNode, Note, Tensor } from './graph.ts';

/** More nodes than any network that a person writes; a spec that asks for more is told so and cut. */
export const maxNodes = 50_000;
/** Frames nest no deeper than this: blocks within blocks, written by hand, need a handful. */
export const maxDepth = 200;

/** Stands for what cannot be known: an unknown module, a row that could not be read. */
export const opaque: Op<Record<never, never>> = {
  name: 'unknown',
  kind: 'data',
  summary: 'What this does is not known.',
  attrs: {},
  arity: { min: 0 },
  shape: () => [],
  examples: [],
};

/** The network's input. */
export const input: Op<{ shape: Shape }> = {
  name: 'input',
  kind: 'source',
  summary: 'What the network is given.',
  attrs: { shape: { kind: 'shape', doc: 'Sizes, batch first.' } },
  arity: 0,
  shape: ({ shape }) => shape,
  examples: [],
};

export interface FrameSpec {
  readonly label: string;
  readonly type: string;
  /** One sentence for the hover on what the operators inside do together: a module of a framework, a block. */
  readonly summary?: string | undefined;
  readonly sites?: readonly Range[];
  /** Where in the text an attribute or an input of this frame stands; asked for only when there is a complaint. */
  readonly locate?: (complaint: Complaint) => Range | undefined;
  /** What is inside is a framework's composite, which nobody wrote: a complaint of it says that it is inside. */
  readonly composite?: boolean;
  /** What the places of this frame mean; asked for only by a hover. */
  readonly notes?: () => readonly Note[];
  /** Whether its text was read as what it must have been, and not as it is written. */
  readonly repaired?: boolean | undefined;
}

export interface NodeOptions {
  /** The node whose parameters this one uses again. */
  readonly shares?: GraphNode | undefined;
  /** A bare function call in the framework's source (`x.softmax(1)`), not a module (`nn.Softmax`). */
  readonly functional?: boolean;
  /** With `functional`: a module all the same, of a class that thop counts from 2.1 on alone. */
  readonly derived?: boolean;
}

class OpenFrame implements Frame {
  parent: OpenFrame | undefined;
  label: string;
  readonly type: string;
  readonly summary: string | undefined;
  readonly sites: readonly Range[];
  readonly locate: FrameSpec['locate'];
  readonly composite: boolean;
  readonly depth: number;
  hasSitesInside = false;
  first: number;
  end: number;
  readonly children: OpenFrame[] = [];
  outputs: readonly Tensor[] = [];
  readonly repaired: boolean;
  readonly #notes: FrameSpec['notes'];

  constructor(spec: FrameSpec, parent: OpenFrame | undefined, first: number) {
    this.parent = parent;
    this.label = spec.label;
    this.type = spec.type;
    this.summary = spec.summary;
    this.sites = spec.sites ?? [];
    this.locate = spec.locate;
    this.composite = spec.composite ?? false;
    this.depth = parent ? parent.depth + 1 : 0;
    this.first = first;
    this.end = first;
    this.repaired = spec.repaired ?? false;
    this.#notes = spec.notes;
  }

  get notes(): readonly Note[] {
    return this.#notes?.() ?? [];
  }
}

/**
 * Builds a graph node by node and infers each output's shape at once, because dialects ask for shapes while they are
 * read. Never throws on bad networks: complaints become problems, and what cannot be known is unknown with a reason.
 */
export class Builder {
  readonly problems: Problem[] = [];
  #nodes: GraphNode[] = [];
  #inputs: { name: string; tensor: Tensor }[] = [];
  readonly #told = new Set<string>();
  #root: OpenFrame;
  #frame: OpenFrame;
  #full = false;
  #tellings = 0;

  constructor(label = 'network') {
    this.#root = new OpenFrame({ label, type: 'network' }, undefined, 0);
    this.#frame = this.#root;
  }

  /** Whether the limit of nodes is reached: stop looping. */
  get full(): boolean {
    return this.#full;
  }

  /** How often a problem was told, those that were told before counted again. */
  get told(): number {
    return this.#tellings;
  }

  /** The frame that is open. */
  get frame(): Frame {
    return this.#frame;
  }

  /** An input of the network, [N, …] with N = 1. `why` says why sizes are NaN or the shape is undefined. */
  input(name: string, shape: Shape | undefined, why?: string): Tensor {
    const tensor = this.#push(input, { shape: shape ?? [] }, [], [shape], why, undefined, undefined)[0]!;
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
        const reason = why ?? 'the shape of its input is not known';
        return this.#push(op, attrs, list, [undefined], reason, reason, options);
      }
      shapes.push(shape);
    }
    const complaint = checkArity(op, shapes) ?? op.check?.(attrs, shapes);
    if (complaint) {
      const why = this.complain(this.#outward(complaint, list));
      return this.#push(op, attrs, list, [complaint.output], why, why, options);
    }
    const outputs = op.shape ? [op.shape(attrs, shapes)] : op.shapes!(attrs, shapes);
    const unknown = outputs.some(hasUnknown) ? (firstReason(list) ?? 'a size is not known') : undefined;
    return this.#push(op, attrs, list, outputs, unknown, undefined, options);
  }

  /** A node about which nothing is known but perhaps the shape of its output. */
  unknown(why: string, inputs: readonly Tensor[] = [], shape?: Shape): Tensor {
    return this.#push(opaque, {}, inputs, [shape], why, why, undefined)[0]!;
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
    const frame = new OpenFrame(spec, this.#frame, this.#nodes.length);
    if (frame.depth > maxDepth) this.#limit(`Blocks are nested more than ${maxDepth} deep. The rest is not analysed.`);
    else this.#frame.children.push(frame);
    this.#frame = frame;
  }

  close(outputs: readonly Tensor[]): void {
    const frame = this.#frame;
    frame.end = this.#nodes.length;
    frame.outputs = outputs;
    frame.hasSitesInside = frame.children.some(child => child.sites.length > 0 || child.hasSitesInside);
    this.#frame = frame.parent ?? this.#root;
  }

  /** The nodes of a frame that has been closed, to be used again by the graph of an edited text. */
  stretch(frame: Frame): Stretch {
    return { frame: frame as OpenFrame, nodes: this.#nodes.slice(frame.first, frame.end) };
  }

  /**
   * Puts a stretch of an earlier graph here instead of building it again: its inputs must be tensors of this graph. The
   * earlier graph is used up by this.
   */
  reuse({ frame, nodes }: Stretch, label: string): void {
    const own = frame as OpenFrame;
    const delta = this.#nodes.length - own.first;
    own.parent = this.#frame;
    if (own.label !== label) relabel(own, label);
    if (delta !== 0) moveFrame(own, delta);
    this.#frame.children.push(own);
    for (const node of nodes) {
      (node as { id: number }).id = this.#nodes.length;
      this.#nodes.push(node);
    }
    if (this.#nodes.length > maxNodes)
      this.#limit(`This network has more than ${maxNodes} operators. The rest is not analysed.`);
  }

  /**
   * Lets a tensor of an earlier graph stand for an equal one that was built last, inside `frame`, so that what reads it
   * can be used again. Returns the one that stands in the graph.
   */
  adopt(fresh: Tensor, earlier: Tensor, frame: Frame | undefined): Tensor {
    const { node, port } = fresh;
    const first = frame?.first ?? node.id;
    const inside = node.id >= first && this.#nodes[node.id] === node && node.outputs[port] === fresh;
    const gone = this.#nodes[earlier.node.id] !== earlier.node;
    if (!inside || !gone || fresh.why !== earlier.why || !sameShape(fresh.shape, earlier.shape)) return fresh;
    Object.assign(earlier, { node, port, shape: fresh.shape });
    const swap = (list: readonly Tensor[]): void => {
      for (let at = 0; at < list.length; at++) if (list[at] === fresh) (list as Tensor[])[at] = earlier;
    };
    swap(node.outputs);
    for (let id = first; id < this.#nodes.length; id++) swap(this.#nodes[id]!.inputs);
    const visit = (at: Frame): void => {
      swap(at.outputs);
      for (const child of at.children) visit(child);
    };
    if (frame) visit(frame);
    for (const input of this.#inputs) if (input.tensor === fresh) input.tensor = earlier;
    return earlier;
  }

  /** Runs `body` n times, or until the limit of nodes is reached. */
  times(n: number, body: (index: number) => void): void {
    for (let index = 0; index < n && !this.#full; index++) {
      body(index);
      // A body that adds no node must not spin for ever: `repeat: 1e9` of nothing.
      if (index >= maxNodes) this.#limit(`This is repeated more than ${maxNodes} times. The rest is not analysed.`);
    }
  }

  /** Reports a complaint where the innermost frame that can says it stands; returns the reason for unknowns. */
  complain(complaint: Complaint, severity: Problem['severity'] = 'error'): string {
    this.problem({
      range: this.#locate(complaint),
      severity,
      code: complaint.code,
      message: complaint.message,
    });
    return complaint.message;
  }

  /** Reports a problem once: a block used sixteen times says it once. */
  problem(problem: Problem): void {
    this.#tellings++;
    const key = `${problem.range.from} ${problem.range.to} ${problem.code} ${problem.message}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.problems.push(problem);
  }

  /** Ends the building, for good. `outputs` is what the network returns. */
  finish(outputs: readonly Tensor[]): Graph {
    while (this.#frame !== this.#root) this.close([]);
    this.close(outputs);
    const graph: Graph = { nodes: this.#nodes, root: this.#root, inputs: this.#inputs, outputs };
    // Frames outlive edits, and what they refer to may refer to this: it must not keep a graph alive.
    this.#nodes = [];
    this.#inputs = [];
    this.#root = new OpenFrame({ label: 'ended', type: 'network' }, undefined, 0);
    this.#frame = this.#root;
    return graph;
  }

  #push(
    op: AnyOp,
    attrs: object,
    inputs: readonly Tensor[],
    shapes: readonly (Shape | undefined)[],
    tensorWhy: string | undefined,
    nodeWhy: string | undefined,
    options: NodeOptions | undefined,
  ): readonly Tensor[] {
    const outputs: Tensor[] = [];
    const node: GraphNode = {
      id: this.#nodes.length,
      op,
      attrs,
      inputs,
      outputs,
      frame: this.#frame,
      shares: options?.shares,
      functional: options?.functional ?? false,
      derived: options?.derived ?? false,
      why: nodeWhy,
    };
    for (let port = 0; port < shapes.length; port++) {
      outputs.push({ node, port, shape: shapes[port], why: tensorWhy });
    }
    if (this.#nodes.length < maxNodes && !this.#full) this.#nodes.push(node);
    else this.#limit(`This network has more than ${maxNodes} operators. The rest is not analysed.`);
    return outputs;
  }

  #limit(message: string): void {
    if (this.#full) return;
    this.#full = true;
    this.problem({ range: this.#locate(undefined), severity: 'error', code: 'too-large', message });
    // What is cut off must not be missing silently: its frame and all around it are known only in part.
    const node: GraphNode = {
      id: this.#nodes.length,
      op: opaque,
      attrs: {},
      inputs: [],
      outputs: [],
      frame: this.#frame,
      shares: undefined,
      functional: false,
      derived: false,
      why: message,
    };
    this.#nodes.push(node);
  }

  /**
   * A complaint of an operator inside a composite, in words of the composite: an input that was made inside is not one
   * that the text names.
   */
  #outward(complaint: Complaint, inputs: readonly Tensor[]): Complaint {
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
      const isInner = given.some(({ node }) => node.id >= first);
      if (!composite || (inside.length === 0 && !isInner)) return complaint;
      const where = inside.length === 0 ? type : `${type} (${inside.join('.').replace(/\.\d+(?=\.|$)/g, '')})`;
      const { input, ...rest } = complaint;
      return {
        ...(isInner ? { ...rest, isInner: true } : complaint),
        message: `Inside ${where}: ${complaint.message.replace(/^(This|The|A|Input|Inputs) /, word => word.toLowerCase())}`,
      };
    }
    return complaint;
  }

  #locate(complaint: Complaint | undefined): Range {
    for (let frame: OpenFrame | undefined = this.#frame; frame; frame = frame.parent) {
      const range = complaint && frame.locate?.(complaint);
      if (range) return range;
      if (frame.sites[0]) return frame.sites[0];
    }
    return { from: 0, to: 0 };
  }
}

/** A frame with its nodes, out of a graph whose text was edited. */
export interface Stretch {
  readonly frame: Frame;
  readonly nodes: readonly GraphNode[];
}

/** The tensors, those of the earlier graph where they are equal (`Builder.adopt`). */
export function adoptAll(
  builder: Builder,
  fresh: readonly Tensor[],
  earlier: readonly Tensor[],
  frame: Frame | undefined,
): readonly Tensor[] {
  if (fresh.length !== earlier.length) return fresh;
  return fresh.map((tensor, at) => builder.adopt(tensor, earlier[at]!, frame));
}

/** Whether a stretch reads nothing but what it is given and what is inside, and shares no parameters with others. */
export function isClosed({ frame, nodes }: Stretch, given: readonly Tensor[]): boolean {
  return nodes.every(
    node => !node.shares && node.inputs.every(tensor => tensor.node.id >= frame.first || given.includes(tensor)),
  );
}

/** Copies inside a frame are called after it. */
function relabel(frame: OpenFrame, label: string): void {
  for (const child of frame.children) {
    if (child.label.startsWith(`${frame.label}.`)) child.label = label + child.label.slice(frame.label.length);
  }
  frame.label = label;
}

function moveFrame(frame: OpenFrame, delta: number): void {
  frame.first += delta;
  frame.end += delta;
  for (const child of frame.children) moveFrame(child, delta);
}

function sameShape(a: Shape | undefined, b: Shape | undefined): boolean {
  if (a === b) return true;
  return (
    a !== undefined && b !== undefined && a.length === b.length && a.every((length, axis) => Object.is(length, b[axis]))
  );
}

function checkArity(op: AnyOp, shapes: readonly Shape[]): Complaint | undefined {
  const { arity, rank } = op;
  if (typeof arity === 'number' ? shapes.length !== arity : shapes.length < arity.min) {
    const wanted = typeof arity === 'number' ? String(arity) : `at least ${arity.min}`;
    return {
      code: 'wrong-inputs',
      message: `${op.name} takes ${wanted} input${wanted === '1' ? '' : 's'}, but is given ${shapes.length}.`,
    };
  }
  const first = shapes[0];
  if (first && rank && (first.length < (rank.min ?? 0) || first.length > (rank.max ?? Number.POSITIVE_INFINITY))) {
    const wanted =
      rank.min === rank.max ? `${rank.min}` : rank.max ? `${rank.min ?? 0} to ${rank.max}` : `at least ${rank.min}`;
    return {
      code: 'wrong-rank',
      input: 0,
      message: `${op.name} works on tensors of ${wanted} dimensions (batch included), but its input has ${first.length}: ${first.map(length => (Number.isNaN(length) ? '?' : length)).join('×')}.`,
    };
  }
  return undefined;
}

function hasUnknown(shape: Shape): boolean {
  for (const length of shape) if (Number.isNaN(length)) return true;
  return false;
}

function firstReason(tensors: readonly Tensor[]): string | undefined {
  return tensors.find(tensor => tensor.why !== undefined)?.why;
}

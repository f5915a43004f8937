import type { Graph, GraphNode, Picks, Tensor } from '../graph/graph.ts';
import type { Segment } from '../graph/segment.ts';
import type { Counts, Shape } from '../ops/op.ts';
import { size } from '../ops/rules/shape.ts';
import { choiceOf, type NodeChoice } from './choices.ts';

const none: Counts = Object.freeze({
  macs: 0,
  adds: 0,
  muls: 0,
  divs: 0,
  compares: 0,
  exps: 0,
  weights: 0,
  biases: 0,
  normAffine: 0,
  normStats: 0,
});

const unknown: Counts = Object.freeze(
  Object.fromEntries(Object.keys(none).map(key => [key, Number.NaN])),
) as unknown as Counts;

/** The counts that a node's rule states, without filling in missing ones: cheap, for sums over all nodes. */
function stated({ op, attrs, inputs, outputs, why }: GraphNode): Partial<Counts> {
  if (why !== undefined) return unknown;
  if (!op.counts) return none;
  return op.counts(attrs, inputs.map(mostShape), outputs.map(mostShape));
}

const mostShape = ({ shape, most }: Tensor): Shape => most ?? shape!;

/** Whether the counts of a node are upper bounds: sizes are unknown, but bounded. */
export function isBounded({ inputs, outputs, guard }: GraphNode): boolean {
  if (guard) return true;
  return inputs.some(({ most }) => most !== undefined) || outputs.some(({ most }) => most !== undefined);
}

/** Whether a node marks the counts around it as not even lower bounds. */
export function isBoundless({ outputs }: GraphNode): boolean {
  return outputs[0]?.most?.[0] === Number.POSITIVE_INFINITY;
}

/** The exact counts of one node for one sample; NaN if unknown. Parameters of a module that is used again count 0. */
export function countsOf(node: GraphNode): Counts {
  const counts = stated(node);
  if (counts === unknown || counts === none) return counts as Counts;
  const shared = node.shares ? { weights: 0, biases: 0, normAffine: 0, normStats: 0 } : undefined;
  return { ...none, ...counts, ...shared };
}

/** Learnable parameters a node uses, its own or another node's; empty if unknown. */
export function parametersOf(node: GraphNode): { readonly weights: number; readonly all: number } {
  if (node.why !== undefined || !node.op.counts) return noParameters;
  const { weights = 0, biases = 0, normAffine = 0 } = stated(node);
  return { weights, all: weights + biases + normAffine };
}

export const noParameters = { weights: 0, all: 0 };

/** Multiply-accumulates and learnable parameters of each node, by id. */
export interface MainCounts {
  readonly macs: Float64Array;
  readonly params: Float64Array;
  /** The nodes whose MACs are upper bounds, in order. */
  readonly bounded: readonly number[];
  /** The work on rows that values select, in order of nodes; these have no MACs in `macs`. */
  readonly choices: readonly NodeChoice[];
}

export function mainCounts({ nodeCount, loose, rows }: Graph): MainCounts {
  const macs = new Float64Array(nodeCount);
  const params = new Float64Array(nodeCount);
  const bounded: number[] = [];
  const others = countsOfNodes(loose);
  const choices: NodeChoice[] = [];
  for (const at of others.bounded) bounded.push(loose[at]!.id);
  for (const choice of others.choices) choices.push({ ...choice, id: loose[choice.id]!.id });
  for (const [at, { id }] of loose.entries()) {
    macs[id] = others.macs[at]!;
    params[id] = others.params[at]!;
  }
  for (let row = 0; row < rows.length; row++) {
    const segment = rows.segment(row);
    if (!segment) continue;
    const own = countsOfSegment(segment);
    const first = rows.first(row);
    for (let id = 0; id < own.macs.length; id++) {
      macs[first + id] = own.macs[id]!;
      params[first + id] = own.params[id]!;
    }
    for (const id of own.bounded) bounded.push(first + id);
    choices.push(...placedChoices(own.choices, first));
  }
  return {
    macs,
    params,
    bounded: bounded.sort((a, b) => a - b),
    choices: choices.length > 0 ? choices.sort((a, b) => a.id - b.id) : choices,
  };
}

/** Each placement of a segment chooses by itself. */
function placedChoices(choices: readonly NodeChoice[], first: number): readonly NodeChoice[] {
  const own = new Map<Picks, Picks>();
  return choices.map(choice => {
    const of = own.get(choice.of) ?? { ...choice.of };
    own.set(choice.of, of);
    return { ...choice, id: first + choice.id, of };
  });
}

/** Choices of nodes that may be in placements of segments. */
export function choicesByRow(choices: readonly NodeChoice[], rows: Graph['rows']): readonly NodeChoice[] {
  const all: NodeChoice[] = [];
  let at = 0;
  for (let row = 0; row < rows.length; row++) {
    const [first, end] = [rows.first(row), rows.end(row)];
    while (at < choices.length && choices[at]!.id < first) all.push(choices[at++]!);
    const from = at;
    while (at < choices.length && choices[at]!.id < end) at++;
    const own = choices.slice(from, at);
    all.push(...(rows.segment(row) ? placedChoices(own, 0) : own));
  }
  return [...all, ...choices.slice(at)];
}

/** A segment is counted once, however often it is placed. */
function countsOfSegment({ nodes, counts }: Segment): MainCounts {
  return (counts.held as MainCounts | undefined) ?? (counts.hold(countsOfNodes(nodes)) as MainCounts);
}

function countsOfNodes(nodes: readonly GraphNode[]): MainCounts {
  const macs = new Float64Array(nodes.length);
  const params = new Float64Array(nodes.length);
  const bounded: number[] = [];
  const choices: NodeChoice[] = [];
  for (const [at, node] of nodes.entries()) {
    if (node.why === undefined && !node.op.counts) continue;
    const counts = stated(node);
    macs[at] = counts.macs ?? 0;
    if (isBoundless(node)) bounded.push(at);
    else if (macs[at]! > 0 && isBounded(node)) {
      const choice = choiceOf(node, each => stated(each).macs ?? 0);
      if (choice) {
        choices.push({ ...choice, id: at });
        macs[at] = 0;
      } else bounded.push(at);
    }
    params[at] = node.shares ? 0 : (counts.weights ?? 0) + (counts.biases ?? 0) + (counts.normAffine ?? 0);
  }
  return { macs, params, bounded, choices };
}

/**
 * Elements of new memory that each node's outputs take; 0 for views, and for operators that overwrite an input that no
 * other node reads. Indexed by node.
 */
export function activationsOf(graph: Graph): Float64Array {
  const { ownsNew } = buffersOf(graph);
  const elements = new Float64Array(graph.nodes.length);
  for (const node of graph.nodes) {
    // The network's inputs are not its activations.
    if (node.op.name === 'input' || !ownsNew(node)) continue;
    let sum = 0;
    for (let port = 0; port < node.outputs.length; port++) sum += elementsOf(node, port);
    elements[node.id] = sum;
  }
  return elements;
}

export interface Buffers {
  /** The number of outputs; buffers are numbered below it. */
  readonly count: number;
  /** Whether a node's outputs are new memory: neither views nor in-place. */
  ownsNew(node: GraphNode): boolean;
  /** The buffer of an output. */
  of(node: GraphNode, port: number): number;
}

const buffers = new WeakMap<Graph, Buffers>();

/** Assigns outputs to buffers: views alias, and element-wise operators of one input overwrite it. */
export function buffersOf(graph: Graph): Buffers {
  const known = buffers.get(graph) ?? newBuffers(graph);
  buffers.set(graph, known);
  return known;
}

function newBuffers(graph: Graph): Buffers {
  const { nodes } = graph;
  // Outputs are numbered consecutively by node.
  const base = new Uint32Array(nodes.length + 1);
  for (let id = 0; id < nodes.length; id++) base[id + 1] = base[id]! + nodes[id]!.outputs.length;
  const count = base[nodes.length]!;
  const known = (node: GraphNode): boolean => nodes[node.id] === node;

  // The memory that each output (also a view) refers to, and the number of nodes that read it, not counting views.
  const home = new Uint32Array(count);
  const owner = new Uint32Array(count);
  const readers = new Uint32Array(count);
  for (let id = 0; id < nodes.length; id++) {
    const node = nodes[id]!;
    const { inputs } = node;
    const source = inputs[0];
    const view = node.op.kind === 'view' && source !== undefined && known(source.node);
    for (let at = base[id]!; at < base[id + 1]!; at++) {
      owner[at] = id;
      home[at] = view ? home[base[source.node.id]! + source.port]! : at;
    }
    if (view) continue;
    for (let index = 0; index < inputs.length; index++) {
      const tensor = inputs[index]!;
      if (!known(tensor.node)) continue;
      const at = home[base[tensor.node.id]! + tensor.port]!;
      // A node that reads the same memory twice is one reader.
      let again = false;
      for (let before = 0; before < index && index < 8 && !again; before++) {
        const other = inputs[before]!;
        again = known(other.node) && home[base[other.node.id]! + other.port] === at;
      }
      if (!again) readers[at]!++;
    }
  }
  // Outputs of the network are read by the caller, and so are the caller's inputs.
  for (const tensor of graph.outputs) {
    if (known(tensor.node)) readers[home[base[tensor.node.id]! + tensor.port]!]!++;
  }

  // Second pass, in order: an in-place operator reuses its input's memory if it is the only reader.
  const lives = new Uint32Array(count);
  const fresh = new Uint8Array(nodes.length);
  for (let id = 0; id < nodes.length; id++) {
    const node = nodes[id]!;
    const source = node.inputs[0];
    let target = -1;
    if (source && known(source.node)) {
      const from = base[source.node.id]! + source.port;
      if (node.op.kind === 'view') target = lives[from]!;
      else if (node.op.inPlace && node.inputs.length === 1 && source.node.op.kind !== 'source') {
        const at = home[from]!;
        if (readers[at] === 1 && nodes[owner[at]!]!.op.kind !== 'source') target = lives[from]!;
      }
    }
    fresh[id] = target < 0 ? 1 : 0;
    for (let at = base[id]!; at < base[id + 1]!; at++) lives[at] = target < 0 ? at : target;
  }
  return {
    count,
    ownsNew: node => fresh[node.id] === 1,
    of: (node, port) => lives[base[node.id]! + port]!,
  };
}

/**
 * Elements of memory of an output; 0 for a learned tensor, whose memory is that of the parameters. NaN where they are not
 * known, and of what may not run at all.
 */
export function elementsOf(node: GraphNode, port: number): number {
  if (node.op.name === 'parameter') return 0;
  if (node.guard) return Number.NaN;
  const shape = node.outputs[port]?.shape;
  return shape ? size(shape) : Number.NaN;
}

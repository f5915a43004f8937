import type { Graph, GraphNode } from '../graph/graph.ts';
import type { Counts } from '../ops/op.ts';
import { size } from '../ops/rules/shape.ts';

const none: Counts = {
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
};

const unknown: Counts = Object.freeze(
  Object.fromEntries(Object.keys(none).map(key => [key, Number.NaN])),
) as unknown as Counts;

/** The exact counts of one node for one sample; NaN for a count that is not known. Parameters in use again are 0. */
export function countsOf(node: GraphNode): Counts {
  if (node.why !== undefined) return unknown;
  const rule = node.op.counts;
  if (!rule) return none;
  const inputs = node.inputs.map(tensor => tensor.shape!);
  const outputs = node.outputs.map(tensor => tensor.shape!);
  const counts = { ...none, ...rule(node.attrs, inputs, outputs) };
  if (node.shares) {
    counts.weights = 0;
    counts.biases = 0;
    counts.normAffine = 0;
    counts.normStats = 0;
  }
  return counts;
}

/** Learnable parameters: running statistics are none. */
export function parameters(counts: Counts): number {
  return counts.weights + counts.biases + counts.normAffine;
}

/**
 * Elements of new memory that each node's outputs take: 0 for views and for operators that work in the memory of an
 * input that nobody else reads. Indexed by node.
 */
export function activationsOf(graph: Graph): Float64Array {
  const buffers = buffersOf(graph);
  const elements = new Float64Array(graph.nodes.length);
  for (const node of graph.nodes) {
    let sum = 0;
    for (let port = 0; port < node.outputs.length; port++) {
      if (buffers.ownsNew(node, port)) sum += elementsOf(node, port);
    }
    elements[node.id] = sum;
  }
  return elements;
}

export interface Buffers {
  /** Whether an output is new memory: neither a view nor written over the input. */
  ownsNew(node: GraphNode, port: number): boolean;
  /** The node and port whose memory an output lives in, as node id × 2¹⁰ + port. */
  of(node: GraphNode, port: number): number;
}

const ports = 1024;

/** Which memory each output lives in, by the design's rule: views alias, element-wise operators of one input overwrite. */
export function buffersOf(graph: Graph): Buffers {
  const { nodes } = graph;
  // Readers of each tensor's memory under all its names (views), views themselves not counted.
  const alias = new Float64Array(nodes.length);
  const multi = new Map<number, number>();
  const readers = new Map<number, number>();
  const key = (node: GraphNode, port: number): number => node.id * ports + port;
  const home = (node: GraphNode, port: number): number => (port === 0 ? alias[node.id]! : multi.get(key(node, port))!);
  const set = (node: GraphNode, port: number, value: number): void => {
    if (port === 0) alias[node.id] = value;
    else multi.set(key(node, port), value);
  };
  const known = (node: GraphNode): boolean => nodes[node.id] === node;

  for (const node of nodes) {
    const source = node.inputs[0];
    const view = node.op.kind === 'view' && source !== undefined && known(source.node);
    for (let port = 0; port < node.outputs.length; port++) {
      set(node, port, view ? home(source.node, source.port) : key(node, port));
    }
    if (view) continue;
    const seen = new Set<number>();
    for (const tensor of node.inputs) {
      if (!known(tensor.node)) continue;
      const at = home(tensor.node, tensor.port);
      if (!seen.has(at)) readers.set(at, (readers.get(at) ?? 0) + 1);
      seen.add(at);
    }
  }
  // What the network returns is read by its user, and so is the user's own input.
  for (const tensor of graph.outputs) {
    if (!known(tensor.node)) continue;
    const at = home(tensor.node, tensor.port);
    readers.set(at, (readers.get(at) ?? 0) + 1);
  }

  // Second pass, in order: an in-place operator lives in its input's memory if it is the only reader.
  const lives = new Float64Array(nodes.length);
  const livesMulti = new Map<number, number>();
  const livesOf = (node: GraphNode, port: number): number =>
    port === 0 ? lives[node.id]! : livesMulti.get(key(node, port))!;
  const fresh = new Uint8Array(nodes.length);
  for (const node of nodes) {
    const source = node.inputs[0];
    let target: number | undefined;
    if (source && known(source.node)) {
      if (node.op.kind === 'view') target = livesOf(source.node, source.port);
      else if (node.op.inPlace && node.inputs.length === 1 && source.node.op.kind !== 'source') {
        const at = home(source.node, source.port);
        const origin = nodes[Math.floor(at / ports)]!;
        if (readers.get(at) === 1 && origin.op.kind !== 'source') target = livesOf(source.node, source.port);
      }
    }
    fresh[node.id] = target === undefined ? 1 : 0;
    for (let port = 0; port < node.outputs.length; port++) {
      const value = target ?? key(node, port);
      if (port === 0) lives[node.id] = value;
      else livesMulti.set(key(node, port), value);
    }
  }
  return {
    ownsNew: node => fresh[node.id] === 1,
    of: livesOf,
  };
}

/** Elements of memory that an output takes; none for a learned tensor, whose memory is that of the parameters. */
export function elementsOf(node: GraphNode, port: number): number {
  if (node.op.name === 'parameter') return 0;
  const shape = node.outputs[port]?.shape;
  return shape ? size(shape) : Number.NaN;
}

import type { Graph } from '../graph/graph.ts';
import { type Buffers, buffersOf, elementsOf } from './counts.ts';

export interface Peak {
  /** Elements alive at the peak, including network inputs but not parameters; NaN if unknown. */
  readonly elements: number;
  /** The node that runs at the peak. */
  readonly node: number;
}

/** By buffer, the last node that needs it; the number of nodes for the network's outputs. */
export function endsOf({ nodes, outputs }: Graph, buffers: Buffers): Int32Array {
  const ends = new Int32Array(buffers.count).fill(-1);
  for (const node of nodes) {
    for (let port = 0; port < node.outputs.length; port++) ends[buffers.of(node, port)] = node.id;
    for (const tensor of node.inputs) {
      if (nodes[tensor.node.id] === tensor.node) ends[buffers.of(tensor.node, tensor.port)] = node.id;
    }
  }
  for (const tensor of outputs) {
    if (nodes[tensor.node.id] === tensor.node) ends[buffers.of(tensor.node, tensor.port)] = nodes.length;
  }
  return ends;
}

/** The largest sum of live tensors in source order; a node's inputs and outputs are alive while it runs. */
export function peakOf(graph: Graph, buffers: Buffers = buffersOf(graph)): Peak {
  const { nodes } = graph;
  const elements = new Float64Array(buffers.count).fill(-1);
  const lastUse = endsOf(graph, buffers);
  // For each node, the buffers that it is the first or last to need: linked lists in two arrays.
  const born = new Int32Array(nodes.length).fill(-1);
  const nextBorn = new Int32Array(buffers.count).fill(-1);
  const inputs = new Set(graph.inputs.map(({ tensor }) => tensor.node));
  for (const node of nodes) {
    for (let port = 0; port < node.outputs.length; port++) {
      const buffer = buffers.of(node, port);
      if (elements[buffer] === -1) {
        elements[buffer] = elementsOf(node, port);
        // Inputs exist from the start.
        const at = inputs.has(node) ? 0 : node.id;
        nextBorn[buffer] = born[at]!;
        born[at] = buffer;
      }
    }
  }
  const died = new Int32Array(nodes.length).fill(-1);
  const nextDied = new Int32Array(buffers.count).fill(-1);
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    const at = lastUse[buffer]!;
    if (at < 0 || at >= nodes.length) continue;
    nextDied[buffer] = died[at]!;
    died[at] = buffer;
  }

  let live = 0;
  let best: Peak = { elements: 0, node: 0 };
  for (let at = 0; at < nodes.length; at++) {
    for (let buffer = born[at]!; buffer >= 0; buffer = nextBorn[buffer]!) live += elements[buffer]!;
    if (Number.isNaN(live)) return { elements: Number.NaN, node: at };
    if (live > best.elements) best = { elements: live, node: at };
    for (let buffer = died[at]!; buffer >= 0; buffer = nextDied[buffer]!) live -= elements[buffer]!;
  }
  return best;
}

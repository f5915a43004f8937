import type { Graph } from '../graph/graph.ts';
import { type Buffers, buffersOf, elementsOf } from './counts.ts';

export interface Peak {
  /** Elements alive together at the worst moment, network inputs included, parameters apart; NaN where unknown. */
  readonly elements: number;
  /** The node that runs at that moment. */
  readonly node: number;
}

/** The largest sum of live tensors in source order: inputs and outputs of a node live while it runs. */
export function peakOf(graph: Graph, buffers: Buffers = buffersOf(graph)): Peak {
  const { nodes } = graph;
  const sizes = new Map<number, number>();
  const lastUse = new Map<number, number>();
  const touch = (buffer: number, at: number): void => {
    lastUse.set(buffer, Math.max(lastUse.get(buffer) ?? -1, at));
  };
  const births: number[][] = nodes.map(() => []);
  for (const node of nodes) {
    for (let port = 0; port < node.outputs.length; port++) {
      const buffer = buffers.of(node, port);
      if (!sizes.has(buffer)) {
        sizes.set(buffer, elementsOf(node, port));
        // Inputs are there from the start.
        (node.op.kind === 'source' && graph.inputs.some(({ tensor }) => tensor.node === node)
          ? births[0]!
          : births[node.id]!
        ).push(buffer);
      }
      touch(buffer, node.id);
    }
    for (const tensor of node.inputs)
      if (nodes[tensor.node.id] === tensor.node) touch(buffers.of(tensor.node, tensor.port), node.id);
  }
  for (const tensor of graph.outputs) {
    if (nodes[tensor.node.id] === tensor.node) touch(buffers.of(tensor.node, tensor.port), nodes.length);
  }
  const deaths: number[][] = nodes.map(() => []);
  for (const [buffer, at] of lastUse) deaths[at]?.push(buffer);

  let live = 0;
  let best: Peak = { elements: 0, node: 0 };
  for (let at = 0; at < nodes.length; at++) {
    for (const buffer of births[at]!) live += sizes.get(buffer)!;
    if (Number.isNaN(live)) return { elements: Number.NaN, node: at };
    if (live > best.elements) best = { elements: live, node: at };
    for (const buffer of deaths[at]!) live -= sizes.get(buffer)!;
  }
  return best;
}

// Outputs that nothing uses.
import type { Frame, Graph } from '../graph/graph.ts';

/** A test of whether anything outside a frame, or the network's output, uses what is made inside it. */
export function usesOf({ nodes, outputs }: Graph): (frame: Pick<Frame, 'first' | 'end'>) => boolean {
  const lastUse = new Float64Array(nodes.length).fill(-1);
  for (const { id, inputs } of nodes) {
    for (const { node } of inputs) if (nodes[node.id] === node) lastUse[node.id] = id;
  }
  for (const { node } of outputs) if (nodes[node.id] === node) lastUse[node.id] = nodes.length;
  return ({ first, end }) => {
    for (let id = first; id < end; id++) if (lastUse[id]! >= end) return true;
    return false;
  };
}

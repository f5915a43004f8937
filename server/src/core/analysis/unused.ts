// Outputs that nothing uses.
import type { Frame, Graph } from '../graph/graph.ts';

/** Returns a test of whether any output of a frame is used outside of it, or is an output of the network. */
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

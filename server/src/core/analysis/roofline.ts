// Estimates how long a network takes on a device with the roofline model: a layer takes as long as its arithmetic or
// its memory traffic, whichever is longer. Ignores caches, kernel launches and overlap between layers.
import type { GraphNode } from '../graph/graph.ts';
import { buffersOf, elementsOf } from './counts.ts';
import type { Amount, Model } from './model.ts';

/** The peak performance of a device, and the workload. */
export interface Roof {
  /** Operations per second; a multiply-accumulate is two. */
  readonly operations: number;
  /** Bytes per second between memory and processor. */
  readonly bandwidth: number;
  readonly bytesPerElement: number;
  /** Samples computed at once. */
  readonly batch: number;
}

/** Seconds that a network takes, by layer. */
export interface Estimate {
  readonly total: Amount;
  /** For the nodes `first` to `end` − 1. */
  of(stretch: { readonly first: number; readonly end: number }): Amount;
  ofNode(node: GraphNode): LayerTime;
}

/** Seconds of arithmetic and of memory traffic of an operator; NaN if unknown. */
export interface LayerTime {
  readonly compute: number;
  readonly traffic: number;
}

/**
 * Each operator reads its inputs and parameters once and writes its outputs once. In-place operators (batch norm, an
 * activation that is the only reader) are fused with the operator before them, views move nothing, and a lookup reads
 * only the rows it outputs.
 */
export function roofline(model: Model, { operations, bandwidth, bytesPerElement, batch }: Roof): Estimate {
  const { graph } = model;
  const buffers = buffersOf(graph);
  const ofNode = (node: GraphNode): LayerTime => {
    if (node.op.kind === 'source') return { compute: 0, traffic: 0 };
    // It may not run.
    if (node.guard) return { compute: Number.NaN, traffic: Number.NaN };
    const { macs } = model.counts(node);
    const compute = (2 * macs * batch) / operations;
    if (!buffers.ownsNew(node) && node.why === undefined) return { compute, traffic: 0 };
    const { weights, biases, normAffine } = model.counts(node.shares ?? node);
    const params = weights + biases + normAffine;
    const written = node.outputs.reduce((sum, _, port) => sum + elementsOf(node, port), 0);
    const isLookup = node.op.name === 'embedding';
    const inputs = new Set(node.inputs);
    let read = 0;
    for (const { node: from, port } of inputs) read += elementsOf(from, port);
    const elements = (read + written + (isLookup ? written : 0)) * batch + (isLookup ? 0 : params);
    return { compute, traffic: (elements * bytesPerElement) / bandwidth };
  };
  const seconds = graph.nodes.map(node => {
    const { compute, traffic } = ofNode(node);
    return Math.max(compute, traffic);
  });
  const of = ({ first, end }: { readonly first: number; readonly end: number }): Amount => {
    let value = 0;
    let complete = true;
    for (let id = first; id < end; id++) {
      const own = seconds[id]!;
      if (Number.isNaN(own)) complete = false;
      else value += own;
    }
    const { macs, params } = model.costOf({ first, end });
    // Nodes with bounded sizes have no time, so the sum of the others is a lower bound.
    const doubtful = (macs.doubtful && !macs.bound) || params.doubtful;
    return { value, complete: complete && macs.complete && params.complete, ...(doubtful ? { doubtful } : {}) };
  };
  return { total: of({ first: 0, end: graph.nodeCount }), of, ofNode };
}

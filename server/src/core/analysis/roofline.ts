// How long a network takes on a device, by its roofline: a layer takes as long as its arithmetic or its memory traffic,
// whichever is longer. An estimate: it knows no caches, no launches, no overlap between layers.
import type { GraphNode } from '../graph/graph.ts';
import { buffersOf, elementsOf } from './counts.ts';
import type { Amount, Model } from './model.ts';

/** What a device can do at best, and what it is to do. */
export interface Roof {
  /** Operations a second, of which a multiply-accumulate is two. */
  readonly operations: number;
  /** Bytes a second between memory and processor. */
  readonly bandwidth: number;
  readonly bytesPerElement: number;
  /** Samples that are computed at once. */
  readonly batch: number;
}

/** Seconds that a network takes, layer by layer. */
export interface Estimate {
  readonly total: Amount;
  /** Of the nodes `first` to `end` − 1. */
  of(stretch: { readonly first: number; readonly end: number }): Amount;
  ofNode(node: GraphNode): LayerTime;
}

/** Seconds that one operator needs for its arithmetic, and for its traffic; NaN for what is not known. */
export interface LayerTime {
  readonly compute: number;
  readonly traffic: number;
}

/**
 * Each operator reads its inputs and its parameters once and writes its outputs once. What works in the memory of its input
 * (batch norm, activations where nobody else reads it) is done with the operator in front of it, views move nothing, and a
 * lookup reads the rows that it outputs.
 */
export function roofline(model: Model, { operations, bandwidth, bytesPerElement, batch }: Roof): Estimate {
  const { graph } = model;
  const buffers = buffersOf(graph);
  const ofNode = (node: GraphNode): LayerTime => {
    if (node.op.kind === 'source') return { compute: 0, traffic: 0 };
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
    const doubtful = macs.doubtful || params.doubtful;
    return { value, complete: complete && macs.complete && params.complete, ...(doubtful ? { doubtful } : {}) };
  };
  return { total: of({ first: 0, end: graph.nodeCount }), of, ofNode };
}

// What is in memory while a network runs, operator by operator.
import type { Graph, GraphNode } from '../graph/graph.ts';
import { buffersOf, elementsOf } from './counts.ts';
import { endsOf } from './liveness.ts';

/** A buffer that is in memory for some time. */
export interface Piece {
  /** The operator that allocates it. */
  readonly node: GraphNode;
  /** The output it holds; undefined for a buffer that is not an output. */
  readonly port: number | undefined;
  /** NaN if unknown. */
  readonly bytes: number;
  /** The nodes that run first and last while it is in memory. */
  readonly from: number;
  readonly to: number;
  /** Whether the backward pass needs it. */
  readonly saved: boolean;
}

export interface Timeline {
  /** In order of allocation. */
  readonly pieces: readonly Piece[];
  /** Bytes in memory while each node runs. */
  readonly bytes: Float64Array;
  /** The first node with the most bytes in memory, and this maximum. */
  readonly peak: { readonly node: number; readonly bytes: number };
  /** Bytes kept for the backward pass; 0 for inference. */
  readonly saved: number;
  /** False if something is unknown, so the true value may be larger. */
  readonly complete: boolean;
}

export function timelineOf(pieces: readonly Piece[], count: number, isComplete: boolean): Timeline {
  const change = new Float64Array(count + 1);
  let complete = isComplete;
  let saved = 0;
  for (const piece of pieces) {
    if (Number.isNaN(piece.bytes)) {
      complete = false;
      continue;
    }
    change[piece.from]! += piece.bytes;
    change[piece.to + 1]! -= piece.bytes;
    if (piece.saved) saved += piece.bytes;
  }
  const bytes = new Float64Array(count);
  let peak = { node: 0, bytes: 0 };
  let now = 0;
  for (let at = 0; at < count; at++) {
    now += change[at]!;
    bytes[at] = now;
    if (now > peak.bytes) peak = { node: at, bytes: now };
  }
  return { pieces, bytes, peak, saved, complete };
}

/**
 * The timeline of a runtime that plans ahead: a tensor is freed after its last reader, and an element-wise operator
 * works in place if it is the only reader of its input. Its peak is that of `peakOf`.
 */
export function idealTimeline(graph: Graph, bytesPerElement: number): Timeline {
  const { nodes } = graph;
  const buffers = buffersOf(graph);
  const ends = endsOf(graph, buffers);
  const inputs = new Set(graph.inputs.map(({ tensor }) => tensor.node));
  const pieces: Piece[] = [];
  const seen = new Uint8Array(buffers.count);
  for (const node of nodes) {
    for (let port = 0; port < node.outputs.length; port++) {
      const buffer = buffers.of(node, port);
      if (seen[buffer]) continue;
      seen[buffer] = 1;
      const bytes = elementsOf(node, port) * bytesPerElement;
      if (bytes === 0) continue;
      const to = Math.min(ends[buffer]!, nodes.length - 1);
      pieces.push({ node, port, bytes, from: inputs.has(node) ? 0 : node.id, to, saved: false });
    }
  }
  return timelineOf(pieces, nodes.length, true);
}

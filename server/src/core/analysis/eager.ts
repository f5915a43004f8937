// The memory of a network in eager PyTorch: a tensor lives as long as the program refers to it, in-place operators
// write where the program says so, and in training, what the backward pass needs is kept.
import type { Graph, Tensor } from '../graph/graph.ts';
import type { Extra, Saved, Shape } from '../ops/op.ts';
import { size } from '../ops/rules/shape.ts';
import { elementsOf } from './counts.ts';
import { gradientsOf } from './gradients.ts';
import { type Piece, type Timeline, timelineOf } from './timeline.ts';

export interface Setting {
  /** Bytes per element of the network's data type. */
  readonly bytesPerElement: number;
  /** Multiplies the graph's number of samples. */
  readonly batch: number;
  /** Whether to keep what the backward pass needs. */
  readonly training: boolean;
}

const nothing: Saved = {};

/** The timeline of a graph whose lifetimes were recorded; undefined if they were not. */
export function eagerTimeline(graph: Graph, { bytesPerElement, batch, training }: Setting): Timeline | undefined {
  const { nodes, lives, outputs } = graph;
  if (!lives) return undefined;
  const last = nodes.length - 1;
  const gradients = training ? gradientsOf(graph) : undefined;
  const memoryOf = (tensor: Tensor): Tensor => lives.get(tensor)?.memory ?? tensor;
  // By the tensor that owns the memory: when it ends, and whether it is saved.
  const ends = new Map<Tensor, number>();
  const extend = (tensor: Tensor, to: number): void => {
    const memory = memoryOf(tensor);
    if (to > (ends.get(memory) ?? -1)) ends.set(memory, to);
  };
  const saved = new Set<Tensor>();
  const extras: Piece[] = [];
  let complete = true;
  for (const node of nodes) {
    if (node.why !== undefined) complete = false;
    for (const tensor of node.outputs) extend(tensor, lives.get(tensor)?.end ?? node.id);
    for (const tensor of node.inputs) extend(tensor, node.id);
    const inputs = node.inputs.map(shapeOf);
    const results = node.outputs.map(shapeOf);
    const [first] = node.outputs;
    const isKnown = node.why === undefined && [...inputs, ...results].every(shape => shape !== undefined);
    const wanted = isKnown ? gradients?.of(node) : undefined;
    let kept = nothing;
    if (wanted && !(first && lives.get(first)?.isSame)) {
      const isInPlace = first !== undefined && node.op.kind !== 'view' && memoryOf(first) !== first;
      if (node.op.saves) {
        kept = node.op.saves(node.attrs, inputs as Shape[], results as Shape[], { ...wanted, isInPlace });
      } else complete = false;
    }
    const copied = (first && lives.get(first)?.copied) ?? [];
    for (const at of kept.inputs ?? []) if (!copied.includes(at)) saved.add(memoryOf(node.inputs[at]!));
    for (const at of kept.outputs ?? []) saved.add(memoryOf(node.outputs[at]!));
    const made =
      kept.extras ?? (isKnown ? node.op.makes?.(node.attrs, inputs as Shape[], results as Shape[]) : []) ?? [];
    const keep = (extra: Extra, isSaved: boolean): void => {
      const bytes = extraBytes(extra);
      extras.push({ node, port: undefined, bytes, from: node.id, to: isSaved ? last : node.id, saved: isSaved });
    };
    for (const extra of made) keep(extra, kept.extras !== undefined);
    for (const at of copied) keep({ elements: size(inputs[at] ?? []) }, kept.inputs?.includes(at) ?? false);
  }
  for (const tensor of outputs) extend(tensor, last);
  for (const { tensor } of graph.inputs) extend(tensor, last);

  const pieces: Piece[] = [];
  let next = 0;
  for (const node of nodes) {
    for (const [port, tensor] of node.outputs.entries()) {
      const life = lives.get(tensor);
      if (!life || life.memory !== tensor || life.isGiven) continue;
      const bytes = elementsOf(node, port) * (life.bytes || bytesPerElement) * batch;
      const isSaved = saved.has(tensor);
      // Inputs exist before anything runs.
      const from = node.op.name === 'input' ? 0 : node.id;
      pieces.push({ node, port, bytes, from, to: isSaved ? last : ends.get(tensor)!, saved: isSaved });
    }
    while (next < extras.length && extras[next]!.node === node) pieces.push(extras[next++]!);
  }

  function extraBytes({ elements, bytes = bytesPerElement, once = false }: Extra): number {
    return elements * bytes * (once ? 1 : batch);
  }

  return timelineOf(pieces, nodes.length, complete);
}

const shapeOf = ({ shape }: Tensor): Shape | undefined => shape;

// Which gradients a backward pass computes: those that parameters need, for outputs that a loss depends on.
import type { Graph, GraphNode, Tensor, Training } from '../graph/graph.ts';
import type { Shape, Wanted } from '../ops/op.ts';
import { noParameters, parametersOf } from './counts.ts';

export interface Gradients {
  /** Undefined if a node has no backward pass. */
  of(node: GraphNode): Wanted | undefined;
}

/**
 * Follows PyTorch's autograd. A tensor needs a gradient if it depends on a trained parameter; a node has a backward
 * pass if its output needs a gradient and the network's output depends on it; it then computes the gradients of its
 * trained weights and of the inputs that need one. Unknown parts count nothing, so totals are lower bounds.
 */
export function gradientsOf({ nodes, outputs, untrained }: Graph): Gradients {
  // Outputs are numbered consecutively by node.
  const base = new Uint32Array(nodes.length + 1);
  for (let id = 0; id < nodes.length; id++) base[id + 1] = base[id]! + nodes[id]!.outputs.length;
  const needed = new Uint8Array(base[nodes.length]!);
  const reached = new Uint8Array(base[nodes.length]!);
  /** Undefined for nodes that were cut at the size limit. */
  const at = ({ node, port }: Tensor): number | undefined =>
    nodes[node.id] === node ? base[node.id]! + port : undefined;
  const isSet = (flags: Uint8Array, tensor: Tensor): boolean => {
    const index = at(tensor);
    return index !== undefined && flags[index] === 1;
  };
  const passes = ({ op }: GraphNode, input: number, output: number): boolean => op.passes?.(input, output) ?? true;

  const trainingOf = ({ id, training }: GraphNode): Training | undefined => {
    if (id < untrained.detached) return 'detached';
    if (id < untrained.forwardOnly) return 'forward-only';
    return training ?? (id < untrained.frozenWeights ? 'frozen-weights' : undefined);
  };

  const trainsWeights = new Uint8Array(nodes.length);
  for (const node of nodes) {
    const training = trainingOf(node);
    if (training === 'detached') continue;
    const { weights, all } = training === 'frozen' ? noParameters : parametersOf(node);
    if (weights > 0 && training !== 'frozen-weights') trainsWeights[node.id] = 1;
    const isTrained = training === 'forward-only' || all > weights || trainsWeights[node.id] === 1;
    for (let port = 0; port < node.outputs.length; port++) {
      if (isTrained || node.inputs.some((input, index) => passes(node, index, port) && isSet(needed, input))) {
        needed[base[node.id]! + port] = 1;
      }
    }
  }

  const reach = (tensor: Tensor): void => {
    const index = at(tensor);
    if (index !== undefined && needed[index] === 1) reached[index] = 1;
  };
  // If the network computes a loss itself, that is what it is trained for.
  const losses = outputs.filter(output => output.node.op.name === 'loss' && isSet(needed, output));
  for (const output of losses.length > 0 ? losses : outputs) reach(output);
  /** The outputs of a node whose gradients it passes on. */
  const portsOf = (node: GraphNode): readonly number[] =>
    trainingOf(node) === 'forward-only'
      ? []
      : node.outputs.flatMap((_, port) => (reached[base[node.id]! + port] === 1 ? [port] : []));
  for (let id = nodes.length - 1; id >= 0; id--) {
    const node = nodes[id]!;
    const ports = portsOf(node);
    if (ports.length === 0) continue;
    for (const [index, input] of node.inputs.entries()) {
      if (ports.some(port => passes(node, index, port))) reach(input);
    }
  }

  return {
    of(node) {
      const ports = portsOf(node);
      if (ports.length === 0) return undefined;
      const inputs = node.inputs.map(
        (input, index) => isSet(needed, input) && ports.some(port => passes(node, index, port)),
      );
      return { inputs, weights: trainsWeights[node.id] === 1 };
    },
  };
}

/** Multiply-accumulates of a node's backward pass; NaN if unknown. */
export function backwardMacs(node: GraphNode, gradients: Gradients): number {
  if (node.why !== undefined) return Number.NaN;
  const { backward } = node.op;
  const wanted = backward && gradients.of(node);
  if (!wanted) return 0;
  if (node.training === 'partly-frozen') return Number.NaN;
  return backward(node.attrs, node.inputs.map(shapeOf), node.outputs.map(shapeOf), wanted);
}

const shapeOf = ({ shape }: Tensor): Shape => shape!;

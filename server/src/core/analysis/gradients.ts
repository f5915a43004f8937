// Which gradients a backward pass computes: those that parameters need, of outputs that a loss is computed from.
import type { Graph, GraphNode, Tensor, Training } from '../graph/graph.ts';
import type { Shape, Wanted } from '../ops/op.ts';
import { noParameters, parametersOf } from './counts.ts';

export interface Gradients {
  /** Undefined for a node that has no backward pass. */
  of(node: GraphNode): Wanted | undefined;
}

/**
 * As PyTorch's autograd decides it. A tensor needs a gradient if a trained parameter has a part in it; a node has a
 * backward pass if its output needs a gradient and the network's output depends on it; it computes the gradients of its
 * trained weights and of those inputs that need one. Of what is unknown nothing is counted: totals are lower bounds.
 */
export function gradientsOf({ nodes, outputs, untrained }: Graph): Gradients {
  // Outputs are numbered through: those of a node follow each other.
  const base = new Uint32Array(nodes.length + 1);
  for (let id = 0; id < nodes.length; id++) base[id + 1] = base[id]! + nodes[id]!.outputs.length;
  const needed = new Uint8Array(base[nodes.length]!);
  const reached = new Uint8Array(base[nodes.length]!);
  /** Undefined for what was cut at the limit of nodes. */
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
  // A loss that the network computes itself is what it is trained for.
  const losses = outputs.filter(output => output.node.op.name === 'loss' && isSet(needed, output));
  for (const output of losses.length > 0 ? losses : outputs) reach(output);
  /** The outputs whose gradients a node passes on. */
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

/** Multiply-accumulates of a node's backward pass; NaN where they are not known. */
export function backwardMacs(node: GraphNode, gradients: Gradients): number {
  if (node.why !== undefined) return Number.NaN;
  const { backward } = node.op;
  const wanted = backward && gradients.of(node);
  if (!wanted) return 0;
  if (node.training === 'partly-frozen') return Number.NaN;
  return backward(node.attrs, node.inputs.map(shapeOf), node.outputs.map(shapeOf), wanted);
}

const shapeOf = ({ shape }: Tensor): Shape => shape!;

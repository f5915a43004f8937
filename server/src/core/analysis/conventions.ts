// Whose number: each convention is a pure function of a node, one table each, by operator.
import type { GraphNode, Tensor } from '../graph/graph.ts';
import type { Counts, Shape } from '../ops/op.ts';
import { size } from '../ops/rules/shape.ts';

export type ConventionName = 'macs' | 'flops' | 'thop' | 'ultralytics' | 'fvcore' | 'darknet' | 'all-ops';

export interface Convention {
  readonly name: ConventionName;
  readonly unit: string;
  /** What it counts, for menus and hovers. */
  readonly summary: string;
  /** What one node costs; NaN where its counts or shapes are unknown. */
  readonly of: (node: GraphNode, counts: Counts) => number;
}

export const conventions: readonly Convention[] = [
  {
    name: 'macs',
    unit: 'MACs',
    summary: 'Multiply-accumulates of convolutions, linear layers and matrix products, nothing else.',
    of: (_, counts) => counts.macs,
  },
  {
    name: 'flops',
    unit: 'FLOPs',
    summary: 'Exactly two for each multiply-accumulate.',
    of: (_, counts) => 2 * counts.macs,
  },
  {
    name: 'thop',
    unit: 'MACs',
    summary:
      'As thop counts modules: batch norm 4 an element, transposed convolutions by output, attention products unseen.',
    of: thop,
  },
  {
    name: 'ultralytics',
    unit: 'FLOPs',
    summary: 'Twice thop, as Ultralytics prints (there computed at stride size and scaled up).',
    of: (node, counts) => 2 * thop(node, counts),
  },
  {
    name: 'fvcore',
    unit: 'MACs',
    summary: 'As fvcore counts (it calls them flops): batch norm 2 an element, adaptive average pooling by its input.',
    of: fvcore,
  },
  {
    name: 'darknet',
    unit: 'FLOPs',
    summary:
      'As Darknet’s BFLOPs: two for each multiply-accumulate of a convolution, pooling windows k², shortcuts 1; connected layers 0.',
    of: darknet,
  },
  {
    name: 'all-ops',
    unit: 'ops',
    summary:
      'Every operation: two for each multiply-accumulate, biases, normalization 2 an element, activations and pooling too.',
    of: allOps,
  },
];

export function conventionOf(name: string): Convention | undefined {
  return conventions.find(convention => convention.name === name);
}

// Shapes of a node that conventions look at: complete by the time they are called, NaN where not.
const output = (node: GraphNode): Shape => node.outputs[0]?.shape ?? [];
const input = (node: GraphNode): Shape => node.inputs[0]?.shape ?? [];

/** thop's hooks (vision/basic_hooks.py, calc_func.py, rnn_hooks.py): only modules of its table, by their exact type. */
function thop(node: GraphNode, counts: Counts): number {
  // Bare function calls have no hook, and neither have attention and matrix products.
  if (node.functional) return 0;
  switch (node.op.name) {
    case 'conv':
    case 'linear':
      return counts.macs;
    case 'convTranspose': {
      const { kernel, groups } = node.attrs as { kernel: readonly number[]; groups: number };
      return size(output(node)) * Math.floor((input(node)[1] ?? Number.NaN) / groups) * size(kernel);
    }
    case 'batchNorm':
    case 'instanceNorm':
    case 'layerNorm':
      return (counts.normAffine ? 4 : 2) * size(input(node));
    case 'prelu':
      return size(input(node));
    case 'avgPool':
      return size(output(node));
    case 'adaptiveAvgPool':
    case 'globalAvgPool': {
      const window = size(input(node).slice(2)) / size(output(node).slice(2));
      return Math.trunc((window + 1) * size(output(node)));
    }
    case 'upsample': {
      const { mode } = node.attrs as { mode: string };
      const each = { nearest: 1, linear: 5, bilinear: 11, bicubic: 259 }[mode] ?? 0;
      return each * size(output(node));
    }
    case 'lstm':
      return counts.macs + recurrentStates(node) * (4 * perGate(node) + 4);
    case 'gru':
      return counts.macs + recurrentStates(node) * (3 * perGate(node) + 4);
    case 'rnn':
      return counts.macs + recurrentStates(node) * perGate(node);
    case 'softmax': {
      const { axis } = node.attrs as { axis: number };
      const shape = input(node);
      const features = shape.at(axis) ?? Number.NaN;
      return (size(shape) / features) * (3 * features - 1);
    }
    default:
      return 0;
  }
}

/** Elements of all states over all steps of a recurrent layer. */
function recurrentStates(node: GraphNode): number {
  const { hidden, layers, bidirectional } = node.attrs as { hidden: number; layers: number; bidirectional: boolean };
  return size(output(node).slice(0, 2)) * layers * (bidirectional ? 2 : 1) * hidden;
}

/** thop counts the sum of both products, and both biases, for each gate of each state. */
function perGate(node: GraphNode): number {
  return (node.attrs as { bias: boolean }).bias ? 3 : 1;
}

/** fvcore's handles (nn/jit_handles.py, nn/flop_count.py); what it has no handle for is 0. */
function fvcore(node: GraphNode, counts: Counts): number {
  switch (node.op.name) {
    case 'batchNorm':
      // Without running statistics it is computed as in training.
      if ((node.attrs as { stats?: boolean }).stats === false) return (counts.normAffine ? 5 : 4) * size(input(node));
      return (counts.normAffine ? 2 : 1) * size(input(node));
    case 'layerNorm':
    case 'groupNorm':
    case 'instanceNorm':
      return (counts.normAffine ? 5 : 4) * size(input(node));
    case 'adaptiveAvgPool':
    case 'globalAvgPool':
      return input(node).length === 4 ? size(input(node)) : 0;
    case 'upsample': {
      const { mode } = node.attrs as { mode: string };
      const each = { nearest: 1, bilinear: 4 }[mode] ?? 0;
      return input(node).length === 4 ? each * size(output(node)) : 0;
    }
    case 'gridSample':
      return 4 * size(output(node));
    case 'scaledDotProduct':
    case 'lstm':
    case 'gru':
    case 'rnn':
      return 0;
    default:
      return counts.macs;
  }
}

/**
 * Darknet's `bflops` of AlexeyAB's fork (convolutional_layer.c, maxpool_layer.c, shortcut_layer.c, conv_lstm_layer.c):
 * connected layers add nothing, and nothing else has any.
 */
function darknet(node: GraphNode, counts: Counts): number {
  switch (node.op.name) {
    case 'conv':
      return (2 * counts.macs) / ((node.attrs as { binary?: boolean }).binary ? 32 : 1);
    case 'maxPool':
    case 'avgPool': {
      // The blur behind an antialiased layer, and a shrinking upsample, have no part in the sum.
      if (node.op.name === 'avgPool' && node.functional) return 0;
      const { kernel } = node.attrs as { kernel: readonly number[] };
      return size(kernel) * size(output(node));
    }
    case 'add': {
      // One for each further input; twice that where the sum has learned weights.
      const weighted = node.inputs.every(({ node: { op, inputs } }) => op.name === 'mul' && isParameter(inputs[1]));
      return (node.inputs.length - 1) * size(output(node)) * (weighted ? 2 : 1);
    }
    case 'recurrentCell':
      // A convolutional LSTM counts 9 an element, 12 with peepholes; recurrent layers of connected ones count nothing.
      return (node.attrs as { cell: string }).cell === 'lstm' && output(node).length === 4
        ? node.inputs.length * size(output(node))
        : 0;
    default:
      return 0;
  }
}

function isParameter(tensor: Tensor | undefined): boolean {
  return tensor?.node.op.name === 'parameter';
}

function allOps(node: GraphNode, counts: Counts): number {
  if (node.op.kind === 'activation') return size(output(node));
  return 2 * counts.macs + counts.adds + counts.muls + counts.divs + counts.compares + counts.exps;
}

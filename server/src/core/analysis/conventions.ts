// Counting conventions: whose number is shown. Each is a pure function of a node, written as a table by operator.
import * as l10n from '@vscode/l10n';
import type { GraphNode, Tensor } from '../graph/graph.ts';
import type { AvgPool } from '../ops/avgPool.ts';
import type { Counts, Shape } from '../ops/op.ts';
import { adaptiveTaps } from '../ops/rules/pool.ts';
import { size } from '../ops/rules/shape.ts';
import type { Work } from './work.ts';

/** Conventions that users can choose. */
type Preset = 'macs' | 'flops' | 'thop' | 'ultralytics' | 'fvcore' | 'darknet' | 'all-ops';
/** Older releases of thop, doubled: for figures that frameworks printed with them; not a choice for users. */
type Release = '2 × thop 2.0.15' | '2 × thop 2.0.18';
export type ConventionName = Preset | Release;

export interface Convention<Name extends ConventionName = ConventionName> {
  readonly name: Name;
  readonly unit: string;
  readonly work: Work;
  /** What it counts, for menus and hovers. */
  readonly summary: () => string;
  /** What one node costs; NaN where its counts or shapes are unknown. */
  readonly of: (node: GraphNode, counts: Counts) => number;
}

export const conventions: readonly Convention<Preset>[] = [
  {
    name: 'macs',
    unit: 'MACs',
    work: 'inference',
    summary: () => l10n.t('Multiply-accumulates of convolutions, linear layers and matrix products only.'),
    of: (_, counts) => counts.macs,
  },
  {
    name: 'flops',
    unit: 'FLOPs',
    work: 'inference',
    summary: () => l10n.t('Exactly 2 per multiply-accumulate.'),
    of: (_, counts) => 2 * counts.macs,
  },
  {
    name: 'thop',
    unit: 'MACs',
    work: 'inference',
    summary: () =>
      l10n.t(
        'Counts modules as thop 2.1 does: batch norm 4 per element, multi-head attention in full, other matrix products not at all.',
      ),
    of: (node, counts) => thop(node, counts, '2.1.6'),
  },
  {
    name: 'ultralytics',
    unit: 'FLOPs',
    work: 'inference',
    summary: () =>
      l10n.t('Twice thop, plus the matrix products of attention blocks, as Ultralytics 8.4.112 and later print.'),
    of: (node, counts) => 2 * (isCountedProduct(node) ? counts.macs : thop(node, counts, '2.1.6')),
  },
  {
    name: 'fvcore',
    unit: 'MACs',
    work: 'inference',
    summary: () =>
      l10n.t(
        'Counts as fvcore does (which calls MACs flops): batch norm 2 per element, adaptive average pooling by its input.',
      ),
    of: fvcore,
  },
  {
    name: 'darknet',
    unit: 'FLOPs',
    work: 'inference',
    summary: () =>
      l10n.t(
        'Counts as Darknet’s BFLOPs do: 2 per multiply-accumulate of a convolution, k² per pooling window, 1 per element of a shortcut; connected layers 0.',
      ),
    of: darknet,
  },
  {
    name: 'all-ops',
    unit: 'ops',
    work: 'inference',
    summary: () =>
      l10n.t(
        'Every operation: 2 per multiply-accumulate and 2 per normalized element, plus biases, activations and pooling.',
      ),
    of: allOps,
  },
];

/** What older releases count; not offered in menus. */
const releases: readonly Convention<Release>[] = [
  {
    name: '2 × thop 2.0.15',
    unit: 'FLOPs',
    work: 'inference',
    summary: () =>
      l10n.t(
        'Twice thop up to 2.0.15: transposed convolutions by output positions, attention not counted, nearest upsampling 1 per element.',
      ),
    of: (node, counts) => 2 * thop(node, counts, '2.0.15'),
  },
  {
    name: '2 × thop 2.0.18',
    unit: 'FLOPs',
    work: 'inference',
    summary: () => l10n.t('Twice thop 2.0.16 to 2.0.19: attention not counted, nearest upsampling 1 per element.'),
    of: (node, counts) => 2 * thop(node, counts, '2.0.18'),
  },
];

/** The preset with this name. */
export function conventionOf(name: string): Convention<Preset> | undefined {
  return conventions.find(convention => convention.name === name);
}

/** Any convention by its name, also those that users cannot choose. */
export function counterOf(name: string): Convention | undefined {
  return conventionOf(name) ?? releases.find(convention => convention.name === name);
}

// Shapes of a node for use in conventions: present when conventions run, with NaN for unknown sizes.
const output = (node: GraphNode): Shape => node.outputs[0]?.shape ?? [];
const input = (node: GraphNode): Shape => node.inputs[0]?.shape ?? [];

/** thop's rules by release: up to 2.0.15, up to 2.0.18, and later. */
type Thop = '2.0.15' | '2.0.18' | '2.1.6';

/**
 * thop's hooks (vision/basic_hooks.py, calc_func.py, rnn_hooks.py): only modules in its table count. Up to 2.0.15, as
 * in Lyken17's thop; 2.0.16 counts a transposed convolution by its input; 2.1 fixes pooling and upsampling and knows
 * more modules.
 */
function thop(node: GraphNode, counts: Counts, release: Thop): number {
  const current = release === '2.1.6';
  // Plain function calls have no hook, and neither have matrix products.
  if (node.functional && !(node.derived && current)) return 0;
  switch (node.op.name) {
    case 'conv':
    case 'linear':
      return counts.macs;
    case 'convTranspose': {
      if (release !== '2.0.15') return counts.macs;
      const { kernel, groups } = node.attrs as { kernel: readonly number[]; groups: number };
      return size(output(node)) * Math.floor((input(node)[1] ?? Number.NaN) / groups) * size(kernel);
    }
    case 'batchNorm':
    case 'instanceNorm':
    case 'layerNorm':
      return (counts.normAffine ? 4 : 2) * size(input(node));
    case 'groupNorm':
    case 'rmsNorm':
      return current ? (counts.normAffine ? 4 : 2) * size(input(node)) : 0;
    case 'prelu':
      return size(input(node));
    case 'avgPool':
      return (current ? pooled(node) : 0) + size(output(node));
    case 'adaptiveAvgPool':
    case 'globalAvgPool': {
      if (current) return adaptivelyPooled(node) + size(output(node));
      const window = size(input(node).slice(2)) / size(output(node).slice(2));
      return Math.trunc((window + 1) * size(output(node)));
    }
    case 'upsample': {
      const { mode } = node.attrs as { mode: string };
      const each = { nearest: current ? 0 : 1, linear: 5, bilinear: 11, bicubic: 259 }[mode] ?? 0;
      return each * size(output(node));
    }
    case 'attention': {
      if (!current) return 0;
      // count_multihead_attention: everything that has MACs, and the softmax of each head.
      const { heads } = node.attrs as { heads: number };
      const queries = input(node)[1] ?? Number.NaN;
      const keys = (node.inputs[1]?.shape ?? input(node))[1] ?? Number.NaN;
      return counts.macs + heads * queries * (3 * keys - 1);
    }
    case 'lstm':
      return counts.macs + recurrentStates(node) * (4 * perGate(node) + 4);
    case 'gru':
      return counts.macs + recurrentStates(node) * (3 * perGate(node) + 4);
    case 'rnn':
      return counts.macs + recurrentStates(node) * perGate(node);
    case 'softmax':
      return softmaxRows(node) * (3 * axisLength(node) - 1);
    case 'logSoftmax':
      return current ? softmaxRows(node) * 3 * axisLength(node) : 0;
    case 'unary':
      // The negation in nn.Softmin.
      return node.derived ? size(input(node)) : 0;
    default:
      return 0;
  }
}

/** The number of elements that a softmax normalizes together. */
function axisLength(node: GraphNode): number {
  const { axis } = node.attrs as { axis: number };
  return input(node).at(axis) ?? Number.NaN;
}

function softmaxRows(node: GraphNode): number {
  return size(input(node)) / axisLength(node);
}

/** count_avgpool: the elements of all windows, clipped at the border. */
function pooled(node: GraphNode): number {
  const { kernel, stride = kernel, padding, paddingAfter = padding, includePadding } = node.attrs as AvgPool;
  const x = input(node);
  const taps = kernel.map((k, axis) => {
    const [before, after] = [padding[axis]!, paddingAfter[axis]!];
    const length = x[axis + 2]!;
    const [from, to] = includePadding ? [-before, length + after] : [0, length];
    return windowSum(output(node)[axis + 2]!, k, stride[axis]!, before, from, to);
  });
  return size(x.slice(0, 2)) * size(taps);
}

/** The total length of `count` windows of size k and stride s, starting at −border, clipped to `from`–`to`. */
function windowSum(count: number, k: number, s: number, border: number, from: number, to: number): number {
  if (Number.isNaN(count) || Number.isNaN(to)) return Number.NaN;
  // Windows `whole` to `cut` − 1 are not clipped.
  const whole = Math.min(count, Math.max(0, Math.ceil((from + border) / s)));
  const cut = Math.max(whole, Math.min(count, Math.floor((to + border - k) / s) + 1));
  let sum = (cut - whole) * k;
  const add = (index: number): void => {
    const start = index * s - border;
    sum += Math.max(0, Math.min(start + k, to) - Math.max(start, from));
  };
  for (let index = 0; index < whole; index++) add(index);
  for (let index = cut; index < count; index++) add(index);
  return sum;
}

/** count_adap_avgpool: the elements of all windows. */
function adaptivelyPooled(node: GraphNode): number {
  const x = input(node);
  const windows = x.slice(2).map((_, axis) => output(node)[axis + 2] ?? 1);
  return size(x.slice(0, 2)) * adaptiveTaps(windows, x);
}

/** The products of queries, keys and values in Ultralytics' own attention (utils/torch_utils.py, _attention_ops). */
function isCountedProduct({ op, frame }: GraphNode): boolean {
  return op.name === 'matmul' && (frame.type === 'Attention' || frame.type === 'AAttn');
}

/** The number of state elements over all steps of a recurrent layer. */
function recurrentStates(node: GraphNode): number {
  const { hidden, layers, bidirectional } = node.attrs as { hidden: number; layers: number; bidirectional: boolean };
  return size(output(node).slice(0, 2)) * layers * (bidirectional ? 2 : 1) * hidden;
}

/** thop counts the sum of the two products and both biases, per gate and state. */
function perGate(node: GraphNode): number {
  return (node.attrs as { bias: boolean }).bias ? 3 : 1;
}

/** fvcore's handles (nn/jit_handles.py, nn/flop_count.py); operators without a handle count 0. */
function fvcore(node: GraphNode, counts: Counts): number {
  switch (node.op.name) {
    case 'batchNorm':
      // Without running statistics, it computes what it does in training.
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
 * Darknet's `bflops` in AlexeyAB's fork (convolutional_layer.c, maxpool_layer.c, shortcut_layer.c, conv_lstm_layer.c);
 * other layers, connected ones included, add nothing.
 */
function darknet(node: GraphNode, counts: Counts): number {
  switch (node.op.name) {
    case 'conv':
      return (2 * counts.macs) / ((node.attrs as { binary?: boolean }).binary ? 32 : 1);
    case 'maxPool':
    case 'avgPool': {
      // The blur after an antialiased layer and a shrinking upsample do not add to the total.
      if (node.op.name === 'avgPool' && node.functional) return 0;
      const { kernel } = node.attrs as { kernel: readonly number[] };
      return size(kernel) * size(output(node));
    }
    case 'add': {
      // One per additional input; doubled if the sum has learned weights.
      const weighted = node.inputs.every(({ node: { op, inputs } }) => op.name === 'mul' && isParameter(inputs[1]));
      return (node.inputs.length - 1) * size(output(node)) * (weighted ? 2 : 1);
    }
    case 'recurrentCell':
      // A convolutional LSTM counts 9 per element, 12 with peepholes; fully connected recurrent layers count nothing.
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

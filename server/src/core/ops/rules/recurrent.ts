import * as l10n from '@vscode/l10n';
import { type Counts, type Op, type OpExample, op, type Shape, type Wanted } from '../op.ts';
import { volume } from './window.ts';

/** A recurrent layer in PyTorch's terms, with sequences as [N, L, C]. */
export interface Recurrent {
  /** The size H of the state. */
  readonly hidden: number;
  /** The number of stacked layers; each reads the previous one's output. */
  readonly layers: number;
  /** Whether a second layer reads the sequence backwards; the outputs are concatenated. */
  readonly bidirectional: boolean;
  /** Two biases per gate, as in PyTorch. */
  readonly bias: boolean;
  /** One bias per gate instead of two, as in Caffe. */
  readonly oneBias?: boolean | undefined;
}

interface Definition {
  readonly name: string;
  readonly summary: () => string;
  /** The number of H×(I + H) weight matrices. */
  readonly gates: number;
  /** Cost per state element and step, besides products with weights and biases. */
  readonly cell: Partial<Counts>;
  readonly examples: readonly OpExample<Recurrent>[];
}

/** MACs T·g·h(i + h) per layer and direction, with g gates (torch.nn.LSTM, GRU, RNN). */
export function recurrent({ name, summary, gates, cell, examples }: Definition): Op<Recurrent> {
  return op<Recurrent>({
    name,
    kind: 'compute',
    summary,
    attrs: {
      hidden: { kind: 'int', min: 1, doc: () => l10n.t('Size of the state and, per direction, of the output.') },
      layers: {
        kind: 'int',
        min: 1,
        default: 1,
        doc: () => l10n.t('Number of stacked layers; each reads the output of the previous one.'),
      },
      bidirectional: {
        kind: 'boolean',
        default: false,
        doc: () => l10n.t('A second layer reads the sequence backward; the outputs are concatenated, twice as wide.'),
      },
      bias: { kind: 'boolean', default: true, doc: () => l10n.t('Two learned biases per gate, as in PyTorch.') },
      oneBias: { kind: 'boolean', default: false, doc: () => l10n.t('One bias per gate instead of two, as in Caffe.') },
    },
    arity: 1,
    rank: { min: 3, max: 3 },
    shape: ({ hidden, bidirectional }, [x]) => [x![0]!, x![1]!, bidirectional ? 2 * hidden : hidden],
    counts: (attrs, [x]) => {
      const { hidden, layers, bidirectional, bias, oneBias } = attrs;
      const directions = bidirectional ? 2 : 1;
      const steps = x![0]! * x![1]!;
      const states = layers * directions * hidden;
      const weights = gates * weightsPerGate(attrs, x!);
      const biases = bias ? (oneBias ? 1 : 2) * gates * states : 0;
      const perStep = steps * states;
      return {
        macs: steps * weights,
        adds: steps * biases + (cell.adds ?? 0) * perStep,
        muls: (cell.muls ?? 0) * perStep,
        exps: (cell.exps ?? 0) * perStep,
        weights,
        biases,
      };
    },
    backward: ({ hidden, layers, bidirectional, oneBias }, [x], _, wanted) => {
      // Caffe's sequences are [T, N, C].
      const [batch, steps] = oneBias ? [x![1]!, x![0]!] : [x![0]!, x![1]!];
      const directions = bidirectional ? 2 : 1;
      return recurrentBackward({ gates, hidden, layers, directions, features: x![2]!, batch, steps }, wanted);
    },
    formula: (attrs, [x]) => {
      const { hidden, layers, bidirectional } = attrs;
      const first = `${volume([x![2]!])} + ${hidden}`;
      const directions = bidirectional ? ' · 2' : '';
      const gate = gates === 1 ? '' : `${gates} · `;
      const rest = layers > 1 ? ` + ${layers - 1} · (${(bidirectional ? 2 : 1) * hidden} + ${hidden})` : '';
      return `${volume([x![1]!])} · ${gate}${hidden} · ${rest ? `(${first}${rest})` : `(${first})`}${directions}`;
    },
    // The state depends on all earlier steps.
    field: () => 'global',
    examples,
  });
}

export interface Unrolled {
  readonly gates: number;
  readonly hidden: number;
  readonly layers: number;
  readonly directions: number;
  /** Features per element of the sequence. */
  readonly features: number;
  readonly batch: number;
  readonly steps: number;
  /** The size that the state is projected to; default: no projection. */
  readonly projection?: number;
}

/** The initial state has a gradient only if it is an input that needs one (`wanted.inputs[1]`). */
export function recurrentBackward(unrolled: Unrolled, { inputs: [input, state = false], weights }: Wanted): number {
  const { gates, hidden, layers, directions, features, batch, steps, projection = 0 } = unrolled;
  const out = projection || hidden;
  const ownWeights = Number(weights);
  let each = 0;
  for (let layer = 0; layer < layers; layer++) {
    const below = layer === 0 ? features : directions * out;
    const wantsBelow = layer === 0 ? input : input || state || weights;
    each += gates * hidden * below * steps * (Number(wantsBelow) + ownWeights);
    each += gates * hidden * out * (steps * ownWeights + (state ? steps : steps - 1));
    each += hidden * projection * steps * (1 + ownWeights);
  }
  return batch * directions * each;
}

function weightsPerGate({ hidden, layers, bidirectional }: Recurrent, x: Shape): number {
  const directions = bidirectional ? 2 : 1;
  const first = x[2]! + hidden;
  const further = (directions + 1) * hidden;
  return directions * hidden * (first + (layers - 1) * further);
}

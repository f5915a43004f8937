// LSTM, GRU and RNN: their outputs, and the states that they end in.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import type { Counts, Op, Shape } from '../../../../ops/op.ts';
import { recurrentBackward } from '../../../../ops/rules/recurrent.ts';
import type { Value } from '../../../../python/objects.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, type Caller, declared, mismatch, refuse, shown, weighted } from '../apply.ts';
import { tupleOf } from '../natives.ts';
import type { NN } from '../state.ts';

type Kind = 'lstm' | 'gru' | 'rnn';

interface Running {
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly bias: boolean;
  /** Size of what an LSTM projects its state to; 0 is none. */
  readonly projection: number;
  readonly batchFirst: boolean;
}

const running = { lstm: stateful(ops.lstm, 4), gru: stateful(ops.gru, 3), rnn: stateful(ops.rnn, 1) };

/** The operator with the states that it ends in as further outputs, and an LSTM's projection. */
function stateful(base: typeof ops.lstm, gates: number): Op<Running> {
  return {
    name: base.name,
    kind: 'compute',
    summary: base.summary,
    attrs: {
      hidden: base.attrs.hidden,
      layers: base.attrs.layers,
      bidirectional: base.attrs.bidirectional,
      bias: base.attrs.bias,
      projection: { kind: 'int', default: 0, doc: () => l10n.t('Size of the projected state; 0 for none.') },
      batchFirst: { kind: 'boolean', default: false, doc: () => l10n.t('Whether the batch is the first axis.') },
    },
    arity: { min: 1 },
    rank: { min: 3, max: 3 },
    shapes: (attrs, [x]) => {
      const { hidden, layers, bidirectional, projection, batchFirst } = attrs;
      const directions = bidirectional ? 2 : 1;
      const out = projection || hidden;
      const n = x![batchFirst ? 0 : 1]!;
      const states: Shape[] = [[directions * layers, n, out]];
      if (base.name === 'lstm') states.push([directions * layers, n, hidden]);
      return [[x![0]!, x![1]!, directions * out], ...states];
    },
    counts: (attrs, [x], outputs) => {
      const { projection, ...rest } = attrs;
      if (projection === 0) return base.counts!(rest, [x!], outputs);
      return projecting(attrs, x!, gates);
    },
    backward: ({ hidden, layers, bidirectional, projection, batchFirst }, [x], _, wanted) => {
      const [steps, batch] = batchFirst ? [x![1]!, x![0]!] : [x![0]!, x![1]!];
      const directions = bidirectional ? 2 : 1;
      return recurrentBackward(
        { gates, hidden, layers, directions, features: x![2]!, batch, steps, projection },
        wanted,
      );
    },
    formula: (attrs, [x], outputs) => (attrs.projection === 0 ? base.formula!(attrs, [x!], outputs) : ''),
    field: () => 'global',
    examples: [],
  };
}

/** W_hr·h behind each step: the recurrent products are with the projected state (torch.nn.LSTM, proj_size). */
function projecting(attrs: Running, x: Shape, gates: number): Partial<Counts> {
  const { hidden, layers, bidirectional, bias, projection } = attrs;
  const directions = bidirectional ? 2 : 1;
  const steps = x[0]! * x[1]!;
  let weights = 0;
  for (let layer = 0; layer < layers; layer++) {
    const inputs = layer === 0 ? x[2]! : directions * projection;
    weights += directions * (gates * hidden * (inputs + projection) + hidden * projection);
  }
  const states = layers * directions * hidden;
  const biases = bias ? 2 * gates * states : 0;
  return {
    macs: steps * weights,
    adds: steps * biases + steps * states,
    muls: 3 * steps * states,
    exps: 5 * steps * states,
    weights,
    biases,
  };
}

export interface Recurrence extends Running {
  readonly kind: Kind;
  readonly inputSize: number;
  readonly parameters: readonly PyTensor[];
  readonly states: readonly PyTensor[];
}

/** The output, and h_n, or (h_n, c_n) of an LSTM. */
export function recur(nn: NN, caller: Caller, input: PyTensor, call: Recurrence): Value {
  const { kind, inputSize, parameters, states, ...rest } = call;
  const isVector = input.shape?.length === 2;
  const axis = call.batchFirst ? 0 : 1;
  const batch = isVector ? apply(nn, caller, ops.unsqueeze, { axis }, [input]) : input;
  const { hidden, layers, bidirectional, bias, projection, batchFirst } = rest;
  const attrs: Running = { hidden, layers, bidirectional, bias, projection, batchFirst };
  const unknown = (why: PyTensor): Value => {
    const state = (): PyTensor => nn.world.tensor(undefined, 'float32', why.why);
    return tupleOf([why, kind === 'lstm' ? tupleOf([state(), state()]) : state()]);
  };
  if (batch.shape && batch.shape.length !== 3) {
    return unknown(
      refuse(
        nn,
        {
          code: 'unsupported-rank',
          input: 0,
          message: l10n.t(
            '{0} needs sequences with 2 or 3 dimensions, but its input has {1} ({2}).',
            caller.name,
            batch.shape.length,
            shown(batch.shape),
          ),
          short: l10n.t('wrong number of dimensions'),
        },
        [input],
      ),
    );
  }
  const x = declared(nn, batch, -1, inputSize, found => mismatch(caller, 'input_size', inputSize, found, input));
  const [y, ...ends] = weighted(nn, caller, running[kind], attrs, [x, ...states], parameters);
  const end = (at: number): PyTensor => ends[at] ?? nn.world.tensor(undefined, 'float32', y!.why);
  const bare = (tensor: PyTensor, at: number): PyTensor =>
    isVector && tensor.shape ? apply(nn, caller, ops.squeeze, { axis: at }, [tensor]) : tensor;
  return tupleOf([bare(y!, axis), kind === 'lstm' ? tupleOf([bare(end(0), 1), bare(end(1), 1)]) : bare(end(0), 1)]);
}

/** nn.LSTMCell and its kin: one step. */
export function step(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  call: Omit<Recurrence, 'layers' | 'bidirectional' | 'projection' | 'batchFirst'>,
): Value {
  const isVector = input.shape?.length === 1;
  const rows = isVector ? apply(nn, caller, ops.unsqueeze, { axis: 0 }, [input]) : input;
  const sequence = rows.shape ? apply(nn, caller, ops.unsqueeze, { axis: 0 }, [rows]) : rows;
  const { kind, inputSize, parameters, hidden, bias } = call;
  const x = declared(nn, sequence, -1, inputSize, found => mismatch(caller, 'input_size', inputSize, found, input));
  const attrs: Running = { hidden, bias, layers: 1, bidirectional: false, projection: 0, batchFirst: false };
  const [y, ...ends] = weighted(nn, caller, running[kind], attrs, [x, ...call.states], parameters);
  const end = (at: number): PyTensor => {
    const tensor = ends[at] ?? nn.world.tensor(undefined, 'float32', y!.why);
    if (!tensor.shape) return tensor;
    const state = apply(nn, caller, ops.squeeze, { axis: 0 }, [tensor]);
    return isVector ? apply(nn, caller, ops.squeeze, { axis: 0 }, [state]) : state;
  };
  return kind === 'lstm' ? tupleOf([end(0), end(1)]) : end(0);
}

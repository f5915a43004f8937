// Caffe's recurrent layers: the bottoms are the sequence [T, N, …], its continuation markers [T, N], and optionally a
// blob that every step reads [N, …] (recurrent_layer.cpp; weights as in lstm_layer.cpp and rnn_layer.cpp,
// FillUnrolledNet).
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { missingNumber, sizesText, unsupportedRank } from './complaints.ts';
import type { LayerType, Scope } from './layer.ts';

function recurrent(kind: 'lstm' | 'rnn'): LayerType {
  return {
    summary: () =>
      kind === 'lstm'
        ? l10n.t('Long short-term memory over a sequence [time, batch, …]; one bias per gate.')
        : l10n.t('A plain recurrent layer over a sequence [time, batch, …], followed by an output layer.'),
    bottoms: [2, 5],
    tops: [1, 3],
    param: 'recurrent_param',
    attrs: { hidden: ['num_output'] },
    build: scope => {
      const { builder, x, inputs, param, layer } = scope;
      const missing = missingNumber(
        param,
        'num_output',
        l10n.t('Set the size of the state, for example num_output: 256.'),
      );
      if (missing) return [scope.refuse(missing)];
      const hidden = param.natural('num_output', 0);
      if (!x.shape) return [scope.unknown(x)];
      if (x.shape.length < 2) {
        return [scope.refuse(unsupportedRank(layer.type, x.shape, { min: 2 }))];
      }
      const wrong = unlikeSteps(scope);
      if (wrong) return [scope.refuse(wrong, [...x.shape.slice(0, 2), hidden])];
      const exposed = param.boolean('expose_hidden', false) ? (kind === 'lstm' ? 2 : 1) : 0;
      const constant = inputs.length > 2 + exposed ? inputs[2] : undefined;
      const y = kind === 'lstm' ? unrolled(scope, ops.lstm, hidden, constant) : plain(scope, hidden, constant);
      // The state is carried over if `cont` is 1.
      const cont = inputs[1]!;
      const marks = cont.shape?.length === 2 ? builder.add(ops.reshape, { shape: [...cont.shape, 1] }, cont) : cont;
      const gated = marks.shape ? builder.add(ops.mul, {}, [y, marks]) : y;
      const states = Array.from({ length: Math.max(0, layer.tops.length - 1) }, () =>
        builder.add(ops.slice, { axis: 0, start: -1, end: Number.POSITIVE_INFINITY, step: 1 }, gated),
      );
      return [gated, ...states];
    },
  };
}

/** RecurrentLayer::LayerSetUp: `cont` has one marker per step and sample. */
function unlikeSteps(scope: Scope): Complaint | undefined {
  const [x, cont] = scope.inputs;
  if (!x?.shape || !cont?.shape) return undefined;
  const [steps, samples] = x.shape as readonly [number, number];
  const isRight =
    cont.shape.length === 2 && !(Math.abs(cont.shape[0]! - steps) > 0) && !(Math.abs(cont.shape[1]! - samples) > 0);
  if (isRight) return undefined;
  return {
    code: 'sequence-markers-mismatch',
    input: 1,
    message: l10n.t(
      '“{0}” marks where sequences continue: it must have the time and batch axes of “{1}” ({2}), but is {3}.',
      scope.bottomName(1),
      scope.bottomName(0),
      sizesText(x.shape.slice(0, 2)),
      sizesText(cont.shape),
    ),
    short: l10n.t('sequence markers do not match'),
  };
}

function unrolled(scope: Scope, op: typeof ops.lstm, hidden: number, constant: Tensor | undefined): Tensor {
  const { builder, x } = scope;
  const shape = x.shape!;
  let sequence = x;
  if (shape.length === 2) sequence = builder.add(ops.reshape, { shape: [...shape, 1] }, x);
  else if (shape.length > 3) sequence = builder.add(ops.flatten, { start: 2, end: -1 }, x);
  const attrs = { hidden, layers: 1, bidirectional: false, bias: true, oneBias: true };
  const y = builder.add(op, attrs, sequence, { shares: scope.owner(0) });
  for (let index = 0; index < 3; index++) scope.own(index, y);
  if (!constant?.shape) return y;
  // The static input has its own weights, applied once (W_xc_x_static).
  const flat = constant.shape.length > 2 ? builder.add(ops.flatten, { start: 1, end: -1 }, constant) : constant;
  const gates = op === ops.lstm ? 4 : 1;
  const added = builder.add(ops.linear, { out: gates * hidden, bias: false }, flat);
  const pieces = gates === 1 ? [added] : builder.addAll(ops.chunk, { axis: -1, chunks: gates }, added);
  return builder.add(ops.add, {}, [y, pieces[0]!]);
}

/** o = tanh(W_ho · h + b_o) after the state (rnn_layer.cpp). */
function plain(scope: Scope, hidden: number, constant: Tensor | undefined): Tensor {
  const { builder } = scope;
  const state = unrolled(scope, ops.rnn, hidden, constant);
  return builder.add(ops.tanh, {}, builder.add(ops.linear, { out: hidden, bias: true }, state));
}

export const LSTM = recurrent('lstm');
export const RNN = recurrent('rnn');

/** LSTMUnitLayer::Reshape: four gates per cell element, and a marker per sample. */
function unlikeCell(scope: Scope): Complaint | undefined {
  const [cell, sums, cont] = scope.inputs.map(({ shape }) => shape);
  const size = cell?.at(-1) ?? Number.NaN;
  if (cell && cell.length !== 3) {
    return unsupportedRank('LSTMUnit', cell, { min: 3, max: 3 });
  }
  if (
    cell &&
    sums &&
    (sums.length !== 3 || sums.some((length, at) => Math.abs(length - (at === 2 ? 4 * size : cell[at]!)) > 0))
  ) {
    return {
      code: 'cell-gates-mismatch',
      input: 1,
      message: l10n.t(
        'LSTMUnit has four gates per element of the cell: “{0}” must be {1}, but is {2}.',
        scope.bottomName(1),
        sizesText([...cell.slice(0, 2), 4 * size]),
        sizesText(sums),
      ),
      short: l10n.t('gates do not match the cell'),
    };
  }
  if (cell && cont && (cont.length !== 2 || cont.some((length, at) => Math.abs(length - cell[at]!) > 0))) {
    return {
      code: 'sequence-markers-mismatch',
      input: 2,
      message: l10n.t(
        '“{0}” marks where sequences continue: it must be {1}, but is {2}.',
        scope.bottomName(2),
        sizesText(cell.slice(0, 2)),
        sizesText(cont),
      ),
      short: l10n.t('sequence markers do not match'),
    };
  }
  return undefined;
}

/** lstm_unit_layer.cpp: the bottoms are the cell [1, N, D], the gates' sums [1, N, 4·D], and the markers [1, N]. */
export const LSTMUnit: LayerType = {
  summary: () => l10n.t('One step of a long short-term memory, without its weights.'),
  bottoms: [3, 3],
  tops: [2, 2],
  build: scope => {
    const { builder, inputs } = scope;
    const [cell, sums, cont] = inputs as readonly [Tensor, Tensor, Tensor];
    if (!sums.shape || !cell.shape) {
      const unknown = sums.why ? sums : cell;
      return [scope.unknown(unknown, undefined, inputs), scope.unknown(unknown, undefined, inputs)];
    }
    const wrong = unlikeCell(scope);
    if (wrong) return [scope.refuse(wrong, cell.shape), scope.refuse(wrong, cell.shape)];
    const marks = cont.shape?.length === 2 ? builder.add(ops.reshape, { shape: [...cont.shape, 1] }, cont) : cont;
    const pieces = builder.addAll(ops.chunk, { axis: -1, chunks: 4 }, sums);
    const [i, f, o, g] = [0, 1, 2, 3].map(index => pieces[index] ?? pieces[0]!) as [Tensor, Tensor, Tensor, Tensor];
    const gate = (of: Tensor): Tensor => builder.add(ops.sigmoid, {}, of);
    const old = builder.add(ops.mul, {}, [builder.add(ops.mul, {}, [gate(f), marks]), cell]);
    const fresh = builder.add(ops.mul, {}, [gate(i), builder.add(ops.tanh, {}, g)]);
    const next = builder.add(ops.add, {}, [old, fresh]);
    return [next, builder.add(ops.mul, {}, [gate(o), builder.add(ops.tanh, {}, next)])];
  },
};

// torch/nn/modules/rnn.py.
import * as l10n from '@vscode/l10n';
import { PyInstance, type Value } from '../../../../python/objects.ts';
import { PyParameter, PyTensor } from '../../tensor.ts';
import { tensorOf } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { recur, step } from '../kernels/recurrent.ts';
import { flag, itemsOf, native, numberOf, tupleOf } from '../natives.ts';
import { moduleOf } from '../module.ts';
import type { NN } from '../state.ts';
import { type Arguments, callerOf, type LayerClass, learn, need, size } from './spec.ts';

type Kind = 'lstm' | 'gru' | 'rnn';

const gatesOf = { lstm: 4, gru: 3, rnn: 1 };

function construct(self: ModuleInstance, args: Arguments, nn: NN, kind: Kind): void {
  const { machine } = nn;
  const of = (name: string): number => size(args[name]!, name, nn);
  const [inputs, hidden, layers, projection] = [of('input_size'), of('hidden_size'), of('num_layers'), of('proj_size')];
  if (hidden <= 0) throw machine.raise('ValueError', 'hidden_size must be greater than zero');
  if (layers <= 0) throw machine.raise('ValueError', 'num_layers must be greater than zero');
  if (projection < 0 || projection >= hidden) {
    throw machine.raise('ValueError', 'proj_size has to be a positive integer, smaller than hidden_size or zero to disable projections');
  }
  const names: Value[] = [];
  const directions = flag(args['bidirectional']!) ? 2 : 1;
  const gates = gatesOf[kind] * hidden;
  const out = projection || hidden;
  for (let layer = 0; layer < layers; layer++) {
    const inside = layer === 0 ? inputs : out * directions;
    for (let direction = 0; direction < directions; direction++) {
      const suffix = direction === 1 ? '_reverse' : '';
      const add = (name: string, shape: readonly number[], role: PyParameter['role']): string => {
        learn(self, `${name}_l${layer}${suffix}`, shape, role, nn, args['input_size']!, args['hidden_size']!);
        return `${name}_l${layer}${suffix}`;
      };
      const own = [add('weight_ih', [gates, inside], 'weights'), add('weight_hh', [gates, out], 'weights')];
      if (flag(args['bias']!, true)) own.push(add('bias_ih', [gates], 'biases'), add('bias_hh', [gates], 'biases'));
      if (projection > 0) own.push(add('weight_hr', [projection, hidden], 'weights'));
      names.push(tupleOf(own));
    }
  }
  self.set('_all_weights', tupleOf(names));
}

function forward(self: ModuleInstance, [input, states]: readonly Value[], nn: NN, kind: Kind): Value {
  const number = (name: string): number => numberOf(need(self, name, nn.machine)) ?? Number.NaN;
  const packed = packedData(input!);
  const batchFirst = flag(need(self, 'batch_first', nn.machine));
  const result = recur(nn, callerOf(self), tensorOf(nn, packed ?? input), {
    kind,
    inputSize: number('input_size'),
    hidden: number('hidden_size'),
    layers: number('num_layers'),
    bidirectional: flag(need(self, 'bidirectional', nn.machine)),
    bias: flag(need(self, 'bias', nn.machine)),
    projection: number('proj_size'),
    // What is packed lies in the order that it had.
    batchFirst: packed ? isBatchFirst(input!) : batchFirst,
    parameters: [...self.ownParameters()].map(([, parameter]) => parameter),
    states: statesIn(states!),
  });
  if (!packed || !(input instanceof PyInstance)) return result;
  const [y, end] = itemsOf(result);
  return tupleOf([repacked(input, y!), end!]);
}

/** nn.utils.rnn.PackedSequence: its data is the padded tensor. */
function packedData(value: Value): PyTensor | undefined {
  if (!(value instanceof PyInstance) || value.cls.name !== 'PackedSequence') return undefined;
  const data = value.get('data');
  return data instanceof PyTensor ? data : undefined;
}

function isBatchFirst(value: Value): boolean {
  return value instanceof PyInstance && value.get('_batch_first') === true;
}

function repacked(packed: PyInstance, data: Value): Value {
  const copy = new PyInstance(packed.cls);
  for (const [name, value] of packed.dict ?? []) copy.set(name, value);
  copy.set('data', data);
  return copy;
}

function statesIn(value: Value): readonly PyTensor[] {
  if (value instanceof PyTensor) return [value];
  return itemsOf(value).filter(item => item instanceof PyTensor);
}

const summaries = {
  lstm: () => l10n.t('Long short-term memory over a sequence.'),
  gru: () => l10n.t('Gated recurrent units over a sequence.'),
  rnn: () => l10n.t('A plain recurrent layer over a sequence.'),
};

const common = 'input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False';

function network(name: string, kind: Kind): LayerClass {
  return {
    name,
    file: 'rnn',
    base: 'RNNBase',
    summary: summaries[kind],
    init:
      kind === 'rnn'
        ? "input_size, hidden_size, num_layers=1, nonlinearity='tanh', bias=True, batch_first=False, dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None"
        : `${common}, proj_size=0, device=None, dtype=None`,
    construct: (self, args, nn) => {
      self.set('mode', name === 'RNN' ? (args['nonlinearity'] === 'relu' ? 'RNN_RELU' : 'RNN_TANH') : name);
      if (kind !== 'lstm' && numberOf(args['proj_size']!) !== 0) {
        throw nn.machine.raise('ValueError', 'proj_size argument is only supported for LSTM, not RNN or GRU');
      }
      construct(self, args, nn, kind);
    },
    input: 'input, hx=None',
    forward: (self, args, nn) => forward(self, args, nn, kind),
  };
}

function cell(name: string, kind: Kind): LayerClass {
  return {
    name,
    file: 'rnn',
    base: 'RNNCellBase',
    summary: summaries[kind],
    init:
      kind === 'rnn'
        ? "input_size, hidden_size, bias=True, nonlinearity='tanh', device=None, dtype=None"
        : 'input_size, hidden_size, bias=True, device=None, dtype=None',
    construct: (self, args, nn) => {
      const [inside, hidden] = [size(args['input_size']!, 'input_size', nn), size(args['hidden_size']!, 'hidden_size', nn)];
      const gates = gatesOf[kind] * hidden;
      const from = [args['input_size']!, args['hidden_size']!];
      learn(self, 'weight_ih', [gates, inside], 'weights', nn, ...from);
      learn(self, 'weight_hh', [gates, hidden], 'weights', nn, ...from);
      if (flag(args['bias']!, true)) {
        learn(self, 'bias_ih', [gates], 'biases', nn, ...from);
        learn(self, 'bias_hh', [gates], 'biases', nn, ...from);
      } else for (const each of ['bias_ih', 'bias_hh']) self.register('parameters', each, null);
    },
    input: 'input, hx=None',
    forward: (self, [input, states], nn) =>
      step(nn, callerOf(self), tensorOf(nn, input), {
        kind,
        inputSize: numberOf(need(self, 'input_size', nn.machine)) ?? Number.NaN,
        hidden: numberOf(need(self, 'hidden_size', nn.machine)) ?? Number.NaN,
        bias: flag(need(self, 'bias', nn.machine)),
        parameters: [...self.ownParameters()].map(([, parameter]) => parameter),
        states: statesIn(states!),
      }),
  };
}

export const recurrentLayers: readonly LayerClass[] = [
  {
    name: 'RNNBase',
    file: 'rnn',
    members: () => ({
      flatten_parameters: native('flatten_parameters', 'self', ([self], machine) => {
        moduleOf(self, machine);
        return null;
      }),
    }),
  },
  { name: 'RNNCellBase', file: 'rnn' },
  network('LSTM', 'lstm'),
  network('GRU', 'gru'),
  network('RNN', 'rnn'),
  cell('LSTMCell', 'lstm'),
  cell('GRUCell', 'gru'),
  cell('RNNCell', 'rnn'),
];

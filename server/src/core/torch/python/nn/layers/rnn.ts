// torch/nn/modules/rnn.py.
import * as l10n from '@vscode/l10n';
import { PyList, PyProperty, type Value } from '../../../../python/objects.ts';
import { type PyParameter, PyTensor } from '../../tensor.ts';
import { apply, tensorOf } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { moving } from '../kernels/data.ts';
import { recur, step } from '../kernels/recurrent.ts';
import { moduleOf } from '../module.ts';
import { flag, itemsOf, native, numberOf, tupleOf, unknownIn } from '../natives.ts';
import type { NN } from '../state.ts';
import { packed, packedOf } from '../utils/rnn.ts';
import { type Arguments, callerOf, firstSize, type LayerClass, learn, need, size } from './spec.ts';

type Kind = 'lstm' | 'gru' | 'rnn';

/** What the parameters of a layer cost in memory and time, beside an element of a list. */
const layerWork = 400;

const gatesOf = { lstm: 4, gru: 3, rnn: 1 };

function construct(self: ModuleInstance, args: Arguments, nn: NN, kind: Kind): void {
  const { machine } = nn;
  const of = (name: string): number => size(args[name]!, name, nn);
  const first = (name: string): number => firstSize(args[name]!, name, nn);
  const [inputs, projection] = [of('input_size'), args.proj_size === true ? first('proj_size') : of('proj_size')];
  const hidden = kind === 'rnn' ? first('hidden_size') : of('hidden_size');
  const layers = first('num_layers');
  self.unknown ??= unknownIn(args.input_size!, args.hidden_size!, args.num_layers!, args.proj_size!);
  if (hidden <= 0) throw machine.raise('ValueError', 'hidden_size must be greater than zero');
  if (layers <= 0) throw machine.raise('ValueError', 'num_layers must be greater than zero');
  if (projection < 0 || projection >= hidden) {
    throw machine.raise(
      'ValueError',
      'proj_size has to be a positive integer, smaller than hidden_size or zero to disable projections',
    );
  }
  const names: Value[] = [];
  const directions = flag(args.bidirectional!) ? 2 : 1;
  const gates = gatesOf[kind] * hidden;
  const out = projection || hidden;
  machine.charge(layers * directions * layerWork);
  for (let layer = 0; layer < layers; layer++) {
    const inside = layer === 0 ? inputs : out * directions;
    for (let direction = 0; direction < directions; direction++) {
      const suffix = direction === 1 ? '_reverse' : '';
      const add = (name: string, shape: readonly number[], role: PyParameter['role']): string => {
        learn(self, `${name}_l${layer}${suffix}`, shape, role, nn, args.input_size!, args.hidden_size!);
        return `${name}_l${layer}${suffix}`;
      };
      const own = [add('weight_ih', [gates, inside], 'weights'), add('weight_hh', [gates, out], 'weights')];
      if (flag(args.bias!, true)) own.push(add('bias_ih', [gates], 'biases'), add('bias_hh', [gates], 'biases'));
      if (projection > 0) own.push(add('weight_hr', [projection, hidden], 'weights'));
      names.push(tupleOf(own));
    }
  }
  self.set('_all_weights', tupleOf(names));
}

function forward(self: ModuleInstance, [input, states]: readonly Value[], nn: NN, kind: Kind): Value {
  const number = (name: string): number => numberOf(need(self, name, nn.machine)) ?? Number.NaN;
  const own = packedOf(input);
  const layers = number('num_layers');
  const bidirectional = flag(need(self, 'bidirectional', nn.machine));
  const result = recur(nn, callerOf(self), own?.data ?? tensorOf(nn, input), {
    kind,
    inputSize: number('input_size'),
    hidden: number('hidden_size'),
    layers,
    bidirectional,
    bias: flag(need(self, 'bias', nn.machine)),
    projection: number('proj_size'),
    batchFirst: flag(need(self, 'batch_first', nn.machine)),
    parameters: self.ownParameters().map(([, parameter]) => parameter),
    states: statesIn(states!),
  });
  if (!own) return result;
  // All steps of all sequences are one sequence to the operator; the states are those of each.
  const [y, ends] = itemsOf(result);
  const data = y instanceof PyTensor ? y : own.data;
  const each = (state: Value): Value => {
    if (!(state instanceof PyTensor) || !state.shape) return state;
    const shape = [layers * (bidirectional ? 2 : 1), own.batch, state.shape.at(-1)!];
    return apply(nn, callerOf(self), moving('states'), { shape }, [state]);
  };
  const last = kind === 'lstm' ? tupleOf(itemsOf(ends).map(each)) : each(ends!);
  return tupleOf([packed(nn, { ...own, data }), last]);
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
      self.set('mode', name === 'RNN' ? (args.nonlinearity === 'relu' ? 'RNN_RELU' : 'RNN_TANH') : name);
      if (kind !== 'lstm' && numberOf(args.proj_size!) !== 0) {
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
      const [inside, hidden] = [size(args.input_size!, 'input_size', nn), size(args.hidden_size!, 'hidden_size', nn)];
      const gates = gatesOf[kind] * hidden;
      const from = [args.input_size!, args.hidden_size!];
      learn(self, 'weight_ih', [gates, inside], 'weights', nn, ...from);
      learn(self, 'weight_hh', [gates, hidden], 'weights', nn, ...from);
      if (flag(args.bias!, true)) {
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
        parameters: self.ownParameters().map(([, parameter]) => parameter),
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
      all_weights: new PyProperty(
        native('all_weights', 'self', ([self], machine) => {
          const module = moduleOf(self, machine);
          const lists = itemsOf(module.attribute('_all_weights')).map(
            names => new PyList(itemsOf(names).map(name => module.attribute(String(name)) ?? null)),
          );
          return new PyList(lists);
        }),
      ),
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

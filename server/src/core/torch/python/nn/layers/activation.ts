// torch/nn/modules/activation.py and dropout.py, without attention.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { Unknown, type Value } from '../../../../python/objects.ts';
import { PyTensor } from '../../tensor.ts';
import { apply, type Caller, declared, tensorOf, weightedOne } from '../apply.ts';
import { numberOf } from '../natives.ts';
import type { NN } from '../state.ts';
import { layerNamed, shared, signatureOf } from './shared.ts';
import { callerOf, firstSize, type LayerClass, learn, need, tensor } from './spec.ts';

/** PReLU with its slopes. */
export function prelu(nn: NN, caller: Caller, input: PyTensor, weight: PyTensor): PyTensor {
  const slopes = weight.shape ? weight.shape.reduce((product, each) => product * each, 1) : Number.NaN;
  const flat = (input.shape?.length ?? 2) < 2;
  const x =
    flat && input.shape
      ? apply(nn, caller, ops.reshape, { shape: [1, ...input.shape, ...(input.shape.length === 0 ? [1] : [])] }, [
          input,
        ])
      : input;
  const fitting =
    slopes > 1
      ? declared(nn, x, 1, slopes, found => ({
          code: 'channel-mismatch',
          attr: 'num_parameters',
          fits: { attr: 'num_parameters', value: found },
          message: preluText(slopes, found),
        }))
      : x;
  const y = weightedOne(nn, caller, ops.prelu, { perChannel: slopes > 1 }, [fitting], [weight]);
  return flat && input.shape && y.shape ? apply(nn, caller, ops.reshape, { shape: input.shape }, [y]) : y;
}

function preluText(slopes: number, found: number): string {
  return l10n.t('This PReLU has {0} slopes, but its input has {1} channels.', slopes, found);
}

const names = [
  'ReLU',
  'ELU',
  'SELU',
  'CELU',
  'Softplus',
  'SiLU',
  'GELU',
  'Sigmoid',
  'Tanh',
  'Hardswish',
  'Hardsigmoid',
  'Mish',
  'LogSigmoid',
  'Softsign',
  'LeakyReLU',
  'RReLU',
  'Hardshrink',
  'Softshrink',
  'Threshold',
  'Tanhshrink',
  'GLU',
  'Softmax',
  'LogSoftmax',
  'Softmin',
  'Softmax2d',
];

/** In evaluation mode they do nothing; one with Unknown arguments does nothing as well. */
function dropout(name: string): LayerClass {
  return {
    name,
    file: 'dropout',
    base: '_DropoutNd',
    summary: layerNamed('Dropout').summary,
    forward: (self, [input], nn): Value => {
      const x = tensorOf(nn, input);
      const result = apply(nn, callerOf(self), ops.dropout, {}, [x]);
      const { machine } = nn;
      const isIdle = need(self, 'training', machine) === false || numberOf(need(self, 'p', machine)) === 0;
      if (isIdle || need(self, 'inplace', machine) === true) nn.world.overwrites(result, x, isIdle);
      return result;
    },
  };
}

export const activations: readonly LayerClass[] = [
  ...names.map(name => shared(name, 'activation')),
  {
    ...shared('Hardtanh', 'activation'),
    construct: (self, { min_value, max_value }) => {
      if (min_value !== null) self.set('min_val', min_value!);
      if (max_value !== null) self.set('max_val', max_value!);
    },
  },
  { ...shared('ReLU6', 'activation', 'Hardtanh') },
  {
    name: 'PReLU',
    file: 'activation',
    summary: layerNamed('PReLU').summary,
    init: signatureOf(layerNamed('PReLU')),
    construct: (self, { num_parameters }, nn) => {
      learn(self, 'weight', [firstSize(num_parameters!, 'num_parameters', nn)], 'weights', nn, num_parameters!);
    },
    forward: (self, [input], nn) => prelu(nn, callerOf(self), tensorOf(nn, input), tensor(self, 'weight', nn)),
  },
  {
    name: '_DropoutNd',
    file: 'dropout',
    init: 'p=0.5, inplace=False',
    construct: (_, { p }, { machine }) => {
      if (p instanceof Unknown || p instanceof PyTensor) return;
      const probability = numberOf(p!);
      if (probability === undefined)
        throw machine.raise(
          'TypeError',
          `'<' not supported between instances of '${machine.typeOf(p!)?.name}' and 'int'`,
        );
      if (probability < 0 || probability > 1) {
        throw machine.raise('ValueError', `dropout probability has to be between 0 and 1, but got ${probability}`);
      }
    },
  },
  ...['Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'AlphaDropout', 'FeatureAlphaDropout'].map(dropout),
];

// torch/nn/modules/linear.py.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { nn as known } from '../../../nn/index.ts';
import { PyTensor } from '../../tensor.ts';
import { apply, tensorOf } from '../apply.ts';
import { bilinear, linear } from '../kernels/linear.ts';
import { flag } from '../natives.ts';
import { callerOf, firstSize, type LayerClass, lacks, learn, optional, size, tensor } from './spec.ts';

const Linear: LayerClass = {
  name: 'Linear',
  file: 'linear',
  summary: known.get('nn.Linear')!.summary,
  init: 'in_features, out_features, bias=True, device=None, dtype=None',
  hidden: ['bias'],
  construct: (self, { in_features, out_features, bias }, nn) => {
    const [inside, out] = [size(in_features!, 'in_features', nn), firstSize(out_features!, 'out_features', nn)];
    learn(self, 'weight', [out, inside], 'weights', nn, in_features!, out_features!);
    if (flag(bias!, true)) learn(self, 'bias', [out], 'biases', nn, out_features!);
    else lacks(self, 'bias');
  },
  forward: (self, [input], nn) =>
    linear(nn, callerOf(self), tensorOf(nn, input), tensor(self, 'weight', nn), optional(self, 'bias', nn)),
};

export const linears: readonly LayerClass[] = [
  {
    name: 'Identity',
    file: 'linear',
    summary: known.get('nn.Identity')!.summary,
    init: '*args, **kwargs',
    forward: (self, [input], nn) =>
      input instanceof PyTensor ? apply(nn, callerOf(self), ops.identity, {}, [input]) : input!,
  },
  Linear,
  { name: 'NonDynamicallyQuantizableLinear', file: 'linear', base: 'Linear' },
  {
    name: 'Bilinear',
    file: 'linear',
    summary: () => l10n.t('Weighs all products of the features of two inputs.'),
    init: 'in1_features, in2_features, out_features, bias=True, device=None, dtype=None',
    hidden: ['bias'],
    construct: (self, { in1_features, in2_features, out_features, bias }, nn) => {
      const out = firstSize(out_features!, 'out_features', nn);
      const shape = [out, size(in1_features!, 'in1_features', nn), size(in2_features!, 'in2_features', nn)];
      learn(self, 'weight', shape, 'weights', nn, in1_features!, in2_features!, out_features!);
      if (flag(bias!, true)) learn(self, 'bias', [out], 'biases', nn, out_features!);
      else lacks(self, 'bias');
    },
    input: 'input1, input2',
    forward: (self, [a, b], nn) =>
      bilinear(
        nn,
        callerOf(self),
        [tensorOf(nn, a, 'input1'), tensorOf(nn, b, 'input2')],
        tensor(self, 'weight', nn),
        optional(self, 'bias', nn),
      ),
  },
];

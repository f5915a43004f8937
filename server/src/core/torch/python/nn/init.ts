// torch/nn/init.py: values of parameters decide no cost; what is written is forgotten, or known where it is constant.
import * as l10n from '@vscode/l10n';
import { type Native, PyFloat, type Raised, type Value } from '../../../python/objects.ts';
import type { PyTensor } from '../tensor.ts';
import { overwrite, scalar } from '../values.ts';
import { tensorOf } from './apply.ts';
import { native, numberOf, tupleOf } from './natives.ts';
import type { NN } from './state.ts';

/** By name: the signature without the tensor, and the value where all elements get the same one. */
const fillings: Readonly<Record<string, readonly [signature: string, value?: number | 'val']>> = {
  uniform_: ['a=0.0, b=1.0, generator=None'],
  normal_: ['mean=0.0, std=1.0, generator=None'],
  trunc_normal_: ['mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None'],
  constant_: ['val', 'val'],
  ones_: ['', 1],
  zeros_: ['', 0],
  eye_: [''],
  dirac_: ['groups=1'],
  xavier_uniform_: ['gain=1.0, generator=None'],
  xavier_normal_: ['gain=1.0, generator=None'],
  kaiming_uniform_: ["a=0, mode='fan_in', nonlinearity='leaky_relu', generator=None"],
  kaiming_normal_: ["a=0, mode='fan_in', nonlinearity='leaky_relu', generator=None"],
  orthogonal_: ['gain=1, generator=None'],
  sparse_: ['sparsity, std=0.01, generator=None'],
};

/** Those that look at two dimensions at least. */
const matrices = /^(xavier|kaiming|orthogonal)/;

export function initializers(nn: NN): readonly Native[] {
  const fill = (name: string): Native => {
    const [signature, value] = fillings[name.endsWith('_') ? name : `${name}_`]!;
    return native(name, signature === '' ? 'tensor' : `tensor, ${signature}`, ([given, first]) => {
      const tensor = tensorOf(nn, given, 'tensor');
      if (matrices.test(name) && tensor.shape && tensor.shape.length < 2) {
        throw flat(nn);
      }
      const number = value === 'val' ? numberOf(first!) : value;
      const known = number !== undefined && !Number.isNaN(number);
      if (known && tensor.storage?.values) overwrite(tensor, scalar(nn.world, number, tensor.dtype));
      else if (tensor.storage?.values) overwrite(tensor, nn.world.tensor(tensor.shape, tensor.dtype));
      return tensor;
    });
  };
  return [
    ...Object.keys(fillings).map(fill),
    ...Object.keys(fillings)
      .filter(name => !/^(ones|zeros|trunc_normal)/.test(name))
      .map(name => fill(name.slice(0, -1))),
    native('calculate_gain', 'nonlinearity, param=None', ([kind, param], machine) => gain(kind!, param!, machine)),
    native('_calculate_fan_in_and_fan_out', 'tensor', ([tensor]) => tupleOf(fans(nn, tensorOf(nn, tensor, 'tensor')))),
    native('_calculate_correct_fan', 'tensor, mode', ([tensor, mode]) => {
      const [inside, out] = fans(nn, tensorOf(nn, tensor, 'tensor'));
      return mode === 'fan_out' ? out : inside;
    }),
    ...['_no_grad_trunc_normal_', '_no_grad_normal_', '_no_grad_uniform_', '_no_grad_fill_', '_no_grad_zero_'].map(
      name => native(name, 'tensor, *args, **kwargs', ([tensor]) => tensor!),
    ),
  ];
}

function flat({ machine }: NN): Raised {
  return machine.raise('ValueError', 'Fan in and fan out can not be computed for tensor with fewer than 2 dimensions');
}

function fans(nn: NN, { shape }: PyTensor): readonly [number, number] {
  if (!shape) return [Number.NaN, Number.NaN];
  if (shape.length < 2) {
    throw flat(nn);
  }
  const field = shape.slice(2).reduce((product, length) => product * length, 1);
  return [shape[1]! * field, shape[0]! * field];
}

function gain(kind: Value, param: Value, machine: NN['machine']): Value {
  switch (kind) {
    case 'tanh':
      return new PyFloat(5 / 3);
    case 'relu':
      return new PyFloat(Math.sqrt(2));
    case 'leaky_relu': {
      const slope = param === null ? 0.01 : (numberOf(param) ?? 0.01);
      return new PyFloat(Math.sqrt(2 / (1 + slope ** 2)));
    }
    case 'selu':
      return new PyFloat(0.75);
    case 'linear':
    case 'sigmoid':
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'conv_transpose1d':
    case 'conv_transpose2d':
    case 'conv_transpose3d':
      return 1;
    default:
      if (typeof kind !== 'string') return machine.unknown(l10n.t('the nonlinearity is not known'));
      throw machine.raise('ValueError', `Unsupported nonlinearity ${kind}`);
  }
}

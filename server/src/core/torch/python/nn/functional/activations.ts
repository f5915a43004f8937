// torch.nn.functional: activations, softmax, dropout.
import * as ops from '../../../../ops/index.ts';
import { type Native, Unknown, type Value } from '../../../../python/objects.ts';
import type { PyValue } from '../../../../python/value.ts';
import { PyDType } from '../../call.ts';
import { worldOf } from '../../recording.ts';
import type { DType } from '../../tensor.ts';
import { cast } from '../../views.ts';
import { apply, functionNamed, tensorOf, unknownResult } from '../apply.ts';
import { prelu } from '../layers/activation.ts';
import { layerNamed, simpleOf } from '../layers/shared.ts';
import { native, numberOf } from '../natives.ts';
import { runLayer } from '../recorded.ts';
import type { NN } from '../state.ts';

/** By name: the layer that does the same, and the signature; arguments that the layer has too are handed on. */
const table: Readonly<Record<string, readonly [layer: string, signature: string]>> = {
  relu: ['ReLU', 'input, inplace=False'],
  relu_: ['ReLU', 'input'],
  relu6: ['ReLU6', 'input, inplace=False'],
  elu: ['ELU', 'input, alpha=1.0, inplace=False'],
  elu_: ['ELU', 'input, alpha=1.0'],
  selu: ['SELU', 'input, inplace=False'],
  selu_: ['SELU', 'input'],
  celu: ['CELU', 'input, alpha=1.0, inplace=False'],
  celu_: ['CELU', 'input, alpha=1.0'],
  leaky_relu: ['LeakyReLU', 'input, negative_slope=0.01, inplace=False'],
  leaky_relu_: ['LeakyReLU', 'input, negative_slope=0.01'],
  rrelu: ['RReLU', 'input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False'],
  rrelu_: ['RReLU', 'input, lower=0.125, upper=0.3333333333333333, training=False'],
  glu: ['GLU', 'input, dim=-1'],
  gelu: ['GELU', "input, approximate='none'"],
  silu: ['SiLU', 'input, inplace=False'],
  mish: ['Mish', 'input, inplace=False'],
  hardswish: ['Hardswish', 'input, inplace=False'],
  hardsigmoid: ['Hardsigmoid', 'input, inplace=False'],
  hardtanh: ['Hardtanh', 'input, min_val=-1.0, max_val=1.0, inplace=False'],
  hardtanh_: ['Hardtanh', 'input, min_val=-1.0, max_val=1.0'],
  sigmoid: ['Sigmoid', 'input'],
  tanh: ['Tanh', 'input'],
  softplus: ['Softplus', 'input, beta=1.0, threshold=20.0'],
  softsign: ['Softsign', 'input'],
  softshrink: ['Softshrink', 'input, lambd=0.5'],
  hardshrink: ['Hardshrink', 'input, lambd=0.5'],
  tanhshrink: ['Tanhshrink', 'input'],
  logsigmoid: ['LogSigmoid', 'input'],
  threshold: ['Threshold', 'input, threshold, value, inplace=False'],
  threshold_: ['Threshold', 'input, threshold, value'],
  softmax: ['Softmax', 'input, dim=None, _stacklevel=3, dtype=None'],
  softmin: ['Softmin', 'input, dim=None, _stacklevel=3, dtype=None'],
  log_softmax: ['LogSoftmax', 'input, dim=None, _stacklevel=3, dtype=None'],
  gumbel_softmax: ['Softmax', 'logits, tau=1, hard=False, eps=1e-10, dim=-1'],
};

export function activations(nn: NN): readonly Native[] {
  return [
    ...Object.entries(table).map(([name, [layerName, signature]]) => {
      const layer = layerNamed(layerName);
      const names = signature.split(', ').map(part => part.split('=')[0]!);
      return native(name, signature, values => {
        const own = dtypeIn(values[names.indexOf('dtype')]);
        const x = own ? cast(worldOf(nn.machine), tensorOf(nn, values[0]), own) : tensorOf(nn, values[0]);
        const args: Record<string, PyValue> = {};
        for (const [at, value] of values.entries()) {
          const key = names[at]!;
          if (at === 0 || !(key in layer.params)) continue;
          if (value instanceof Unknown && key === 'dim') return unknownResult(nn, value, [x], x.shape);
          const simple = simpleOf(value);
          if (simple !== undefined) args[key] = simple;
        }
        const result = runLayer(nn, functionNamed(name), layer, [x], args)[0]!;
        if (name.endsWith('_') || values[names.indexOf('inplace')] === true) nn.world.overwrites(result, x);
        return result;
      });
    }),
    native('prelu', 'input, weight', ([x, weight]) =>
      prelu(nn, functionNamed('prelu'), tensorOf(nn, x), tensorOf(nn, weight, 'weight')),
    ),
    ...dropouts.map(([name, training]) =>
      native(name, `input, p=0.5, training=${training}, inplace=False`, ([x, p, active, inplace]): Value => {
        if (p === null) throw nn.machine.raise('TypeError', `${name}(): argument 'p' must be float, not NoneType`);
        const share = numberOf(p!);
        if (share !== undefined && (share < 0 || share > 1))
          throw nn.machine.raise('ValueError', `dropout probability has to be between 0 and 1, but got ${share}`);
        const input = tensorOf(nn, x);
        const result = apply(nn, functionNamed(name), ops.dropout, {}, [input]);
        const isIdle = active === false || share === 0;
        if (isIdle || inplace === true) nn.world.overwrites(result, input, isIdle);
        return result;
      }),
    ),
  ];
}

function dtypeIn(value: Value | undefined): DType | undefined {
  return value instanceof PyDType ? value.dtype : undefined;
}

const dropouts = [
  ['dropout', 'True'],
  ['dropout1d', 'True'],
  ['dropout2d', 'True'],
  ['dropout3d', 'True'],
  ['alpha_dropout', 'False'],
  ['feature_alpha_dropout', 'False'],
] as const;

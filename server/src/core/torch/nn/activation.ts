// torch/nn/modules/activation.py: activations of each element, and GLU.
import * as l10n from '@vscode/l10n';
import type { NodeOptions } from '../../graph/builder.ts';
import { channels, type Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import type { Op } from '../../ops/op.ts';
import { type AnyLayer, type Layer, layer, only, type Scope } from '../layer.ts';
import { ignored, int, number, type Param } from '../signature.ts';
import { times } from '../tensor.ts';
import { factory } from './factory.ts';

type Activation = (scope: Scope, x: Tensor, options?: NodeOptions) => Tensor;

const calling =
  (op: Op<Record<never, never>>): Activation =>
  (scope, x, options) =>
    scope.builder.add(op, {}, x, options);

export const relu = calling(ops.relu);
export const relu6 = calling(ops.relu6);
export const silu = calling(ops.silu);
export const gelu = calling(ops.gelu);
export const mish = calling(ops.mish);
export const hardSwish = calling(ops.hardSwish);
export const hardSigmoid = calling(ops.hardSigmoid);
/** nn.Sigmoid on a tensor; `x.sigmoid()` is in tensor.ts. */
export const gate = calling(ops.sigmoid);

type Params = Readonly<Record<string, Param>>;

const inplace = { inplace: ignored(() => l10n.t('Works in place.'), false) };
const alpha = number(() => l10n.t('Slope of the negative part.'), 1);

function activation(name: string, params: Params, apply: Activation): AnyLayer {
  const summary = (): string => l10n.t('The activation {0}.', name);
  return layer<object>({ name: `nn.${name}`, summary, params, forward: (scope, inputs) => apply(scope, only(inputs)) });
}

/** Compares each element with two limits. */
const clamped: Activation = (scope, x) => scope.builder.add(ops.unary, { how: 'clamp' }, x);

const LeakyReLU = layer<{ negative_slope: number }>({
  name: 'nn.LeakyReLU',
  summary: () => l10n.t('The activation LeakyReLU.'),
  params: { negative_slope: number(() => l10n.t('Slope of the negative part.'), 0.01), ...inplace },
  forward: (scope, inputs, { negative_slope: slope }) => scope.builder.add(ops.leakyRelu, { slope }, only(inputs)),
});

const RReLU = layer<{ lower: number; upper: number }>({
  name: 'nn.RReLU',
  summary: () => l10n.t('The activation RReLU.'),
  params: {
    lower: number(() => l10n.t('Smallest slope.'), 1 / 8),
    upper: number(() => l10n.t('Largest slope.'), 1 / 3),
    ...inplace,
  },
  // In evaluation mode the slope is the middle of both limits: no module of thop's table.
  forward: (scope, inputs, { lower, upper }) =>
    scope.builder.add(ops.leakyRelu, { slope: (lower + upper) / 2 }, only(inputs), { functional: true }),
});

export interface PreluArgs {
  num_parameters: number;
}

/** nn.PReLU; `options` say whose slope it uses, where one instance is called again. */
export function prelu(scope: Scope, x: Tensor, { num_parameters: slopes }: PreluArgs, options?: NodeOptions): Tensor {
  if (slopes !== 1 && slopes !== channels(x) && !Number.isNaN(channels(x))) {
    const message = l10n.t('This PReLU has {0} slopes, but its input has {1} channels.', slopes, channels(x));
    const help = l10n.t('Give it one slope, or one per channel.');
    return scope.refuse({ code: 'channel-mismatch', message, help, ...(x.shape ? { output: x.shape } : {}) }, [x]);
  }
  return scope.builder.add(ops.prelu, { perChannel: slopes > 1 }, x, options);
}

export const PReLU: Layer<PreluArgs> = layer<PreluArgs>({
  name: 'nn.PReLU',
  summary: () => l10n.t('The activation PReLU.'),
  params: {
    num_parameters: int(() => l10n.t('Learned slopes: 1, or one for each channel.'), 1),
    init: number(() => l10n.t('Their initial value.'), 0.25),
    ...factory,
  },
  parameters: ({ num_parameters }) => [{ name: 'weight', shape: [num_parameters], role: 'weights' }],
  forward: (scope, inputs, args) => prelu(scope, only(inputs), args),
});

export const activations: readonly AnyLayer[] = [
  activation('ReLU', inplace, relu),
  activation('ReLU6', inplace, relu6),
  activation('ELU', { alpha, ...inplace }, calling(ops.elu)),
  activation('SELU', inplace, calling(ops.selu)),
  activation('CELU', { alpha, ...inplace }, calling(ops.celu)),
  activation(
    'Softplus',
    {
      beta: number(() => l10n.t('Sharpness of the bend.'), 1),
      threshold: number(() => l10n.t('Above it the function is linear.'), 20),
    },
    calling(ops.softplus),
  ),
  activation('SiLU', inplace, silu),
  activation('GELU', { approximate: ignored(() => l10n.t('How it is computed: none or tanh.'), 'none') }, gelu),
  activation('Sigmoid', {}, gate),
  activation('Tanh', {}, calling(ops.tanh)),
  activation('Hardswish', inplace, hardSwish),
  activation('Hardsigmoid', inplace, hardSigmoid),
  activation('Mish', inplace, mish),
  activation('LogSigmoid', {}, calling(ops.logSigmoid)),
  activation('Softsign', {}, calling(ops.softsign)),
  activation(
    'Hardtanh',
    {
      min_val: number(() => l10n.t('Lower limit.'), -1),
      max_val: number(() => l10n.t('Upper limit.'), 1),
      ...inplace,
      min_value: ignored(() => l10n.t('The older name of min_val.'), null),
      max_value: ignored(() => l10n.t('The older name of max_val.'), null),
    },
    calling(ops.hardTanh),
  ),
  LeakyReLU,
  RReLU,
  activation('Hardshrink', { lambd: number(() => l10n.t('Values below it become 0.'), 0.5) }, clamped),
  activation('Softshrink', { lambd: number(() => l10n.t('How far values shrink.'), 0.5) }, clamped),
  activation(
    'Threshold',
    {
      threshold: number(() => l10n.t('Values up to it are replaced.')),
      value: number(() => l10n.t('The replacement.')),
      ...inplace,
    },
    clamped,
  ),
  activation('Tanhshrink', {}, (scope, x) => scope.builder.add(ops.sub, {}, [x, scope.builder.add(ops.tanh, {}, x)])),
  PReLU,
];

export const GLU = layer<{ dim: number }>({
  name: 'nn.GLU',
  summary: () => l10n.t('Halves an axis: one half times the sigmoid of the other half.'),
  params: { dim: int(() => l10n.t('The axis.'), -1, -8) },
  forward: (scope, inputs, { dim }) => {
    const x = only(inputs);
    const length = x.shape?.at(dim) ?? Number.NaN;
    if (length % 2 === 1) {
      const message = l10n.t('nn.GLU halves axis {0}, but its size is odd: {1}.', dim, length);
      const output = x.shape ? { output: x.shape } : {};
      return scope.refuse({ code: 'size-not-divisible-by-factor', attr: 'dim', message, ...output }, [x]);
    }
    const parts = scope.builder.addAll(ops.chunk, { axis: dim, chunks: 2 }, x);
    return times(scope, parts[0]!, gate(scope, parts[1] ?? parts[0]!, { functional: true }));
  },
});

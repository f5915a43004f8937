// Element-wise layers.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { missingField, unsupportedRank } from './complaints.ts';
import type { LayerType, Scope } from './layer.ts';

function activation(summary: () => string, build: (scope: Scope) => Tensor, param?: string): LayerType {
  return { summary, bottoms: [1, 1], tops: [1, 1], ...(param ? { param } : {}), build: scope => [build(scope)] };
}

/** Multiplies by, or adds, a constant. */
function withNumber({ builder }: Scope, op: typeof ops.mul, x: Tensor): Tensor {
  return builder.add(op, {}, [x, builder.add(ops.constant, { shape: [1] }, [])]);
}

export const ReLU = activation(
  () => l10n.t('max(0, x); with `negative_slope`, negative values are scaled instead of dropped.'),
  ({ builder, x, param }) => {
    const slope = param.number('negative_slope', 0);
    return slope === 0 ? builder.add(ops.relu, {}, x) : builder.add(ops.leakyRelu, { slope }, x);
  },
  'relu_param',
);

export const ReLU6 = activation(
  () => l10n.t('min(max(0, x), 6).'),
  ({ builder, x }) => builder.add(ops.relu6, {}, x),
  'relu6_param',
);

export const PReLU = activation(
  () => l10n.t('ReLU with a learned negative slope, one per channel or, with `channel_shared`, one for all.'),
  scope => {
    const perChannel = !scope.param.boolean('channel_shared', false);
    const { shape } = scope.x;
    if (shape && shape.length < 2) {
      // prelu_layer.cpp, LayerSetUp: CHECK_GE(bottom[0]->num_axes(), 2).
      return scope.refuse(unsupportedRank('PReLU', shape, { min: 2 }, shape));
    }
    const y = scope.builder.add(ops.prelu, { perChannel }, scope.x, { shares: scope.owner(0) });
    scope.own(0, y);
    return y;
  },
  'prelu_param',
);

export const CReLU = activation(
  () => l10n.t('ReLU of x and of −x, concatenated: twice the channels.'),
  ({ builder, x, param }) => {
    const axis = param.integer('concat_axis', 1);
    const both = builder.add(ops.concat, { axis }, [x, builder.add(ops.unary, { how: 'neg' }, x)]);
    return builder.add(ops.relu, {}, both);
  },
  'crelu_param',
);

export const ELU = activation(
  () => l10n.t('x above zero, alpha·(exp(x) − 1) below.'),
  ({ builder, x }) => builder.add(ops.elu, {}, x),
  'elu_param',
);

export const SELU = activation(
  () => l10n.t('The exponential linear unit, scaled so that mean and variance are preserved.'),
  ({ builder, x }) => builder.add(ops.selu, {}, x),
  'selu_param',
);

export const Sigmoid = activation(
  () => l10n.t('1 / (1 + exp(−x)).'),
  ({ builder, x }) => builder.add(ops.sigmoid, {}, x),
  'sigmoid_param',
);

export const TanH = activation(
  () => l10n.t('The hyperbolic tangent.'),
  ({ builder, x }) => builder.add(ops.tanh, {}, x),
  'tanh_param',
);

export const BNLL = activation(
  () => l10n.t('log(1 + exp(x)).'),
  ({ builder, x }) => builder.add(ops.softplus, {}, x),
);

export const Swish = activation(
  () => l10n.t('x · sigmoid(beta · x).'),
  scope => {
    const { builder, x, param } = scope;
    if (param.number('beta', 1) === 1) return builder.add(ops.silu, {}, x);
    const gate = builder.add(ops.sigmoid, {}, withNumber(scope, ops.mul, x));
    return builder.add(ops.mul, {}, [x, gate]);
  },
  'swish_param',
);

export const HardSwish = activation(
  () => l10n.t('x · min(max(x + 3, 0), 6) / 6.'),
  ({ builder, x }) => builder.add(ops.hardSwish, {}, x),
);

export const HardSigmoid = activation(
  () => l10n.t('A piecewise linear sigmoid.'),
  ({ builder, x }) => builder.add(ops.hardSigmoid, {}, x),
  'hard_sigmoid_param',
);

export const Mish = activation(
  () => l10n.t('x · tanh(log(1 + exp(x))).'),
  ({ builder, x }) => builder.add(ops.mish, {}, x),
);

export const AbsVal = activation(
  () => l10n.t('|x|.'),
  ({ builder, x }) => builder.add(ops.unary, { how: 'abs' }, x),
);

export const Dropout = activation(
  () => l10n.t('Drops random elements in training; at inference it passes its input through and costs nothing.'),
  ({ builder, x }) => builder.add(ops.dropout, {}, x),
  'dropout_param',
);

export const Power = activation(
  () => l10n.t('(shift + scale · x) ^ power.'),
  scope => {
    const { builder, param } = scope;
    let { x } = scope;
    const power = param.number('power', 1);
    if (param.number('scale', 1) !== 1) x = withNumber(scope, ops.mul, x);
    if (param.number('shift', 0) !== 0) x = withNumber(scope, ops.add, x);
    if (power === 2) return builder.add(ops.unary, { how: 'square' }, x);
    if (power !== 1) return builder.add(ops.unary, { how: 'pow' }, x);
    return x === scope.x ? builder.add(ops.identity, {}, x) : x;
  },
  'power_param',
);

export const Exp = activation(
  () => l10n.t('base ^ (shift + scale · x). Default base: e.'),
  scope => {
    const { builder, param } = scope;
    let { x } = scope;
    // log(base), scale and shift fold into one inner and one outer factor (exp_layer.cpp).
    if (param.number('base', -1) !== -1 || param.number('scale', 1) !== 1) x = withNumber(scope, ops.mul, x);
    x = builder.add(ops.unary, { how: 'exp' }, x);
    return param.number('shift', 0) === 0 ? x : withNumber(scope, ops.mul, x);
  },
  'exp_param',
);

export const Log = activation(
  () => l10n.t('The logarithm of shift + scale · x. Default base: e.'),
  scope => {
    const { builder, param } = scope;
    let { x } = scope;
    if (param.number('scale', 1) !== 1) x = withNumber(scope, ops.mul, x);
    if (param.number('shift', 0) !== 0) x = withNumber(scope, ops.add, x);
    x = builder.add(ops.unary, { how: 'log' }, x);
    return param.number('base', -1) === -1 ? x : withNumber(scope, ops.mul, x);
  },
  'log_param',
);

export const Threshold = activation(
  () => l10n.t('1 where x is above the threshold, else 0.'),
  scope => withNumber(scope, ops.maximum, scope.x),
  'threshold_param',
);

export const Clip = activation(
  () => l10n.t('Limits values to the range from `min` to `max`.'),
  scope => {
    for (const name of ['min', 'max']) {
      if (scope.param.has(name)) continue;
      scope.builder.complain(missingField(name, l10n.t('Clip needs both min and max.')));
    }
    return scope.builder.add(ops.unary, { how: 'clamp' }, scope.x);
  },
  'clip_param',
);

export const Softmax = activation(
  () => l10n.t('Turns scores into probabilities that sum to 1 along an axis. Default axis: channels.'),
  ({ builder, x, param }) => builder.add(ops.softmax, { axis: param.integer('axis', 1) }, x),
  'softmax_param',
);

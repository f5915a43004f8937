// Layers that change every element for itself.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { type LayerType, type Scope, sizesText } from './layer.ts';

function activation(summary: string, build: (scope: Scope) => Tensor, param?: string): LayerType {
  return { summary, bottoms: [1, 1], tops: [1, 1], ...(param ? { param } : {}), build: scope => [build(scope)] };
}

/** A product with a fixed number, or a sum with one. */
function withNumber({ builder }: Scope, op: typeof ops.mul, x: Tensor): Tensor {
  return builder.add(op, {}, [x, builder.add(ops.constant, { shape: [1] }, [])]);
}

export const ReLU = activation(
  'max(0, x); with `negative_slope` the negative side is shrunk instead of dropped.',
  ({ builder, x, param }) => {
    const slope = param.number('negative_slope', 0);
    return slope === 0 ? builder.add(ops.relu, {}, x) : builder.add(ops.leakyRelu, { slope }, x);
  },
  'relu_param',
);

export const ReLU6 = activation('min(max(0, x), 6).', ({ builder, x }) => builder.add(ops.relu6, {}, x), 'relu6_param');

export const PReLU = activation(
  'ReLU whose negative slope is learned, for each channel or (`channel_shared`) for all.',
  scope => {
    const perChannel = !scope.param.boolean('channel_shared', false);
    const { shape } = scope.x;
    if (shape && shape.length < 2) {
      // prelu_layer.cpp, LayerSetUp: CHECK_GE(bottom[0]->num_axes(), 2).
      const message = `PReLU works on batch and channels at least, but its input is ${sizesText(shape)}.`;
      return scope.refuse({ code: 'wrong-rank', input: 0, message, output: shape });
    }
    const y = scope.builder.add(ops.prelu, { perChannel }, scope.x, { shares: scope.owner(0) });
    scope.own(0, y);
    return y;
  },
  'prelu_param',
);

export const CReLU = activation(
  'ReLU of x and of −x, one behind the other: twice the channels.',
  ({ builder, x, param }) => {
    const axis = param.integer('concat_axis', 1);
    const both = builder.add(ops.concat, { axis }, [x, builder.add(ops.unary, { how: 'neg' }, x)]);
    return builder.add(ops.relu, {}, both);
  },
  'crelu_param',
);

export const ELU = activation(
  'x above zero, alpha·(exp(x) − 1) below.',
  ({ builder, x }) => builder.add(ops.elu, {}, x),
  'elu_param',
);

export const SELU = activation(
  'The exponential linear unit with a slope and a scale that keep mean and variance.',
  ({ builder, x }) => builder.add(ops.selu, {}, x),
  'selu_param',
);

export const Sigmoid = activation(
  '1 / (1 + exp(−x)).',
  ({ builder, x }) => builder.add(ops.sigmoid, {}, x),
  'sigmoid_param',
);

export const TanH = activation(
  'The hyperbolic tangent.',
  ({ builder, x }) => builder.add(ops.tanh, {}, x),
  'tanh_param',
);

export const BNLL = activation('log(1 + exp(x)).', ({ builder, x }) => builder.add(ops.softplus, {}, x));

export const Swish = activation(
  'x · sigmoid(beta · x).',
  scope => {
    const { builder, x, param } = scope;
    if (param.number('beta', 1) === 1) return builder.add(ops.silu, {}, x);
    const gate = builder.add(ops.sigmoid, {}, withNumber(scope, ops.mul, x));
    return builder.add(ops.mul, {}, [x, gate]);
  },
  'swish_param',
);

export const HardSwish = activation('x · min(max(x + 3, 0), 6) / 6.', ({ builder, x }) =>
  builder.add(ops.hardSwish, {}, x),
);

export const HardSigmoid = activation(
  'A sigmoid of three straight lines.',
  ({ builder, x }) => builder.add(ops.hardSigmoid, {}, x),
  'hard_sigmoid_param',
);

export const Mish = activation('x · tanh(log(1 + exp(x))).', ({ builder, x }) => builder.add(ops.mish, {}, x));

export const AbsVal = activation('|x|.', ({ builder, x }) => builder.add(ops.unary, { how: 'abs' }, x));

export const Dropout = activation(
  'Drops random elements in training; at inference it hands its input on and costs nothing.',
  ({ builder, x }) => builder.add(ops.dropout, {}, x),
  'dropout_param',
);

export const Power = activation(
  '(shift + scale · x) ^ power.',
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
  'base ^ (shift + scale · x), base e unless set.',
  scope => {
    const { builder, param } = scope;
    let { x } = scope;
    // log(base), scale and shift fold into one factor inside and one outside (exp_layer.cpp).
    if (param.number('base', -1) !== -1 || param.number('scale', 1) !== 1) x = withNumber(scope, ops.mul, x);
    x = builder.add(ops.unary, { how: 'exp' }, x);
    return param.number('shift', 0) === 0 ? x : withNumber(scope, ops.mul, x);
  },
  'exp_param',
);

export const Log = activation(
  'The logarithm of shift + scale · x, natural unless `base` is set.',
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
  '1 where x is above the threshold, else 0.',
  scope => withNumber(scope, ops.maximum, scope.x),
  'threshold_param',
);

export const Clip = activation(
  'Keeps values between `min` and `max`.',
  scope => {
    for (const name of ['min', 'max']) {
      if (scope.param.has(name)) continue;
      const message = `“${name}” is missing: Clip needs both min and max.`;
      scope.builder.complain({ code: 'missing-field', attr: name, message });
    }
    return scope.builder.add(ops.unary, { how: 'clamp' }, scope.x);
  },
  'clip_param',
);

export const Softmax = activation(
  'Turns scores into probabilities that sum to 1 along an axis, the channels unless set.',
  ({ builder, x, param }) => builder.add(ops.softmax, { axis: param.integer('axis', 1) }, x),
  'softmax_param',
);

// Darknet's activations (activations.c, get_activation).
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import {
  div,
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  mish,
  reduce,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  tanh,
  unary,
} from '../../ops/index.ts';
import type { Dialect } from './words.ts';

export interface Activation {
  readonly doc: () => string;
  readonly only?: Dialect;
  readonly apply: (builder: Builder, x: Tensor) => Tensor;
}

const leaky = (slope: number) => (builder: Builder, x: Tensor) => builder.add(leakyRelu, { slope }, x);

const softmaxOfChannels: Activation = {
  doc: () => l10n.t('Softmax over the channels of each position.'),
  only: 'alexeyab',
  apply: (builder, x) => builder.add(softmax, { axis: 1 }, x),
};

/** Piecewise functions that only Darknet has are represented by others of the same cost. */
export const activations: Readonly<Record<string, Activation>> = {
  leaky: { doc: () => l10n.t('x, or x/10 where negative.'), apply: leaky(0.1) },
  linear: { doc: () => l10n.t('No activation.'), apply: (_, x) => x },
  relu: { doc: () => l10n.t('x, or 0 where negative.'), apply: (builder, x) => builder.add(relu, {}, x) },
  logistic: { doc: () => l10n.t('Sigmoid: 0 to 1.'), apply: (builder, x) => builder.add(sigmoid, {}, x) },
  mish: {
    doc: () => l10n.t('x·tanh(softplus(x)).'),
    only: 'alexeyab',
    apply: (builder, x) => builder.add(mish, {}, x),
  },
  swish: { doc: () => l10n.t('x·sigmoid(x).'), only: 'alexeyab', apply: (builder, x) => builder.add(silu, {}, x) },
  relu6: {
    doc: () => l10n.t('x between 0 and 6.'),
    only: 'alexeyab',
    apply: (builder, x) => builder.add(relu6, {}, x),
  },
  gelu: { doc: () => l10n.t('x·Φ(x).'), only: 'alexeyab', apply: (builder, x) => builder.add(gelu, {}, x) },
  tanh: { doc: () => l10n.t('Hyperbolic tangent: −1 to 1.'), apply: (builder, x) => builder.add(tanh, {}, x) },
  elu: { doc: () => l10n.t('x, or eˣ − 1 where negative.'), apply: (builder, x) => builder.add(elu, {}, x) },
  selu: { doc: () => l10n.t('Scaled ELU.'), apply: (builder, x) => builder.add(selu, {}, x) },
  loggy: {
    doc: () => l10n.t('2·sigmoid(x) − 1, which is tanh(x/2).'),
    apply: (builder, x) => builder.add(tanh, {}, x),
  },
  relie: { doc: () => l10n.t('x, or x/100 where negative.'), apply: leaky(0.01) },
  ramp: { doc: () => l10n.t('x/10, plus x where positive.'), apply: leaky(0.1) },
  revleaky: { doc: () => l10n.t('Same as leaky.'), only: 'alexeyab', apply: leaky(0.1) },
  hardtan: { doc: () => l10n.t('x between −1 and 1.'), apply: (builder, x) => builder.add(hardTanh, {}, x) },
  lhtan: {
    doc: () => l10n.t('x between 0 and 1, a thousandth of it outside.'),
    apply: (builder, x) => builder.add(hardTanh, {}, x),
  },
  plse: { doc: () => l10n.t('Piecewise linear sigmoid.'), apply: (builder, x) => builder.add(hardSigmoid, {}, x) },
  stair: { doc: () => l10n.t('Staircase function.'), apply: (builder, x) => builder.add(unary, { how: 'round' }, x) },
  hard_mish: {
    doc: () => l10n.t('Piecewise approximation of mish.'),
    only: 'alexeyab',
    apply: (builder, x) => builder.add(hardSwish, {}, x),
  },
  normalize_channels: {
    doc: () => l10n.t('Positive values divided by their sum over the channels of each position.'),
    only: 'alexeyab',
    apply: (builder, x) => {
      const positive = builder.add(relu, {}, x);
      return builder.add(div, {}, [positive, builder.add(reduce, { how: 'sum', axes: [1], keep: true }, positive)]);
    },
  },
  normalize_channels_softmax: softmaxOfChannels,
  normalize_channels_softmax_maxval: softmaxOfChannels,
};

/** The activations of a dialect. */
export function activationNames(dialect: Dialect): string[] {
  return Object.keys(activations).filter(name => (activations[name]!.only ?? dialect) === dialect);
}

export function activationOf(name: string, dialect: Dialect): Activation | undefined {
  const found = Object.hasOwn(activations, name) ? activations[name] : undefined;
  return found && (found.only ?? dialect) === dialect ? found : undefined;
}

// torch/nn/modules/activation.py: softmax and its relatives, along an axis.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import { type AnyLayer, layer, only, type Scope } from '../layer.ts';
import { int } from '../signature.ts';

/** A class of its own, of which thop knows from 2.1 on. */
const late = { functional: true, derived: true };

function softmaxOf(name: string, add: (scope: Scope, x: Tensor, axis: number) => Tensor): AnyLayer {
  return layer<{ dim: number | null }>({
    name,
    summary: () => l10n.t('Turns scores into probabilities that sum to 1.'),
    params: { dim: int(() => l10n.t('The axis; None chooses by the number of dimensions.'), null, -8) },
    forward: (scope, inputs, { dim }) => {
      const x = only(inputs);
      return add(scope, x, dim ?? defaultAxis(x));
    },
  });
}

/** _get_softmax_dim (torch/nn/functional.py). */
function defaultAxis({ shape }: Tensor): number {
  return shape && [0, 1, 3].includes(shape.length) ? 0 : 1;
}

export const Softmax = softmaxOf('nn.Softmax', (scope, x, axis) => scope.builder.add(ops.softmax, { axis }, x));
export const LogSoftmax = softmaxOf('nn.LogSoftmax', (scope, x, axis) =>
  scope.builder.add(ops.logSoftmax, { axis }, x),
);
/** Of the negative input. */
export const Softmin = softmaxOf('nn.Softmin', (scope, x, axis) =>
  scope.builder.add(ops.softmax, { axis }, scope.builder.add(ops.unary, { how: 'neg' }, x, late), late),
);

export const Softmax2d = layer<object>({
  name: 'nn.Softmax2d',
  summary: () => l10n.t('Turns the channels of each position into probabilities that sum to 1.'),
  params: {},
  forward: (scope, inputs) => scope.builder.add(ops.softmax, { axis: 1 }, only(inputs), late),
});

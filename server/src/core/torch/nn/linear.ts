// torch/nn/modules/linear.py.
import * as l10n from '@vscode/l10n';
import type { NodeOptions } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import { layer, only, type Scope } from '../layer.ts';
import { flag, int } from '../signature.ts';
import { withBias } from './conv.ts';
import { factory } from './factory.ts';

export function linear(scope: Scope, x: Tensor, out: number, bias = true, options?: NodeOptions): Tensor {
  return scope.builder.add(ops.linear, { out, bias }, x, options);
}

export const Linear = layer<{ in_features: number; out_features: number; bias: boolean }>({
  name: 'nn.Linear',
  summary: () => l10n.t('A fully connected layer.'),
  params: {
    in_features: int(() => l10n.t('Input features.')),
    out_features: int(() => l10n.t('Output features.')),
    bias: flag(() => l10n.t('Adds a learned bias to each.'), true),
    ...factory,
  },
  parameters: ({ in_features, out_features, bias }) => withBias([out_features, in_features], out_features, bias),
  forward: (scope, inputs, { in_features, out_features, bias }) => {
    const x = only(inputs);
    const given = x.shape?.at(-1) ?? Number.NaN;
    if (given !== in_features && !Number.isNaN(given)) {
      const message = l10n.t(
        'nn.Linear expects {0} input features, but the last dimension of its input is {1}.',
        in_features,
        given,
      );
      const output = [...x.shape!.slice(0, -1), out_features];
      return scope.refuse({ code: 'channel-mismatch', attr: 'in_features', message, output }, [x]);
    }
    return linear(scope, x, out_features, bias);
  },
});

export const Identity = layer<object>({
  name: 'nn.Identity',
  summary: () => l10n.t('Returns its input unchanged and ignores its arguments.'),
  params: {},
  ignoresMore: true,
  forward: (scope, inputs) => {
    const value = inputs[0]!;
    return Array.isArray(value)
      ? value.map(each => scope.builder.add(ops.identity, {}, each))
      : scope.builder.add(ops.identity, {}, only(inputs));
  },
});

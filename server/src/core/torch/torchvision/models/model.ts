// What torchvision's models are made of: children in the order of the constructor, and what they share.

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Forward, Scope } from '../../layer.ts';
import { type Child, construct, type Module, named, registered, run } from '../../module.ts';
import { relu } from '../../nn/activation.ts';
import { Linear, linear } from '../../nn/linear.ts';
import { adaptiveAvgPool2d } from '../../nn/pool.ts';
import { flatten } from '../../tensor.ts';
import { squeezeExcite } from '../ops/squeezeExcitation.ts';

/** What a model's forward pass does in turn. */
export interface Step extends Child {
  /** Done in the forward pass alone: no child, so that taking the model apart loses it. */
  readonly isBare?: boolean;
  /** A child that the forward pass in evaluation mode leaves out; taken apart it runs like others. */
  readonly isIdle?: boolean;
}

/** A model by its steps in evaluation mode. `weights` are those that are asked for, if any. */
export type Model = (weights: string | undefined) => readonly Step[];

/** `list(model.children())`. */
export function childrenOf(steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ isBare }) => !isBare);
}

/** The model's own forward pass. */
export function forwardOf(scope: Scope, steps: readonly Step[], x: Tensor): Tensor {
  return steps.reduce((y, step) => {
    if (!step.isIdle) return run(scope, [step], y);
    return scope.part(step.name, step.type, () => {
      registered(scope, [step]);
      return y;
    });
  }, x);
}

export function bare(name: string, forward: Forward): Step {
  return { ...named(name, forward), isBare: true };
}

/** `nn.Sequential` of blocks, as a child of another. */
export function chained(forwards: readonly Forward[]): Forward {
  return (scope, x) =>
    forwards.reduce((y, forward, index) => scope.part(String(index), 'module', () => forward(scope, y)), x);
}

/** A SqueezeExcitation as a part of a block. */
export function squeezed(scope: Scope, x: Tensor, squeeze: number, act: Forward, scale: Forward): Tensor {
  return scope.part('se', 'SqueezeExcitation', () => squeezeExcite(scope, x, squeeze, act, scale));
}

/** F.relu: hooks on modules do not see it. */
export const bareRelu: Forward = (scope, x) => relu(scope, x, { functional: true });

export const pooledTo =
  (size: number): Forward =>
  (scope, x) =>
    adaptiveAvgPool2d(scope, x, size);

/** torch.flatten(x, 1) between the last pooling and the classifier. */
export const flattened: Step = bare('flatten', (scope, x) => flatten(scope, x));

/** F.adaptive_avg_pool2d(x, (1, 1)). */
export const pooled: Step = bare('adaptive_avg_pool2d', (scope, x) =>
  adaptiveAvgPool2d(scope, x, 1, { functional: true }),
);

/** x.mean([2, 3]): [1, C, H, W] → [1, C]. */
export const averaged: Step = bare('mean', (scope, x) =>
  scope.builder.add(ops.reduce, { how: 'mean', axes: [2, 3], keep: false }, x, { functional: true }),
);

/** nn.Linear; what feeds it may be lost where the model is taken apart. */
export function dense(in_features: number, out_features: number): Module {
  return {
    ...construct(Linear, { in_features, out_features }),
    forward: (scope, x) => {
      const found = x.shape?.at(-1);
      if (found === undefined || found === in_features || Number.isNaN(found)) return linear(scope, x, out_features);
      const message = l10n.t(
        'A linear layer inside expects {0} features, but the last dimension of its input is {1}: an unwrapped model loses what its forward() does between layers.',
        in_features,
        found,
      );
      const help = l10n.t('Increase `truncate` until the linear layers are cut off too.');
      const output = [...x.shape!.slice(0, -1), out_features];
      return scope.refuse({ code: 'unwrapped-model', input: 0, message, help, output }, [x]);
    },
  };
}

/** _make_divisible (models/_utils.py): to the nearest multiple, but never a tenth below. */
export function divisible(value: number, by = 8): number {
  const rounded = Math.max(by, Math.floor(Math.trunc(value + by / 2) / by) * by);
  return rounded < 0.9 * value ? rounded + by : rounded;
}

// What torchvision's models are made of: children in the order of the constructor, and the layers that they share.
import type { Tensor } from '../../../../graph/graph.ts';
import * as ops from '../../../../ops/index.ts';
import { batchNorm, channels, conv2d, flatten, linear, times } from '../../layers.ts';
import type { Scope, Size } from '../../module.ts';

export type Forward = (scope: Scope, x: Tensor) => Tensor;

/** A child of a model: its name and its forward pass; `children` where it is an nn.Sequential. */
export interface Child {
  readonly name: string;
  readonly forward: Forward;
  readonly children?: readonly Child[];
  /** Done in the model's forward pass alone: no child, so that taking the model apart loses it. */
  readonly bare?: boolean;
  /** Parameters of a child that the model's forward pass in evaluation leaves out; taken apart it runs like others. */
  readonly idle?: number;
}

/** The children of a model, in evaluation mode. `weights` are those that the row asks for, if any. */
export type Model = (weights: string | undefined) => readonly Child[];

export function step(scope: Scope, child: Child, x: Tensor): Tensor {
  return scope.part(child.name, child.children ? 'Sequential' : 'module', () => child.forward(scope, x));
}

export function sequential(name: string, children: readonly Child[]): Child {
  return { name, children, forward: (scope, x) => children.reduce((y, child) => step(scope, child, y), x) };
}

export function numbered(forwards: readonly Forward[]): readonly Child[] {
  return forwards.map((forward, index) => ({ name: String(index), forward }));
}

/** `nn.Sequential` of blocks, as a child of another. */
export function chained(forwards: readonly Forward[]): Forward {
  return (scope, x) =>
    forwards.reduce((y, forward, index) => scope.part(String(index), 'module', () => forward(scope, y)), x);
}

export const relu: Forward = (scope, x) => scope.builder.add(ops.relu, {}, x);
export const relu6: Forward = (scope, x) => scope.builder.add(ops.relu6, {}, x);
export const silu: Forward = (scope, x) => scope.builder.add(ops.silu, {}, x);
export const hardSwish: Forward = (scope, x) => scope.builder.add(ops.hardSwish, {}, x);
export const drop: Forward = (scope, x) => scope.builder.add(ops.dropout, {}, x);

/** F.relu: hooks on modules do not see it. */
export const bareRelu: Forward = (scope, x) => scope.builder.add(ops.relu, {}, x, { functional: true });

export const pooledTo =
  (size: number): Forward =>
  (scope, x) =>
    scope.builder.add(ops.adaptiveAvgPool, { size: [size, size] }, x);

/** torch.flatten(x, 1) between the last pooling and the classifier. */
export const flattened: Child = { name: 'flatten', forward: (scope, x) => flatten(scope, x), bare: true };

/** x.mean([2, 3]): [1, C, H, W] → [1, C]. */
export const averaged: Child = {
  name: 'mean',
  forward: (scope, x) =>
    scope.builder.add(ops.reduce, { how: 'mean', axes: [2, 3], keep: false }, x, { functional: true }),
  bare: true,
};

/** nn.Linear, built for so many features of the last dimension. */
export const dense =
  (inputs: number, out: number): Forward =>
  (scope, x) => {
    const found = x.shape?.at(-1);
    if (found === undefined || found === inputs || Number.isNaN(found)) return linear(scope, x, out);
    const message = `A linear layer here is built for ${inputs} features, but the last dimension of its input has ${found}. Where the model is taken apart, what its forward pass does between its layers is lost: truncate so that the linear layers fall away too.`;
    return scope.refuse({ code: 'shape-mismatch', input: 0, message, output: [...x.shape!.slice(0, -1), out] }, [x]);
  };

export interface Norm {
  readonly c2: number;
  readonly k?: Size;
  readonly s?: number;
  readonly p?: Size;
  /** Groups. */
  readonly g?: number;
  readonly act?: Forward;
}

/** Conv2dNormActivation (ops/misc.py): a convolution without bias, batch norm, an activation; padded to keep the size. */
export function convNorm(scope: Scope, x: Tensor, { c2, k = 1, s = 1, p, g = 1, act }: Norm): Tensor {
  const padding = p ?? (typeof k === 'number' ? (k - 1) / 2 : 0);
  const y = batchNorm(scope, conv2d(scope, x, { c2, k, s, p: padding, g, bias: false }));
  return act ? act(scope, y) : y;
}

/** The same as a child of its own, an nn.Sequential. */
export function convNormChild(name: string, norm: Omit<Norm, 'act'>, act?: Forward): Child {
  const { c2, k = 1, s = 1, p, g = 1 } = norm;
  const conv: Forward = (scope, x) =>
    conv2d(scope, x, { c2, k, s, p: p ?? (typeof k === 'number' ? (k - 1) / 2 : 0), g, bias: false });
  return sequential(name, numbered(act ? [conv, batchNorm, act] : [conv, batchNorm]));
}

/** SqueezeExcitation (ops/misc.py): two 1×1 convolutions on the pooled channels, then a product. */
export function squeezeExcite(
  scope: Scope,
  x: Tensor,
  squeeze: number,
  act: Forward,
  gate: typeof ops.sigmoid | typeof ops.hardSigmoid,
): Tensor {
  return scope.part('se', 'SqueezeExcitation', () => {
    const hidden = act(scope, conv2d(scope, pooledTo(1)(scope, x), { c2: squeeze, k: 1 }));
    const scale = scope.builder.add(gate, {}, conv2d(scope, hidden, { c2: channels(x), k: 1 }));
    return times(scope, scale, x);
  });
}

/** _make_divisible (models/_utils.py): to the nearest multiple, but never a tenth below. */
export function divisible(value: number, by = 8): number {
  const rounded = Math.max(by, Math.floor(Math.trunc(value + by / 2) / by) * by);
  return rounded < 0.9 * value ? rounded + by : rounded;
}

/** The parameters of nn.Linear. */
export const linearParams = (inputs: number, out: number): number => inputs * out + out;
/** The parameters of a convolution without bias and its batch norm. */
export const convNormParams = (c1: number, c2: number, k: number): number => c1 * c2 * k * k + 2 * c2;

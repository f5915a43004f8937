// The layers of torch.nn that modules are made of, with PyTorch's defaults.
import type { NodeOptions } from '../../graph/builder.ts';
import { channels, type Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import type { Scope, Size } from './module.ts';
import type { PyValue } from './python.ts';

export { channels };

/** One entry for each of the two spatial dimensions. */
export function pair(value: Size): readonly number[] {
  if (typeof value !== 'number') return value.length === 1 ? [value[0]!, value[0]!] : value;
  return pairs[value] ?? [value, value];
}

// Nearly all sizes are small; a network has thousands of them.
const pairs: readonly (readonly number[])[] = Array.from({ length: 33 }, (_, value) => [value, value]);

/** autopad of all YOLO repositories: half the dilated kernel, unless padding is given. */
export function autopad(k: Size, p: Size | string | null = null, d: Size = 1): Size | string {
  if (p !== null) return p;
  if (typeof k === 'number' && d === 1) return Math.floor(k / 2);
  const dilation = pair(d);
  return pair(k).map((size, axis) => Math.floor((dilation[axis]! * (size - 1) + 1) / 2));
}

export interface Conv2d {
  readonly c2: number;
  readonly k: Size;
  readonly s?: Size;
  /** “same” and “valid” as nn.Conv2d takes them. */
  readonly p?: Size | string;
  readonly g?: number;
  readonly d?: Size;
  readonly bias?: boolean;
}

/** nn.Conv2d; with a bias unless told otherwise. */
export function conv2d(scope: Scope, x: Tensor, layer: Conv2d): Tensor {
  const { c2, k, s = 1, p = 0, g = 1, d = 1, bias = true } = layer;
  const wrong = mistakeIn(layer);
  if (wrong) return scope.refuse({ ...wrong, output: [1, c2, Number.NaN, Number.NaN] }, [x]);
  const attrs = { out: c2, kernel: pair(k), stride: pair(s), dilation: pair(d), groups: g, bias };
  if (p === 'same') {
    // torch pads unevenly where it must; the stride is 1, so the size stays.
    const whole = attrs.kernel.map((size, axis) => attrs.dilation[axis]! * (size - 1));
    const padding = whole.map(border => Math.floor(border / 2));
    const paddingAfter = whole.map((border, axis) => border - padding[axis]!);
    return scope.builder.add(ops.conv, { ...attrs, padding, paddingAfter }, x);
  }
  return scope.builder.add(ops.conv, { ...attrs, padding: typeof p === 'string' ? zero : pair(p) }, x);
}

const zero = [0, 0];

/** Sizes that torch refuses when the convolution is made or run. */
function mistakeIn({
  c2,
  k,
  s = 1,
  p = 0,
  d = 1,
}: Conv2d): { code: string; attr: string; message: string } | undefined {
  if (c2 < 1) {
    return { code: 'wrong-argument', attr: 'out', message: `A convolution inside would have ${c2} output channels.` };
  }
  for (const [attr, value] of [
    ['kernel', k],
    ['stride', s],
    ['padding', p],
    ['dilation', d],
  ] as const) {
    if (typeof value !== 'string' && typeof value !== 'number' && value.length !== 2) {
      const message = `A list must have two sizes here, for rows and columns, and this one has ${value.length}.`;
      return { code: 'wrong-argument', attr, message };
    }
  }
  if (typeof p !== 'string') return undefined;
  if (p !== 'same' && p !== 'valid') {
    return { code: 'wrong-argument', attr: 'padding', message: `Padding is a number, “same” or “valid”, not “${p}”.` };
  }
  return p === 'same' && pair(s).some(step => step !== 1)
    ? { code: 'wrong-argument', attr: 'padding', message: 'torch pads “same” at stride 1 only.' }
    : undefined;
}

export interface ConvTranspose2d extends Omit<Conv2d, 'p'> {
  readonly p?: Size;
  readonly outputPadding?: Size;
}

export function convTranspose2d(scope: Scope, x: Tensor, layer: ConvTranspose2d, options?: NodeOptions): Tensor {
  const { c2, k, s = 1, p = 0, g = 1, d = 1, bias = true, outputPadding = 0 } = layer;
  const wrong = mistakeIn(layer);
  if (wrong) return scope.refuse({ ...wrong, output: [1, c2, Number.NaN, Number.NaN] }, [x]);
  const attrs = {
    out: c2,
    kernel: pair(k),
    stride: pair(s),
    padding: pair(p),
    outputPadding: pair(outputPadding),
    dilation: pair(d),
    groups: g,
    bias,
  };
  return scope.builder.add(ops.convTranspose, attrs, x, options);
}

export function batchNorm(scope: Scope, x: Tensor): Tensor {
  return scope.builder.add(ops.batchNorm, { affine: true, stats: true }, x);
}

/** A layer that the forward pass in evaluation mode leaves out, though the module has it: only its parameters count. */
export type Idle =
  | { readonly conv: Conv2d & { readonly c1: number } }
  | { readonly linear: readonly [inputs: number, outputs: number] }
  | { readonly norm: number };

/** What training alone runs: its parameters are there, its work is not. */
export function idle(scope: Scope, label: string, type: string, list: readonly Idle[]): void {
  const { builder } = scope;
  const parameter = (role: 'weights' | 'biases' | 'normAffine', shape: readonly number[]): Tensor =>
    builder.add(ops.parameter, { shape, role }, []);
  scope.part(label, type, () =>
    list.flatMap(layer => {
      if ('norm' in layer) return [parameter('normAffine', [layer.norm]), parameter('normAffine', [layer.norm])];
      if ('linear' in layer) {
        const [inputs, outputs] = layer.linear;
        return [parameter('weights', [outputs, inputs]), parameter('biases', [outputs])];
      }
      const { c1, c2, k, g = 1, bias = true } = layer.conv;
      const weights = parameter('weights', [c2, c1 / g, ...pair(k)]);
      return bias ? [weights, parameter('biases', [c2])] : [weights];
    }),
  );
}

/** A Conv (convolution without bias, batch norm) for `idle`. */
export function idleConv(c1: number, c2: number, k: Size = 1): readonly Idle[] {
  return [{ conv: { c1, c2, k, bias: false } }, { norm: c2 }];
}

/** nn.LayerNorm over the last dimension. */
export function layerNorm(scope: Scope, x: Tensor): Tensor {
  return scope.builder.add(ops.layerNorm, { axes: 1, affine: true, bias: true }, x);
}

export function linear(scope: Scope, x: Tensor, out: number, bias = true, options?: NodeOptions): Tensor {
  return scope.builder.add(ops.linear, { out, bias }, x, options);
}

export interface Pool {
  readonly k: Size;
  readonly s: Size;
  readonly p?: Size;
  readonly ceil?: boolean;
  readonly d?: Size;
}

export function maxPool2d(
  scope: Scope,
  x: Tensor,
  { k, s, p = 0, ceil = false, d = 1 }: Pool,
  options?: NodeOptions,
): Tensor {
  const attrs = {
    kernel: pair(k),
    stride: pair(s),
    padding: pair(p),
    dilation: pair(d),
    rounding: ceil ? 'ceil' : 'floor',
  } as const;
  const refused = overpadded(scope, x, attrs);
  if (refused) return refused;
  return scope.builder.add(ops.maxPool, attrs, x, options);
}

export function avgPool2d(
  scope: Scope,
  x: Tensor,
  { k, s, p = 0, ceil = false, includePadding = true }: Pool & { includePadding?: boolean },
  options?: NodeOptions,
): Tensor {
  const attrs = {
    kernel: pair(k),
    stride: pair(s),
    padding: pair(p),
    rounding: ceil ? 'ceil' : 'floor',
    includePadding,
  } as const;
  const refused = overpadded(scope, x, attrs);
  if (refused) return refused;
  return scope.builder.add(ops.avgPool, attrs, x, options);
}

/** torch pads pools by half a window at most. */
function overpadded(
  scope: Scope,
  x: Tensor,
  { kernel, padding }: { kernel: readonly number[]; padding: readonly number[] },
): Tensor | undefined {
  if (padding.every((border, axis) => !(border > kernel[axis]! / 2))) return undefined;
  const message = `Padding ${padding.join('×')} is more than half of the window ${kernel.join('×')}, which pooling refuses.`;
  const output = [1, channels(x), Number.NaN, Number.NaN];
  return scope.refuse({ code: 'wrong-argument', attr: 'padding', message, output }, [x]);
}

export function cat(scope: Scope, list: readonly Tensor[], axis = 1): Tensor {
  return scope.builder.add(ops.concat, { axis }, list);
}

/** The sum of tensors, with broadcasting. */
export function plus(scope: Scope, ...list: readonly Tensor[]): Tensor {
  return scope.builder.add(ops.add, {}, list);
}

export function times(scope: Scope, ...list: readonly Tensor[]): Tensor {
  return scope.builder.add(ops.mul, {}, list);
}

/** x.chunk(2, 1). */
export function halves(scope: Scope, x: Tensor): readonly [Tensor, Tensor] {
  const [a, b] = scope.builder.addAll(ops.chunk, { axis: 1, chunks: 2 }, x);
  return [a!, b ?? a!];
}

export function split(scope: Scope, x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  const parts = scope.builder.addAll(ops.split, { axis, sizes }, x);
  // A failed split hands on one unknown tensor: it stands for all of them.
  return sizes.map((_, index) => parts[index] ?? parts[0]!);
}

export function reshape(scope: Scope, x: Tensor, shape: readonly number[]): Tensor {
  return scope.builder.add(ops.reshape, { shape }, x);
}

export function permute(scope: Scope, x: Tensor, ...order: readonly number[]): Tensor {
  return scope.builder.add(ops.permute, { order }, x);
}

export function flatten(scope: Scope, x: Tensor, start = 1, end = -1): Tensor {
  return scope.builder.add(ops.flatten, { start, end }, x);
}

/** a @ b over leading dimensions; either may be transposed. */
export function matmul(scope: Scope, a: Tensor, b: Tensor, transpose: { a?: boolean; b?: boolean } = {}): Tensor {
  return scope.builder.add(ops.matmul, { transposeA: transpose.a ?? false, transposeB: transpose.b ?? false }, [a, b]);
}

/** A function call on a tensor, as in `x.softmax(1)`: counters that hook modules do not see it. */
export function softmax(scope: Scope, x: Tensor, axis: number): Tensor {
  return scope.builder.add(ops.softmax, { axis }, x, { functional: true });
}

export function sigmoid(scope: Scope, x: Tensor): Tensor {
  return scope.builder.add(ops.sigmoid, {}, x, { functional: true });
}

/** The tensor's sizes; NaN where unknown. */
export function sizesOf(x: Tensor, rank = 4): readonly number[] {
  return x.shape ?? Array.from({ length: rank }, (_, axis) => (axis === 0 ? 1 : Number.NaN));
}

/**
 * An activation as a module is given one: True is the default, text is a constructor (`nn.ReLU()`), all else none
 * (Conv.__init__: `act if isinstance(act, nn.Module) else nn.Identity()`).
 */
export function activate(scope: Scope, x: Tensor, act: PyValue, standard: PyValue = scope.activation): Tensor {
  const chosen = act === true ? standard : act;
  if (typeof chosen !== 'string') return x;
  const { apply, name, numbers } = constructorOf(chosen);
  if (!apply) {
    const why = `The activation “${chosen}” is not known; so its cost is not known either.`;
    return scope.builder.unknown(why, [x], x.shape);
  }
  const y = apply(scope, x, numbers);
  // One instance serves all convolutions: its parameters, if it has any, are there once.
  if (act === true && name === 'PReLU') scope.sharedActivation ??= y.node;
  return y;
}

interface Constructor {
  readonly name: string | undefined;
  readonly apply: Activation | undefined;
  readonly numbers: readonly number[];
}

const constructors = new Map<string, Constructor>();

/** `nn.LeakyReLU(0.1)` taken apart, once for each text. */
function constructorOf(text: string): Constructor {
  let known = constructors.get(text);
  if (!known) {
    const call = /^(?:torch\.)?nn\.(\w+)\(([^()]*)\)$/.exec(text.trim());
    const numbers = [...(call?.[2] ?? '').matchAll(/-?\d+(?:\.\d*)?(?:e-?\d+)?/gi)].map(([number]) => Number(number));
    known = { name: call?.[1], apply: call ? activations.get(call[1]!) : undefined, numbers };
    if (constructors.size > 256) constructors.clear();
    constructors.set(text, known);
  }
  return known;
}

type Activation = (scope: Scope, x: Tensor, numbers: readonly number[]) => Tensor;

/** Compares each element with two limits. */
function clamped(scope: Scope, x: Tensor): Tensor {
  return scope.builder.add(ops.unary, { how: 'clamp' }, x);
}

const plain = {
  ReLU: ops.relu,
  ReLU6: ops.relu6,
  ELU: ops.elu,
  SELU: ops.selu,
  CELU: ops.celu,
  Softplus: ops.softplus,
  SiLU: ops.silu,
  GELU: ops.gelu,
  Sigmoid: ops.sigmoid,
  Tanh: ops.tanh,
  Hardswish: ops.hardSwish,
  Hardsigmoid: ops.hardSigmoid,
  Mish: ops.mish,
  LogSigmoid: ops.logSigmoid,
  Softsign: ops.softsign,
  Hardtanh: ops.hardTanh,
  Identity: ops.identity,
};

/** The activation classes of torch.nn without constructor arguments that matter here. */
export const plainActivations: ReadonlyMap<string, (typeof plain)[keyof typeof plain]> = new Map(Object.entries(plain));

export const activations: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ...[...plainActivations].map(([name, op]): [string, Activation] => [
    name,
    (scope, x) => scope.builder.add(op, {}, x),
  ]),
  ['LeakyReLU', (scope, x, [slope]) => scope.builder.add(ops.leakyRelu, { slope: slope ?? 0.01 }, x)],
  // In evaluation mode the slope is the middle of both limits: no module of thop's table.
  [
    'RReLU',
    (scope, x, [low, high]) => {
      const slope = ((low ?? 1 / 8) + (high ?? 1 / 3)) / 2;
      return scope.builder.add(ops.leakyRelu, { slope }, x, { functional: true });
    },
  ],
  ['Hardshrink', clamped],
  ['Softshrink', clamped],
  ['Threshold', clamped],
  ['Tanhshrink', (scope, x) => scope.builder.add(ops.sub, {}, [x, scope.builder.add(ops.tanh, {}, x)])],
  [
    'PReLU',
    (scope, x, [count]) => {
      const slopes = count ?? 1;
      if (slopes !== 1 && slopes !== channels(x) && !Number.isNaN(channels(x))) {
        const message = `This PReLU has ${slopes} slopes, but its input has ${channels(x)} channels. It must have 1 slope or one for each channel.`;
        return scope.refuse({ code: 'channel-mismatch', message, ...(x.shape ? { output: x.shape } : {}) }, [x]);
      }
      return scope.builder.add(ops.prelu, { perChannel: slopes > 1 }, x, { shares: scope.sharedActivation });
    },
  ],
]);

// Layers of torchvision.ops that rows may name (torchvision/ops/misc.py and its neighbours): Ultralytics takes them since
// 8.3.64, with the arguments as they stand.
import * as ops from '../../../ops/index.ts';
import { activations, batchNorm, conv2d, linear, pair, permute, sizesOf, times } from '../layers.ts';
import { type AnyModule, module, only, type Param, param, type Scope, type Size } from '../module.ts';
import type { PyValue } from '../python.ts';

const since = 'Ultralytics 8.3.64';

/** A class as default: a row can write None in its place, and nothing else that could be called. */
const classOf = (name: string): string => `<class ${name}>`;
const layer = (doc: string, name: string | null): Param => ({
  kind: 'any',
  doc: `${doc} A row can only leave it out or write None.`,
  default: name === null ? null : classOf(name),
});

/** Whether text, a number or a truth value stands where torchvision calls a class. */
function uncallable(value: PyValue, name: string | null): boolean {
  return value !== null && (name === null || value !== classOf(name));
}

function refuse(scope: Scope, x: Parameters<Scope['refuse']>[1][number], attr: string, output: readonly number[]) {
  const message = `${attr} must be a class, and a row cannot write one. Leave it out, or write None.`;
  return scope.refuse({ code: 'wrong-argument', attr, message, output }, [x]);
}

interface ConvArgs {
  in_channels: number;
  out_channels: number;
  kernel_size: Size;
  stride: Size;
  padding: Size | string | null;
  groups: number;
  norm_layer: PyValue;
  activation_layer: PyValue;
  dilation: Size;
  inplace: PyValue;
  bias: PyValue;
}

const inplace: Param = { kind: 'any', doc: 'Writes over its input.', default: true };

const Conv2dNormActivation = module<ConvArgs>({
  name: 'torchvision.ops.Conv2dNormActivation',
  summary: 'A convolution, batch normalization and ReLU.',
  since,
  params: {
    in_channels: param.c1,
    out_channels: { ...param.c2, doc: 'Output channels; the width multiple does not apply.' },
    kernel_size: param.k(3),
    stride: param.s(1),
    padding: param.p,
    groups: param.g,
    norm_layer: layer('Normalization.', 'BatchNorm2d'),
    activation_layer: layer('Activation.', 'ReLU'),
    dilation: param.d,
    inplace,
    bias: {
      kind: 'any',
      doc: 'Adds a learned bias to each channel; None adds it only where nothing normalizes.',
      default: null,
    },
  },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    const { out_channels: c2, kernel_size: k, dilation: d, padding, norm_layer, activation_layer } = args;
    const output = [1, c2, Number.NaN, Number.NaN];
    if (uncallable(norm_layer, 'BatchNorm2d')) return refuse(scope, x, 'norm_layer', output);
    if (uncallable(activation_layer, 'ReLU')) return refuse(scope, x, 'activation_layer', output);
    const [kernel, dilation] = [pair(k), pair(d)];
    const p = padding ?? kernel.map((size, axis) => Math.floor((size - 1) / 2) * dilation[axis]!);
    const bias = args.bias === null ? norm_layer === null : Boolean(args.bias);
    const y = conv2d(scope, x, { c2, k, s: args.stride, p, g: args.groups, d, bias });
    const z = norm_layer === null ? y : batchNorm(scope, y);
    return activation_layer === null ? z : activations.get('ReLU')!(scope, z, []);
  },
});

const SqueezeExcitation = module<{
  input_channels: number;
  squeeze_channels: number;
  activation: PyValue;
  scale_activation: PyValue;
}>({
  name: 'torchvision.ops.SqueezeExcitation',
  summary: 'Weighs each channel by what two 1×1 convolutions make of all channels’ averages.',
  since,
  params: {
    input_channels: param.c1,
    squeeze_channels: { ...param.c2, doc: 'Hidden channels.' },
    activation: layer('Activation between the convolutions.', 'ReLU'),
    scale_activation: layer('Activation of the weights.', 'Sigmoid'),
  },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    const output = sizesOf(x);
    // None cannot be called either.
    if (args.activation !== classOf('ReLU')) return refuse(scope, x, 'activation', output);
    if (args.scale_activation !== classOf('Sigmoid')) return refuse(scope, x, 'scale_activation', output);
    const pooled = scope.builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x);
    const squeezed = scope.part('fc1', 'Conv2d', () => conv2d(scope, pooled, { c2: args.squeeze_channels, k: 1 }));
    const active = scope.builder.add(ops.relu, {}, squeezed);
    const weights = scope.part('fc2', 'Conv2d', () => conv2d(scope, active, { c2: args.input_channels, k: 1 }));
    return times(scope, scope.builder.add(ops.sigmoid, {}, weights), x);
  },
});

interface MlpArgs {
  in_channels: number;
  hidden_channels: readonly number[];
  norm_layer: PyValue;
  activation_layer: PyValue;
  inplace: PyValue;
  bias: boolean;
  dropout: number;
}

const MLP = module<MlpArgs>({
  name: 'torchvision.ops.MLP',
  summary: 'Linear layers over the last dimension, with ReLU between them.',
  since,
  channelsLast: true,
  params: {
    in_channels: { kind: 'int', min: 1, doc: 'Input features: the size of the last dimension.' },
    hidden_channels: { kind: 'ints', min: 1, doc: 'Output features of each layer, a list.' },
    norm_layer: layer('Normalization between the layers.', null),
    activation_layer: layer('Activation between the layers.', 'ReLU'),
    inplace,
    bias: { kind: 'boolean', doc: 'Adds a learned number to each feature.', default: true },
    dropout: { kind: 'number', doc: 'Dropout while training.', default: 0 },
  },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    const hidden = args.hidden_channels;
    const refused = (attr: string, message: string) =>
      scope.refuse({ code: 'wrong-argument', attr, message, ...(x.shape ? { output: x.shape } : {}) }, [x]);
    if (!Array.isArray(hidden))
      return refused('hidden_channels', 'hidden_channels is a list, with one size for each layer.');
    if (uncallable(args.norm_layer, null)) return refuse(scope, x, 'norm_layer', sizesOf(x));
    if (hidden.length > 1 && args.activation_layer !== classOf('ReLU')) {
      return refuse(scope, x, 'activation_layer', sizesOf(x));
    }
    const last = x.shape?.at(-1) ?? Number.NaN;
    if (last !== args.in_channels && !Number.isNaN(last)) {
      const message = `MLP works on the last dimension, which has ${last} features here: in_channels must be ${last}, not ${args.in_channels}.`;
      return refused('in_channels', message);
    }
    let y = x;
    for (const [index, out] of hidden.entries()) {
      y = linear(scope, y, out, args.bias);
      if (index < hidden.length - 1) y = scope.builder.add(ops.relu, {}, y);
      y = scope.builder.add(ops.dropout, {}, y);
    }
    return y;
  },
});

const Permute = module<{ dims: readonly number[] }>({
  name: 'torchvision.ops.Permute',
  summary: 'Puts the dimensions in another order.',
  since,
  params: { dims: { kind: 'ints', doc: 'The dimensions, batch first, in their new order.' } },
  forward: (scope, inputs, { dims }) => {
    const x = only(inputs);
    const order = Array.isArray(dims) ? dims.map(axis => (axis < 0 ? axis + dims.length : axis)) : [];
    const wanted = x.shape?.length ?? order.length;
    const isOrder = order.length === wanted && order.every((_, axis) => order.includes(axis));
    if (!isOrder || order.length === 0) {
      const message = `dims must name each of the ${wanted} dimensions once, as in [0, 2, 3, 1].`;
      return scope.refuse({ code: 'wrong-argument', attr: 'dims', message }, [x]);
    }
    return permute(scope, x, ...order);
  },
});

const FrozenBatchNorm2d = module<{ num_features: number; eps: number }>({
  name: 'torchvision.ops.FrozenBatchNorm2d',
  summary: 'Batch normalization whose statistics and scale are fixed: nothing of it is a parameter.',
  since,
  params: {
    num_features: { kind: 'int', min: 1, doc: 'Channels.' },
    eps: { kind: 'number', doc: 'Added to the variance.', default: 1e-5 },
  },
  forward: (scope, inputs) => scope.builder.add(ops.batchNorm, { affine: false, stats: true }, only(inputs)),
});

const share: Param = { kind: 'number', doc: 'How much is dropped while training.' };

const StochasticDepth = module<{ p: number; mode: string }>({
  name: 'torchvision.ops.StochasticDepth',
  summary: 'Drops whole samples while training; evaluation passes its input on.',
  since,
  params: { p: share, mode: { kind: 'text', doc: 'batch or row.' } },
  forward: (scope, inputs) => scope.builder.add(ops.dropout, {}, only(inputs)),
});

const DropBlock2d = module<{ p: number; block_size: number; inplace: PyValue; eps: number }>({
  name: 'torchvision.ops.DropBlock2d',
  summary: 'Drops squares of the map while training; evaluation passes its input on.',
  since,
  params: {
    p: share,
    block_size: { kind: 'int', min: 1, doc: 'Size of the squares.' },
    inplace: { ...inplace, default: false },
    eps: { kind: 'number', doc: 'Prevents division by zero.', default: 1e-6 },
  },
  forward: (scope, inputs) => scope.builder.add(ops.dropout, {}, only(inputs)),
});

export const torchvisionOps: readonly AnyModule[] = [
  Conv2dNormActivation,
  SqueezeExcitation,
  MLP,
  Permute,
  FrozenBatchNorm2d,
  StochasticDepth,
  DropBlock2d,
];

const severalInputs = 'its forward pass takes more inputs than a row can give it';

/** Layers of torchvision.ops that a row cannot run, with the reason. */
export const unreachableOps: readonly (readonly [name: string, reason: string])[] = [
  'DeformConv2d',
  'FeaturePyramidNetwork',
  'MultiScaleRoIAlign',
  'PSRoIAlign',
  'PSRoIPool',
  'RoIAlign',
  'RoIPool',
].map(name => [`torchvision.ops.${name}`, severalInputs]);

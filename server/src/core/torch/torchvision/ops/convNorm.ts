// Conv2dNormActivation (torchvision/ops/misc.py).
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import type { PyValue } from '../../../python/value.ts';
import { type Forward, layer, only, type Scope, type Size, spread } from '../../layer.ts';
import { type Child, construct, numbered, sequential } from '../../module.ts';
import { relu } from '../../nn/activation.ts';
import { Conv2d, type Convolution, conv2d } from '../../nn/conv.ts';
import { BatchNorm2d, batchNorm } from '../../nn/norm.ts';
import { ignored, int, ints } from '../../signature.ts';
import { isClass, layerParam, refuseClass } from './classes.ts';

export interface ConvNorm extends Omit<Convolution, 'kernel'> {
  readonly kernel?: Size;
  readonly act?: Forward;
}

/** A convolution without bias, batch norm, an activation; padded to keep the size. */
export function convNorm(scope: Scope, x: Tensor, { act, kernel = 1, ...more }: ConvNorm): Tensor {
  const y = batchNorm(scope, conv2d(scope, x, { padding: centred(kernel, 1), bias: false, ...more, kernel }));
  return act ? act(scope, y) : y;
}

/** The same as a child of its own, an nn.Sequential. */
export function convNormChild(name: string, in_channels: number, norm: ConvNorm): Child {
  const { out: out_channels, kernel: kernel_size = 1, stride = 1, act } = norm;
  const { padding = centred(kernel_size, 1) } = norm;
  const conv = construct(Conv2d, { in_channels, out_channels, kernel_size, stride, padding, bias: false });
  const normalized = [conv, construct(BatchNorm2d, { num_features: out_channels })];
  return sequential(name, numbered(act ? [...normalized, act] : normalized));
}

function centred(kernel: Size, dilation: Size): Size {
  if (typeof kernel === 'number' && dilation === 1) return Math.floor((kernel - 1) / 2);
  const distance = spread(dilation);
  return spread(kernel).map((size, axis) => Math.floor((size - 1) / 2) * distance[axis]!);
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

export const Conv2dNormActivation = layer<ConvArgs>({
  name: 'torchvision.ops.Conv2dNormActivation',
  summary: () => l10n.t('A convolution, batch normalization and ReLU.'),
  params: {
    in_channels: int(() => l10n.t('Input channels.')),
    out_channels: int(() => l10n.t('Output channels.')),
    kernel_size: ints(() => l10n.t('Kernel size.'), 3),
    stride: ints(() => l10n.t('Stride.'), 1),
    padding: { ...ints(() => l10n.t('Padding; None keeps the size at stride 1.'), null, 0), words: ['same', 'valid'] },
    groups: int(() => l10n.t('Number of channel groups.'), 1),
    norm_layer: layerParam(() => l10n.t('Normalization.'), 'BatchNorm2d'),
    activation_layer: layerParam(() => l10n.t('Activation.'), 'ReLU'),
    dilation: ints(() => l10n.t('Dilation.'), 1),
    inplace: ignored(() => l10n.t('Works in place.'), true),
    bias: ignored(() => l10n.t('Adds a learned bias to each channel; None adds it only without normalization.'), null),
  },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    const { out_channels: out, kernel_size: kernel, stride, groups, dilation, norm_layer, activation_layer } = args;
    const output = [1, out, Number.NaN, Number.NaN];
    const isNormed = isClass(norm_layer, 'BatchNorm2d');
    const isActive = isClass(activation_layer, 'ReLU');
    if (!isNormed && norm_layer !== null) return refuseClass(scope, x, 'norm_layer', output);
    if (!isActive && activation_layer !== null) return refuseClass(scope, x, 'activation_layer', output);
    const padding = args.padding ?? centred(kernel, dilation);
    const bias = args.bias === null ? !isNormed : Boolean(args.bias);
    const y = conv2d(scope, x, { out, kernel, stride, padding, groups, dilation, bias });
    const z = isNormed ? batchNorm(scope, y) : y;
    return isActive ? relu(scope, z) : z;
  },
});

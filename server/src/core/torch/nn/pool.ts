// torch/nn/modules/pooling.py.
import * as l10n from '@vscode/l10n';
import type { NodeOptions } from '../../graph/builder.ts';
import { channels, type Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import { type Layer, layer, only, type Scope, type Size, spread } from '../layer.ts';
import { flag, ignored, ints, number, type Param } from '../signature.ts';
import { sizesOf } from '../tensor.ts';

export interface Pool {
  readonly kernel: Size;
  /** The window’s size by default. */
  readonly stride?: Size | null;
  readonly padding?: Size;
  readonly ceil?: boolean;
}

/** nn.MaxPool2d on a tensor. */
export function maxPool2d(
  scope: Scope,
  x: Tensor,
  { dilation = 1, ...pool }: Pool & { readonly dilation?: Size },
  options?: NodeOptions,
): Tensor {
  const attrs = { ...windowOf(pool), dilation: spread(dilation) };
  return overpadded(scope, x, attrs) ?? scope.builder.add(ops.maxPool, attrs, x, options);
}

/** nn.AvgPool2d on a tensor. */
export function avgPool2d(
  scope: Scope,
  x: Tensor,
  { includePadding = true, ...pool }: Pool & { readonly includePadding?: boolean },
  options?: NodeOptions,
): Tensor {
  const attrs = { ...windowOf(pool), includePadding };
  return overpadded(scope, x, attrs) ?? scope.builder.add(ops.avgPool, attrs, x, options);
}

function windowOf({ kernel, stride, padding = 0, ceil = false }: Pool) {
  return {
    kernel: spread(kernel),
    stride: spread(stride ?? kernel),
    padding: spread(padding),
    rounding: ceil ? ('ceil' as const) : ('floor' as const),
  };
}

/** torch pads pools by half a window at most. */
function overpadded(
  scope: Scope,
  x: Tensor,
  { kernel, padding }: { kernel: readonly number[]; padding: readonly number[] },
): Tensor | undefined {
  if (padding.every((border, axis) => !(border > kernel[axis]! / 2))) return undefined;
  const message = l10n.t(
    'Padding ({0}) must be at most half the pooling window ({1}).',
    padding.join('×'),
    kernel.join('×'),
  );
  const output = [1, channels(x), Number.NaN, Number.NaN];
  return scope.refuse({ code: 'padding-over-half-window', attr: 'padding', message, output }, [x]);
}

interface PoolArgs {
  kernel_size: Size;
  stride: Size | null;
  padding: Size;
  ceil_mode: boolean;
}

const kernelParams = {
  kernel_size: ints(() => l10n.t('Window size.')),
  stride: ints(() => l10n.t('Stride. Default: the window size.'), null),
};
const padding = ints(() => l10n.t('Padding.'), 0, 0);
const ceilMode = flag(() => l10n.t('Rounds the output size up.'), false);
const returnIndices = ignored(() => l10n.t('Also returns the indices of the maxima.'), false);

export const MaxPool2d = layer<PoolArgs & { dilation: Size; return_indices: boolean }>({
  name: 'nn.MaxPool2d',
  summary: () => l10n.t('Keeps the largest element of each window.'),
  params: {
    ...kernelParams,
    padding,
    dilation: ints(() => l10n.t('Dilation.'), 1),
    return_indices: returnIndices,
    ceil_mode: ceilMode,
  },
  forward: (scope, inputs, { kernel_size: kernel, ceil_mode: ceil, ...rest }) =>
    maxPool2d(scope, only(inputs), { ...rest, kernel, ceil }),
});

export const AvgPool2d = layer<PoolArgs & { count_include_pad: boolean }>({
  name: 'nn.AvgPool2d',
  summary: () => l10n.t('Averages each window.'),
  params: {
    ...kernelParams,
    padding,
    ceil_mode: ceilMode,
    count_include_pad: flag(() => l10n.t('Counts the padding in the average.'), true),
    divisor_override: ignored(() => l10n.t('Divides by it instead of by the window size.'), null),
  },
  forward: (scope, inputs, { kernel_size: kernel, ceil_mode: ceil, count_include_pad: includePadding, ...rest }) =>
    avgPool2d(scope, only(inputs), { ...rest, kernel, ceil, includePadding }),
});

export const LPPool2d = layer<Omit<PoolArgs, 'padding'> & { norm_type: number }>({
  name: 'nn.LPPool2d',
  summary: () => l10n.t('Takes the power mean of each window.'),
  params: { norm_type: number(() => l10n.t('The exponent.')), ...kernelParams, ceil_mode: ceilMode },
  // F.lp_pool2d: powers, an average pool, and the root of its sign, size and window.
  forward: (scope, inputs, { kernel_size: kernel, stride, ceil_mode: ceil }) => {
    const powers = scope.builder.add(ops.unary, { how: 'pow' }, only(inputs));
    const averages = avgPool2d(scope, powers, { kernel, stride, ceil }, { functional: true });
    return scope.builder.add(ops.unary, { how: 'pow' }, averages);
  },
});

/** nn.AdaptiveAvgPool2d to a square. */
export function adaptiveAvgPool2d(scope: Scope, x: Tensor, size: number, options?: NodeOptions): Tensor {
  return scope.builder.add(ops.adaptiveAvgPool, { size: [size, size] }, x, options);
}

function adaptive(
  name: string,
  op: typeof ops.adaptiveAvgPool,
  summary: () => string,
  more: Readonly<Record<string, Param>> = {},
): Layer<{ output_size: Size }> {
  return layer<{ output_size: Size }>({
    name,
    summary,
    params: {
      output_size: { kind: 'any', doc: () => l10n.t('Height and width of the output; None keeps the input’s.') },
      ...more,
    },
    forward: (scope, inputs, { output_size }) => {
      const x = only(inputs);
      const [, c, h, w] = sizesOf(x) as [number, number, number, number];
      const wanted: readonly unknown[] = Array.isArray(output_size) ? output_size : [output_size, output_size];
      const size = wanted.map((each, axis) => (each === null ? [h, w][axis] : each));
      if (size.length !== 2 || !size.every(each => typeof each === 'number' && !(each < 1) && !(each % 1 > 0))) {
        const message = l10n.t(
          'The output size must be one or two whole numbers ≥ 1; None keeps the size of the input.',
        );
        const output = [1, c, Number.NaN, Number.NaN];
        return scope.refuse({ code: 'not-a-size', attr: 'output_size', message, output }, [x]);
      }
      return scope.builder.add(op, { size: size as number[] }, x);
    },
  });
}

export const AdaptiveAvgPool2d = adaptive('nn.AdaptiveAvgPool2d', ops.adaptiveAvgPool, () =>
  l10n.t('Averages, for a given output size.'),
);
export const AdaptiveMaxPool2d = adaptive(
  'nn.AdaptiveMaxPool2d',
  ops.adaptiveMaxPool,
  () => l10n.t('Keeps the largest elements, for a given output size.'),
  { return_indices: returnIndices },
);

// Pooling windows, sliding and adaptive, shared by maximum and average.
import * as l10n from '@vscode/l10n';
import type { Complaint, Field, Shape, ShapeOrder, Window } from '../op.ts';
import { kernelTooLarge } from './fits.ts';
import { checkSpatial } from './spatial.ts';
import { extent, type Rounding, windows } from './window.ts';

export interface PoolWindow {
  /** One entry for each spatial dimension, as in the four below. */
  readonly kernel: readonly number[];
  /** The kernel where not given, as in PyTorch and Keras; Caffe's and Darknet's default is 1. */
  readonly stride?: readonly number[] | undefined;
  /** Padding before; after as well, unless `paddingAfter` says otherwise. */
  readonly padding: readonly number[];
  readonly paddingAfter?: readonly number[] | undefined;
  readonly dilation?: readonly number[];
  readonly rounding: Rounding;
}

/** [N, C, …] with the number of windows along each spatial dimension. */
export function poolShape(attrs: PoolWindow, x: Shape): Shape {
  const { kernel, padding } = attrs;
  const stride = attrs.stride ?? kernel;
  const after = attrs.paddingAfter ?? padding;
  const padded = padding.some(border => border > 0) || after.some(border => border > 0);
  // Caffe asks for padding in any dimension before it clips all of them (pooling_layer.cpp, `if (pad_h_ || pad_w_)`).
  const rounding = attrs.rounding === 'caffe' && padded ? 'ceil' : attrs.rounding;
  const shape = [x[0]!, x[1]!];
  for (let axis = 0; axis < kernel.length; axis++) {
    const dilation = attrs.dilation?.[axis] ?? 1;
    shape.push(windows(x[axis + 2]!, kernel[axis]!, stride[axis]!, padding[axis]!, after[axis]!, dilation, rounding));
  }
  return shape;
}

export function checkPool(attrs: PoolWindow, x: Shape, order: ShapeOrder): Complaint | undefined {
  const { kernel, stride, padding, paddingAfter, dilation } = attrs;
  return (
    checkSpatial({ kernel, stride, padding, paddingAfter, dilation }, x) ??
    checkPadding(attrs, x) ??
    checkFits(attrs, x, order)
  );
}

export function poolField({ kernel, stride, dilation }: PoolWindow): Window {
  return dilation ? { kernel, stride: stride ?? kernel, dilation } : { kernel, stride: stride ?? kernel };
}

/** [N, C, …] with the wanted sizes. */
export function adaptiveShape(size: readonly number[], x: Shape): Shape {
  return [x[0]!, x[1]!, ...size];
}

/**
 * How many input elements all adaptive windows together read, for one channel. Window i of o over a length L goes from
 * floor(i·L/o) to ceil((i+1)·L/o) (PyTorch, AdaptivePooling.h); summed over i that is L + o − gcd(L, o).
 */
export function adaptiveTaps(size: readonly number[], x: Shape): number {
  let taps = 1;
  for (let axis = 0; axis < size.length; axis++) {
    const length = x[axis + 2]!;
    taps *= length + size[axis]! - gcd(length, size[axis]!);
  }
  return taps;
}

/** The longest window along each dimension, one window every L/o input steps. */
export function adaptiveField(size: readonly number[], x: Shape): Field {
  if (size.every(length => length === 1)) return 'global';
  return {
    kernel: size.map((count, axis) => Math.ceil((x[axis + 2]! + count - gcd(x[axis + 2]!, count)) / count)),
    stride: size.map((count, axis) => x[axis + 2]! / count),
  };
}

function gcd(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small > 0) [large, small] = [small, large % small];
  // Not a number or not finite: no answer rather than the other operand.
  return Number.isNaN(small) ? Number.NaN : large;
}

// Otherwise a window may lie in the padding alone and have no maximum (Caffe: pad < kernel, PyTorch even half of it).
function checkPadding(attrs: PoolWindow, x: Shape): Complaint | undefined {
  const { kernel, padding, dilation } = attrs;
  for (const attr of ['padding', 'paddingAfter'] as const) {
    const border = attrs[attr] ?? padding;
    for (let axis = 0; axis < kernel.length; axis++) {
      const reach = extent(kernel[axis]!, dilation?.[axis]);
      if (!(border[axis]! >= reach)) continue;
      return {
        code: 'padding-fills-window',
        attr,
        output: [x[0]!, x[1]!, ...kernel.map(() => Number.NaN)],
        message: l10n.t(
          'With a padding of {0} and a window of {1}, some windows would contain only padding.',
          border[axis]!,
          reach,
        ),
        help: l10n.t('Use a padding of at most {0}.', reach - 1),
        short: l10n.t('windows of only padding'),
      };
    }
  }
  return undefined;
}

// A window may extend past the end where sizes are rounded up, so the number of windows decides.
function checkFits(attrs: PoolWindow, x: Shape, order: ShapeOrder): Complaint | undefined {
  return poolShape(attrs, x).some((length, axis) => axis > 1 && length < 1)
    ? kernelTooLarge(attrs, x, x[1]!, order)
    : undefined;
}

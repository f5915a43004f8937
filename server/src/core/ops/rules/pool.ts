// Rules of pooling windows, sliding and adaptive, for maximum and average.
import * as l10n from '@vscode/l10n';
import type { Complaint, Field, Shape, ShapeOrder, Window } from '../op.ts';
import { kernelTooLarge } from './fits.ts';
import { checkSpatial } from './spatial.ts';
import { extent, type Rounding, windows } from './window.ts';

export interface PoolWindow {
  /** One entry per spatial dimension, like the following fields. */
  readonly kernel: readonly number[];
  /** Default: the kernel, as in PyTorch and Keras; Caffe's and Darknet's readers pass their default of 1. */
  readonly stride?: readonly number[] | undefined;
  /** Padding before, and also after unless `paddingAfter` is given. */
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
  // If there is padding in any dimension, Caffe clips all of them (pooling_layer.cpp, `if (pad_h_ || pad_w_)`).
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

/** [N, C, …] with the given sizes. */
export function adaptiveShape(size: readonly number[], x: Shape): Shape {
  return [x[0]!, x[1]!, ...size];
}

/**
 * The number of input elements that all adaptive windows together read, per channel. Window i of o over a length L
 * spans floor(i·L/o) to ceil((i+1)·L/o) (PyTorch, AdaptivePooling.h); summed over i that is L + o − gcd(L, o).
 */
export function adaptiveTaps(size: readonly number[], x: Shape): number {
  let taps = 1;
  for (let axis = 0; axis < size.length; axis++) {
    const length = x[axis + 2]!;
    taps *= length + size[axis]! - gcd(length, size[axis]!);
  }
  return taps;
}

/** The largest window per dimension, with a stride of L/o. */
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
  // With NaN or an infinite operand there is no divisor.
  return Number.isNaN(small) ? Number.NaN : large;
}

// Otherwise a window could lie entirely in the padding (Caffe requires pad < kernel, PyTorch pad ≤ kernel / 2).
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

// A window may extend past the end if sizes are rounded up, so check the number of windows.
function checkFits(attrs: PoolWindow, x: Shape, order: ShapeOrder): Complaint | undefined {
  return poolShape(attrs, x).some((length, axis) => axis > 1 && length < 1)
    ? kernelTooLarge(attrs, x, x[1]!, order)
    : undefined;
}

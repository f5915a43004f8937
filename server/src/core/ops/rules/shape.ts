import * as l10n from '@vscode/l10n';
import type { Shape, ShapeOrder } from '../op.ts';

export type { ShapeOrder };

/** The number of elements; 1 for a scalar. */
export function size(shape: Shape): number {
  let product = 1;
  for (const length of shape) product *= length;
  return product;
}

/** All sizes in the tensor's order, batch first: `1×64×56×56`. Unknown sizes are `?`. */
export function sizes(shape: Shape): string {
  return shape.map(length => (Number.isNaN(length) ? '?' : String(length))).join('×');
}

/** The spatial sizes of [N, C, D, H, W]: depth, height, width, or reversed, depending on the order. */
export function gridOf(shape: Shape, order: ShapeOrder): Shape {
  return order === 'whc' ? shape.slice(2).reverse() : shape.slice(2);
}

/** Height and width as text: `56×28`, or `28×56` if width comes first. */
export function gridText(lengths: readonly number[], order: ShapeOrder): string {
  return sizes(order === 'whc' ? lengths.toReversed() : lengths);
}

/**
 * A shape for display, without its batch: [1, 64, 56, 28] is `64×56×28`, `56×28×64` or `28×56×64`; a sequence is
 * `197×768` in any order. A shape that does not begin with a batch of 1, such as that of a learned table, is shown
 * whole.
 */
export function shapeText(shape: Shape, order: ShapeOrder): string {
  if (shape.length === 0) return l10n.t('scalar');
  if (shape.length === 1 || shape[0] !== 1) return sizes(shape);
  if (shape.length < 4) return sizes(shape.slice(1));
  const grid = gridOf(shape, order);
  return sizes(order === 'chw' ? [shape[1]!, ...grid] : [...grid, shape[1]!]);
}

/** The names of an image's axes, [N, C, H, W] or [N, C, D, H, W]; undefined for other ranks. */
export function axisNames(rank: number): readonly string[] | undefined {
  const [batch, channels, depth, height, width] = [
    l10n.t('batch'),
    l10n.t('channels'),
    l10n.t('depth'),
    l10n.t('height'),
    l10n.t('width'),
  ];
  if (rank === 4) return [batch, channels, height, width];
  return rank === 5 ? [batch, channels, depth, height, width] : undefined;
}

/** Resolves a negative axis: −1 with rank 4 is 3. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** A copy with one size replaced. */
export function withSize(shape: Shape, axis: number, length: number): Shape {
  const copy = shape.slice();
  copy[axis] = length;
  return copy;
}

/**
 * Numpy's broadcasting of two or more shapes; undefined if they are incompatible. NaN is compatible with everything.
 */
export function broadcast(shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(...shapes.map(shape => shape.length));
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    let length = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own === 1 || own === length) continue;
      if (length === 1 || Number.isNaN(length)) length = own;
      else if (!Number.isNaN(own)) return undefined;
    }
    result.push(length);
  }
  return result;
}

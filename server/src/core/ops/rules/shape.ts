import type { Shape } from '../op.ts';

/** The number of elements; 1 for a scalar. */
export function size(shape: Shape): number {
  let product = 1;
  for (const length of shape) product *= length;
  return product;
}

/** `56×56×64` for an image [N, 64, 56, 56], `197×768` for a sequence; sizes of the batch are not shown. Unknown is `?`. */
export function sizes(shape: Shape): string {
  return shape.map(length => (Number.isNaN(length) ? '?' : String(length))).join('×');
}

/** Resolves a negative axis; axis −1 of rank 4 is 3. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** A copy with one size replaced. */
export function withSize(shape: Shape, axis: number, length: number): Shape {
  const copy = shape.slice();
  copy[axis] = length;
  return copy;
}

/** Numpy's broadcasting of two or more shapes; undefined when they do not fit. NaN fits everything. */
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

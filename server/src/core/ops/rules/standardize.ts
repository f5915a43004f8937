import type { Counts, Shape } from '../op.ts';
import { size } from './shape.ts';

/**
 * The work of (x − mean) / deviation with statistics that are computed at inference, each over `length` elements. For n
 * elements: mean n − 1 adds, 1 div; differences n adds; variance n muls, n − 1 adds, 1 div; epsilon 1 add; 1/√ 1 div;
 * scaling n muls. The learned factor and shift are one multiplication and one addition per element.
 */
export function standardize(x: Shape, length: number, affine: { factor: boolean; shift: boolean }): Partial<Counts> {
  const elements = size(x);
  const statistics = elements / length;
  return {
    adds: 3 * elements - statistics + (affine.shift ? elements : 0),
    muls: 2 * elements + (affine.factor ? elements : 0),
    divs: 3 * statistics,
  };
}

import { type Counts, type Op, op, type Shape } from '../op.ts';
import { size } from './shape.ts';

/**
 * An element-wise nonlinearity: the shape stays, and every element costs the same. Rules for `each`: count the costlier
 * branch of a piecewise function; fold constants; exp, log, erf, tanh and powers are one of `exps`; signs and absolute
 * values are free.
 */
export function activation<A extends object = object>(
  definition: Pick<Op<A>, 'name' | 'summary' | 'attrs' | 'saves' | 'examples'> & {
    /** Work per element. */
    readonly each: Partial<Counts>;
  },
): Op<A> {
  const { each, ...rest } = definition;
  return op<A>({
    ...rest,
    kind: 'activation',
    arity: 1,
    shape: (_, [x]) => x!,
    counts: (_, [x]) => perElement(each, x!),
    inPlace: true,
  });
}

/** The counts per element, multiplied by the number of elements. */
export function perElement(each: Partial<Counts>, x: Shape): Partial<Counts> {
  const elements = size(x);
  const counts: Partial<Counts> = {};
  for (const [key, value] of Object.entries(each)) counts[key as keyof Counts] = value * elements;
  return counts;
}

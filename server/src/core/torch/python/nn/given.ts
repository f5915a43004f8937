// Operators with parameters that a program gives them: what it learned elsewhere, shares, or computes.
import type { AnyOp, Counts, Op } from '../../../ops/op.ts';

const variants = new WeakMap<AnyOp, AnyOp>();

/**
 * The operator with its weights among the inputs, behind those that it has otherwise: the same work and the same shape,
 * but no parameters of its own.
 */
export function given<A extends object>(
  op: Op<A>,
  inputs = typeof op.arity === 'number' ? op.arity : op.arity.min,
): Op<A> {
  let variant = variants.get(op) as Op<A> | undefined;
  if (!variant) {
    const { check, shape, shapes, counts, formula, field } = op;
    variant = {
      ...op,
      arity: { min: inputs },
      ...(check && { check: (attrs, list, order) => check(attrs, list.slice(0, inputs), order) }),
      ...(shape && { shape: (attrs, list) => shape(attrs, list.slice(0, inputs)) }),
      ...(shapes && { shapes: (attrs, list) => shapes(attrs, list.slice(0, inputs)) }),
      ...(counts && { counts: (attrs, list, outputs) => work(counts(attrs, list.slice(0, inputs), outputs)) }),
      ...(formula && { formula: (attrs, list, outputs) => formula(attrs, list.slice(0, inputs), outputs) }),
      ...(field && { field: (attrs, list) => field(attrs, list.slice(0, inputs)) }),
      examples: [],
    };
    variants.set(op, variant);
  }
  return variant;
}

function work(counts: Partial<Counts>): Partial<Counts> {
  return { ...counts, weights: 0, biases: 0, normAffine: 0 };
}

// Operators with parameters that a program gives them: what it learned elsewhere, shares, or computes.
import type { AnyOp, Counts, Op, Shape } from '../../../ops/op.ts';

/** By the number of the inputs that are not weights. */
const variants = new WeakMap<AnyOp, Map<number, AnyOp>>();

/**
 * The operator with its weights among the inputs, behind those that it has otherwise: the same work and the same shape,
 * but no parameters of its own.
 */
export function given<A extends object>(
  op: Op<A>,
  inputs = typeof op.arity === 'number' ? op.arity : op.arity.min,
): Op<A> {
  let known = variants.get(op);
  if (!known) {
    known = new Map();
    variants.set(op, known);
  }
  let variant = known.get(inputs) as Op<A> | undefined;
  if (!variant) {
    const { check, shape, shapes, counts, backward, passes, formula, field } = op;
    variant = {
      ...op,
      arity: { min: inputs },
      ...(check && { check: (attrs, list, order) => check(attrs, list.slice(0, inputs), order) }),
      ...(shape && { shape: (attrs, list) => shape(attrs, list.slice(0, inputs)) }),
      ...(shapes && { shapes: (attrs, list) => shapes(attrs, list.slice(0, inputs)) }),
      ...(counts && { counts: (attrs, list, outputs) => work(counts(attrs, list.slice(0, inputs), outputs)) }),
      ...(backward && {
        backward: (attrs, list, outputs, wanted) => {
          const weights = wantsWeights(list.slice(inputs), wanted.inputs.slice(inputs));
          if (weights === undefined) return Number.NaN;
          return backward(attrs, list.slice(0, inputs), outputs, { inputs: wanted.inputs.slice(0, inputs), weights });
        },
      }),
      ...(passes && { passes: (input, output) => input >= inputs || passes(input, output) }),
      ...(formula && { formula: (attrs, list, outputs) => formula(attrs, list.slice(0, inputs), outputs) }),
      ...(field && { field: (attrs, list) => field(attrs, list.slice(0, inputs)) }),
      examples: [],
    };
    known.set(inputs, variant);
  }
  return variant;
}

/** Whether gradients of weights are wanted: matrices and kernels, not biases. Undefined where of some alone. */
function wantsWeights(shapes: readonly Shape[], wanted: readonly boolean[]): boolean | undefined {
  const matrices = wanted.filter((_, at) => shapes[at]!.length > 1);
  const [first = false] = matrices;
  return matrices.every(each => each === first) ? first : undefined;
}

function work(counts: Partial<Counts>): Partial<Counts> {
  return { ...counts, weights: 0, biases: 0, normAffine: 0 };
}

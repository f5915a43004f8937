// Rules for what PyTorch keeps for the backward pass, from its tools/autograd/derivatives.yaml.
import type { Op, Saved } from '../op.ts';
import { size } from './shape.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever the attributes are
type Rule = NonNullable<Op<any>['saves']>;

const none: Saved = {};

/** The backward pass needs only sizes. */
export const savesNothing: Rule = () => none;

export const savesResult: Rule = () => ({ outputs: [0] });

/** Keeps the input; if it is overwritten in place, a copy of it. */
export const savesInput: Rule = (_, [x], __, { isInPlace }) =>
  isInPlace ? { extras: [{ elements: size(x!) }] } : { inputs: [0] };

/** Keeps the input, or the result if it overwrites the input: either is enough. */
export const savesInputOrResult: Rule = (_, __, ___, { isInPlace }) => (isInPlace ? { outputs: [0] } : { inputs: [0] });

export const savesInputs: Rule = (_, inputs) => ({ inputs: inputs.map((__, at) => at) });

/** In a product, keeps each factor if the other one needs a gradient. */
export const savesFactors: Rule = (_, inputs, __, { inputs: wanted }) => ({
  inputs: inputs.flatMap((___, at) => (wanted.some((isWanted, other) => isWanted && other !== at) ? [at] : [])),
});

/** Indices of the elements taken, as 64-bit integers. */
export function indices(elements: number): { readonly elements: number; readonly bytes: number } {
  return { elements, bytes: 8 };
}

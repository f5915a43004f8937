// What PyTorch keeps for the backward pass, as its tools/autograd/derivatives.yaml has it: rules that operators share.
import type { Op, Saved } from '../op.ts';
import { size } from './shape.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever the attributes are
type Rule = NonNullable<Op<any>['saves']>;

const none: Saved = {};

/** The backward pass needs sizes alone. */
export const savesNothing: Rule = () => none;

export const savesResult: Rule = () => ({ outputs: [0] });

/** Written over in place, what was there is copied first. */
export const savesInput: Rule = (_, [x], __, { isInPlace }) =>
  isInPlace ? { extras: [{ elements: size(x!) }] } : { inputs: [0] };

/** In place, the result tells as much. */
export const savesInputOrResult: Rule = (_, __, ___, { isInPlace }) => (isInPlace ? { outputs: [0] } : { inputs: [0] });

export const savesInputs: Rule = (_, inputs) => ({ inputs: inputs.map((__, at) => at) });

/** Of a product, each factor whose other one has a gradient. */
export const savesFactors: Rule = (_, inputs, __, { inputs: wanted }) => ({
  inputs: inputs.flatMap((___, at) => (wanted.some((isWanted, other) => isWanted && other !== at) ? [at] : [])),
});

/** Where it took its elements from, as 64-bit integers. */
export function indices(elements: number): { readonly elements: number; readonly bytes: number } {
  return { elements, bytes: 8 };
}

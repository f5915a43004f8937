import type { Wanted } from '../op.ts';

/** Multiply-accumulates for the gradients of a product of an input with the operator's own weights. */
export function ofWeighted(macs: number, { inputs: [input = false], weights }: Wanted): number {
  return macs * (Number(input) + Number(weights));
}

/** Multiply-accumulates for the gradients of a product of two inputs. */
export function ofProduct(macs: number, { inputs: [left = false, right = false] }: Wanted): number {
  return macs * (Number(left) + Number(right));
}

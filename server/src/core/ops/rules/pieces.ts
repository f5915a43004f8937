import type { Complaint, Shape } from '../op.ts';
import { axisOf, withSize } from './shape.ts';

/** A tensor is cut into no more pieces than this; networks use a handful. */
const maxPieces = 1000;

/** The shapes of a tensor's pieces along an axis. */
export function piecesOf(x: Shape, axis: number, lengths: readonly number[]): readonly Shape[] {
  return lengths.map(length => withSize(x, axisOf(axis, x.length), length));
}

export function checkPieces(pieces: number, attr: string): Complaint | undefined {
  if (pieces >= 1 && pieces <= maxPieces) return undefined;
  return {
    code: 'wrong-value',
    attr,
    message: `A tensor cannot be cut into ${pieces} pieces. Use a number from 1 to ${maxPieces}.`,
  };
}

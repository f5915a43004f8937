import * as l10n from '@vscode/l10n';
import type { Complaint, Shape } from '../op.ts';
import { axisOf, withSize } from './shape.ts';

/** The maximum number of pieces of a split; real networks need a handful. */
const maxPieces = 1000;

/** The shapes of a tensor's pieces along an axis. */
export function piecesOf(x: Shape, axis: number, lengths: readonly number[]): readonly Shape[] {
  return lengths.map(length => withSize(x, axisOf(axis, x.length), length));
}

export function checkPieces(pieces: number, attr: string): Complaint | undefined {
  if (pieces >= 1 && pieces <= maxPieces) return undefined;
  return {
    code: 'piece-count-out-of-range',
    attr,
    message: l10n.t('A tensor cannot be split into {0} chunks.', pieces),
    help: l10n.t('Use a number from 1 to {0}.', maxPieces),
  };
}

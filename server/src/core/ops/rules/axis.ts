import * as l10n from '@vscode/l10n';
import type { Complaint, Shape } from '../op.ts';
import { axisOf, sizes } from './shape.ts';

/** Complains if an axis (negative: from the last) does not exist; for operators that keep the shape. */
export function checkAxis(axis: number, x: Shape): Complaint | undefined {
  const complaint = checkAxisIn(axis, x);
  return complaint && { ...complaint, output: x };
}

/** The same for operators that change the shape. `rank` is larger if an axis is being added. */
export function checkAxisIn(axis: number, x: Shape, attr = 'axis', rank = x.length): Complaint | undefined {
  const at = axisOf(axis, rank);
  if (Number.isInteger(at) && at >= 0 && at < rank) return undefined;
  return {
    code: 'axis-out-of-range',
    attr,
    message: l10n.t(
      'There is no axis {0}: the input has {1} dimensions including the batch ({2}).',
      axis,
      x.length,
      sizes(x),
    ),
    help: rank > 0 ? l10n.t('Use {0} to {1}.', -rank, rank - 1) : undefined,
    short: l10n.t('there is no axis {0}', axis),
  };
}

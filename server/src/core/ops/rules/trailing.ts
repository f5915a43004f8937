import * as l10n from '@vscode/l10n';
import type { Complaint, Shape } from '../op.ts';
import { sizes } from './shape.ts';

/** Complains if a norm over trailing dimensions would include the batch. */
export function checkTrailing(axes: number, x: Shape): Complaint | undefined {
  if (!(axes >= x.length)) return undefined;
  return {
    code: 'too-many-normalized-axes',
    attr: 'axes',
    output: x,
    message:
      x.length === 2
        ? l10n.t(
            'The last {0} dimensions are to be normalized, but the input has only 1 besides the batch ({1}).',
            axes,
            sizes(x),
          )
        : l10n.t(
            'The last {0} dimensions are to be normalized, but the input has only {1} besides the batch ({2}).',
            axes,
            x.length - 1,
            sizes(x),
          ),
    help: l10n.t('Use at most {0}.', x.length - 1),
    short: l10n.t('too many axes to normalize'),
  };
}

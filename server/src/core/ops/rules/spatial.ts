import * as l10n from '@vscode/l10n';
import type { Complaint, Shape } from '../op.ts';
import { sizes } from './shape.ts';

/** Complains if an attribute does not have one value per spatial dimension of the input [N, C, …]. */
export function checkSpatial(
  attrs: Readonly<Record<string, readonly number[] | undefined>>,
  x: Shape,
): Complaint | undefined {
  const dimensions = x.length - 2;
  for (const [attr, list] of Object.entries(attrs)) {
    if (list === undefined || list.length === dimensions) continue;
    const count = list.length;
    const shape = sizes(x);
    return {
      code: 'value-per-dimension',
      attr,
      input: 0,
      message:
        count === 1
          ? l10n.t('“{0}” has 1 value, but the input has {1} spatial dimensions ({2}).', attr, dimensions, shape)
          : dimensions === 1
            ? l10n.t('“{0}” has {1} values, but the input has 1 spatial dimension ({2}).', attr, count, shape)
            : l10n.t(
                '“{0}” has {1} values, but the input has {2} spatial dimensions ({3}).',
                attr,
                count,
                dimensions,
                shape,
              ),
      help: l10n.t('Give one value for each spatial dimension.'),
      short: l10n.t('“{0}” does not match the input’s dimensions', attr),
    };
  }
  return undefined;
}

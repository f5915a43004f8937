import * as l10n from '@vscode/l10n';
import type { Complaint, Shape } from '../op.ts';

/** Complains if channels cannot be divided into equal groups; `output` is the output as far as it is known. */
export function checkGroups(
  groups: number,
  channels: number,
  side: 'input' | 'output',
  output: Shape,
): Complaint | undefined {
  if (!(channels % groups > 0)) return undefined;
  return {
    code: side === 'input' ? 'input-not-divisible-by-groups' : 'output-not-divisible-by-groups',
    attr: 'groups',
    output,
    message:
      side === 'input'
        ? l10n.t('{0} input channels cannot be divided into {1} groups.', channels, groups)
        : l10n.t('{0} output channels cannot be divided into {1} groups.', channels, groups),
    help: l10n.t('Use a divisor of {0}.', channels),
    short: l10n.t('channels not divisible by groups'),
  };
}

// How large values may grow: a file that is only read must not exhaust the memory of an editor.
import * as l10n from '@vscode/l10n';
import type { Reason } from '../../text/reason.ts';
import type { Machine } from '../machine.ts';
import type { Unknown } from '../objects.ts';

/** Elements of a list, a tuple, a dict or a set. */
export const maxItems = 2_000_000;
/** Characters of a string. */
export const maxText = 4_000_000;
/** Bits of an int; those of a network fit into 64. */
export const maxBits = 65_536;
/** How deep values may be nested to be compared, printed or copied. */
export const maxDepth = 150;

export function tooLong(machine: Machine): Unknown {
  return machine.unknown(l10n.t('A value with more than {0} elements is not computed', maxItems.toLocaleString('en')));
}

export function tooMuchText(machine: Machine): Unknown {
  return machine.unknown(
    l10n.t('A string with more than {0} characters is not computed', maxText.toLocaleString('en')),
  );
}

export function tooManyBits(machine: Machine): Unknown {
  return machine.unknown(l10n.t('An integer with more than {0} bits is not computed', maxBits.toLocaleString('en')));
}

export function tooDeep(machine: Machine): Unknown {
  return machine.unknown(l10n.t('A value nested deeper than {0} levels is not computed', maxDepth));
}

/** Something of Python's that is not computed here: `str.encode`. */
export function unsupported(machine: Machine, what: string): Unknown {
  return machine.unknown(notSupported(what));
}

export function notSupported(what: string): Reason {
  return { message: l10n.t('{0} is not supported', what), short: what };
}

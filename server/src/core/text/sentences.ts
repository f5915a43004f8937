// Sentences one after the other: what is between them is a matter of the language.
import * as l10n from '@vscode/l10n';

/** Whole sentences as one text; empty ones are left out. */
export function sentences(...all: readonly (string | undefined)[]): string {
  return all
    .map(sentence => sentence?.trim() ?? '')
    .filter(sentence => sentence !== '')
    .reduce((before, sentence) => (before === '' ? sentence : l10n.t('{0} {1}', before, sentence)), '');
}

/** Clauses as one sentence’s end: “a; b”. */
export function clauses(all: readonly string[]): string {
  return all.length === 0 ? '' : all.reduce((before, clause) => l10n.t('{0}; {1}', before, clause));
}

// Joins sentences and clauses; the separators depend on the language.
import * as l10n from '@vscode/l10n';

/** Joins whole sentences; empty ones are left out. */
export function sentences(...all: readonly (string | undefined)[]): string {
  return all
    .map(sentence => sentence?.trim() ?? '')
    .filter(sentence => sentence !== '')
    .reduce((before, sentence) => (before === '' ? sentence : l10n.t('{0} {1}', before, sentence)), '');
}

/** Joins clauses at the end of a sentence: “a; b”. */
export function clauses(all: readonly string[]): string {
  return all.length === 0 ? '' : all.reduce((before, clause) => l10n.t('{0}; {1}', before, clause));
}

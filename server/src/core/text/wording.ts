// Wordings that every floor shares.
import * as l10n from '@vscode/l10n';

/** “A”, “A and B”, “A, B and C”. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  const before = items.slice(0, -1).reduce((all, item) => l10n.t('{0}, {1}', all, item));
  return l10n.t('{0} and {1}', before, items.at(-1)!);
}

/** “A”, “A or B”. */
export function eitherText(items: readonly string[]): string {
  return items.reduce((before, item) => l10n.t('{0} or {1}', before, item));
}

/** At most so many columns of a text that may be long, with an ellipsis where it is cut. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half a surrogate pair is not a character.
  const end = /[\uD800-\uDBFF]/.test(text[length - 2]!) ? length - 2 : length - 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

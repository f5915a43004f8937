// Wordings that every floor shares.
import * as l10n from '@vscode/l10n';

/** “A”, “A and B”, “A, B and C”. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return l10n.t('{0} and {1}', items.slice(0, -1).join(', '), items.at(-1)!);
}

/** At most so many columns of a text that may be long, with an ellipsis where it is cut. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half a surrogate pair is not a character.
  const end = /[\uD800-\uDBFF]/.test(text[length - 2]!) ? length - 2 : length - 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

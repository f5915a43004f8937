// Wordings that every floor shares.
import * as l10n from '@vscode/l10n';
import { clipColumns } from './columns.ts';

/** “A”, “A and B”, “A, B and C”. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  const before = items.slice(0, -1).reduce((all, item) => l10n.t('{0}, {1}', all, item));
  return l10n.t('{0} and {1}', before, items.at(-1)!);
}

/** “A, B, C” of clauses and conditions. */
export function commaText(items: readonly string[]): string {
  return items.join(l10n.t(', '));
}

/** “A”, “A or B”. */
export function eitherText(items: readonly string[]): string {
  return items.reduce((before, item) => l10n.t('{0} or {1}', before, item));
}

/** At most so many columns of a text that may be long, with an ellipsis where it is cut. */
export function clip(text: string, columns: number): string {
  const cut = clipColumns(text, columns);
  return cut === text ? text : `${cut.slice(0, -1).trimEnd()}…`;
}

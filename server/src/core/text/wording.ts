// Phrases for lists, used everywhere.
import * as l10n from '@vscode/l10n';
import { clipColumns } from './columns.ts';

/** “A”, “A and B”, “A, B and C”. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  const before = items.slice(0, -1).reduce((all, item) => l10n.t('{0}, {1}', all, item));
  return l10n.t('{0} and {1}', before, items.at(-1)!);
}

/** “A, B, C”, for clauses and conditions. */
export function commaText(items: readonly string[]): string {
  return items.join(l10n.t(', '));
}

/** “A”, “A or B”. */
export function eitherText(items: readonly string[]): string {
  return items.reduce((before, item) => l10n.t('{0} or {1}', before, item));
}

/** Clips a text to so many columns, with an ellipsis. */
export function clip(text: string, columns: number): string {
  const cut = clipColumns(text, columns);
  return cut === text ? text : `${cut.slice(0, -1).trimEnd()}…`;
}

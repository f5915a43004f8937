import type { Numbered } from '../formats/index.ts';
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';

/** The number by which others name a row, in front of it. */
export type RowNumber = Numbered;

/** The numbers of the rows that begin in a range, in formats whose rows name each other by number. */
export function rowNumbers({ document, settings }: Analysed, within: Range): readonly RowNumber[] {
  return settings.hints.rowNumbers ? (document.reader?.numbered?.(within) ?? []) : [];
}

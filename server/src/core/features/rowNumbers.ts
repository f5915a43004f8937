import type { Numbered } from '../formats/index.ts';
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';

/** A row number, shown in front of the row. */
export type RowNumber = Numbered;

/** The numbers of the rows that begin in a range, for formats that refer to rows by number. */
export function rowNumbers({ document, settings }: Analysed, within: Range): readonly RowNumber[] {
  return settings.hints.rowNumbers ? (document.reader?.numbered?.(within) ?? []) : [];
}

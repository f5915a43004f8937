// What an editor remembers of a file beside its text: a value, one part for each concern, given to `price`. A text that
// was opened just now, and one that a terminal reads, has none.
import { lineEdits } from './text/difference.ts';
import { mapOffset, type TextEdit } from './text/edit.ts';
import type { Range } from './text/range.ts';

export interface History {
  /**
   * What is read instead of rows that cannot be read, as edits of the text: what they were when they were last good, and
   * nothing for rows that never were. Each is tried first as it is in the text, and read so if all goes well.
   */
  readonly rows: readonly TextEdit[];
}

export const noHistory: History = { rows: [] };

/** The history of a text that a person has made of another one, of which `read` is what was read of it in its place. */
export function historyOf(text: string, read: string): History {
  return { rows: lineEdits(text, read) };
}

/**
 * The history of a text that `edits` have made of another one: what stood in there stands in here, unless it was edited.
 * What the edits changed is read as it is now: a fix that is tried is not stood in for.
 */
export function advanced({ rows }: History, edits: readonly TextEdit[]): History {
  if (rows.length === 0 || edits.length === 0) return { rows };
  const moved = mapOffset(edits);
  const isEdited = ({ from, to }: Range): boolean => edits.some(edit => edit.from <= to && from <= edit.to);
  return {
    rows: rows.flatMap(row => {
      const from = isEdited(row) ? undefined : moved(row.from);
      return from === undefined ? [] : [{ from, to: from + row.to - row.from, text: row.text }];
    }),
  };
}

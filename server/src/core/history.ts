// What an editor remembers of a file beside its text: a value, one part for each concern, given to `price`. A text that
// was opened just now, and one that a terminal reads, has none.
import { type Entry, followed, type Lineage, lineageOf, returned, retyped } from './formats/index.ts';
import { lineEdits } from './text/difference.ts';
import { mapOffset, type TextEdit } from './text/edit.ts';
import type { Range } from './text/range.ts';

export interface History {
  /**
   * What is read instead of rows that cannot be read, as edits of the text: what they were when they were last good, and
   * nothing for rows that never were. Each is tried first as it is in the text, and read so if all goes well.
   */
  readonly rows: readonly TextEdit[];
  /**
   * Which rows the numbers of the text mean; `trusted` where they mean what they say, and undefined where nothing but the
   * text tells.
   */
  readonly numbers?: NumberHistory | 'trusted' | undefined;
}

export interface NumberHistory {
  readonly lineage: Lineage;
  readonly evidence: 'edits' | 'comments';
  /** That of texts before this one, which come back when edits are undone; by `keyOf`, the last one last. */
  readonly seen: readonly { readonly key: string; readonly lineage: Lineage }[];
}

export const noHistory: History = { rows: [] };

/** The history of a text that a person has made of another one, of which `read` is what was read of it in its place. */
export function historyOf(text: string, read: string, numbers?: NumberHistory): History {
  return { rows: lineEdits(text, read), numbers };
}

/**
 * The history of a text that `edits` have made of another one: what stood in there stands in here, unless it was edited.
 * What the edits changed is read as it is now: a fix that is tried is not stood in for. It has taken care of numbers.
 */
export function advanced({ rows }: History, edits: readonly TextEdit[]): History {
  const numbers = 'trusted';
  if (rows.length === 0 || edits.length === 0) return { rows, numbers };
  const moved = mapOffset(edits);
  const isEdited = ({ from, to }: Range): boolean => edits.some(edit => edit.from <= to && from <= edit.to);
  return {
    numbers,
    rows: rows.flatMap(row => {
      const from = isEdited(row) ? undefined : moved(row.from);
      return from === undefined ? [] : [{ from, to: from + row.to - row.from, text: row.text }];
    }),
  };
}

/** The parts of a text that is read. */
interface Read {
  readonly chunks?: () => readonly object[];
  readonly chunkAt?: (index: number) => { readonly text: string; readonly written: readonly number[] };
}

/** What is remembered of numbers where one row at most was typed on; undefined where more has changed. */
export function numbersKept(before: Read, numbers: NumberHistory, now: Read): NumberHistory | undefined {
  const [were, are] = [before.chunks?.(), now.chunks?.()];
  const { lineage } = numbers;
  if (!were || !are || !now.chunkAt || were.length !== are.length || are.length !== lineage.rows.length)
    return undefined;
  let typed: number | undefined;
  for (let at = 0; at < are.length; at++) {
    if (were[at] === are[at]) continue;
    if (typed !== undefined) return undefined;
    typed = at;
  }
  if (typed === undefined) return numbers;
  const next = retyped(lineage, typed, now.chunkAt(typed));
  return next && (next === lineage ? numbers : { ...numbers, lineage: next });
}

/** So many texts are remembered. */
const mostSeen = 64;

/** What is remembered of numbers after an edit that has made another text of one that has `numbers`. */
export function numbersAfter(
  before: string,
  numbers: NumberHistory,
  text: string,
  entries: readonly Entry[],
): NumberHistory {
  const key = keyOf(text);
  const { lineage, evidence } = numbers;
  if (text === before) return numbers;
  const own = keyOf(before);
  const seen = [...numbers.seen.filter(other => other.key !== own), { key: own, lineage }].slice(-mostSeen);
  const known = seen.find(other => other.key === key)?.lineage;
  if (known) return { lineage: returned(known, lineage), evidence, seen };
  // A text of which little was left may be back, such as one that could not be read for a moment.
  for (const earlier of new Set([lineage, ...seen.toReversed().map(other => other.lineage)])) {
    const next = followed(earlier, entries);
    if (next) return { lineage: next, evidence, seen };
  }
  return { lineage: lineageOf(entries), evidence: 'edits', seen };
}

/** A text in a few characters; others have others, as far as chance goes. */
function keyOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x85ebca6b) ^ (b >>> 13);
  }
  return `${text.length} ${a} ${b}`;
}

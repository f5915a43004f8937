// Which rows of an edited text are those of the text before it, and which rows their numbers mean: what an editor remembers
// of a text whose rows come, go and move. Items are all that is looked at, so it is the same for every format that numbers.
import { copied } from '../syntax/chunks.ts';
import type { Item, Reference } from './reference.ts';

/** An item with its text, which may be moved to another place. */
export interface Entry {
  readonly item: Item;
  /** Without the comments around it. */
  readonly text: string;
}

/** A row through all edits. */
export interface Row {
  /** Its own, whatever its number is. */
  readonly id: number;
  readonly text: string;
  /** The number that a comment gives it. */
  readonly comment: number | undefined;
  /** Whether that was its number once, so that it should follow. */
  readonly counts: boolean;
  readonly numbers: readonly Numbered[];
}

/** A reference by number. */
interface Numbered {
  readonly written: number;
  /** The row that it means; undefined where it means a place (−1, the row above) or nothing. */
  readonly means: number | undefined;
  /** The row that it is read as while its number is an old one. */
  readonly reads: number | undefined;
}

/** A row that is gone, with the one that was above it. */
interface Gone extends Row {
  readonly above: number | undefined;
}

export interface Lineage {
  /** The rows of the text, in order. */
  readonly rows: readonly Row[];
  /** Rows that came back would be these; the last to go comes last. */
  readonly gone: readonly Gone[];
  /** The rows in the order that they had when all numbers were right. */
  readonly base: readonly number[];
  /** The id of the next row that is new. */
  readonly next: number;
  /** Whether every number says the row that it means. */
  readonly isRight: boolean;
}

/** So many rows that are gone are remembered. */
const mostGone = 400;

/** A text whose numbers mean what they say. */
export function lineageOf(entries: readonly Entry[]): Lineage {
  const ids = entries.map((_, index) => index);
  return settled(ids, entries, [], ids.length);
}

/** The same rows, with every number meaning what it says. */
export function accepted({ rows, gone, next }: Lineage, entries: readonly Entry[]): Lineage {
  const ids = rows.map(({ id }) => id);
  return settled(ids, entries, gone, next);
}

function settled(ids: readonly number[], entries: readonly Entry[], gone: Lineage['gone'], next: number): Lineage {
  const rows = entries.map((entry, at) => {
    const numbers = entry.item.references.map(each => literal(each, ids));
    return rowOf(ids[at]!, entry, numbers, entry.item.number?.value === at);
  });
  return { rows, gone, base: ids, next, isRight: true };
}

/**
 * What comments that number rows say of a text: `origins` has the number that each row had, undefined for a new one, among
 * `size` rows. Numbers mean rows as they were numbered then; they are read as they are written.
 */
export function lineageFrom(
  origins: readonly (number | undefined)[],
  size: number,
  entries: readonly Entry[],
): Lineage {
  let next = size;
  const ids = origins.map(origin => origin ?? next++);
  const rows = entries.map((entry, at): Row => {
    const origin = origins[at];
    const numbers = entry.item.references.map((reference): Numbered => {
      const plain = literal(reference, ids);
      if (plain.means === undefined && isPlace(reference)) return plain;
      const { written, kind } = reference;
      if (kind === 'name' || typeof written !== 'number' || (kind === 'relative' && origin === undefined)) return plain;
      const old = kind === 'relative' ? origin! + written : written;
      return old >= 0 && old < size ? { ...plain, means: old } : plain;
    });
    const number = entry.item.number?.value;
    const isCopied =
      origin === undefined &&
      entries.some(({ text, item }) => item.number?.value === number && text === entry.text && item !== entry.item);
    return rowOf(ids[at]!, entry, numbers, number !== undefined && (number === (origin ?? at) || isCopied));
  });
  const there = new Set(ids);
  const base = Array.from({ length: size }, (_, id) => id);
  const gone = base
    .filter(id => !there.has(id))
    .map(id => ({ id, text: '', comment: undefined, counts: false, numbers: [], above: id - 1 }));
  const isRight = differing(rows, entries, ({ means }) => means).length === 0;
  return { rows, gone, base, next, isRight };
}

function rowOf(id: number, { item, text }: Entry, numbers: readonly Numbered[], counts: boolean): Row {
  // A copy, because a slice would keep the whole text alive.
  return { id, text: copied(text), comment: item.number?.value, counts, numbers };
}

/** What a number says: the row that has it now. */
function literal(reference: Reference, ids: readonly number[]): Numbered {
  const { target } = reference;
  const written = typeof reference.written === 'number' ? reference.written : Number.NaN;
  const id = isPlace(reference) || target === undefined || target === 'input' ? undefined : ids[target.index];
  return { written, means: id, reads: id };
}

/** Whether it is the row above, whichever that is: a row that is put between two rows is read by the lower one. */
function isPlace({ kind, written }: Reference): boolean {
  return kind === 'name' || (kind === 'relative' && written === -1);
}

// ——— From one text to the next ———————————————————————————————————————————————————————————————————————————————————————

/** A text after another one; undefined where so little is left of that that nothing follows. */
export function followed(before: Lineage, entries: readonly Entry[]): Lineage | undefined {
  if (isSame(before, entries)) return before;
  const from = matched(before, entries);
  const survivors = from.filter(match => match && !match.isCopy && !('above' in match.row)).length;
  if (before.rows.length >= 4 && survivors * 2 < before.rows.length) return undefined;
  let { next } = before;
  const ids = from.map(match => (match?.isCopy === false ? match.row.id : next++));
  const places = new Map(ids.map((id, place) => [id, place]));
  /** Whether a number was changed so that it follows its row. */
  let follows = false;
  const rows = entries.map((entry, at): Row => {
    const match = from[at];
    const { references, number: comment } = entry.item;
    const isAsBefore = match !== undefined && comment?.value === match.row.comment;
    const counts = comment !== undefined && ((isAsBefore && match.row.counts) || comment.value === at);
    const isEqual = isAsBefore && !match.isCopy && match.row.text === entry.text;
    if (isEqual && match.row.counts === counts && !('above' in match.row)) return match.row;
    const fresh = references.map(reference => literal(reference, ids));
    if (!match) return rowOf(ids[at]!, entry, fresh, counts);
    const { row, isCopy } = match;
    // A row that cannot be read for a moment still has its numbers.
    if (references.length === 0 && row.numbers.length > 0 && !isCopy && entry.text !== row.text)
      return rowOf(ids[at]!, entry, row.numbers, counts);
    const partners = counterparts(row.numbers, fresh);
    const numbers = fresh.map((number, place): Numbered => {
      const partner = row.numbers[partners[place] ?? -1];
      if (partner?.written === number.written)
        return isCopy && references[place]!.kind === 'relative' ? number : partner;
      const other = isCopy || partners[place] !== undefined ? undefined : row.numbers[place];
      if (other?.means !== undefined && other.means === number.means) follows = true;
      return number;
    });
    return rowOf(ids[at]!, entry, numbers, counts);
  });
  const gone = goneAfter(before, places);
  const isOther = ids.length !== before.rows.length || ids.some((id, at) => id !== before.rows[at]!.id);
  // Who moves rows and their numbers at once has taken care of all of them: a fix, another version of the file.
  if (follows && isOther) return settled(ids, entries, gone, next);
  // A row that cannot be read for a moment may have old numbers.
  const isRead = rows.every(({ numbers }, at) => numbers.length === entries[at]!.item.references.length);
  const isRight = isRead && differing(rows, entries, ({ means }) => means).length === 0;
  return { rows, gone, base: isRight ? ids : before.base, next, isRight };
}

/** An earlier lineage, back again after a later one: what was cut in between can still be pasted. */
export function returned(earlier: Lineage, { rows, gone, next }: Lineage): Lineage {
  const known = new Set([...earlier.rows, ...earlier.gone].map(({ id }) => id));
  const cut = [...gone, ...rows.map((row, at): Gone => ({ ...row, above: rows[at - 1]?.id }))];
  const fresh = cut.filter(({ id }) => !known.has(id));
  return { ...earlier, gone: [...earlier.gone, ...fresh].slice(-mostGone), next: Math.max(next, earlier.next) };
}

/** The same after one row became another that has the same numbers; undefined where it has others, or was cut elsewhere. */
export function retyped(
  lineage: Lineage,
  index: number,
  { text, written }: { readonly text: string; readonly written: readonly number[] },
): Lineage | undefined {
  const row = lineage.rows[index]!;
  const hasSame =
    row.numbers.length === written.length && row.numbers.every((number, at) => number.written === written[at]);
  if (!hasSame || lineage.gone.some(other => other.text === text)) return undefined;
  return row.text === text ? lineage : { ...lineage, rows: lineage.rows.with(index, { ...row, text: copied(text) }) };
}

function isSame({ rows }: Lineage, entries: readonly Entry[]): boolean {
  return (
    rows.length === entries.length &&
    rows.every(({ text, comment }, at) => text === entries[at]!.text && comment === entries[at]!.item.number?.value)
  );
}

function goneAfter({ rows, gone }: Lineage, places: ReadonlyMap<number, number>): Lineage['gone'] {
  const left = rows.flatMap((row, at): Gone[] => (places.has(row.id) ? [] : [{ ...row, above: rows[at - 1]?.id }]));
  const others = gone.filter(({ id }) => !places.has(id));
  return left.length === 0 && others.length === gone.length ? gone : [...others, ...left].slice(-mostGone);
}

/** Where a row of the text comes from. */
interface Match {
  readonly row: Row | Gone;
  readonly isCopy: boolean;
}

/** Whether one row is another, and none that was cut: most texts come of the one before like this. */
function isTyped({ rows, gone }: Lineage, entries: readonly Entry[]): boolean {
  if (rows.length !== entries.length) return false;
  let typed: string | undefined;
  for (const [at, { text, item }] of entries.entries()) {
    const row = rows[at]!;
    if (row.text === text && row.comment === item.number?.value) continue;
    if (typed !== undefined) return false;
    typed = text;
  }
  return !gone.some(({ text }) => text === typed);
}

/** For each row of a text the one that it was. */
function matched(lineage: Lineage, entries: readonly Entry[]): readonly (Match | undefined)[] {
  const { rows: before, gone, base } = lineage;
  if (isTyped(lineage, entries)) return before.map(row => ({ row, isCopy: false }));
  const found: (Match | undefined)[] = entries.map(() => undefined);
  const free = new Set(before.keys());
  const take = (at: number, row: number): void => {
    found[at] = { row: before[row]!, isCopy: false };
    free.delete(row);
  };
  const isEqual = (row: number, at: number): boolean => before[row]!.text === entries[at]!.text;
  const isTwin = (row: number, at: number): boolean =>
    isEqual(row, at) && before[row]!.comment === entries[at]!.item.number?.value;
  for (const [row, at] of aligned(before.length, entries.length, isTwin)) take(at, row);
  const within = (test: (row: number, at: number) => boolean): void => {
    for (const [rows, places] of gapsOf(before, found)) {
      for (const [row, at] of aligned(rows.length, places.length, (a, b) => test(rows[a]!, places[b]!)))
        take(places[at]!, rows[row]!);
    }
  };
  within(isEqual);
  // What went here and came there has moved.
  for (const test of [isTwin, isEqual]) {
    for (const at of unmatched(found)) {
      const row = [...free].find(each => test(each, at));
      if (row !== undefined) take(at, row);
    }
  }
  // As many rows as there were: each was changed in its place.
  for (const [rows, places] of gapsOf(before, found)) {
    if (rows.length === places.length) for (const [each, at] of places.entries()) take(at, rows[each]!);
  }
  // What was cut comes back somewhere.
  const waiting = new Set(gone);
  const meant = new Set([...base, ...before.flatMap(({ numbers }) => numbers.map(({ means }) => means))]);
  const comeBack = (at: number): boolean => {
    const { text, item } = entries[at]!;
    const above = found[at - 1]?.row.id;
    const candidates = [...waiting].filter(row => row.text === text && text !== '').reverse();
    const back =
      candidates.find(row => row.above === above && row.comment === item.number?.value) ??
      candidates.find(row => row.comment === item.number?.value) ??
      candidates.find(row => row.above === above) ??
      candidates[0];
    if (!back) return false;
    waiting.delete(back);
    found[at] = { row: back, isCopy: false };
    return true;
  };
  for (const [at, match] of found.entries()) {
    if (!match) comeBack(at);
    // Typed, or put on a line that was opened for it.
    else if (match.row.text !== entries[at]!.text && !meant.has(match.row.id)) comeBack(at);
  }
  within((row, at) => similarity(before[row]!.text, entries[at]!.text) >= 0.5);
  // What is there twice was copied.
  for (const at of unmatched(found)) {
    const original =
      before.find((_, row) => isTwin(row, at)) ?? before.find((_, row) => isEqual(row, at) && before[row]!.text !== '');
    if (original) found[at] = { row: original, isCopy: true };
  }
  return found;
}

function unmatched(found: readonly (Match | undefined)[]): readonly number[] {
  return found.flatMap((match, at) => (match ? [] : [at]));
}

/** What is left of both sides between two rows that stayed where they were. */
function* gapsOf(
  before: readonly Row[],
  found: readonly (Match | undefined)[],
): Generator<readonly [rows: readonly number[], places: readonly number[]]> {
  const taken = new Map(found.flatMap((match, at) => (match && !match.isCopy ? [[match.row.id, at] as const] : [])));
  let row = 0;
  let at = 0;
  const placeOf = (each: number): number | undefined => taken.get(before[each]!.id);
  while (row < before.length || at < found.length) {
    const rows: number[] = [];
    const places: number[] = [];
    // Rows that went elsewhere, and places that others came to, are in no gap.
    while (row < before.length && (placeOf(row) === undefined || placeOf(row)! < at)) {
      if (placeOf(row) === undefined) rows.push(row);
      row++;
    }
    const end = row < before.length ? placeOf(row)! : found.length;
    while (at < end) {
      if (!found[at]) places.push(at);
      at++;
    }
    if (rows.length > 0 && places.length > 0) yield [rows, places];
    row++;
    at++;
  }
}

/** More pairs than that are not compared one by one. */
const mostPairs = 250_000;

/** The longest list of pairs that are equal, in order on both sides. */
function aligned(
  before: number,
  after: number,
  isEqual: (row: number, at: number) => boolean,
): readonly (readonly [row: number, at: number])[] {
  const pairs: [number, number][] = [];
  let start = 0;
  while (start < Math.min(before, after) && isEqual(start, start)) {
    pairs.push([start, start]);
    start++;
  }
  let end = 0;
  const most = Math.min(before, after) - start;
  const tail: [number, number][] = [];
  while (end < most && isEqual(before - 1 - end, after - 1 - end)) {
    tail.push([before - 1 - end, after - 1 - end]);
    end++;
  }
  const rows = before - start - end;
  const places = after - start - end;
  if (rows > 0 && places > 0 && rows * places <= mostPairs) {
    // How many pairs there are from a row and a place on.
    const width = places + 1;
    const counts = new Int32Array((rows + 1) * width);
    for (let row = rows - 1; row >= 0; row--) {
      for (let at = places - 1; at >= 0; at--) {
        counts[row * width + at] = isEqual(start + row, start + at)
          ? counts[(row + 1) * width + at + 1]! + 1
          : Math.max(counts[(row + 1) * width + at]!, counts[row * width + at + 1]!);
      }
    }
    let row = 0;
    let at = 0;
    while (row < rows && at < places) {
      if (isEqual(start + row, start + at)) pairs.push([start + row++, start + at++]);
      else if (counts[(row + 1) * width + at]! >= counts[row * width + at + 1]!) row++;
      else at++;
    }
  }
  return [...pairs, ...tail.reverse()];
}

/** For each number of a row the one that it was, by order and value. */
function counterparts(before: readonly Numbered[], now: readonly Numbered[]): readonly (number | undefined)[] {
  if (before.length === now.length)
    return now.map(({ written }, at) => (before[at]!.written === written ? at : undefined));
  const found: (number | undefined)[] = now.map(() => undefined);
  for (const [row, at] of aligned(before.length, now.length, (a, b) => before[a]!.written === now[b]!.written))
    found[at] = row;
  return found;
}

/** How much two texts have in common at their ends, from 0 to 1. */
function similarity(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return (start + end) / Math.max(1, a.length, b.length);
}

// ——— Numbers that are old —————————————————————————————————————————————————————————————————————————————————————————————

/** A reference that means another row than its number says. */
export interface OldNumber {
  readonly item: number;
  readonly reference: number;
  /** Where the row is that it means, undefined where that is gone. */
  readonly place: number | undefined;
  /** The number that means it; undefined where none can, because the row is gone or below. */
  readonly fresh: number | undefined;
  /** The id of the row. */
  readonly means: number;
}

export function oldNumbers({ rows }: Lineage, entries: readonly Entry[]): readonly OldNumber[] {
  return differing(rows, entries, ({ means }) => means);
}

/** The numbers that references are read as while they are old ones, by item: those of its references, in order. */
export function numbersRead({ rows }: Lineage, entries: readonly Entry[]): ReadonlyMap<number, readonly number[]> {
  const read = new Map<number, number[]>();
  for (const { item, reference, fresh } of differing(rows, entries, ({ reads }) => reads)) {
    if (fresh === undefined) continue;
    const list = read.get(item) ?? entries[item]!.item.references.map(({ written }) => Number(written));
    list[reference] = fresh;
    read.set(item, list);
  }
  return read;
}

function differing(
  rows: readonly Row[],
  entries: readonly Entry[],
  rowOf: (number: Numbered) => number | undefined,
): readonly OldNumber[] {
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  return entries.flatMap(({ item }, at) =>
    item.references.flatMap(({ target, kind }, reference): OldNumber[] => {
      const number = rows[at]!.numbers[reference];
      const means = number && rowOf(number);
      if (means === undefined) return [];
      const place = places.get(means);
      if (place !== undefined && typeof target === 'object' && target.index === place) return [];
      const fresh = place === undefined || place >= at ? undefined : kind === 'relative' ? place - at : place;
      return [{ item: at, reference, place, fresh, means }];
    }),
  );
}

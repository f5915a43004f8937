// Numbers that rows are named by, when rows come, go or move: which are old ones, what they mean, and the fix for all.
import * as l10n from '@vscode/l10n';
import { usesOf } from './analysis/unused.ts';
import {
  type Entry,
  type Format,
  type Lineage,
  lineageFrom,
  numbersRead,
  type OldNumber,
  oldNumbers,
  originsOf,
  type Reader,
} from './formats/index.ts';
import { type Graph, useOf } from './graph/graph.ts';
import { mapOffset, type TextEdit } from './text/edit.ts';
import type { Fix, Problem } from './text/problem.ts';
import type { Range } from './text/range.ts';

/** A text that is parsed. */
interface Text {
  readonly source: { readonly text: string };
  readonly format: Format;
  readonly reader: Reader | undefined;
}

/** What is known of the numbers of a text, some of which are old. */
export interface Numbers {
  readonly lineage: Lineage;
  /** What says so: the edits that an editor has seen, or comments alone. */
  readonly evidence: 'edits' | 'comments';
  readonly old: readonly OldNumber[];
  /** The edits after which all numbers mean what they meant: none where the rows are gone. */
  readonly edits: readonly TextEdit[];
}

const entriesKnown = new WeakMap<Text, readonly Entry[]>();

/** The items of a text whose references are numbers of items; undefined for a text of another kind. */
export function entriesOf(text: Text): readonly Entry[] | undefined {
  const { source, format, reader } = text;
  if (!format.numbersItems || !reader?.items) return undefined;
  let known = entriesKnown.get(text);
  if (!known) {
    known = reader.items().map(item => ({ item, text: source.text.slice(item.range.from, item.range.to) }));
    entriesKnown.set(text, known);
  }
  return known;
}

/** What is old in a text of a lineage; undefined where nothing is. */
export function numbersOf(
  lineage: Lineage,
  entries: readonly Entry[],
  evidence: Numbers['evidence'],
): Numbers | undefined {
  const old = oldNumbers(lineage, entries);
  if (old.length === 0) return undefined;
  const edits = [...shifted(old, entries), ...renumbered(lineage, entries)].sort((a, b) => a.from - b.from);
  return { lineage, evidence, old, edits };
}

/** The edits with which references are read while they are old: the costs of rows stay what they were. */
export function readingEdits(lineage: Lineage, entries: readonly Entry[]): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  for (const [at, numbers] of numbersRead(lineage, entries)) {
    for (const [place, { range, written }] of entries[at]!.item.references.entries()) {
      if (numbers[place] !== written && range.to > range.from) edits.push({ ...range, text: String(numbers[place]) });
    }
  }
  return edits;
}

/** Where ranges of a text lie in the one in which some numbers are others. */
export function placesOfNumbers(edits: readonly TextEdit[]): ({ from, to }: Range) => Range {
  let delta = 0;
  const changes = edits
    .toSorted((a, b) => a.from - b.from)
    .map(({ from, to, text }) => {
      const start = from + delta;
      delta += text.length - (to - from);
      return { start, end: start + text.length, from, to };
    });
  const place = (offset: number, side: 'from' | 'to'): number => {
    const last = changes.findLast(({ start }) => start < offset || (side === 'from' && start === offset));
    if (!last) return offset;
    return offset <= last.end && (side === 'to' || offset < last.end) ? last[side] : offset - last.end + last.to;
  };
  return ({ from, to }) => {
    const start = place(from, 'from');
    return { from: start, to: Math.max(start, place(to, 'to')) };
  };
}

function shifted(old: readonly OldNumber[], entries: readonly Entry[]): readonly TextEdit[] {
  return old.flatMap(({ item, reference, fresh }): TextEdit[] => {
    const { range } = entries[item]!.item.references[reference]!;
    return fresh === undefined || range.to === range.from ? [] : [{ ...range, text: String(fresh) }];
  });
}

/** Comments that number rows follow them. */
export function renumbered({ rows }: Lineage, entries: readonly Entry[]): readonly TextEdit[] {
  return entries.flatMap(({ item: { number } }, at): TextEdit[] =>
    number && rows[at]!.counts && number.value !== at ? [{ ...number.range, text: String(at) }] : [],
  );
}

// ——— Comments —————————————————————————————————————————————————————————————————————————————————————————————————————————

/** What a reading of a text is like; undefined where it cannot be read. */
export type Reading = { readonly graph: Graph; readonly errors: number } | undefined;

/**
 * What the comments of a text say, if references have stayed behind as well. They have where the network is the better for
 * it: no more is wrong with it, and no more outputs are unused. `read` reads the text after edits.
 */
export function numbersByComments(
  text: Text,
  actual: NonNullable<Reading>,
  read: (edits: readonly TextEdit[]) => Reading,
): Numbers | undefined {
  const entries = entriesOf(text);
  const comments = entries?.flatMap(({ item: { index, number } }) => (number ? [{ index, value: number.value }] : []));
  if (!entries || !comments || comments.every(({ index, value }) => index === value)) return undefined;
  let best: Numbers | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { origins, size, isSure } of originsOf(comments, entries.length)) {
    const numbers = numbersOf(lineageFrom(origins, size, entries), entries, 'comments');
    const edits = numbers && shifted(numbers.old, entries);
    if (!numbers || !edits || edits.length === 0) continue;
    // A reference that names nothing any more is wrong in either reading; one that names another row is not reported there.
    const lost = numbers.old.filter(({ item, reference, fresh }) => {
      const { target } = entries[item]!.item.references[reference]!;
      return fresh === undefined && typeof target === 'object' && target.index < item;
    }).length;
    // What is new may be used later.
    const known = entries.flatMap(({ item }, at) => (origins[at] === undefined ? [] : [item.range]));
    const now = wrongsOf(actual, known, offset => offset);
    // Nothing is read that cannot be the better one: to read a program takes its time.
    if (lost > (isSure ? now : now - 1) || lost >= least) continue;
    const reading = read(edits);
    const wrongs = reading ? wrongsOf(reading, known, mapOffset(edits)) + lost : Number.POSITIVE_INFINITY;
    if (wrongs > now || (wrongs === now && !isSure) || wrongs >= least) continue;
    least = wrongs;
    best = numbers;
  }
  return best;
}

/** Comments that gave rows their numbers once and no longer do, in order. */
export function staleComments(
  text: Text,
): readonly { readonly range: Range; readonly value: number; readonly index: number }[] {
  const entries = entriesOf(text) ?? [];
  const comments = entries.flatMap(({ item: { index, number } }) => (number ? [{ index, value: number.value }] : []));
  const [way] = originsOf(comments, entries.length);
  if (!way) return [];
  const { rows } = lineageFrom(way.origins, way.size, entries);
  return entries.flatMap(({ item: { number } }, index) =>
    number && rows[index]!.counts && number.value !== index ? [{ ...number, index }] : [],
  );
}

/** How much of a network is as nobody would write it: what is wrong, and which of some items nothing uses. */
function wrongsOf(
  { graph, errors }: NonNullable<Reading>,
  items: readonly Range[],
  moved: (offset: number) => number | undefined,
): number {
  if (graph.outputs.length === 0) return errors + items.length;
  const isUsed = usesOf(graph);
  const frames = new Map(graph.root.children.map(frame => [useOf(frame)?.from, frame]));
  const unused = items.filter(({ from }) => {
    const frame = frames.get(moved(from));
    return frame !== undefined && frame.end > frame.first && !isUsed(frame);
  });
  return errors + unused.length;
}

// ——— Problems —————————————————————————————————————————————————————————————————————————————————————————————————————————

/** What to report: where rows came, went or moved, and at each reference that means another row than its number says. */
export function numberProblems(numbers: Numbers, { format }: Text, entries: readonly Entry[], graph: Graph): Problem[] {
  const { lineage, evidence, old, edits } = numbers;
  const words = format.items === 'layers' ? layerWords : rowWords;
  const shiftedCount = old.filter(({ fresh }) => fresh !== undefined).length;
  const fixes: Fix[] = [];
  if (shiftedCount > 0) fixes.push({ title: fixTitle(numbers, entries), edits });
  const comments = renumbered(lineage, entries);
  fixes.push({
    title:
      comments.length > 0
        ? l10n.t('The references are right: renumber only the comments')
        : l10n.t('The references are right'),
    edits: comments,
    accepts: true,
  });
  const found: Problem[] = [];
  const help =
    evidence === 'comments'
      ? l10n.t('Shift the references, or renumber the comments if the references are right.')
      : l10n.t('Shift the references, or confirm that they are right.');
  if (shiftedCount > 0) {
    for (const { range, kind, isOne } of changesOf(lineage, entries)) {
      const message = words[kind](shiftedCount, isOne);
      found.push({ range, severity: 'warning', code: 'old-row-numbers', message, help, fixes });
    }
  }
  const names = namesOf(graph);
  const nameOf = (place: number): string => names.get(entries[place]!.item.range.from) ?? '?';
  for (const { item, reference, place, fresh, means } of old) {
    const { range: at, written, target } = entries[item]!.item.references[reference]!;
    const range = at.to > at.from ? at : entries[item]!.item.range;
    if (fresh !== undefined) {
      const message = words.reference(String(written), nameOf(place!), place!);
      found.push({ range, severity: 'warning', code: 'old-row-number', message, help, fixes });
    } else if (place !== undefined) {
      const message = words.below(String(written), nameOf(place));
      found.push({ range, severity: 'warning', code: 'moved-below', message, help: words.another(), fixes });
    } else {
      const number = lineage.base.indexOf(means);
      const message =
        typeof target === 'object' && target.index < item
          ? words.removed(number, nameOf(target.index))
          : words.gone(number);
      found.push({ range, severity: 'warning', code: 'removed-row', message, help: words.another(), fixes });
    }
  }
  return found;
}

/** By where an item begins: the name of its module or section. */
function namesOf({ root }: Graph): ReadonlyMap<number, string> {
  return new Map(
    root.children.flatMap(frame => {
      const site = useOf(frame);
      return site ? [[site.from, frame.type] as const] : [];
    }),
  );
}

type Kind = 'inserted' | 'taken' | 'moved';

interface Change {
  readonly range: Range;
  readonly kind: Kind;
  /** Whether it is one row. */
  readonly isOne: boolean;
}

/** Where rows came, went or moved; rows side by side once. */
function changesOf({ rows, base }: Lineage, entries: readonly Entry[]): readonly Change[] {
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const numbers = new Map(base.map((id, number) => [id, number]));
  const stayed = new Set(increasing(rows.flatMap(({ id }) => numbers.get(id) ?? [])));
  const found: Change[] = [];
  const kindAt = (at: number): Kind | undefined => {
    const row = rows[at];
    if (!row) return undefined;
    const number = numbers.get(row.id);
    return number === undefined ? 'inserted' : stayed.has(number) ? undefined : 'moved';
  };
  /** The number after that of the last row that stayed: what lies between is gone. */
  let next = 0;
  for (let at = 0; at <= entries.length; at++) {
    const kind = kindAt(at);
    if (kind && kind !== kindAt(at - 1))
      found.push({ range: entries[at]!.item.range, kind, isOne: kindAt(at + 1) !== kind });
    if (kind) continue;
    const number = at < rows.length ? numbers.get(rows[at]!.id)! : base.length;
    const taken = base.slice(next, number).filter(id => !places.has(id)).length;
    const here = entries[at] ?? entries.at(-1);
    if (taken > 0 && here) found.push({ range: here.item.range, kind: 'taken', isOne: taken === 1 });
    next = number + 1;
  }
  return found;
}

/** The longest part of a list that increases. */
function increasing(list: readonly number[]): readonly number[] {
  /** By length, less one: the place of the smallest number that ends such a part. */
  const ends: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [at, value] of list.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[ends[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    before.push(ends[low - 1]);
    ends[low] = at;
  }
  const found: number[] = [];
  for (let at = ends.at(-1); at !== undefined; at = before[at]) found.unshift(list[at]!);
  return found;
}

function fixTitle({ lineage, old }: Numbers, entries: readonly Entry[]): string {
  const deltas = new Set<number>();
  let count = 0;
  for (const { item, reference, fresh } of old) {
    const { kind, written } = entries[item]!.item.references[reference]!;
    if (fresh === undefined) continue;
    count++;
    if (kind === 'absolute') deltas.add(fresh - Number(written));
  }
  const hasComments = renumbered(lineage, entries).length > 0;
  const [by, ...others] = deltas;
  if (by === undefined || others.length > 0) {
    if (count === 1)
      return hasComments ? l10n.t('Renumber one reference and the comments') : l10n.t('Renumber one reference');
    return hasComments
      ? l10n.t('Renumber {0} references and the comments', count)
      : l10n.t('Renumber {0} references', count);
  }
  const step = by > 0 ? `+${by}` : `−${-by}`;
  if (count === 1)
    return hasComments
      ? l10n.t('Shift one reference by {0} and renumber the comments', step)
      : l10n.t('Shift one reference by {0}', step);
  return hasComments
    ? l10n.t('Shift {0} references by {1} and renumber the comments', count, step)
    : l10n.t('Shift {0} references by {1}', count, step);
}

/** What is said of items that a format calls rows, or layers. */
interface Words extends Readonly<Record<Kind, (count: number, isOne: boolean) => string>> {
  reference(written: string, name: string, place: number): string;
  below(written: string, name: string): string;
  removed(number: number, name: string): string;
  gone(number: number): string;
  another(): string;
}

const rowWords: Words = {
  inserted: (count, isOne) =>
    isOne
      ? count === 1
        ? l10n.t('A row was inserted here, but one reference still uses the old row numbers.')
        : l10n.t('A row was inserted here, but {0} references still use the old row numbers.', count)
      : count === 1
        ? l10n.t('Rows were inserted here, but one reference still uses the old row numbers.')
        : l10n.t('Rows were inserted here, but {0} references still use the old row numbers.', count),
  taken: (count, isOne) =>
    isOne
      ? count === 1
        ? l10n.t('A row was removed above, but one reference still uses the old row numbers.')
        : l10n.t('A row was removed above, but {0} references still use the old row numbers.', count)
      : count === 1
        ? l10n.t('Rows were removed above, but one reference still uses the old row numbers.')
        : l10n.t('Rows were removed above, but {0} references still use the old row numbers.', count),
  moved: count =>
    count === 1
      ? l10n.t('This row was moved, but one reference still uses the old row numbers.')
      : l10n.t('This row was moved, but {0} references still use the old row numbers.', count),
  reference: (written, name, place) =>
    l10n.t('By the old row numbers, {0} is “{1}”, which is now row {2}.', written, name, place),
  below: (written, name) => l10n.t('By the old row numbers, {0} is “{1}”, which is now below this row.', written, name),
  removed: (number, name) =>
    l10n.t('This refers to a row that was removed (row {0} before). It now reads “{1}”.', number, name),
  gone: number => l10n.t('This refers to a row that was removed (row {0} before).', number),
  another: () => l10n.t('Refer to another row.'),
};

const layerWords: Words = {
  inserted: (count, isOne) =>
    isOne
      ? count === 1
        ? l10n.t('A layer was inserted here, but one reference still uses the old layer numbers.')
        : l10n.t('A layer was inserted here, but {0} references still use the old layer numbers.', count)
      : count === 1
        ? l10n.t('Layers were inserted here, but one reference still uses the old layer numbers.')
        : l10n.t('Layers were inserted here, but {0} references still use the old layer numbers.', count),
  taken: (count, isOne) =>
    isOne
      ? count === 1
        ? l10n.t('A layer was removed above, but one reference still uses the old layer numbers.')
        : l10n.t('A layer was removed above, but {0} references still use the old layer numbers.', count)
      : count === 1
        ? l10n.t('Layers were removed above, but one reference still uses the old layer numbers.')
        : l10n.t('Layers were removed above, but {0} references still use the old layer numbers.', count),
  moved: count =>
    count === 1
      ? l10n.t('This layer was moved, but one reference still uses the old layer numbers.')
      : l10n.t('This layer was moved, but {0} references still use the old layer numbers.', count),
  reference: (written, name, place) =>
    l10n.t('By the old layer numbers, {0} is [{1}], which is now layer {2}.', written, name, place),
  below: (written, name) =>
    l10n.t('By the old layer numbers, {0} is [{1}], which is now below this layer.', written, name),
  removed: (number, name) =>
    l10n.t('This refers to a layer that was removed (layer {0} before). It now means [{1}].', number, name),
  gone: number => l10n.t('This refers to a layer that was removed (layer {0} before).', number),
  another: () => l10n.t('Refer to another layer.'),
};

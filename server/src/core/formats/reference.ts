// What the items of a text say of each other, and what else it defines by name, as data: renumbering, did-you-mean, fixes,
// hovers, definitions and whatever else follows a reference read this, and never the text again.
import type { TextEdit } from '../text/edit.ts';
import type { Range } from '../text/range.ts';

/** An item of a list: a row, a section, a layer. */
export interface Item {
  readonly range: Range;
  /** Its place in its list, from 0; references by number count these. */
  readonly index: number;
  /** The names under which others may read its outputs, and where it says so. */
  readonly outputs: readonly { readonly name: string; readonly range: Range }[];
  readonly references: readonly Reference[];
  /** The number that a comment beside it begins with (`# 12`), which may be its index. */
  readonly number?: { readonly range: Range; readonly value: number } | undefined;
  /** The lists inside it: branches, the rows of a residual, the body of a block. */
  readonly lists: readonly (readonly Item[])[];
}

/** A place in an item that names another one. */
export interface Reference {
  readonly range: Range;
  /** The number or the name as the format reads it. */
  readonly written: number | string;
  /** `-1` counts from the item itself, `6` from the first one. */
  readonly kind: 'relative' | 'absolute' | 'name';
  /** The item that it means, `input` for the network's input; undefined where there is none. */
  readonly target: Target | undefined;
  /** Which of the outputs of that item it reads, by position; absent: all of them. */
  readonly output?: number | undefined;
  /** Whether it reads the output of that item; otherwise it is about the item itself (shared weights). */
  readonly reads: boolean;
}

/** What items say of others, those of the lists inside them included. */
export function referencesIn(items: readonly Item[]): readonly Reference[] {
  return items.flatMap(({ references, lists }) => [...references, ...lists.flatMap(referencesIn)]);
}

export type Target = 'input' | { readonly index: number; readonly range: Range };

/** Where an item begins, and the number by which others name it. */
export interface Numbered {
  readonly at: number;
  readonly number: number;
}

/** Those of `count` items in source order that begin in a range; only they are looked at. */
export function numberedIn(
  { from, to }: Range,
  count: number,
  startOf: (index: number) => number,
  first = 0,
): readonly Numbered[] {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(middle) < from) low = middle + 1;
    else high = middle;
  }
  const found: Numbered[] = [];
  for (let index = low; index < count; index++) {
    const at = startOf(index);
    if (at > to) break;
    found.push({ at, number: first + index });
  }
  return found;
}

/** What a text defines beside the outputs of its items, and where it is meant. */
export interface Definition {
  /** `setting` is a key of the framework that rows name, such as `nc`; `name` is that of a layer, to which nothing refers. */
  readonly kind: 'input' | 'block' | 'parameter' | 'weights' | 'setting' | 'name';
  readonly name: string;
  /** The name, where it is defined; with quotes, if there are any. */
  readonly range: Range;
  /** All of what it names: a block with its rows. */
  readonly whole: Range;
  /** Where it is meant, beside what the references of items mean by name. */
  readonly uses: readonly Range[];
  /** Whether it is a word of the format, which cannot be another one. */
  readonly isFixed: boolean;
}

export interface Definitions {
  readonly definitions: readonly Definition[];
  /** The lists of items beside the network's own: the rows of blocks. */
  readonly lists: readonly (readonly Item[])[];
  /** What is named of the network's items outside of them: its outputs. */
  readonly references: readonly Reference[];
  /** Whether outputs of one name are one thing, which layers pass on under its name: the blobs of Caffe. */
  readonly sharesNames: boolean;
}

export const noDefinitions: Definitions = { definitions: [], lists: [], references: [], sharesNames: false };

/** Where the items of a list are after some of them came, went or moved. */
export interface Moves {
  /** The new place of an item, by the one that it had; undefined where it is gone. */
  place(index: number): number | undefined;
  /**
   * The new place of what an item outputs now, for a reader: of one that is gone, what that one read; undefined where
   * nothing is the same.
   */
  source(index: number, reader: number): number | undefined;
  /** The place of an item that the network's input seems to have, for what counts back beyond the first one. */
  readonly input: number;
}

/** Items that come in front of others, by index and number of them, and items that go. */
export function movesOf(
  items: readonly Item[],
  inserted: ReadonlyMap<number, number>,
  removed: ReadonlySet<number>,
): Moves {
  const places: number[] = [];
  let at = 0;
  for (const { index } of items) {
    at += inserted.get(index) ?? 0;
    places.push(at);
    if (!removed.has(index)) at++;
  }
  return {
    input: -1,
    place: index => (removed.has(index) ? undefined : places[index]),
    source(index) {
      let source = index;
      while (removed.has(source)) {
        const [first, ...others] = items[source]!.references.filter(({ reads }) => reads);
        if (!first || others.length > 0 || first.target === undefined) return undefined;
        if (first.target === 'input') return -1;
        // What reads itself, or an item below, reads nothing: to follow it would never end.
        if (first.target.index >= source) return undefined;
        source = first.target.index;
      }
      return places[source];
    },
  };
}

/** The edits after which every number means what it means now; undefined where one cannot. Names stay as they are. */
export function renumbered(items: readonly Item[], moves: Moves): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const { index, references } of items) {
    const place = moves.place(index);
    if (place === undefined) continue;
    for (const { range, written, kind, target, reads } of references) {
      // What names nothing named nothing before.
      if (kind === 'name' || target === undefined) continue;
      const there =
        target === 'input' ? moves.input : reads ? moves.source(target.index, index) : moves.place(target.index);
      if (there === undefined) return undefined;
      // Only a number that counts back from its item can mean the input.
      const fresh = kind === 'relative' || there < 0 ? there - place : there;
      if (fresh === written) continue;
      if (range.to === range.from) return undefined;
      edits.push({ from: range.from, to: range.to, text: String(fresh) });
    }
  }
  return edits;
}

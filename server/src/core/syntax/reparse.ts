// A parsed text that follows edits: of a list of rows only the rows that changed are parsed again.
import type { Problem } from '../text/problem.ts';
import type { Damage } from './damage.ts';
import type { Entry, Mapping, Sequence, YamlNode } from './tree.ts';
import { parseYaml, type Reads } from './yaml.ts';

/** A text and its tree. */
export interface ParsedYaml {
  readonly text: string;
  readonly root: YamlNode | undefined;
  readonly problems: readonly Problem[];
  readonly damages: readonly Damage[];
}

/**
 * Parses a text. With the parse of an earlier one, rows that stayed keep their nodes: those are moved to their new
 * places, so the earlier parse is used up and must not be looked at again. The tree is the same either way.
 */
export function parseEdited(text: string, earlier?: ParsedYaml, reads?: Reads): ParsedYaml {
  const edited = earlier && edit(earlier, text, reads);
  if (edited) return edited;
  const { value: root, problems, damages } = parseYaml(text, reads);
  return { text, root, problems, damages };
}

type Movable<T> = { -readonly [K in keyof T]: T[K] };

/** Anchors, aliases, tags, directives, documents, tabs and block text reach beyond a row: then all is parsed. */
const farReaching = /[\t|>?%]|(?:^|[\s[{,:-])[&*!]\S|^(?:---|\.\.\.)/m;

function edit(earlier: ParsedYaml, text: string, reads: Reads | undefined): ParsedYaml | undefined {
  const before = earlier.text;
  if (before === text) return earlier;
  // A repaired text was parsed under other lines than those that it has.
  if (earlier.problems.length > 0 || earlier.root?.kind !== 'mapping' || earlier.root.flow) return undefined;
  const from = commonStart(before, text);
  const kept = commonEnd(before, text, from);
  const to = before.length - kept;
  const delta = text.length - before.length;

  const place = listAround(earlier.root, before, from);
  if (!place) return undefined;
  const { list, entry } = place;
  const items = list.items;
  const column = list.from - lineStart(before, list.from);
  // The rows `first` to `last` − 1 hold the edit; the rows around them begin on lines of their own.
  const first = lastBelow(items, from, before);
  if (first === undefined) return undefined;
  const chunkFrom = lineStart(before, items[first]!.from);
  let last = first + 1;
  while (last < items.length && lineStart(before, items[last]!.from) < to) last++;
  const next = items[last] ?? earlier.root.entries[entry + 1]?.key;
  const chunkTo = next ? lineStart(before, next.from) : before.length;
  if (chunkTo < to || (next && text[chunkTo + delta - 1] !== '\n')) return undefined;
  for (const row of [items[first], items[last]]) if (row && !beginsLine(before, row, column)) return undefined;

  const chunk = text.slice(chunkFrom, chunkTo + delta);
  if (farReaching.test(chunk) || farReaching.test(before.slice(chunkFrom, chunkTo))) return undefined;
  const { value: rows, problems } = parseYaml(chunk, reads);
  if (problems.length > 0) return undefined;
  if (rows === undefined ? items.length === last - first : rows.kind !== 'sequence' || rows.flow) return undefined;
  const fresh = rows?.kind === 'sequence' ? rows.items : [];
  if (rows && rows.from - lineStart(chunk, rows.from) !== column) return undefined;

  const bottom = fresh.at(-1);
  if (bottom && endsInNothing(bottom)) return undefined;

  for (const row of fresh) move(row, chunkFrom);
  for (const row of items.slice(last)) move(row, delta);
  const { entries } = earlier.root;
  for (const { key, value } of entries.slice(entry + 1)) {
    move(key, delta);
    move(value, delta);
  }
  const all = [...items.slice(0, first), ...fresh, ...items.slice(last)];
  const changed = list as Movable<Sequence>;
  changed.items = all;
  // The list begins with its first dash, even where the item behind it stands on a later line.
  if (first === 0) changed.from = rows ? rows.from + chunkFrom : lineStart(text, all[0]!.from) + column;
  changed.to = all.at(-1)!.to;
  (earlier.root as Movable<Mapping>).to = entries.at(-1)!.value.to;
  return { text, root: earlier.root, problems: [], damages: [] };
}

/** Whether a row ends in a value that is not written: where that stands is up to what comes below, blank lines and all. */
function endsInNothing(node: YamlNode): boolean {
  if (node.kind === 'sequence') return !node.flow && node.items.length > 0 && endsInNothing(node.items.at(-1)!);
  if (node.kind === 'mapping')
    return !node.flow && node.entries.length > 0 && endsInNothing(node.entries.at(-1)!.value);
  return node.from === node.to;
}

/** The block list at the top that holds an offset, and the number of its entry. */
function listAround(root: Mapping, text: string, offset: number): { list: Sequence; entry: number } | undefined {
  for (let entry = root.entries.length - 1; entry >= 0; entry--) {
    const { value } = root.entries[entry] as Entry;
    if (value.kind !== 'sequence' || value.flow || value.items.length === 0) continue;
    if (lineStart(text, value.from) <= offset) return { list: value, entry };
  }
  return undefined;
}

/** The last item whose line begins at or before an offset. */
function lastBelow(items: readonly YamlNode[], offset: number, text: string): number | undefined {
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStart(text, items[middle]!.from) <= offset) low = middle;
    else high = middle - 1;
  }
  return lineStart(text, items[low]!.from) <= offset ? low : undefined;
}

/** Whether nothing but its dash stands before an item, at the list's column. */
function beginsLine(text: string, item: YamlNode, column: number): boolean {
  const start = lineStart(text, item.from);
  return text[start + column] === '-' && text.slice(start, item.from).trim() === '-';
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function move(node: YamlNode, delta: number): void {
  if (delta === 0) return;
  const movable = node as Movable<YamlNode>;
  movable.from += delta;
  movable.to += delta;
  if (node.kind === 'sequence') for (const item of node.items) move(item, delta);
  else if (node.kind === 'mapping') {
    for (const { key, value } of node.written ?? node.entries) {
      move(key, delta);
      move(value, delta);
    }
  }
}

/** Characters compared at once, then fewer: comparing slices is far faster than comparing characters. */
const blocks = [4096, 256, 16, 1] as const;

/** Characters that both begin with. */
function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  for (const block of blocks) {
    while (count + block <= most && a.slice(count, count + block) === b.slice(count, count + block)) count += block;
  }
  return count;
}

/** Characters that both end with, not counting the first `from`. */
function commonEnd(a: string, b: string, from: number): number {
  const most = Math.min(a.length, b.length) - from;
  let count = 0;
  for (const block of blocks) {
    while (
      count + block <= most &&
      a.slice(a.length - count - block, a.length - count) === b.slice(b.length - count - block, b.length - count)
    ) {
      count += block;
    }
  }
  return count;
}

// Edits of lists in a YAML text: inserts and removes items, leaving everything else as it is written.
import type { TextEdit } from '../text/edit.ts';
import { contains, type Range } from '../text/range.ts';
import type { Entry, Mapping, Sequence, YamlNode } from './tree.ts';

/** The position of an item in its list. */
export interface Spot {
  readonly list: Sequence;
  readonly index: number;
  readonly item: YamlNode;
  /** Whether it is a single value in a place where a list is allowed. */
  readonly single?: true;
}

/** The list item (or single value in place of a list) at a range. */
export function spotOf(node: YamlNode | undefined, site: Range): Spot | undefined {
  if (!node || !contains(node, site)) return undefined;
  if (node.kind === 'sequence') {
    for (let index = 0; index < node.items.length; index++) {
      const item = node.items[index]!;
      if (item.from === site.from && item.to === site.to) return { list: node, index, item };
      if (contains(item, site)) return spotOf(item, site);
    }
  } else if (node.kind === 'mapping') {
    for (const { value } of node.entries) {
      if (!contains(value, site)) continue;
      if (value.from !== site.from || value.to !== site.to) return spotOf(value, site);
      const list: Sequence = { kind: 'sequence', flow: false, items: [value], from: value.from, to: value.to };
      return { list, index: 0, item: value, single: true };
    }
  }
  return undefined;
}

/** Inserts items before another one, in the style of the list. `above` says which comments above it stay with it. */
export function insertedItems(
  text: string,
  { list, index, item, single }: Spot,
  items: readonly string[],
  above: (comment: string) => boolean,
): readonly TextEdit[] | undefined {
  if (single) return listed(text, item, items);
  if (list.flow) {
    const start = lineStart(text, item.from);
    const column = text.slice(start, item.from);
    const second = list.items[1];
    // In a list with one item per line, the first item may be on the bracket's line.
    const own = column.trim() === '' || (index === 0 && second && lineStart(text, second.from) > item.to);
    const gap = own ? newlineOf(text) + column.replace(/\S/g, ' ') : ' ';
    return [{ from: item.from, to: item.from, text: items.map(each => `${each},${gap}`).join('') }];
  }
  const dash = dashOf(text, item);
  if (dash === undefined) return undefined;
  const start = lineStart(text, dash);
  const before = text.slice(start, dash);
  const between = text.slice(dash + 1, item.from);
  const head = `-${/^ +$/.test(between) ? between : ' '}`;
  if (before.trim() !== '') {
    const margin = ' '.repeat(before.length);
    return [{ from: dash, to: dash, text: items.map(each => head + each + newlineOf(text) + margin).join('') }];
  }
  let at = start;
  while (at > 0) {
    const previous = lineStart(text, at - 1);
    const line = text.slice(previous, at).trim();
    if (!line.startsWith('#') || !above(line)) break;
    at = previous;
  }
  return [{ from: at, to: at, text: items.map(each => before + head + each + newlineOf(text)).join('') }];
}

/** Turns a single value into a list. */
function listed(text: string, item: YamlNode, items: readonly string[]): readonly TextEdit[] | undefined {
  if (item.kind === 'mapping' && item.flow) {
    return [
      { from: item.from, to: item.from, text: `[${items.map(each => `${each}, `).join('')}` },
      { from: item.to, to: item.to, text: ']' },
    ];
  }
  const start = lineStart(text, item.from);
  const margin = text.slice(start, item.from);
  // A value of several lines would have to be reindented.
  if (margin.trim() !== '' || /[\r\n]/.test(text.slice(item.from, item.to))) return undefined;
  const fresh = items.map(each => `- ${each}${newlineOf(text)}${margin}`).join('');
  return [{ from: item.from, to: item.from, text: `${fresh}- ` }];
}

/** Appends entries (`key: value`) to a mapping. */
export function addedEntries(text: string, mapping: Mapping, pairs: readonly string[]): TextEdit | undefined {
  const last = mapping.entries.at(-1);
  if (!last) return undefined;
  const at = endOf(last);
  if (mapping.flow) return { from: at, to: at, text: pairs.map(pair => `, ${pair}`).join('') };
  const first = mapping.entries[0]!.key.from;
  const margin = ' '.repeat(first - lineStart(text, first));
  // After the last entry and the comment on its line.
  const end = lineEnd(text, at);
  return { from: end, to: end, text: pairs.map(pair => newlineOf(text) + margin + pair).join('') };
}

/** The end of an entry, whose value may be empty. */
export function endOf({ key, value }: Entry): number {
  return Math.max(key.to, value.to);
}

/** Removes an item and keeps comments on its lines. Undefined if that is not straightforward. */
export function removedItem(text: string, spot: Spot): TextEdit | undefined {
  const { list, index, item } = spot;
  if (list.items.length === 1) return undefined;
  if (list.flow) {
    const next = list.items[index + 1];
    const range = index > 0 ? { from: list.items[index - 1]!.to, to: item.to } : { from: item.from, to: next!.from };
    return text.slice(range.from, range.to).includes('#') ? undefined : { ...range, text: '' };
  }
  const lines = itemLines(text, spot);
  if (!lines) return undefined;
  const margin = /^\s*/.exec(lines.text)![0];
  const comments = commentsIn(lines.text).map(comment => margin + comment + newlineOf(text));
  // If the last line of the file has no line break, remove the one before it.
  const open = comments.length === 0 && !/[\r\n]$/.test(lines.text);
  const from = open ? lineEnd(text, Math.max(0, lines.from - 1 - (text[lines.from - 2] === '\r' ? 1 : 0))) : lines.from;
  return { from, to: lines.to, text: comments.join('') };
}

/** The lines of a block list item that it does not share, including line breaks. */
export function itemLines(text: string, { list, item }: Spot): (Range & { readonly text: string }) | undefined {
  const dash = list.flow ? undefined : dashOf(text, item);
  if (dash === undefined) return undefined;
  const from = lineStart(text, dash);
  if (text.slice(from, dash).trim() !== '') return undefined;
  let to = lineEnd(text, item.to);
  if (!/^\s*(?:#.*)?$/.test(text.slice(item.to, to))) return undefined;
  if (text[to] === '\r') to++;
  if (text[to] === '\n') to++;
  return { from, to, text: text.slice(from, to) };
}

/** The offset of an item's dash, if it is on the item's own line. */
export function dashOf(text: string, item: YamlNode): number | undefined {
  const start = lineStart(text, item.from);
  // There may be an anchor or tag in between.
  const match = /-(?:[ ]+[&!]\S*)*[ ]+$/.exec(text.slice(start, item.from));
  return match ? start + match.index : undefined;
}

/** The comments in a part of a YAML text that begins outside of quotes. */
export function commentsIn(text: string): readonly string[] {
  const found: string[] = [];
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quote) {
      if (char === '\\' && quote === '"') at++;
      else if (char === quote) quote = '';
    } else if (char === '#' && (at === 0 || /\s/.test(text[at - 1]!))) {
      const end = lineEnd(text, at);
      found.push(text.slice(at, end).trimEnd());
      at = end;
    } else if ((char === '"' || char === "'") && (at === 0 || /[\s,[{:]/.test(text[at - 1]!))) quote = char;
  }
  return found;
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The end of a line, before its line break. */
export function lineEnd(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

export function newlineOf(text: string): string {
  const at = text.indexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

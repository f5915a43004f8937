// Swaps, copies and removes rows of lists in a YAML text. Dashes, brackets and commas stay in place; a row consists of
// its text, the comment after it and the comments on the lines above it.
import type { TextEdit } from '../text/edit.ts';
import type { Range } from '../text/range.ts';
import { dashOf, lineEnd, lineStart, newlineOf, type Spot } from './lists.ts';

/** The comment above a list that names the columns of its rows: it stays on top. */
const listHead = /^\s*#\s*\[?\s*from\b/;

interface Parts {
  /** The comment lines above it; may be empty. */
  readonly above: Range;
  readonly item: Range;
  /** The comment after it, including the white space before that. */
  readonly behind: Range;
  /** Whether no other row shares its lines. */
  readonly isAlone: boolean;
}

/** Undefined if a row has more than text, such as an anchor or tag. */
function partsOf(text: string, { list, index, item }: Spot): Parts | undefined {
  const { from, to } = item;
  const start = lineStart(text, from);
  const lead = text.slice(start, from);
  if (/[&!]\S*\s*$/.test(lead)) return undefined;
  const next = list.items[index + 1];
  const isAlone = /^[\s[-]*$/.test(lead) && !(next && list.flow && lineStart(text, next.from) <= to);
  if (!isAlone) return { above: empty(from), item, behind: empty(to), isAlone };
  let top = start;
  while (top > 0) {
    const line = lineStart(text, top - 1);
    const words = text.slice(line, top);
    if (!/^\s*#/.test(words) || listHead.test(words)) break;
    top = line;
  }
  const [separators] = /^(?:[ \t]*[,\]])*/.exec(text.slice(to, lineEnd(text, to)))!;
  const at = to + separators.length;
  const comment = /^[ \t]*#.*?(?=[ \t]*$)/.exec(text.slice(at, lineEnd(text, at)));
  return {
    above: { from: top, to: start },
    item,
    behind: { from: at, to: at + (comment ? comment[0].length : 0) },
    isAlone,
  };
}

const empty = (at: number): Range => ({ from: at, to: at });

/** The lines of a row, or just its text if it shares them. */
export function rowExtent(text: string, spot: Spot): Range {
  const parts = partsOf(text, spot);
  if (!parts?.isAlone) return { from: spot.item.from, to: spot.item.to };
  return { from: parts.above.from, to: lineEnd(text, parts.behind.to) };
}

/** Swaps two rows of one list or two. */
export function swappedRows(text: string, upper: Spot, lower: Spot): readonly TextEdit[] | undefined {
  const [a, b] = [partsOf(text, upper), partsOf(text, lower)];
  if (!a || !b) return undefined;
  const columnOf = ({ item }: Parts): number => item.from - lineStart(text, item.from);
  const isBroken = ({ item }: Parts): boolean => /[\r\n]/.test(text.slice(item.from, item.to));
  // Further lines would have to be reindented, or would mean something else in brackets.
  const isOther = columnOf(a) !== columnOf(b) || upper.list.flow !== lower.list.flow;
  if (isOther && (isBroken(a) || isBroken(b))) return undefined;
  if (upper.list.flow !== lower.list.flow && !(isFlow(upper) && isFlow(lower))) return undefined;
  const parts: readonly (keyof Omit<Parts, 'isAlone'>)[] = ['above', 'item', 'behind'];
  if (a.isAlone !== b.isAlone && [a, b].some(each => parts.some(part => part !== 'item' && lengthOf(each[part]) > 0)))
    return undefined;
  return parts.flatMap(part => exchanged(text, a[part], b[part]));
}

const isFlow = ({ item }: Spot): boolean => (item.kind === 'sequence' || item.kind === 'mapping') && item.flow;

const lengthOf = ({ from, to }: Range): number => to - from;

function exchanged(text: string, a: Range, b: Range): readonly TextEdit[] {
  const [first, second] = [text.slice(a.from, a.to), text.slice(b.from, b.to)];
  if (first === second) return [];
  return [
    { from: a.from, to: a.to, text: second },
    { from: b.from, to: b.to, text: first },
  ];
}

/** Inserts a copy of a row below it, including its comments. */
export function copiedRow(text: string, spot: Spot): readonly TextEdit[] | undefined {
  const parts = partsOf(text, spot);
  if (!parts) return undefined;
  const slice = ({ from, to }: Range): string => text.slice(from, to);
  return below(text, spot, parts, slice(parts.item), slice(parts.behind), slice(parts.above));
}

/** Inserts a row below another one. */
export function rowBelow(text: string, spot: Spot, row: string, comment: string): readonly TextEdit[] | undefined {
  const parts = partsOf(text, spot);
  return parts && below(text, spot, parts, row, comment, '');
}

function below(
  text: string,
  { list, index, item }: Spot,
  { isAlone, behind }: Parts,
  row: string,
  comment: string,
  above: string,
): readonly TextEdit[] | undefined {
  const newline = newlineOf(text);
  const start = lineStart(text, item.from);
  if (!list.flow) {
    const dash = dashOf(text, item);
    if (dash === undefined || !isAlone) return undefined;
    const margin = text.slice(start, dash).replace(/\S/g, ' ');
    const at = lineEnd(text, behind.to);
    if (text.slice(behind.to, at).trim() !== '') return undefined;
    const head = margin + text.slice(dash, item.from);
    return [{ from: at, to: at, text: newline + above + head + row + comment }];
  }
  const isLast = index === list.items.length - 1;
  if (!isAlone) return [{ from: item.to, to: item.to, text: `, ${row}` }];
  const margin = text.slice(start, item.from).replace(/\S/g, ' ');
  const at = lineEnd(text, behind.to);
  const rest = text.slice(item.to, behind.from);
  if (text.slice(behind.to, at).trim() !== '') return undefined;
  const line = newline + above + margin + row;
  if (!isLast || rest.includes(',')) {
    return rest.includes(']') ? undefined : [{ from: at, to: at, text: `${line},${comment}` }];
  }
  // The closing bracket of the list moves down with the last row.
  return [
    { from: item.to, to: behind.from, text: ',' },
    { from: at, to: at, text: line + rest + comment },
  ];
}

/** Removes a row with its comments. */
export function removedRow(text: string, spot: Spot): readonly TextEdit[] | undefined {
  const { list, index, item } = spot;
  const parts = partsOf(text, spot);
  if (!parts || list.items.length === 1) return undefined;
  const { above, behind, isAlone } = parts;
  const before = list.items[index - 1];
  const next = list.items[index + 1];
  const start = lineStart(text, item.from);
  const end = lineEnd(text, behind.to);
  if (!list.flow) {
    if (!isAlone || dashOf(text, item) === undefined || text.slice(behind.to, end).trim() !== '') return undefined;
    if (/\S/.test(text.slice(start, dashOf(text, item)))) return undefined;
    return [lines(text, above.from, end)];
  }
  if (!isAlone) {
    const gone = before ? { from: before.to, to: item.to } : { from: item.from, to: next!.from };
    return text.slice(gone.from, gone.to).includes('#') ? undefined : [{ ...gone, text: '' }];
  }
  const rest = text.slice(item.to, behind.from);
  const opens = text.slice(start, item.from).trim() !== '';
  if (text.slice(behind.to, end).trim() !== '') return undefined;
  if (next && !rest.includes(']')) {
    if (!opens) return [lines(text, above.from, end)];
    // The next row directly follows the bracket.
    const gap = text.slice(end, next.from);
    return gap.trim() === '' && above.from === above.to ? [{ from: item.from, to: next.from, text: '' }] : undefined;
  }
  if (!before || opens) return undefined;
  // The row above becomes the last one: it takes this row's comma or lack of one, and its bracket.
  const ownComma = /,/.test(rest);
  const comma = text.indexOf(',', before.to);
  if (comma < 0 || comma >= above.from || text.slice(before.to, comma).trim() !== '') return undefined;
  const own = lines(text, above.from, end);
  if (ownComma && !rest.includes(']')) return [own];
  return [{ from: before.to, to: comma + 1, text: rest }, own];
}

/** Removes whole lines; if they are the last ones, with the line break before them. */
function lines(text: string, from: number, end: number): TextEdit {
  if (end < text.length) return { from, to: end + (text.startsWith('\r\n', end) ? 2 : 1), text: '' };
  return { from: Math.max(0, from - (text.slice(from - 2, from) === '\r\n' ? 2 : 1)), to: end, text: '' };
}

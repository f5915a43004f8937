// A YAML text whose top-level lists consist of rows. Each row is parsed separately, so that only the rows that an edit
// changes are parsed again. The result depends only on the text; reuse merely saves work.
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { type Chunk, Chunks, chunkOf, copied, type ParseChunks, type Placed } from './chunks.ts';
import { strayTabs } from './comments.ts';
import type { Damage } from './damage.ts';
import type { Mapping, Sequence, YamlNode } from './tree.ts';
import { parseYaml, type Reads } from './yaml.ts';

/** An item of a top-level list. */
export type Row = Chunk<YamlNode>;
export type PlacedRow = Placed<YamlNode>;

/** A text and its tree. */
export interface YamlDocument {
  readonly text: string;
  readonly problems: readonly Problem[];
  /** The parts that are not read as written. */
  readonly damages: readonly Damage[];
  /** The whole tree with the offsets of the text; created on demand. */
  readonly root: YamlNode | undefined;
  /** The tree without the rows of lists: a list that is parsed row by row is empty here. */
  readonly frame: YamlNode | undefined;
  /** The rows of a list of `frame`, in order. */
  rowsOf(list: Sequence): readonly PlacedRow[];
  /** All rows in text order; a parse of the edited text can reuse them. */
  readonly rows: readonly PlacedRow[];
  /** The parsed text around the rows; a parse of the edited text can reuse it too. */
  readonly surroundings: Surroundings | undefined;
}

/** A text without the rows of its lists. */
interface Surroundings {
  readonly text: string;
  /** Undefined if rows cannot be parsed separately. */
  readonly top: Mapping | undefined;
}

/** Parses a text; rows that are in `earlier` too are not parsed again. */
export function parseDocument(text: string, reads: Reads, earlier?: YamlDocument): YamlDocument {
  if (earlier?.text === text) return earlier;
  // A tab between rows and comments would be in no chunk.
  if (strayTabs(text).length > 0) return whole(text, reads);
  const chunks = new Chunks(text, rowParser(reads), earlier && { text: earlier.text, chunks: earlier.rows }, contentOf);
  return byRows(text, reads, chunks, earlier?.surroundings) ?? whole(text, reads);
}

/** A text that cannot be divided: each row is a node of the whole tree. */
function whole(text: string, reads: Reads): YamlDocument {
  const { value: root, problems, damages } = parseYaml(text, reads);
  return {
    text,
    problems,
    damages,
    root,
    frame: root,
    rowsOf: alone,
    rows: [],
    surroundings: undefined,
  };
}

/** The items of a list that was parsed as part of the whole text. */
function alone({ items }: Sequence): readonly PlacedRow[] {
  return items.map(node => ({ chunk: chunkOf('', node), start: 0, end: 0 }));
}

/** Anchors, aliases, tags and document markers affect more than one row. */
const farReaching = /(?:^|[\s[{,:-])[&*!]\S|^(?:---|\.\.\.|%)/m;

/** The range of a top-level list, and its rows. */
interface List extends Range {
  /** Whether it is in brackets. */
  readonly flow: boolean;
  /** The start of each row, followed by the end of the list. */
  readonly starts: readonly number[];
}

function byRows(
  text: string,
  reads: Reads,
  chunks: Chunks<YamlNode>,
  before: Surroundings | undefined,
): YamlDocument | undefined {
  const lists = listsOf(text, reads.lists);
  if (lists.length === 0) return undefined;
  // The text without rows.
  let outside = '';
  let from = 0;
  const places: { readonly list: List; readonly at: number }[] = [];
  for (const list of lists) {
    outside += text.slice(from, list.from);
    places.push({ list, at: outside.length });
    from = list.to;
  }
  outside += text.slice(from);
  const surroundings = before?.text === outside ? before : surroundingsOf(copied(outside), reads);
  const { top } = surroundings;
  if (!top) return undefined;

  const read: (readonly PlacedRow[])[] = [];
  for (const { starts } of lists) {
    const list = chunks.at(starts);
    if (!list) return undefined;
    read.push(list);
  }
  const moved = (offset: number): number => {
    let result = offset;
    for (const { list, at } of places) if (offset >= at) result += list.to - list.from;
    return result;
  };
  const lines = new Map<Sequence, readonly PlacedRow[]>();
  const entries: Mapping['entries'][number][] = [];
  let left = 0;
  for (const [index, { key, value }] of top.entries.entries()) {
    const placedKey = shifted(key, moved);
    // The rows are the value of the preceding key, which is empty without them.
    const place = places[left];
    const next = top.entries[index + 1];
    const isAbove = place && key.to <= place.at && (!next || next.key.from >= place.at);
    if (!isAbove || value.kind !== 'scalar' || value.text !== '' || value.style !== 'plain') {
      entries.push({ key: placedKey, value: shifted(value, moved) });
      continue;
    }
    const rows = read[left++]!;
    const sequence: Sequence = { kind: 'sequence', flow: place.list.flow, items: [], ...extent(place.list, rows) };
    lines.set(sequence, rows);
    entries.push({ key: placedKey, value: sequence });
  }
  if (left < places.length) return undefined;
  const to = entries.at(-1)!.value.to;
  const frame: Mapping = { ...top, entries, from: moved(top.from), to };
  let root: Mapping | undefined;
  return {
    text,
    problems: [],
    damages: [],
    frame,
    get root() {
      root ??= { ...frame, entries: frame.entries.map(entry => withRows(entry, lines)) };
      return root;
    },
    rowsOf: list => lines.get(list) ?? alone(list),
    rows: read.length === 1 ? read[0]! : read.flat(),
    surroundings,
  };
}

/** The range of a list: a dashed list ends with its last row, without comments after it. */
function extent({ flow, from, to }: List, rows: readonly PlacedRow[]): Range {
  if (flow) return { from, to };
  const first = rows[0]!;
  const last = rows.at(-1)!;
  return { from: first.start + first.chunk.text.indexOf('-'), to: last.start + last.chunk.node.to };
}

function surroundingsOf(text: string, reads: Reads): Surroundings {
  if (farReaching.test(text)) return { text, top: undefined };
  const { value: top, problems, damages } = parseYaml(text, reads);
  const isSound = problems.length === 0 && damages.length === 0 && top?.kind === 'mapping' && !top.flow;
  return { text, top: isSound ? top : undefined };
}

function withRows(
  entry: Mapping['entries'][number],
  lines: ReadonlyMap<Sequence, readonly PlacedRow[]>,
): Mapping['entries'][number] {
  const { key, value } = entry;
  const list = value.kind === 'sequence' ? lines.get(value) : undefined;
  if (!list) return entry;
  const items = list.map(({ chunk, start }) => shifted(chunk.node, offset => offset + start));
  return { key, value: { ...(value as Sequence), items } };
}

const keyLine = /^(\w+):[^\S\n]*(?:#.*)?\r?\n?$/;

/** The lists of some top-level keys. */
function listsOf(text: string, keys: ReadonlySet<string>): readonly List[] {
  const lists: List[] = [];
  /** The starts of the rows of a dashed list. */
  let rows: number[] | undefined;
  let column = -1;
  const close = (to: number): void => {
    if (rows) lists.push({ flow: false, from: rows[0]!, to, starts: [...rows, to] });
    rows = undefined;
  };
  // Whether the last line with content is such a key without a value.
  let isBelowKey = false;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    end = end < 0 ? text.length : end + 1;
    let at = start;
    while (at < end && text.charCodeAt(at) === 32) at++;
    const char = at < end ? text.charCodeAt(at) : 10;
    const isBlank = char === 10 || char === 13 || char === 35;
    if (!isBlank) {
      const indent = at - start;
      const next = text.charCodeAt(at + 1);
      const isRow = char === 45 && (next === 32 || next === 10 || next === 13 || at + 1 === text.length);
      if (rows && isRow && indent === column) rows.push(start);
      else if (rows && indent > column) {
        // A continuation of the row.
      } else {
        close(start);
        if (isRow && isBelowKey) {
          rows = [start];
          column = indent;
        }
        const flow = char === 91 && indent > 0 && isBelowKey ? flowList(text, at) : undefined;
        if (flow) {
          lists.push(flow);
          // Only a comment follows on its line.
          end = flow.to;
        }
        isBelowKey = indent === 0 && !isRow && keys.has(keyLine.exec(text.slice(at, end))?.[1] ?? '');
      }
    }
    start = end;
  }
  close(text.length);
  return lists;
}

/** The end of a bracketed row on one line without unusual characters; −1 for any other. */
function flowRowEnd(text: string, from: number): number {
  if (text.charCodeAt(from) !== 91) return -1;
  let depth = 0;
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at);
    // Quotes inside a word are not special, but the parser has to find the same end.
    if (code === 34 || code === 39) at = quoteEnd(text, at, code);
    else if (code === 91) depth++;
    else if (code === 93 && --depth === 0) return at + 1;
    if (at < 0 || depth > mostBrackets || !(code >= 32 && code <= 126) || odd.has(code)) return -1;
  }
}

/** `{`, `}` and `#`. */
const odd: ReadonlySet<number> = new Set([123, 125, 35]);
const mostBrackets = 8;

function quoteEnd(text: string, from: number, quote: number): number {
  for (let at = from + 1; ; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (!(code >= 32 && code <= 126) || code === 92) return -1;
  }
}

/** What may be between two rows: comments and blank lines. */
const gapAt = / *(?:(?:#[^\n\r\x85\u2028\u2029]*)?\r?\n *)*/y;
const endAt = /\] *(?:#[^\n\r\x85\u2028\u2029]*)?(?=\r?\n|$)/y;

/** A bracketed list of bracketed rows, each on a line of its own; undefined for any other. */
function flowList(text: string, from: number): List | undefined {
  const starts: number[] = [];
  const skip = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : -1;
  };
  // Lines with a row or with the closing bracket begin with a space.
  const gap = (at: number): number => {
    const next = skip(gapAt, at);
    return text.charCodeAt(next - 1) === 10 ? -1 : next;
  };
  let at = gap(from + 1);
  for (let hasComma = true; at >= 0; ) {
    if (text.charCodeAt(at) === 93) {
      if (starts.length === 0 || skip(endAt, at) < 0) return undefined;
      return { flow: true, from, to: at + 1, starts: [...starts, at] };
    }
    if (!hasComma) return undefined;
    starts.push(at);
    at = flowRowEnd(text, at);
    if (at < 0) return undefined;
    while (text.charCodeAt(at) === 32) at++;
    hasComma = text.charCodeAt(at) === 44;
    at = gap(hasComma ? at + 1 : at);
  }
  return undefined;
}

/** A row without the comments after it, if these are certainly comments: such rows have equal chunks. */
function contentOf(text: string): string {
  if (isFlowRow(text)) return text.slice(0, flowRowEnd(text, 0));
  const hash = text.indexOf('#');
  if (hash < 0) return text;
  const content = text.slice(0, hash).replace(/[ \t\r\n]+$/, '');
  // Other white space, such as that of an input method, is text in YAML.
  const isSeparate = /[ \t\n]/.test(text[hash - 1] ?? '');
  // Inside quotes and block scalars it may be text. The position of an empty value depends on the comment.
  if (!isSeparate || /["'|>]|[-:]$/.test(content) || !onlyComments.test(text.slice(hash))) return text;
  return `${content}\n`;
}

const onlyComments = /^(?:[^\S\n]*(?:#[^\n]*)?(?:\n|$))*$/;

/** Tells bracketed rows from dashed ones, which begin with a dash or spaces. */
const isFlowRow = (text: string): boolean => text.charCodeAt(0) === 91;

/** Parses rows of one list; undefined if one of them is not a row. */
function rowParser(reads: Reads): ParseChunks<YamlNode> {
  return texts => {
    // Parse bracketed rows as items of a dashed list: inside the brackets there is no difference.
    const flow = isFlowRow(texts[0]!);
    const text = flow ? texts.map(own => `- ${own}\n`).join('') : texts.join('');
    if (farReaching.test(text)) return undefined;
    const { value: list, problems } = parseYaml(text, reads);
    if (problems.length > 0 || list?.kind !== 'sequence' || list.flow || list.items.length !== texts.length)
      return undefined;
    const nodes: YamlNode[] = [];
    let start = 0;
    for (const [at, own] of texts.entries()) {
      const item = list.items[at]!;
      if (flow) start += '- '.length;
      const end = start + own.length;
      const isWhole = item.kind === 'sequence' && item.flow && item.from === start && item.to === end;
      if (flow ? !isWhole : item.from < start || item.to > end) return undefined;
      nodes.push(relative(item, -start, own));
      start = flow ? end + '\n'.length : end;
    }
    return nodes;
  };
}

/** The tree with all offsets mapped. */
export function shifted<T extends YamlNode>(node: T, moved: (offset: number) => number): T;
export function shifted(node: YamlNode, moved: (offset: number) => number): YamlNode {
  const from = moved(node.from);
  const to = moved(node.to);
  switch (node.kind) {
    case 'scalar':
    case 'alias':
      return { ...node, from, to };
    case 'sequence':
      return { ...node, from, to, items: node.items.map(item => shifted(item, moved)) };
    case 'mapping': {
      const move = (list: Mapping['entries']): Mapping['entries'] =>
        list.map(({ key, value }) => ({ key: shifted(key, moved), value: shifted(value, moved) }));
      const { entries, written } = node;
      return { ...node, from, to, entries: move(entries), ...(written && { written: move(written) }) };
    }
  }
}

/** A node with offsets relative to the row's text, and without slices of a larger text. */
function relative(node: YamlNode, delta: number, own: string): YamlNode {
  const from = node.from + delta;
  const to = node.to + delta;
  switch (node.kind) {
    case 'scalar': {
      const { text, style } = node;
      const isAsWritten = own.startsWith(text, from) && text.length === to - from;
      return { kind: 'scalar', from, to, text: isAsWritten ? own.slice(from, to) : copied(text), style };
    }
    case 'alias':
      return { ...node, from, to };
    case 'sequence':
      return { kind: 'sequence', flow: node.flow, from, to, items: node.items.map(item => relative(item, delta, own)) };
    case 'mapping':
      return {
        kind: 'mapping',
        flow: node.flow,
        from,
        to,
        entries: node.entries.map(({ key, value }) => ({
          key: relative(key, delta, own),
          value: relative(value, delta, own),
        })),
      };
  }
}

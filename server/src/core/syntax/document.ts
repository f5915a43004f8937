// A YAML text whose lists at the top are rows: each row is parsed by itself, so of an edited text only the rows that
// changed are. What becomes of a text depends on the text alone; rows that are known already only save work.
import type { Problem } from '../text/problem.ts';
import { type Chunk, Chunks, chunkOf, copied, type ParseChunks, type Placed } from './chunks.ts';
import type { Damage } from './damage.ts';
import type { Mapping, Sequence, YamlNode } from './tree.ts';
import { parseYaml, type Reads } from './yaml.ts';

/** An item of a list at the top. */
export type Row = Chunk<YamlNode>;
export type PlacedRow = Placed<YamlNode>;

/** A text and its tree. */
export interface YamlDocument {
  readonly text: string;
  readonly problems: readonly Problem[];
  /** What of it is not read as it is written. */
  readonly damages: readonly Damage[];
  /** The whole tree, with the offsets of the text; made when somebody asks. */
  readonly root: YamlNode | undefined;
  /** The tree without the rows of lists: a list that is parsed by rows is empty in it. */
  readonly frame: YamlNode | undefined;
  /** The rows of a list of `frame`, in order. */
  rowsOf(list: Sequence): readonly PlacedRow[];
  /** All rows, in the order of the text: what a parse of the edited text may take over. */
  readonly rows: readonly PlacedRow[];
  /** What is around the rows, parsed: what a parse of the edited text may take over too. */
  readonly surroundings: Surroundings | undefined;
}

/** A text without the rows of its lists. */
interface Surroundings {
  readonly text: string;
  /** Undefined where it does not let its rows be parsed by themselves. */
  readonly top: Mapping | undefined;
}

/** Parses a text; rows of `earlier` that are in it too are not parsed again. */
export function parseDocument(text: string, reads: Reads, earlier?: YamlDocument): YamlDocument {
  if (earlier?.text === text) return earlier;
  const chunks = new Chunks(text, rowParser(reads), earlier && { text: earlier.text, chunks: earlier.rows }, contentOf);
  return byRows(text, reads, chunks, earlier?.surroundings) ?? whole(text, reads);
}

/** A text that cannot be taken apart: each row is its node in the whole tree. */
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

/** The items of a list that was parsed with the whole text. */
function alone({ items }: Sequence): readonly PlacedRow[] {
  return items.map(node => ({ chunk: chunkOf('', node), start: 0, end: 0 }));
}

/** Anchors, aliases, tags and documents reach beyond a row. */
const farReaching = /(?:^|[\s[{,:-])[&*!]\S|^(?:---|\.\.\.|%)/m;

/** A list at the top as lines: where its rows begin. */
interface Lines {
  /** Where the line of each row begins, and behind the last one where the list ends. */
  readonly starts: readonly number[];
  /** In the text without rows: where they would be. */
  readonly at: number;
}

function byRows(
  text: string,
  reads: Reads,
  chunks: Chunks<YamlNode>,
  before: Surroundings | undefined,
): YamlDocument | undefined {
  const lists = listsOf(text, reads.lists);
  if (lists.length === 0) return undefined;
  // The text without the rows of its lists.
  let outside = '';
  let from = 0;
  const places: Lines[] = [];
  for (const starts of lists) {
    outside += text.slice(from, starts[0]!);
    places.push({ starts, at: outside.length });
    from = starts.at(-1)!;
  }
  outside += text.slice(from);
  const surroundings = before?.text === outside ? before : surroundingsOf(copied(outside), reads);
  const { top } = surroundings;
  if (!top) return undefined;

  const read: (readonly PlacedRow[])[] = [];
  for (const { starts } of places) {
    const list = chunks.at(starts);
    if (!list) return undefined;
    read.push(list);
  }
  const moved = (offset: number): number => {
    let result = offset;
    for (const { starts, at } of places) if (offset >= at) result += starts.at(-1)! - starts[0]!;
    return result;
  };
  const lines = new Map<Sequence, readonly PlacedRow[]>();
  const entries: Mapping['entries'][number][] = [];
  let left = 0;
  for (const [index, { key, value }] of top.entries.entries()) {
    const placedKey = shifted(key, moved);
    // The rows are the value of the key above them, which has none without them.
    const place = places[left];
    const next = top.entries[index + 1];
    const isAbove = place && key.to <= place.at && (!next || next.key.from >= place.at);
    if (!isAbove || value.kind !== 'scalar' || value.text !== '' || value.style !== 'plain') {
      entries.push({ key: placedKey, value: shifted(value, moved) });
      continue;
    }
    const list = read[left++]!;
    const first = list[0]!;
    const last = list.at(-1)!;
    const dash = first.chunk.text.indexOf('-');
    const sequence: Sequence = {
      kind: 'sequence',
      flow: false,
      items: [],
      from: first.start + dash,
      to: last.start + last.chunk.node.to,
    };
    lines.set(sequence, list);
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

/** The lists below some keys of the first column: where their rows begin and where each list ends. */
function listsOf(text: string, keys: ReadonlySet<string>): readonly (readonly number[])[] {
  const lists: number[][] = [];
  let list: number[] | undefined;
  let column = -1;
  // Whether the last line with anything on it is such a key without a value.
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
      if (list && isRow && indent === column) list.push(start);
      else if (list && indent > column) {
        // Goes on with the row.
      } else {
        list?.push(start);
        list = undefined;
        if (isRow && isBelowKey) {
          list = [start];
          lists.push(list);
          column = indent;
        }
        isBelowKey = indent === 0 && !isRow && keys.has(keyLine.exec(text.slice(at, end))?.[1] ?? '');
      }
    }
    start = end;
  }
  list?.push(text.length);
  return lists;
}

/** A row without the comments after it, where they are certain to be comments: rows that differ in them are the same. */
function contentOf(text: string): string {
  const hash = text.indexOf('#');
  if (hash < 0) return text;
  const content = text.slice(0, hash).trimEnd();
  const isSeparate = /\s/.test(text[hash - 1] ?? '');
  // In quotes and in blocks it may be text. What is empty lies where its comment ends.
  if (!isSeparate || /["'|>]|[-:]$/.test(content) || !onlyComments.test(text.slice(hash))) return text;
  return `${content}\n`;
}

const onlyComments = /^(?:[^\S\n]*(?:#[^\n]*)?(?:\n|$))*$/;

/** Parses rows as one list; not where one of them is no row. */
function rowParser(reads: Reads): ParseChunks<YamlNode> {
  return texts => {
    const text = texts.join('');
    if (farReaching.test(text)) return undefined;
    const { value: list, problems } = parseYaml(text, reads);
    if (problems.length > 0 || list?.kind !== 'sequence' || list.flow || list.items.length !== texts.length)
      return undefined;
    const nodes: YamlNode[] = [];
    let start = 0;
    for (const [at, own] of texts.entries()) {
      const item = list.items[at]!;
      const end = start + own.length;
      if (item.from < start || item.to > end) return undefined;
      nodes.push(relative(item, -start, own));
      start = end;
    }
    return nodes;
  };
}

/** The tree elsewhere. */
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

/** A node of a row, with offsets relative to the row's text, and no slices of another. */
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

// Darknet's cfg files as a tree with ranges: `[section]` headers, `key=value` lines, comments on lines of their own. A
// section with its lines is a chunk.
//
// What Darknet does with a line (utils.c, strip; parser.c, read_cfg; option_list.c, read_option): it drops every space, tab
// and carriage return, looks at the first character that is left, and splits what is no header and no comment at the first
// `=`. So `batch _ normalize = 1` is `batch_normalize=1`, a `#` after a value is part of it, and a header with anything
// after the bracket is another header. A line that ends in `=` gives nothing; one without is a key without a value, which
// hides what lines below give it. Lines end at line feeds alone.
import type { Range } from '../text/range.ts';
import { type Chunked, Chunks, type Placed } from './chunks.ts';

/** A `key=value` line. */
export interface CfgOption {
  /** Without any white space. */
  readonly key: string;
  /** Without any white space, up to a `#`; Darknet’s own value goes on after it. */
  readonly value: string;
  /** What follows the value from a `#` on: a comment to people, part of the value to Darknet. */
  readonly comment: string;
  /** Where the comment starts. */
  readonly commentFrom: number;
  /** The line without white space around and without the comment. */
  readonly range: Range;
  readonly keyRange: Range;
  /** Where the value is; empty, after the `=`, where there is none. */
  readonly valueRange: Range;
  /** As written between the ends of `valueRange`. */
  readonly text: string;
  /** The line above that is this key without a value: option_find comes to it first, and gives nothing. */
  readonly hiddenBy: CfgStray | undefined;
}

/** An item of a list. */
export interface CfgItem {
  /** Without any white space. */
  readonly text: string;
  readonly range: Range;
}

/** A line that Darknet cannot use. */
export interface CfgStray {
  readonly range: Range;
  /** Without any white space. */
  readonly text: string;
  /** Whether it is a key with nothing after its `=`. */
  readonly hasKey: boolean;
}

/** Lines of a section, or those above the first one. */
export interface CfgLines {
  readonly options: readonly CfgOption[];
  readonly strays: readonly CfgStray[];
}

export interface CfgSection extends CfgLines {
  /** What is in the brackets, without any white space. */
  readonly type: string;
  /** Whether the header is just that, brackets and all. */
  readonly isPlain: boolean;
  /** The header’s line without white space around. */
  readonly header: Range;
  /** The name in the brackets. */
  readonly typeRange: Range;
  /** What follows the bracket, without blanks. */
  readonly rest: Range;
  /** From the header to the end of the last line that says something: comments and blank lines after it are not in it. */
  readonly range: Range;
}

export interface Cfg extends Chunked<CfgSection> {
  /** Lines above the first section, without comments. */
  readonly before: CfgLines;
  /** Whether the text begins with a byte order mark. */
  readonly hasByteOrderMark: boolean;
  /** The first carriage return, or −1. */
  readonly carriageReturn: number;
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const hashSign = 35;
const semicolon = 59;
const equalsSign = 61;
const closeBracket = 93;
const byteOrderMark = 0xfeff;

/** Reads a text, and nothing that it does not understand; sections that `earlier` has are not read again. */
export function parseCfg(text: string, earlier?: Cfg): Cfg {
  if (earlier?.text === text) return earlier;
  const hasByteOrderMark = text.charCodeAt(0) === byteOrderMark;
  const from = hasByteOrderMark ? 1 : 0;
  const sections = new Chunks(text, texts => texts.map(sectionOf), earlier);
  const starts = sections.starts(at => headersOf(text, at), from);
  const chunks = sections.at(starts)!;
  const before = openLines();
  addLines(before, text, from, starts[0]!);
  return { text, chunks, before, hasByteOrderMark, carriageReturn: text.indexOf('\r') };
}

/** The sections of a text, each read when it is asked for; with offsets relative to its own text. */
export function* sectionsOf(text: string): Generator<CfgSection> {
  let from: number | undefined;
  for (const start of headersOf(text, text.charCodeAt(0) === byteOrderMark ? 1 : 0)) {
    if (from !== undefined) yield sectionOf(text.slice(from, start));
    from = start;
  }
  if (from !== undefined) yield sectionOf(text.slice(from));
}

/** Where the lines begin whose first character is a bracket. */
function* headersOf(text: string, from: number): Generator<number> {
  for (let open = text.indexOf('[', from); open >= 0; open = text.indexOf('[', open + 1)) {
    let start = open;
    while (start > from && isBlank(text.charCodeAt(start - 1))) start--;
    if (start === from || text.charCodeAt(start - 1) === lineFeed) yield start;
  }
}

/** A text that begins with a header. */
function sectionOf(text: string): CfgSection {
  let from = 0;
  while (isBlank(text.charCodeAt(from))) from++;
  const feed = text.indexOf('\n', from);
  const end = feed < 0 ? text.length : feed;
  const header = headerOf(text, from, endOf(text, end));
  const lines = openLines();
  const to = addLines(lines, text, end + 1, text.length) ?? header.header.to;
  return { ...header, options: lines.options, strays: lines.strays, range: { from, to } };
}

/** Adds the lines of a stretch that says something; returns where the last of them ends. */
function addLines(lines: OpenLines, text: string, start: number, end: number): number | undefined {
  let last: number | undefined;
  for (let at = start; at < end; ) {
    let from = at;
    while (isBlank(text.charCodeAt(from))) from++;
    const feed = text.indexOf('\n', from);
    const lineEnd = feed < 0 ? text.length : feed;
    at = lineEnd + 1;
    const first = text.charCodeAt(from);
    if (from >= lineEnd || first === hashSign || first === semicolon) continue;
    last = endOf(text, lineEnd);
    addLine(lines, text, from, last);
  }
  return last;
}

/** Where a line ends that ends at an offset, without the white space at its end. */
function endOf(text: string, end: number): number {
  let to = end;
  while (isBlank(text.charCodeAt(to - 1))) to--;
  return to;
}

/** A section in a text, with the offsets of the text. */
export function placedSection({ chunk, start }: Placed<CfgSection>): CfgSection {
  return shiftedSection(chunk.node, start);
}

/** A section elsewhere. */
export function shiftedSection<T extends CfgSection>(section: T, by: number): T {
  if (by === 0) return section;
  const shifted = ({ from, to }: Range): Range => ({ from: from + by, to: to + by });
  const stray = (line: CfgStray): CfgStray => ({ ...line, range: shifted(line.range) });
  const option = (line: CfgOption): CfgOption => ({
    ...line,
    commentFrom: line.commentFrom + by,
    range: shifted(line.range),
    keyRange: shifted(line.keyRange),
    valueRange: shifted(line.valueRange),
    hiddenBy: line.hiddenBy && stray(line.hiddenBy),
  });
  return {
    ...section,
    header: shifted(section.header),
    typeRange: shifted(section.typeRange),
    rest: shifted(section.rest),
    range: shifted(section.range),
    options: section.options.map(option),
    strays: section.strays.map(stray),
  };
}

/** What a stretch of a line says, as if it were a line of its own. */
export function cfgLine(text: string, from: number, to: number): CfgLines {
  const lines = openLines();
  addLine(lines, text, from, to);
  return lines;
}

/** The lines of all, in this order: which of them hide others is found out anew. */
export function joinedLines(...parts: readonly CfgLines[]): CfgLines {
  const strays = parts.flatMap(part => part.strays);
  const options = parts.flatMap(part => part.options);
  if (strays.length === 0) return { options, strays };
  const bare = new Map<string, CfgStray>();
  for (const stray of strays) if (!stray.hasKey && !bare.has(stray.text)) bare.set(stray.text, stray);
  return { options: options.map(option => ({ ...option, hiddenBy: hiding(bare, option) })), strays };
}

interface OpenLines {
  readonly options: CfgOption[];
  readonly strays: CfgStray[];
  /** The first line of each key that has no value at all. */
  readonly bare: Map<string, CfgStray>;
}

function openLines(): OpenLines {
  return { options: [], strays: [], bare: new Map() };
}

function addLine({ options, strays, bare }: OpenLines, text: string, from: number, to: number): void {
  const line = optionOf(text, from, to);
  if ('key' in line) {
    options.push(bare.size === 0 ? line : { ...line, hiddenBy: hiding(bare, line) });
    return;
  }
  strays.push(line);
  if (!line.hasKey && !bare.has(line.text)) bare.set(line.text, line);
}

function hiding(bare: ReadonlyMap<string, CfgStray>, { key, range }: CfgOption): CfgStray | undefined {
  const stray = bare.get(key);
  return stray && stray.range.from < range.from ? stray : undefined;
}

/** The items of a list, `1, 2,3`, with their places; Darknet counts the commas, so that an item may be empty. */
export function cfgItems({ text, valueRange }: CfgOption): CfgItem[] {
  return itemsOf(text, valueRange.from);
}

/** What the commas in a comment after a list make of it, for readers that count them as well: all but its beginning. */
export function cfgItemsInComment({ comment, commentFrom }: CfgOption): CfgItem[] {
  return comment.includes(',') ? itemsOf(comment, commentFrom).slice(1) : [];
}

function itemsOf(text: string, offset: number): CfgItem[] {
  const items: CfgItem[] = [];
  let start = 0;
  for (;;) {
    const comma = text.indexOf(',', start);
    const end = comma < 0 ? text.length : comma;
    let from = start;
    while (from < end && isBlank(text.charCodeAt(from))) from++;
    let to = end;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
    items.push({
      text: squeezed(text, from, to),
      range: { from: offset + from, to: offset + to },
    });
    if (comma < 0) return items;
    start = comma + 1;
  }
}

function headerOf(text: string, from: number, to: number): Omit<CfgSection, keyof CfgLines | 'range'> {
  let close = from + 1;
  while (close < to && text.charCodeAt(close) !== closeBracket) close++;
  const type = squeezed(text, from + 1, close);
  const header = { from, to };
  let nameFrom = from + 1;
  while (nameFrom < close && isBlank(text.charCodeAt(nameFrom))) nameFrom++;
  let nameTo = close;
  while (nameTo > nameFrom && isBlank(text.charCodeAt(nameTo - 1))) nameTo--;
  let restFrom = Math.min(close + 1, to);
  while (restFrom < to && isBlank(text.charCodeAt(restFrom))) restFrom++;
  return {
    type,
    isPlain: close === to - 1,
    header,
    typeRange: { from: nameFrom, to: nameTo },
    rest: { from: restFrom, to },
  };
}

function optionOf(text: string, from: number, to: number): CfgOption | CfgStray {
  let equals = from;
  while (equals < to && text.charCodeAt(equals) !== equalsSign) equals++;
  if (equals >= to - 1) {
    return { range: { from, to }, text: squeezed(text, from, Math.min(equals, to)), hasKey: equals < to };
  }
  let keyTo = equals;
  while (keyTo > from && isBlank(text.charCodeAt(keyTo - 1))) keyTo--;
  let hash = equals + 1;
  while (hash < to && text.charCodeAt(hash) !== hashSign) hash++;
  let valueFrom = equals + 1;
  while (valueFrom < hash && isBlank(text.charCodeAt(valueFrom))) valueFrom++;
  let valueTo = hash;
  while (valueTo > valueFrom && isBlank(text.charCodeAt(valueTo - 1))) valueTo--;
  return {
    key: squeezed(text, from, keyTo),
    value: squeezed(text, valueFrom, valueTo),
    comment: text.slice(hash, to),
    commentFrom: hash,
    range: { from, to: valueTo },
    keyRange: { from, to: keyTo },
    valueRange: { from: valueFrom, to: valueTo },
    text: text.slice(valueFrom, valueTo),
    hiddenBy: undefined,
  };
}

/** A stretch without its spaces, tabs and carriage returns. */
function squeezed(text: string, from: number, to: number): string {
  for (let at = from; at < to; at++) {
    if (isBlank(text.charCodeAt(at))) return text.slice(from, to).replace(/[ \t\r]+/g, '');
  }
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === space || code === tab || code === carriageReturn;
}

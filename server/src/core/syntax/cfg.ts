// Parses Darknet's cfg files into a tree with ranges: `[section]` headers, `key=value` lines, comments on separate
// lines. A section with its lines is a chunk.
//
// Darknet's reading of a line (utils.c, strip; parser.c, read_cfg; option_list.c, read_option): it drops all spaces,
// tabs and carriage returns, looks at the first remaining character, and splits a line that is neither header nor
// comment at the first `=`. So `batch _ normalize = 1` is `batch_normalize=1`, a `#` after a value is part of it, and a
// header with anything after the bracket is another header. A line that ends in `=` has no effect; one without `=` is a
// key without a value, which hides later values for that key. Only line feeds end lines.
import type { Range } from '../text/range.ts';
import { type Chunked, Chunks, type Placed } from './chunks.ts';

/** A `key=value` line. */
export interface CfgOption {
  /** Without white space. */
  readonly key: string;
  /** Without white space, up to a `#`; for Darknet, the value continues after it. */
  readonly value: string;
  /** The rest of the line from a `#` on: meant as a comment, but part of the value for Darknet. */
  readonly comment: string;
  /** The offset at which the comment starts. */
  readonly commentFrom: number;
  /** The line without the comment and surrounding white space. */
  readonly range: Range;
  readonly keyRange: Range;
  /** The range of the value; empty, after the `=`, if there is none. */
  readonly valueRange: Range;
  /** As written, within `valueRange`. */
  readonly text: string;
  /** An earlier line with this key but no value: option_find finds that one first, and returns nothing. */
  readonly hiddenBy: CfgStray | undefined;
}

/** An item of a list. */
export interface CfgItem {
  /** Without white space. */
  readonly text: string;
  readonly range: Range;
}

/** A line that Darknet cannot use. */
export interface CfgStray {
  readonly range: Range;
  /** Without white space. */
  readonly text: string;
  /** Whether it is a key with nothing after its `=`. */
  readonly hasKey: boolean;
}

/** The lines of a section, or those above the first one. */
export interface CfgLines {
  readonly options: readonly CfgOption[];
  readonly strays: readonly CfgStray[];
}

export interface CfgSection extends CfgLines {
  /** The text in the brackets, without white space. */
  readonly type: string;
  /** Whether the header consists of nothing but the brackets and the name. */
  readonly isPlain: boolean;
  /** The header's line without surrounding white space. */
  readonly header: Range;
  /** The range of the name in the brackets. */
  readonly typeRange: Range;
  /** The range after the bracket, without blanks. */
  readonly rest: Range;
  /** From the header to the end of the last line with content: without trailing comments and blank lines. */
  readonly range: Range;
}

export interface Cfg extends Chunked<CfgSection> {
  /** The lines above the first section, without comments. */
  readonly before: CfgLines;
  /** Whether the text begins with a byte order mark. */
  readonly hasByteOrderMark: boolean;
  /** The offset of the first carriage return, or −1. */
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

/** Parses a text without interpreting it; sections that are in `earlier` too are not parsed again. */
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

/** The sections of a text, parsed on demand, with offsets relative to their own text. */
export function* sectionsOf(text: string): Generator<CfgSection> {
  let from: number | undefined;
  for (const start of headersOf(text, text.charCodeAt(0) === byteOrderMark ? 1 : 0)) {
    if (from !== undefined) yield sectionOf(text.slice(from, start));
    from = start;
  }
  if (from !== undefined) yield sectionOf(text.slice(from));
}

/** The offsets of the lines whose first character is a bracket. */
function* headersOf(text: string, from: number): Generator<number> {
  for (let open = text.indexOf('[', from); open >= 0; open = text.indexOf('[', open + 1)) {
    let start = open;
    while (start > from && isBlank(text.charCodeAt(start - 1))) start--;
    if (start === from || text.charCodeAt(start - 1) === lineFeed) yield start;
  }
}

/** Parses a text that begins with a header. */
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

/** Adds the lines in a range; returns the end of the last one with content. */
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

/** The end of a line without its trailing white space. */
function endOf(text: string, end: number): number {
  let to = end;
  while (isBlank(text.charCodeAt(to - 1))) to--;
  return to;
}

/** A section with offsets of the whole text. */
export function placedSection({ chunk, start }: Placed<CfgSection>): CfgSection {
  return shiftedSection(chunk.node, start);
}

/** A section with all offsets shifted. */
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

/** Parses part of a line as a line of its own. */
export function cfgLine(text: string, from: number, to: number): CfgLines {
  const lines = openLines();
  addLine(lines, text, from, to);
  return lines;
}

/** Joins lines in this order, and determines again which of them hide others. */
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
  /** The first line of each key without a value. */
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

/** The items of a list, `1, 2,3`, with their ranges; Darknet counts commas, so items can be empty. */
export function cfgItems({ text, valueRange }: CfgOption): CfgItem[] {
  return itemsOf(text, valueRange.from);
}

/** Further items in the comment after a list, for Darknet code that counts those commas too; without the first part. */
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

/** The text without spaces, tabs and carriage returns. */
function squeezed(text: string, from: number, to: number): string {
  for (let at = from; at < to; at++) {
    if (isBlank(text.charCodeAt(at))) return text.slice(from, to).replace(/[ \t\r]+/g, '');
  }
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === space || code === tab || code === carriageReturn;
}

// Darknet's cfg files as a tree with ranges: `[section]` headers, `key=value` lines, comments on lines of their own.
//
// What Darknet does with a line (utils.c, strip; parser.c, read_cfg; option_list.c, read_option): it drops every space and
// tab, looks at the first character that is left, and splits what is no header and no comment at the first `=`. So
// `batch _ normalize = 1` is `batch_normalize=1`, a `#` behind a value is part of it, and a header with anything behind
// the bracket is another header. A line that ends in `=`, or has none, gives nothing.
import type { Range } from '../text/range.ts';

/** A `key=value` line. */
export interface CfgOption {
  /** Without any white space. */
  readonly key: string;
  /** Without any white space, up to a `#`; Darknet’s own value goes on behind that. */
  readonly value: string;
  /** What stands behind the value from a `#` on: a comment to people, part of the value to Darknet. */
  readonly comment: string;
  /** Where the comment starts. */
  readonly commentFrom: number;
  /** The line without white space around and without the comment. */
  readonly range: Range;
  readonly keyRange: Range;
  /** Where the value stands; empty, behind the `=`, where there is none. */
  readonly valueRange: Range;
  /** As written between the ends of `valueRange`. */
  readonly text: string;
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
  /** Whether it is a key with nothing behind its `=`. */
  readonly hasKey: boolean;
}

export interface CfgSection {
  /** What stands in the brackets, without any white space. */
  readonly type: string;
  /** Whether the header is just that, brackets and all. */
  readonly isPlain: boolean;
  /** The header’s line without white space around. */
  readonly header: Range;
  /** The name in the brackets. */
  readonly typeRange: Range;
  readonly options: readonly CfgOption[];
  readonly strays: readonly CfgStray[];
  /** From the header to the end of the last line that says something: comments and blank lines behind it are not in it. */
  readonly range: Range;
}

export interface Cfg {
  readonly sections: readonly CfgSection[];
  /** Lines before the first section, comments left out. */
  readonly before: readonly CfgStray[];
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const hashSign = 35;
const semicolon = 59;
const equalsSign = 61;
const openBracket = 91;
const closeBracket = 93;
const byteOrderMark = 0xfeff;

interface OpenSection {
  readonly type: string;
  readonly isPlain: boolean;
  readonly header: Range;
  readonly typeRange: Range;
  readonly options: CfgOption[];
  readonly strays: CfgStray[];
  range: Range;
}

/** Reads a text; one pass, and nothing that it does not understand. */
export function parseCfg(text: string): Cfg {
  const sections: OpenSection[] = [];
  const before: CfgStray[] = [];
  let section: OpenSection | undefined;
  let at = text.charCodeAt(0) === byteOrderMark ? 1 : 0;
  while (at < text.length) {
    let from = at;
    while (isBlank(text.charCodeAt(from))) from++;
    let end = from;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === lineFeed || code === carriageReturn) break;
    }
    at = end + 1;
    const first = text.charCodeAt(from);
    if (from >= end || first === hashSign || first === semicolon) continue;
    let to = end;
    while (isBlank(text.charCodeAt(to - 1))) to--;
    if (first === openBracket) {
      section = headerOf(text, from, to);
      sections.push(section);
      continue;
    }
    const line = optionOf(text, from, to);
    if (section) {
      if ('key' in line) section.options.push(line);
      else section.strays.push(line);
      section.range = { from: section.range.from, to };
    } else before.push('key' in line ? { range: line.range, text: line.key, hasKey: false } : line);
  }
  return { sections, before };
}

/** The items of a list, `1, 2,3`, with their places; Darknet counts the commas, so that an item may be empty. */
export function cfgItems({ text, valueRange }: CfgOption): CfgItem[] {
  return itemsOf(text, valueRange.from);
}

/** What the commas in a comment behind a list make of it, for readers that count them as well: all but its beginning. */
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

/** Whether the first line that says something is one of these headers: a cheap look, which reads no further. */
export function firstSectionIs(text: string, types: readonly string[]): boolean {
  let at = text.charCodeAt(0) === byteOrderMark ? 1 : 0;
  while (at < text.length) {
    while (isBlank(text.charCodeAt(at))) at++;
    const first = text.charCodeAt(at);
    if (first === openBracket) {
      const close = text.indexOf(']', at);
      return close >= 0 && close - at < 100 && types.includes(squeezed(text, at + 1, close));
    }
    if (first !== hashSign && first !== semicolon && first !== lineFeed && first !== carriageReturn) return false;
    while (at < text.length && text.charCodeAt(at) !== lineFeed && text.charCodeAt(at) !== carriageReturn) at++;
    at++;
  }
  return false;
}

function headerOf(text: string, from: number, to: number): OpenSection {
  let close = from + 1;
  while (close < to && text.charCodeAt(close) !== closeBracket) close++;
  const type = squeezed(text, from + 1, close);
  const header = { from, to };
  let nameFrom = from + 1;
  while (nameFrom < close && isBlank(text.charCodeAt(nameFrom))) nameFrom++;
  let nameTo = close;
  while (nameTo > nameFrom && isBlank(text.charCodeAt(nameTo - 1))) nameTo--;
  return {
    type,
    isPlain: close === to - 1,
    header,
    typeRange: { from: nameFrom, to: nameTo },
    options: [],
    strays: [],
    range: header,
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
  };
}

/** A stretch without its spaces and tabs. */
function squeezed(text: string, from: number, to: number): string {
  for (let at = from; at < to; at++) {
    if (isBlank(text.charCodeAt(at))) return text.slice(from, to).replace(/[ \t]+/g, '');
  }
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === space || code === tab;
}

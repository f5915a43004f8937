// A text that protobuf refuses: if one change of one token makes it a network again, and only one, it is read so.
import {
  type ParsedPrototext,
  type ProtoField,
  type ProtoMessage,
  type ProtoValue,
  parsePrototext,
} from '../../syntax/prototext.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { checkMessage, type Finding } from './check.ts';
import { typeOf } from './layers/index.ts';
import { type Layer, layersOf } from './net.ts';

/** The names of messages that only ever stand at the top. */
export const topNames = ['layer', 'layers'];

export interface Mended extends ParsedPrototext {
  /** Stretches of the text that are read as their one repair has them. */
  readonly repaired: readonly Range[];
}

/** A text longer than this between two layers is not tried: no layer is so long. */
const maxStretch = 8000;
/** Characters that are parsed in all, tries for one stretch together. */
const maxWork = 600_000;
/** Stretches of one text: whoever damages more of them is not one slip away from a network. */
const maxStretches = 8;

/** Parses a network, each damaged stretch between two layers as its one repair has it. */
export function parseNetwork(text: string): Mended {
  const parsed = parsePrototext(text, topNames);
  if (parsed.problems.length === 0) return { ...parsed, repaired: [] };
  const stretches = stretchesOf(parsed, text.length);
  if (stretches.length > maxStretches) return { ...parsed, repaired: [] };
  let { root } = parsed;
  let { problems } = parsed;
  const repaired: Range[] = [];
  for (const stretch of stretches) {
    const found = onlyRepair(text, stretch, root, problems);
    if (!found || found.fields.length === 0) continue;
    const { edit, fields } = found;
    const inside = (range: Range): boolean => range.from >= stretch.from && range.from < stretch.to;
    root = {
      ...root,
      fields: [
        ...root.fields.filter(field => field.from < stretch.from),
        ...fields,
        ...root.fields.filter(field => field.from >= stretch.to),
      ],
    };
    const first = toldBy(text, edit, problems.find(({ range }) => inside(range))!);
    const repairs = [{ title: titleOf(text, edit), edits: [edit] }];
    // Several complaints of one slip are one.
    const at = problems.findIndex(({ range }) => inside(range));
    problems = problems.flatMap((problem, index) =>
      index === at ? [{ ...first, repairs }] : inside(problem.range) ? [] : [problem],
    );
    const row = fields.find(field => first.range.from < field.to) ?? fields.at(-1)!;
    repaired.push({ from: row.from, to: Math.max(row.to, row.from + 1) });
  }
  return { root, problems, repaired };
}

/** What the parser stumbled over, or what the repair shows to be wrong: a quote that is missing is noticed far behind it. */
function toldBy(text: string, { from, to, text: put }: TextEdit, first: Problem): Problem {
  const range = { from, to: Math.max(to, from + 1) };
  if ((put === '"' || put === "'") && first.code !== 'unclosed-string')
    return {
      ...first,
      range,
      code: 'unclosed-string',
      message: `The quotes on this line do not pair up: a ${put} is missing here.`,
    };
  if (put === ':' && to > from) {
    const message = `A field and its value are separated by a colon, not by “${text.slice(from, to)}”.`;
    return { ...first, range, code: 'missing-colon', message };
  }
  return first;
}

function titleOf(text: string, { from, to, text: put }: TextEdit): string {
  const gone = text.slice(from, to).trim();
  const fresh = put.trim();
  if (fresh === '') return `Remove the ${gone}`;
  return gone === '' ? `Insert the missing ${fresh}` : `Change to ${fresh}`;
}

/** From the layer in which (or behind which) something is wrong to the next one that begins as one. */
function stretchesOf({ root, problems }: ParsedPrototext, length: number): readonly Range[] {
  const starts = root.fields.filter(field => isLayer(field)).map(({ from }) => from);
  const found: Range[] = [];
  for (const { range } of problems) {
    const last = found.at(-1);
    if (last && range.from < last.to) continue;
    const at = starts.findLastIndex(start => start <= range.from);
    found.push({ from: at < 0 ? 0 : starts[at]!, to: starts[at + 1] ?? length });
  }
  return found.filter((stretch, at) => found.findIndex(({ from }) => from === stretch.from) === at);
}

const isLayer = ({ name, value }: ProtoField): boolean => value?.kind === 'message' && topNames.includes(name);

interface Repaired {
  readonly edit: TextEdit;
  /** At the places of the text as it stands. */
  readonly fields: readonly ProtoField[];
}

/** The one change that makes a stretch readable; undefined where there is none, or several that mean different things. */
function onlyRepair(
  text: string,
  stretch: Range,
  root: ProtoMessage,
  problems: readonly Problem[],
): Repaired | undefined {
  const { from, to } = stretch;
  const part = text.slice(from, to);
  if (part.length > maxStretch) return undefined;
  const own = problems.filter(({ range }) => range.from >= from && range.from < to);
  const edits = candidates(part, own, from);
  if (edits.length * part.length > maxWork) return undefined;
  const known = blobsAbove(root, from);
  const isHead = from === 0;
  let first: { readonly told: string; readonly edit: TextEdit; readonly fields: readonly ProtoField[] } | undefined;
  for (const edit of edits) {
    const changed = part.slice(0, edit.from) + edit.text + part.slice(edit.to);
    const tried = parsePrototext(changed, topNames);
    if (tried.problems.length > 0 || !isSound(tried.root, isHead, known)) continue;
    const told = JSON.stringify(tried.root.fields.map(bare));
    if (first && first.told !== told) return undefined;
    first ??= { told, edit, fields: tried.root.fields };
  }
  if (!first) return undefined;
  const { edit } = first;
  const place = (at: number): number => {
    if (at <= edit.from) return from + at;
    const grown = edit.from + edit.text.length;
    return from + (at < grown ? Math.min(at, edit.to) : at - edit.text.length + (edit.to - edit.from));
  };
  return {
    edit: { from: from + edit.from, to: from + edit.to, text: edit.text },
    fields: first.fields.map(field => moved(field, place)),
  };
}

/** Whether a stretch is what Caffe reads: known fields, layers with a type, bottoms that somebody makes. */
function isSound(root: ProtoMessage, isHead: boolean, above: ReadonlySet<string>): boolean {
  const found: Finding[] = [];
  checkMessage(root, 'NetParameter', found);
  if (found.length > 0) return false;
  if (!isHead && !root.fields.every(isLayer)) return false;
  // A quote in the wrong place makes a string of the fields that follow, or of the space before them.
  if (holdsFields(root)) return false;
  const known = new Set(above);
  for (const { name, value } of root.fields) if (name === 'input' && value?.kind === 'string') known.add(value.text);
  for (const { type, bottoms, tops } of layersOf(root)) {
    const meant = typeOf(type);
    if (type === '' || bottoms.some(({ text }) => !known.has(text))) return false;
    if (meant && (bottoms.length < meant.bottoms[0] || tops.length < meant.tops[0])) return false;
    for (const { text } of tops) known.add(text);
  }
  return true;
}

function holdsFields(message: ProtoMessage): boolean {
  return message.fields.some(({ value }) =>
    value?.kind === 'message'
      ? holdsFields(value)
      : value?.kind === 'string' && (/\w\s*:\s/.test(value.text) || value.text !== value.text.trim()),
  );
}

function blobsAbove(root: ProtoMessage, from: number): ReadonlySet<string> {
  const above = { ...root, fields: root.fields.filter(field => field.from < from) };
  const names = above.fields.flatMap(({ name, value }) =>
    name === 'input' && value?.kind === 'string' ? [value.text] : [],
  );
  return new Set([...names, ...layersOf(above).flatMap(({ tops }: Layer) => tops.map(({ text }) => text))]);
}

/** Changes of one token that may be meant, at places of the part. */
function candidates(part: string, problems: readonly Problem[], offset: number): readonly TextEdit[] {
  const tokens = tokensOf(part);
  const found: TextEdit[] = [];
  const insert = (at: number, text: string): void => {
    found.push({ from: at, to: at, text });
  };
  // What the parser proposes itself.
  for (const { repairs } of problems) {
    for (const { edits } of repairs ?? []) {
      const [edit] = edits;
      if (edit && edits.length === 1 && edit.from >= offset)
        found.push({ from: edit.from - offset, to: edit.to - offset, text: edit.text });
    }
  }
  const codes = new Set(problems.map(({ code }) => code));
  const braces = tokens.filter(({ text }) => text === '{' || text === '}');
  const open = braces.filter(({ text }) => text === '{').length;
  const missing = 2 * open - braces.length;
  for (const [at, { from, to, text }] of tokens.entries()) {
    const isName = /^[A-Za-z_]\w*$/.test(text);
    if (missing === 1) {
      // What was opened holds something.
      if (text !== '{') insert(to, ' }');
      if (text === '{') found.push({ from, to, text: '' });
    } else if (missing === -1) {
      if (text === '}') found.push({ from, to, text: '' });
      const next = tokens[at + 1]?.text;
      if (isName && next !== ':' && next !== '{') insert(to, ' {');
      if (isName && text === 'layer' && next === ':') insert(to, ' {');
      // The line that opens a layer is gone.
      if (isName && (text === 'name' || text === 'type' || text === 'bottom' || text === 'top') && next === ':')
        insert(from, 'layer { ');
    }
    if (text === '=' || text === ';') found.push({ from, to, text: ':' });
    if (text === ':' || text === ';' || text === ',' || text === '[' || text === ']')
      found.push({ from, to, text: '' });
  }
  for (const { code, range } of problems) {
    const at = { from: range.from - offset, to: range.to - offset };
    if (code === 'stray-text') {
      // A sign may have slipped in; a word or a number says something.
      if (!/\w/.test(part.slice(at.from, at.to))) found.push({ ...at, text: '' });
      if (part[at.from] === '{') insert(at.from, 'layer ');
    }
    if (code === 'missing-value') insert(at.to, ':');
  }
  const isStray = problems.some(
    ({ code, range }) => code === 'stray-text' && /["']/.test(part[range.from - offset] ?? ''),
  );
  if (codes.has('unclosed-string') || isStray) found.push(...quotes(part));
  return found;
}

/** Quotes at the edges of words, on lines with an odd number of them. */
function quotes(part: string): readonly TextEdit[] {
  const found: TextEdit[] = [];
  let start = 0;
  for (const line of part.split('\n')) {
    for (const mark of ['"', "'"]) {
      if (line.split(mark).length % 2 === 1) continue;
      for (let at = 0; at <= line.length; at++) {
        const isEdge = isWordPart(line[at - 1]) !== isWordPart(line[at]);
        if (isEdge) found.push({ from: start + at, to: start + at, text: mark });
      }
    }
    start += line.length + 1;
  }
  return found;
}

const isWordPart = (letter: string | undefined): boolean => letter !== undefined && /[^\s:{}"'#]/.test(letter);

interface Token extends Range {
  readonly text: string;
}

/** Names, numbers, strings and signs; comments are none. A string ends with its line. */
function tokensOf(part: string): readonly Token[] {
  const found: Token[] = [];
  for (const match of part.matchAll(/#[^\n\r]*|"(?:[^"\\\n\r]|\\.)*"?|'(?:[^'\\\n\r]|\\.)*'?|[\w.+-]+|[^\s\w]/g)) {
    const [text] = match;
    if (!text.startsWith('#')) found.push({ from: match.index, to: match.index + text.length, text });
  }
  return found;
}

/** What a field says, without where it stands. */
function bare({ name, value }: ProtoField): unknown {
  if (!value) return [name];
  return value.kind === 'message' ? [name, value.fields.map(bare)] : [name, value.kind, value.text];
}

function moved(field: ProtoField, place: (at: number) => number): ProtoField {
  const { name, from, nameTo, to, value } = field;
  return { name, from: place(from), nameTo: place(nameTo), to: place(to), value: value && movedValue(value, place) };
}

function movedValue(value: ProtoValue, place: (at: number) => number): ProtoValue {
  const range = { from: place(value.from), to: place(value.to) };
  if (value.kind !== 'message') return { kind: value.kind, text: value.text, ...range };
  return { kind: 'message', ...range, fields: value.fields.map(field => moved(field, place)) };
}

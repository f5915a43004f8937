// A part of a text that protobuf refuses: where exactly one change of one token makes it valid, it is read like that.
import * as l10n from '@vscode/l10n';
import {
  movedField,
  type ParsedPrototext,
  type ProtoField,
  type ProtoMessage,
  parsePrototext,
} from '../../syntax/prototext.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { checkMessage, type Finding } from './checks.ts';
import { isLayer, layersOf, topNames } from './layer.ts';
import { typeOf } from './layers/index.ts';

/** A part longer than this is not tried: no layer is so long. */
const maxLength = 8000;
/** Characters that are parsed in all, tries for one part together. */
const maxWork = 600_000;
/** Damaged parts of one text: whoever damages more of them is not one slip away from a network. */
export const maxDamaged = 8;

/** A part as its one repair has it, at the places of the text as it is written. */
export interface Repaired extends ParsedPrototext {
  /** The field that is repaired. */
  readonly row: Range;
}

/** A damaged part as its one repair has it. `above` are the blobs that it may read; the head may have more than layers. */
export function repairOf(
  text: string,
  { root, problems }: ParsedPrototext,
  isHead: boolean,
  above: ReadonlySet<string>,
): Repaired | undefined {
  const found = onlyRepair(text, problems, isHead, above);
  if (!found || found.fields.length === 0) return undefined;
  const { edit, fields } = found;
  // Several problems of one slip are one.
  const first = causeOf(text, edit, problems[0]!);
  const row = fields.find(field => first.range.from < field.to) ?? fields.at(-1)!;
  return {
    root: { ...root, fields },
    problems: [{ ...first, fixes: [{ title: titleOf(text, edit), edits: [edit] }] }],
    row: { from: row.from, to: Math.max(row.to, row.from + 1) },
  };
}

/** What the parser reports, or what the repair shows to be wrong: a missing quote is noticed long after it. */
function causeOf(text: string, { from, to, text: put }: TextEdit, first: Problem): Problem {
  const range = { from, to: Math.max(to, from + 1) };
  if ((put === '"' || put === "'") && first.code !== 'unclosed-string')
    return {
      range,
      severity: first.severity,
      code: 'unclosed-string',
      message: l10n.t('The quotes on this line do not match: {0} is missing here.', put),
    };
  if (put === ':' && to > from) {
    const message = l10n.t('A field and its value are separated by a colon, not by “{0}”.', text.slice(from, to));
    return { range, severity: first.severity, code: 'missing-colon', message };
  }
  return first;
}

function titleOf(text: string, { from, to, text: put }: TextEdit): string {
  const gone = text.slice(from, to).trim();
  const fresh = put.trim();
  if (fresh === '') return l10n.t('Remove the “{0}”', gone);
  return gone === '' ? l10n.t('Insert the missing “{0}”', fresh) : l10n.t('Change to “{0}”', fresh);
}

interface OnlyRepair {
  readonly edit: TextEdit;
  /** At the places of the text as it is written. */
  readonly fields: readonly ProtoField[];
}

/** The one change that makes a part readable; undefined where there is none, or several that mean different things. */
function onlyRepair(
  part: string,
  problems: readonly Problem[],
  isHead: boolean,
  above: ReadonlySet<string>,
): OnlyRepair | undefined {
  if (part.length > maxLength) return undefined;
  const edits = candidates(part, problems);
  if (edits.length * part.length > maxWork) return undefined;
  let first: { readonly said: string; readonly edit: TextEdit; readonly fields: readonly ProtoField[] } | undefined;
  for (const edit of edits) {
    const changed = part.slice(0, edit.from) + edit.text + part.slice(edit.to);
    const tried = parsePrototext(changed, topNames);
    if (tried.problems.length > 0 || !isSound(tried.root, isHead, above)) continue;
    const said = JSON.stringify(tried.root.fields.map(bare));
    if (first && first.said !== said) return undefined;
    first ??= { said, edit, fields: tried.root.fields };
  }
  if (!first) return undefined;
  const { edit } = first;
  const place = (at: number): number => {
    if (at <= edit.from) return at;
    const grown = edit.from + edit.text.length;
    return at < grown ? Math.min(at, edit.to) : at - edit.text.length + (edit.to - edit.from);
  };
  return { edit, fields: first.fields.map(field => movedField(field, place)) };
}

/** Whether a part is what Caffe reads: known fields, layers with a type, bottoms that are tops above. */
function isSound(root: ProtoMessage, isHead: boolean, above: ReadonlySet<string>): boolean {
  const found: Finding[] = [];
  checkMessage(root, 'NetParameter', found);
  if (found.length > 0) return false;
  if (!isHead && !root.fields.every(isLayer)) return false;
  // A quote in the wrong place makes a string of the fields that follow, or of the space before them.
  if (holdsFields(root)) return false;
  const known = new Set(above);
  for (const { name, value } of root.fields) if (name === 'input' && value?.kind === 'string') known.add(value.text);
  for (const { type, bottoms, tops } of layersOf(root.fields)) {
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

/** Changes of one token that may be meant, at places of the part. */
function candidates(part: string, problems: readonly Problem[]): readonly TextEdit[] {
  const tokens = tokensOf(part);
  const found: TextEdit[] = [];
  const insert = (at: number, text: string): void => {
    found.push({ from: at, to: at, text });
  };
  // What the parser proposes itself.
  for (const { fixes } of problems) {
    for (const { edits } of fixes ?? []) {
      const [edit] = edits;
      if (edit && edits.length === 1) found.push(edit);
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
    if (code === 'stray-text') {
      // A sign may have slipped in; a word or a number says something.
      if (!/\w/.test(part.slice(range.from, range.to))) found.push({ ...range, text: '' });
      if (part[range.from] === '{') insert(range.from, 'layer ');
    }
    if (code === 'missing-value') insert(range.to, ':');
  }
  const isStray = problems.some(({ code, range }) => code === 'stray-text' && /["']/.test(part[range.from] ?? ''));
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

/** What a field says, without where it is. */
function bare({ name, value }: ProtoField): unknown {
  if (!value) return [name];
  return value.kind === 'message' ? [name, value.fields.map(bare)] : [name, value.kind, value.text];
}

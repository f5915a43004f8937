// Repairs a part of a text that protobuf rejects, if exactly one change of one token makes it valid.
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

/** Longer parts are not tried: no layer is this long. */
const maxLength = 8000;
/** The maximum number of characters parsed in all tries for a part. */
const maxWork = 600_000;
/** With more damaged parts, a text is not just one slip away from a network. */
export const maxDamaged = 8;

/** A repaired part with positions of the written text. */
export interface Repaired extends ParsedPrototext {
  /** The repaired field. */
  readonly row: Range;
}

/** Repairs a damaged part. `above` are the blobs that it may read; the head may contain more than layers. */
export function repairOf(
  text: string,
  { root, problems }: ParsedPrototext,
  isHead: boolean,
  above: ReadonlySet<string>,
): Repaired | undefined {
  const found = onlyRepair(text, problems, isHead, above);
  if (!found || found.fields.length === 0) return undefined;
  const { edit, fields } = found;
  // Several problems with one cause are reported once.
  const first = causeOf(text, edit, problems[0]!);
  const row = fields.find(field => first.range.from < field.to) ?? fields.at(-1)!;
  return {
    root: { ...root, fields },
    problems: [{ ...first, fixes: [{ title: titleOf(text, edit), edits: [edit] }] }],
    row: { from: row.from, to: Math.max(row.to, row.from + 1) },
  };
}

/** The parser's report, or what the repair reveals: a missing quote is noticed only much later. */
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
  /** With positions of the written text. */
  readonly fields: readonly ProtoField[];
}

/** The only change that makes a part readable; undefined if there is none, or several with different meanings. */
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

/** Whether a part is valid for Caffe: known fields, layers with a type, bottoms that are tops above. */
function isSound(root: ProtoMessage, isHead: boolean, above: ReadonlySet<string>): boolean {
  const found: Finding[] = [];
  checkMessage(root, 'NetParameter', found);
  if (found.length > 0) return false;
  if (!isHead && !root.fields.every(isLayer)) return false;
  // A quote in the wrong place turns following fields, or the space before them, into a string.
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

/** Possible single-token changes. */
function candidates(part: string, problems: readonly Problem[]): readonly TextEdit[] {
  const tokens = tokensOf(part);
  const found: TextEdit[] = [];
  const insert = (at: number, text: string): void => {
    found.push({ from: at, to: at, text });
  };
  // Proposals of the parser.
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
      // A message that was opened is not empty.
      if (text !== '{') insert(to, ' }');
      if (text === '{') found.push({ from, to, text: '' });
    } else if (missing === -1) {
      if (text === '}') found.push({ from, to, text: '' });
      const next = tokens[at + 1]?.text;
      if (isName && next !== ':' && next !== '{') insert(to, ' {');
      if (isName && text === 'layer' && next === ':') insert(to, ' {');
      // The line that opens a layer may be missing.
      if (isName && (text === 'name' || text === 'type' || text === 'bottom' || text === 'top') && next === ':')
        insert(from, 'layer { ');
    }
    if (text === '=' || text === ';') found.push({ from, to, text: ':' });
    if (text === ':' || text === ';' || text === ',' || text === '[' || text === ']')
      found.push({ from, to, text: '' });
  }
  for (const { code, range } of problems) {
    if (code === 'stray-text') {
      // Punctuation may be accidental; a word or number has a meaning.
      if (!/\w/.test(part.slice(range.from, range.to))) found.push({ ...range, text: '' });
      if (part[range.from] === '{') insert(range.from, 'layer ');
    }
    if (code === 'missing-value') insert(range.to, ':');
  }
  const isStray = problems.some(({ code, range }) => code === 'stray-text' && /["']/.test(part[range.from] ?? ''));
  if (codes.has('unclosed-string') || isStray) found.push(...quotes(part));
  return found;
}

/** Inserts quotes at word boundaries, on lines with an odd number of quotes. */
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

/** Names, numbers, strings and punctuation, without comments. A string ends with its line. */
function tokensOf(part: string): readonly Token[] {
  const found: Token[] = [];
  for (const match of part.matchAll(/#[^\n\r]*|"(?:[^"\\\n\r]|\\.)*"?|'(?:[^'\\\n\r]|\\.)*'?|[\w.+-]+|[^\s\w]/g)) {
    const [text] = match;
    if (!text.startsWith('#')) found.push({ from: match.index, to: match.index + text.length, text });
  }
  return found;
}

/** The content of a field without its position. */
function bare({ name, value }: ProtoField): unknown {
  if (!value) return [name];
  return value.kind === 'message' ? [name, value.fields.map(bare)] : [name, value.kind, value.text];
}

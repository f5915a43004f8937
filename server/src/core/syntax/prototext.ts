// A parser for protobuf's text format that works while the text is being typed: never fails, reports errors, keeps
// ranges. Rules: google/protobuf/text_format.cc and the language's specification (protobuf.dev, “Text Format
// Language”).
import * as l10n from '@vscode/l10n';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { type Chunked, Chunks } from './chunks.ts';

export type ProtoValue = ProtoScalar | ProtoMessage;

/** A string (pieces joined, escapes resolved), a number as written, or a word: an enum value, true, false. */
export interface ProtoScalar extends Range {
  readonly kind: 'string' | 'number' | 'word';
  readonly text: string;
}

/** `{ … }` or `< … >`, including the braces. */
export interface ProtoMessage extends Range {
  readonly kind: 'message';
  readonly fields: readonly ProtoField[];
}

/**
 * `name: value`, from the name to the end of the value. Each entry of a list `name: [a, b]` is a separate field, as in
 * the data model; they share the range of the whole.
 */
export interface ProtoField extends Range {
  readonly name: string;
  /** The end of the name, which starts at `from`. */
  readonly nameTo: number;
  /** Undefined if it has not been written yet. */
  readonly value: ProtoValue | undefined;
}

export interface ParsedPrototext {
  readonly root: ProtoMessage;
  readonly problems: readonly Problem[];
}

/** A text as chunks with separate trees: the part before the first top-level message, and each of these messages. */
export type PrototextDocument = Chunked<ParsedPrototext>;

class Scalar implements ProtoScalar {
  readonly kind: ProtoScalar['kind'];
  readonly text: string;
  readonly from: number;
  readonly to: number;
  constructor(kind: ProtoScalar['kind'], text: string, from: number, to: number) {
    this.kind = kind;
    this.text = text;
    this.from = from;
    this.to = to;
  }
}

class Message implements ProtoMessage {
  readonly kind = 'message';
  readonly fields: Field[] = [];
  readonly from: number;
  to: number;
  constructor(from: number) {
    this.from = from;
    this.to = from + 1;
  }
}

class Field implements ProtoField {
  readonly name: string;
  readonly from: number;
  readonly nameTo: number;
  value: Scalar | Message | undefined;
  to: number;
  constructor(name: string, from: number, nameTo: number) {
    this.name = name;
    this.from = from;
    this.nameTo = nameTo;
    this.value = undefined;
    this.to = nameTo;
  }
}

/** An open message: its field and indentation. */
interface Open {
  readonly field: Field;
  readonly message: Message;
  /** The list that it is an entry of. */
  readonly list: Field | undefined;
  /** The columns of the line that opens it and of the first line inside; measured only if braces do not match. */
  readonly column: number;
  inner: number | undefined;
}

/** How far a text was read before the first error. */
interface Sound {
  readonly at: number;
  readonly fields: number;
  readonly problems: number;
}

/** More problems than anyone reads. */
const maxProblems = 500;

/**
 * Divides a text at messages that occur only at the top level (`layer`), and parses each part separately, unless
 * `earlier` (such as the text before an edit) has it. If such a message begins inside another one, a brace is missing
 * above: that part is then parsed again by indentation, so a missing brace does not affect what is below. Linear time:
 * nothing is read more than twice.
 */
export function parseDocument(text: string, top: readonly string[], earlier?: PrototextDocument): PrototextDocument {
  if (earlier?.text === text) return earlier;
  const chunks = new Chunks(text, texts => texts.map(own => new Parser(own).parse()), earlier);
  const starts = chunks.starts(from => startsOf(text, top, from), 0);
  return { text, chunks: chunks.at(starts)! };
}

/** The same as a single tree. */
export function parsePrototext(text: string, top: readonly string[] = []): ParsedPrototext {
  const fields: ProtoField[] = [];
  const problems: Problem[] = [];
  for (const { chunk, start } of parseDocument(text, top).chunks) {
    const move = (offset: number): number => offset + start;
    for (const field of chunk.node.root.fields) fields.push(start === 0 ? field : movedField(field, move));
    for (const problem of chunk.node.problems) problems.push(start === 0 ? problem : movedProblem(problem, move));
  }
  return { root: { kind: 'message', fields, from: 0, to: text.length }, problems: problems.slice(0, maxProblems) };
}

/** A field with its offsets mapped by `move`. */
export function movedField(field: ProtoField, move: (offset: number) => number): ProtoField {
  const { name, from, nameTo, to, value } = field;
  return { name, from: move(from), nameTo: move(nameTo), to: move(to), value: value && movedValue(value, move) };
}

function movedValue(value: ProtoValue, move: (offset: number) => number): ProtoValue {
  const range = { from: move(value.from), to: move(value.to) };
  if (value.kind !== 'message') return { kind: value.kind, text: value.text, ...range };
  return { kind: 'message', ...range, fields: value.fields.map(field => movedField(field, move)) };
}

function movedProblem(problem: Problem, move: (offset: number) => number): Problem {
  const moved = <T extends Range>(range: T): T => ({ ...range, from: move(range.from), to: move(range.to) });
  const { fixes } = problem;
  return {
    ...problem,
    range: moved(problem.range),
    ...(fixes && { fixes: fixes.map(repair => ({ ...repair, edits: repair.edits.map(moved) })) }),
  };
}

/**
 * The number in a scalar: decimal, octal or hexadecimal, with an `f` after a float; undefined if it is not a number.
 */
export function protoNumber(value: ProtoValue | undefined): number | undefined {
  if (value?.kind === 'word') {
    if (/^inf(?:inity)?$/i.test(value.text)) return Number.POSITIVE_INFINITY;
    return /^nan$/i.test(value.text) ? Number.NaN : undefined;
  }
  if (value?.kind !== 'number') return undefined;
  const { text } = value;
  if (/^\d{1,15}$/.test(text) && (text.length === 1 || text.charCodeAt(0) !== 48)) return Number(text);
  const negative = text.startsWith('-');
  const digits = negative ? text.slice(1).trim() : text;
  const sign = negative ? -1 : 1;
  if (/^0[xX][\da-fA-F]+$/.test(digits)) return sign * Number(digits);
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  if (/^(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fF]?$/.test(digits))
    return sign * Number(digits.replace(/[fF]$/, ''));
  if (/^inf(?:inity)?$/i.test(digits)) return sign * Number.POSITIVE_INFINITY;
  return /^nan$/i.test(digits) ? Number.NaN : undefined;
}

const newline = 10;
const carriage = 13;
const hash = 35;
const comma = 44;
const colon = 58;
const semicolon = 59;
const openAngle = 60;
const closeAngle = 62;
const openSquare = 91;
const backslash = 92;
const closeSquare = 93;
const openBrace = 123;
const closeBrace = 125;

const boundaries: ReadonlySet<number> = new Set([...'{}<>,;:[]"\''].map(sign => sign.charCodeAt(0)));

/**
 * The starts of the parts of a text, from the start of one on: the line of each top-level message, or its name if
 * something precedes it on the line.
 */
function* startsOf(text: string, top: readonly string[], from: number): Generator<number> {
  yield from;
  // Search only for its end: match objects for thousands of layers would be garbage at every keystroke.
  const candidate = new RegExp(`\\b(?:${top.join('|')})(?=(?:[ \\t-\\r]*:)?[ \\t-\\r]*[{<])`, 'g');
  let outer: { readonly name: string; at: number; depth: number } | undefined;
  /** Up to here, strings and comments have been skipped. */
  let at = from;
  let last = from;
  candidate.lastIndex = from;
  while (top.length > 0 && candidate.test(text)) {
    const end = candidate.lastIndex;
    let index = end;
    while (index > 0 && isNamePart(text.charCodeAt(index - 1))) index--;
    if (index > 0 && !isBoundary(text.charCodeAt(index - 1))) continue;
    // Strings and comments end with their line.
    let start = index;
    while (start > at && !isLineEnd(text.charCodeAt(start - 1))) start--;
    if (start > at) at = start;
    while (at < index) at = tokenEnd(text, at);
    if (at > index) continue;
    const name = text.slice(index, end);
    if (outer && outer.name !== name) {
      // The V0 format: `layers { layer { … } }`.
      while (outer.at < index) {
        const code = text.charCodeAt(outer.at);
        if (code === openBrace || code === openAngle) outer.depth++;
        if (code === closeBrace || code === closeAngle) outer.depth--;
        outer.at = tokenEnd(text, outer.at);
      }
      if (outer.depth === 1) continue;
    }
    outer = { name, at: index, depth: 0 };
    const margin = marginOf(text, index);
    if (margin > last) yield margin;
    last = Math.max(last, margin);
  }
}

/** Whether a name can start after this character: not the rest of a number, or a part of `[a.b]`. */
function isBoundary(code: number): boolean {
  return isSpace(code) || boundaries.has(code);
}

/** The end of the string or comment that begins here, else of the character. */
function tokenEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === hash) return lineEnd(text, at);
  return isQuote(code) ? stringEnd(text, at) : at + 1;
}

/** The start of the line, if only white space precedes the offset; else the offset itself. */
function marginOf(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && (text.charCodeAt(at - 1) === 32 || text.charCodeAt(at - 1) === 9)) at--;
  return at === 0 || isLineEnd(text.charCodeAt(at - 1)) ? at : offset;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
  return at;
}

/** The end of a string: after its closing quote, or at the end of its line if there is none. */
function stringEnd(text: string, from: number): number {
  const quote = text.charCodeAt(from);
  let at = from + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (isLineEnd(code)) break;
    if (code === backslash && !isLineEnd(text.charCodeAt(at + 1))) at++;
  }
  return Math.min(at, text.length);
}

/** Parses one part of a text. */
class Parser {
  readonly #text: string;
  readonly #end: number;
  readonly #root = new Message(0);
  readonly #problems: Problem[] = [];
  #stack: Open[] = [];
  #at = 0;
  /** Whether the last skipped white space contained a line end. */
  #newLine = true;
  /** Whether braces do not match. */
  #damaged = false;
  /** The state after the last complete top-level message, which errors below do not affect. */
  #sound: Sound;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.length;
    // A byte order mark is not part of the text.
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
    this.#sound = { at: this.#at, fields: 0, problems: 0 };
  }

  parse(): ParsedPrototext {
    this.#run(false);
    if (this.#stack.length > 0 || this.#damaged) {
      this.#stack = [];
      this.#root.fields.length = this.#sound.fields;
      this.#problems.length = this.#sound.problems;
      this.#at = this.#sound.at;
      this.#run(true);
      while (this.#stack.length > 0) this.#closeByForce();
    }
    this.#root.to = this.#end;
    return { root: this.#root, problems: this.#problems };
  }

  #run(byIndentation: boolean): void {
    const text = this.#text;
    this.#newLine = true;
    for (;;) {
      this.#skip();
      if (this.#at >= this.#end) return;
      const from = this.#at;
      const code = text.charCodeAt(from);
      if (code === closeBrace || code === closeAngle) {
        this.#close(code, byIndentation);
        continue;
      }
      if (code === openSquare || isNameStart(code)) {
        const own = this.#newLine;
        const name = this.#name();
        if (byIndentation && own) this.#closeByColumn(from);
        this.#field(name, from, byIndentation);
        continue;
      }
      this.#stray();
    }
  }

  #name(): string {
    const text = this.#text;
    const from = this.#at;
    let at = from + 1;
    if (text.charCodeAt(from) === openSquare) {
      while (at < this.#end && !isLineEnd(text.charCodeAt(at)) && text.charCodeAt(at) !== closeSquare) at++;
      if (text.charCodeAt(at) === closeSquare) at++;
      else {
        this.#report(from, at, {
          code: 'unclosed-extension',
          message: l10n.t('This “{0}” is never closed.', '['),
          help: l10n.t('The syntax of an extension is {0}.', '[package.name]'),
        });
      }
    } else {
      while (isNamePart(text.charCodeAt(at))) at++;
    }
    this.#at = at;
    return text.slice(from, at);
  }

  #field(name: string, from: number, byIndentation: boolean): void {
    const text = this.#text;
    const field = new Field(name, from, this.#at);
    this.#fields().push(field);
    this.#newLine = false;
    this.#skip(false);
    let crossed = this.#newLine;
    let isMarked = false;
    if (text.charCodeAt(this.#at) === colon) {
      isMarked = true;
      this.#at++;
      field.to = this.#at;
      this.#newLine = false;
      this.#skip(false);
      crossed = this.#newLine;
    }
    const code = text.charCodeAt(this.#at);
    if (code === openBrace || code === openAngle) {
      this.#open(field, undefined, byIndentation);
      return;
    }
    if (code === openSquare && (isMarked || !crossed)) {
      this.#at++;
      this.#fields().pop();
      this.#list(field, byIndentation);
      return;
    }
    const isValue = isQuote(code) || isNumberStart(code) || (isMarked && isNameStart(code) && !this.#startsField());
    if (!isValue || (!isMarked && crossed)) {
      // Start over after this: `num_output:` may be followed by a `}` or the next field.
      if (crossed) this.#newLine = true;
      this.#missing(field, isMarked);
      return;
    }
    if (!isMarked) {
      this.#report(from, field.nameTo, {
        code: 'missing-colon',
        message: l10n.t('A colon is missing after “{0}”.', clip(name)),
        fixes: [{ title: l10n.t('Insert a colon'), edits: [{ from: field.nameTo, to: field.nameTo, text: ':' }] }],
      });
    }
    const value = this.#scalar();
    field.value = value;
    field.to = value.to;
  }

  #missing(field: Field, isMarked: boolean): void {
    const name = clip(field.name);
    this.#report(field.from, field.to, {
      code: 'missing-value',
      message: l10n.t('“{0}” has no value.', name),
      help: isMarked
        ? l10n.t('Add one after the colon.')
        : l10n.t('Use “{0}” or “{1}”.', `${name}: …`, `${name} { … }`),
    });
  }

  /** Whether the next word is the name of a field rather than a value. */
  #startsField(): boolean {
    const text = this.#text;
    let at = this.#at;
    while (isNamePart(text.charCodeAt(at))) at++;
    while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
    const code = text.charCodeAt(at);
    return code === colon || code === openBrace || code === openAngle;
  }

  #open(field: Field, list: Field | undefined, byIndentation: boolean): void {
    const message = new Message(this.#at);
    this.#at++;
    field.value = message;
    field.to = this.#at;
    const column = byIndentation ? this.#columnOf(field.from) : 0;
    this.#stack.push({ field, message, list, column, inner: undefined });
  }

  /** Parses the entries of a list, up to its end or to a message in it, whose fields come first. */
  #list(of: Field, byIndentation: boolean): void {
    const text = this.#text;
    for (;;) {
      const end = this.#at;
      const isFirst = text.charCodeAt(end - 1) === openSquare;
      const separator = this.#skip();
      const code = text.charCodeAt(this.#at);
      if (!isFirst) this.#checkSeparator(end, separator, code);
      if (code === closeSquare) {
        this.#at++;
        of.to = this.#at;
        const fields = this.#fields();
        for (let at = fields.length - 1; at >= 0 && fields[at]!.from === of.from; at--) fields[at]!.to = of.to;
        return;
      }
      const entry = new Field(of.name, of.from, of.nameTo);
      if (code === openBrace || code === openAngle) {
        this.#fields().push(entry);
        this.#open(entry, of, byIndentation);
        return;
      }
      if (!isQuote(code) && !isNumberStart(code) && !(isNameStart(code) && !this.#startsField())) break;
      entry.value = this.#scalar();
      entry.to = entry.value.to;
      of.to = entry.to;
      this.#fields().push(entry);
    }
    this.#report(of.from, Math.max(of.to, of.nameTo), {
      code: 'unclosed-bracket',
      message: l10n.t('The “{0}” of “{1}” is never closed.', '[', clip(of.name)),
      fixes: [{ title: l10n.t('Insert a closing bracket'), edits: [{ from: of.to, to: of.to, text: ']' }] }],
    });
  }

  /**
   * There has to be one comma between the entries of a list, and none after the last (text_format.cc, ConsumeField).
   */
  #checkSeparator(end: number, separator: number, next: number): void {
    const isEntry =
      next === openBrace || next === openAngle || isQuote(next) || isNumberStart(next) || isNameStart(next);
    if (separator < 0) {
      if (!isEntry || (isNameStart(next) && this.#startsField())) return;
      this.#report(end - 1, end, {
        code: 'missing-comma',
        message: l10n.t('A comma is missing between the entries of this list.'),
        fixes: [{ title: l10n.t('Insert a comma'), edits: [{ from: end, to: end, text: ',' }] }],
      });
      return;
    }
    const sign = this.#text[separator]!;
    if (next === closeSquare) this.#strayAt(separator);
    else if (sign !== ',' && isEntry) {
      this.#report(separator, separator + 1, {
        code: 'semicolon-in-list',
        message: l10n.t('Entries of a list are separated by commas, not by “{0}”.', sign),
        fixes: [{ title: l10n.t('Change to “{0}”', ','), edits: [{ from: separator, to: separator + 1, text: ',' }] }],
      });
    }
  }

  #strayAt(at: number): void {
    const sign = this.#text[at]!;
    this.#report(at, at + 1, {
      code: 'stray-separator',
      message: l10n.t('This “{0}” is not needed.', sign),
      help: l10n.t('Remove it.'),
      fixes: [{ title: l10n.t('Remove the “{0}”', sign), edits: [{ from: at, to: at + 1, text: '' }] }],
    });
  }

  #scalar(): Scalar {
    const text = this.#text;
    const from = this.#at;
    const code = text.charCodeAt(from);
    if (isQuote(code)) return this.#string();
    if (isNameStart(code)) {
      let at = from + 1;
      while (isNamePart(text.charCodeAt(at))) at++;
      this.#at = at;
      return new Scalar('word', text.slice(from, at), from, at);
    }
    let at = from + 1;
    if (code === 45) while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
    for (; at < this.#end; at++) {
      const next = text.charCodeAt(at);
      if (isNamePart(next) || next === 46) continue;
      const before = text.charCodeAt(at - 1) | 32;
      if ((next !== 43 && next !== 45) || before !== 101) break;
    }
    this.#at = at;
    return new Scalar('number', text.slice(from, at), from, at);
  }

  /** One or several adjacent strings, joined. A string ends at the end of its line. */
  #string(): Scalar {
    const text = this.#text;
    const from = this.#at;
    let joined = '';
    let to = from;
    for (;;) {
      const start = this.#at;
      const quote = text.charCodeAt(start);
      let at = start + 1;
      let isPlain = true;
      let isClosed = false;
      for (; at < this.#end; at++) {
        const code = text.charCodeAt(at);
        if (code === quote) {
          isClosed = true;
          break;
        }
        if (isLineEnd(code)) break;
        if (code === backslash) {
          isPlain = false;
          if (at + 1 < this.#end && !isLineEnd(text.charCodeAt(at + 1))) at++;
        }
      }
      let content = text.slice(start + 1, at);
      if (!isClosed) {
        content = content.trimEnd();
        to = start + 1 + content.length;
        joined += isPlain ? content : unescaped(content);
        const mark = String.fromCharCode(quote);
        this.#report(start, to, {
          code: 'unclosed-string',
          message: l10n.t('This string is never closed.'),
          help: l10n.t('Add a {0} at its end.', mark),
          fixes: [{ title: l10n.t('Close the string'), edits: [{ from: to, to, text: mark }] }],
        });
        this.#at = at;
        break;
      }
      joined += isPlain ? content : unescaped(content);
      to = at + 1;
      this.#at = to;
      // Adjacent strings are joined.
      this.#skip(false);
      if (!isQuote(text.charCodeAt(this.#at))) {
        this.#at = to;
        break;
      }
    }
    return new Scalar('string', joined, from, to);
  }

  #close(code: number, byIndentation: boolean): void {
    const from = this.#at;
    const own = this.#newLine;
    this.#at++;
    const isStray = this.#stack.length === 0 || (byIndentation && own && this.#isStray(from));
    if (isStray) {
      this.#damaged = true;
      const sign = String.fromCharCode(code);
      this.#report(from, this.#at, {
        code: 'stray-brace',
        message: l10n.t('This “{0}” was never opened.', sign),
        help: l10n.t('Remove it, or open a message above.'),
        fixes: [{ title: l10n.t('Remove the “{0}”', sign), edits: [{ from, to: this.#at, text: '' }] }],
      });
      return;
    }
    const open = this.#stack.pop()!;
    const opener = this.#text.charCodeAt(open.message.from);
    if ((opener === openBrace) !== (code === closeBrace)) {
      const wanted = opener === openBrace ? '}' : '>';
      this.#report(from, this.#at, {
        code: 'wrong-brace',
        message: l10n.t(
          '“{0}” was opened with “{1}”, so “{2}” must close it.',
          clip(open.field.name),
          String.fromCharCode(opener),
          wanted,
        ),
        fixes: [{ title: l10n.t('Change it to “{0}”', wanted), edits: [{ from, to: this.#at, text: wanted }] }],
      });
    }
    open.message.to = this.#at;
    open.field.to = this.#at;
    if (this.#stack.length === 0 && !byIndentation && !this.#damaged && this.#isWhole(open, from, own)) {
      this.#sound = { at: this.#at, fields: this.#root.fields.length, problems: this.#problems.length };
    }
    if (open.list) this.#list(open.list, byIndentation);
  }

  /** Whether a top-level message that is closed here looks complete. */
  #isWhole({ field, list }: Open, brace: number, own: boolean): boolean {
    if (list || (own && this.#columnOf(brace) !== this.#columnOf(field.from))) return false;
    const text = this.#text;
    let at = brace + 1;
    while (isSpace(text.charCodeAt(at))) at++;
    const code = text.charCodeAt(at);
    return at >= this.#end || (code !== closeBrace && code !== closeAngle);
  }

  /** By indentation: closes deeper messages; returns whether a brace at the start of a line then closes nothing. */
  #isStray(from: number): boolean {
    const column = this.#columnOf(from);
    const innermost = this.#stack.at(-1)!;
    if (!this.#isIndented(this.#stack.length - 1) || column === innermost.column) return false;
    if (column > innermost.column) return true;
    const least = Math.max(0, this.#stack.length - 32);
    for (let at = this.#stack.length - 2; at >= least; at--) {
      if (this.#stack[at]!.column !== column) continue;
      while (this.#stack.length - 1 > at) this.#closeByForce();
      break;
    }
    return false;
  }

  /** By indentation: closes messages that the line is not indented deeper than. */
  #closeByColumn(from: number): void {
    const column = this.#columnOf(from);
    while (this.#stack.length > 0) {
      const { column: opened } = this.#stack.at(-1)!;
      if (column > opened || !this.#isIndented(this.#stack.length - 1)) break;
      this.#closeByForce();
    }
    const innermost = this.#stack.at(-1);
    if (innermost) innermost.inner ??= column;
  }

  /**
   * Whether the lines inside are indented more than the opening line; without any, the same as for the outer message.
   */
  #isIndented(index: number): boolean {
    for (let at = index; at >= Math.max(0, index - 32); at--) {
      const { column, inner } = this.#stack[at]!;
      if (inner !== undefined) return inner > column;
    }
    return true;
  }

  #closeByForce(): void {
    const { field, message, column } = this.#stack.pop()!;
    const last = message.fields.at(-1);
    const to = last ? last.to : message.from + 1;
    message.to = to;
    field.to = to;
    const opener = this.#text[message.from]!;
    const wanted = opener === '{' ? '}' : '>';
    const isOneLine =
      last === undefined || !/[\n\r]/.test(this.#text.slice(message.from, Math.min(to, message.from + 200)));
    const inserted = isOneLine ? ` ${wanted}` : `\n${' '.repeat(Math.min(column, 80))}${wanted}`;
    this.#report(field.from, message.from + 1, {
      code: 'unclosed-brace',
      message: l10n.t('The “{0}” of “{1}” is never closed.', opener, clip(field.name)),
      help: l10n.t('Add a “{0}” where it ends.', wanted),
      fixes: [{ title: l10n.t('Insert the missing “{0}”', wanted), edits: [{ from: to, to, text: inserted }] }],
    });
  }

  /** Reports something that is not a field, once up to the next space or brace. */
  #stray(): void {
    const text = this.#text;
    const from = this.#at;
    let at = from + 1;
    for (; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (isSpace(code) || code === openBrace || code === closeBrace || code === hash) break;
    }
    this.#at = at;
    this.#report(from, at, {
      code: 'stray-text',
      message: l10n.t('“{0}” is not a field.', clip(text.slice(from, at))),
      help: l10n.t('The syntax of a field is “{0}” or “{1}”.', 'name: value', 'name { … }'),
    });
  }

  /** Skips white space and comments, and separators unless a value is expected. Returns the first separator, or −1. */
  #skip(separators = true): number {
    const text = this.#text;
    if (separators) this.#newLine = this.#at === 0;
    let at = this.#at;
    // At the start of a text, message or list there is nothing to separate (text_format.cc, ConsumeField).
    const separated = at === 0 || isOpening(this.#text.charCodeAt(at - 1));
    let first = -1;
    for (; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === 32 || code === 9) continue;
      if (code === newline || code === carriage) {
        this.#newLine = true;
        continue;
      }
      if (code === hash) {
        at = lineEnd(text, at) - 1;
        continue;
      }
      if (separators && (code === comma || code === semicolon)) {
        // One separator is fine between two fields; others are not.
        if (separated || first >= 0) this.#strayAt(at);
        else first = at;
        continue;
      }
      if (code === 11 || code === 12 || code === 0xfeff) continue;
      break;
    }
    this.#at = at;
    return first;
  }

  #fields(): Field[] {
    return (this.#stack.at(-1)?.message ?? this.#root).fields;
  }

  /** The indentation of the line of an offset. */
  #columnOf(offset: number): number {
    const text = this.#text;
    let start = offset;
    // Limits the search in long lines: after 400 characters, it is not an indentation.
    const least = Math.max(0, offset - 400);
    while (start > least && !isLineEnd(text.charCodeAt(start - 1))) start--;
    let at = start;
    while (at < offset && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
    return at - start;
  }

  #report(from: number, to: number, problem: Omit<Problem, 'range' | 'severity'>): void {
    if (this.#problems.length < maxProblems)
      this.#problems.push({ range: { from, to }, severity: 'error', ...problem });
  }
}

function isOpening(code: number): boolean {
  return code === openBrace || code === openAngle || code === openSquare;
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function isLineEnd(code: number): boolean {
  return code === newline || code === carriage;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39;
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || (code >= 48 && code <= 57);
}

function isNumberStart(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 45 || code === 46 || code === 43;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Resolves C escapes; an octal or hexadecimal one is a byte, taken as a character. */
function unescaped(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|[xX]([\da-fA-F]{1,2})|([\s\S])|$)/g, (_, octal, hex, other) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return other === undefined ? '' : (escapes[other] ?? other);
  });
}

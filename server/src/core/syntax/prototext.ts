// Protobuf's text format, for reading while it is typed: never fails, tells what is wrong, and keeps every range.
// Rules: google/protobuf/text_format.cc and the language's specification (protobuf.dev, “Text Format Language”).
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';

export type ProtoValue = ProtoScalar | ProtoMessage;

/** A string (pieces joined, escapes resolved), a number as it is written, or a bare word: an enum's value, true, false. */
export interface ProtoScalar extends Range {
  readonly kind: 'string' | 'number' | 'word';
  readonly text: string;
}

/** `{ … }` or `< … >`, braces included. */
export interface ProtoMessage extends Range {
  readonly kind: 'message';
  readonly fields: readonly ProtoField[];
}

/**
 * `name: value` from its name to the end of its value. Each entry of a list `name: [a, b]` is a field of its own, as in
 * the data model; they share the extent of the whole.
 */
export interface ProtoField extends Range {
  readonly name: string;
  /** Behind the name, which starts at `from`. */
  readonly nameTo: number;
  /** Undefined where it is not written yet. */
  readonly value: ProtoValue | undefined;
}

export interface ParsedPrototext {
  readonly root: ProtoMessage;
  readonly problems: readonly Problem[];
}

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

/** A message that is open: its field, and how its line is indented. */
interface Open {
  readonly field: Field;
  readonly message: Message;
  /** The list it is an entry of. */
  readonly list: Field | undefined;
  /** Columns of the line that opens it and of the first line inside; only measured when braces do not match. */
  readonly column: number;
  inner: number | undefined;
}

/** More problems than anybody reads. */
const maxProblems = 500;

/**
 * Parses a text. `top` names the messages that only ever stand at the top (`layer`): where one begins inside another
 * message, a brace is missing above. The stretch from the last such name is then read again by its indentation, so that
 * a brace that is not typed yet costs nothing below it. Linear: nothing is read more than twice.
 */
export function parsePrototext(text: string, top: readonly string[] = []): ParsedPrototext {
  return new Parser(text, top).parse();
}

/** The number that a scalar means: decimal, octal or hexadecimal, with `f` behind a float; undefined where it is none. */
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

class Parser {
  readonly #text: string;
  readonly #top: readonly string[];
  readonly #root = new Message(0);
  readonly #problems: Problem[] = [];
  #stack: Open[] = [];
  #at = 0;
  /** Whether a line ended in the white space that was skipped last. */
  #newLine = true;
  /** Whether braces did not match since the last name of the top. */
  #damaged = false;
  /** Behind the last message at the top that is whole: what is wrong below does not touch it. */
  #sound = { at: 0, fields: 0, told: 0 };

  constructor(text: string, top: readonly string[]) {
    this.#text = text;
    this.#top = top;
  }

  parse(): ParsedPrototext {
    const { length } = this.#text;
    // Byte order marks are no part of the text.
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
    while (this.#at < length) {
      this.#sound = { at: this.#at, fields: this.#root.fields.length, told: this.#problems.length };
      this.#damaged = false;
      this.#run(length, false);
      if (this.#stack.length === 0 && !this.#damaged) continue;
      const end = this.#at;
      this.#stack = [];
      this.#root.fields.length = this.#sound.fields;
      this.#problems.length = this.#sound.told;
      this.#at = this.#sound.at;
      this.#run(end, true);
      this.#closeAll();
      this.#at = end;
    }
    this.#root.to = length;
    return { root: this.#root, problems: this.#problems };
  }

  /** Reads fields up to the next name of the top (not counting the one it starts at), or `end`. */
  #run(end: number, byIndentation: boolean): void {
    const text = this.#text;
    this.#newLine = true;
    for (let first = true; ; first = false) {
      this.#skip(end);
      if (this.#at >= end) return;
      const from = this.#at;
      const code = text.charCodeAt(from);
      if (code === closeBrace || code === closeAngle) {
        this.#close(code, byIndentation, end);
        continue;
      }
      if (code === openSquare || isNameStart(code)) {
        const own = this.#newLine;
        const name = this.#name(end);
        if (!first && !byIndentation && this.#startsTop(name)) {
          this.#at = from;
          return;
        }
        if (byIndentation && own) this.#closeByColumn(from);
        this.#field(name, from, end, byIndentation);
        continue;
      }
      this.#stray(end);
    }
  }

  #startsTop(name: string): boolean {
    if (!this.#top.includes(name)) return false;
    // The oldest form: `layers { layer { … } }`.
    const around = this.#stack.at(-1)?.field;
    if (this.#stack.length === 1 && around !== undefined && around.name !== name && this.#top.includes(around.name)) {
      return false;
    }
    let at = this.#at;
    const text = this.#text;
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) === colon) at++;
    while (isSpace(text.charCodeAt(at))) at++;
    const code = text.charCodeAt(at);
    return code === openBrace || code === openAngle;
  }

  #name(end: number): string {
    const text = this.#text;
    const from = this.#at;
    let at = from + 1;
    if (text.charCodeAt(from) === openSquare) {
      while (at < end && !isLineEnd(text.charCodeAt(at)) && text.charCodeAt(at) !== closeSquare) at++;
      if (text.charCodeAt(at) === closeSquare) at++;
      else this.#tell(from, at, 'unclosed-bracket', 'This [ is not closed. An extension is written [package.name].');
    } else {
      while (at < end && isNamePart(text.charCodeAt(at))) at++;
    }
    this.#at = at;
    return text.slice(from, at);
  }

  #field(name: string, from: number, end: number, byIndentation: boolean): void {
    const text = this.#text;
    const field = new Field(name, from, this.#at);
    this.#fields().push(field);
    this.#newLine = false;
    this.#skip(end, false);
    let crossed = this.#newLine;
    let isMarked = false;
    if (this.#at < end && text.charCodeAt(this.#at) === colon) {
      isMarked = true;
      this.#at++;
      field.to = this.#at;
      this.#newLine = false;
      this.#skip(end, false);
      crossed = this.#newLine;
    }
    const code = this.#at < end ? text.charCodeAt(this.#at) : Number.NaN;
    if (code === openBrace || code === openAngle) {
      this.#open(field, undefined, byIndentation);
      return;
    }
    if (code === openSquare && (isMarked || !crossed)) {
      this.#at++;
      this.#fields().pop();
      this.#list(field, end, byIndentation);
      return;
    }
    const isValue = isQuote(code) || isNumberStart(code) || (isMarked && isNameStart(code) && !this.#startsField(end));
    if (!isValue || (!isMarked && crossed)) {
      // What comes next is looked at afresh: `num_output:` before a `}` or the next field.
      if (crossed) this.#newLine = true;
      this.#missing(field, isMarked);
      return;
    }
    if (!isMarked) {
      this.#tell(from, field.nameTo, 'missing-colon', `A colon is missing behind “${clip(name)}”.`, [
        { title: 'Insert a colon', edits: [{ from: field.nameTo, to: field.nameTo, text: ':' }] },
      ]);
    }
    const value = this.#scalar(end);
    field.value = value;
    field.to = value.to;
  }

  #missing(field: Field, isMarked: boolean): void {
    const name = clip(field.name);
    const message = isMarked
      ? `“${name}” has no value yet. Write one behind the colon.`
      : `“${name}” has no value yet. Write “${name}: …”, or “${name} { … }”.`;
    this.#tell(field.from, field.to, 'missing-value', message);
  }

  /** Whether the word here is the name of a next field, not a value. */
  #startsField(end: number): boolean {
    const text = this.#text;
    let at = this.#at;
    while (at < end && isNamePart(text.charCodeAt(at))) at++;
    while (at < end && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
    const code = text.charCodeAt(at);
    return at < end && (code === colon || code === openBrace || code === openAngle);
  }

  #open(field: Field, list: Field | undefined, byIndentation: boolean): void {
    const message = new Message(this.#at);
    this.#at++;
    field.value = message;
    field.to = this.#at;
    const column = byIndentation ? this.#columnOf(field.from) : 0;
    this.#stack.push({ field, message, list, column, inner: undefined });
  }

  /** The entries of a list up to its end, or up to a message among them, whose fields come first. */
  #list(of: Field, end: number, byIndentation: boolean): void {
    const text = this.#text;
    for (;;) {
      this.#skip(end);
      const code = this.#at < end ? text.charCodeAt(this.#at) : Number.NaN;
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
      if (!isQuote(code) && !isNumberStart(code) && !(isNameStart(code) && !this.#startsField(end))) break;
      entry.value = this.#scalar(end);
      entry.to = entry.value.to;
      of.to = entry.to;
      this.#fields().push(entry);
    }
    this.#tell(of.from, Math.max(of.to, of.nameTo), 'unclosed-bracket', `The [ of “${clip(of.name)}” is not closed.`, [
      { title: 'Insert a closing bracket', edits: [{ from: of.to, to: of.to, text: ']' }] },
    ]);
  }

  #scalar(end: number): Scalar {
    const text = this.#text;
    const from = this.#at;
    const code = text.charCodeAt(from);
    if (isQuote(code)) return this.#string(end);
    if (isNameStart(code)) {
      let at = from + 1;
      while (at < end && isNamePart(text.charCodeAt(at))) at++;
      this.#at = at;
      return new Scalar('word', text.slice(from, at), from, at);
    }
    let at = from + 1;
    if (code === 45) while (at < end && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
    for (; at < end; at++) {
      const next = text.charCodeAt(at);
      if (isNamePart(next) || next === 46) continue;
      const before = text.charCodeAt(at - 1) | 32;
      if ((next !== 43 && next !== 45) || before !== 101) break;
    }
    this.#at = at;
    return new Scalar('number', text.slice(from, at), from, at);
  }

  /** One or several strings, joined. A string ends at the end of its line. */
  #string(end: number): Scalar {
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
      for (; at < end; at++) {
        const code = text.charCodeAt(at);
        if (code === quote) {
          isClosed = true;
          break;
        }
        if (isLineEnd(code)) break;
        if (code === backslash) {
          isPlain = false;
          if (at + 1 < end && !isLineEnd(text.charCodeAt(at + 1))) at++;
        }
      }
      let content = text.slice(start + 1, at);
      if (!isClosed) {
        content = content.trimEnd();
        to = start + 1 + content.length;
        joined += isPlain ? content : unescaped(content);
        const mark = String.fromCharCode(quote);
        this.#tell(start, to, 'unclosed-string', `This string is not closed. Add a ${mark} at its end.`, [
          { title: 'Close the string', edits: [{ from: to, to, text: mark }] },
        ]);
        this.#at = at;
        break;
      }
      joined += isPlain ? content : unescaped(content);
      to = at + 1;
      this.#at = to;
      // Strings one behind the other are one.
      this.#skip(end, false);
      if (this.#at >= end || !isQuote(text.charCodeAt(this.#at))) {
        this.#at = to;
        break;
      }
    }
    return new Scalar('string', joined, from, to);
  }

  #close(code: number, byIndentation: boolean, end: number): void {
    const from = this.#at;
    const own = this.#newLine;
    this.#at++;
    const isStray = this.#stack.length === 0 || (byIndentation && own && this.#isStray(from));
    if (isStray) {
      this.#damaged = true;
      const sign = String.fromCharCode(code);
      this.#tell(from, this.#at, 'stray-brace', `This ${sign} closes nothing. Remove it, or open a message above.`, [
        { title: `Remove the ${sign}`, edits: [{ from, to: this.#at, text: '' }] },
      ]);
      return;
    }
    const open = this.#stack.pop()!;
    const opener = this.#text.charCodeAt(open.message.from);
    if ((opener === openBrace) !== (code === closeBrace)) {
      const wanted = opener === openBrace ? '}' : '>';
      const message = `“${clip(open.field.name)}” was opened with ${String.fromCharCode(opener)}: close it with ${wanted}.`;
      this.#tell(from, this.#at, 'wrong-brace', message, [
        { title: `Change to ${wanted}`, edits: [{ from, to: this.#at, text: wanted }] },
      ]);
    }
    open.message.to = this.#at;
    open.field.to = this.#at;
    if (this.#stack.length === 0 && !byIndentation && !this.#damaged && this.#isWhole(open, from, own, end)) {
      this.#sound = { at: this.#at, fields: this.#root.fields.length, told: this.#problems.length };
    }
    if (open.list) this.#list(open.list, end, byIndentation);
  }

  /** Whether a message at the top that is closed here does not look as if it should go on. */
  #isWhole({ field, list }: Open, brace: number, own: boolean, end: number): boolean {
    if (list || (own && this.#columnOf(brace) !== this.#columnOf(field.from))) return false;
    const text = this.#text;
    let at = brace + 1;
    while (at < end && isSpace(text.charCodeAt(at))) at++;
    const code = text.charCodeAt(at);
    return at >= end || (code !== closeBrace && code !== closeAngle);
  }

  /** By indentation: whether a closing brace at the start of a line has nothing to close; closes what lies deeper. */
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

  /** By indentation: a line that is not indented deeper than the one that opened a message is not inside it. */
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

  /** Whether the lines inside are indented deeper than the one that opened it; as around it where there are none yet. */
  #isIndented(index: number): boolean {
    for (let at = index; at >= Math.max(0, index - 32); at--) {
      const { column, inner } = this.#stack[at]!;
      if (inner !== undefined) return inner > column;
    }
    return true;
  }

  #closeAll(): void {
    while (this.#stack.length > 0) this.#closeByForce();
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
    this.#tell(
      field.from,
      message.from + 1,
      'unclosed-brace',
      `The ${opener} of “${clip(field.name)}” is not closed. Add a ${wanted} where it ends.`,
      [{ title: `Insert the missing ${wanted}`, edits: [{ from: to, to, text: inserted }] }],
    );
  }

  /** What begins no field: told once up to the next space or brace. */
  #stray(end: number): void {
    const text = this.#text;
    const from = this.#at;
    let at = from + 1;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (isSpace(code) || code === openBrace || code === closeBrace || code === hash) break;
    }
    this.#at = at;
    const message = `“${clip(text.slice(from, at))}” is not a field. Fields are written name: value, or name { … }.`;
    this.#tell(from, at, 'stray-text', message);
  }

  /** Skips white space and comments, and separators unless a value is looked for. */
  #skip(end: number, separators = true): void {
    const text = this.#text;
    if (separators) this.#newLine = this.#at === 0;
    let at = this.#at;
    let separator = false;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === 32 || code === 9) continue;
      if (code === newline || code === carriage) {
        this.#newLine = true;
        continue;
      }
      if (code === hash) {
        while (at < end && !isLineEnd(text.charCodeAt(at))) at++;
        at--;
        continue;
      }
      if (separators && (code === comma || code === semicolon)) {
        // One separates two fields, another one nothing.
        if (separator) {
          const sign = String.fromCharCode(code);
          this.#tell(at, at + 1, 'stray-separator', `This ${sign} separates nothing. Remove it.`, [
            { title: `Remove the ${sign}`, edits: [{ from: at, to: at + 1, text: '' }] },
          ]);
        }
        separator = true;
        continue;
      }
      if (code === 11 || code === 12 || code === 0xfeff) continue;
      break;
    }
    this.#at = at;
  }

  #fields(): Field[] {
    return (this.#stack.at(-1)?.message ?? this.#root).fields;
  }

  /** How far the line of an offset is indented. */
  #columnOf(offset: number): number {
    const text = this.#text;
    let start = offset;
    // Lines are not endless: what stands behind 400 characters is not indented.
    const least = Math.max(0, offset - 400);
    while (start > least && !isLineEnd(text.charCodeAt(start - 1))) start--;
    let at = start;
    while (at < offset && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
    return at - start;
  }

  #tell(from: number, to: number, code: string, message: string, repairs?: Problem['repairs']): void {
    if (this.#problems.length >= maxProblems) return;
    const problem = { range: { from, to }, severity: 'error', code, message } as const;
    this.#problems.push(repairs ? { ...problem, repairs } : problem);
  }
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

/** C's escapes; an octal or hexadecimal one is a byte, read as a character. */
function unescaped(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|[xX]([\da-fA-F]{1,2})|([\s\S])|$)/g, (_, octal, hex, other) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return other === undefined ? '' : (escapes[other] ?? other);
  });
}

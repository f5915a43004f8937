// Finds the logical lines of Python without parsing: the extent of a statement (or its head), whatever is broken above
// it. Lexical analysis, sections 2.1 and 2.2 of Python's reference.
import * as l10n from '@vscode/l10n';

/** What Python joins into one line: by brackets, triple-quoted strings, or a backslash at the end. */
export interface LogicalLine {
  /** The start of its first token. */
  readonly from: number;
  /** The end of its last token; comments come after it. */
  readonly to: number;
  /** The column of its first token, with tab stops at multiples of eight. */
  readonly indent: number;
  /** The same with one column per tab: Python rejects indentation that is consistent in only one of the two. */
  readonly tabIndent: number;
  /** Whether it ends with a colon outside of brackets. */
  readonly opensBlock: boolean;
  /** Why it cannot be parsed, if already known. */
  readonly damage: string | undefined;
  /** Parts that count as white space: comments, line breaks, and backslashes before these. Pairs of offsets. */
  readonly gaps: readonly number[];
}

const noGaps: readonly number[] = [];

/** CPython's limit (MAXLEVEL in tokenizer.h). */
const maxBrackets = 200;
const maxStringDepth = 20;

/**
 * The budget for lookahead after unclosed brackets and strings: this many characters, plus some per character of text.
 */
const lookahead = 1_000_000;
const lookaheadFactor = 10;

const spaces = /[ \t\f]*/y;
const word = /[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_·]+/uy;
const stringPrefix = /^(?:[bru]|[bft]r|r[bft]|[ft])$/i;

/** A string that contains a function is at least this long. */
const shortest = 10;
const definitions =
  /^([ \t]*)(?:(?:async\s+)?def\s+[\p{L}_][\p{L}\p{N}_]*\s*\(|class\s+[\p{L}_][\p{L}\p{N}_]*\s*[(:])/gmu;

/** A line that starts like this is not part of a bracketed expression, even if brackets are open. */
const statementStart = new RegExp(
  [
    String.raw`(?:async\s+)?def\s+[^\W\d]\w*\s*[(\[]`,
    String.raw`class\s+[^\W\d]\w*\s*[:(\[]`,
    String.raw`(?:return|import|raise|pass|break|continue|global|nonlocal|assert|del|while|try|except|finally|with|elif)\b(?!\s*=[^=])`,
    String.raw`async\s+with\b`,
    String.raw`from\s+[.\w]+\s+import\b`,
    String.raw`@[^\W\d][\w.]*(?:\([^\n]*\))?[ \t]*(?:#[^\n]*)?\r?\n\s*(?:@|(?:async\s+)?def\s|class\s)`,
    // `self.conv = …`: inside brackets, only keyword arguments have an equals sign, and these are plain names.
    String.raw`[^\W\d]\w*(?:\.[^\W\d]\w*)+[ \t]*(?:=(?!=)|(?:[-+*/%@&|^]|\/\/|\*\*|<<|>>)=)`,
  ].join('|'),
  'y',
);

/** Single-line block heads are never longer. */
const longest = 2000;

/** Statements for which a colon at the line's end opens a block, even if a bracket is not closed. */
const blockHead = /(?:(?:async\s+)?(?:def|for|with)|class|if|elif|while|except)\b/y;

/**
 * These can also continue a bracketed expression, unless the line ends with a colon and closes only its own brackets.
 */
const blockStart = /(?:(?:async\s+)?for\s[^#\n]*\sin\s|if\s|else\b)[^#\n]*:[ \t]*(?:#[^\n]*)?(?=\r?\n|$)/y;

/** The logical lines in a range. With `isStrict`, a line's brackets end where the next line is not indented more. */
export function logicalLines(text: string, from = 0, to = text.length, isStrict = false): readonly LogicalLine[] {
  const scanner = new Scanner(text, to);
  const lines = linesOf(scanner, from, isStrict);
  if (!scanner.hasOpenString) return lines;
  // A triple-quoted string has no end. The fault may be an earlier one whose end was taken for a start.
  let best = lines;
  let most = definitionsIn(text, lines);
  for (const at of scanner.suspicious.slice(0, maxSuspects)) {
    const other = linesOf(new Scanner(text, to, at), from, isStrict);
    const found = definitionsIn(text, other);
    if (found > most) [best, most] = [other, found];
  }
  return best;
}

/** How many places are tried for a missing quote. */
const maxSuspects = 10;

/** The number of functions and classes that begin in these lines: false strings would hide them. */
function definitionsIn(text: string, lines: readonly LogicalLine[]): number {
  return lines.filter(
    ({ from, opensBlock }) => opensBlock && /^(?:async\s+)?(?:def|class)\s/.test(text.slice(from, from + 20)),
  ).length;
}

function linesOf(scanner: Scanner, from: number, isStrict: boolean): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let at = from;
  for (;;) {
    const start = scanner.nextStart(at);
    if (!start) return lines;
    const line = scanner.line(start, isStrict);
    lines.push(line.line);
    at = line.next;
  }
}

/** A part of a text with the gaps of its lines blanked. */
export function withoutGaps(text: string, lines: readonly LogicalLine[], from: number, to: number): string {
  let result = '';
  let at = from;
  for (const { gaps } of lines) {
    for (let index = 0; index < gaps.length; index += 2) {
      const start = gaps[index]!;
      const end = Math.min(gaps[index + 1]!, to);
      if (start < at || start >= end) continue;
      result += text.slice(at, start) + ' '.repeat(end - start);
      at = end;
    }
  }
  return result + text.slice(at, to);
}

/** The same lines, shifted by `by` characters. */
export function movedLines(lines: readonly LogicalLine[], by: number): readonly LogicalLine[] {
  return lines.map(line => ({
    ...line,
    from: line.from - by,
    to: line.to - by,
    gaps: line.gaps.length > 0 ? line.gaps.map(at => at - by) : noGaps,
  }));
}

/** The start of the physical line of an offset. */
export function lineStartAt(text: string, offset: number): number {
  let at = offset;
  for (; at > 0; at--) {
    const before = text.charCodeAt(at - 1);
    if (before === newline || before === carriageReturn) break;
  }
  return at;
}

/** A line up to an assumed end. */
interface Read {
  readonly line: LogicalLine;
  /** The start of the next physical line. */
  readonly next: number;
  /** Whether a bracket or a triple-quoted string is left open. */
  readonly isOpen: boolean;
}

interface Start {
  readonly at: number;
  readonly indent: number;
  readonly tabIndent: number;
}

class Scanner {
  /** Whether a triple-quoted string had no end. */
  hasOpenString = false;
  /** Strings that appear to contain code. */
  readonly suspicious: number[] = [];
  readonly #text: string;
  readonly #end: number;
  #budget: number;
  readonly #open: number;

  /** The string at `open` is assumed to lack its end. */
  constructor(text: string, end: number, open = -1) {
    this.#text = text;
    this.#end = end;
    this.#open = open;
    this.#budget = lookahead + lookaheadFactor * (end + 1);
  }

  /** The first token at or below the physical line that begins at `from`. */
  nextStart(from: number): Start | undefined {
    const text = this.#text;
    let at = from;
    let indent = 0;
    let tabIndent = 0;
    for (; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === space) {
        indent++;
        tabIndent++;
      } else if (code === tab) {
        indent = (Math.floor(indent / 8) + 1) * 8;
        tabIndent++;
      } else if (code === byteOrderMark && at === 0) {
        indent = 0;
      } else if (code === formFeed || code === newline || code === carriageReturn) {
        indent = 0;
        tabIndent = 0;
      } else if (code === hash) {
        at = this.#lineEnd(at) - 1;
      } else if (code === backslash && this.#isLineEnd(at + 1)) {
        // The indentation of the first line counts.
        at = this.#nextLine(at + 1) - 1;
        const rest = this.#skip(spaces, at + 1);
        if (rest >= this.#end) return undefined;
        if (!this.#isLineEnd(rest)) return { at: rest, indent, tabIndent };
      } else {
        return { at, indent, tabIndent };
      }
    }
    return undefined;
  }

  line(start: Start, isStrict: boolean): Read {
    if (!isStrict && this.#budget > 0) {
      const read = this.#read(start, false);
      if (!read.isOpen) return read;
      // All of it is scanned again, and what follows too.
      this.#budget -= read.next - start.at;
    }
    return this.#read(start, true);
  }

  #read(start: Start, isStrict: boolean): Read {
    const text = this.#text;
    const open: number[] = [];
    let damage: string | undefined;
    let isOpen = false;
    let at = start.at;
    let to = at;
    let last = 0;
    const gaps: number[] = [];
    const addGap = (from: number, end: number): void => {
      gaps.push(from, end);
    };
    for (;;) {
      if (at >= this.#end) {
        isOpen = open.length > 0;
        break;
      }
      const code = text.charCodeAt(at);
      if (code === space || code === tab || code === formFeed) {
        at++;
        continue;
      }
      if (code === hash) {
        const end = this.#lineEnd(at);
        addGap(at, end);
        at = end;
        continue;
      }
      if (code === newline || code === carriageReturn) {
        const next = this.#nextLine(at);
        if (open.length === 0) {
          at = next;
          break;
        }
        if (this.#endsBrackets(next, start, isStrict) || (isStrict && last === colon && this.#isHead(start))) {
          isOpen = true;
          at = next;
          break;
        }
        addGap(at, next);
        at = next;
        continue;
      }
      if (code === quote || code === doubleQuote) {
        const end = this.#string(at, '');
        if (end.to < 0) {
          if (end.isLong) isOpen = true;
          damage ??= end.isLong
            ? l10n.t('This string has no closing {0}.', text.slice(at, at + 3))
            : l10n.t('This string has no closing {0}.', text[at]!);
          at = this.#lineEnd(at);
        } else {
          at = end.to;
        }
        to = at;
        last = doubleQuote;
        continue;
      }
      const length = wordLength(text, at, this.#end);
      if (length > 0) {
        const prefix = text.slice(at, at + length);
        at += length;
        const next = text.charCodeAt(at);
        if ((next === quote || next === doubleQuote) && length <= 2 && stringPrefix.test(prefix)) {
          const end = this.#string(at, prefix.toLowerCase());
          if (end.to < 0) {
            if (end.isLong) isOpen = true;
            damage ??= l10n.t('This string has no closing {0}.', end.isLong ? text.slice(at, at + 3) : text[at]!);
            at = this.#lineEnd(at);
          } else {
            at = end.to;
          }
        }
        to = at;
        last = 0;
        continue;
      }
      if (code === backslash) {
        if (this.#isLineEnd(at + 1)) {
          const next = this.#nextLine(at + 1);
          addGap(at, next);
          at = next;
          continue;
        }
        damage ??= l10n.t('A backslash outside a string must be the last character of its line.');
      } else if (code === parenthesis || code === bracket || code === brace) {
        if (open.length >= maxBrackets) damage ??= l10n.t('This is nested too deeply.');
        open.push(code);
      } else if (code === parenthesis + 1 || code === bracket + 2 || code === brace + 2) {
        const wanted = code === parenthesis + 1 ? parenthesis : code - 2;
        if (open.at(-1) === wanted) {
          open.pop();
        } else {
          damage ??=
            open.length === 0
              ? l10n.t('This “{0}” closes nothing.', text[at]!)
              : l10n.t('“{0}” is closed by “{1}”.', String.fromCharCode(open.at(-1)!), text[at]!);
          if (open.length > 0) isOpen = true;
          const found = open.lastIndexOf(wanted);
          if (found >= 0) open.length = found;
        }
      } else if (code > 0x7f || code < 0x20 || code === 0x24 || code === 0x3f || code === 0x60) {
        damage ??= l10n.t('The character {0} is not allowed outside strings.', shown(text, at));
      }
      last = code;
      at++;
      to = at;
    }
    const bracketLeft = open.at(-1);
    if (bracketLeft !== undefined) {
      damage ??= l10n.t('“{0}” is never closed.', String.fromCharCode(bracketLeft));
    }
    const { indent, tabIndent } = start;
    const opensBlock = last === colon && open.length === 0;
    return {
      line: { from: start.at, to, indent, tabIndent, opensBlock, damage, gaps: gaps.length > 0 ? gaps : noGaps },
      next: at,
      isOpen,
    };
  }

  #isHead({ at }: Start): boolean {
    blockHead.lastIndex = at;
    return blockHead.test(this.#text);
  }

  /** Whether the physical line at `at` cannot continue a bracketed expression. */
  #endsBrackets(at: number, start: Start, isStrict: boolean): boolean {
    const text = this.#text;
    let column = at;
    let indent = 0;
    for (; column < this.#end; column++) {
      const code = text.charCodeAt(column);
      if (code === space) indent++;
      else if (code === tab) indent = (Math.floor(indent / 8) + 1) * 8;
      else if (code !== formFeed) break;
    }
    if (column >= this.#end || this.#isLineEnd(column)) return false;
    const code = text.charCodeAt(column);
    if (code === hash) return false;
    if (isStrict && indent <= start.indent && !isClosing(code)) return true;
    // Only letters, underscores and @ can begin such a statement.
    if (!(code === at_ || code >= 0x5f || (code >= 0x41 && code <= 0x5a))) return false;
    statementStart.lastIndex = column;
    if (statementStart.test(text)) return true;
    if (this.#lineEnd(column) - column > longest) return false;
    blockStart.lastIndex = column;
    if (!blockStart.test(text)) return false;
    const line = text.slice(column, blockStart.lastIndex);
    let depth = 0;
    for (const [char] of line.matchAll(/[()[\]{}]/g)) {
      depth += char === '(' || char === '[' || char === '{' ? 1 : -1;
      if (depth < 0) return false;
    }
    return depth === 0;
  }

  /** The end of the string whose quote is at `at`; negative if it has none. */
  #string(at: number, prefix: string): { readonly to: number; readonly isLong: boolean } {
    const text = this.#text;
    const mark = text.charCodeAt(at);
    const isLong = text.charCodeAt(at + 1) === mark && text.charCodeAt(at + 2) === mark;
    const end = this.#stringEnd(at, prefix, mark, isLong);
    if (!isLong) return { to: end, isLong };
    if (end < 0) {
      this.hasOpenString = true;
    } else if (at === this.#open) {
      return { to: -1, isLong };
    } else if (end - at > shortest && this.#hasCode(at, end)) {
      this.suspicious.push(at);
    }
    return { to: end, isLong };
  }

  /** Whether the lines of a string contain a function or class that is indented no more than the string. */
  #hasCode(from: number, to: number): boolean {
    const lineStart = lineStartAt(this.#text, from);
    const indent = this.#skip(spaces, lineStart) - lineStart;
    for (const [, own] of this.#text.slice(from, to).matchAll(definitions)) {
      if (own!.length <= indent) return true;
    }
    return false;
  }

  #stringEnd(at: number, prefix: string, mark: number, isLong: boolean): number {
    const isFormat = prefix.includes('f') || prefix.includes('t');
    const from = at + (isLong ? 3 : 1);
    if (isFormat && this.#budget > 0) {
      const end = this.#format(from, mark, isLong, 0);
      if (end >= 0) return end;
      this.#budget -= this.#lineEnd(at) - at;
    }
    return this.#plain(from, mark, isLong);
  }

  #plain(from: number, mark: number, isLong: boolean): number {
    const text = this.#text;
    for (let at = from; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === backslash) {
        if (text.charCodeAt(at + 1) === carriageReturn && text.charCodeAt(at + 2) === newline) at++;
        at++;
      } else if (code === mark) {
        if (!isLong) return at + 1;
        if (text.charCodeAt(at + 1) === mark && text.charCodeAt(at + 2) === mark) return at + 3;
      } else if (!isLong && (code === newline || code === carriageReturn)) {
        return -1;
      }
    }
    return -1;
  }

  /** The same for an f-string, whose values may contain strings with the same quotes. */
  #format(from: number, mark: number, isLong: boolean, depth: number): number {
    if (depth > maxStringDepth) return -1;
    const text = this.#text;
    let at = from;
    while (at < this.#end) {
      const code = text.charCodeAt(at);
      if (code === backslash) {
        at += text.charCodeAt(at + 1) === carriageReturn && text.charCodeAt(at + 2) === newline ? 3 : 2;
      } else if (code === mark) {
        if (!isLong) return at + 1;
        if (text.charCodeAt(at + 1) === mark && text.charCodeAt(at + 2) === mark) return at + 3;
        at++;
      } else if (!isLong && (code === newline || code === carriageReturn)) {
        return -1;
      } else if (code === brace && text.charCodeAt(at + 1) === brace) {
        at += 2;
      } else if (code === brace) {
        at = this.#field(at + 1, mark, isLong, depth + 1);
        if (at < 0) return -1;
      } else {
        at++;
      }
    }
    return -1;
  }

  /** The offset after the brace that closes a value of an f-string; negative if there is none. */
  #field(from: number, mark: number, isLong: boolean, depth: number): number {
    if (depth > maxStringDepth) return -1;
    const text = this.#text;
    let brackets = 0;
    let at = from;
    while (at < this.#end) {
      const code = text.charCodeAt(at);
      if (code === quote || code === doubleQuote) {
        if (code === mark && isLong && text.charCodeAt(at + 1) === mark && text.charCodeAt(at + 2) === mark) return -1;
        let before = at;
        while (before > from && wordLength(text, before - 1, at) > 0 && at - before < 3) before--;
        const prefix = text.slice(before, at).toLowerCase();
        const isInnerLong = text.charCodeAt(at + 1) === code && text.charCodeAt(at + 2) === code;
        const inner = at + (isInnerLong ? 3 : 1);
        at =
          stringPrefix.test(prefix) && /[ft]/.test(prefix)
            ? this.#format(inner, code, isInnerLong, depth + 1)
            : this.#plain(inner, code, isInnerLong);
        if (at < 0) return -1;
        continue;
      }
      if (!isLong && (code === newline || code === carriageReturn) && brackets === 0) return -1;
      if (code === hash && brackets === 0) return -1;
      if (code === parenthesis || code === bracket || code === brace) {
        brackets++;
      } else if (code === brace + 2 && brackets === 0) {
        return at + 1;
      } else if (code === parenthesis + 1 || code === bracket + 2 || code === brace + 2) {
        if (--brackets < 0) return -1;
      } else if (code === colon && brackets === 0) {
        return this.#formatSpec(at + 1, mark, isLong, depth);
      }
      at++;
    }
    return -1;
  }

  #formatSpec(from: number, mark: number, isLong: boolean, depth: number): number {
    const text = this.#text;
    let at = from;
    while (at < this.#end) {
      const code = text.charCodeAt(at);
      if (code === brace + 2) return at + 1;
      if (code === mark && !isLong) return -1;
      if (code === newline || code === carriageReturn) {
        if (!isLong) return -1;
      }
      if (code === brace) {
        at = this.#field(at + 1, mark, isLong, depth + 1);
        if (at < 0) return -1;
      } else {
        at++;
      }
    }
    return -1;
  }

  #skip(what: RegExp, at: number): number {
    what.lastIndex = at;
    what.test(this.#text);
    return what.lastIndex;
  }

  #isLineEnd(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    return at >= this.#end || code === newline || code === carriageReturn;
  }

  #lineEnd(from: number): number {
    let at = from;
    while (!this.#isLineEnd(at)) at++;
    return at;
  }

  /** The offset after the line break at `at`. */
  #nextLine(at: number): number {
    if (at >= this.#end) return this.#end;
    return this.#text.charCodeAt(at) === carriageReturn && this.#text.charCodeAt(at + 1) === newline ? at + 2 : at + 1;
  }
}

function wordLength(text: string, at: number, end: number): number {
  let to = at;
  while (to < end) {
    const code = text.charCodeAt(to);
    if (
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      code === 0x5f ||
      (code >= 0x30 && code <= 0x39)
    ) {
      to++;
    } else if (code > 0x7f) {
      word.lastIndex = to;
      if (!word.test(text)) break;
      to = Math.min(word.lastIndex, end);
    } else {
      break;
    }
  }
  return to - at;
}

function isClosing(code: number): boolean {
  return code === parenthesis + 1 || code === bracket + 2 || code === brace + 2;
}

function shown(text: string, at: number): string {
  const code = text.codePointAt(at)!;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return code > 0x20 && !/\s|\p{C}/u.test(String.fromCodePoint(code)) ? `“${String.fromCodePoint(code)}”` : name;
}

const tab = 0x09;
const newline = 0x0a;
const formFeed = 0x0c;
const carriageReturn = 0x0d;
const space = 0x20;
const byteOrderMark = 0xfeff;
const doubleQuote = 0x22;
const hash = 0x23;
const quote = 0x27;
const parenthesis = 0x28;
const colon = 0x3a;
const at_ = 0x40;
const bracket = 0x5b;
const backslash = 0x5c;
const brace = 0x7b;

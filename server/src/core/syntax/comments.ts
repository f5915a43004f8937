// Handles comments that PyYAML accepts but the YAML specification does not: directly after a bracket, a comma or a
// quote. PyYAML looks for `#` wherever a token may begin (scanner.py, scan_to_next_token), even without white space
// before it.

const suspicious = /[\]},'"[{]#/;

/**
 * Blanks such comments character by character, so that offsets stay the same: 28 of 1,055 real model files contain
 * `]#`. A `#` inside a plain scalar (`a#b`), a quoted one or a comment stays.
 */
export function withoutTightComments(text: string): string {
  if (!suspicious.test(text)) return text;
  let result = '';
  let done = 0;
  for (const { from, to, tight } of commentsOf(text)) {
    if (!tight) continue;
    result += text.slice(done, from) + ' '.repeat(to - from);
    done = to;
  }
  return done === 0 ? text : result + text.slice(done);
}

/**
 * Blanks line breaks inside brackets if the next line is indented too little for the specification: PyYAML ignores
 * indentation there, so a `]` may be in the first column. Offsets stay the same.
 */
export function withoutFlowBreaks(text: string): string {
  const chars = text.split('');
  let last: Comment | undefined;
  for (const comment of commentsOf(text)) {
    if (comment.kind === 'comment') last = comment;
    if (comment.kind !== 'break') continue;
    const start = text.lastIndexOf('\n', comment.opened) + 1;
    const margin = Math.max(1, text.slice(start).search(/\S/));
    const next = text.slice(comment.to).search(/[^ ]/);
    if (next < 0 || next >= margin) continue;
    if (last && last.to === comment.from) chars.fill(' ', last.from, last.to);
    chars.fill(' ', comment.from, comment.to);
  }
  return chars.join('');
}

/**
 * The offsets of tabs outside quotes, comments and block scalars, except those that indent a line. In PyYAML no token
 * can begin with a tab (scanner.py: scan_to_next_token skips only spaces, and a plain scalar ends at a tab).
 */
export function strayTabs(text: string): readonly number[] {
  if (!text.includes('\t')) return [];
  const found: number[] = [];
  for (const { kind, from } of commentsOf(text)) {
    if (kind !== 'tab') continue;
    const start = Math.max(text.lastIndexOf('\n', from), text.lastIndexOf('\r', from)) + 1;
    if (text.slice(start, from).trim() !== '') found.push(from);
  }
  return found;
}

interface Comment {
  readonly kind: 'comment' | 'break' | 'tab';
  readonly from: number;
  readonly to: number;
  /** The offset of the outermost bracket around it. */
  readonly opened: number;
  /** Whether there is no white space before it. */
  readonly tight: boolean;
}

function* commentsOf(text: string): Generator<Comment> {
  let depth = 0;
  let opened = 0;
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    const next = text[at + 1] ?? '\n';
    if (char === '#') {
      const to = endOfLine(text, at);
      yield { kind: 'comment', opened, from: at, to, tight: at > 0 && !/\s/.test(text[at - 1]!) };
      at = to;
    } else if (char === '\n' && depth > 0) {
      const from = text[at - 1] === '\r' ? at - 1 : at;
      yield { kind: 'break', opened, from, to: at + 1, tight: false };
      at++;
    } else if (char === '\t') {
      yield { kind: 'tab', opened, from: at, to: at + 1, tight: false };
      at++;
    } else if (
      /\s/.test(char) ||
      (/[-?:]/.test(char) && /\s/.test(next)) ||
      (depth > 0 && (char === ',' || char === ':'))
    )
      at++;
    else if (char === '[' || char === '{') {
      if (depth++ === 0) opened = at;
      at++;
    } else if (char === ']' || char === '}') {
      depth = Math.max(0, depth - 1);
      at++;
    } else if (char === '"' || char === "'") at = endOfQuoted(text, at);
    else if ((char === '|' || char === '>') && depth === 0) at = endOfBlock(text, at);
    else {
      const end = endOfPlain(text, at, depth > 0);
      for (let tab = text.indexOf('\t', at); tab >= 0 && tab < end; tab = text.indexOf('\t', tab + 1))
        yield { kind: 'tab', opened, from: tab, to: tab + 1, tight: false };
      at = end;
    }
  }
}

function endOfLine(text: string, at: number): number {
  const match = /[\n\r]/g;
  match.lastIndex = at;
  return match.exec(text)?.index ?? text.length;
}

function endOfQuoted(text: string, from: number): number {
  const quote = text[from]!;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) {
      if (quote !== "'" || text[at + 1] !== "'") return at + 1;
      at++;
    }
  }
  return text.length;
}

/** A block scalar continues as long as lines are indented more than its first line. */
function endOfBlock(text: string, from: number): number {
  const start = text.lastIndexOf('\n', from) + 1;
  const indent = /^ */.exec(text.slice(start, from))![0].length;
  let end = endOfLine(text, from);
  while (end < text.length) {
    const next = text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
    const to = endOfLine(text, next);
    const line = text.slice(next, to);
    if (line.trim() !== '' && line.search(/[^ ]/) <= indent) return next;
    end = to;
  }
  return end;
}

/** The end of a plain scalar on its line; text after a space may belong to it, but not a `#`. */
function endOfPlain(text: string, from: number, inFlow: boolean): number {
  let at = from;
  for (; at < text.length; at++) {
    const char = text[at]!;
    const next = text[at + 1] ?? '\n';
    if (char === '\n' || char === '\r') break;
    if ((char === ' ' || char === '\t') && next === '#') break;
    if (char === ':' && (/\s/.test(next) || (inFlow && /[,[\]{}]/.test(next)))) break;
    if (inFlow && /[,[\]{}]/.test(char)) break;
  }
  return Math.max(at, from + 1);
}

import { meansCode } from './codes.ts';
import type { TextEdit } from './edit.ts';
import { Lines } from './lines.ts';
import type { Problem } from './problem.ts';
import type { Range } from './range.ts';

/**
 * What the comments of a file set: `# flopline: input=3,320,320 dtype=fp16` and `# flopline-ignore fat-convolution`.
 */
export interface Pragmas {
  readonly settings: ReadonlyMap<string, { readonly value: string; readonly range: Range }>;
  /** Codes (or `all`) that are not reported, on one line or in the whole file. */
  readonly ignores: readonly Ignore[];
}

export interface Ignore {
  /** `all` or the code of a problem. */
  readonly code: string;
  /** The 0-based line it applies to; undefined for the whole file. */
  readonly line: number | undefined;
}

const nothing: Pragmas = { settings: new Map(), ignores: [] };

/** A comment that sets something: `# flopline: input=3,320,320 dtype=fp16`. */
export interface SettingComment {
  /** From its `#` to the end of the line. */
  readonly range: Range;
  /** A call at its beginning, which selects a network of a program: `# flopline: Net(10) input=1,3,32,32`. */
  readonly call?: { readonly text: string; readonly range: Range };
  readonly words: readonly { readonly key: string; readonly value: string; readonly range: Range }[];
}

const comments = /#[ \t]*flopline(-ignore-file|-ignore)?\b[ \t]*:?([^\n\r]*)/g;

/** The comments that set something, in text order. */
export function settingComments(text: string): SettingComment[] {
  const found: SettingComment[] = [];
  for (const match of text.matchAll(comments)) {
    const [whole, kind, body = ''] = match;
    if (kind) continue;
    const to = match.index + whole.length;
    const from = to - body.length;
    const length = whole.slice(0, -body.length || undefined).endsWith(':') ? callLength(body) : 0;
    const words = [...body.slice(length).matchAll(/([A-Za-z][\w-]*)\s*=\s*([^\s#]+)/g)].map(word => {
      const start = from + length + word.index;
      return { key: word[1]!, value: word[2]!, range: { from: start, to: start + word[0].length } };
    });
    if (length === 0) {
      found.push({ range: { from: match.index, to }, words });
      continue;
    }
    const text = body.slice(0, length).trim();
    const start = from + body.indexOf(text);
    // Expressions contain spaces, so `inputs` takes the rest of the comment.
    const last = words.findIndex(({ key }) => key === 'inputs');
    const inputs = words[last];
    if (inputs) {
      const [, value = ''] = /^\w+\s*=\s*(.*?)\s*$/.exec(match.input.slice(inputs.range.from, to)) ?? [];
      words.splice(last, words.length, { ...inputs, value, range: { from: inputs.range.from, to } });
    }
    found.push({
      range: { from: match.index, to },
      call: { text, range: { from: start, to: start + text.length } },
      words,
    });
  }
  return found;
}

/** The length of a call at the beginning, `Net("a b", [1, 2])`, which ends before a setting or a note; 0 if none. */
function callLength(body: string): number {
  if (!/^\s*(?:[A-Za-z_][\w.]*)?\(/.test(body)) return 0;
  let depth = 0;
  let quote = '';
  for (let at = 0; at < body.length; at++) {
    const sign = body[at]!;
    if (quote !== '') {
      if (sign === '\\') at++;
      else if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if ('([{'.includes(sign)) depth++;
    else if (')]}'.includes(sign)) depth--;
    else if (depth === 0 && (sign === '#' || /^\s+[A-Za-z][\w-]*\s*=(?!=)/.test(body.slice(at)))) return at;
  }
  return depth === 0 && quote === '' ? body.length : 0;
}

/** Reads Flopline's comments. In other files, this costs only a search for the word. */
export function readPragmas(text: string, lines: Lines = new Lines(text)): Pragmas {
  if (!text.includes('flopline')) return nothing;
  const settings = new Map<string, { value: string; range: Range }>();
  const ignores: Ignore[] = [];
  for (const { call, words } of settingComments(text)) {
    // Settings after a call apply to that network only.
    if (!call) for (const { key, value, range } of words) settings.set(key, { value, range });
  }
  for (const match of text.matchAll(comments)) {
    const [, kind, body = ''] = match;
    if (!kind) continue;
    const codes = body.split(/[\s,]+/).filter(code => /^[\w-]+$/.test(code));
    const line = lines.lineAt(match.index);
    // On a line of its own, a comment applies to the next line; after other text, to its own line.
    const own = lines.textOf(line).trimStart().startsWith('#');
    const target = kind === '-ignore-file' ? undefined : own ? nextContent(lines, line) : line;
    for (const code of codes.length ? codes : ['all']) ignores.push({ code, line: target });
  }
  return { settings, ignores };
}

/** The next line that is neither blank nor a comment. */
function nextContent(lines: Lines, line: number): number {
  for (let at = line + 1; at < lines.count; at++) {
    const text = lines.textOf(at).trim();
    if (text !== '' && !text.startsWith('#')) return at;
  }
  return line + 1;
}

/** Whether a comment says not to report this problem. */
export function isIgnored(problem: Problem, pragmas: Pragmas, lines: Lines): boolean {
  if (pragmas.ignores.length === 0) return false;
  const line = lines.lineAt(problem.range.from);
  return pragmas.ignores.some(
    ignore =>
      (ignore.code === 'all' || meansCode(ignore.code, problem.code)) &&
      (ignore.line === undefined || ignore.line === line),
  );
}

/** Inserts a comment on a line of its own above the line of an offset. */
export function commentAbove(text: string, offset: number, words: string): TextEdit {
  const at = text.lastIndexOf('\n', offset - 1) + 1;
  const indentation = /^[ \t]*/.exec(text.slice(at, offset))![0];
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  return { from: at, to: at, text: `${indentation}# flopline: ${words}${newline}` };
}

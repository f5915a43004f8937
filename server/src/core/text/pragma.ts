import { meansCode } from './codes.ts';
import { Lines } from './lines.ts';
import type { Problem } from './problem.ts';
import type { Range } from './range.ts';

/** What the comments of a file set: `# flopline: input=3,320,320 dtype=fp16` and `# flopline-ignore fat-convolution`. */
export interface Pragmas {
  readonly settings: ReadonlyMap<string, { readonly value: string; readonly range: Range }>;
  /** Codes (or `all`) that are not reported, for the line below the comment, or everywhere. */
  readonly ignores: readonly Ignore[];
}

export interface Ignore {
  /** `all` or the code of a problem. */
  readonly code: string;
  /** The 0-based line it speaks of; undefined is the whole file. */
  readonly line: number | undefined;
}

const nothing: Pragmas = { settings: new Map(), ignores: [] };

/** A comment that sets something: `# flopline: input=3,320,320 dtype=fp16`. */
export interface SettingComment {
  /** From its `#` to the end of the line. */
  readonly range: Range;
  readonly words: readonly { readonly key: string; readonly value: string; readonly range: Range }[];
}

const comments = /#[ \t]*flopline(-ignore-file|-ignore)?\b[ \t]*:?([^\n\r]*)/g;

/** The comments that set something, in the order of the text. */
export function settingComments(text: string): SettingComment[] {
  const found: SettingComment[] = [];
  for (const match of text.matchAll(comments)) {
    const [whole, kind, body = ''] = match;
    if (kind) continue;
    const to = match.index + whole.length;
    const from = to - body.length;
    const words = [...body.matchAll(/([A-Za-z][\w-]*)\s*=\s*([^\s#]+)/g)].map(word => {
      const start = from + word.index;
      return { key: word[1]!, value: word[2]!, range: { from: start, to: start + word[0].length } };
    });
    found.push({ range: { from: match.index, to }, words });
  }
  return found;
}

/** Reads the comments that speak to Flopline. A look for the word is all that other files cost. */
export function readPragmas(text: string, lines: Lines = new Lines(text)): Pragmas {
  if (!text.includes('flopline')) return nothing;
  const settings = new Map<string, { value: string; range: Range }>();
  const ignores: Ignore[] = [];
  for (const { words } of settingComments(text))
    for (const { key, value, range } of words) settings.set(key, { value, range });
  for (const match of text.matchAll(comments)) {
    const [, kind, body = ''] = match;
    if (!kind) continue;
    const codes = body.split(/[\s,]+/).filter(code => /^[\w-]+$/.test(code));
    const line = lines.lineAt(match.index);
    // On a line of its own it speaks of the next line, behind something of its own line.
    const own = lines.textOf(line).trimStart().startsWith('#');
    const target = kind === '-ignore-file' ? undefined : own ? nextContent(lines, line) : line;
    for (const code of codes.length ? codes : ['all']) ignores.push({ code, line: target });
  }
  return { settings, ignores };
}

/** The first line below that is neither blank nor a comment. */
function nextContent(lines: Lines, line: number): number {
  for (let at = line + 1; at < lines.count; at++) {
    const text = lines.textOf(at).trim();
    if (text !== '' && !text.startsWith('#')) return at;
  }
  return line + 1;
}

/** Whether a comment of the file asks not to report this. */
export function isIgnored(problem: Problem, pragmas: Pragmas, lines: Lines): boolean {
  if (pragmas.ignores.length === 0) return false;
  const line = lines.lineAt(problem.range.from);
  return pragmas.ignores.some(
    ignore =>
      (ignore.code === 'all' || meansCode(ignore.code, problem.code)) &&
      (ignore.line === undefined || ignore.line === line),
  );
}

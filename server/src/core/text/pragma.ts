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

/** Reads the comments that speak to Flopline. A look for the word is all that other files cost. */
export function readPragmas(text: string, lines: Lines = new Lines(text)): Pragmas {
  if (!text.includes('flopline')) return nothing;
  const settings = new Map<string, { value: string; range: Range }>();
  const ignores: Ignore[] = [];
  const pattern = /#[ \t]*flopline(-ignore-file|-ignore)?\b[ \t]*:?([^\n\r]*)/g;
  for (const match of text.matchAll(pattern)) {
    const [, kind, rest] = match;
    const body = rest ?? '';
    const from = match.index + match[0].length - body.length;
    if (kind) {
      const codes = body.split(/[\s,]+/).filter(code => /^[\w-]+$/.test(code));
      const line = lines.lineAt(match.index);
      // On a line of its own it speaks of the next line, behind something of its own line.
      const own = lines.textOf(line).trimStart().startsWith('#');
      const target = kind === '-ignore-file' ? undefined : own ? nextContent(lines, line) : line;
      for (const code of codes.length ? codes : ['all']) ignores.push({ code, line: target });
      continue;
    }
    for (const word of body.matchAll(/([A-Za-z][\w-]*)\s*=\s*([^\s#]+)/g)) {
      const start = from + word.index;
      settings.set(word[1]!, { value: word[2]!, range: { from: start, to: start + word[0].length } });
    }
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

import type { Document } from '../pipeline.ts';
import type { Span } from '../text/span.ts';

/** A range of 0-based lines, inclusive, that can be folded below the first one. */
export interface Folding {
  readonly first: number;
  readonly last: number;
  readonly isComment: boolean;
}

/** Rows, lists, sections, messages, blocks, and comments of several lines. */
export function foldings(document: Document): readonly Folding[] {
  const { lines, reader } = document;
  /** The last line of the range that starts on a line; if there are several, of the largest. */
  const found = new Map<number, number>();
  const visit = (span: Span): void => {
    const first = lines.lineAt(span.from);
    const last = lastLine(document, span);
    if (span.folds && last > first) found.set(first, Math.max(last, found.get(first) ?? 0));
    if (lines.lineAt(span.to) > first) span.parts.forEach(visit);
  };
  (reader?.spans?.() ?? []).forEach(visit);
  return [
    ...[...found].map(([first, last]) => ({ first, last, isComment: false })),
    ...comments(document).filter(({ first }) => !found.has(first)),
  ].sort((a, b) => a.first - b.first);
}

/** The last line without trailing blank lines, and without a line of brackets only, which stays visible. */
function lastLine({ lines, source }: Document, { from, to }: Span): number {
  let end = to;
  while (end > from && /\s/.test(source.text[end - 1]!)) end--;
  const last = lines.lineAt(end);
  return /^\s*[\])}>]+[;,]?\s*$/.test(lines.textOf(last)) ? last - 1 : last;
}

function comments({ lines, format }: Document): Folding[] {
  const sign = format.comments ?? /^[ \t]*#/;
  const found: Folding[] = [];
  let first = -1;
  for (let line = 0; line <= lines.count; line++) {
    const isComment = line < lines.count && sign.test(lines.textOf(line));
    if (isComment && first < 0) first = line;
    if (isComment || first < 0) continue;
    if (line - 1 > first) found.push({ first, last: line - 1, isComment: true });
    first = -1;
  }
  return found;
}

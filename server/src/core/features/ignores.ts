// Comments that keep a finding from being told.
import type { Analysed } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Lines } from '../text/lines.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { problemsWithHints } from './findings.ts';

/** A comment that may be written, beside the problem that it silences. */
export interface IgnoreOffer {
  readonly problem: Problem;
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Comments for what is told of costs at a stretch of the text: what is wrong is to be mended, not ignored. */
export function ignores(analysed: Analysed, within: Range): IgnoreOffer[] {
  const { lines } = analysed.document;
  const told = problemsWithHints(analysed).filter(
    ({ range, severity }) =>
      (severity === 'information' || severity === 'hint') && range.from <= within.to && within.from <= range.to,
  );
  return told.flatMap(problem => {
    const { code } = problem;
    const line = lines.lineAt(problem.range.from);
    const whole: IgnoreOffer = {
      problem,
      title: `Ignore “${code}” in this file`,
      edits: [commentAbove(lines, firstContent(lines), `flopline-ignore-file ${code}`)],
    };
    // A comment above a comment speaks of what stands below both.
    if (isComment(lines.textOf(line))) return [whole];
    const edits = [commentAbove(lines, line, `flopline-ignore ${code}`)];
    return [{ problem, title: `Ignore “${code}” here`, edits }, whole];
  });
}

const isComment = (text: string): boolean => /^\s*[#;]/.test(text);

/** A line of its own, indented like the one below; every format's comments begin with `#`. */
function commentAbove(lines: Lines, line: number, words: string): TextEdit {
  const from = lines.start(line);
  const indent = /^[ \t]*/.exec(lines.textOf(line))![0];
  return { from, to: from, text: `${indent}# ${words}${lineBreak(lines, line)}` };
}

/** As the file has them. */
function lineBreak(lines: Lines, line: number): string {
  const near = line + 1 < lines.count ? line : line - 1;
  return near < 0 ? '\n' : lines.text.slice(lines.end(near), lines.start(near + 1)) || '\n';
}

/** The first line that is neither blank nor a comment: a licence on top stays there. */
function firstContent(lines: Lines): number {
  for (let line = 0; line < lines.count; line++) {
    const text = lines.textOf(line);
    if (text.trim() !== '' && !isComment(text)) return line;
  }
  return 0;
}

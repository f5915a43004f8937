// Comments that silence a finding.
import * as l10n from '@vscode/l10n';
import type { Analysed } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Lines } from '../text/lines.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { problemsWithHints } from './findings.ts';

/** A comment to insert, and the problem it silences. */
export interface IgnoreOffer {
  readonly problem: Problem;
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Comments that silence findings in a range of the text. Errors are to be fixed, not ignored. */
export function ignores(analysed: Analysed, within: Range): IgnoreOffer[] {
  const { lines } = analysed.document;
  const found = problemsWithHints(analysed).filter(
    ({ range, severity }) =>
      (severity === 'information' || severity === 'hint') && range.from <= within.to && within.from <= range.to,
  );
  return found.flatMap(problem => {
    const { code } = problem;
    const line = lines.lineAt(problem.range.from);
    const whole: IgnoreOffer = {
      problem,
      title: l10n.t('Ignore “{0}” in this file', code),
      edits: [commentAbove(lines, firstContent(lines), `flopline-ignore-file ${code}`)],
    };
    // A comment above another comment applies to the line below both.
    if (isComment(lines.textOf(line))) return [whole];
    const edits = [commentAbove(lines, line, `flopline-ignore ${code}`)];
    return [{ problem, title: l10n.t('Ignore “{0}” here', code), edits }, whole];
  });
}

const isComment = (text: string): boolean => /^\s*[#;]/.test(text);

/** A separate line, indented like the one below; comments of all formats begin with `#`. */
function commentAbove(lines: Lines, line: number, content: string): TextEdit {
  const from = lines.start(line);
  const indent = /^[ \t]*/.exec(lines.textOf(line))![0];
  return { from, to: from, text: `${indent}# ${content}${lineBreak(lines, line)}` };
}

/** The line break that the file uses there. */
function lineBreak(lines: Lines, line: number): string {
  const near = line + 1 < lines.count ? line : line - 1;
  return near < 0 ? '\n' : lines.text.slice(lines.end(near), lines.start(near + 1)) || '\n';
}

/** The first line that is neither blank nor a comment, so that a license stays on top. */
function firstContent(lines: Lines): number {
  for (let line = 0; line < lines.count; line++) {
    const text = lines.textOf(line);
    if (text.trim() !== '' && !isComment(text)) return line;
  }
  return 0;
}

// The result of `flopline check`, which the output formats share.
import type { Document, Lines, Problem, Verdict } from '../core/index.ts';

/** A network and one of its budgets. */
export interface CheckRow {
  readonly path: string;
  readonly verdict: Verdict;
  readonly document: Document;
}

/** Something to report about a place in a file. */
export interface CheckFinding {
  readonly path: string;
  readonly lines: Lines;
  readonly problem: Problem;
}

export interface Checked {
  readonly rows: readonly CheckRow[];
  /** All problems: networks over budget or of unknown cost, budgets that check nothing, errors in project files. */
  readonly findings: readonly CheckFinding[];
}

/** Whether a problem is about a network and its budget rather than about the project file. */
export function isVerdict(code: string): boolean {
  return code === 'over-budget' || code === 'budget-unknown';
}

/** `models/a.yaml:1:1:` */
export function placeText(path: string, lines: Lines, { range }: Pick<Problem, 'range'>): string {
  const { line, character } = lines.position(range.from);
  return `${path}:${line + 1}:${character + 1}:`;
}

import * as l10n from '@vscode/l10n';
import type { TextEdit } from './edit.ts';
import type { Range } from './range.ts';
import { sentences } from './sentences.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** A problem at a place in the text: what is wrong, why, and what to do. */
export interface Problem {
  readonly range: Range;
  readonly severity: Severity;
  /** Names the pattern in kebab case (`channel-mismatch`); settings and ignore comments use it. */
  readonly code: string;
  /** What is wrong, with the values that make it wrong. */
  readonly message: string;
  /** What to do about it, as a separate sentence. */
  readonly help?: string | undefined;
  /** The message, short enough for a hint. */
  readonly short?: string | undefined;
  /** The other places that the message mentions. */
  readonly related?: readonly Related[];
  /** Ways to fix it, likeliest first. */
  readonly fixes?: readonly Fix[];
}

/** Another place that a problem mentions; in the same text if `file` is absent. */
export interface Related {
  readonly range: Range;
  readonly message: string;
  readonly file?: string;
}

/** An edit of the text that fixes a problem. */
export interface Fix {
  /** A verb phrase: “Change to filters=255”. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** Something else may have been meant: offered, but never as the preferred fix. */
  readonly isGuess?: true;
  /** Confirms that all row numbers are right, which the editor remembers. */
  readonly accepts?: true;
}

/** What is wrong and what to do, as one text. */
export function textOf({ message, help }: Pick<Problem, 'message' | 'help'>): string {
  return sentences(message, help);
}

/** The maximum number of problems per code: more slow an editor down and hide the others. */
const mostOfAKind = 100;

/** Limits the problems per code; the next one of that code says how many are left out. */
export function limited(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= mostOfAKind) return problems;
  const counts = new Map<string, number>();
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1);
  const seen = new Map<string, number>();
  return problems.flatMap((problem): Problem[] => {
    const before = seen.get(problem.code) ?? 0;
    seen.set(problem.code, before + 1);
    const left = counts.get(problem.code)! - mostOfAKind;
    if (before < mostOfAKind || (before === mostOfAKind && left === 1)) return [problem];
    if (before > mostOfAKind) return [];
    const { range, severity, code } = problem;
    return [{ range, severity, code, message: l10n.t('{0} more problems of this kind ({1}) below.', left, code) }];
  });
}

/** A value and the problems found in it: bad input never throws. */
export interface Result<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

import * as l10n from '@vscode/l10n';
import type { TextEdit } from './edit.ts';
import type { Range } from './range.ts';
import { sentences } from './sentences.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Something to report about a place in the text: what, why and what to do. */
export interface Problem {
  readonly range: Range;
  readonly severity: Severity;
  /** Names the pattern in kebab case (`channel-mismatch`); settings and ignore comments speak of it. */
  readonly code: string;
  /** What is wrong, with the values that make it wrong. */
  readonly message: string;
  /** What to do about it; a sentence of its own. */
  readonly help?: string | undefined;
  /** The message in the few characters that a hint has room for. */
  readonly short?: string | undefined;
  /** The other places that the message speaks of. */
  readonly related?: readonly Related[];
  /** Ways to fix it, the likeliest first. */
  readonly fixes?: readonly Fix[];
}

/** Another place that a problem speaks of; without a file in the text itself. */
export interface Related {
  readonly range: Range;
  readonly message: string;
  readonly file?: string;
}

/** A way to fix a problem by changing the text. */
export interface Fix {
  /** A verb phrase: “Change to filters=255”. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** Another network may have been meant: it is offered, but never as the one to apply without asking. */
  readonly isGuess?: true;
  /** It says that all numbers mean what they say, which an editor remembers. */
  readonly accepts?: true;
}

/** What is wrong and what to do about it, as a person reads it in one piece. */
export function textOf({ message, help }: Pick<Problem, 'message' | 'help'>): string {
  return sentences(message, help);
}

/** More of one kind than anyone reads: they slow an editor down and hide the others. */
const mostOfAKind = 100;

/** The problems with so many of each code at most; the next of that code says how many there are more. */
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

/** A value and the problems found in it: bad input is never an error of ours. */
export interface Result<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

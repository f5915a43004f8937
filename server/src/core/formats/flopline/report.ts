// Functions that report problems at places in the text.

import * as l10n from '@vscode/l10n';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { sentences } from '../../text/sentences.ts';
import { suggestion } from '../../text/spelling.ts';
import { described, type Value } from './expression.ts';

/** The optional parts of a problem. */
type More = Partial<Pick<Problem, 'help' | 'short' | 'severity' | 'fixes'>>;

/** Reports a problem at a place. */
export type Report = (range: Range, code: string, message: string, more?: More) => void;

export function reportTo(problems: (problem: Problem) => void): Report {
  return (range, code, message, more) => problems({ range: rangeOf(range), severity: 'error', code, message, ...more });
}

/** Reports a word that is not one of a key's choices. */
export function reportChoice(
  report: Report,
  range: Range,
  name: string,
  value: Value,
  choices: readonly string[],
): void {
  const meant = typeof value === 'string' ? suggestion(value, choices) : '';
  report(range, 'unknown-choice', l10n.t('“{0}” cannot be {1}.', name, described(value)), {
    help: sentences(meant, l10n.t('Use one of {0}.', choices.join(', '))),
  });
}

/** A range without its node, so that keeping it does not keep the tree in memory. */
export function rangeOf({ from, to }: Range): Range {
  return { from, to };
}

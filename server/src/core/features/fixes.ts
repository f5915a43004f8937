import { type Analysed, workingFixes } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Fix, Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { problemsWithHints } from './findings.ts';

/** A fix with the problem it resolves. */
export interface FixOffer {
  readonly problem: Problem;
  readonly fix: Fix;
  /** Whether it may be applied without asking: the first fix of its problem, if it is not a guess. */
  readonly preferred: boolean;
}

/** Problems of comments, which can be fixed without asking: the network stays the same. */
const ofComments: ReadonlySet<string> = new Set(['stale-summary', 'stale-number']);

/** Edits that bring all comments up to date: summaries and row numbers. */
export function commentFixes(analysed: Analysed): readonly TextEdit[] {
  return problemsWithHints(analysed)
    .filter(({ code }) => ofComments.has(code))
    .flatMap(({ fixes: [first] = [] }) => first?.edits ?? [])
    .toSorted((a, b) => a.from - b.from);
}

/** The fixes of all problems that touch a range of the text. */
export function fixes(analysed: Analysed, within: Range): FixOffer[] {
  // Each try takes an analysis, so fewer for larger networks.
  const tries = { left: Math.min(12, Math.floor(10_000 / analysed.model.graph.nodeCount)) };
  /** A fix that several problems share is offered once. */
  const seen = new Set<Fix>();
  const isNew = (fix: Fix): boolean => !seen.has(fix) && seen.add(fix) === seen;
  return problemsWithHints(analysed)
    .filter(({ range }) => range.from <= within.to && within.from <= range.to)
    .flatMap(problem =>
      [...(problem.fixes ?? []), ...workingFixes(analysed, problem, tries)].map((fix, at) => ({
        problem,
        fix,
        preferred: at === 0 && !fix.isGuess,
      })),
    )
    .filter(({ fix }) => isNew(fix));
}

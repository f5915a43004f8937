import { type Analysed, workingFixes } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Fix, Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { problemsWithHints } from './findings.ts';

/** A way to fix a problem, with the problem. */
export interface FixOffer {
  readonly problem: Problem;
  readonly fix: Fix;
  /** Whether it may be applied without asking: the first of its problem, if no other network may have been meant. */
  readonly preferred: boolean;
}

/** Problems with what comments say, which can be fixed without asking: the network stays as it is. */
const ofComments: ReadonlySet<string> = new Set(['stale-summary', 'stale-number']);

/** What brings all comments up to date: summaries with totals, and numbers of rows. */
export function commentFixes(analysed: Analysed): readonly TextEdit[] {
  return problemsWithHints(analysed)
    .filter(({ code }) => ofComments.has(code))
    .flatMap(({ fixes: [first] = [] }) => first?.edits ?? [])
    .toSorted((a, b) => a.from - b.from);
}

/** The fixes of all problems that touch a range of the text. */
export function fixes(analysed: Analysed, within: Range): FixOffer[] {
  // Each try is an analysis: the larger the network, the fewer.
  const tries = { left: Math.min(12, Math.floor(10_000 / analysed.model.graph.nodeCount)) };
  /** What several problems have in common is offered once. */
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

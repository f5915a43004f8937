import { type Analysed, mends } from '../pipeline.ts';
import type { Problem, Repair } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { problemsWithHints } from './findings.ts';

/** A way to fix a problem, with the problem. */
export interface RepairOffer {
  readonly problem: Problem;
  readonly repair: Repair;
  /** Whether it may be applied without asking: the first of its problem, if no other network may have been meant. */
  readonly preferred: boolean;
}

/** The repairs of all problems that touch a range of the text. */
export function repairs(analysed: Analysed, within: Range): RepairOffer[] {
  // Each try is an analysis: the larger the network, the fewer.
  const tries = { left: Math.min(12, Math.floor(10_000 / analysed.model.graph.nodeCount)) };
  return problemsWithHints(analysed)
    .filter(({ range }) => range.from <= within.to && within.from <= range.to)
    .flatMap(problem =>
      [...(problem.repairs ?? []), ...mends(analysed, problem, tries)].map((repair, at) => ({
        problem,
        repair,
        preferred: at === 0 && !repair.isGuess,
      })),
    );
}

// The entries in the list of a workspace's networks.
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
import type { BudgetStatus } from './check.ts';
import { staleClaims } from './claims.ts';
import { summary } from './summary.ts';

/** A network in the list. */
export interface NetworkTotals {
  readonly title: string;
  readonly format: string;
  /** `4.37G MACs · 3.16M params`. */
  readonly text: string;
  /** The same with memory, input, and the framework's figure. */
  readonly detail: string;
  readonly macs: number;
  readonly params: number;
  readonly complete: boolean;
  /** The number of errors in the file. */
  readonly errors: number;
  /** Whether a summary in a comment is outdated. */
  readonly isStale: boolean;
  /** The verdict of the project's budgets; absent if there are none. */
  readonly budget?: BudgetStatus;
}

/** Undefined if the file has no network: a program with functions only. */
export function networkTotals(shown: Analysed): NetworkTotals | undefined {
  const analysed = shown.standIns?.actual ?? shown;
  const { spec, document, problems } = analysed;
  if (document.format.hasNoNetwork || (spec.program && !spec.program.entry)) return undefined;
  const { title, format, text, detail, native, macs, params, complete } = summary(analysed);
  return {
    title,
    format,
    text,
    detail: native === undefined ? detail : `${detail} · ${native}`,
    macs,
    params,
    complete,
    errors: problems.filter(({ severity }) => severity === 'error').length,
    isStale: staleClaims(analysed).some(({ code }) => code === 'stale-summary'),
  };
}

/** Where a network begins in its text. */
export function networkPlace({ spec }: Analysed): Range {
  return spec.head;
}

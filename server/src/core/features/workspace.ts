// What a list of networks says of each of them.
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
import type { BudgetStatus } from './check.ts';
import { staleClaims } from './claims.ts';
import { summary } from './summary.ts';

/** A network in a list of many. */
export interface NetworkTotals {
  readonly title: string;
  readonly format: string;
  /** `4.37G MACs · 3.16M params`. */
  readonly text: string;
  /** The same with memory, input and what the framework prints. */
  readonly detail: string;
  readonly macs: number;
  readonly params: number;
  readonly complete: boolean;
  /** How many errors the file has. */
  readonly errors: number;
  /** Whether a comment with the totals is outdated. */
  readonly isStale: boolean;
  /** Whether it keeps the budgets of its project; absent where there are none. */
  readonly budget?: BudgetStatus;
}

/** Undefined where the file holds no network after all: a program of functions alone. */
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

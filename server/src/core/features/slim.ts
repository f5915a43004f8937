// “Make it cheaper”: a sequence of advice that reaches a budget with few changes.
import { type Analysed, reopened } from '../pipeline.ts';
import { applyEdits, mapOffset, type TextEdit } from '../text/edit.ts';
import { type Advice, type AdviceTotals, adviceCandidates, type Candidate, priceAdvice } from './advice.ts';

/** What is to be reached, in all. */
export interface Budget {
  readonly macs?: number | undefined;
  readonly params?: number | undefined;
}

/** One change of the sequence. */
export interface SlimStep {
  /** As tried on the text of the steps before it; its totals are the running ones. */
  readonly advice: Advice;
  /** Where its item stands in the text before all steps. */
  readonly origin: number;
  /** Which fix it is: the advice's code and variant. */
  readonly key: string;
}

/** A step to take, by what tells it: all that a choice of steps needs. */
export type SlimChoice = Pick<SlimStep, 'origin' | 'key'>;

/**
 * The sequence, found step by step: undefined is a step of the search, a value is a change that belongs to it. It ends
 * where the budget is reached, or where nothing more can be saved: the last totals tell. What saves most comes first,
 * each layer is changed once, and every step is tried on the really edited text.
 */
export function* slim(analysed: Analysed, budget: Budget): Generator<SlimStep | undefined, void> {
  let state: Edited = { analysed, moved: offset => offset };
  const ranked: { readonly candidate: Candidate; saving: number }[] = [];
  for (const candidate of adviceCandidates(analysed)) {
    const priced = priceAdvice(analysed, candidate);
    const saving = priced ? savingOf(priced, budget, totalsOf(analysed)) : 0;
    if (saving > 0) ranked.push({ candidate, saving });
    yield undefined;
  }
  const changed = new Set<number>();
  while (isAbove(totalsOf(state.analysed), budget) && ranked.length > 0) {
    ranked.sort((a, b) => a.saving - b.saving);
    const best = ranked.pop()!;
    const origin = best.candidate.range.from;
    if (changed.has(origin)) continue;
    const advice = tried(state, { origin, key: keyOf(best.candidate) });
    yield undefined;
    const saving = advice ? savingOf(advice, budget, totalsOf(state.analysed)) : 0;
    if (!advice || saving <= 0) continue;
    // What it saves now may be less than what another one saves.
    if (ranked.some(other => other.saving > saving && !changed.has(other.candidate.range.from))) {
      ranked.push({ candidate: best.candidate, saving });
      continue;
    }
    const next = edited(state, advice.edits);
    if (!next) continue;
    state = next;
    changed.add(origin);
    yield { advice, origin, key: keyOf(best.candidate) };
  }
}

/** The text with a choice of steps taken in their order; those that no longer apply without the others are left out. */
export function slimmed(
  analysed: Analysed,
  steps: readonly SlimChoice[],
): { readonly text: string; readonly taken: readonly SlimStep[] } {
  let state: Edited = { analysed, moved: offset => offset };
  const taken: SlimStep[] = [];
  for (const { origin, key } of steps) {
    const advice = tried(state, { origin, key });
    const next = advice && edited(state, advice.edits);
    if (!next) continue;
    state = next;
    taken.push({ advice, origin, key });
  }
  return { text: state.analysed.document.source.text, taken };
}

/** A text some steps later. */
interface Edited {
  readonly analysed: Analysed;
  /** Where an offset of the first text lies in this one. */
  readonly moved: (offset: number) => number | undefined;
}

function edited({ analysed, moved }: Edited, edits: readonly TextEdit[]): Edited | undefined {
  const after = reopened(analysed, applyEdits(analysed.document.source.text, edits));
  const step = mapOffset(edits);
  return (
    after && {
      analysed: after,
      moved: offset => {
        const before = moved(offset);
        return before === undefined ? undefined : step(before);
      },
    }
  );
}

/** A choice tried on a later text; undefined where it is not to be had there. */
function tried({ analysed, moved }: Edited, { origin, key }: SlimChoice): Advice | undefined {
  const from = moved(origin);
  if (from === undefined) return undefined;
  const candidate = adviceCandidates(analysed, { from, to: from }).find(
    ({ range, ...other }) => range.from === from && keyOf(other) === key,
  );
  const advice = candidate && priceAdvice(analysed, candidate);
  return advice?.refused === null ? advice : undefined;
}

const keyOf = ({ code, fix }: Pick<Candidate, 'code' | 'fix'>): string => `${code}:${fix.variant}`;

/** What a change brings towards the budget: the sum of its shares of what is still above it. */
function savingOf({ before, after, refused }: Advice, budget: Budget, now: AdviceTotals): number {
  if (refused !== null) return 0;
  const part = (limit: number | undefined, from: number, to: number, total: number): number =>
    limit === undefined || total <= limit ? 0 : Math.min((from - to) / (total - limit), 1);
  return (
    part(budget.macs, before.macs, after.macs, now.macs) + part(budget.params, before.params, after.params, now.params)
  );
}

function isAbove({ macs, params }: AdviceTotals, budget: Budget): boolean {
  return macs > (budget.macs ?? Number.POSITIVE_INFINITY) || params > (budget.params ?? Number.POSITIVE_INFINITY);
}

function totalsOf({ model }: Analysed): AdviceTotals {
  return { macs: model.totals.macs.value, params: model.totals.params.value };
}

// “Make It Cheaper”: searches for a short sequence of advice that meets a budget.
import { adviceRules } from '../advice/index.ts';
import { type Analysed, withEdits } from '../pipeline.ts';
import { composed, mapOffset, type TextEdit } from '../text/edit.ts';
import { type Advice, type AdviceTotals, adviceCandidates, type Candidate, priceAdvice } from './advice.ts';
import type { Budget } from './budget.ts';

/** A change in a sequence. */
export interface SlimStep {
  /** The advice as tried after the previous steps; its totals are the running totals. */
  readonly advice: Advice;
  readonly choice: SlimChoice;
}

/** Identifies a change independent of other changes; sufficient to select among steps. */
export interface SlimChoice {
  /** The offset of its item in the original text. */
  readonly origin: number;
  readonly code: string;
  readonly variant: string;
  /** The index among the variants of the advice, whose numbers depend on previous steps. */
  readonly ordinal: number;
}

/** The progress of a search. */
export type SlimProgress =
  | { readonly kind: 'trial'; readonly tried: number; readonly of: number }
  | { readonly kind: 'step'; readonly step: SlimStep };

/** A sequence of steps. */
export interface Slimmed {
  readonly steps: readonly SlimStep[];
  /** All steps as one edit of the original text. */
  readonly edits: readonly TextEdit[];
  readonly before: AdviceTotals;
  readonly after: AdviceTotals;
}

/** What else a search may change, and further limits. */
export interface SlimOptions {
  /** Whether it may change the whole network at once: its scale. */
  readonly scales?: boolean;
  /** Limits on costs other than MACs and parameters. */
  readonly others?: readonly OtherLimit[];
}

export interface OtherLimit {
  readonly limit: number;
  of(analysed: Analysed): number;
}

/** The limited costs, in the order of the limits. */
type Costs = readonly number[];

/** The limits of a budget, and how to measure each cost. */
interface Goal {
  readonly limits: readonly number[];
  costsOf(analysed: Analysed): Costs;
  /** What a tried change saves. */
  savedBy(advice: Advice, analysed: Analysed): Costs;
}

function goalOf({ macs, params }: Budget, others: readonly OtherLimit[]): Goal {
  const main = [
    ...(macs === undefined ? [] : [{ limit: macs, of: (totals: AdviceTotals) => totals.macs }]),
    ...(params === undefined ? [] : [{ limit: params, of: (totals: AdviceTotals) => totals.params }]),
  ];
  return {
    limits: [...main, ...others].map(({ limit }) => limit),
    costsOf: analysed => {
      const totals = totalsOf(analysed);
      return [...main.map(({ of }) => of(totals)), ...others.map(({ of }) => of(analysed))];
    },
    savedBy: ({ before, after, edits }, analysed) => {
      const saved = main.map(({ of }) => of(before) - of(after));
      if (others.length === 0) return saved;
      const changed = withEdits(analysed, edits);
      return [...saved, ...others.map(({ of }) => (changed && of(analysed) - of(changed)) || 0)];
    },
  };
}

// A bound that no realistic search reaches.
const maxSteps = 200;
const maxTrials = 5000;
/** The number of changes that users will read; up to this many gentle ones are preferred to a few drastic ones. */
const fewSteps = 8;
/** How many times the needed saving a last change may save and still count as gentle. */
const gentle = 1.25;

/**
 * Searches for a sequence that meets a budget, yielding after each trial; the text is actually edited and analyzed at
 * every step. Ends when the budget is met or nothing more can be saved. Picks the largest saving first, so that changes
 * are few; for the last step, a gentle one among those that suffice. If a few gentle changes are enough, nothing is
 * halved. No layer is changed twice.
 */
export function* slim(
  analysed: Analysed,
  budget: Budget,
  { scales = false, others = [] }: SlimOptions = {},
): Generator<SlimProgress, Slimmed> {
  const goal = goalOf(budget, others);
  const before = totalsOf(analysed);
  const candidates = choices(analysed).filter(({ candidate }) => scales || !candidate.isGlobal);
  let tried = 0;
  const trial = (): SlimProgress => ({ kind: 'trial', tried: ++tried, of: Math.max(tried, candidates.length) });

  const offers: Offer[] = [];
  if (isAbove(goal.costsOf(analysed), goal)) {
    for (const { candidate, choice } of candidates.slice(0, maxTrials)) {
      const advice = priceAdvice(analysed, candidate);
      if (advice) offers.push(offerOf(candidate, choice, advice, goal.savedBy(advice, analysed)));
      yield trial();
    }
  }
  let found: Planned = { analysed, edits: [], moved: offset => offset, steps: [] };
  for (const alternatives of plans) {
    if (!isAbove(goal.costsOf(found.analysed), goal)) break;
    const tried: Planned[] = [];
    for (const plan of alternatives) tried.push(yield* planned(analysed, goal, offers, plan, trial));
    found = closest(tried, goal);
  }
  const { steps } = found;
  for (const step of steps) yield { kind: 'step', step };
  return { steps, edits: found.edits, before, after: totalsOf(found.analysed) };
}

/** How many changes are allowed, and how many of them drastic. */
interface Plan {
  readonly most: number;
  readonly drastic: number;
  /** Whether drastic changes come last, or first. */
  readonly isGentleFirst: boolean;
}

/**
 * Mildest first: with as few drastic changes as possible, finally with any. The plans in one entry are equally mild.
 */
const plans: readonly (readonly Plan[])[] = [
  [{ most: fewSteps, drastic: 0, isGentleFirst: true }],
  ...[1, 2, 4, fewSteps].map(drastic =>
    [true, false].map((isGentleFirst): Plan => ({ most: fewSteps, drastic, isGentleFirst })),
  ),
  [{ most: maxSteps, drastic: maxSteps, isGentleFirst: false }],
];

interface Planned extends Edited {
  readonly steps: readonly SlimStep[];
}

/** Among sequences that meet the budget, the one that removes least; otherwise the one that gets closest. */
function closest(all: readonly Planned[], goal: Goal): Planned {
  const left = ({ analysed }: Planned): number =>
    goal.costsOf(analysed).reduce((sum, cost, at) => sum + cost / goal.limits[at]!, 0);
  const reached = all.filter(({ analysed }) => !isAbove(goal.costsOf(analysed), goal));
  if (reached.length === 0) return all.reduce((best, each) => (left(each) < left(best) ? each : best));
  return reached.reduce((best, each) => (left(each) > left(best) ? each : best));
}

/** Takes the best offer repeatedly. */
function* planned(
  analysed: Analysed,
  goal: Goal,
  all: readonly Offer[],
  { most, drastic, isGentleFirst }: Plan,
  trial: () => SlimProgress,
): Generator<SlimProgress, Planned> {
  let state: Edited = { analysed, edits: [], moved: offset => offset };
  let offers = all;
  let tries = 0;
  let left = drastic;
  const steps: SlimStep[] = [];
  const changed = new Set<number>();
  let now = goal.costsOf(analysed);
  const score = ({ saved }: Offer): number => towards(saved, now, goal);
  while (isAbove(now, goal) && steps.length < most && tries < maxTrials) {
    offers = offers.filter(offer => offer.places.every(place => !changed.has(place)) && score(offer) > 0);
    const gentleOnes = offers.filter(({ isGentle }) => isGentle);
    const isGentleNow = left === 0 || (isGentleFirst && gentleOnes.length > 0 && steps.length < most - left);
    const pool = isGentleNow ? gentleOnes : offers;
    const enough = pool.filter(({ saved }) => !isAbove(less(now, saved), goal));
    const order = enough.length > 0 ? bestEndFirst(enough, now, goal) : pool.toSorted((a, b) => score(b) - score(a));
    const [best] = order;
    if (!best) break;
    // Prices depend on previous steps: try the best offer again, then re-sort.
    if (best.at !== steps.length) {
      const advice = tryChoice(state, best.choice);
      tries++;
      yield trial();
      offers = offers.filter(offer => offer !== best);
      if (advice)
        offers = [...offers, { ...best, saved: goal.savedBy(advice, state.analysed), advice, at: steps.length }];
      continue;
    }
    const next = edited(state, best.advice.edits);
    if (!next) {
      offers = offers.filter(offer => offer !== best);
      continue;
    }
    state = next;
    now = goal.costsOf(state.analysed);
    if (!isGentleNow) left--;
    for (const place of best.places) changed.add(place);
    steps.push({ advice: best.advice, choice: best.choice });
  }
  return { ...state, steps };
}

/** Applies some steps in order, each tried again; steps that depend on missing ones are left out. */
export function* slimmed(analysed: Analysed, picked: readonly SlimChoice[]): Generator<SlimProgress, Slimmed> {
  let state: Edited = { analysed, edits: [], moved: offset => offset };
  const steps: SlimStep[] = [];
  for (const [index, choice] of picked.slice(0, maxSteps).entries()) {
    const advice = tryChoice(state, choice);
    const next = advice && edited(state, advice.edits);
    if (next) {
      state = next;
      steps.push({ advice, choice });
    }
    yield { kind: 'trial', tried: index + 1, of: picked.length };
  }
  return { steps, edits: state.edits, before: totalsOf(analysed), after: totalsOf(state.analysed) };
}

/** Whether totals are within a budget. */
export function isWithin({ macs, params }: Pick<AdviceTotals, 'macs' | 'params'>, budget: Budget): boolean {
  return macs <= (budget.macs ?? Number.POSITIVE_INFINITY) && params <= (budget.params ?? Number.POSITIVE_INFINITY);
}

/** A possible change, with its saving when it was last tried. */
interface Offer {
  readonly choice: SlimChoice;
  /** The offsets of the items it changes, in the original text. */
  readonly places: readonly number[];
  readonly isGentle: boolean;
  readonly saved: Costs;
  readonly advice: Advice;
  /** After how many steps it was tried. */
  readonly at: number;
}

function offerOf({ fix }: Candidate, choice: SlimChoice, advice: Advice, saved: Costs): Offer {
  const places = [choice.origin, ...fix.here.map(({ from }) => from)];
  return { choice, places, isGentle: fix.exact || fix.isGentle === true, saved, advice, at: 0 };
}

/** The text after some steps. */
interface Edited {
  readonly analysed: Analysed;
  /** From the original text to this one. */
  readonly edits: readonly TextEdit[];
  /** Maps an offset of the original text to this one. */
  readonly moved: (offset: number) => number | undefined;
}

function edited({ analysed, edits: before, moved }: Edited, edits: readonly TextEdit[]): Edited | undefined {
  const after = withEdits(analysed, edits);
  const step = mapOffset(edits);
  return (
    after && {
      analysed: after,
      edits: composed(before, edits),
      moved: offset => {
        const there = moved(offset);
        return there === undefined ? undefined : step(there);
      },
    }
  );
}

/** The candidates with their identification. */
function choices(
  analysed: Analysed,
  within?: { readonly from: number; readonly to: number },
): { readonly candidate: Candidate; readonly choice: SlimChoice }[] {
  const counts = new Map<string, number>();
  return adviceCandidates(analysed, within).map(candidate => {
    const { code, fix } = candidate;
    const origin = candidate.range.from;
    const key = `${origin} ${code}`;
    const ordinal = counts.get(key) ?? 0;
    counts.set(key, ordinal + 1);
    return { candidate, choice: { origin, code, variant: fix.variant, ordinal } };
  });
}

/** Tries a choice on a later text; undefined if it is no longer offered. */
function tryChoice({ analysed, moved }: Edited, { origin, code, variant, ordinal }: SlimChoice): Advice | undefined {
  const from = moved(origin);
  if (from === undefined) return undefined;
  const same = choices(analysed, { from, to: from }).filter(
    ({ choice }) => choice.origin === from && choice.code === code,
  );
  // A share of the channels is another number once there are fewer.
  const found =
    same.find(({ choice }) => choice.variant === variant) ?? same.find(({ choice }) => choice.ordinal === ordinal);
  const advice = found && priceAdvice(analysed, found.candidate);
  return advice?.refused === null ? advice : undefined;
}

/**
 * Sorts possible last steps, best first: those that save hardly more than needed, in the usual order of advice, then
 * those that save more, gentlest first.
 */
function bestEndFirst(offers: readonly Offer[], now: Costs, { limits }: Goal): Offer[] {
  // Measured by the first cost that exceeds its limit.
  const first = limits.findIndex((limit, at) => now[at]! > limit);
  const size = ({ saved }: Offer): number => saved[first]! / (now[first]! - limits[first]!);
  const rank = ({ choice }: Offer): number => adviceRules.findIndex(({ code }) => code === choice.code);
  const order = (a: Offer, b: Offer): number => {
    const [isMuch, isAlsoMuch] = [size(a) > gentle, size(b) > gentle];
    if (isMuch !== isAlsoMuch) return isMuch ? 1 : -1;
    return (isMuch ? 0 : rank(a) - rank(b)) || size(a) - size(b) || a.choice.origin - b.choice.origin;
  };
  return offers.toSorted(order);
}

/** The progress a saving makes towards a budget: for each cost above its limit, the share of the excess, up to 1. */
function towards(saved: Costs, now: Costs, { limits }: Goal): number {
  return limits.reduce(
    (sum, limit, at) => (now[at]! > limit ? sum + Math.min(saved[at]! / (now[at]! - limit), 1) : sum),
    0,
  );
}

function less(costs: Costs, saved: Costs): Costs {
  return costs.map((cost, at) => cost - saved[at]!);
}

function isAbove(costs: Costs, { limits }: Goal): boolean {
  return limits.some((limit, at) => costs[at]! > limit);
}

function totalsOf({ model }: Analysed): AdviceTotals {
  const { macs, params, value } = model.totals;
  return { macs: macs.value, params: params.value, value: value.value };
}

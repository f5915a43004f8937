// Budgets as people write them: “−30 % MACs”, “≤ 300 MMACs”, “2M params”.
import { changeText, si } from '../text/quantity.ts';

export type Metric = 'macs' | 'params';

/** What a network may cost in all. */
export interface Budget {
  readonly macs?: number | undefined;
  readonly params?: number | undefined;
}

/** A budget before the network is known. */
export interface BudgetWish {
  readonly metric: Metric;
  /** `to` that much, or `by` that much less than now. */
  readonly way: 'to' | 'by';
  /** A count, or a share of what the network costs now. */
  readonly amount: number;
  readonly isShare: boolean;
}

const prefixes: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, b: 1e9, t: 1e12 };
const how = 'Write a limit as in 300M or 2M params, or a reduction as in −30 %.';
const amountOf =
  /^(?<sign>[-−–]|<=?|≤)?\s*(?<number>(?:\d{1,3}(?:[,_]\d{3})+|\d+)(?:\.\d+)?|\.\d+)\s*(?<share>%)?(?<rest>[a-z\s]*)$/i;
const unitOf = /^(?<prefix>[kmgbt]?)(?:(?<macs>macs?)|(?<params>params?|parameters?|weights?)|(?<flops>flops?))?$/;

/**
 * Reads one budget or several, separated by `;`, “and” or a comma with a space: a limit (`300M`, `≤ 300 MMACs`,
 * `≤ 50 %` of now) or a reduction (`−30 %`, `30%`, `-100M`). Without a unit it is about `metric`. What is wrong comes
 * back in words.
 */
export function parseBudget(text: string, metric: Metric = 'macs'): readonly BudgetWish[] | string {
  const wishes: BudgetWish[] = [];
  for (const part of text.split(/;|,\s+|\s+and\s+/)) {
    const parsed = parseWish(part.trim(), metric);
    if (typeof parsed === 'string') return parsed;
    if (wishes.some(other => other.metric === parsed.metric)) {
      return `There are two budgets for ${nameOf(parsed.metric)}: “${text}”. Write one.`;
    }
    wishes.push(parsed);
  }
  return wishes;
}

function parseWish(text: string, fallback: Metric): BudgetWish | string {
  if (text === '') return `There is no budget. ${how}`;
  const found = amountOf.exec(text)?.groups;
  if (!found) return `“${text}” is not a budget. ${how}`;
  const { sign = '', number = '', rest = '' } = found;
  const isShare = found.share !== undefined;
  const unit = unitOf.exec(rest.replace(/\s+/g, '').toLowerCase())?.groups;
  if (!unit || (isShare && unit.prefix)) return `“${rest.trim()}” is neither MACs nor params. ${how}`;
  if (unit.flops) return `Budgets are in MACs, which are half of the FLOPs. ${how}`;
  const metric = unit.params ? 'params' : unit.macs ? 'macs' : fallback;
  const value = Number(number.replace(/[,_]/g, ''));
  const amount = isShare ? value / 100 : value * (prefixes[unit.prefix ?? ''] ?? 1);
  const isLimit = /[<≤]/.test(sign);
  const way = isLimit || (sign === '' && !isShare) ? 'to' : 'by';
  if (amount === 0) return `“${text}” leaves ${way === 'to' ? 'nothing' : 'everything'}. ${how}`;
  if (isShare && amount >= 1) return `“${text}” is more than the whole. ${how}`;
  return { metric, way, amount, isShare };
}

/** What wishes mean for a network with these totals; in words where that cannot be. */
export function budgetFor(wishes: readonly BudgetWish[], totals: Readonly<Record<Metric, number>>): Budget | string {
  const budget: { -readonly [M in keyof Budget]: Budget[M] } = {};
  for (const { metric, way, amount, isShare } of wishes) {
    const now = totals[metric];
    const size = isShare ? amount * now : amount;
    const limit = Math.floor(way === 'to' ? size : now - size);
    if (!(limit > 0)) return `The network has only ${si(now)} ${nameOf(metric)}, so nothing would be left.`;
    budget[metric] = limit;
  }
  return budget;
}

/** `1.11G MACs (−30 %)`, joined: what a budget allows, beside what there is. */
export function budgetText(budget: Budget, totals: Readonly<Record<Metric, number>>): string {
  return (['macs', 'params'] as const)
    .flatMap(metric => {
      const limit = budget[metric];
      if (limit === undefined) return [];
      return [`${si(limit)} ${nameOf(metric)} (${shareChange(limit, totals[metric])})`];
    })
    .join(' and ');
}

/** `1.11G MACs (−30 %) · 5.2M params (−25 %)`: what a network costs, and how much less than before. */
export function totalsText(after: Readonly<Record<Metric, number>>, before: Readonly<Record<Metric, number>>): string {
  return (['macs', 'params'] as const)
    .map(metric => `${si(after[metric])} ${nameOf(metric)} (${shareChange(after[metric], before[metric])})`)
    .join(' · ');
}

/** `−30 %`: how much less one number is than another. */
export function shareChange(after: number, before: number): string {
  return before > 0 ? changeText((after - before) / before) : '±0 %';
}

const nameOf = (metric: Metric): string => (metric === 'macs' ? 'MACs' : 'params');

// Parses and prints budgets: “−30 % MACs”, “≤ 300 MMACs”, “2M params”.

import * as l10n from '@vscode/l10n';
import type { Convention, ConventionName } from '../analysis/conventions.ts';
import { changeText, si } from '../text/quantity.ts';
import { sentences } from '../text/sentences.ts';
import { siPrefixes } from '../text/units.ts';
import { listText } from '../text/wording.ts';

export type Metric = 'macs' | 'params';

/** Limits on a network's total cost. */
export interface Budget {
  readonly macs?: number | undefined;
  readonly params?: number | undefined;
}

/** A budget before it is applied to a network. */
export interface BudgetWish {
  readonly metric: Metric;
  /** A limit (`to`), or a reduction (`by`). */
  readonly way: 'to' | 'by';
  /** A count, or a share of the current cost. */
  readonly amount: number;
  readonly isShare: boolean;
}

const amountOf =
  /^(?<sign>[-−–]|<=?|≤)?\s*(?<number>(?:\d{1,3}(?:[,_]\d{3})+|\d+)(?:\.\d+)?|\.\d+)\s*(?<share>%|x(?![a-z])|×)?(?<rest>[a-z\s]*)$/i;
const unitOf = /^(?<prefix>[kmgbt]?)(?:(?<macs>macs?)|(?<params>params?|parameters?|weights?)|(?<flops>flops?))?$/;

/**
 * Parses one or several budgets, separated by `;`, “and” or a comma with a space: a limit (`300M`, `≤ 300 MMACs`, `≤ 70
 * %` of the current cost, `0.7x`) or a reduction (`−30 %`, `-100M`). `metric` applies if there is no unit. Returns a
 * message if it is invalid.
 */
export function parseBudget(text: string, metric: Metric = 'macs'): readonly BudgetWish[] | string {
  const wishes: BudgetWish[] = [];
  for (const part of text.split(/;|,\s+|\s+and\s+/)) {
    const parsed = parseWish(part.trim(), metric);
    if (typeof parsed === 'string') return parsed;
    if (wishes.some(other => other.metric === parsed.metric)) {
      return parsed.metric === 'macs'
        ? l10n.t('“{0}” has two budgets for MACs. Give one.', text)
        : l10n.t('“{0}” has two budgets for params. Give one.', text);
    }
    wishes.push(parsed);
  }
  return wishes;
}

/** The error, and how to write a budget. */
function wrong(message: string): string {
  const help = l10n.t('Give a limit such as 300M or 2M params, or a reduction such as −30 %.');
  return sentences(message, help);
}

function parseWish(text: string, fallback: Metric): BudgetWish | string {
  if (text === '') return wrong(l10n.t('The budget is missing.'));
  const found = amountOf.exec(text)?.groups;
  if (!found) return wrong(l10n.t('“{0}” is not a budget.', text));
  const { sign = '', number = '', rest = '' } = found;
  const isShare = found.share !== undefined;
  const isFactor = isShare && found.share !== '%';
  const unit = unitOf.exec(rest.replace(/\s+/g, '').toLowerCase())?.groups;
  if (!unit || (isShare && unit.prefix)) {
    return wrong(l10n.t('“{0}” is neither MACs nor params.', rest.trim()));
  }
  if (unit.flops) return wrong(l10n.t('Budgets are in MACs, not FLOPs; 1 MAC is 2 FLOPs.'));
  const metric = unit.params ? 'params' : unit.macs ? 'macs' : fallback;
  const value = Number(number.replace(/[,_]/g, ''));
  const amount = isFactor ? value : isShare ? value / 100 : value * (siPrefixes[unit.prefix ?? ''] ?? 1);
  const isLimit = /[<≤]/.test(sign);
  if (isFactor && sign !== '' && !isLimit) {
    return l10n.t(
      '“{0}” is not a budget. Write {1}, without a sign, for that share of the cost now.',
      text,
      `${number}x`,
    );
  }
  // Ambiguous: it could mean “by 30 %” or “to 30 %”.
  if (isShare && !isFactor && sign === '') {
    return l10n.t(
      '“{0}” could mean {1} less, or {1} of the cost now. Write −{2} or ≤{2}.',
      text,
      `${number} %`,
      `${number}%`,
    );
  }
  const way = isLimit || sign === '' ? 'to' : 'by';
  if (amount === 0) {
    return wrong(
      way === 'to'
        ? l10n.t('A budget of “{0}” would leave nothing of the network.', text)
        : l10n.t('A reduction by “{0}” changes nothing.', text),
    );
  }
  if (isShare && amount >= 1) return wrong(l10n.t('“{0}” is not less than the whole network.', text));
  return { metric, way, amount, isShare };
}

/** The limits for a network with these totals, or an error message. */
export function budgetFor(wishes: readonly BudgetWish[], totals: Readonly<Record<Metric, number>>): Budget | string {
  const budget: { -readonly [M in keyof Budget]: Budget[M] } = {};
  for (const { metric, way, amount, isShare } of wishes) {
    const now = totals[metric];
    const size = isShare ? amount * now : amount;
    const limit = Math.floor(way === 'to' ? size : now - size);
    if (!(limit > 0)) {
      return metric === 'macs'
        ? l10n.t('The network has only {0} MACs, so nothing would be left.', si(now))
        : l10n.t('The network has only {0} params, so nothing would be left.', si(now));
    }
    budget[metric] = limit;
  }
  return budget;
}

/**
 * `1.11G MACs (−30 %)`: the limits compared with the current cost. If the convention shows plain FLOPs (two per MAC),
 * so does the text.
 */
export function budgetText(
  budget: Budget,
  totals: Readonly<Record<Metric, number>>,
  convention: ConventionName = 'macs',
): string {
  const { macs, params } = budget;
  return listText([
    ...(macs === undefined ? [] : [macsText(macs, totals.macs, convention)]),
    ...(params === undefined ? [] : [paramsText(params, totals.params)]),
  ]);
}

/**
 * `1.11G MACs (−30 %) · 5.20M params (−25 %)`: the cost, and the reduction since before. For conventions other than
 * MACs and plain FLOPs, the budgeted quantities come first, followed by the convention's value.
 */
export function totalsText(
  after: Totals,
  before: Totals,
  { name, unit }: Pick<Convention, 'name' | 'unit'> = { name: 'macs', unit: 'MACs' },
): string {
  const isPlain = name === 'macs' || name === 'flops';
  return [
    macsText(after.macs, before.macs, name),
    ...(isPlain
      ? []
      : [l10n.t('{0} {1} as {2} counts ({3})', si(after.value), unit, name, shareChange(after.value, before.value))]),
    paramsText(after.params, before.params),
  ].join(' · ');
}

/** The same, but only the budgeted quantities. */
export function limitedText(budget: Budget, after: Totals, before: Totals, { name }: Pick<Convention, 'name'>): string {
  return [
    ...(budget.macs === undefined ? [] : [macsText(after.macs, before.macs, name)]),
    ...(budget.params === undefined ? [] : [paramsText(after.params, before.params)]),
  ].join(' · ');
}

/** The cost of a network; `value` is in the selected convention. */
type Totals = Readonly<Record<Metric | 'value', number>>;

/** `−30 %`: the relative change from `before` to `after`. */
export function shareChange(after: number, before: number): string {
  return before > 0 ? changeText((after - before) / before) : '±0 %';
}

/** `1.11G MACs (−30 %)`, `2.22G FLOPs (−30 %)`. */
function macsText(value: number, before: number, convention: ConventionName): string {
  return convention === 'flops'
    ? l10n.t('{0} FLOPs ({1})', si(2 * value), shareChange(value, before))
    : l10n.t('{0} MACs ({1})', si(value), shareChange(value, before));
}

function paramsText(value: number, before: number): string {
  return l10n.t('{0} params ({1})', si(value), shareChange(value, before));
}

// Budgets of the project file, held against a network: within, over, or not known.

import * as l10n from '@vscode/l10n';
import { type Amount, isCertain } from '../analysis/model.ts';
import { type Estimate, roofline } from '../analysis/roofline.ts';
import { type Analysed, type Document, preparation, price, withEdits } from '../pipeline.ts';
import { type BudgetUse, budgetsOf, builtInDevice, type Limits } from '../project/index.ts';
import {
  bytesOf,
  choiceKeys,
  type Dtype,
  defaultSettings,
  type FileChoices,
  type Settings,
  withValues,
} from '../settings/index.ts';
import type { TextEdit } from '../text/edit.ts';
import { isIgnored } from '../text/pragma.ts';
import { type Problem, textOf } from '../text/problem.ts';
import { bytes, changeText, exact, percent, si } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { clauses } from '../text/sentences.ts';
import { commaText, listText } from '../text/wording.ts';
import type { Budget } from './budget.ts';
import { type Part, partsOf } from './parts.ts';
import { type SlimProgress, type SlimStep, slim } from './slim.ts';
import { inputText } from './totals.ts';
import { elementBytes, uncertainty } from './wording.ts';

/** The quantities that can be limited, in the order of reports. */
export const limitKeys = ['macs', 'params', 'bytes', 'peak', 'time'] as const;
export type LimitKey = (typeof limitKeys)[number];

export type BudgetStatus = 'ok' | 'over' | 'unknown';

/** A limit and the actual value. Sizes are in bytes, time in milliseconds. */
export interface LimitCheck {
  readonly key: LimitKey;
  readonly limit: number;
  /** NaN if unknown. */
  readonly actual: number;
  /** Whether a part is unknown, so that `actual` is a lower bound. */
  readonly isLeast: boolean;
  /** Whether it is an upper bound. */
  readonly isMost: boolean;
  readonly status: BudgetStatus;
  /** Why it is unknown. */
  readonly why: string | undefined;
  /** The device that a time is for. */
  readonly device: string | undefined;
}

/** A layer that contributes much to a limited quantity. */
export interface CostlyLayer {
  readonly name: string;
  readonly type: string;
  /** Its range, in `file` if that is another one; undefined if it has none. */
  readonly range: Range | undefined;
  readonly file: string | undefined;
  readonly macs: number;
  readonly params: number;
  /** Its share of the quantity over its limit (or closest to it). */
  readonly share: number;
  /** Its cost as text: `347M MACs`. */
  readonly text: string;
}

/** The result of checking a network against a budget. */
export interface Verdict {
  readonly use: BudgetUse;
  readonly status: BudgetStatus;
  readonly limits: readonly LimitCheck[];
  /** Why the result is unknown. */
  readonly why: string | undefined;
  /** The costliest layers, up to three. */
  readonly costliest: readonly CostlyLayer[];
  /** The network as read for the budget; undefined if the text is too large. */
  readonly analysed: Analysed | undefined;
}

/** A document prepared for a budget: the user's choices in the editor do not apply. */
export interface Judged {
  readonly document: Document;
  readonly settings: Settings;
}

/** The budgets that apply to a document; none for a text without a file. */
export function documentBudgets({ source: { project, path } }: Pick<Document, 'source'>): readonly BudgetUse[] {
  return project && path !== undefined ? budgetsOf(project, path) : [];
}

/**
 * Prepares a document for a budget: input and scale are the budget's, or else the file's, whatever the user has chosen.
 * `settings` say where to find other files.
 */
export function judgedBy({ budget, entry }: BudgetUse, document: Document, settings: Settings): Judged {
  const { input, scale, dtype } = budget;
  const isProgram = document.format.choices.entry === true;
  const chosen: FileChoices = {
    convention: 'macs',
    work: 'inference',
    ...(input && { input: inputChoice(input.value, isProgram) }),
    ...(scale && { scale: scale.value }),
    ...(dtype && { dtype: dtype.value }),
    ...(entry === undefined ? {} : { entry }),
  };
  // Ignore comments for what the budget sets itself, including how the network is called. Limits always refer to
  // inference, so ignore `work` as well.
  const replaced = new Set([...Object.keys(chosen), ...(input ? ['inputs'] : []), 'work']);
  const comments = new Map([...document.pragmas.settings].filter(([key]) => !replaced.has(key)));
  const defaults = new Map<string, unknown>([...choiceKeys, 'inputs' as const].map(key => [key, defaultSettings[key]]));
  return {
    // Ignored problems count too.
    document: { ...document, pragmas: { settings: comments, ignores: [] } },
    settings: { ...withValues(settings, defaults), chosen },
  };
}

/** The budget's input in the syntax of comments. Python takes the input with the batch. */
function inputChoice(written: NonNullable<BudgetUse['budget']['input']>['value'], isProgram: boolean): string {
  if (typeof written === 'string') return written;
  return written
    .map(({ name, sizes }) => {
      if (name !== undefined) return `${name}=${sizes.join(',')}`;
      return (isProgram ? [1, ...sizes] : sizes).join(',');
    })
    .join(';');
}

/** Does the slow parts of `judge` in steps; undefined if nothing is slow. */
export function judgePreparation({ document, settings }: Judged): Generator<void, void> | undefined {
  return preparation(document, settings);
}

/** Checks a network against a budget. `earlier` is the same text under other settings, to reuse work. */
export function judge(use: BudgetUse, { document, settings }: Judged, earlier?: Analysed): Verdict {
  const analysed = price(document, settings, undefined, earlier);
  if (!analysed) {
    const why = document.problems[0] ? textOf(document.problems[0]) : '';
    const limits = limitKeys.flatMap(key => {
      const limit = limitOf(use.budget.limits, key);
      return limit === undefined ? [] : [checked(key, limit, nothingKnown, why, use)];
    });
    return { use, status: 'unknown', limits, why, costliest: [], analysed };
  }
  return { ...verdictOn(analysed, use), use, analysed };
}

/** The verdict of a budget on a text that was read for it. */
function verdictOn(analysed: Analysed, use: BudgetUse): Omit<Verdict, 'use' | 'analysed'> {
  const refused = analysed.problems.find(({ code }) => code === 'wrong-setting');
  const why = refused ? textOf(refused) : whyUnread(analysed, use);
  const limits = limitKeys.flatMap(key => {
    const limit = limitOf(use.budget.limits, key);
    if (limit === undefined) return [];
    // If a setting of the budget was refused, this is not the network it is about.
    if (refused) return [checked(key, limit, nothingKnown, textOf(refused), use)];
    const { amount, why: reason } = measured(key, analysed, use);
    return [checked(key, limit, amount, why ?? reason, use)];
  });
  const status = statusOf(limits, why);
  const first = limits.find(each => each.status === status);
  return {
    status,
    limits,
    why: status === 'unknown' ? (why ?? first?.why) : undefined,
    costliest: costliestLayers(analysed, use, first?.key ?? 'macs'),
  };
}

const nothingKnown: Amount = { value: 0, complete: false };

/** Why the cost of a text is unknown: it has an error, or nothing is limited. */
function whyUnread({ problems }: Analysed, { budget: { limits } }: BudgetUse): string | undefined {
  const wrong = problems.find(({ severity }) => severity === 'error');
  if (wrong) return textOf(wrong);
  return limits && limitKeys.some(key => limitOf(limits, key) !== undefined)
    ? undefined
    : l10n.t('The budget has no limits.');
}

function limitOf(limits: Limits | undefined, key: LimitKey): number | undefined {
  return (key === 'time' ? limits?.time?.ms : limits?.[key])?.value;
}

function checked(
  key: LimitKey,
  limit: number,
  { value, complete, doubtful = false, bound }: Amount,
  why: string | undefined,
  { budget }: BudgetUse,
): LimitCheck {
  const isSure = complete && !doubtful && why === undefined;
  // A lower bound above the limit is certain, and an upper bound below it; a doubtful value is not.
  const isWithin = isSure || (bound === 'upper' && value <= limit);
  const status = value > limit && !doubtful ? 'over' : isWithin ? 'ok' : 'unknown';
  return {
    key,
    limit,
    actual: (value === 0 && !complete) || bound === 'none' ? Number.NaN : value,
    isLeast: !complete && bound === undefined,
    isMost: bound === 'upper',
    status,
    why: status === 'unknown' ? why : undefined,
    device: key === 'time' ? budget.limits?.time?.device?.value : undefined,
  };
}

/** Over if any limit is exceeded; else unknown if any is. */
function statusOf(limits: readonly LimitCheck[], why: string | undefined): BudgetStatus {
  if (limits.some(({ status }) => status === 'over')) return 'over';
  return why !== undefined || limits.some(({ status }) => status === 'unknown') ? 'unknown' : 'ok';
}

/** The actual value of a limited quantity. */
function measured(
  key: LimitKey,
  analysed: Analysed,
  use: BudgetUse,
): { readonly amount: Amount; readonly why: string | undefined } {
  const { model, settings } = analysed;
  const { totals } = model;
  const known = (amount: Amount): ReturnType<typeof measured> => ({
    amount,
    why: isCertain(amount) ? undefined : uncertainty(totals),
  });
  const each = elementBytes(settings);
  switch (key) {
    case 'macs':
      return known(totals.macs);
    case 'params':
      return known(totals.params);
    case 'bytes':
      return known({ ...totals.params, value: totals.params.value * each });
    case 'peak': {
      const { elements } = model.peak;
      // Peak memory is exact only if all activations are known.
      const { doubtful } = totals.activations;
      if (Number.isNaN(elements)) return { amount: nothingKnown, why: uncertainty(totals) };
      const amount = { value: elements * each * settings.batch, complete: totals.activations.complete };
      return known(doubtful ? { ...amount, doubtful } : amount);
    }
    case 'time': {
      const found = estimateOf(analysed, use);
      if (typeof found === 'string') return { amount: nothingKnown, why: found };
      return known({ ...found.total, value: found.total.value * 1000 });
    }
  }
}

/** The roofline estimate on the budget's device, or why there is none. */
function estimateOf({ model, settings }: Analysed, { project, budget }: BudgetUse): Estimate | string {
  const name = budget.limits?.time?.device?.value;
  const device = name === undefined ? undefined : (project.devices.get(name)?.value ?? builtInDevice(name));
  if (name === undefined) return l10n.t('The limit of time names no device.');
  if (!device) return l10n.t('There is no device “{0}” under `devices`.', name);
  const operations = device.flops?.get(settings.dtype)?.value;
  if (operations === undefined)
    return l10n.t('`devices` does not say how many operations per second “{0}” does in {1}.', name, settings.dtype);
  const { bandwidth } = device;
  if (bandwidth === undefined) return l10n.t('`devices` does not say the bandwidth of “{0}”.', name);
  const { batch, dtype } = settings;
  return roofline(model, { operations, bandwidth, bytesPerElement: bytesOf[dtype as Dtype], batch });
}

const mostLayers = 3;

/** The layers that contribute most to a limited quantity. */
function costliestLayers(analysed: Analysed, use: BudgetUse, key: LimitKey): readonly CostlyLayer[] {
  const { settings } = analysed;
  const estimate = key === 'time' ? estimateOf(analysed, use) : undefined;
  const each = elementBytes(settings);
  const amountOf = ({ cost: { macs, params, activations }, stretches }: Part): number => {
    switch (key) {
      case 'macs':
        return macs.value;
      case 'params':
        return params.value;
      case 'bytes':
        return params.value * each;
      case 'peak':
        return activations.value * each * settings.batch;
      case 'time':
        return typeof estimate !== 'object'
          ? 0
          : stretches.reduce((sum, stretch) => sum + 1000 * estimate.of(stretch).value, 0);
    }
  };
  const parts = partsOf(analysed).map(part => ({ part, amount: amountOf(part) }));
  const total = parts.reduce((sum, { amount }) => sum + amount, 0);
  return parts
    .filter(({ amount }) => amount > 0)
    .toSorted((a, b) => b.amount - a.amount)
    .slice(0, mostLayers)
    .map(({ part: { cost, stretches: _, ...part }, amount }) => ({
      ...part,
      macs: cost.macs.value,
      params: cost.params.value,
      share: amount / total,
      text: quantityText(key, amount),
    }));
}

// --- Getting back within budget -----------------------------------------------------------------------------------

/** Tested changes that bring a network back within its budget. */
export interface BudgetFix {
  readonly steps: readonly SlimStep[];
  /** All changes as one edit. */
  readonly edits: readonly TextEdit[];
  /** The limits after all changes. */
  readonly after: Verdict['limits'];
  /** The action for the user, with its savings. */
  readonly title: string;
}

/** Searches in steps for changes that bring a network back within its budget; undefined if none are found. */
export function* budgetFix({ use, status, limits, analysed }: Verdict): Generator<SlimProgress, BudgetFix | undefined> {
  if (status !== 'over' || !analysed) return undefined;
  const each = elementBytes(analysed.settings);
  const most = (key: LimitKey): number => limits.find(limit => limit.key === key)?.limit ?? Number.POSITIVE_INFINITY;
  const params = Math.min(most('params'), Math.floor(most('bytes') / each));
  const others = (['peak', 'time'] as const).flatMap(key =>
    most(key) === Number.POSITIVE_INFINITY
      ? []
      : [{ limit: most(key), of: (text: Analysed) => measured(key, text, use).amount.value }],
  );
  const wish: Budget = {
    ...(most('macs') === Number.POSITIVE_INFINITY ? {} : { macs: most('macs') }),
    ...(params === Number.POSITIVE_INFINITY ? {} : { params }),
  };
  const { steps, edits } = yield* slim(analysed, wish, { others });
  const changed = steps.length > 0 ? withEdits(analysed, edits) : undefined;
  if (!changed) return undefined;
  const after = verdictOn(changed, use);
  if (after.status !== 'ok') return undefined;
  return { steps, edits, after: after.limits, title: fixTitle(steps, limits, after.limits) };
}

/** `Make 2 changes to get back within budget: 8.74G → 4.98G MACs`. */
function fixTitle(steps: readonly SlimStep[], before: readonly LimitCheck[], after: readonly LimitCheck[]): string {
  const changes = before.flatMap(({ key, status, actual }, at) => {
    const now = after[at]!.actual;
    return status === 'over' ? [`${numbersOf(key, actual)[0]} → ${quantityText(key, now)}`] : [];
  });
  const [only] = steps;
  return steps.length === 1 && only
    ? l10n.t('{0} to get back within budget: {1}', only.advice.change, commaText(changes))
    : l10n.t('Make {0} changes to get back within budget: {1}', steps.length, commaText(changes));
}

/** The changes as sentences for the problem's help. */
export function fixHelp(fix: BudgetFix | undefined): string {
  if (!fix) return l10n.t('Flopline knows no changes that bring it back within budget.');
  const list = clauses(fix.steps.map(({ advice }) => l10n.t('{0}: {1}', advice.layer, advice.title)));
  return fix.steps.length === 1
    ? l10n.t('This change brings it back: {0}.', list)
    : l10n.t('These {0} changes bring it back: {1}.', fix.steps.length, list);
}

// --- Text -----------------------------------------------------------------------------------------------------------

/** `5.12G MACs`, `13.4 MB of parameters`, `40.0 MB peak memory`, `31.2 ms`. */
function quantityText(key: LimitKey, value: number): string {
  switch (key) {
    case 'macs':
      return l10n.t('{0} MACs', si(value));
    case 'params':
      return l10n.t('{0} params', si(value));
    case 'bytes':
      return l10n.t('{0} of parameters', bytes(value));
    case 'peak':
      return l10n.t('{0} of activations', bytes(value));
    case 'time':
      return millisecondsText(value);
  }
}

function millisecondsText(value: number): string {
  if (value >= 1000 || value === 0) return `${si(value)} ms`;
  return value >= 1 ? `${Number(value.toPrecision(3))} ms` : `${Number((value * 1000).toPrecision(3))} µs`;
}

/** The number alone, rounded and in full. */
function numbersOf(key: LimitKey, value: number): readonly [short: string, long: string] {
  switch (key) {
    case 'macs':
    case 'params':
      return [si(value), exact(value)];
    case 'bytes':
    case 'peak':
      return [bytes(value), l10n.t('{0} bytes', exact(value))];
    case 'time':
      return [millisecondsText(value), `${value} ms`];
  }
}

/** `8.74G of 5.00G (+75 %)`, for a table whose header names the quantity. */
export function limitCell(check: LimitCheck): string {
  const { value, most, change } = partsOfLimit(check);
  return change === '' ? l10n.t('{0} of {1}', value, most) : l10n.t('{0} of {1} ({2})', value, most, change);
}

/** `8.74G MACs (limit 5.00G, +75 %)`; in full if both would round to the same digits. */
export function limitText(check: LimitCheck): string {
  const { value, most, change } = partsOfLimit(check);
  const limit = change === '' ? l10n.t('limit {0}', most) : l10n.t('limit {0}, {1}', most, change);
  switch (check.key) {
    case 'macs':
      return l10n.t('{0} MACs ({1})', value, limit);
    case 'params':
      return l10n.t('{0} params ({1})', value, limit);
    case 'bytes':
      return l10n.t('{0} of parameters ({1})', value, limit);
    case 'peak':
      return l10n.t('peak memory {0} ({1})', value, limit);
    case 'time':
      return l10n.t('an estimated {0} on {1} ({2})', value, check.device ?? '', limit);
  }
}

function partsOfLimit({
  key,
  limit,
  actual,
  isLeast,
  isMost,
}: LimitCheck): Readonly<Record<'value' | 'most' | 'change', string>> {
  const [short, long] = numbersOf(key, actual);
  const [shortLimit, longLimit] = numbersOf(key, limit);
  const isClose = short === shortLimit && actual !== limit;
  const most = isClose ? longLimit : shortLimit;
  if (Number.isNaN(actual)) return { value: '?', most, change: '' };
  return {
    value: (isLeast ? '≥ ' : isMost ? '≤ ' : '') + (isClose ? long : short),
    most,
    change: actual > limit ? changeText(actual / limit - 1) : '',
  };
}

/** The conditions of the budget: `scale n · input 3×640×640`. */
export function conditionsText({ analysed, use: { entry } }: Verdict): string {
  if (!analysed) return entry ?? '';
  const { spec, settings } = analysed;
  const parts = [
    ...(entry === undefined ? [] : [entry]),
    ...(spec.variant === undefined ? [] : [l10n.t('scale {0}', spec.variant)]),
    inputText(analysed),
    ...(settings.dtype === 'fp32' ? [] : [settings.dtype]),
    ...(settings.batch === 1 ? [] : [l10n.t('batch {0}', settings.batch)]),
  ];
  return commaText(parts.filter(part => part !== ''));
}

/** All limits in one line, violated ones first: `8.74G MACs (limit 5.00G, +75 %) and 3.16M params (limit 3.20M)`. */
export function verdictText({ limits, status }: Pick<Verdict, 'limits' | 'status'>): string {
  const first = limits.filter(each => each.status === status);
  const others = limits.filter(each => each.status !== status);
  return listText([...first, ...others].map(limitText));
}

/** The limits alone: `≤ 5.00G MACs, ≤ 3.20M params`. */
export function limitsText({ limits, scale }: BudgetUse['budget']): string {
  const parts = limitKeys.flatMap(key => {
    const limit = limitOf(limits, key);
    return limit === undefined ? [] : [`≤ ${quantityText(key, limit)}`];
  });
  return commaText([...(scale ? [l10n.t('scale {0}', scale.value)] : []), ...parts]);
}

/** One sentence that says what is over or unknown, and for which input. */
export function verdictMessage(verdict: Verdict): string {
  const { status, limits, why } = verdict;
  const conditions = conditionsText(verdict);
  const list = listText(limits.filter(each => each.status === status).map(limitText));
  switch (status) {
    case 'over':
      return l10n.t('Over budget: {0}. The budget is for {1}.', list, conditions);
    case 'unknown':
      return list === '' || !verdict.analysed
        ? l10n.t('Cannot tell whether this network is within its budget: {0}', why ?? '')
        : l10n.t(
            'Cannot tell whether this network is within its budget ({0}; the budget is for {1}): {2}',
            list,
            conditions,
            why ?? '',
          );
    case 'ok':
      return l10n.t('Within budget: {0}. The budget is for {1}.', verdictText(verdict), conditions);
  }
}

/** `The costliest layers are model.8 (C2f) with 1.20G MACs (12 %), …`. */
export function costliestText({ costliest }: Verdict): string | undefined {
  if (costliest.length === 0) return undefined;
  const list = listText(costliest.map(layerText));
  return costliest.length === 1
    ? l10n.t('The costliest layer is {0}.', list)
    : l10n.t('The costliest layers are {0}.', list);
}

/** `model.8 (C2f) with 1.20G MACs (12 %)`. */
function layerText({ name, type, text, share }: CostlyLayer): string {
  return type === '' || type === name
    ? l10n.t('{0} with {1} ({2})', name, text, percent(share))
    : l10n.t('{0} ({1}) with {2} ({3})', name, type, text, percent(share));
}

/** Filters out problems that comments in the text ignore. */
export function notIgnored({ pragmas, lines }: Document, problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(problem => !isIgnored(problem, pragmas, lines));
}

/** The verdict as a problem at the head of the network; undefined if it is within budget. */
export function budgetProblem(verdict: Verdict, help = costliestText(verdict)): Problem | undefined {
  const { status, use, analysed, costliest } = verdict;
  if (status === 'ok') return undefined;
  const { project, named } = use;
  const { lines, document } = analysed
    ? { lines: analysed.document.lines, document: analysed.document }
    : { lines: undefined, document: undefined };
  const head = analysed?.spec.head ?? { from: 0, to: 0 };
  const isElsewhere = document?.source.path === project.path;
  return {
    // Mark only the first line of a long head.
    range: lines ? lines.firstOf(head) : head,
    severity: status === 'over' ? 'error' : 'warning',
    code: status === 'over' ? 'over-budget' : 'budget-unknown',
    message: verdictMessage(verdict),
    ...(status === 'over' ? { help, short: l10n.t('over budget') } : {}),
    related: [
      ...(isElsewhere ? [] : [{ range: named.range, message: l10n.t('The budget'), file: project.path }]),
      ...(status === 'over'
        ? costliest.flatMap(layer =>
            layer.range
              ? [
                  {
                    range: layer.range,
                    message: layerText(layer),
                    ...(layer.file === undefined ? {} : { file: layer.file }),
                  },
                ]
              : [],
          )
        : []),
    ],
  };
}

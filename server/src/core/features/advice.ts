import * as l10n from '@vscode/l10n';
// Advice on a network: finds changes that would make it cheaper, and prices each by trying it.
import { type AdviceRule, adviceRules, type Finding, type Fix, Network } from '../advice/index.ts';
import type { Model } from '../analysis/model.ts';
import type { GraphEdit } from '../graph/edit.ts';
import { type Analysed, attempt, readOptions, repriced, type Trial } from '../pipeline.ts';
import { mapOffset, type TextEdit } from '../text/edit.ts';
import type { Problem } from '../text/problem.ts';
import { changeText, percent, si } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { sentences } from '../text/sentences.ts';
import { briefDiff } from '../text/unifiedDiff.ts';
import { orderOf, shapeOrUnknown } from './wording.ts';

/** A change that was tried, with its savings; totals are those of the whole network. */
export interface Advice {
  /** Unique in the file: `fat-convolution@12:64`, with the 1-based line. */
  readonly id: string;
  readonly code: string;
  /** The item it is about. */
  readonly range: Range;
  /**
   * A verb phrase with the price in the convention in effect: “Insert a 1×1 bottleneck (64 channels): 347M → 99.5M MACs
   * here, −4.1 % in total”.
   */
  readonly title: string;
  /** The same without its price. */
  readonly change: string;
  /** The price of the item itself: “347M → 99.5M MACs here”. */
  readonly price: string;
  /** The layer's name for display: `model.4 (C2f)`. */
  readonly layer: string;
  /** Markdown: why it is cheaper, and its downsides. */
  readonly why: string;
  /** `quickfix` if a diagnostic recommends it. */
  readonly kind: 'quickfix' | 'rewrite';
  /** The code of that diagnostic. */
  readonly answers: string;
  readonly before: AdviceTotals;
  readonly after: AdviceTotals;
  /** Why it is not offered; then there are no edits. */
  readonly refused: string | null;
  readonly edits: readonly TextEdit[];
}

export interface AdviceTotals {
  readonly macs: number;
  readonly params: number;
  /** In the selected convention. */
  readonly value: number;
}

/** A possible change: cheap to find, not priced yet. */
export interface Candidate {
  readonly id: string;
  readonly code: string;
  readonly range: Range;
  readonly kind: Advice['kind'];
  readonly answers: string;
  /** Without its price. */
  readonly title: string;
  /** Whether it changes the whole network at once. */
  readonly isGlobal: boolean;
  readonly fix: Fix;
}

/** The share of a layer's cost that a change must save to be worth mentioning. */
export const leastSaving = 0.05;

const networks = new WeakMap<Model, Network>();

/** The view of the network that advice works on, built once. */
function networkOf({ model, document, settings }: Analysed): Network {
  let known = networks.get(model);
  if (!known) {
    known = new Network(model, () => document.reader?.tunables?.(readOptions(settings)) ?? []);
    networks.set(model, known);
  }
  return known;
}

interface Found {
  readonly rule: AdviceRule;
  readonly finding: Finding;
}

/** All findings of a text, once complete. */
const findings = new WeakMap<Analysed, readonly Found[]>();

/** Yields after this many findings. */
const findingsBetween = 16;

/** Collects all findings of a text, yielding now and then: with thousands of layers it takes seconds. */
function* look(analysed: Analysed): Generator<void, readonly Found[]> {
  const known = findings.get(analysed);
  if (known) return known;
  const network = networkOf(analysed);
  const found: Found[] = [];
  for (const rule of rulesFor(analysed)) {
    for (const finding of rule.find(network, everywhere(analysed)))
      if (found.push({ rule, finding }) % findingsBetween === 0) yield;
    yield;
  }
  findings.set(analysed, found);
  return found;
}

function everyFinding(analysed: Analysed): readonly Found[] {
  const steps = look(analysed);
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

function findingsOf(analysed: Analysed, rules: readonly AdviceRule[], within: Range): readonly Found[] {
  const network = networkOf(analysed);
  return rules.flatMap(rule => [...rule.find(network, within)].map(finding => ({ rule, finding })));
}

/** All candidates in a range of the text (default: all of it), in source order. */
export function adviceCandidates(analysed: Analysed, within?: Range): Candidate[] {
  const network = networkOf(analysed);
  const { lines } = analysed.document;
  const counts = new Map<string, number>();
  const all = within ? findingsOf(analysed, rulesFor(analysed), within) : everyFinding(analysed);
  const found = all.flatMap(({ rule, finding }) =>
    finding.fixes.map((fix): Candidate => {
      const line = lines.lineAt(finding.at.from) + 1;
      const base = `${rule.code}@${line}:${fix.variant}`;
      // A line may have several layers.
      const count = (counts.get(base) ?? 0) + 1;
      counts.set(base, count);
      return {
        id: count === 1 ? base : `${base}.${count}`,
        code: rule.code,
        answers: rule.answers ?? rule.code,
        range: finding.at,
        kind: isReported(analysed, network, rule, finding) ? 'quickfix' : 'rewrite',
        title: fix.title,
        isGlobal: rule.isGlobal ?? false,
        fix,
      };
    }),
  );
  return found.sort((a, b) => a.range.from - b.range.from);
}

/** Identifies a candidate within its text, independent of the range that was searched. */
export function candidateKey({ code, range, fix }: Candidate): string {
  return `${code} ${range.from} ${fix.variant}`;
}

const prices = new WeakMap<Analysed, Map<string, Advice | undefined>>();

/** Prices a candidate, once per text; undefined if it is not offered and users would not expect it. */
export function priceAdvice(analysed: Analysed, candidate: Candidate): Advice | undefined {
  const known = prices.get(analysed) ?? new Map<string, Advice | undefined>();
  prices.set(analysed, known);
  const key = candidateKey(candidate);
  if (!known.has(key)) known.set(key, tried(analysed, candidate));
  const advice = known.get(key);
  return advice && { ...advice, id: candidate.id };
}

function tried(analysed: Analysed, candidate: Candidate): Advice | undefined {
  const { id, code, answers, range, kind, fix } = candidate;
  const before = totalsOf(analysed);
  const refuse = (reason: string): Advice => ({
    ...{ id, code, answers, range, kind, before, after: before, refused: reason, edits: [] },
    title: l10n.t('{0}: {1}', fix.title, reason),
    change: fix.title,
    price: reason,
    layer: layerText(analysed, range),
    why: whyText(analysed, fix),
  });
  if (fix.refused !== undefined) return isSayable(analysed, fix) ? refuse(fix.refused) : undefined;
  const trial = attempt(analysed, fix.edits, fix.footprint, fix.rebuilt);
  if (!trial || trial.objection !== undefined) return undefined;
  if (fix.exact && !holdsElsewhere(analysed, candidate)) return undefined;
  const after = totalsOf(trial.after);
  const network = networkOf(analysed);
  const here = network.costOf(fix.here);
  const saved = { macs: before.macs - after.macs, params: before.params - after.params };
  if (!isWorthIt(saved, here, fix.exact)) {
    if (!fix.dearer || saved.macs >= 0) return undefined;
    return refuse(fix.dearer(percent(-saved.macs / here.macs)));
  }
  const price = priceOf(analysed, trial, candidate);
  return {
    ...{ id, code, answers, range, kind, before, after, refused: null, edits: trial.edits },
    title: l10n.t('{0}: {1}', fix.title, price.whole),
    change: fix.title,
    price: price.here,
    layer: layerText(analysed, range),
    why: whyText(analysed, fix),
  };
}

/** Whether users would expect the edits to be possible: often no edit of a line can change what a program does. */
function isSayable({ document, settings, spec }: Analysed, { edits }: Fix): boolean {
  return !spec.program || document.reader?.rewrite?.(edits, readOptions(settings)) !== undefined;
}

/** How many other networks of a file are checked. */
const mostOthers = 6;

/** Whether the program's other networks that use the line compute the same as well: one may lack the normalization. */
function holdsElsewhere(analysed: Analysed, candidate: Candidate): boolean {
  const { program } = analysed.spec;
  const others = (program?.entries ?? []).filter(({ expression }) => expression !== program!.entry?.expression);
  return others.slice(0, mostOthers).every(({ expression }) => {
    const other: Analysed = { ...analysed, ...repriced(analysed, { entry: expression }) };
    if (networkOf(other).framesOf(candidate.range).length === 0) return true;
    return adviceCandidates(other, candidate.range).some(each => candidateKey(each) === candidateKey(candidate));
  });
}

/** How many findings are priced in advance; fewer in a program, where each trial reads it again. */
const mostPriced = { text: 24, program: 6 };

/**
 * Finds and tries what diagnostics recommend, yielding after each trial. From then on, their help contains the change
 * and its savings, for clients that read nothing else. While it is still searching, it yields `looking`.
 */
export function* priceReported(analysed: Analysed): Generator<'looking' | 'trying', void> {
  const { spec } = analysed;
  for (const steps = look(analysed); !steps.next().done; ) yield 'looking';
  const most = spec.program || spec.reader !== undefined ? mostPriced.program : mostPriced.text;
  for (const candidates of [...reportedCandidates(analysed).values()].slice(0, most)) {
    for (const candidate of candidates) {
      const isNew = !prices.get(analysed)?.has(candidateKey(candidate));
      const advice = priceAdvice(analysed, candidate);
      if (isNew) yield 'trying';
      if (advice?.refused === null) break;
    }
  }
}

const reported = new WeakMap<Analysed, ReadonlyMap<string, readonly Candidate[]>>();

/** The candidates that answer each diagnostic, by code and range, likeliest first. */
function reportedCandidates(analysed: Analysed): ReadonlyMap<string, readonly Candidate[]> {
  const known = reported.get(analysed);
  if (known) return known;
  const found = new Map<string, Candidate[]>();
  reported.set(analysed, found);
  for (const candidate of adviceCandidates(analysed)) {
    if (candidate.kind !== 'quickfix') continue;
    const key = placeKey(candidate.answers, candidate.range);
    const there = found.get(key);
    if (there) there.push(candidate);
    else found.set(key, [candidate]);
  }
  return found;
}

const placeKey = (code: string, { from }: Range): string => `${code} ${from}`;

/** The problems, each with the first change that resolves it, as far as changes have been tried. */
export function withPrices(analysed: Analysed, problems: readonly Problem[]): readonly Problem[] {
  const known = prices.get(analysed);
  if (!known) return problems;
  const candidates = reportedCandidates(analysed);
  return problems.map(problem => {
    for (const candidate of candidates.get(placeKey(problem.code, problem.range)) ?? []) {
      const key = candidateKey(candidate);
      if (!known.has(key)) return problem;
      const advice = known.get(key);
      if (advice?.refused !== null) continue;
      const help = changeHelp(analysed, advice);
      // The problem's own help would only repeat the title of the change.
      const isOwn = candidate.code === problem.code || problem.help === undefined;
      return { ...problem, help: isOwn ? help : sentences(problem.help, help) };
    }
    return problem;
  });
}

/** Maximum number of lines of a change shown in a diagnostic. */
const mostLines = 12;

/** The change with its price, and its diff. */
function changeHelp({ document }: Analysed, { title, edits }: Advice): string {
  const { text, left } = briefDiff(document.source.text, edits, mostLines);
  if (left === 0) return l10n.t('{0}.\n{1}', title, text);
  return left === 1
    ? l10n.t('{0}.\n{1}\n… and 1 more line.', title, text)
    : l10n.t('{0}.\n{1}\n… and {2} more lines.', title, text, left);
}

/** Hints that point to advice; not for advice that answers another problem. */
export function adviceProblems(analysed: Analysed): Problem[] {
  const network = networkOf(analysed);
  const rules = rulesFor(analysed).filter(rule => rule.reported);
  const all = findings.get(analysed) ?? findingsOf(analysed, rules, everywhere(analysed));
  return all
    .filter(
      ({ rule, finding }) =>
        rule.reported && finding.message !== undefined && isReported(analysed, network, rule, finding),
    )
    .map(
      ({ rule, finding: { at, message, help, measure, fixes } }): Problem => ({
        range: { from: at.from, to: at.to },
        severity: 'hint',
        code: rule.code,
        message: message!(percent(shareOf(analysed, network, { fixes, measure }))),
        help,
      }),
    );
}

/** The advice that settings have not disabled. */
function rulesFor({ settings, document, standIns, numbers }: Analysed): readonly AdviceRule[] {
  // No prices while stand-ins are in use, and none while references mean other rows: that has to be fixed first.
  if (standIns || numbers) return [];
  // Without a rewriter, nothing can be changed.
  if (!document.reader?.rewrite) return [];
  return adviceRules.filter(rule => settings.advice[settingOf(rule)]?.enabled);
}

/** `fat-convolution` → `fatConvolution`. */
export function settingOf({ code }: Pick<AdviceRule, 'code'>): string {
  return code.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function isReported(analysed: Analysed, network: Network, rule: AdviceRule, finding: Finding): boolean {
  if (rule.answers !== undefined) return true;
  if (finding.message === undefined) return false;
  const threshold = analysed.settings.advice[settingOf(rule)]?.threshold ?? 0;
  return (
    finding.measure === undefined ||
    shareOf(analysed, network, { fixes: finding.fixes, measure: finding.measure }) >= threshold
  );
}

/** The finding's share of the total. */
function shareOf(
  { model }: Analysed,
  network: Network,
  { fixes, measure }: Pick<Finding, 'fixes'> & { readonly measure: Finding['measure'] | undefined },
): number {
  const here = network.costOf(fixes[0]?.here ?? []);
  const { macs, params } = model.totals;
  return measure === 'params' ? here.params / params.value : here.macs / macs.value;
}

type Saving = Pick<AdviceTotals, 'macs' | 'params'>;

function isWorthIt(saved: Saving, here: Saving, exact: boolean): boolean {
  if (exact) return saved.macs >= 0 && saved.params >= 0 && saved.macs + saved.params > 0;
  if (saved.macs < 0) return false;
  return saved.macs >= leastSaving * here.macs || saved.params >= leastSaving * here.params;
}

function totalsOf({ model }: Analysed): AdviceTotals {
  const { macs, params, value } = model.totals;
  return { macs: macs.value, params: params.value, value: value.value };
}

/** The savings of a change as text. */
interface Price {
  /** “347M → 99.5M MACs here, −41.2M in layers after it”. */
  readonly here: string;
  /** “347M → 99.5M MACs here, −41.2M in layers after it, −4.1 % in total, params −335k”. */
  readonly whole: string;
}

function priceOf(
  analysed: Analysed,
  { after, edits }: Trial,
  { isGlobal, fix: { here, consumers = [] } }: Candidate,
): Price {
  const { unit } = analysed.model.convention;
  const [before, now] = [totalsOf(analysed), totalsOf(after)];
  const change = now.value - before.value;
  const params = now.params - before.params;
  const both = (text: string): Price => ({ here: text, whole: text });
  if (change === 0) {
    return both(
      params === 0
        ? l10n.t('{0} and params unchanged', unit)
        : l10n.t('{0} unchanged, params {1}', unit, signed(params)),
    );
  }
  const network = networkOf(analysed);
  const there = network.costOf(here).value;
  const total = changeText(change / before.value);
  if (isGlobal) {
    const work = [si(before.value), si(now.value), unit, total] as const;
    return both(
      params === 0
        ? l10n.t('{0} → {1} {2} in total ({3}), params unchanged', ...work)
        : l10n.t('{0} → {1} {2} in total ({3}), params {4}', ...work, signed(params)),
    );
  }
  // Measured on the changed layers: their readers may contain them, for example a concatenation of branches.
  const following = consumers.length === 0 ? 0 : change - (costThere(after, edits, here) - there);
  const work = [si(there), si(there + change - following), unit] as const;
  const places = placesText(analysed, here);
  const text =
    following === 0
      ? l10n.t('{0} → {1} {2} here{3}', ...work, places)
      : l10n.t('{0} → {1} {2} here{3}, {4} in layers after it', ...work, places, signed(following));
  return {
    here: text,
    whole:
      params === 0
        ? l10n.t('{0}, {1} in total, params unchanged', text, total)
        : l10n.t('{0}, {1} in total, params {2}', text, total, signed(params)),
  };
}

/** ` (×16)`: how many layers a line of a program creates, all of which change; empty if it is one. */
function placesText(analysed: Analysed, [first]: readonly Range[]): string {
  const count = first && analysed.spec.program ? networkOf(analysed).instancesOf(first) : 1;
  return count > 1 ? ` (×${count})` : '';
}

/** `model.4 (C2f)`, `conv1 (Convolution)`. */
function layerText(analysed: Analysed, range: Range): string {
  const network = networkOf(analysed);
  const [frame] = network.framesOf(range);
  const name = frame?.label ?? network.tunableAt(range)?.name ?? '';
  const type = frame?.type ?? '';
  return type === '' || type === name ? name : `${name} (${type})`;
}

/** The cost of items after edits; their ranges are those before the edits. */
function costThere(after: Analysed, edits: readonly TextEdit[], items: readonly Range[]): number {
  const moved = mapOffset(edits);
  const places = items.flatMap(({ from, to }): Range[] => {
    const there = moved(from);
    return there === undefined ? [] : [{ from: there, to: there + to - from }];
  });
  return networkOf(after).costOf(places).value;
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${si(value)}`;

function whyText(analysed: Analysed, { why, costs, edits }: Fix): string {
  const { spec, model } = analysed;
  const order = orderOf(analysed);
  const inputs = model.graph.inputs.map(({ tensor }) => shapeOrUnknown(tensor.shape, order)).join(', ');
  const given =
    spec.variant === undefined
      ? l10n.t('These numbers are for the input {0}.', inputs)
      : l10n.t('These numbers are for the input {0} at scale {1}.', inputs, spec.variant);
  const isShared = spec.variants.length > 1 && edits.some(edit => isOfAllScales(networkOf(analysed), edit));
  const shared = [
    ...(isShared ? [l10n.t('The other scales of this file change too.')] : []),
    ...((spec.program?.entries.length ?? 0) > 1
      ? [l10n.t('Other networks of this file that are built by this line change too.')]
      : []),
  ];
  return [why, ...costs, ...shared, given].join('\n\n');
}

/** Whether an edit changes a row, and thus all scales. */
function isOfAllScales(network: Network, edit: GraphEdit): boolean {
  const place = edit.kind === 'insert' ? edit.before.item : edit.item;
  return !network.tunableAt(place)?.isScale;
}

function everywhere({ document }: Analysed): Range {
  return { from: 0, to: document.source.text.length };
}

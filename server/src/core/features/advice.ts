// Advice on a network: what would make it cheaper, priced by doing it.
import { type AdviceRule, adviceRules, type Finding, type Fix, Network } from '../advice/index.ts';
import type { Model } from '../analysis/model.ts';
import { type Analysed, attempt } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Problem } from '../text/problem.ts';
import { changeText, percent, si } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { storedShape } from './wording.ts';

/** A way to a cheaper network that was tried, with what it costs and saves; totals are those of the whole network. */
export interface Advice {
  /** Unique in the file: `fat-convolution@12:64`, with the 1-based line. */
  readonly id: string;
  readonly code: string;
  /** The item that it is about. */
  readonly range: Range;
  /** A verb phrase with the price: “Insert a 1×1 bottleneck (64 channels): 347M → 99.5M MACs here, −4.1 % in all”. */
  readonly title: string;
  /** Markdown: why it is cheaper, and what it costs in other currencies. */
  readonly why: string;
  /** Whether a diagnostic asks for it. */
  readonly kind: 'quickfix' | 'rewrite';
  /** The code of that diagnostic. */
  readonly answers: string;
  readonly before: AdviceTotals;
  readonly after: AdviceTotals;
  /** Why it is not to be had, in words; the edits are empty then. */
  readonly refused: string | null;
  readonly edits: readonly TextEdit[];
}

export interface AdviceTotals {
  readonly macs: number;
  readonly params: number;
}

/** What may be tried: cheap to find, not priced yet. */
export interface Candidate {
  readonly id: string;
  readonly code: string;
  readonly range: Range;
  readonly kind: Advice['kind'];
  readonly answers: string;
  /** Without its price. */
  readonly title: string;
  readonly fix: Fix;
}

/** What a piece of advice must save of the layer to be worth a word. */
export const leastSaving = 0.05;

const networks = new WeakMap<Model, Network>();

/** The network as advice sees it, made once. */
function networkOf({ model }: Analysed): Network {
  let known = networks.get(model);
  if (!known) {
    known = new Network(model);
    networks.set(model, known);
  }
  return known;
}

/** All that may be tried at a stretch of the text, in source order; everywhere without one. */
export function adviceCandidates(analysed: Analysed, within: Range = everywhere(analysed)): Candidate[] {
  const network = networkOf(analysed);
  const { lines } = analysed.document;
  const told = new Map<string, number>();
  const found = rulesFor(analysed).flatMap(rule =>
    [...rule.find(network, within)].flatMap(finding =>
      finding.fixes.map((fix): Candidate => {
        const line = lines.lineAt(finding.at.from) + 1;
        const base = `${rule.code}@${line}:${fix.variant}`;
        // Several layers may stand on one line.
        const count = (told.get(base) ?? 0) + 1;
        told.set(base, count);
        return {
          id: count === 1 ? base : `${base}.${count}`,
          code: rule.code,
          answers: rule.answers ?? rule.code,
          range: finding.at,
          kind: isTold(analysed, network, rule, finding) ? 'quickfix' : 'rewrite',
          title: fix.title,
          fix,
        };
      }),
    ),
  );
  return found.sort((a, b) => a.range.from - b.range.from);
}

/** Tells the candidates of one text apart, whatever part of it was looked at. */
export function candidateKey({ code, range, fix }: Candidate): string {
  return `${code} ${range.from} ${fix.variant}`;
}

const prices = new WeakMap<Analysed, Map<string, Advice | undefined>>();

/** Tries one of them, once for a text; undefined where it is not to be had and nobody would expect it. */
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
    title: `${fix.title}: ${reason}`,
    why: whyText(analysed, fix),
  });
  if (fix.refused !== undefined) return refuse(fix.refused);
  const trial = attempt(analysed, fix.edits, fix.footprint);
  if (!trial || trial.objection !== undefined) return undefined;
  const after = totalsOf(trial.after);
  const here = networkOf(analysed).costOf(fix.here);
  const saved = { macs: before.macs - after.macs, params: before.params - after.params };
  if (!isWorthIt(saved, here, fix.exact)) {
    if (!fix.expected || saved.macs >= 0) return undefined;
    const { what, where } = fix.expected;
    return refuse(`${what} would cost ${percent(-saved.macs / here.macs)} more here: ${where}`);
  }
  return {
    ...{ id, code, answers, range, kind, before, after, refused: null, edits: trial.edits },
    title: `${fix.title}: ${priceText(before, after, here)}`,
    why: whyText(analysed, fix),
  };
}

/** Where the costs of a network ask for advice, as hints; those about what is told elsewhere are told there. */
export function adviceProblems(analysed: Analysed): Problem[] {
  const network = networkOf(analysed);
  return rulesFor(analysed)
    .filter(({ told }) => told)
    .flatMap(rule =>
      [...rule.find(network, everywhere(analysed))]
        .filter(finding => finding.message !== undefined && isTold(analysed, network, rule, finding))
        .map(
          ({ at, message, measure, fixes }): Problem => ({
            range: { from: at.from, to: at.to },
            severity: 'hint',
            code: rule.code,
            message: message!.replace('{share}', shareText(shareOf(analysed, network, { fixes, measure }), measure)),
          }),
        ),
    );
}

const shareText = (share: number, measure: Finding['measure']): string =>
  `${percent(share)} of the network’s ${measure === 'params' ? 'parameters' : 'MACs'}`;

/** The pieces that settings have not switched off. */
function rulesFor({ settings, document }: Analysed): readonly AdviceRule[] {
  // What cannot be written need not be looked for.
  if (!document.reader?.rewrite) return [];
  return adviceRules.filter(rule => settings.advice[settingOf(rule)]?.enabled);
}

/** `fatConvolution` for `fat-convolution`. */
export function settingOf({ code }: Pick<AdviceRule, 'code'>): string {
  return code.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function isTold(analysed: Analysed, network: Network, rule: AdviceRule, finding: Finding): boolean {
  if (rule.answers !== undefined) return true;
  if (finding.message === undefined) return false;
  const threshold = analysed.settings.advice[settingOf(rule)]?.threshold ?? 0;
  return (
    finding.measure === undefined ||
    shareOf(analysed, network, { fixes: finding.fixes, measure: finding.measure }) >= threshold
  );
}

/** The finding's share of the whole. */
function shareOf(
  { model }: Analysed,
  network: Network,
  { fixes, measure }: Pick<Finding, 'fixes'> & { readonly measure: Finding['measure'] | undefined },
): number {
  const here = network.costOf(fixes[0]?.here ?? []);
  const { macs, params } = model.totals;
  return measure === 'params' ? here.params / params.value : here.macs / macs.value;
}

function isWorthIt(saved: AdviceTotals, here: AdviceTotals, exact: boolean): boolean {
  if (exact) return saved.macs >= 0 && saved.params >= 0 && saved.macs + saved.params > 0;
  if (saved.macs < 0) return false;
  return saved.macs >= leastSaving * here.macs || saved.params >= leastSaving * here.params;
}

function totalsOf({ model }: Analysed): AdviceTotals {
  return { macs: model.totals.macs.value, params: model.totals.params.value };
}

/** “347M → 99.5M MACs here, −4.1 % in all, params −335k”. */
function priceText(before: AdviceTotals, after: AdviceTotals, here: AdviceTotals): string {
  const macs = after.macs - before.macs;
  const params = after.params - before.params;
  const work =
    macs === 0
      ? 'MACs stay'
      : `${si(here.macs)} → ${si(here.macs + macs)} MACs here, ${changeText(macs / before.macs)} in all`;
  return `${work}, params ${params === 0 ? 'stay' : signed(params)}`;
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${si(value)}`;

function whyText({ spec, model }: Analysed, { why, costs }: Fix): string {
  const inputs = model.graph.inputs.map(({ tensor }) => storedShape(tensor.shape)).join(', ');
  const scale = spec.variant === undefined ? '' : ` at scale ${spec.variant}`;
  return [why, ...costs, `The price holds for the input ${inputs}${scale}.`].join('\n\n');
}

function everywhere({ document }: Analysed): Range {
  return { from: 0, to: document.source.text.length };
}

// The other networks of a text: those of a program that is not shown now, and those of other programs that import it.
import * as l10n from '@vscode/l10n';
import type { Host, ProgramEntry } from '../formats/index.ts';
import { type Analysed, asNetwork, type Network, preparation, price } from '../pipeline.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { type Outcome, outcomeOf } from './choices.ts';
import { type Hint, hintsInParentheses } from './hints.ts';
import { type Hover, hintDetail } from './hover.ts';
import type { Lens } from './lens.ts';
import { type TotalsReport, totalsReport } from './report.ts';
import { codeSpan, plainMarkdown } from './wording.ts';

/** What another network of a text costs, without what it was computed from: a file may have many. */
export interface OtherNetwork {
  /** How it was built and called. */
  readonly entry: ProgramEntry;
  /** As a picker says it: `4.09G MACs · 25.6M params · peak 9.63 MB`. */
  readonly outcome: Outcome;
  readonly totals: TotalsReport;
  /** The lines that it has, and neither the network that is shown nor one before it. */
  readonly lines: ReadonlyMap<number, OtherLine>;
  /** What is wrong on these lines. */
  readonly problems: readonly Problem[];
  /** The heads of classes among these lines. */
  readonly heads: readonly Range[];
}

interface OtherLine {
  /** Empty where there is nothing to be said of it. */
  readonly label: string;
  readonly detail: string;
}

/**
 * Reads the other networks of a text, one after the other and each in steps: those that were looked at before, the last
 * one first, then the others in the order of the text. `viewed` has the expressions that built them, `hosts` other programs
 * that import the text. Where nobody needs all of them, it can be left after any step.
 */
export function* otherNetworks(
  analysed: Analysed,
  viewed: readonly string[] = [],
  hosts: readonly Host[] = [],
): Generator<OtherNetwork | undefined, void> {
  const { model } = analysed;
  const seen = new Set(model.lineCosts().map(({ line }) => line));
  for (const network of networksOf(analysed, viewed, hosts)) {
    const { document, settings } = asNetwork(analysed, network);
    for (const _ of preparation(document, settings) ?? []) yield undefined;
    const other = price(document, settings);
    const entry = other?.spec.program?.entry;
    // A program that does not use the text, or no more, shows nothing of it.
    if (!entry || (typeof network === 'object') !== (entry.host !== undefined)) continue;
    const found = otherNetwork(analysed, other, entry, seen);
    for (const line of found.lines.keys()) seen.add(line);
    yield found;
  }
}

/** Which networks there are besides the one that is shown. */
function networksOf(
  { spec: { program } }: Analysed,
  viewed: readonly string[],
  hosts: readonly Host[],
): readonly Network[] {
  if (!program?.entry) return [];
  const { entry, entries } = program;
  const own = new Set(entries.map(({ expression }) => expression));
  // One that only another file builds is read as that one builds it.
  if (entry.host === undefined) own.delete(entry.expression);
  const ordered = [...viewed.filter(expression => own.has(expression)), ...own];
  return [...hosts, ...new Set(ordered)];
}

function otherNetwork(shown: Analysed, other: Analysed, entry: ProgramEntry, seen: ReadonlySet<number>): OtherNetwork {
  const outcome = outcomeOf(shown, other, 'entry', entry.expression);
  const lines = new Map<number, OtherLine>();
  const labels = new Map(hintsInParentheses(other).map(({ line, label }) => [line, label]));
  const note = l10n.t('As in {0}, which is not the network that is shown.', codeSpan(nameOf(entry)));
  const heads: Range[] = [];
  for (const { line, frames } of other.model.lineCosts()) {
    if (seen.has(line)) continue;
    const label = labels.get(line) ?? '';
    lines.set(line, { label, detail: `${hintDetail(other, line)}\n\n${note}` });
    const [from, to] = [other.model.lines.start(line), other.model.lines.end(line)];
    const [frame] = frames;
    const head = frame?.sites.find(
      ({ range, role, file }) => file === undefined && role === 'definition' && range.from >= from && range.from <= to,
    );
    if (head && frame?.type !== 'function') heads.push(head.range);
  }
  return {
    entry,
    outcome,
    totals: totalsReport(other),
    lines,
    problems: entry.guessed === false ? problemsOn(lines, other, entry) : [],
    heads,
  };
}

/** What is wrong on some lines, with the network that it is wrong in. What had to be guessed may be wrong itself. */
function problemsOn(lines: ReadonlyMap<number, OtherLine>, other: Analysed, entry: ProgramEntry): readonly Problem[] {
  const { document, problems, spec } = other;
  return problems
    .filter(({ range, severity }) => severity !== 'information' && lines.has(document.lines.lineAt(range.from)))
    .map(problem => ({
      ...problem,
      fixes: [],
      related: [
        ...(problem.related ?? []),
        { range: entry.range ?? spec.head, message: l10n.t('in the network {0}', nameOf(entry)) },
      ],
    }));
}

/** `resnet50()`, or `Net() of net.py` where another file builds it. */
function nameOf({ expression, host }: ProgramEntry): string {
  return host === undefined ? expression : l10n.t('{0} of {1}', expression, host.slice(host.lastIndexOf('/') + 1));
}

const wordsOf = (outcome: Outcome): string => (outcome.kind === 'totals' ? outcome.totals : outcome.why);

/** The hints of lines that only other networks have, in parentheses: they are in no total that is shown. */
export function otherHints({ document: { lines } }: Analysed, others: readonly OtherNetwork[], within: Range): Hint[] {
  const [first, last] = [lines.lineAt(within.from), lines.lineAt(within.to)];
  return others.flatMap(other =>
    [...other.lines].flatMap(([line, { label }]) =>
      label === '' || line < first || line > last ? [] : [{ at: lines.end(line), label, line }],
    ),
  );
}

/** The detail of such a hint, as markdown; empty where another network has nothing there either. */
export function otherDetail(others: readonly OtherNetwork[], line: number): string {
  for (const other of others) {
    const found = other.lines.get(line);
    if (found) return found.detail;
  }
  return '';
}

/** The same where the pointer is on a text. */
export function otherHover(
  { document: { lines } }: Analysed,
  others: readonly OtherNetwork[],
  offset: number,
): Hover | undefined {
  const line = lines.lineAt(offset);
  const markdown = otherDetail(others, line);
  const from = lines.start(line) + /^\s*/.exec(lines.textOf(line))![0].length;
  return markdown === '' || offset < from ? undefined : { range: { from, to: lines.end(line) }, markdown };
}

/**
 * Above the place that names another network, its totals; above the head of a class that only another network uses, which
 * one that is.
 */
export function otherLenses({ settings }: Analysed, others: readonly OtherNetwork[]): Lens[] {
  if (!settings.codeLens.enabled) return [];
  const action = { kind: 'entry' } as const;
  return others.flatMap(({ entry, outcome, heads }) => {
    const name = nameOf(entry);
    const { range: place } = entry;
    const inside = heads.filter(({ from }) => from !== place?.from);
    return [
      ...(place ? [{ range: place, title: `${name} · ${wordsOf(outcome)}`, action }] : []),
      ...inside.map(range => ({ range, title: l10n.t('As in {0}', name), action })),
    ];
  });
}

/** What choosing one of them would give; undefined where that was not read. */
export function otherOutcome(others: readonly OtherNetwork[], expression: string | undefined): Outcome | undefined {
  return others.find(({ entry }) => entry.host === undefined && entry.expression === expression)?.outcome;
}

/** What is wrong on lines that only they have. */
export function otherProblems(others: readonly OtherNetwork[]): readonly Problem[] {
  return others.flatMap(({ problems }) => problems);
}

/** The other networks with their totals, one a line, as plain text; empty where there are none. */
export function othersText(others: readonly OtherNetwork[]): string {
  return others.map(({ entry, outcome }) => `${nameOf(entry)}: ${wordsOf(outcome)}`).join('\n');
}

/** The same as markdown, for the status bar. */
export function othersMarkdown(others: readonly OtherNetwork[]): string {
  if (others.length === 0) return '';
  const shown = others.slice(0, mostShown);
  const rows = shown.map(({ entry, outcome }) => `| ${codeSpan(nameOf(entry))} | ${plainMarkdown(wordsOf(outcome))} |`);
  const left = others.length - shown.length;
  return [
    [`| ${l10n.t('other networks')} | |`, '|---|---|', ...rows].join('\n'),
    ...(left === 0 ? [] : [left === 1 ? l10n.t('And 1 more.') : l10n.t('And {0} more.', left)]),
  ].join('\n\n');
}

/** So many networks fit below the totals. */
const mostShown = 12;

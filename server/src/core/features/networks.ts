// Other networks of a text: those of a program that are not shown, and those of programs that import it.
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

/** The cost of another network of a text, without the analysis behind it: a file may have many. */
export interface OtherNetwork {
  /** How it was built and called. */
  readonly entry: ProgramEntry;
  /** For pickers: `4.09G MACs · 25.6M params · peak 9.63 MB`. */
  readonly outcome: Outcome;
  readonly totals: TotalsReport;
  /** The lines that are in this network, but neither in the one shown nor in a previous one. */
  readonly lines: ReadonlyMap<number, OtherLine>;
  /** The problems on these lines. */
  readonly problems: readonly Problem[];
  /** The heads of classes among these lines. */
  readonly heads: readonly Range[];
}

interface OtherLine {
  /** Empty if there is nothing to show. */
  readonly label: string;
  readonly detail: string;
}

/**
 * Reads the other networks of a text one after the other, each in steps: first those that were viewed (the last one
 * first), then the others in text order. `viewed` are the entry expressions of the former, `hosts` other programs that
 * import the text. Can be abandoned after any step.
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
    // Skip a program that does not use the text (any more).
    if (!entry || (typeof network === 'object') !== (entry.host !== undefined)) continue;
    const found = otherNetwork(analysed, other, entry, seen);
    for (const line of found.lines.keys()) seen.add(line);
    yield found;
  }
}

/** The networks besides the one that is shown. */
function networksOf(
  { spec: { program } }: Analysed,
  viewed: readonly string[],
  hosts: readonly Host[],
): readonly Network[] {
  if (!program?.entry) return [];
  const { entry, entries } = program;
  const own = new Set(entries.map(({ expression }) => expression));
  // A network that only another file builds is read in the way that file builds it.
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

/**
 * The problems on some lines, with the network they occur in; reduced if the call was guessed, which may be the cause.
 */
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

/** `resnet50()`, or `Net() of net.py` if another file builds it. */
function nameOf({ expression, host }: ProgramEntry): string {
  return host === undefined ? expression : l10n.t('{0} of {1}', expression, host.slice(host.lastIndexOf('/') + 1));
}

const wordsOf = (outcome: Outcome): string => (outcome.kind === 'totals' ? outcome.totals : outcome.why);

/** The hints of lines that are only in other networks, in parentheses: they are in none of the totals shown. */
export function otherHints({ document: { lines } }: Analysed, others: readonly OtherNetwork[], within: Range): Hint[] {
  const [first, last] = [lines.lineAt(within.from), lines.lineAt(within.to)];
  return others.flatMap(other =>
    [...other.lines].flatMap(([line, { label }]) =>
      label === '' || line < first || line > last ? [] : [{ at: lines.end(line), label, line }],
    ),
  );
}

/** The detail of such a hint as Markdown; empty if no other network has the line. */
export function otherDetail(others: readonly OtherNetwork[], line: number): string {
  for (const other of others) {
    const found = other.lines.get(line);
    if (found) return found.detail;
  }
  return '';
}

/** The same for the text at an offset. */
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
 * Lenses: the totals above the place that names another network, and above a class that only another network uses, the
 * name of that network.
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

/** The totals of another network; undefined if it has not been read. */
export function otherOutcome(others: readonly OtherNetwork[], expression: string | undefined): Outcome | undefined {
  return others.find(({ entry }) => entry.host === undefined && entry.expression === expression)?.outcome;
}

/** The problems on lines that only other networks have. */
export function otherProblems(others: readonly OtherNetwork[]): readonly Problem[] {
  return others.flatMap(({ problems }) => problems);
}

/** The other networks with their totals, one per line, as plain text; empty if there are none. */
export function othersText(others: readonly OtherNetwork[]): string {
  return others.map(({ entry, outcome }) => `${nameOf(entry)}: ${wordsOf(outcome)}`).join('\n');
}

/** The same as Markdown, for the status bar. */
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

/** How many networks are listed below the totals. */
const mostShown = 12;

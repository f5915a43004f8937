import * as l10n from '@vscode/l10n';
import {
  type Budget,
  budgetFor,
  budgetText,
  type Convention,
  isWithin,
  type Slimmed,
  sentences,
  shareChange,
  si,
  slim,
  type TextEdit,
  unifiedDiff,
} from '../core/index.ts';
import type { ExitCode, SlimRequest } from './arguments.ts';
import { changeFile } from './change.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { aligned, ruled } from './table.ts';

/** A file in the output of `flopline slim --format json`, schema 1, which scripts rely on. */
export interface SlimReport {
  readonly file: string;
  readonly budget: Budget;
  /** Also false if `complete` is false: a lower bound within the budget does not mean that the network is. */
  readonly reached: boolean;
  /** Whether the totals that the budget limits are all known. */
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly why?: string;
  readonly before: Counts;
  readonly after: Counts;
  readonly steps: readonly SlimRow[];
  /** All steps as one change: UTF-16 offsets in the file's text, not counting a byte order mark. */
  readonly edits: readonly TextEdit[];
}

/** MACs and parameters, whatever convention the titles use. */
type Counts = Pick<Slimmed['before'], 'macs' | 'params'>;

export interface SlimRow {
  readonly code: string;
  /** 1-based, in the unchanged file. */
  readonly line: number;
  readonly title: string;
  readonly why: string;
  /** Totals of the whole network after this step and all previous ones. */
  readonly after: Counts;
  /** Relative to the text after the previous steps. */
  readonly edits: readonly TextEdit[];
}

/** `flopline slim`: returns the exit code. */
export function runSlim(request: SlimRequest, streams: Streams): ExitCode {
  const reports: SlimReport[] = [];
  const code = visitSpecs(request, streams, (visit, clean) => slimFile(visit, request, reports, clean));
  if (code === undefined) return 2;
  if (request.format === 'json') streams.out(json(reports));
  return code;
}

/** Slims one spec and adds its report. */
function slimFile(
  { path, document, analysed, progress }: Visit,
  { wishes, scales, format, apply, dryRun }: SlimRequest,
  reports: SlimReport[],
  { out, err }: Streams,
): ExitCode {
  const say = (text: string): void => err(`flopline: “${path}”: ${text}\n`);
  if (!analysed) {
    say(l10n.t('This file is too large to analyze.'));
    return 1;
  }
  const { macs, params, why } = analysed.model.totals;
  const totals = { macs: macs.value, params: params.value };
  const budget = budgetFor(wishes, totals);
  if (typeof budget === 'string') {
    say(budget);
    return 2;
  }
  const rows: SlimRow[] = [];
  const search = slim(analysed, budget, { scales });
  const running: Totals[] = [];
  let next = search.next();
  for (; !next.done; next = search.next()) {
    const event = next.value;
    if (event.kind === 'trial') progress(l10n.t('{0} changes tried, {1} made', event.tried, rows.length));
    else {
      const { advice, choice } = event.step;
      const { code, title, why, after, edits } = advice;
      const line = document.lines.lineAt(choice.origin) + 1;
      running.push(after);
      rows.push({ code, line, title, why, after: countsOf(after), edits });
    }
  }
  const { before, after, edits } = next.value;
  const complete = (budget.macs === undefined || macs.complete) && (budget.params === undefined || params.complete);
  const reached = complete && isWithin(after, budget);
  const known = { complete, ...(complete || why === undefined ? {} : { why: why.message }) };
  const counts = { before: countsOf(before), after: countsOf(after) };
  const result: SlimReport = { file: path, budget, reached, ...known, ...counts, steps: rows, edits };
  const { text } = document.source;
  if (format !== 'json')
    out(
      dryRun
        ? unifiedDiff(path, text, edits)
        : `${reports.length > 0 ? '\n' : ''}${slimTable(result, analysed.model.convention, [before, ...running])}`,
    );
  reports.push(result);
  if (!reached) {
    const goal = budgetText(budget, totals, analysed.model.convention.name);
    say(sentences(missText(result, goal), complete ? undefined : why?.message));
    if (apply && !dryRun) say(l10n.t('Nothing was changed.'));
    return 1;
  }
  if (apply && !dryRun && !changeFile(path, text, edits, err)) return 1;
  return 0;
}

/** Why the budget is not reached, or may not be. */
function missText({ complete, before, after, steps }: SlimReport, goal: string): string {
  if (!complete) return l10n.t('Cannot tell whether {0} is reached, because part of the network is unknown.', goal);
  const [macs, params] = [shareChange(after.macs, before.macs), shareChange(after.params, before.params)];
  // Changing a layer twice would leave too little of it.
  if (steps.length === 0) return l10n.t('{0} is not reached: Flopline knows no change that saves anything.', goal);
  return steps.length === 1
    ? l10n.t(
        '{0} is not reached: after 1 change (MACs {1}, params {2}), no change of another layer that Flopline knows saves more.',
        goal,
        macs,
        params,
      )
    : l10n.t(
        '{0} is not reached: after {1} changes (MACs {2}, params {3}), no change of another layer that Flopline knows saves more.',
        goal,
        steps.length,
        macs,
        params,
      );
}

type Totals = Slimmed['before'];

const countsOf = ({ macs, params }: Counts): Counts => ({ macs, params });

/** A sequence of changes with the totals after each. */
function slimTable(report: SlimReport, { name, unit }: Convention, totals: readonly Totals[]): string {
  const { file, steps } = report;
  // Budgets are in MACs; if the convention is another one, show both.
  const macs = { head: 'MACs', of: (each: Totals) => each.macs };
  const value = { head: unit, of: (each: Totals) => each.value };
  const params = { head: l10n.t('params'), of: (each: Totals) => each.params };
  const columns = [...(name === 'flops' ? [] : [macs]), ...(name === 'macs' ? [] : [value]), params];
  const head = [l10n.t('line'), ...columns.flatMap(column => [column.head, '']), l10n.t('change')];
  const rows = totals.map((each, at) => [
    at === 0 ? '' : String(steps[at - 1]!.line),
    ...columns.flatMap(({ of }) => [si(of(each)), at === 0 ? '' : shareChange(of(each), of(totals[0]!))]),
    at === 0 ? l10n.t('as it is') : steps[at - 1]!.title,
  ]);
  const lines = aligned(
    [head, ...rows],
    head.map((_, at) => (at === head.length - 1 ? 'start' : 'end')),
  );
  return [file, '', ...ruled(lines, 120), '', outcomeText(report, name), ''].join('\n');
}

function outcomeText({ steps, reached, complete, budget, before }: SlimReport, convention: Convention['name']): string {
  const goal = budgetText(budget, before, convention);
  const count = steps.length;
  if (reached) {
    if (count === 0) return l10n.t('The network is already within the budget: {0}.', goal);
    return count === 1
      ? l10n.t('Reached with 1 change: {0}.', goal)
      : l10n.t('Reached with {0} changes: {1}.', count, goal);
  }
  if (!complete) {
    return count === 1
      ? l10n.t('May be reached with 1 change (totals are lower bounds): {0}.', goal)
      : l10n.t('May be reached with {0} changes (totals are lower bounds): {1}.', count, goal);
  }
  return count === 1
    ? l10n.t('Not reached with 1 change: {0}.', goal)
    : l10n.t('Not reached with {0} changes: {1}.', count, goal);
}

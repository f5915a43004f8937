import {
  type Budget,
  budgetFor,
  budgetText,
  isWithin,
  type Slimmed,
  shareChange,
  si,
  slim,
  type TextEdit,
} from '../core/index.ts';
import type { ExitCode, SlimRequest } from './arguments.ts';
import { changeFile } from './change.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { aligned } from './table.ts';
import { unifiedDiff } from './unifiedDiff.ts';

/** What scripts rely on: a file of schema 1 of `flopline slim --format json`. */
export interface SlimReport {
  readonly file: string;
  readonly budget: Budget;
  /** False too where `complete` is: a lower bound may be within the budget when the network is not. */
  readonly reached: boolean;
  /** Whether all of the totals that the budget limits is known. */
  readonly complete: boolean;
  /** Where it is not: the reason, in words. */
  readonly why?: string;
  readonly before: Slimmed['before'];
  readonly after: Slimmed['after'];
  readonly steps: readonly SlimRow[];
  /** All steps as one change: UTF-16 offsets of the file's text, from behind a byte order mark. */
  readonly edits: readonly TextEdit[];
}

export interface SlimRow {
  readonly code: string;
  /** 1-based, of the file as it stands. */
  readonly line: number;
  readonly title: string;
  readonly why: string;
  /** Totals of the whole network with this step and all before it. */
  readonly after: Slimmed['after'];
  /** Of the text as the steps before have made it. */
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
  { wishes, format, apply, dryRun }: SlimRequest,
  reports: SlimReport[],
  { out, err }: Streams,
): ExitCode {
  const say = (text: string): void => err(`flopline: “${path}”: ${text}\n`);
  if (!analysed) {
    say('This file is too large to be analysed.');
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
  const search = slim(analysed, budget);
  let next = search.next();
  for (; !next.done; next = search.next()) {
    const told = next.value;
    if (told.kind === 'trial') progress(`${told.tried} changes tried, ${rows.length} taken`);
    else {
      const { advice, choice } = told.step;
      const { code, title, why, after, edits } = advice;
      rows.push({ code, line: document.lines.lineAt(choice.origin) + 1, title, why, after, edits });
    }
  }
  const { before, after, edits } = next.value;
  const complete = (budget.macs === undefined || macs.complete) && (budget.params === undefined || params.complete);
  const reached = complete && isWithin(after, budget);
  const known = { complete, ...(complete || why === undefined ? {} : { why: why.message }) };
  const result: SlimReport = { file: path, budget, reached, ...known, before, after, steps: rows, edits };
  const { text } = document.source;
  if (format !== 'json')
    out(dryRun ? unifiedDiff(path, text, edits) : `${reports.length > 0 ? '\n' : ''}${slimTable(result)}`);
  reports.push(result);
  if (!reached) {
    const goal = budgetText(budget, totals);
    const nothing = apply && !dryRun ? ' Nothing was changed.' : '';
    if (!complete)
      say(
        `Flopline cannot say whether ${goal} is reached, because a part is not known: ${why?.message.replace(/\.$/, '')}.${nothing}`,
      );
    else {
      const found = `MACs ${shareChange(after.macs, before.macs)}, params ${shareChange(after.params, before.params)}`;
      const steps = `${rows.length} change${rows.length === 1 ? '' : 's'}`;
      say(`${goal} is not reached: after ${steps} (${found}), no other change saves anything.${nothing}`);
    }
    return 1;
  }
  if (apply && !dryRun && !changeFile(path, text, edits, err)) return 1;
  return 0;
}

/** A sequence of changes with the totals after each. */
function slimTable({ file, before, steps, reached, complete, budget }: SlimReport): string {
  const head = ['line', 'MACs', '', 'params', '', 'change'];
  const rows = steps.map(({ line, after, title }) => [
    String(line),
    si(after.macs),
    shareChange(after.macs, before.macs),
    si(after.params),
    shareChange(after.params, before.params),
    title,
  ]);
  const first = ['', si(before.macs), '', si(before.params), '', 'as it is'];
  const lines = aligned([head, first, ...rows], ['end', 'end', 'end', 'end', 'end', 'start']);
  const rule = '─'.repeat(Math.min(120, Math.max(...lines.map(line => line.length))));
  const count = `${steps.length} change${steps.length === 1 ? '' : 's'}`;
  const outcome =
    steps.length === 0 && reached
      ? 'The network is within the budget already'
      : `${reached ? 'Reached' : complete ? 'Not reached' : 'Perhaps reached (totals are “at least”)'} by ${count}`;
  return [file, '', lines[0], rule, ...lines.slice(1), '', `${outcome}: ${budgetText(budget, before)}.`, ''].join('\n');
}

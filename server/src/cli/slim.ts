import {
  type Budget,
  budgetFor,
  budgetText,
  isWithin,
  price,
  type Slimmed,
  shareChange,
  slim,
  type TextEdit,
} from '../core/index.ts';
import type { SlimRequest } from './arguments.ts';
import { changeFile } from './change.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { slimTable } from './table.ts';
import { unifiedDiff } from './unifiedDiff.ts';

/** What scripts rely on: a file of schema 1 of `flopline slim --format json`. */
export interface SlimReport {
  readonly file: string;
  readonly budget: Budget;
  readonly reached: boolean;
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
export function runSlim(request: SlimRequest, streams: Streams): 0 | 1 | 2 {
  let outcome: 0 | 1 | 2 = 0;
  const visited = visitSpecs(request, streams, (visit, clean) => {
    outcome = slimFile(visit, request, clean);
  });
  if (!visited || (visited.found === 0 && !visited.failed)) return 2;
  return visited.failed ? 1 : outcome;
}

function slimFile(
  { path, document, progress }: Visit,
  { settings, wishes, format, apply, dryRun }: SlimRequest,
  { out, err }: Streams,
): 0 | 1 | 2 {
  const analysed = price(document, settings);
  if (!analysed) {
    err(`flopline: “${path}” is too large to be analysed.\n`);
    return 1;
  }
  const { macs, params } = analysed.model.totals;
  const totals = { macs: macs.value, params: params.value };
  const budget = budgetFor(wishes, totals);
  if (typeof budget === 'string') {
    err(`flopline: ${budget}\n`);
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
  const reached = isWithin(after, budget);
  const result: SlimReport = { file: path, budget, reached, before, after, steps: rows, edits };
  const { text } = document.source;
  if (format === 'json') out(json([result]));
  else if (dryRun) out(unifiedDiff(path, text, edits));
  else out(slimTable(result));
  if (!reached) {
    const found = `MACs ${shareChange(after.macs, before.macs)}, params ${shareChange(after.params, before.params)}`;
    const nothing = apply && !dryRun ? ' Nothing was changed.' : '';
    err(
      `flopline: ${budgetText(budget, totals)} is not reached: no further change of another layer saves anything after ${rows.length} (${found}).${nothing}\n`,
    );
    return 1;
  }
  if (apply && !dryRun) changeFile(path, text, edits);
  return 0;
}

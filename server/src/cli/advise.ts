import {
  type Advice,
  type Analysed,
  adviceCandidates,
  documentReport,
  price,
  priceAdvice,
  type ReportShape,
  report,
  summary,
  type TextEdit,
  type TotalsReport,
} from '../core/index.ts';
import type { AdviseRequest } from './arguments.ts';
import { changeFile } from './change.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { adviceTable } from './table.ts';
import { unifiedDiff } from './unifiedDiff.ts';

/** What scripts rely on: a file of schema 1 of `flopline advise --format json`. */
export interface AdviceReport {
  readonly file: string;
  readonly format: string;
  readonly model: string;
  readonly input: Readonly<Record<string, ReportShape>>;
  readonly totals: TotalsReport;
  /** In source order. */
  readonly advice: readonly AdviceRow[];
}

export interface AdviceRow {
  readonly id: string;
  readonly code: string;
  /** 1-based. */
  readonly line: number;
  readonly title: string;
  /** Markdown. */
  readonly why: string;
  /** Totals of the whole network, as `after`. */
  readonly before: Advice['before'];
  readonly after: Advice['after'];
  readonly refused: string | null;
  /** UTF-16 offsets, from behind a byte order mark. */
  readonly edits: readonly TextEdit[];
}

/** `flopline advise`: returns the exit code. */
export function runAdvise(request: AdviseRequest, streams: Streams): 0 | 1 | 2 {
  const { apply, format } = request;
  const reports: AdviceReport[] = [];
  let failed = false;
  let outcome: 0 | 1 | 2 = 0;
  const visited = visitSpecs(request, streams, (visit, clean) => {
    const analysed = price(visit.document, request.settings);
    if (analysed?.problems.some(({ severity }) => severity === 'error')) failed = true;
    if (apply !== undefined) {
      outcome = follow(apply, analysed, visit, request, clean);
      return;
    }
    const result = advised(analysed, visit);
    reports.push(result);
    if (format === 'json') return;
    const detail = analysed ? summary(analysed).detail : 'Not analysed.';
    clean.out(`${reports.length > 1 ? '\n' : ''}${adviceTable(result, detail)}`);
  });
  if (!visited) return 2;
  if (visited.found === 0 && !visited.failed) return 2;
  if (apply !== undefined) return visited.failed ? 1 : outcome;
  if (format === 'json') streams.out(json(reports));
  return visited.failed || failed ? 1 : 0;
}

function advised(analysed: Analysed | undefined, { path, document, progress }: Visit): AdviceReport {
  if (!analysed) {
    const { file, format, model, input, totals } = documentReport(document, { file: path });
    return { file, format, model, input, totals, advice: [] };
  }
  const { file, format, model, input, totals } = report(analysed, { file: path });
  const candidates = adviceCandidates(analysed);
  const advice = candidates.flatMap((candidate, index) => {
    progress(`${index + 1} of ${candidates.length} changes tried`);
    const priced = priceAdvice(analysed, candidate);
    return priced ? [row(priced, analysed)] : [];
  });
  return { file, format, model, input, totals, advice };
}

function row(
  { id, code, range, title, why, before, after, refused, edits }: Advice,
  { document }: Analysed,
): AdviceRow {
  const line = document.lines.lineAt(range.from) + 1;
  return { id, code, line, title, why, before, after, refused, edits };
}

/** Makes the change of one piece of advice, or shows it. */
function follow(
  id: string,
  analysed: Analysed | undefined,
  { path, document }: Visit,
  { dryRun }: AdviseRequest,
  { out, err }: Streams,
): 0 | 1 | 2 {
  const candidate = analysed && adviceCandidates(analysed).find(other => other.id === id);
  if (!analysed || !candidate) {
    err(`flopline: there is no advice “${id}” on “${path}”. “flopline advise ${path}” lists what there is.\n`);
    return 2;
  }
  const advice = priceAdvice(analysed, candidate);
  if (!advice || advice.refused !== null) {
    err(`flopline: “${id}” is not to be had: ${advice?.refused ?? 'it saves too little here'}. Nothing was changed.\n`);
    return 1;
  }
  const { text } = document.source;
  if (dryRun) {
    out(unifiedDiff(path, text, advice.edits));
    return 0;
  }
  changeFile(path, text, advice.edits);
  out(`${path}: ${advice.title}\n`);
  return 0;
}

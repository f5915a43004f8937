import {
  type Advice,
  type Analysed,
  adviceCandidates,
  documentReport,
  priceAdvice,
  type ReportShape,
  report,
  shareChange,
  summary,
  type TextEdit,
  type TotalsReport,
} from '../core/index.ts';
import type { AdviseRequest, ExitCode } from './arguments.ts';
import { changeFile } from './change.ts';
import { isFolder } from './files.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { aligned } from './table.ts';
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
export function runAdvise(request: AdviseRequest, streams: Streams): ExitCode {
  const { apply, format } = request;
  if (apply !== undefined && request.paths.some(isFolder)) {
    streams.err('flopline: --apply changes one file, not a folder. Name the file.\n');
    return 2;
  }
  const reports: AdviceReport[] = [];
  const code = visitSpecs(request, streams, (visit, clean) => {
    if (apply !== undefined) return follow(apply, visit, request, clean);
    const result = advised(visit);
    reports.push(result);
    if (format === 'json') return 0;
    const detail = visit.analysed ? summary(visit.analysed).detail : 'Not analysed.';
    clean.out(`${reports.length > 1 ? '\n' : ''}${adviceTable(result, detail)}`);
    return 0;
  });
  if (code === undefined) return 2;
  if (apply === undefined && format === 'json') streams.out(json(reports));
  return code;
}

function advised({ path, document, analysed, progress }: Visit): AdviceReport {
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
  { path, document, analysed }: Visit,
  { dryRun }: AdviseRequest,
  { out, err }: Streams,
): ExitCode {
  if (!analysed) {
    err(`flopline: “${path}” is too large to be analysed. Nothing was changed.\n`);
    return 1;
  }
  const candidate = adviceCandidates(analysed).find(other => other.id === id);
  if (!candidate) {
    err(`flopline: There is no advice “${id}” for “${path}”. “flopline advise ${path}” lists what there is.\n`);
    return 2;
  }
  const advice = priceAdvice(analysed, candidate);
  if (!advice || advice.refused !== null) {
    err(`flopline: “${id}” is not offered: ${advice?.refused ?? 'it saves too little here'}. Nothing was changed.\n`);
    return 1;
  }
  const { text } = document.source;
  if (dryRun) out(unifiedDiff(path, text, advice.edits));
  else if (changeFile(path, text, advice.edits, err)) out(`${path}: ${advice.title}\n`);
  else return 1;
  return 0;
}

/** What would make one file cheaper: what is offered with its share of the whole, then what is not, with the reason. */
function adviceTable({ file, format, model, advice }: AdviceReport, detail: string): string {
  const offered = advice.filter(({ refused }) => refused === null);
  const refused = advice.filter(({ refused }) => refused !== null);
  const head = ['id', 'line', 'MACs', 'params', 'what it does'];
  const rows = offered.map(({ id, line, before, after, title }) => [
    id,
    String(line),
    shareChange(after.macs, before.macs),
    shareChange(after.params, before.params),
    title,
  ]);
  const lines = aligned([head, ...rows], ['start', 'end', 'end', 'end', 'start']);
  const rule = '─'.repeat(Math.min(120, Math.max(...lines.map(line => line.length))));
  const left = aligned(
    refused.map(({ id, line, title }) => [id, String(line), title]),
    ['start', 'end', 'start'],
  );
  return [
    `${file} · ${format} · ${model}`,
    '',
    ...(offered.length > 0 ? [lines[0], rule, ...lines.slice(1)] : ['Nothing to propose.']),
    ...(refused.length > 0 ? ['', 'Not offered:', ...left] : []),
    '',
    detail,
    ...(offered.length > 0 ? [`To make one of them in the file: flopline advise ${file} --apply ID`] : []),
    '',
  ].join('\n');
}

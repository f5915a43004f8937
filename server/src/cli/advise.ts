import * as l10n from '@vscode/l10n';
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
  unifiedDiff,
} from '../core/index.ts';
import type { AdviseRequest, ExitCode } from './arguments.ts';
import { changeFile } from './change.ts';
import { isFolder } from './files.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { aligned, headText, ruled } from './table.ts';

/** A file in the output of `flopline advise --format json`, schema 1, which scripts rely on. */
export interface AdviceReport {
  readonly file: string;
  readonly format: string;
  readonly model: string;
  readonly input: Readonly<Record<string, ReportShape>>;
  readonly totals: TotalsReport;
  /** In source order. */
  readonly advice: readonly AdviceRow[];
}

/** MACs and parameters, whatever convention the titles use. */
type Counts = Pick<Advice['before'], 'macs' | 'params'>;

export interface AdviceRow {
  readonly id: string;
  readonly code: string;
  /** 1-based. */
  readonly line: number;
  readonly title: string;
  /** Markdown. */
  readonly why: string;
  /** Totals of the whole network, like `after`. */
  readonly before: Counts;
  readonly after: Counts;
  readonly refused: string | null;
  /** UTF-16 offsets, not counting a byte order mark. */
  readonly edits: readonly TextEdit[];
}

/** `flopline advise`: returns the exit code. */
export function runAdvise(request: AdviseRequest, streams: Streams): ExitCode {
  const { apply, format } = request;
  if (apply !== undefined && request.paths.some(isFolder)) {
    streams.err(`flopline: ${l10n.t('--apply changes one file, not a folder. Name the file.')}\n`);
    return 2;
  }
  const reports: AdviceReport[] = [];
  const code = visitSpecs(request, streams, (visit, clean) => {
    if (apply !== undefined) return follow(apply, visit, request, clean);
    const result = advised(visit);
    reports.push(result);
    if (format === 'json') return 0;
    const detail = visit.analysed ? summary(visit.analysed).detail : l10n.t('Not analyzed.');
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
    progress(l10n.t('{0} of {1} changes tried', index + 1, candidates.length));
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
  return { id, code, line, title, why, before: countsOf(before), after: countsOf(after), refused, edits };
}

const countsOf = ({ macs, params }: Counts): Counts => ({ macs, params });

/** Applies one of the changes, or prints it as a diff. */
function follow(
  id: string,
  { path, document, analysed }: Visit,
  { dryRun }: AdviseRequest,
  { out, err }: Streams,
): ExitCode {
  const say = (message: string): void => err(`flopline: ${message}\n`);
  if (!analysed) {
    say(l10n.t('“{0}” is too large to analyze. Nothing was changed.', path));
    return 1;
  }
  const candidate = adviceCandidates(analysed).find(other => other.id === id);
  if (!candidate) {
    say(l10n.t('There is no advice “{0}” for “{1}”. To list all advice, run “flopline advise {1}”.', id, path));
    return 2;
  }
  const advice = priceAdvice(analysed, candidate);
  if (!advice || advice.refused !== null) {
    const reason = advice?.refused ?? l10n.t('it saves too little here');
    say(l10n.t('“{0}” is not offered ({1}). Nothing was changed.', id, reason));
    return 1;
  }
  const { text } = document.source;
  if (dryRun) out(unifiedDiff(path, text, advice.edits));
  else if (changeFile(path, text, advice.edits, err)) out(`${path}: ${advice.title}\n`);
  else return 1;
  return 0;
}

/** The changes that are offered, with their savings relative to the total; then those that are not, with the reason. */
function adviceTable(report: AdviceReport, detail: string): string {
  const { file, advice } = report;
  const offered = advice.filter(({ refused }) => refused === null);
  const refused = advice.filter(each => each.refused !== null);
  const head = ['id', l10n.t('line'), 'MACs', l10n.t('params'), l10n.t('change')];
  const rows = offered.map(({ id, line, before, after, title }) => [
    id,
    String(line),
    shareChange(after.macs, before.macs),
    shareChange(after.params, before.params),
    title,
  ]);
  const rest = refused.map(({ id, line, title }) => [id, String(line), title]);
  return [
    headText(report),
    '',
    ...(offered.length > 0
      ? ruled(aligned([head, ...rows], ['start', 'end', 'end', 'end', 'start']), 120)
      : [l10n.t('No suggestions.')]),
    ...(refused.length > 0 ? ['', l10n.t('Not offered:'), ...aligned(rest, ['start', 'end', 'start'])] : []),
    '',
    detail,
    ...(offered.length > 0 ? [l10n.t('To apply one: {0}', `flopline advise ${file} --apply ID`)] : []),
    '',
  ].join('\n');
}

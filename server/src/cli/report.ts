import * as l10n from '@vscode/l10n';
import {
  type Analysed,
  conventionOf,
  documentReport,
  type FileReport,
  markdownReport,
  memoryLines,
  type OtherNetwork,
  orderOf,
  otherNetworks,
  report,
  summary,
} from '../core/index.ts';
import type { ExitCode, ReportRequest } from './arguments.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { csv, overview, overviewCsv, overviewMarkdown, type TableWords, terminalTable } from './table.ts';

/** `flopline report`: returns the exit code. */
export function runReport(request: ReportRequest, streams: Streams): ExitCode {
  const reports: FileReport[] = [];
  const wordings: TableWords[] = [];
  const { format, summary: isShort, top } = request;
  const code = visitSpecs(request, streams, (visit, { out }) => {
    const { result, words } = reported(visit, request);
    reports.push(result);
    wordings.push(words);
    if (format === 'table' && !isShort)
      out(
        `${reports.length > 1 ? '\n' : ''}${terminalTable(result, words, costliest(result, top))}${memoryText(result)}`,
      );
    return 0;
  });
  if (code === undefined) return 2;

  const [unit = '', ...others] = new Set(wordings.map(words => words.unit));
  const common = others.length === 0 ? unit : l10n.t('value');
  switch (format) {
    case 'json':
      streams.out(json(isShort ? reports.map(({ layers: _, ...totals }) => totals) : reports.map(shortened(top))));
      break;
    case 'csv':
      streams.out(isShort ? overviewCsv(reports) : csv(reports, report => costliest(report, top)));
      break;
    case 'markdown':
      streams.out(
        isShort
          ? overviewMarkdown(reports, common)
          : reports.map((each, at) => markdownReport(each, wordings[at]!, costliest(each, top))).join('\n'),
      );
      break;
    case 'table':
      if (isShort) streams.out(reports.length === 0 ? '' : overview(reports, common));
      else if (reports.length > 1) streams.out(`\n${overview(reports, common)}`);
      break;
  }
  return code;
}

function memoryText({ memory }: FileReport): string {
  return memory ? `\n${memoryLines(memory).join('\n')}\n` : '';
}

const shortened =
  (top: number | undefined) =>
  (report: FileReport): FileReport => ({ ...report, layers: costliest(report, top) });

/** The costliest layers among those that contain no others; without a limit, all layers in file order. */
function costliest({ layers }: FileReport, top: number | undefined): FileReport['layers'] {
  if (top === undefined) return layers;
  return layers
    .filter(({ leaf }) => leaf !== false)
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0) || (b.params ?? 0) - (a.params ?? 0))
    .slice(0, top);
}

function reported(
  { path: file, document, analysed }: Visit,
  { settings, blocks, entries, memory }: ReportRequest,
): { readonly result: FileReport; readonly words: TableWords } {
  const shapeOrder = orderOf(analysed ?? { document, settings });
  if (!analysed) {
    const { unit } = conventionOf(settings.convention)!;
    const words = { detail: l10n.t('Not analyzed.'), unit, shapeOrder };
    return { result: documentReport(document, { file }), words };
  }
  const { detail: shown, native, convention } = summary(analysed);
  const result = report(analysed, { file, blocks, memory, networks: entries ? othersOf(analysed) : [] });
  // A program whose networks need arguments has no totals.
  const detail = result.totals.macs === null && result.layers.length === 0 ? l10n.t('Not analyzed.') : shown;
  return {
    result,
    words: {
      detail: native === undefined ? detail : `${detail} · ${native}`,
      // A comment in the file may select another convention than the command line.
      unit: conventionOf(convention)!.unit,
      shapeOrder,
    },
  };
}

function othersOf(analysed: Analysed): readonly OtherNetwork[] {
  return [...otherNetworks(analysed)].filter(network => network !== undefined);
}

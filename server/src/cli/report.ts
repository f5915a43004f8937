import * as l10n from '@vscode/l10n';
import {
  conventionOf,
  documentReport,
  type FileReport,
  markdownReport,
  orderOf,
  report,
  summary,
} from '../core/index.ts';
import type { ExitCode, ReportRequest } from './arguments.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { csv, overview, type TableWords, terminalTable } from './table.ts';

/** `flopline report`: returns the exit code. */
export function runReport(request: ReportRequest, streams: Streams): ExitCode {
  const reports: FileReport[] = [];
  const wordings: TableWords[] = [];
  const code = visitSpecs(request, streams, (visit, { out }) => {
    const { result, words } = reported(visit, request);
    reports.push(result);
    wordings.push(words);
    if (request.format === 'table') out(`${reports.length > 1 ? '\n' : ''}${terminalTable(result, words)}`);
    return 0;
  });
  if (code === undefined) return 2;

  switch (request.format) {
    case 'json':
      streams.out(json(reports));
      break;
    case 'csv':
      streams.out(csv(reports));
      break;
    case 'markdown':
      streams.out(reports.map((each, index) => markdownReport(each, wordings[index]!)).join('\n'));
      break;
    case 'table':
      if (reports.length > 1) {
        const [unit, ...others] = new Set(wordings.map(words => words.unit));
        streams.out(`\n${overview(reports, others.length === 0 ? unit! : l10n.t('value'))}`);
      }
      break;
  }
  return code;
}

function reported(
  { path: file, document, analysed }: Visit,
  { settings, blocks }: ReportRequest,
): { readonly result: FileReport; readonly words: TableWords } {
  const shapeOrder = orderOf(analysed ?? { document, settings });
  if (!analysed) {
    const { unit } = conventionOf(settings.convention)!;
    const words = { detail: l10n.t('Not analyzed.'), unit, shapeOrder };
    return { result: documentReport(document, { file }), words };
  }
  const { detail, native, convention } = summary(analysed);
  return {
    result: report(analysed, { file, blocks }),
    words: {
      detail: native === undefined ? detail : `${detail} · ${native}`,
      // A comment in the file may ask for another convention than the command line.
      unit: conventionOf(convention)!.unit,
      shapeOrder,
    },
  };
}

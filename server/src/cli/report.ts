import { conventionOf, documentReport, type FileReport, markdownReport, report, summary } from '../core/index.ts';
import type { ExitCode, ReportRequest } from './arguments.ts';
import { json } from './json.ts';
import { type Streams, type Visit, visitSpecs } from './specs.ts';
import { csv, overview, terminalTable } from './table.ts';

/** `flopline report`: returns the exit code. */
export function runReport(request: ReportRequest, streams: Streams): ExitCode {
  const reports: FileReport[] = [];
  const units: string[] = [];
  const code = visitSpecs(request, streams, (visit, { out }) => {
    const { result, detail, unit } = reported(visit, request);
    reports.push(result);
    units.push(unit);
    if (request.format === 'table') out(`${reports.length > 1 ? '\n' : ''}${terminalTable(result, { detail, unit })}`);
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
      streams.out(reports.map((each, index) => markdownReport(each, units[index]!)).join('\n'));
      break;
    case 'table':
      if (reports.length > 1)
        streams.out(`\n${overview(reports, units.every(unit => unit === units[0]) ? units[0]! : 'value')}`);
      break;
  }
  return code;
}

function reported(
  { path: file, document, analysed }: Visit,
  { settings, blocks }: ReportRequest,
): { readonly result: FileReport; readonly detail: string; readonly unit: string } {
  if (!analysed) {
    const { unit } = conventionOf(settings.convention)!;
    return { result: documentReport(document, { file }), detail: 'Not analysed.', unit };
  }
  const { detail, native, convention } = summary(analysed);
  return {
    result: report(analysed, { file, blocks }),
    detail: native === undefined ? detail : `${detail} · ${native}`,
    // A comment in the file may ask for another convention than the command line.
    unit: conventionOf(convention)!.unit,
  };
}

import { basename } from 'node:path';
import {
  conventionOf,
  type Document,
  documentReport,
  type FileReport,
  markdownReport,
  open,
  price,
  report,
  summary,
} from '../core/index.ts';
import type { ReportRequest } from './arguments.ts';
import { candidates, textOf } from './files.ts';
import { csv, overview, terminalTable } from './table.ts';

/** Where a command writes. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person watches what `err` says. */
  readonly progress: boolean;
}

/** `flopline report`: returns the exit code. */
export function runReport(request: ReportRequest, streams: Streams): 0 | 1 | 2 {
  const { files, missing } = candidates(request.paths);
  for (const path of missing) streams.err(`flopline: there is no file or folder “${path}”.\n`);
  if (missing.length > 0) return 2;

  const reports: FileReport[] = [];
  const units: string[] = [];
  let failed = false;
  let others = 0;
  const clear = streams.progress && files.length > 1 ? '\r\x1b[K' : '';
  const say = (text: string): void => streams.err(`${clear}flopline: ${text}\n`);
  for (const [index, file] of files.entries()) {
    if (clear) streams.err(`${clear}${index + 1}/${files.length} ${file.path.slice(-60)}`);
    try {
      const text = textOf(file);
      const document = text === undefined ? undefined : open({ name: basename(file.path), text }, request.settings);
      if (!document) {
        if (file.named) say(`“${file.path}” is no network spec that Flopline knows: skipped.`);
        else others++;
        continue;
      }
      const { result, detail, unit } = reported(document, file.path, request);
      reports.push(result);
      units.push(unit);
      if (request.format === 'table')
        streams.out(`${clear && reports.length > 1 ? '\n' : ''}${terminalTable(result, { detail, unit })}`);
    } catch (error) {
      failed = true;
      say(`“${file.path}” could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (clear) streams.err(clear);
  if (others > 0)
    say(`${others} other file${others === 1 ? ' is' : 's are'} no network spec${others === 1 ? '' : 's'}: skipped.`);

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
  if (reports.length === 0 && !failed) {
    say('no network spec among what was named.');
    return 2;
  }
  return failed || reports.some(hasErrors) ? 1 : 0;
}

function reported(
  document: Document,
  file: string,
  request: ReportRequest,
): { readonly result: FileReport; readonly detail: string; readonly unit: string } {
  const analysed = price(withoutGiven(document, request.given), request.settings);
  if (!analysed) {
    const { unit } = conventionOf(request.settings.convention)!;
    return { result: documentReport(document, { file }), detail: 'Not analysed.', unit };
  }
  const { detail, native, convention } = summary(analysed);
  return {
    result: report(analysed, { file, blocks: request.blocks }),
    detail: native === undefined ? detail : `${detail} · ${native}`,
    // A comment in the file may ask for another convention than the command line.
    unit: conventionOf(convention)!.unit,
  };
}

/** The command line wins over the file's comments: those that set the same are left out. */
function withoutGiven(document: Document, given: ReadonlySet<string>): Document {
  const settings = new Map([...document.pragmas.settings].filter(([key]) => !given.has(key)));
  return { ...document, pragmas: { ...document.pragmas, settings } };
}

/** Indented, with each shape on one line. A text of the user's holds no line breaks here: JSON escapes them. */
function json(files: readonly FileReport[]): string {
  const text = JSON.stringify({ schema: 1, files }, null, 2);
  const flat = text.replace(/\[\n[\s\d.,null-]*\]/g, list => list.replace(/\s+/g, '').replaceAll(',', ', '));
  return `${flat}\n`;
}

function hasErrors({ problems }: FileReport): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

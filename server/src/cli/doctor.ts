import * as l10n from '@vscode/l10n';
import { type Diagnosis, diagnosis, diagnosisLines, padEnd, width } from '../core/index.ts';
import type { DoctorRequest, ExitCode } from './arguments.ts';
import { json } from './json.ts';
import { type Streams, visitSpecs } from './specs.ts';

/** `flopline doctor`: returns the exit code. */
export function runDoctor(request: DoctorRequest, streams: Streams): ExitCode {
  const found: Diagnosis[] = [];
  const code = visitSpecs(request, streams, ({ path, document, analysed }, { out }) => {
    const result = analysed && diagnosis(analysed, path);
    if (result) found.push(result);
    if (request.format === 'json') return 0;
    out(`${path} · ${document.format.label}\n`);
    const lines = analysed ? diagnosisLines(analysed) : [];
    if (lines.length === 0) out(`${l10n.t('This file does not import others.')}\n`);
    const column = Math.max(0, ...lines.map(([heading]) => width(heading))) + 2;
    for (const [heading, values] of lines)
      for (const [at, value] of values.entries()) out(`  ${padEnd(at === 0 ? heading : '', column)}${value}\n`);
    return 0;
  });
  if (code === undefined) return 2;
  if (request.format === 'json') streams.out(json(found));
  return code;
}

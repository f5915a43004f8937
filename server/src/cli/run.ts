// The commands that read files: what each has to load first, and how it runs.
import { conversionParser, Projects } from '../core/index.ts';
import { Disk } from '../host/disk.ts';
import { runAdvise } from './advise.ts';
import type { Command } from './arguments.ts';
import { targetsOf } from './budgeted.ts';
import { runCheck } from './check.ts';
import { runConvert } from './convert.ts';
import { runDiff } from './diff.ts';
import { runDoctor } from './doctor.ts';
import { loadParsers } from './parsers.ts';
import { runReport } from './report.ts';
import { runSlim } from './slim.ts';
import type { Streams } from './specs.ts';

export type Run = Extract<Command, { readonly request: object }>;

/** Loads the parsers that a command's files need. */
export async function loadFor({ kind, request }: Run): Promise<void> {
  switch (kind) {
    case 'diff':
      for (const { path, settings, revision } of [request.before, request.after])
        await loadParsers({ paths: [path], settings }, revision !== undefined);
      return;
    case 'check': {
      const { targets } = targetsOf(request.paths, new Projects(), new Disk());
      return loadParsers({ ...request, paths: targets.map(({ path }) => path) });
    }
    case 'convert':
      await loadParsers(request);
      return conversionParser(request.target)?.load();
    default:
      return loadParsers(request);
  }
}

export function run({ kind, request }: Run, streams: Streams): number {
  switch (kind) {
    case 'report':
      return runReport(request, streams);
    case 'advise':
      return runAdvise(request, streams);
    case 'slim':
      return runSlim(request, streams);
    case 'diff':
      return runDiff(request, streams);
    case 'check':
      return runCheck(request, streams);
    case 'convert':
      return runConvert(request, streams);
    case 'doctor':
      return runDoctor(request, streams);
  }
}

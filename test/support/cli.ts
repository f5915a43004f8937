// Runs command lines in this process.
import assert from 'node:assert/strict';
import { runAdvise } from '../../server/src/cli/advise.ts';
import { parseCommand } from '../../server/src/cli/arguments.ts';
import { runCheck } from '../../server/src/cli/check.ts';
import { runConvert } from '../../server/src/cli/convert.ts';
import { runDiff } from '../../server/src/cli/diff.ts';
import { runDoctor } from '../../server/src/cli/doctor.ts';
import { runReport } from '../../server/src/cli/report.ts';
import { runSlim } from '../../server/src/cli/slim.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function runCli(...argv: string[]): Run {
  const command = parseCommand(argv);
  let out = '';
  let err = '';
  const streams = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    progress: false,
  };
  const code = run();
  return { code, out, err };

  function run(): number {
    switch (command.kind) {
      case 'report':
        return runReport(command.request, streams);
      case 'advise':
        return runAdvise(command.request, streams);
      case 'slim':
        return runSlim(command.request, streams);
      case 'diff':
        return runDiff(command.request, streams);
      case 'check':
        return runCheck(command.request, streams);
      case 'convert':
        return runConvert(command.request, streams);
      case 'doctor':
        return runDoctor(command.request, streams);
      default:
        return assert.fail(`${argv.join(' ')}: ${'message' in command ? command.message : command.kind}`);
    }
  }
}

/** What is said of a command line that is wrong. */
export function complaintOf(...argv: string[]): string {
  const command = parseCommand(argv);
  return command.kind === 'wrong' ? command.message : `no complaint: ${command.kind}`;
}

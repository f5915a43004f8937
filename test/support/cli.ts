// Runs command lines in the test process.
import assert from 'node:assert/strict';
import { parseCommand } from '../../server/src/cli/arguments.ts';
import { run } from '../../server/src/cli/run.ts';

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
  if (!('request' in command))
    return assert.fail(`${argv.join(' ')}: ${'message' in command ? command.message : command.kind}`);
  const code = run(command, streams);
  return { code, out, err };
}

/** The error message for an invalid command line. */
export function complaintOf(...argv: string[]): string {
  const command = parseCommand(argv);
  return command.kind === 'wrong' ? command.message : `no complaint: ${command.kind}`;
}

// Generates the README's examples of terminal output, by running the command line.
import { fileURLToPath } from 'node:url';
import * as l10n from '@vscode/l10n';
import { exitCodes, parseCommand } from '../../server/src/cli/arguments.ts';
import { runReport } from '../../server/src/cli/report.ts';
import { table } from './markdown.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export function terminal(): string {
  const command = parseCommand(['report', `${root}examples/squeezenet.net.yaml`]);
  if (command.kind !== 'report') throw new Error('The command line has changed.');
  let printed = '';
  const out = (text: string): void => {
    printed += text;
  };
  runReport(command.request, { out, err: () => {}, progress: false });
  const lines = printed.trimEnd().replaceAll(root, '').split('\n');
  return ['```text', ...lines.map(line => line.trimEnd()), '```'].join('\n');
}

export function exitCodeTable(): string {
  return table(
    [l10n.t('Exit code'), l10n.t('Meaning')],
    exitCodes().map(([code, meaning]) => [String(code), meaning]),
    'r',
  );
}

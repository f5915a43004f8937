// The command line: `flopline report FILE…`, `flopline advise FILE…`, `flopline slim FILE`, `flopline diff A B`,
// `flopline check`, `flopline convert FILE`, `flopline doctor FILE`, `flopline mcp`.
import * as l10n from '@vscode/l10n';
import { version } from '../../../package.json';
import { conversionParser, type Language, languageOf, languageOfEnvironment, Projects } from '../core/index.ts';
import { Disk } from '../host/disk.ts';
import { speak } from '../host/speak.ts';
import { toolbox } from '../mcp/toolbox.ts';
import { runAdvise } from './advise.ts';
import { help, languageOption, parseCommand } from './arguments.ts';
import { targetsOf } from './budgeted.ts';
import { runCheck } from './check.ts';
import { runConvert } from './convert.ts';
import { runDiff } from './diff.ts';
import { runDoctor } from './doctor.ts';
import { loadParsers } from './parsers.ts';
import { runReport } from './report.ts';
import { runSlim } from './slim.ts';
import type { Streams } from './specs.ts';

// Whoever reads may have seen enough (`flopline report … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});

async function main(argv: readonly string[]): Promise<number> {
  speak(spokenLanguage(argv));
  const command = parseCommand(argv);
  const streams: Streams = {
    out: text => process.stdout.write(text),
    err: text => process.stderr.write(text),
    progress: process.stderr.isTTY,
  };
  if (command.kind === 'diff') {
    for (const { path, settings, revision } of [command.request.before, command.request.after])
      await loadParsers({ paths: [path], settings }, revision !== undefined);
  } else if (command.kind === 'check') {
    const { targets } = targetsOf(command.request.paths, new Projects(), new Disk());
    await loadParsers({ ...command.request, paths: targets.map(({ path }) => path) });
  } else if ('request' in command) await loadParsers(command.request);
  if (command.kind === 'convert') await conversionParser(command.request.target)?.load();
  switch (command.kind) {
    case 'help':
      process.stdout.write(help());
      return 0;
    case 'version':
      process.stdout.write(`${version}\n`);
      return 0;
    case 'wrong':
      process.stderr.write(`flopline: ${command.message}\n${l10n.t('See “flopline --help”.')}\n`);
      return 2;
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
    case 'mcp': {
      // In a bundle of its own: other commands start no later for it.
      const { serve } = await import('../mcp/serve.ts');
      await serve(toolbox(command.folders, version));
      return 0;
    }
  }
}

/** What `--lang` names, or else the environment. A wrong name is reported with the other options. */
function spokenLanguage(argv: readonly string[]): Language {
  const written = languageOption(argv);
  if (written !== undefined) return languageOf(written) ?? 'en';
  // Windows has no such variables: its language is that of numbers and dates.
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const isSilent = process.platform === 'win32' && !LC_ALL && !LC_MESSAGES && !LANG;
  return isSilent
    ? (languageOf(Intl.DateTimeFormat().resolvedOptions().locale) ?? 'en')
    : languageOfEnvironment(process.env);
}

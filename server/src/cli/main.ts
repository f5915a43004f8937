// The command line: `flopline report FILE…`, `flopline advise FILE…`, `flopline slim FILE`, `flopline diff A B`,
// `flopline check`, `flopline convert FILE`, `flopline doctor FILE`, `flopline mcp`.
import * as l10n from '@vscode/l10n';
import { version } from '../../../package.json';
import { type Language, languageOf, languageOfEnvironment } from '../core/index.ts';
import { speak } from '../host/speak.ts';
import { toolbox } from '../mcp/toolbox.ts';
import { help, languageOption, parseCommand } from './arguments.ts';
import { loadFor, run } from './run.ts';
import type { Streams } from './specs.ts';

// The reader of a pipe may stop early (`flopline report … | head`).
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
    case 'mcp': {
      // A separate bundle, so it does not slow down the start of other commands.
      const { serve } = await import('../mcp/serve.ts');
      await serve(toolbox(command.folders, version));
      return 0;
    }
    default:
      await loadFor(command);
      return run(command, streams);
  }
}

/** The language of `--lang`, or else of the environment. An invalid `--lang` is reported with the other options. */
function spokenLanguage(argv: readonly string[]): Language {
  const written = languageOption(argv);
  if (written !== undefined) return languageOf(written) ?? 'en';
  // Windows has no such variables; there, the language of the number and date formats is used.
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const isSilent = process.platform === 'win32' && !LC_ALL && !LC_MESSAGES && !LANG;
  return isSilent
    ? (languageOf(Intl.DateTimeFormat().resolvedOptions().locale) ?? 'en')
    : languageOfEnvironment(process.env);
}

// `flopline convert`: writes a network in another language.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import { type Converted, convert, type Refused } from '../core/index.ts';
import type { ConvertRequest, ExitCode } from './arguments.ts';
import { isFolder, reasonOf } from './files.ts';
import { type Streams, visitSpecs } from './specs.ts';

/** `flopline convert`: returns the exit code. */
export function runConvert({ target, output, ...request }: ConvertRequest, streams: Streams): ExitCode {
  const found: { readonly path: string; readonly result: Converted | Refused }[] = [];
  const code = visitSpecs(request, streams, ({ path, analysed }) => {
    if (analysed) found.push({ path, result: convert(analysed, target) });
    return analysed ? 0 : 1;
  });
  if (code === undefined) return 2;
  const [only, ...others] = found;
  const say = (message: string): void => streams.err(`flopline: ${message}\n`);
  if (others.length > 0) {
    say(l10n.t('A folder with {0} networks was named. Name one file.', found.length));
    return 2;
  }
  if (!only) return 1;
  const { path, result } = only;
  if ('message' in result) {
    say(`${path}${result.line === undefined ? '' : `:${result.line + 1}`}: ${result.message}`);
    return 1;
  }
  if (output === undefined) {
    streams.out(result.text);
    return code;
  }
  const file = isFolder(output) ? join(output, result.name) : output;
  if (resolve(file) === resolve(path)) {
    say(l10n.t('“{0}” is the file that is converted. Name another one.', file));
    return 2;
  }
  try {
    writeFileSync(file, result.text);
  } catch (error) {
    say(l10n.t('“{0}” could not be written: {1}.', file, reasonOf(error)));
    return 1;
  }
  streams.out(`${l10n.t('Wrote {0}.', file)}\n`);
  return code;
}

// What the Python of a repository refuses, in its own words, and what that means for the row.
import * as l10n from '@vscode/l10n';
import { type Failure, sentence, wordsOf } from '../../../program/exceptions.ts';
import { PyException } from '../../../python/objects.ts';
import type { Problem } from '../../../text/problem.ts';
import type { Range } from '../../../text/range.ts';
import { isLibrary } from '../../../torch/python/library/index.ts';
import type { FoundReader } from './find.ts';

/** The row that an exception was in. */
interface RefusedRow {
  readonly range: Range;
  readonly module: { readonly name: string } | undefined;
}

/** Lines of a traceback that are shown, the innermost ones. */
const mostPlaces = 12;

/** The problem of an exception that building the network or calling it raises. */
export function refusal(
  { raised: { exception }, message }: Failure,
  stage: 'construct' | 'forward',
  row: RefusedRow | undefined,
  head: Range,
  reader: FoundReader,
): Problem {
  const type = exception.cls.name;
  const trace = exception instanceof PyException ? (exception.trace ?? []) : [];
  const related = trace
    .filter(({ file }) => file !== undefined && !isLibrary(file) && file.includes('/'))
    .slice(0, mostPlaces)
    .map(({ file, range, name }, index) => ({
      range,
      file: file!,
      message: index === 0 ? l10n.t('Raised here, in {0}.', name) : l10n.t('Called from here, in {0}.', name),
    }));
  return {
    range: row?.range ?? head,
    severity: 'error',
    code: 'reader-refuses',
    message: whatFails(stage, row !== undefined, shownPath(reader), sentence(wordsOf(type, message))),
    help: helpFor(type, message, stage, row?.module?.name, shownPath(reader)),
    short: type,
    ...(related.length > 0 && { related }),
  };
}

function whatFails(stage: 'construct' | 'forward', isRow: boolean, reader: string, words: string): string {
  if (stage === 'construct') {
    return isRow
      ? l10n.t('`{0}` cannot build this row: {1}', reader, words)
      : l10n.t('`{0}` cannot build this network: {1}', reader, words);
  }
  return isRow
    ? l10n.t('The forward pass of this row fails: {0}', words)
    : l10n.t('The forward pass of this network fails: {0}', words);
}

function helpFor(
  type: string,
  message: string,
  stage: 'construct' | 'forward',
  module: string | undefined,
  reader: string,
): string {
  // What `globals()[m]` raises, or `getattr(nn, m)`, or `eval(m)`.
  const names = module === undefined ? [] : [`'${module}'`, `'${module.replace(/^.*\./, '')}'`];
  if (['KeyError', 'AttributeError', 'NameError'].includes(type) && names.some(name => message.includes(name))) {
    return l10n.t('`{0}` knows no `{1}`: correct the name, or import the class there.', reader, module!);
  }
  switch (type) {
    case 'NameError':
    case 'UnboundLocalError':
      return l10n.t('Nothing has given this name a value in that file: define it there, or import it.');
    case 'ModuleNotFoundError':
    case 'ImportError':
      return l10n.t(
        'Name the folder or the environment that has it with {0} or {1}.',
        '`flopline.source`',
        '`flopline.python`',
      );
    case 'TypeError':
      if (stage === 'construct' && /argument/.test(message)) {
        return l10n.t(
          'Compare the arguments of the row with those that the class takes; `parse_model` may put channels in front of them.',
        );
      }
      break;
    case 'IndexError':
      if (stage === 'construct') {
        return l10n.t('Look whether the row writes all arguments that are read, and reads only rows above it.');
      }
  }
  return l10n.t('This is the error that the Python of the repository raises; it would end training, too.');
}

/** From the repository's folder. */
export function shownPath({ path, repository }: FoundReader): string {
  return path.startsWith(`${repository}/`) ? path.slice(repository.length + 1) : path;
}

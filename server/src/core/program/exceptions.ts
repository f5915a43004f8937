// An exception that ends the program, as a problem in the file that is read.
import * as l10n from '@vscode/l10n';
import { evaluated } from '../python/code.ts';
import type { Machine } from '../python/machine.ts';
import { PyException, type Raised, type Steps, type TracePlace, Unknown } from '../python/objects.ts';
import type { Problem, Related } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';
import { isLibrary } from '../torch/python/library/index.ts';

/** An exception of the program's. */
export interface Failure {
  readonly raised: Raised;
  /** What it says. */
  readonly message: string;
}

/** What an exception says; a text of its own may be computed by the program. */
export function* failureOf(raised: Raised, machine: Machine): Steps<Failure> {
  const text = yield* machine.str(raised.exception);
  return { raised, message: text instanceof Unknown ? '' : text };
}

/** Lines of a traceback that are shown, the innermost ones. */
const mostPlaces = 12;

/**
 * The problem is where the file itself was when the exception was raised; the other places of the traceback are related,
 * the innermost first. `head` is for one that was raised before the file was.
 */
export function exceptionProblem({ raised: { exception }, message }: Failure, head: Range): Problem {
  const trace = (exception instanceof PyException ? exception.trace : undefined) ?? [];
  const places = trace.filter(({ file }) => !isLibrary(file) && file !== evaluated);
  const at = places.findIndex(({ file }) => file === undefined);
  const place = places[at];
  const related = places.filter((_, index) => index !== at).slice(0, mostPlaces);
  return {
    range: place?.range ?? head,
    severity: 'error',
    code: 'python-exception',
    message: sentence(wordsOf(exception.cls.name, message)),
    help: helpFor(exception.cls.name),
    short: exception.cls.name,
    ...(related.length > 0 && { related: related.map(relatedPlace) }),
  };
}

export function exceptionReason({ raised: { exception }, message }: Failure): Reason {
  return { message: wordsOf(exception.cls.name, message), short: exception.cls.name };
}

/** As Python prints it. */
export const wordsOf = (type: string, message: string): string => (message === '' ? type : `${type}: ${message}`);

/** Python ends a message without a full stop. */
export const sentence = (words: string): string => (/[.!?…]$/.test(words) ? words : `${words}.`);

function relatedPlace({ file, range, name }: TracePlace): Related {
  const message = name === '<module>' ? l10n.t('Called from here.') : l10n.t('Called from here, in {0}.', name);
  return file === undefined ? { range, message } : { range, message, file };
}

/** What it means for whoever reads the file. */
function helpFor(type: string): string {
  switch (type) {
    case 'ModuleNotFoundError':
    case 'ImportError':
      return l10n.t(
        'Flopline read the file up to here. Name the folder or the environment that has it with {0} or {1}.',
        '`flopline.source`',
        '`flopline.python`',
      );
    case 'NameError':
    case 'UnboundLocalError':
      return l10n.t('Nothing has given this name a value when the network gets here.');
    case 'TypeError':
    case 'AttributeError':
    case 'IndexError':
    case 'KeyError':
    case 'AssertionError':
    case 'ValueError':
    case 'RuntimeError':
      return l10n.t('The network stops here when it is built or called like this.');
    default:
      return l10n.t('The network stops here.');
  }
}

// `os` and `os.path`: paths are computed, and no file is looked at.
import * as l10n from '@vscode/l10n';
import { special, typeName } from '../builtins/classes.ts';
import { textOf } from '../builtins/conversions.ts';
import type { Machine } from '../machine.ts';
import { native, nativeSteps, strict } from '../native.ts';
import { type Native, PyBytes, PyDict, PyTuple, type Steps, Unknown, type Value } from '../objects.ts';
import { missing, moduleOf, quiet } from './module.ts';

/** What depends on the files of whoever runs the program. */
export function files(machine: Machine): Unknown {
  return machine.unknown(l10n.t('The files that the program looks at are not known'));
}

/** A path as text: a str, or what has `__fspath__`. */
export function* pathText(value: Value, machine: Machine): Steps<string | Unknown> {
  if (value instanceof Unknown) return value;
  const text = textOf(value);
  if (text !== undefined) return text;
  if (value instanceof PyBytes) return machine.unknown('os.path with bytes');
  const method = special(value, '__fspath__', machine);
  if (method === undefined) {
    throw machine.raise('TypeError', `expected str, bytes or os.PathLike object, not ${typeName(value, machine)}`);
  }
  const result = yield* machine.call(method, [value]);
  return result instanceof Unknown ? result : (textOf(result) ?? '');
}

export function join(first: string, ...rest: readonly string[]): string {
  let path = first;
  for (const part of rest) {
    if (part.startsWith('/')) path = part;
    else path += path === '' || path.endsWith('/') ? part : `/${part}`;
  }
  return path;
}

export function normalized(path: string): string {
  if (path === '') return '.';
  const slashes = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..' || (slashes === '' && parts.length === 0) || parts.at(-1) === '..') parts.push(part);
    else if (parts.length > 0) parts.pop();
  }
  return slashes + parts.join('/') || '.';
}

/** Head and tail of a path. */
export function splitPath(path: string): readonly [string, string] {
  const at = path.lastIndexOf('/') + 1;
  const head = path.slice(0, at);
  return [/^\/+$/.test(head) ? head : head.replace(/\/+$/, ''), path.slice(at)];
}

/** The path without its extension, and the extension. */
export function splitExtension(path: string): readonly [string, string] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const match = /^(\.*[^.].*?)(\.[^.]*)$/.exec(name);
  if (match === null) return [path, ''];
  return [path.slice(0, path.length - match[2]!.length), match[2]!];
}

function ofPath(name: string, compute: (path: string, machine: Machine) => Value): Native {
  return nativeSteps(name, 'path', function* ([path], machine) {
    const text = yield* pathText(path!, machine);
    return text instanceof Unknown ? text : compute(text, machine);
  });
}

function ofFiles(...names: readonly string[]): readonly Native[] {
  return names.map(name => native(name, '*args, **kwargs', (_, machine) => files(machine)));
}

export const osPath = moduleOf('os.path', () => [
  { sep: '/', altsep: null, extsep: '.', pardir: '..', curdir: '.', pathsep: ':' },
  [
    nativeSteps('join', 'path, *paths', function* ([path, paths], machine) {
      const texts: string[] = [];
      for (const part of [path!, ...(paths as PyTuple).items]) {
        const text = yield* pathText(part, machine);
        if (text instanceof Unknown) return text;
        texts.push(text);
      }
      return join(texts[0]!, ...texts.slice(1));
    }),
    ofPath('dirname', path => splitPath(path)[0]),
    ofPath('basename', path => splitPath(path)[1]),
    ofPath('split', path => new PyTuple(splitPath(path))),
    ofPath('splitext', path => new PyTuple(splitExtension(path))),
    ofPath('splitdrive', path => new PyTuple(['', path])),
    ofPath('normpath', normalized),
    ofPath('normcase', path => path),
    ofPath('isabs', path => path.startsWith('/')),
    ofPath('abspath', (path, machine) => (path.startsWith('/') ? normalized(path) : files(machine))),
    ofPath('realpath', (path, machine) => (path.startsWith('/') ? normalized(path) : files(machine))),
    ofPath('expanduser', (path, machine) => (path.startsWith('~') ? files(machine) : path)),
    ofPath('expandvars', (path, machine) => (path.includes('$') ? files(machine) : path)),
  ],
  ofFiles(
    'exists',
    'lexists',
    'isfile',
    'isdir',
    'islink',
    'ismount',
    'getsize',
    'getmtime',
    'getctime',
    'getatime',
    'samefile',
    'relpath',
    'commonpath',
    'commonprefix',
  ),
]);

/** `os.environ`: nothing is set. */
function environment(): PyDict {
  return new PyDict();
}

export const os = moduleOf('os', machine => {
  const environ = environment();
  return [
    {
      environ,
      sep: '/',
      altsep: null,
      extsep: '.',
      pathsep: ':',
      linesep: '\n',
      curdir: '.',
      pardir: '..',
      devnull: '/dev/null',
      name: 'posix',
      F_OK: 0,
      R_OK: 4,
      W_OK: 2,
      X_OK: 1,
      error: machine.builtin('OSError'),
      PathLike: machine.builtin('object'),
    },
    [
      strict('getenv', 'key, default=None', ([key, standard], inner) => {
        const id = inner.keyOf(key!);
        if (id instanceof Unknown) return id;
        const found = environ.entries.get(id)?.value;
        return found === undefined ? standard! : found;
      }),
      native('fspath', 'path', ([path]) => path!),
      native('cpu_count', '', (_, inner) =>
        inner.unknown(l10n.t('The number of processors of whoever runs the program is not known')),
      ),
      native('getpid', '', (_, inner) => inner.unknown('os.getpid()')),
    ],
    quiet(
      'makedirs',
      'mkdir',
      'remove',
      'unlink',
      'rmdir',
      'removedirs',
      'rename',
      'replace',
      'chdir',
      'putenv',
      'unsetenv',
      'umask',
      'chmod',
      'symlink',
      'system',
      'kill',
      '_exit',
    ),
    ofFiles(
      'getcwd',
      'listdir',
      'walk',
      'scandir',
      'stat',
      'popen',
      'access',
      'uname',
      'getlogin',
      'get_terminal_size',
      'urandom',
      'open',
      'read',
    ),
    missing('os', 'fork', 'add_dll_directory'),
  ];
});

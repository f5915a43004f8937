// `os` and `os.path`: the files are those that a reading may see, and what the program has written.
import * as l10n from '@vscode/l10n';
import { textOf } from '../builtins/conversions.ts';
import { unsupported } from '../builtins/limits.ts';
import { notThere, nowhere, pathText } from '../builtins/open.ts';
import { stringText } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps, strict } from '../native.ts';
import {
  type Native,
  PyDict,
  PyInstance,
  PyIterator,
  PyList,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { isAbsolute, join, normalized, relative, splitExtension, splitPath } from '../paths.ts';
import { homeFolder, type Storage, storageOf } from '../storage.ts';
import { missing, moduleOf, quiet } from './module.ts';

function ofPath(name: string, compute: (path: string, machine: Machine) => Value): Native {
  return nativeSteps(name, 'path', function* ([path], machine) {
    const text = yield* pathText(path!, machine);
    return text instanceof Unknown ? text : compute(text, machine);
  });
}

/** One that looks at the file of a path. */
function ofFile(
  name: string,
  compute: (path: string, storage: Storage, written: string, machine: Machine) => Value,
): Native {
  return ofPath(name, (path, machine) => {
    const storage = storageOf(machine);
    if (!storage.isSomewhere && !isAbsolute(path)) return nowhere(machine);
    return compute(storage.absolute(path), storage, path, machine);
  });
}

/** What is known of no file. */
function ofStatus(name: string): Native {
  return nativeSteps(name, 'path, **kwargs', function* ([path], machine) {
    const text = yield* pathText(path!, machine);
    if (text instanceof Unknown) return text;
    const storage = storageOf(machine);
    if (!storage.exists(storage.absolute(text))) throw notThere(text, machine);
    return machine.unknown(l10n.t('Sizes and times of files are not known'));
  });
}

/** `~` and `~/…`; undefined for the homes of others. */
export function expanded(path: string): string | undefined {
  return /^~(?:\/|$)/.test(path) ? homeFolder + path.slice(1) : path.startsWith('~') ? undefined : path;
}

function* texts(values: readonly Value[], machine: Machine): Steps<readonly string[] | Unknown> {
  const found: string[] = [];
  for (const value of values) {
    const text = yield* pathText(value, machine);
    if (text instanceof Unknown) return text;
    found.push(text);
  }
  return found;
}

export const osPath = moduleOf('os.path', () => [
  { sep: '/', altsep: null, extsep: '.', pardir: '..', curdir: '.', pathsep: ':' },
  [
    nativeSteps('join', 'path, *paths', function* ([path, paths], machine) {
      const all = yield* texts([path!, ...(paths as PyTuple).items], machine);
      return all instanceof Unknown ? all : join(all[0]!, ...all.slice(1));
    }),
    ofPath('dirname', path => splitPath(path)[0]),
    ofPath('basename', path => splitPath(path)[1]),
    ofPath('split', path => new PyTuple(splitPath(path))),
    ofPath('splitext', path => new PyTuple(splitExtension(path))),
    ofPath('splitdrive', path => new PyTuple(['', path])),
    ofPath('normpath', normalized),
    ofPath('normcase', path => path),
    ofPath('isabs', isAbsolute),
    ofFile('abspath', path => path),
    ofFile('realpath', path => path),
    ofPath('expanduser', (path, machine) => expanded(path) ?? unsupported(machine, 'os.path.expanduser()')),
    ofPath('expandvars', (path, machine) => (path.includes('$') ? unsupported(machine, 'os.path.expandvars()') : path)),
    ofFile('exists', (path, storage) => storage.exists(path)),
    ofFile('lexists', (path, storage) => storage.exists(path)),
    ofFile('isfile', (path, storage) => storage.isFile(path)),
    ofFile('isdir', (path, storage) => storage.isFolder(path)),
    ofFile('islink', () => false),
    ofPath('ismount', path => path === '/'),
    ...['getsize', 'getmtime', 'getctime', 'getatime'].map(ofStatus),
    nativeSteps('relpath', 'path, start=None', function* ([path, start], machine) {
      const all = yield* texts(start === null ? [path!] : [path!, start!], machine);
      if (all instanceof Unknown) return all;
      if (all[0] === '') throw machine.raise('ValueError', 'no path specified');
      const storage = storageOf(machine);
      return relative(storage.absolute(all[0]!), all[1] === undefined ? storage.cwd : storage.absolute(all[1]));
    }),
    nativeSteps('samefile', 'f1, f2', function* ([first, second], machine) {
      const all = yield* texts([first!, second!], machine);
      if (all instanceof Unknown) return all;
      const storage = storageOf(machine);
      const missing = all.find(each => !storage.exists(storage.absolute(each)));
      if (missing !== undefined) throw notThere(missing, machine);
      return storage.absolute(all[0]!) === storage.absolute(all[1]!);
    }),
    nativeSteps('commonprefix', 'm', function* ([list], machine) {
      const values = yield* machine.list(list!);
      const all = values instanceof Unknown ? values : yield* texts(values, machine);
      if (all instanceof Unknown) return all;
      let common = all[0] ?? '';
      for (const each of all) while (!each.startsWith(common)) common = common.slice(0, -1);
      return common;
    }),
  ],
  missing('os.path', 'commonpath'),
]);

/** One that changes the files that the program sees. */
function ofChange(name: string, change: (path: string, storage: Storage) => void): Native {
  return nativeSteps(name, 'path, *args, **kwargs', function* ([path], machine) {
    const text = yield* pathText(path!, machine);
    if (text instanceof Unknown) return null;
    const storage = storageOf(machine);
    change(storage.absolute(text), storage);
    return null;
  });
}

/** The names in a folder that has to be there. */
export function namesIn(path: string, machine: Machine): readonly string[] {
  const storage = storageOf(machine);
  const at = storage.absolute(path);
  if (!storage.isFolder(at)) {
    if (!storage.exists(at)) throw notThere(path, machine);
    throw machine.raise('NotADirectoryError', `[Errno 20] Not a directory: ${stringText(path)}`);
  }
  return storage.list(at);
}

/** `os.walk`: folders that the program takes out of the list are not visited. */
function walked(top: string, machine: Machine): PyIterator {
  const storage = storageOf(machine);
  const waiting: (string | { readonly inside: string; readonly folders: PyList })[] = [top];
  return new PyIterator(() => {
    for (;;) {
      const next = waiting.pop();
      if (next === undefined) return undefined;
      if (typeof next !== 'string') {
        for (const name of [...next.folders.items].reverse()) waiting.push(join(next.inside, textOf(name) ?? ''));
        continue;
      }
      const at = storage.absolute(next);
      if (!storage.isFolder(at)) continue;
      const names = storage.list(at);
      const folders = new PyList(names.filter(name => storage.isFolder(join(at, name))));
      const others = new PyList(names.filter(name => !storage.isFolder(join(at, name))));
      waiting.push({ inside: next, folders });
      return new PyTuple([next, folders, others]);
    }
  });
}

function scanned(path: string, names: readonly string[], machine: Machine): Value {
  const about = (label: string, answer: (path: string, storage: Storage) => boolean): Native =>
    native(label, 'self, **kwargs', ([self], inner) => {
      const storage = storageOf(inner);
      return answer(storage.absolute((self as PyInstance).get('path') as string), storage);
    });
  const entry = nativeClass(
    machine,
    'DirEntry',
    [],
    {
      is_dir: about('is_dir', (at, storage) => storage.isFolder(at)),
      is_file: about('is_file', (at, storage) => storage.isFile(at)),
      is_symlink: about('is_symlink', () => false),
      __fspath__: native('__fspath__', 'self', ([self]) => (self as PyInstance).get('path')!),
    },
    { module: 'posix' },
  );
  const iterator = nativeClass(
    machine,
    'ScandirIterator',
    [],
    {
      __iter__: native('__iter__', 'self', () => {
        let at = 0;
        return new PyIterator(() => {
          const name = names[at++];
          if (name === undefined) return undefined;
          const found = new PyInstance(entry);
          found.set('name', name);
          found.set('path', join(path, name));
          return found;
        });
      }),
      __enter__: native('__enter__', 'self', ([self]) => self!),
      __exit__: native('__exit__', 'self, *excinfo', () => null),
      close: native('close', 'self', () => null),
    },
    { module: 'posix' },
  );
  return new PyInstance(iterator);
}

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
    [
      native('getcwd', '', (_, inner) => storageOf(inner).cwd),
      nativeSteps('listdir', "path='.'", function* ([path], inner) {
        const text = yield* pathText(path === null ? '.' : path!, inner);
        if (text instanceof Unknown) return text;
        return new PyList([...namesIn(text, inner)]);
      }),
      nativeSteps('scandir', "path='.'", function* ([path], inner) {
        const text = yield* pathText(path === null ? '.' : path!, inner);
        if (text instanceof Unknown) return text;
        return scanned(text, namesIn(text, inner), inner);
      }),
      nativeSteps('walk', 'top, topdown=True, onerror=None, followlinks=False', function* ([top, down], inner) {
        const text = yield* pathText(top!, inner);
        const isDown = yield* inner.truth(down!);
        if (text instanceof Unknown) return text;
        if (isDown !== true) return isDown instanceof Unknown ? isDown : unsupported(inner, 'os.walk(topdown=False)');
        return walked(text, inner);
      }),
      ofStatus('stat'),
      ofStatus('lstat'),
      nativeSteps('access', 'path, mode, **kwargs', function* ([path], inner) {
        const text = yield* pathText(path!, inner);
        return text instanceof Unknown ? text : storageOf(inner).exists(storageOf(inner).absolute(text));
      }),
      ofChange('makedirs', (path, storage) => storage.makeFolder(path)),
      ofChange('mkdir', (path, storage) => storage.makeFolder(path)),
      ofChange('remove', (path, storage) => storage.remove(path)),
      ofChange('unlink', (path, storage) => storage.remove(path)),
      ofChange('rmdir', (path, storage) => storage.remove(path)),
    ],
    quiet(
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
    missing('os', 'popen', 'uname', 'getlogin', 'get_terminal_size', 'urandom', 'open', 'read'),
    missing('os', 'fork', 'add_dll_directory'),
  ];
});

// The module `pathlib`: the files are those that a reading may see, and what the program has written.

import { textOf } from '../builtins/conversions.ts';
import { unsupported } from '../builtins/limits.ts';
import { notThere, nowhere, openFile, pathText } from '../builtins/open.ts';
import { stringText } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps, strict } from '../native.ts';
import {
  type Native,
  notImplemented,
  PyBytes,
  type PyClass,
  PyClassMethod,
  PyInstance,
  PyIterator,
  PyList,
  PyProperty,
  PyStaticMethod,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { isAbsolute, join } from '../paths.ts';
import { homeFolder, type Storage, storageOf } from '../storage.ts';
import { globbedIn, matcher } from './globbing.ts';
import { moduleOf } from './module.ts';
import { expanded, namesIn } from './os.ts';

/** `a//b/./c/` is `a/b/c` to pathlib; `..` stays. */
function cleaned(path: string): string {
  const root = path.startsWith('/') ? '/' : '';
  const parts = path.split('/').filter(part => part !== '' && part !== '.');
  return root + parts.join('/') || (root === '' ? '.' : '/');
}

function textIn(path: Value): string {
  return (path as PyInstance).get('_path') as string;
}

function made(cls: PyClass, path: string): PyInstance {
  const instance = new PyInstance(cls);
  instance.set('_path', cleaned(path));
  return instance;
}

function parts(path: string): string[] {
  return path === '.' ? [] : [...(path.startsWith('/') ? ['/'] : []), ...path.split('/').filter(part => part !== '')];
}

function nameOf(path: string): string {
  return path === '.' || path === '/' ? '' : path.slice(path.lastIndexOf('/') + 1);
}

function suffixOf(path: string): string {
  const name = nameOf(path);
  const at = name.lastIndexOf('.');
  return at > 0 && at < name.length - 1 ? name.slice(at) : '';
}

function parentOf(path: string): string {
  if (path === '/' || path === '.') return path;
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
}

function isPath(value: Value): boolean {
  return value instanceof PyInstance && value.get('_path') !== undefined;
}

/** Paths are ordered part by part. */
function compared(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] !== right[at]) return left[at]! < right[at]! ? -1 : 1;
  }
  return left.length - right.length;
}

/** The path from a folder to what is below it; undefined for what is elsewhere. */
function belowOf(path: string, folder: string): string | undefined {
  if (folder === '.') return isAbsolute(path) ? undefined : path;
  if (path === folder) return '.';
  const start = folder === '/' ? '/' : `${folder}/`;
  return path.startsWith(start) ? path.slice(start.length) : undefined;
}

function* joined(cls: PyClass, values: readonly Value[], machine: Machine): Steps {
  const texts: string[] = [];
  for (const value of values) {
    const text = yield* pathText(value, machine);
    if (text instanceof Unknown) return text;
    texts.push(text);
  }
  return made(cls, join(texts[0] ?? '.', ...texts.slice(1)));
}

function pathClass(machine: Machine, name: string, bases: readonly PyClass[]): PyClass {
  const property = (label: string, compute: (path: string, cls: PyClass) => Value) =>
    new PyProperty(native(label, 'self', ([self]) => compute(textIn(self!), (self as PyInstance).cls)));
  const about = (label: string, answer: (path: string, storage: Storage) => Value): Native =>
    native(label, 'self, **kwargs', ([self], inner) => {
      const storage = storageOf(inner);
      if (!storage.isSomewhere && !isAbsolute(textIn(self!))) return nowhere(inner);
      return answer(storage.absolute(textIn(self!)), storage);
    });
  const all = (self: Value, found: readonly string[]): Value => {
    let at = 0;
    return new PyIterator(() => {
      const path = found[at++];
      return path === undefined ? undefined : made((self as PyInstance).cls, path);
    });
  };
  const globbing = (label: string, before: readonly string[]): Native =>
    strict(label, 'self, pattern', ([self, pattern], inner) => {
      const text = textOf(pattern!) ?? '';
      if (text === '') throw inner.raise('ValueError', `Unacceptable pattern: ${stringText(text)}`);
      if (isAbsolute(text)) throw inner.raise('NotImplementedError', 'Non-relative patterns are unsupported');
      return all(self!, globbedIn(textIn(self!), [...before, ...parts(cleaned(text))], storageOf(inner)));
    });
  const status = (label: string): Native =>
    native(label, 'self, **kwargs', ([self], inner) => {
      const storage = storageOf(inner);
      if (!storage.exists(storage.absolute(textIn(self!)))) throw notThere(textIn(self!), inner);
      return unsupported(inner, `Path.${label}()`);
    });
  const change = (label: string, apply: (path: string, storage: Storage) => void): Native =>
    native(label, 'self, *args, **kwargs', ([self], inner) => {
      const storage = storageOf(inner);
      apply(storage.absolute(textIn(self!)), storage);
      return null;
    });
  const open = function* (self: Value, args: readonly Value[], inner: Machine): Steps {
    const [mode, encoding, errors, newline] = args;
    return yield* openFile(self, mode!, encoding!, errors!, newline!, inner);
  };
  const quiet = (label: string) => native(label, 'self, *args, **kwargs', () => null);
  const asText = native('__str__', 'self', ([self]) => textIn(self!));
  const cls = nativeClass(
    machine,
    name,
    bases,
    {
      __new__: new PyStaticMethod(
        nativeSteps('__new__', 'cls, *args, **kwargs', function* ([of, args], inner) {
          return yield* joined(of as PyClass, (args as PyTuple).items, inner);
        }),
      ),
      __str__: asText,
      __fspath__: asText,
      __repr__: native('__repr__', 'self', ([self]) => `PosixPath(${stringText(textIn(self!))})`),
      as_posix: asText,
      __truediv__: nativeSteps('__truediv__', 'self, other', function* ([self, other], inner) {
        return yield* joined((self as PyInstance).cls, [self!, other!], inner);
      }),
      __rtruediv__: nativeSteps('__rtruediv__', 'self, other', function* ([self, other], inner) {
        return yield* joined((self as PyInstance).cls, [other!, self!], inner);
      }),
      __eq__: native('__eq__', 'self, other', ([self, other]) => {
        if (other instanceof Unknown) return other;
        return isPath(other!) ? textIn(self!) === textIn(other!) : notImplemented;
      }),
      joinpath: nativeSteps('joinpath', 'self, *other', function* ([self, others], inner) {
        return yield* joined((self as PyInstance).cls, [self!, ...(others as PyTuple).items], inner);
      }),
      with_suffix: strict('with_suffix', 'self, suffix', ([self, suffix]) => {
        const path = textIn(self!);
        const old = suffixOf(path);
        return made(
          (self as PyInstance).cls,
          (old === '' ? path : path.slice(0, -old.length)) + (textOf(suffix!) ?? ''),
        );
      }),
      with_name: strict('with_name', 'self, name', ([self, label]) =>
        made((self as PyInstance).cls, join(parentOf(textIn(self!)), textOf(label!) ?? '')),
      ),
      with_stem: strict('with_stem', 'self, stem', ([self, stem]) =>
        made((self as PyInstance).cls, join(parentOf(textIn(self!)), (textOf(stem!) ?? '') + suffixOf(textIn(self!)))),
      ),
      is_absolute: native('is_absolute', 'self', ([self]) => isAbsolute(textIn(self!))),
      name: property('name', path => nameOf(path)),
      suffix: property('suffix', path => suffixOf(path)),
      stem: property('stem', path => {
        const suffix = suffixOf(path);
        return suffix === '' ? nameOf(path) : nameOf(path).slice(0, -suffix.length);
      }),
      parent: property('parent', (path, of) => made(of, parentOf(path))),
      parents: property('parents', (path, of) => {
        const all: Value[] = [];
        for (let at = path; parentOf(at) !== at; at = parentOf(at)) all.push(made(of, parentOf(at)));
        return new PyTuple(all);
      }),
      parts: property('parts', path => new PyTuple(parts(path))),
      root: property('root', path => (path.startsWith('/') ? '/' : '')),
      drive: property('drive', () => ''),
      suffixes: property('suffixes', path => {
        const name = nameOf(path).replace(/^\.+/, '');
        return new PyList(
          name.endsWith('.')
            ? []
            : name
                .split('.')
                .slice(1)
                .map(part => `.${part}`),
        );
      }),
      __lt__: native('__lt__', 'self, other', ([self, other]) => {
        if (other instanceof Unknown) return other;
        return isPath(other!) ? compared(textIn(self!), textIn(other!)) < 0 : notImplemented;
      }),
      cwd: new PyClassMethod(native('cwd', 'cls', ([of], inner) => made(of as PyClass, storageOf(inner).cwd))),
      home: new PyClassMethod(native('home', 'cls', ([of]) => made(of as PyClass, homeFolder))),
      absolute: native('absolute', 'self', ([self], inner) =>
        made((self as PyInstance).cls, join(storageOf(inner).cwd, textIn(self!))),
      ),
      resolve: native('resolve', 'self, strict=False', ([self, mustExist], inner) => {
        const storage = storageOf(inner);
        const path = storage.absolute(textIn(self!));
        if (mustExist === true && !storage.exists(path)) throw notThere(path, inner);
        return made((self as PyInstance).cls, path);
      }),
      expanduser: native('expanduser', 'self', ([self], inner) => {
        const path = expanded(textIn(self!));
        return path === undefined ? unsupported(inner, 'Path.expanduser()') : made((self as PyInstance).cls, path);
      }),
      exists: about('exists', (path, storage) => storage.exists(path)),
      is_file: about('is_file', (path, storage) => storage.isFile(path)),
      is_dir: about('is_dir', (path, storage) => storage.isFolder(path)),
      is_symlink: about('is_symlink', () => false),
      is_mount: about('is_mount', path => path === '/'),
      stat: status('stat'),
      lstat: status('lstat'),
      glob: globbing('glob', []),
      rglob: globbing('rglob', ['**']),
      iterdir: native('iterdir', 'self', ([self], inner) => {
        const path = textIn(self!);
        return all(
          self!,
          namesIn(path, inner).map(name => (path === '.' ? name : join(path, name))),
        );
      }),
      open: nativeSteps(
        'open',
        "self, mode='r', buffering=-1, encoding=None, errors=None, newline=None",
        function* ([self, mode, , ...args], inner) {
          return yield* open(self!, [mode!, ...args], inner);
        },
      ),
      read_text: nativeSteps('read_text', 'self, encoding=None, errors=None', function* ([self, ...args], inner) {
        const file = yield* open(self!, ['r', ...args, null], inner);
        return file instanceof Unknown ? file : yield* inner.call(yield* inner.getAttribute(file, 'read'), []);
      }),
      read_bytes: nativeSteps('read_bytes', 'self', function* ([self], inner) {
        const file = yield* open(self!, ['rb', null, null, null], inner);
        return file instanceof Unknown ? file : yield* inner.call(yield* inner.getAttribute(file, 'read'), []);
      }),
      write_text: native(
        'write_text',
        'self, data, encoding=None, errors=None, newline=None',
        ([self, data], inner) => {
          const storage = storageOf(inner);
          const text = data instanceof Unknown ? data : textOf(data!);
          if (text === undefined) throw inner.raise('TypeError', 'data must be str');
          storage.write(storage.absolute(textIn(self!)), text);
          return text instanceof Unknown ? text : text.length;
        },
      ),
      write_bytes: native('write_bytes', 'self, data', ([self, data], inner) => {
        const storage = storageOf(inner);
        const isPlain = data instanceof PyBytes && /^[\0-\x7f]*$/.test(data.text);
        storage.write(storage.absolute(textIn(self!)), isPlain ? data.text : unsupported(inner, 'Path.write_bytes()'));
        return data instanceof PyBytes ? data.text.length : unsupported(inner, 'Path.write_bytes()');
      }),
      mkdir: change('mkdir', (path, storage) => storage.makeFolder(path)),
      touch: change('touch', (path, storage) => {
        if (!storage.exists(path)) storage.write(path, '');
      }),
      unlink: change('unlink', (path, storage) => storage.remove(path)),
      rmdir: change('rmdir', (path, storage) => storage.remove(path)),
      samefile: nativeSteps('samefile', 'self, other', function* ([self, other], inner) {
        const text = yield* pathText(other!, inner);
        if (text instanceof Unknown) return text;
        const storage = storageOf(inner);
        return storage.absolute(textIn(self!)) === storage.absolute(text);
      }),
      relative_to: nativeSteps('relative_to', 'self, *other', function* ([self, others], inner) {
        const base = yield* joined((self as PyInstance).cls, (others as PyTuple).items, inner);
        if (base instanceof Unknown) return base;
        const below = belowOf(textIn(self!), textIn(base));
        if (below === undefined) {
          const [path, start] = [stringText(textIn(self!)), stringText(textIn(base))];
          throw inner.raise(
            'ValueError',
            `${path} is not in the subpath of ${start} OR one path is relative and the other is absolute.`,
          );
        }
        return made((self as PyInstance).cls, below);
      }),
      is_relative_to: nativeSteps('is_relative_to', 'self, *other', function* ([self, others], inner) {
        const base = yield* joined((self as PyInstance).cls, (others as PyTuple).items, inner);
        return base instanceof Unknown ? base : belowOf(textIn(self!), textIn(base)) !== undefined;
      }),
      match: strict('match', 'self, path_pattern', ([self, pattern]) => {
        const wanted = parts(cleaned(textOf(pattern!) ?? ''));
        const own = parts(textIn(self!));
        if (wanted[0] === '/' && wanted.length !== own.length) return false;
        return (
          wanted.length <= own.length &&
          wanted.every((part, at) => matcher(part).test(own[own.length - wanted.length + at]!))
        );
      }),
    },
    { module: 'pathlib' },
  );
  cls.key = self => `\0path:${textIn(self)}`;
  for (const label of ['rename', 'replace', 'chmod', 'symlink_to']) cls.dict.set(label, quiet(label));
  return cls;
}

export const pathlib = moduleOf('pathlib', machine => {
  const pure = pathClass(machine, 'PurePath', []);
  const path = pathClass(machine, 'Path', [pure]);
  return [
    { PurePath: pure, Path: path, PosixPath: path, PurePosixPath: pure, WindowsPath: path, PureWindowsPath: pure },
  ];
});

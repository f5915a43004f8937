// The module `pathlib`: paths are computed, and no file is looked at.

import { textOf } from '../builtins/conversions.ts';
import { stringText } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps, strict } from '../native.ts';
import {
  notImplemented,
  type PyClass,
  PyClassMethod,
  PyInstance,
  PyProperty,
  PyStaticMethod,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { moduleOf } from './module.ts';
import { files, join, pathText } from './os.ts';

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
  const ofFiles = (label: string) => native(label, 'self, *args, **kwargs', (_, inner) => files(inner));
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
        return other instanceof PyInstance && other.get('_path') !== undefined
          ? textIn(self!) === other.get('_path')
          : notImplemented;
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
      is_absolute: native('is_absolute', 'self', ([self]) => textIn(self!).startsWith('/')),
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
      suffixes: new PyProperty(native('suffixes', 'self', (_, inner) => inner.unknown('Path.suffixes'))),
      cwd: new PyClassMethod(native('cwd', 'cls', (_, inner) => files(inner))),
      home: new PyClassMethod(native('home', 'cls', (_, inner) => files(inner))),
      absolute: native('absolute', 'self', ([self], inner) => (textIn(self!).startsWith('/') ? self! : files(inner))),
      resolve: native('resolve', 'self, strict=False', ([self], inner) =>
        textIn(self!).startsWith('/') ? self! : files(inner),
      ),
      expanduser: native('expanduser', 'self', ([self], inner) =>
        textIn(self!).startsWith('~') ? files(inner) : self!,
      ),
    },
    { module: 'pathlib' },
  );
  for (const label of [
    'exists',
    'is_file',
    'is_dir',
    'is_symlink',
    'open',
    'read_text',
    'read_bytes',
    'glob',
    'rglob',
    'iterdir',
    'stat',
    'samefile',
    'relative_to',
    'match',
    'is_relative_to',
  ]) {
    cls.dict.set(label, ofFiles(label));
  }
  for (const label of [
    'mkdir',
    'unlink',
    'rmdir',
    'touch',
    'rename',
    'replace',
    'write_text',
    'write_bytes',
    'chmod',
    'symlink_to',
  ]) {
    cls.dict.set(label, quiet(label));
  }
  return cls;
}

export const pathlib = moduleOf('pathlib', machine => {
  const pure = pathClass(machine, 'PurePath', []);
  const path = pathClass(machine, 'Path', [pure]);
  return [
    { PurePath: pure, Path: path, PosixPath: path, PurePosixPath: pure, WindowsPath: path, PureWindowsPath: pure },
  ];
});

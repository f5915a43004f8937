// The modules `sys` and `platform`: those of the pretended world, Linux with Python 3.11.

import { classOf } from '../builtins/classes.ts';
import { textOf } from '../builtins/conversions.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass } from '../native.ts';
import { PyFloat, PyInstance, PyList, PyModule, PySet, PyTuple, type Unknown, type Value } from '../objects.ts';
import { giveFields } from './collections.ts';
import { missing, moduleOf, quiet } from './module.ts';

export const sys = moduleOf('sys', machine => {
  const named = (name: string, fields: readonly (readonly [string, Value])[]): Value => {
    const cls = nativeClass(machine, name, [classOf('tuple', machine)], {}, { module: 'sys' });
    giveFields(
      machine,
      cls,
      fields.map(([field]) => field),
      new Map(),
    );
    const value = new PyTuple(fields.map(([, item]) => item));
    value.own = new PyInstance(cls);
    return value;
  };
  const stream = new PyInstance(
    nativeClass(
      machine,
      'TextIOWrapper',
      [],
      Object.fromEntries(
        ['write', 'flush', 'writelines', 'close', 'reconfigure'].map(name => [
          name,
          native(name, 'self, *args, **kwargs', () => null),
        ]),
      ),
      { module: '_io' },
    ),
  );
  return [
    {
      version_info: named('version_info', [
        ['major', 3],
        ['minor', 11],
        ['micro', 7],
        ['releaselevel', 'final'],
        ['serial', 0],
      ]),
      version: '3.11.7 (main, Dec  8 2023, 18:56:58) [GCC 11.4.0]',
      hexversion: 51054576,
      platform: 'linux',
      byteorder: 'little',
      maxsize: 9223372036854775807n,
      maxunicode: 1114111,
      argv: new PyList(['']),
      path: new PyList([...machine.options.roots]),
      flags: machine.unknown('sys.flags'),
      modules: modules(machine),
      executable: '/usr/bin/python3',
      prefix: '/usr',
      stdout: stream,
      stderr: stream,
      stdin: machine.unknown('sys.stdin'),
      implementation: named('implementation', [
        ['name', 'cpython'],
        ['cache_tag', 'cpython-311'],
      ]),
      float_info: named('float_info', [
        ['max', new PyFloat(Number.MAX_VALUE)],
        ['min', new PyFloat(2.2250738585072014e-308)],
        ['epsilon', new PyFloat(Number.EPSILON)],
        ['dig', 15],
        ['mant_dig', 53],
      ]),
      dont_write_bytecode: false,
    },
    [
      native('exit', 'status=None, /', ([status], inner) => {
        throw inner.raiseWith('SystemExit', status === null ? [] : [status!]);
      }),
      native('getrecursionlimit', '', () => 1000),
      native('getdefaultencoding', '', () => 'utf-8'),
      native('intern', 'string, /', ([string]) => string!),
    ],
    quiet('setrecursionlimit', 'settrace', 'setprofile', 'excepthook'),
    missing('sys', 'exc_info', '_getframe', 'getsizeof', 'getrefcount'),
  ];
});

/** `sys.modules`: those that were imported. Whether others would be is not told from names, for imports wait here until they are needed. */
function modules(machine: Machine): Value {
  const unclear = (): Unknown => machine.unknown('sys.modules');
  /** What a program replaces is replaced until it ends. */
  const replaced = new PySet();
  const find = (name: Value): Value | undefined => {
    const text = textOf(name);
    return text === undefined || replaced.entries.has(text) ? undefined : machine.modules.get(text);
  };
  const replace = ([, name]: readonly Value[]): Value => {
    const text = textOf(name!) ?? '';
    replaced.entries.set(text, text);
    return null;
  };
  const cls = nativeClass(
    machine,
    'Modules',
    [],
    {
      __getitem__: native('__getitem__', 'self, name', ([, name]) => find(name!) ?? unclear()),
      get: native('get', 'self, name, default=None', ([, name, missing]) => {
        const text = textOf(name!);
        // What is not there cannot have been imported.
        const isNowhere = text !== undefined && !replaced.entries.has(text) && !machine.locate(text);
        return find(name!) ?? (isNowhere ? missing! : unclear());
      }),
      __contains__: native('__contains__', 'self, name', ([, name]) => {
        if (find(name!) instanceof PyModule) return true;
        const text = textOf(name!);
        return text !== undefined && !replaced.entries.has(text) && !machine.locate(text) ? false : unclear();
      }),
      __setitem__: native('__setitem__', 'self, name, module', replace),
      __delitem__: native('__delitem__', 'self, name', replace),
      __iter__: native('__iter__', 'self', unclear),
      __len__: native('__len__', 'self', unclear),
    },
    { module: 'sys', getAttribute: (_, name) => (name.startsWith('__') ? undefined : unclear()) },
  );
  const all = new PyInstance(cls);
  all.set('__replaced__', replaced);
  return all;
}

export const platform = moduleOf('platform', () => [
  [
    native('system', '', () => 'Linux'),
    native('machine', '', () => 'x86_64'),
    native('python_version', '', () => '3.11.7'),
    native('platform', 'aliased=0, terse=0', () => 'Linux-6.1.0-x86_64-with-glibc2.36'),
    native('release', '', () => '6.1.0'),
    native('node', '', () => ''),
    native('processor', '', () => ''),
    native('python_version_tuple', '', () => new PyTuple(['3', '11', '7'])),
    native('python_implementation', '', () => 'CPython'),
  ],
  missing('platform', 'version', 'uname', 'architecture'),
]);

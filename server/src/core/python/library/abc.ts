// `abc`, `collections.abc` and `numbers`: classes that others belong to without being derived from them.

import { classGetItem } from '../builtins/alias.ts';
import { ofClass } from '../builtins/classes.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps } from '../native.ts';
import { type Native, PyClass, PyClassMethod, PyProperty, type Value } from '../objects.ts';
import { moduleOf } from './module.ts';

/** Which methods make a class one of these, and which built-in classes are. */
const interfaces: Readonly<
  Record<
    string,
    { readonly bases?: readonly string[]; readonly methods?: readonly string[]; readonly classes?: readonly string[] }
  >
> = {
  Hashable: { methods: ['__hash__'] },
  Iterable: { methods: ['__iter__'] },
  Iterator: { bases: ['Iterable'], methods: ['__iter__', '__next__'] },
  Reversible: { bases: ['Iterable'], methods: ['__iter__', '__reversed__'] },
  Generator: { bases: ['Iterator'], classes: ['generator'] },
  Sized: { methods: ['__len__'] },
  Container: { methods: ['__contains__'] },
  Callable: { methods: ['__call__'] },
  Collection: { bases: ['Sized', 'Iterable', 'Container'], methods: ['__len__', '__iter__', '__contains__'] },
  Sequence: {
    bases: ['Reversible', 'Collection'],
    classes: ['list', 'tuple', 'str', 'range', 'bytes', 'bytearray', 'memoryview', 'deque'],
  },
  MutableSequence: { bases: ['Sequence'], classes: ['list', 'bytearray', 'deque'] },
  ByteString: { bases: ['Sequence'], classes: ['bytes', 'bytearray'] },
  Set: { bases: ['Collection'], classes: ['set', 'frozenset', 'dict_keys', 'dict_items'] },
  MutableSet: { bases: ['Set'], classes: ['set'] },
  Mapping: { bases: ['Collection'], classes: ['dict', 'mappingproxy'] },
  MutableMapping: { bases: ['Mapping'], classes: ['dict'] },
  MappingView: { bases: ['Sized'], classes: ['dict_keys', 'dict_values', 'dict_items'] },
  KeysView: { bases: ['MappingView', 'Set'], classes: ['dict_keys'] },
  ItemsView: { bases: ['MappingView', 'Set'], classes: ['dict_items'] },
  ValuesView: { bases: ['MappingView', 'Collection'], classes: ['dict_values'] },
  Awaitable: { methods: ['__await__'] },
  Coroutine: { bases: ['Awaitable'] },
  AsyncIterable: { methods: ['__aiter__'] },
  AsyncIterator: { bases: ['AsyncIterable'], methods: ['__anext__'] },
  AsyncGenerator: { bases: ['AsyncIterator'] },
};

/** Methods that come with these for free, written in terms of others: a class of the program that derives from one has them. */
const mixins = new Set(['Sequence', 'MutableSequence', 'Set', 'MutableSet', 'Mapping', 'MutableMapping']);

const registered = new WeakMap<PyClass, PyClass[]>();

function register(cls: PyClass): PyClassMethod {
  return new PyClassMethod(
    native('register', 'cls, subclass, /', ([, subclass]) => {
      const list = registered.get(cls) ?? [];
      registered.set(cls, list);
      if (subclass instanceof PyClass) list.push(subclass);
      return subclass!;
    }),
  );
}

function has(type: PyClass, method: string): boolean {
  const found = ofClass(type, method);
  return found !== undefined && found !== null;
}

function belongs(type: PyClass, { methods, classes }: (typeof interfaces)[string], cls: PyClass): boolean {
  if (methods?.every(method => has(type, method))) return true;
  if (type.mro.some(base => base.module !== '__main__' && base.place === undefined && classes?.includes(base.name)))
    return true;
  return registered.get(cls)?.some(other => type.mro.includes(other)) === true;
}

/** The classes of `collections.abc`: the same for all modules of a machine that name them. */
const made = new WeakMap<Machine, ReadonlyMap<string, PyClass>>();

export function interfaceClasses(machine: Machine): ReadonlyMap<string, PyClass> {
  const known = made.get(machine);
  if (known) return known;
  const classes = new Map<string, PyClass>();
  for (const [name, about] of Object.entries(interfaces)) {
    const bases = (about.bases ?? []).map(base => classes.get(base)!);
    const cls = nativeClass(machine, name, bases, {}, { module: 'collections.abc' });
    cls.dict.set('__class_getitem__', classGetItem(name));
    cls.dict.set('register', register(cls));
    // A class that belongs to one that is derived from it belongs to it, too.
    cls.subclassCheck = type =>
      belongs(type, about, cls) ||
      [...classes.values()].some(
        other => other !== cls && other.mro.includes(cls) && belongs(type, interfaces[other.name]!, other),
      );
    if (mixins.has(name))
      cls.unknownBase = machine.unknown(`The methods that collections.abc.${name} adds are not supported`);
    classes.set(name, cls);
  }
  made.set(machine, classes);
  return classes;
}

export const collectionsAbc = moduleOf('collections.abc', machine => [Object.fromEntries(interfaceClasses(machine))]);

/** Decorators that mark a method and give it back. */
function marks(...names: readonly string[]): readonly Native[] {
  return names.map(name => native(name, 'funcobj', ([fn]) => fn!));
}

export const abc = moduleOf('abc', machine => {
  const meta = nativeClass(machine, 'ABCMeta', [machine.builtin('type') as PyClass], {}, { module: 'abc' });
  meta.dict.set(
    'register',
    native('register', 'cls, subclass', ([cls, subclass]) => {
      if (cls instanceof PyClass && subclass instanceof PyClass) {
        const list = registered.get(cls) ?? [];
        registered.set(cls, list);
        list.push(subclass);
        cls.subclassCheck = type => registered.get(cls)!.some(other => type.mro.includes(other));
      }
      return subclass!;
    }),
  );
  const base = nativeClass(machine, 'ABC', [], {}, { module: 'abc', metaclass: meta });
  return [
    { ABC: base, ABCMeta: meta },
    marks('abstractmethod'),
    [
      native('abstractproperty', 'fget', ([getter]) => new PyProperty(getter!)),
      native('abstractclassmethod', 'callable', ([fn]) => new PyClassMethod(fn!)),
      nativeSteps('abstractstaticmethod', 'callable', function* ([fn], inner) {
        return yield* inner.call(inner.builtin('staticmethod'), [fn!]);
      }),
      native('get_cache_token', '', () => 0),
    ],
  ];
});

const towers: readonly (readonly [string, readonly string[]])[] = [
  ['Number', ['int', 'float', 'complex', 'Fraction', 'Decimal', 'integer', 'floating', 'number']],
  ['Complex', ['int', 'float', 'complex', 'Fraction', 'integer', 'floating', 'number']],
  ['Real', ['int', 'float', 'Fraction', 'integer', 'floating']],
  ['Rational', ['int', 'Fraction', 'integer']],
  ['Integral', ['int', 'integer']],
];

export const numbers = moduleOf('numbers', machine => {
  const members: Record<string, Value> = {};
  let base: PyClass | undefined;
  for (const [name, classes] of towers) {
    const cls = nativeClass(machine, name, base ? [base] : [], {}, { module: 'numbers' });
    cls.subclassCheck = type => type.mro.some(other => other.place === undefined && classes.includes(other.name));
    members[name] = cls;
    base = cls;
  }
  return [members];
});

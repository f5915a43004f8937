// The module `collections`.

import { classGetItem } from '../builtins/alias.ts';
import { classOf } from '../builtins/classes.ts';
import { collect, position, textOf, wholeOf } from '../builtins/conversions.ts';
import { dictOf, get, put, update } from '../builtins/dict.ts';
import { maxItems, tooLong } from '../builtins/limits.ts';
import { find, pushEach } from '../builtins/list.ts';
import { methodsOf } from '../builtins/methods.ts';
import { sorted } from '../builtins/sorting.ts';
import { reprOf } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { isGiven, native, nativeClass, nativeSteps } from '../native.ts';
import {
  type Native,
  type PyClass,
  PyClassMethod,
  PyDict,
  PyInstance,
  PyIterator,
  PyList,
  PyProperty,
  PyStaticMethod,
  PyTuple,
  poison,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { interfaceClasses } from './abc.ts';
import { keywordsOf } from './functools.ts';
import { missing, moduleOf } from './module.ts';

const ofDict = methodsOf('dict', value => (value instanceof PyDict ? value : undefined));

function define(cls: PyClass, methods: readonly Native[]): void {
  for (const method of methods) cls.dict.set(method.name, method);
}

/** A native class derived from dict. */
function dictClass(machine: Machine, name: string, methods: readonly Native[]): PyClass {
  const cls = nativeClass(machine, name, [classOf('dict', machine)], {}, { module: 'collections' });
  cls.create = of => {
    const value = new PyDict();
    value.own = new PyInstance(of);
    return value;
  };
  define(cls, methods);
  cls.dict.set('__class_getitem__', classGetItem(`collections.${name}`));
  return cls;
}

function like(dict: PyDict): PyDict {
  const copy = new PyDict();
  for (const [id, { key, value }] of dict.entries) copy.entries.set(id, { key, value });
  if (dict.own) {
    copy.own = new PyInstance(dict.own.cls);
    for (const [name, value] of dict.own.dict ?? []) copy.own.set(name, value);
  }
  return copy;
}

const orderedMethods: readonly Native[] = [
  ofDict.lenient('move_to_end', 'key, last=True', (self, [key, last], machine) => {
    const id = machine.keyOf(key!);
    if (id instanceof Unknown || last instanceof Unknown) {
      poison(self, id instanceof Unknown ? id : (last as Unknown));
      return null;
    }
    const entry = self.entries.get(id);
    if (entry === undefined) throw machine.raiseWith('KeyError', [key!]);
    self.entries.delete(id);
    if (last !== false && last !== 0) {
      self.entries.set(id, entry);
      return null;
    }
    const rest = [...self.entries];
    self.entries.clear();
    for (const [other, value] of [[id, entry] as const, ...rest]) self.entries.set(other, value);
    return null;
  }),
  ofDict.lenient('copy', '', self => like(self)),
  ofDict.steps('__repr__', '', function* (self, _, machine) {
    const name = self.own?.cls.name ?? 'OrderedDict';
    if (self.entries.size === 0) return `${name}()`;
    const pairs = new PyList([...self.entries.values()].map(({ key, value }) => new PyTuple([key, value])));
    const text = yield* reprOf(pairs, machine);
    return text instanceof Unknown ? text : `${name}(${text})`;
  }),
];

/** What a defaultdict makes its missing values with. */
function factoryOf(dict: PyDict): Value {
  const found = dict.own?.get('default_factory');
  return found === undefined ? null : found;
}

const defaultMethods: readonly Native[] = [
  ofDict.steps(
    '__init__',
    'default_factory=None, iterable=..., /, **kwargs',
    function* (self, [factory, iterable, keywords], machine) {
      self.own?.set('default_factory', factory!);
      if (isGiven(iterable!)) yield* update(self, iterable!, machine);
      return yield* update(self, keywords!, machine);
    },
  ),
  ofDict.steps('__missing__', 'key, /', function* (self, [key], machine) {
    const factory = factoryOf(self);
    if (factory === null) throw machine.raiseWith('KeyError', [key!]);
    const value = yield* machine.call(factory, []);
    put(self, key!, value, machine);
    return value;
  }),
  ofDict.lenient('copy', '', self => like(self)),
  ofDict.steps('__repr__', '', function* (self, _, machine) {
    const factory = yield* reprOf(factoryOf(self), machine);
    if (factory instanceof Unknown) return factory;
    const bare = new PyDict();
    for (const [id, entry] of self.entries) bare.entries.set(id, entry);
    const text = yield* reprOf(bare, machine);
    return text instanceof Unknown ? text : `defaultdict(${factory}, ${text})`;
  }),
];

/** Counts the elements of an iterable, or adds the counts of a mapping. */
function* count(self: PyDict, from: Value, sign: 1 | -1, machine: Machine): Steps {
  if (from instanceof PyDict) {
    for (const { key, value } of [...from.entries.values()]) {
      const before = get(self, key, machine);
      put(self, key, yield* machine.binary(sign === 1 ? '+' : '-', before === undefined ? 0 : before, value), machine);
    }
    return null;
  }
  const items = yield* collect(from, machine);
  if (items instanceof Unknown) {
    poison(self, items);
    return null;
  }
  for (const item of items) {
    const before = get(self, item, machine);
    put(self, item, before === undefined ? sign : yield* machine.binary('+', before, sign), machine);
  }
  return null;
}

/** A Counter with the counts that are above zero. */
function* positive(self: PyDict, other: Value, operator: '+' | '-' | '&' | '|', machine: Machine): Steps {
  if (!(other instanceof PyDict)) return machine.unknown(`Counter ${operator}`);
  const result = new PyDict();
  if (self.own) result.own = new PyInstance(self.own.cls);
  const keys = [
    ...self.entries.values(),
    ...[...other.entries].filter(([id]) => !self.entries.has(id)).map(([, entry]) => entry),
  ];
  for (const { key } of keys) {
    const [found, also] = [get(self, key, machine), get(other, key, machine)];
    const [a, b] = [found === undefined ? 0 : found, also === undefined ? 0 : also];
    let value: Value;
    if (operator === '+' || operator === '-') value = yield* machine.binary(operator, a, b);
    else {
      const isLess = yield* machine.truth(yield* machine.binary('<', a, b));
      if (isLess instanceof Unknown) return isLess;
      value = isLess === (operator === '&') ? a : b;
    }
    const isPositive = yield* machine.truth(yield* machine.binary('>', value, 0));
    if (isPositive instanceof Unknown) return isPositive;
    if (isPositive) put(result, key, value, machine);
  }
  return result;
}

function* mostCommon(self: PyDict, machine: Machine): Steps<PyTuple[] | Unknown> {
  const pairs = [...self.entries.values()].map(({ key, value }) => new PyTuple([key, value]));
  const by = native('count', 'pair', ([pair]) => (pair as PyTuple).items[1]!);
  const result = yield* sorted(pairs, by, true, machine);
  return result instanceof Unknown ? result : (result as PyTuple[]);
}

const counterMethods: readonly Native[] = [
  ofDict.steps('__init__', 'iterable=None, /, **kwargs', function* (self, [iterable, keywords], machine) {
    if (iterable !== null) yield* count(self, iterable!, 1, machine);
    return yield* count(self, keywords!, 1, machine);
  }),
  ofDict.steps('update', 'iterable=None, /, **kwargs', function* (self, [iterable, keywords], machine) {
    if (iterable !== null) yield* count(self, iterable!, 1, machine);
    return yield* count(self, keywords!, 1, machine);
  }),
  ofDict.steps('subtract', 'iterable=None, /, **kwargs', function* (self, [iterable, keywords], machine) {
    if (iterable !== null) yield* count(self, iterable!, -1, machine);
    return yield* count(self, keywords!, -1, machine);
  }),
  ofDict.lenient('__missing__', 'key, /', () => 0),
  ofDict.steps('most_common', 'n=None', function* (self, [n], machine) {
    const pairs = yield* mostCommon(self, machine);
    if (pairs instanceof Unknown) return pairs;
    if (n === null) return new PyList(pairs);
    const size = yield* wholeOf(n!, machine);
    return size instanceof Unknown ? size : new PyList(pairs.slice(0, Math.max(0, Number(size))));
  }),
  ofDict.lenient('elements', '', (self, _, machine) => {
    const items: Value[] = [];
    for (const { key, value } of self.entries.values()) {
      if (typeof value !== 'number') return machine.unknown('Counter.elements()');
      if (items.length + value > maxItems) return tooLong(machine);
      for (let at = 0; at < value; at++) items.push(key);
    }
    let at = 0;
    return new PyIterator(() => items[at++]);
  }),
  ofDict.steps('total', '', function* (self, _, machine) {
    let total: Value = 0;
    for (const { value } of self.entries.values()) total = yield* machine.binary('+', total, value);
    return total;
  }),
  ofDict.lenient('copy', '', self => like(self)),
  ofDict.steps('__add__', 'other, /', (self, [other], machine) => positive(self, other!, '+', machine)),
  ofDict.steps('__sub__', 'other, /', (self, [other], machine) => positive(self, other!, '-', machine)),
  ofDict.steps('__and__', 'other, /', (self, [other], machine) => positive(self, other!, '&', machine)),
  ofDict.steps('__or__', 'other, /', (self, [other], machine) => positive(self, other!, '|', machine)),
  ofDict.steps('__repr__', '', function* (self, _, machine) {
    const name = self.own?.cls.name ?? 'Counter';
    const pairs = yield* mostCommon(self, machine);
    if (pairs instanceof Unknown) return pairs;
    if (pairs.length === 0) return `${name}()`;
    const bare = new PyDict();
    for (const { items } of pairs) put(bare, items[0]!, items[1]!, machine);
    const text = yield* reprOf(bare, machine);
    return text instanceof Unknown ? text : `${name}(${text})`;
  }),
];

const ofDeque = methodsOf('deque', value => (value instanceof PyList && value.own !== undefined ? value : undefined));

function limitOf(deque: PyList): number {
  const limit = deque.own!.get('maxlen');
  return typeof limit === 'number' ? limit : maxItems;
}

function pushRight(deque: PyList, item: Value): void {
  deque.items.push(item);
  if (deque.items.length > limitOf(deque)) deque.items.shift();
}

function pushLeft(deque: PyList, item: Value): void {
  deque.items.unshift(item);
  if (deque.items.length > limitOf(deque)) deque.items.pop();
}

function* pushAll(
  deque: PyList,
  iterable: Value,
  pushOne: (deque: PyList, item: Value) => void,
  machine: Machine,
): Steps {
  yield* pushEach(deque, iterable, item => pushOne(deque, item), machine);
  return null;
}

const dequeMethods: readonly Native[] = [
  ofDeque.steps('__init__', 'iterable=..., maxlen=None', function* (self, [iterable, limit], machine) {
    if (limit instanceof Unknown) {
      poison(self, limit);
      return null;
    }
    self.own!.set('maxlen', limit!);
    self.items.length = 0;
    return isGiven(iterable!) ? yield* pushAll(self, iterable!, pushRight, machine) : null;
  }),
  ofDeque.lenient('append', 'x, /', (self, [item], machine) => {
    if (self.items.length >= maxItems) poison(self, tooLong(machine));
    else pushRight(self, item!);
    return null;
  }),
  ofDeque.lenient('appendleft', 'x, /', (self, [item], machine) => {
    machine.charge(self.items.length >> 6);
    if (self.items.length >= maxItems) poison(self, tooLong(machine));
    else pushLeft(self, item!);
    return null;
  }),
  ofDeque.lenient('pop', '', (self, _, machine) => {
    const item = self.items.pop();
    if (item === undefined) throw machine.raise('IndexError', 'pop from an empty deque');
    return item;
  }),
  ofDeque.lenient('popleft', '', (self, _, machine) => {
    machine.charge(self.items.length >> 6);
    const item = self.items.shift();
    if (item === undefined) throw machine.raise('IndexError', 'pop from an empty deque');
    return item;
  }),
  ofDeque.steps('extend', 'iterable, /', (self, [iterable], machine) => pushAll(self, iterable!, pushRight, machine)),
  ofDeque.steps('extendleft', 'iterable, /', (self, [iterable], machine) =>
    pushAll(self, iterable!, pushLeft, machine),
  ),
  ofDeque.steps('rotate', 'n=1, /', function* (self, [n], machine) {
    const by = yield* wholeOf(n!, machine);
    if (by instanceof Unknown) {
      poison(self, by);
      return null;
    }
    const size = self.items.length;
    if (size > 0) {
      const shift = ((position(by) % size) + size) % size;
      self.items.unshift(...self.items.splice(size - shift));
      machine.charge(size >> 6);
    }
    return null;
  }),
  ofDeque.steps('remove', 'value, /', function* (self, [value], machine) {
    const at = yield* find(self.items, value!, machine);
    if (at instanceof Unknown) poison(self, at);
    else if (at < 0) throw machine.raise('ValueError', 'deque.remove(x): x not in deque');
    else self.items.splice(at, 1);
    return null;
  }),
  ofDeque.lenient('copy', '', self => {
    const copy = new PyList(self.items.slice());
    copy.own = new PyInstance(self.own!.cls);
    copy.own.set('maxlen', self.own!.get('maxlen') ?? null);
    return copy;
  }),
  ofDeque.steps('__repr__', '', function* (self, _, machine) {
    const text = yield* reprOf(new PyList(self.items), machine);
    if (text instanceof Unknown) return text;
    const limit = self.own!.get('maxlen');
    return typeof limit === 'number' ? `deque(${text}, maxlen=${limit})` : `deque(${text})`;
  }),
];

/** What a deque has in common with a list. */
const shared = [
  '__len__',
  '__iter__',
  '__getitem__',
  '__setitem__',
  '__delitem__',
  '__contains__',
  '__eq__',
  '__ne__',
  '__reversed__',
  'insert',
  'index',
  'count',
  'clear',
  'reverse',
];

function dequeClass(machine: Machine): PyClass {
  const cls = nativeClass(machine, 'deque', [], {}, { module: 'collections' });
  const list = classOf('list', machine);
  for (const name of shared) {
    const method = list.dict.get(name);
    if (method !== undefined) cls.dict.set(name, method);
  }
  define(cls, dequeMethods);
  cls.dict.set('__hash__', null);
  cls.dict.set('__class_getitem__', classGetItem('collections.deque'));
  cls.create = of => {
    const value = new PyList([]);
    value.own = new PyInstance(of);
    value.own.set('maxlen', null);
    return value;
  };
  return cls;
}

/** The names of a named tuple's fields: a list of texts, or one text with spaces or commas. */
function* fieldNames(value: Value, machine: Machine): Steps<string[] | Unknown> {
  const text = textOf(value);
  if (text !== undefined)
    return text
      .replaceAll(',', ' ')
      .split(/\s+/)
      .filter(name => name !== '');
  const items = yield* collect(value, machine);
  if (items instanceof Unknown) return items;
  const names: string[] = [];
  for (const item of items) {
    const name = textOf(item);
    if (name === undefined) return item instanceof Unknown ? item : machine.unknown('namedtuple()');
    names.push(name);
  }
  return names;
}

/**
 * `__new__` of a named tuple: an object, since programs set its `__defaults__` (before Python 3.7 there was no other way to
 * leave out fields). They are those of the last fields.
 */
function tupleMaker(
  machine: Machine,
  names: readonly string[],
  defaults: ReadonlyMap<string, Value>,
  make: (of: PyClass, items: readonly Value[]) => Value,
): PyInstance {
  const call = native('__call__', 'self, _cls, /, *args, **kwargs', ([self, of, args, keywords], inner) => {
    const { items } = args as PyTuple;
    const given = keywordsOf(keywords!);
    const set = (self as PyInstance).get('__defaults__');
    if (set instanceof Unknown) return set;
    const standard = set instanceof PyTuple ? set.items : [];
    if (items.length > names.length) {
      const least = names.length - standard.length + 1;
      const range = standard.length > 0 ? `from ${least} to ${names.length + 1}` : `${names.length + 1}`;
      const count = `${range} positional argument${range === '1' ? '' : 's'}`;
      throw inner.raise('TypeError', `__new__() takes ${count} but ${items.length + 1} were given`);
    }
    for (const name of given.keys()) {
      const at = names.indexOf(name);
      if (at < 0) throw inner.raise('TypeError', `__new__() got an unexpected keyword argument '${name}'`);
      if (at < items.length) throw inner.raise('TypeError', `__new__() got multiple values for argument '${name}'`);
    }
    const absent: string[] = [];
    const values = names.map((name, index): Value => {
      if (index < items.length) return items[index]!;
      if (given.has(name)) return given.get(name)!;
      const at = index - (names.length - standard.length);
      if (at >= 0) return standard[at]!;
      absent.push(`'${name}'`);
      return null;
    });
    if (absent.length > 0) {
      const list = absent.length < 3 ? absent.join(' and ') : `${absent.slice(0, -1).join(', ')}, and ${absent.at(-1)}`;
      throw inner.raise(
        'TypeError',
        `__new__() missing ${absent.length} required positional argument${absent.length === 1 ? '' : 's'}: ${list}`,
      );
    }
    return make(of as PyClass, values);
  });
  const object = new PyInstance(nativeClass(machine, 'function', [], { __call__: call }));
  object.set('__name__', '__new__');
  object.set('__defaults__', defaults.size > 0 ? new PyTuple([...defaults.values()]) : null);
  return object;
}

/** Gives a class derived from tuple the fields of a named tuple. */
export function giveFields(
  machine: Machine,
  cls: PyClass,
  names: readonly string[],
  defaults: ReadonlyMap<string, Value>,
): void {
  const make = (of: PyClass, items: readonly Value[]): Value => {
    const value = new PyTuple(items);
    value.own = new PyInstance(of);
    return value;
  };
  const define = (name: string, value: Value) => cls.dict.set(name, value);
  define('_fields', new PyTuple(names));
  define('_field_defaults', dictOf(defaults));
  define('__new__', new PyStaticMethod(tupleMaker(machine, names, defaults, make)));
  for (const [index, name] of names.entries()) {
    define(
      name,
      new PyProperty(
        native(name, 'self', ([self], machine) =>
          self instanceof PyTuple ? (self.items[index] as Value) : machine.unknown(name),
        ),
      ),
    );
  }
  define(
    '_make',
    new PyClassMethod(
      nativeSteps('_make', 'cls, iterable, /', function* ([of, iterable], machine) {
        const items = yield* collect(iterable!, machine);
        if (items instanceof Unknown) return items;
        if (items.length !== names.length) {
          throw machine.raise('TypeError', `Expected ${names.length} arguments, got ${items.length}`);
        }
        return make(of as PyClass, items);
      }),
    ),
  );
  define(
    '_asdict',
    native('_asdict', 'self', ([self]) =>
      dictOf(names.map((name, index) => [name, (self as PyTuple).items[index]!] as const)),
    ),
  );
  define(
    '_replace',
    native('_replace', 'self, /, **kwargs', ([self, keywords], machine) => {
      const given = keywordsOf(keywords!);
      for (const name of given.keys()) {
        if (!names.includes(name)) throw machine.raise('ValueError', `Got unexpected field names: ['${name}']`);
      }
      const tuple = self as PyTuple;
      return make(
        tuple.own!.cls,
        names.map((name, index) => (given.has(name) ? given.get(name)! : tuple.items[index]!)),
      );
    }),
  );
  define(
    '__repr__',
    nativeSteps('__repr__', 'self', function* ([self], machine) {
      const parts: string[] = [];
      for (const [index, name] of names.entries()) {
        const text = yield* reprOf((self as PyTuple).items[index]!, machine);
        if (text instanceof Unknown) return text;
        parts.push(`${name}=${text}`);
      }
      return `${(self as PyTuple).own!.cls.name}(${parts.join(', ')})`;
    }),
  );
  define(
    '__getnewargs__',
    native('__getnewargs__', 'self', ([self]) => new PyTuple((self as PyTuple).items)),
  );
  define('__match_args__', new PyTuple(names));
}

const keywordNames = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** namedtuple(…): a class. */
export function* namedTuple(args: readonly Value[], machine: Machine): Steps {
  const [typename, fields, rename, defaults] = args;
  if (typename instanceof Unknown) return typename;
  const name = textOf(typename!) ?? 'tuple';
  let names = yield* fieldNames(fields!, machine);
  if (names instanceof Unknown) return names;
  const isRename = yield* machine.truth(rename!);
  if (isRename instanceof Unknown) return isRename;
  const seen = new Set<string>();
  const isBad = (field: string) =>
    !/^[\p{XID_Start}_][\p{XID_Continue}]*$/u.test(field) ||
    keywordNames.has(field) ||
    field.startsWith('_') ||
    seen.has(field);
  names = names.map((field, index) => {
    const result = isRename && isBad(field) ? `_${index}` : field;
    if (!isRename && isBad(field)) {
      throw machine.raise(
        'ValueError',
        seen.has(field)
          ? `Encountered duplicate field name: '${field}'`
          : `Type names and field names must be valid identifiers: '${field}'`,
      );
    }
    seen.add(field);
    return result;
  });
  const standard = new Map<string, Value>();
  if (defaults !== null) {
    const values = yield* collect(defaults!, machine);
    if (values instanceof Unknown) return values;
    if (values.length > names.length) throw machine.raise('TypeError', 'Got more default values than field names');
    for (const [index, value] of values.entries()) standard.set(names[names.length - values.length + index]!, value);
  }
  const cls = nativeClass(machine, name, [classOf('tuple', machine)], {}, { module: 'collections' });
  giveFields(machine, cls, names, standard);
  return cls;
}

export const collections = moduleOf('collections', machine => [
  // Until Python 3.10 these names stood here, too.
  Object.fromEntries(interfaceClasses(machine)),
  {
    OrderedDict: dictClass(machine, 'OrderedDict', orderedMethods),
    defaultdict: dictClass(machine, 'defaultdict', defaultMethods),
    Counter: dictClass(machine, 'Counter', counterMethods),
    deque: dequeClass(machine),
  },
  [
    nativeSteps(
      'namedtuple',
      'typename, field_names, *, rename=False, defaults=None, module=None',
      function* (args, inner) {
        return yield* namedTuple(args, inner);
      },
    ),
  ],
  missing('collections', 'ChainMap', 'UserDict', 'UserList', 'UserString'),
]);

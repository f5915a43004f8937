// The module `functools`.

import { special, typeName } from '../builtins/classes.ts';
import type { Machine } from '../machine.ts';
import { isGiven, native, nativeClass, nativeSteps } from '../native.ts';
import {
  type Keywords,
  Native,
  PyClass,
  PyDict,
  PyFunction,
  PyInstance,
  PyTuple,
  Raised,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { missing, moduleOf } from './module.ts';

export function keywordsOf(dict: Value): Keywords {
  return new Map([...(dict as PyDict).entries.values()].map(({ key, value }) => [key as string, value]));
}

/** An attribute; undefined where there is none. */
export function* attribute(object: Value, name: string, machine: Machine): Steps<Value | undefined> {
  try {
    return yield* machine.getAttribute(object, name);
  } catch (error) {
    if (error instanceof Raised && error.exception.cls.name === 'AttributeError') return undefined;
    throw error;
  }
}

/** Calls what an instance holds: of a class made here with one field. */
function field(self: Value, name: string): Value {
  return self instanceof PyInstance ? (self.get(name) ?? null) : null;
}

function partialClass(machine: Machine): PyClass {
  return nativeClass(
    machine,
    'partial',
    [],
    {
      __init__: native('__init__', 'self, func, /, *args, **keywords', ([self, fn, args, keywords]) => {
        const partial = self as PyInstance;
        let [callee, first, named]: [Value, readonly Value[], PyDict] = [
          fn!,
          (args as PyTuple).items,
          keywords as PyDict,
        ];
        // A partial of a partial is one.
        if (callee instanceof PyInstance && callee.cls.name === 'partial' && callee.dict?.has('func')) {
          const all = new PyDict();
          for (const [id, entry] of (field(callee, 'keywords') as PyDict).entries) all.entries.set(id, { ...entry });
          for (const [id, entry] of named.entries) all.entries.set(id, { ...entry });
          first = [...(field(callee, 'args') as PyTuple).items, ...first];
          [callee, named] = [field(callee, 'func'), all];
        }
        partial.set('func', callee);
        partial.set('args', new PyTuple(first));
        partial.set('keywords', named);
        return null;
      }),
      __call__: nativeSteps('__call__', 'self, /, *args, **keywords', function* ([self, args, keywords], inner) {
        const named = new Map(keywordsOf(field(self!, 'keywords')));
        for (const [name, value] of keywordsOf(keywords!)) named.set(name, value);
        const all = [...(field(self!, 'args') as PyTuple).items, ...(args as PyTuple).items];
        return yield* inner.call(field(self!, 'func'), all, named);
      }),
      __repr__: nativeSteps('__repr__', 'self', function* ([self], inner) {
        const parts: string[] = [];
        const first = yield* inner.repr(field(self!, 'func'));
        if (first instanceof Unknown) return first;
        parts.push(first);
        for (const arg of (field(self!, 'args') as PyTuple).items) {
          const text = yield* inner.repr(arg);
          if (text instanceof Unknown) return text;
          parts.push(text);
        }
        for (const [name, value] of keywordsOf(field(self!, 'keywords'))) {
          const text = yield* inner.repr(value);
          if (text instanceof Unknown) return text;
          parts.push(`${name}=${text}`);
        }
        return `functools.partial(${parts.join(', ')})`;
      }),
    },
    { module: 'functools' },
  );
}

function partialMethodClass(machine: Machine): PyClass {
  return nativeClass(
    machine,
    'partialmethod',
    [],
    {
      __init__: native('__init__', 'self, func, /, *args, **keywords', ([self, fn, args, keywords]) => {
        const partial = self as PyInstance;
        partial.set('func', fn!);
        partial.set('args', args!);
        partial.set('keywords', keywords!);
        return null;
      }),
      __get__: native('__get__', 'self, instance, owner=None, /', ([self, instance]) =>
        nativeSteps('partialmethod', '*args, **keywords', function* ([args, keywords], inner) {
          const named = new Map([...keywordsOf(field(self!, 'keywords')), ...keywordsOf(keywords!)]);
          const own = (field(self!, 'args') as PyTuple).items;
          const given = (args as PyTuple).items;
          // Asked of the class, the first argument is the instance.
          const all =
            instance === null ? [...given.slice(0, 1), ...own, ...given.slice(1)] : [instance!, ...own, ...given];
          return yield* inner.call(field(self!, 'func'), all, named);
        }),
      ),
    },
    { module: 'functools' },
  );
}

const copied = ['__module__', '__name__', '__qualname__', '__doc__', '__annotations__'];

/** update_wrapper. */
export function* updateWrapper(wrapper: Value, wrapped: Value, machine: Machine): Steps {
  if (wrapper instanceof Unknown || wrapper instanceof Native) return wrapper;
  for (const name of copied) {
    const value = yield* attribute(wrapped, name, machine);
    if (value !== undefined) yield* machine.setAttribute(wrapper, name, value);
  }
  const dict = yield* attribute(wrapped, '__dict__', machine);
  if (dict instanceof PyDict && !(wrapped instanceof PyClass)) {
    for (const { key, value } of [...dict.entries.values()]) {
      if (typeof key === 'string') yield* machine.setAttribute(wrapper, key, value);
    }
  }
  yield* machine.setAttribute(wrapper, '__wrapped__', wrapped);
  return wrapper;
}

/** What lru_cache and cache make of a function. */
class CachedFunction extends PyInstance {
  readonly results = new Map<unknown, Value>();
}

/** lru_cache and cache: one result for equal arguments. */
function cacheClass(machine: Machine): PyClass {
  return nativeClass(
    machine,
    '_lru_cache_wrapper',
    [],
    {
      __call__: nativeSteps('__call__', 'self, /, *args, **kwargs', function* ([self, args, keywords], inner) {
        const named = [...keywordsOf(keywords!)];
        const parts: Value[] = [args!, ...named.flat()];
        const key = inner.keyOf(new PyTuple(parts));
        const callee = field(self!, '__wrapped__');
        if (key instanceof Unknown) return yield* inner.call(callee, (args as PyTuple).items, new Map(named));
        const known = (self as CachedFunction).results;
        const found = known.get(key);
        if (found !== undefined) return found;
        const result = yield* inner.call(callee, (args as PyTuple).items, new Map(named));
        known.set(key, result);
        return result;
      }),
      __get__: native('__get__', 'self, instance, owner=None, /', ([self, instance]) => {
        if (instance === null) return self!;
        return nativeSteps('bound', '*args, **kwargs', function* ([args, keywords], inner) {
          return yield* inner.call(self!, [instance!, ...(args as PyTuple).items], keywordsOf(keywords!));
        });
      }),
      cache_clear: native('cache_clear', 'self', ([self]) => {
        (self as CachedFunction).results.clear();
        return null;
      }),
      cache_info: native('cache_info', 'self', (_, inner) => inner.unknown('cache_info()')),
    },
    { module: 'functools' },
  );
}

function* cached(fn: Value, cls: PyClass, machine: Machine): Steps {
  if (fn instanceof Unknown) return fn;
  const wrapper = new CachedFunction(cls);
  for (const name of copied) {
    const value = yield* attribute(fn, name, machine);
    if (value !== undefined) wrapper.set(name, value);
  }
  wrapper.set('__wrapped__', fn);
  return wrapper;
}

function cachedPropertyClass(machine: Machine): PyClass {
  return nativeClass(
    machine,
    'cached_property',
    [],
    {
      __init__: native('__init__', 'self, func', ([self, fn]) => {
        (self as PyInstance).set('func', fn!);
        return null;
      }),
      __set_name__: native('__set_name__', 'self, owner, name', ([self, , name]) => {
        (self as PyInstance).set('attrname', name!);
        return null;
      }),
      __get__: nativeSteps('__get__', 'self, instance, owner=None', function* ([self, instance], inner) {
        if (instance === null) return self!;
        const fn = field(self!, 'func');
        const name = (self as PyInstance).get('attrname') ?? (yield* attribute(fn, '__name__', inner)) ?? null;
        const value = yield* inner.call(fn, [instance!]);
        if (instance instanceof PyInstance && typeof name === 'string') instance.set(name, value);
        return value;
      }),
    },
    { module: 'functools' },
  );
}

/** Functions by class; an attribute, so that what a program registers ends with it. */
function registryOf(dispatcher: PyInstance): PyDict {
  const registry = dispatcher.get('registry');
  return registry instanceof PyDict ? registry : new PyDict();
}

function dispatchClass(machine: Machine): PyClass {
  const register = (self: PyInstance, cls: Value, fn: Value, inner: Machine): Value => {
    if (!(cls instanceof PyClass)) {
      self.set('unknown', inner.unknown(`singledispatch.register(${typeName(cls, inner)})`));
      return fn;
    }
    registryOf(self).entries.set(cls, { key: cls, value: fn });
    return fn;
  };
  return nativeClass(
    machine,
    'singledispatch',
    [],
    {
      register: nativeSteps('register', 'self, cls, func=None', function* ([self, cls, fn], inner) {
        if (fn !== null) return register(self as PyInstance, cls!, fn!, inner);
        if (cls instanceof PyClass) {
          return native('register', 'func', ([other], at) => register(self as PyInstance, cls, other!, at));
        }
        // The class is in the annotation of the first parameter.
        const annotations = yield* attribute(cls!, '__annotations__', inner);
        const first = annotations instanceof PyDict ? [...annotations.entries.values()][0]?.value : undefined;
        const of =
          typeof first === 'string' && cls instanceof PyFunction ? yield* inner.evaluate(first, cls.globals) : first;
        return register(self as PyInstance, of === undefined ? null : of, cls!, inner);
      }),
      __call__: nativeSteps('__call__', 'self, /, *args, **kwargs', function* ([self, args, keywords], inner) {
        const dispatcher = self as PyInstance;
        const unknown = dispatcher.get('unknown');
        if (unknown !== undefined) return unknown;
        const { items } = args as PyTuple;
        if (items[0] instanceof Unknown) return items[0];
        const type = items.length === 0 ? undefined : inner.typeOf(items[0]!);
        const { entries } = registryOf(dispatcher);
        const fn =
          type?.mro.map(cls => entries.get(cls)?.value).find(found => found !== undefined) ??
          field(self!, '__wrapped__');
        return yield* inner.call(fn, items, keywordsOf(keywords!));
      }),
    },
    { module: 'functools' },
  );
}

const orders: Readonly<Record<string, readonly (readonly [string, (result: boolean, equal: boolean) => boolean])[]>> = {
  __lt__: [
    ['__gt__', (less, equal) => !less && !equal],
    ['__le__', (less, equal) => less || equal],
    ['__ge__', less => !less],
  ],
  __le__: [
    ['__ge__', (atMost, equal) => !atMost || equal],
    ['__lt__', (atMost, equal) => atMost && !equal],
    ['__gt__', atMost => !atMost],
  ],
  __gt__: [
    ['__lt__', (more, equal) => !more && !equal],
    ['__ge__', (more, equal) => more || equal],
    ['__le__', more => !more],
  ],
  __ge__: [
    ['__le__', (atLeast, equal) => !atLeast || equal],
    ['__gt__', (atLeast, equal) => atLeast && !equal],
    ['__lt__', atLeast => !atLeast],
  ],
};

/** total_ordering: the comparisons that a class lacks, from the one that it has. */
function* totalOrdering(cls: Value, machine: Machine): Steps {
  if (!(cls instanceof PyClass)) return cls;
  const root = ['__lt__', '__le__', '__gt__', '__ge__'].find(name => cls.dict.has(name));
  if (root === undefined) throw machine.raise('ValueError', 'must define at least one ordering operation: < > <= >=');
  for (const [name, combine] of orders[root]!) {
    if (cls.dict.has(name)) continue;
    const method = nativeSteps(name, 'self, other, /', function* ([self, other], inner) {
      const result = yield* inner.call(special(self!, root, inner)!, [self!, other!]);
      const truth = yield* inner.truth(result);
      if (truth instanceof Unknown) return truth;
      const equal = yield* inner.equals(self!, other!);
      return equal instanceof Unknown ? equal : combine(truth, equal);
    });
    yield* machine.setAttribute(cls, name, method);
  }
  return cls;
}

function keyClass(machine: Machine, compare: Value): PyClass {
  const order = (name: string, test: (sign: number) => boolean) =>
    nativeSteps(name, 'self, other, /', function* ([self, other], inner) {
      const result = yield* inner.call(compare, [field(self!, 'obj'), field(other!, 'obj')]);
      if (result instanceof Unknown) return result;
      return typeof result === 'number' ? test(result) : yield* inner.binary(name === '__lt__' ? '<' : '>', result, 0);
    });
  return nativeClass(machine, 'K', [], {
    __init__: native('__init__', 'self, obj', ([self, object]) => {
      (self as PyInstance).set('obj', object!);
      return null;
    }),
    __lt__: order('__lt__', sign => sign < 0),
    __gt__: order('__gt__', sign => sign > 0),
  });
}

export const functools = moduleOf('functools', machine => {
  const cache = cacheClass(machine);
  return [
    {
      partial: partialClass(machine),
      partialmethod: partialMethodClass(machine),
      cached_property: cachedPropertyClass(machine),
      WRAPPER_ASSIGNMENTS: new PyTuple(copied.slice()),
      WRAPPER_UPDATES: new PyTuple(['__dict__']),
    },
    [
      nativeSteps('reduce', 'function, iterable, initial=..., /', function* ([fn, iterable, initial], inner) {
        const iterator = yield* inner.iterate(iterable!);
        if (iterator instanceof Unknown) return iterator;
        let total = isGiven(initial!) ? initial! : yield* inner.next(iterator);
        if (total === undefined) throw inner.raise('TypeError', 'reduce() of empty iterable with no initial value');
        for (;;) {
          const item: Value | undefined = yield* inner.next(iterator);
          if (item === undefined) return total;
          total = yield* inner.call(fn!, [total, item]);
        }
      }),
      nativeSteps(
        'update_wrapper',
        'wrapper, wrapped, assigned=..., updated=...',
        function* ([wrapper, wrapped], inner) {
          return yield* updateWrapper(wrapper!, wrapped!, inner);
        },
      ),
      native('wraps', 'wrapped, assigned=..., updated=...', ([wrapped]) =>
        nativeSteps('wraps', 'wrapper', function* ([wrapper], inner) {
          return yield* updateWrapper(wrapper!, wrapped!, inner);
        }),
      ),
      nativeSteps('lru_cache', 'maxsize=128, typed=False', function* ([size], inner) {
        if (size === null || typeof size === 'number' || typeof size === 'boolean') {
          return nativeSteps('lru_cache', 'user_function', function* ([fn], at) {
            return yield* cached(fn!, cache, at);
          });
        }
        return yield* cached(size!, cache, inner);
      }),
      nativeSteps('cache', 'user_function', function* ([fn], inner) {
        return yield* cached(fn!, cache, inner);
      }),
      nativeSteps('singledispatch', 'func', function* ([fn], inner) {
        const dispatcher = new PyInstance(dispatchClass(inner));
        dispatcher.set('__wrapped__', fn!);
        dispatcher.set('registry', new PyDict());
        for (const name of copied) {
          const value = yield* attribute(fn!, name, inner);
          if (value !== undefined) dispatcher.set(name, value);
        }
        return dispatcher;
      }),
      nativeSteps('total_ordering', 'cls', function* ([cls], inner) {
        return yield* totalOrdering(cls!, inner);
      }),
      native('cmp_to_key', 'mycmp', ([compare], inner) => keyClass(inner, compare!)),
    ],
    missing('functools', 'singledispatchmethod'),
  ];
});

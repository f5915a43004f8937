// The built-in classes and functions that belong to the machine: `object`, `type`, exceptions, `getattr`, `isinstance`, …
import {
  attributeOf,
  deleteAttributeOf,
  noAttribute,
  plainAttribute,
  setAttributeOf,
  setPlainAttribute,
} from './attributes.ts';
import { createClass } from './classes.ts';
import { exceptionBases } from './exceptions.ts';
import { PyGenerator } from './frame.ts';
import type { Machine } from './machine.ts';
import { globalsOf } from './namespace.ts';
import { isGiven, native, nativeClass, nativeSteps } from './native.ts';
import {
  ambiguityOf,
  ellipsis,
  type Keywords,
  Later,
  Native,
  notImplemented,
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  PyException,
  PyFunction,
  PyInstance,
  PyIterator,
  PyList,
  PyModule,
  PyObject,
  PyProperty,
  PySet,
  PyStaticMethod,
  PySuper,
  PyTuple,
  Raised,
  type Steps,
  Unknown,
  type Value,
} from './objects.ts';
import { containerTruth, identity, plainBinary, plainLength, plainOrder, plainUnary } from './operators.ts';
import { binaryMethods } from './protocols/arithmetic.ts';
import { builtinDeleteItem, builtinSetItem } from './protocols/assign.ts';
import { containerEquals, equalsSteps } from './protocols/compare.ts';
import { builtinContains } from './protocols/contains.ts';
import { builtinItem } from './protocols/items.ts';
import { isRaised, iterateSteps, nextSteps, plainIterator, resume } from './protocols/iterate.ts';
import { isInstanceSteps, plainIsInstance } from './protocols/match.ts';
import { textSteps } from './protocols/text.ts';
import { truthSteps } from './protocols/truth.ts';

/** Puts the classes and functions into the built-in names. */
export function installCore(names: Map<string, Value>, machine: Machine): void {
  const object = new PyClass('object', 'builtins', [], []);
  names.set('object', object);
  const type = nativeClass(machine, 'type', []);
  names.set('type', type);
  fill(object, objectMembers);
  fill(type, typeMembers);
  for (const [name, base] of exceptionBases) {
    const cls = nativeClass(machine, name, [names.get(base) as PyClass]);
    names.set(name, cls);
  }
  const base = names.get('BaseException') as PyClass;
  base.create = (cls, args) => new PyException(cls, args);
  fill(base, exceptionMembers);
  (names.get('KeyError') as PyClass).dict.set('__str__', keyErrorText);
  (names.get('StopIteration') as PyClass).dict.set('__stopIteration__', true);
  fill(names.get('SystemExit') as PyClass, { code: null });
  names.set('IOError', names.get('OSError')!);
  names.set('EnvironmentError', names.get('OSError')!);
  for (const [name, make] of Object.entries(makers)) {
    names.set(name, nativeClass(machine, name, [], {}, { create: make }));
  }
  for (const name of hiddenTypes) names.set(`<${name}>`, nativeClass(machine, name, []));
  fill(names.get('<generator>') as PyClass, generatorMembers);
  fill(names.get('<iterator>') as PyClass, iteratorMembers);
  const call = nativeSteps('__call__', '*args, **kwargs', (_, inner) => {
    throw inner.raise('TypeError', 'Not called in this way.');
  });
  for (const name of ['<function>', '<method>', '<builtin_function_or_method>']) {
    (names.get(name) as PyClass).dict.set('__call__', call);
  }
  (names.get('<function>') as PyClass).dict.set(
    '__get__',
    native('__get__', 'self, instance, owner=None', ([self, instance]) =>
      instance === null ? self! : new PyBoundMethod(instance!, self!),
    ),
  );
  (names.get('<function>') as PyClass).dict.set(
    '__repr__',
    native('__repr__', 'self', ([self]) => `<function ${self instanceof PyFunction ? self.code.qualifiedName : ''}>`),
  );
  (names.get('<NoneType>') as PyClass).dict.set(
    '__repr__',
    native('__repr__', 'self', () => 'None'),
  );
  (names.get('<ellipsis>') as PyClass).dict.set(
    '__repr__',
    native('__repr__', 'self', () => 'Ellipsis'),
  );
  (names.get('<NotImplementedType>') as PyClass).dict.set(
    '__repr__',
    native('__repr__', 'self', () => 'NotImplemented'),
  );
  (names.get('<module>') as PyClass).dict.set(
    '__repr__',
    native('__repr__', 'self', ([self]) => `<module '${self instanceof PyModule ? self.name : ''}'>`),
  );
  (names.get('<builtin_function_or_method>') as PyClass).dict.set(
    '__repr__',
    native('__repr__', 'self', ([self]) => `<built-in function ${self instanceof Native ? self.name : ''}>`),
  );
  names.set('NotImplemented', notImplemented);
  names.set('Ellipsis', ellipsis);
  names.set('__debug__', true);
  for (const fn of functions) names.set(fn.name, fn);
}

function fill(cls: PyClass, members: Readonly<Record<string, Value>>): void {
  for (const name of Object.keys(members)) if (!cls.dict.has(name)) cls.dict.set(name, members[name]!);
}

const hiddenTypes = [
  'NoneType',
  'ellipsis',
  'NotImplementedType',
  'function',
  'method',
  'builtin_function_or_method',
  'module',
  'generator',
  'coroutine',
  'async_generator',
  'iterator',
  'code',
] as const;

/** What a class of the machine makes when it is called. */
const makers: Readonly<
  Record<string, (cls: PyClass, args: readonly Value[], keywords: Keywords, machine: Machine) => Value>
> = {
  property: (_, args, keywords) =>
    new PyProperty(
      args[0] ?? keywords.get('fget') ?? null,
      args[1] ?? keywords.get('fset') ?? null,
      args[2] ?? keywords.get('fdel') ?? null,
    ),
  staticmethod: (_, [callee = null]) => new PyStaticMethod(callee),
  classmethod: (_, [callee = null]) => new PyClassMethod(callee),
  super: (_, args, _keywords, machine) => {
    const [after, self] = args;
    if (after instanceof Unknown) return after;
    if (self instanceof Unknown) return self;
    if (!(after instanceof PyClass)) {
      throw machine.raise(
        'RuntimeError',
        args.length === 0 ? 'super(): no arguments' : 'super() argument 1 must be a type',
      );
    }
    if (self === undefined) return machine.unknown('super() with a class alone is not supported.');
    const isOf = (self instanceof PyClass && self.mro.includes(after)) || machine.typeOf(self)?.mro.includes(after);
    if (!isOf) throw machine.raise('TypeError', 'super(type, obj): obj must be an instance or subtype of type');
    return new PySuper(after, self);
  },
};

const isInstance = (value: Value | undefined): value is PyInstance => value instanceof PyInstance;

const objectMembers: Readonly<Record<string, Value>> = {
  __init__: native('__init__', '*args, **kwargs', () => null),
  __new__: native('__new__', 'cls, /, *args, **kwargs', ([cls, args, keywords], machine) => {
    if (!(cls instanceof PyClass)) return cls!;
    return createBare(cls, (args as PyTuple).items, keywordsOf(keywords as PyDict), machine);
  }),
  __eq__: native('__eq__', 'self, other', ([a, b]) => {
    if (a === b) return true;
    const why = isInstance(a) && isInstance(b) ? (ambiguityOf(a) ?? ambiguityOf(b)) : undefined;
    return why ?? notImplemented;
  }),
  __ne__: nativeSteps('__ne__', 'self, other', function* ([a, b], machine) {
    const method = machine.typeOf(a!)?.find('__eq__');
    if (method === undefined) return notImplemented;
    const result = yield* machine.call(method, [a!, b!]);
    if (result === notImplemented || result instanceof Unknown) return result;
    const truth = yield* truthSteps(result, machine);
    return truth instanceof Unknown ? truth : !truth;
  }),
  __hash__: native('__hash__', 'self', ([self]) => ambiguityOf(self as object) ?? identity(self as object)),
  __repr__: native('__repr__', 'self', ([self], machine) => {
    if (self instanceof PyClass)
      return `<class '${self.module === 'builtins' ? '' : `${self.module}.`}${self.qualifiedName}'>`;
    const cls = machine.typeOf(self!);
    if (!cls) return self!;
    const name = cls.module === 'builtins' ? cls.qualifiedName : `${cls.module}.${cls.qualifiedName}`;
    return `<${name} object at 0x${(0x7f0000000000 + 16 * identity(self as object)).toString(16)}>`;
  }),
  __str__: nativeSteps('__str__', 'self', ([self], machine) => textSteps(self!, true, machine)),
  __format__: nativeSteps('__format__', 'self, format_spec', function* ([self, format], machine) {
    if (format !== '') {
      const name = machine.typeOf(self!)?.name;
      throw machine.raise('TypeError', `unsupported format string passed to ${name}.__format__`);
    }
    return yield* textSteps(self!, false, machine);
  }),
  __setattr__: nativeSteps('__setattr__', 'self, name, value', function* ([self, name, value], machine) {
    if (self instanceof Unknown || typeof name !== 'string') return null;
    machine.looksUp(name);
    const own = ownInstance(self!);
    const cls = machine.typeOf(self!);
    if (!own || !cls) throw noAttribute(self!, name, machine);
    const later = setPlainAttribute(self!, own, cls, name, value!, machine);
    if (later) yield* later.steps;
    return null;
  }),
  __delattr__: nativeSteps('__delattr__', 'self, name', function* ([self, name], machine) {
    const own = ownInstance(self!);
    yield* [];
    machine.looksUp(String(name));
    if (typeof name === 'string' && !own?.dict?.delete(name)) throw noAttribute(self!, name, machine);
    return null;
  }),
  __getattribute__: nativeSteps('__getattribute__', 'self, name', function* ([self, name], machine) {
    if (self instanceof Unknown) return self;
    if (name instanceof Unknown) return name;
    const cls = machine.typeOf(self!)!;
    machine.looksUp(String(name));
    const found = plainAttribute(self!, ownInstance(self!), cls, String(name), machine);
    if (found === undefined) throw noAttribute(self!, String(name), machine);
    return found instanceof Later ? yield* found.steps : found;
  }),
  __init_subclass__: new PyClassMethod(native('__init_subclass__', 'cls, **kwargs', () => null)),
  __subclasshook__: new PyClassMethod(native('__subclasshook__', 'cls, other', () => notImplemented)),
  __dir__: native('__dir__', 'self', ([self], machine) => new PyList(namesOf(self!, machine))),
  __sizeof__: native('__sizeof__', 'self', (_, machine) => machine.unknown('Sizes of objects are not supported.')),
  __reduce__: native('__reduce__', 'self', (_, machine) => machine.unknown('Pickling is not supported.')),
  __reduce_ex__: native('__reduce_ex__', 'self, protocol', (_, machine) =>
    machine.unknown('Pickling is not supported.'),
  ),
};

function ownInstance(value: Value): PyInstance | undefined {
  if (value instanceof PyInstance) return value;
  return value instanceof PyObject ? (value as { own?: PyInstance }).own : undefined;
}

export function keywordsOf(dict: PyDict): Keywords {
  const keywords = new Map<string, Value>();
  for (const [key, { value }] of dict.entries) if (typeof key === 'string') keywords.set(key, value);
  return keywords;
}

/** The bare instance, as `object.__new__` makes it. */
export function createBare(cls: PyClass, args: readonly Value[], keywords: Keywords, machine: Machine): Value {
  for (const each of cls.mro) if (each.create) return each.create(cls, args, keywords, machine);
  return new PyInstance(cls);
}

const typeMembers: Readonly<Record<string, Value>> = {
  mro: native('mro', 'self', ([self]) => new PyList([...(self as PyClass).mro])),
  __subclasses__: native('__subclasses__', 'self', ([self], machine) => {
    machine.listsClasses();
    return new PyList([...(self as PyClass).derived]);
  }),
  __instancecheck__: nativeSteps('__instancecheck__', 'cls, instance', function* ([cls, instance], machine) {
    yield* [];
    if (instance instanceof Unknown) return instance;
    return cls instanceof PyClass && machine.isInstance(instance!, cls);
  }),
  __subclasscheck__: native('__subclasscheck__', 'cls, other', ([cls, other]) => {
    if (other instanceof Unknown) return other;
    return other instanceof PyClass && other.mro.includes(cls as PyClass);
  }),
  __call__: nativeSteps('__call__', 'cls, /, *args, **kwargs', function* ([cls, args, keywords], machine) {
    return yield* machine.instantiate(cls as PyClass, (args as PyTuple).items, keywordsOf(keywords as PyDict));
  }),
  __new__: nativeSteps('__new__', 'meta, name, bases=(), namespace=None, /, **kwargs', function* (args, machine) {
    const [meta, name, bases, namespace, keywords] = args;
    if (
      !(meta instanceof PyClass) ||
      typeof name !== 'string' ||
      !(bases instanceof PyTuple) ||
      !(namespace instanceof PyDict)
    ) {
      return machine.unknown('This way of making a class is not supported.');
    }
    const names = new Map<string, Value>();
    for (const [key, { value }] of namespace.entries) if (typeof key === 'string') names.set(key, value);
    return yield* createClass(name, bases.items, names, meta, keywordsOf(keywords as PyDict), undefined, machine);
  }),
  __init__: native('__init__', 'self, /, *args, **kwargs', () => null),
  __prepare__: new PyClassMethod(native('__prepare__', 'cls, /, *args, **kwargs', () => new PyDict())),
  __or__: native(
    '__or__',
    'self, other',
    ([self, other]) => new PyTuple([...alternatives(self!), ...alternatives(other!)]),
  ),
  __ror__: native(
    '__ror__',
    'self, other',
    ([self, other]) => new PyTuple([...alternatives(other!), ...alternatives(self!)]),
  ),
};

/** `int | None`: as good as a tuple of classes. */
function alternatives(value: Value): readonly Value[] {
  return value instanceof PyTuple ? value.items : [value];
}

const exceptionMembers: Readonly<Record<string, Value>> = {
  __init__: native('__init__', 'self, /, *args, **kwargs', ([self, args, keywords]) => {
    if (self instanceof PyException) {
      self.args = (args as PyTuple).items;
      for (const [key, { value }] of (keywords as PyDict).entries) if (typeof key === 'string') self.set(key, value);
    }
    return null;
  }),
  __str__: nativeSteps('__str__', 'self', function* ([self], machine) {
    const { args } = self as PyException;
    if (args.length === 0) return '';
    return yield* args.length === 1 ? machine.str(args[0]!) : machine.repr(new PyTuple(args));
  }),
  __repr__: nativeSteps('__repr__', 'self', function* ([self], machine) {
    const { args, cls } = self as PyException;
    if (args.length === 0) return `${cls.name}()`;
    const text = yield* machine.repr(args.length === 1 ? args[0]! : new PyTuple(args));
    if (text instanceof Unknown) return text;
    return args.length === 1 ? `${cls.name}(${text})` : `${cls.name}${text}`;
  }),
  with_traceback: native('with_traceback', 'self, tb', ([self]) => self!),
  add_note: native('add_note', 'self, note', () => null),
};

const keyErrorText = nativeSteps('__str__', 'self', function* ([self], machine) {
  const { args } = self as PyException;
  if (args.length === 0) return '';
  return yield* machine.repr(args.length === 1 ? args[0]! : new PyTuple(args));
});

const iteratorMembers: Readonly<Record<string, Value>> = {
  __iter__: native('__iter__', 'self', ([self]) => self!),
  __next__: nativeSteps('__next__', 'self', function* ([self], machine) {
    const value = yield* nextSteps(self!, machine);
    if (value === undefined) throw machine.raise('StopIteration', '', true);
    return value;
  }),
};

const generatorMembers: Readonly<Record<string, Value>> = {
  __iter__: native('__iter__', 'self', ([self]) => self!),
  __next__: nativeSteps('__next__', 'self', ([self], machine) => sent(self as PyGenerator, null, machine)),
  send: nativeSteps('send', 'self, value', ([self, value], machine) => sent(self as PyGenerator, value!, machine)),
  throw: nativeSteps('throw', 'self, type, value=None, tb=None', function* ([self, type, value], machine) {
    let exception: Value = type!;
    if (type instanceof PyClass) exception = yield* machine.call(type, value === null ? [] : [value!]);
    if (!(exception instanceof PyException)) {
      if (exception instanceof Unknown) return exception;
      throw machine.raise('TypeError', 'exceptions must be classes or instances deriving from BaseException');
    }
    const generator = self as PyGenerator;
    if (!generator.frame || !generator.hasStarted) {
      generator.frame = undefined;
      throw new Raised(exception);
    }
    const result: Value | undefined = yield* machine.call(resume, [generator, null, exception]);
    if (result === undefined) throw stopped(generator, machine);
    return result;
  }),
  close: nativeSteps('close', 'self', function* ([self], machine) {
    const generator = self as PyGenerator;
    if (!generator.frame || !generator.hasStarted) {
      generator.frame = undefined;
      return null;
    }
    try {
      const result: Value | undefined = yield* machine.call(resume, [
        generator,
        null,
        machine.exception('GeneratorExit', ''),
      ]);
      if (result !== undefined) throw machine.raise('RuntimeError', 'generator ignored GeneratorExit');
    } catch (error) {
      if (!isRaised(error, 'GeneratorExit', machine) && !isRaised(error, 'StopIteration', machine)) throw error;
    }
    return null;
  }),
};

function* sent(generator: PyGenerator, value: Value, machine: Machine): Steps {
  if (generator.frame && !generator.hasStarted && value !== null && !(value instanceof Unknown)) {
    throw machine.raise('TypeError', "can't send non-None value to a just-started generator");
  }
  const result: Value | undefined = yield* machine.call(resume, [generator, value]);
  if (result === undefined) throw stopped(generator, machine);
  return result;
}

function stopped(generator: PyGenerator, machine: Machine): Raised {
  const raised = machine.raise('StopIteration', '', true);
  const { result } = generator;
  if (result !== null) (raised.exception as PyException).args = [result];
  generator.result = null;
  return raised;
}

/** The names that `dir` lists. */
function namesOf(value: Value, machine: Machine): Value[] {
  machine.looksUp('__dict__');
  const names = new Set<string>();
  if (value instanceof PyModule) for (const name of value.dict.keys()) names.add(name);
  const cls = value instanceof PyClass ? value : machine.typeOf(value);
  const own = ownInstance(value);
  if (own?.dict) for (const name of own.dict.keys()) names.add(name);
  if (!(value instanceof PyModule))
    for (const each of cls?.mro ?? []) for (const name of each.dict.keys()) names.add(name);
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}

function attributeName(name: Value, what: string, machine: Machine): string | Unknown {
  if (typeof name === 'string') return name;
  if (name instanceof Unknown) return name;
  const text = name instanceof PyInstance && 'value' in name ? (name as { value: unknown }).value : undefined;
  if (typeof text === 'string') return text;
  throw machine.raise('TypeError', `${what}(): attribute name must be string`);
}

const functions: readonly Native[] = [
  nativeSteps('getattr', 'object, name, default=...', function* ([object, given, otherwise], machine) {
    if (object instanceof Unknown && !object.isImport) return object;
    const name = attributeName(given!, 'getattr', machine);
    if (name instanceof Unknown) return name;
    if (object instanceof Unknown) {
      // Whether it is the default is not known.
      return isGiven(otherwise!) ? new Unknown(object.reason, object.place) : machine.unknownMember(object, name);
    }
    try {
      const found = attributeOf(object!, name, machine);
      if (found instanceof Later) return yield* found.steps;
      if (found !== undefined) return found;
    } catch (error) {
      if (!isGiven(otherwise!) || !isRaised(error, 'AttributeError', machine)) throw error;
    }
    if (isGiven(otherwise!)) return otherwise!;
    throw noAttribute(object!, name, machine);
  }),
  nativeSteps('hasattr', 'object, name', function* ([object, given], machine) {
    if (object instanceof Unknown) return object;
    const name = attributeName(given!, 'hasattr', machine);
    if (name instanceof Unknown) return name;
    try {
      const found = attributeOf(object!, name, machine);
      const value = found instanceof Later ? yield* found.steps : found;
      // Of a class with an unknown base any name may be there.
      const cls = machine.typeOf(object!);
      if (value instanceof Unknown && cls?.unknownBase === value) return value;
      return value !== undefined;
    } catch (error) {
      if (!isRaised(error, 'AttributeError', machine)) throw error;
      return false;
    }
  }),
  nativeSteps('setattr', 'object, name, value', function* ([object, given, value], machine) {
    const name = attributeName(given!, 'setattr', machine);
    if (name instanceof Unknown || object instanceof Unknown) {
      if (name instanceof Unknown && object instanceof PyInstance) {
        machine.options.hooks?.unknownWrite?.(object, 'setattr', name, machine);
      }
      return null;
    }
    const later = setAttributeOf(object!, name, value!, machine);
    if (later) yield* later.steps;
    return null;
  }),
  nativeSteps('delattr', 'object, name', function* ([object, given], machine) {
    const name = attributeName(given!, 'delattr', machine);
    if (name instanceof Unknown) return null;
    machine.looksUp(name);
    const later = deleteAttributeOf(object!, name, machine);
    if (later) yield* later.steps;
    return null;
  }),
  nativeSteps(
    'isinstance',
    'object, classinfo, /',
    ([object, cls], machine) => isInstanceSteps(object!, cls!, machine),
    ([object, cls], machine) => plainIsInstance(object!, cls!, machine),
  ),
  nativeSteps('issubclass', 'cls, classinfo, /', function* ([cls, info], machine): Steps {
    if (info instanceof PyTuple) {
      let unknown: Unknown | undefined;
      for (const each of info.items) {
        const is: Value = yield* machine.call(machine.builtin('issubclass'), [cls!, each]);
        if (is === true) return true;
        if (is instanceof Unknown) unknown ??= is;
      }
      return unknown ?? false;
    }
    if (cls instanceof Unknown) return cls;
    if (!(cls instanceof PyClass)) throw machine.raise('TypeError', 'issubclass() arg 1 must be a class');
    if (info instanceof Unknown) return info.isImport ? (cls.unknownBase ?? false) : info;
    if (!(info instanceof PyClass)) {
      const check = machine.typeOf(info!)?.find('__subclasscheck__');
      if (check !== undefined) return yield* machine.call(check, [info!, cls]);
      throw machine.raise('TypeError', 'issubclass() arg 2 must be a class, a tuple of classes, or a union');
    }
    if (cls.mro.includes(info) || info.subclassCheck?.(cls)) return true;
    const check = machine.typeOf(info)?.find('__subclasscheck__');
    if (check !== undefined && !(check instanceof Native && check === typeMembers.__subclasscheck__)) {
      return yield* machine.call(check, [info, cls]);
    }
    return cls.unknownBase ?? false;
  }),
  native('callable', 'object, /', ([value], machine) => {
    if (value instanceof Unknown) return value;
    if (value instanceof PyInstance)
      return value.cls.find('__call__') !== undefined || (value.cls.unknownBase ?? false);
    return (
      value instanceof PyClass ||
      value instanceof PyFunction ||
      value instanceof Native ||
      value instanceof PyBoundMethod ||
      value instanceof PyStaticMethod ||
      machine.typeOf(value!)?.find('__call__') !== undefined
    );
  }),
  nativeSteps('iter', 'object, sentinel=..., /', function* ([value, sentinel], machine) {
    if (isGiven(sentinel!)) {
      let isDone = false;
      return new PyIterator(undefined, function* (inner) {
        if (isDone) return undefined;
        const next = yield* inner.call(value!, []);
        const equal = yield* equalsSteps(next, sentinel!, inner);
        if (equal instanceof Unknown) return equal;
        isDone = equal;
        return equal ? undefined : next;
      });
    }
    return yield* iterateSteps(value!, machine);
  }),
  nativeSteps('next', 'iterator, default=..., /', function* ([iterator, otherwise], machine) {
    if (iterator instanceof Unknown) return iterator;
    const value = yield* nextSteps(iterator!, machine);
    if (value !== undefined) return value;
    if (isGiven(otherwise!)) return otherwise!;
    if (iterator instanceof PyGenerator) throw stopped(iterator, machine);
    throw machine.raise('StopIteration', '', true);
  }),
  nativeSteps('vars', 'object=..., /', function* ([value], machine) {
    if (!isGiven(value!)) return machine.locals();
    const found = attributeOf(value!, '__dict__', machine);
    if (found === undefined) throw machine.raise('TypeError', 'vars() argument must have __dict__ attribute');
    return found instanceof Later ? yield* found.steps : found;
  }),
  native('locals', '', (_, machine) => machine.locals()),
  native('globals', '', (_, machine) => {
    const module = machine.globals();
    // Who gets them may set them.
    machine.changesShared();
    machine.looksUp('__dict__');
    return module ? globalsOf(module, machine) : machine.unknown('There is no module.');
  }),
  nativeSteps('dir', 'object=..., /', function* ([value], machine) {
    if (value instanceof Unknown) return value;
    if (!isGiven(value!)) {
      const locals = machine.locals();
      if (!(locals instanceof PyDict)) return locals;
      return new PyList([...locals.entries.keys()].filter(key => typeof key === 'string').sort());
    }
    const custom = value instanceof PyInstance ? value.cls.find('__dir__') : undefined;
    if (custom !== undefined) {
      const values = yield* machine.list(yield* machine.call(custom, [value!]));
      return values instanceof Unknown ? values : new PyList([...values]);
    }
    return new PyList(namesOf(value!, machine));
  }),
  nativeSteps('eval', 'source, globals=None, locals=None, /', function* ([source, globals, locals], machine) {
    if (source instanceof Unknown) return source;
    if (typeof source !== 'string') return machine.unknown('eval() of anything but text is not supported.');
    return yield* machine.evaluate(
      source,
      globals instanceof PyDict ? globals : undefined,
      locals instanceof PyDict ? locals : undefined,
    );
  }),
  native('exec', 'source, globals=None, locals=None, /', (_, machine) => machine.unknown('exec() is not supported.')),
  native('compile', '*args, **kwargs', (_, machine) => machine.unknown('compile() is not supported.')),
  nativeSteps('__import__', 'name, globals=None, locals=None, fromlist=(), level=0', function* (args, machine) {
    const [name, , , from] = args;
    if (typeof name !== 'string') return machine.unknown('The name of this import is not known.');
    const module = yield* machine.importModule(name);
    if (from instanceof PyTuple && from.items.length > 0) return module;
    return yield* machine.importModule(name.split('.')[0]!);
  }),
  native('id', 'object, /', ([value]) =>
    value instanceof Unknown
      ? value
      : typeof value === 'object' && value !== null
        ? (ambiguityOf(value) ?? identity(value))
        : 0,
  ),
];

// The operators of built-in types as methods, for `super().__getitem__(…)` and `list.append.__self__`.

function operator(sign: string, isReflected: boolean): Native {
  const names = binaryMethods[sign]!;
  return native(names[isReflected ? 1 : 0], 'self, other, /', ([a, b], machine) => {
    if (a instanceof Unknown) return a;
    if (b instanceof Unknown) return b;
    const result = isReflected ? plainBinary(sign, b!, a!, machine) : plainBinary(sign, a!, b!, machine);
    return result ?? notImplemented;
  });
}

function order(name: string, sign: string): Native {
  return native(name, 'self, other, /', ([a, b], machine) => {
    if (a instanceof Unknown) return a;
    if (b instanceof Unknown) return b;
    return plainOrder(sign, a!, b!, machine) ?? notImplemented;
  });
}

function unary(name: string, sign: string): Native {
  return native(name, 'self, /', ([value], machine) => plainUnary(sign, value!, machine) ?? notImplemented);
}

function inPlace(sign: string): Native {
  return nativeSteps(binaryMethods[sign]![2], 'self, other, /', function* ([a, b], machine) {
    // The built-in way, also for derived classes.
    if (a instanceof PyList && sign === '+') {
      const values = yield* machine.list(b!);
      if (values instanceof Unknown) return values;
      a.items.push(...values);
      return a;
    }
    if (a instanceof PySet && b instanceof PySet) {
      const result = plainBinary(sign, a, b, machine);
      if (result instanceof PySet) {
        a.entries.clear();
        for (const [key, value] of result.entries) a.entries.set(key, value);
        return a;
      }
    }
    if (a instanceof PyDict && b instanceof PyDict) {
      for (const [key, entry] of b.entries) a.entries.set(key, { ...entry });
      return a;
    }
    return notImplemented;
  });
}

const arithmetic = ['+', '-', '*', '/', '//', '%', '**'];
const bitwise = ['&', '|', '^', '<<', '>>'];
const operatorsOf: Readonly<Record<string, readonly string[]>> = {
  int: [...arithmetic, ...bitwise],
  bool: [],
  float: arithmetic,
  complex: ['+', '-', '*', '/', '**'],
  str: ['+', '*'],
  bytes: ['+', '*'],
  list: ['+', '*'],
  tuple: ['+', '*'],
  dict: ['|'],
  set: ['|', '&', '-', '^'],
  frozenset: ['|', '&', '-', '^'],
  '<dict_keys>': ['|', '&', '-', '^'],
  '<dict_items>': ['|', '&', '-', '^'],
};
const itemTypes = ['str', 'bytes', 'list', 'tuple', 'dict', 'range'];
const changeable = ['list', 'dict'];
const views = ['<dict_keys>', '<dict_values>', '<dict_items>'];
const containers = ['str', 'bytes', 'list', 'tuple', 'dict', 'set', 'frozenset', 'range'];
const ordered = ['int', 'float', 'str', 'bytes', 'list', 'tuple', 'set', 'frozenset'];

const signs: Readonly<Record<string, Native>> = Object.fromEntries(
  Object.keys(binaryMethods).flatMap(sign => [
    [sign, operator(sign, false)],
    [`r${sign}`, operator(sign, true)],
  ]),
);
const inPlaces = Object.fromEntries(['+', '|', '&', '-', '^'].map(sign => [sign, inPlace(sign)]));
const getItem = nativeSteps('__getitem__', 'self, key, /', ([self, key], machine) => builtinItem(self!, key!, machine));
const setItem = nativeSteps('__setitem__', 'self, key, value, /', function* ([self, key, value], machine) {
  yield* builtinSetItem(self!, key!, value!, machine);
  return null;
});
const deleteItem = nativeSteps('__delitem__', 'self, key, /', function* ([self, key], machine) {
  yield* builtinDeleteItem(self!, key!, machine);
  return null;
});
const contains = nativeSteps('__contains__', 'self, key, /', ([self, key], machine) =>
  builtinContains(self!, key!, machine),
);
const length = native('__len__', 'self, /', ([self]) => plainLength(self!) ?? notImplemented);
const iterate = native('__iter__', 'self, /', ([self], machine) => {
  const value = self instanceof PyInstance && 'value' in self ? (self as unknown as { value: Value }).value : self!;
  return plainIterator(value, machine) ?? notImplemented;
});
const truth = native('__bool__', 'self, /', ([self]) => {
  const value = self instanceof PyInstance && 'value' in self ? (self as unknown as { value: Value }).value : self!;
  if (value === null || typeof value !== 'object') return Boolean(value);
  return containerTruth(value);
});
const equals = nativeSteps('__eq__', 'self, other, /', ([a, b], machine) => containerEquals(a!, b!, machine));
const orders = Object.entries({ __lt__: '<', __le__: '<=', __gt__: '>', __ge__: '>=' }).map(([name, sign]) =>
  order(name, sign),
);
const unaries = [unary('__neg__', '-'), unary('__pos__', '+')];
const invert = unary('__invert__', '~');

/** Gives built-in classes the methods of their operators, where they have none of their own. */
export function installOperators(names: ReadonlyMap<string, Value>): void {
  const put = (type: string, name: string, value: Value): void => {
    const cls = names.get(type);
    if (cls instanceof PyClass && !cls.dict.has(name)) cls.dict.set(name, value);
  };
  for (const [type, list] of Object.entries(operatorsOf)) {
    for (const sign of list) {
      put(type, binaryMethods[sign]![0], signs[sign]!);
      // Only numbers, and `3 * [x]`, take them the other way round.
      const isNumber = type === 'int' || type === 'float' || type === 'complex';
      const isSet = type === 'set' || type === 'frozenset' || type === 'dict';
      if (isNumber || isSet || sign === '*') put(type, binaryMethods[sign]![1], signs[`r${sign}`]!);
    }
  }
  for (const type of itemTypes) put(type, '__getitem__', getItem);
  for (const type of changeable) {
    put(type, '__setitem__', setItem);
    put(type, '__delitem__', deleteItem);
  }
  for (const type of [...containers, ...views]) {
    put(type, '__contains__', contains);
    put(type, '__len__', length);
    put(type, '__iter__', iterate);
  }
  for (const type of ordered) for (const method of orders) put(type, method.name, method);
  for (const type of ['int', 'float', 'complex', ...containers, 'slice']) put(type, '__eq__', equals);
  const method = names.get('<method>');
  if (method instanceof PyClass) method.dict.set('__eq__', equals);
  for (const type of ['int', 'float', 'complex']) {
    for (const each of unaries) put(type, each.name, each);
    put(type, '__bool__', truth);
  }
  put('int', '__invert__', invert);
  put('list', '__iadd__', inPlaces['+']!);
  for (const sign of ['|', '&', '-', '^']) put('set', binaryMethods[sign]![2], inPlaces[sign]!);
  put('dict', '__ior__', inPlaces['|']!);
  // What holds other values and can change has no hash.
  for (const type of ['list', 'dict', 'set']) put(type, '__hash__', null);
}

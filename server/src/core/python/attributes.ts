// How attributes are found, bound and set.

import { PyGenerator } from './frame.ts';
import type { Machine } from './machine.ts';
import { globalsOf, namespaceView } from './namespace.ts';
import {
  Later,
  Native,
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  PyException,
  PyFunction,
  PyInstance,
  PyLazy,
  PyList,
  PyModule,
  PyObject,
  PyProperty,
  PySet,
  PyStaticMethod,
  PySuper,
  PyTuple,
  type Raised,
  type Steps,
  skipsWork,
  Unknown,
  type Value,
} from './objects.ts';

/** The own attributes of an instance of a class derived from a built-in one. */
function ownOf(object: PyObject): PyInstance | undefined {
  return object instanceof PyInstance ? object : (object as { own?: PyInstance }).own;
}

/** An attribute as `getattr` finds it, without `__getattr__`'s AttributeError: undefined where there is none. */
export function attributeOf(object: Value, name: string, machine: Machine): Value | Later | undefined {
  machine.looksUp(name);
  return writtenAttributeOf(object, name, machine);
}

/** The same, for code in which the name is written. */
export function writtenAttributeOf(object: Value, name: string, machine: Machine): Value | Later | undefined {
  if (object instanceof PyInstance) return instanceAttribute(object, object, object.cls, name, machine);
  if (object instanceof Unknown) {
    skipsWork('.', [object], machine);
    return object;
  }
  if (object instanceof PyClass) return classAttribute(object, name, machine);
  if (object instanceof PyModule) return moduleAttribute(object, name, machine);
  if (object instanceof PySuper) return superAttribute(object, name, machine);
  if (object instanceof PyFunction) {
    const own = functionAttribute(object, name, machine);
    if (own !== undefined) return own;
  } else if (object instanceof PyBoundMethod) {
    if (name === '__self__') return object.self;
    if (name === '__func__') return object.callee;
    if (name !== '__class__' && name !== '__call__') {
      const inner = writtenAttributeOf(object.callee, name, machine);
      if (inner !== undefined) return inner;
    }
  } else if (object instanceof Native) {
    if (name === '__name__' || name === '__qualname__') return object.name;
    if (name === '__module__') return 'builtins';
    if (name === '__doc__') return null;
    if (!name.startsWith('_')) return machine.unknown(`${object.name}.${name} is not supported`);
  } else if (object instanceof PyProperty) {
    const own = propertyAttribute(object, name);
    if (own !== undefined) return own;
  } else if (object instanceof PyStaticMethod || object instanceof PyClassMethod) {
    if (name === '__func__' || name === '__wrapped__') return object.callee;
    if (name !== '__class__' && name !== '__get__') {
      const inner = writtenAttributeOf(object.callee, name, machine);
      if (inner !== undefined) return inner;
    }
  } else if (object instanceof PyGenerator) {
    if (name === '__name__' || name === '__qualname__') return object.name;
  }
  const cls = machine.typeOf(object);
  if (!cls) return undefined;
  return instanceAttribute(object, object instanceof PyObject ? ownOf(object) : undefined, cls, name, machine);
}

function instanceAttribute(
  object: Value,
  own: PyInstance | undefined,
  cls: PyClass,
  name: string,
  machine: Machine,
): Value | Later | undefined {
  const custom = cls.find('__getattribute__');
  if (custom instanceof PyFunction) return new Later(machine.call(custom, [object, name]));
  const found = plainAttribute(object, own, cls, name, machine);
  if (found !== undefined) return found;
  const fallback = cls.find('__getattr__');
  if (fallback !== undefined) return new Later(machine.call(fallback, [object, name]));
  return undefined;
}

/** As `object.__getattribute__` finds it. */
export function plainAttribute(
  object: Value,
  own: PyInstance | undefined,
  cls: PyClass,
  name: string,
  machine: Machine,
): Value | Later | undefined {
  const inClass = cls.find(name);
  if (inClass instanceof PyProperty) return got(inClass, object, machine);
  if (inClass instanceof PyInstance && inClass.cls.find('__set__') !== undefined) {
    return bound(inClass, object, cls, machine);
  }
  const value = own?.dict?.get(name);
  if (value !== undefined) return value;
  if (inClass !== undefined) return bound(inClass, object, cls, machine);
  for (const each of cls.mro) {
    const hooked = each.getAttribute?.(object, name, machine);
    if (hooked !== undefined) return hooked;
  }
  switch (name) {
    case '__class__':
      return cls;
    case '__dict__':
      if (!own) break;
      own.dict ??= new Map();
      return namespaceView(own.dict);
    case '__doc__':
      return null;
  }
  if (object instanceof PyException) {
    switch (name) {
      case 'args':
        return new PyTuple(object.args);
      case '__cause__':
        return object.cause;
      case '__context__':
        return object.context;
      case '__traceback__':
        return null;
      case 'with_traceback':
        break;
      case 'value':
        if (object.cls.find('__stopIteration__') !== undefined) return object.args[0] ?? null;
        break;
    }
  }
  return cls.unknownBase;
}

function got(property: PyProperty, object: Value, machine: Machine): Value | Later {
  if (property.getter === null) throw machine.raise('AttributeError', 'unreadable attribute');
  return new Later(machine.call(property.getter, [object]));
}

/** What a value of a class's dict becomes as an attribute of an instance. */
export function bound(value: Value, object: Value, cls: PyClass, machine: Machine): Value | Later {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof PyFunction) return new PyBoundMethod(object, value);
  if (value instanceof Native) return value.isStatic ? value : new PyBoundMethod(object, value);
  if (value instanceof PyInstance) {
    const get = value.cls.find('__get__');
    return get === undefined ? value : new Later(machine.call(get, [value, object, cls]));
  }
  if (value instanceof PyStaticMethod) return value.callee;
  if (value instanceof PyClassMethod) return new PyBoundMethod(cls, value.callee);
  if (value instanceof PyProperty) return got(value, object, machine);
  return value;
}

function classAttribute(cls: PyClass, name: string, machine: Machine): Value | Later | undefined {
  const meta = machine.typeOf(cls)!;
  const inMeta = meta.find(name);
  if (inMeta instanceof PyProperty) return got(inMeta, cls, machine);
  const value = cls.find(name);
  if (value !== undefined) {
    if (value instanceof PyClassMethod) return new PyBoundMethod(cls, value.callee);
    if (value instanceof PyStaticMethod) return value.callee;
    if (value instanceof PyInstance) {
      const get = value.cls.find('__get__');
      if (get !== undefined) return new Later(machine.call(get, [value, null, cls]));
    }
    // `type` itself has natives that `object` has, too: of a class its metaclass's `__call__` is meant.
    if (!(name === '__call__' && inMeta !== undefined && cls.metaclass !== undefined)) return value;
  }
  switch (name) {
    case '__name__':
      return cls.name;
    case '__qualname__':
      return cls.qualifiedName;
    case '__module__':
      return cls.module;
    case '__mro__':
      return new PyTuple(cls.mro);
    case '__bases__':
      return new PyTuple(cls.bases);
    case '__base__':
      return cls.bases[0] ?? null;
    case '__dict__':
      return namespaceView(cls.dict);
    case '__class__':
      return meta;
    case '__doc__':
      return null;
  }
  if (inMeta !== undefined) return bound(inMeta, cls, meta, machine);
  for (const each of meta.mro) {
    const hooked = each.getAttribute?.(cls, name, machine);
    if (hooked !== undefined) return hooked;
  }
  if (cls.unknownBase) return cls.unknownBase;
  const fallback = meta.find('__getattr__');
  return fallback === undefined ? undefined : new Later(machine.call(fallback, [cls, name]));
}

function* whenReady(module: PyModule, name: string, machine: Machine): Steps {
  yield* machine.ready(module);
  const found = moduleAttribute(module, name, machine);
  if (found === undefined) throw noAttribute(module, name, machine);
  return found instanceof Later ? yield* found.steps : found;
}

function moduleAttribute(module: PyModule, name: string, machine: Machine): Value | Later | undefined {
  if (module.isPending && name !== '__name__' && name !== '__path__' && name !== '__file__') {
    return new Later(whenReady(module, name, machine));
  }
  let value = module.dict.get(name);
  if (value === undefined && module.lazy) {
    const inner = machine.submodule(module, name);
    if (inner !== undefined) return inner;
    value = module.lazy(name);
    if (value !== undefined) module.dict.set(name, value);
  }
  if (value instanceof PyLazy) {
    if (!value.isResolving) return new Later(resolved(module.dict, name, value, machine));
  } else if (value !== undefined) return value;
  switch (name) {
    case '__name__':
      return module.name;
    case '__dict__':
      return globalsOf(module, machine);
    case '__file__':
      return module.file;
    case '__doc__':
      return null;
    case '__class__':
      return machine.typeOf(module);
  }
  const fallback = module.dict.get('__getattr__');
  if (fallback instanceof PyFunction) return new Later(machine.call(fallback, [name]));
  const inner = machine.submodule(module, name);
  if (inner !== undefined) return inner;
  return module.unknownNames && !name.startsWith('__') ? machine.unknownMember(module.unknownNames, name) : undefined;
}

/** Runs an import that was put off. */
export function* resolved(dict: Map<string, Value>, name: string, lazy: PyLazy, machine: Machine): Steps {
  if (lazy.isResolving)
    throw machine.raise('ImportError', `cannot import name '${name}' (most likely due to a circular import)`);
  lazy.isResolving = true;
  let value: Value;
  try {
    value = yield* lazy.resolve(machine);
  } finally {
    lazy.isResolving = false;
  }
  if (dict.get(name) === lazy) dict.set(name, value);
  return value;
}

/** A default of a function, for which an import may have been put off. */
export function* defaultOf(value: Value, machine: Machine): Steps {
  return value instanceof PyLazy ? yield* value.resolve(machine) : value;
}

function* positionalDefaults({ defaults }: PyFunction, machine: Machine): Steps {
  const values: Value[] = [];
  for (const each of defaults) values.push(yield* defaultOf(each, machine));
  return new PyTuple(values);
}

function* namedDefaults({ keywordDefaults }: PyFunction, machine: Machine): Steps {
  const dict = new PyDict();
  for (const [key, each] of keywordDefaults) dict.entries.set(key, { key, value: yield* defaultOf(each, machine) });
  return dict;
}

function superAttribute(object: PySuper, name: string, machine: Machine): Value | Later | undefined {
  const { self, after } = object;
  if (name === '__class__') return machine.typeOf(object);
  if (name === '__self__') return self;
  if (name === '__thisclass__') return after;
  const selfClass = self instanceof PyClass && self.mro.includes(after) ? self : machine.typeOf(self);
  if (!selfClass) return self;
  const { mro } = selfClass;
  for (let at = mro.indexOf(after) + 1; at < mro.length; at++) {
    const cls = mro[at]!;
    // What an unknown base has comes before `object`.
    if (at === mro.length - 1 && selfClass.unknownBase) break;
    const value = cls.dict.get(name);
    if (value !== undefined) {
      if (self !== selfClass) return bound(value, self, selfClass, machine);
      if (value instanceof PyStaticMethod) return value.callee;
      if (value instanceof PyClassMethod) return new PyBoundMethod(self, value.callee);
      return value;
    }
    const hooked =
      self instanceof PyInstance && !name.startsWith('__') ? cls.getAttribute?.(self, name, machine) : undefined;
    if (hooked !== undefined) return hooked;
  }
  return selfClass.unknownBase;
}

function functionAttribute(fn: PyFunction, name: string, machine: Machine): Value | Later | undefined {
  const value = fn.dict?.get(name);
  if (value !== undefined) return value;
  const { code } = fn;
  switch (name) {
    case '__name__':
      return code.name;
    case '__qualname__':
      return code.qualifiedName;
    case '__module__':
      return fn.globals.name;
    case '__doc__':
      return code.docstring ?? null;
    case '__dict__':
      fn.dict ??= new Map();
      return namespaceView(fn.dict);
    case '__defaults__':
      return fn.defaults.length > 0 ? new Later(positionalDefaults(fn, machine)) : null;
    case '__kwdefaults__':
      return fn.keywordDefaults.size > 0 ? new Later(namedDefaults(fn, machine)) : null;
    case '__annotations__': {
      const dict = new PyDict();
      for (const [key, text] of code.annotations) dict.entries.set(key, { key, value: text });
      fn.dict ??= new Map();
      fn.dict.set(name, dict);
      return dict;
    }
    case '__globals__':
      return globalsOf(fn.globals, machine);
    case '__closure__':
      return machine.unknown('A closure’s cells are not supported.');
    case '__code__': {
      const made = new PyModule('code');
      made.dict.set('co_name', code.name);
      made.dict.set('co_argcount', code.parameters.positional);
      made.dict.set('co_kwonlyargcount', code.parameters.keywordOnly);
      made.dict.set('co_posonlyargcount', code.parameters.positionalOnly);
      made.dict.set('co_varnames', new PyTuple(code.locals.filter(local => !local.startsWith('.'))));
      made.dict.set('co_nlocals', code.locals.filter(local => !local.startsWith('.')).length);
      made.dict.set(
        'co_flags',
        (code.parameters.rest >= 0 ? 4 : 0) + (code.parameters.keywords >= 0 ? 8 : 0) + (code.isGenerator ? 32 : 0),
      );
      return made;
    }
    default:
      return undefined;
  }
}

function propertyAttribute(property: PyProperty, name: string): Value | undefined {
  switch (name) {
    case 'fget':
      return property.getter;
    case 'fset':
      return property.setter;
    case 'fdel':
      return property.deleter;
    case 'getter':
      return new Native('getter', 'fget', ([fn]) => new PyProperty(fn!, property.setter, property.deleter));
    case 'setter':
      return new Native('setter', 'fset', ([fn]) => new PyProperty(property.getter, fn!, property.deleter));
    case 'deleter':
      return new Native('deleter', 'fdel', ([fn]) => new PyProperty(property.getter, property.setter, fn!));
    default:
      return undefined;
  }
}

/** Sets an attribute; steps where Python must run for it. */
export function setAttributeOf(object: Value, name: string, value: Value, machine: Machine): Later | undefined {
  machine.looksUp(name);
  return setWrittenAttributeOf(object, name, value, machine);
}

/** The same, for code in which the name is written. */
export function setWrittenAttributeOf(object: Value, name: string, value: Value, machine: Machine): Later | undefined {
  if (object instanceof PyInstance) {
    const custom = object.cls.find('__setattr__');
    if (custom instanceof PyFunction) return new Later(machine.call(custom, [object, name, value]));
    return setPlainAttribute(object, object, object.cls, name, value, machine);
  }
  if (object instanceof Unknown) return undefined;
  if (object instanceof PyClass) {
    const meta = machine.typeOf(object)!;
    const custom = meta.find('__setattr__');
    if (custom instanceof PyFunction) return new Later(machine.call(custom, [object, name, value]));
    const inMeta = meta.find(name);
    if (inMeta instanceof PyProperty && inMeta.setter !== null) {
      return new Later(machine.call(inMeta.setter, [object, value]));
    }
    object.dict.set(name, value);
    machine.changesShared();
    return undefined;
  }
  if (object instanceof PyModule) {
    object.dict.set(name, value);
    machine.changesShared();
    return undefined;
  }
  if (object instanceof PyFunction) {
    machine.changesShared();
    object.dict ??= new Map();
    object.dict.set(name, value);
    return undefined;
  }
  const cls = machine.typeOf(object);
  const own = object instanceof PyObject ? ownOf(object) : undefined;
  if (own && cls) {
    const custom = cls.find('__setattr__');
    if (custom instanceof PyFunction) return new Later(machine.call(custom, [object, name, value]));
    return setPlainAttribute(object, own, cls, name, value, machine);
  }
  const has = cls?.find(name) !== undefined;
  throw machine.raise(
    'AttributeError',
    has
      ? `'${cls?.name}' object attribute '${name}' is read-only`
      : `'${cls?.name ?? 'object'}' object has no attribute '${name}'`,
  );
}

/** As `object.__setattr__` sets it. */
export function setPlainAttribute(
  object: Value,
  own: PyInstance,
  cls: PyClass,
  name: string,
  value: Value,
  machine: Machine,
  isPlain = false,
): Later | undefined {
  const inClass = cls.find(name);
  if (inClass instanceof PyProperty) {
    if (inClass.setter === null) {
      throw machine.raise('AttributeError', `property '${name}' of '${cls.name}' object has no setter`);
    }
    return new Later(machine.call(inClass.setter, [object, value]));
  }
  if (inClass instanceof PyInstance) {
    const set = inClass.cls.find('__set__');
    if (set !== undefined) return new Later(machine.call(set, [inClass, object, value]));
  }
  if (!isPlain) {
    for (const each of cls.mro) {
      if (!each.setAttribute) continue;
      each.setAttribute(object, name, value, machine);
      return undefined;
    }
  }
  if (name === '__class__' && value instanceof PyClass) {
    own.cls = value;
    return undefined;
  }
  if (name === '__dict__' && value instanceof PyDict) {
    own.dict = new Map();
    for (const [key, entry] of value.entries) if (typeof key === 'string') own.dict.set(key, entry.value);
    return undefined;
  }
  if (own instanceof PyException) {
    if (name === 'args' && value instanceof PyTuple) {
      own.args = value.items;
      return undefined;
    }
    if (name === '__cause__' || name === '__context__') {
      if (name === '__cause__') own.cause = value;
      else own.context = value;
      return undefined;
    }
  }
  if (cls.mro.length === 1) throw machine.raise('AttributeError', `'object' object has no attribute '${name}'`);
  own.set(name, value);
  return undefined;
}

/** `del object.name`. */
export function deleteAttributeOf(object: Value, name: string, machine: Machine): Later | undefined {
  if (object instanceof Unknown) return undefined;
  const cls = machine.typeOf(object);
  const custom = object instanceof PyClass || object instanceof PyModule ? undefined : cls?.find('__delattr__');
  if (custom !== undefined && custom !== machine.objectMember('__delattr__')) {
    return new Later(machine.call(custom, [object, name]));
  }
  const inClass = cls?.find(name);
  if (inClass instanceof PyProperty && inClass.deleter !== null) {
    return new Later(machine.call(inClass.deleter, [object]));
  }
  const dict =
    object instanceof PyClass || object instanceof PyModule || object instanceof PyFunction
      ? object.dict
      : object instanceof PyObject
        ? ownOf(object)?.dict
        : undefined;
  if (!dict?.delete(name)) throw noAttribute(object, name, machine);
  return undefined;
}

export function noAttribute(object: Value, name: string, machine: Machine): Raised {
  if (object instanceof PyModule) {
    return machine.raise('AttributeError', `module '${object.name}' has no attribute '${name}'`);
  }
  if (object instanceof PyClass) {
    return machine.raise('AttributeError', `type object '${object.name}' has no attribute '${name}'`);
  }
  if (object instanceof PyFunction) {
    return machine.raise('AttributeError', `'function' object has no attribute '${name}'`);
  }
  const type = object instanceof PySuper ? 'super' : (machine.typeOf(object)?.name ?? 'object');
  return machine.raise('AttributeError', `'${type}' object has no attribute '${name}'`);
}

/** Whether a container is one whose contents can become unknown. */
export function isContainer(value: Value): value is PyList | PyDict | PySet {
  return value instanceof PyList || value instanceof PyDict || value instanceof PySet;
}

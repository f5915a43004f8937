// The built-in types and functions of Python, for one machine.
import type { Machine } from '../machine.ts';
import { isGiven, nativeClass, nativeSteps } from '../native.ts';
import {
  ellipsis,
  type Native,
  notImplemented,
  PyBytes,
  PyClass,
  PyClassMethod,
  PyDict,
  PyFloat,
  PyInstance,
  PyList,
  PySet,
  PySlice,
  PyStaticMethod,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { aliasAttribute, aliasMethods, classGetItem } from './alias.ts';
import { bytesMethods, utf8 } from './bytes.ts';
import { collect, textOf, wholeOf } from './conversions.ts';
import { dictMethods, fromKeys, viewMethods } from './dict.ts';
import { builtinFunctions } from './functions.ts';
import {
  boolMethods,
  boxed,
  complexMethods,
  floatMethods,
  intMethods,
  numberAttribute,
  toComplex,
  toFloat,
  toInt,
} from './int.ts';
import { maxItems, tooLong, unsupported } from './limits.ts';
import { listMethods, tupleMethods } from './list.ts';
import { done } from './methods.ts';
import { rangeAttribute, rangeMethods, rangeOf, sliceAttribute, sliceMethods } from './range.ts';
import { entriesOf, mutableSetMethods, setMethods } from './set.ts';
import { makeTranslation, strMethods } from './str.ts';
import { strOf } from './text.ts';

type New = (cls: Value, args: readonly Value[], machine: Machine) => Steps;

/** `__new__` of a type: a static method whose first argument is the class. */
function construct(signature: string, body: New): PyStaticMethod {
  return new PyStaticMethod(
    nativeSteps('__new__', `cls, ${signature}`, function* ([cls, ...args], machine) {
      return yield* body(cls!, args, machine);
    }),
  );
}

/** The part of an instance that a class derived from a built-in container adds. */
function own(cls: Value, base: string, machine: Machine): PyInstance | undefined {
  return cls instanceof PyClass && cls !== machine.builtin(base) ? new PyInstance(cls) : undefined;
}

function put(cls: PyClass, methods: readonly Native[]): void {
  for (const method of methods) cls.dict.set(method.name, method);
}

/** Everything but `object`, `type`, the exceptions, and what needs frames. */
export function createBuiltins(machine: Machine): Map<string, Value> {
  const builtins = new Map<string, Value>();
  const add = (name: string, methods: readonly Native[], bases: readonly PyClass[] = []): PyClass => {
    const cls = nativeClass(machine, name, bases);
    put(cls, methods);
    builtins.set(name, cls);
    return cls;
  };

  const int = add('int', intMethods);
  int.dict.set(
    '__new__',
    construct('x=0, /, base=...', function* (cls, [x, base], self) {
      const value = yield* toInt(x!, base!, self);
      return value instanceof Unknown ? value : boxed(cls, value, self);
    }),
  );
  int.getAttribute = numberAttribute;
  const bool = add('bool', boolMethods, [int]);
  bool.dict.set(
    '__new__',
    construct('x=False, /', function* (_, [x], self) {
      return yield* self.truth(x!);
    }),
  );
  const float = add('float', floatMethods);
  float.dict.set(
    '__new__',
    construct('x=0, /', function* (cls, [x], self) {
      const value = yield* toFloat(x!, self);
      return value instanceof Unknown ? value : boxed(cls, new PyFloat(value), self);
    }),
  );
  float.getAttribute = numberAttribute;
  const complex = add('complex', complexMethods);
  complex.dict.set(
    '__new__',
    construct('real=0, imag=...', function* (cls, [real, imaginary], self) {
      const value = yield* toComplex(real!, imaginary!, self);
      return value instanceof Unknown ? value : boxed(cls, value, self);
    }),
  );
  complex.getAttribute = numberAttribute;

  const str = add('str', strMethods);
  str.dict.set('maketrans', new PyStaticMethod(makeTranslation));
  str.dict.set(
    '__new__',
    construct("object='', encoding=..., errors=...", function* (cls, [object, encoding], self) {
      if (isGiven(encoding!)) return unsupported(self, 'str(bytes, encoding)');
      const value = yield* strOf(object!, self);
      return value instanceof Unknown ? value : boxed(cls, value, self);
    }),
  );
  const bytes = add('bytes', bytesMethods);
  bytes.dict.set('__new__', construct('source=..., encoding=..., errors=...', newBytes));

  const list = add('list', listMethods);
  list.create = cls => {
    const value = new PyList([]);
    value.own = own(cls, 'list', machine);
    return value;
  };
  const tuple = add('tuple', tupleMethods);
  tuple.dict.set(
    '__new__',
    construct('iterable=..., /', function* (cls, [iterable], self) {
      if (iterable instanceof PyTuple && iterable.own === undefined && cls === tuple) return iterable;
      const items = isGiven(iterable!) ? yield* collect(iterable!, self) : [];
      if (items instanceof Unknown) return items;
      const value = new PyTuple(items);
      value.own = own(cls, 'tuple', self);
      return value;
    }),
  );
  const dict = add('dict', dictMethods);
  dict.create = cls => {
    const value = new PyDict();
    value.own = own(cls, 'dict', machine);
    return value;
  };
  dict.dict.set(
    'fromkeys',
    new PyClassMethod(
      nativeSteps('fromkeys', 'cls, iterable, value=None, /', function* ([cls, iterable, value], self) {
        return yield* fromKeys(cls!, iterable!, value!, self);
      }),
    ),
  );
  const set = add('set', [...setMethods, ...mutableSetMethods]);
  set.create = cls => {
    const value = new PySet('set');
    value.own = own(cls, 'set', machine);
    return value;
  };
  const frozenset = add('frozenset', setMethods);
  frozenset.dict.set(
    '__new__',
    construct('iterable=..., /', function* (cls, [iterable], self) {
      const entries = isGiven(iterable!) ? yield* entriesOf(iterable!, self) : new Map();
      if (entries instanceof Unknown) return entries;
      const value = new PySet('frozenset');
      for (const [id, item] of entries) value.entries.set(id, item);
      value.own = own(cls, 'frozenset', self);
      return value;
    }),
  );

  const range = add('range', rangeMethods);
  range.dict.set(
    '__new__',
    construct('start, stop=..., step=..., /', function* (_, args, self) {
      return yield* rangeOf(args, self);
    }),
  );
  range.getAttribute = rangeAttribute;
  const slice = add('slice', sliceMethods);
  slice.dict.set(
    '__new__',
    construct('start, stop=..., step=None, /', (_, [start, stop, step]) =>
      done(isGiven(stop!) ? new PySlice(start!, stop!, step!) : new PySlice(null, start!, null)),
    ),
  );
  slice.getAttribute = sliceAttribute;
  for (const kind of ['dict_keys', 'dict_values', 'dict_items']) {
    const cls = nativeClass(machine, kind, []);
    put(cls, viewMethods);
    // No name of the program's: kinds of values that have no name among the built-ins.
    builtins.set(`<${kind}>`, cls);
  }
  const alias = nativeClass(machine, 'GenericAlias', [], {}, { module: 'types' });
  put(alias, aliasMethods);
  alias.getAttribute = aliasAttribute;
  builtins.set('<alias>', alias);
  for (const cls of [list, tuple, dict, set, frozenset]) cls.dict.set('__class_getitem__', classGetItem(cls.name));

  for (const fn of builtinFunctions) builtins.set(fn.name, fn);
  builtins.set('NotImplemented', notImplemented);
  builtins.set('Ellipsis', ellipsis);
  builtins.set('__debug__', true);
  return builtins;
}

function* newBytes(cls: Value, args: readonly Value[], machine: Machine): Steps {
  const [source, encoding] = args;
  if (!isGiven(source!)) return boxed(cls, new PyBytes(''), machine);
  if (source instanceof Unknown) return source;
  if (source instanceof PyBytes) return boxed(cls, source, machine);
  const text = textOf(source!);
  if (text !== undefined) {
    if (!isGiven(encoding!)) throw machine.raise('TypeError', 'string argument without an encoding');
    if (!/^utf-?8$/i.test(textOf(encoding!) ?? '')) return unsupported(machine, 'bytes(text, encoding)');
    return boxed(cls, new PyBytes(utf8(text)), machine);
  }
  if (typeof source === 'number' || typeof source === 'bigint') {
    if (source < 0) throw machine.raise('ValueError', 'negative count');
    if (source > maxItems) return tooLong(machine);
    return boxed(cls, new PyBytes('\0'.repeat(Number(source))), machine);
  }
  const items = yield* collect(source!, machine);
  if (items instanceof Unknown) return items;
  let bytes = '';
  for (const item of items) {
    const byte = yield* wholeOf(item, machine);
    if (byte instanceof Unknown) return byte;
    if (byte < 0 || byte > 255) throw machine.raise('ValueError', 'bytes must be in range(0, 256)');
    bytes += String.fromCharCode(Number(byte));
  }
  return boxed(cls, new PyBytes(bytes), machine);
}

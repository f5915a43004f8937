// How a class is made: of a class statement, or by a call of its metaclass.
import type { Machine } from './machine.ts';
import { linearized } from './native.ts';
import {
  type Cell,
  type Keywords,
  Native,
  noKeywords,
  type Place,
  PyClass,
  PyClassMethod,
  PyDict,
  PyFloat,
  PyFunction,
  PyInstance,
  PyList,
  PyModule,
  PyStaticMethod,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from './objects.ts';

/** The class of a class statement whose body has run. */
export function* buildClass(
  name: string,
  bases: readonly Value[],
  names: Map<string, Value>,
  keywords: Keywords,
  place: Place,
  cell: Cell | undefined,
  machine: Machine,
): Steps {
  const real: Value[] = [];
  for (const base of bases) {
    if (base instanceof PyClass || base instanceof Unknown) {
      real.push(base);
      continue;
    }
    const entries = machine.typeOf(base)?.find('__mro_entries__');
    if (entries === undefined) {
      const refused = refusedBase(base);
      if (refused !== undefined) throw machine.raise('TypeError', refused);
      const type = machine.typeOf(base);
      real.push(type?.unknownBase ?? machine.unknown(`The base class of ${name} is not supported.`));
      continue;
    }
    const given = yield* machine.call(entries, [base, new PyTuple(bases)]);
    if (given instanceof PyTuple) real.push(...given.items);
    else if (given instanceof Unknown) real.push(given);
  }
  let meta = machine.builtin('type') as PyClass;
  const rest = new Map(keywords);
  const asked = keywords.get('metaclass');
  rest.delete('metaclass');
  if (asked instanceof PyClass) meta = asked;
  let unknownMeta = asked instanceof Unknown ? asked : undefined;
  if (asked !== undefined && !(asked instanceof PyClass) && !unknownMeta) {
    // Any function may stand for a metaclass.
    const namespace = dictOf(names);
    return yield* machine.call(asked, [name, new PyTuple(real), namespace], rest);
  }
  for (const base of real) {
    const theirs = base instanceof PyClass ? base.metaclass : undefined;
    if (theirs && !meta.mro.includes(theirs)) meta = theirs;
  }
  const made = meta.find('__new__');
  const isCustom = made !== undefined && !(made instanceof Native);
  const called = machine.typeOf(meta)?.find('__call__');
  let cls: Value;
  if (isCustom || called instanceof PyFunction) {
    cls = yield* machine.call(meta, [name, new PyTuple(real), dictOf(names)], rest);
  } else {
    cls = yield* createClass(name, real, names, meta, rest, place, machine);
    const init = meta.find('__init__');
    if (init instanceof PyFunction) yield* machine.call(init, [cls, name, new PyTuple(real), dictOf(names)], rest);
  }
  if (cls instanceof PyClass) {
    if (unknownMeta) cls.unknownBase ??= unknownMeta;
    cls.place ??= place;
  }
  unknownMeta = undefined;
  if (cell) cell.value = cls;
  return cls;
}

/** What Python says of a base that is no class: it calls the type of the base, which takes no such arguments. */
function refusedBase(base: Value): string | undefined {
  if (base === null) return 'NoneType takes no arguments';
  if (base instanceof PyModule) return 'module() takes at most 2 arguments (3 given)';
  if (base instanceof PyFunction) return "function() argument 'code' must be code, not str";
  if (typeof base === 'string') return "str() argument 'encoding' must be str, not tuple";
  if (typeof base === 'number' || typeof base === 'bigint') return 'int() takes at most 2 arguments (3 given)';
  const type =
    typeof base === 'boolean'
      ? 'bool'
      : base instanceof PyFloat
        ? 'float'
        : base instanceof PyList
          ? 'list'
          : base instanceof PyTuple
            ? 'tuple'
            : base instanceof PyDict
              ? 'dict'
              : undefined;
  return type && `${type} expected at most 1 argument, got 3`;
}

/** The names of the body of a class, where its metaclass has more to say of them than that the last one counts. */
export const namespaces = new WeakMap<PyClass, (machine: Machine) => Map<string, Value>>();

/** What the body of a class with these bases binds its names in. */
export function namespaceOf(bases: readonly Value[], machine: Machine): Map<string, Value> {
  for (const base of bases) {
    const meta = base instanceof PyClass ? base.metaclass : undefined;
    const own = meta?.mro.find(each => namespaces.has(each));
    if (own) return namespaces.get(own)!(machine);
  }
  return new Map();
}

function dictOf(names: ReadonlyMap<string, Value>): PyDict {
  const dict = new PyDict();
  for (const [key, value] of names) dict.entries.set(key, { key, value });
  return dict;
}

/** As `type.__new__` makes it. */
export function* createClass(
  name: string,
  bases: readonly Value[],
  names: ReadonlyMap<string, Value>,
  meta: PyClass,
  keywords: Keywords,
  place: Place | undefined,
  machine: Machine,
): Steps {
  const object = machine.builtin('object') as PyClass;
  const known = bases.filter(base => base instanceof PyClass);
  const unknown = bases.find(base => base instanceof Unknown);
  const real = known.length > 0 ? known : [object];
  const duplicate = real.find((base, at) => real.indexOf(base) !== at);
  if (duplicate) throw machine.raise('TypeError', `duplicate base class ${duplicate.name}`);
  // A chain of classes has all those above it in each of them.
  for (const { mro } of real) machine.charge(mro.length);
  const order = linearized(real);
  if (!order) {
    throw machine.raise(
      'TypeError',
      `Cannot create a consistent method resolution order (MRO) for bases ${real.map(base => base.name).join(', ')}`,
    );
  }
  const module = names.get('__module__');
  const cls = new PyClass(
    name,
    typeof module === 'string' ? module : (machine.globals()?.name ?? '__main__'),
    real,
    order,
    place,
  );
  const qualified = names.get('__qualname__');
  if (typeof qualified === 'string') cls.qualifiedName = qualified;
  if (meta !== machine.builtin('type')) cls.metaclass = meta;
  cls.unknownBase = unknown ?? real.find(base => base.unknownBase)?.unknownBase;
  for (const base of real) base.derived.push(cls);
  for (const [key, value] of names) {
    if (key === '__qualname__') continue;
    if (key === '__init_subclass__' || key === '__class_getitem__') {
      cls.dict.set(key, value instanceof PyFunction ? new PyClassMethod(value) : value);
    } else if (key === '__new__' && value instanceof PyFunction) cls.dict.set(key, new PyStaticMethod(value));
    else cls.dict.set(key, value);
    if (value instanceof PyFunction) value.owner ??= cls;
  }
  // Equal objects must hash alike: `__eq__` alone takes the hash away.
  if (names.has('__eq__') && !names.has('__hash__')) cls.dict.set('__hash__', null);
  for (const [key, value] of names) {
    if (!(value instanceof PyInstance)) continue;
    const setName = value.cls.find('__set_name__');
    if (setName !== undefined) yield* machine.call(setName, [value, cls, key]);
  }
  for (const base of cls.mro.slice(1)) {
    const hook = base.dict.get('__init_subclass__');
    if (hook === undefined) continue;
    const callee = hook instanceof PyClassMethod ? hook.callee : hook;
    if (callee instanceof Native && base === object) {
      if (keywords.size > 0 && !cls.unknownBase) {
        throw machine.raise('TypeError', `${name}.__init_subclass__() takes no keyword arguments`);
      }
    } else yield* machine.call(callee, [cls], keywords.size > 0 ? keywords : noKeywords);
    break;
  }
  return cls;
}

// The module `dataclasses`.

import { ofClass, typeName } from '../builtins/classes.ts';
import { dictOf } from '../builtins/dict.ts';
import { reprOf } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { isGiven, native, nativeClass, nativeSteps } from '../native.ts';
import {
  type Keywords,
  notImplemented,
  PyAlias,
  PyClass,
  PyDict,
  PyInstance,
  PyList,
  PySet,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { deepcopy } from './copy.ts';
import { attribute, keywordsOf } from './functools.ts';
import { moduleOf } from './module.ts';

interface Field {
  readonly name: string;
  readonly type: Value;
  /** Undefined for a field that must be given. */
  readonly standard: Value | undefined;
  readonly factory: Value | undefined;
  readonly isInit: boolean;
  readonly isShown: boolean;
  readonly isCompared: boolean;
  readonly isKeyword: boolean;
  /** Passed to `__post_init__` alone. */
  readonly isInitVar: boolean;
  readonly metadata: Value;
}

const fieldsOf = new WeakMap<PyClass, readonly Field[]>();
/** Instances whose `__init__` is under way: until it ends a frozen one can be written. */
const starting = new WeakSet<PyInstance>();

/** The fields of a class, those of its bases first. */
function allFields(cls: PyClass): readonly Field[] | undefined {
  const fields = new Map<string, Field>();
  let isAny = false;
  for (const base of [...cls.mro].reverse()) {
    const own = fieldsOf.get(base);
    if (own === undefined) continue;
    isAny = true;
    for (const field of own) fields.set(field.name, field);
  }
  return isAny ? [...fields.values()] : undefined;
}

interface Options {
  readonly init: boolean;
  readonly repr: boolean;
  readonly eq: boolean;
  readonly order: boolean;
  readonly frozen: boolean;
  readonly kwOnly: boolean;
}

/** What an annotation says, as text: `ClassVar[int]` and `dataclasses.InitVar[int]` are no fields. */
function formOf(annotation: Value): 'field' | 'class' | 'init' | 'keywords' {
  const text =
    annotation instanceof PyAlias
      ? annotation.name
      : typeof annotation === 'string'
        ? annotation.trim()
        : annotation instanceof PyClass
          ? annotation.name
          : '';
  const name = /^(?:\w+\.)*(\w+)/.exec(text)?.[1];
  if (name === 'ClassVar') return 'class';
  if (name === 'InitVar') return 'init';
  return name === 'KW_ONLY' ? 'keywords' : 'field';
}

/** Makes a dataclass of a class. */
function* process(cls: Value, options: Options, machine: Machine): Steps {
  if (!(cls instanceof PyClass)) return cls;
  const own: Field[] = [];
  const annotations = cls.dict.get('__annotations__') ?? (yield* ownAnnotations(cls, machine));
  let isKeyword = options.kwOnly;
  if (annotations instanceof PyDict) {
    for (const { key, value: annotation } of annotations.entries.values()) {
      const name = key as string;
      const form = formOf(annotation);
      if (form === 'class') continue;
      if (form === 'keywords') {
        isKeyword = true;
        continue;
      }
      const value = cls.dict.get(name);
      const field = fieldFrom(name, annotation, value, form === 'init', isKeyword, machine);
      own.push(field);
      if (value instanceof PyInstance && value.cls.name === 'Field' && value.cls.module === 'dataclasses') {
        if (field.standard !== undefined) cls.dict.set(name, field.standard);
        else cls.dict.delete(name);
      }
    }
  }
  fieldsOf.set(cls, own);
  const fields = allFields(cls)!;
  // A field with a default comes before none without.
  let hasStandard: string | undefined;
  for (const field of fields) {
    if (!field.isInit || field.isKeyword) continue;
    if (field.standard !== undefined || field.factory !== undefined) hasStandard = field.name;
    else if (hasStandard !== undefined) {
      throw machine.raise('TypeError', `non-default argument '${field.name}' follows default argument`);
    }
  }
  const define = (name: string, value: Value, isForced = false) => {
    if (isForced || !cls.dict.has(name)) cls.dict.set(name, value);
  };
  if (options.init && !cls.dict.has('__init__')) define('__init__', initOf(fields));
  if (options.repr) {
    define(
      '__repr__',
      nativeSteps('__repr__', 'self', function* ([self], inner) {
        const parts: string[] = [];
        for (const field of fields) {
          if (!field.isShown || field.isInitVar) continue;
          const value = yield* inner.getAttribute(self!, field.name);
          const text = yield* reprOf(value, inner);
          if (text instanceof Unknown) return text;
          parts.push(`${field.name}=${text}`);
        }
        return `${(self as PyInstance).cls.qualifiedName}(${parts.join(', ')})`;
      }),
    );
  }
  if (options.eq) define('__eq__', comparison('__eq__', '==', fields));
  if (options.order) {
    for (const [name, operator] of [
      ['__lt__', '<'],
      ['__le__', '<='],
      ['__gt__', '>'],
      ['__ge__', '>='],
    ] as const) {
      define(name, comparison(name, operator, fields), true);
    }
  }
  if (options.eq && options.frozen) {
    // The machine tells instances apart by this text and by `==`; a program that asks for the hash does not get it.
    define(
      '__hash__',
      nativeSteps('__hash__', 'self', function* ([self], inner) {
        const key = inner.keyOf(yield* tupleOf(self!, fields, inner));
        return key instanceof Unknown ? key : String(typeof key === 'object' ? '' : key);
      }),
    );
  } else if (options.eq) define('__hash__', null);
  if (options.frozen) {
    cls.setAttribute = (self, attr, value, inner) => {
      if (!starting.has(self as PyInstance)) throw inner.raise('AttributeError', `cannot assign to field '${attr}'`);
      (self as PyInstance).set(attr, value);
    };
  }
  define(
    '__match_args__',
    new PyTuple(fields.filter(field => field.isInit && !field.isKeyword).map(field => field.name)),
  );
  define(
    '__dataclass_fields__',
    dictOf(fields.filter(field => !field.isInitVar).map(field => [field.name, fieldObject(field, machine)] as const)),
  );
  return cls;
}

function* ownAnnotations(cls: PyClass, machine: Machine): Steps {
  const found = yield* attribute(cls, '__annotations__', machine);
  return found === undefined ? null : found;
}

function fieldFrom(
  name: string,
  type: Value,
  value: Value | undefined,
  isInitVar: boolean,
  isKeyword: boolean,
  machine: Machine,
): Field {
  if (value instanceof PyInstance && value.cls.name === 'Field' && value.cls.module === 'dataclasses') {
    const standard = value.get('default')!;
    const factory = value.get('default_factory')!;
    const keyword = value.get('kw_only')!;
    return {
      name,
      type,
      standard: isGiven(standard) ? standard : undefined,
      factory: isGiven(factory) ? factory : undefined,
      isInit: value.get('init') !== false,
      isShown: value.get('repr') !== false,
      isCompared: value.get('compare') !== false,
      isKeyword: isGiven(keyword) ? keyword === true : isKeyword,
      isInitVar,
      metadata: value.get('metadata')!,
    };
  }
  if (value instanceof PyList || value instanceof PyDict || (value instanceof PySet && value.kind === 'set')) {
    throw machine.raise(
      'ValueError',
      `mutable default <class '${typeName(value, machine)}'> for field ${name} is not allowed: use default_factory`,
    );
  }
  return {
    name,
    type,
    standard: value,
    factory: undefined,
    isInit: true,
    isShown: true,
    isCompared: true,
    isKeyword,
    isInitVar,
    metadata: new PyDict(),
  };
}

/** What `fields()` gives, and `field()` makes. */
function fieldObject(field: Field, machine: Machine): PyInstance {
  const object = new PyInstance(nativeClass(machine, 'Field', [], {}, { module: 'dataclasses' }));
  const absent = machine.builtin('Ellipsis');
  object.set('name', field.name);
  object.set('type', field.type);
  object.set('default', field.standard === undefined ? absent : field.standard);
  object.set('default_factory', field.factory === undefined ? absent : field.factory);
  object.set('init', field.isInit);
  object.set('repr', field.isShown);
  object.set('compare', field.isCompared);
  object.set('kw_only', field.isKeyword);
  object.set('metadata', field.metadata);
  return object;
}

/** `__init__`: its parameters are the fields. */
function initOf(fields: readonly Field[]): Value {
  const parameter = ({ name, standard, factory }: Field) =>
    standard !== undefined || factory !== undefined ? `${name}=...` : name;
  const inits = fields.filter(field => field.isInit);
  const ordered = [...inits.filter(field => !field.isKeyword), ...inits.filter(field => field.isKeyword)];
  const keywords = ordered.filter(field => field.isKeyword);
  const signature = [
    'self',
    ...ordered.filter(field => !field.isKeyword).map(parameter),
    ...(keywords.length > 0 ? ['*', ...keywords.map(parameter)] : []),
  ].join(', ');
  return nativeSteps('__init__', signature, function* ([self, ...args], machine) {
    const initVars: Value[] = [];
    if (self instanceof PyInstance) starting.add(self);
    for (const field of fields) {
      const at = ordered.indexOf(field);
      let value = at >= 0 ? args[at] : undefined;
      if (value === undefined || !isGiven(value)) {
        if (field.factory !== undefined) value = yield* machine.call(field.factory, []);
        else if (field.standard !== undefined) value = field.standard;
        else continue;
      }
      if (field.isInitVar) initVars.push(value);
      else yield* machine.setAttribute(self!, field.name, value);
    }
    if (self instanceof PyInstance) starting.delete(self);
    const after = self instanceof PyInstance ? ofClass(self.cls, '__post_init__') : undefined;
    if (after !== undefined) yield* machine.call(after, [self!, ...initVars]);
    return null;
  });
}

function* tupleOf(self: Value, fields: readonly Field[], machine: Machine): Steps<PyTuple> {
  const items: Value[] = [];
  for (const field of fields) {
    if (field.isCompared && !field.isInitVar) items.push(yield* machine.getAttribute(self, field.name));
  }
  return new PyTuple(items);
}

function comparison(name: string, operator: string, fields: readonly Field[]): Value {
  return nativeSteps(name, 'self, other, /', function* ([self, other], machine) {
    if (other instanceof Unknown) return other;
    if (machine.typeOf(self!) !== machine.typeOf(other!)) return notImplemented;
    return yield* machine.binary(
      operator,
      yield* tupleOf(self!, fields, machine),
      yield* tupleOf(other!, fields, machine),
    );
  });
}

/** asdict and astuple, of dataclasses in lists, tuples and dicts, too. */
function* converted(value: Value, make: 'dict' | 'tuple', machine: Machine): Steps {
  const fields = value instanceof PyInstance ? allFields(value.cls) : undefined;
  if (fields !== undefined) {
    const entries: [string, Value][] = [];
    for (const { name, isInitVar } of fields) {
      if (!isInitVar) entries.push([name, yield* converted(yield* machine.getAttribute(value, name), make, machine)]);
    }
    return make === 'dict' ? dictOf(entries) : new PyTuple(entries.map(([, item]) => item));
  }
  if (value instanceof PyList || (value instanceof PyTuple && value.own === undefined)) {
    const items: Value[] = [];
    for (const item of value.items) items.push(yield* converted(item, make, machine));
    return value instanceof PyList ? new PyList(items) : new PyTuple(items);
  }
  if (value instanceof PyDict && value.own === undefined) {
    const copy = new PyDict();
    for (const [id, entry] of value.entries)
      copy.entries.set(id, { key: entry.key, value: yield* converted(entry.value, make, machine) });
    return copy;
  }
  return yield* deepcopy(value, null, machine);
}

function* optionsOf(values: readonly Value[], machine: Machine): Steps<Options | Unknown> {
  const truths: boolean[] = [];
  for (const value of values) {
    const truth = yield* machine.truth(value);
    if (truth instanceof Unknown) return truth;
    truths.push(truth);
  }
  const [init, repr, eq, order, , frozen, , kwOnly] = truths as [
    boolean,
    boolean,
    boolean,
    boolean,
    boolean,
    boolean,
    boolean,
    boolean,
  ];
  return { init, repr, eq, order, frozen, kwOnly };
}

function instanceFields(value: Value, machine: Machine): readonly Field[] {
  const cls = value instanceof PyClass ? value : value instanceof PyInstance ? value.cls : undefined;
  const fields = cls === undefined ? undefined : allFields(cls);
  if (fields === undefined) throw machine.raise('TypeError', 'must be called with a dataclass type or instance');
  return fields;
}

export const dataclasses = moduleOf('dataclasses', machine => {
  const fieldClass = nativeClass(machine, 'Field', [], {}, { module: 'dataclasses' });
  return [
    {
      Field: fieldClass,
      MISSING: machine.builtin('Ellipsis'),
      InitVar: new PyAlias('dataclasses.InitVar', null, []),
      KW_ONLY: nativeClass(machine, 'KW_ONLY', [], {}, { module: 'dataclasses' }),
      FrozenInstanceError: machine.builtin('AttributeError'),
    },
    [
      nativeSteps(
        'dataclass',
        'cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False',
        function* ([cls, ...values], inner) {
          const options = yield* optionsOf(values, inner);
          if (options instanceof Unknown) return options;
          if (cls !== null) return yield* process(cls!, options, inner);
          return nativeSteps('wrap', 'cls', function* ([of], deep) {
            return yield* process(of!, options, deep);
          });
        },
      ),
      native(
        'field',
        '*, default=..., default_factory=..., init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=...',
        ([standard, factory, init, repr, , compare, metadata, keyword]) => {
          const field = new PyInstance(fieldClass);
          field.set('default', standard!);
          field.set('default_factory', factory!);
          field.set('init', init!);
          field.set('repr', repr!);
          field.set('compare', compare!);
          field.set('metadata', metadata === null ? new PyDict() : metadata!);
          field.set('kw_only', keyword!);
          return field;
        },
      ),
      native('fields', 'class_or_instance', ([of], inner) => {
        if (of instanceof Unknown) return of;
        return new PyTuple(
          instanceFields(of!, inner)
            .filter(field => !field.isInitVar)
            .map(field => fieldObject(field, inner)),
        );
      }),
      native('is_dataclass', 'obj', ([of]) => {
        if (of instanceof Unknown) return of;
        const cls = of instanceof PyClass ? of : of instanceof PyInstance ? of.cls : undefined;
        return cls !== undefined && allFields(cls) !== undefined;
      }),
      nativeSteps('asdict', 'obj, *, dict_factory=...', function* ([of, factory], inner) {
        if (of instanceof Unknown) return of;
        if (isGiven(factory!)) return inner.unknown('asdict(dict_factory=…)');
        instanceFields(of!, inner);
        return yield* converted(of!, 'dict', inner);
      }),
      nativeSteps('astuple', 'obj, *, tuple_factory=...', function* ([of, factory], inner) {
        if (of instanceof Unknown) return of;
        if (isGiven(factory!)) return inner.unknown('astuple(tuple_factory=…)');
        instanceFields(of!, inner);
        return yield* converted(of!, 'tuple', inner);
      }),
      nativeSteps('replace', 'obj, /, **changes', function* ([of, changes], inner) {
        if (of instanceof Unknown) return of;
        const given = keywordsOf(changes!);
        const all = new Map<string, Value>();
        for (const field of instanceFields(of!, inner)) {
          if (!field.isInit) {
            if (given.has(field.name)) {
              throw inner.raise(
                'ValueError',
                `field ${field.name} is declared with init=False, it cannot be specified with replace()`,
              );
            }
            continue;
          }
          if (given.has(field.name)) continue;
          if (field.isInitVar) continue;
          all.set(field.name, yield* inner.getAttribute(of!, field.name));
        }
        for (const [name, value] of given) all.set(name, value);
        const named: Keywords = all;
        return yield* inner.call((of as PyInstance).cls, [], named);
      }),
      native('make_dataclass', 'cls_name, fields, **kwargs', (_, inner) =>
        inner.unknown('dataclasses.make_dataclass()'),
      ),
    ],
  ];
});

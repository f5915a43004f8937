// `typing`, `typing_extensions` and `types`: annotations mean nothing to a run; what they are made of must not stop it.

import { classOf } from '../builtins/classes.ts';
import { collect, textOf } from '../builtins/conversions.ts';
import { dictOf } from '../builtins/dict.ts';
import type { Machine } from '../machine.ts';
import { isGiven, native, nativeClass, nativeSteps } from '../native.ts';
import {
  PyAlias,
  PyClass,
  PyClassMethod,
  PyDict,
  PyInstance,
  PyModule,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { interfaceClasses } from './abc.ts';
import { giveFields } from './collections.ts';
import { attribute } from './functools.ts';
import { type Module, missing, moduleOf } from './module.ts';

/** Names of `typing` that stand for built-in classes, and for classes of `collections`. */
const generic: Readonly<Record<string, string>> = {
  List: 'list',
  Dict: 'dict',
  Tuple: 'tuple',
  Set: 'set',
  FrozenSet: 'frozenset',
  Type: 'type',
};
const ofCollections: Readonly<Record<string, string>> = {
  OrderedDict: 'OrderedDict',
  DefaultDict: 'defaultdict',
  Counter: 'Counter',
  Deque: 'deque',
};
/** Forms that are no classes. */
const forms = [
  'Union',
  'Optional',
  'ClassVar',
  'Final',
  'Literal',
  'Annotated',
  'NoReturn',
  'Never',
  'Self',
  'LiteralString',
  'TypeAlias',
  'TypeGuard',
  'TypeIs',
  'Concatenate',
  'Unpack',
  'Required',
  'NotRequired',
  'ReadOnly',
];
const interfaces: Readonly<Record<string, string>> = {
  AbstractSet: 'Set',
  ContextManager: 'Container',
  AsyncContextManager: 'Container',
};

/** Functions that mark what they are given and give it back. */
const marks = ['final', 'no_type_check', 'overload', 'runtime_checkable', 'override', 'runtime'];

function variableClass(machine: Machine, name: string): PyClass {
  const cls = nativeClass(
    machine,
    name,
    [],
    {
      __init__: native(
        '__init__',
        'self, name, /, *constraints, bound=None, covariant=False, contravariant=False, default=None',
        ([self, label]) => {
          (self as PyInstance).set('__name__', label!);
          return null;
        },
      ),
      __repr__: native('__repr__', 'self', ([self]) => {
        const label = (self as PyInstance).get('__name__');
        return name === 'ParamSpec' || name === 'TypeVar' ? `~${String(label)}` : String(label);
      }),
      __or__: native('__or__', 'self, other', ([self, other]) => new PyAlias('typing.Union', null, [self!, other!])),
      __ror__: native('__ror__', 'self, other', ([self, other]) => new PyAlias('typing.Union', null, [other!, self!])),
      __getitem__: native('__getitem__', 'self, item', ([self]) => self!),
    },
    { module: 'typing' },
  );
  if (name === 'ParamSpec') {
    cls.getAttribute = (self, attr) =>
      attr === 'args' || attr === 'kwargs' ? new PyAlias(`typing.${attr}`, null, [self]) : undefined;
  }
  return cls;
}

/** A base class with type parameters: `Generic[T]` is Generic. */
function genericBase(machine: Machine, name: string, bases: readonly PyClass[] = []): PyClass {
  return nativeClass(
    machine,
    name,
    bases,
    {
      __class_getitem__: new PyClassMethod(
        native('__class_getitem__', 'cls, item, /', ([cls, item]) => {
          if (cls instanceof PyClass && cls.name === name) return cls;
          return new PyAlias((cls as PyClass).name, cls!, item instanceof PyTuple ? item.items : [item!]);
        }),
      ),
    },
    { module: 'typing' },
  );
}

/** NamedTuple: as a base class (its annotations are the fields) and as a function. */
function namedTupleClass(machine: Machine): PyClass {
  const tuple = classOf('tuple', machine);
  const cls = nativeClass(machine, 'NamedTuple', [tuple], {}, { module: 'typing' });
  const finish = (derived: PyClass, names: readonly string[], defaults: ReadonlyMap<string, Value>) =>
    giveFields(machine, derived, names, defaults);
  cls.dict.set(
    '__init_subclass__',
    new PyClassMethod(
      nativeSteps('__init_subclass__', 'cls, **kwargs', function* ([derived], inner) {
        if (!(derived instanceof PyClass)) return null;
        // A class derived from a named tuple has its fields already.
        if (derived.bases[0] !== cls) return null;
        const names: string[] = [];
        const defaults = new Map<string, Value>();
        const annotations = yield* attribute(derived, '__annotations__', inner);
        if (annotations instanceof PyDict) {
          for (const { key } of annotations.entries.values()) {
            names.push(key as string);
            const value = derived.dict.get(key as string);
            if (value !== undefined) defaults.set(key as string, value);
          }
        }
        const methods = ['__repr__', '__new__'].map(name => [name, derived.dict.get(name)] as const);
        finish(derived, names, defaults);
        // What the class defines itself stays.
        for (const [name, value] of methods) if (value !== undefined) derived.dict.set(name, value);
        return null;
      }),
    ),
  );
  cls.dict.set(
    '__new__',
    nativeSteps(
      '__new__',
      'cls, typename, fields=(), /, **kwargs',
      function* ([of, typename, fields, keywords], inner) {
        void of;
        const pairs = yield* collect(fields!, inner);
        if (pairs instanceof Unknown) return pairs;
        const names: string[] = [...(keywords as PyDict).entries.values()].map(entry => entry.key as string);
        for (const pair of pairs) {
          const items = yield* collect(pair, inner);
          if (items instanceof Unknown) return items;
          names.push(textOf(items[0]!) ?? '');
        }
        const made = nativeClass(inner, textOf(typename!) ?? 'tuple', [tuple], {}, { module: 'typing' });
        finish(made, names, new Map());
        return made;
      },
    ),
  );
  return cls;
}

/** TypedDict: a dict to a run. */
function typedDictClass(machine: Machine): PyClass {
  const dict = classOf('dict', machine);
  const cls = nativeClass(machine, 'TypedDict', [dict], {}, { module: 'typing' });
  // Instances are plain dicts.
  cls.create = () => new PyDict();
  return cls;
}

/** get_type_hints: the annotations, as far as they are values. */
function* hints(of: Value, machine: Machine): Steps {
  const annotations = yield* attribute(of, '__annotations__', machine);
  if (!(annotations instanceof PyDict)) return new PyDict();
  const entries: [string, Value][] = [];
  for (const { key, value } of annotations.entries.values()) {
    entries.push([key as string, typeof value === 'string' ? machine.unknown('get_type_hints()') : value]);
  }
  return dictOf(entries);
}

function typingModule(name: string): Module {
  return moduleOf(name, machine => {
    const members: Record<string, Value> = { TYPE_CHECKING: false };
    for (const form of forms) members[form] = new PyAlias(`typing.${form}`, null, []);
    for (const [alias, cls] of Object.entries(generic))
      members[alias] = new PyAlias(`typing.${alias}`, machine.builtin(cls), []);
    members.Text = machine.builtin('str');
    const classes = interfaceClasses(machine);
    for (const [cls, value] of classes) members[cls] = new PyAlias(`typing.${cls}`, value, []);
    for (const [alias, cls] of Object.entries(interfaces))
      members[alias] = new PyAlias(`typing.${alias}`, classes.get(cls)!, []);
    members.Any = nativeClass(machine, 'Any', [], {}, { module: 'typing' });
    for (const protocol of [
      'SupportsInt',
      'SupportsFloat',
      'SupportsIndex',
      'SupportsAbs',
      'SupportsRound',
      'SupportsBytes',
    ]) {
      const method = `__${protocol.slice(8).toLowerCase()}__`;
      const cls = nativeClass(machine, protocol, [], {}, { module: 'typing' });
      cls.subclassCheck = type => type.mro.some(base => base.dict.has(method));
      members[protocol] = cls;
    }
    for (const io of ['IO', 'TextIO', 'BinaryIO']) members[io] = genericBase(machine, io);
    members.Pattern = genericBase(machine, 'Pattern');
    members.Match = genericBase(machine, 'Match');
    members.Generic = genericBase(machine, 'Generic');
    members.Protocol = genericBase(machine, 'Protocol', [members.Generic as PyClass]);
    members.NamedTuple = namedTupleClass(machine);
    members.TypedDict = typedDictClass(machine);
    const variable = variableClass(machine, 'TypeVar');
    members.TypeVar = variable;
    members.ParamSpec = variableClass(machine, 'ParamSpec');
    members.TypeVarTuple = variableClass(machine, 'TypeVarTuple');
    const text = new PyInstance(variable);
    text.set('__name__', 'AnyStr');
    members.AnyStr = text;
    members.ForwardRef = variableClass(machine, 'ForwardRef');
    return [
      members,
      marks.map(mark => native(mark, 'f', ([fn]) => fn!)),
      [
        native('cast', 'typ, val', ([, value]) => value!),
        native('assert_type', 'val, typ, /', ([value]) => value!),
        native('reveal_type', 'obj, /', ([value]) => value!),
        native('dataclass_transform', '**kwargs', () => native('decorator', 'cls', ([cls]) => cls!)),
        native('deprecated', 'message, /, **kwargs', () => native('decorator', 'f', ([fn]) => fn!)),
        native('NewType', 'name, tp, /', () => native('new_type', 'x', ([x]) => x!)),
        nativeSteps(
          'get_type_hints',
          'obj, globalns=None, localns=None, include_extras=False',
          function* ([of], inner) {
            return yield* hints(of!, inner);
          },
        ),
        native('get_origin', 'tp', ([tp]) =>
          tp instanceof PyAlias && (tp.args.length > 0 || tp.origin !== null) ? tp.origin : null,
        ),
        native('get_args', 'tp', ([tp]) => new PyTuple(tp instanceof PyAlias ? tp.args : [])),
      ],
      missing(name, 'is_typeddict', 'get_overloads'),
    ];
  });
}

/** The classes of `collections` are asked for when they are needed: that module is made then. */
function withCollections(module: Module, collections: Module): Module {
  return machine => {
    const made = module(machine);
    const before = made.lazy;
    let classes: PyModule | undefined;
    made.lazy = name => {
      const cls = ofCollections[name];
      if (cls === undefined) return before?.(name);
      classes ??= collections(machine);
      const value = classes.dict.get(cls);
      if (value === undefined) return undefined;
      const alias = new PyAlias(`typing.${name}`, value, []);
      made.dict.set(name, alias);
      return alias;
    };
    return made;
  };
}

export const typing = (collections: Module) => withCollections(typingModule('typing'), collections);
export const typingExtensions = (collections: Module) =>
  withCollections(typingModule('typing_extensions'), collections);

export const types = moduleOf('types', machine => {
  const of = (value: Value): Value => machine.typeOf(value) ?? null;
  const namespace = nativeClass(
    machine,
    'SimpleNamespace',
    [],
    {
      __init__: native('__init__', 'self, /, **kwargs', ([self, keywords]) => {
        for (const { key, value } of (keywords as PyDict).entries.values())
          (self as PyInstance).set(key as string, value);
        return null;
      }),
      __repr__: nativeSteps('__repr__', 'self', function* ([self], inner) {
        const parts: string[] = [];
        for (const [name, value] of (self as PyInstance).dict ?? []) {
          const text = yield* inner.repr(value);
          if (text instanceof Unknown) return text;
          parts.push(`${name}=${text}`);
        }
        return `namespace(${parts.join(', ')})`;
      }),
    },
    { module: 'types' },
  );
  const module = new PyModule('types');
  const bare = native('function', '', () => null);
  return [
    {
      SimpleNamespace: namespace,
      NoneType: of(null),
      ModuleType: of(module),
      BuiltinFunctionType: of(bare),
      BuiltinMethodType: of(bare),
      GenericAlias: of(new PyAlias('list', null, [])),
      UnionType: of(new PyAlias('types.UnionType', null, [])),
    },
    kinds(machine),
    [
      native('MappingProxyType', 'mapping', ([mapping]) => mapping!),
      native('coroutine', 'func', ([fn]) => fn!),
      native('DynamicClassAttribute', 'fget=None', ([getter], inner) =>
        isGiven(getter!) ? inner.unknown('DynamicClassAttribute') : null,
      ),
    ],
    missing('types', 'new_class', 'prepare_class', 'resolve_bases'),
  ];
});

/** The classes of functions, methods and generators, which no expression here can make values of. */
function kinds(machine: Machine): Record<string, Value> {
  const names: Readonly<Record<string, string>> = {
    FunctionType: 'function',
    LambdaType: 'function',
    MethodType: 'method',
    GeneratorType: 'generator',
  };
  const members: Record<string, Value> = {};
  for (const [name, kind] of Object.entries(names)) {
    const cls = machine.builtin(`<${kind}>`);
    if (cls instanceof PyClass) members[name] = cls;
  }
  return members;
}

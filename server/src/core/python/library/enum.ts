// The module `enum`.

import { ofClass, special, typeName } from '../builtins/classes.ts';
import { collect, textOf } from '../builtins/conversions.ts';
import { intOf } from '../builtins/numbers.ts';
import { reprOf, strOf } from '../builtins/text.ts';
import { namespaces } from '../classes.ts';
import type { Machine } from '../machine.ts';
import { isGiven, native, nativeClass, nativeSteps } from '../native.ts';
import {
  Native,
  PyBoxed,
  PyClass,
  PyClassMethod,
  PyDict,
  PyFunction,
  PyInstance,
  PyIterator,
  PyProperty,
  PyStaticMethod,
  PyTuple,
  plain,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { missing, moduleOf } from './module.ts';

/** The members of an enum class by name, aliases too, in the order of their definition. */
const membersOf = new WeakMap<PyClass, Map<string, PyInstance>>();

/** Names that a class body may hold and that are no members. */
function isMember(name: string, value: Value): boolean {
  if (/^__.*__$/.test(name) || /^_[^_].*_$/.test(name) || name === '_ignore_') return false;
  if (value instanceof PyInstance && value.cls.name === 'nonmember') return false;
  return !(
    value instanceof PyFunction ||
    value instanceof Native ||
    value instanceof PyProperty ||
    value instanceof PyStaticMethod ||
    value instanceof PyClassMethod ||
    (value instanceof PyClass && value.place !== undefined)
  );
}

/** The names in the body of an enum (`_EnumDict`): a member is defined once. */
class MemberNames extends Map<string, Value> {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    super();
    this.#machine = machine;
  }

  override set(name: string, value: Value): this {
    const earlier = this.get(name);
    if (earlier === undefined || earlier instanceof Unknown || value instanceof Unknown) return super.set(name, value);
    // A member is not replaced by anything; a method is by another.
    if (isMember(name, earlier) || isMember(name, value)) {
      const shown = typeof earlier === 'string' ? `'${earlier}'` : typeof earlier === 'number' ? earlier : '…';
      throw this.#machine.raise('TypeError', `'${name}' already defined as ${shown}`);
    }
    return super.set(name, value);
  }
}

/** Distinct members, aliases left out. */
function distinct(cls: PyClass): PyInstance[] {
  return [...new Set(membersOf.get(cls)?.values() ?? [])];
}

/** The class that the values of members are made of: `str` of `class Mode(str, Enum)`; undefined where they are any. */
function dataType(cls: PyClass, machine: Machine): PyClass | undefined {
  const enums = new Set(['Enum', 'IntEnum', 'StrEnum', 'Flag', 'IntFlag', 'ReprEnum', 'object']);
  return cls.mro.find(
    base =>
      base.place === undefined &&
      !enums.has(base.name) &&
      ['int', 'str', 'float', 'bytes', 'tuple'].some(name => base === machine.builtin(name)),
  );
}

/** What auto() stands for: the highest value so far and one; of a flag the next power of two; of a StrEnum the name. */
function automatic(cls: PyClass, name: string, before: readonly Value[], machine: Machine): Value {
  const names = cls.mro.map(base => base.name);
  if (names.includes('StrEnum')) return name.toLowerCase();
  const numbers = before.map(value => intOf(value)).filter(value => value !== undefined);
  if (numbers.some(value => typeof value === 'bigint')) return machine.unknown('enum.auto()');
  const highest = Math.max(0, ...(numbers as number[]));
  if (names.includes('Flag') || names.includes('IntFlag'))
    return highest === 0 ? 1 : 2 ** (Math.floor(Math.log2(highest)) + 1);
  return highest + 1;
}

/** Turns the attributes of a class's body into members. */
function* makeMembers(cls: PyClass, machine: Machine): Steps {
  const inherited = cls.mro.slice(1).find(base => (membersOf.get(base)?.size ?? 0) > 0);
  if (inherited !== undefined) {
    throw machine.raise('TypeError', `<enum '${cls.name}'> cannot extend <enum '${inherited.name}'>`);
  }
  const members = new Map<string, PyInstance>();
  membersOf.set(cls, members);
  inheritTexts(cls, machine);
  const base = dataType(cls, machine);
  const generate = cls.dict.get('_generate_next_value_') ?? generatorOf(cls);
  const values: Value[] = [];
  const construct = cls.dict.get('__new__');
  for (const [name, raw] of [...cls.dict]) {
    // `__name` is written `_Class__name` by the compiler.
    if (!isMember(name, raw) || name.startsWith(`_${cls.name.replace(/^_+/, '')}__`)) continue;
    let value = raw instanceof PyInstance && raw.cls.name === 'member' ? (raw.get('value') ?? null) : raw;
    if (isAuto(value)) {
      value =
        generate !== undefined
          ? yield* machine.call(unwrapped(generate), [name, 1, members.size, new PyTuple(values.slice())])
          : automatic(cls, name, values, machine);
    } else if (value instanceof PyTuple && value.items.some(isAuto)) {
      const items: Value[] = [];
      for (const item of value.items) items.push(isAuto(item) ? automatic(cls, name, values, machine) : item);
      value = new PyTuple(items);
    }
    const args = value instanceof PyTuple && value.own === undefined ? value.items : [value];
    let member: Value;
    if (construct !== undefined) {
      member = yield* machine.call(unwrapped(construct), [cls, ...args]);
    } else if (base !== undefined && base !== machine.builtin('tuple')) {
      const inner = args.length === 1 && plainOf(args[0]!, base, machine) ? args[0]! : yield* machine.call(base, args);
      if (inner instanceof Unknown) {
        cls.dict.set(name, inner);
        continue;
      }
      member = new PyBoxed(cls, plain(inner));
      value = plain(inner);
    } else member = new PyInstance(cls);
    if (!(member instanceof PyInstance)) {
      cls.dict.set(name, machine.unknown(`${cls.name}.${name}`));
      continue;
    }
    if (member.get('_value_') === undefined) member.set('_value_', value);
    value = member.get('_value_')!;
    values.push(value);
    // An equal value is another name of the same member.
    const alias = value instanceof Unknown ? undefined : yield* sameValue(members, value, machine);
    if (alias !== undefined) {
      members.set(name, alias);
      cls.dict.set(name, alias);
      continue;
    }
    member.set('_name_', name);
    member.set('_sort_order_', members.size);
    const init = cls.dict.get('__init__');
    if (init !== undefined) yield* machine.call(init, [member, ...args]);
    members.set(name, member);
    cls.dict.set(name, member);
  }
  // Instances are members: the class makes no others.
  if (construct !== undefined) cls.dict.delete('__new__');
  return null;
}

/** A mixed-in type does not decide how members are printed: those methods come from the enum. */
function inheritTexts(cls: PyClass, machine: Machine): void {
  const first = cls.mro.slice(1).find(base => membersOf.has(base) || base.module === 'enum');
  const base = dataType(cls, machine);
  if (first === undefined || base === undefined) return;
  for (const name of ['__repr__', '__str__', '__format__']) {
    const own = first.mro.map(each => each.dict.get(name)).find(found => found !== undefined);
    if (!cls.dict.has(name) && own !== undefined && ofClass(cls, name) === ofClass(base, name)) cls.dict.set(name, own);
  }
}

function generatorOf(cls: PyClass): Value | undefined {
  for (const base of cls.mro.slice(1)) {
    const found = base.dict.get('_generate_next_value_');
    if (found !== undefined) return found;
  }
  return undefined;
}

function unwrapped(fn: Value): Value {
  return fn instanceof PyStaticMethod ? fn.callee : fn;
}

function plainOf(value: Value, base: PyClass, machine: Machine): boolean {
  return machine.typeOf(value) === base;
}

function isAuto(value: Value): boolean {
  return value instanceof PyInstance && value.cls.name === 'auto' && value.cls.module === 'enum';
}

function* sameValue(
  members: ReadonlyMap<string, PyInstance>,
  value: Value,
  machine: Machine,
): Steps<PyInstance | undefined> {
  for (const member of members.values()) {
    const own = member.get('_value_');
    if (own === undefined || own instanceof Unknown) continue;
    const isSame = own === value ? true : yield* machine.equals(own, value);
    if (isSame === true) return member;
  }
  return undefined;
}

/** `Color(3)`: the member of a value. */
function* byValue(cls: PyClass, value: Value, machine: Machine): Steps {
  if (value instanceof Unknown) return value;
  if (value instanceof PyInstance && value.cls === cls) return value;
  const found = yield* sameValue(membersOf.get(cls) ?? new Map(), value, machine);
  if (found !== undefined) return found;
  const missed = ofClass(cls, '_missing_');
  if (missed !== undefined) {
    const callee = missed instanceof PyClassMethod ? missed.callee : missed;
    const result = yield* machine.call(callee, [cls, value]);
    if (result !== null) return result;
  }
  if (cls.mro.some(base => base.name === 'Flag')) return flag(cls, value, machine);
  const shown = yield* reprOf(value, machine);
  throw machine.raise('ValueError', `${shown instanceof Unknown ? '?' : shown} is not a valid ${cls.name}`);
}

/** A combination of flags. */
function flag(cls: PyClass, value: Value, machine: Machine): Value {
  const bits = intOf(value);
  if (typeof bits !== 'number') return machine.unknown(`${cls.name}(…)`);
  for (const member of distinct(cls)) if (member.get('_value_') === bits) return member;
  const made = cls.mro.some(base => base === machine.builtin('int')) ? new PyBoxed(cls, bits) : new PyInstance(cls);
  made.set('_value_', bits);
  const names = distinct(cls)
    .filter(member => {
      const own = member.get('_value_');
      return typeof own === 'number' && own !== 0 && (own & bits) === own && (own & (own - 1)) === 0;
    })
    .map(member => member.get('_name_') as string);
  made.set('_name_', names.length > 0 ? names.join('|') : null);
  return made;
}

/** Enum('Color', 'RED GREEN') and Enum('Color', {'RED': 1}). */
function* functional(cls: PyClass, name: string, names: Value, machine: Machine): Steps {
  const pairs: [string, Value][] = [];
  const text = textOf(names);
  const start = 1;
  const listed: readonly Value[] | Unknown =
    text !== undefined
      ? text
          .replaceAll(',', ' ')
          .split(/\s+/)
          .filter(part => part !== '')
      : yield* collect(names, machine);
  if (listed instanceof Unknown) return listed;
  if (names instanceof PyDict) for (const { key, value } of names.entries.values()) pairs.push([String(key), value]);
  else {
    for (const item of listed) {
      const one = textOf(item);
      if (one !== undefined) pairs.push([one, pairs.length + start]);
      else {
        const parts = yield* collect(item, machine);
        if (parts instanceof Unknown) return parts;
        pairs.push([textOf(parts[0]!) ?? '', parts[1]!]);
      }
    }
  }
  const made = nativeClass(machine, name, [cls], Object.fromEntries(pairs), { module: '__main__' });
  yield* makeMembers(made, machine);
  return made;
}

function metaclass(machine: Machine): PyClass {
  const type = machine.builtin('type') as PyClass;
  const meta = nativeClass(
    machine,
    'EnumType',
    [type],
    {
      __call__: nativeSteps(
        '__call__',
        'cls, value=..., names=..., *values, module=None, qualname=None, type=None, start=1, boundary=None',
        function* ([cls, value, names, more], inner) {
          const of = cls as PyClass;
          if (isGiven(names!) && !membersOf.get(of)?.size) {
            return yield* functional(of, textOf(value!) ?? 'Enum', names!, inner);
          }
          if (isGiven(names!))
            return yield* byValue(of, new PyTuple([value!, names!, ...(more as PyTuple).items]), inner);
          return yield* byValue(of, value!, inner);
        },
      ),
      __iter__: native('__iter__', 'cls', ([cls]) => {
        const members = distinct(cls as PyClass).filter(member => !isFlag(cls as PyClass) || isSingleBit(member));
        let at = 0;
        return new PyIterator(() => members[at++]);
      }),
      __reversed__: native('__reversed__', 'cls', ([cls]) => {
        const members = distinct(cls as PyClass);
        return new PyIterator(() => members.pop());
      }),
      __len__: native(
        '__len__',
        'cls',
        ([cls]) => distinct(cls as PyClass).filter(member => !isFlag(cls as PyClass) || isSingleBit(member)).length,
      ),
      __bool__: native('__bool__', 'cls', () => true),
      __getitem__: native('__getitem__', 'cls, name', ([cls, name], inner) => {
        if (name instanceof Unknown) return name;
        const found = membersOf.get(cls as PyClass)?.get(textOf(name!) ?? '');
        if (found === undefined) throw inner.raiseWith('KeyError', [name!]);
        return found;
      }),
      __contains__: nativeSteps('__contains__', 'cls, value', function* ([cls, value], inner) {
        if (value instanceof Unknown) return value;
        if (value instanceof PyInstance && value.cls === cls) return true;
        return (yield* sameValue(membersOf.get(cls as PyClass) ?? new Map(), value!, inner)) !== undefined;
      }),
      __members__: new PyProperty(
        native('__members__', 'cls', ([cls]) => {
          const dict = new PyDict();
          for (const [name, value] of membersOf.get(cls as PyClass) ?? []) dict.entries.set(name, { key: name, value });
          return dict;
        }),
      ),
      __repr__: native('__repr__', 'cls', ([cls]) => `<enum '${(cls as PyClass).name}'>`),
    },
    { module: 'enum' },
  );
  namespaces.set(meta, inner => new MemberNames(inner));
  return meta;
}

function isFlag(cls: PyClass): boolean {
  return cls.mro.some(base => base.name === 'Flag' && base.module === 'enum');
}

function isSingleBit(member: PyInstance): boolean {
  const value = member.get('_value_');
  return typeof value === 'number' && value > 0 && (value & (value - 1)) === 0;
}

function field(self: Value, name: string): Value {
  const found = self instanceof PyInstance ? self.get(name) : undefined;
  return found === undefined ? null : found;
}

/** Flags are combined bit by bit. */
function combined(name: string, operator: string): Native {
  return nativeSteps(name, 'self, other, /', function* ([self, other], machine) {
    if (other instanceof Unknown) return other;
    const cls = (self as PyInstance).cls;
    const right = other instanceof PyInstance && other.cls === cls ? field(other, '_value_') : other!;
    const result = yield* machine.binary(operator, field(self!, '_value_'), right);
    return result instanceof Unknown ? result : flag(cls, result, machine);
  });
}

export const enums = moduleOf('enum', machine => {
  const meta = metaclass(machine);
  const base = nativeClass(machine, 'Enum', [], enumMembers(), { module: 'enum', metaclass: meta });
  const int = machine.builtin('int') as PyClass;
  const str = machine.builtin('str') as PyClass;
  const show = native('__str__', 'self', ([self], inner) => {
    const value = plain(self!);
    return typeof value === 'string'
      ? value
      : typeof value === 'number' || typeof value === 'bigint'
        ? value.toString()
        : inner.unknown('str(enum)');
  });
  const format = nativeSteps('__format__', 'self, format_spec, /', function* ([self, spec], inner) {
    return yield* inner.call(inner.builtin('format'), [plain(self!), spec!]);
  });
  const ints = nativeClass(
    machine,
    'IntEnum',
    [int, base],
    { __str__: show, __format__: format, __repr__: enumMembers().__repr__! },
    { module: 'enum', metaclass: meta },
  );
  const texts = nativeClass(
    machine,
    'StrEnum',
    [str, base],
    { __str__: show, __format__: format, __repr__: enumMembers().__repr__! },
    { module: 'enum', metaclass: meta },
  );
  const flags = nativeClass(
    machine,
    'Flag',
    [base],
    {
      __or__: combined('__or__', '|'),
      __and__: combined('__and__', '&'),
      __xor__: combined('__xor__', '^'),
      __invert__: native('__invert__', 'self', ([self], inner) => {
        const cls = (self as PyInstance).cls;
        let all = 0;
        for (const member of distinct(cls)) all |= Number(field(member, '_value_'));
        const value = field(self!, '_value_');
        return typeof value === 'number' ? flag(cls, all & ~value, inner) : inner.unknown('~flag');
      }),
      __bool__: native('__bool__', 'self', ([self]) => field(self!, '_value_') !== 0),
      __contains__: native('__contains__', 'self, other', ([self, other]) => {
        if (other instanceof Unknown) return other;
        const [own, wanted] = [Number(field(self!, '_value_')), Number(field(other!, '_value_'))];
        return (own & wanted) === wanted;
      }),
    },
    { module: 'enum', metaclass: meta },
  );
  const intFlags = nativeClass(
    machine,
    'IntFlag',
    [int, flags],
    { __str__: show, __format__: format, __repr__: enumMembers().__repr__! },
    { module: 'enum', metaclass: meta },
  );
  const property = machine.builtin('property');
  const wrapper = (name: string) =>
    nativeClass(
      machine,
      name,
      [],
      {
        __init__: native('__init__', 'self, value', ([self, value]) => {
          (self as PyInstance).set('value', value!);
          return null;
        }),
      },
      { module: 'enum' },
    );
  return [
    {
      Enum: base,
      EnumMeta: meta,
      EnumType: meta,
      IntEnum: ints,
      StrEnum: texts,
      Flag: flags,
      IntFlag: intFlags,
      ReprEnum: base,
      auto: nativeClass(machine, 'auto', [], {}, { module: 'enum' }),
      property,
      member: wrapper('member'),
      nonmember: wrapper('nonmember'),
      STRICT: 'strict',
      CONFORM: 'conform',
      KEEP: 'keep',
      EJECT: 'eject',
    },
    [native('unique', 'enumeration', ([cls]) => cls!), native('global_enum', 'cls', ([cls]) => cls!)],
    missing('enum', 'verify'),
  ];
});

function enumMembers(): Record<string, Value> {
  return {
    __init_subclass__: new PyClassMethod(
      nativeSteps('__init_subclass__', 'cls, **kwargs', function* ([cls], machine) {
        return cls instanceof PyClass ? yield* makeMembers(cls, machine) : null;
      }),
    ),
    value: new PyProperty(native('value', 'self', ([self]) => field(self!, '_value_'))),
    name: new PyProperty(native('name', 'self', ([self]) => field(self!, '_name_'))),
    __repr__: nativeSteps('__repr__', 'self', function* ([self], machine) {
      const { cls } = self as PyInstance;
      const value = field(self!, '_value_');
      const text = yield* reprOf(value, machine);
      if (text instanceof Unknown) return text;
      const name = field(self!, '_name_');
      return name === null ? `<${cls.name}: ${text}>` : `<${cls.name}.${String(name)}: ${text}>`;
    }),
    __str__: nativeSteps('__str__', 'self', function* ([self], machine) {
      const { cls } = self as PyInstance;
      const name = yield* strOf(field(self!, '_name_'), machine);
      return name instanceof Unknown ? name : `${cls.name}.${name}`;
    }),
    __format__: nativeSteps('__format__', 'self, format_spec, /', function* ([self, spec], machine) {
      const method = special(self!, '__str__', machine)!;
      const text = yield* machine.call(method, [self!]);
      if (text instanceof Unknown) return text;
      return yield* machine.call(machine.builtin('format'), [text, spec!]);
    }),
    __hash__: native('__hash__', 'self', ([self], machine) => machine.unknown(`hash(${typeName(self!, machine)})`)),
    __deepcopy__: native('__deepcopy__', 'self, memo', ([self]) => self!),
    __copy__: native('__copy__', 'self', ([self]) => self!),
    __reduce_ex__: native('__reduce_ex__', 'self, proto', (_, machine) => machine.unknown('enum.__reduce_ex__')),
  };
}

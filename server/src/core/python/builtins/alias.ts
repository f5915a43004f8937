// Types with arguments: `list[int]`, `Optional[str]`. They are made, passed on and printed, and mean nothing to a run.
import type { Machine } from '../machine.ts';
import { native } from '../native.ts';
import { type Native, PyAlias, PyClass, PyClassMethod, PyTuple, type Steps, Unknown, type Value } from '../objects.ts';
import { methodsOf } from './methods.ts';
import { plainText } from './text.ts';

/** `cls[…]` of a class that takes type arguments. */
export function classGetItem(name: string): PyClassMethod {
  return new PyClassMethod(
    native(
      '__class_getitem__',
      'cls, item, /',
      ([cls, item]) =>
        new PyAlias(cls instanceof PyClass && cls.name !== name ? cls.name : name, cls!, argumentsOf(item!)),
    ),
  );
}

function argumentsOf(item: Value): readonly Value[] {
  return item instanceof PyTuple ? item.items : [item];
}

const { lenient, steps } = methodsOf('GenericAlias', value => (value instanceof PyAlias ? value : undefined));

export const aliasMethods: readonly Native[] = [
  lenient('__getitem__', 'item, /', (self, [item]) => new PyAlias(self.name, self.origin, argumentsOf(item!))),
  lenient('__repr__', '', (self, _, machine) => {
    const text = plainText(self, machine);
    return text ?? machine.unknown(`repr(${self.name}[…])`);
  }),
  lenient('__or__', 'other, /', (self, [other]) => union([self, other!])),
  lenient('__ror__', 'other, /', (self, [other]) => union([other!, self])),
  steps('__instancecheck__', 'instance, /', function* (self, [value], machine) {
    return yield* check(self, 'isinstance', value!, machine);
  }),
  steps('__subclasscheck__', 'cls, /', function* (self, [cls], machine) {
    return yield* check(self, 'issubclass', cls!, machine);
  }),
  steps('__call__', '*args, **kwargs', function* (self, [args, keywords], machine) {
    if (self.origin === null) {
      throw machine.raise('TypeError', `Type ${self.name} cannot be instantiated; use its concrete type`);
    }
    const named = keywords as unknown as { readonly entries: ReadonlyMap<string, { readonly value: Value }> };
    const by = new Map([...named.entries].map(([name, { value }]) => [name, value] as const));
    return yield* machine.call(self.origin, (args as PyTuple).items, by);
  }),
];

/** isinstance and issubclass with a union, or with a name of `typing` that stands for a class. */
function* check(alias: PyAlias, name: 'isinstance' | 'issubclass', value: Value, machine: Machine): Steps {
  const type = machine.typeOf(null)!;
  if (isUnion(alias)) {
    const types = alias.args.map(arg => (arg === null ? type : arg));
    return yield* machine.call(machine.builtin(name), [value, new PyTuple(types)]);
  }
  if (alias.args.length > 0) {
    throw machine.raise('TypeError', `${name}() argument 2 cannot be a parameterized generic`);
  }
  if (alias.origin === null) throw machine.raise('TypeError', `${alias.name} cannot be used with ${name}()`);
  return yield* machine.call(machine.builtin(name), [value, alias.origin]);
}

/** `int | None`. */
export function union(types: readonly Value[]): Value {
  const unknown = types.find(type => type instanceof Unknown);
  if (unknown !== undefined) return unknown;
  const args = types.flatMap(type => (type instanceof PyAlias && isUnion(type) ? type.args : [type]));
  return new PyAlias('types.UnionType', null, args);
}

/** A union of types, however it is written: `isinstance` asks for each of its arguments. */
export function isUnion(alias: PyAlias): boolean {
  return alias.name === 'types.UnionType' || alias.name === 'typing.Union' || alias.name === 'typing.Optional';
}

export function aliasAttribute(self: Value, name: string): Value | undefined {
  if (!(self instanceof PyAlias)) return undefined;
  if (name === '__origin__') return self.origin;
  if (name === '__args__') return new PyTuple(self.args);
  if (name === '__parameters__') return new PyTuple([]);
  if (name === '__name__' || name === '_name') return self.name.replace('typing.', '');
  return undefined;
}

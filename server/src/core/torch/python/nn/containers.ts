// torch/nn/modules/container.py.
import type { Machine } from '../../../python/machine.ts';
import { PyDict, PyList, PySlice, type Steps, Unknown, type Value } from '../../../python/objects.ts';
import { PyParameter, PyTensor } from '../tensor.ts';
import { ModuleInstance } from './instance.ts';
import type { LayerClass } from './layers/spec.ts';
import { iterator, moduleOf, needName, registerParameter } from './module.ts';
import {
  dictOf,
  entry,
  itemsOf,
  keywordsOf,
  listOf,
  named,
  native,
  nativeSteps,
  numberOf,
  setEntry,
  tupleOf,
} from './natives.ts';
import type { NN } from './state.ts';

/** The children (or parameters) of a list, by their numbers. */
type Registry = 'children' | 'parameters';

function values(self: ModuleInstance, registry: Registry = 'children'): readonly Value[] {
  return named(self[registry]).map(([, value]) => value);
}

/** `list[i]` as Python counts; raises IndexError. */
function position(value: Value, length: number, machine: Machine): number {
  const index = numberOf(value);
  if (index === undefined) {
    throw machine.raise(
      'TypeError',
      `'${machine.typeOf(value)?.name ?? 'object'}' object cannot be interpreted as an integer`,
    );
  }
  if (index < -length || index >= length) throw machine.raise('IndexError', `index ${index} is out of range`);
  return index < 0 ? index + length : index;
}

/** The items that a slice takes; Unknown where a border of it is. */
function sliced<T>(items: readonly T[], slice: PySlice): readonly T[] | Unknown {
  const unknown = [slice.start, slice.stop, slice.step].find(value => value instanceof Unknown);
  if (unknown instanceof Unknown) return unknown;
  const step = slice.step === null ? 1 : (numberOf(slice.step) ?? 1);
  const { length } = items;
  const bound = (value: Value, byDefault: number): number => {
    if (value === null) return byDefault;
    const number = numberOf(value) ?? byDefault;
    const from = number < 0 ? number + length : number;
    return step > 0 ? Math.min(Math.max(from, 0), length) : Math.min(Math.max(from, -1), length - 1);
  };
  const result: T[] = [];
  const start = bound(slice.start, step > 0 ? 0 : length - 1);
  const stop = bound(slice.stop, step > 0 ? length : -1);
  for (let at = start; step > 0 ? at < stop : at > stop; at += step) result.push(items[at]!);
  return result;
}

/** Puts other items in place of all: their numbers are their names. */
function replaceAll(self: ModuleInstance, items: readonly Value[], registry: Registry = 'children'): void {
  self[registry].entries.clear();
  items.forEach((item, index) => {
    setEntry(self[registry], String(index), item);
  });
}

function asChild(value: Value, name: string, machine: Machine): Value {
  if (value === null || value instanceof ModuleInstance || value instanceof Unknown) return value;
  const cls = machine.typeOf(value);
  if (cls?.unknownBase) return cls.unknownBase;
  throw machine.raise('TypeError', `${cls?.name ?? 'object'} is not a Module subclass (${name})`);
}

/** All items of an iterable; what cannot be listed makes the contents unknown. */
function* listed(self: ModuleInstance, iterable: Value, machine: Machine): Steps<readonly Value[]> {
  if (iterable instanceof ModuleInstance && iterable.unknown) self.unknown = iterable.unknown;
  const items = yield* machine.list(iterable);
  if (!(items instanceof Unknown)) return items;
  self.unknown = items;
  return [];
}

/** A method whose result is unknown where the contents are. */
const reading = (
  name: string,
  signature: string,
  body: (self: ModuleInstance, args: readonly Value[], machine: Machine) => Value,
) =>
  native(name, signature, ([self, ...args], machine) => {
    const module = moduleOf(self, machine);
    return module.unknown ?? body(module, args, machine);
  });

/** What stands for the item of a list that an unknown integer chooses. */
function oneOf(nn: NN, self: ModuleInstance, index: Unknown): Value | undefined {
  return index.isInteger ? nn.world.choose(values(self), index, self) : undefined;
}

function indexing(nn: NN, keepsNames: boolean): Record<string, Value> {
  return {
    __len__: reading('__len__', 'self', self => self.children.entries.size),
    __iter__: reading('__iter__', 'self', self => iterator([...values(self)])),
    __reversed__: reading('__reversed__', 'self', self => iterator([...values(self)].reverse())),
    __getitem__: nativeSteps('__getitem__', 'self, idx', function* ([value, index], machine): Steps {
      const self = moduleOf(value, machine);
      if (self.unknown) return self.unknown;
      if (index instanceof Unknown) return oneOf(nn, self, index) ?? index.loose;
      if (index instanceof PyTensor) {
        const at = yield* machine.call(yield* machine.getAttribute(index, '__index__'), []);
        return at instanceof Unknown
          ? (oneOf(nn, self, at) ?? at.loose)
          : values(self)[position(at, self.children.entries.size, machine)]!;
      }
      if (!(index instanceof PySlice)) return values(self)[position(index!, self.children.entries.size, machine)]!;
      const items = sliced(named(self.children), index);
      if (items instanceof Unknown) return items;
      const given = keepsNames ? dictOf(items) : new PyList(items.map(([, item]) => item));
      const isNative = self.cls === nn.classes.get(self.cls.name);
      if (isNative && keepsNames) {
        const part = nn.create(self.cls);
        for (const [name, item] of items) setEntry(part.children, name, item);
        return part;
      }
      return yield* machine.call(self.cls, [given]);
    }),
    __setitem__: native('__setitem__', 'self, idx, module', ([value, index, item], machine) => {
      const self = moduleOf(value, machine);
      const names = [...self.children.entries.values()].map(each => String(each.key));
      setEntry(self.children, names[position(index!, names.length, machine)]!, asChild(item!, String(index), machine));
      return null;
    }),
    __delitem__: native('__delitem__', 'self, idx', ([value, index], machine) => {
      const self = moduleOf(value, machine);
      const list = values(self);
      if (index instanceof PySlice) {
        const gone = sliced(
          list.map((_, at) => at),
          index,
        );
        if (gone instanceof Unknown) self.unknown = gone;
        else
          replaceAll(
            self,
            list.filter((_, at) => !gone.includes(at)),
          );
      } else {
        const at = position(index!, list.length, machine);
        replaceAll(
          self,
          list.filter((_, each) => each !== at),
        );
      }
      return null;
    }),
    append: native('append', 'self, module', ([value, item], machine) => {
      const self = moduleOf(value, machine);
      const name = String(self.children.entries.size);
      setEntry(self.children, name, asChild(item!, name, machine));
      return self;
    }),
    insert: native('insert', 'self, index, module', ([value, index, item], machine) => {
      const self = moduleOf(value, machine);
      const list = [...values(self)];
      const at = numberOf(index!) ?? 0;
      list.splice(at < 0 ? Math.max(0, list.length + at) : at, 0, asChild(item!, String(at), machine));
      replaceAll(self, list);
      return self;
    }),
    extend: nativeSteps('extend', 'self, modules', function* ([value, items], machine): Steps {
      const self = moduleOf(value, machine);
      const added = yield* listed(self, items!, machine);
      for (const item of added) {
        const name = String(self.children.entries.size);
        setEntry(self.children, name, asChild(item, name, machine));
      }
      return self;
    }),
    __iadd__: nativeSteps('__iadd__', 'self, modules', function* ([self, items], machine): Steps {
      return yield* machine.call(yield* machine.getAttribute(self!, 'extend'), [items!]);
    }),
    __add__: nativeSteps('__add__', 'self, other', function* ([value, other], machine): Steps {
      const self = moduleOf(value, machine);
      const sum = nn.create(nn.cls(keepsNames ? 'Sequential' : 'ModuleList'));
      const items = [...values(self), ...(yield* listed(sum, other!, machine))];
      if (self.unknown) sum.unknown = self.unknown;
      replaceAll(sum, items);
      return sum;
    }),
    pop: native('pop', 'self, key=-1', ([value, index], machine) => {
      const self = moduleOf(value, machine);
      const list = values(self);
      const at = position(index!, list.length, machine);
      replaceAll(
        self,
        list.filter((_, each) => each !== at),
      );
      return list[at]!;
    }),
  };
}

function* forwardAll(self: ModuleInstance, input: Value, machine: Machine): Steps {
  if (self.unknown) return yield* machine.call(self.unknown, [input]);
  let x = input;
  for (const module of values(self)) x = yield* machine.call(module, [x]);
  return x;
}

/** Names of an OrderedDict, a dict, a ModuleDict or a list of pairs. */
function* pairsOf(self: ModuleInstance, given: Value, machine: Machine): Steps<readonly (readonly [string, Value])[]> {
  if (given === null) return [];
  if (given instanceof PyDict) {
    for (const { key } of given.entries.values())
      if (typeof key !== 'string' && !(key instanceof Unknown))
        throw machine.raise('TypeError', 'module name should be a string');
    return named(given);
  }
  if (given instanceof ModuleInstance) {
    if (given.unknown) self.unknown = given.unknown;
    return [...named(given.children), ...named(given.parameters)];
  }
  const items = yield* listed(self, given, machine);
  return items.map(item => {
    const [name, value] = listOf(item) ?? [];
    if (typeof name !== 'string' || value === undefined) {
      throw machine.raise('ValueError', 'elements must be key/value pairs');
    }
    return [name, value] as const;
  });
}

export const containers: readonly LayerClass[] = [
  {
    name: 'Container',
    file: 'container',
    init: '**kwargs',
    construct: (self, { kwargs }) => {
      for (const [name, value] of keywordsOf(kwargs)) setEntry(self.children, name, value);
    },
  },
  {
    name: 'Sequential',
    file: 'container',
    members: nn => ({
      ...indexing(nn, true),
      __init__: native('__init__', 'self, *args', ([value, args], machine) => {
        const self = moduleOf(value, machine);
        self.prepare();
        const list = itemsOf(args);
        const [first] = list;
        if (list.length === 1 && first instanceof PyDict) {
          for (const [name, item] of named(first)) setEntry(self.children, name, asChild(item, name, machine));
        } else
          replaceAll(
            self,
            list.map((item, at) => asChild(item, String(at), machine)),
          );
        return null;
      }),
    }),
    forward: (self, [input], nn) => forwardAll(self, input!, nn.machine),
  },
  {
    name: 'ModuleList',
    file: 'container',
    members: nn => ({
      ...indexing(nn, false),
      __init__: nativeSteps('__init__', 'self, modules=None', function* ([value, modules], machine): Steps {
        const self = moduleOf(value, machine);
        self.prepare();
        if (modules === null) return null;
        const items = yield* listed(self, modules!, machine);
        replaceAll(
          self,
          items.map((item, at) => asChild(item, String(at), machine)),
        );
        return null;
      }),
    }),
  },
  { name: 'ModuleDict', file: 'container', members: () => dictionary('children') },
  { name: 'ParameterList', file: 'container', members: nn => parameterList(nn) },
  { name: 'ParameterDict', file: 'container', members: nn => dictionary('parameters', nn) },
];

function dictionary(registry: Registry, nn?: NN): Record<string, Value> {
  const put = (self: ModuleInstance, name: Value, value: Value, machine: Machine): void => {
    if (typeof name !== 'string') throw machine.raise('TypeError', 'keys must be strings');
    needName(self, name, machine, registry === 'children' ? 'module' : 'parameter');
    if (registry === 'children') setEntry(self.children, name, asChild(value, name, machine));
    else putParameter(nn!, self, name, value);
  };
  const dictOfSelf = (self: ModuleInstance): PyDict => self[registry];
  return {
    __init__: nativeSteps(
      '__init__',
      `self, ${registry === 'children' ? 'modules' : 'parameters'}=None`,
      function* ([value, given], machine): Steps {
        const self = moduleOf(value, machine);
        self.prepare();
        for (const [name, item] of yield* pairsOf(self, given!, machine)) put(self, name, item, machine);
        return null;
      },
    ),
    update: nativeSteps('update', 'self, other', function* ([value, given], machine): Steps {
      const self = moduleOf(value, machine);
      for (const [name, item] of yield* pairsOf(self, given!, machine)) put(self, name, item, machine);
      return null;
    }),
    __getitem__: reading('__getitem__', 'self, key', (self, [name], machine) => {
      if (name instanceof Unknown) return name;
      const found = entry(dictOfSelf(self), String(name));
      if (found === undefined || typeof name !== 'string') throw machine.raise('KeyError', String(name));
      return found;
    }),
    __setitem__: native('__setitem__', 'self, key, value', ([self, name, value], machine) => {
      if (name instanceof Unknown) moduleOf(self, machine).unknown = name;
      else put(moduleOf(self, machine), name!, value!, machine);
      return null;
    }),
    __delitem__: native('__delitem__', 'self, key', ([value, name], machine) => {
      const self = moduleOf(value, machine);
      if (!dictOfSelf(self).entries.delete(String(name))) throw machine.raise('KeyError', String(name));
      return null;
    }),
    __len__: reading('__len__', 'self', self => dictOfSelf(self).entries.size),
    __iter__: reading('__iter__', 'self', self => iterator(named(dictOfSelf(self)).map(([name]) => name))),
    __contains__: reading('__contains__', 'self, key', (self, [name]) =>
      name instanceof Unknown ? name : typeof name === 'string' && dictOfSelf(self).entries.has(name),
    ),
    keys: reading('keys', 'self', self => new PyList(named(dictOfSelf(self)).map(([name]) => name))),
    values: reading('values', 'self', self => new PyList(named(dictOfSelf(self)).map(([, value]) => value))),
    items: reading('items', 'self', self => new PyList(named(dictOfSelf(self)).map(pair => tupleOf(pair)))),
    get: reading('get', 'self, key, default=None', (self, [name, byDefault]) =>
      typeof name === 'string' ? (entry(dictOfSelf(self), name) ?? byDefault!) : byDefault!,
    ),
    clear: native('clear', 'self', ([self], machine) => {
      dictOfSelf(moduleOf(self, machine)).entries.clear();
      return null;
    }),
    pop: native('pop', 'self, key', ([value, name], machine) => {
      const self = moduleOf(value, machine);
      const found = entry(dictOfSelf(self), String(name));
      if (found === undefined) throw machine.raise('KeyError', String(name));
      dictOfSelf(self).entries.delete(String(name));
      return found;
    }),
  };
}

/** Tensors in lists of parameters become parameters. */
function putParameter(nn: NN, self: ModuleInstance, name: string, value: Value): void {
  if (value instanceof PyParameter) registerParameter(self, name, value);
  else if (value instanceof PyTensor) registerParameter(self, name, nn.parameter(value));
  else setEntry(self.parameters, name, value);
}

function parameterList(nn: NN): Record<string, Value> {
  const append = (self: ModuleInstance, value: Value): void =>
    putParameter(nn, self, String(self.parameters.entries.size), value);
  return {
    __init__: nativeSteps('__init__', 'self, values=None', function* ([value, given], machine): Steps {
      const self = moduleOf(value, machine);
      self.prepare();
      if (given !== null) for (const item of yield* listed(self, given!, machine)) append(self, item);
      return null;
    }),
    append: native('append', 'self, value', ([value, item], machine) => {
      const self = moduleOf(value, machine);
      append(self, item!);
      return self;
    }),
    extend: nativeSteps('extend', 'self, values', function* ([value, given], machine): Steps {
      const self = moduleOf(value, machine);
      for (const item of yield* listed(self, given!, machine)) append(self, item);
      return self;
    }),
    __iadd__: nativeSteps('__iadd__', 'self, values', function* ([self, given], machine): Steps {
      return yield* machine.call(yield* machine.getAttribute(self!, 'extend'), [given!]);
    }),
    __len__: reading('__len__', 'self', self => self.parameters.entries.size),
    __iter__: reading('__iter__', 'self', self => iterator([...values(self, 'parameters')])),
    __getitem__: reading('__getitem__', 'self, idx', (self, [index], machine) => {
      const list = values(self, 'parameters');
      if (index instanceof Unknown) return (index.isInteger ? nn.world.choose(list, index) : undefined) ?? index.loose;
      if (!(index instanceof PySlice)) return list[position(index!, list.length, machine)]!;
      const items = sliced(list, index);
      if (items instanceof Unknown) return items;
      const part = nn.create(nn.cls('ParameterList'));
      for (const item of items) append(part, item);
      return part;
    }),
    __setitem__: native('__setitem__', 'self, idx, value', ([value, index, item], machine) => {
      const self = moduleOf(value, machine);
      putParameter(nn, self, String(position(index!, self.parameters.entries.size, machine)), item!);
      return null;
    }),
  };
}

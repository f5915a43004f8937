// The methods of dict and its views.
import type { Machine } from '../machine.ts';
import { isGiven } from '../native.ts';
import {
  type Key,
  type Native,
  notImplemented,
  PyDict,
  PyIterator,
  PyTuple,
  PyView,
  poison,
  type Raised,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { overrides, special, typeName } from './classes.ts';
import { collect, itemOf } from './conversions.ts';
import { maxItems, tooLong } from './limits.ts';
import { find } from './list.ts';
import { methodsOf } from './methods.ts';
import { combine, entriesOf, setEntries } from './set.ts';
import { containerText, viewItems } from './text.ts';

const { lenient, steps } = methodsOf('dict', value => (value instanceof PyDict ? value : undefined));

/** Writes an entry; one whose key is unknown makes all of them unknown. */
export function put(dict: PyDict, key: Value, value: Value, machine: Machine): void {
  const id = machine.keyOf(key);
  if (id instanceof Unknown) {
    poison(dict, id);
    return;
  }
  const entry = dict.entries.get(id);
  if (entry !== undefined) entry.value = value;
  else if (dict.entries.size >= maxItems) poison(dict, tooLong(machine));
  else dict.entries.set(id, { key, value });
}

/** The value of a key; Unknown where the key is, undefined where there is none. */
export function get(dict: PyDict, key: Value, machine: Machine): Value | undefined {
  const id = machine.keyOf(key);
  if (id instanceof Unknown) return id;
  return dict.entries.get(id)?.value;
}

/** A dict with keys that are texts. */
export function dictOf(entries: Iterable<readonly [string, Value]>): PyDict {
  const dict = new PyDict();
  for (const [key, value] of entries) dict.entries.set(key, { key, value });
  return dict;
}

/** dict.update from a mapping or pairs. */
export function* update(dict: PyDict, from: Value, machine: Machine): Steps {
  if (from instanceof Unknown) {
    poison(dict, from);
    return null;
  }
  if (from instanceof PyDict && !overrides(from, 'keys') && !overrides(from, '__getitem__')) {
    const entries = [...from.entries];
    machine.charge(entries.length);
    for (const [id, { key, value }] of entries) {
      const entry = dict.entries.get(id);
      if (entry !== undefined) entry.value = value;
      else dict.entries.set(id, { key, value });
    }
    if (dict.entries.size > maxItems) poison(dict, tooLong(machine));
    return null;
  }
  if (special(from, 'keys', machine) !== undefined) {
    const found = yield* machine.call(yield* machine.getAttribute(from, 'keys'), []);
    const keys = yield* collect(found, machine);
    if (keys instanceof Unknown) {
      poison(dict, keys);
      return null;
    }
    for (const key of keys) put(dict, key, yield* itemOf(from, key, machine), machine);
    return null;
  }
  const pairs = yield* collect(from, machine);
  if (pairs instanceof Unknown) {
    poison(dict, pairs);
    return null;
  }
  for (const [index, pair] of pairs.entries()) {
    const items = yield* collect(pair, machine);
    if (items instanceof Unknown) {
      poison(dict, items);
      return null;
    }
    if (items.length !== 2) {
      throw machine.raise(
        'ValueError',
        `dictionary update sequence element #${index} has length ${items.length}; 2 is required`,
      );
    }
    put(dict, items[0]!, items[1]!, machine);
  }
  return null;
}

function missing(key: Value, machine: Machine): Raised {
  return machine.raiseWith('KeyError', [key]);
}

export const dictMethods: readonly Native[] = [
  steps('__init__', 'iterable=..., /, **kwargs', function* (self, [iterable, keywords], machine) {
    if (isGiven(iterable!)) yield* update(self, iterable!, machine);
    if ((keywords as PyDict).entries.size > 0) yield* update(self, keywords!, machine);
    return null;
  }),
  lenient('get', 'key, default=None, /', (self, [key, standard], machine) => {
    const found = get(self, key!, machine);
    return found === undefined ? standard! : found;
  }),
  lenient('keys', '', self => new PyView('dict_keys', self)),
  lenient('values', '', self => new PyView('dict_values', self)),
  lenient('items', '', self => new PyView('dict_items', self)),
  lenient('pop', 'key, default=..., /', (self, [key, standard], machine) => {
    const id = machine.keyOf(key!);
    if (id instanceof Unknown) {
      poison(self, id);
      return id;
    }
    const entry = self.entries.get(id);
    if (entry === undefined) {
      if (isGiven(standard!)) return standard!;
      throw missing(key!, machine);
    }
    self.entries.delete(id);
    return entry.value;
  }),
  lenient('popitem', 'last=True', (self, [last], machine) => {
    if (self.entries.size === 0) throw machine.raise('KeyError', 'popitem(): dictionary is empty');
    if (last instanceof Unknown) {
      poison(self, last);
      return last;
    }
    const [id, { key, value }] =
      last === false || last === 0 ? self.entries.entries().next().value! : [...self.entries].at(-1)!;
    self.entries.delete(id);
    return new PyTuple([key, value]);
  }),
  lenient('setdefault', 'key, default=None, /', (self, [key, standard], machine) => {
    const found = get(self, key!, machine);
    if (found instanceof Unknown && machine.keyOf(key!) instanceof Unknown) poison(self, found);
    if (found !== undefined) return found;
    put(self, key!, standard!, machine);
    return standard!;
  }),
  steps('update', 'other=..., /, **kwargs', function* (self, [other, keywords], machine) {
    if (isGiven(other!)) yield* update(self, other!, machine);
    if ((keywords as PyDict).entries.size > 0) yield* update(self, keywords!, machine);
    return null;
  }),
  lenient('clear', '', self => {
    self.entries.clear();
    return null;
  }),
  lenient('copy', '', (self, _, machine) => {
    machine.charge(self.entries.size);
    return copyOf(self);
  }),
  steps('__repr__', '', function* (self, _, machine) {
    return yield* containerText(self, machine);
  }),
  lenient('__reversed__', '', self => {
    const keys = [...self.entries.values()].map(entry => entry.key);
    return new PyIterator(() => keys.pop());
  }),
];

/** A plain dict with the same entries. */
export function copyOf(dict: PyDict): PyDict {
  const copy = new PyDict();
  for (const [id, { key, value }] of dict.entries) copy.entries.set(id, { key, value });
  return copy;
}

/** dict.fromkeys, a class method. */
export function* fromKeys(cls: Value, iterable: Value, value: Value, machine: Machine): Steps {
  const keys = yield* collect(iterable, machine);
  if (keys instanceof Unknown) return keys;
  const dict = yield* machine.call(cls, []);
  if (!(dict instanceof PyDict)) return machine.unknown(`${typeName(dict, machine)}.fromkeys()`);
  for (const key of keys) put(dict, key, value, machine);
  return dict;
}

const view = methodsOf('dict_keys', value => (value instanceof PyView ? value : undefined));

/** An iterator over a view; the dict must keep its size meanwhile. */
export function viewIterator(of: PyView, machine: Machine): PyIterator {
  const { entries } = of.dict;
  const { size } = entries;
  const values = entries.values();
  return new PyIterator(() => {
    if (of.dict.entries.size !== size) throw machine.raise('RuntimeError', 'dictionary changed size during iteration');
    const { done, value: entry } = values.next();
    if (done) return undefined;
    if (of.kind === 'dict_keys') return entry.key;
    return of.kind === 'dict_values' ? entry.value : new PyTuple([entry.key, entry.value]);
  });
}

/** `in` for a view. */
function* isIn(of: PyView, item: Value, machine: Machine): Steps {
  if (of.kind === 'dict_keys') {
    const id = machine.keyOf(item);
    return id instanceof Unknown ? id : of.dict.entries.has(id);
  }
  if (of.kind === 'dict_values') {
    const at = yield* find(viewItems(of), item, machine);
    return at instanceof Unknown ? at : at >= 0;
  }
  if (item instanceof Unknown) return item;
  if (!(item instanceof PyTuple) || item.items.length !== 2) return false;
  const found = get(of.dict, item.items[0]!, machine);
  return found === undefined ? false : yield* machine.equals(found, item.items[1]!);
}

/** `a op b` where one is a view of keys or items. */
function setOperator(name: string, operator: '|' | '&' | '-' | '^', isReflected = false): Native {
  return view.steps(name, 'other, /', function* (self, [other], machine) {
    const own = setEntries(self, machine);
    if (own === undefined) return notImplemented;
    const entries = yield* entriesOf(other!, machine);
    if (own instanceof Unknown) return own;
    if (entries instanceof Unknown) return entries;
    return isReflected ? combine(operator, 'set', entries, own) : combine(operator, 'set', own, entries);
  });
}

/** A comparison of a view of keys or items with another set. */
function setComparison(
  name: string,
  test: (own: ReadonlyMap<Key, Value>, other: ReadonlyMap<Key, Value>) => boolean,
): Native {
  return view.lenient(name, 'other, /', (self, [other], machine) => {
    if (other instanceof Unknown) return other;
    const [own, entries] = [setEntries(self, machine), setEntries(other!, machine)];
    if (own === undefined || entries === undefined) return notImplemented;
    if (own instanceof Unknown) return own;
    return entries instanceof Unknown ? entries : test(own, entries);
  });
}

const within = (a: ReadonlyMap<Key, Value>, b: ReadonlyMap<Key, Value>) => [...a.keys()].every(id => b.has(id));

export const viewMethods: readonly Native[] = [
  view.steps('__repr__', '', function* (self, _, machine) {
    return yield* containerText(self, machine);
  }),
  view.lenient('__iter__', '', (self, _, machine) => viewIterator(self, machine)),
  view.lenient('__len__', '', self => self.dict.entries.size),
  view.steps('__contains__', 'item, /', (self, [item], machine) => isIn(self, item!, machine)),
  view.lenient('__reversed__', '', self => {
    const items = viewItems(self);
    return new PyIterator(() => items.pop());
  }),
  setOperator('__or__', '|'),
  setOperator('__ror__', '|', true),
  setOperator('__and__', '&'),
  setOperator('__rand__', '&', true),
  setOperator('__sub__', '-'),
  setOperator('__rsub__', '-', true),
  setOperator('__xor__', '^'),
  setOperator('__rxor__', '^', true),
  setComparison('__eq__', (a, b) => a.size === b.size && within(a, b)),
  setComparison('__le__', within),
  setComparison('__lt__', (a, b) => a.size < b.size && within(a, b)),
  setComparison('__ge__', (a, b) => within(b, a)),
  setComparison('__gt__', (a, b) => b.size < a.size && within(b, a)),
  view.steps('isdisjoint', 'other, /', function* (self, [other], machine) {
    const own = setEntries(self, machine);
    if (own === undefined) return machine.unknown('dict_values.isdisjoint()');
    const entries = yield* entriesOf(other!, machine);
    if (own instanceof Unknown) return own;
    return entries instanceof Unknown ? entries : ![...own.keys()].some(id => entries.has(id));
  }),
];

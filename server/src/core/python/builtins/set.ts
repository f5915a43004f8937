// The methods of set and frozenset.
import type { Machine } from '../machine.ts';
import { isGiven } from '../native.ts';
import {
  type Key,
  type Native,
  PySet,
  type PyTuple,
  PyView,
  poison,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { typeName } from './classes.ts';
import { collect } from './conversions.ts';
import { maxItems, tooLong } from './limits.ts';
import { methodsOf } from './methods.ts';
import { containerText, viewItems } from './text.ts';

const both = methodsOf('set', value => (value instanceof PySet ? value : undefined));
const mutable = methodsOf('set', value => (value instanceof PySet && value.kind === 'set' ? value : undefined));

/** The elements of an iterable by their keys. */
export function* entriesOf(iterable: Value, machine: Machine): Steps<Map<Key, Value> | Unknown> {
  if (iterable instanceof PySet) return new Map(iterable.entries);
  const items = yield* collect(iterable, machine);
  if (items instanceof Unknown) return items;
  const entries = new Map<Key, Value>();
  for (const item of items) {
    const id = machine.keyOf(item);
    // With an element that may equal any other not even the number of elements is known.
    if (id instanceof Unknown) return id;
    if (!entries.has(id)) entries.set(id, item);
  }
  return entries;
}

function made(kind: 'set' | 'frozenset', entries: Iterable<readonly [Key, Value]>): PySet {
  const set = new PySet(kind);
  for (const [id, item] of entries) set.entries.set(id, item);
  return set;
}

/** `a op b` of sets (and views of dicts). */
export function combine(
  operator: '|' | '&' | '-' | '^',
  kind: 'set' | 'frozenset',
  a: ReadonlyMap<Key, Value>,
  b: ReadonlyMap<Key, Value>,
): PySet {
  switch (operator) {
    case '|':
      return made(kind, [...a, ...[...b].filter(([id]) => !a.has(id))]);
    case '&':
      return a.size < b.size
        ? made(
            kind,
            [...a].filter(([id]) => b.has(id)),
          )
        : made(
            kind,
            [...b].filter(([id]) => a.has(id)),
          );
    case '-':
      return made(
        kind,
        [...a].filter(([id]) => !b.has(id)),
      );
    case '^':
      return made(kind, [...[...b].filter(([id]) => !a.has(id)), ...[...a].filter(([id]) => !b.has(id))]);
  }
}

/** The elements of a set or of a view of a dict's keys or items, by their keys; undefined for other values. */
export function setEntries(value: Value, machine: Machine): ReadonlyMap<Key, Value> | Unknown | undefined {
  if (value instanceof PySet) return value.entries;
  if (!(value instanceof PyView) || value.kind === 'dict_values') return undefined;
  const entries = new Map<Key, Value>();
  for (const item of viewItems(value)) {
    const id = machine.keyOf(item);
    if (id instanceof Unknown) return id;
    entries.set(id, item);
  }
  return entries;
}

function combined(name: string, operator: '|' | '&' | '-' | '^'): Native {
  return both.steps(name, '*others', function* (self, [others], machine) {
    let result = made(self.kind, self.entries);
    for (const other of (others as PyTuple).items) {
      const entries = yield* entriesOf(other, machine);
      if (entries instanceof Unknown) return entries;
      result = combine(operator, self.kind, result.entries, entries);
    }
    return result;
  });
}

function updated(name: string, operator: '|' | '&' | '-' | '^'): Native {
  return mutable.steps(name, '*others', function* (self, [others], machine) {
    for (const other of (others as PyTuple).items) {
      const entries = yield* entriesOf(other, machine);
      if (entries instanceof Unknown) {
        poison(self, entries);
        return null;
      }
      const result = combine(operator, 'set', self.entries, entries);
      if (result.entries.size > maxItems) poison(self, tooLong(machine));
      else {
        self.entries.clear();
        for (const [id, item] of result.entries) self.entries.set(id, item);
      }
    }
    return null;
  });
}

export const setMethods: readonly Native[] = [
  both.steps('__repr__', '', function* (self, _, machine) {
    return yield* containerText(self, machine);
  }),
  both.lenient('copy', '', self => made(self.kind, self.entries)),
  combined('union', '|'),
  combined('intersection', '&'),
  combined('difference', '-'),
  combined('symmetric_difference', '^'),
  both.steps('issubset', 'other, /', function* (self, [other], machine) {
    const entries = yield* entriesOf(other!, machine);
    return entries instanceof Unknown ? entries : [...self.entries.keys()].every(id => entries.has(id));
  }),
  both.steps('issuperset', 'other, /', function* (self, [other], machine) {
    const entries = yield* entriesOf(other!, machine);
    return entries instanceof Unknown ? entries : [...entries.keys()].every(id => self.entries.has(id));
  }),
  both.steps('isdisjoint', 'other, /', function* (self, [other], machine) {
    const entries = yield* entriesOf(other!, machine);
    return entries instanceof Unknown ? entries : ![...entries.keys()].some(id => self.entries.has(id));
  }),
];

export const mutableSetMethods: readonly Native[] = [
  mutable.steps('__init__', 'iterable=..., /', function* (self, [iterable], machine) {
    self.entries.clear();
    if (!isGiven(iterable!)) return null;
    const entries = yield* entriesOf(iterable!, machine);
    if (entries instanceof Unknown) poison(self, entries);
    else for (const [id, item] of entries) self.entries.set(id, item);
    return null;
  }),
  mutable.lenient('add', 'element, /', (self, [element], machine) => {
    const id = machine.keyOf(element!);
    if (id instanceof Unknown) poison(self, id);
    else if (self.entries.size >= maxItems) poison(self, tooLong(machine));
    else if (!self.entries.has(id)) self.entries.set(id, element!);
    return null;
  }),
  mutable.lenient('discard', 'element, /', (self, [element], machine) => {
    const id = machine.keyOf(element!);
    if (id instanceof Unknown) poison(self, id);
    else self.entries.delete(id);
    return null;
  }),
  mutable.lenient('remove', 'element, /', (self, [element], machine) => {
    const id = machine.keyOf(element!);
    if (id instanceof Unknown) poison(self, id);
    else if (!self.entries.delete(id)) throw machine.raiseWith('KeyError', [element!]);
    return null;
  }),
  mutable.lenient('pop', '', (self, _, machine) => {
    const entries = [...self.entries];
    if (entries.length === 0) throw machine.raise('KeyError', 'pop from an empty set');
    // Which one Python takes depends on hashes.
    if (entries.length > 1) {
      const unknown = machine.unknown(`${typeName(self, machine)}.pop()`);
      poison(self, unknown);
      return unknown;
    }
    self.entries.clear();
    return entries[0]![1];
  }),
  mutable.lenient('clear', '', self => {
    self.entries.clear();
    return null;
  }),
  updated('update', '|'),
  updated('intersection_update', '&'),
  updated('difference_update', '-'),
  updated('symmetric_difference_update', '^'),
];

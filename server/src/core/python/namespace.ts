// `__dict__`, `globals()` and `vars()`: dicts of Python that read and write the names of an object.
import type { Machine } from './machine.ts';
import { type Key, PyDict, type PyModule, type Value } from './objects.ts';

type Entry = { readonly key: Value; value: Value };

/** What stands for a name that is not there, but may be where the program really runs. */
type Missing = (name: string) => Value | undefined;

/** A Map of entries that holds nothing itself. */
class NamespaceEntries extends Map<Key, Entry> {
  // Set after Map's own constructor, which may ask for entries.
  #names: Map<string, Value> | undefined;

  #missing: Missing | undefined;

  static of(names: Map<string, Value>, missing: Missing | undefined): NamespaceEntries {
    const entries = new NamespaceEntries();
    entries.#names = names;
    entries.#missing = missing;
    return entries;
  }

  get #all(): Map<string, Value> {
    return this.#names ?? new Map();
  }

  #entry(name: string, value: Value): Entry {
    const names = this.#all;
    return {
      key: name,
      get value() {
        return value;
      },
      set value(next: Value) {
        names.set(name, next);
      },
    };
  }

  override get size(): number {
    return this.#all.size;
  }

  override get(key: Key): Entry | undefined {
    if (typeof key !== 'string') return undefined;
    const own = this.#all.get(key);
    const value = own === undefined ? this.#missing?.(key) : own;
    return value === undefined ? undefined : this.#entry(key, value);
  }

  override has(key: Key): boolean {
    return typeof key === 'string' && this.#all.has(key);
  }

  override set(key: Key, entry: Entry): this {
    if (typeof key === 'string') this.#all.set(key, entry.value);
    return this;
  }

  override delete(key: Key): boolean {
    return typeof key === 'string' && this.#all.delete(key);
  }

  override clear(): void {
    this.#all.clear();
  }

  override *entries(): MapIterator<[Key, Entry]> {
    for (const [name, value] of this.#all) yield [name, this.#entry(name, value)];
    return undefined;
  }

  override *keys(): MapIterator<Key> {
    yield* this.#all.keys();
    return undefined;
  }

  override *values(): MapIterator<Entry> {
    for (const [name, value] of this.#all) yield this.#entry(name, value);
    return undefined;
  }

  override [Symbol.iterator](): MapIterator<[Key, Entry]> {
    return this.entries();
  }

  override forEach(each: (value: Entry, key: Key, map: Map<Key, Entry>) => void): void {
    for (const [key, entry] of this.entries()) each(entry, key, this);
  }
}

/** Whether a Map only shows the names of an object. */
export const isNamespace = (map: ReadonlyMap<unknown, unknown>): boolean => map instanceof NamespaceEntries;

const views = new WeakMap<Map<string, Value>, PyDict>();

/** The names of a module as its globals; what imports that failed would have bound is unknown. */
export function globalsOf(module: PyModule, machine: Machine): PyDict {
  return namespaceView(module.dict, name => {
    const { forgone, unknownNames } = module;
    const known = forgone?.get(name);
    return known ?? (unknownNames && !name.startsWith('__') ? machine.unknownMember(unknownNames, name) : undefined);
  });
}

/** The dict through which Python sees the names; the same one each time. */
export function namespaceView(names: Map<string, Value>, missing?: Missing): PyDict {
  let view = views.get(names);
  if (!view) {
    view = new PyDict(NamespaceEntries.of(names, missing));
    views.set(names, view);
  }
  return view;
}

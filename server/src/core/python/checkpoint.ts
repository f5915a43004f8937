// What a machine holds between two readings: whatever a program changes in it can be put back.
import { isOpen } from './builtins/open.ts';
import { PyGenerator } from './frame.ts';
import { isNamespace } from './namespace.ts';
import { Native, PyClass, PyInstance, PyIterator, PyLazy, PyModule, PyObject, PyTuple, Unknown } from './objects.ts';

/** What an object held, one by one. */
type State =
  | { readonly kind: 'list'; readonly object: unknown[]; readonly held: readonly unknown[] }
  | { readonly kind: 'numbers'; readonly object: Float64Array; readonly held: readonly number[] }
  /** Keys and values by turns. */
  | { readonly kind: 'map'; readonly object: Map<unknown, unknown>; readonly held: readonly unknown[] }
  | { readonly kind: 'set'; readonly object: Set<unknown>; readonly held: readonly unknown[] }
  | {
      readonly kind: 'fields';
      readonly object: Record<string, unknown>;
      readonly held: readonly unknown[];
      readonly names: readonly string[];
    };

/** A name of a module. */
export interface Loaded {
  readonly module: string;
  readonly name: string;
}

/** What has changed since. */
interface Changes {
  /** Names whose definition or import had been put off until now, in the order in which they were needed. */
  readonly loaded: readonly Loaded[];
  /** Whether anything else is other than it was that a definition may go by: all but the attributes of instances. */
  readonly isSeen: boolean;
}

/** How far something has come that is put off. */
const incidental: ReadonlySet<string> = new Set(['isResolving', 'isPending', 'order']);

/** More than any file imports; a program may make more at its beginning. */
const mostHeld = 400_000;

/** Instances whose state is not in them. */
const isElsewhere = (value: PyInstance): boolean =>
  isOpen(value) || value.cls.module === 'argparse' || value.cls.name === 'ExitStack';

export class Checkpoint {
  readonly #states: State[] = [];
  /** The names of modules, with whose they are. */
  readonly #modules = new Map<object, PyModule>();
  /** The attributes of instances. */
  readonly #attributes = new Set<object>();
  /** Modules that had not run yet. */
  readonly #pending = new Set<PyModule>();
  readonly #books: Set<object>;
  /** False where something has a state that cannot be seen: an iterator, an open file. */
  readonly isWhole: boolean;

  /** Of everything that can be reached; `books` are lists and maps in which the machine keeps what it has imported. */
  constructor(books: readonly object[]) {
    this.#books = new Set(books);
    const known = new Set<object>();
    const stack: object[] = [...books];
    let isWhole = true;
    let held = 0;
    while (stack.length > 0 && isWhole) {
      const object = stack.pop()!;
      if (known.has(object)) continue;
      known.add(object);
      if (object instanceof PyIterator || object instanceof PyGenerator) isWhole = false;
      if (object instanceof PyInstance) {
        if (object.dict) this.#attributes.add(object.dict);
        if (isElsewhere(object)) isWhole = false;
      }
      if (object instanceof PyModule) {
        this.#modules.set(object.dict, object);
        if (object.isPending) this.#pending.add(object);
      }
      if (object instanceof PyClass) {
        const { dict, mro, metaclass, derived } = object;
        stack.push(dict, ...mro);
        if (metaclass) stack.push(metaclass);
        this.#states.push({ kind: 'list', object: derived, held: [...derived] });
        this.#books.add(derived);
        continue;
      }
      if (object instanceof PyTuple) {
        if (object.own) stack.push(object.own);
        for (const item of object.items) if (item instanceof PyObject) stack.push(item);
        continue;
      }
      const state = stateOf(object);
      if (!state) continue;
      this.#states.push(state);
      held += state.held.length;
      if (held > mostHeld) isWhole = false;
      // What waits in the books is text, and trees of syntax.
      const isBook = this.#books.has(object);
      for (const value of state.held) {
        if (typeof value === 'object' && value !== null && (!isBook || value instanceof PyObject)) stack.push(value);
      }
    }
    this.isWhole = isWhole;
  }

  /** What is other than it was. */
  changes(): Changes {
    const loaded: (Loaded & { readonly order: number })[] = [];
    let isSeen = false;
    for (const state of this.#states) {
      if (isSame(state) || this.#books.has(state.object) || this.#attributes.has(state.object)) continue;
      const module = this.#modules.get(state.object);
      if (state.kind !== 'map' || !module) {
        isSeen ||= state.kind !== 'fields' || !isOfImport(state);
        continue;
      }
      if (this.#pending.has(module)) continue;
      const { object, held } = state;
      for (let at = 0; at < held.length; at += 2) {
        const value = object.get(held[at]);
        if (value === held[at + 1]) continue;
        const before = held[at + 1];
        if (before instanceof PyLazy && value !== undefined)
          loaded.push({ module: module.name, name: held[at] as string, order: before.order });
        else isSeen = true;
      }
      if (object.size === held.length / 2) continue;
      const names = new Set(held.filter((_, at) => at % 2 === 0));
      for (const [name, value] of object) {
        // Parts of packages, and what native modules make when it is asked for.
        if (!names.has(name) && !(value instanceof PyModule) && !module.lazy) isSeen = true;
      }
    }
    return { loaded: loaded.toSorted((a, b) => a.order - b.order), isSeen };
  }

  /** Puts everything back; false where that cannot be done. */
  restore(): boolean {
    for (const module of this.#pending) module.isPending = true;
    for (const state of this.#states) {
      if (isSame(state)) continue;
      const { kind, object, held } = state;
      switch (kind) {
        case 'list':
          object.splice(0, object.length, ...held);
          break;
        case 'numbers':
          object.set(held);
          break;
        case 'map':
          object.clear();
          for (let at = 0; at < held.length; at += 2) object.set(held[at], held[at + 1]);
          break;
        case 'set':
          object.clear();
          for (const value of held) object.add(value);
          break;
        case 'fields':
          // What is written into a tensor's memory is not seen here.
          if ('version' in object && 'written' in object) return false;
          for (let at = 0; at < held.length; at++) object[state.names[at]!] = held[at];
      }
    }
    return true;
  }
}

/** What an import leaves behind in a module beside names. */
function isOfImport({ object, names, held }: State & { readonly kind: 'fields' }): boolean {
  return (
    object instanceof PyModule &&
    names.every((name, at) => object[name as keyof PyModule] === held[at] || ['unknownNames', 'forgone'].includes(name))
  );
}

function stateOf(object: object): State | undefined {
  if (object instanceof Native || object instanceof Unknown) return undefined;
  if (Array.isArray(object)) return { kind: 'list', object, held: [...object] };
  if (object instanceof Map) {
    return isNamespace(object) ? undefined : { kind: 'map', object, held: [...object].flat() };
  }
  if (object instanceof Set) return { kind: 'set', object, held: [...object] };
  if (ArrayBuffer.isView(object))
    return { kind: 'numbers', object: object as Float64Array, held: [...(object as Float64Array)] };
  const names = Object.keys(object).filter(name => !incidental.has(name));
  const own = object as Record<string, unknown>;
  return { kind: 'fields', object: own, names, held: names.map(name => own[name]) };
}

function isSame(state: State): boolean {
  const { kind, object, held } = state;
  let at = 0;
  switch (kind) {
    case 'list':
    case 'numbers':
      if (object.length !== held.length) return false;
      for (; at < held.length; at++) if (!Object.is(object[at], held[at])) return false;
      return true;
    case 'map':
      if (object.size * 2 !== held.length) return false;
      for (const [key, value] of object) {
        if (key !== held[at] || value !== held[at + 1]) return false;
        at += 2;
      }
      return true;
    case 'set':
      if (object.size !== held.length) return false;
      for (const value of object) if (value !== held[at++]) return false;
      return true;
    case 'fields':
      for (; at < held.length; at++) if (!Object.is(object[state.names[at]!], held[at])) return false;
      return true;
  }
}

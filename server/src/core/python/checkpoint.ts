// What a machine holds between two readings: whatever a program changes in it can be put back.
import { isOpen } from './builtins/open.ts';
import { PyGenerator } from './frame.ts';
import { isNamespace } from './namespace.ts';
import {
  CountedNames,
  classChanges,
  moduleChanges,
  Native,
  PyAlias,
  PyClass,
  PyClassMethod,
  PyDict,
  PyFloat,
  PyFunction,
  PyInstance,
  PyIterator,
  PyLazy,
  PyList,
  PyModule,
  PyObject,
  PyProperty,
  PySet,
  PyStaticMethod,
  PyTuple,
  poison,
  poisonOf,
  Unknown,
  UnknownAccess,
  unpoison,
  type Value,
} from './objects.ts';

/** What an object held, one by one. */
type State =
  | { readonly kind: 'list'; readonly object: unknown[]; readonly held: readonly unknown[] }
  | { readonly kind: 'numbers'; readonly object: Float64Array; readonly held: readonly number[] }
  | {
      readonly kind: 'map';
      readonly object: Map<unknown, unknown>;
      /** Keys and values by turns. */
      readonly held: readonly unknown[];
      /** For `CountedNames`, the count at which the map was last found to be the same; NaN for other maps. */
      sameAt: number;
    }
  | { readonly kind: 'set'; readonly object: Set<unknown>; readonly held: readonly unknown[] }
  | {
      readonly kind: 'fields';
      /** Functions and entries of dictionaries, which nearly all objects are, are compared without their names. */
      readonly of: 'function' | 'entry' | 'other';
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
  /** The states that have changed, for `restore`; valid until something else changes. */
  readonly states: readonly State[];
}

/** How far something has come that is put off; where a tensor is in the graph, as long as it is recorded. */
const incidental: ReadonlySet<string> = new Set(['isResolving', 'isPending', 'order', 'node']);

/** States that need not be looked at while a count stays the same. */
interface Counted {
  readonly changes: { readonly count: number };
  readonly states: readonly State[];
  at: number;
  readonly changed: Set<State>;
}

/** An entry of a dictionary. */
interface Entry {
  readonly key: unknown;
  readonly value: unknown;
}

/** The fields of a function that change. */
const changing: readonly string[] = ['dict', 'owner'] satisfies (keyof PyFunction)[];

/** Attributes of a function can be set. */
const isDict = (object: object, value: object): boolean => object instanceof PyFunction && object.dict === value;

/** Objects whose fields never change. */
const finals = [PyFloat, PyLazy, PyClassMethod, PyStaticMethod, PyProperty, PyAlias];

/** Ends what is told of an object. */
const end = Symbol('end');

/** Parts of packages, and what native modules make when it is asked for. */
const isLoaded = (module: PyModule | undefined, value: unknown): boolean =>
  module !== undefined && (value instanceof PyModule || (module.lazy !== undefined && isNative(value)));

const isNative = (value: unknown): boolean =>
  value instanceof Native || (value instanceof PyClass && value.place === undefined);

export const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';

/** Bases that are not the program's own, and read no attributes of what derives from them but these. */
const plainBases: ReadonlySet<string> = new Set(['object', 'Module', 'Sequential', 'ModuleList', 'ModuleDict']);
const ofNatives: ReadonlySet<string> = new Set(['training', 'forward', 'dump_patches', 'call_super_init', 'inplace']);

/** Whether only the program's own code reads an attribute of that name. */
export const isOwnName = (name: string): boolean => !name.startsWith('_') && !ofNatives.has(name);

/** More than any file imports; a program may make more at its beginning. */
const mostHeld = 400_000;

/** Instances whose state is not in them. */
const isElsewhere = (value: PyInstance): boolean =>
  isOpen(value) || value.cls.module === 'argparse' || value.cls.name === 'ExitStack';

export class Checkpoint {
  readonly #states: State[] = [];
  /** The names of modules, with whose they are. */
  readonly #modules = new Map<object, PyModule>();
  /** The names of classes, with whose they are. */
  readonly #classes = new Map<object, PyClass>();
  /** The attributes of instances. */
  readonly #attributes = new Set<object>();
  /** Modules that had not run yet. */
  readonly #pending = new Set<PyModule>();
  readonly #books: Set<object>;
  /** All that could be reached. */
  readonly #known: ReadonlySet<object>;
  /** The states whose changes are counted, and the others that a program can change. */
  readonly #counted: readonly Counted[];
  readonly #others: readonly State[];
  /** False where something has a state that cannot be seen: an iterator, an open file. */
  readonly isWhole: boolean;

  /**
   * Of everything that can be reached; `books` are lists and maps in which the machine keeps what it has imported, `open`
   * those among them that a program can write into.
   */
  constructor(books: readonly object[], open: readonly object[]) {
    this.#books = new Set(books);
    const known = new Set<object>();
    const fixed = new Set<object>();
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
        this.#classes.set(dict, object);
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
      // What our own objects are made of once and for all, and the lists and maps in it.
      const isFinal = finals.some(cls => object instanceof cls);
      if (isFinal) fixed.add(object);
      if (isFinal || object instanceof PyFunction)
        for (const value of state.held)
          if (value instanceof Object && !(value instanceof PyObject) && !isDict(object, value)) fixed.add(value);
      held += state.held.length;
      if (held > mostHeld) isWhole = false;
      // What waits in the books is text, and trees of syntax.
      const isBook = this.#books.has(object);
      for (const value of state.held) {
        if (typeof value === 'object' && value !== null && (!isBook || value instanceof PyObject)) stack.push(value);
      }
    }
    this.isWhole = isWhole;
    this.#known = known;
    const isOf = (of: 'class' | 'module' | 'other') => (state: State) => {
      const { object } = state;
      // What a module has beside its names comes from imports.
      if (fixed.has(object) || object instanceof PyModule || (this.#books.has(object) && !open.includes(object)))
        return false;
      return of === (this.#modules.has(object) ? 'module' : this.#classes.has(object) ? 'class' : 'other');
    };
    this.#counted = [
      { changes: classChanges, states: this.#states.filter(isOf('class')), at: classChanges.count, changed: new Set() },
      {
        changes: moduleChanges,
        states: this.#states.filter(isOf('module')),
        at: moduleChanges.count,
        changed: new Set(),
      },
    ];
    this.#others = this.#states.filter(isOf('other'));
  }

  /** Whether something was there. */
  has(object: object): boolean {
    return this.#known.has(object);
  }

  /**
   * Tells what is other than it was and that a program may see: each object and what it has that it had not. Returns how
   * many names have been loaded that had been put off, which nobody can see. A plain value under a name of the program's
   * own is told to `tellName` alone, with whose name it is: it matters to those only who say the name.
   */
  differences(tell: (part: unknown) => void, tellName?: (holder: object, name: string, value: Value) => void): number {
    let loaded = 0;
    for (const counted of this.#counted) {
      const { at, changed, states } = counted;
      counted.at = counted.changes.count;
      if (at !== counted.at)
        for (const state of states) {
          if ((state.object as CountedNames).changedAt <= at) continue;
          if (isSame(state)) changed.delete(state);
          else changed.add(state);
        }
      // In their order, so that equal differences are told alike.
      if (changed.size > 0)
        for (const state of states) if (changed.has(state)) loaded += this.#tellNames(state, tell, tellName);
    }
    for (const state of this.#others) {
      if (isSame(state)) continue;
      const { object } = state;
      tell(object);
      // What was there is told by what is there now.
      if (state.kind === 'map') for (const [key, value] of state.object) for (const each of [key, value]) tell(each);
      else if (state.kind === 'fields') for (const name of state.names) tell(fieldOf(state.object, name));
      else for (const value of state.object) tell(value);
      tell(end);
    }
    return loaded;
  }

  /** The names of a class or a module. */
  #tellNames(
    { object, held }: State,
    tell: (part: unknown) => void,
    tellName: ((holder: object, name: string, value: Value) => void) | undefined,
  ): number {
    const module = this.#modules.get(object);
    if (module && this.#pending.has(module)) return 0;
    const names = object as Map<string, unknown>;
    const before = new Map<unknown, unknown>();
    for (let at = 0; at < held.length; at += 2) before.set(held[at], held[at + 1]);
    const isOwn = tellName && this.#isOfProgram(object);
    let loaded = 0;
    const found: unknown[] = [];
    for (const [name, value] of names) {
      const earlier = before.get(name);
      if (value === earlier && before.has(name)) continue;
      if (earlier instanceof PyLazy) loaded++;
      else if (isOwn && isPlain(value) && isOwnName(name)) tellName(object, name, value as Value);
      else if (before.has(name) || !isLoaded(module, value)) found.push(name, value);
    }
    for (const name of before.keys()) if (!names.has(name as string)) found.push(name);
    if (found.length > 0) for (const each of [object, ...found, end]) tell(each);
    return loaded;
  }

  /** Whether names are of a file, or of a class that only its own code reads: not of a layer that a native one derives. */
  #isOfProgram(names: object): boolean {
    const module = this.#modules.get(names);
    if (module) return module.file !== undefined;
    const cls = this.#classes.get(names);
    return cls?.place !== undefined && cls.mro.every(each => each.place !== undefined || plainBases.has(each.name));
  }

  /** What is other than it was. */
  changes(): Changes {
    const loaded: (Loaded & { readonly order: number })[] = [];
    let isSeen = false;
    const states = this.#states.filter(state => !isSame(state));
    for (const state of states) {
      if (this.#books.has(state.object) || this.#attributes.has(state.object)) continue;
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
        if (names.has(name)) continue;
        if (module.lazy && isNative(value)) loaded.push({ module: module.name, name: name as string, order: 0 });
        // Parts of packages.
        else if (!(value instanceof PyModule) && !module.lazy) isSeen = true;
      }
    }
    return { loaded: loaded.toSorted((a, b) => a.order - b.order), isSeen, states };
  }

  /** Puts back everything, or only the states in `changed`; false where that cannot be done. */
  restore(changed?: readonly State[]): boolean {
    for (const module of this.#pending) module.isPending = true;
    for (const state of changed ?? this.#states) {
      if (!changed && isSame(state)) continue;
      if (isMemory(state)) return false;
      putBack(state);
    }
    return true;
  }
}

/** What some objects hold: as `Checkpoint`, of these objects alone, which are those of our own built-in types. */
export class Snapshot {
  readonly #states: readonly State[];

  constructor(objects: Iterable<object>) {
    const states: State[] = [];
    const add = (object: object): void => {
      const state = stateOf(object);
      if (state) states.push(state);
    };
    for (const object of objects) {
      if (object instanceof PyTuple || object instanceof PyFloat) continue;
      add(object);
      if (poisonOf(object)) continue;
      if (object instanceof PyList) add(object.items);
      else if (object instanceof PyDict) {
        add(object.entries);
        for (const entry of object.entries.values()) add(entry);
      } else if (object instanceof PySet) add(object.entries);
    }
    this.#states = states;
  }

  isSame(): boolean {
    for (const state of this.#states) if (!isSame(state)) return false;
    return true;
  }

  /**
   * The same, where a list of numbers and texts may be another one that holds the same. What `map` has under the names
   * `now`, and had under the names `then`, is not compared.
   */
  isAlike(map?: object, then = noNames, now = noNames): boolean {
    for (const state of this.#states) {
      if (isSame(state)) continue;
      if (state.kind !== 'map') return false;
      if (state.object === map ? !isAlike(state, then, now) : !isAlike(state, noNames, noNames)) return false;
    }
    return true;
  }

  /** What is other now, to be done again, and told of each object; undefined where it cannot be. */
  changes(tell: (object: object) => void): (() => void)[] | undefined {
    const changes: (() => void)[] = [];
    for (const state of this.#states) {
      if (isSame(state)) continue;
      if (isMemory(state)) return undefined;
      tell(state.object);
      if (state.kind === 'map') {
        const { object, held } = state;
        const before = new Map<unknown, unknown>();
        for (let at = 0; at < held.length; at += 2) before.set(held[at], held[at + 1]);
        for (const key of before.keys()) if (!object.has(key)) changes.push(() => object.delete(key));
        for (const [key, value] of object) {
          if (!before.has(key) || before.get(key) !== value) changes.push(() => object.set(key, value));
        }
      } else {
        const now = stateOf(state.object)!;
        changes.push(() => putBack(now));
      }
    }
    return changes;
  }

  /** Puts everything back; false where that cannot be done. */
  restore(): boolean {
    for (const state of this.#states) {
      if (isSame(state)) continue;
      if (isMemory(state)) return false;
      putBack(state);
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
    if (isNamespace(object)) return undefined;
    const sameAt = object instanceof CountedNames ? object.changedAt : Number.NaN;
    return { kind: 'map', object, held: [...object].flat(), sameAt };
  }
  if (object instanceof Set) return { kind: 'set', object, held: [...object] };
  if (ArrayBuffer.isView(object))
    return { kind: 'numbers', object: object as Float64Array, held: [...(object as Float64Array)] };
  const own = object as Record<string, unknown>;
  const all = Object.keys(object).filter(name => !incidental.has(name));
  const isFunction = object instanceof PyFunction;
  const names = isFunction ? [...changing, ...all.filter(name => !changing.includes(name))] : all;
  const isEntry = object.constructor === Object && all.length === 2 && all[0] === 'key' && all[1] === 'value';
  const of = isFunction ? 'function' : isEntry ? 'entry' : 'other';
  return { kind: 'fields', of, object: own, names, held: names.map(name => fieldOf(own, name)) };
}

/** A field; of a container whose contents are not known, why. */
function fieldOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return object[name];
  } catch (error) {
    if (error instanceof UnknownAccess) return error.unknown;
    throw error;
  }
}

/** What is written into a tensor's memory is not seen here. */
const isMemory = ({ kind, object }: State): boolean => kind === 'fields' && 'version' in object && 'written' in object;

function putBack(state: State): void {
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
      for (let at = 0; at < held.length; at++) putField(object, state.names[at]!, held[at]);
  }
}

function putField(object: Record<string, unknown>, name: string, value: unknown): void {
  const container = object as unknown as PyList | PyDict | PySet;
  const isContents =
    name === 'items'
      ? object instanceof PyList
      : name === 'entries' && (object instanceof PyDict || object instanceof PySet);
  if (isContents && value instanceof Unknown) poison(container, value);
  else if (isContents && poisonOf(object)) unpoison(container, value);
  else object[name] = value;
}

type Names = ReadonlyMap<unknown, unknown>;

const noNames: Names = new Map();

function isAlike({ object, held }: State & { readonly kind: 'map' }, then: Names, now: Names): boolean {
  let at = 0;
  const skip = (): void => {
    while (at < held.length && then.has(held[at])) at += 2;
  };
  for (const [key, value] of object) {
    if (now.has(key)) continue;
    skip();
    if (at === held.length || key !== held[at]) return false;
    if (value !== held[at + 1] && !isSameList(value, held[at + 1])) return false;
    at += 2;
  }
  skip();
  return at === held.length;
}

function isSameList(a: unknown, b: unknown): boolean {
  if (!isPlainList(a) || !isPlainList(b) || a.items.length !== b.items.length) return false;
  return a.items.every((item, at) => Object.is(item, b.items[at]));
}

/** Whether a value is a list whose items are all known and are numbers, texts or None. */
export function isPlainList(value: unknown): value is PyList {
  return value instanceof PyList && !value.own && !poisonOf(value) && value.items.every(isPlain);
}

function isSame(state: State): boolean {
  switch (state.kind) {
    case 'list':
    case 'numbers':
      return isSameArray(state.object, state.held);
    case 'map':
      return isSameMap(state);
    case 'set': {
      const { object, held } = state;
      if (object.size !== held.length) return false;
      let at = 0;
      for (const value of object) if (value !== held[at++]) return false;
      return true;
    }
    case 'fields': {
      const { of, object, held } = state;
      if (of === 'function') return isSameFunction(object as unknown as PyFunction, held);
      if (of === 'entry') return isSameEntry(object as unknown as Entry, held);
      return isSameFields(object, state.names, held);
    }
  }
}

function isSameArray(object: ArrayLike<unknown>, held: readonly unknown[]): boolean {
  if (object.length !== held.length) return false;
  for (let at = 0; at < held.length; at++) if (!Object.is(object[at], held[at])) return false;
  return true;
}

function isSameMap(state: State & { readonly kind: 'map' }): boolean {
  const { object, held, sameAt } = state;
  const { changedAt } = object as Partial<CountedNames>;
  if (changedAt === sameAt) return true;
  if (object.size * 2 !== held.length) return false;
  let at = 0;
  for (const [key, value] of object) {
    if (key !== held[at] || value !== held[at + 1]) return false;
    at += 2;
  }
  if (changedAt !== undefined) state.sameAt = changedAt;
  return true;
}

/** Only what `changing` names can have changed. */
function isSameFunction(object: PyFunction, held: readonly unknown[]): boolean {
  return object.dict === held[0] && object.owner === held[1];
}

function isSameEntry({ key, value }: Entry, held: readonly unknown[]): boolean {
  return Object.is(value, held[1]) && Object.is(key, held[0]);
}

function isSameFields(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
  held: readonly unknown[],
): boolean {
  try {
    for (let at = 0; at < names.length; at++) if (!Object.is(object[names[at]!], held[at])) return false;
    return true;
  } catch (error) {
    if (!(error instanceof UnknownAccess)) throw error;
    return held.every((value, at) => Object.is(fieldOf(object, names[at]!), value));
  }
}

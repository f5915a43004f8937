// What the code of a call may change, as it is now: its variables and everything that can be reached from them. What is
// changed by statements that may have run or not is either what it was or what it is then.
import type { Branch, Region } from '../code.ts';
import type { Frame } from '../frame.ts';
import { PyArray } from '../library/numpy/array.ts';
import type { Machine } from '../machine.ts';
import {
  type Cell,
  classChanges,
  type Key,
  type MayRun,
  moduleChanges,
  PyBoundMethod,
  PyClass,
  PyDict,
  PyFunction,
  PyInstance,
  PyIterator,
  PyList,
  PyModule,
  PySet,
  PyTuple,
  poison,
  poisonOf,
  Unknown,
  type Value,
} from '../objects.ts';

/** A condition of which what depends on it can be skipped. */
export type Skip = Branch & { readonly kind: 'skip' };

/** What is under way and may not run at all. */
export interface Guard {
  readonly run: MayRun;
  /** The statements; undefined of a call. */
  readonly region: GuardedRegion | undefined;
}

interface GuardedRegion extends Region {
  readonly frame: Frame;
  readonly why: Unknown;
  readonly held: Held;
  readonly branch: Skip;
}

/** More objects than these are not looked at: it is not known what becomes of them. */
const mostObjects = 50_000;
/** Together for all statements of a run. */
const mostWork = 1_000_000;
/** What looking at a plain value costs. */
const plainWork = 1 / 16;
/** What looking at an object costs. */
const objectWork = 2;

interface HeldAttributes {
  readonly object: PyInstance;
  readonly attributes: ReadonlyMap<string, Value>;
}

interface HeldItems {
  readonly object: PyList | PyDict | PySet;
  readonly items: readonly unknown[];
}

interface HeldElements {
  readonly object: PyArray;
  readonly elements: Float64Array;
}

export class Held {
  readonly #locals: readonly (Value | undefined)[];
  readonly #cells = new Map<Cell, Value | undefined>();
  readonly #attributes: HeldAttributes[] = [];
  readonly #containers: HeldItems[] = [];
  readonly #arrays: HeldElements[] = [];
  readonly #fixed = new Set<Value>();
  readonly #seen = new Set<object>();
  readonly #run: MayRun;
  /** False where something has a state that cannot be seen. */
  readonly isWhole: boolean;
  /** What it cost to look at them. */
  readonly work: number;

  constructor(
    machine: Machine,
    spent: number,
    locals: readonly (Value | undefined)[],
    cells: readonly Cell[],
    run: MayRun,
  ) {
    this.#run = run;
    this.#locals = [...locals];
    for (const cell of cells) this.#cells.set(cell, cell.value);
    const stack: (Value | undefined)[] = [...globalsOf(machine), ...locals, ...cells.map(({ value }) => value)];
    let isWhole = true;
    let work = 0;
    while (stack.length > 0 && isWhole) {
      work += plainWork;
      if (spent + work > mostWork) isWhole = false;
      const value = stack.pop();
      if (typeof value !== 'object' || value === null || this.#seen.has(value)) continue;
      this.#seen.add(value);
      work++;
      if (this.#seen.size > mostObjects || value instanceof PyIterator || value.kind === 'generator') isWhole = false;
      else this.#hold(value, stack);
    }
    machine.charge(this.#seen.size * objectWork);
    this.isWhole = isWhole;
    this.work = work;
  }

  #hold(value: Value & object, stack: (Value | undefined)[]): void {
    if (value instanceof PyModule) return;
    if (value instanceof PyClass) {
      if (value.place) stack.push(...value.dict.values());
    } else if (value instanceof PyTuple) stack.push(...value.items);
    else if (value instanceof PyBoundMethod) stack.push(value.self, value.callee);
    else if (value instanceof PyFunction) {
      for (const cell of value.cells) {
        this.#cells.set(cell, cell.value);
        stack.push(cell.value);
      }
      stack.push(...value.defaults, ...value.keywordDefaults.values(), ...(value.dict?.values() ?? []));
    } else if (value instanceof PyList || value instanceof PyDict || value instanceof PySet) {
      if (value.own) stack.push(value.own);
      // Its contents are unknown already.
      if (poisonOf(value)) return;
      const items = itemsOf(value);
      this.#containers.push({ object: value, items });
      for (const item of items) stack.push(item as Value);
    } else if (value instanceof PyArray) {
      this.#arrays.push({ object: value, elements: Float64Array.from(value.storage) });
    } else if (value instanceof PyInstance) {
      stack.push(value.cls);
      for (const each of this.#run.note(value)) this.#fixed.add(each);
      const attributes = new Map(value.dict);
      this.#attributes.push({ object: value, attributes });
      stack.push(...attributes.values());
    }
  }

  /** What has changed since is what it was, or what it is now. */
  join(locals: (Value | undefined)[], why: Unknown): void {
    for (let at = 0; at < Math.max(locals.length, this.#locals.length); at++) {
      locals[at] = this.#either(this.#locals[at], locals[at]);
    }
    for (const [cell, before] of this.#cells) cell.value = this.#either(before, cell.value);
    for (const { object, attributes } of this.#attributes) {
      const now = object.dict;
      if (!now) continue;
      for (const [name, value] of now) {
        const joined = this.#either(attributes.get(name), value);
        if (joined !== undefined && !Object.is(joined, value)) now.set(name, joined);
      }
      for (const [name, value] of attributes) if (!now.has(name)) now.set(name, this.#either(value, undefined)!);
    }
    for (const { object, elements } of this.#arrays) {
      if (!elements.every((element, at) => Object.is(element, object.storage[at]))) this.#run.lose();
    }
    for (const { object, items } of this.#containers) {
      if (poisonOf(object)) continue;
      const now = itemsOf(object);
      if (now.length === items.length && now.every((item, at) => Object.is(item, items[at]))) continue;
      if (this.#fixed.has(object)) {
        this.#run.lose();
        this.#joinItems(object, items, now);
      } else if (!this.#joinItems(object, items, now)) {
        const of = new Unknown(why.reason, why.place, undefined, false, why.decision);
        of.mayBe = 'tensor';
        poison(object, of);
      }
    }
  }

  /** False where it is not known how many there are, or of which keys. */
  #joinItems(object: PyList | PyDict | PySet, before: readonly unknown[], now: readonly unknown[]): boolean {
    if (now.length !== before.length || object.own) return false;
    if (object instanceof PyList) {
      object.items = object.items.map((item, at) => this.#either(before[at] as Value, item)!);
      return true;
    }
    if (!(object instanceof PyDict) || now.some((key, at) => at % 2 === 0 && key !== before[at])) return false;
    let at = 1;
    for (const entry of object.entries.values()) {
      entry.value = this.#either(before[at] as Value, entry.value)!;
      at += 2;
    }
    return true;
  }

  #either(before: Value | undefined, after: Value | undefined): Value | undefined {
    return Object.is(before, after) ? after : this.#run.either(before, after);
  }
}

function itemsOf(container: PyList | PyDict | PySet): readonly unknown[] {
  if (container instanceof PyList) return [...container.items];
  if (container instanceof PySet) return [...container.entries.keys()];
  const items: (Key | Value)[] = [];
  for (const [key, { value }] of container.entries) items.push(key as Key, value);
  return items;
}

interface Globals {
  readonly at: readonly number[];
  readonly values: readonly Value[];
}

const known = new WeakMap<Machine, Globals>();

/** What the files of a program and their classes hold that can change in place. */
function globalsOf(machine: Machine): readonly Value[] {
  const at = [classChanges.count, moduleChanges.count];
  const before = known.get(machine);
  if (before?.at.every((count, index) => count === at[index])) return before.values;
  const values: Value[] = [];
  for (const module of machine.modules.values()) {
    // Those of the library hold nothing that a program may change.
    if (!(module instanceof PyModule && module.dict.has('__builtins__'))) continue;
    for (const value of module.dict.values()) if (mayHold(value)) values.push(value);
  }
  known.set(machine, { at, values });
  return values;
}

const mayHold = (value: Value): boolean =>
  typeof value === 'object' && value !== null && !(value instanceof PyModule || value instanceof Unknown);

// What becomes of the values that skipped code may change: they are unknown.
import { attributeOf, isContainer } from './attributes.ts';
import { type Effects, mutators, type Path, type Slot } from './effects.ts';
import type { Machine } from './machine.ts';
import {
  type Cell,
  Later,
  PyBoundMethod,
  PyClass,
  PyDict,
  PyFunction,
  PyInstance,
  PyLazy,
  PyList,
  PyModule,
  PyTuple,
  poison,
  type Unknown,
  type Value,
} from './objects.ts';

/** The variables of a function that is under way, or as far as they are known of one that would have been called. */
export interface Variables {
  readonly locals: (Value | undefined)[];
  readonly cells: readonly Cell[];
  readonly names: Map<string, Value> | undefined;
  readonly globals: PyModule;
  /** Locals of a call that does not take place change nothing. */
  readonly isUnderWay: boolean;
}

/** Calls that would have been made are followed so deep. */
const maxDepth = 6;
/** And so many of them. */
const maxCalls = 400;

export function skip(effects: Effects, variables: Variables, why: Unknown, machine: Machine): void {
  new Skipping(why, machine).apply(effects, variables, 0);
}

class Skipping {
  readonly #why: Unknown;
  readonly #machine: Machine;
  readonly #seen = new Set<string>();
  #calls = 0;

  constructor(why: Unknown, machine: Machine) {
    this.#why = why;
    this.#machine = machine;
  }

  apply(effects: Effects, variables: Variables, depth: number): void {
    // What is called and written is looked up before the variables lose their values.
    const calls = effects.calls.map(({ callee, args, keywords }) => ({
      name: callee.attributes.at(-1),
      isInside: callee.isInside,
      base: this.#at({ ...callee, attributes: callee.attributes.slice(0, -1) }, variables),
      callee: this.#at(callee, variables),
      args: args.map(path => path && this.#at(path, variables)),
      keywords: keywords.map(([name, path]) => [name, this.#at(path, variables)] as const),
    }));
    const writes = effects.writes.map(({ base, attribute }) => ({
      base: this.#at(base, variables),
      attribute,
      isInside: base.isInside,
    }));
    for (const call of calls) {
      if (call.isInside) continue;
      if (call.base !== undefined && call.name !== undefined && isContainer(call.base)) {
        if (mutators.has(call.name)) this.#change(call.base);
        continue;
      }
      this.#call(call.callee, call.base, call.name, call.args, call.keywords, depth);
    }
    for (const { base, attribute, isInside } of writes) {
      if (base === undefined) continue;
      if (isInside) this.#changeInside(base, 0);
      else if (attribute === undefined) this.#change(base);
      else this.#set(base, attribute);
    }
    for (const slot of effects.variables) this.#forget(slot, variables);
  }

  /** What a path leads to, without running Python. */
  #at(path: Path, variables: Variables): Value | undefined {
    let value = this.#variable(path.root, variables);
    for (const name of path.attributes) {
      if (value === undefined || value instanceof PyLazy) return undefined;
      if (value instanceof PyInstance && value.dict?.has(name)) value = value.dict.get(name);
      else {
        // Looking must not fail, and raises nothing.
        try {
          const found: Value | Later | undefined = attributeOf(value, name, this.#machine);
          value = found instanceof Later ? undefined : found;
        } catch {
          return undefined;
        }
      }
    }
    return value instanceof PyLazy ? undefined : value;
  }

  #variable(slot: Slot, variables: Variables): Value | undefined {
    switch (slot.kind) {
      case 'local':
        return variables.locals[slot.index];
      case 'cell':
        return variables.cells[slot.index]?.value;
      case 'name':
        return variables.names?.get(slot.name) ?? variables.globals.dict.get(slot.name);
      case 'global': {
        const value = variables.globals.dict.get(slot.name);
        if (value !== undefined) return value;
        return undefined;
      }
    }
  }

  #forget(slot: Slot, variables: Variables): void {
    switch (slot.kind) {
      case 'local':
        if (variables.isUnderWay) variables.locals[slot.index] = this.#why;
        return;
      case 'cell': {
        const cell = variables.cells[slot.index];
        if (cell) cell.value = this.#why;
        return;
      }
      case 'name':
        if (variables.isUnderWay) (variables.names ?? variables.globals.dict).set(slot.name, this.#why);
        return;
      case 'global':
        variables.globals.dict.set(slot.name, this.#why);
        return;
    }
  }

  /** The contents of an object change. */
  #change(value: Value): void {
    if (isContainer(value)) poison(value, this.#why);
    else if (value instanceof PyInstance)
      this.#machine.options.hooks?.unknownWrite?.(value, undefined, this.#why, this.#machine);
  }

  #changeInside(value: Value, depth: number): void {
    if (depth > 3) return;
    if (isContainer(value)) {
      if (depth < 3) {
        const inner =
          value instanceof PyList
            ? value.items
            : value instanceof PyDict
              ? [...value.entries.values()].map(entry => entry.value)
              : [...value.entries.values()];
        for (const each of inner.slice(0, 1000)) this.#changeInside(each, depth + 1);
      }
      poison(value, this.#why);
    } else if (value instanceof PyTuple) {
      for (const each of value.items.slice(0, 1000)) this.#changeInside(each, depth + 1);
    } else if (value instanceof PyInstance) {
      this.#machine.options.hooks?.unknownWrite?.(value, undefined, this.#why, this.#machine);
    }
  }

  #set(object: Value, name: string): void {
    if (object instanceof PyInstance) {
      for (const cls of object.cls.mro) {
        if (!cls.setAttribute) continue;
        cls.setAttribute(object, name, this.#why, this.#machine);
        return;
      }
      object.set(name, this.#why);
      return;
    }
    if (object instanceof PyClass || object instanceof PyModule) object.dict.set(name, this.#why);
  }

  #call(
    callee: Value | undefined,
    base: Value | undefined,
    name: string | undefined,
    args: readonly (Value | undefined)[],
    keywords: readonly (readonly [string, Value | undefined])[],
    depth: number,
  ): void {
    if (callee === undefined) {
      if (base instanceof PyInstance && name !== undefined) this.#tell(base, name);
      return;
    }
    if (callee instanceof PyBoundMethod) {
      if (callee.callee instanceof PyFunction) this.#follow(callee.callee, [callee.self, ...args], keywords, depth);
      else if (callee.self instanceof PyInstance && name !== undefined) this.#tell(callee.self, name);
      else if (isContainer(callee.self) && name !== undefined && mutators.has(name)) this.#change(callee.self);
      return;
    }
    if (callee instanceof PyFunction) {
      this.#follow(callee, args, keywords, depth);
      return;
    }
    if (callee instanceof PyClass) {
      const init = callee.find('__init__');
      if (init instanceof PyFunction) this.#follow(init, [undefined, ...args], keywords, depth);
      return;
    }
    if (callee instanceof PyInstance) {
      for (const method of ['__call__', 'forward']) {
        const found = callee.cls.find(method);
        if (found instanceof PyFunction) this.#follow(found, [callee, ...args], keywords, depth);
      }
      return;
    }
    // A native: what it is given may be changed in place.
    for (const arg of [...args, ...keywords.map(([, value]) => value)]) {
      if (arg instanceof PyInstance && name?.endsWith('_') && !name.startsWith('__')) this.#tell(arg, name);
    }
  }

  #tell(object: PyInstance, name: string): void {
    this.#machine.options.hooks?.unknownWrite?.(object, name, this.#why, this.#machine);
  }

  /** What a function of the program would have changed. */
  #follow(
    fn: PyFunction,
    args: readonly (Value | undefined)[],
    keywords: readonly (readonly [string, Value | undefined])[],
    depth: number,
  ): void {
    if (depth >= maxDepth || this.#calls++ >= maxCalls) return;
    const { code } = fn;
    const identity = `${code.qualifiedName}:${fn.base}:${code.head.from}`;
    const receiver = args[0];
    const key = receiver instanceof PyInstance ? `${identity}@${this.#number(receiver)}` : identity;
    if (this.#seen.has(key) && args.length < 2) return;
    this.#seen.add(key);
    const locals: (Value | undefined)[] = [];
    const { parameters } = code;
    for (let at = 0; at < parameters.positional; at++) locals[at] = args[at];
    for (const [name, value] of keywords) {
      const at = parameters.names.indexOf(name);
      if (at >= 0) locals[at] = value;
    }
    const cells: Cell[] = [];
    for (let at = 0; at < code.ownCells; at++) cells.push({ value: undefined });
    for (const [local, cell] of code.cellParameters) cells[cell]!.value = locals[local];
    cells.push(...fn.cells);
    this.apply(code.effects(), { locals, cells, names: undefined, globals: fn.globals, isUnderWay: false }, depth + 1);
  }

  readonly #numbers = new Map<PyInstance, number>();

  #number(object: PyInstance): number {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(object, number);
    }
    return number;
  }
}

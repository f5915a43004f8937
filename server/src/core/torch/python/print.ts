// What a program can see of values, as a list that can be compared: two values with equal prints are alike in all that
// anything can find out about them. What was there before the program began is itself; what it has made is what it holds.

import type { Tensor } from '../../graph/graph.ts';
import {
  Native,
  PyBoundMethod,
  PyComplex,
  PyDict,
  PyFloat,
  PyFunction,
  PyInstance,
  PyLazy,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PySlice,
  PyTuple,
  poisonOf,
  Unknown,
} from '../../python/objects.ts';
import { ModuleInstance } from './nn/instance.ts';
import { Storage, Values } from './storage.ts';
import { PyParameter, PyTensor } from './tensor.ts';

/** Larger ones are not compared. */
const mostTokens = 100_000;
const deepest = 100;

/** A map, and the keys of it that are left out. */
export interface Left {
  readonly map: object | undefined;
  readonly keys: ReadonlyMap<unknown, unknown>;
}

const again = Symbol('again');
const unwritten = Symbol('unwritten');

export class Print {
  readonly tokens: unknown[] = [];
  /** What the program has made, in the order in which it was found. */
  readonly objects: object[] = [];
  /** The graph's tensors that tensors of the program stand for: the number of each among `objects`, and of its node. */
  readonly attached: number[] = [];
  readonly nodes: Tensor[] = [];
  /** False where something has a state that cannot be seen. */
  isWhole = true;
  /** Whether something was there before the program began. */
  readonly isShared: (object: object) => boolean;
  readonly #left: Left | undefined;
  readonly #numbers = new Map<object, number>();
  #depth = 0;

  constructor(isShared: (object: object) => boolean, left?: Left) {
    this.isShared = isShared;
    this.#left = left;
  }

  /** The number of what was found; undefined for anything else. */
  numberOf(object: object): number | undefined {
    return this.#numbers.get(object);
  }

  get kept(): Printed {
    return { tokens: this.tokens, attached: this.attached };
  }

  readonly add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) this.tokens.push(value);
    else this.#object(value);
  };

  isSame({ tokens, attached }: Printed): boolean {
    return sameList(this.tokens, tokens) && sameList(this.attached, attached);
  }

  #object(value: object): void {
    const { tokens } = this;
    if (value instanceof Native || value instanceof Unknown || value instanceof Values || this.isShared(value)) {
      tokens.push(value);
      return;
    }
    const known = this.#numbers.get(value);
    if (known !== undefined) {
      tokens.push(again, known);
      return;
    }
    if (tokens.length > mostTokens || this.#depth > deepest) {
      this.isWhole = false;
      return;
    }
    this.#numbers.set(value, this.objects.length);
    this.objects.push(value);
    this.#depth++;
    tokens.push(value.constructor);
    this.#inside(value);
    this.#depth--;
  }

  #inside(value: object): void {
    const { add, tokens } = this;
    if (poisonOf(value)) this.isWhole = false;
    else if (value instanceof PyTensor) this.#tensor(value);
    else if (value instanceof ModuleInstance) {
      const { cls, construct, unsaved, hooks, unknown, choice, computed, dict } = value;
      // What it stands for.
      if (choice) add(choice.list);
      add(cls);
      tokens.push(construct.length);
      for (const { file, range } of construct) tokens.push(file, range.from, range.to);
      for (const each of [unsaved, unknown, computed, dict]) add(each);
      tokens.push(hooks.length);
      for (const { when, callee, withKeywords } of hooks) {
        tokens.push(when, withKeywords);
        add(callee);
      }
    } else if (value instanceof PyDict) {
      add(value.own);
      const { entries } = value;
      // `globals()` is a view of something else.
      if (entries.constructor !== Map) this.isWhole = false;
      tokens.push(entries.size);
      for (const entry of entries.values()) {
        add(entry.key);
        add(entry.value);
      }
    } else if (value instanceof PyList || value instanceof PyTuple) {
      add(value.own);
      tokens.push(value.items.length);
      for (const item of value.items) add(item);
    } else if (value instanceof PySet) {
      tokens.push(value.kind, value.entries.size);
      add(value.own);
      for (const item of value.entries.values()) add(item);
    } else if (value instanceof PyFloat) tokens.push(value.value);
    else if (value instanceof PyComplex) tokens.push(value.real, value.imaginary);
    else if (value instanceof PyRange) tokens.push(value.start, value.stop, value.step);
    else if (value instanceof PySlice) for (const each of [value.start, value.stop, value.step]) add(each);
    else if (value instanceof PyBoundMethod) for (const each of [value.self, value.callee]) add(each);
    else if (value instanceof PyFunction) {
      const { code, globals, base, defaults, keywordDefaults, cells, dict, owner } = value;
      for (const each of [code, base, defaults.length, cells.length]) tokens.push(each);
      for (const each of [globals, ...defaults, ...cells, dict, owner]) add(each);
      this.#entries(keywordDefaults);
    } else if (value instanceof PyLazy) {
      // A default that waits for an import, which brings the same value to all who hold it.
      tokens.push(value);
    } else if (value.constructor === PyInstance) {
      add((value as PyInstance).cls);
      add((value as PyInstance).dict);
    } else if (value instanceof PyObject) this.isWhole = false;
    else if (Array.isArray(value)) {
      tokens.push(value.length);
      for (const each of value) add(each);
    } else if (value.constructor === Map) this.#entries(value as Map<unknown, unknown>);
    else if (value.constructor === Set) {
      tokens.push((value as Set<unknown>).size);
      for (const each of value as Set<unknown>) add(each);
    } else if (value.constructor === Object) {
      // A variable of a closure, a reason.
      const names = Object.keys(value);
      tokens.push(names.length);
      for (const name of names) {
        tokens.push(name);
        add((value as Record<string, unknown>)[name]);
      }
    } else this.isWhole = false;
  }

  #entries(map: ReadonlyMap<unknown, unknown>): void {
    const left = map === this.#left?.map ? this.#left.keys : undefined;
    this.tokens.push(map.size - (left?.size ?? 0));
    for (const [key, value] of map) {
      if (left?.has(key)) continue;
      this.add(key);
      this.add(value);
    }
  }

  #tensor(tensor: PyTensor): void {
    const { add, tokens } = this;
    const number = this.objects.length - 1;
    const { cls, dict, shape, dtype, hasType, why, storage, offset, strides, requiresGrad, node } = tensor;
    add(cls);
    add(dict);
    this.#numbersIn(shape);
    tokens.push(dtype, hasType, offset, requiresGrad);
    if (typeof strides === 'object') this.#numbersIn(strides);
    else tokens.push(strides);
    if (tensor instanceof PyParameter) tokens.push(tensor.role);
    add(why);
    this.#storage(storage);
    if (!node) return;
    // A size that is unknown may be bounded.
    if (node.most) this.#numbersIn(node.most);
    let at = this.nodes.indexOf(node);
    if (at < 0) at = this.nodes.push(node) - 1;
    this.attached.push(number, at);
  }

  #numbersIn(list: readonly number[] | undefined): void {
    if (!list) this.tokens.push(undefined);
    else {
      this.tokens.push(list.length);
      for (const each of list) this.tokens.push(each);
    }
  }

  /** One in which nothing was written, of values that are not known, is like none as long as nobody shares it. */
  #storage(storage: Storage | undefined): void {
    const { tokens } = this;
    if (!storage) tokens.push(unwritten);
    else if (this.isShared(storage)) tokens.push(storage, storage.values, storage.version);
    else {
      const known = this.#numbers.get(storage);
      if (known !== undefined) {
        tokens.push(again, known);
        return;
      }
      if (storage.written) this.isWhole = false;
      this.#numbers.set(storage, this.objects.length);
      this.objects.push(storage);
      if (storage.values || storage.version > 0) tokens.push(Storage, storage.values, storage.version);
      else tokens.push(unwritten);
    }
  }
}

/** What is remembered of a print. */
export interface Printed {
  readonly tokens: readonly unknown[];
  readonly attached: readonly number[];
}

export function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!Object.is(a[at], b[at])) return false;
  return true;
}

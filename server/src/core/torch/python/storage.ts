// The memory that a tensor and its views share: values that are known, computed when somebody asks for them.
import type { Tensor } from '../../graph/graph.ts';

/** Tensors with more elements have no known values. */
export const mostValues = 1 << 20;
/** Chains of values that wait for each other are computed before they get longer: computing them is recursive. */
const longestChain = 200;

/** How many elements were computed so far: whoever asks for values charges the machine for what was new. */
export const work = { elements: 0 };

let made = 0;

/** Values that are computed at the first look, if ever. Nobody writes into them but their storage, unless others wait. */
export class Values {
  /** Of all values that were made. */
  readonly id = made++;
  readonly size: number;
  readonly depth: number;
  /** Whether other values are computed from these: writing in place copies first. */
  isRead = false;
  /** Has to be told before somebody writes into them. */
  forget: (() => void) | undefined;
  #values: Float64Array | undefined;
  #compute: (() => Float64Array) | undefined;
  #derived: Map<string, Values> | undefined;

  constructor(size: number, compute: () => Float64Array, from: readonly Values[] = []) {
    let depth = 0;
    for (const values of from) {
      if (values.depth >= longestChain) values.get();
      values.isRead = true;
      if (values.#compute) depth = Math.max(depth, values.depth + 1);
    }
    this.size = size;
    this.depth = depth;
    this.#compute = compute;
  }

  static of(values: Float64Array): Values {
    return new Values(values.length, () => values);
  }

  /**
   * What is computed of these values in the way that `key` says, with all that it depends on: equal blocks of a network
   * compute their tables once.
   */
  derived(key: string, make: () => Values): Values {
    this.#derived ??= new Map();
    return madeOnce(this.#derived, key, make);
  }

  get isComputed(): boolean {
    return this.#compute === undefined;
  }

  get(): Float64Array {
    if (this.#compute) {
      this.#values = this.#compute();
      work.elements += this.size;
      this.#compute = undefined;
    }
    return this.#values!;
  }
}

/** Larger ones are not remembered. */
const mostRemembered = 1 << 16;

/** Values by what they are: made once, as long as nobody writes into them. */
export function madeOnce(known: Map<string, Values>, key: string, make: () => Values): Values {
  const found = known.get(key);
  if (found) {
    found.isRead = true;
    return found;
  }
  const values = make();
  if (values.size <= mostRemembered) {
    values.forget = () => known.delete(key);
    known.set(key, values);
  }
  return values;
}

export class Storage {
  /** Undefined where they are not known. */
  values: Values | undefined;
  /** Counts what was written in place. */
  version = 0;
  /** What the last write gave, in the graph that is recorded. */
  written: Tensor | undefined;

  constructor(values?: Values) {
    this.values = values;
  }
}

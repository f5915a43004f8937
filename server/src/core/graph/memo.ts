// A cache of segments by what they depend on: the item, its environment, and the facts about its inputs. Equal keys
// give equal segments, so caching does not affect results.
import type { Shape } from '../ops/op.ts';
import { type Reason, sameReason } from '../text/reason.ts';
import type { Slot } from '../text/slot.ts';
import type { Built } from './builder.ts';
import type { Tensor } from './graph.ts';
import type { GraphRows, Input, Inputs, Name, Segment } from './segment.ts';

/** A cached segment with its key. */
export interface Made<T> {
  readonly segment: Segment;
  /** What else the format derives from the item. */
  readonly value: T;
  readonly environment: object;
  readonly facts: readonly Fact[];
  /** For each port, the index of the input it refers to. */
  readonly ports: readonly number[];
  /** Whether the ports are exactly the inputs, in order. */
  readonly isPlain: boolean;
}

/** The facts about an input that a segment may depend on. */
interface Fact {
  readonly shape: Shape | undefined;
  readonly why: Reason | undefined;
  /** The index of the first input that is the same tensor. */
  readonly first: number;
}

/** How many segments are cached per item: for a few scales, sizes and neighbors. */
const most = 4;

export class Memo<T> {
  /** The segments of an item, newest first; `agrees` finds one that fits its current inputs. */
  of(item: Item): readonly Made<T>[] {
    return (item.built.held as readonly Made<T>[] | undefined) ?? nothing;
  }

  /**
   * Caches a segment; undefined if it reads anything but these inputs. `name`: how its label depends on its position.
   */
  keep(
    item: Item,
    environment: object,
    inputs: readonly Tensor[],
    { segment, inputs: read }: Built,
    value: T,
    name?: Name,
  ): Made<T> | undefined {
    const ports = read.map(tensor => inputs.indexOf(tensor));
    if (!segment.isClosed || ports.includes(-1)) return undefined;
    const isPlain = ports.length === inputs.length && ports.every((number, port) => number === port);
    const facts = inputs.map(
      (tensor): Fact => ({ shape: tensor.shape, why: tensor.why, first: inputs.indexOf(tensor) }),
    );
    const list = this.of(item).slice(0, most - 1);
    const made = { segment: name ? { ...segment, name } : segment, value, environment, facts, ports, isPlain };
    item.built.hold([made, ...list]);
    return made;
  }
}

/** An item of a text, which holds its cache. */
interface Item {
  readonly built: Slot<unknown>;
}

const nothing: readonly never[] = [];

/** Whether a segment fits an environment and inputs, as far as the inputs tell. */
export function agrees(made: Made<unknown>, environment: object, inputs: Inputs, rows: GraphRows): boolean {
  if (made.environment !== environment) return false;
  const { facts } = made;
  if (typeof inputs !== 'number') return agree(facts, inputs, rows);
  return agree(facts, facts.length === 1 ? rows.outputs(inputs) : rows.tensors(inputs), rows);
}

/** What the ports of a segment refer to, given the item's inputs. */
export function portsOf({ isPlain, ports }: Made<unknown>, inputs: Inputs, rows: GraphRows): Inputs {
  if (isPlain) return inputs;
  const list = typeof inputs === 'number' ? rows.tensors(inputs) : inputs;
  return ports.map(number => list[number]!);
}

function agree(facts: readonly Fact[], inputs: readonly Input[], rows: GraphRows): boolean {
  if (facts.length !== inputs.length) return false;
  for (let at = 0; at < facts.length; at++) {
    const { shape, why, first } = facts[at]!;
    const input = inputs[at]!;
    const known = typeof input === 'number' ? rows.outputs(input)[0]! : input;
    if (!sameReason(why, known.why) || !sameShape(shape, known.shape)) return false;
    // Reading one tensor twice may differ from reading two equal tensors.
    if (facts.length > 1 && inputs.indexOf(input) !== first) return false;
  }
  return true;
}

/** How the items of a text were read, which speeds up reading an edited text. */
export interface Trail<T> {
  /** What was read besides the items. */
  readonly environment: object;
  /** The shape of the network's input. */
  readonly input: Shape;
  readonly items: readonly Placed[];
  /** The segment of each item; undefined if it cannot be reused. */
  readonly made: readonly (Made<T> | undefined)[];
  /** Whether an item reads exactly one tensor, that of the item above, and outputs one of its own. */
  readonly isPlain: readonly boolean[];
}

/** An item at its position; equal items have the same chunk object. */
interface Placed {
  readonly chunk: object;
}

/** The last readings of a text, or of an earlier text if it has not been read yet. */
export class Trails<T> {
  readonly #list: Trail<T>[];

  constructor(earlier?: Trails<T>) {
    this.#list = earlier ? [...earlier.#list] : [];
  }

  find(environment: object, input: Shape): Trail<T> | undefined {
    return this.#list[this.#indexOf(environment, input)];
  }

  add(trail: Trail<T>): void {
    const at = this.#indexOf(trail.environment, trail.input);
    if (at >= 0) this.#list.splice(at, 1);
    this.#list.unshift(trail);
    if (this.#list.length > mostTrails) this.#list.pop();
  }

  #indexOf(environment: object, input: Shape): number {
    return this.#list.findIndex(trail => trail.environment === environment && sameShape(trail.input, input));
  }
}

const mostTrails = 4;

/** Maps items of a text to the same items of another text; −1 between their common beginning and common end. */
export function counterparts(before: readonly Placed[], now: readonly Placed[]): (index: number) => number {
  const most = Math.min(before.length, now.length);
  let above = 0;
  while (above < most && before[above]!.chunk === now[above]!.chunk) above++;
  const delta = before.length - now.length;
  let below = now.length;
  while (below > above && below + delta > above && before[below - 1 + delta]!.chunk === now[below - 1]!.chunk) below--;
  return index => (index < above ? index : index >= below ? index + delta : -1);
}

function sameKeys(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, at) => Object.is(value, b[at]));
}

function sameShape(a: Shape | undefined, b: Shape | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (!Object.is(a[axis], b[axis])) return false;
  return true;
}

/** Makes equal environments the same object, as long as they are in use. */
export class Environments {
  readonly #last: { readonly key: readonly unknown[]; readonly environment: object }[] = [];

  of(key: readonly unknown[]): object {
    const at = this.#last.findIndex(({ key: other }) => sameKeys(key, other));
    const found = at < 0 ? { key, environment: {} } : this.#last.splice(at, 1)[0]!;
    this.#last.unshift(found);
    if (this.#last.length > mostEnvironments) this.#last.pop();
    return found.environment;
  }
}

const mostEnvironments = 8;

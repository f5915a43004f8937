// Segments that were built before, found again by what they depend on: the item, its environment and what is known of
// its inputs. Equal keys give equal segments, so nobody can see whether one was found or built.
import type { Shape } from '../ops/op.ts';
import { type Reason, sameReason } from '../text/reason.ts';
import type { Slot } from '../text/slot.ts';
import type { Built } from './builder.ts';
import type { Tensor } from './graph.ts';
import type { GraphRows, Input, Inputs, Name, Segment } from './segment.ts';

/** A segment with what it was built from. */
export interface Made<T> {
  readonly segment: Segment;
  /** What else the item means to its format. */
  readonly value: T;
  readonly environment: object;
  readonly facts: readonly Fact[];
  /** For each port the number of the input that it stands for. */
  readonly ports: readonly number[];
  /** Whether the ports are the inputs, one by one. */
  readonly isPlain: boolean;
}

/** What a segment may depend on of an input. */
interface Fact {
  readonly shape: Shape | undefined;
  readonly why: Reason | undefined;
  /** The first input that is the same tensor. */
  readonly first: number;
}

/** So many segments of an item are remembered: those of a few scales, sizes and neighbours. */
const most = 4;

export class Memo<T> {
  /** What an item was built into, the newest first: `agree` tells whether one of them stands for what it reads now. */
  of(item: Item): readonly Made<T>[] {
    return (item.built.held as readonly Made<T>[] | undefined) ?? nothing;
  }

  /** Remembers a segment, unless it reads more than these inputs: undefined then. Its label may go by where it is. */
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

/** An item of a text: what it was built into goes with it. */
interface Item {
  readonly built: Slot<unknown>;
}

const nothing: readonly never[] = [];

/** Whether a segment is what an item becomes in an environment with these inputs, as far as inputs tell. */
export function agrees(made: Made<unknown>, environment: object, inputs: Inputs, rows: GraphRows): boolean {
  if (made.environment !== environment) return false;
  const { facts } = made;
  if (typeof inputs !== 'number') return agree(facts, inputs, rows);
  return agree(facts, facts.length === 1 ? rows.outputs(inputs) : rows.tensors(inputs), rows);
}

/** What the ports of a segment stand for, if the item has these inputs. */
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
    // Who reads a tensor twice may do otherwise with two tensors.
    if (facts.length > 1 && inputs.indexOf(input) !== first) return false;
  }
  return true;
}

/** How the items of a text were read, one after the other: what the reading of an edited text goes by. */
export interface Trail<T> {
  /** What was read beside the items. */
  readonly environment: object;
  /** The sizes of the network's input. */
  readonly input: Shape;
  readonly items: readonly Placed[];
  /** What each was built into; undefined where that is not to be had again. */
  readonly made: readonly (Made<T> | undefined)[];
  /** Whether it reads one tensor of the item above and nothing else, and only hands on one of its own. */
  readonly isPlain: readonly boolean[];
}

/** An item where it stands: equal items are the same. */
interface Placed {
  readonly chunk: object;
}

/** The last readings of a text, or of those before it where it was not read yet. */
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

/** For an item of a text the place of the same one in another text; −1 where they differ, between beginning and end. */
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

/** Equal environments as the same object, as long as they are in use. */
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

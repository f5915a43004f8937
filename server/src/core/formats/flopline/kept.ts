// What the rows of the top list were built into, kept for the reading of an edited text: a row that stayed, and reads
// the same tensors, is taken over.
import { adoptAll, type Builder, isClosed, type Stretch } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { YamlNode } from '../../syntax/tree.ts';

/** A row with what it was built into. */
interface Made {
  readonly outputs: readonly Tensor[];
  /** Undefined where what it was built into depends on more than the tensors that it reads, or where it told something. */
  readonly again: Again | undefined;
}

export interface Again {
  readonly stretch: Stretch;
  readonly flow: readonly Tensor[];
  readonly references: readonly Reference[];
  /** The name that it gives itself. */
  readonly name: YamlNode | undefined;
  /** How many rows were read for it, repetitions counted. */
  readonly read: number;
  readonly aside: boolean;
  /** Its place in the list, which is in its label where it has no name. */
  index: number;
}

/** What a row's `from` was resolved to. */
export interface Reference {
  readonly node: YamlNode;
  readonly found: readonly Tensor[];
}

/** The rows of one text after the other; each reading uses up what the one before has built. */
export class Kept {
  readonly #made = new WeakMap<YamlNode, Made>();
  #inputs: readonly Tensor[] = [];
  #outputs: readonly (readonly Tensor[])[] = [];

  /** The tensors of the earlier graph stand for the inputs of this one, where they are equal. */
  inputs(builder: Builder, fresh: readonly Tensor[]): readonly Tensor[] {
    this.#inputs = adoptAll(builder, fresh, this.#inputs, undefined);
    return this.#inputs;
  }

  /** What stood at a place of a list of so many rows; undefined where rows have come or gone. */
  before(index: number, count: number): readonly Tensor[] | undefined {
    return this.#outputs.length === count ? this.#outputs[index] : undefined;
  }

  of(row: YamlNode): Made | undefined {
    return this.#made.get(row);
  }

  keep(row: YamlNode, made: Made): void {
    this.#made.set(row, made);
  }

  end(outputs: readonly (readonly Tensor[])[]): void {
    this.#outputs = outputs;
  }
}

/** Whether a row reads what it read before. */
export function sameTensors(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  return a.length === b.length && a.every((tensor, at) => tensor === b[at]);
}

/** Whether a stretch reads nothing but what it is given. */
export function standsAlone(stretch: Stretch, flow: readonly Tensor[], references: readonly Reference[]): boolean {
  return isClosed(stretch, [...flow, ...references.flatMap(({ found }) => found)]);
}

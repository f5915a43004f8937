// Which layer reads which, independent of blob names: the invariant when layers are added and removed.
import { wire } from './items.ts';
import type { Layer, PlacedLayer } from './layer.ts';
import { absence, type State } from './phase.ts';

/** A layer in its intended state. */
export interface Step {
  /** The layer itself, or the one it is a copy of. */
  readonly placed: PlacedLayer;
  /** The layer whose rules say when it is active. */
  readonly rules: Layer;
  /** Names of blobs; assigned again when the network is wired. */
  bottoms: string[];
  tops: string[];
  /** For each top, whether it overwrites the bottom with the same index. */
  readonly isInPlace: readonly boolean[];
}

/** A blob as one layer has left it; without a step, it is an input or not the top of any layer. */
interface Version {
  readonly step: Step | undefined;
  readonly top: number;
  readonly name: string;
}

/** The connections between the layers of one phase. */
export class Flow {
  readonly state: State;
  readonly #reads = new Map<Step, Version[]>();
  readonly #outputs = new Map<Step, readonly Version[]>();

  constructor(steps: readonly Step[], state: State) {
    this.state = state;
    const { reads } = wire(
      steps.map(step => (absence(step.rules, state) === undefined ? step : undefined)),
      [],
    );
    const loose = new Map<string, Version>();
    for (const [index, step] of steps.entries()) {
      const sources = reads[index];
      if (!sources) continue;
      const versions = sources.map((source, at) => {
        if (source) return this.#outputs.get(steps[source.layer]!)![source.top]!;
        const name = step.bottoms[at]!;
        const version = loose.get(name) ?? { step: undefined, top: 0, name };
        loose.set(name, version);
        return version;
      });
      this.#reads.set(step, versions);
      this.#outputs.set(
        step,
        step.tops.map((name, top): Version => ({ step, top, name })),
      );
    }
  }

  has(step: Step): boolean {
    return this.#reads.has(step);
  }

  reads(step: Step): readonly Version[] | undefined {
    return this.#reads.get(step);
  }

  isRead(step: Step): boolean {
    const own = this.#outputs.get(step) ?? [];
    for (const versions of this.#reads.values()) if (versions.some(version => own.includes(version))) return true;
    return false;
  }

  /** Inserts a chain of layers between a layer and its input. */
  insert(at: Step, fresh: readonly Step[]): void {
    const reads = this.#reads.get(at);
    if (!reads) return;
    for (const step of fresh) {
      this.#reads.set(step, [reads[0]!]);
      const output = { step, top: 0, name: '' };
      this.#outputs.set(step, [output]);
      reads[0] = output;
    }
  }

  /** Inserts a layer that reads the only output of another one, and redirects that one's readers to it. */
  append(step: Step, fresh: Step): void {
    const output = this.#outputs.get(step)?.[0];
    if (!output) return;
    const own = { step: fresh, top: 0, name: '' };
    for (const reads of this.#reads.values()) {
      for (let at = 0; at < reads.length; at++) if (reads[at] === output) reads[at] = own;
    }
    this.#reads.set(fresh, [output]);
    this.#outputs.set(fresh, [own]);
  }

  /** Adds a layer that reads the same as another one and is not read. */
  repeat(step: Step, fresh: Step): void {
    const reads = this.#reads.get(step);
    if (!reads) return;
    this.#reads.set(fresh, [...reads]);
    this.#outputs.set(
      fresh,
      fresh.tops.map((name, top): Version => ({ step: fresh, top, name })),
    );
  }

  /** Removes a layer; its readers read its input. */
  remove(step: Step): void {
    this.#pass(step);
    this.#reads.delete(step);
    this.#outputs.delete(step);
  }

  /** Moves a layer between another one and its input. */
  move(step: Step, at: Step): void {
    const reads = this.#reads.get(at);
    if (!reads || !this.#reads.has(step)) return;
    this.#pass(step);
    this.#reads.set(step, [reads[0]!]);
    reads[0] = this.#outputs.get(step)![0]!;
  }

  #pass(step: Step): void {
    const output = this.#outputs.get(step)?.[0];
    const source = this.#reads.get(step)?.[0];
    if (!output || !source) return;
    for (const reads of this.#reads.values()) {
      for (let at = 0; at < reads.length; at++) if (reads[at] === output) reads[at] = source;
    }
  }

  /**
   * Layers that overwrite a blob that others read as well: Caffe cannot split the blob for them (insert_splits.cpp).
   */
  clashes(): ReadonlySet<Step> {
    const readers = new Map<Version, number>();
    for (const reads of this.#reads.values()) {
      for (const version of reads) readers.set(version, (readers.get(version) ?? 0) + 1);
    }
    const found = new Set<Step>();
    for (const [step, reads] of this.#reads) {
      if (reads.some((version, at) => step.isInPlace[at] && readers.get(version)! > 1)) found.add(step);
    }
    return found;
  }
}

/**
 * Names the blobs so that all layers read what they should, and returns whether that is possible, that is, whether the
 * network resulting from these names is the intended one in every phase. `flows` are the intended connections,
 * `clashing` the layers in each that already overwrite what others read.
 */
export function isWired(
  steps: readonly Step[],
  flows: readonly Flow[],
  clashing: readonly ReadonlySet<Step>[],
): boolean {
  const named = new Set<Step>();
  for (const flow of flows) {
    for (const step of steps) {
      const reads = flow.reads(step);
      if (!reads) continue;
      const names = reads.map(({ step: source, top, name }) => (source ? source.tops[top]! : name));
      if (named.has(step)) {
        if (names.some((name, at) => name !== step.bottoms[at])) return false;
        continue;
      }
      named.add(step);
      step.bottoms = names;
      step.tops = step.tops.map((name, at) => (step.isInPlace[at] ? names[at]! : name));
    }
  }
  return flows.every((flow, index) => {
    const now = new Flow(steps, flow.state);
    for (const step of steps) {
      const meant = flow.reads(step);
      const found = now.reads(step);
      // A copy may be active when the layer it was added for is not.
      if (!meant !== !found) return false;
      if (!meant || !found) continue;
      if (meant.some((version, at) => !isSame(version, found[at]!))) return false;
    }
    for (const step of now.clashes()) if (!clashing[index]!.has(step)) return false;
    return true;
  });
}

function isSame(a: Version, b: Version): boolean {
  return a.step === b.step && a.top === b.top && (a.step !== undefined || a.name === b.name);
}

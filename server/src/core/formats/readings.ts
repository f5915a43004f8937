// What a text that is read as a program has been read into, by what was asked for.
import type { Spec } from './format.ts';

/** So many readings of a text are remembered: those of its scales or entries, and of sizes that are tried. */
const most = 8;

export class Readings {
  readonly #specs = new Map<string, Spec>();

  /** What was read under a key, or what `read` makes of it now. */
  *of(key: string, read: () => Generator<void, Spec>): Generator<void, Spec> {
    let spec = this.#specs.get(key);
    if (!spec) {
      spec = yield* read();
      if (this.#specs.size >= most) this.#specs.delete(this.#specs.keys().next().value!);
      this.#specs.set(key, spec);
    }
    return spec;
  }
}

/** Reads to the end at once. */
export function readOn(steps: Generator<void, Spec>): Spec {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

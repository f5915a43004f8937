/**
 * A place in a value that never changes for what others have computed of it: kept as long as the value, and found without
 * a look-up. Whoever reads it gets what computing it again would give.
 */
export class Slot<T> {
  #held: T | undefined;

  get held(): T | undefined {
    return this.#held;
  }

  hold(value: T): T {
    this.#held = value;
    return value;
  }
}

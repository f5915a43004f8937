/**
 * A field in an immutable value that caches what others compute from it. It lives as long as the value and needs no
 * lookup. Reading it gives the same result as computing it again.
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

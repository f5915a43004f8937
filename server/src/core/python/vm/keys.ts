// What values are found by in dicts and sets.
import type { Machine } from '../machine.ts';
import {
  type Key,
  Native,
  type PyBoundMethod,
  PyFunction,
  PyInstance,
  type PyObject,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { plainKey } from '../operators.ts';
import { equalsSteps } from '../protocols/compare.ts';

/** What values are found by in dicts and sets. */
export class Keys {
  readonly #machine: Machine;
  readonly #custom = new Map<Key, PyObject[]>();
  readonly #canonical = new WeakMap<PyObject, Key>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** In what it keeps those that a program computes. */
  get book(): ReadonlyMap<Key, readonly PyObject[]> {
    return this.#custom;
  }

  of(value: Value): Key | Unknown {
    return plainKey(value, this.#machine, object => this.#instanceKey(object));
  }

  /** The key of an instance, without running Python. */
  #instanceKey(object: PyObject): Key | Unknown {
    if (object.kind === 'method') {
      const { self, callee } = object as PyBoundMethod;
      const known = this.#custom.get(callee as Key)?.find(other => (other as PyBoundMethod).self === self);
      if (known) return known;
      this.#custom.set(callee as Key, [...(this.#custom.get(callee as Key) ?? []), object]);
      return object;
    }
    const cls = this.#machine.typeOf(object)!;
    const equals = cls.find('__eq__');
    const plain = object instanceof PyInstance && 'value' in object && object.kind === 'boxed';
    const hash = cls.find('__hash__');
    if (hash === null) throw this.#machine.raise('TypeError', `unhashable type: '${cls.name}'`);
    const byContent = equals instanceof Native ? cls.mro.find(({ key }) => key)?.key : undefined;
    if (byContent) return byContent(object);
    if (plain && !(equals instanceof PyFunction)) return this.of((object as unknown as { value: Value }).value);
    if (
      equals === this.#machine.objectMember('__eq__') ||
      (equals instanceof Native && !(hash instanceof PyFunction))
    ) {
      if (object instanceof PyInstance) return object;
      if (object instanceof PyTuple)
        return plainKey(new PyTuple(object.items), this.#machine, inner => this.#instanceKey(inner));
      return object;
    }
    const known = this.#canonical.get(object);
    if (known !== undefined) return known;
    return this.#machine.unknown('The hash of this object is computed by the program.');
  }

  *custom(value: PyInstance, hash: Value): Steps<Key | Unknown> {
    const number = yield* this.#machine.call(hash, [value]);
    if (number instanceof Unknown) return number;
    const key = `\0h${String(number)}:${value.cls.name}`;
    const known = this.#custom.get(key) ?? [];
    for (const other of known) {
      const equal = other === value || (yield* equalsSteps(value, other, this.#machine));
      if (equal instanceof Unknown) return equal;
      if (!equal) continue;
      this.#canonical.set(value, other);
      return other;
    }
    this.#custom.set(key, [...known, value]);
    this.#canonical.set(value, value);
    return value;
  }
}

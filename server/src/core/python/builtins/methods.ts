// How the methods of a built-in type are written: `self` is of the type, and what is unknown stays unknown.
import type { Machine } from '../machine.ts';
import { firstUnknown } from '../native.ts';
import { Native, type NativeBody, type Steps, Unknown, type Value } from '../objects.ts';
import { typeName } from './classes.ts';

/** Steps that end at once: for what needs no Python. */
// biome-ignore lint/correctness/useYield: nothing is called.
export function* done(value: Value): Steps {
  return value;
}

type Body<T> = (self: T, args: readonly Value[], machine: Machine) => Value;
type StepsBody<T> = (self: T, args: readonly Value[], machine: Machine) => Steps;

export interface MethodMaker<T> {
  /** A method; unknown arguments make its result unknown. The signature is that behind `self`. */
  readonly strict: (name: string, signature: string, body: Body<T>) => Native;
  /** A method that gets unknown arguments, too. */
  readonly lenient: (name: string, signature: string, body: Body<T>) => Native;
  /** One that calls back into Python; it gets unknown arguments, too. */
  readonly steps: (name: string, signature: string, body: StepsBody<T>) => Native;
}

/** Makes the methods of a type; `as` gives what they work on, undefined for a value of another type. */
export function methodsOf<T>(type: string, as: (self: Value) => T | undefined): MethodMaker<T> {
  function selfOf(name: string, value: Value, machine: Machine): T | Unknown {
    if (value instanceof Unknown) return value;
    const self = as(value);
    if (self === undefined) {
      throw machine.raise(
        'TypeError',
        `descriptor '${name}' for '${type}' objects doesn't apply to a '${typeName(value, machine)}' object`,
      );
    }
    return self;
  }
  const full = (signature: string) => (signature === '' ? 'self, /' : `self, ${signature}`);
  return {
    strict: (name, signature, body) =>
      new Native(name, full(signature), (args, machine) => {
        const unknown = firstUnknown(args);
        if (unknown) return unknown;
        const self = selfOf(name, args[0]!, machine);
        return self instanceof Unknown ? self : body(self, args.slice(1), machine);
      }),
    lenient: (name, signature, body) =>
      new Native(name, full(signature), (args, machine) => {
        const self = selfOf(name, args[0]!, machine);
        return self instanceof Unknown ? self : body(self, args.slice(1), machine);
      }),
    steps: (name, signature, body) =>
      new Native(
        name,
        full(signature),
        function* (args: readonly Value[], machine: Machine): Steps {
          const self = selfOf(name, args[0]!, machine);
          return self instanceof Unknown ? self : yield* body(self, args.slice(1), machine);
        } as NativeBody,
        true,
      ),
  };
}

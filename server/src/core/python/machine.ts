// What natives and formats see of the machine that runs Python.
import type { PythonTree } from '../syntax/python/ast.ts';
import type { Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';
import type { Later } from './attributes.ts';
import type { Code } from './code.ts';
import type { Files } from './files.ts';
import type {
  Key,
  Keywords,
  Place,
  PyClass,
  PyDict,
  PyFunction,
  PyInstance,
  PyModule,
  Raised,
  Steps,
  Unknown,
  Value,
} from './objects.ts';

/** A call that is under way: of a function of the program, a module's or a class's body; or of a native in steps. */
export interface Activation {
  readonly parent: Activation | undefined;
  /** Undefined for a native in steps. */
  readonly code: Code | undefined;
  readonly fn: PyFunction | undefined;
  /** The file; undefined for the text that is read, and for natives. */
  readonly file: string | undefined;
  /** What the ranges in its code are relative to. */
  readonly base: number;
  /** The statement that it is in, relative to `base`. */
  readonly statement: Range | undefined;
  /** The expression that it is in (a call), relative to `base`. */
  readonly expression: Range | undefined;
  /** Counts statements: another number is another execution, even of the same statement. */
  readonly tick: number;
  /** The first argument of a call of a function of the program: its `self`. */
  readonly receiver: Value | undefined;
  /** Free for natives in steps and for hooks: what this call is to whoever watches (the call of an nn.Module). */
  tag: unknown;
}

/** What happens that whoever runs the machine wants to know of or decide. */
export interface Hooks {
  /** Something unknown is called; what takes the place of the result. */
  unknownCall?(callee: Unknown, args: readonly Value[], keywords: Keywords, machine: Machine): Value;
  /** A condition, an iterable or the like is unknown, and code was skipped because of it. */
  unknownBranch?(why: Unknown, machine: Machine): void;
  /** Under an unknown condition a method is called, or contents are set, of something that is no built-in container. */
  unknownWrite?(object: Value, name: string | undefined, why: Unknown, machine: Machine): void;
  /** A native has a fault of ours: its result is unknown. */
  fault?(error: unknown, machine: Machine): void;
  /** What the program prints. */
  print?(text: string): void;
  /** A statement cannot be read. */
  broken?(message: string, place: Place, machine: Machine): void;
}

/** A native module, made when it is first imported: `torch.nn.functional`. */
export type NativeModules = ReadonlyMap<string, (machine: Machine) => PyModule>;

export interface MachineOptions {
  readonly files: Files;
  /** Folders from which absolute imports are resolved, in order. */
  readonly roots: readonly string[];
  /** Beside those of the standard library. */
  readonly natives: NativeModules;
  readonly hooks?: Hooks;
  readonly maxSteps?: number;
  /** Reads a file that is imported; by default with a memory for files that did not change. */
  readonly parse?: (text: string, path: string) => PythonTree;
  /** Imports run where they stand, not when a name of theirs is first needed. */
  readonly isEager?: boolean;
}

export interface Machine {
  readonly options: MachineOptions;
  /** The innermost call that is under way. */
  readonly top: Activation | undefined;
  /** Where the innermost statement of the program stands. */
  place(): Place | undefined;

  /** The module of a name, run if it was not yet; Unknown (an import) where it cannot be found. */
  importModule(name: string): Steps;
  /** A built-in name: `int`, `ValueError`. */
  builtin(name: string): Value;

  /** What `type.__call__` does: makes an instance and initializes it. */
  instantiate(cls: PyClass, args: readonly Value[], keywords: Keywords): Steps;
  call(callee: Value, args: readonly Value[], keywords?: Keywords): Steps;
  /** `getattr`; raises AttributeError. */
  getAttribute(object: Value, name: string): Steps;
  setAttribute(object: Value, name: string, value: Value): Steps;
  /** All values of an iterable; Unknown where it is. */
  list(iterable: Value): Steps<readonly Value[] | Unknown>;
  /** An iterator of a value, as `iter` makes it; Unknown where the value is. */
  iterate(iterable: Value): Steps;
  /** The next value of an iterator; undefined at its end. */
  next(iterator: Value): Steps<Value | undefined>;
  truth(value: Value): Steps<boolean | Unknown>;
  equals(a: Value, b: Value): Steps<boolean | Unknown>;
  /** Operators (`+`, in place `+=`), comparisons (`<`, `==`, `in`, `is not`), and `[]` for `a[b]`. */
  binary(operator: string, a: Value, b: Value): Steps;
  length(value: Value): Steps<number | Unknown>;
  /** The value of an expression; names are those of the innermost frame of the program unless scopes are given. */
  evaluate(text: string, globals?: PyDict | PyModule, locals?: PyDict): Steps;
  /** Of the innermost frame of the program. */
  globals(): PyModule | undefined;
  locals(): PyDict | Unknown;
  /** Counts work done inside of natives (elements made, characters) against the bounds of the reading. */
  charge(count: number): void;
  str(value: Value): Steps<string | Unknown>;
  repr(value: Value): Steps<string | Unknown>;

  format(value: Value, format: string): Steps<string | Unknown>;

  /** An attribute that needs no Python to run: of the instance's dict, else of its class, unbound; undefined otherwise. */
  lookup(object: Value, name: string): Value | undefined;
  /** The class of a value; undefined for Unknown. */
  typeOf(value: Value): PyClass | undefined;
  isInstance(value: Value, cls: PyClass): boolean;
  keyOf(value: Value): Key | Unknown;
  /** The key of a value whose class has a hash of its own, which Python computes. */
  customKey(value: PyInstance, hash: Value): Steps<Key | Unknown>;
  /** What `object` itself has by a name. */
  objectMember(name: string): Value | undefined;
  /** A module inside of a package that nobody has imported yet. */
  submodule(module: PyModule, name: string): Value | Later | undefined;

  /** Makes an exception of a built-in class, to be thrown: `throw machine.raise('ValueError', '…')`. */
  raise(type: string, message: string, isBare?: boolean): Raised;
  /** The same with other arguments than a message: KeyError has the key. */
  raiseWith(type: string, args: readonly Value[]): Raised;
  exception(type: string, message: string): PyInstance;
  unknown(why: string | Reason): Unknown;
}

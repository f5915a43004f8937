// What whoever runs a program sees of the machine.

import type { PythonTree } from '../../syntax/python/ast.ts';
import type { Reason } from '../../text/reason.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Code } from '../code.ts';
import type { Machine } from '../machine.ts';
import type { Keywords, Place, PyClass, PyException, PyModule, Steps, TracePlace, Value } from '../objects.ts';

/** How a run ended. */
export type Outcome<T = Value> =
  | { readonly kind: 'value'; readonly value: T }
  /** An exception that nobody caught; `trace` has the statements that were under way, innermost first. */
  | { readonly kind: 'raised'; readonly exception: PyException; readonly trace: readonly TracePlace[] }
  /** It took too long, or too much. */
  | { readonly kind: 'stopped'; readonly reason: Reason };

/** Work that goes on in slices. Only one run of a machine is under way at a time. */
export interface Run<T = Value> {
  /** Goes on for at most so many instructions; undefined while there is more to do. */
  advance(instructions: number): Outcome<T> | undefined;
  /** To its end. */
  finish(): Outcome<T>;
}

export interface Source {
  readonly tree: PythonTree;
  /** Dotted: relative imports are resolved by it. */
  readonly name: string;
  readonly isPackage?: boolean;
  /** The path by which imports of other files find it. */
  readonly path?: string | undefined;
}

export interface ImportMissing {
  readonly name: string;
  /** The first place that imports it. */
  readonly place: Place | undefined;
  /** Why what is made with it is unknown. */
  readonly reason: Reason;
  /** A part of a library that is built in: its source would not be read. */
  readonly isOfLibrary: boolean;
}

/** Objects that somebody watches. */
export interface Watched {
  has(object: object): boolean;
}

/** Makes instances in place of classes. */
export interface Maker {
  /** Undefined where the class is to do it itself. */
  make(cls: PyClass, args: readonly Value[], keywords: Keywords): Steps | undefined;
}

/** The code of the functions that are called, and the names that are looked up by something else. */
export type Trace = Set<Code | string>;

export interface Interpreter extends Machine {
  /** What was there before the program began, while somebody wants to know whether it may have changed. */
  watched: Watched | undefined;
  /** Another number is another state of it, as far as can be seen without looking at all of it. */
  epoch: number;
  maker: Maker | undefined;
  /** While somebody wants to know. */
  trace: Trace | undefined;
  /** Whether somebody has asked which classes are derived from one: what code has defined them is not followed. */
  hasListedClasses: boolean;
  /** Starts work of any kind: `machine.start(machine.run(source))`. */
  start<T>(steps: Steps<T>): Run<T>;
  /** Runs the text that is read as a module. */
  run(source: Source): Steps<PyModule>;
  /** The value of an expression in a module. */
  evaluateIn(module: PyModule, expression: string): Steps;
  /** Imports that were not found. */
  readonly missing: readonly ImportMissing[];
  /** All of them: parts of packages that were not found, too. */
  readonly unfound: readonly ImportMissing[];
  /** Paths of the files that were imported. */
  readonly filesRead: readonly string[];
  /** Instructions so far. */
  readonly steps: number;
  /** Everything that a program may change, as it is now. Nothing may be under way. */
  checkpoint(): Saved;
}

/** The state of a machine at some time. */
export interface Saved {
  readonly heap: Checkpoint;
  /** As `Checkpoint.restore`, with what the machine counts. */
  restore(...changed: Parameters<Checkpoint['restore']>): boolean;
}

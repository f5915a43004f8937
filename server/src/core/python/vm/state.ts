// What the parts of the machine share while it runs.
import type { Frame } from '../frame.ts';
import type { Machine } from '../machine.ts';
import { type PyClass, PyDict, type Raised, type Value } from '../objects.ts';
import type { Guard } from './held.ts';
import type { Maker, Outcome, Trace, Watched } from './interpreter.ts';
import type { MissingImports } from './missing.ts';
import type { Modules } from './modules.ts';

/** The machine as its own parts see it: a reading under way. */
export interface State extends Machine {
  /** The innermost call that is under way. */
  frame: Frame | undefined;
  /** Instructions until it pauses. */
  budget: number;
  /** What `budget` was when the instructions began that `spent` does not count yet. */
  budgeted: number;
  /** Instructions so far, without those since it last paused. */
  spent: number;
  outcome: Outcome<unknown> | undefined;
  /** Statements that are under way and may not run at all, from the outside in. */
  readonly guards: Guard[];
  /** What has been looked at for these so far. */
  held: number;
  /** An exception on its way to the innermost frame. */
  thrown: unknown;
  /** What is raised while something else is: it comes next, because each frame would be one of ours, too. */
  readonly raising: Raised[];
  isRaising: boolean;
  /** What was there before the program began, while somebody wants to know whether it may have changed. */
  readonly maker: Maker | undefined;
  watched: Watched | undefined;
  readonly trace: Trace | undefined;
  /** Counts what may have changed it, beside the names of classes and modules. */
  epoch: number;
  readonly builtins: ReadonlyMap<string, Value>;
  /** The class `object`. */
  readonly object: PyClass;
  /** The class `type`. */
  readonly type: PyClass;
  readonly imports: Modules;
  readonly missingImports: MissingImports;
}

/** Something may be written into. */
export function touch(vm: State, object: Value): void {
  if (vm.watched && typeof object === 'object' && object !== null && isWatched(vm.watched, object)) vm.epoch++;
}

/** Whether what is written into an object may be seen by who holds something that was there before. */
export function isWatched(watched: Watched, object: object): boolean {
  // A view of something else.
  return watched.has(object) || (object instanceof PyDict && object.entries.constructor !== Map);
}

/** What a call gives that goes on in a frame of its own, which delivers its result later. */
export const pending = Symbol('pending');
export type Pending = typeof pending;

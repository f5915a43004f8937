// What the parts of the machine share while it runs.
import type { Frame } from '../frame.ts';
import type { Machine } from '../machine.ts';
import type { PyClass, Raised, Value } from '../objects.ts';
import type { Outcome } from './interpreter.ts';
import type { MissingImports } from './missing.ts';
import type { Modules } from './modules.ts';

/** The machine as its own parts see it: a reading under way. */
export interface State extends Machine {
  /** The innermost call that is under way. */
  frame: Frame | undefined;
  /** Instructions until it pauses. */
  budget: number;
  /** Instructions so far, without those since it last paused. */
  spent: number;
  outcome: Outcome<unknown> | undefined;
  /** An exception on its way to the innermost frame. */
  thrown: unknown;
  /** What is raised while something else is: it comes next, because each frame would be one of ours, too. */
  readonly raising: Raised[];
  isRaising: boolean;
  readonly builtins: ReadonlyMap<string, Value>;
  /** The class `object`. */
  readonly object: PyClass;
  /** The class `type`. */
  readonly type: PyClass;
  readonly imports: Modules;
  readonly missingImports: MissingImports;
}

/** What a call gives that goes on in a frame of its own, which delivers its result later. */
export const pending = Symbol('pending');
export type Pending = typeof pending;

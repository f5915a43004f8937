// What is to be read, and what came of it.
import type { ShapeOrder } from '../ops/op.ts';
import type { PythonTree } from '../syntax/python/ast.ts';
import type { Fix, Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Given } from './inputs.ts';
import type { MissingImport, ProgramSource } from './program.ts';
import type { Recorded } from './record.ts';
import type { Surroundings } from './roots.ts';

/** A network that is to be read. */
export interface Task {
  readonly source: ProgramSource;
  readonly tree: PythonTree;
  readonly surroundings: Surroundings;
  /** The expression that builds it. */
  readonly entry: string;
  /** The module in whose names that is, where it is not the file itself: one that imports it. */
  readonly module?: string;
  /** How it is called; undefined is guessed. */
  readonly given: Given | undefined;
  /** Where problems are that have no place of their own. */
  readonly head: Range;
  readonly order: ShapeOrder;
  /** Whether it is called as in training. */
  readonly training: boolean;
  /** Whether it is followed how long tensors are there. */
  readonly lifetimes: boolean;
}

/** What came of one try. */
export interface Try {
  readonly recorded: Recorded | undefined;
  readonly problems: readonly Problem[];
  /** Ways that may fix some of them. */
  readonly fixes: ReadonlyMap<Problem, readonly Fix[]>;
  readonly missing: readonly MissingImport[];
  /** Instructions that it took. */
  readonly steps: number;
}

// What is to be read, and what came of it.
import type { ShapeOrder } from '../../ops/op.ts';
import type { PythonTree } from '../../syntax/python/ast.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { MissingImport, Source } from '../format.ts';
import type { Given } from './inputs.ts';
import type { Recorded } from './program.ts';
import type { Surroundings } from './roots.ts';

/** A network that is to be read. */
export interface Task {
  readonly source: Source;
  readonly tree: PythonTree;
  readonly surroundings: Surroundings;
  /** The expression that builds it. */
  readonly entry: string;
  /** How it is called; undefined is guessed. */
  readonly given: Given | undefined;
  /** Where problems are that have no place of their own. */
  readonly head: Range;
  readonly order: ShapeOrder;
}

/** What came of one try. */
export interface Try {
  readonly recorded: Recorded | undefined;
  readonly problems: readonly Problem[];
  readonly missing: readonly MissingImport[];
  /** Instructions that it took. */
  readonly steps: number;
}

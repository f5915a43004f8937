import type { Range } from './range.ts';

/** A syntactic unit of a text with the units inside it, in source order. */
export interface Span extends Range {
  readonly parts: readonly Span[];
  /** Whether it can be folded below its first line: a row, a section, a message, but not a list by itself. */
  readonly folds: boolean;
}

import type { Range } from './range.ts';

/** A part of a text that its language sees as one, with the parts inside it, in source order. */
export interface Span extends Range {
  readonly parts: readonly Span[];
  /** Whether its lines below the first one belong to that one: a row, a section, a message; no list by itself. */
  readonly folds: boolean;
}

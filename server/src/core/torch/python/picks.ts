// What is known of the values of a tensor where other values choose them: see `chosen.ts`.
import type { Part, Picks } from '../../graph/graph.ts';
import type { Reason } from '../../text/reason.ts';

/** Indices that were chosen at once. */
export interface Source {
  readonly count: number;
  /** They are below it. */
  readonly range: number;
  /** By index: those of the same row are all different; undefined where none are known to be. */
  readonly rowOf: Float64Array | undefined;
  readonly sets: Map<string, Picks>;
  /** The row of another text that they belong to. */
  readonly owner: object | undefined;
}

/** Some of the indices, and a number: what is not 0 where one of these is that number. */
export interface Group {
  readonly number: number;
  readonly picks: readonly number[];
}

/** What a tensor holds of what was chosen. */
export interface Chosen {
  readonly source: Source;
  /** Row by row, for each element: of `numbers` which index it is, of `hits` which of the groups; `misses` are not 0 where hits are. */
  readonly kind: 'numbers' | 'hits' | 'misses';
  readonly elements: Float64Array;
  /** Where elements are no more than one index and a number: index × range + number. */
  readonly groups: readonly Group[] | undefined;
  /** Whether it is not 0 exactly where the index is the number; or else at most there. */
  readonly isExact: boolean;
  /** Of the memory that it was read from. */
  readonly version: number;
}

/** What is known of a list of unknown length: its numbers are different ones below `range`, in their order. */
export interface Distinct {
  readonly range: number;
  /** By number: it is in the list where there is any of it. */
  readonly parts: readonly (Part | undefined)[];
  /** Of the memory that it was read from. */
  readonly version: number;
}

const reasons = new WeakSet<Reason>();

/** A reason for unknown sizes that values of data decide, and nothing else. */
export function reasonOfData(message: string): Reason {
  const reason = { message };
  reasons.add(reason);
  return reason;
}

export const isOfData = (why: Reason | undefined): boolean => why !== undefined && reasons.has(why);

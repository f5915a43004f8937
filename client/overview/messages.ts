// What the editor and the page of an overview say to each other. Types only.
import type { OverviewMessage, Sweep, SweepKey, SweepPoint } from '../../server/src/protocol/index.ts';

/** To the page. */
export type ToPage =
  | { readonly type: 'overview'; readonly message: OverviewMessage }
  /** Where the cursor is: a document by its address, and a 0-based line. */
  | { readonly type: 'cursor'; readonly uri: string; readonly line: number }
  /** The answer to a question of the page; null where there is none any more. */
  | { readonly type: 'answer'; readonly id: number; readonly answer: readonly Sweep[] | SweepPoint | null };

/** From the page. */
export type FromPage =
  /** It has nothing, or has missed something: all of it is needed. */
  | { readonly type: 'ready' }
  /** A line is to be shown, and has the focus then or leaves it where it is. */
  | { readonly type: 'reveal'; readonly uri: string; readonly line: number; readonly focus: boolean }
  /** What can be varied of a document, or the totals with a value. */
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly uri: string;
      readonly key?: SweepKey;
      readonly value?: string;
    };

/** What the page keeps while it is hidden. */
export interface PageState {
  readonly metric?: number;
  readonly group?: string;
  readonly flame?: boolean;
  readonly view?: string;
  readonly expanded?: readonly string[];
}

// What the editor and the page of an overview say to each other. Types only.
import type { OverviewMessage, Requests } from '../../server/src/protocol/index.ts';
import type { GraphState } from './graph/view.ts';

/** What the page may ask the server. */
export type PageMethod =
  | 'flopline/sweeps'
  | 'flopline/sweepPoint'
  | 'flopline/memory'
  | 'flopline/memoryAt'
  | 'flopline/time';

export type Ask = <M extends PageMethod>(method: M, params: Requests[M]['params']) => Promise<Requests[M]['result']>;

/** To the page. */
export type ToPage =
  | { readonly type: 'overview'; readonly message: OverviewMessage }
  /** Where the cursor is: a document by its address, and a 0-based line. */
  | { readonly type: 'cursor'; readonly uri: string; readonly line: number }
  /** The answer to a question of the page; null where there is none any more. */
  | { readonly type: 'answer'; readonly id: number; readonly answer: Requests[PageMethod]['result'] };

/** From the page. */
export type FromPage =
  /** It has nothing, or has missed something: all of it is needed. */
  | { readonly type: 'ready' }
  /** A line is to be shown, and has the focus then or leaves it where it is. */
  | { readonly type: 'reveal'; readonly uri: string; readonly line: number; readonly focus: boolean }
  /** A file is to be saved where a person says: its name, and what is in it. */
  | { readonly type: 'save'; readonly name: string; readonly data: Uint8Array }
  /** A question to the server. */
  | Question;

export interface Question<M extends PageMethod = PageMethod> {
  readonly type: 'ask';
  readonly id: number;
  readonly method: M;
  readonly params: Requests[M]['params'];
}

/** What the page keeps while it is hidden. */
export interface PageState {
  readonly metric?: number;
  readonly group?: string;
  readonly flame?: boolean;
  /** The name of the view that is shown. */
  readonly view?: string;
  readonly expanded?: readonly string[];
  readonly graph?: GraphState;
}

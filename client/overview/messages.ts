// Messages between the extension and the overview page. Types only.
import type { OverviewMessage, Requests } from '../../server/src/protocol/index.ts';
import type { GraphState } from './graph/view.ts';

/** Server methods that the page may call. */
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
  /** The cursor position: the URI of a document and a 0-based line. */
  | { readonly type: 'cursor'; readonly uri: string; readonly line: number }
  /** The answer to a request of the page; null if there is none any more. */
  | { readonly type: 'answer'; readonly id: number; readonly answer: Requests[PageMethod]['result'] };

/** From the page. */
export type FromPage =
  /** The page has no network or has missed an update, and needs all of it. */
  | { readonly type: 'ready' }
  /** Shows a line; `focus` says whether the editor takes the focus. */
  | { readonly type: 'reveal'; readonly uri: string; readonly line: number; readonly focus: boolean }
  /** Asks the user where to save a file with this name and content. */
  | { readonly type: 'save'; readonly name: string; readonly data: Uint8Array }
  /** A request to the server. */
  | Question;

export interface Question<M extends PageMethod = PageMethod> {
  readonly type: 'ask';
  readonly id: number;
  readonly method: M;
  readonly params: Requests[M]['params'];
}

/** The state the page keeps while it is hidden. */
export interface PageState {
  readonly metric?: number;
  readonly group?: string;
  readonly flame?: boolean;
  /** The name of the visible view. */
  readonly view?: string;
  readonly expanded?: readonly string[];
  readonly graph?: GraphState;
}

// The interface of a view, which is the content of a tab. Each view is one file and one line in the list of main.ts.
import type { Metric, Network, Row } from './network.ts';

export interface View {
  /** Identifies the panel, also in the saved state: `sweep`. */
  readonly name: string;
  /** The title of the tab. */
  readonly words: string;
  readonly element: HTMLElement;
  /** Shows a network and the selected cost; undefined if there is no network or another view is visible. */
  show(network: Network | undefined, metric: Metric): void;
  /** Highlights the rows at the cursor. */
  follow?(rows: readonly Row[]): void;
}

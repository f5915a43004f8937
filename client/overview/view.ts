// A view of a network: what is behind a tab. One file a view, and one line in the list of main.ts.
import type { Metric, Network, Row } from './network.ts';

export interface View {
  /** Of its panel, and what is kept of which one is shown: `sweep`. */
  readonly name: string;
  /** On its tab. */
  readonly words: string;
  readonly element: HTMLElement;
  /** The network, or undefined while there is none or another view is shown; and the cost that is selected. */
  show(network: Network | undefined, metric: Metric): void;
  /** The rows that the cursor is on. */
  follow?(rows: readonly Row[]): void;
}

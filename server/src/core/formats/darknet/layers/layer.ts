// What a layer of Darknet is to the walk over the sections: a function from its row to what it hands on.
import type { GraphNode, Tensor } from '../../../graph/graph.ts';
import type { Row } from '../row.ts';

export interface Made {
  readonly tensor: Tensor;
  /** Whether Darknet gives it width, height and channels; true where not said. */
  readonly image?: boolean;
  /** As in Value. */
  readonly length?: number | undefined;
  readonly channels?: number | undefined;
  readonly held?: Tensor | undefined;
  /** How many times narrower than its input it is; 1 where not said. */
  readonly shrinks?: number;
  /** The reduction against the network’s input, where it is not that of the layer before times `shrinks`. */
  readonly reduction?: number;
  /** The row that chose the channels: `null` where none did alone; that of the layer before where not said. */
  readonly widthBy?: Row | null;
}

/** What layers know of each other beside their outputs. */
export interface Network {
  /** The convolutions of layers, by number, for those that share weights. */
  readonly convolutions: Map<number, Convolution>;
}

export interface Convolution {
  readonly conv: GraphNode;
  readonly norm: GraphNode | undefined;
}

export type Layer = (row: Row, network: Network) => Made;

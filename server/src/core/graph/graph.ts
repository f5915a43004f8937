// A network as data: nodes in execution order, tensors between them, frames around them.
import type { Frame, GraphNode, Tensor } from './node.ts';
import type { GraphRows } from './segment.ts';

export {
  type Allowed,
  definition,
  type Frame,
  type GraphNode,
  type Guard,
  isSamePart,
  type Note,
  numbersOfRows,
  type Part,
  type Picks,
  type Rows,
  type Site,
  type SiteRole,
  type Tensor,
  type Training,
  use,
  useOf,
} from './node.ts';

/**
 * A condition under which the numbers of a frame are right, for example that a fork has not redefined a class. Such a
 * number is neither a lower bound nor certain.
 */
export interface Doubt {
  /** What the condition is about: `CBAM`. */
  readonly subject: string;
  /** What has to be true of it: its class comes from a source (`TPH-YOLOv5`), or it has a value. */
  readonly expected:
    | { readonly kind: 'class'; readonly source: string }
    | { readonly kind: 'value'; readonly value: string }
    /** It depends on a stand-in for a row: the 1-based line that cannot be read. */
    | { readonly kind: 'row'; readonly line: number };
  /** What gives rise to the doubt, as a sentence. */
  readonly because: string;
}

/** Separate from the frames, which outlive edits: any other row can give rise to a doubt. */
export type Doubts = ReadonlyMap<Frame, Doubt>;

export interface Graph {
  /** In execution order; created on demand. */
  readonly nodes: readonly GraphNode[];
  readonly nodeCount: number;
  /** The nodes outside of segments, in execution order. */
  readonly loose: readonly GraphNode[];
  /** The children of `root`, as segments where possible: looking at all rows then creates no frames. */
  readonly rows: GraphRows;
  /**
   * What users consider the layers: the children of `root`, or, in a program, the modules that the network calls; in
   * order.
   */
  readonly layers: readonly Frame[];
  /** The whole network; its children are the text's top-level items, in source order. */
  readonly root: Frame;
  readonly inputs: readonly { readonly name: string; readonly tensor: Tensor }[];
  /** The network's outputs, which stay alive to the end. */
  readonly outputs: readonly Tensor[];
  readonly untrained: Untrained;
  /** The lifetimes of tensors, if they were recorded while a program ran. */
  readonly lives: ReadonlyMap<Tensor, Life> | undefined;
}

/** The nodes outside of segments that belong to a row which is a frame: finding them creates no other nodes. */
export function looseIn({ loose }: Graph, { first, end }: Pick<Frame, 'first' | 'end'>): readonly GraphNode[] {
  let [low, high] = [0, loose.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (loose[middle]!.id < first) low = middle + 1;
    else high = middle;
  }
  return loose.slice(low, low + end - first);
}

/** How long a program keeps a tensor, and in which memory. */
export interface Life {
  /** The last node that runs while it exists. */
  readonly end: number;
  /** The tensor whose memory it uses: itself, unless it is a view or was written in place. */
  readonly memory: Tensor;
  /** Whether it existed before the network was called: a parameter or a buffer. */
  readonly isGiven: boolean;
  /** The inputs of its operator that are copied first, because they are not contiguous. */
  readonly copied: readonly number[];
  /** Whether it is the same object as the input: the operator did nothing. */
  readonly isSame: boolean;
  /** Bytes per element; 0 means those of the current data type. */
  readonly bytes: number;
}

/** How much of the network's beginning is not trained: each is the id of the first node after it, 0 if none. */
export interface Untrained {
  /** Nodes for which no gradients are computed at all. */
  readonly detached: number;
  /** Nodes without a backward pass. */
  readonly forwardOnly: number;
  /** Nodes with frozen weights. */
  readonly frozenWeights: number;
}

/** Channels of [N, C, …]; NaN where unknown. */
export function channels(tensor: Tensor): number {
  return tensor.shape?.[1] ?? Number.NaN;
}

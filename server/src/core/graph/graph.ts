// A network as data: nodes in the order of execution, tensors between them, frames around them.
import type { Frame, GraphNode, Tensor } from './node.ts';
import type { GraphRows } from './segment.ts';

export {
  type Allowed,
  definition,
  type Frame,
  type GraphNode,
  type Note,
  type Site,
  type SiteRole,
  type Tensor,
  type Training,
  use,
  useOf,
} from './node.ts';

/**
 * Why the numbers of a frame are right only on a condition: a class that forks redefine, in a file that may be a fork's.
 * Such a number is neither a lower bound nor certain.
 */
export interface Doubt {
  /** What the condition is about: `CBAM`. */
  readonly subject: string;
  /** What must be true of it: its class is that of a source (`TPH-YOLOv5`), or it has a value. */
  readonly expected:
    | { readonly kind: 'class'; readonly source: string }
    | { readonly kind: 'value'; readonly value: string }
    /** It rests on what stands in for a row: the 1-based line that cannot be read. */
    | { readonly kind: 'row'; readonly line: number };
  /** The sign that gives the doubt, as a sentence. */
  readonly because: string;
}

/** By frame, and not in the frames: those outlive edits, and a sign may stand in any row. */
export type Doubts = ReadonlyMap<Frame, Doubt>;

export interface Graph {
  /** In the order of execution; made when somebody asks. */
  readonly nodes: readonly GraphNode[];
  readonly nodeCount: number;
  /** The nodes that are in no segment, in the order of execution. */
  readonly loose: readonly GraphNode[];
  /** The children of `root`, segments for their frames: what looks at every row asks them, and makes no frames. */
  readonly rows: GraphRows;
  /**
   * What a person calls its layers: the children of `root`, or, in a program, the modules that the network calls. They
   * follow each other.
   */
  readonly layers: readonly Frame[];
  /** The whole network; its children are the rows of the text's top-level list, in source order. */
  readonly root: Frame;
  readonly inputs: readonly { readonly name: string; readonly tensor: Tensor }[];
  /** What the network returns: alive to the end. */
  readonly outputs: readonly Tensor[];
  readonly untrained: Untrained;
  /** How long each tensor is there, where that was followed while a program ran. */
  readonly lives: ReadonlyMap<Tensor, Life> | undefined;
}

/** The nodes of a row that is a frame, which are in no segment: the others of the graph need not be made for that. */
export function looseIn({ loose }: Graph, { first, end }: Pick<Frame, 'first' | 'end'>): readonly GraphNode[] {
  let [low, high] = [0, loose.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (loose[middle]!.id < first) low = middle + 1;
    else high = middle;
  }
  return loose.slice(low, low + end - first);
}

/** How long the program that computes a tensor keeps it, and where it lies. */
export interface Life {
  /** The last node that runs while it is there. */
  readonly end: number;
  /** The tensor whose memory it has: itself, unless it is a view or was written over another. */
  readonly memory: Tensor;
  /** Whether it was there before the network was called: a parameter, a buffer. */
  readonly isGiven: boolean;
  /** The inputs of its operator that are copied first, because their elements lie in another order. */
  readonly copied: readonly number[];
  /** Whether it is the very tensor that went in: its operator does nothing. */
  readonly isSame: boolean;
  /** Of an element; 0 is as many as the data type has that is in effect. */
  readonly bytes: number;
}

/** The beginning of a network that is not trained; each is the number of the first node after it, 0 where there is none. */
export interface Untrained {
  /** Nodes of which no gradient is computed at all. */
  readonly detached: number;
  /** Nodes without a backward pass. */
  readonly forwardOnly: number;
  /** Nodes whose weights are frozen. */
  readonly frozenWeights: number;
}

/** Channels of [N, C, …]; NaN where unknown. */
export function channels(tensor: Tensor): number {
  return tensor.shape?.[1] ?? Number.NaN;
}

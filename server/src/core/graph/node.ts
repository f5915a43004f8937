// The parts of a network: nodes, the tensors between them, the frames around them.
import type { AnyOp, Shape } from '../ops/op.ts';
import type { Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';

/** What flows between nodes. */
export interface Tensor {
  readonly node: GraphNode;
  /** The index among its node's outputs. */
  readonly port: number;
  /** Batch first, with batch 1; NaN for an unknown size; undefined if not even the rank is known. */
  readonly shape: Shape | undefined;
  /** Why the shape or a size is unknown; undefined if all is known. */
  readonly why: Reason | undefined;
  /** The shape at most, where sizes are unknown but bounded: rows that values select. */
  readonly most?: Shape | undefined;
  /** How its sizes depend on the rows that values select, where nothing else is unknown of them. */
  readonly rows?: Rows | undefined;
}

/** Numbers that values choose: `count` of them, each below `range`, and none more than `most` times. */
export interface Picks {
  readonly count: number;
  readonly range: number;
  readonly most: number;
}

/** As many as a number is chosen; or at most as many, where that is not exact. */
export interface Part {
  readonly of: Picks;
  readonly number: number;
  readonly isExact: boolean;
}

/** With so many rows it is looked whether work grows with their number. */
export const numbersOfRows: readonly number[] = [1, 2, 3, 101];

/** The shape of a tensor with as many rows as a part, by `numbersOfRows`. */
export interface Rows {
  readonly part: Part;
  readonly shapes: readonly Shape[];
}

export function isSamePart(a: Part, b: Part): boolean {
  return a.of === b.of && a.number === b.number;
}

/**
 * Which parts of a node are not trained: its parameters (`frozen`), its weights but not its biases (`frozen-weights`),
 * or some of its weights (`partly-frozen`). A `detached` node passes no gradient on; a `forward-only` node has no
 * backward pass, even though gradients of its outputs are computed.
 */
export type Training = 'frozen' | 'frozen-weights' | 'partly-frozen' | 'detached' | 'forward-only';

/** One application of a primitive operator. */
export interface GraphNode {
  /** Its position in execution order: `graph.nodes[id]`. */
  readonly id: number;
  readonly op: AnyOp;
  readonly attrs: object;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly frame: Frame;
  /** The node whose parameters it reuses, where they are counted. */
  readonly shares: GraphNode | undefined;
  /** A plain function call, not a module: counters that hook modules (thop) do not see it. */
  readonly functional: boolean;
  /**
   * Functional to older counters, a module to newer ones: a subclass of a class that thop knows. thop looks up the
   * exact type up to 2.0, and the base classes as well since 2.1 (profile.py, _resolve_rule).
   */
  readonly derived: boolean;
  /** How it differs from its operator's rule for gradients. */
  readonly training: Training | undefined;
  /** Why its counts are unknown (an unknown module, a failed precondition, an input of unknown rank). */
  readonly why: Reason | undefined;
  /** What it is under that may not run at all. */
  readonly guard?: Guard | undefined;
}

/** Statements of a program of which values decide whether they run: what is done in them counts at most. */
export interface Guard {
  readonly why: Reason;
  /** What these are under themselves. */
  readonly outer: Guard | undefined;
  /** They run if there is any of it. */
  readonly part?: Part | undefined;
}

/**
 * The role of a place in the text for a frame: a use, the definition of what is used, the construction of a module, or
 * its call. A row that specifies and runs something in one place (in YAML, a section, a layer) is a use.
 */
export type SiteRole = 'use' | 'definition' | 'construct' | 'call';

/** A place in a text that a frame represents. */
export interface Site {
  readonly range: Range;
  readonly role: SiteRole;
  /** The file, if it is not the document itself. */
  readonly file?: string;
}

export function use({ from, to }: Range): Site {
  return { range: { from, to }, role: 'use' };
}

export function definition({ from, to }: Range): Site {
  return { range: { from, to }, role: 'definition' };
}

/**
 * The place of a frame in the document: its use, or else, in a program, where its module is constructed or its code is
 * called. Undefined inside a framework's composite, and for code in other files.
 */
export function useOf({ sites }: Pick<Frame, 'sites'>): Range | undefined {
  let found: Site | undefined;
  for (const site of sites) {
    if (site.file !== undefined || site.role === 'definition') continue;
    if (site.role === 'use') return site.range;
    if (site.role === 'construct' || !found) found = site;
  }
  return found?.range;
}

/**
 * A named stretch of the execution, like a profiler's sample: a row of the text, a use of a block, a part of a
 * composite. It contains the nodes `first` to `end` − 1; frames nest.
 */
export interface Frame {
  readonly parent: Frame | undefined;
  /** The name for display: `model.4`, `cv1`, `fc6`. */
  readonly label: string;
  /** The operator, module or block: `C2f`, `conv`. */
  readonly type: string;
  /** What it does, in one sentence; undefined if its operators describe it. */
  readonly summary: string | undefined;
  /** The places it represents; none inside a framework's composite. */
  readonly sites: readonly Site[];
  /** Whether its places are in the text that was read but not in the one shown: it is a stand-in. */
  readonly isHidden: boolean;
  /** Whether a frame inside has a site. */
  readonly hasSitesInside: boolean;
  readonly first: number;
  readonly end: number;
  readonly children: readonly Frame[];
  /** Its outputs; empty if nothing reads its result. */
  readonly outputs: readonly Tensor[];
  /** Explanations for parts of its text (keys and arguments), for hovers. */
  readonly notes: readonly Note[];
  /** Whether its text was repaired: read as something else than what is written. */
  readonly repaired: boolean;
  /** Whether a cost rule built its content: the operators have the right cost, but may not be what the module does. */
  readonly byRule: boolean;
}

/** What a key or argument in the text means, for its hover. */
export interface Note {
  readonly range: Range;
  readonly text: string;
  /** Whether it is the name of the module or operator: its hover is that of the whole layer, including this note. */
  readonly isName?: boolean | undefined;
  /** The value that results from what is written, if that is not obvious: an expression, a scaled width. */
  readonly value?: string | undefined;
  /** The allowed values, as far as the format specifies them. */
  readonly allowed?: Allowed | undefined;
}

/** The allowed values at a place. */
export type Allowed =
  | { readonly kind: 'operator' | 'key' | 'choice'; readonly choices: () => readonly string[] }
  | { readonly kind: 'integer' | 'number'; readonly min?: number | undefined; readonly max?: number | undefined }
  | { readonly kind: 'boolean' | 'reference' | 'name' };

// What a network is made of: nodes, the tensors between them, the frames around them.
import type { AnyOp, Shape } from '../ops/op.ts';
import type { Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';

/** What flows between nodes. */
export interface Tensor {
  readonly node: GraphNode;
  /** Which of its node's outputs it is. */
  readonly port: number;
  /** Batch first, batch 1; NaN for an unknown size; undefined where not even the rank is known. */
  readonly shape: Shape | undefined;
  /** Why the shape or a size of it is unknown; undefined where all is known. */
  readonly why: Reason | undefined;
}

/**
 * What is not trained of a node: its parameters (`frozen`), its weights but not its biases (`frozen-weights`), or some of
 * its weights (`partly-frozen`). What is `detached` needs no gradient; what is `forward-only` has no backward pass, though
 * gradients of its outputs are computed.
 */
export type Training = 'frozen' | 'frozen-weights' | 'partly-frozen' | 'detached' | 'forward-only';

/** One primitive operator at work. */
export interface GraphNode {
  /** Its place in the order of execution; `graph.nodes[id]`. */
  readonly id: number;
  readonly op: AnyOp;
  readonly attrs: object;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly frame: Frame;
  /** The node whose parameters it uses: they are counted there. */
  readonly shares: GraphNode | undefined;
  /** A bare function call, not a module: counters that hook modules (thop) do not see it. */
  readonly functional: boolean;
  /**
   * Where it is functional to older counters, a module to newer ones: a subclass of what thop knows, which it looks up by
   * exact type up to 2.0 and along the class's bases from 2.1 on (profile.py, _resolve_rule).
   */
  readonly derived: boolean;
  /** How gradients come through it in training, where it is not as its operator says. */
  readonly training: Training | undefined;
  /** Why its counts cannot be known (an unknown module, a failed precondition, an input of unknown rank). */
  readonly why: Reason | undefined;
}

/**
 * What a place in the text is to a frame: where it is used, where what is used is defined, where a module is constructed,
 * where it is called. A row that says what it is and runs it in one place (YAML, a section, a layer) is a use.
 */
export type SiteRole = 'use' | 'definition' | 'construct' | 'call';

/** A place in a text that a frame stands for. */
export interface Site {
  readonly range: Range;
  readonly role: SiteRole;
  /** The file, where it is another one than the text that was opened. */
  readonly file?: string;
}

export function use({ from, to }: Range): Site {
  return { range: { from, to }, role: 'use' };
}

export function definition({ from, to }: Range): Site {
  return { range: { from, to }, role: 'definition' };
}

/**
 * Where a frame is in the text that was opened: where it is used, or else, in a program, where its module is constructed
 * or what it does is called. Undefined inside a framework's composite, and for what is in other files.
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
 * A named stretch of the execution, like a profiler's sample: a row of the text, a use of a block, a composite's part.
 * It holds the nodes `first` to `end` − 1; frames nest.
 */
export interface Frame {
  readonly parent: Frame | undefined;
  /** As users know it: `model.4`, `cv1`, `fc6`. */
  readonly label: string;
  /** The operator, module or block: `C2f`, `conv`. */
  readonly type: string;
  /** What it does, in one sentence; undefined where its operators say it themselves. */
  readonly summary: string | undefined;
  /** The places in the text that it stands for: none inside a framework's composite. */
  readonly sites: readonly Site[];
  /** Whether its places are in the text that was read and not in the one that is shown: something stands in for them. */
  readonly isHidden: boolean;
  /** Whether a frame inside stands for a place in the text. */
  readonly hasSitesInside: boolean;
  readonly first: number;
  readonly end: number;
  readonly children: readonly Frame[];
  /** What it hands on; empty where it ends in nothing. */
  readonly outputs: readonly Tensor[];
  /** The places that explain themselves in this frame (keys and arguments) with what they mean, for hovers. */
  readonly notes: readonly Note[];
  /** Whether its text was read as what it must have been, and not as it is written. */
  readonly repaired: boolean;
  /** Whether its operators cost what it costs, and nothing says that they do what it does: a cost rule. */
  readonly byRule: boolean;
}

/** What a key or an argument in the text means, for the hover on it. */
export interface Note {
  readonly range: Range;
  readonly text: string;
  /** Whether it is the name of the module or the operator: on it is the hover of the whole layer, with this text in it. */
  readonly isName?: boolean | undefined;
  /** What is written there comes to, where it says that only by way of others: an expression, a scaled width. */
  readonly value?: string | undefined;
  /** What may be written there, as far as the format says. */
  readonly allowed?: Allowed | undefined;
}

/** What may be written at a place. */
export type Allowed =
  | { readonly kind: 'operator' | 'key' | 'choice'; readonly choices: () => readonly string[] }
  | { readonly kind: 'integer' | 'number'; readonly min?: number | undefined; readonly max?: number | undefined }
  | { readonly kind: 'boolean' | 'reference' | 'name' };

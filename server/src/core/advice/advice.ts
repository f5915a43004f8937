// What a piece of advice is: where it looks, what it says, which edits of the network it proposes, and its docs.
// Every piece has one file beside this one; none of them imports another.
import type { GraphEdit } from '../graph/edit.ts';
import type { Range } from '../text/range.ts';
import type { Network } from './network.ts';

export interface AdviceRule {
  /** Names the pattern in kebab case; settings and ignore comments speak of it. */
  readonly code: string;
  /** What it proposes, in a few words: “1×1 bottleneck”. */
  readonly summary: string;
  /** Whether diagnostics point to it. */
  readonly told: boolean;
  /** The code of a finding told elsewhere that asks for it. */
  readonly answers?: string;
  readonly docs: AdviceDocs;
  /** The places where it may be followed; `within` has the offsets that somebody asks about. */
  find(network: Network, within: Range): Iterable<Finding>;
}

export interface AdviceDocs {
  /** What it does to the network. */
  readonly what: string;
  /** Why that is cheaper, with the theory's formula. */
  readonly why: string;
  /** When not to follow it. */
  readonly not: string;
  readonly paper: string;
  /** A network in Flopline YAML of which the first fix of its first finding is shown, with numbers that are computed. */
  readonly example: string;
}

/** A place where a rule may be followed. */
export interface Finding {
  /** The item that it speaks of. */
  readonly at: Range;
  /** What a diagnostic says, `{share}` for its share of the whole; undefined where there is none. */
  readonly message?: string | undefined;
  /** Of what that share is, if the setting's threshold counts: of the work, or of the parameters. */
  readonly measure?: 'macs' | 'params';
  /** The likeliest first. */
  readonly fixes: readonly Fix[];
}

/** One way to follow a rule; its price is found by doing it. */
export interface Fix {
  /** Tells the fixes of a finding apart: `64`. */
  readonly variant: string;
  /** A verb phrase: “Insert a 1×1 bottleneck (64 channels)”. */
  readonly title: string;
  /** What it does in words and numbers, in markdown, price apart. */
  readonly why: string;
  /** What it costs in other currencies, a sentence each. */
  readonly costs: readonly string[];
  readonly edits: readonly GraphEdit[];
  /** The items whose outputs may have another shape then. */
  readonly footprint: readonly Range[];
  /** The items whose cost is “here”. */
  readonly here: readonly Range[];
  /** Whether the network computes the same as before: then whatever it saves is worth it. */
  readonly exact: boolean;
  /** Words for the reason where it does not save: “two 3×3”, “64 → 192 channels”. Undefined: nobody expects it then. */
  readonly expected?: { readonly what: string; readonly where: string } | undefined;
  /** Why it cannot be done, where a person would expect it. */
  readonly refused?: string | undefined;
}

export function advice(rule: AdviceRule): AdviceRule {
  return rule;
}

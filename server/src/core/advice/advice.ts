// What a piece of advice is: where it looks, what it says, which edits of the network it proposes, and its docs.
// Every piece has one file beside this one; none of them imports another.
import type { GraphEdit } from '../graph/edit.ts';
import type { Range } from '../text/range.ts';
import type { Network } from './network.ts';

export interface AdviceRule {
  /** Names the pattern in kebab case; settings and ignore comments speak of it. */
  readonly code: string;
  /** What it proposes, in a few words: “1×1 bottleneck”. */
  readonly summary: () => string;
  /** Whether it is reported as a diagnostic. */
  readonly reported: boolean;
  /** The code of a finding, reported elsewhere, that asks for it. */
  readonly answers?: string;
  /** Whether it changes the whole network at once: a search for a few changes leaves it alone unless asked. */
  readonly isGlobal?: boolean;
  readonly docs: AdviceDocs;
  /** The places in a range of the text where it may be followed. */
  find(network: Network, within: Range): Iterable<Finding>;
}

/** For docs/advice.md, which is in English only. */
export interface AdviceDocs {
  /** What it does to the network. */
  readonly what: string;
  /** Why that is cheaper, with the theory's formula. */
  readonly why: string;
  /** When not to follow it. */
  readonly not: string;
  readonly paper: string;
  /** A network of which the first fix of its first finding is shown, with numbers that are computed. */
  readonly example: string;
  /** In which language the example is, by a file's name: Flopline YAML unless said. */
  readonly exampleFile?: string;
}

/** A place where a rule may be followed. */
export interface Finding {
  /** The item that it is about. */
  readonly at: Range;
  /** What a diagnostic says, given its share of the whole as a percentage; undefined where there is none. */
  readonly message?: ((share: string) => string) | undefined;
  /** What the diagnostic advises, as a sentence. */
  readonly help?: string | undefined;
  /** What the share is of, if the setting's threshold counts: the MACs or the parameters of the network. */
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
  /** What it does in words and numbers, as markdown, without its price. */
  readonly why: string;
  /** What it costs besides, a sentence each. */
  readonly costs: readonly string[];
  readonly edits: readonly GraphEdit[];
  /** The items whose outputs may have another shape then. */
  readonly footprint: readonly Range[];
  /** The items whose cost is “here”. */
  readonly here: readonly Range[];
  /** The items whose cost follows, because they read what changes. */
  readonly consumers?: readonly Range[];
  /** The items that may be built of other operators then, where all others must not. */
  readonly rebuilt?: readonly Range[];
  /** Whether it takes little away at once: a quarter of the channels, a third of the repeats. */
  readonly isGentle?: boolean;
  /** Whether the network computes the same as before: then any saving is worth it. */
  readonly exact: boolean;
  /** Why it is not offered where it would cost so many percent more; undefined where a person would not expect it then. */
  readonly dearer?: ((more: string) => string) | undefined;
  /** Why it cannot be done, where a person would expect it. */
  readonly refused?: string | undefined;
}

export function advice(rule: AdviceRule): AdviceRule {
  return rule;
}

// The interface of a piece of advice: where it applies, what it says, which edits of the network it proposes, and its
// docs. Each piece is a file in this folder; none of them imports another.
import type { GraphEdit } from '../graph/edit.ts';
import type { Range } from '../text/range.ts';
import type { Network } from './network.ts';

export interface AdviceRule {
  /** Names the pattern in kebab case; settings and ignore comments use it. */
  readonly code: string;
  /** What it proposes, in a few words: “1×1 bottleneck”. */
  readonly summary: () => string;
  /** Whether it is reported as a diagnostic. */
  readonly reported: boolean;
  /** The code of a problem, reported elsewhere, that this advice resolves. */
  readonly answers?: string;
  /** Whether it changes the whole network at once; “Make It Cheaper” leaves it out unless asked. */
  readonly isGlobal?: boolean;
  readonly docs: AdviceDocs;
  /** The places in a range of the text where it applies. */
  find(network: Network, within: Range): Iterable<Finding>;
}

/** For docs/advice.md, which is in English. */
export interface AdviceDocs {
  /** What it does to the network. */
  readonly what: string;
  /** Why that is cheaper, with the theory's formula. */
  readonly why: string;
  /** When not to follow it. */
  readonly not: string;
  readonly paper: string;
  /** A network. The docs show the first fix of its first finding, with computed numbers. */
  readonly example: string;
  /** A file name that selects the language of the example; default: Flopline YAML. */
  readonly exampleFile?: string;
}

/** A place where a piece of advice applies. */
export interface Finding {
  /** The item that it is about. */
  readonly at: Range;
  /** The message of the diagnostic, given the percentage of the total; undefined if there is no diagnostic. */
  readonly message?: ((share: string) => string) | undefined;
  /** What the diagnostic recommends, as a sentence. */
  readonly help?: string | undefined;
  /** What the percentage and the threshold in the settings refer to: the network's MACs or its parameters. */
  readonly measure?: 'macs' | 'params';
  /** The likeliest first. */
  readonly fixes: readonly Fix[];
}

/** One way to follow the advice; its price is found by trying it. */
export interface Fix {
  /** Distinguishes the fixes of a finding: `64`. */
  readonly variant: string;
  /** A verb phrase: “Insert a 1×1 bottleneck (64 channels)”. */
  readonly title: string;
  /** What it does in words and numbers, as Markdown, without its price. */
  readonly why: string;
  /** Its downsides, one sentence each. */
  readonly costs: readonly string[];
  readonly edits: readonly GraphEdit[];
  /** The items whose output shapes may change. */
  readonly footprint: readonly Range[];
  /** The items whose cost difference is shown as “here”. */
  readonly here: readonly Range[];
  /** The items whose cost changes as well, because they read what changes. */
  readonly consumers?: readonly Range[];
  /** The items that may consist of other operators afterwards; no others may. */
  readonly rebuilt?: readonly Range[];
  /** Whether it takes away only a little: a quarter of the channels, a third of the repeats. */
  readonly isGentle?: boolean;
  /** Whether the network computes the same as before: then any saving is worthwhile. */
  readonly exact: boolean;
  /** Why it is not offered if it costs so many percent more; undefined if users would not expect it then. */
  readonly dearer?: ((more: string) => string) | undefined;
  /** Why it cannot be done, if users would expect it here. */
  readonly refused?: string | undefined;
}

export function advice(rule: AdviceRule): AdviceRule {
  return rule;
}

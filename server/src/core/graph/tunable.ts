// What items of a text write of themselves that can be changed alone, as a format says it. Numbers are those that stand in
// the text, whatever a scale makes of them: advice speaks of what a person sees.
import type { Range } from '../text/range.ts';

/** An item with what it writes: a row, or the scale of all rows. */
export interface Tunable {
  readonly item: Range;
  /** As a person knows it: `model.4`, `scale n`. */
  readonly name: string;
  /** As the text names what it builds: `C2f`. */
  readonly type: string;
  /** The items whose outputs it reads; undefined for the input of the network. */
  readonly sources: readonly (Range | undefined)[];
  readonly knobs: readonly Knob[];
  /** Whether it cannot be built unless it outputs as many channels as it reads. */
  readonly keepsChannels: boolean;
  /** Modules of the same family that take the arguments as they are written, and are built with fewer operations. */
  readonly siblings: readonly string[];
  /** Whether it is about all rows. */
  readonly isScale: boolean;
  /** The channels that are written for so many real ones; undefined where the scale has no such width. */
  written(channels: number): number | undefined;
}

/** A number of an item that can be made smaller. */
export interface Knob {
  readonly kind: KnobKind;
  /** As the text's framework calls it: `c2`, `e`. */
  readonly name: string;
  /** As it is written, or the default where it is not. */
  readonly value: number;
  /** Smaller numbers that may stand there, the gentlest first. */
  readonly smaller: readonly Smaller[];
}

/**
 * Channels that an item outputs, the groups of one that filters each channel by itself (as many), channels inside it, how often it repeats what is inside, the share of its channels that
 * it has inside; and what a scale says of all rows: factors for repeats and for channels, and a limit of channels.
 */
export type KnobKind = 'channels' | 'groups' | 'hidden' | 'repeats' | 'expansion' | 'depth' | 'width' | 'maxChannels';

export interface Smaller {
  /** About which share of what is there now is left: 0.75, 0.5. */
  readonly share: number;
  readonly value: number;
}

export function knobOf({ knobs }: Tunable, kind: KnobKind): Knob | undefined {
  return knobs.find(knob => knob.kind === kind);
}

// The numbers in items of the text that can be changed individually, as reported by a format. Values are those written
// in the text, before a scale applies: advice refers to what the user sees.
import type { Range } from '../text/range.ts';

/** An item with its tunable numbers: a row, or the scale of all rows. */
export interface Tunable {
  readonly item: Range;
  /** The name for display: `model.4`, `scale n`. */
  readonly name: string;
  /** The module's name in the text: `C2f`. */
  readonly type: string;
  /** The items whose outputs it reads; undefined for the network's input. */
  readonly sources: readonly (Range | undefined)[];
  readonly knobs: readonly Knob[];
  /** Whether it must output as many channels as it reads. */
  readonly keepsChannels: boolean;
  /** Modules of the same family that take the same arguments and cost less. */
  readonly siblings: readonly string[];
  /** Whether it applies to all rows. */
  readonly isScale: boolean;
  /** The number to write for so many actual channels; undefined if the scale cannot produce them. */
  written(channels: number): number | undefined;
}

/** A number in an item that can be reduced. */
export interface Knob {
  readonly kind: KnobKind;
  /** Its name in the framework: `c2`, `e`. */
  readonly name: string;
  /** The written value, or the default. */
  readonly value: number;
  /** Smaller values that are allowed, gentlest first. */
  readonly smaller: readonly Smaller[];
}

/**
 * Of an item: output channels, groups of a depthwise convolution (equal to the channels), hidden channels, repeats, and
 * hidden channels as a share of the output (expansion). Of a scale: factors for repeats (depth) and channels (width),
 * and a limit on channels.
 */
export type KnobKind = 'channels' | 'groups' | 'hidden' | 'repeats' | 'expansion' | 'depth' | 'width' | 'maxChannels';

export interface Smaller {
  /** Approximately the share that remains: 0.75, 0.5. */
  readonly share: number;
  readonly value: number;
}

export function knobOf({ knobs }: Tunable, kind: KnobKind): Knob | undefined {
  return knobs.find(knob => knob.kind === kind);
}

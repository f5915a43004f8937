// Parts of a text that were not read as they are written.
import type { Range } from '../text/range.ts';

export interface Damage extends Range {
  /** Whether it was read as the one repair has it; else nothing is known of what it says. */
  readonly repaired: boolean;
  /** What is wrong with it. */
  readonly why: string;
}

/** The damage of an item, one that is not repaired before others. */
export function damageOf(damages: readonly Damage[], { from, to }: Range): Damage | undefined {
  if (damages.length === 0) return undefined;
  const found = damages.filter(damage => damage.from <= to && from <= damage.to);
  return found.find(({ repaired }) => !repaired) ?? found[0];
}

/** What could not be read and is in none of the items: what it says may change any of them. */
export function gapsBeside(damages: readonly Damage[], items: readonly Range[]): readonly string[] {
  return damages
    .filter(damage => !damage.repaired && !items.some(({ from, to }) => damage.from <= to && from <= damage.to))
    .map(({ why }) => why);
}

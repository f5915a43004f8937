// Damaged parts of a text: lines that were not read as they are written.
import type { Range } from '../text/range.ts';
import type { YamlNode } from './tree.ts';

export interface Damage extends Range {
  /** Whether it was read with its only possible repair; otherwise its meaning is unknown. */
  readonly repaired: boolean;
  /** What is wrong with it. */
  readonly why: string;
}

/** The damage of an item; unrepaired damage takes precedence. */
export function damageOf(damages: readonly Damage[], { from, to }: Range): Damage | undefined {
  if (damages.length === 0) return undefined;
  const found = damages.filter(damage => damage.from <= to && from <= damage.to);
  return found.find(({ repaired }) => !repaired) ?? found[0];
}

/** Unreadable parts outside of all items, which might change any of them. */
export function gapsBeside(damages: readonly Damage[], items: readonly Range[]): readonly string[] {
  return damages
    .filter(damage => !damage.repaired && !items.some(({ from, to }) => damage.from <= to && from <= damage.to))
    .map(({ why }) => why);
}

/** The innermost block list items that contain each unrepaired damage. */
export function unreadItems(damages: readonly Damage[], root: YamlNode | undefined): ReadonlyMap<YamlNode, Damage> {
  const found = new Map<YamlNode, Damage>();
  for (const damage of damages) {
    const item = damage.repaired || !root ? undefined : itemAround(root, damage);
    if (item) found.set(item, damage);
  }
  return found;
}

function itemAround(node: YamlNode, damage: Range): YamlNode | undefined {
  const touches = ({ from, to }: Range): boolean => damage.from <= to && from <= damage.to;
  if (!touches(node)) return undefined;
  if (node.kind === 'mapping') {
    for (const { value } of node.written ?? node.entries) {
      const item = itemAround(value, damage);
      if (item) return item;
    }
  } else if (node.kind === 'sequence') {
    for (const item of node.items) {
      if (!touches(item)) continue;
      return itemAround(item, damage) ?? item;
    }
  }
  return undefined;
}

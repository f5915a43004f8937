// Rows as a person moves them.
import { copiedRow, removedRow, rowBelow, rowExtent, swappedRows } from '../../syntax/movedRows.ts';
import type { Mapping } from '../../syntax/tree.ts';
import type { Rows } from '../rows.ts';
import { itemsOf, placedRows } from './items.ts';
import { spotsOf } from './rewrite.ts';
import type { Chosen } from './tunables.ts';

export function rowsFor(text: string, top: Mapping, chosen: () => Chosen): Rows {
  const spots = spotsOf(top);
  const items = itemsOf(text, placedRows(spots.map(({ item }) => item)));
  return {
    extents: spots.map(spot => rowExtent(text, spot)),
    readings: [items],
    readsAbove: () => false,
    swapped: upper => swappedRows(text, spots[upper]!, spots[upper + 1]!),
    copied: index => copiedRow(text, spots[index]!),
    inserted(index, channels) {
      const written = channelsOfConv(chosen(), channels);
      if (written === undefined) return undefined;
      // Where the rows around it have their numbers behind them, so has the new one.
      const isNumbered = [index, index + 1].every(at => !items[at] || items[at].number?.value === at);
      const number = isNumbered ? / *#[ ]*$/.exec(text.slice(0, items[index]!.number!.range.from)) : null;
      const comment = number ? `${number[0]}${index + 1}` : '';
      return rowBelow(text, spots[index]!, `[-1, 1, Conv, [${written}, 3, 1]]`, comment);
    },
    removed: index => removedRow(text, spots[index]!),
  };
}

/** What a Conv writes for so many channels; undefined where the scale has no such width. */
function channelsOfConv({ dialect, family }: Chosen, channels: number): number | undefined {
  const real = (value: number): number | undefined => {
    const refuse = (): undefined => undefined;
    const row = { from: -1, repeats: 1, module: 'Conv', args: [{ value }], channels: [64], c2: 64 };
    return dialect.arrange({ ...row, refuse, leave: refuse }, family)?.c2;
  };
  const middle = Math.round(channels / family.width);
  const reach = Math.min(Math.ceil(16 / family.width), 512);
  let best: number | undefined;
  for (let value = Math.max(1, middle - reach); value <= middle + reach; value++) {
    if (real(value) !== channels) continue;
    // Several become the same: the roundest one is as a person would write it.
    if (best === undefined || roundness(value) > roundness(best)) best = value;
  }
  return best;
}

/** How often 2 divides a number. */
const roundness = (value: number): number => Math.log2(value & -value);

// Where the rows of a server's answer are: lines of files.
import type { Placed, WithPlaces } from '../../server/src/protocol/index.ts';
import type { Network, Row } from './network.ts';

export interface Spot {
  readonly uri: string;
  /** 0-based, inclusive. */
  readonly first: number;
  readonly last: number;
}

/** Shows a line, and moves the focus there if `focus` is true. */
export type ShowLine = (spot: Spot, focus: boolean) => void;

/** The first place of each row. `lines` has two numbers per place: the first line, as a delta, and how many follow. */
export function spotsOf(
  rows: readonly Pick<Placed<object>, 'places'>[],
  { files }: Pick<WithPlaces, 'files'>,
  lines: readonly number[],
  uri: string,
): readonly (Spot | undefined)[] {
  let at = 0;
  let line = 0;
  return rows.map(({ places }) => {
    let own: Spot | undefined;
    for (const file of places) {
      line += lines[at]!;
      const last = line + lines[at + 1]!;
      at += 2;
      own ??= { uri: file === 0 ? uri : (files[file] ?? uri), first: line, last };
    }
    return own;
  });
}

/** Applies an update: rows carried over from `before`, and new ones. */
export function rowsAfter<T>(
  before: readonly T[],
  parts: readonly ({ readonly from: number; readonly to: number } | { readonly rows: readonly T[] })[],
): readonly T[] {
  return parts.flatMap(part => ('rows' in part ? part.rows : before.slice(part.from, part.to)));
}

/** The index of the first spot that overlaps the lines of these rows; -1 if none does. */
export function spotAt(
  spots: readonly (Spot | undefined)[],
  rows: readonly Row[],
  { uri, content: { files } }: Network,
): number {
  const places = rows.flatMap(row => row.places);
  return spots.findIndex(
    spot =>
      spot !== undefined &&
      places.some(
        ({ file, first, last }) =>
          spot.uri === (file === 0 ? uri : files[file]) && spot.first <= last && spot.last >= first,
      ),
  );
}

// Rename. Edits are tried on the text first: if the new name would change anything else, for example by hiding another
// name, the rename is refused.
import * as l10n from '@vscode/l10n';
import { type Analysed, withEdits } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Range } from '../text/range.ts';
import { clip } from '../text/wording.ts';
import { type Place, type Places, placesOf, type Thing } from './places.ts';

export interface Renaming {
  /** The range to replace at the place itself. */
  readonly range: Range;
  readonly name: string;
}

/** What would be renamed at an offset; why it cannot be; undefined if there is nothing. */
export function prepareRename(analysed: Analysed, offset: number): Renaming | { readonly refused: string } | undefined {
  const place = placesOf(analysed.document).at(offset);
  if (!place) return undefined;
  const refused = refusal(place);
  return refused === undefined ? { range: place.range, name: place.thing.name! } : { refused };
}

/** The edits of a rename; undefined if there is nothing at the offset. */
export function rename(
  analysed: Analysed,
  offset: number,
  name: string,
): { readonly edits: readonly TextEdit[] } | { readonly refused: string } | undefined {
  const { document } = analysed;
  const places = placesOf(document);
  const place = places.at(offset);
  if (!place) return undefined;
  const refused = refusal(place);
  if (refused !== undefined) return { refused };
  const { thing } = place;
  if (name === thing.name) return { edits: [] };
  const edits = thing.places
    .filter(({ by }) => by === 'name')
    .map(({ range }): TextEdit => ({ from: range.from, to: range.to, text: name }));
  const after = withEdits(analysed, edits);
  if (!after || !isSame(analysed, after, places, thing, name, edits)) {
    const shown = clip(name, 60);
    return { refused: l10n.t('With the name “{0}”, this file would be read differently. Use another name.', shown) };
  }
  return { edits };
}

function refusal({ by, thing }: Place): string | undefined {
  if (by === 'number')
    return l10n.t('The number of a row is its position, so it cannot be renamed. Move the row to change its number.');
  const name = clip(thing.name ?? '', 60);
  if (thing.isFixed) return l10n.t('“{0}” is a keyword of this format, so it cannot be renamed.', name);
  if (thing.name === undefined || by === 'word')
    return l10n.t('This is not a name of its own, so it cannot be renamed. Rename what it refers to.');
  if (thing.places.some(place => place.by === 'escaped'))
    return l10n.t('“{0}” is written with escapes somewhere, which a rename cannot keep.', name);
  return undefined;
}

/** Whether the edited text means the same: every place refers to the same thing, and costs are equal. */
function isSame(
  before: Analysed,
  after: Analysed,
  places: Places,
  renamed: Thing,
  name: string,
  edits: readonly TextEdit[],
): boolean {
  const [was, is] = [before.model.totals, after.model.totals];
  const costs = ({ value, params }: typeof was): string => JSON.stringify([value, params]);
  if (costs(was) !== costs(is) || before.problems.length !== after.problems.length) return false;
  const longer = name.length - renamed.name!.length;
  const moved = (offset: number): number => offset + longer * edits.filter(({ to }) => to <= offset).length;
  const fresh = placesOf(after.document);
  if (fresh.things.length !== places.things.length) return false;
  return places.things.every((thing, at) => {
    const other = fresh.things[at]!;
    return (
      other.kind === thing.kind &&
      other.name === (thing === renamed ? name : thing.name) &&
      other.places.length === thing.places.length &&
      thing.places.every((place, index) => other.places[index]!.range.from === moved(place.range.from))
    );
  });
}

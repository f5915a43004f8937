// From a place to what it means, and to all places that mean the same.
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
import { type Place, placesOf, type Target, type Thing } from './places.ts';

export interface Definition extends Target {
  /** The place that was asked about; undefined where that is the item around. */
  readonly from: Range | undefined;
}

/** Where what is at an offset is defined; of an item, itself. */
export function definitionOf({ document }: Analysed, offset: number): Definition | undefined {
  const places = placesOf(document);
  const place = places.at(offset);
  if (place) return { ...place.target, from: place.range };
  const [output] = places.outputsAt(offset);
  return output && { ...output.target, from: undefined };
}

/**
 * The places that mean what the one at an offset means; of an item, those that mean what it outputs. Definitions that have
 * a name are among them if they are asked for.
 */
export function referencesTo({ document }: Analysed, offset: number, withDefinitions: boolean): readonly Range[] {
  const places = placesOf(document);
  const place = places.at(offset);
  // Nobody names a layer of Caffe: who asks for its name asks for what it outputs.
  const found = place && place.thing.kind !== 'name' ? [place] : places.outputsAt(offset);
  return [...new Set(found.map(({ thing }) => thing))].flatMap(thing => [
    ...(withDefinitions ? unnamedDefinition(thing, found) : []),
    ...thing.places.filter(({ defines }) => withDefinitions || !defines).map(({ range }) => range),
  ]);
}

/** The first line of a row without a name. */
function unnamedDefinition(
  thing: Thing,
  found: readonly { readonly thing: Thing; readonly target: Target }[],
): readonly Range[] {
  return thing.name === undefined ? found.filter(one => one.thing === thing).map(({ target }) => target.at) : [];
}

export interface Highlight {
  readonly range: Range;
  /** Whether it gives what is meant there its value. */
  readonly writes: boolean;
}

/** The places to highlight when the cursor is on one of them; undefined elsewhere. */
export function highlights({ document }: Analysed, offset: number): readonly Highlight[] | undefined {
  const place = placesOf(document).at(offset);
  if (!place || place.thing.kind === 'name') return undefined;
  const { thing } = place;
  return [
    ...unnamedDefinition(thing, [place]).map(range => ({ range, writes: true })),
    ...thing.places.map(({ range, defines }: Place) => ({ range, writes: defines })),
  ];
}

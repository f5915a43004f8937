// From a place to what it means, and to all places that mean the same.
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
import { noteAt, placeAt } from './hover.ts';
import { type Place, placesOf, type Target, type Thing } from './places.ts';

export interface Definition extends Target {
  /** The place that was asked about; undefined where that is the item around. */
  readonly from: Range | undefined;
  /** The file that it is in, where that is another one. */
  readonly file?: string;
}

/** Where what is at an offset is defined: in another file, what a row calls its module; of an item, itself. */
export function definitionOf(analysed: Analysed, offset: number): Definition | undefined {
  // What names mean in a program is said by the extension of the language.
  if (analysed.spec.program) return undefined;
  const places = placesOf(analysed.document);
  const place = places.at(offset);
  if (place) return { ...place.target, from: place.range };
  const module = moduleAt(analysed, offset);
  if (module) return module;
  const [output] = places.outputsAt(offset);
  return output && { ...output.target, from: undefined };
}

/** Where the module that is named at an offset is defined, if that is in another file. */
function moduleAt(analysed: Analysed, offset: number): Definition | undefined {
  const at = { from: offset, to: offset };
  for (const frame of placeAt(analysed, at)?.frames ?? []) {
    const note = noteAt(frame, at);
    if (!note?.isName) continue;
    const site = frame.sites.find(({ role, file }) => role === 'definition' && file !== undefined);
    if (site) return { whole: site.range, at: site.range, from: note.range, file: site.file! };
  }
  return undefined;
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

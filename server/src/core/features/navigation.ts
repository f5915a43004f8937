// Definitions, references and highlights.
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
import { noteAt, placeAt } from './hover.ts';
import { type Place, placesOf, type Target, type Thing } from './places.ts';

export interface Definition extends Target {
  /** The range that was asked about; undefined for the item around it. */
  readonly from: Range | undefined;
  /** The file it is in, if that is another one. */
  readonly file?: string;
}

/** The definition of what is at an offset; the class in another file for a row's module, an item itself for an item. */
export function definitionOf(analysed: Analysed, offset: number): Definition | undefined {
  // Names in a program are the business of the Python extension.
  if (analysed.spec.program) return undefined;
  const places = placesOf(analysed.document);
  const place = places.at(offset);
  if (place) return { ...place.target, from: place.range };
  const module = moduleAt(analysed, offset);
  if (module) return module;
  const [output] = places.outputsAt(offset);
  return output && { ...output.target, from: undefined };
}

/** The definition of the module named at an offset, if it is in another file. */
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
 * The references to what is at an offset; for an item, to its outputs. Includes definitions with a name if
 * `withDefinitions`.
 */
export function referencesTo({ document }: Analysed, offset: number, withDefinitions: boolean): readonly Range[] {
  const places = placesOf(document);
  const place = places.at(offset);
  // A layer's name in Caffe is never referenced, so look for references to its outputs instead.
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
  /** Whether it is a definition. */
  readonly writes: boolean;
}

/** The ranges to highlight if the cursor is on one of them; undefined elsewhere. */
export function highlights({ document }: Analysed, offset: number): readonly Highlight[] | undefined {
  const place = placesOf(document).at(offset);
  if (!place || place.thing.kind === 'name') return undefined;
  const { thing } = place;
  return [
    ...unnamedDefinition(thing, [place]).map(range => ({ range, writes: true })),
    ...thing.places.map(({ range, defines }: Place) => ({ range, writes: defines })),
  ];
}

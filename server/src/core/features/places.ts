// What a text defines, and all places that refer to it: the basis of definition, references, highlights and rename.
import { type Definition, type Item, noDefinitions, type Reader, type Reference } from '../formats/index.ts';
import type { Document } from '../pipeline.ts';
import type { Range } from '../text/range.ts';

/** Something that a text defines: a row, a blob, a block, a parameter. */
export interface Thing {
  readonly kind: 'row' | 'blob' | Definition['kind'];
  /** Undefined if it only has a number. */
  readonly name: string | undefined;
  readonly isFixed: boolean;
  /** In source order. A blob can have several definitions: each layer of an in-place chain redefines it. */
  readonly places: readonly Place[];
}

/** Where something is defined. */
export interface Target {
  /** The full range: a row, a layer, a block with its rows. */
  readonly whole: Range;
  /** The range of its name; without a name, its first line. */
  readonly at: Range;
}

/** A place that refers to something by name or number. */
export interface Place {
  /** The name or number itself, without quotes and without an index of an output. */
  readonly range: Range;
  /** Including these. */
  readonly written: Range;
  readonly thing: Thing;
  /** Set if it is the definition. */
  readonly target: Target;
  readonly defines: boolean;
  /**
   * How it refers: by name, by row number, or by a word that is not a name (`previous`); `escaped` is a name that is
   * not written literally.
   */
  readonly by: 'name' | 'number' | 'word' | 'escaped';
}

export interface Places {
  readonly things: readonly Thing[];
  /** The place at an offset, including its end. */
  at(offset: number): Place | undefined;
  /** The outputs of the innermost item at an offset, with their definitions; empty on an unresolved reference. */
  outputsAt(offset: number): readonly { readonly thing: Thing; readonly target: Target }[];
}

const known = new WeakMap<Reader, Places>();

export function placesOf(document: Document): Places {
  const { reader } = document;
  if (!reader) return { things: [], at: () => undefined, outputsAt: () => [] };
  let places = known.get(reader);
  if (!places) {
    places = new Finder(document, reader).places();
    known.set(reader, places);
  }
  return places;
}

/** A thing whose places are still being collected. */
interface OpenThing extends Thing {
  readonly places: OpenPlace[];
}

interface OpenPlace extends Place {
  readonly thing: OpenThing;
}

interface Output {
  readonly thing: OpenThing;
  readonly target: Target;
}

const keyOf = ({ from, to }: Range): string => `${from}-${to}`;

class Finder {
  readonly #text: string;
  readonly #document: Document;
  readonly #reader: Reader;
  readonly #things: OpenThing[] = [];
  /** By range: a place that is read twice through an alias counts once. */
  readonly #found = new Map<string, OpenPlace>();
  /** The outputs of items, by item and name; `''` is the item itself. */
  readonly #outputs = new Map<string, Map<string, Output>>();
  readonly #items: Item[] = [];
  /** Unresolved references. */
  readonly #lost: Range[] = [];
  /** Blobs by name. */
  readonly #blobs = new Map<string, OpenThing>();

  constructor(document: Document, reader: Reader) {
    this.#document = document;
    this.#text = document.source.text;
    this.#reader = reader;
  }

  places(): Places {
    const { definitions, lists, references, sharesNames } = this.#reader.definitions?.() ?? noDefinitions;
    const items = this.#reader.items?.() ?? [];
    for (const definition of definitions) this.#define(definition, sharesNames);
    for (const list of [items, ...lists]) this.#addItems(list, sharesNames);
    const inputs = definitions.filter(({ kind }) => kind === 'input');
    this.#addReferences(items, inputs, sharesNames);
    for (const list of lists) this.#addReferences(list, [], sharesNames);
    for (const reference of references) this.#refer(reference, inputs, sharesNames);
    return this.#finished();
  }

  #define({ kind, name, range, whole, uses, isFixed }: Definition, sharesNames: boolean): void {
    const isBlob = sharesNames && kind === 'input';
    const thing = isBlob ? this.#blob(name) : this.#open(kind, name, isFixed);
    const target = { whole, at: this.#nameAt(range, name) ?? range };
    this.#add(thing, range, name, target, { defines: true });
    for (const place of uses) this.#add(thing, place, name, target);
  }

  #addItems(list: readonly Item[], sharesNames: boolean): void {
    for (const item of list) {
      const outputs = new Map<string, Output>();
      if (!this.#outputs.has(keyOf(item.range))) {
        this.#outputs.set(keyOf(item.range), outputs);
        this.#items.push(item);
        for (const { name, range } of item.outputs) {
          if (range.to === range.from) continue;
          const thing = sharesNames ? this.#blob(name) : this.#open('row', name, false);
          const target = { whole: item.range, at: this.#nameAt(range, name) ?? range };
          this.#add(thing, range, name, target, { defines: true });
          outputs.set(name, { thing, target });
        }
        if (outputs.size === 0) {
          const target = { whole: item.range, at: this.#document.lines.firstOf(item.range) };
          outputs.set('', { thing: this.#open('row', undefined, false), target });
        }
      }
      for (const inner of item.lists) this.#addItems(inner, sharesNames);
    }
  }

  #addReferences(list: readonly Item[], inputs: readonly Definition[], sharesNames: boolean): void {
    for (const { references, lists } of list) {
      for (const reference of references) this.#refer(reference, inputs, sharesNames);
      for (const inner of lists) this.#addReferences(inner, inputs, sharesNames);
    }
  }

  #refer(
    { range, written, kind, target, reads }: Reference,
    inputs: readonly Definition[],
    sharesNames: boolean,
  ): void {
    // Shared weights are defined elsewhere.
    if (kind === 'name' && !reads) return;
    if (target === undefined) {
      this.#lost.push(range);
      return;
    }
    const name = String(written);
    // `halves.1` refers to a part of `halves`.
    const whole = name.replace(/\.\d+$/, '');
    if (target === 'input') {
      const input = inputs.find(one => one.name === name) ?? inputs.find(one => one.name === whole);
      const meant = input ?? inputs.find(({ isFixed }) => isFixed);
      const place = meant && this.#found.get(keyOf(this.#nameAt(meant.range, meant.name) ?? meant.range));
      if (!place) this.#lost.push(range);
      else this.#add(place.thing, range, input?.name, place.target, { isNumber: kind !== 'name' });
      return;
    }
    const outputs = this.#outputs.get(keyOf(target.range));
    if (!outputs) return;
    const [first] = outputs.values();
    if (kind !== 'name') {
      if (first) this.#add(first.thing, range, undefined, first.target, { isNumber: true });
      return;
    }
    const own = [name, whole].find(each => outputs.has(each));
    const output = own === undefined ? first : outputs.get(own);
    // The bottom of a padding layer in Caffe's V0 format has another name, and so does `previous`.
    const thing = own === undefined && sharesNames ? this.#blob(name) : output?.thing;
    if (thing && output) this.#add(thing, range, own ?? (sharesNames ? name : undefined), output.target);
  }

  #blob(name: string): OpenThing {
    const blob = this.#blobs.get(name) ?? this.#open('blob', name, false);
    this.#blobs.set(name, blob);
    return blob;
  }

  #open(kind: Thing['kind'], name: string | undefined, isFixed: boolean): OpenThing {
    const thing: OpenThing = { kind, name, isFixed, places: [] };
    this.#things.push(thing);
    return thing;
  }

  /** `name` is the written name, if there is one. */
  #add(
    thing: OpenThing,
    { from, to }: Range,
    name: string | undefined,
    target: Target,
    { defines = false, isNumber = false }: { readonly defines?: boolean; readonly isNumber?: boolean } = {},
  ): void {
    if (to === from) return;
    const written = { from, to };
    const exact = name === undefined ? undefined : this.#nameAt(written, name);
    const range = exact ?? written;
    if (this.#found.has(keyOf(range))) return;
    const by = isNumber ? 'number' : exact ? 'name' : name === undefined ? 'word' : 'escaped';
    const place: OpenPlace = { range, written, thing, target, defines, by };
    this.#found.set(keyOf(range), place);
    thing.places.push(place);
  }

  /** The range of a name without quotes; undefined if it is not written literally. */
  #nameAt({ from, to }: Range, name: string): Range | undefined {
    const quote = this.#text[from] === '"' || this.#text[from] === "'" ? 1 : 0;
    const start = from + quote;
    const end = start + name.length;
    return end + quote <= to && this.#text.startsWith(name, start) ? { from: start, to: end } : undefined;
  }

  #finished(): Places {
    for (const { places } of this.#things) places.sort((a, b) => a.range.from - b.range.from);
    const all = [...this.#found.values()].sort((a, b) => a.written.from - b.written.from);
    const items = this.#items;
    const outputs = this.#outputs;
    const lost = this.#lost;
    return {
      things: this.#things,
      at(offset) {
        let best: Place | undefined;
        for (const place of all) {
          if (place.written.from > offset) break;
          // If two touch, the one that begins here.
          if (offset <= place.written.to) best = place;
        }
        return best;
      },
      outputsAt(offset) {
        if (lost.some(({ from, to }) => from <= offset && offset <= to)) return [];
        let best: Item | undefined;
        for (const item of items) {
          const { from, to } = item.range;
          if (from <= offset && offset <= to && (!best || to - from < best.range.to - best.range.from)) best = item;
        }
        return best ? [...outputs.get(keyOf(best.range))!.values()] : [];
      },
    };
  }
}

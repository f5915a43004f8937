// The references between layers by names in the text, like Net::AppendBottom, AppendTop and AppendParam (net.cpp).
import type { Range } from '../../text/range.ts';
import type { Item, Reference, Target } from '../reference.ts';
import type { BlobName, Layer, PlacedLayer } from './layer.ts';
import { absence, type State } from './phase.ts';

/** A blob as a layer leaves it: the index of the layer (−1 for an input of the network) and of its top. */
export interface Source {
  readonly layer: number;
  readonly top: number;
}

/** The names of a layer and its blobs. */
interface Ends {
  /** Set if duplicate names matter. */
  readonly name?: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  /** What it reads instead of its bottoms. */
  readonly source?: string | undefined;
}

/** A top with the name of an earlier blob, although its layer is not in place. */
export interface Clash {
  readonly top: number;
  readonly earlier: Source;
}

export interface Wiring {
  /** The sources of each layer's bottoms, undefined for an unresolved bottom; undefined for an inactive layer. */
  readonly reads: readonly (readonly (Source | undefined)[] | undefined)[];
  /** By layer; the first clash of each name. */
  readonly clashes: ReadonlyMap<number, readonly Clash[]>;
  /** Blobs that no layer reads, by name. */
  readonly unread: ReadonlyMap<string, Source>;
  /** Layers with the name of an earlier layer, and the first one of that name. */
  readonly namesakes: ReadonlyMap<number, number>;
}

/** Connects layers in text order; undefined for an inactive layer. */
export function wire(layers: readonly (Ends | undefined)[], inputs: readonly string[]): Wiring {
  const blobs = new Map<string, Source>();
  const used = new Set<Source>();
  const taken = new Set<string>();
  const clashes = new Map<number, Clash[]>();
  const names = new Map<string, number>();
  const namesakes = new Map<number, number>();
  for (const [top, name] of inputs.entries()) blobs.set(name, { layer: -1, top });
  const use = (name: string): Source | undefined => {
    const source = blobs.get(name);
    if (source) used.add(source);
    return source;
  };
  const reads = layers.map((ends, layer) => {
    if (!ends) return undefined;
    const { name: own, bottoms, tops, source } = ends;
    const first = own ? names.get(own) : layer;
    if (first === undefined) names.set(own!, layer);
    else if (first !== layer) namesakes.set(layer, first);
    const sources = bottoms.map(name => {
      const blob = use(name);
      // In the V0 format, a padding layer is part of the layer that reads it.
      return source === undefined ? blob : use(source);
    });
    tops.forEach((name, top) => {
      const earlier = blobs.get(name);
      if (earlier && bottoms[top] !== name && !taken.has(name)) {
        taken.add(name);
        clashes.set(layer, [...(clashes.get(layer) ?? []), { top, earlier }]);
      }
      blobs.set(name, { layer, top });
    });
    return sources;
  });
  return { reads, clashes, namesakes, unread: new Map([...blobs].filter(([, source]) => !used.has(source))) };
}

/** Connects the layers that are active in a state. */
export function wiringOf(layers: readonly PlacedLayer[], inputs: readonly string[], state: State): Wiring {
  return wire(
    layers.map(({ layer }) => (absence(layer, state) === undefined ? endsOf(layer) : undefined)),
    inputs,
  );
}

interface Wired {
  readonly layers: readonly PlacedLayer[];
  readonly inputs: readonly string[];
  readonly state: State;
  readonly wiring: Wiring;
}

/** A cache of the last wirings: most edits do not change names. */
export class Wirings {
  #last: readonly Wired[] = [];

  of(layers: readonly PlacedLayer[], inputs: readonly string[], state: State): Wiring {
    const found = this.#last.find(last => isWiredAlike(last, layers, inputs, state));
    const wiring = found ? found.wiring : wiringOf(layers, inputs, state);
    // Keep two: of the text, and of a trial edit.
    const others = this.#last.filter(last => last !== found).slice(0, 1);
    this.#last = [{ layers, inputs, state, wiring }, ...others];
    return wiring;
  }
}

function isWiredAlike(last: Wired, layers: readonly PlacedLayer[], inputs: readonly string[], state: State): boolean {
  return (
    last.layers.length === layers.length &&
    sameState(last.state, state) &&
    sameTexts(last.inputs, inputs) &&
    layers.every(({ layer }, index) => hasSameEnds(layer, last.layers[index]!.layer, state))
  );
}

function hasSameEnds(a: Layer, b: Layer, state: State): boolean {
  if (a === b) return true;
  const sameNames = (some: readonly BlobName[], others: readonly BlobName[]): boolean =>
    sameTexts(some.map(textOf), others.map(textOf));
  return (
    a.name === b.name &&
    a.source === b.source &&
    sameNames(a.bottoms, b.bottoms) &&
    sameNames(a.tops, b.tops) &&
    (absence(a, state) === undefined) === (absence(b, state) === undefined)
  );
}

const sameState = (a: State, b: State): boolean =>
  a.phase === b.phase && a.level === b.level && sameTexts(a.stages, b.stages);

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, at) => text === b[at]);

const endsOf = ({ name, bottoms, tops, source }: Layer): Ends => ({
  name,
  bottoms: bottoms.map(textOf),
  tops: tops.map(textOf),
  source,
});

const textOf = ({ text }: BlobName): string => text;

/** Layers as items; each layer's reads are those in the first state in which it is active. */
export function itemsOf(
  layers: readonly PlacedLayer[],
  inputs: readonly string[],
  states: readonly State[],
): readonly Item[] {
  const wirings = states.map(state => wiringOf(layers, inputs, state));
  const ranges = layers.map(placed => placed.at(placed.layer.field));
  const targetOf = (source: Source | undefined): Target | undefined =>
    source && (source.layer < 0 ? 'input' : { index: source.layer, range: ranges[source.layer]! });
  const owners = new Map<string, number>();
  return layers.map((placed, index): Item => {
    const { bottoms, tops, paramNames } = placed.layer;
    const place = ({ from, to }: Range): Range => placed.at({ from, to });
    const sources = wirings.find(({ reads }) => reads[index])?.reads[index];
    const read = bottoms.map((bottom, at): Reference => {
      const source = sources?.[at];
      const output = source && source.layer >= 0 ? { output: source.top } : {};
      return {
        range: place(bottom),
        written: bottom.text,
        kind: 'name',
        target: targetOf(source),
        ...output,
        reads: true,
      };
    });
    const shared = paramNames.flatMap((param): Reference[] => {
      if (param.text === '') return [];
      const owner = owners.get(param.text);
      if (owner === undefined) owners.set(param.text, index);
      if (owner === undefined || owner === index) return [];
      const target = { index: owner, range: ranges[owner]! };
      return [{ range: place(param), written: param.text, kind: 'name', target, reads: false }];
    });
    return {
      range: ranges[index]!,
      index,
      outputs: tops.map(top => ({ name: top.text, range: place(top) })),
      references: [...read, ...shared],
      lists: [],
    };
  });
}

// Two networks side by side: which layer of the one is which of the other, whatever came or went around it.
import { aligned, type Likeness } from '../analysis/alignment.ts';
import { type Amount, type Cost, sumOf } from '../analysis/model.ts';
import type { Program } from '../formats/index.ts';
import { type Frame, type GraphNode, looseIn, type Site, type Tensor, useOf } from '../graph/graph.ts';
import { type GraphRows, outside, Placement, placedRange, producerOf, type Segment } from '../graph/segment.ts';
import type { Shape } from '../ops/op.ts';
import type { Analysed } from '../pipeline.ts';
import { isCode } from './wording.ts';

export type Status = 'same' | 'changed' | 'added' | 'removed';

/** A layer of the one network, and what it is in the other one; at least one of them is there. */
export interface LayerPair {
  readonly before: Layer | undefined;
  readonly after: Layer | undefined;
  /** Whether they were found to be built of the same operators when they were paired. */
  readonly isEqual: boolean;
}

/** Two networks, compared. Layers are paired at once; whether a pair differs is found when somebody asks. */
export interface Comparison {
  readonly before: Analysed;
  readonly after: Analysed;
  /** In the order of the second network; what is gone is where it was. */
  readonly pairs: readonly LayerPair[];
  status(pair: LayerPair): Status;
  /** The lines from `first` to `last`, inclusive, with pairs that may not be the same. */
  linesToLookAt(first: number, last: number): ReadonlySet<number>;
  /** The pairs whose layer of the second network begins on a 0-based line of its text. */
  onLine(line: number): readonly LayerPair[];
  /** The layers that the first network alone has, side by side, and the layer of the second one that follows them. */
  removed(): readonly { readonly layers: readonly Layer[]; readonly next: Layer | undefined }[];
}

/** A layer as it is compared: an item of the text, a module of a program, or an operator. */
export interface Layer {
  /** As a person knows it: `model.4`, `fc6`, `layer1.0.conv1`. */
  readonly name: string;
  readonly type: string;
  /** Where it is, and in which file where that is another one; undefined where it is in none. */
  readonly site: Pick<Site, 'range' | 'file'> | undefined;
  readonly outputs: readonly (Shape | undefined)[];
  readonly cost: Pick<Cost, 'macs' | 'params' | 'value' | 'activations'>;
  /** What it is called whatever is around it; undefined where its name is a position. */
  readonly ownName: string | undefined;
  /** What it was built into, where that is shared: the same in both networks is equal. */
  readonly identity: object | undefined;
  /** Its operators; undefined where it is one itself, of whatever format. */
  readonly nodes: readonly GraphNode[] | undefined;
  /** Its operators with all that is known of them: equal where layers are built of the same. */
  readonly structure: string;
  /** The same behind its own name. */
  readonly named: string;
  /** Its operators with their parameters, whatever they read: what a person writes of it. */
  readonly settings: string;
  /** Its text, of which numbers of other items may be a part; empty where layers share it. */
  readonly written: string;
  /** Whether it reads the one in front of it and nothing else, as far as that is known: this tells equal layers apart. */
  readonly follows: boolean;
  /** Whether a part of it is not known: then only its text says whether it is the same. */
  readonly isKnown: boolean;
  /** The places of the layers that it reads among all of them, in order; −1 for what is no layer. */
  sources(): readonly number[];
}

/**
 * The last comparison with each network. Not by the network that is compared, of which typing makes new ones: a weak map
 * whose value refers to its key keeps the key alive through all small garbage collections, which would then copy every
 * text, tree and graph.
 */
const latest = new WeakMap<Analysed, Compared>();

/** Compares two networks, of the same format or not: then operator by operator, which are the same in all of them. */
export function compare(before: Analysed, after: Analysed): Comparison {
  const last = latest.get(before);
  if (last?.after === after) return last;
  const comparison = new Compared(before, after, last);
  latest.set(before, comparison);
  return comparison;
}

class Compared implements Comparison {
  readonly before: Analysed;
  readonly after: Analysed;
  readonly #olds: Layers;
  readonly #news: Layers;
  readonly #pairing: Pairing;
  /** Whether all costs are known: then those of a layer that both networks share are the same. */
  readonly #isWhole: boolean;
  #pairs: readonly LayerPair[] | undefined;
  #lines: ReadonlyMap<number, readonly LayerPair[]> | undefined;

  /** `last`: an earlier comparison with the same network, whose layers are used again. */
  constructor(before: Analysed, after: Analysed, last: Compared | undefined) {
    this.before = before;
    this.after = after;
    const isOfOperators = before.document.format !== after.document.format;
    const layersOf = isOfOperators ? operators : ownLayers;
    this.#olds = last && last.#olds.isOfOperators === isOfOperators ? last.#olds : layersOf(before);
    this.#news = layersOf(after);
    this.#pairing = pairingOf(this.#olds, this.#news);
    this.#isWhole = [before, after].every(({ model: { totals } }) => totals.macs.complete && totals.params.complete);
  }

  get pairs(): readonly LayerPair[] {
    this.#pairs ??= this.#paired();
    return this.#pairs;
  }

  #paired(): readonly LayerPair[] {
    const [olds, news] = [this.#olds, this.#news];
    const pairs: LayerPair[] = [];
    let next = 0;
    for (let at = 0; at < olds.length; at++) {
      const old = olds.at(at);
      const partner = this.#pairing.now(at);
      if (partner < 0) {
        pairs.push({ before: old, after: undefined, isEqual: false });
        continue;
      }
      for (; next < partner; next++) pairs.push({ before: undefined, after: news.at(next), isEqual: false });
      pairs.push({ before: old, after: news.at(next), isEqual: this.#pairing.isEnd(next++) });
    }
    for (; next < news.length; next++) pairs.push({ before: undefined, after: news.at(next), isEqual: false });
    return pairs;
  }

  status({ before, after, isEqual }: LayerPair): Status {
    if (!before) return 'added';
    if (!after) return 'removed';
    const isOne = isShared(before, after);
    const isSame =
      (isOne || ((isEqual || isBuiltAlike(before, after)) && sameShapes(before.outputs, after.outputs))) &&
      ((isOne && this.#isWhole) || sameCosts(before.cost, after.cost)) &&
      readsTheSame(before.sources(), after.sources(), this.#pairing) &&
      (before.isKnown || writtenText(before, this.before) === writtenText(after, this.after));
    return isSame ? 'same' : 'changed';
  }

  linesToLookAt(first: number, last: number): ReadonlySet<number> {
    const found = new Set<number>();
    if (!this.#isOfItems) {
      this.#lines ??= this.#byLine();
      for (const line of this.#lines.keys()) if (line >= first && line <= last) found.add(line);
      return found;
    }
    const { lines } = this.after.document;
    const to = lines.end(last);
    const news = this.#news;
    for (let place = this.#firstNear(first); place < news.length && news.start(place) <= to; place++) {
      if (this.#isWhole && this.#isCopy(place)) continue;
      const site = news.at(place).site;
      if (site) found.add(lines.lineAt(site.range.from));
    }
    return found;
  }

  /** Whether a layer of the second network is what it was, as far as that can be seen without making it. */
  #isCopy(place: number): boolean {
    const was = this.#pairing.was(place);
    if (was < 0 || !this.#news.isPlain(place) || !this.#olds.isShared(was, this.#news, place)) return false;
    return isSameSource(was - 1, place - 1, this.#pairing);
  }

  /** Whether layers are items of the text, in its order. */
  get #isOfItems(): boolean {
    return !this.after.spec.program && !this.#news.isOfOperators;
  }

  onLine(line: number): readonly LayerPair[] {
    if (!this.#isOfItems) {
      this.#lines ??= this.#byLine();
      return this.#lines.get(line) ?? [];
    }
    const { lines } = this.after.document;
    const [from, to] = [lines.start(line), lines.end(line)];
    const found: LayerPair[] = [];
    for (let place = this.#firstNear(line); place < this.#news.length && this.#news.start(place) <= to; place++) {
      const after = this.#news.at(place);
      const start = after.site?.range.from;
      if (start === undefined || start < from || start > to) continue;
      const was = this.#pairing.was(place);
      const isEqual = this.#pairing.isEnd(place);
      found.push({ before: was < 0 ? undefined : this.#olds.at(was), after, isEqual });
    }
    return found;
  }

  /**
   * The first item that may begin on a line: items follow each other in the text, and the last one that begins above the
   * line may still begin in it, behind its own first characters.
   */
  #firstNear(line: number): number {
    const from = this.after.document.lines.start(line);
    const news = this.#news;
    let [low, high] = [0, news.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (news.start(middle) < from) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  removed(): readonly { readonly layers: readonly Layer[]; readonly next: Layer | undefined }[] {
    const pairing = this.#pairing;
    const { first: from, end } = pairing.ends;
    const found: { readonly layers: readonly Layer[]; readonly next: Layer | undefined }[] = [];
    for (let at = from; at < end; at++) {
      if (pairing.now(at) >= 0) continue;
      const first = at;
      while (at < end && pairing.now(at) < 0) at++;
      // What came in between is where they were.
      let next = first === 0 ? 0 : pairing.now(first - 1) + 1;
      while (next < this.#news.length && !this.#news.at(next).site) next++;
      const layers = sliced(this.#olds, first, at);
      found.push({ layers, next: next < this.#news.length ? this.#news.at(next) : undefined });
    }
    return found;
  }

  #byLine(): ReadonlyMap<number, readonly LayerPair[]> {
    const { lines } = this.after.document;
    const found = new Map<number, LayerPair[]>();
    let [from, line] = [-1, 0];
    for (const pair of this.pairs) {
      const site = pair.after?.site;
      if (!site || site.file !== undefined) continue;
      // Modules that one line makes mostly follow each other.
      if (site.range.from !== from) [from, line] = [site.range.from, lines.lineAt(site.range.from)];
      const there = found.get(line);
      if (there) there.push(pair);
      else found.set(line, [pair]);
    }
    return found;
  }
}

// --- What is alike ------------------------------------------------------------------------------------------------

const likeness: Likeness<Layer> = {
  isEqual: (a, b) => (isShared(a, b) || (a.ownName === b.ownName && isBuiltAlike(a, b))) && a.follows === b.follows,
  isAlike: (a, b) => a.written !== '' && a.written === b.written,
  keys: [
    ({ named }) => named,
    // One without a name is like no other.
    layer => (layer.ownName === undefined ? layer : `${layer.ownName} ${layer.type}`),
    ({ structure }) => structure,
    layer => (layer.written === '' ? layer : layer.written),
    ({ type, settings }) => `${type} ${settings}`,
  ],
  score,
};

/** Whether two layers are built of the same operators. What both networks share needs no second look. */
function isBuiltAlike(a: Layer, b: Layer): boolean {
  if (isShared(a, b)) return true;
  if (a.type !== b.type) return false;
  return a.nodes && b.nodes ? areAlike(a.nodes, b.nodes) : a.structure === b.structure;
}

/** Whether two layers of the same type have the same parameters, which is sooner seen than said. */
function isSetAlike(a: Layer, b: Layer): boolean {
  if (!a.nodes || !b.nodes) return a.settings === b.settings;
  const others = b.nodes;
  return (
    a.nodes.length === others.length &&
    a.nodes.every(({ op, attrs }, at) => op.name === others[at]!.op.name && areSameAttrs(attrs, others[at]!.attrs))
  );
}

const isShared = (a: Layer, b: Layer): boolean => a.identity !== undefined && a.identity === b.identity;

/** What is equal: layers in front of `first`, which is the same place on both sides, and from `end` and `otherEnd` on. */
interface Ends {
  readonly first: number;
  readonly end: number;
  readonly otherEnd: number;
}

/**
 * The place of each layer of either network in the other one. Of thousands, at every keystroke, all but a few are at the
 * ends: only those between are listed.
 */
class Pairing {
  readonly ends: Ends;
  /** For each layer of the first network between the ends, its place in the second one; −1 where it is not there. */
  readonly nows: Int32Array;
  /** The same for each layer of the second one. */
  readonly wases: Int32Array;

  constructor(ends: Ends, nows: Int32Array, wases: Int32Array) {
    this.ends = ends;
    this.nows = nows;
    this.wases = wases;
  }

  /** The place in the second network of a layer of the first one; −1 where it is not there. */
  now(place: number): number {
    const { first, end, otherEnd } = this.ends;
    if (place < first) return place;
    return place < end ? this.nows[place - first]! : place + otherEnd - end;
  }

  /** The place in the first network of a layer of the second one. */
  was(place: number): number {
    const { first, end, otherEnd } = this.ends;
    if (place < first) return place;
    return place < otherEnd ? this.wases[place - first]! : place + end - otherEnd;
  }

  /** Whether a layer of the second network is at an end, where all are equal. */
  isEnd(place: number): boolean {
    return place < this.ends.first || place >= this.ends.otherEnd;
  }

  get turned(): Pairing {
    return new Pairing(turnedEnds(this.ends), this.wases, this.nows);
  }

  /** The same with all layers of both networks listed. */
  listed(length: number, otherLength: number): Pairing {
    return new Pairing(
      { first: 0, end: length, otherEnd: otherLength },
      Int32Array.from({ length }, (_, place) => this.now(place)),
      Int32Array.from({ length: otherLength }, (_, place) => this.was(place)),
    );
  }
}

const turnedEnds = ({ first, end, otherEnd }: Ends): Ends => ({ first, end: otherEnd, otherEnd: end });

/**
 * The layers that are paired are the same whichever network comes first. Layers in front of an edit and behind it, which
 * are nearly all, are known by what they were built into, and are not made.
 */
function pairingOf(before: Layers, after: Layers): Pairing {
  const isUnbuilt = (at: number, other: number): boolean =>
    before.identity(at) === undefined &&
    after.identity(other) === undefined &&
    likeness.isEqual(before.at(at), after.at(other));
  let ends = endsOf(before, after, isUnbuilt);
  const { first, end, otherEnd } = ends;
  // An edit of one layer: however it has changed, it is the one between the others.
  const isEdit = end === first + 1 && otherEnd === end && before.at(first).type === after.at(first).type;
  if (isEdit) return new Pairing(ends, Int32Array.of(first), Int32Array.of(first));
  if (first < end || first < otherEnd)
    ends = endsOf(before, after, (at, other) => likeness.isEqual(before.at(at), after.at(other)), ends);
  if (isEditOfTwo(before, after, ends))
    return new Pairing(ends, Int32Array.of(ends.first, ends.first + 1), Int32Array.of(ends.first, ends.first + 1));
  return isLater(before, after, ends)
    ? pairedBetween(after, before, turnedEnds(ends)).turned
    : pairedBetween(before, after, ends);
}

/**
 * Whether two layers between the others are what two were, whichever network comes first: an edit of a layer is mostly one
 * of what the next one reads as well.
 */
function isEditOfTwo(before: Layers, after: Layers, { first, end, otherEnd }: Ends): boolean {
  if (end !== first + 2 || otherEnd !== end) return false;
  const worth = (at: number, other: number): number => score(before.at(at), after.at(other));
  const [upper, lower] = [worth(first, first), worth(first + 1, first + 1)];
  if (upper === 0 || lower === 0) return false;
  return upper + lower >= Math.max(worth(first, first + 1), worth(first + 1, first));
}

/** `isEqual`: of layers that are not shared. `known` is what was found to be equal by less. */
function endsOf(
  before: Layers,
  after: Layers,
  isEqual: (at: number, other: number) => boolean,
  known: Ends = { first: 0, end: before.length, otherEnd: after.length },
): Ends {
  const least = Math.min(before.length, after.length);
  let first = before.sharedEnd(known.first, after);
  while (first < least && isEqual(first, first)) first = before.sharedEnd(first + 1, after);
  // What is equal in front goes first: of what else is, there may be less behind it.
  let { end, otherEnd } = first === known.first ? known : { end: before.length, otherEnd: after.length };
  const by = otherEnd - end;
  end = before.sharedStart(end, after, otherEnd, first);
  while (end > first && end + by > first && isEqual(end - 1, end - 1 + by))
    end = before.sharedStart(end - 1, after, end - 1 + by, first);
  otherEnd = end + by;
  return { first, end, otherEnd };
}

/** Pairs what is between the layers that are equal. */
function pairedBetween(before: Layers, after: Layers, ends: Ends): Pairing {
  const { first, end, otherEnd } = ends;
  const [nows, wases] = [new Int32Array(end - first).fill(-1), new Int32Array(otherEnd - first).fill(-1)];
  const partners =
    first < end && first < otherEnd ? alignedLayers(sliced(before, first, end), sliced(after, first, otherEnd)) : [];
  let paired = 0;
  for (const [at, partner] of partners.entries()) {
    if (partner < 0) continue;
    nows[at] = first + partner;
    wases[partner] = first + at;
    paired++;
  }
  const pairing = new Pairing(ends, nows, wases);
  if (paired === nows.length && paired === wases.length) return pairing;
  const listed = pairing.listed(before.length, after.length);
  slide(before, after, listed);
  return listed;
}

/** From so many pairs on, it pays to find out first which layers are of a kind. */
const fewPairs = 100;

function alignedLayers(before: readonly Layer[], after: readonly Layer[]): Int32Array {
  if (before.length * after.length < fewPairs) return aligned(before, after, likeness);
  return aligned(kindsOf(before), kindsOf(after), likenessOfKinds);
}

/** Layers of one network that nothing but their places tells apart: what is found out about one holds for all of them. */
class Kind {
  readonly layer: Layer;
  /** By number, the keys that were asked for. */
  readonly keys: unknown[] = [];
  #scores: Map<Kind, number> | undefined;

  constructor(layer: Layer) {
    this.layer = layer;
  }

  score(other: Kind): number {
    this.#scores ??= new Map();
    let found = this.#scores.get(other);
    if (found === undefined) {
      found = score(this.layer, other.layer);
      this.#scores.set(other, found);
    }
    return found;
  }
}

function kindsOf(layers: readonly Layer[]): readonly Kind[] {
  const known = new Map<object, Kind[]>();
  return layers.map(layer => {
    const { identity } = layer;
    if (!identity) return new Kind(layer);
    const there = known.get(identity);
    const same = there?.find(kind => kind.layer.follows === layer.follows && kind.layer.written === layer.written);
    if (same) return same;
    const kind = new Kind(layer);
    if (there) there.push(kind);
    else known.set(identity, [kind]);
    return kind;
  });
}

const likenessOfKinds: Likeness<Kind> = {
  isEqual: (a, b) => likeness.isEqual(a.layer, b.layer),
  isAlike: (a, b) => likeness.isAlike(a.layer, b.layer),
  keys: likeness.keys.map((keyOf, at) => (kind: Kind) => {
    kind.keys[at] ??= keyOf(kind.layer);
    return kind.keys[at];
  }),
  score: (a, b) => a.score(b),
};

/** So many layers are looked at to find which one of several that are equal came or went. */
const mostLooks = 400_000;

/**
 * Where a layer that came or went is equal to those above it, it may be any of them: which one it is, those say that read
 * them. Changes the pairing, which has the lowest one and lists all layers.
 */
function slide(before: Layers, after: Layers, pairing: Pairing): void {
  const most = Math.floor(mostLooks / (before.length + after.length + 1));
  let tries = 0;
  let fewest: number | undefined;
  /** The layers of the longer side that are alone, and those above that they may change places with. */
  const along = (own: Layers, others: Layers, partners: Int32Array, back: Int32Array): void => {
    for (let end = own.length; end > 0; end--) {
      if (partners[end - 1]! >= 0) continue;
      let start = end - 1;
      while (start > 0 && partners[start - 1]! < 0) start--;
      const first = start;
      let [best, from, to] = [start, start, end];
      const swap = (place: number, other: number): void => {
        const partner = partners[place]!;
        partners[other] = partner;
        partners[place] = -1;
        back[partner] = other;
      };
      while (from > 0 && partners[from - 1]! >= 0 && tries < most) {
        if (!likeness.isEqual(own.at(to - 1), others.at(partners[from - 1]!))) break;
        fewest ??= rewired(before, after, pairing);
        if (fewest === 0) return;
        tries++;
        swap(--from, --to);
        const count = rewired(before, after, pairing);
        if (count < fewest) [fewest, best] = [count, from];
      }
      for (; from < best; from++, to++) swap(to, from);
      end = first + 1;
    }
  };
  along(after, before, pairing.wases, pairing.nows);
  along(before, after, pairing.nows, pairing.wases);
}

/** How many layers differ in nothing but what they read. */
function rewired(before: Layers, after: Layers, pairing: Pairing): number {
  let count = 0;
  for (let at = 0; at < before.length; at++) {
    const other = pairing.now(at);
    if (other < 0) continue;
    const isAlike = before.isShared(at, after, other) || isBuiltAlike(before.at(at), after.at(other));
    if (isAlike && !readsTheSame(before.sources(at), after.sources(other), pairing)) count++;
  }
  return count;
}

/** Whether two layers read layers that are the same; what came or went in between makes no other layer of them. */
function readsTheSame(olds: readonly number[], news: readonly number[], pairing: Pairing): boolean {
  return olds.length === news.length && olds.every((old, at) => isSameSource(old, news[at]!, pairing));
}

function isSameSource(old: number, source: number, pairing: Pairing): boolean {
  if (source >= 0 && pairing.was(source) < 0) return true;
  if (old < 0) return source < 0;
  const now = pairing.now(old);
  return now < 0 || now === source;
}

/** An order of networks: by length, then by the first layer that is not equal. */
function isLater(before: Layers, after: Layers, { first }: Ends): boolean {
  if (before.length !== after.length) return before.length > after.length;
  return first < before.length && isLayerLater(before.at(first), after.at(first));
}

function isLayerLater(a: Layer, b: Layer): boolean {
  if (a.type !== b.type) return a.type > b.type;
  const [name, otherName] = [a.ownName ?? '', b.ownName ?? ''];
  if (name !== otherName) return name > otherName;
  // What it is built of is long: mostly, its first operator differs already.
  const [first, otherFirst] = [a, b].map(({ nodes }) => (nodes?.[0] ? settingsOf(nodes[0]) : '')) as [string, string];
  if (first !== otherFirst) return first > otherFirst;
  if (a.structure !== b.structure) return a.structure > b.structure;
  return a.follows && !b.follows;
}

/**
 * Names count most, then what layers are built of, then what is written of them, then where they are; so far apart that a
 * strong likeness is worth more than two weak ones. A layer may have been replaced by one of another type that outputs
 * the same.
 */
function score(before: Layer, after: Layer): number {
  const isNamed = before.ownName !== undefined && after.ownName !== undefined;
  const isSameName = isNamed && before.ownName === after.ownName;
  if (before.type !== after.type) {
    if (isSameName) return 7;
    if (isNamed) return 0;
    if (sameShapes(before.outputs, after.outputs)) return 1.5;
    return sameGrid(before, after) ? 1 : before.isKnown && after.isKnown ? 0 : 0.5;
  }
  const likeness = likenessOf(before, after);
  if (isSameName) return likeness + 8;
  return isNamed ? likeness / 4 : likeness;
}

function likenessOf(before: Layer, after: Layer): number {
  if (isBuiltAlike(before, after)) return before.follows === after.follows ? 17 : 16;
  const where = sameGrid(before, after) ? 1 : 0;
  if (before.written !== '' && before.written === after.written) return 8 + where;
  return (isSetAlike(before, after) ? 5 : 3) + where;
}

/** Whether layers output images of the same size, whatever their channels. */
function sameGrid({ outputs: [before] }: Layer, { outputs: [after] }: Layer): boolean {
  if (!before || !after || before.length !== after.length || before.length < 3) return false;
  return before.every((size, axis) => axis < 2 || size === after[axis]);
}

function sameShapes(before: readonly (Shape | undefined)[], after: readonly (Shape | undefined)[]): boolean {
  return before.length === after.length && before.every((shape, at) => isSameShape(shape, after[at]));
}

function sameCosts(before: Layer['cost'], after: Layer['cost']): boolean {
  return sameAmount(before.macs, after.macs) && sameAmount(before.params, after.params);
}

function sameAmount(a: Amount, b: Amount): boolean {
  return a.value === b.value && a.complete === b.complete;
}

/** What an item says beside what it reads, which may have moved. */
function writtenText({ site }: Layer, { document, spec }: Analysed): string {
  if (!site) return '';
  if (site.file !== undefined) return spec.imports?.read.get(site.file)?.slice(site.range.from, site.range.to) ?? '';
  const { text } = document.source;
  const { from } = site.range;
  const item = document.reader?.items?.().find(({ range }) => range.from <= from && from < range.to);
  if (!item) return text.slice(from, site.range.to);
  let written = '';
  let at = item.range.from;
  for (const { range } of item.references.toSorted((a, b) => a.range.from - b.range.from)) {
    written += text.slice(at, range.from);
    at = Math.max(at, range.to);
  }
  return (written + text.slice(at, item.range.to)).trim();
}

// --- Layers -------------------------------------------------------------------------------------------------------

/** The layers of a network, in order, by their places. */
interface Layers {
  readonly length: number;
  readonly isOfOperators: boolean;
  /** A layer, which is made when it is looked at. */
  at(place: number): Layer;
  /** Of a layer that need not be made for that. */
  identity(place: number): Layer['identity'];
  /** Whether a layer was built into what one of another network was, and both follow the one in front of them or do not. */
  isShared(place: number, others: Layers, other: number): boolean;
  /** The end of the layers from `place` on that are shared with those at the same places. */
  sharedEnd(place: number, others: Layers): number;
  /** The start of the layers up to `end` that are shared with those up to `otherEnd`; both stay at or above `first`. */
  sharedStart(end: number, others: Layers, otherEnd: number, first: number): number;
  /** Whether all of a layer is known, and it reads the one in front of it alone. */
  isPlain(place: number): boolean;
  sources(place: number): readonly number[];
  /** Where it begins in the text, or a little before that; −1 where it is in none. Layers are in order. */
  start(place: number): number;
}

function sliced(layers: Layers, from: number, to: number): readonly Layer[] {
  const found: Layer[] = [];
  for (let place = from; place < to; place++) found.push(layers.at(place));
  return found;
}

function ownLayers(analysed: Analysed): Layers {
  const { program } = analysed.spec;
  if (!program) return new RowLayers(analysed);
  const rows = program.modules.filter(({ own }) => own.length > 0);
  const owners = new Owners(analysed, rows);
  return new ListedLayers(rows.map(row => new ModuleLayer(analysed, row, owners)));
}

/** What costs something, of whatever formats. */
function operators(analysed: Analysed): Layers {
  const { graph } = analysed.model;
  const found = graph.nodes.flatMap(node => {
    const layer = new OperatorLayer(analysed, node);
    const { macs, params } = layer.cost;
    return layer.isKnown && macs.value === 0 && params.value === 0 ? [] : [layer];
  });
  return new ListedLayers(found, true);
}

class ListedLayers implements Layers {
  readonly #list: readonly Layer[];
  readonly isOfOperators: boolean;

  constructor(list: readonly Layer[], isOfOperators = false) {
    this.#list = list;
    this.isOfOperators = isOfOperators;
  }

  get length(): number {
    return this.#list.length;
  }

  at(place: number): Layer {
    return this.#list[place]!;
  }

  identity(): undefined {
    return undefined;
  }

  isShared(): boolean {
    return false;
  }

  isPlain(): boolean {
    return false;
  }

  sharedEnd(place: number): number {
    return place;
  }

  sharedStart(end: number): number {
    return end;
  }

  sources(place: number): readonly number[] {
    return this.#list[place]!.sources();
  }

  start(place: number): number {
    return this.#list[place]!.site?.range.from ?? -1;
  }
}

/** The items of a text: thousands, at every keystroke, of which hardly any is looked at closely. */
class RowLayers implements Layers {
  readonly #analysed: Analysed;
  readonly #rows: GraphRows;
  readonly #made = new Map<number, RowLayer>();
  readonly isOfOperators = false;

  constructor(analysed: Analysed) {
    this.#analysed = analysed;
    this.#rows = analysed.model.graph.rows;
  }

  get length(): number {
    return this.#rows.length;
  }

  at(place: number): Layer {
    let layer = this.#made.get(place);
    if (!layer) {
      layer = new RowLayer(this.#analysed, place);
      this.#made.set(place, layer);
    }
    return layer;
  }

  identity(place: number): Segment | undefined {
    return this.#rows.segment(place);
  }

  isShared(place: number, others: Layers, other: number): boolean {
    return others instanceof RowLayers && this.#rows.isShared(place, others.#rows, other);
  }

  isPlain(place: number): boolean {
    return this.#rows.follows(place) && (this.#rows.segment(place)?.nodes.every(isKnown) ?? false);
  }

  sharedEnd(place: number, others: Layers): number {
    return others instanceof RowLayers ? this.#rows.sharedEnd(place, others.#rows) : place;
  }

  sharedStart(end: number, others: Layers, otherEnd: number, first: number): number {
    return others instanceof RowLayers ? this.#rows.sharedStart(end, others.#rows, otherEnd, first) : end;
  }

  sources(place: number): readonly number[] {
    return this.at(place).sources();
  }

  start(place: number): number {
    const { places } = this.#rows;
    const start = places ? undefined : this.#rows.start(place);
    return start ?? this.at(place).site?.range.from ?? -1;
  }
}

/** An item of the text. */
class RowLayer implements Layer {
  readonly #analysed: Analysed;
  readonly #row: number;
  readonly identity: Segment | undefined;
  #built: Built | undefined;
  #sources: readonly number[] | undefined;
  #cost: Cost | undefined;

  constructor(analysed: Analysed, row: number) {
    this.#analysed = analysed;
    this.#row = row;
    this.identity = analysed.model.graph.rows.segment(row);
  }

  get #parts(): Built {
    this.#built ??= this.identity ? builtSegment(this.identity) : builtOf(this.type, this.nodes);
    return this.#built;
  }

  get nodes(): readonly GraphNode[] {
    if (this.identity) return this.identity.nodes;
    const { graph } = this.#analysed.model;
    return looseIn(graph, graph.rows.frames(this.#row)[0]!);
  }

  get ownName(): string | undefined {
    if (this.identity) return nameOf(this.identity);
    return this.#analysed.document.format.numbersItems ? undefined : this.name;
  }

  get #frame(): Frame | undefined {
    return this.#analysed.model.graph.rows.frames(this.#row)[0];
  }

  get name(): string {
    return this.#frame?.label ?? '';
  }

  get type(): string {
    const [frame] = this.identity?.frames ?? this.#analysed.model.graph.rows.frames(this.#row);
    return frame?.type ?? '';
  }

  get structure(): string {
    return this.#parts.structure;
  }

  get named(): string {
    return this.identity ? builtSegment(this.identity).named : namedOf(this);
  }

  get settings(): string {
    return this.#parts.settings;
  }

  get isKnown(): boolean {
    return this.nodes.every(isKnown);
  }

  get site(): Layer['site'] {
    const { rows } = this.#analysed.model.graph;
    const [own] = this.identity && !rows.places ? this.identity.frames : [];
    if (own) {
      const range = useOf(own);
      return range && { range: placedRange(range, rows.start(this.#row)!) };
    }
    const range = this.#frame && useOf(this.#frame);
    return range && { range };
  }

  get written(): string {
    const { from, to } = this.site?.range ?? { from: 0, to: 0 };
    return this.#analysed.document.source.text.slice(from, to);
  }

  get follows(): boolean {
    return this.#analysed.model.graph.rows.follows(this.#row);
  }

  get outputs(): readonly (Shape | undefined)[] {
    const { rows } = this.#analysed.model.graph;
    const [first] = this.identity?.frames ?? rows.frames(this.#row);
    return first?.outputs.map(({ shape }) => shape) ?? [];
  }

  get cost(): Cost {
    const { model } = this.#analysed;
    const { rows } = model.graph;
    this.#cost ??= model.costOf({ first: rows.first(this.#row), end: rows.end(this.#row) });
    return this.#cost;
  }

  sources(): readonly number[] {
    this.#sources ??= this.#read();
    return this.#sources;
  }

  #read(): readonly number[] {
    const { graph } = this.#analysed.model;
    const { rows } = graph;
    // Most do, and no placement has to be made for that.
    if (this.follows) return [this.#row - 1];
    const content = rows.at(this.#row);
    const ids =
      content instanceof Placement
        ? content.inputs.map(producerOf)
        : looseIn(graph, content).flatMap(({ inputs }) => inputs.map(producerOf).filter(id => id < content.first));
    return [...new Set(ids)].map(id => rowOf(rows, id));
  }
}

/** The row that holds a node, by bisection; −1 for what is in none. */
function rowOf(rows: GraphRows, id: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (id < rows.first(middle)) high = middle - 1;
    else if (id >= rows.end(middle)) low = middle + 1;
    else return middle;
  }
  return -1;
}

type ModuleRow = Program['modules'][number];

/** The places of the modules to whose own work the operators of a program belong. */
class Owners {
  readonly #analysed: Analysed;
  readonly #rows: readonly ModuleRow[];
  #places: Int32Array | undefined;

  constructor(analysed: Analysed, rows: readonly ModuleRow[]) {
    this.#analysed = analysed;
    this.#rows = rows;
  }

  /** −1 for what is no module's. */
  of(id: number): number {
    this.#places ??= this.#found();
    return this.#places[id] ?? -1;
  }

  #found(): Int32Array {
    const places = new Int32Array(this.#analysed.model.graph.nodeCount).fill(-1);
    for (const [at, { own }] of this.#rows.entries()) for (const { id } of own) places[id] = at;
    return places;
  }
}

const moduleNames = new Map<string, string | undefined>();
const mostNames = 20_000;

/** What a module is called whatever is around it: numbers are places in a list. The same ones are asked for at every keystroke. */
function moduleName(path: string): string | undefined {
  const known = moduleNames.get(path);
  if (known !== undefined) return known;
  const name = /[a-z_]/i.test(path) ? path.replace(/(^|\.)\d+(?=\.|$)/g, '$1#') : undefined;
  if (moduleNames.size > mostNames) moduleNames.clear();
  moduleNames.set(path, name);
  return name;
}

/** A module of a program, with its own work alone. */
class ModuleLayer implements Layer {
  readonly #analysed: Analysed;
  readonly #row: ModuleRow;
  readonly #owners: Owners;
  #built: Built | undefined;
  #sources: readonly number[] | undefined;
  #cost: Cost | undefined;
  readonly identity = undefined;
  readonly written = '';
  readonly follows = false;

  constructor(analysed: Analysed, row: ModuleRow, owners: Owners) {
    this.#analysed = analysed;
    this.#row = row;
    this.#owners = owners;
  }

  get ownName(): string | undefined {
    return moduleName(this.#row.name);
  }

  get name(): string {
    return this.#row.name || this.#row.type;
  }

  get type(): string {
    return this.#row.type;
  }

  get site(): Layer['site'] {
    return this.#row.site;
  }

  get outputs(): readonly (Shape | undefined)[] {
    return this.#row.outputs.map(({ shape }) => shape);
  }

  get cost(): Cost {
    const { own } = this.#row;
    const { model } = this.#analysed;
    // Most modules are one operator.
    this.#cost ??= own.length === 1 ? model.costOfNode(own[0]!) : sumOf(own.map(node => model.costOfNode(node)));
    return this.#cost;
  }

  get nodes(): readonly GraphNode[] {
    return this.#row.own;
  }

  get structure(): string {
    return this.#parts.structure;
  }

  get named(): string {
    return namedOf(this);
  }

  get settings(): string {
    return this.#parts.settings;
  }

  get isKnown(): boolean {
    return this.nodes.every(isKnown);
  }

  get #parts(): Built {
    this.#built ??= builtOf(this.type, this.nodes);
    return this.#built;
  }

  sources(): readonly number[] {
    this.#sources ??= this.#read();
    return this.#sources;
  }

  #read(): readonly number[] {
    const { own } = this.#row;
    if (own.length === 1 && own[0]!.inputs.length === 1) return [this.#owners.of(producerOf(own[0]!.inputs[0]!))];
    const ownIds = new Set(own.map(({ id }) => id));
    const ids = new Set<number>();
    for (const { inputs } of own)
      for (const tensor of inputs) {
        const id = producerOf(tensor);
        if (!ownIds.has(id)) ids.add(id);
      }
    return Array.from(ids, id => this.#owners.of(id));
  }
}

/** An operator, which is the same in all formats. */
class OperatorLayer implements Layer {
  readonly #node: GraphNode;
  readonly nodes = undefined;
  readonly cost: Cost;
  readonly ownName = undefined;
  readonly identity = undefined;
  readonly written = '';
  readonly follows = false;
  readonly structure: string;

  constructor({ model }: Analysed, node: GraphNode) {
    this.#node = node;
    this.cost = model.costOfNode(node);
    // Formats may say what is the default or not say it: what comes of it counts.
    const { macs, params } = this.cost;
    this.structure = `${node.op.name} ${shapesText(node.inputs)} ${shapesText(node.outputs)} ${macs.value} ${params.value}`;
  }

  get name(): string {
    const labels: string[] = [];
    for (let frame: Frame | undefined = this.#node.frame; frame?.parent; frame = frame.parent)
      if (frame.label !== '' && !isCode(frame)) labels.unshift(frame.label);
    // A copy inside a frame may have the name of that in front of its own.
    return labels.filter((label, at) => !labels[at + 1]?.startsWith(`${label}.`)).join('.') || this.type;
  }

  get type(): string {
    return this.#node.op.name;
  }

  get site(): Layer['site'] {
    for (let frame: Frame | undefined = this.#node.frame; frame; frame = frame.parent) {
      const range = useOf(frame);
      if (range) return { range };
    }
    return undefined;
  }

  get outputs(): readonly (Shape | undefined)[] {
    return this.#node.outputs.map(({ shape }) => shape);
  }

  get named(): string {
    return namedOf(this);
  }

  get settings(): string {
    return this.#node.op.name;
  }

  get isKnown(): boolean {
    return isKnown(this.#node);
  }

  /** What is between operators that cost something differs from format to format. */
  sources(): readonly number[] {
    return [];
  }
}

/** What a layer is built of, in words. */
interface Built {
  readonly type: string;
  readonly structure: string;
  readonly settings: string;
}

interface BuiltSegment extends Built {
  /** Long words, which are compared at every keystroke. */
  readonly named: string;
}

const segments = new WeakMap<Segment, BuiltSegment>();

function builtSegment(segment: Segment): BuiltSegment {
  let built = segments.get(segment);
  if (!built) {
    const own = builtOf(segment.frames[0]?.type ?? '', segment.nodes);
    built = { ...own, named: namedOf({ ownName: nameOf(segment), structure: own.structure }) };
    segments.set(segment, built);
  }
  return built;
}

const namedOf = ({ ownName, structure }: Pick<Layer, 'ownName' | 'structure'>): string =>
  `${ownName ?? ''} ${structure}`;

function builtOf(type: string, nodes: readonly GraphNode[]): Built {
  const places = new Map(nodes.map((node, at) => [node, String(at)]));
  /** What is read from outside, in the order in which it is read. */
  const ports = new Map<number, string>();
  const source = ({ node, port }: Tensor): string => {
    const place = node === outside ? undefined : places.get(node);
    if (place !== undefined) return port === 0 ? place : `${place}.${port}`;
    const id = node === outside ? port : node.id;
    const known = ports.get(id) ?? `p${ports.size}`;
    ports.set(id, known);
    return known;
  };
  const parts = nodes.map(settingsOf);
  const wires = nodes.map(node => {
    const shares = node.shares ? '=' : '';
    return `${node.inputs.map(source)} ${shapesText(node.inputs)} ${shapesText(node.outputs)}${shares}`;
  });
  const settings = parts.join('\n');
  return { type, settings, structure: `${settings}\n${wires.join('\n')}` };
}

const settingsOf = ({ op, attrs }: GraphNode): string => `${op.name}${JSON.stringify(attrs)}`;

/** Whether layers have the same structure, which is sooner seen than said. */
function areAlike(nodes: readonly GraphNode[], others: readonly GraphNode[]): boolean {
  if (nodes.length !== others.length) return false;
  for (let at = 0; at < nodes.length; at++) {
    const [node, other] = [nodes[at]!, others[at]!];
    if (node.op.name !== other.op.name || (node.shares === undefined) !== (other.shares === undefined)) return false;
    if (!haveSameShapes(node.inputs, other.inputs) || !haveSameShapes(node.outputs, other.outputs)) return false;
    if (!areSameAttrs(node.attrs, other.attrs)) return false;
  }
  // One operator with one input can read it in one way alone.
  if (nodes.length === 1 && nodes[0]!.inputs.length <= 1) return true;
  const [reads, otherReads] = [readsOf(nodes), readsOf(others)];
  return reads.every((read, at) => read === otherReads[at]);
}

/** What nodes read, input by input: an output of one of them, or from outside, by the order in which it is read. */
function readsOf(nodes: readonly GraphNode[]): readonly number[] {
  const reads: number[] = [];
  // Most layers of programs are one operator.
  const places = nodes.length > 1 ? new Map(nodes.map((node, at) => [node, at])) : undefined;
  const ports = new Map<number, number>();
  for (const { inputs } of nodes)
    for (const { node, port } of inputs) {
      const place = node === outside ? undefined : places?.get(node);
      if (place !== undefined) {
        reads.push(place + port * nodes.length);
        continue;
      }
      const id = node === outside ? port : node.id;
      const known = ports.get(id) ?? -1 - ports.size;
      ports.set(id, known);
      reads.push(known);
    }
  return reads;
}

function haveSameShapes(tensors: readonly Tensor[], others: readonly Tensor[]): boolean {
  if (tensors.length !== others.length) return false;
  for (let at = 0; at < tensors.length; at++) if (!isSameShape(tensors[at]!.shape, others[at]!.shape)) return false;
  return true;
}

function isSameShape(shape: Shape | undefined, other: Shape | undefined): boolean {
  if (shape === other) return true;
  if (!shape || !other || shape.length !== other.length) return false;
  for (let axis = 0; axis < shape.length; axis++) if (!Object.is(shape[axis], other[axis])) return false;
  return true;
}

/** Whether attributes would be written alike. */
function areSameAttrs(attrs: object, others: object): boolean {
  const [values, otherValues] = [
    attrs as Readonly<Record<string, unknown>>,
    others as Readonly<Record<string, unknown>>,
  ];
  let count = 0;
  let isSame = true;
  for (const key in values) {
    const [value, other] = [values[key], otherValues[key]];
    count++;
    if (Object.is(value, other) || isSameList(value, other)) continue;
    if (isPlain(value) && isPlain(other) && value !== other) return false;
    isSame = false;
    break;
  }
  if (isSame) for (const _ in otherValues) count--;
  // Lists within lists, and what is left out where it is undefined.
  return (isSame && count === 0) || JSON.stringify(attrs) === JSON.stringify(others);
}

function isSameList(list: unknown, other: unknown): boolean {
  if (!Array.isArray(list) || !Array.isArray(other) || list.length !== other.length) return false;
  for (let at = 0; at < list.length; at++) if (!Object.is(list[at], other[at])) return false;
  return true;
}

/** Whether a value is written as it is, and no other one is. */
const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** Of a segment that is named by where it is, its name is none of its own. */
function nameOf({ name, frames }: Segment): string | undefined {
  if (name) return name.isNumbered ? undefined : name.text;
  return frames[0]?.label;
}

function shapesText(tensors: readonly Tensor[]): string {
  return tensors.map(({ shape }) => shape?.join('×') ?? '?').join();
}

const isKnown = ({ why, outputs }: GraphNode): boolean =>
  why === undefined && outputs.every(tensor => tensor.why === undefined);

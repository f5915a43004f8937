// Rows of a text that a person moves, copies, adds and removes: how a format writes them, and which numbers the references
// of all other rows have then.
import type { TextEdit } from '../text/edit.ts';
import type { Range } from '../text/range.ts';
import type { Item, Reference } from './reference.ts';

/** The rows of a text as they can be moved. Edits are undefined where a row is written in a way that they cannot change. */
export interface Rows {
  /** The lines of each item, with the comments that belong to it. */
  readonly extents: readonly Range[];
  /** The items as they are read, once for each phase. */
  readonly readings: readonly (readonly Item[])[];
  /** Whether an item reads the one above without naming it. */
  readsAbove(index: number): boolean;
  /** Exchanges an item with the one below. */
  swapped(upper: number): readonly TextEdit[] | undefined;
  /** Puts a copy below an item; copies have names of their own, and read what they are a copy of. */
  copied(index: number): readonly TextEdit[] | undefined;
  /** Puts a new item below one, which reads it and outputs as many channels. */
  inserted(index: number, channels: number): readonly TextEdit[] | undefined;
  /** Removes an item with its comments; who read it by name reads what it read. */
  removed(index: number): readonly TextEdit[] | undefined;
}

/** What a reference is to be after a change. */
export interface Aim {
  /** The number to write; undefined where it stays as it is written. */
  readonly written: number | undefined;
  /** The index of the item that it means then, −1 for the input; undefined where nothing is known of that. */
  readonly target: number | undefined;
}

/** Where items and their references are after a change. */
export interface Plan {
  /** The number of items afterwards. */
  readonly size: number;
  /** The item before the change that is the one at an index after it, or that it is a copy of; undefined for a new one. */
  origin(index: number): number | undefined;
  /** By index after the change, then by reference. */
  readonly aims: readonly (readonly Aim[])[];
  /** References to a removed item: those that read what it read, and those that could not. */
  readonly redirected: number;
  readonly lost: readonly { readonly reader: number; readonly range: Range | undefined }[];
}

/** Why a change is refused, by the indices of the items that are in the way of each other. */
export type Objection =
  | { readonly kind: 'reads'; readonly reader: number; readonly source: number }
  | { readonly kind: 'flow'; readonly reader: number }
  | { readonly kind: 'written'; readonly reader: number };

export type Planned = { readonly plan: Plan } | { readonly objection: Objection };

/** A reference by number, or one that goes without saying. */
interface Link {
  readonly item: number;
  /** Its place among the references of its item; undefined for what goes without saying. */
  readonly at: number | undefined;
  readonly written: number;
  readonly isRelative: boolean;
  /** −1 is the input; undefined where there is no such item. */
  readonly target: number | undefined;
  readonly reads: boolean;
  /** Whether its number can be written. */
  readonly isFree: boolean;
}

/** What an item names and reads, −1 being the place above, whichever item that is. */
function linksOf(items: readonly Item[], readsAbove: Rows['readsAbove']): readonly (readonly Link[])[] {
  return items.map(({ references }, item) => {
    const named = references.map((reference, at): Link => {
      const { range, written, kind, reads } = reference;
      return {
        item,
        at,
        written: typeof written === 'number' ? written : Number.NaN,
        isRelative: kind === 'relative',
        target: indexOf(reference),
        reads,
        isFree: kind !== 'name' && range.to > range.from,
      };
    });
    if (!readsAbove(item)) return named;
    const above: Link = {
      item,
      at: undefined,
      written: -1,
      isRelative: true,
      target: item - 1,
      reads: true,
      isFree: false,
    };
    return [above, ...named];
  });
}

export function indexOf({ target }: Reference): number | undefined {
  return target === 'input' ? -1 : target?.index;
}

const isAbove = ({ isRelative, written }: Link): boolean => isRelative && written === -1;

/** Aims that follow the items to their new places; an objection where one cannot. */
class Aims {
  readonly #place: (index: number) => number;
  objection: Objection | undefined;

  constructor(place: (index: number) => number) {
    this.#place = place;
  }

  /** Means the same item as before, or another one. */
  follow(link: Link, target: number | undefined = link.target, reader: number = this.#place(link.item)): Aim {
    if (target === undefined || Number.isNaN(link.written)) return stay(undefined);
    const there = target < 0 ? -1 : this.#place(target);
    const written = link.isRelative || there < 0 ? there - reader : there;
    if (written === link.written) return stay(there);
    // What goes without saying, or is written elsewhere, cannot say another number.
    if (!link.isFree) this.objection ??= { kind: link.at === undefined ? 'flow' : 'written', reader: link.item };
    if (link.isRelative && written >= 0) this.objection ??= { kind: 'reads', reader: link.item, source: target };
    return { written, target: there };
  }
}

function stay(target: number | undefined): Aim {
  return { written: undefined, target };
}

/** Aims of an item in the order of its references. */
function aimsOf(links: readonly Link[], aim: (link: Link) => Aim): readonly Aim[] {
  return links.flatMap(link => {
    const found = aim(link);
    return link.at === undefined ? [] : [found];
  });
}

function outcome(aims: Aims, plan: Plan): Planned {
  return aims.objection ? { objection: aims.objection } : { plan };
}

/**
 * Two neighbours change places. Where the lower one reads the upper one as the row above, both are links of a chain: the
 * lower one then reads what the upper one read, the upper one reads it, and who read the end of the chain still does.
 * Where it does not, every item reads what it read before. To change places again restores every number.
 */
export function swapPlan(items: readonly Item[], upper: number, readsAbove: Rows['readsAbove']): Planned {
  const lower = upper + 1;
  const place = (index: number): number => (index === upper ? lower : index === lower ? upper : index);
  const links = linksOf(items, readsAbove);
  const aims = new Aims(place);
  const finished = (aim: (link: Link) => Aim): Planned => {
    const written = items.map((_, index) => aimsOf(links[place(index)]!, aim));
    return outcome(aims, { size: items.length, origin: place, aims: written, redirected: 0, lost: [] });
  };
  const between = links[lower]!.filter(({ target }) => target === upper);
  if (between.length === 0) return finished(link => aims.follow(link));
  const reads: Planned = { objection: { kind: 'reads', reader: lower, source: upper } };
  const [joint] = between;
  const beyond = (list: readonly Link[]): readonly Link[] =>
    list.filter(({ target, item }) => target === upper - 1 && item === upper);
  const lowerReadsBeyond = links[lower]!.some(({ target }) => target === upper - 1);
  if (between.length > 1 || !joint || !isAbove(joint) || lowerReadsBeyond) return reads;
  const [source, ...others] = links[upper]!;
  const isExchange =
    source !== undefined &&
    others.length === 0 &&
    links[lower]!.length === 1 &&
    !isAbove(source) &&
    source.isFree &&
    joint.isFree;
  if (!isExchange) {
    const first = beyond(links[upper]!);
    if (first.length !== 1 || !isAbove(first[0]!)) return { objection: { kind: 'flow', reader: upper } };
  }
  const below = links[lower + 1] ?? [];
  const readsEnd = below.filter(({ target }) => target === lower);
  const readsUpper = below.filter(({ target }) => target === upper);
  const readsBoth = readsEnd.length > 0 && readsUpper.length > 0;
  // What −2 means would be the row above.
  if (!readsBoth && readsUpper.some(({ isRelative }) => isRelative))
    return { objection: { kind: 'reads', reader: lower + 1, source: upper } };
  // What is the end of the chain and the row by its number would be two.
  if (!readsBoth && readsEnd.length > 1 && readsEnd.some(isAbove))
    return { objection: { kind: 'reads', reader: lower + 1, source: lower } };
  const staysAsWritten = readsBoth && [...readsEnd, ...readsUpper].some(({ isFree }) => !isFree);
  return finished(link => {
    const { item, target } = link;
    if (isExchange && link === source) return { written: joint.written, target: upper };
    if (isExchange && link === joint) {
      const { written, isRelative } = source;
      return { written, target: source.target === undefined ? undefined : isRelative ? upper + written : written };
    }
    if (item === lower + 1 && (target === upper || target === lower)) {
      if (staysAsWritten) return stay(target);
      if (!readsBoth && isAbove(link)) return stay(lower);
      return aims.follow(link);
    }
    if ((item === upper || item === lower) && isAbove(link)) return stay(place(item) - 1);
    return aims.follow(link);
  });
}

/** An item comes below one: the row above, whichever that is, is the new one then. All others read what they read. */
export function insertPlan(
  items: readonly Item[],
  index: number,
  isCopy: boolean,
  readsAbove: Rows['readsAbove'],
): Planned {
  const place = (at: number): number => (at > index ? at + 1 : at);
  const links = linksOf(items, readsAbove);
  const aims = new Aims(place);
  const written = items.map(({ index: item }) =>
    aimsOf(links[item]!, link => (item === index + 1 && isAbove(link) ? stay(index + 1) : aims.follow(link))),
  );
  const own = links[index]!;
  const fresh = isCopy
    ? aimsOf(own, link => {
        if (isAbove(link)) return stay(index);
        if (own.length > 1 || !link.reads || Number.isNaN(link.written))
          return aims.follow(link, link.target, index + 1);
        if (!link.isFree) aims.objection ??= { kind: 'written', reader: index };
        return { written: -1, target: index };
      })
    : [];
  return outcome(aims, {
    size: items.length + 1,
    origin: at => (at <= index ? at : at === index + 1 ? (isCopy ? index : undefined) : at - 1),
    aims: written.toSpliced(index + 1, 0, fresh),
    redirected: 0,
    lost: [],
  });
}

/** An item goes: who read it reads what it read, where that is one; what cannot is left as it is written, and listed. */
export function removePlan(items: readonly Item[], index: number, readsAbove: Rows['readsAbove']): Planned {
  const place = (at: number): number => (at > index ? at - 1 : at);
  const links = linksOf(items, readsAbove);
  const aims = new Aims(place);
  const sources = links[index]!.filter(({ reads }) => reads);
  const source = sources.length === 1 ? sources[0]!.target : undefined;
  let redirected = 0;
  const lost: { reader: number; range: Range | undefined }[] = [];
  const lose = ({ item, at }: Link): Aim => {
    lost.push({ reader: place(item), range: at === undefined ? undefined : items[item]!.references[at]!.range });
    return stay(undefined);
  };
  const others = items.filter(item => item.index !== index);
  const written = others.map(({ index: item }) =>
    aimsOf(links[item]!, link => {
      if (link.target !== index) return aims.follow(link);
      // The row above is then the one that it read.
      if (isAbove(link) && item === index + 1 && source === index - 1) return stay(index - 1);
      if (!link.reads || source === undefined || source >= index) return lose(link);
      const there = source < 0 ? -1 : source;
      const reader = place(item);
      const number = link.isRelative || there < 0 ? there - reader : there;
      // Only the first row can read the input.
      if (!link.isFree || (there < 0 && (reader > 0 || number !== -1))) return lose(link);
      redirected++;
      return { written: number === link.written ? undefined : number, target: there };
    }),
  );
  return outcome(aims, {
    size: items.length - 1,
    origin: at => (at < index ? at : at + 1),
    aims: written,
    redirected,
    lost,
  });
}

/** The numbers of a changed text as planned, with comments that numbered the items before; undefined where one differs. */
export function numberEdits(
  before: readonly Item[],
  items: readonly Item[],
  { size, origin, aims }: Plan,
): readonly TextEdit[] | undefined {
  if (items.length !== size) return undefined;
  const edits: TextEdit[] = [];
  for (const { index, references, number } of items) {
    const old = origin(index);
    if (old === undefined) continue;
    const planned = aims[index]!;
    const was = before[old]!;
    if (references.length !== planned.length) return undefined;
    for (const [at, { range, written }] of references.entries()) {
      if (written !== was.references[at]!.written) return undefined;
      const fresh = planned[at]!.written;
      if (fresh === undefined || fresh === written) continue;
      if (range.to === range.from) return undefined;
      edits.push({ ...range, text: String(fresh) });
    }
    if (!number || number.value !== was.number?.value || old === index) continue;
    if (number.value === old) edits.push({ ...number.range, text: String(index) });
    // A wrong number that is that of the other row is exchanged as well: it would be right by chance, and moved back it
    // would change.
    else if (number.value === index && origin(old) === index) edits.push({ ...number.range, text: String(old) });
  }
  return edits;
}

/** Whether the items of a changed text mean what was planned. */
export function isAsPlanned(items: readonly Item[], { size, aims, origin }: Plan): boolean {
  return (
    items.length === size &&
    items.every(
      ({ index, references }) =>
        origin(index) === undefined ||
        (references.length === aims[index]!.length &&
          references.every((reference, at) => {
            const { target } = aims[index]![at]!;
            return target === undefined || indexOf(reference) === target;
          })),
    )
  );
}

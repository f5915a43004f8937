// A text as a list of chunks (rows of a YAML list, sections of a cfg), each of which is parsed by itself: of an edited
// text only the chunks that changed are. A chunk's tree depends on the chunk's text alone, so what is known of an earlier
// text saves work and changes nothing.
import { commonEnd, commonStart } from '../text/common.ts';
import { Slot } from '../text/slot.ts';

/** Equal texts may be the same chunk, in one text and in several. */
export interface Chunk<T> {
  /** From the start of its first line to the start of the next chunk, comments in between included. */
  readonly text: string;
  /** Its tree, with offsets relative to `text`. */
  readonly node: T;
  /** What its format sees in it by itself. */
  readonly seen: Slot<unknown>;
  /** What it was built into. */
  readonly built: Slot<unknown>;
}

/** A chunk in a text. */
export interface Placed<T> {
  readonly chunk: Chunk<T>;
  /** The offset at which its text begins. */
  readonly start: number;
  /** Where what belongs to it ends, comments after it included. */
  readonly end: number;
}

/** A text that has been taken apart. */
export interface Chunked<T> {
  readonly text: string;
  /** In the order of the text. */
  readonly chunks: readonly Placed<T>[];
}

/** The trees of texts, one each; undefined where they cannot be parsed one by one. */
export type ParseChunks<T> = (texts: readonly string[]) => readonly T[] | undefined;

export function chunkOf<T>(text: string, node: T): Chunk<T> {
  return { text, node, seen: new Slot(), built: new Slot() };
}

/** Takes a text apart, and parses what `earlier`, such as the text before an edit, does not have. */
export class Chunks<T> {
  readonly #text: string;
  readonly #parse: ParseChunks<T>;
  readonly #contentOf: (text: string) => string;
  readonly #earlier: readonly Placed<T>[];
  /** The texts are the same up to here. */
  readonly #start: number;
  /** From here on they are the same again: what is here lay `#delta` further up. */
  readonly #end: number;
  readonly #delta: number;
  /** Other chunks that are known, by their texts. */
  readonly #known = new Map<string, Chunk<T>>();
  #at = 0;

  /** `contentOf` leaves out what means nothing, such as comments at the end of a chunk. */
  constructor(
    text: string,
    parse: ParseChunks<T>,
    { text: before, chunks }: Chunked<T> = nothing,
    contentOf: (text: string) => string = whole,
  ) {
    this.#text = text;
    this.#parse = parse;
    this.#contentOf = contentOf;
    this.#earlier = chunks;
    this.#start = chunks.length > 0 ? commonStart(before, text) : 0;
    this.#end = text.length - (chunks.length > 0 ? commonEnd(before, text, this.#start) : 0);
    this.#delta = text.length - before.length;
    // What was edited may be elsewhere now, or be among what stayed: several places may have been edited.
    for (const { chunk, start, end } of chunks) {
      if (end > this.#start && start + this.#delta <= this.#end) this.#known.set(chunk.text, chunk);
    }
  }

  /**
   * Where chunks begin, and last where the text ends. `scan` finds it from an offset on: `from`, or where one begins.
   * Where the next one begins must be up to the text from there on alone, and whether one begins there to its own text.
   */
  starts(scan: (from: number) => Iterable<number>, from: number): readonly number[] {
    const earlier = this.#earlier;
    // Of those that end above what was edited, the last is scanned again: something else may end it now.
    let last = -1;
    while (last + 1 < earlier.length && earlier[last + 1]!.end <= this.#start) last++;
    const starts = earlier.slice(0, Math.max(0, last)).map(({ start }) => start);
    let below = last + 1;
    for (const start of scan(last < 0 ? from : earlier[last]!.start)) {
      while (below < earlier.length && earlier[below]!.start + this.#delta < start) below++;
      const found = earlier[below];
      if (start >= this.#end && found && found.start + this.#delta === start) {
        for (; below < earlier.length; below++) starts.push(earlier[below]!.start + this.#delta);
        break;
      }
      starts.push(start);
    }
    starts.push(this.#text.length);
    return starts;
  }

  /**
   * The chunks that begin at `starts`; the last of these is where the last chunk ends. Asked from the top of the text to
   * the bottom. Undefined where one cannot be parsed by itself.
   */
  at(starts: readonly number[]): readonly Placed<T>[] | undefined {
    const placed = new Array<Placed<T> | undefined>(Math.max(0, starts.length - 1));
    const missing: { readonly at: number; readonly text: string }[] = [];
    for (let at = 0; at + 1 < starts.length; at++) {
      const start = starts[at]!;
      const end = starts[at + 1]!;
      const found = this.#unchanged(start, end);
      placed[at] = found;
      // A copy, because a slice would keep the whole text alive.
      if (!found) missing.push({ at, text: copied(this.#contentOf(this.#text.slice(start, end))) });
    }
    const fresh = [...new Set(missing.map(({ text }) => text))].filter(text => !this.#known.has(text));
    const nodes = fresh.length > 0 ? this.#parse(fresh) : [];
    if (!nodes) return undefined;
    for (const [at, text] of fresh.entries()) this.#known.set(text, chunkOf(text, nodes[at]!));
    for (const { at, text } of missing) {
      placed[at] = { chunk: this.#known.get(text)!, start: starts[at]!, end: starts[at + 1]! };
    }
    return placed as Placed<T>[];
  }

  /** The chunk from one offset to another, if the earlier text has it above or below what was edited. */
  #unchanged(from: number, to: number): Placed<T> | undefined {
    // The line break in front belongs to what is the same: with it, a chunk begins there in both texts.
    const isAbove = to <= this.#start;
    if (!isAbove && from <= this.#end) return undefined;
    const delta = isAbove ? 0 : this.#delta;
    const earlier = this.#earlier;
    while (this.#at < earlier.length && earlier[this.#at]!.start + delta < from) this.#at++;
    const found = earlier[this.#at];
    if (!found || found.start + delta !== from || found.end !== to - delta) return undefined;
    return delta === 0 ? found : { chunk: found.chunk, start: from, end: to };
  }
}

const whole = (text: string): string => text;

const nothing: Chunked<never> = { text: '', chunks: [] };

/** The string with letters of its own. */
export function copied(text: string): string {
  return ` ${text}`.slice(1);
}

// Divides a text into chunks (rows of a YAML list, sections of a cfg), which are parsed separately, so that only the
// chunks that an edit changes are parsed again. A chunk's tree depends only on its own text, so reuse does not affect
// results.
import { commonEnd, commonStart } from '../text/common.ts';
import { Slot } from '../text/slot.ts';

/** Equal texts may share a chunk, within a text and between texts. */
export interface Chunk<T> {
  /** From the start of its first line to the start of the next chunk, including comments in between. */
  readonly text: string;
  /** Its tree, with offsets relative to `text`. */
  readonly node: T;
  /** Caches what the format derives from it. */
  readonly seen: Slot<unknown>;
  /** Caches what it was built into. */
  readonly built: Slot<unknown>;
}

/** A chunk at its position in a text. */
export interface Placed<T> {
  readonly chunk: Chunk<T>;
  /** The start of its text. */
  readonly start: number;
  /** The end of its content, including comments after it. */
  readonly end: number;
}

/** A text divided into chunks. */
export interface Chunked<T> {
  readonly text: string;
  /** In text order. */
  readonly chunks: readonly Placed<T>[];
}

/** Parses texts into one tree each; undefined if they cannot be parsed separately. */
export type ParseChunks<T> = (texts: readonly string[]) => readonly T[] | undefined;

export function chunkOf<T>(text: string, node: T): Chunk<T> {
  return { text, node, seen: new Slot(), built: new Slot() };
}

/** Divides a text, and parses the chunks that `earlier` (such as the text before an edit) does not have. */
export class Chunks<T> {
  readonly #text: string;
  readonly #parse: ParseChunks<T>;
  readonly #contentOf: (text: string) => string;
  readonly #earlier: readonly Placed<T>[];
  /** The texts are equal up to here. */
  readonly #start: number;
  /** The texts are equal again from here on; in the earlier text, this part began `#delta` earlier. */
  readonly #end: number;
  readonly #delta: number;
  /** Other chunks of the earlier text, by their text. */
  readonly #known = new Map<string, Chunk<T>>();
  #at = 0;

  /** `contentOf` strips what has no meaning, such as trailing comments of a chunk. */
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
    // With several edits, a chunk may have moved, or lie in an unchanged part between two of them.
    for (const { chunk, start, end } of chunks) {
      if (end > this.#start && start + this.#delta <= this.#end) this.#known.set(chunk.text, chunk);
    }
  }

  /**
   * The starts of chunks, and finally the end of the text. `scan` finds them from an offset on, which is `from` or a
   * start. It must depend only on the text from that offset on, and a start only on its own chunk.
   */
  starts(scan: (from: number) => Iterable<number>, from: number): readonly number[] {
    const earlier = this.#earlier;
    // Rescan the last chunk that ends before the edit: it may end elsewhere now.
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
   * The chunks between consecutive `starts`. Must be called in order, from the top of the text to the bottom. Undefined
   * if a chunk cannot be parsed separately.
   */
  at(starts: readonly number[]): readonly Placed<T>[] | undefined {
    const placed = new Array<Placed<T> | undefined>(Math.max(0, starts.length - 1));
    const missing: { readonly at: number; readonly text: string }[] = [];
    for (let at = 0; at + 1 < starts.length; at++) {
      const start = starts[at]!;
      const end = starts[at + 1]!;
      const found = this.#unchanged(start, end);
      placed[at] = found;
      // Copied, because a slice would keep the whole text in memory.
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

  /** The chunk with this range, if the earlier text has it outside the edited part. */
  #unchanged(from: number, to: number): Placed<T> | undefined {
    // The preceding line break has to be unchanged too, so that a chunk starts there in both texts.
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

/** A copy of the string that does not share memory with another one. */
export function copied(text: string): string {
  return ` ${text}`.slice(1);
}

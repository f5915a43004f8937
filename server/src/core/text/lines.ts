import { commonEnd, commonStart } from './common.ts';
import type { Range } from './range.ts';

/** A 0-based line and a 0-based column in UTF-16 units, as the language server protocol counts them. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Line starts of a text; the only place where offsets are converted to lines. Lines end with \n, \r\n or \r. */
export class Lines {
  readonly text: string;
  readonly #starts: Uint32Array;
  #last = 0;

  /** `earlier` are the lines of a similar text, such as the one before an edit; common parts are not scanned again. */
  constructor(text: string, earlier?: Lines) {
    this.text = text;
    this.#starts = earlier ? startsAfter(earlier.text, earlier.#starts, text) : new Uint32Array(lineStarts(text));
  }

  get count(): number {
    return this.#starts.length;
  }

  /** The 0-based line that holds `offset`; offsets outside the text belong to its first or last line. */
  lineAt(offset: number): number {
    const starts = this.#starts;
    // Lookups mostly advance by a line or so (tree walks), so start at the last result.
    let line = this.#last;
    if (starts[line]! <= offset) {
      for (let step = 0; step < 4; step++) {
        if (line + 1 >= starts.length || starts[line + 1]! > offset) {
          this.#last = line;
          return line;
        }
        line++;
      }
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    this.#last = low;
    return low;
  }

  position(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    const line = this.lineAt(clamped);
    return { line, character: clamped - this.start(line) };
  }

  offset(position: Position): number {
    if (position.line >= this.count) return this.text.length;
    return Math.min(this.start(position.line) + position.character, this.endWithBreak(position.line));
  }

  start(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** The end of a line, before its line break. */
  end(line: number): number {
    let end = this.endWithBreak(line);
    if (end > this.start(line) && this.text.charCodeAt(end - 1) === 10) end--;
    if (end > this.start(line) && this.text.charCodeAt(end - 1) === 13) end--;
    return end;
  }

  range(line: number): Range {
    return { from: this.start(line), to: this.end(line) };
  }

  /** The part of a range that is on its first line. */
  firstOf(range: Range): Range {
    return { from: range.from, to: Math.max(range.from, Math.min(range.to, this.end(this.lineAt(range.from)))) };
  }

  textOf(line: number): string {
    return this.text.slice(this.start(line), this.end(line));
  }

  private endWithBreak(line: number): number {
    return this.#starts[line + 1] ?? this.text.length;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  if (text.includes('\r')) addStarts(starts, text, 0, text.length);
  else for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Adds the starts of lines after line breaks between two offsets. */
function addStarts(starts: number[], text: string, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
}

/** Derives line starts from those of another text. */
function startsAfter(before: string, known: Uint32Array, text: string): Uint32Array {
  const above = commonStart(before, text);
  const below = commonEnd(before, text, above);
  const delta = text.length - before.length;
  // Whether a line starts at an offset depends on the characters before and after it, so both have to be unchanged.
  const first = countUpTo(known, above - 1);
  const last = countUpTo(known, before.length - below);
  const between: number[] = first === 0 ? [0] : [];
  addStarts(between, text, Math.max(0, above - 1), text.length - below);
  const starts = new Uint32Array(first + between.length + known.length - last);
  starts.set(known.subarray(0, first));
  starts.set(between, first);
  let to = first + between.length;
  for (let at = last; at < known.length; at++) starts[to++] = known[at]! + delta;
  return starts;
}

/** How many of the ascending starts are ≤ `most`. */
function countUpTo(starts: Uint32Array, most: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

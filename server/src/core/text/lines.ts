import type { Range } from './range.ts';

/** A 0-based line and a 0-based column in UTF-16 units, as the language server protocol counts them. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Where the lines of a text start; the one place where offsets become lines. Lines end with \n, \r\n or \r. */
export class Lines {
  readonly text: string;
  readonly #starts: number[];
  #last = 0;

  constructor(text: string) {
    this.text = text;
    this.#starts = lineStarts(text);
  }

  get count(): number {
    return this.#starts.length;
  }

  /** The 0-based line that holds `offset`; offsets outside the text belong to its first or last line. */
  lineAt(offset: number): number {
    const starts = this.#starts;
    // Look-ups mostly move forward by a line or so (a walk over the tree), which makes them constant.
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

  /** The end of a line's text, before its line break. */
  end(line: number): number {
    let end = this.endWithBreak(line);
    if (end > this.start(line) && this.text.charCodeAt(end - 1) === 10) end--;
    if (end > this.start(line) && this.text.charCodeAt(end - 1) === 13) end--;
    return end;
  }

  range(line: number): Range {
    return { from: this.start(line), to: this.end(line) };
  }

  /** What of a range stands on its first line. */
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
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}

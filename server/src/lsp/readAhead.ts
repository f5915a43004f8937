// A text is read, and its hints are found, as soon as it has changed: an editor waits for a moment before it asks.
import type { Range } from 'vscode-languageserver';
import { type Analysed, type Base, type Hint, hints } from '../core/index.ts';
import { fromProto } from './convert.ts';
import type { Session, Token } from './session.ts';

/** The hints that an editor asked for last. */
interface Asked {
  readonly range: Range;
  readonly analysed: Analysed;
  readonly base: Analysed | undefined;
  readonly hints: readonly Hint[];
}

const uncancelled: Token = { isCancellationRequested: false };

export class ReadAhead {
  readonly #session: Session;
  /** By document. */
  readonly #asked = new Map<string, Asked>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Reads the newest text, with the hints of the range that was asked for last: the next question is about it. */
  read(uri: string): void {
    this.#session.compareNetwork('reading ahead', uri, uncancelled, undefined, (analysed, base) => {
      const asked = this.#asked.get(uri);
      if (asked) this.hints(uri, analysed, base, asked.range);
    });
  }

  hints(uri: string, analysed: Analysed, base: Base | undefined, range: Range): readonly Hint[] {
    const asked = this.#asked.get(uri);
    const isKnown = asked?.analysed === analysed && asked.base === base?.analysed && isSame(asked.range, range);
    if (isKnown) return asked.hints;
    const found = hints(analysed, fromProto.range(analysed.document.lines, range), base);
    this.#asked.set(uri, { range, analysed, base: base?.analysed, hints: found });
    return found;
  }

  forget(uri: string): void {
    this.#asked.delete(uri);
  }
}

function isSame(a: Range, b: Range): boolean {
  return (
    a.start.line === b.start.line &&
    a.start.character === b.start.character &&
    a.end.line === b.end.line &&
    a.end.character === b.end.character
  );
}

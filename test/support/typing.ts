// Simulates a user who types letter by letter in an editor that remembers the file's history.
import assert from 'node:assert/strict';
import {
  type Analysed,
  advance,
  type Document,
  hints,
  noHistory,
  open,
  price,
  problems,
  type Settings,
} from '../../server/src/core/index.ts';

/** The labels of rows by line, where lines are numbered without the ones being typed. */
type Labels = ReadonlyMap<number, string>;

export class Typist {
  readonly #name: string;
  readonly #settings: Settings;
  analysed: Analysed;
  #count = 0;

  constructor(name: string, text: string, settings: Settings) {
    this.#name = name;
    this.#settings = settings;
    this.analysed = price(this.#open(text)!, settings)!;
  }

  #open(text: string, earlier?: Document): Document | undefined {
    return open({ name: this.#name, text }, this.#settings, earlier);
  }

  /** Sets the text; every few texts, compares the result with a fresh reading with the same history. */
  change(text: string): Analysed | undefined {
    const { analysed: before } = this;
    const document = this.#open(text, before.document);
    const isCompared = this.#count++ % 5 === 0;
    const fresh = isCompared ? this.#open(text) : undefined;
    if (isCompared) assert.equal(document === undefined, fresh === undefined);
    if (!document) return undefined;
    const history = advance(before, document);
    this.analysed = price(document, this.#settings, history, before)!;
    if (fresh) assert.deepEqual(seen(this.analysed), seen(price(fresh, this.#settings, history)!));
    return this.analysed;
  }

  /** The text in an editor that has just opened it. */
  opened(): Analysed {
    return price(this.#open(this.analysed.document.source.text)!, this.#settings, noHistory)!;
  }
}

function seen(analysed: Analysed): unknown {
  const whole = { from: 0, to: analysed.document.source.text.length };
  return { hints: hints(analysed, whole), problems: problems(analysed), totals: totalsOf(analysed) };
}

function totalsOf({ model: { totals } }: Analysed): unknown {
  return [totals.macs, totals.params];
}

/** The labels of rows by 0-based line, without marks of the costliest. */
export function labelsOf(analysed: Analysed): Labels {
  const { lines, source } = analysed.document;
  const variants = new Set(analysed.spec.variants.map(({ range }) => lines.lineAt(range.from)));
  return new Map(
    hints(analysed, { from: 0, to: source.text.length })
      .filter(({ line }) => !variants.has(line))
      .map(({ line, label }) => [line, label.replace(/[◔◑◕●] /, '')]),
  );
}

// What open documents are compared with: texts that the editor sends, priced under the settings of the document.
import {
  type Analysed,
  type Base,
  countedLike,
  type Document,
  type Files,
  formatOf,
  open,
  pathOfUri,
  preparation,
  price,
  type Settings,
  type Source,
} from '../core/index.ts';
import type { ComparisonBase } from '../protocol/index.ts';

/** The context in which documents are read. */
export interface Reading {
  readonly settings: Settings;
  readonly files: Files;
  /** Whether git may be asked for files of a revision. */
  readonly isTrusted: boolean;
  /** Files as of a revision of the repository around a path; undefined without access to git. */
  readonly filesOf: ((revision: string, path: string) => Files) | undefined;
  /** Adds the surroundings of a text: its roots, project and files. */
  placed(source: Source, files: Files): Source;
}

interface Entry {
  readonly given: ComparisonBase;
  /** The result of the last read; undefined until it is needed. */
  read?: Read | undefined;
}

interface Read {
  readonly reading: Reading;
  /** Undefined if it is not a spec. */
  readonly document: Document | undefined;
  priced?: { readonly value: Analysed | undefined };
}

export class Bases {
  readonly #entries = new Map<string, Entry>();

  /** Sets what a document is compared with; returns whether that is a change. */
  set(uri: string, given: ComparisonBase | null): boolean {
    const known = this.#entries.get(uri)?.given ?? null;
    if (JSON.stringify(known) === JSON.stringify(given)) return false;
    if (given) this.#entries.set(uri, { given });
    else this.#entries.delete(uri);
    return true;
  }

  /** Drops everything that was computed. */
  forget(): void {
    for (const entry of this.#entries.values()) entry.read = undefined;
  }

  delete(uri: string): void {
    this.#entries.delete(uri);
  }

  /** The text that a document is compared with, in its surroundings, for an editor that shows it as a document. */
  source(uri: string, reading: Reading): Source | undefined {
    const given = this.#entries.get(uri)?.given;
    return given && placedSource(given, reading);
  }

  /** Whether `of` has its answer at hand: asked for at every keystroke. */
  isReady(uri: string, { settings, isTrusted }: Pick<Reading, 'settings' | 'isTrusted'>): boolean {
    const entry = this.#entries.get(uri);
    if (!entry) return true;
    const reading = entry.read?.reading;
    const isSame = reading?.settings === settings && reading.isTrusted === isTrusted;
    return isSame && (!entry.read!.document || entry.read!.priced !== undefined);
  }

  /** What has to run before `of`: loads a parser, and reads in steps what takes long. */
  *preparation(uri: string, document: Document, reading: Reading): Generator<Promise<void> | undefined, void> {
    const given = this.#entries.get(uri)?.given;
    if (!given) return;
    const { parser, isNeeded } = parserOf(reading.placed(sourceOf(given), reading.files));
    if (isNeeded && !parser.isReady()) yield parser.load();
    const read = this.#read(uri, document, reading);
    if (!read?.document || read.priced) return;
    for (const _ of preparation(read.document, reading.settings) ?? []) yield undefined;
  }

  /** What a document is compared with; undefined if that is nothing, or not a network. */
  of(uri: string, analysed: Analysed, reading: Reading): Base | undefined {
    const read = this.#read(uri, analysed.document, reading);
    if (!read?.document) return undefined;
    read.priced ??= { value: price(read.document, reading.settings) };
    const { value } = read.priced;
    if (!value) return undefined;
    // A comment may have changed the document's convention since.
    read.priced = { value: countedLike(value, analysed) };
    const { kind, label } = this.#entries.get(uri)!.given;
    return { kind, label, analysed: read.priced.value! };
  }

  #read(uri: string, current: Document, reading: Reading): Read | undefined {
    const entry = this.#entries.get(uri);
    if (!entry) return undefined;
    const { settings, isTrusted } = reading;
    const known = entry.read?.reading;
    if (known?.settings === settings && known.isTrusted === isTrusted) return entry.read;
    const source = placedSource(entry.given, reading);
    const { parser, isNeeded } = parserOf(source);
    if (isNeeded && !parser.isReady()) return undefined;
    const document = open(source, settings, current);
    entry.read = { reading, document: document?.format.hasNoNetwork ? undefined : document };
    return entry.read;
  }
}

type Parser = NonNullable<NonNullable<ReturnType<typeof formatOf>>['parser']>;

/** The parser that a text needs. */
function parserOf(
  source: Source,
): { readonly parser: Parser; readonly isNeeded: true } | { readonly parser: undefined; readonly isNeeded: false } {
  const parser = formatOf(source)?.parser;
  return parser?.isNeeded(source) ? { parser, isNeeded: true } : { parser: undefined, isNeeded: false };
}

/** A text with its surroundings. Reading a repository takes long: only what needs a parser gets files of its revision. */
function placedSource(given: ComparisonBase, reading: Reading): Source {
  const own = sourceOf(given);
  const source = reading.placed(own, reading.files);
  if (own.path === undefined || !parserOf(source).isNeeded) return source;
  return reading.placed(own, filesOf(given, own.path, reading));
}

/** The document that is compared with a text that the extension shows: the query of its URI. */
export function comparedWith(uri: string): string | undefined {
  const [, query] = /^flopline-base:[^?]*\?([^#]*)$/.exec(uri) ?? [];
  try {
    return query && decodeURIComponent(query);
  } catch {
    return undefined;
  }
}

function sourceOf({ name, text, uri, languageId }: ComparisonBase): Source {
  return { name, text, languageId, path: uri === undefined ? undefined : pathOfUri(uri) };
}

/** The files around a text, as of its revision. */
function filesOf({ revision }: ComparisonBase, path: string, { files, isTrusted, filesOf }: Reading): Files {
  return revision !== undefined && isTrusted && filesOf ? filesOf(revision, path) : files;
}

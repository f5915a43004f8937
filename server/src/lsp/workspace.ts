// The open documents and what was computed for them: each text at most once, and only when somebody asks.
import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Analysed, accept, advance, type Document, noHistory, open, price, type Settings } from '../core/index.ts';
import { FileSettings } from './fileSettings.ts';

interface Entry {
  readonly version: number;
  readonly settings: Settings;
  /** Undefined for a text that is not a spec. */
  readonly document: Document | undefined;
  /** The last text that was priced before this one, which has what is remembered of the file. */
  readonly before: Analysed | undefined;
  /** Undefined before it was asked for. */
  analysed?: { readonly value: Analysed | undefined };
}

export class Workspace {
  readonly settings = new FileSettings();
  readonly #texts: TextDocuments<TextDocument>;
  readonly #entries = new Map<string, Entry>();
  readonly #numbers = new Map<string, number>();
  /** By document: the text that a command makes of it, in which all numbers are right. */
  readonly #expected = new Map<string, string>();
  #last = 0;

  constructor(texts: TextDocuments<TextDocument>) {
    this.#texts = texts;
  }

  /** The newest text of a document as a spec; undefined when it is not one, or not open. */
  document(uri: string): Document | undefined {
    return this.#entry(uri)?.document;
  }

  /** The newest text with its costs; undefined when it is not a spec or too large. */
  analysed(uri: string): Analysed | undefined {
    const entry = this.#entry(uri);
    if (!entry?.document) return undefined;
    const { document, settings, before } = entry;
    if (!entry.analysed) {
      const value = price(document, settings, before ? advance(before, document) : noHistory, before);
      entry.analysed = { value };
      const isExpected = this.#expected.get(uri) === document.source.text;
      this.#expected.delete(uri);
      if (isExpected && value?.numbers) this.acceptNumbers(uri);
    }
    return entry.analysed.value;
  }

  /** Remembers that the numbers of the newest text mean what they say. */
  acceptNumbers(uri: string): void {
    const analysed = this.analysed(uri);
    const entry = this.#entry(uri);
    if (!analysed?.numbers || !entry) return;
    entry.analysed = { value: price(analysed.document, entry.settings, accept(analysed), entry.before) };
  }

  /** Remembers that the numbers of the text that a command makes mean what they say. */
  expect(uri: string, text: string): void {
    this.#expected.set(uri, text);
  }

  /** The version of the newest text. */
  version(uri: string): number | undefined {
    return this.#texts.get(uri)?.version;
  }

  /** A short name for an open document, the same until it is closed. */
  number(uri: string): number {
    let number = this.#numbers.get(uri);
    if (number === undefined) {
      number = ++this.#last;
      this.#numbers.set(uri, number);
    }
    return number;
  }

  /** The document that has a number; undefined when it was closed. */
  numbered(number: number): string | undefined {
    for (const [uri, own] of this.#numbers) if (own === number) return uri;
    return undefined;
  }

  forget(uri: string): void {
    this.settings.close(uri);
    this.#entries.delete(uri);
    this.#numbers.delete(uri);
    this.#expected.delete(uri);
  }

  #entry(uri: string): Entry | undefined {
    const text = this.#texts.get(uri);
    if (!text) return undefined;
    const { version, languageId } = text;
    const settings = this.settings.of(uri);
    const known = this.#entries.get(uri);
    if (known?.version === version && known.settings === settings) return known;
    // Parsing depends on no setting but the size limit.
    const reusable = known?.version === version && known.settings.maxFileSize === settings.maxFileSize;
    const document = reusable
      ? known.document
      : open({ name: fileName(uri), text: text.getText(), languageId }, settings, known?.document);
    const before = known?.analysed?.value ?? known?.before;
    const entry: Entry = { version, settings, document, before };
    this.#entries.set(uri, entry);
    return entry;
  }
}

/** The name of a file without its folders: `yolov8n.yaml` of `file:///models/yolov8n.yaml?git`. */
function fileName(uri: string): string {
  const path = uri.replace(/[?#].*$/s, '');
  const name = path.slice(path.search(/[^/:]*$/));
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

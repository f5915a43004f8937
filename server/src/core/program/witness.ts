// Files, and which of them were read.
import type { Files } from '../python/files.ts';

export class Witness implements Files {
  readonly texts = new Map<string, string>();
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  /** A file has one text as long as the reading lasts. */
  read(path: string): string | undefined {
    const text = this.texts.get(path) ?? this.#files.read(path);
    if (text !== undefined) this.texts.set(path, text);
    return text;
  }

  isFolder(path: string): boolean {
    return this.#files.isFolder(path);
  }

  list(path: string): readonly string[] {
    return this.#files.list(path);
  }
}

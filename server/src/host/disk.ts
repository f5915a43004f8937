// Files on disk, for the server and the command line.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Entry, Storage, StorageOptions } from './storage.ts';

/** Larger files are not hand-written sources. */
const maxBytes = 2_000_000;

interface Known<T> {
  readonly stamp: string;
  readonly value: T;
}

/** Reads each file and folder again only when it has changed on disk. Never throws. */
export class Disk implements Storage {
  readonly #options: StorageOptions;
  readonly #texts = new Map<string, Known<string | undefined>>();
  readonly #folders = new Map<string, Known<readonly string[]>>();

  constructor(options: StorageOptions = {}) {
    this.#options = options;
  }

  read(path: string): string | undefined {
    if (!this.#allows(path)) return undefined;
    const unsaved = this.#options.unsaved?.(path);
    if (unsaved !== undefined) return unsaved;
    const stats = statsOf(path);
    if (!stats?.isFile() || stats.size > maxBytes) return undefined;
    return remembered(this.#texts, path, `${stats.mtimeMs} ${stats.size}`, () =>
      withoutMark(readFileSync(path, 'utf8')),
    );
  }

  isFolder(path: string): boolean {
    return this.#allows(path) && statsOf(path)?.isDirectory() === true;
  }

  has(path: string): boolean {
    return this.#allows(path) && statsOf(path) !== undefined;
  }

  list(path: string): readonly string[] {
    const stats = this.#allows(path) ? statsOf(path) : undefined;
    if (!stats?.isDirectory()) return [];
    return remembered(this.#folders, path, String(stats.mtimeMs), () => readdirSync(path)) ?? [];
  }

  entries(folder: string): readonly Entry[] {
    if (!this.#allows(folder)) return [];
    try {
      return readdirSync(folder, { withFileTypes: true }).map(entry => {
        const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : undefined;
        return { name: entry.name, kind, isLink: entry.isSymbolicLink() };
      });
    } catch {
      // Missing, or not readable.
      return [];
    }
  }

  stamp(path: string, mostBytes: number): string | undefined {
    const stats = this.#allows(path) ? statsOf(path) : undefined;
    return !stats || stats.size > mostBytes ? undefined : `${stats.mtimeMs} ${stats.size}`;
  }

  text(path: string): string | undefined {
    if (!this.#allows(path)) return undefined;
    try {
      return withoutMark(readFileSync(path, 'utf8'));
    } catch {
      return undefined;
    }
  }

  #allows(path: string): boolean {
    return this.#options.allows?.(path) ?? true;
  }
}

function statsOf(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function remembered<T>(
  known: Map<string, Known<T | undefined>>,
  path: string,
  stamp: string,
  read: () => T,
): T | undefined {
  const before = known.get(path);
  if (before?.stamp === stamp) return before.value;
  let value: T | undefined;
  try {
    value = read();
  } catch {
    // Not readable, or deleted in the meantime.
    value = undefined;
  }
  known.set(path, { stamp, value });
  return value;
}

/** A path in the core's form: absolute, with forward slashes. Relative paths are resolved against `folder`. */
export function corePath(path: string, folder = '.'): string {
  return resolve(folder, path).replaceAll('\\', '/');
}

const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

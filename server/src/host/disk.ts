// The files that programs import, from the disk: what the core asks for through `Files`, for the server and the CLI.
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Files } from '../core/index.ts';

export interface DiskOptions {
  /** The text of a file that is open in an editor, which takes precedence over what is saved. */
  readonly unsaved?: (path: string) => string | undefined;
  /** Whether a file or folder may be looked at. */
  readonly allows?: (path: string) => boolean;
}

/** Longer ones are no sources that a person writes. */
const maxBytes = 2_000_000;

interface Known<T> {
  readonly stamp: string;
  readonly value: T;
}

/** Reads each file and folder once for as long as it is the same on the disk. Never throws. */
export class Disk implements Files {
  readonly #options: DiskOptions;
  readonly #texts = new Map<string, Known<string | undefined>>();
  readonly #folders = new Map<string, Known<readonly string[]>>();

  constructor(options: DiskOptions = {}) {
    this.#options = options;
  }

  read(path: string): string | undefined {
    if (!this.#allows(path)) return undefined;
    const unsaved = this.#options.unsaved?.(path);
    if (unsaved !== undefined) return unsaved;
    const stats = statsOf(path);
    if (!stats?.isFile() || stats.size > maxBytes) return undefined;
    return remembered(this.#texts, path, `${stats.mtimeMs} ${stats.size}`, () => {
      const text = readFileSync(path, 'utf8');
      return text.startsWith('\uFEFF') ? text.slice(1) : text;
    });
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

  /**
   * All files in a folder and below that people write: not those of packages, in hidden folders or behind symbolic links,
   * and not those of a folder with a file of its own called `border`.
   */
  below(folder: string, border?: string): readonly string[] {
    const found: string[] = [];
    const walk = (at: string, isBase: boolean): void => {
      const entries = this.#allows(at) ? entriesOf(at) : [];
      if (!isBase && entries.some(entry => entry.name === border && entry.isFile())) return;
      for (const entry of entries) {
        if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.name === '__pycache__') continue;
        const path = `${at}/${entry.name}`;
        // Symbolic links are neither: a link to a folder above would never end.
        if (entry.isDirectory()) walk(path, false);
        else if (entry.isFile()) found.push(path);
      }
    };
    walk(folder, true);
    return found;
  }

  #allows(path: string): boolean {
    return this.#options.allows?.(path) ?? true;
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // What may not be read, or is not there, holds nothing.
    return [];
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
    // It may not be read, or is gone by now.
    value = undefined;
  }
  known.set(path, { stamp, value });
  return value;
}

/** A path as the core knows it: absolute, with forward slashes. `folder` is where a relative one begins. */
export function corePath(path: string, folder = '.'): string {
  return resolve(folder, path).replaceAll('\\', '/');
}

/** The same for the file at an address; undefined for what is not on the disk. */
export function pathOfUri(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri).replaceAll('\\', '/');
  } catch {
    return undefined;
  }
}

export function uriOfPath(path: string): string {
  return pathToFileURL(path).toString();
}

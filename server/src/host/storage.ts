// Access to files, with what the server and the command line need beyond what core needs. Works without Node: a server
// in a browser uses it too.
import type { Files } from '../core/index.ts';

export interface StorageOptions {
  /** The text of a file that is open in an editor; it takes precedence over the saved one. */
  readonly unsaved?: (path: string) => string | undefined;
  /** Whether a file or folder may be read. */
  readonly allows?: (path: string) => boolean;
}

/** An entry of a folder. */
export interface Entry {
  readonly name: string;
  /** For a link, the kind of its target, if known. */
  readonly kind: 'file' | 'folder' | undefined;
  readonly isLink: boolean;
}

/** Files of a workspace. The methods never throw. */
export interface Storage extends Files {
  has(path: string): boolean;
  /** Empty if the folder does not exist or cannot be read. */
  entries(folder: string): readonly Entry[];
  /** A value that changes when the file does; undefined if there is no such file or it is larger. */
  stamp(path: string, mostBytes: number): string | undefined;
  /** The text of a file, not cached; undefined if it cannot be read. */
  text(path: string): string | undefined;
}

/** Folders of generated or installed files. */
const skipped = new Set(['node_modules', '__pycache__', 'site-packages', 'dist-packages', 'dist', 'build']);

/** The paths of all files in a folder and below, one folder at a time, without hidden ones and Python environments. */
export function* filesBelow(folder: string, storage: Storage): Generator<readonly string[], void> {
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const files: string[] = [];
    const folders: string[] = [];
    for (const { name, kind, isLink } of storage.entries(at)) {
      // Symbolic links are skipped: a link to a parent folder would recurse forever.
      if (name.startsWith('.') || isLink) continue;
      const path = `${at}/${name}`;
      if (kind === 'file') files.push(path);
      else if (kind === 'folder' && !skipped.has(name)) folders.push(path);
    }
    if (files.some(path => path.endsWith('/pyvenv.cfg'))) continue;
    yield files.sort();
    waiting.push(...folders.sort().reverse());
  }
}

/**
 * All hand-written files in a folder and below: without packages, hidden folders, symbolic links, and folders that have
 * a `border` file of their own.
 */
export function writtenBelow(folder: string, storage: Storage, border?: string): readonly string[] {
  const found: string[] = [];
  const walk = (at: string, isBase: boolean): void => {
    const entries = storage.entries(at).filter(({ isLink }) => !isLink);
    if (!isBase && entries.some(({ name, kind }) => name === border && kind === 'file')) return;
    for (const { name, kind } of entries) {
      if (name.startsWith('.') || name === 'node_modules' || name === '__pycache__') continue;
      const path = `${at}/${name}`;
      if (kind === 'folder') walk(path, false);
      else if (kind === 'file') found.push(path);
    }
  };
  walk(folder, true);
  return found;
}

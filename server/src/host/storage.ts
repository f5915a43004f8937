// What programs of ours ask of files beside what the core asks, wherever these are. No Node here: a server in a browser
// asks the same.
import type { Files } from '../core/index.ts';

export interface StorageOptions {
  /** The text of a file that is open in an editor, which takes precedence over what is saved. */
  readonly unsaved?: (path: string) => string | undefined;
  /** Whether a file or folder may be looked at. */
  readonly allows?: (path: string) => boolean;
}

/** What a folder holds under a name. */
export interface Entry {
  readonly name: string;
  /** What it is; of a link, what it leads to where that is known. */
  readonly kind: 'file' | 'folder' | undefined;
  readonly isLink: boolean;
}

/** Files of a workspace. Nothing here throws. */
export interface Storage extends Files {
  has(path: string): boolean;
  /** Empty where there is no folder, or none that may be read. */
  entries(folder: string): readonly Entry[];
  /** What changes when a file does; undefined where there is none, or a longer one. */
  stamp(path: string, mostBytes: number): string | undefined;
  /** The text of a file, which is not remembered; undefined where it cannot be read. */
  text(path: string): string | undefined;
}

/** Folders of what others have made: no sources that a person writes. */
const skipped = new Set(['node_modules', '__pycache__', 'site-packages', 'dist-packages', 'dist', 'build']);

/** The paths of all files below a folder, a folder's at a time; those that begin with a dot, and environments, are left out. */
export function* filesBelow(folder: string, storage: Storage): Generator<readonly string[], void> {
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const files: string[] = [];
    const folders: string[] = [];
    for (const { name, kind, isLink } of storage.entries(at)) {
      // Symbolic links are neither: one to a folder above would never end.
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
 * All files in a folder and below that people write: not those of packages, in hidden folders or behind symbolic links,
 * and not those of a folder with a file of its own called `border`.
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

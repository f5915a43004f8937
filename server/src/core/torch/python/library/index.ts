// Libraries that networks build on and that are known without their source: written anew in Python, beside this file, with
// the parameters and shapes of the originals. Where a library is installed and may be read, its own source comes first.
import { type Files, hasPath } from '../../../python/files.ts';
import { sources } from './sources.ts';

/** The folder in which they seem to lie; no other path begins like this. */
export const libraryRoot = '<library>';

const prefix = `${libraryRoot}/`;

/** Whether a file is one of these: what happens inside is no place of the reader's. */
export function isLibrary(file: string | undefined): boolean {
  return file?.startsWith(prefix) ?? false;
}

/** Files, and the libraries beside them. */
export function withLibrary(files: Files): Files {
  return {
    read: path => (path.startsWith(prefix) ? sources.get(path.slice(prefix.length)) : files.read(path)),
    isFolder: path => (isOwn(path) ? folders().has(path.slice(prefix.length)) : files.isFolder(path)),
    has: path => (isOwn(path) ? sources.has(path.slice(prefix.length)) : hasPath(files, path)),
    list: path => (isOwn(path) ? (folders().get(path.slice(prefix.length)) ?? []) : files.list(path)),
  };
}

function isOwn(path: string): boolean {
  return path === libraryRoot || path.startsWith(prefix);
}

let known: ReadonlyMap<string, readonly string[]> | undefined;

/** The names in each folder, by its path without the root; '' is the root itself. */
function folders(): ReadonlyMap<string, readonly string[]> {
  if (known) return known;
  const names = new Map<string, Set<string>>();
  for (const path of sources.keys()) {
    const parts = path.split('/');
    for (let depth = 0; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      const inside = names.get(folder) ?? new Set();
      inside.add(parts[depth]!);
      names.set(folder, inside);
    }
  }
  known = new Map([...names].map(([folder, inside]) => [folder, [...inside]]));
  return known;
}

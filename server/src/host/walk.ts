// The files of a workspace, folder by folder.
import { readdirSync, readFileSync, statSync } from 'node:fs';

/** Folders of what others have made: no sources that a person writes. */
const skipped = new Set(['node_modules', '__pycache__', 'site-packages', 'dist-packages', 'dist', 'build']);

/** The paths of all files below a folder, a folder's at a time; those that begin with a dot, and environments, are left out. */
export function* filesBelow(folder: string): Generator<readonly string[], void> {
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const files: string[] = [];
    const folders: string[] = [];
    for (const entry of entriesOf(at)) {
      const { name } = entry;
      if (name.startsWith('.')) continue;
      const path = `${at}/${name}`;
      // Symbolic links are neither: one to a folder above would never end.
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory() && !skipped.has(name)) folders.push(path);
    }
    if (files.some(path => path.endsWith('/pyvenv.cfg'))) continue;
    yield files.sort();
    waiting.push(...folders.sort().reverse());
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It may not be read, or is gone by now.
    return [];
  }
}

/** What changes when a file does; undefined where there is none, or one that nobody would write. */
export function stampOf(path: string, mostBytes: number): string | undefined {
  try {
    const { mtimeMs, size } = statSync(path);
    return size > mostBytes ? undefined : `${mtimeMs} ${size}`;
  } catch {
    return undefined;
  }
}

/** The text of a file, which is not remembered; undefined where it cannot be read. */
export function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

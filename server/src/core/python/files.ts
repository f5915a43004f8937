// Where the sources of imports are found. Core reads no files: whoever starts a reading answers for them.

/** The files that a reading may look at. Paths are absolute, with forward slashes. */
export interface Files {
  /** The text of a file; undefined where there is none, or none that may be read. */
  read(path: string): string | undefined;
  isFolder(path: string): boolean;
  /** Whether there is a file or a folder, be it one that cannot be read as text; without it `list` tells. */
  has?(path: string): boolean;
  /** The names in a folder; empty where there is none. */
  list(path: string): readonly string[];
}

/** No file but the text itself. */
export const noFiles: Files = { read: () => undefined, isFolder: () => false, list: () => [] };

export function hasPath(files: Files, path: string): boolean {
  if (files.has) return files.has(path);
  const at = path.lastIndexOf('/');
  return files.isFolder(path) || (at > 0 && files.list(path.slice(0, at)).includes(path.slice(at + 1)));
}

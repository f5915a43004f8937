// Where the sources of imports are found. Core reads no files: whoever starts a reading answers for them.

/** The files that a reading may look at. Paths are absolute, with forward slashes. */
export interface Files {
  /** The text of a file; undefined where there is none, or none that may be read. */
  read(path: string): string | undefined;
  isFolder(path: string): boolean;
  /** The names in a folder; empty where there is none. */
  list(path: string): readonly string[];
}

/** No file but the text itself. */
export const noFiles: Files = { read: () => undefined, isFolder: () => false, list: () => [] };

// Files that only the client can read: those of a virtual workspace, and all files for a server in a browser. A file
// that has not arrived yet counts as missing; it is then loaded, and the caller reads again.
import { nameIn, parentOf, uriOfPath } from '../core/index.ts';
import type { Entry, Storage, StorageOptions } from '../host/storage.ts';
import type { FolderEntry } from '../protocol/index.ts';

/** Requests to the client: an answer per URI, null if there is no such file. */
export interface FileClient {
  list(uris: readonly string[]): Promise<readonly (readonly FolderEntry[] | null)[]>;
  read(uris: readonly string[]): Promise<readonly (string | null)[]>;
}

type Folder = ReadonlyMap<string, Entry>;

/** Maximum number of URIs per request: one answer with all of them would take too long. */
const most = 64;
/** Milliseconds after which missing files are loaded if no caller does so. */
const patience = 20;

const nothing: readonly Entry[] = [];

export class Remote implements Storage {
  /** Undefined if the client does not read files for the server. */
  client: FileClient | undefined;
  /** The open folders: nothing outside of them exists. */
  folders: readonly string[] = [];
  /** Called when files have arrived that no caller has waited for. */
  arrived: () => void = () => {};
  /** How often a file or folder was requested that had not been loaded. */
  misses = 0;
  /** How often files have arrived. */
  arrivals = 0;
  readonly #unsaved: StorageOptions['unsaved'];
  readonly #folders = new Map<string, Folder | undefined>();
  readonly #texts = new Map<string, string | undefined>();
  /** By path, how often a file or folder has changed. */
  readonly #changes = new Map<string, number>();
  #wanted = { folders: new Set<string>(), texts: new Set<string>() };
  #loading: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(unsaved: StorageOptions['unsaved']) {
    this.#unsaved = unsaved;
  }

  read(path: string): string | undefined {
    return this.#unsaved?.(path) ?? this.text(path);
  }

  text(path: string): string | undefined {
    if (this.#kindOf(path) !== 'file') return undefined;
    if (!this.#texts.has(path)) this.#want('texts', path);
    return this.#texts.get(path);
  }

  isFolder(path: string): boolean {
    return this.#kindOf(path) === 'folder';
  }

  has(path: string): boolean {
    return this.#kindOf(path) !== undefined;
  }

  list(path: string): readonly string[] {
    return this.entries(path).map(({ name }) => name);
  }

  entries(folder: string): readonly Entry[] {
    const found = this.#kindOf(folder) === 'folder' ? this.#folder(folder) : undefined;
    return found ? [...found.values()] : nothing;
  }

  stamp(path: string): string | undefined {
    return this.#kindOf(path) === 'file' ? String(this.#changes.get(path) ?? 0) : undefined;
  }

  /** Loads what was requested and is missing; undefined if nothing is. */
  load(): Promise<void> | undefined {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { folders, texts } = this.#wanted;
    if (folders.size + texts.size > 0) {
      this.#wanted = { folders: new Set(), texts: new Set() };
      const loading = this.#load([...folders], [...texts]).finally(() => {
        if (this.#loading === loading) this.#loading = undefined;
      });
      this.#loading = loading;
    }
    return this.#loading;
  }

  /** A file's text has changed. */
  changed(path: string): void {
    this.#changes.set(path, (this.#changes.get(path) ?? 0) + 1);
    this.#texts.delete(path);
    this.#folders.delete(path);
  }

  /** A file or folder was created or deleted, with everything in it. */
  replaced(path: string): void {
    this.changed(path);
    this.changed(parentOf(path));
    // Parent folders may be new as well: not every client reports these.
    for (let at = parentOf(path); at.includes('/'); at = parentOf(at)) {
      const above = this.#folders.get(parentOf(at));
      if (above?.has(nameIn(at))) break;
      this.changed(parentOf(at));
    }
    const inside = [...this.#texts.keys(), ...this.#folders.keys()].filter(each => each.startsWith(`${path}/`));
    for (const each of inside) this.changed(each);
  }

  #kindOf(path: string): Entry['kind'] {
    const top = this.folders.find(folder => path === folder || path.startsWith(`${folder}/`));
    if (top === undefined || !this.client) return undefined;
    let at = top;
    let isKnown = true;
    let kind: Entry['kind'] = 'folder';
    for (const name of path === top ? [] : path.slice(top.length + 1).split('/')) {
      if (kind !== 'folder') return undefined;
      // Request all folders on the way at once, not one after the other.
      const folder = this.#folder(at);
      if (isKnown && this.#folders.has(at)) kind = folder?.get(name)?.kind;
      else isKnown = false;
      at = `${at}/${name}`;
    }
    return isKnown ? kind : undefined;
  }

  #folder(path: string): Folder | undefined {
    if (!this.#folders.has(path)) this.#want('folders', path);
    return this.#folders.get(path);
  }

  #want(what: 'folders' | 'texts', path: string): void {
    this.misses++;
    this.#wanted[what].add(path);
    this.#timer ??= setTimeout(() => this.load()?.then(() => this.arrived()), patience);
  }

  async #load(folders: readonly string[], texts: readonly string[]): Promise<void> {
    const client = this.client!;
    await Promise.all([
      ...inParts(folders).map(part =>
        this.#take(part, client.list(part.map(uriOfPath)), (path, entries) =>
          this.#folders.set(path, entries ? folderOf(entries) : undefined),
        ),
      ),
      ...inParts(texts).map(part =>
        this.#take(part, client.read(part.map(uriOfPath)), (path, text) =>
          this.#texts.set(path, text?.startsWith('\uFEFF') ? text.slice(1) : (text ?? undefined)),
        ),
      ),
    ]);
    this.arrivals++;
  }

  async #take<T>(
    paths: readonly string[],
    answer: Promise<readonly T[]>,
    take: (path: string, value: T | null) => void,
  ) {
    const before = paths.map(path => this.#changes.get(path));
    // If loading fails, treat the files as missing until they change.
    const values: readonly T[] = await answer.catch(() => []);
    for (const [index, path] of paths.entries()) {
      // A file that has changed in the meantime is requested again.
      if (this.#changes.get(path) === before[index]) take(path, values[index] ?? null);
    }
  }
}

function inParts(paths: readonly string[]): readonly (readonly string[])[] {
  const parts: (readonly string[])[] = [];
  for (let from = 0; from < paths.length; from += most) parts.push(paths.slice(from, from + most));
  return parts;
}

const folderOf = (entries: readonly FolderEntry[]): Folder =>
  new Map(entries.map(({ name, kind, isLink = false }) => [name, { name, kind, isLink }]));

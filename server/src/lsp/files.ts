// The files of a workspace, either on the server's disk (if it has one) or read by the client.
import { isVirtual } from '../core/index.ts';
import type { Entry, Storage } from '../host/storage.ts';
import type { Remote } from './remote.ts';

export class WorkspaceFiles implements Storage {
  readonly #disk: Storage | undefined;
  readonly #remote: Remote;

  constructor(disk: Storage | undefined, remote: Remote) {
    this.#disk = disk;
    this.#remote = remote;
  }

  /** Whether the client reads the files of a folder. */
  isRemote(folder: string): boolean {
    return this.#at(folder) === this.#remote;
  }

  /** How often a file was requested that had not been loaded, and how often files have arrived. */
  get misses(): number {
    return this.#remote.misses;
  }

  get arrivals(): number {
    return this.#remote.arrivals;
  }

  /** Loads what was requested and is missing; undefined if nothing is. */
  load(): Promise<void> | undefined {
    return this.#remote.load();
  }

  read(path: string): string | undefined {
    return this.#at(path).read(path);
  }

  isFolder(path: string): boolean {
    return this.#at(path).isFolder(path);
  }

  has(path: string): boolean {
    return this.#at(path).has(path);
  }

  list(path: string): readonly string[] {
    return this.#at(path).list(path);
  }

  entries(folder: string): readonly Entry[] {
    return this.#at(folder).entries(folder);
  }

  stamp(path: string, mostBytes: number): string | undefined {
    return this.#at(path).stamp(path, mostBytes);
  }

  text(path: string): string | undefined {
    return this.#at(path).text(path);
  }

  #at(path: string): Storage {
    return this.#disk && !isVirtual(path) ? this.#disk : this.#remote;
  }
}

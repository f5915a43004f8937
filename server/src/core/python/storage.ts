// The files that a program looks at: those of `Files`, and above them what the program itself has written. Nothing is
// written on the disk.
import * as l10n from '@vscode/l10n';
import { hasPath } from './files.ts';
import type { Machine } from './machine.ts';
import type { Unknown } from './objects.ts';
import { isAbsolute, join, normalized, splitPath } from './paths.ts';

/** The home of whoever runs the program: a folder that no machine has, and that seems to be there. */
export const homeFolder = '/nonexistent';

/** What the machine that runs the editor has there is nothing of the program's. */
const foreign = /^\/(?:proc|sys|dev|etc|run|nonexistent)(?:\/|$)/;

export class Storage {
  readonly #machine: Machine;
  /** What was asked of the disk. */
  readonly listed = new Map<string, ReadonlySet<string>>();
  /** By path: a text, a folder (true), or what was removed (undefined). */
  readonly written = new Map<string, string | Unknown | true | undefined>();

  constructor(machine: Machine) {
    this.#machine = machine;
    for (const folder of ['', '/.config', '/.cache']) this.written.set(homeFolder + folder, true);
  }

  /** Where the program seems to have been started. */
  get cwd(): string {
    const { cwd, roots } = this.#machine.options;
    return cwd ?? roots[0] ?? '/';
  }

  /** Whether there is a folder to look into: a text may lie nowhere. */
  get isSomewhere(): boolean {
    const { cwd, roots, files } = this.#machine.options;
    return cwd !== undefined || roots.some(root => isAbsolute(root) && files.isFolder(root));
  }

  /** An absolute path. A relative one is looked for from the folder of the repository, then from those of the imports. */
  absolute(path: string): string {
    if (isAbsolute(path)) return normalized(path);
    const own = normalized(join(this.cwd, path));
    if (this.exists(own)) return own;
    for (const root of this.#machine.options.roots) {
      const other = normalized(join(root, path));
      if (this.exists(other)) return other;
    }
    return own;
  }

  exists(path: string): boolean {
    if (this.written.has(path)) return this.written.get(path) !== undefined;
    if (foreign.test(path)) return false;
    return hasPath(this.#machine.options.files, path);
  }

  isFolder(path: string): boolean {
    if (this.written.has(path)) return this.written.get(path) === true;
    return !foreign.test(path) && this.#machine.options.files.isFolder(path);
  }

  isFile(path: string): boolean {
    return this.exists(path) && !this.isFolder(path);
  }

  /** The names in a folder, in the order of the alphabet. */
  list(path: string): readonly string[] {
    if (foreign.test(path)) return [];
    const names = new Set(this.#names(path));
    for (const [other, value] of this.written) {
      const [folder, name] = splitPath(other);
      if (folder !== path) continue;
      if (value === undefined) names.delete(name);
      else names.add(name);
    }
    this.#machine.charge(names.size);
    return [...names].sort();
  }

  /** The text of a file; undefined where there is none. */
  read(path: string): string | Unknown | undefined {
    if (!this.exists(path)) return undefined;
    const written = this.written.get(path);
    if (written !== undefined && written !== true) return written;
    const text = this.#machine.options.files.read(path);
    if (text === undefined) {
      return this.#machine.unknown(l10n.t('The file “{0}” cannot be read as text', splitPath(path)[1]));
    }
    this.#machine.charge(text.length);
    return text;
  }

  write(path: string, text: string | Unknown): void {
    this.written.set(path, text);
  }

  makeFolder(path: string): void {
    for (let at = path; at !== '' && !this.isFolder(at); at = splitPath(at)[0]) this.written.set(at, true);
  }

  remove(path: string): void {
    this.written.set(path, undefined);
  }

  #names(folder: string): ReadonlySet<string> {
    let names = this.listed.get(folder);
    if (!names) {
      names = new Set(this.#machine.options.files.list(folder));
      this.listed.set(folder, names);
    }
    return names;
  }
}

const storages = new WeakMap<Machine, Storage>();

export function storageOf(machine: Machine): Storage {
  let storage = storages.get(machine);
  if (!storage) {
    storage = new Storage(machine);
    storages.set(machine, storage);
  }
  return storage;
}

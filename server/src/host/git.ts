// Files as of a revision of their git repository. Only objects are read: no hook and no filter runs.
import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import type { Files } from '../core/index.ts';
import { corePath } from './disk.ts';

/** A revision of a repository. */
export interface Revision {
  /** The root folder of the repository, as a path of the core. */
  readonly root: string;
  /** The hash of the revision's tree. */
  readonly tree: string;
}

export type NoRevision = 'no git' | 'no repository' | 'no revision';

/** Resolves a revision name in the repository around a folder, or says why that is not possible. */
export function revisionOf(folder: string, name: string): Revision | NoRevision {
  let root: string;
  try {
    const [top = '', prefix = ''] = git(folder, 'rev-parse', '--show-toplevel', '--show-prefix')
      .toString('utf8')
      .split('\n');
    // In the caller's spelling of the folder, which may contain links.
    const here = `${corePath(folder)}/`;
    root = here.endsWith(`/${prefix}`) ? here.slice(0, here.length - prefix.length - 1) : corePath(top);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no git' : 'no repository';
  }
  try {
    const tree = git(folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{tree}`);
    return { root, tree: tree.toString('utf8').trim().split('\n').at(-1)! };
  } catch {
    return 'no revision';
  }
}

/** The bytes of a file in a revision; undefined if it does not exist there. */
export function blobIn({ root, tree }: Revision, path: string): Buffer | undefined {
  const relative = posix.relative(root, path);
  if (relative === '' || relative.startsWith('..')) return undefined;
  try {
    return git(root, 'cat-file', 'blob', `${tree}:${relative}`);
  } catch {
    return undefined;
  }
}

/** The files of a repository as of a revision; files outside of it as they are now. */
export class FilesOfRevision implements Files {
  readonly #revision: Revision;
  readonly #now: Files;
  readonly #texts = new Map<string, string | undefined>();
  #tree: { readonly files: ReadonlySet<string>; readonly folders: ReadonlyMap<string, readonly string[]> } | undefined;

  constructor(revision: Revision, now: Files) {
    this.#revision = revision;
    this.#now = now;
  }

  read(path: string): string | undefined {
    if (!this.#isInside(path)) return this.#now.read(path);
    if (!this.#names.files.has(path)) return undefined;
    if (!this.#texts.has(path)) {
      const text = blobIn(this.#revision, path)?.toString('utf8');
      this.#texts.set(path, text?.startsWith('\uFEFF') ? text.slice(1) : text);
    }
    return this.#texts.get(path);
  }

  isFolder(path: string): boolean {
    return this.#isInside(path) ? this.#names.folders.has(path) : this.#now.isFolder(path);
  }

  list(path: string): readonly string[] {
    return this.#isInside(path) ? (this.#names.folders.get(path) ?? []) : this.#now.list(path);
  }

  #isInside(path: string): boolean {
    const { root } = this.#revision;
    if (path === root) return true;
    if (!path.startsWith(`${root}/`)) return false;
    // A Python environment is not part of the sources, though it lies beside them.
    const [first = ''] = path.slice(root.length + 1).split('/', 1);
    const folder = `${root}/${first}`;
    return this.#names.folders.has(folder) || this.#now.read(`${folder}/pyvenv.cfg`) === undefined;
  }

  get #names() {
    this.#tree ??= this.#read();
    return this.#tree;
  }

  #read() {
    const { root, tree } = this.#revision;
    const paths = git(root, 'ls-tree', '-r', '-z', '--name-only', '--full-tree', tree).toString('utf8').split('\0');
    const files = new Set<string>();
    const folders = new Map<string, string[]>([[root, ['.git']]]);
    for (const path of paths) {
      if (path === '') continue;
      files.add(`${root}/${path}`);
      // Add the folder, and its parents up to the first one that is already known.
      for (let at = `${root}/${path}`, isNew = true; isNew && at !== root; at = posix.dirname(at)) {
        const folder = posix.dirname(at);
        const known = folders.get(folder);
        isNew = !known;
        if (known) known.push(posix.basename(at));
        else folders.set(folder, [posix.basename(at)]);
      }
    }
    return { files, folders };
  }
}

function git(folder: string, ...args: string[]): Buffer {
  return execFileSync('git', ['-C', folder, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 256_000_000,
  });
}

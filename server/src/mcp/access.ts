// Which files may be read and changed: only those in the workspace's folders.
import { realpathSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import * as l10n from '@vscode/l10n';
import { pathOfUri } from '../core/index.ts';
import { corePath } from '../host/disk.ts';
import type { Refusal } from './refusal.ts';

export class Access {
  /** Absolute, with forward slashes. */
  readonly folders: readonly string[];
  /** The same folders with symbolic links resolved. */
  readonly #real: readonly string[];

  constructor(folders: readonly string[]) {
    this.folders = folders.map(folder => corePath(folder));
    this.#real = this.folders.map(folder => realPath(folder) ?? folder);
  }

  /** Whether a file or folder is inside, with symbolic links resolved. */
  readonly allows = (path: string): boolean => isWithin(path, this.folders) || isWithin(path, this.#real);

  /** Resolves what a client names: an absolute path, a path in one of the folders, or a URI. */
  find(name: string): string | Refusal {
    const written = name.startsWith('file:') ? (pathOfUri(name) ?? name) : name;
    const places = isAbsolute(written) ? [corePath(written)] : this.folders.map(folder => corePath(written, folder));
    for (const path of places) {
      const real = realPath(path);
      if (real === undefined) continue;
      // A link may point outside the folder it is in.
      if (isWithin(real, this.#real)) return path;
      return this.#outside(name);
    }
    if (places.every(path => !this.allows(path))) return this.#outside(name);
    return { refused: l10n.t('No such file or folder: “{0}”. Looked in {1}.', name, this.folders.join(', ')) };
  }

  /** The path a text would have as a file, for its imports; undefined if files there may not be read. */
  placeOf(name: string): string | undefined {
    const written = name.startsWith('file:') ? (pathOfUri(name) ?? name) : name;
    const [folder] = this.folders;
    const path = corePath(written, folder);
    return this.allows(path) ? path : undefined;
  }

  /** A path for display: relative to the folder it is in. */
  nameOf(path: string): string {
    const folder = this.folders.find(each => isWithin(path, [each]));
    return folder === undefined || path === folder ? path : path.slice(folder.length + (folder.endsWith('/') ? 0 : 1));
  }

  #outside(name: string): Refusal {
    return {
      refused: l10n.t(
        '“{0}” is outside of the folders that may be read ({1}). To allow it, start Flopline with its folder: “flopline mcp FOLDER…”.',
        name,
        this.folders.join(', '),
      ),
    };
  }
}

function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some(folder => path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
}

function realPath(path: string): string | undefined {
  try {
    return corePath(realpathSync(path));
  } catch {
    return undefined;
  }
}

// Which files may be read and changed: those in the folders of a workspace, and no others.
import { realpathSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import * as l10n from '@vscode/l10n';
import { pathOfUri } from '../core/index.ts';
import { corePath } from '../host/disk.ts';
import type { Refusal } from './refusal.ts';

export class Access {
  /** Absolute, with forward slashes. */
  readonly folders: readonly string[];
  /** The same without symbolic links. */
  readonly #real: readonly string[];

  constructor(folders: readonly string[]) {
    this.folders = folders.map(folder => corePath(folder));
    this.#real = this.folders.map(folder => realPath(folder) ?? folder);
  }

  /** Whether a file or folder is inside, wherever links in it lead. */
  readonly allows = (path: string): boolean => isWithin(path, this.folders) || isWithin(path, this.#real);

  /** Where a file or folder is that a client names: an absolute path, one in a folder, or an address. */
  find(name: string): string | Refusal {
    const written = name.startsWith('file:') ? (pathOfUri(name) ?? name) : name;
    const places = isAbsolute(written) ? [corePath(written)] : this.folders.map(folder => corePath(written, folder));
    for (const path of places) {
      const real = realPath(path);
      if (real === undefined) continue;
      // A link may lead out of the folder that it is in.
      if (isWithin(real, this.#real)) return path;
      return this.#outside(name);
    }
    if (places.every(path => !this.allows(path))) return this.#outside(name);
    return { refused: l10n.t('No such file or folder: “{0}”. Looked in {1}.', name, this.folders.join(', ')) };
  }

  /** Where a text would be as a file, for what it imports; undefined where files there may not be read. */
  placeOf(name: string): string | undefined {
    const written = name.startsWith('file:') ? (pathOfUri(name) ?? name) : name;
    const [folder] = this.folders;
    const path = corePath(written, folder);
    return this.allows(path) ? path : undefined;
  }

  /** A path as people call it: relative to the folder that it is in. */
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

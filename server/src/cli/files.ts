import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';

/** A file to look at. */
export interface Candidate {
  readonly path: string;
  /** Whether it was named on the command line, rather than found in a folder. */
  readonly named: boolean;
  /** Whether its content comes from standard input; `path` is then the name that the user gave it. */
  readonly isInput?: true;
}

export interface Candidates {
  readonly files: readonly Candidate[];
  /** Paths that do not exist. */
  readonly missing: readonly string[];
  /** Files and folders that cannot be read, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

/** The content of a file, as far as it was read. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  /** Above the limit: only the beginning, which is enough to recognize a spec. */
  | { readonly kind: 'large'; readonly beginning: string; readonly bytes: number }
  | { readonly kind: 'binary' }
  | { readonly kind: 'utf-16' };

const beginningBytes = 65_536;

/** The files that the paths name; folders are walked in name order, and `-` is standard input. */
export function candidates(paths: readonly string[], inputName?: string): Candidates {
  const files: Candidate[] = [];
  const missing: string[] = [];
  const unreadable: { path: string; why: string }[] = [];
  const seen = new Set<string>();
  const add = (path: string, named: boolean): void => {
    if (seen.has(path)) return;
    seen.add(path);
    files.push({ path, named });
  };
  const attempt = <T>(path: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      unreadable.push({ path, why: reasonOf(error) });
      return undefined;
    }
  };
  const walk = (folder: string): void => {
    const entries = attempt(folder, () => readdirSync(folder, { withFileTypes: true })) ?? [];
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = join(folder, entry.name);
      // Symbolic links are skipped: a link to a parent folder would recurse forever.
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) add(path, false);
    }
  };
  for (const path of paths) {
    if (path === '-' && inputName !== undefined) {
      files.push({ path: inputName, named: true, isInput: true });
      continue;
    }
    const stats = attempt(path, () => statSync(path, { throwIfNoEntry: false }) ?? 'missing');
    if (stats === 'missing') missing.push(path);
    else if (stats?.isDirectory()) walk(path);
    else if (stats) add(path, true);
  }
  return { files, missing, unreadable };
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Reads a file, or only its beginning if it is larger than `maxBytes`. Throws if it cannot be read. */
export function contentOf({ path, isInput }: Candidate, maxBytes: number): Content {
  if (isInput) {
    const bytes = standardInput();
    return contentIn(bytes, path, bytes.length, maxBytes);
  }
  const { size } = statSync(path);
  // A pipe has no size and can be read only once.
  return contentIn(size > maxBytes ? beginningOf(path) : readFileSync(path), path, size, maxBytes);
}

let input: Buffer | undefined;

/** Reads standard input, which is possible only once, and caches it. */
function standardInput(): Buffer {
  input ??= readFileSync(0);
  return input;
}

/** Decodes the bytes of a file that is `size` bytes long in total. */
export function contentIn(bytes: Buffer, path: string, size: number, maxBytes: number): Content {
  if (isUtf16(bytes)) return { kind: 'utf-16' };
  if (bytes.subarray(0, 1024).includes(0)) return { kind: 'binary' };
  const text = decoded(bytes, path);
  return size > maxBytes ? { kind: 'large', beginning: text, bytes: size } : { kind: 'text', text };
}

/**
 * The byte order mark is dropped, since editors count columns after it. Not in a cfg, though, because Darknet fails on
 * it.
 */
export function decoded(bytes: Buffer, path: string): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') && !/\.cfg(?:\.txt)?$/i.test(path) ? text.slice(1) : text;
}

/** The text of a system error. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return l10n.t('permission denied');
    case 'EROFS':
      return l10n.t('the file system is read-only');
    case 'ENOTDIR':
      return l10n.t('it is not a folder');
    case 'ENOENT':
      return l10n.t('it no longer exists');
    case 'ELOOP':
      return l10n.t('its symbolic links form a loop');
    case 'ENAMETOOLONG':
      return l10n.t('its name is too long');
    default:
      return error.message;
  }
}

function beginningOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(beginningBytes);
    return buffer.subarray(0, readSync(file, buffer));
  } finally {
    closeSync(file);
  }
}

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

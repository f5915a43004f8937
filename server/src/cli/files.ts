import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';

/** A file to look at. */
export interface Candidate {
  readonly path: string;
  /** Named on the command line, not found in a folder. */
  readonly named: boolean;
}

export interface Candidates {
  readonly files: readonly Candidate[];
  /** Paths that do not exist. */
  readonly missing: readonly string[];
  /** Files and folders that may not be read, with the reason in words. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

/** What a file holds, as far as it was read. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  /** Above the limit: the beginning alone, by which a spec is recognised. */
  | { readonly kind: 'large'; readonly beginning: string; readonly bytes: number }
  | { readonly kind: 'binary' }
  | { readonly kind: 'utf-16' };

const beginningBytes = 65_536;

/** The files that paths name, folders walked in order of their names. */
export function candidates(paths: readonly string[]): Candidates {
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
      // Symbolic links are neither: a link to a folder above would never end.
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) add(path, false);
    }
  };
  for (const path of paths) {
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

/** Reads a file; one of more than `maxBytes` only its beginning. Throws where it cannot be read. */
export function contentOf({ path }: Candidate, maxBytes: number): Content {
  const { size } = statSync(path);
  // A pipe has no size, and is read once.
  return contentIn(size > maxBytes ? beginningOf(path) : readFileSync(path), path, size, maxBytes);
}

/** What bytes hold that are `size` long in all. */
export function contentIn(bytes: Buffer, path: string, size: number, maxBytes: number): Content {
  if (isUtf16(bytes)) return { kind: 'utf-16' };
  if (bytes.subarray(0, 1024).includes(0)) return { kind: 'binary' };
  const text = decoded(bytes, path);
  return size > maxBytes ? { kind: 'large', beginning: text, bytes: size } : { kind: 'text', text };
}

/**
 * A byte order mark is not part of the text: columns are counted after it, as in editors. In a cfg it is: Darknet crashes
 * at it.
 */
export function decoded(bytes: Buffer, path: string): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') && !/\.cfg(?:\.txt)?$/i.test(path) ? text.slice(1) : text;
}

/** Why the system refused something, in words. */
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

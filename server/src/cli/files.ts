import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file to look at. */
export interface Candidate {
  readonly path: string;
  /** Named on the command line, not found in a folder. */
  readonly named: boolean;
}

// Weights, images and archives are no specs; reading them would only take time.
const maxBytes = 16_000_000;

/** The files that paths name, folders walked in order of their names; `missing` is what is not there. */
export function candidates(paths: readonly string[]): { files: Candidate[]; missing: string[] } {
  const files: Candidate[] = [];
  const missing: string[] = [];
  const seen = new Set<string>();
  const add = (path: string, named: boolean): void => {
    if (seen.has(path)) return;
    seen.add(path);
    files.push({ path, named });
  };
  const walk = (folder: string): void => {
    for (const entry of entriesOf(folder)) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = join(folder, entry.name);
      // Symbolic links are neither: a link to a folder above would never end.
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) add(path, false);
    }
  };
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) missing.push(path);
    else if (stats.isDirectory()) walk(path);
    else add(path, true);
  }
  return { files, missing };
}

/** The text of a file; undefined for a binary or huge one, which is no spec. Throws where it cannot be read. */
export function textOf({ path }: Candidate): string | undefined {
  if (statSync(path).size > maxBytes) return undefined;
  const buffer = readFileSync(path);
  if (buffer.subarray(0, 1024).includes(0)) return undefined;
  return decoded(buffer);
}

/** A byte order mark is no part of the text: columns count from behind it, as editors do. */
export function decoded(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // A folder that may not be read holds nothing for us.
    return [];
  }
}

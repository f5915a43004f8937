// What has to be loaded before files can be opened: parsers that only some of them need.
import { basename } from 'node:path';
import { formatOf, type Settings, type Source } from '../core/index.ts';
import { corePath, Disk } from '../host/disk.ts';
import { type Candidate, candidates, contentOf } from './files.ts';

/** Loads what the files that paths name need, and nothing for those that need nothing. */
export async function loadParsers(paths: readonly string[], settings: Settings): Promise<void> {
  const files = new Disk();
  const roots = rootsOf(settings);
  for (const file of candidates(paths).files) {
    // The other formats need none: they are not read twice.
    if (!/\.(?:pyw?|ya?ml)$/i.test(file.path)) continue;
    const source = { name: basename(file.path), text: textOf(file), path: corePath(file.path), files, roots };
    const parser = formatOf(source)?.parser;
    if (!parser || parser.isReady() || !parser.isNeeded(source)) continue;
    await parser.load();
    return;
  }
}

function textOf(file: Candidate): string {
  try {
    const content = contentOf(file, 2_000_000);
    return content.kind === 'text' ? content.text : content.kind === 'large' ? content.beginning : '';
  } catch {
    // Whoever reads it in earnest says why it cannot be.
    return '';
  }
}

/** The folders that a person has named, absolute. */
export function rootsOf({ source, python }: Settings): Source['roots'] {
  return {
    source: source === undefined ? undefined : corePath(source),
    python: python === undefined ? undefined : corePath(python),
  };
}

// What has to be loaded before files can be opened: parsers that only some of them need.
import { basename } from 'node:path';
import { formatOf } from '../core/index.ts';
import { type Candidate, candidates, contentOf } from './files.ts';

/** Loads what the files that paths name need, and nothing for those that need nothing. */
export async function loadParsers(paths: readonly string[]): Promise<void> {
  for (const file of candidates(paths).files) {
    // The other formats need none: they are not read twice.
    if (!/\.pyw?$/i.test(file.path)) continue;
    const parser = formatOf({ name: basename(file.path), text: textOf(file) })?.parser;
    if (!parser || parser.isReady()) continue;
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

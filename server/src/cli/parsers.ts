// What has to be loaded before files can be opened: parsers that only some of them need.
import { basename } from 'node:path';
import { formatOf, Projects, type Settings, type Source, startPython } from '../core/index.ts';
import { corePath, Disk } from '../host/disk.ts';
import type { SpecsRequest } from './arguments.ts';
import { type Candidate, candidates, contentOf } from './files.ts';

/**
 * Loads what the files that paths name need, and nothing for those that need nothing. `isOlder` where they are read as they
 * were: then it is not known what they need.
 */
export async function loadParsers(
  { paths, settings, inputName }: Pick<SpecsRequest, 'paths' | 'settings' | 'inputName'>,
  isOlder = false,
): Promise<void> {
  const files = new Disk();
  const projects = new Projects();
  for (const file of candidates(paths, inputName).files) {
    // The other formats need none: they are not read twice.
    if (!/\.(?:pyw?|ya?ml)$/i.test(file.path)) continue;
    const path = corePath(file.path);
    const roots = rootsOf(settings, projects.of(path, files));
    const source = { name: basename(file.path), text: textOf(file), path, files, roots };
    const parser = formatOf(source)?.parser;
    if (!parser || parser.isReady() || !(isOlder || parser.isNeeded(source))) continue;
    await startPython();
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

/** The folders that a person has named, absolute; the command line has the last word. */
export function rootsOf({ source, python, repository }: Settings, project: Source['project']): Source['roots'] {
  return {
    source: source === undefined ? project?.source?.value : corePath(source),
    python: python === undefined ? project?.python?.value : corePath(python),
    repository,
  };
}

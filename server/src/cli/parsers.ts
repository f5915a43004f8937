// Loads the parsers that the files of a command need, before they are opened.
import { basename } from 'node:path';
import { formatOf, Projects, type Settings, type Source, startPython } from '../core/index.ts';
import { corePath, Disk } from '../host/disk.ts';
import type { SpecsRequest } from './arguments.ts';
import { type Candidate, candidates, contentOf } from './files.ts';

/**
 * Loads the parsers that the files need; none if they need none. `isOlder`: the files are read as of an older revision,
 * so it is not known what they need.
 */
export async function loadParsers(
  { paths, settings, inputName }: Pick<SpecsRequest, 'paths' | 'settings' | 'inputName'>,
  isOlder = false,
): Promise<void> {
  const files = new Disk();
  const projects = new Projects();
  for (const file of candidates(paths, inputName).files) {
    // Files of other formats need no parser, so do not read them an extra time.
    if (!/\.(?:pyw?|ya?ml)$/i.test(file.path)) continue;
    const path = corePath(file.path);
    const roots = rootsOf(settings, projects.of(path, files));
    const hasEntry = namesEntry(file, settings);
    const source = { name: basename(file.path), text: textOf(file), path, files, roots, hasEntry };
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
    // Reported when the file is opened.
    return '';
  }
}

/** Whether `--entry` is of this very file. */
export function namesEntry({ named }: Candidate, { entry }: Settings): boolean {
  return named && entry !== undefined;
}

/** The folders from settings, as absolute paths; the command line takes precedence over the project file. */
export function rootsOf({ source, python, repository }: Settings, project: Source['project']): Source['roots'] {
  return {
    source: source === undefined ? project?.source?.value : corePath(source),
    python: python === undefined ? project?.python?.value : corePath(python),
    repository,
  };
}

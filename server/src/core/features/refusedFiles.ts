// Files that a text was read with and that Python refuses as a whole, because of a part that it cannot read. Here each
// broken statement is one broken statement, and the rest keeps its costs; so this is said when there is time for it.
import * as l10n from '@vscode/l10n';
import type { Analysed } from '../pipeline.ts';
import { Lines } from '../text/lines.ts';
import type { Problem } from '../text/problem.ts';

const known = new WeakMap<Analysed, readonly Problem[]>();

/** Problems of the files that a text was read with, once `lookThroughFiles` has come to its end. */
export const refusedFiles = (analysed: Analysed): readonly Problem[] => known.get(analysed) ?? [];

/** Looks through the files that a text was read with, in steps; returns whether anything is to be said that was not. */
export function* lookThroughFiles(analysed: Analysed): Generator<unknown, boolean> {
  const { document, spec } = analysed;
  if (known.has(analysed) || !spec.imports) return false;
  const { read, repository, refused } = spec.imports;
  const found: Problem[] = [];
  for (const { path, problem } of yield* refused()) {
    if (path === document.source.path) continue;
    const isInside = repository !== undefined && path.startsWith(`${repository}/`);
    const shown = isInside ? path.slice(repository.length + 1) : path;
    const { message, range } = problem;
    const line = new Lines(read.get(path)!).lineAt(range.from) + 1;
    found.push({
      range: document.lines.firstOf(spec.head),
      severity: 'error',
      code: 'file-refused',
      message: l10n.t('Python cannot import `{0}`, because of its line {1}: {2}', shown, line, message),
      help: l10n.t(
        'The costs are those of the network without that line. Correct it: nothing that imports the file runs.',
      ),
      related: [{ range, file: path, message }],
    });
  }
  known.set(analysed, found);
  return found.length > 0;
}

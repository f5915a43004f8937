// Files that a text was read with and that Python refuses as a whole, because of a part that it cannot read. Here each
// broken statement is one broken statement, and the rest keeps its costs; so this is said when there is time for it.
import * as l10n from '@vscode/l10n';
import type { Analysed } from '../pipeline.ts';
import { Lines } from '../text/lines.ts';
import type { Problem } from '../text/problem.ts';

const known = new WeakMap<Analysed, readonly Problem[]>();

/** Problems of the files that a text was read with, once `lookThroughFiles` has come to its end. */
export const refusedFiles = (analysed: Analysed): readonly Problem[] => known.get(analysed) ?? [];

/** Looks through the files that a text was read with, one at each step. */
export function* lookThroughFiles(analysed: Analysed): Generator<'file', void> {
  const { document, spec } = analysed;
  if (known.has(analysed) || !spec.imports) return;
  const { read, repository, refusedIn } = spec.imports;
  const found: Problem[] = [];
  for (const [path, text] of read) {
    if (path === document.source.path) continue;
    const first = refusedIn(path, text);
    if (first) {
      const isInside = repository !== undefined && path.startsWith(`${repository}/`);
      const shown = isInside ? path.slice(repository.length + 1) : path;
      const { message, range } = first;
      found.push({
        range: document.lines.firstOf(spec.head),
        severity: 'error',
        code: 'file-refused',
        message: l10n.t(
          'Python cannot import `{0}`, because of its line {1}: {2}',
          shown,
          new Lines(text).lineAt(range.from) + 1,
          message,
        ),
        help: l10n.t(
          'The costs are those of the network without that line. Correct it: nothing that imports the file runs.',
        ),
        related: [{ range, file: path, message }],
      });
    }
    yield 'file';
  }
  known.set(analysed, found);
}

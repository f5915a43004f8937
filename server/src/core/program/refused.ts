// What Python refuses in a file that is imported: it runs none of a file of which it cannot read a part.
import * as l10n from '@vscode/l10n';
import { parsePython } from '../syntax/python/parse.ts';
import type { Problem } from '../text/problem.ts';
import { isLibrary } from '../torch/python/library/index.ts';

const known = new Map<string, { readonly text: string; readonly problem: Problem | undefined }>();
const mostKnown = 1000;

/** The first part of a file that Python cannot read; all of it is parsed for that, also what no network needs. */
export function refusedIn(path: string, text: string): Problem | undefined {
  if (!path.endsWith('.py') || isLibrary(path) || isInstalled(path)) return undefined;
  const earlier = known.get(path);
  if (earlier?.text === text) return earlier.problem;
  const isDeep = l10n.t('This is nested too deeply.');
  const problem = parsePython(text).problems.find(
    // Python may go deeper.
    ({ severity, code, message }) => severity === 'error' && code === 'python-syntax' && message !== isDeep,
  );
  known.delete(path);
  known.set(path, { text, problem });
  if (known.size > mostKnown) known.delete(known.keys().next().value!);
  return problem;
}

/** What is installed was imported by somebody. */
const isInstalled = (path: string): boolean => /\/(?:site|dist)-packages\//.test(path);

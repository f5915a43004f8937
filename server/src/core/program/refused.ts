// What Python refuses in a file that is imported: it runs none of a file of which it cannot read a part.
import * as l10n from '@vscode/l10n';
import { parsePython } from '../syntax/python/parse.ts';
import type { Problem } from '../text/problem.ts';
import { isLibrary } from '../torch/python/library/index.ts';
import type { RefusedFile } from './program.ts';

const known = new Map<string, { readonly text: string; readonly problem: Problem | undefined }>();
const mostKnown = 1000;

/**
 * Files with a part that Python cannot read. All of a file is parsed for that, also what no network needs, with a pause in
 * front of each that was not parsed before.
 */
export function* refusedFiles(read: ReadonlyMap<string, string>): Generator<undefined, readonly RefusedFile[]> {
  const found: RefusedFile[] = [];
  for (const [path, text] of read) {
    if (!path.endsWith('.py') || isLibrary(path) || isInstalled(path)) continue;
    const earlier = known.get(path);
    const isKnown = earlier?.text === text;
    if (!isKnown) yield;
    const problem = isKnown ? earlier.problem : firstProblem(path, text);
    if (problem) found.push({ path, problem });
  }
  return found;
}

function firstProblem(path: string, text: string): Problem | undefined {
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

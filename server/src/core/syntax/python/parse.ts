// Python's text as a tree: chunk by chunk, so that an edit reads again what it touches. Never fails.
import type { Problem } from '../../text/problem.ts';
import type { Expression, PythonBlock, PythonChunk, PythonTree } from './ast.ts';
import { readDeferred } from './deferred.ts';
import { type LogicalLine, logicalLines } from './lines.ts';
import { read, Unreadable } from './read.ts';
import { readBlock } from './recover.ts';

export { isPythonStarted, startPython } from './grammar.ts';

/**
 * The tree of a text. Chunks whose text `earlier` has are those of it. startPython() must have ended. With `isDeferred`
 * the bodies of functions are read when they are asked for, and their problems are not in the tree.
 */
export function parsePython(text: string, earlier?: PythonTree, isDeferred = false): PythonTree {
  // What looks at all names of a module at once sees them as they are.
  const canWait = isDeferred && !reflection.test(text);
  const known = new Map<string, PythonBlock>();
  for (const { block } of earlier?.chunks ?? []) known.set(block.text, block);
  const chunks: PythonChunk[] = [];
  const problems: Problem[] = [];
  for (const { from, to } of chunksOf(text, logicalLines(text))) {
    const own = text.slice(from, to);
    let block = known.get(own);
    if (!block) {
      // A copy, because a slice would keep the whole text alive.
      const copy = ` ${own}`.slice(1);
      block = canWait ? readDeferred(copy) : readBlock(copy);
      known.set(block.text, block);
    }
    chunks.push({ start: from, block });
    for (const problem of block.problems) problems.push(moved(problem, from));
  }
  return { chunks, problems };
}

/** What looks at all names of a module, or at all classes. */
export const reflection = /\b(?:__dict__|__subclasses__|(?:globals|locals|vars|getmembers|dir)\s*\()/;

/** An expression by itself; undefined where it is none. */
export function parseExpression(text: string): Expression | undefined {
  const lines = logicalLines(text);
  const [line] = lines;
  if (!line || lines.length > 1 || line.damage !== undefined) return undefined;
  const statements = read(text, undefined, line.from, line.to);
  if (statements instanceof Unreadable || statements.length !== 1) return undefined;
  const [statement] = statements;
  return statement!.kind === 'ExpressionStatement' ? statement!.value : undefined;
}

/** A chunk is a statement of the top, with its decorators and clauses. */
function chunksOf(text: string, lines: readonly LogicalLine[]): readonly { from: number; to: number }[] {
  const chunks: { from: number; to: number }[] = [];
  let isDecorated = false;
  for (const { from, to, indent } of lines) {
    const last = chunks.at(-1);
    const goesOn = last && (indent > 0 || isDecorated || clause.test(text.slice(from, from + 8)));
    if (goesOn) last.to = to;
    // With its indentation, where there must be none.
    else chunks.push({ from: indent > 0 ? lineStart(text, from) : from, to });
    if (indent === 0) isDecorated = text[from] === '@';
  }
  return chunks;
}

function lineStart(text: string, at: number): number {
  const start = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
  return start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start;
}

const clause = /^(?:elif|else|except|finally)(?!\w)/;

function moved(problem: Problem, by: number): Problem {
  return { ...problem, range: { from: problem.range.from + by, to: problem.range.to + by } };
}

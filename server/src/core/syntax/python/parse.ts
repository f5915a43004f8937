// Parses Python chunk by chunk, so that an edit only parses what it touches. Never fails.
import type { Problem } from '../../text/problem.ts';
import type { Expression, PythonBlock, PythonChunk, PythonTree } from './ast.ts';
import { readDeferred } from './deferred.ts';
import { type LogicalLine, lineStartAt, logicalLines, movedLines } from './lines.ts';
import { read, Unreadable } from './read.ts';
import { readBlock } from './recover.ts';

export { isPythonStarted, startPython } from './grammar.ts';

/**
 * The tree of a text. Chunks whose text is in `earlier` are reused. startPython() must have finished. With
 * `isDeferred`, function bodies are parsed on demand, and their problems are not in the tree.
 */
export function parsePython(text: string, earlier?: PythonTree, isDeferred = false): PythonTree {
  // Code that looks at all names of a module must not see undefined ones.
  const canWait = isDeferred && !reflection.test(text);
  const known = new Map<string, PythonBlock>();
  for (const { block } of earlier?.chunks ?? []) known.set(block.text, block);
  const chunks: PythonChunk[] = [];
  const problems: Problem[] = [];
  const lines = logicalLines(text);
  // Then each chunk has the same lines on its own.
  const isWhole = lines.every(({ damage }) => damage === undefined);
  for (const { from, to, first, end } of chunksOf(text, lines)) {
    const own = text.slice(from, to);
    let block = known.get(own);
    if (!block) {
      // Copied, because a slice would keep the whole text in memory.
      const copy = ` ${own}`.slice(1);
      const inside = isWhole ? movedLines(lines.slice(first, end), from) : logicalLines(copy);
      block = isDeferred ? readDeferred(copy, inside, canWait) : readBlock(copy, inside);
      known.set(block.text, block);
    }
    chunks.push({ start: from, block });
    for (const problem of block.problems) problems.push(moved(problem, from));
  }
  return { chunks, problems };
}

/** Code that looks at all names of a module, or at all classes. */
export const reflection = /\b(?:__dict__|__subclasses__|(?:globals|locals|vars|getmembers|dir)\s*\()/;

/** A single expression; undefined if the text is not one. */
export function parseExpression(text: string): Expression | undefined {
  const lines = logicalLines(text);
  const [line] = lines;
  if (!line || lines.length > 1 || line.damage !== undefined) return undefined;
  const statements = read(text, undefined, line.from, line.to);
  if (statements instanceof Unreadable || statements.length !== 1) return undefined;
  const [statement] = statements;
  return statement!.kind === 'ExpressionStatement' ? statement!.value : undefined;
}

interface Chunk {
  readonly from: number;
  to: number;
  /** The index of its first line; `end` is exclusive. */
  readonly first: number;
  end: number;
}

/** A chunk is a top-level statement with its decorators and clauses. */
function chunksOf(text: string, lines: readonly LogicalLine[]): readonly Readonly<Chunk>[] {
  const chunks: Chunk[] = [];
  let isDecorated = false;
  for (const [at, { from, to, indent }] of lines.entries()) {
    const last = chunks.at(-1);
    const goesOn = last && (indent > 0 || isDecorated || clause.test(text.slice(from, from + 8)));
    if (goesOn) {
      last.to = to;
      last.end = at + 1;
    } else {
      // Include the wrong indentation.
      chunks.push({ from: indent > 0 ? lineStart(text, from) : from, to, first: at, end: at + 1 });
    }
    // What is indented below a decorator is nothing that it could stand above, nor is what comes after that.
    isDecorated = indent === 0 && text[from] === '@';
  }
  return chunks;
}

function lineStart(text: string, at: number): number {
  const start = lineStartAt(text, at);
  return start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start;
}

const clause = /^(?:elif|else|except|finally)(?!\w)/;

function moved(problem: Problem, by: number): Problem {
  return { ...problem, range: { from: problem.range.from + by, to: problem.range.to + by } };
}

// A chunk as a whole; where that cannot be read, piece by piece: a broken statement is one broken statement.
import * as l10n from '@vscode/l10n';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Expression, PythonBlock, Statement } from './ast.ts';
import { withTree } from './grammar.ts';
import { logicalLines } from './lines.ts';
import { lowered, Unreadable } from './lower.ts';

export function readBlock(text: string): PythonBlock {
  const lines = logicalLines(text);
  const whole = lines.some(({ damage }) => damage !== undefined)
    ? new Unreadable(lines.find(({ damage }) => damage !== undefined)!.damage!, { from: 0, to: text.length })
    : read(text, 0);
  if (!(whole instanceof Unreadable)) return { text, statements: whole, problems: [] };
  const { message, range } = whole;
  const broken: Statement = { kind: 'Broken', range: { from: 0, to: text.length }, message, targets: [], leaves: true };
  return { text, statements: [broken], problems: [problemAt(range, message)] };
}

export function readExpression(text: string): Expression | undefined {
  const statements = logicalLines(text).length === 1 ? read(text, 0) : undefined;
  if (!statements || statements instanceof Unreadable || statements.length !== 1) return undefined;
  const [statement] = statements;
  return statement!.kind === 'ExpressionStatement' ? statement!.value : undefined;
}

function read(text: string, shift: number): readonly Statement[] | Unreadable {
  return withTree(text, root => {
    if (root.hasError) {
      return new Unreadable(l10n.t('This is not Python.'), { from: shift, to: shift + text.length });
    }
    try {
      const { statements, starts } = lowered(root, text, shift);
      for (const { from } of logicalLines(text)) {
        if (!starts.has(from + shift)) {
          return new Unreadable(l10n.t('The line ends too early.'), { from: from + shift, to: from + shift });
        }
      }
      return statements;
    } catch (error) {
      if (error instanceof Unreadable) return error;
      throw error;
    }
  });
}

function problemAt(range: Range, message: string): Problem {
  return { range, severity: 'error', code: 'python-syntax', message };
}

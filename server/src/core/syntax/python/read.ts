// Parses statements in a part of a text, if Python accepts all of it.
import * as l10n from '@vscode/l10n';
import type { Statement } from './ast.ts';
import { type Misfit, withTree } from './grammar.ts';
import { type LogicalLine, lineStartAt, logicalLines, withoutGaps } from './lines.ts';
import { type Lowered, lowered, Unreadable } from './lower.ts';

export { Unreadable } from './lower.ts';

/** Wraps indented lines in a block. */
const wrapping = 'if 1:\n';

/**
 * Parses the statements from `from` to `to`, which are whole lines except for the indentation of the first; `lines` are
 * the logical lines, if known. Ranges are relative to `text`, shifted by `shift`.
 */
export function read(
  text: string,
  lines: readonly LogicalLine[] | undefined,
  from: number,
  to: number,
  shift = 0,
): readonly Statement[] | Unreadable {
  const own = lines ?? logicalLines(text, from, to);
  const indent = lines?.[0]?.indent ?? 0;
  // The indentation is known to be consistent.
  const lineStart = indent > 0 ? lineStartAt(text, from) : from;
  const before =
    indent > 0 && /^[ \t\f]*$/.test(text.slice(lineStart, from)) ? wrapping + text.slice(lineStart, from) : '';
  const by = from + shift - before.length;
  // Indentation inside brackets can confuse tree-sitter, so blank it.
  const plain = before + withoutGaps(text, own, from, to);
  const statements = parsed(plain, before + text.slice(from, to), by, [from + shift, to + shift]);
  if (statements instanceof Unreadable) return statements;
  for (const line of own) {
    const at = line.from + shift;
    if (!statements.starts.has(at)) {
      return new Unreadable(l10n.t('This line and the one above cannot be read as one.'), { from: at, to: at });
    }
  }
  if (before === '') return statements.statements;
  const [block] = statements.statements;
  return block?.kind === 'If' && statements.statements.length === 1
    ? block.body
    : new Unreadable('', { from: from + shift, to: to + shift });
}

/** Parses a text; tree-sitter gets `plain` instead. */
function parsed(
  plain: string,
  text: string,
  shift: number,
  [from, to]: readonly [number, number],
): Lowered | Unreadable {
  return withTree<Lowered | Unreadable>(
    plain,
    root => {
      try {
        return lowered(root, text, shift);
      } catch (error) {
        if (error instanceof Unreadable) return error;
        throw error;
      }
    },
    misfit => {
      const start = Math.min(Math.max(misfit.from + shift, from), to);
      const end = Math.min(Math.max(misfit.to + shift, start), to);
      return new Unreadable(misfitMessage(misfit, text), { from: start, to: end });
    },
  );
}

function misfitMessage({ from, to, missing }: Misfit, text: string): string {
  if (missing !== undefined && !/^\w/.test(missing)) return l10n.t('“{0}” is missing here.', missing);
  const line = text.slice(0, to).trimEnd();
  const operator = /(?:[-+*/%@&|^~=<>,.:]|\b(?:and|or|not|in|is|if|else|return|import|from|as|lambda))$/.exec(
    line,
  )?.[0];
  const isAtEnd = text.slice(to).trim() === '' || /^[^\S\n]*(?:\r?\n|#)/.test(text.slice(to));
  if (operator && isAtEnd) return l10n.t('Something is missing after “{0}”.', operator);
  const [own = ''] = text
    .slice(from, to)
    .trim()
    .split(/\r\n?|\n/, 1);
  if (own === '' || missing !== undefined) return l10n.t('This is not valid Python.');
  return l10n.t('“{0}” is not valid Python here.', own.length > 40 ? `${own.slice(0, 39)}…` : own);
}

// Parses a chunk as a whole, or else piece by piece by indentation and lines: a broken statement affects only itself,
// and what is around it keeps its meaning.
import * as l10n from '@vscode/l10n';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Broken, ExceptHandler, Expression, MatchCase, PythonBlock, Statement } from './ast.ts';
import { mayLeave, targetsIn } from './guess.ts';
import { importOf } from './importing.ts';
import { type LogicalLine, logicalLines } from './lines.ts';
import { maxDepth } from './lower.ts';
import { placed } from './placement.ts';
import { read, Unreadable } from './read.ts';

/** Statements nested deeper are not tried as a whole, because each would be parsed again as part of the outer one. */
const maxWhole = 8;
/** CPython's limit on nested blocks (MAXINDENT in tokenizer.h). */
const maxBlocks = 100;

export function readBlock(text: string, lines = logicalLines(text)): PythonBlock {
  const canBeWhole = isRegularBlock(lines);
  const imported = canBeWhole && lines.length === 1 ? importOf(text) : undefined;
  if (imported) return { text, statements: [imported], problems: [] };
  const statements = canBeWhole ? read(text, lines, 0, text.length) : undefined;
  if (statements && !(statements instanceof Unreadable)) return { text, ...placed(statements, text) };
  const recovery = new Recovery(text);
  const found = placed(recovery.block(lines, 0, top), text);
  return { text, statements: found.statements, problems: [...recovery.problems, ...found.problems] };
}

/** The statements of a block's lines, even if some are broken. */
export function blockOfLines(text: string, lines: readonly LogicalLine[]): readonly Statement[] {
  return new Recovery(text).block(lines, 1);
}

/** Whether the lines of a chunk are consistently indented. */
export function isRegularBlock(lines: readonly LogicalLine[]): boolean {
  return isRegular(lines) && (!lines[0] || isBeside(lines[0], top));
}

/** The indentation of a line. */
type Level = Pick<LogicalLine, 'indent' | 'tabIndent'>;
const top: Level = { indent: 0, tabIndent: 0 };

/** Whether no line is damaged, each colon is followed by a block, and each block preceded by a colon. */
function isRegular(lines: readonly LogicalLine[]): boolean {
  const blocks: LogicalLine[] = [];
  let before: LogicalLine | undefined;
  for (const line of lines) {
    if (line.damage !== undefined) return false;
    if (before?.opensBlock) {
      if (!isDeeper(line, before)) return false;
      blocks.push(before);
    } else if (before) {
      // Find the enclosing line with the same indentation.
      let level = before;
      while (!isBeside(line, level)) {
        const outer = blocks.pop();
        if (!outer || isDeeper(line, level)) return false;
        level = outer;
      }
    }
    before = line;
  }
  return !before?.opensBlock;
}

function isBeside(a: Level, b: Level): boolean {
  return a.indent === b.indent && a.tabIndent === b.tabIndent;
}

function isDeeper(a: Level, b: Level): boolean {
  return a.indent > b.indent && a.tabIndent > b.tabIndent;
}

type HeadWord = 'def' | 'class' | 'if' | 'for' | 'while' | 'with' | 'try' | 'match' | 'decorator';
type ClauseWord = 'elif' | 'else' | 'except' | 'finally' | 'case';

const headWord = /^(?:(?:async\s+)?(def|for|with)|class|if|while|try)(?!\w)|^@/;
const clauseWord = /^(?:elif|else|except|finally)(?!\w)/;
const softWord = /^(match|case)\s*[^\s=.,)\]:]/;

/** A line with the lines that are indented below it. */
interface Piece {
  readonly line: LogicalLine;
  readonly body: readonly LogicalLine[];
}

/** The statement that results from a head: with its block on the same line, or with `pass` as its block. */
type Head = Statement & { readonly isInline: boolean };

class Recovery {
  readonly problems: Problem[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The statements of lines in one block. */
  block(lines: readonly LogicalLine[], depth: number, level: Level = levelOf(lines)): readonly Statement[] {
    if (lines.length === 0) return [];
    if (depth > maxBlocks) return [this.#broken(rangeOf(lines), l10n.t('This is nested too deeply.'))];
    const statements: Statement[] = [];
    const rest = [...lines];
    for (let at = 0; at < rest.length; ) {
      const line = rest[at]!;
      if (!isBeside(line, level)) {
        // It is unclear which block they belong to.
        let end = at + 1;
        while (end < rest.length && !isBeside(rest[end]!, level)) end++;
        const range = { from: line.from, to: rest[end - 1]!.to };
        statements.push(
          this.#broken(
            range,
            line.indent === level.indent || isDeeper(line, level) === isDeeper(level, line)
              ? l10n.t('Tabs and spaces are mixed in the indentation of this line.')
              : isDeeper(line, level)
                ? l10n.t('This line is indented more than the one above, which opens no block.')
                : l10n.t('The indentation of this line fits no line above it.'),
            l10n.t('Indent it like the other lines of its block.'),
            { from: line.from, to: line.to },
          ),
        );
        at = end;
        continue;
      }
      const end = this.#endOf(rest, at);
      const own = rest.slice(at, end);
      const whole = this.#whole(own, depth);
      if (!(whole instanceof Unreadable)) {
        statements.push(...whole);
        at = end;
        continue;
      }
      // After an unclosed bracket, following statements may have been taken for its content.
      const split = this.#split(line);
      if (split.length > 1) {
        rest.splice(at, 1, ...split);
        continue;
      }
      statements.push(...this.#pieces(own, depth, whole));
      at = end;
    }
    return statements;
  }

  /** The end of the statement at a line: after its decorators, block and clauses. */
  #endOf(lines: readonly LogicalLine[], at: number): number {
    const first = lines[at]!;
    const word = this.#wordOf(first);
    let end = at + 1;
    for (; end < lines.length; end++) {
      const line = lines[end]!;
      if (isBelow(line, first)) continue;
      if (!isBeside(line, first)) break;
      if (word === 'decorator') {
        const before = this.#wordOf(lines[end - 1]!);
        if (isBeside(lines[end - 1]!, first) && before === 'decorator') continue;
        break;
      }
      const clause = this.#clauseOf(line);
      if (!clause || !isClauseOf(clause, word)) break;
    }
    return end;
  }

  #wordOf(line: LogicalLine): HeadWord | undefined {
    const text = this.#text.slice(line.from, Math.min(line.to, line.from + 200));
    const found = headWord.exec(text);
    if (found) return found[0] === '@' ? 'decorator' : ((found[1] ?? found[0]) as HeadWord);
    return line.opensBlock && softWord.exec(text)?.[1] === 'match' ? 'match' : undefined;
  }

  #clauseOf(line: LogicalLine): ClauseWord | undefined {
    const text = this.#text.slice(line.from, Math.min(line.to, line.from + 200));
    const found = clauseWord.exec(text);
    if (found) return found[0] as ClauseWord;
    return line.opensBlock && softWord.exec(text)?.[1] === 'case' ? 'case' : undefined;
  }

  #whole(lines: readonly LogicalLine[], depth: number): readonly Statement[] | Unreadable {
    const { from, to } = rangeOf(lines);
    const damaged = lines.find(({ damage }) => damage !== undefined);
    if (damaged) return new Unreadable(damaged.damage!, { from: damaged.from, to: damaged.to });
    if ((lines.length > 1 && depth > maxWhole) || !isRegular(lines)) return new Unreadable('', { from, to });
    const [first] = lines;
    if (this.#clauseOf(first!)) {
      return new Unreadable(
        l10n.t(
          '“{0}” has no statement that it could belong to.',
          this.#text.slice(first!.from, first!.to).split(/\W/)[0]!,
        ),
        { from: first!.from, to: first!.to },
      );
    }
    const found = read(this.#text, lines, from, to);
    return found instanceof Unreadable && lines.length === 1 ? (this.#inParentheses(first!) ?? found) : found;
  }

  /** `a = b, *[c]` and `return b, *[c]`: tree-sitter requires parentheses around such stars, Python does not. */
  #inParentheses({ from, to }: LogicalLine): readonly Statement[] | undefined {
    const text = this.#text.slice(from, to);
    const start = /^(?:return|[^=;#'"]*[^=;#'"!<>:]=)\s*(?=\s[^=])/.exec(text)?.[0].length;
    if (start === undefined || !/,\s*\*|^\s*\*[^,]*,/.test(text.slice(start)) || /[#;]/.test(text)) return undefined;
    const found = read(`${text.slice(0, start)}(${text.slice(start + 1)})`, undefined, 0, text.length + 1, from);
    return found instanceof Unreadable || found.length !== 1 ? undefined : [{ ...found[0]!, range: { from, to } }];
  }

  #split(line: LogicalLine): readonly LogicalLine[] {
    if (!/[\r\n]/.test(this.#text.slice(line.from, line.to))) return [line];
    const lines = logicalLines(this.#text, line.from, line.to, true);
    if (lines.length < 2) return [line];
    // The first line starts in the middle of a physical line, so set its indentation.
    return [{ ...lines[0]!, indent: line.indent, tabIndent: line.tabIndent }, ...lines.slice(1)];
  }

  /** A statement that cannot be parsed as a whole. */
  #pieces(lines: readonly LogicalLine[], depth: number, why: Unreadable): readonly Statement[] {
    const [first] = lines;
    const word = this.#wordOf(first!);
    if (!word) {
      if (this.#clauseOf(first!)) return [this.#strayClause({ line: first!, body: lines.slice(1) })];
      if (lines.length > 1) {
        // Nothing opens the block below it.
        const head = this.#simple(first!, undefined);
        return [head, ...this.#stray(lines.slice(1))];
      }
      return [this.#simple(first!, why)];
    }
    const pieces = piecesOf(lines);
    switch (word) {
      case 'decorator':
        return this.#decorated(pieces, depth);
      case 'def':
      case 'class':
        return [this.#definition(pieces[0]!, depth, [], pieces[0]!.line.from)];
      case 'if':
        return this.#if(pieces, depth);
      case 'for':
      case 'while':
        return this.#loop(pieces, depth);
      case 'with':
        return this.#with(pieces[0]!, depth);
      case 'try':
        return this.#try(pieces, depth);
      case 'match':
        return this.#match(pieces[0]!, depth);
    }
  }

  #stray(lines: readonly LogicalLine[]): readonly Statement[] {
    return [
      this.#broken(
        rangeOf(lines),
        l10n.t('This line is indented more than the one above, which opens no block.'),
        l10n.t('Indent it like the other lines of its block.'),
        { from: lines[0]!.from, to: lines[0]!.to },
      ),
    ];
  }

  /** A line that is a statement by itself. */
  #simple(line: LogicalLine, why: Unreadable | undefined): Statement {
    const range = { from: line.from, to: line.to };
    const found = why ?? this.#whole([line], 0);
    if (!(found instanceof Unreadable)) return found.length === 1 ? found[0]! : this.#broken(range, '');
    const inside = found.message !== '' && found.range.from >= line.from && found.range.to <= line.to;
    return this.#broken(range, found.message, undefined, inside ? found.range : range);
  }

  /** Lines whose indentation is deeper only by the number of tabs or only by their width. */
  #mixed(range: Range, { from, to }: LogicalLine): Broken {
    return this.#broken(
      range,
      l10n.t('Tabs and spaces are mixed in the indentation of this line.'),
      l10n.t('Indent it like the other lines of its block.'),
      { from, to },
    );
  }

  #broken(range: Range, why: string, help?: string, at: Range = range): Broken {
    const message = why === '' ? l10n.t('This is not valid Python.') : why;
    this.#report(at, message, help ?? l10n.t('Correct it: until then, what this statement sets is unknown.'));
    const text = this.#text.slice(range.from, range.to);
    return {
      kind: 'Broken',
      range,
      message,
      targets: targetsIn(text, range.from),
      leaves: mayLeave(text),
    };
  }

  #report(range: Range, message: string, help: string): void {
    // Mark only one line.
    const [line = ''] = this.#text.slice(range.from, range.to).split(/\r\n?|\n/, 1);
    const to = range.from + line.length;
    this.problems.push({ range: { from: range.from, to }, severity: 'error', code: 'python-syntax', message, help });
  }

  #unknown(range: Range, message: string): Expression {
    return { kind: 'BrokenExpression', range, message };
  }

  /** Parses the head of a block with `pass` as its block; reports the problem if that fails. */
  #head(line: LogicalLine, hasBody: boolean, before = '', skip = 0, after = ' pass'): Head | undefined {
    const range = { from: line.from + skip, to: line.to };
    const text = this.#text.slice(range.from, range.to);
    const shift = range.from - before.length;
    const attempt = (head: string): Statement | Unreadable => {
      const found = read(before + head, undefined, 0, before.length + head.length, shift);
      return found instanceof Unreadable ? found : found.length === 1 ? found[0]! : new Unreadable('', range);
    };
    if (line.damage === undefined) {
      if (!line.opensBlock) {
        // The block is on the same line, or the colon is missing.
        const inline = attempt(text);
        if (!(inline instanceof Unreadable)) return { ...inline, isInline: true };
        const found = attempt(`${text}:${after}`);
        if (!(found instanceof Unreadable) && (hasBody || 'body' in found)) {
          this.#missingColon(line);
          if (hasBody || !('body' in found)) return { ...found, isInline: false };
          return { ...found, body: [this.#quiet({ from: line.to, to: line.to })], isInline: true };
        }
        this.#reportHead(line, inline);
        return undefined;
      }
      const found = attempt(text + after);
      if (!(found instanceof Unreadable)) return { ...found, isInline: false };
      this.#reportHead(line, found);
      return undefined;
    }
    this.#reportHead(line, new Unreadable(line.damage, range));
    return undefined;
  }

  #missingColon({ to }: LogicalLine): void {
    this.#report({ from: to - 1, to }, l10n.t('The colon is missing after this.'), l10n.t('Add “:”.'));
  }

  #reportHead(line: LogicalLine, { message, range }: Unreadable): void {
    const isInside = message !== '' && range.from >= line.from && range.to <= line.to;
    this.#report(
      isInside ? range : { from: line.from, to: line.to },
      message === '' ? l10n.t('This is not valid Python.') : message,
      l10n.t('Correct it: until then, what this statement does is unknown.'),
    );
  }

  /** The block of a piece whose head was parsed. */
  #blockOf(
    piece: Piece,
    isInline: boolean,
    inline: readonly Statement[],
    depth: number,
    isFunction = false,
  ): readonly Statement[] {
    if (!isInline) return this.#bodyOf(piece, depth, isFunction);
    return piece.body.length > 0 ? [...inline, ...this.#stray(piece.body)] : inline;
  }

  /** The block of a piece; reports a missing one. */
  #bodyOf({ line, body }: Piece, depth: number, isFunction = false): readonly Statement[] {
    if (body.length > 0) {
      const level = levelOf(body);
      return isDeeper(level, line) ? this.block(body, depth + 1, level) : [this.#mixed(rangeOf(body), level)];
    }
    const range = { from: Math.max(line.from, line.to - 1), to: line.to };
    const message = l10n.t('The block of this line is missing.');
    this.#report(range, message, l10n.t('Write it on the next line, indented more. “pass” does nothing.'));
    return [{ kind: 'Broken', range: { from: line.to, to: line.to }, message, targets: [], leaves: isFunction }];
  }

  #decorated(pieces: readonly Piece[], depth: number): readonly Statement[] {
    const from = pieces[0]!.line.from;
    const decorators: Expression[] = [];
    for (const [at, piece] of pieces.entries()) {
      const { line } = piece;
      const word = this.#wordOf(line);
      if (word === 'def' || word === 'class') {
        return [this.#definition(piece, depth, decorators, from)];
      }
      const range = { from: line.from + 1, to: line.to };
      decorators.push(this.#decorator(line, range));
      if (piece.body.length > 0 || at === pieces.length - 1) break;
    }
    return [
      this.#broken(
        { from, to: pieces.at(-1)!.body.at(-1)?.to ?? pieces.at(-1)!.line.to },
        l10n.t('A function or a class must follow this decorator.'),
        l10n.t('Write it below, or remove the decorator.'),
        { from, to: pieces[0]!.line.to },
      ),
    ];
  }

  #decorator(line: LogicalLine, range: Range): Expression {
    // A decorator has the syntax of a single argument: one expression.
    const text = `_(${this.#text.slice(range.from, range.to)})`;
    const found =
      line.damage === undefined
        ? read(text, undefined, 0, text.length, range.from - 2)
        : new Unreadable(line.damage, range);
    if (!(found instanceof Unreadable)) {
      const [only] = found;
      const call = only?.kind === 'ExpressionStatement' && only.value.kind === 'Call' ? only.value : undefined;
      const [value] = call?.args ?? [];
      if (found.length === 1 && call?.args.length === 1 && call.keywords.length === 0 && value!.kind !== 'Starred') {
        return value!;
      }
    }
    const why =
      found instanceof Unreadable ? found : new Unreadable(l10n.t('A decorator must be a single expression.'), range);
    this.#reportHead(line, why);
    return this.#unknown(range, why.message);
  }

  #definition(piece: Piece, depth: number, decorators: readonly Expression[], from: number): Statement {
    const { line, body } = piece;
    const to = body.at(-1)?.to ?? line.to;
    const head = this.#head(line, body.length > 0);
    if (head?.kind === 'FunctionDef' || head?.kind === 'ClassDef') {
      const { isInline, ...definition } = head;
      const statements = this.#blockOf(piece, isInline, head.body, depth, head.kind === 'FunctionDef');
      const end = line.opensBlock || isInline ? head.head.to : line.to;
      return {
        ...definition,
        range: { from, to },
        head: { from: head.head.from, to: Math.min(end, line.to) },
        decorators,
        body: statements,
      };
    }
    const text = this.#text.slice(line.from, line.to);
    const found = /^((?:async\s+)?def|class)(\s+)([\p{L}_][\p{L}\p{N}_]*)/u.exec(text);
    const message = line.damage ?? l10n.t('This is not valid Python.');
    if (!found) {
      return { kind: 'Broken', range: { from, to }, message, targets: [], leaves: false };
    }
    const nameFrom = line.from + found[1]!.length + found[2]!.length;
    const nameRange = { from: nameFrom, to: nameFrom + found[3]!.length };
    const name = found[3]!.normalize('NFKC');
    if (found[1] !== 'class') {
      // Callers would pass arguments to unknown parameters, so define only the name.
      const target: Expression = { kind: 'Name', range: nameRange, name };
      return { kind: 'Broken', range: { from, to }, message, targets: [target], leaves: false };
    }
    return {
      kind: 'ClassDef',
      range: { from, to },
      name,
      nameRange,
      typeParameters: [],
      bases: [this.#unknown({ from: nameRange.to, to: line.to }, message)],
      keywords: [],
      decorators,
      body: this.#bodyOf(piece, depth),
      head: { from: line.from, to: line.to },
    };
  }

  /** The block of `else:`, `finally:` or `try:`. */
  #plainBody(piece: Piece, word: string, depth: number): readonly Statement[] {
    const { line, body } = piece;
    const text = this.#text.slice(line.from, line.to);
    const colon = /^\s*:/.exec(text.slice(word.length));
    if (!colon) {
      if (line.damage === undefined && text.length === word.length) this.#missingColon(line);
      else this.#reportHead(line, new Unreadable(line.damage ?? '', { from: line.from, to: line.to }));
      return this.#bodyOf(piece, depth);
    }
    const from = line.from + word.length + colon[0].length;
    if (from >= line.to) return this.#bodyOf(piece, depth);
    const rest = /^\s*/.exec(this.#text.slice(from, line.to))![0].length;
    const inline = { ...line, from: from + rest };
    const found = this.#whole([inline], depth);
    const statements = found instanceof Unreadable ? [this.#simple(inline, found)] : found;
    return body.length > 0 ? [...statements, ...this.#stray(body)] : statements;
  }

  /** Whether the block of a head is on the same line. */
  #isInline({ line, body }: Piece): boolean {
    return !line.opensBlock && body.length === 0;
  }

  #if(pieces: readonly Piece[], depth: number): readonly Statement[] {
    const arms: { readonly from: number; readonly test: Expression; readonly body: readonly Statement[] }[] = [];
    let orElse: readonly Statement[] = [];
    const stray: Statement[] = [];
    for (const piece of pieces) {
      const { line, body } = piece;
      const clause = this.#clauseOf(line);
      if (clause === 'else') {
        if (orElse.length > 0) stray.push(this.#strayClause(piece));
        else orElse = this.#plainBody(piece, 'else', depth);
        continue;
      }
      const head = this.#head(line, body.length > 0, '', clause === 'elif' ? 2 : 0);
      if (orElse.length > 0) {
        stray.push(this.#strayClause(piece));
      } else if (head?.kind === 'If') {
        arms.push({
          from: line.from,
          test: head.test,
          body: this.#blockOf(piece, head.isInline, head.body, depth),
        });
      } else {
        const range = { from: line.from, to: line.to };
        const test = this.#unknown(range, line.damage ?? l10n.t('This is not valid Python.'));
        arms.push({
          from: line.from,
          test,
          body: this.#isInline(piece) ? [this.#quiet(range)] : this.#bodyOf(piece, depth),
        });
      }
    }
    const to = endOf(pieces);
    if (arms.length > maxDepth)
      return [this.#broken({ from: arms[0]!.from, to }, l10n.t('This is nested too deeply.'))];
    for (const { from, test, body } of arms.toReversed()) {
      orElse = [
        {
          kind: 'If',
          range: { from, to: Math.max(from, orElse.at(-1)?.range.to ?? body.at(-1)!.range.to) },
          test,
          body,
          orElse,
        },
      ];
    }
    return [...orElse, ...stray];
  }

  /** A broken statement whose problem is reported elsewhere. */
  #quiet(range: Range): Broken {
    const text = this.#text.slice(range.from, range.to);
    const message = l10n.t('This is not valid Python.');
    return { kind: 'Broken', range, message, targets: targetsIn(text, range.from), leaves: mayLeave(text) };
  }

  #strayClause({ line, body }: Piece): Statement {
    const text = this.#text.slice(line.from, line.to);
    return this.#broken(
      { from: line.from, to: body.at(-1)?.to ?? line.to },
      l10n.t('“{0}” has no statement that it could belong to.', text.split(/\W/)[0]!),
      l10n.t('Indent it like that statement, or remove it.'),
      { from: line.from, to: line.to },
    );
  }

  #loop(pieces: readonly Piece[], depth: number): readonly Statement[] {
    const [piece, ...clauses] = pieces;
    const { line, body } = piece!;
    const head = this.#head(line, body.length > 0);
    const range = { from: line.from, to: endOf(pieces) };
    const inline = this.#isInline(piece!);
    const unknown = this.#unknown({ from: line.from, to: line.to }, line.damage ?? l10n.t('This is not valid Python.'));
    if (head?.kind !== 'For' && head?.kind !== 'While') {
      if (inline) return [this.#quiet(range), ...clauses.map(clause => this.#strayClause(clause))];
      const text = this.#text.slice(line.from, line.to);
      const statements = this.#bodyOf(piece!, depth);
      const orElse = this.#loopElse(clauses, depth);
      if (text.startsWith('while')) return [{ kind: 'While', range, test: unknown, body: statements, orElse }];
      const targets = targetsIn(text, line.from);
      const target: Expression =
        targets.length === 1
          ? targets[0]!
          : { kind: 'Tuple', range: { from: line.from, to: line.to }, elements: targets };
      return [
        { kind: 'For', range, isAsync: text.startsWith('async'), target, iterable: unknown, body: statements, orElse },
      ];
    }
    const { isInline, ...loop } = head;
    const statements = this.#blockOf(piece!, isInline, head.body, depth);
    return [{ ...loop, range, body: statements, orElse: this.#loopElse(clauses, depth) }];
  }

  #loopElse(clauses: readonly Piece[], depth: number): readonly Statement[] {
    const [first, ...more] = clauses;
    if (!first) return [];
    return [...this.#plainBody(first, 'else', depth), ...more.map(clause => this.#strayClause(clause))];
  }

  #with(piece: Piece, depth: number): readonly Statement[] {
    const { line, body } = piece;
    const head = this.#head(line, body.length > 0);
    const range = { from: line.from, to: body.at(-1)?.to ?? line.to };
    if (head?.kind === 'With') {
      const { isInline, ...statement } = head;
      return [{ ...statement, range, body: this.#blockOf(piece, isInline, head.body, depth) }];
    }
    if (this.#isInline(piece)) return [this.#quiet(range)];
    const text = this.#text.slice(line.from, line.to);
    const context = this.#unknown({ from: line.from, to: line.to }, line.damage ?? l10n.t('This is not valid Python.'));
    const targets = targetsIn(text, line.from);
    const items = targets.length > 0 ? targets.map(target => ({ context, target })) : [{ context, target: undefined }];
    return [{ kind: 'With', range, isAsync: text.startsWith('async'), items, body: this.#bodyOf(piece, depth) }];
  }

  #try(pieces: readonly Piece[], depth: number): readonly Statement[] {
    const [piece, ...clauses] = pieces;
    const body = this.#plainBody(piece!, 'try', depth);
    const handlers: ExceptHandler[] = [];
    let orElse: readonly Statement[] = [];
    let finalBody: readonly Statement[] = [];
    const stray: Statement[] = [];
    for (const clause of clauses) {
      const word = this.#clauseOf(clause.line)!;
      if (finalBody.length > 0 || (orElse.length > 0 && word !== 'finally')) {
        stray.push(this.#strayClause(clause));
      } else if (word === 'except') {
        if (handlers.length > 0 && !handlers.at(-1)!.type) {
          this.#reportHead(
            clause.line,
            new Unreadable(l10n.t('An except without a type must be the last.'), clause.line),
          );
        }
        handlers.push(this.#handler(clause, depth));
      } else if (word === 'else') {
        orElse = this.#plainBody(clause, 'else', depth);
      } else {
        finalBody = this.#plainBody(clause, 'finally', depth);
      }
    }
    const { line } = piece!;
    if (handlers.length === 0 && finalBody.length === 0) {
      this.#report(
        { from: line.from, to: line.to },
        l10n.t('This try has no except and no finally.'),
        l10n.t('Add one of them below its block.'),
      );
    }
    const range = { from: line.from, to: Math.max(line.to, body.at(-1)?.range.to ?? 0, endOf(pieces)) };
    return [{ kind: 'Try', range, body, handlers, orElse, finalBody }, ...stray];
  }

  #handler(piece: Piece, depth: number): ExceptHandler {
    const { line, body } = piece;
    const head = this.#head(line, body.length > 0, 'try: pass\n');
    const range = { from: line.from, to: body.at(-1)?.to ?? line.to };
    const handler = head?.kind === 'Try' ? head.handlers[0] : undefined;
    if (handler) {
      return { ...handler, range, body: this.#blockOf(piece, head!.isInline, handler.body, depth) };
    }
    const own = { from: line.from, to: line.to };
    const type = this.#unknown(own, line.damage ?? l10n.t('This is not valid Python.'));
    const name = /\sas\s+([\p{L}_][\p{L}\p{N}_]*)\s*:?$/u.exec(this.#text.slice(line.from, line.to))?.[1];
    const statements = this.#isInline(piece) ? [this.#quiet(own)] : this.#bodyOf(piece, depth);
    return { range, type, name, body: statements };
  }

  #match(piece: Piece, depth: number): readonly Statement[] {
    const { line, body } = piece;
    const head = this.#head(line, true, '', 0, '\n case _: pass');
    const range = { from: line.from, to: body.at(-1)?.to ?? line.to };
    if (head?.kind !== 'Match' && !body.some(inner => this.#isCase(inner))) {
      return [this.#quiet(range)];
    }
    const subject =
      head?.kind === 'Match'
        ? head.subject
        : this.#unknown({ from: line.from, to: line.to }, l10n.t('This is not valid Python.'));
    const cases: MatchCase[] = [];
    const stray: Statement[] = [];
    if (body.length === 0) stray.push(...this.#bodyOf(piece, depth));
    const level = body.length > 0 ? levelOf(body) : line;
    for (const clause of piecesOf(body, level)) {
      if (!isBeside(clause.line, level) || !this.#isCase(clause.line)) {
        stray.push(
          this.#broken(
            { from: clause.line.from, to: clause.body.at(-1)?.to ?? clause.line.to },
            l10n.t('A match can contain only cases.'),
            l10n.t('Write “case” with a pattern in front of it.'),
            { from: clause.line.from, to: clause.line.to },
          ),
        );
        continue;
      }
      cases.push(this.#case(clause, depth + 1));
    }
    return [{ kind: 'Match', range, subject, cases }, ...stray];
  }

  /** Whether a line in a match is a case, which may have its block on the same line. */
  #isCase({ from, to }: LogicalLine): boolean {
    return softWord.exec(this.#text.slice(from, Math.min(to, from + 200)))?.[1] === 'case';
  }

  #case(piece: Piece, depth: number): MatchCase {
    const { line, body } = piece;
    const head = this.#head(line, body.length > 0, 'match x:\n ');
    const range = { from: line.from, to: body.at(-1)?.to ?? line.to };
    const found = head?.kind === 'Match' ? head.cases[0] : undefined;
    if (found) return { ...found, range, body: this.#blockOf(piece, head!.isInline, found.body, depth) };
    const own = { from: line.from, to: line.to };
    return {
      range,
      pattern: { kind: 'MatchValue', range: own, value: this.#unknown(own, l10n.t('This is not valid Python.')) },
      guard: undefined,
      body: this.#isInline(piece) ? [this.#quiet(own)] : this.#bodyOf(piece, depth),
    };
  }
}

/** The indentation of a block's lines: that of the first, unless several lines are indented less. */
function levelOf(lines: readonly LogicalLine[]): LogicalLine {
  const [first] = lines;
  let least = first!;
  for (const line of lines) if (line.indent < least.indent) least = line;
  if (least.indent === first!.indent) return first!;
  const outer = lines.filter(line => isBeside(line, least));
  return outer.length > 1 || outer[0]!.opensBlock ? least : first!;
}

/** Whether a line belongs to the block below another one. */
function isBelow(line: LogicalLine, head: LogicalLine): boolean {
  return line.indent > head.indent;
}

/** The lines with the same indentation as the first, each with what is below it. */
function piecesOf(lines: readonly LogicalLine[], level: LogicalLine | undefined = lines[0]): readonly Piece[] {
  const pieces: { line: LogicalLine; body: LogicalLine[] }[] = [];
  for (const line of lines) {
    const last = pieces.at(-1);
    if (last && isBelow(line, level!)) last.body.push(line);
    else pieces.push({ line, body: [] });
  }
  return pieces;
}

function isClauseOf(clause: ClauseWord, word: HeadWord | undefined): boolean {
  switch (word) {
    case 'if':
      return clause === 'elif' || clause === 'else';
    case 'for':
    case 'while':
      return clause === 'else';
    case 'try':
      return clause === 'except' || clause === 'else' || clause === 'finally';
    default:
      return false;
  }
}

function rangeOf(lines: readonly LogicalLine[]): Range {
  return { from: lines[0]!.from, to: lines.at(-1)!.to };
}

function endOf(pieces: readonly Piece[]): number {
  const last = pieces.at(-1)!;
  return last.body.at(-1)?.to ?? last.line.to;
}

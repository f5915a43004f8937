// Arithmetic on the parameters of a block: `$(c * 4 // 2)`. It has its own grammar, because nothing in a spec is ever
// executed, and every part needs its position.
import * as l10n from '@vscode/l10n';

/** The value of a parameter, argument or expression. NaN is an unknown number. */
export type Value = number | boolean | string | null | readonly Value[];

/** Offsets are relative to the expression's text. */
export interface Fault extends FaultWords {
  readonly from: number;
  readonly to: number;
}

interface FaultWords {
  readonly code: FaultCode;
  readonly message: string;
  readonly help?: string;
  /** The undefined name. */
  readonly unknown?: string;
}

type FaultCode =
  | 'expression-too-long'
  | 'expression-nested-too-deep'
  | 'expression-syntax'
  | 'unknown-function'
  | 'unknown-parameter'
  | 'wrong-operand'
  | 'division-by-zero';

interface At {
  readonly from: number;
  readonly to: number;
}

export type Expression =
  | (At & { readonly kind: 'literal'; readonly value: Value })
  | (At & { readonly kind: 'name'; readonly name: string })
  | (At & { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly of: Expression })
  | (At & {
      readonly kind: 'binary';
      readonly operator: Binary;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (At & { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] });

type Binary = '+' | '-' | '*' | '/' | '//' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

export type Parsed =
  | { readonly expression: Expression; readonly fault?: never }
  | { readonly fault: Fault; readonly expression?: never };

/** A limit far above hand-written expressions. */
export const maxExpression = 500;
const maxDepth = 40;

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  abs: Math.abs,
};

export const functionNames = Object.keys(functions);

const binding: Readonly<Record<string, number>> = {
  or: 1,
  '||': 1,
  and: 2,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
};

/** Parses the text after (or with) a `$`. */
export function parseExpression(text: string): Parsed {
  if (text.length > maxExpression) {
    const message = l10n.t('This expression has {0} characters; at most {1} are read.', text.length, maxExpression);
    return { fault: { from: 0, to: text.length, code: 'expression-too-long', message } };
  }
  const parser = new Parser(text);
  try {
    return { expression: parser.whole() };
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.fault };
    throw error;
  }
}

/** Evaluates with `look` to resolve names (undefined: not defined); a fault says what is wrong and where. */
export function evaluate(
  expression: Expression,
  look: (name: string) => Value | undefined,
): { readonly value: Value; readonly fault?: never } | { readonly fault: Fault; readonly value?: never } {
  try {
    return { value: evaluated(expression, look) };
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.fault };
    throw error;
  }
}

/** The names in an expression, with their positions. */
export function namesOf(expression: Expression): readonly Extract<Expression, { kind: 'name' }>[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'name':
      return [expression];
    case 'unary':
      return namesOf(expression.of);
    case 'binary':
      return [...namesOf(expression.left), ...namesOf(expression.right)];
    case 'call':
      return expression.args.flatMap(namesOf);
  }
}

/** Aborts parsing or evaluation; never leaves this file. */
class Unreadable extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

function fail({ from, to }: At, words: FaultWords): never {
  throw new Unreadable({ from, to, ...words });
}

function failSyntax(at: At, message: string): never {
  return fail(at, { code: 'expression-syntax', message });
}

const token =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(\$?[A-Za-z_]\w*|\$\d+)|('[^']*'|"[^"]*")|(\/\/|==|!=|<=|>=|&&|\|\||[-+*/%()<>!,$]))/y;

interface Token extends At {
  readonly kind: 'number' | 'name' | 'string' | 'sign' | 'end';
  readonly text: string;
}

class Parser {
  readonly #text: string;
  #token: Token;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#token = { kind: 'end', text: '', from: 0, to: 0 };
  }

  whole(): Expression {
    this.#next();
    const expression = this.#binary(1);
    if (this.#token.kind !== 'end') failSyntax(this.#token, l10n.t('“{0}” is not expected here.', this.#token.text));
    return expression;
  }

  #next(): Token {
    const before = this.#token;
    token.lastIndex = before.to;
    const match = token.exec(this.#text);
    if (!match) {
      const rest = /\S/.exec(this.#text.slice(before.to));
      const end = this.#text.length;
      if (rest) {
        const from = before.to + rest.index;
        failSyntax({ from, to: from + 1 }, l10n.t('“{0}” cannot be part of an expression.', rest[0]));
      }
      this.#token = { kind: 'end', text: '', from: end, to: end };
      return before;
    }
    const text = match[1] ?? match[2] ?? match[3] ?? match[4]!;
    const kind =
      match[1] !== undefined ? 'number' : match[2] !== undefined ? 'name' : match[3] !== undefined ? 'string' : 'sign';
    this.#token = { kind, text, from: token.lastIndex - text.length, to: token.lastIndex };
    return before;
  }

  #binary(least: number): Expression {
    let left = this.#unary();
    for (;;) {
      const { kind, text } = this.#token;
      const power = kind === 'sign' || kind === 'name' ? binding[text] : undefined;
      if (power === undefined || power < least) return left;
      this.#next();
      const right = this.#binary(power + 1);
      const operator = (text === '&&' ? 'and' : text === '||' ? 'or' : text) as Binary;
      left = { kind: 'binary', operator, left, right, from: left.from, to: right.to };
    }
  }

  #unary(): Expression {
    const { text, from, kind } = this.#token;
    if (++this.#depth > maxDepth) {
      const message = l10n.t('This expression is nested more than {0} deep.', maxDepth);
      fail(this.#token, { code: 'expression-nested-too-deep', message });
    }
    let result: Expression;
    if (kind !== 'string' && (text === '-' || text === '!' || text === 'not')) {
      this.#next();
      const of = this.#unary();
      result = { kind: 'unary', operator: text === '-' ? '-' : 'not', of, from, to: of.to };
    } else result = this.#primary();
    this.#depth--;
    return result;
  }

  #primary(): Expression {
    const at = this.#next();
    switch (at.kind) {
      case 'number':
        return { kind: 'literal', value: Number(at.text), from: at.from, to: at.to };
      case 'string':
        return { kind: 'literal', value: at.text.slice(1, -1), from: at.from, to: at.to };
      case 'name': {
        if (at.text === 'true' || at.text === 'false') {
          return { kind: 'literal', value: at.text === 'true', from: at.from, to: at.to };
        }
        const name = at.text.startsWith('$') ? at.text.slice(1) : at.text;
        if (this.#token.text === '(') return this.#call(at, name);
        return { kind: 'name', name, from: at.from, to: at.to };
      }
      default:
        // `$(…)`, as at the start of the scalar.
        if (at.text === '$') {
          if (this.#token.text !== '(') failSyntax(at, l10n.t('“$” must be followed by a name or a parenthesis.'));
          this.#next();
          return this.#parenthesis(at);
        }
        if (at.text === '(') return this.#parenthesis(at);
        return failSyntax(
          at,
          at.kind === 'end'
            ? l10n.t('This expression is incomplete.')
            : l10n.t('A value is missing before “{0}”.', at.text),
        );
    }
  }

  #parenthesis(open: At): Expression {
    const inside = this.#binary(1);
    if (this.#token.text !== ')') failSyntax(open, l10n.t('This parenthesis is never closed.'));
    const close = this.#next();
    return { ...inside, from: open.from, to: close.to };
  }

  #call(at: At, name: string): Expression {
    this.#next();
    const args: Expression[] = [];
    if (this.#token.text !== ')') {
      args.push(this.#binary(1));
      while (this.#token.text === ',') {
        this.#next();
        args.push(this.#binary(1));
      }
    }
    if (this.#token.text !== ')') failSyntax(at, l10n.t('The parenthesis after “{0}” is never closed.', name));
    const close = this.#next();
    if (!Object.hasOwn(functions, name)) {
      fail(at, {
        code: 'unknown-function',
        message: l10n.t('There is no function “{0}”.', name),
        help: l10n.t('Use one of {0}.', functionNames.join(', ')),
      });
    }
    if (args.length === 0)
      failSyntax({ from: at.from, to: close.to }, l10n.t('“{0}” needs a number in its parentheses.', name));
    return { kind: 'call', name, args, from: at.from, to: close.to };
  }
}

function evaluated(expression: Expression, look: (name: string) => Value | undefined): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name': {
      const value = look(expression.name);
      if (value !== undefined) return value;
      const { name } = expression;
      const message = l10n.t('There is no parameter “{0}” here.', name);
      return fail(expression, { code: 'unknown-parameter', message, unknown: name });
    }
    case 'unary': {
      const value = evaluated(expression.of, look);
      if (expression.operator === '-') return -number(value, expression.of);
      const truth = condition(value, expression.of);
      return truth === undefined ? Number.NaN : !truth;
    }
    case 'call':
      return functions[expression.name]!(...expression.args.map(arg => number(evaluated(arg, look), arg)));
    case 'binary':
      return calculated(expression, look);
  }
}

function calculated(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  look: (name: string) => Value | undefined,
): Value {
  const a = evaluated(left, look);
  if (operator === 'and' || operator === 'or') {
    const first = condition(a, left);
    const decided = operator === 'or';
    if (first === decided) return decided;
    const second = condition(evaluated(right, look), right);
    if (second === decided) return decided;
    // Undecided if one side is unknown.
    return first === undefined || second === undefined ? Number.NaN : !decided;
  }
  const b = evaluated(right, look);
  if (operator === '==' || operator === '!=') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
    return (a === b) === (operator === '==');
  }
  const x = number(a, left);
  const y = number(b, right);
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
    case '//':
    case '%':
      if (y === 0) fail(right, { code: 'division-by-zero', message: l10n.t('Division by zero.') });
      // `%` has the divisor's sign, as in Python, so that a == (a // b) * b + a % b.
      return operator === '/' ? x / y : operator === '//' ? Math.floor(x / y) : x - Math.floor(x / y) * y;
    default:
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
      return operator === '<' ? x < y : operator === '<=' ? x <= y : operator === '>' ? x > y : x >= y;
  }
}

function number(value: Value, at: At): number {
  if (typeof value === 'number') return value;
  return fail(at, { code: 'wrong-operand', message: l10n.t('A number is expected here, not {0}.', described(value)) });
}

/** Undefined if it depends on an unknown number. */
function condition(value: Value, at: At): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value !== 0;
  if (value === null) return false;
  const message = l10n.t('True or false is expected here, not {0}.', described(value));
  return fail(at, { code: 'wrong-operand', message });
}

/** A value as text for a message. */
export function described(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `“${value.length > 40 ? `${value.slice(0, 40)}…` : value}”`;
  if (typeof value === 'object') return l10n.t('a list');
  if (Number.isNaN(value)) return l10n.t('an unknown number');
  return Number.isFinite(value) ? String(value) : l10n.t('an infinite number');
}

// Converts tree-sitter's tree to ours. Its grammar accepts more than Python does (Python 2's `print x`, `f(a=1, b)`,
// `f() = 1`): what Python rejects is unreadable here as well, with the reason.
import * as l10n from '@vscode/l10n';
import type { Range } from '../../text/range.ts';
import type {
  Alias,
  BinaryOperator,
  ComparisonOperator,
  Comprehension,
  ExceptHandler,
  Expression,
  FormattedValue,
  Keyword,
  MatchCase,
  Parameter,
  Parameters,
  Pattern,
  Statement,
  UnaryOperator,
} from './ast.ts';
import { type SyntaxNode, withTree } from './grammar.ts';
import { numberOf, type StringKind, textOf } from './literals.ts';

/** Thrown for unreadable code; caught where a statement is parsed. */
export class Unreadable {
  readonly message: string;
  readonly range: Range;
  constructor(message: string, range: Range) {
    this.message = message;
    this.range = range;
  }
}

/** Deeper trees are unreadable, so that code that walks the tree can recurse. CPython allows 200 brackets. */
export const maxDepth = 200;

const asterisk = 0x2a;
const loose: ReadonlySet<string> = new Set([
  'comparison_operator',
  'not_operator',
  'boolean_operator',
  'conditional_expression',
  'lambda',
  'named_expression',
]);

/** Maximum number of operators in a chain, which makes the tree as deep. */
const maxChain = 1000;
/** Maximum number of comparisons in one chain. */
const maxComparisons = 500;

const precedence: Readonly<Record<BinaryOperator, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '@': 6,
  '/': 6,
  '//': 6,
  '%': 6,
  '**': 7,
};

/** The statements, and where statements and clauses begin. */
export interface Lowered {
  readonly statements: readonly Statement[];
  /** Starts of statements, clauses (`else:`), decorators and cases. */
  readonly starts: ReadonlySet<number>;
}

/** Lowers the tree of `text`, shifting all offsets by `shift`. Throws Unreadable. */
export function lowered(root: SyntaxNode, text: string, shift: number): Lowered {
  const lowering = new Lowering(text, shift);
  const statements = lowering.block(root);
  return { statements, starts: lowering.starts };
}

class Lowering {
  readonly starts = new Set<number>();
  readonly #text: string;
  readonly #shift: number;
  #depth = 0;
  /** The offset of a star that belongs to the whole expression: tree-sitter parses `*a.b` as `(*a).b`. */
  #star = -1;

  /** The offset of a name `type` that was hidden from tree-sitter. */
  readonly #typeAt: number;

  constructor(text: string, shift: number, typeAt = -1) {
    this.#text = text;
    this.#shift = shift;
    this.#typeAt = typeAt;
  }

  block(node: SyntaxNode): readonly Statement[] {
    return this.#deeper(node, () => {
      const statements: Statement[] = [];
      for (const child of node.children) {
        if (child.type === ';') continue;
        statements.push(this.#statement(child));
      }
      return statements;
    });
  }

  #deeper<T>(node: SyntaxNode, lower: () => T): T {
    if (++this.#depth > maxDepth) {
      throw new Unreadable(tooDeep(), this.#range(node));
    }
    const result = lower();
    this.#depth--;
    return result;
  }

  #textOf(node: SyntaxNode): string {
    return this.#text.slice(node.startIndex, node.endIndex);
  }

  #range(first: SyntaxNode, last: SyntaxNode = first): Range {
    return { from: first.startIndex + this.#shift, to: last.endIndex + this.#shift };
  }

  #refuse(node: SyntaxNode, message: string): never {
    throw new Unreadable(message, this.#range(node));
  }

  #unexpected(node: SyntaxNode): never {
    const [line = ''] = this.#textOf(node).split(/\r\n?|\n/, 1);
    return this.#refuse(node, l10n.t('“{0}” is not expected here.', line.length > 40 ? `${line.slice(0, 39)}…` : line));
  }

  // Statements

  #start(node: SyntaxNode): void {
    this.starts.add(node.startIndex + this.#shift);
  }

  #statement(node: SyntaxNode): Statement {
    this.#start(node);
    switch (node.type) {
      case 'expression_statement':
        return this.#expressionStatement(node);
      case 'import_statement': {
        const [, ...names] = node.children;
        if (names.at(-1)?.type === ',') this.#unexpected(names.at(-1)!);
        return { kind: 'Import', range: this.#range(node), names: this.#aliases(names) };
      }
      case 'future_import_statement':
      case 'import_from_statement':
        return this.#importFrom(node);
      case 'return_statement': {
        const value = node.children[1];
        return { kind: 'Return', range: this.#range(node), value: value && this.#expressions(value) };
      }
      case 'pass_statement':
        return { kind: 'Pass', range: this.#range(node) };
      case 'break_statement':
        return { kind: 'Break', range: this.#range(node) };
      case 'continue_statement':
        return { kind: 'Continue', range: this.#range(node) };
      case 'global_statement':
        return { kind: 'Global', range: this.#range(node), names: this.#names(node) };
      case 'nonlocal_statement':
        return { kind: 'Nonlocal', range: this.#range(node), names: this.#names(node) };
      case 'delete_statement':
        return this.#deletion(node);
      case 'raise_statement':
        return this.#raise(node);
      case 'assert_statement': {
        const [, test, comma, message, more] = node.children;
        if (!test || more || (comma && !message)) this.#unexpected(more ?? node);
        return {
          kind: 'Assert',
          range: this.#range(node),
          test: this.#value(test),
          message: message && this.#value(message),
        };
      }
      case 'type_alias_statement':
        return this.#typeAlias(node);
      case 'if_statement':
        return this.#if(node);
      case 'for_statement':
        return this.#for(node);
      case 'while_statement':
        return this.#while(node);
      case 'try_statement':
        return this.#try(node);
      case 'with_statement':
        return this.#with(node);
      case 'match_statement':
        return this.#match(node);
      case 'function_definition':
        return this.#functionDef(node, [], node);
      case 'class_definition':
        return this.#classDef(node, [], node);
      case 'decorated_definition':
        return this.#decorated(node);
      case 'print_statement':
        return this.#refuse(
          node,
          l10n.t('This is the print statement of Python 2. Put what it prints in parentheses: print(…).'),
        );
      case 'exec_statement':
        return this.#refuse(node, l10n.t('This is the exec statement of Python 2. Write exec(…).'));
      default:
        return this.#unexpected(node);
    }
  }

  #expressionStatement(node: SyntaxNode): Statement {
    const children = node.children;
    const [first] = children;
    if (!first) this.#unexpected(node);
    const range = this.#range(node);
    if (children.length > 1) {
      return { kind: 'ExpressionStatement', range, value: this.#tuple(children, range) };
    }
    if (first.type === 'assignment') return this.#assignment(first);
    if (first.type === 'augmented_assignment') {
      const [left, operator, right] = first.children;
      const target = this.#target(left!);
      if (target.kind !== 'Name' && target.kind !== 'Attribute' && target.kind !== 'Subscript') {
        this.#refuse(left!, l10n.t('Only a name, an attribute or an item can be changed by {0}.', operator!.type));
      }
      return {
        kind: 'AugAssign',
        range,
        target,
        operator: operator!.type.slice(0, -1) as BinaryOperator,
        value: this.#rightHandSide(right!),
      };
    }
    if (first.type === 'named_expression') {
      this.#refuse(first, l10n.t('An assignment expression (:=) must be in parentheses here. Write = to assign.'));
    }
    return { kind: 'ExpressionStatement', range, value: this.#yieldOr(first, node => this.#value(node)) };
  }

  #assignment(node: SyntaxNode): Statement {
    const range = this.#range(node);
    const targets: Expression[] = [];
    let at = node;
    for (;;) {
      const [left, sign, ...rest] = at.children;
      if (sign?.type === ':') {
        const [annotation, , value] = rest;
        if (targets.length > 0 || !annotation) this.#unexpected(sign);
        // tree-sitter parses a name in parentheses as a tuple.
        const target = this.#target(left!);
        if (target.kind !== 'Name' && target.kind !== 'Attribute' && target.kind !== 'Subscript') {
          this.#refuse(left!, l10n.t('Only a name, an attribute or an item can have a type.'));
        }
        return {
          kind: 'AnnAssign',
          range,
          target,
          annotation: this.#annotation(annotation),
          value: value && this.#rightHandSide(value),
        };
      }
      targets.push(this.#target(left!));
      const [right] = rest;
      if (!right) this.#unexpected(node);
      if (right.type !== 'assignment') return { kind: 'Assign', range, targets, value: this.#rightHandSide(right) };
      at = right;
    }
  }

  #rightHandSide(node: SyntaxNode): Expression {
    if (node.type === 'named_expression') {
      this.#refuse(node, l10n.t('An assignment expression (:=) must be in parentheses here.'));
    }
    if (node.type === 'pattern_list') return this.#tuple(node.children, this.#range(node));
    return this.#yieldOr(node, inner => this.#expressions(inner));
  }

  #yieldOr(node: SyntaxNode, otherwise: (node: SyntaxNode) => Expression): Expression {
    return node.type === 'yield' ? this.#yield(node) : otherwise(node);
  }

  #yield(node: SyntaxNode): Expression {
    const range = this.#range(node);
    const [, first, second] = node.children;
    if (first?.type === 'from') return { kind: 'YieldFrom', range, value: this.#value(second!) };
    return { kind: 'Yield', range, value: first && this.#expressions(first) };
  }

  #aliases(nodes: readonly SyntaxNode[], areDotted = true): readonly Alias[] {
    return nodes
      .filter(({ type }) => type !== ',' && type !== '(' && type !== ')')
      .map((node): Alias => {
        const range = this.#range(node);
        if (node.type !== 'aliased_import') return { range, name: this.#dotted(node, areDotted), as: undefined };
        const [name, , alias] = node.children;
        return { range, name: this.#dotted(name!, areDotted), as: this.#name(alias!) };
      });
  }

  #dotted(node: SyntaxNode, areDotted = true): string {
    if (node.type !== 'dotted_name') this.#unexpected(node);
    const names = node.children.filter(({ type }) => type !== '.');
    if (!areDotted && names.length > 1) this.#unexpected(node);
    return names.map(name => this.#name(name)).join('.');
  }

  #importFrom(node: SyntaxNode): Statement {
    const [, from, , ...names] = node.children;
    let module = '';
    let level = 0;
    if (from!.type === 'relative_import') {
      const [dots, name] = from!.children;
      level = this.#textOf(dots!).replaceAll(/[^.]/g, '').length;
      module = name ? this.#dotted(name) : '';
    } else {
      module = from!.type === '__future__' ? '__future__' : this.#dotted(from!);
    }
    const [first] = names;
    if (names.at(-1)?.type === ',') this.#unexpected(names.at(-1)!);
    return {
      kind: 'ImportFrom',
      range: this.#range(node),
      module,
      level,
      names:
        first?.type === 'wildcard_import'
          ? [{ range: this.#range(first), name: '*', as: undefined }]
          : this.#aliases(names, false),
    };
  }

  #names(node: SyntaxNode): readonly string[] {
    return node.children
      .slice(1)
      .filter(({ type }) => type !== ',')
      .map(name => this.#name(name));
  }

  /** Python compares names in normal form NFKC. */
  #name(node: SyntaxNode): string {
    if (node.type !== 'identifier') this.#unexpected(node);
    if (node.startIndex === this.#typeAt) return 'type';
    const text = this.#textOf(node);
    if (text === '' || keywords.has(text)) this.#unexpected(node);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII.
    return /[^\x00-\x7f]/.test(text) ? text.normalize('NFKC') : text;
  }

  #deletion(node: SyntaxNode): Statement {
    const [, what] = node.children;
    const targets = what!.type === 'expression_list' ? elementsOf(what!.children) : [what!];
    return {
      kind: 'Delete',
      range: this.#range(node),
      targets: targets.map(target => {
        const value = this.#value(target);
        if (!isDeletable(value)) this.#refuse(target, l10n.t('Only names, attributes and items can be deleted.'));
        return value;
      }),
    };
  }

  #raise(node: SyntaxNode): Statement {
    const [, ...rest] = node.children;
    const from = rest.findIndex(({ type }) => type === 'from');
    const [exception] = from < 0 ? rest : rest.slice(0, from);
    const cause = from < 0 ? undefined : rest[from + 1];
    if (from === 0) this.#unexpected(rest[0]!);
    return {
      kind: 'Raise',
      range: this.#range(node),
      exception: exception && this.#value(exception),
      cause: cause && this.#value(cause),
    };
  }

  #typeAlias(node: SyntaxNode): Statement {
    const [, left, , right] = node.children;
    const range = this.#range(node);
    if (/^type\s*\(/.test(this.#textOf(node))) return this.#assignmentToType(node);
    const [target = left!] = left!.type === 'type' ? left!.children : [];
    const name = target.type === 'generic_type' ? target.children[0]! : target;
    if (name.type !== 'identifier' && name.type !== 'subscript') this.#unexpected(left!);
    const bound = name.type === 'subscript' ? name.children[0]! : name;
    return {
      kind: 'Assign',
      range,
      targets: [{ kind: 'Name', range: this.#range(bound), name: this.#name(bound) }],
      value: {
        kind: 'BrokenExpression',
        range: this.#range(right!),
        message: l10n.t('The value of a type alias is not followed.'),
      },
    };
  }

  /** `type(a).b = c`, which tree-sitter parses as a type alias. */
  #assignmentToType(node: SyntaxNode): Statement {
    const hidden = this.#textOf(node).replace('type', 'Type');
    return withTree(
      hidden,
      root => {
        const [statement] = new Lowering(hidden, node.startIndex + this.#shift, 0).block(root);
        return statement ?? this.#unexpected(node);
      },
      () => this.#unexpected(node),
    );
  }

  /** The body of a compound statement, or of a clause: what follows its colon. */
  #body(node: SyntaxNode | undefined, head: SyntaxNode): readonly Statement[] {
    const body = node?.type === 'block' ? this.block(node) : [];
    if (body.length === 0) this.#refuse(head, l10n.t('An indented block is missing here.'));
    return body;
  }

  #to(body: readonly Statement[]): number {
    return body.at(-1)!.range.to;
  }

  #rangeTo(first: SyntaxNode, body: readonly Statement[]): Range {
    return { from: first.startIndex + this.#shift, to: this.#to(body) };
  }

  #if(node: SyntaxNode): Statement {
    const [, test, , ...rest] = node.children;
    const [body, ...clauses] = rest;
    const arms = [{ start: node, test: this.#condition(test!), body: this.#body(body, node) }];
    let orElse: readonly Statement[] = [];
    for (const clause of clauses) {
      this.#start(clause);
      const inner = clause.children;
      if (clause.type === 'elif_clause') {
        arms.push({ start: clause, test: this.#condition(inner[1]!), body: this.#body(inner[3], clause) });
      } else if (clause.type === 'else_clause') {
        orElse = this.#body(inner[2], clause);
      } else {
        this.#unexpected(clause);
      }
    }
    if (arms.length + this.#depth > maxDepth) this.#refuse(node, tooDeep());
    for (const { start, test, body } of arms.toReversed()) {
      const range = this.#rangeTo(start, orElse.length > 0 ? orElse : body);
      orElse = [{ kind: 'If', range, test, body, orElse }];
    }
    return orElse[0]!;
  }

  #orElse(clause: SyntaxNode | undefined): readonly Statement[] {
    if (!clause) return [];
    if (clause.type !== 'else_clause') this.#unexpected(clause);
    this.#start(clause);
    return this.#body(clause.children[2], clause);
  }

  #for(node: SyntaxNode): Statement {
    const children = node.children;
    const isAsync = children[0]!.type === 'async';
    const [, left, , right, , block, clause] = isAsync ? children.slice(1) : children;
    const target = this.#target(left!);
    const iterable = this.#expressions(right!);
    const body = this.#body(block, node);
    const orElse = this.#orElse(clause);
    const range = this.#rangeTo(node, orElse.length > 0 ? orElse : body);
    return { kind: 'For', range, isAsync, target, iterable, body, orElse };
  }

  #while(node: SyntaxNode): Statement {
    const [, condition, , block, clause] = node.children;
    const test = this.#condition(condition!);
    const body = this.#body(block, node);
    const orElse = this.#orElse(clause);
    const range = this.#rangeTo(node, orElse.length > 0 ? orElse : body);
    return { kind: 'While', range, test, body, orElse };
  }

  #try(node: SyntaxNode): Statement {
    const [, , block, ...clauses] = node.children;
    const body = this.#body(block, node);
    const handlers: ExceptHandler[] = [];
    let orElse: readonly Statement[] = [];
    let finalBody: readonly Statement[] = [];
    for (const clause of clauses) {
      this.#start(clause);
      if (clause.type === 'except_clause') {
        handlers.push(this.#handler(clause));
      } else if (clause.type === 'else_clause') {
        orElse = this.#body(clause.children[2], clause);
      } else if (clause.type === 'finally_clause') {
        finalBody = this.#body(clause.children[2], clause);
      } else {
        this.#unexpected(clause);
      }
    }
    const isBare = handlers.findIndex(({ type }) => !type);
    if (isBare >= 0 && isBare < handlers.length - 1) {
      this.#refuse(clauses[isBare]!, l10n.t('An except without a type must be the last.'));
    }
    if (handlers.length === 0 && (finalBody.length === 0 || orElse.length > 0)) {
      this.#refuse(node, l10n.t('A try needs an except or a finally.'));
    }
    const last = [finalBody, orElse, handlers.at(-1)?.body ?? []].find(({ length }) => length > 0)!;
    return { kind: 'Try', range: this.#rangeTo(node, last), body, handlers, orElse, finalBody };
  }

  #handler(node: SyntaxNode): ExceptHandler {
    const children = node.children;
    const colon = children.findLastIndex(({ type }) => type === ':');
    const isStar = children[1]?.type === '*';
    const what = children.slice(isStar ? 2 : 1, colon);
    const body = this.#body(children[colon + 1], node);
    const range = this.#rangeTo(node, body);
    const [first, second, third] = what;
    if (isStar && !first) this.#unexpected(children[1]!);
    if (!first) return { range, type: undefined, name: undefined, body };
    if (first.type === 'as_pattern' && what.length === 1) {
      const [type, , target] = first.children;
      return { range, type: this.#value(type!), name: this.#name(target!.children[0]!), body };
    }
    if (second?.type === 'as') return { range, type: this.#value(first), name: this.#name(third!), body };
    if (second) {
      this.#refuse(second, l10n.t('Several types of exceptions must be in parentheses; a name follows “as”.'));
    }
    return { range, type: this.#value(first), name: undefined, body };
  }

  #with(node: SyntaxNode): Statement {
    const children = node.children;
    const isAsync = children[0]!.type === 'async';
    const [, clause, , block] = isAsync ? children.slice(1) : children;
    const inner = clause!.children;
    let items = inner.filter(({ type }) => type === 'with_item').map(item => item.children[0]!);
    // Parenthesized contexts; a single tuple looks the same, and Python takes its elements as contexts.
    if (items.length === 1 && inner[0]!.type !== '(' && items[0]!.type === 'tuple') {
      items = elementsOf(items[0]!.children.slice(1, -1));
      if (items.length === 0 || items.some(({ type }) => type === 'list_splat')) {
        items = [inner[0]!.children[0]!];
      }
    } else if (inner[0]!.type !== '(' && inner.at(-1)?.type === ',') {
      this.#unexpected(inner.at(-1)!);
    }
    while (items.length === 1 && items[0]!.type === 'parenthesized_expression') {
      const [, only] = items[0]!.children;
      if (only?.type !== 'as_pattern') break;
      items = [only];
    }
    const read = items.map(item => {
      if (item.type === 'conditional_expression' && item.children[4]?.type === 'as_pattern') {
        // tree-sitter attaches the name in `a if b else c as d` to `c`.
        const [body, , test, , last] = item.children;
        const [orElse, , target] = last!.children;
        const range = this.#range(item, orElse);
        const values = { test: this.#value(test!), body: this.#value(body!), orElse: this.#value(orElse!) };
        return {
          context: { kind: 'Conditional' as const, range, ...values },
          target: this.#target(target!.children[0]!),
        };
      }
      if (item.type !== 'as_pattern') return { context: this.#value(item), target: undefined };
      const [context, , target] = item.children;
      return { context: this.#value(context!), target: this.#target(target!.children[0]!) };
    });
    const body = this.#body(block, node);
    return { kind: 'With', range: this.#rangeTo(node, body), isAsync, items: read, body };
  }

  #decorated(node: SyntaxNode): Statement {
    const children = node.children;
    const definition = children.at(-1)!;
    const decorators = children.slice(0, -1).map(decorator => {
      this.#start(decorator);
      return this.#condition(decorator.children[1]!);
    });
    this.#start(definition);
    return definition.type === 'class_definition'
      ? this.#classDef(definition, decorators, node)
      : this.#functionDef(definition, decorators, node);
  }

  #functionDef(node: SyntaxNode, decorators: readonly Expression[], whole: SyntaxNode): Statement {
    const children = node.children;
    const isAsync = children[0]!.type === 'async';
    const [, name, ...rest] = isAsync ? children.slice(1) : children;
    let typeParameters: readonly string[] = [];
    let returns: Expression | undefined;
    let parameters = noParameters;
    let colon = node;
    for (const child of rest) {
      if (child.type === 'type_parameter') typeParameters = this.#typeParameters(child);
      else if (child.type === 'parameters') parameters = this.#parameters(child, true);
      else if (child.type === 'type') returns = this.#annotation(child);
      else if (child.type === ':') colon = child;
    }
    const body = this.#body(rest.at(-1), node);
    return {
      kind: 'FunctionDef',
      range: this.#rangeTo(whole, body),
      name: this.#name(name!),
      nameRange: this.#range(name!),
      isAsync,
      typeParameters,
      parameters,
      returns,
      decorators,
      body,
      head: this.#range(node, colon),
    };
  }

  #classDef(node: SyntaxNode, decorators: readonly Expression[], whole: SyntaxNode): Statement {
    const [, name, ...rest] = node.children;
    let typeParameters: readonly string[] = [];
    let args: readonly Expression[] = [];
    let keywords: readonly Keyword[] = [];
    let colon = node;
    for (const child of rest) {
      if (child.type === 'type_parameter') typeParameters = this.#typeParameters(child);
      else if (child.type === 'argument_list') ({ args, keywords } = this.#arguments(child));
      else if (child.type === ':') colon = child;
    }
    const body = this.#body(rest.at(-1), node);
    return {
      kind: 'ClassDef',
      range: this.#rangeTo(whole, body),
      name: this.#name(name!),
      nameRange: this.#range(name!),
      typeParameters,
      bases: args,
      keywords,
      decorators,
      body,
      head: this.#range(node, colon),
    };
  }

  /** `T`, `T: bound`, `*Ts`, `**P`, each perhaps with a default. */
  #typeParameters(node: SyntaxNode): readonly string[] {
    return elementsOf(node.children.slice(1, -1)).map(parameter => {
      const name = /^\s*\*{0,2}\s*([\p{L}\p{N}_]+)/u.exec(this.#textOf(parameter))?.[1];
      return name === undefined ? this.#unexpected(parameter) : name.normalize('NFKC');
    });
  }

  #parameters(node: SyntaxNode, inBrackets: boolean): Parameters {
    const children = inBrackets ? node.children.slice(1, -1) : node.children;
    let positional: Parameter[] = [];
    let positionalOnly: Parameter[] = [];
    let slash = false;
    let rest: Parameter | undefined;
    let star = false;
    const keywordOnly: Parameter[] = [];
    let keywordsParameter: Parameter | undefined;
    const seen = new Set<string>();
    for (const [at, child] of children.entries()) {
      if (child.type === ',') {
        if (at === 0) this.#unexpected(child);
        continue;
      }
      if (keywordsParameter) this.#refuse(child, l10n.t('Nothing can follow the parameter with two stars.'));
      if (child.type === 'positional_separator') {
        if (star || slash || positional.length === 0) this.#unexpected(child);
        positionalOnly = positional;
        positional = [];
        slash = true;
        continue;
      }
      if (child.type === 'keyword_separator') {
        if (star) this.#unexpected(child);
        const next = children.slice(at + 1).find(({ type }) => type !== ',');
        if (!next || this.#textOf(next).startsWith('**')) {
          this.#refuse(child, l10n.t('A named parameter must follow the star.'));
        }
        star = true;
        continue;
      }
      const { parameter, stars } = this.#parameter(child, inBrackets);
      if (seen.has(parameter.name)) {
        this.#refuse(child, l10n.t('The parameter “{0}” occurs twice.', parameter.name));
      }
      seen.add(parameter.name);
      if (stars === 2) {
        keywordsParameter = parameter;
      } else if (stars === 1) {
        if (star) this.#unexpected(child);
        star = true;
        rest = parameter;
      } else if (star) {
        keywordOnly.push(parameter);
      } else {
        if (!parameter.default && [...positionalOnly, ...positional].at(-1)?.default) {
          this.#refuse(child, l10n.t('A parameter without a default cannot follow one with a default.'));
        }
        positional.push(parameter);
      }
    }
    return { positionalOnly, positional, rest, keywordOnly, keywords: keywordsParameter };
  }

  #parameter(node: SyntaxNode, mayBeTyped: boolean): { parameter: Parameter; stars: 0 | 1 | 2 } {
    const range = this.#range(node);
    const children = node.children;
    switch (node.type) {
      case 'identifier':
        return { parameter: { range, name: this.#name(node), annotation: undefined, default: undefined }, stars: 0 };
      case 'list_splat_pattern':
      case 'dictionary_splat_pattern':
        return {
          parameter: { range, name: this.#name(children[1]!), annotation: undefined, default: undefined },
          stars: node.type === 'list_splat_pattern' ? 1 : 2,
        };
      case 'default_parameter':
        return {
          parameter: {
            range,
            name: this.#name(children[0]!),
            annotation: undefined,
            default: this.#value(children[2]!),
          },
          stars: 0,
        };
      case 'typed_parameter': {
        if (!mayBeTyped) this.#unexpected(node);
        const { parameter, stars } = this.#parameter(children[0]!, false);
        const annotation = this.#annotation(children[2]!, stars === 1);
        return { parameter: { ...parameter, range, annotation }, stars };
      }
      case 'typed_default_parameter':
        if (!mayBeTyped) this.#unexpected(node);
        return {
          parameter: {
            range,
            name: this.#name(children[0]!),
            annotation: this.#annotation(children[2]!),
            default: this.#value(children[4]!),
          },
          stars: 0,
        };
      default:
        return this.#unexpected(node);
    }
  }

  // Match

  #match(node: SyntaxNode): Statement {
    const children = node.children;
    const colon = children.findLastIndex(({ type }) => type === ':');
    const subjects = children.slice(1, colon);
    const subject =
      subjects.length === 1
        ? this.#condition(subjects[0]!)
        : this.#tuple(subjects, this.#range(subjects[0]!, subjects.at(-1)!));
    const block = children[colon + 1];
    const cases = block ? block.children.map(clause => this.#case(clause)) : [];
    if (cases.length === 0) this.#refuse(node, l10n.t('An indented block is missing here.'));
    const range = { from: node.startIndex + this.#shift, to: cases.at(-1)!.range.to };
    return { kind: 'Match', range, subject, cases };
  }

  #case(node: SyntaxNode): MatchCase {
    if (node.type !== 'case_clause') this.#unexpected(node);
    this.#start(node);
    const children = node.children;
    const colon = children.findLastIndex(({ type }) => type === ':');
    const inner = children.slice(1, colon);
    const guard = inner.at(-1)?.type === 'if_clause' ? inner.pop() : undefined;
    const patterns = elementsOf(inner).map(pattern => this.#pattern(pattern));
    const [first] = patterns;
    const pattern: Pattern =
      inner.length === 1 && first && first.kind !== 'MatchStar'
        ? first
        : { kind: 'MatchSequence', range: this.#range(inner[0]!, inner.at(-1)!), patterns };
    if (inner.length === 1 && first?.kind === 'MatchStar') this.#unexpected(inner[0]!);
    const body = this.#body(children[colon + 1], node);
    return {
      range: this.#rangeTo(node, body),
      pattern,
      guard: guard && this.#condition(guard.children[1]!),
      body,
    };
  }

  #pattern(node: SyntaxNode): Pattern {
    return this.#deeper(node, () => this.#patternHere(node));
  }

  #patternHere(node: SyntaxNode): Pattern {
    const range = this.#range(node);
    const children = node.children;
    switch (node.type) {
      case 'case_pattern':
        if (children.length === 2 && children[0]!.type === '-') {
          return { kind: 'MatchValue', range, value: this.#negative(children[1]!, range) };
        }
        return this.#pattern(children[0]!);
      case 'as_pattern': {
        const name = this.#name(children[2]!);
        if (name === '_') this.#unexpected(children[2]!);
        return { kind: 'MatchAs', range, pattern: this.#pattern(children[0]!), name };
      }
      case '_':
        return { kind: 'MatchAs', range, pattern: undefined, name: undefined };
      case 'dotted_name': {
        const names = children.filter(({ type }) => type !== '.');
        if (names.length > 1) return { kind: 'MatchValue', range, value: this.#dottedValue(names) };
        const name = this.#name(names[0]!);
        return { kind: 'MatchAs', range, pattern: undefined, name: name === '_' ? undefined : name };
      }
      case 'splat_pattern': {
        if (children[0]!.type !== '*') this.#unexpected(node);
        const name = this.#textOf(children[1]!);
        return { kind: 'MatchStar', range, name: name === '_' ? undefined : this.#name(children[1]!) };
      }
      case 'union_pattern': {
        const patterns: Pattern[] = [];
        let sign: SyntaxNode | undefined;
        for (const child of children) {
          if (child.type === '-') {
            sign = child;
          } else if (sign) {
            const own = this.#range(sign, child);
            patterns.push({ kind: 'MatchValue', range: own, value: this.#negative(child, own) });
            sign = undefined;
          } else if (child.type !== '|') {
            patterns.push(...this.#patterns([child]));
          }
        }
        return { kind: 'MatchOr', range, patterns };
      }
      case 'list_pattern':
        return { kind: 'MatchSequence', range, patterns: this.#patterns(elementsOf(children.slice(1, -1)), true) };
      case 'tuple_pattern': {
        const inner = children.slice(1, -1);
        const patterns = this.#patterns(elementsOf(inner), true);
        if (inner.length === 1 && patterns[0]!.kind !== 'MatchStar') return patterns[0]!;
        return { kind: 'MatchSequence', range, patterns };
      }
      case 'dict_pattern':
        return this.#mappingPattern(node);
      case 'class_pattern':
        return this.#classPattern(node);
      case 'complex_pattern': {
        const isNegative = children[0]!.type === '-';
        const [left, operator, right] = isNegative ? children.slice(1) : children;
        const value: Expression = {
          kind: 'Binary',
          range,
          left: isNegative ? this.#negative(left!, this.#range(children[0]!, left)) : this.#value(left!),
          operator: operator!.type as BinaryOperator,
          right: this.#value(right!),
        };
        return { kind: 'MatchValue', range, value };
      }
      case '-':
        return this.#unexpected(node);
      default: {
        const value = this.#value(node);
        if (value.kind !== 'Constant') this.#unexpected(node);
        return { kind: 'MatchValue', range, value };
      }
    }
  }

  #patterns(nodes: readonly SyntaxNode[], mayHaveStar = false): readonly Pattern[] {
    const patterns = nodes.map(node => this.#pattern(node));
    const stars = patterns.filter(({ kind }) => kind === 'MatchStar').length;
    if (stars > (mayHaveStar ? 1 : 0))
      this.#unexpected(nodes[patterns.findLastIndex(({ kind }) => kind === 'MatchStar')]!);
    return patterns;
  }

  #negative(node: SyntaxNode, range: Range): Expression {
    return { kind: 'Unary', range, operator: '-', operand: this.#value(node) };
  }

  #dottedValue(names: readonly SyntaxNode[]): Expression {
    const [first, ...rest] = names;
    let value: Expression = { kind: 'Name', range: this.#range(first!), name: this.#name(first!) };
    for (const name of rest) {
      value = {
        kind: 'Attribute',
        range: this.#range(first!, name),
        value,
        name: this.#name(name),
        nameRange: this.#range(name),
      };
    }
    return value;
  }

  #mappingPattern(node: SyntaxNode): Pattern {
    const keys: Expression[] = [];
    const patterns: Pattern[] = [];
    let rest: string | undefined;
    const inner = node.children.slice(1, -1);
    for (let at = 0; at < inner.length; at++) {
      const child = inner[at]!;
      if (child.type === ',') continue;
      if (rest !== undefined) this.#unexpected(child);
      if (child.type === 'splat_pattern') {
        const [stars, name] = child.children;
        if (stars!.type !== '**') this.#unexpected(child);
        rest = this.#name(name!);
        continue;
      }
      let key: Pattern;
      if (child.type === '-') {
        const number = inner[++at]!;
        key = {
          kind: 'MatchValue',
          range: this.#range(child, number),
          value: this.#negative(number, this.#range(child, number)),
        };
      } else {
        key = this.#pattern(child);
      }
      if (key.kind !== 'MatchValue' || inner[at + 1]?.type !== ':') this.#unexpected(child);
      keys.push(key.value);
      patterns.push(this.#pattern(inner[at + 2]!));
      at += 2;
    }
    return { kind: 'MatchMapping', range: this.#range(node), keys, patterns, rest };
  }

  #classPattern(node: SyntaxNode): Pattern {
    const [name, , ...inner] = node.children;
    const patterns: Pattern[] = [];
    const found: { name: string; pattern: Pattern }[] = [];
    for (const child of elementsOf(inner.slice(0, -1))) {
      let [only] = child.children;
      let bound: SyntaxNode | undefined;
      const [inner, , as] = only?.type === 'as_pattern' ? only.children : [];
      if (inner?.children[0]?.type === 'keyword_pattern') [only, bound] = [inner.children[0], as];
      if (only?.type === 'keyword_pattern') {
        const [keyword, , ...value] = only.children;
        const pattern: Pattern =
          value.length === 2
            ? {
                kind: 'MatchValue',
                range: this.#range(value[0]!, value[1]),
                value: this.#negative(value[1]!, this.#range(value[0]!, value[1])),
              }
            : this.#pattern(value[0]!);
        found.push({
          name: this.#name(keyword!),
          pattern: bound
            ? { kind: 'MatchAs', range: this.#range(value[0]!, bound), pattern, name: this.#name(bound) }
            : pattern,
        });
      } else {
        if (found.length > 0) this.#unexpected(child);
        patterns.push(...this.#patterns([child]));
      }
    }
    return {
      kind: 'MatchClass',
      range: this.#range(node),
      cls: this.#dottedValue(name!.children.filter(({ type }) => type !== '.')),
      patterns,
      keywords: found,
    };
  }

  // Expressions

  /** An expression, or several separated by commas. */
  #expressions(node: SyntaxNode): Expression {
    if (node.type === 'expression_list' || node.type === 'pattern_list') {
      return this.#tuple(node.children, this.#range(node));
    }
    if (node.type === 'named_expression') {
      this.#refuse(node, l10n.t('An assignment expression (:=) must be in parentheses here.'));
    }
    return this.#value(node);
  }

  #tuple(children: readonly SyntaxNode[], range: Range): Expression {
    const elements = elementsOf(children).map(child => {
      if (child.type === 'named_expression') {
        this.#refuse(child, l10n.t('An assignment expression (:=) must be in parentheses here.'));
      }
      return this.#starrable(child);
    });
    return { kind: 'Tuple', range, elements };
  }

  /** An expression in which `:=` needs no parentheses: a condition, an argument, an element. */
  #condition(node: SyntaxNode): Expression {
    if (node.type === 'conditional_expression' && node.children[0]!.type === 'named_expression') {
      // tree-sitter parses `n := a if b else c` as naming `a`.
      const [named, , test, , orElse] = node.children;
      const [name, , body] = named!.children;
      const values = { test: this.#operand(test!), body: this.#operand(body!), orElse: this.#value(orElse!) };
      return {
        kind: 'NamedExpression',
        range: this.#range(node),
        name: this.#name(name!),
        value: { kind: 'Conditional', range: this.#range(body!, orElse), ...values },
      };
    }
    if (node.type !== 'named_expression') return this.#value(node);
    const [name, , value] = node.children;
    return {
      kind: 'NamedExpression',
      range: this.#range(node),
      name: this.#name(name!),
      value: this.#value(value!),
    };
  }

  /** An operand of and, or, not, if or for: no lambda or conditional expression without parentheses. */
  #operand(node: SyntaxNode): Expression {
    if (node.type === 'lambda' || node.type === 'conditional_expression') this.#unexpected(node);
    return this.#value(node);
  }

  /** An element of a list, or an argument; may have a star. */
  #starrable(node: SyntaxNode, isArgument = false): Expression {
    const isStar = node.type === 'list_splat' || node.type === 'list_splat_pattern';
    if (!isStar && this.#text.charCodeAt(node.startIndex) !== asterisk) return this.#condition(node);
    const starred = isStar ? node.children[1]! : node;
    // Only expressions that bind tighter than comparisons can be unpacked in a list.
    if (!isArgument && loose.has(starred.type)) this.#unexpected(node);
    if (!isStar) this.#star = node.startIndex;
    const value = this.#value(starred);
    this.#star = -1;
    return { kind: 'Starred', range: this.#range(node), value };
  }

  #target(node: SyntaxNode): Expression {
    return this.#deeper(node, () => {
      const range = this.#range(node);
      const children = node.children;
      switch (node.type) {
        case 'identifier':
        case 'attribute':
        case 'subscript':
          return this.#value(node);
        case 'list_splat':
        case 'list_splat_pattern':
          return { kind: 'Starred', range, value: this.#target(children[1]!) };
        case 'pattern_list':
        case 'expression_list':
          return { kind: 'Tuple', range, elements: elementsOf(children).map(child => this.#target(child)) };
        case 'tuple':
        case 'tuple_pattern': {
          const inner = children.slice(1, -1);
          const elements = elementsOf(inner).map(child => this.#target(child));
          if (inner.length === 1) {
            if (elements[0]!.kind === 'Starred') this.#unexpected(inner[0]!);
            return elements[0]!;
          }
          return { kind: 'Tuple', range, elements };
        }
        case 'list':
        case 'list_pattern':
          return {
            kind: 'List',
            range,
            elements: elementsOf(children.slice(1, -1)).map(child => this.#target(child)),
          };
        case 'parenthesized_expression':
          return this.#target(children[1]!);
        default:
          return this.#refuse(node, l10n.t('“{0}” cannot be assigned to.', shortened(this.#textOf(node))));
      }
    });
  }

  #value(node: SyntaxNode): Expression {
    return this.#deeper(node, () => this.#valueHere(node));
  }

  #valueHere(node: SyntaxNode): Expression {
    const range = this.#range(node);
    switch (node.type) {
      case 'identifier':
        return { kind: 'Name', range, name: this.#name(node) };
      case 'integer':
      case 'float': {
        const number = numberOf(this.#textOf(node));
        return 'message' in number ? this.#refuse(node, number.message) : { kind: 'Constant', range, ...number };
      }
      case 'true':
        return { kind: 'Constant', range, type: 'bool', value: true };
      case 'false':
        return { kind: 'Constant', range, type: 'bool', value: false };
      case 'none':
        return { kind: 'Constant', range, type: 'None' };
      case 'ellipsis':
        return { kind: 'Constant', range, type: 'Ellipsis' };
      case 'string':
        return this.#strings([node], range);
      case 'concatenated_string':
        return this.#strings(node.children, range);
      case 'tuple_pattern':
      case 'list_pattern':
        // `(a).b = …`.
        return this.#target(node);
      case 'attribute':
      case 'call':
      case 'subscript':
        return this.#trailers(node);
      case 'binary_operator':
        return this.#operators(node);
      case 'boolean_operator':
        return this.#booleans(node);
      case 'unary_operator': {
        const [operator, operand] = node.children;
        return { kind: 'Unary', range, operator: operator!.type as UnaryOperator, operand: this.#value(operand!) };
      }
      case 'not_operator':
        return { kind: 'Unary', range, operator: 'not', operand: this.#operand(node.children[1]!) };
      case 'comparison_operator':
        return this.#comparison(node);
      case 'conditional_expression': {
        const [body, , test, , orElse] = node.children;
        return {
          kind: 'Conditional',
          range,
          test: this.#operand(test!),
          body: this.#operand(body!),
          orElse: this.#value(orElse!),
        };
      }
      case 'lambda': {
        const children = node.children;
        const parameters =
          children[1]!.type === 'lambda_parameters' ? this.#parameters(children[1]!, false) : noParameters;
        return { kind: 'Lambda', range, parameters, body: this.#value(children.at(-1)!) };
      }
      case 'parenthesized_expression': {
        const [, inner] = node.children;
        return this.#yieldOr(inner!, inner => this.#condition(inner));
      }
      case 'tuple':
        // `(*a)` without a comma.
        if (node.children.length === 3 && this.#text.charCodeAt(node.children[1]!.startIndex) === asterisk) {
          this.#unexpected(node.children[1]!);
        }
        return { kind: 'Tuple', range, elements: this.#elements(node) };
      case 'list':
      case 'set':
        return {
          kind: node.type === 'list' ? 'List' : 'Set',
          range,
          elements: this.#elements(node),
        };
      case 'dictionary':
        return this.#dictionary(node);
      case 'list_comprehension':
      case 'set_comprehension':
      case 'generator_expression': {
        const [, element] = node.children;
        return {
          kind:
            node.type === 'list_comprehension'
              ? 'ListComprehension'
              : node.type === 'set_comprehension'
                ? 'SetComprehension'
                : 'GeneratorExpression',
          range,
          element: this.#condition(element!),
          generators: this.#comprehensions(node),
        };
      }
      case 'dictionary_comprehension': {
        const [key, , value] = node.children[1]!.children;
        return {
          kind: 'DictComprehension',
          range,
          key: this.#value(key!),
          value: this.#value(value!),
          generators: this.#comprehensions(node),
        };
      }
      case 'list_splat':
        if (node.startIndex !== this.#star) this.#unexpected(node);
        return this.#value(node.children[1]!);
      case 'await': {
        const [sign, operand] = node.children;
        if (operand!.type === 'unary_operator' || operand!.type === 'await') this.#unexpected(operand!);
        if (operand!.type !== 'binary_operator') return { kind: 'Await', range, value: this.#value(operand!) };
        // tree-sitter parses `await a ** b` as awaiting the power.
        const [base, operator, exponent] = operand!.children;
        return {
          kind: 'Binary',
          range,
          left: { kind: 'Await', range: this.#range(sign!, base), value: this.#value(base!) },
          operator: operator!.type as BinaryOperator,
          right: this.#value(exponent!),
        };
      }
      case 'named_expression':
        return this.#refuse(node, l10n.t('An assignment expression (:=) must be in parentheses here.'));
      default:
        return this.#unexpected(node);
    }
  }

  #elements(node: SyntaxNode): readonly Expression[] {
    return elementsOf(node.children.slice(1, -1)).map(child => this.#starrable(child));
  }

  /** `a.b(c)[d]`, innermost first: the tree is as deep as the chain is long. */
  #trailers(node: SyntaxNode): Expression {
    const chain: SyntaxNode[] = [];
    let at = node;
    while (at.type === 'attribute' || at.type === 'call' || at.type === 'subscript') {
      chain.push(at);
      at = at.children[0]!;
    }
    if (chain.length + this.#depth > maxDepth) this.#refuse(node, tooDeep());
    let value = this.#value(at);
    for (const link of chain.toReversed()) {
      const range = this.#range(link);
      const [, second, third] = link.children;
      if (link.type === 'attribute') {
        value = { kind: 'Attribute', range, value, name: this.#name(third!), nameRange: this.#range(third!) };
      } else if (link.type === 'subscript') {
        value = { kind: 'Subscript', range, value, index: this.#index(link) };
      } else if (second!.type === 'generator_expression') {
        value = { kind: 'Call', range, callee: value, args: [this.#value(second!)], keywords: [] };
      } else {
        value = { kind: 'Call', range, callee: value, ...this.#arguments(second!) };
      }
    }
    return value;
  }

  #index(node: SyntaxNode): Expression {
    const inner = node.children.slice(2, -1);
    const elements = elementsOf(inner).map(child =>
      child.type === 'slice' ? this.#slice(child) : this.#starrable(child, true),
    );
    const [only] = elements;
    if (!only) this.#unexpected(node);
    if (inner.length === 1 && only.kind !== 'Starred') return only;
    return { kind: 'Tuple', range: this.#range(inner[0]!, inner.at(-1)!), elements };
  }

  #slice(node: SyntaxNode): Expression {
    const parts: (Expression | undefined)[] = [undefined, undefined, undefined];
    let at = 0;
    for (const child of node.children) {
      if (child.type === ':') at++;
      else parts[at] = this.#value(child);
    }
    const [lower, upper, step] = parts;
    return { kind: 'Slice', range: this.#range(node), lower, upper, step };
  }

  #arguments(node: SyntaxNode): { args: readonly Expression[]; keywords: readonly Keyword[] } {
    const args: Expression[] = [];
    const keywords: Keyword[] = [];
    if (node.type === 'generator_expression') return { args: [this.#value(node)], keywords };
    const names = new Set<string>();
    let hasDouble = false;
    for (const child of elementsOf(node.children.slice(1, -1))) {
      const range = this.#range(child);
      const [first, second, third] = child.children;
      if (child.type === 'keyword_argument') {
        const name = this.#name(first!);
        if (names.has(name)) this.#refuse(child, l10n.t('The argument “{0}” is given twice.', name));
        names.add(name);
        keywords.push({ range, name, value: this.#value(third!) });
      } else if (child.type === 'dictionary_splat') {
        hasDouble = true;
        keywords.push({ range, name: undefined, value: this.#value(second!) });
      } else {
        const value = this.#starrable(child, true);
        if (value.kind === 'Starred' ? hasDouble : keywords.length > 0) {
          this.#refuse(child, l10n.t('A positional argument cannot follow keyword arguments.'));
        }
        args.push(value);
      }
    }
    return { args, keywords };
  }

  /** `a and b and c`, leftmost first: the tree is as deep as the chain is long. */
  #booleans(node: SyntaxNode): Expression {
    const chain: SyntaxNode[] = [];
    let at = node;
    while (at.type === node.type) {
      chain.push(at);
      at = at.children[0]!;
    }
    if (chain.length > maxChain) this.#refuse(node, tooDeep());
    let left = this.#operand(at);
    for (const [index, link] of chain.toReversed().entries()) {
      const [, sign, operand] = link.children;
      const operator = sign!.type as 'and' | 'or';
      const right = this.#operand(operand!);
      // A parenthesized expression stays a separate value.
      const values = left.kind === 'Boolean' && left.operator === operator && index > 0 ? left.values : [left];
      left = { kind: 'Boolean', range: this.#range(link), operator, values: [...values, right] };
    }
    return left;
  }

  /** Operators by Python's precedence; tree-sitter ranks & below ^. */
  #operators(node: SyntaxNode): Expression {
    const values: Expression[] = [];
    // Of the operands with the parentheses around them, which an expression by itself does not have.
    const ranges: Range[] = [];
    const operators: BinaryOperator[] = [];
    const reduce = (): void => {
      const operator = operators.pop()!;
      const right = values.pop()!;
      const left = values.pop()!;
      const { to } = ranges.pop()!;
      const range = { from: ranges.pop()!.from, to };
      values.push({ kind: 'Binary', range, left, operator, right });
      ranges.push(range);
    };
    const rest: SyntaxNode[] = [node];
    let count = 0;
    for (let next = rest.pop(); next; next = rest.pop()) {
      if (next.type === 'binary_operator') {
        if (++count > maxChain) this.#refuse(node, tooDeep());
        const [left, sign, right] = next.children;
        rest.push(right!, sign!, left!);
      } else if (next.children.length === 0 && next.type in precedence) {
        const operator = next.type as BinaryOperator;
        const level = precedence[operator];
        while (
          operators.length > 0 &&
          (precedence[operators.at(-1)!] > level || (precedence[operators.at(-1)!] === level && operator !== '**'))
        ) {
          reduce();
        }
        operators.push(operator);
      } else {
        values.push(this.#value(next));
        ranges.push(this.#range(next));
      }
    }
    while (operators.length > 0) reduce();
    return values[0]!;
  }

  #comparison(node: SyntaxNode): Expression {
    const values: Expression[] = [];
    const operators: ComparisonOperator[] = [];
    for (const [at, child] of node.children.entries()) {
      if (at % 2 === 0) {
        values.push(this.#value(child));
      } else if (child.type === '<>') {
        this.#refuse(child, l10n.t('“<>” is of Python 2. Write !=.'));
      } else {
        operators.push(child.type as ComparisonOperator);
      }
    }
    // Any of them may end the evaluation, with a list of what is skipped for each, so limit their number.
    if (operators.length > maxComparisons) this.#refuse(node, tooDeep());
    return { kind: 'Compare', range: this.#range(node), values, operators };
  }

  #dictionary(node: SyntaxNode): Expression {
    const entries = elementsOf(node.children.slice(1, -1)).map(child => {
      const [key, , value] = child.children;
      if (child.type === 'pair') return { key: this.#value(key!), value: this.#value(value!) };
      if (child.type !== 'dictionary_splat') this.#unexpected(child);
      return { key: undefined, value: this.#value(child.children[1]!) };
    });
    return { kind: 'Dict', range: this.#range(node), entries };
  }

  #comprehensions(node: SyntaxNode): readonly Comprehension[] {
    const found: { isAsync: boolean; target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
    for (const clause of node.children.slice(2, -1)) {
      const children = clause.children;
      if (clause.type === 'if_clause') {
        found.at(-1)!.conditions.push(this.#operand(children[1]!));
        continue;
      }
      const isAsync = children[0]!.type === 'async';
      const [, target, , iterable, more] = isAsync ? children.slice(1) : children;
      if (more) this.#unexpected(more);
      found.push({ isAsync, target: this.#target(target!), iterable: this.#operand(iterable!), conditions: [] });
    }
    return found;
  }

  // Types

  #annotation(node: SyntaxNode, mayBeStarred = false): Expression {
    const type = this.#type(node);
    const [inner] = node.type === 'type' ? node.children : [];
    if (inner?.type === 'named_expression') this.#unexpected(inner);
    if (type.kind === 'Slice' || (type.kind === 'Starred' && !mayBeStarred)) this.#unexpected(node);
    return type;
  }

  #type(node: SyntaxNode): Expression {
    return this.#deeper(node, () => this.#typeHere(node));
  }

  #typeHere(node: SyntaxNode): Expression {
    const range = this.#range(node);
    const children = node.children;
    switch (node.type) {
      case 'type':
        return this.#type(children[0]!);
      case 'generic_type': {
        const [name, parameters] = children;
        const inner = parameters!.children.slice(1, -1);
        const elements = elementsOf(inner).map(child => this.#type(child));
        const [only] = elements;
        if (!only) this.#unexpected(node);
        return {
          kind: 'Subscript',
          range,
          value: { kind: 'Name', range: this.#range(name!), name: this.#textOf(name!) },
          index:
            inner.length === 1 && only.kind !== 'Starred'
              ? only
              : { kind: 'Tuple', range: this.#range(inner[0]!, inner.at(-1)!), elements },
        };
      }
      case 'union_type': {
        const [first, ...rest] = alternativesOf(node);
        let left = this.#type(first!);
        for (const next of rest) {
          left = { kind: 'Binary', range: this.#range(first!, next), left, operator: '|', right: this.#type(next) };
        }
        return left;
      }
      case 'splat_type':
        if (children[0]!.type !== '*') this.#unexpected(node);
        return {
          kind: 'Starred',
          range,
          value: { kind: 'Name', range: this.#range(children[1]!), name: this.#textOf(children[1]!) },
        };
      case 'constrained_type': {
        // `Annotated[x, 1:2]`: a slice.
        const [lower, , upper] = children;
        return { kind: 'Slice', range, lower: this.#type(lower!), upper: this.#type(upper!), step: undefined };
      }
      case 'member_type': {
        const [value, , name] = children;
        return {
          kind: 'Attribute',
          range,
          value: this.#annotation(value!),
          name: this.#name(name!),
          nameRange: this.#range(name!),
        };
      }
      default:
        return this.#starrable(node);
    }
  }

  // Strings

  #strings(nodes: readonly SyntaxNode[], range: Range): Expression {
    const parts: (string | FormattedValue)[] = [];
    let isFormat = false;
    let isBytes: boolean | undefined;
    for (const node of nodes) {
      const children = node.children;
      const opening = this.#textOf(children[0]!).toLowerCase();
      const kind: StringKind = {
        isRaw: opening.includes('r'),
        isBytes: opening.includes('b'),
        isFormat: opening.includes('f') || opening.includes('t'),
      };
      if (!/^(?:[bruft]|[bft]r|r[bft])?['"]/.test(opening)) this.#unexpected(node);
      if (opening.includes('t')) this.#refuse(node, l10n.t('Template strings (t"…") are not supported.'));
      if (isBytes !== undefined && isBytes !== kind.isBytes) {
        this.#refuse(node, l10n.t('Strings and bytes cannot be joined.'));
      }
      isBytes = kind.isBytes;
      if (kind.isFormat) isFormat = true;
      // If there is nothing else, tree-sitter's closing quote includes the backslashes before it.
      const end = node.endIndex - (/'''|"""/.test(opening) ? 3 : 1);
      let at = children[0]!.endIndex;
      for (const child of children) {
        if (child.type !== 'interpolation') continue;
        const text = this.#string(node, at, child.startIndex, kind);
        if (typeof text !== 'string') return { kind: 'BrokenExpression', range, message: text.message };
        parts.push(text, ...this.#interpolation(child, kind));
        at = child.endIndex;
      }
      const text = this.#string(node, at, end, kind);
      if (typeof text !== 'string') return { kind: 'BrokenExpression', range, message: text.message };
      parts.push(text);
    }
    if (isFormat) return { kind: 'JoinedString', range, parts: joined(parts) };
    return { kind: 'Constant', range, type: isBytes ? 'bytes' : 'str', value: parts.join('') };
  }

  #string(node: SyntaxNode, from: number, to: number, kind: StringKind): string | { message: string } {
    const text = textOf(this.#text.slice(from, to), kind);
    if (typeof text !== 'string' && !text.isReadable) this.#refuse(node, text.message);
    return text;
  }

  /** `{value=!r:format}`. */
  #interpolation(node: SyntaxNode, kind: StringKind): (string | FormattedValue)[] {
    const [brace, inner, ...rest] = node.children;
    const value =
      inner!.type === 'yield' || inner!.type.endsWith('_list') ? this.#rightHandSide(inner!) : this.#value(inner!);
    let conversion: FormattedValue['conversion'];
    let format: FormattedValue['format'] = [];
    let isShown: SyntaxNode | undefined;
    let hasFormat = false;
    for (const child of rest) {
      if (child.type === '=') {
        isShown = child;
      } else if (child.type === 'type_conversion') {
        const letter = this.#textOf(child).slice(1);
        if (letter !== 'r' && letter !== 's' && letter !== 'a') this.#unexpected(child);
        conversion = letter;
      } else if (child.type === 'format_specifier') {
        hasFormat = true;
        format = this.#format(child, kind);
      }
    }
    const formatted: FormattedValue = {
      range: this.#range(node),
      value,
      conversion: isShown && !conversion && !hasFormat ? 'r' : conversion,
      format,
    };
    if (!isShown) return [formatted];
    let end = isShown.endIndex;
    while (/\s/.test(this.#text[end]!)) end++;
    return [this.#text.slice(brace!.endIndex, end), formatted];
  }

  #format(node: SyntaxNode, kind: StringKind): readonly (string | FormattedValue)[] {
    const parts: (string | FormattedValue)[] = [];
    let at = node.startIndex + 1;
    const push = (to: number): void => {
      const text = this.#string(node, at, to, { ...kind, isFormat: false });
      if (typeof text !== 'string') this.#refuse(node, text.message);
      parts.push(text);
    };
    for (const child of node.children) {
      if (child.type !== 'format_expression' && child.type !== 'interpolation') continue;
      push(child.startIndex);
      parts.push(...this.#deeper(child, () => this.#interpolation(child, kind)));
      at = child.endIndex;
    }
    push(node.endIndex);
    return joined(parts);
  }
}

/** The alternatives of `a | b | c`, however tree-sitter nests them. */
function alternativesOf(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const left = [node];
  for (let next = left.pop(); next; next = left.pop()) {
    const children = next.children;
    if (next.type === 'type') left.push(children[0]!);
    else if (children[1]?.type === '|') left.push(children[2]!, children[0]!);
    else found.push(next);
  }
  return found;
}

/** Joins adjacent texts and drops empty ones. */
function joined(parts: readonly (string | FormattedValue)[]): readonly (string | FormattedValue)[] {
  const result: (string | FormattedValue)[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else if (part !== '') result.push(part);
  }
  return result;
}

function elementsOf(children: readonly SyntaxNode[]): SyntaxNode[] {
  return children.filter(({ type }) => type !== ',');
}

function isDeletable(value: Expression): boolean {
  switch (value.kind) {
    case 'Name':
    case 'Attribute':
    case 'Subscript':
      return true;
    case 'Tuple':
    case 'List':
      return value.elements.every(isDeletable);
    default:
      return false;
  }
}

function shortened(text: string): string {
  const [line = ''] = text.split(/\r\n?|\n/, 1);
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

function tooDeep(): string {
  return l10n.t('This is nested too deeply.');
}

const noParameters: Parameters = {
  positionalOnly: [],
  positional: [],
  rest: undefined,
  keywordOnly: [],
  keywords: undefined,
};

/** Keywords that cannot be names; the grammar distinguishes the soft ones. */
const keywords: ReadonlySet<string> = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if
  import in is lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
);

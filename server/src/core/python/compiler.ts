// Turns the syntax of a chunk, a function or a class into code for the machine.
import * as l10n from '@vscode/l10n';
import type {
  CallExpression,
  ClassDef,
  Comprehension,
  Expression,
  FormattedValue,
  FunctionDef,
  Parameters,
  Pattern,
  PythonBlock,
  Statement,
} from '../syntax/python/ast.ts';
import type { Range } from '../text/range.ts';
import {
  type Branch,
  type ClassDetail,
  type Code,
  evaluated,
  type FormatDetail,
  type FunctionDetail,
  type Handler,
  type ImportDetail,
  type KeywordCall,
  LaterCode,
  op,
  type ParameterNames,
} from './code.ts';
import { conductOf, type Effects, effectsOf, isHarmlessExpression, leavesOf, type Slot } from './effects.ts';
import { ellipsis, PyBytes, PyComplex, PyFloat, PyTuple, type Value } from './objects.ts';
import { type Scope, type Scopes, scopesInside, scopesOf } from './scope.ts';

export const binaryOperators = ['+', '-', '*', '/', '//', '%', '**', '@', '<<', '>>', '&', '|', '^'] as const;
export const unaryOperators = ['+', '-', '~'] as const;
export const comparisons = ['==', '!=', '<', '<=', '>', '>=', 'is', 'is not', 'in', 'not in'] as const;

const compiled = new WeakMap<PythonBlock, Code>();

/** The code of top-level statements that are read together; the same for the same block. */
export function compileBlock(block: PythonBlock): Code {
  let code = compiled.get(block);
  if (!code) {
    code = compileStatements(block);
    compiled.set(block, code);
  }
  return code;
}

function compileStatements(block: PythonBlock): Code {
  try {
    return moduleUnit(block).code();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Nested deeper than the stack: whatever it sets is unknown.
    const range = { from: 0, to: block.text.length };
    const message = l10n.t('This is nested too deeply.');
    const targets = block.statements.flatMap((statement): Expression[] =>
      statement.kind === 'FunctionDef' || statement.kind === 'ClassDef'
        ? [{ kind: 'Name', name: statement.name, range: statement.nameRange }]
        : statement.kind === 'Assign'
          ? statement.targets.filter(({ kind }) => kind === 'Name')
          : [],
    );
    return moduleUnit({
      text: block.text,
      statements: [{ kind: 'Broken', message, targets, leaves: false, range }],
      problems: [],
    }).code();
  }
}

function moduleUnit(block: PythonBlock): Unit {
  const { module, scopes } = scopesOf(block.statements);
  const range = { from: 0, to: block.text.length };
  const unit = new Unit(module, scopes, block.text, '<module>', '<module>', 'module', range, []);
  unit.body(block.statements);
  return unit;
}

/** The code of an expression: running it gives its value. */
export function compileExpression(node: Expression, text: string): Code {
  const statement: Statement = { kind: 'Return', value: node, range: node.range };
  const { module, scopes } = scopesOf([statement]);
  const unit = new Unit(module, scopes, text, evaluated, evaluated, 'module', node.range, []);
  unit.body([statement]);
  return unit.code();
}

/** What `break`, `continue` and `return` pass on their way out. */
type Block =
  | {
      readonly kind: 'loop';
      readonly again: number;
      readonly exits: number[];
      readonly depth: number;
      readonly onStack: number;
      readonly node: Statement;
    }
  /** Values of the machine that lie on the stack: an exception that is handled. */
  | { readonly kind: 'values'; readonly count: number }
  | { readonly kind: 'with' }
  | { readonly kind: 'finally'; readonly exits: { readonly at: number; readonly exit: Exit }[] }
  | {
      readonly kind: 'try';
      readonly node: Statement & { readonly kind: 'Try' };
      readonly depth: number;
      readonly exits: number[];
    };
type Exit = 'return' | 'break' | 'continue';

class Unit {
  readonly #scope: Scope;
  readonly #scopes: Scopes;
  readonly #text: string;
  readonly #name: string;
  readonly #qualifiedName: string;
  readonly #kind: Code['kind'];
  readonly #head: Range;
  #docstring: string | undefined;
  #parameters: ParameterNames = { names: [], positionalOnly: 0, positional: 0, keywordOnly: 0, rest: -1, keywords: -1 };

  readonly #operations: number[] = [];
  readonly #operands: number[] = [];
  readonly #ranges: Range[] = [];
  readonly #statementRanges: Range[] = [];
  readonly #depths: number[] = [];
  readonly #constants: Value[] = [];
  readonly #numbers = new Map<Value, number>();
  readonly #details: unknown[] = [];
  readonly #names: string[] = [];
  readonly #nameIndex = new Map<string, number>();
  readonly #locals: string[] = [];
  readonly #localIndex = new Map<string, number>();
  readonly #cells: string[] = [];
  readonly #ownCells: number;
  readonly #handlers: Handler[] = [];
  readonly #branches = new Map<number, Branch>();
  readonly #annotations = new Map<string, string>();
  readonly #blocks: Block[] = [];
  /** The statements that come after the one that is compiled, from the inside out. */
  readonly #rest: { readonly statements: readonly Statement[]; at: number }[] = [];
  #depth = 0;
  #range: Range;
  #statement: Range;
  #bodyOf: readonly Statement[] = [];
  #bodyExpressions: readonly Expression[] = [];
  #hidden = 0;

  constructor(
    scope: Scope,
    scopes: Scopes,
    text: string,
    name: string,
    qualifiedName: string,
    kind: Code['kind'],
    head: Range,
    parameters: readonly string[],
  ) {
    this.#scope = scope;
    this.#scopes = scopes;
    this.#text = text;
    this.#name = name;
    this.#qualifiedName = qualifiedName;
    this.#kind = kind;
    this.#head = head;
    this.#range = head;
    this.#statement = head;
    for (const parameter of parameters) this.#local(scope.mangled(parameter));
    this.#cells.push(...scope.cells);
    this.#ownCells = this.#cells.length;
    this.#cells.push(...scope.free);
  }

  code(): Code {
    const cellParameters: (readonly [number, number])[] = [];
    if (this.#scope.kind === 'function') {
      for (let cell = 0; cell < this.#ownCells; cell++) {
        const local = this.#localIndex.get(this.#cells[cell]!);
        if (local !== undefined) cellParameters.push([local, cell]);
      }
    }
    let effects: Effects | undefined;
    const [body, expressions, slotOf] = [this.#bodyOf, this.#bodyExpressions, this.#slot];
    const mangled = (name: string): string => this.#scope.mangled(name);
    return {
      name: this.#name,
      qualifiedName: this.#qualifiedName,
      kind: this.#kind,
      head: this.#head,
      docstring: this.#docstring,
      isGenerator: this.#scope.isGenerator,
      isAsync: this.isAsync,
      parameters: this.#parameters,
      operations: this.#operations,
      operands: this.#operands,
      ranges: this.#ranges,
      statements: this.#statementRanges,
      depths: this.#depths,
      constants: this.#constants,
      details: this.#details,
      names: this.#names,
      locals: this.#locals,
      cells: this.#cells,
      ownCells: this.#ownCells,
      cellParameters,
      handlers: this.#handlers,
      branches: this.#branches,
      effects: () => (effects ??= effectsOf(body, expressions, slotOf, mangled)),
      annotations: this.#annotations,
    };
  }

  isAsync = false;

  // What goes into the code.

  #emit(operation: number, operand: number, change: number): number {
    this.#operations.push(operation);
    this.#operands.push(operand);
    this.#ranges.push(this.#range);
    this.#statementRanges.push(this.#statement);
    this.#depths.push(this.#depth);
    this.#depth += change;
    return this.#operations.length - 1;
  }

  get #here(): number {
    return this.#operations.length;
  }

  #patch(at: number): void {
    this.#operands[at] = this.#here;
  }

  #constant(value: Value): void {
    let index = typeof value === 'object' && value !== null ? undefined : this.#numbers.get(value);
    if (index === undefined) {
      index = this.#constants.push(value) - 1;
      if (typeof value !== 'object' || value === null) this.#numbers.set(value, index);
    }
    this.#emit(op.constant, index, 1);
  }

  #detail(value: unknown): number {
    return this.#details.push(value) - 1;
  }

  #nameAt(name: string): number {
    let index = this.#nameIndex.get(name);
    if (index === undefined) {
      index = this.#names.push(name) - 1;
      this.#nameIndex.set(name, index);
    }
    return index;
  }

  #local(name: string): number {
    let index = this.#localIndex.get(name);
    if (index === undefined) {
      index = this.#locals.push(name) - 1;
      this.#localIndex.set(name, index);
    }
    return index;
  }

  /** A variable that no program can name. */
  #hiddenLocal(): number {
    return this.#local(`.${this.#hidden++}`);
  }

  readonly #slot = (name: string): Slot | undefined => {
    const scope = this.#scope;
    if (scope.kind === 'module') return { kind: 'name', name };
    if (scope.globals.has(name)) return { kind: 'global', name };
    const cell = this.#cells.indexOf(name);
    if (scope.kind === 'class') {
      if (cell >= this.#ownCells && !scope.bound.has(name)) return { kind: 'cell', index: cell };
      return { kind: 'name', name };
    }
    if (cell >= 0) return { kind: 'cell', index: cell };
    if (scope.bound.has(name)) return { kind: 'local', index: this.#local(name) };
    return { kind: 'global', name };
  };

  #load(plainName: string): void {
    const name = this.#scope.mangled(plainName);
    const slot = this.#slot(name)!;
    if (slot.kind === 'local') this.#emit(op.local, slot.index, 1);
    else if (slot.kind === 'cell' && this.#scope.kind === 'class') {
      this.#emit(op.classCell, this.#detail({ name, cell: slot.index }), 1);
    } else if (slot.kind === 'cell') this.#emit(op.cell, slot.index, 1);
    else this.#emit(slot.kind === 'global' ? op.global : op.name, this.#nameAt(name), 1);
  }

  #store(plainName: string): void {
    const name = this.#scope.mangled(plainName);
    const slot = this.#slot(name)!;
    if (slot.kind === 'local') this.#emit(op.setLocal, slot.index, -1);
    else if (slot.kind === 'cell') this.#emit(op.setCell, slot.index, -1);
    else this.#emit(slot.kind === 'global' ? op.setGlobal : op.setName, this.#nameAt(name), -1);
  }

  #delete(plainName: string): void {
    const name = this.#scope.mangled(plainName);
    const slot = this.#slot(name)!;
    if (slot.kind === 'local') this.#emit(op.deleteLocal, slot.index, 0);
    else if (slot.kind === 'cell') this.#emit(op.deleteCell, slot.index, 0);
    else this.#emit(slot.kind === 'global' ? op.deleteGlobal : op.deleteName, this.#nameAt(name), 0);
  }

  // Statements.

  body(statements: readonly Statement[]): void {
    this.#bodyOf = statements;
    const first = statements[0];
    if (first?.kind === 'ExpressionStatement' && first.value.kind === 'Constant' && first.value.type === 'str') {
      this.#docstring = first.value.value;
    }
    this.#block(statements);
    this.#constant(null);
    this.#emit(op.return, 0, -1);
  }

  #block(statements: readonly Statement[]): void {
    const rest = { statements, at: 0 };
    this.#rest.push(rest);
    for (; rest.at < statements.length; rest.at++) this.#compile(statements[rest.at]!);
    this.#rest.pop();
  }

  /** Begins a statement: `head` is what its cost is attributed to. */
  #begin(head: Range): void {
    this.#statement = head;
    this.#range = head;
    this.#emit(op.statement, 0, 0);
  }

  #compile(node: Statement): void {
    switch (node.kind) {
      case 'FunctionDef':
        this.#functionDef(node);
        return;
      case 'ClassDef':
        this.#classDef(node);
        return;
      case 'Return':
        this.#begin(node.range);
        if (node.value) this.#expression(node.value);
        else this.#constant(null);
        this.#exit('return');
        return;
      case 'Delete':
        this.#begin(node.range);
        for (const target of node.targets) this.#deleteTarget(target);
        return;
      case 'Assign':
        this.#begin(node.range);
        this.#expression(node.value);
        node.targets.forEach((target, at) => {
          if (at < node.targets.length - 1) this.#emit(op.duplicate, 0, 1);
          this.#target(target);
        });
        return;
      case 'AugAssign':
        this.#begin(node.range);
        this.#augmented(node);
        return;
      case 'AnnAssign':
        this.#begin(node.range);
        if (node.value) {
          this.#expression(node.value);
          this.#target(node.target);
        }
        if (this.#kind === 'class' && node.target.kind === 'Name') {
          const annotation = this.#text.slice(node.annotation.range.from, node.annotation.range.to);
          this.#annotations.set(this.#scope.mangled(node.target.name), annotation);
        }
        return;
      case 'For':
        this.#for(node);
        return;
      case 'While':
        this.#while(node);
        return;
      case 'If':
        this.#if(node);
        return;
      case 'With':
        this.#with(node, 0);
        return;
      case 'Match':
        this.#match(node);
        return;
      case 'Raise':
        this.#raise(node);
        return;
      case 'Try':
        this.#try(node);
        return;
      case 'Assert':
        this.#assert(node);
        return;
      case 'Import':
        this.#begin(node.range);
        for (const { name, as, range } of node.names) {
          this.#range = range;
          const detail: ImportDetail = {
            name,
            level: 0,
            names: undefined,
            isAliased: as !== undefined,
            ...this.#guard(),
          };
          this.#emit(op.import, this.#detail(detail), 1);
          this.#store(as ?? name.split('.')[0]!);
        }
        return;
      case 'ImportFrom': {
        this.#begin(node.range);
        if (node.module === '__future__' && node.level === 0) return;
        const names = node.names.map(({ name }) => name);
        const detail: ImportDetail = {
          name: node.module,
          level: node.level,
          names,
          isAliased: false,
          ...this.#guard(),
        };
        if (names[0] === '*') {
          this.#emit(op.importStar, this.#detail(detail), 0);
          return;
        }
        node.names.forEach(({ name, as, range }) => {
          this.#range = range;
          this.#emit(op.importFrom, this.#detail({ ...detail, names: [name] }), 1);
          this.#store(as ?? name);
        });
        return;
      }
      case 'Global':
      case 'Nonlocal':
      case 'Pass':
        return;
      case 'ExpressionStatement':
        if (node.value.kind === 'Constant') return;
        this.#begin(node.range);
        this.#expression(node.value);
        this.#emit(op.pop, 0, -1);
        return;
      case 'Break':
        this.#begin(node.range);
        this.#exit('break');
        return;
      case 'Continue':
        this.#begin(node.range);
        this.#exit('continue');
        return;
      case 'Broken': {
        this.#begin(node.range);
        this.#emit(op.broken, this.#detail(node.message), 1);
        for (const target of node.targets) {
          this.#emit(op.duplicate, 0, 1);
          this.#target(target);
        }
        if (!node.leaves) {
          this.#emit(op.pop, 0, -1);
          return;
        }
        // Always taken: the value is unknown.
        const at = this.#emit(op.jumpIfFalse, 0, -1);
        this.#patch(at);
        this.#skipBranch(at, [], [], { function: true, loop: false, raises: false }, false);
        return;
      }
    }
  }

  /** What of an import depends on a `try` around it. */
  #guard(): Pick<ImportDetail, 'isGuarded' | 'forgone'> {
    const guards = this.#blocks.flatMap(block => (block.kind === 'try' && catchesImports(block.node) ? [block] : []));
    const forgone = this.#kind === 'module' ? guards.flatMap(({ node }) => importedNames(node.body)) : [];
    return { isGuarded: guards.length > 0, forgone };
  }

  #functionDef(node: FunctionDef): void {
    for (const decorator of node.decorators) {
      this.#begin(decorator.range);
      this.#expression(decorator);
      this.#emit(op.noSelf, 0, 1);
    }
    this.#begin(node.head);
    const scope = this.#scopes.get(node)!;
    // Most functions are never called.
    const code = new LaterCode(() => {
      const scopes = node.deferred ? scopesInside(node, this.#scope) : this.#scopes;
      const unit = this.#functionUnit(node, node.name, 'function', node.head, node.parameters, scopes);
      unit.isAsync = node.isAsync;
      if (node.returns)
        unit.#annotations.set('return', this.#text.slice(node.returns.range.from, node.returns.range.to));
      try {
        unit.body(node.body);
        return unit.code();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        // Nested deeper than the stack.
        const broken = this.#functionUnit(node, node.name, 'function', node.head, node.parameters, scopes);
        const message = l10n.t('This is nested too deeply.');
        broken.body([{ kind: 'Broken', message, targets: [], leaves: true, range: node.range }]);
        return broken.code();
      }
    });
    this.#makeFunction(code, node.parameters, [...scope.free]);
    for (let at = node.decorators.length - 1; at >= 0; at--) {
      this.#range = node.decorators[at]!.range;
      this.#statement = this.#range;
      this.#emit(op.call, 1, -2);
    }
    this.#store(node.name);
  }

  #qualified(name: string): string {
    if (this.#kind === 'module' || this.#scope.globals.has(name)) return name;
    return this.#kind === 'class' ? `${this.#qualifiedName}.${name}` : `${this.#qualifiedName}.<locals>.${name}`;
  }

  #functionUnit(
    node: FunctionDef | (Expression & { readonly kind: 'Lambda' }),
    name: string,
    kind: Code['kind'],
    head: Range,
    parameters: Parameters,
    scopes = this.#scopes,
  ): Unit {
    const lists = [
      ...parameters.positionalOnly,
      ...parameters.positional,
      ...parameters.keywordOnly,
      ...(parameters.rest ? [parameters.rest] : []),
      ...(parameters.keywords ? [parameters.keywords] : []),
    ];
    const names = lists.map(parameter => parameter.name);
    const scope = scopes.get(node)!;
    const unit = new Unit(scope, scopes, this.#text, name, this.#qualified(name), kind, head, names);
    const positional = parameters.positionalOnly.length + parameters.positional.length;
    const keywordOnly = parameters.keywordOnly.length;
    unit.#parameters = {
      names: names.map(each => scope.mangled(each)),
      positionalOnly: parameters.positionalOnly.length,
      positional,
      keywordOnly,
      rest: parameters.rest ? positional + keywordOnly : -1,
      keywords: parameters.keywords ? positional + keywordOnly + (parameters.rest ? 1 : 0) : -1,
    };
    for (const { name: each, annotation } of lists) {
      if (annotation) unit.#annotations.set(each, this.#text.slice(annotation.range.from, annotation.range.to));
    }
    return unit;
  }

  /** Puts a function of the code on the stack. */
  #makeFunction(
    code: Code | LaterCode,
    parameters: Parameters | undefined,
    free = code instanceof LaterCode ? [] : code.cells.slice(code.ownCells),
  ): void {
    let defaults = 0;
    const keywordDefaults: string[] = [];
    if (parameters) {
      for (const parameter of [...parameters.positionalOnly, ...parameters.positional]) {
        if (!parameter.default) continue;
        this.#expression(parameter.default);
        defaults++;
      }
      for (const parameter of parameters.keywordOnly) {
        if (!parameter.default) continue;
        this.#expression(parameter.default);
        keywordDefaults.push(parameter.name);
      }
    }
    const outer = free.map(name => this.#cells.indexOf(name));
    const detail: FunctionDetail = { code, defaults, keywordDefaults, outer };
    this.#emit(op.function, this.#detail(detail), 1 - defaults - keywordDefaults.length);
  }

  #outerCells(code: Code): readonly number[] {
    return code.cells.slice(code.ownCells).map(name => this.#cells.indexOf(name));
  }

  #classDef(node: ClassDef): void {
    for (const decorator of node.decorators) {
      this.#begin(decorator.range);
      this.#expression(decorator);
      this.#emit(op.noSelf, 0, 1);
    }
    this.#begin(node.head);
    const scope = this.#scopes.get(node)!;
    const unit = new Unit(
      scope,
      this.#scopes,
      this.#text,
      node.name,
      this.#qualified(node.name),
      'class',
      node.head,
      [],
    );
    unit.body(node.body);
    const code = unit.code();
    this.#emit(op.arguments, 0, 1);
    for (const base of node.bases) this.#argument(base);
    for (const { name, value } of node.keywords) this.#keyword(name, value);
    const detail: ClassDetail = { code, name: node.name, outer: this.#outerCells(code), head: node.head };
    this.#range = node.head;
    this.#emit(op.class, this.#detail(detail), 0);
    for (let at = node.decorators.length - 1; at >= 0; at--) {
      this.#range = node.decorators[at]!.range;
      this.#statement = this.#range;
      this.#emit(op.call, 1, -2);
    }
    this.#store(node.name);
  }

  #augmented(node: Statement & { readonly kind: 'AugAssign' }): void {
    const operator = binaryOperators.indexOf(node.operator);
    const { target } = node;
    switch (target.kind) {
      case 'Name':
        this.#load(target.name);
        this.#expression(node.value);
        this.#range = node.range;
        this.#emit(op.inPlace, operator, -1);
        this.#store(target.name);
        return;
      case 'Attribute': {
        const name = this.#nameAt(this.#scope.mangled(target.name));
        this.#expression(target.value);
        this.#emit(op.duplicate, 0, 1);
        this.#range = target.range;
        this.#emit(op.attribute, name, 0);
        this.#expression(node.value);
        this.#range = node.range;
        this.#emit(op.inPlace, operator, -1);
        this.#emit(op.swap, 0, 0);
        this.#emit(op.setAttribute, name, -2);
        return;
      }
      case 'Subscript':
        this.#expression(target.value);
        this.#expression(target.index);
        this.#emit(op.duplicateTwo, 0, 2);
        this.#range = target.range;
        this.#emit(op.index, 0, -1);
        this.#expression(node.value);
        this.#range = node.range;
        this.#emit(op.inPlace, operator, -1);
        this.#emit(op.rotateThree, 0, 0);
        this.#emit(op.setIndex, 0, -3);
        return;
      default:
        this.#expression(node.value);
        this.#emit(op.pop, 0, -1);
    }
  }

  /** Stores the value on top of the stack. */
  #target(node: Expression): void {
    const outer = this.#range;
    switch (node.kind) {
      case 'Name':
        this.#store(node.name);
        break;
      case 'Attribute':
        this.#expression(node.value);
        this.#range = outer;
        this.#emit(op.setAttribute, this.#nameAt(this.#scope.mangled(node.name)), -2);
        break;
      case 'Subscript':
        this.#expression(node.value);
        this.#expression(node.index);
        this.#range = outer;
        this.#emit(op.setIndex, 0, -3);
        break;
      case 'List':
      case 'Tuple': {
        const { elements } = node;
        const star = elements.findIndex(({ kind }) => kind === 'Starred');
        if (star < 0) this.#emit(op.unpack, elements.length, elements.length - 1);
        else {
          const detail = { before: star, after: elements.length - star - 1 };
          this.#emit(op.unpackRest, this.#detail(detail), elements.length - 1);
        }
        for (const element of elements) this.#target(element.kind === 'Starred' ? element.value : element);
        break;
      }
      case 'Starred':
        this.#target(node.value);
        break;
      default:
        this.#emit(op.pop, 0, -1);
    }
    this.#range = outer;
  }

  #deleteTarget(node: Expression): void {
    switch (node.kind) {
      case 'Name':
        this.#delete(node.name);
        return;
      case 'Attribute':
        this.#expression(node.value);
        this.#emit(op.deleteAttribute, this.#nameAt(this.#scope.mangled(node.name)), -1);
        return;
      case 'Subscript':
        this.#expression(node.value);
        this.#expression(node.index);
        this.#emit(op.deleteIndex, 0, -2);
        return;
      case 'List':
      case 'Tuple':
        for (const element of node.elements) this.#deleteTarget(element);
        return;
      default:
    }
  }

  // Control flow.

  /**
   * What happens where the instruction at `at` meets an unknown condition: `statements` and `expressions` are skipped, and
   * control goes on from here, or leaves the loop or function where they may.
   */
  #skipBranch(
    at: number,
    statements: readonly Statement[],
    expressions: readonly (Expression | undefined)[],
    leaves: { readonly function: boolean; readonly loop: boolean; readonly raises: boolean },
    isHarmless: boolean,
    targets: readonly Expression[] = [],
  ): void {
    const skipped: Statement[] = [...statements];
    const broken: Statement[] = targets.map(target => ({
      kind: 'Broken',
      message: '',
      targets: [target],
      leaves: false,
      range: target.range,
    }));
    let { function: leavesFunction, loop: leavesLoop } = leaves;
    // A generator gives an unknown number of values.
    if (this.#scope.isGenerator) {
      const found = effectsOf(
        statements,
        expressions,
        () => undefined,
        name => name,
      );
      if (found.yields) leavesFunction = true;
    }
    const tries = leaves.raises ? this.#tries() : undefined;
    if (tries && !leavesFunction) {
      // An exception that is handled around it: the whole `try` is skipped.
      skipped.push(tries.node);
      const inner = leavesOf([tries.node]);
      leavesFunction = inner.function;
      leavesLoop = leavesLoop || inner.loop;
    }
    const loop = this.#innermostLoop();
    if (leavesLoop && loop && !leavesFunction) {
      skipped.push(loop.node);
      if (leavesOf([loop.node]).function) leavesFunction = true;
    }
    if (leavesFunction) {
      for (const { statements: list, at: index } of this.#rest) skipped.push(...list.slice(index));
    }
    const depth = this.#depth;
    let pad = this.#here;
    if (leavesFunction || (leavesLoop && loop) || tries) {
      const over = this.#emit(op.jump, 0, 0);
      pad = this.#here;
      if (leavesFunction) {
        this.#emit(op.skipped, 0, 1);
        this.#exit('return');
      } else if (leavesLoop && loop) this.#exit('break');
      else if (tries) {
        for (let index = this.#blocks.length - 1; this.#blocks[index] !== tries; index--)
          this.#unwind(this.#blocks[index]!);
        tries.exits.push(this.#emit(op.jump, 0, 0));
      }
      this.#patch(over);
      this.#depth = depth;
    }
    let effects: Effects | undefined;
    const [slotOf, mangled] = [this.#slot, (name: string) => this.#scope.mangled(name)];
    this.#branches.set(at, {
      kind: 'skip',
      target: pad,
      depth,
      effects: () => (effects ??= effectsOf([...broken, ...skipped], expressions, slotOf, mangled)),
      isHarmless,
      leaves: leavesFunction,
    });
  }

  #innermostLoop(): (Block & { readonly kind: 'loop' }) | undefined {
    for (let at = this.#blocks.length - 1; at >= 0; at--) {
      const block = this.#blocks[at]!;
      if (block.kind === 'loop') return block;
    }
    return undefined;
  }

  #tries(): (Block & { readonly kind: 'try' }) | undefined {
    for (let at = this.#blocks.length - 1; at >= 0; at--) {
      const block = this.#blocks[at]!;
      if (block.kind === 'try') return block;
    }
    return undefined;
  }

  #if(node: Statement & { readonly kind: 'If' }): void {
    this.#begin({ from: node.range.from, to: node.test.range.to });
    this.#expression(node.test);
    const test = this.#emit(op.jumpIfFalse, 0, -1);
    const depth = this.#depth;
    const bodyAt = this.#here;
    this.#block(node.body);
    let orElseAt = this.#here;
    if (node.orElse.length === 0) {
      this.#patch(test);
      this.#depth = depth;
    } else {
      const over = this.#emit(op.jump, 0, 0);
      this.#depth = depth;
      orElseAt = this.#here;
      this.#patch(test);
      this.#block(node.orElse);
      this.#patch(over);
      this.#depth = depth;
    }
    // What becomes of it where the test is unknown. A `raise` that the same function handles is a way like any other.
    const handled = this.#tries() !== undefined;
    const [body, orElse] = [conductOf(node.body), conductOf(node.orElse)];
    if (body === 'raises' && !handled && orElse !== 'raises') {
      this.#branches.set(test, { kind: 'go', target: orElseAt, depth });
    } else if (orElse === 'raises' && !handled) {
      this.#branches.set(test, { kind: 'go', target: bodyAt, depth });
    } else {
      const leaves = leavesOf([...node.body, ...node.orElse]);
      const isHarmless = body === 'harmless' && orElse === 'harmless';
      this.#range = this.#statement = { from: node.range.from, to: node.test.range.to };
      this.#skipBranch(
        test,
        [...node.body, ...node.orElse],
        [],
        { ...leaves, raises: handled && leaves.raises },
        isHarmless,
      );
    }
  }

  #while(node: Statement & { readonly kind: 'While' }): void {
    const head = { from: node.range.from, to: node.test.range.to };
    const again = this.#here;
    this.#begin(head);
    const isEndless =
      node.test.kind === 'Constant' && (node.test.type === 'bool' || node.test.type === 'int') && !!node.test.value;
    let test: number | undefined;
    if (!isEndless) {
      this.#expression(node.test);
      test = this.#emit(op.jumpIfFalse, 0, -1);
    }
    const loop: Block & { readonly kind: 'loop' } = {
      kind: 'loop',
      again,
      exits: [],
      depth: this.#depth,
      onStack: 0,
      node,
    };
    this.#blocks.push(loop);
    this.#block(node.body);
    this.#blocks.pop();
    this.#emit(op.jump, again, 0);
    this.#depth = loop.depth;
    if (test !== undefined) this.#patch(test);
    this.#block(node.orElse);
    for (const exit of loop.exits) this.#patch(exit);
    this.#depth = loop.depth;
    if (test !== undefined) {
      this.#range = this.#statement = head;
      const { function: leaves } = leavesOf(node.body);
      const { loop: orElseLeaves, function: orElseReturns } = leavesOf(node.orElse);
      this.#skipBranch(
        test,
        [node],
        [],
        { function: leaves || orElseReturns, loop: orElseLeaves, raises: false },
        conductOf(node.body) === 'harmless' && isHarmlessExpression(node.test),
      );
    }
  }

  #for(node: Statement & { readonly kind: 'For' }): void {
    const head = { from: node.range.from, to: node.iterable.range.to };
    this.#begin(head);
    this.#expression(node.iterable);
    this.#range = node.iterable.range;
    const iterate = this.#emit(op.iterate, 0, 0);
    const again = this.#here;
    this.#range = this.#statement = head;
    const next = this.#emit(op.next, 0, 1);
    const depth = this.#depth - 2;
    this.#target(node.target);
    const loop: Block & { readonly kind: 'loop' } = { kind: 'loop', again, exits: [], depth, onStack: 1, node };
    this.#blocks.push(loop);
    this.#block(node.body);
    this.#blocks.pop();
    this.#range = this.#statement = head;
    this.#emit(op.jump, again, 0);
    this.#patch(next);
    this.#depth = depth;
    this.#block(node.orElse);
    for (const exit of loop.exits) this.#patch(exit);
    this.#depth = depth;
    this.#range = this.#statement = head;
    const body = leavesOf(node.body);
    const orElse = leavesOf(node.orElse);
    const leaves = { function: body.function || orElse.function, loop: orElse.loop, raises: false };
    const isHarmless = conductOf(node.body) !== 'acts';
    this.#skipBranch(iterate, [node], [], leaves, isHarmless);
    this.#branches.set(next, this.#branches.get(iterate)!);
  }

  /** Leaves the loop or the function through everything that is around. The value of `return` is on the stack. */
  #exit(exit: Exit): void {
    const depth = this.#depth;
    for (let at = this.#blocks.length - 1; at >= 0; at--) {
      const block = this.#blocks[at]!;
      if (block.kind === 'loop') {
        if (exit !== 'return') {
          if (exit === 'continue') this.#emit(op.jump, block.again, 0);
          else {
            for (let count = 0; count < block.onStack; count++) this.#emit(op.pop, 0, -1);
            block.exits.push(this.#emit(op.jump, 0, 0));
          }
          this.#depth = depth;
          return;
        }
        for (let count = 0; count < block.onStack; count++) {
          this.#emit(op.swap, 0, 0);
          this.#emit(op.pop, 0, -1);
        }
        continue;
      }
      if (block.kind === 'finally') {
        block.exits.push({ at: this.#emit(op.jump, 0, 0), exit });
        this.#depth = depth;
        return;
      }
      this.#unwind(block, exit === 'return');
    }
    if (exit === 'return') this.#emit(op.return, 0, -1);
    this.#depth = depth;
  }

  #unwind(block: Block, hasValue = false): void {
    if (block.kind === 'values') {
      for (let count = 0; count < block.count; count++) {
        if (hasValue) this.#emit(op.swap, 0, 0);
        this.#emit(op.pop, 0, -1);
      }
    } else if (block.kind === 'with') {
      if (hasValue) this.#emit(op.swap, 0, 0);
      this.#emit(op.leaveWith, 0, 0);
      this.#emit(op.pop, 0, -1);
    }
  }

  #with(node: Statement & { readonly kind: 'With' }, item: number): void {
    const { context, target } = node.items[item]!;
    const range = { from: item === 0 ? node.range.from : context.range.from, to: (target ?? context).range.to };
    this.#begin(range);
    this.#expression(context);
    this.#range = context.range;
    // Leaves the context and what its `__enter__` gives.
    this.#emit(op.enterWith, 0, 1);
    const depth = this.#depth - 1;
    const from = this.#here;
    this.#blocks.push({ kind: 'with' });
    if (target) this.#target(target);
    else this.#emit(op.pop, 0, -1);
    if (item + 1 < node.items.length) this.#with(node, item + 1);
    else this.#block(node.body);
    this.#blocks.pop();
    const to = this.#here;
    this.#range = this.#statement = range;
    this.#emit(op.leaveWith, 0, 0);
    this.#emit(op.pop, 0, -1);
    const over = this.#emit(op.jump, 0, 0);
    // The context and the exception: it is raised again unless it is swallowed.
    this.#depth = depth + 1;
    this.#handlers.push({ from, to, target: this.#here, depth });
    this.#emit(op.leaveWithException, 0, 0);
    this.#emit(op.pop, 0, -1);
    this.#emit(op.pop, 0, -1);
    this.#patch(over);
    this.#depth = depth - 1;
  }

  #raise(node: Statement & { readonly kind: 'Raise' }): void {
    this.#begin(node.range);
    if (!node.exception) {
      const handled = this.#handledLocals.at(-1);
      if (handled !== undefined) {
        this.#emit(op.local, handled, 1);
        this.#emit(op.raise, 1, -1);
      } else this.#emit(op.reraise, 0, 0);
      return;
    }
    this.#expression(node.exception);
    this.#range = node.range;
    if (node.cause) {
      this.#expression(node.cause);
      this.#range = node.range;
      this.#emit(op.raiseFrom, 0, -2);
    } else this.#emit(op.raise, 0, -1);
  }

  readonly #handledLocals: number[] = [];

  #try(node: Statement & { readonly kind: 'Try' }): void {
    if (node.finalBody.length > 0) {
      const finallyBlock: Block & { readonly kind: 'finally' } = { kind: 'finally', exits: [] };
      const depth = this.#depth;
      const from = this.#here;
      this.#blocks.push(finallyBlock);
      if (node.handlers.length > 0) this.#except(node);
      else this.#block(node.body);
      this.#blocks.pop();
      const to = this.#here;
      this.#range = this.#statement = { from: node.range.to, to: node.range.to };
      // On the stack: a value (of `return`, or an exception), and how to go on.
      const normal = this.#hiddenLocal();
      const value = this.#hiddenLocal();
      this.#constant(0);
      this.#emit(op.setLocal, normal, -1);
      const entries = [this.#emit(op.jump, 0, 0)];
      this.#handlers.push({ from, to, target: this.#here, depth });
      this.#depth = depth + 1;
      this.#emit(op.setLocal, value, -1);
      this.#constant(1);
      this.#emit(op.setLocal, normal, -1);
      entries.push(this.#emit(op.jump, 0, 0));
      const exits: Exit[] = [];
      for (const exit of ['return', 'break', 'continue'] as const) {
        const jumps = finallyBlock.exits.filter(each => each.exit === exit);
        if (jumps.length === 0) continue;
        // Whoever leaves may have values on the stack that nobody needs: the machine cuts it to the depth of the target.
        for (const { at } of jumps) {
          this.#operations[at] = op.finish;
          this.#operands[at] = this.#detail({ target: this.#here, depth, hasValue: exit === 'return' });
        }
        this.#depth = depth;
        if (exit === 'return') {
          this.#depth = depth + 1;
          this.#emit(op.setLocal, value, -1);
        }
        this.#constant(2 + exits.length);
        this.#emit(op.setLocal, normal, -1);
        entries.push(this.#emit(op.jump, 0, 0));
        exits.push(exit);
      }
      for (const entry of entries) this.#patch(entry);
      this.#depth = depth;
      this.#block(node.finalBody);
      const dispatch = (state: number): number => {
        this.#emit(op.local, normal, 1);
        this.#constant(state);
        this.#emit(op.compare, 0, -1);
        return this.#emit(op.jumpIfFalse, 0, -1);
      };
      const raised = dispatch(1);
      this.#emit(op.local, value, 1);
      this.#emit(op.raise, 1, -1);
      this.#patch(raised);
      this.#depth = depth;
      exits.forEach((exit, at) => {
        const skip = dispatch(2 + at);
        if (exit === 'return') this.#emit(op.local, value, 1);
        this.#exit(exit);
        this.#patch(skip);
        this.#depth = depth;
      });
      return;
    }
    this.#except(node);
  }

  #except(node: Statement & { readonly kind: 'Try' }): void {
    const depth = this.#depth;
    const from = this.#here;
    const tries: Block & { readonly kind: 'try' } = { kind: 'try', node, depth, exits: [] };
    this.#blocks.push(tries);
    this.#block(node.body);
    this.#blocks.pop();
    const to = this.#here;
    this.#block(node.orElse);
    const ends = [this.#emit(op.jump, 0, 0)];
    this.#handlers.push({ from, to, target: this.#here, depth });
    this.#depth = depth + 1;
    const handled = this.#hiddenLocal();
    this.#emit(op.setLocal, handled, -1);
    this.#handledLocals.push(handled);
    for (const handler of node.handlers) {
      this.#statement = this.#range = handler.type
        ? { from: handler.type.range.from, to: handler.type.range.to }
        : { from: node.range.from, to: node.range.from };
      let next: number | undefined;
      if (handler.type) {
        this.#emit(op.local, handled, 1);
        this.#expression(handler.type);
        this.#emit(op.matchException, 0, -1);
        next = this.#emit(op.jumpIfFalse, 0, -1);
        // Whether an unknown class is meant is not known: the exception goes on.
        this.#branches.set(next, { kind: 'go', target: next + 1, depth });
      }
      if (handler.name !== undefined) {
        this.#emit(op.local, handled, 1);
        this.#store(handler.name);
      }
      this.#block(handler.body);
      if (handler.name !== undefined) {
        this.#constant(null);
        this.#store(handler.name);
        this.#delete(handler.name);
      }
      ends.push(this.#emit(op.jump, 0, 0));
      if (next !== undefined) this.#patch(next);
      this.#depth = depth;
    }
    this.#handledLocals.pop();
    this.#emit(op.local, handled, 1);
    this.#emit(op.raise, 1, -1);
    for (const end of [...ends, ...tries.exits]) this.#patch(end);
    this.#depth = depth;
  }

  #assert(node: Statement & { readonly kind: 'Assert' }): void {
    this.#begin(node.range);
    this.#expression(node.test);
    this.#range = node.range;
    const holds = this.#emit(op.jumpIfTrue, 0, -1);
    const depth = this.#depth;
    if (node.message) this.#expression(node.message);
    else this.#constant(null);
    this.#range = node.range;
    this.#emit(op.raise, node.message ? 3 : 2, -1);
    this.#patch(holds);
    this.#depth = depth;
    this.#branches.set(holds, { kind: 'go', target: this.#here, depth });
  }

  #match(node: Statement & { readonly kind: 'Match' }): void {
    const head = { from: node.range.from, to: node.subject.range.to };
    this.#begin(head);
    this.#expression(node.subject);
    const subject = this.#hiddenLocal();
    this.#emit(op.setLocal, subject, -1);
    const depth = this.#depth;
    const ends: number[] = [];
    const unknowns: number[] = [];
    node.cases.forEach(({ pattern, guard, body }) => {
      this.#statement = this.#range = pattern.range;
      const fails: number[] = [];
      this.#emit(op.local, subject, 1);
      this.#pattern(pattern, fails, unknowns);
      if (guard) {
        this.#expression(guard);
        const at = this.#emit(op.jumpIfFalse, 0, -1);
        fails.push(at);
        unknowns.push(at);
      }
      this.#block(body);
      ends.push(this.#emit(op.jump, 0, 0));
      for (const fail of fails) this.#patch(fail);
      this.#depth = depth;
    });
    for (const end of ends) this.#patch(end);
    this.#depth = depth;
    if (unknowns.length > 0) {
      this.#statement = this.#range = head;
      const first = unknowns[0]!;
      this.#skipBranch(first, [node], [], leavesOf(node.cases.flatMap(({ body }) => body)), false);
      for (const at of unknowns) this.#branches.set(at, this.#branches.get(first)!);
    }
  }

  /** Matches the value on top of the stack, and takes it away. */
  #pattern(node: Pattern, fails: number[], unknowns: number[]): void {
    this.#range = node.range;
    const test = (): void => {
      const at = this.#emit(op.jumpIfFalse, 0, -1);
      fails.push(at);
      unknowns.push(at);
    };
    switch (node.kind) {
      case 'MatchValue': {
        this.#expression(node.value);
        const isSingleton =
          node.value.kind === 'Constant' && (node.value.type === 'None' || node.value.type === 'bool');
        this.#emit(op.compare, comparisons.indexOf(isSingleton ? 'is' : '=='), -1);
        test();
        return;
      }
      case 'MatchAs':
        if (node.pattern) {
          const value = this.#hiddenLocal();
          this.#emit(op.duplicate, 0, 1);
          this.#emit(op.setLocal, value, -1);
          this.#pattern(node.pattern, fails, unknowns);
          this.#emit(op.local, value, 1);
        }
        if (node.name !== undefined) this.#store(node.name);
        else this.#emit(op.pop, 0, -1);
        return;
      case 'MatchStar':
        if (node.name !== undefined) this.#store(node.name);
        else this.#emit(op.pop, 0, -1);
        return;
      case 'MatchOr': {
        const value = this.#hiddenLocal();
        this.#emit(op.setLocal, value, -1);
        const depth = this.#depth;
        const done: number[] = [];
        node.patterns.forEach((pattern, at) => {
          const isLast = at === node.patterns.length - 1;
          const inner: number[] = [];
          this.#emit(op.local, value, 1);
          this.#pattern(pattern, isLast ? fails : inner, unknowns);
          if (!isLast) done.push(this.#emit(op.jump, 0, 0));
          for (const fail of inner) this.#patch(fail);
          this.#depth = depth;
        });
        for (const at of done) this.#patch(at);
        return;
      }
      case 'MatchSequence': {
        const star = node.patterns.findIndex(({ kind }) => kind === 'MatchStar');
        const detail = {
          before: star < 0 ? node.patterns.length : star,
          after: star < 0 ? 0 : node.patterns.length - star - 1,
          hasRest: star >= 0,
        };
        this.#parts(op.matchSequence, detail, node.patterns, fails, unknowns);
        return;
      }
      case 'MatchMapping': {
        for (const key of node.keys) this.#expression(key);
        this.#range = node.range;
        this.#emit(op.tuple, node.keys.length, 1 - node.keys.length);
        const patterns: Pattern[] = [...node.patterns];
        if (node.rest !== undefined) {
          patterns.push({ kind: 'MatchAs', pattern: undefined, name: node.rest, range: node.range });
        }
        this.#emit(op.matchKeys, 0, -1);
        this.#parts(op.matchMapping, { hasRest: node.rest !== undefined }, patterns, fails, unknowns);
        return;
      }
      case 'MatchClass': {
        this.#expression(node.cls);
        this.#range = node.range;
        this.#emit(op.matchKeys, 0, -1);
        const detail = {
          positional: node.patterns.length,
          names: node.keywords.map(({ name }) => this.#scope.mangled(name)),
        };
        this.#parts(
          op.matchClass,
          detail,
          [...node.patterns, ...node.keywords.map(({ pattern }) => pattern)],
          fails,
          unknowns,
        );
        return;
      }
    }
  }

  /** An operation that gives the parts that patterns are matched with, as a tuple, or None where there is no match. */
  #parts(operation: number, detail: unknown, patterns: readonly Pattern[], fails: number[], unknowns: number[]): void {
    const parts = this.#hiddenLocal();
    this.#emit(operation, this.#detail(detail), 0);
    this.#emit(op.duplicate, 0, 1);
    this.#emit(op.setLocal, parts, -1);
    this.#constant(null);
    this.#emit(op.compare, comparisons.indexOf('is not'), -1);
    const at = this.#emit(op.jumpIfFalse, 0, -1);
    fails.push(at);
    unknowns.push(at);
    patterns.forEach((pattern, index) => {
      this.#emit(op.local, parts, 1);
      this.#constant(index);
      this.#emit(op.index, 0, -1);
      this.#pattern(pattern, fails, unknowns);
    });
  }

  // Expressions: each leaves one value on the stack.

  #expression(node: Expression): void {
    const outer = this.#range;
    this.#range = node.range;
    switch (node.kind) {
      case 'Name':
        this.#load(node.name);
        break;
      case 'Constant':
        this.#constant(constantOf(node));
        break;
      case 'JoinedString':
        this.#joined(node.parts);
        break;
      case 'Attribute':
        this.#expression(node.value);
        this.#range = node.range;
        this.#emit(op.attribute, this.#nameAt(this.#scope.mangled(node.name)), 0);
        break;
      case 'Subscript':
        this.#expression(node.value);
        this.#expression(node.index);
        this.#range = node.range;
        this.#emit(op.index, 0, -1);
        break;
      case 'Slice':
        for (const part of [node.lower, node.upper, node.step]) {
          if (part) this.#expression(part);
          else this.#constant(null);
        }
        this.#emit(op.slice, 3, -2);
        break;
      case 'Call':
        this.#call(node);
        break;
      case 'Starred':
        this.#expression(node.value);
        break;
      case 'Binary':
        this.#expression(node.left);
        this.#expression(node.right);
        this.#range = node.range;
        this.#emit(op.binary, binaryOperators.indexOf(node.operator), -1);
        break;
      case 'Unary':
        this.#unary(node);
        break;
      case 'Boolean':
        this.#boolean(node);
        break;
      case 'Compare':
        this.#comparison(node);
        break;
      case 'Conditional': {
        this.#expression(node.test);
        const test = this.#emit(op.jumpIfFalse, 0, -1);
        const depth = this.#depth;
        this.#expression(node.body);
        const over = this.#emit(op.jump, 0, 0);
        this.#patch(test);
        this.#depth = depth;
        this.#expression(node.orElse);
        const skip = this.#emit(op.jump, 0, 0);
        const pad = this.#here;
        this.#depth = depth;
        this.#emit(op.skipped, 0, 1);
        this.#patch(over);
        this.#patch(skip);
        this.#valueBranch(test, pad, depth, [node.body, node.orElse]);
        break;
      }
      case 'Lambda': {
        const unit = this.#functionUnit(node, '<lambda>', 'lambda', node.range, node.parameters);
        unit.body([{ kind: 'Return', value: node.body, range: node.body.range }]);
        this.#makeFunction(unit.code(), node.parameters);
        break;
      }
      case 'NamedExpression':
        this.#expression(node.value);
        this.#emit(op.duplicate, 0, 1);
        this.#store(node.name);
        break;
      case 'List':
      case 'Tuple':
      case 'Set':
        this.#elements(node);
        break;
      case 'Dict': {
        if (node.entries.every(({ key }) => key) && node.entries.length < 1000) {
          for (const { key, value } of node.entries) {
            this.#expression(key!);
            this.#expression(value);
          }
          this.#range = node.range;
          this.#emit(op.map, node.entries.length, 1 - 2 * node.entries.length);
          break;
        }
        this.#emit(op.map, 0, 1);
        for (const { key, value } of node.entries) {
          if (key) {
            this.#expression(key);
            this.#expression(value);
            this.#emit(op.mapAdd, 2, -2);
          } else {
            this.#expression(value);
            this.#emit(op.mapUpdate, 0, -1);
          }
        }
        break;
      }
      case 'ListComprehension':
      case 'SetComprehension':
      case 'GeneratorExpression':
        this.#comprehension(node, node.generators, [node.element]);
        break;
      case 'DictComprehension':
        this.#comprehension(node, node.generators, [node.key, node.value]);
        break;
      case 'Yield':
        if (node.value) this.#expression(node.value);
        else this.#constant(null);
        this.#emit(op.yield, 0, 0);
        break;
      case 'YieldFrom':
        this.#expression(node.value);
        this.#range = node.range;
        this.#emit(op.iterate, 1, 0);
        this.#constant(null);
        this.#emit(op.yieldFrom, 0, -1);
        break;
      case 'Await':
        this.#expression(node.value);
        this.#emit(op.await, 0, 0);
        break;
      case 'BrokenExpression':
        this.#emit(op.unknown, this.#detail(node.message), 1);
        break;
    }
    this.#range = outer;
  }

  /** A condition inside of an expression: what depends on it is unknown. */
  #valueBranch(at: number, target: number, depth: number, skipped: readonly Expression[]): void {
    let effects: Effects | undefined;
    const [slotOf, mangled] = [this.#slot, (name: string) => this.#scope.mangled(name)];
    this.#branches.set(at, {
      kind: 'skip',
      target,
      depth,
      effects: () => (effects ??= effectsOf([], skipped, slotOf, mangled)),
      isHarmless: skipped.every(isStill),
      leaves: false,
    });
  }

  #unary(node: Expression & { readonly kind: 'Unary' }): void {
    const { operand } = node;
    if (node.operator === '-' && operand.kind === 'Constant') {
      if (operand.type === 'int' && operand.value !== 0) {
        this.#constant(-operand.value as number | bigint);
        return;
      }
      if (operand.type === 'float') {
        this.#constant(new PyFloat(-operand.value));
        return;
      }
    }
    this.#expression(operand);
    this.#range = node.range;
    if (node.operator === 'not') this.#emit(op.not, 0, 0);
    else this.#emit(op.unary, unaryOperators.indexOf(node.operator), 0);
  }

  #boolean(node: Expression & { readonly kind: 'Boolean' }): void {
    const jumps: number[] = [];
    const depth = this.#depth;
    node.values.forEach((value, at) => {
      this.#expression(value);
      if (at === node.values.length - 1) return;
      const jump = this.#emit(node.operator === 'and' ? op.jumpIfFalseKeep : op.jumpIfTrueKeep, 0, -1);
      jumps.push(jump);
    });
    const over = this.#emit(op.jump, 0, 0);
    const pad = this.#here;
    this.#depth = depth;
    this.#emit(op.skipped, 0, 1);
    this.#patch(over);
    jumps.forEach((jump, at) => {
      this.#operands[jump] = this.#here;
      this.#valueBranch(jump, pad, depth, node.values.slice(at + 1));
    });
  }

  #comparison(node: Expression & { readonly kind: 'Compare' }): void {
    const { values } = node;
    this.#expression(values[0]!);
    const depth = this.#depth - 1;
    const jumps: number[] = [];
    node.operators.forEach((operator, at) => {
      const isLast = at === node.operators.length - 1;
      this.#expression(values[at + 1]!);
      this.#range = node.range;
      if (!isLast) {
        this.#emit(op.duplicate, 0, 1);
        this.#emit(op.rotateThree, 0, 0);
      }
      this.#emit(op.compare, comparisons.indexOf(operator), -1);
      if (isLast) return;
      // The result where it is false, else away with it: the value in the middle is below.
      const jump = this.#emit(op.jumpIfFalseKeep, 0, -1);
      jumps.push(jump);
    });
    if (jumps.length === 0) return;
    const over = this.#emit(op.jump, 0, 0);
    this.#depth = depth + 2;
    for (const jump of jumps) this.#patch(jump);
    this.#emit(op.swap, 0, 0);
    this.#emit(op.pop, 0, -1);
    const over2 = this.#emit(op.jump, 0, 0);
    const pad = this.#here;
    this.#depth = depth;
    this.#emit(op.skipped, 0, 1);
    this.#patch(over);
    this.#patch(over2);
    for (const jump of jumps) this.#valueBranch(jump, pad, depth, values.slice(1));
  }

  #elements(node: Expression & { readonly kind: 'List' | 'Tuple' | 'Set' }): void {
    const { elements } = node;
    const hasStar = elements.some(({ kind }) => kind === 'Starred');
    if (!hasStar && node.kind === 'Tuple' && elements.every(({ kind }) => kind === 'Constant')) {
      const items = elements.map(element => (element.kind === 'Constant' ? constantOf(element) : null));
      this.#constant(new PyTuple(items));
      return;
    }
    if (!hasStar && elements.length < 1000) {
      for (const element of elements) this.#expression(element);
      this.#range = node.range;
      const operation = node.kind === 'List' ? op.list : node.kind === 'Tuple' ? op.tuple : op.set;
      this.#emit(operation, elements.length, 1 - elements.length);
      return;
    }
    this.#emit(node.kind === 'Set' ? op.set : op.list, 0, 1);
    for (const element of elements) {
      this.#expression(element);
      this.#range = node.range;
      const isStar = element.kind === 'Starred';
      if (node.kind === 'Set') this.#emit(isStar ? op.update : op.add, 1, -1);
      else this.#emit(isStar ? op.extend : op.append, 1, -1);
    }
    if (node.kind === 'Tuple') this.#emit(op.listToTuple, 0, 0);
  }

  #call(node: CallExpression): void {
    const { callee } = node;
    if (callee.kind === 'Name' && callee.name === 'super' && node.args.length === 0 && node.keywords.length === 0) {
      // `super()`: the class whose body this is in, and the first parameter.
      const isOwn = this.#slot('super')?.kind === 'global';
      const classCell = this.#cells.indexOf('__class__');
      if (isOwn && classCell >= 0 && this.#scope.kind === 'function' && this.#parameters.names.length > 0) {
        this.#load('super');
        this.#emit(op.noSelf, 0, 1);
        this.#emit(op.cell, classCell, 1);
        this.#load(this.#parameters.names[0]!);
        this.#range = node.range;
        this.#emit(op.call, 2, -3);
        return;
      }
    }
    if (callee.kind === 'Attribute') {
      this.#expression(callee.value);
      this.#range = callee.range;
      this.#emit(op.method, this.#nameAt(this.#scope.mangled(callee.name)), 1);
    } else {
      this.#expression(callee);
      this.#emit(op.noSelf, 0, 1);
    }
    const isPlain =
      node.args.every(({ kind }) => kind !== 'Starred') &&
      node.keywords.every(({ name }) => name !== undefined) &&
      new Set(node.keywords.map(({ name }) => name)).size === node.keywords.length &&
      node.args.length + node.keywords.length < 1000;
    if (isPlain) {
      for (const arg of node.args) this.#expression(arg);
      for (const { value } of node.keywords) this.#expression(value);
      this.#range = node.range;
      const count = node.args.length + node.keywords.length;
      if (node.keywords.length === 0) this.#emit(op.call, count, -1 - count);
      else {
        const detail: KeywordCall = { positional: node.args.length, names: node.keywords.map(({ name }) => name!) };
        this.#emit(op.callKeywords, this.#detail(detail), -1 - count);
      }
      return;
    }
    this.#emit(op.arguments, 0, 1);
    for (const arg of node.args) this.#argument(arg);
    for (const { name, value } of node.keywords) this.#keyword(name, value);
    this.#range = node.range;
    this.#emit(op.callArguments, 0, -2);
  }

  #argument(node: Expression): void {
    this.#expression(node);
    this.#emit(node.kind === 'Starred' ? op.spread : op.argument, 0, -1);
  }

  #keyword(name: string | undefined, value: Expression): void {
    this.#expression(value);
    if (name === undefined) this.#emit(op.spreadKeywords, 0, -1);
    else this.#emit(op.keyword, this.#nameAt(name), -1);
  }

  #joined(parts: readonly (string | FormattedValue)[]): void {
    for (const part of parts) {
      if (typeof part === 'string') {
        this.#constant(part);
        continue;
      }
      this.#expression(part.value);
      const hasFormat = part.format.length > 0;
      if (hasFormat) this.#joined(part.format);
      const detail: FormatDetail = { conversion: part.conversion, hasFormat };
      this.#emit(op.format, this.#detail(detail), hasFormat ? -1 : 0);
    }
    this.#emit(op.join, parts.length, 1 - parts.length);
  }

  #comprehension(node: Expression, generators: readonly Comprehension[], elements: readonly Expression[]): void {
    const scope = this.#scopes.get(node)!;
    const isGenerator = node.kind === 'GeneratorExpression';
    const name =
      node.kind === 'ListComprehension'
        ? '<listcomp>'
        : node.kind === 'SetComprehension'
          ? '<setcomp>'
          : node.kind === 'DictComprehension'
            ? '<dictcomp>'
            : '<genexpr>';
    const kind = isGenerator ? 'generator' : 'comprehension';
    const unit = new Unit(scope, this.#scopes, this.#text, name, this.#qualified(name), kind, node.range, ['.0']);
    unit.#comprehensionBody(node, generators, elements);
    this.#makeFunction(unit.code(), undefined);
    this.#emit(op.noSelf, 0, 1);
    this.#expression(generators[0]!.iterable);
    this.#range = generators[0]!.iterable.range;
    this.#emit(op.iterate, 2, 0);
    this.#range = node.range;
    this.#emit(op.call, 1, -2);
  }

  #comprehensionBody(node: Expression, generators: readonly Comprehension[], elements: readonly Expression[]): void {
    this.#parameters = { names: ['.0'], positionalOnly: 1, positional: 1, keywordOnly: 0, rest: -1, keywords: -1 };
    this.#bodyOf = [];
    this.#statement = this.#range = node.range;
    this.#emit(op.statement, 0, 0);
    const isGenerator = node.kind === 'GeneratorExpression';
    const isDict = node.kind === 'DictComprehension';
    if (!isGenerator) this.#emit(node.kind === 'ListComprehension' ? op.list : isDict ? op.map : op.set, 0, 1);
    const unknowns: number[] = [];
    const nest = (level: number): void => {
      const generator = generators[level];
      if (!generator) {
        for (const element of elements) this.#expression(element);
        this.#range = node.range;
        // The values of the loops lie between.
        if (isGenerator) {
          this.#emit(op.yield, 0, 0);
          this.#emit(op.pop, 0, -1);
        } else if (isDict) this.#emit(op.mapAdd, generators.length + 2, -2);
        else this.#emit(node.kind === 'ListComprehension' ? op.append : op.add, generators.length + 1, -1);
        return;
      }
      if (level === 0) this.#emit(op.local, 0, 1);
      else {
        this.#expression(generator.iterable);
        this.#range = generator.iterable.range;
        unknowns.push(this.#emit(op.iterate, 0, 0));
      }
      const again = this.#here;
      const next = this.#emit(op.next, 0, 1);
      unknowns.push(next);
      this.#target(generator.target);
      for (const condition of generator.conditions) {
        this.#expression(condition);
        const at = this.#emit(op.jumpIfFalse, again, -1);
        unknowns.push(at);
      }
      nest(level + 1);
      this.#emit(op.jump, again, 0);
      this.#patch(next);
      this.#depth -= 1;
    };
    nest(0);
    if (isGenerator) this.#constant(null);
    this.#emit(op.return, 0, -1);
    this.#depth = 0;
    const pad = this.#here;
    this.#emit(op.skipped, 0, 1);
    this.#emit(op.return, 0, -1);
    let effects: Effects | undefined;
    const [slotOf, mangled] = [this.#slot, (name: string) => this.#scope.mangled(name)];
    const expressions = [
      ...elements,
      ...generators.flatMap(({ conditions }) => conditions),
      ...generators.slice(1).map(({ iterable }) => iterable),
    ];
    const branch: Branch = {
      kind: 'skip',
      target: pad,
      depth: 0,
      effects: () => (effects ??= effectsOf([], expressions, slotOf, mangled)),
      isHarmless: expressions.every(isStill),
      leaves: true,
    };
    for (const at of unknowns) this.#branches.set(at, branch);
    this.#bodyExpressions = expressions;
  }
}

/** Whether evaluating it computes nothing: it only looks at what there is. */
function isStill(node: Expression): boolean {
  switch (node.kind) {
    case 'Name':
    case 'Constant':
    case 'Lambda':
      return true;
    case 'Attribute':
    case 'Starred':
      return isStill(node.value);
    case 'Unary':
      return isStill(node.operand);
    case 'Compare':
    case 'Boolean':
      return node.values.every(isStill);
    case 'List':
    case 'Tuple':
    case 'Set':
      return node.elements.every(isStill);
    case 'Subscript':
      return isStill(node.value) && isStill(node.index);
    case 'Conditional':
      return [node.test, node.body, node.orElse].every(isStill);
    case 'JoinedString':
      return isHarmlessExpression(node);
    case 'Call':
      return isHarmlessExpression(node);
    default:
      return false;
  }
}

function constantOf(node: Expression & { readonly kind: 'Constant' }): Value {
  switch (node.type) {
    case 'int':
      return typeof node.value === 'bigint' && node.value <= 9007199254740991n && node.value >= -9007199254740991n
        ? Number(node.value)
        : node.value;
    case 'float':
      return new PyFloat(node.value);
    case 'complex':
      return new PyComplex(0, node.value);
    case 'str':
      return node.value;
    case 'bytes':
      return new PyBytes(node.value);
    case 'bool':
      return node.value;
    case 'None':
      return null;
    case 'Ellipsis':
      return ellipsis;
  }
}

const importErrors = new Set(['ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException']);

/** Whether a handler catches what a missing module raises. */
function catchesImports({ handlers }: Statement & { readonly kind: 'Try' }): boolean {
  return handlers.some(({ type }) => {
    const names = !type ? [] : type.kind === 'Tuple' ? type.elements : [type];
    return !type || names.some(name => name.kind === 'Name' && importErrors.has(name.name));
  });
}

/** The names that the imports among statements bind. */
function importedNames(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(statement => {
    if (statement.kind === 'Import') return statement.names.map(({ name, as }) => as ?? name.split('.')[0]!);
    if (statement.kind !== 'ImportFrom') return [];
    return statement.names.flatMap(({ name, as }) => (name === '*' ? [] : [as ?? name]));
  });
}

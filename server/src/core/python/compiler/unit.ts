// The code that is being compiled: its instructions, its constants and names, and what is around the statement at hand.
import type { Expression, Statement } from '../../syntax/python/ast.ts';
import type { Range } from '../../text/range.ts';
import { type Branch, type Code, type Handler, op, type ParameterNames } from '../code.ts';
import { type Effects, effectsOf, type Slot } from '../effects.ts';
import type { Value } from '../objects.ts';
import type { Scope, Scopes } from '../scope.ts';

/** What `break`, `continue` and `return` pass on their way out. */
export type Block =
  | {
      readonly kind: 'loop';
      readonly again: number;
      readonly exits: number[];
      readonly depth: number;
      readonly onStack: number;
      readonly node: Statement;
      /** Jumps of `continue`. */
      readonly continues: number[];
      /** What ends where its body does. */
      readonly regions: { to: number }[];
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
export type Exit = 'return' | 'break' | 'continue';

/** What compiles the parts of a unit, which in turn compile their parts. */
export interface Compilers {
  statement(unit: Unit, node: Statement): void;
  expression(unit: Unit, node: Expression): void;
}

/** What a unit has in common with those inside of it. */
export interface Surroundings {
  readonly compilers: Compilers;
  readonly scopes: Scopes;
  /** Of the chunk. */
  readonly text: string;
}

/** The code of a function, a class body, a comprehension or a module while it is put together. */
export class Unit implements Surroundings {
  readonly compilers: Compilers;
  readonly scopes: Scopes;
  readonly text: string;
  readonly scope: Scope;
  readonly name: string;
  readonly qualifiedName: string;
  readonly kind: Code['kind'];
  readonly head: Range;
  docstring: string | undefined;
  isAsync = false;
  parameters: ParameterNames = { names: [], positionalOnly: 0, positional: 0, keywordOnly: 0, rest: -1, keywords: -1 };

  readonly operations: number[] = [];
  readonly operands: number[] = [];
  readonly ranges: Range[] = [];
  readonly statementRanges: Range[] = [];
  readonly depths: number[] = [];
  readonly constants: Value[] = [];
  readonly numbers = new Map<Value, number>();
  readonly details: unknown[] = [];
  readonly names: string[] = [];
  readonly nameIndex = new Map<string, number>();
  readonly locals: string[] = [];
  readonly localIndex = new Map<string, number>();
  readonly cells: string[] = [];
  readonly ownCells: number;
  readonly handlers: Handler[] = [];
  readonly branches = new Map<number, Branch>();
  readonly annotations = new Map<string, string>();

  /** What is around the statement that is compiled, from the outside in. */
  readonly blocks: Block[] = [];
  /** Where the exceptions lie that are handled, from the outside in. */
  readonly handledLocals: number[] = [];
  /** The statements that come after the one that is compiled, from the inside out. */
  readonly rest: { readonly statements: readonly Statement[]; at: number }[] = [];
  /** Values on the stack. */
  depth = 0;
  /** Of the expression that is compiled. */
  range: Range;
  /** Of the statement. */
  statement: Range;
  bodyOf: readonly Statement[] = [];
  bodyExpressions: readonly Expression[] = [];
  hidden = 0;

  constructor(
    { compilers, scopes, text }: Surroundings,
    scope: Scope,
    { name, qualifiedName, kind, head }: Pick<Code, 'name' | 'qualifiedName' | 'kind' | 'head'>,
    parameters: readonly string[] = [],
  ) {
    this.compilers = compilers;
    this.scopes = scopes;
    this.text = text;
    this.scope = scope;
    this.name = name;
    this.qualifiedName = qualifiedName;
    this.kind = kind;
    this.head = head;
    this.range = head;
    this.statement = head;
    for (const parameter of parameters) this.local(scope.mangled(parameter));
    this.cells.push(...scope.cells);
    this.ownCells = this.cells.length;
    this.cells.push(...scope.free);
  }

  code(): Code {
    const cellParameters: (readonly [number, number])[] = [];
    if (this.scope.kind === 'function') {
      for (let cell = 0; cell < this.ownCells; cell++) {
        const local = this.localIndex.get(this.cells[cell]!);
        if (local !== undefined) cellParameters.push([local, cell]);
      }
    }
    let effects: Effects | undefined;
    const [body, expressions, slotOf] = [this.bodyOf, this.bodyExpressions, this.slot];
    const mangled = (name: string): string => this.scope.mangled(name);
    return {
      name: this.name,
      qualifiedName: this.qualifiedName,
      kind: this.kind,
      head: this.head,
      docstring: this.docstring,
      isGenerator: this.scope.isGenerator,
      isAsync: this.isAsync,
      parameters: this.parameters,
      operations: this.operations,
      operands: this.operands,
      ranges: this.ranges,
      statements: this.statementRanges,
      depths: this.depths,
      constants: this.constants,
      details: this.details,
      names: this.names,
      locals: this.locals,
      cells: this.cells,
      ownCells: this.ownCells,
      cellParameters,
      handlers: this.handlers,
      branches: this.branches,
      effects: () => (effects ??= effectsOf(body, expressions, slotOf, mangled)),
      annotations: this.annotations,
    };
  }

  // What goes into the code.

  emit(operation: number, operand: number, change: number): number {
    this.operations.push(operation);
    this.operands.push(operand);
    this.ranges.push(this.range);
    this.statementRanges.push(this.statement);
    this.depths.push(this.depth);
    this.depth += change;
    return this.operations.length - 1;
  }

  get here(): number {
    return this.operations.length;
  }

  patch(at: number): void {
    this.operands[at] = this.here;
  }

  constant(value: Value): void {
    let index = typeof value === 'object' && value !== null ? undefined : this.numbers.get(value);
    if (index === undefined) {
      index = this.constants.push(value) - 1;
      if (typeof value !== 'object' || value === null) this.numbers.set(value, index);
    }
    this.emit(op.constant, index, 1);
  }

  detail(value: unknown): number {
    return this.details.push(value) - 1;
  }

  nameAt(name: string): number {
    let index = this.nameIndex.get(name);
    if (index === undefined) {
      index = this.names.push(name) - 1;
      this.nameIndex.set(name, index);
    }
    return index;
  }

  local(name: string): number {
    let index = this.localIndex.get(name);
    if (index === undefined) {
      index = this.locals.push(name) - 1;
      this.localIndex.set(name, index);
    }
    return index;
  }

  /** A variable that no program can name. */
  hiddenLocal(): number {
    return this.local(`.${this.hidden++}`);
  }

  readonly slot = (name: string): Slot | undefined => {
    const scope = this.scope;
    if (scope.kind === 'module') return { kind: 'name', name };
    if (scope.globals.has(name)) return { kind: 'global', name };
    const cell = this.cells.indexOf(name);
    if (scope.kind === 'class') {
      if (cell >= this.ownCells && !scope.bound.has(name)) return { kind: 'cell', index: cell };
      return { kind: 'name', name };
    }
    if (cell >= 0) return { kind: 'cell', index: cell };
    if (scope.bound.has(name)) return { kind: 'local', index: this.local(name) };
    return { kind: 'global', name };
  };

  load(plainName: string): void {
    const name = this.scope.mangled(plainName);
    const slot = this.slot(name)!;
    if (slot.kind === 'local') this.emit(op.local, slot.index, 1);
    else if (slot.kind === 'cell' && this.scope.kind === 'class') {
      this.emit(op.classCell, this.detail({ name, cell: slot.index }), 1);
    } else if (slot.kind === 'cell') this.emit(op.cell, slot.index, 1);
    else this.emit(slot.kind === 'global' ? op.global : op.name, this.nameAt(name), 1);
  }

  store(plainName: string): void {
    const name = this.scope.mangled(plainName);
    const slot = this.slot(name)!;
    if (slot.kind === 'local') this.emit(op.setLocal, slot.index, -1);
    else if (slot.kind === 'cell') this.emit(op.setCell, slot.index, -1);
    else this.emit(slot.kind === 'global' ? op.setGlobal : op.setName, this.nameAt(name), -1);
  }

  delete(plainName: string): void {
    const name = this.scope.mangled(plainName);
    const slot = this.slot(name)!;
    if (slot.kind === 'local') this.emit(op.deleteLocal, slot.index, 0);
    else if (slot.kind === 'cell') this.emit(op.deleteCell, slot.index, 0);
    else this.emit(slot.kind === 'global' ? op.deleteGlobal : op.deleteName, this.nameAt(name), 0);
  }

  // Statements.

  body(statements: readonly Statement[]): void {
    this.bodyOf = statements;
    const first = statements[0];
    if (first?.kind === 'ExpressionStatement' && first.value.kind === 'Constant' && first.value.type === 'str') {
      this.docstring = first.value.value;
    }
    this.block(statements);
    this.constant(null);
    this.emit(op.return, 0, -1);
  }

  /** Compiles a statement. */
  compile(node: Statement): void {
    this.compilers.statement(this, node);
  }

  /** Compiles an expression: it leaves one value on the stack. */
  expression(node: Expression): void {
    this.compilers.expression(this, node);
  }

  block(statements: readonly Statement[]): void {
    const rest = { statements, at: 0 };
    this.rest.push(rest);
    for (; rest.at < statements.length; rest.at++) this.compile(statements[rest.at]!);
    this.rest.pop();
  }

  /** Begins a statement: `head` is what its cost is attributed to. */
  begin(head: Range): void {
    this.statement = head;
    this.range = head;
    this.emit(op.statement, 0, 0);
  }

  qualified(name: string): string {
    if (this.kind === 'module' || this.scope.globals.has(name)) return name;
    return this.kind === 'class' ? `${this.qualifiedName}.${name}` : `${this.qualifiedName}.<locals>.${name}`;
  }
}

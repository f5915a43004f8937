// Which names of a function are its own, which are shared with inner functions, and which are global.
import type {
  Comprehension,
  Expression,
  FormattedValue,
  FunctionDef,
  Parameters,
  Pattern,
  Statement,
} from '../syntax/python/ast.ts';

export type ScopeKind = 'module' | 'class' | 'function';

export class Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | undefined;
  readonly isComprehension: boolean;
  /** The class whose names are private in here. */
  readonly className: string | undefined;
  readonly bound = new Set<string>();
  readonly used = new Set<string>();
  readonly globals = new Set<string>();
  readonly nonlocals = new Set<string>();
  readonly children: Scope[] = [];
  readonly cells = new Set<string>();
  readonly free = new Set<string>();
  isGenerator = false;

  constructor(kind: ScopeKind, parent: Scope | undefined, className: string | undefined, isComprehension = false) {
    this.kind = kind;
    this.parent = parent;
    this.className = className;
    this.isComprehension = isComprehension;
    parent?.children.push(this);
  }

  /** The name as it is stored: `__x` in a class `A` is `_A__x`. */
  mangled(name: string): string {
    if (this.className === undefined || !name.startsWith('__') || name.endsWith('__') || name.includes('.'))
      return name;
    const cls = this.className.replace(/^_+/, '');
    return cls === '' ? name : `_${cls}${name}`;
  }

  bind(name: string): void {
    this.bound.add(this.mangled(name));
  }

  use(name: string): void {
    this.used.add(this.mangled(name));
  }
}

/** The scopes of functions, classes and comprehensions, by their nodes. */
export type Scopes = ReadonlyMap<object, Scope>;

/** The scope of a module's statements, and all in it. */
export function scopesOf(
  statements: readonly Statement[],
  isExpression = false,
): { readonly module: Scope; readonly scopes: Scopes } {
  const collector = new Collector();
  const module = new Scope(isExpression ? 'module' : 'module', undefined, undefined);
  collector.statements(statements, module);
  resolve(module);
  return { module, scopes: collector.scopes };
}

/** The scopes in a function whose body was left out before: one of a module, or of a class in it. */
export function scopesInside(node: FunctionDef, { kind, className }: Scope): Scopes {
  const collector = new Collector();
  const module = new Scope('module', undefined, undefined);
  collector.whole(node, kind === 'class' ? new Scope('class', module, className) : module);
  resolve(module);
  return collector.scopes;
}

function resolve(scope: Scope): void {
  for (const child of scope.children) resolve(child);
  const wanted = new Set<string>();
  for (const name of scope.used) if (!scope.bound.has(name) && !scope.globals.has(name)) wanted.add(name);
  for (const name of scope.nonlocals) {
    scope.bound.delete(name);
    wanted.add(name);
  }
  // What inner functions want of outer ones passes through.
  for (const child of scope.children) {
    for (const name of child.free) {
      const isOwn =
        scope.kind === 'function'
          ? scope.bound.has(name) && !scope.nonlocals.has(name)
          : scope.kind === 'class' && name === '__class__';
      if (isOwn) scope.cells.add(name);
      else wanted.add(name);
    }
  }
  for (const name of wanted) if (isBoundOutside(name, scope)) scope.free.add(name);
}

function isBoundOutside(name: string, scope: Scope): boolean {
  for (let outer = scope.parent; outer; outer = outer.parent) {
    if (outer.kind === 'class' && name === '__class__') return true;
    if (outer.kind !== 'function') continue;
    if (outer.globals.has(name)) return false;
    if (outer.nonlocals.has(name)) continue;
    if (outer.bound.has(name)) return true;
  }
  return false;
}

class Collector {
  readonly scopes = new Map<object, Scope>();

  statements(statements: readonly Statement[], scope: Scope): void {
    for (const statement of statements) this.#statement(statement, scope);
  }

  #statement(node: Statement, scope: Scope): void {
    switch (node.kind) {
      case 'FunctionDef':
        scope.bind(node.name);
        this.#function(node, scope);
        return;
      case 'ClassDef': {
        scope.bind(node.name);
        this.#all(node.decorators, scope);
        this.#all(node.bases, scope);
        for (const { value } of node.keywords) this.#expression(value, scope);
        const inner = new Scope('class', scope, node.name);
        this.scopes.set(node, inner);
        this.statements(node.body, inner);
        return;
      }
      case 'Return':
        this.#optional(node.value, scope);
        return;
      case 'Delete':
        for (const target of node.targets) this.target(target, scope);
        return;
      case 'Assign':
        this.#expression(node.value, scope);
        for (const target of node.targets) this.target(target, scope);
        return;
      case 'AugAssign':
        this.#expression(node.value, scope);
        this.target(node.target, scope);
        if (node.target.kind === 'Name') scope.use(node.target.name);
        return;
      case 'AnnAssign':
        this.#optional(node.value, scope);
        this.target(node.target, scope);
        return;
      case 'For':
        this.#expression(node.iterable, scope);
        this.target(node.target, scope);
        this.statements(node.body, scope);
        this.statements(node.orElse, scope);
        return;
      case 'While':
      case 'If':
        this.#expression(node.test, scope);
        this.statements(node.body, scope);
        this.statements(node.orElse, scope);
        return;
      case 'With':
        for (const { context, target } of node.items) {
          this.#expression(context, scope);
          if (target) this.target(target, scope);
        }
        this.statements(node.body, scope);
        return;
      case 'Match':
        this.#expression(node.subject, scope);
        for (const { pattern, guard, body } of node.cases) {
          this.#pattern(pattern, scope);
          this.#optional(guard, scope);
          this.statements(body, scope);
        }
        return;
      case 'Raise':
        this.#optional(node.exception, scope);
        this.#optional(node.cause, scope);
        return;
      case 'Try':
        this.statements(node.body, scope);
        for (const handler of node.handlers) {
          this.#optional(handler.type, scope);
          if (handler.name !== undefined) scope.bind(handler.name);
          this.statements(handler.body, scope);
        }
        this.statements(node.orElse, scope);
        this.statements(node.finalBody, scope);
        return;
      case 'Assert':
        this.#expression(node.test, scope);
        this.#optional(node.message, scope);
        return;
      case 'Import':
        for (const { name, as } of node.names) scope.bind(as ?? name.split('.')[0]!);
        return;
      case 'ImportFrom':
        for (const { name, as } of node.names) if (name !== '*') scope.bind(as ?? name);
        return;
      case 'Global':
        for (const name of node.names) scope.globals.add(scope.mangled(name));
        return;
      case 'Nonlocal':
        for (const name of node.names) scope.nonlocals.add(scope.mangled(name));
        return;
      case 'ExpressionStatement':
        this.#expression(node.value, scope);
        return;
      case 'Broken':
        for (const target of node.targets) this.target(target, scope);
        return;
      case 'Pass':
      case 'Break':
      case 'Continue':
        return;
    }
  }

  #function(node: FunctionDef, scope: Scope): void {
    this.#all(node.decorators, scope);
    this.#defaults(node.parameters, scope);
    const inner = new Scope('function', scope, scope.className);
    this.scopes.set(node, inner);
    bindParameters(node.parameters, inner);
    if (!node.deferred) this.statements(node.body, inner);
    else if (node.deferred.usesClass) inner.use('__class__');
  }

  /** A function whose body was left out, with it. */
  whole(node: FunctionDef, scope: Scope): void {
    const inner = new Scope('function', scope, scope.className);
    this.scopes.set(node, inner);
    bindParameters(node.parameters, inner);
    this.statements(node.body, inner);
  }

  #defaults(parameters: Parameters, scope: Scope): void {
    for (const list of [parameters.positionalOnly, parameters.positional, parameters.keywordOnly]) {
      for (const parameter of list) this.#optional(parameter.default, scope);
    }
  }

  /** Where a value is stored. */
  target(node: Expression, scope: Scope): void {
    switch (node.kind) {
      case 'Name':
        scope.bind(node.name);
        return;
      case 'List':
      case 'Tuple':
      case 'Set':
        for (const element of node.elements) this.target(element, scope);
        return;
      case 'Starred':
        this.target(node.value, scope);
        return;
      default:
        this.#expression(node, scope);
    }
  }

  #pattern(node: Pattern, scope: Scope): void {
    switch (node.kind) {
      case 'MatchValue':
        this.#expression(node.value, scope);
        return;
      case 'MatchSequence':
      case 'MatchOr':
        for (const pattern of node.patterns) this.#pattern(pattern, scope);
        return;
      case 'MatchStar':
        if (node.name !== undefined) scope.bind(node.name);
        return;
      case 'MatchMapping':
        this.#all(node.keys, scope);
        for (const pattern of node.patterns) this.#pattern(pattern, scope);
        if (node.rest !== undefined) scope.bind(node.rest);
        return;
      case 'MatchClass':
        this.#expression(node.cls, scope);
        for (const pattern of node.patterns) this.#pattern(pattern, scope);
        for (const { pattern } of node.keywords) this.#pattern(pattern, scope);
        return;
      case 'MatchAs':
        if (node.pattern) this.#pattern(node.pattern, scope);
        if (node.name !== undefined) scope.bind(node.name);
        return;
    }
  }

  #optional(node: Expression | undefined, scope: Scope): void {
    if (node) this.#expression(node, scope);
  }

  #all(nodes: readonly Expression[], scope: Scope): void {
    for (const node of nodes) this.#expression(node, scope);
  }

  #expression(node: Expression, scope: Scope): void {
    switch (node.kind) {
      case 'Name':
        scope.use(node.name);
        // `super()` without arguments needs the class.
        if (node.name === 'super' && scope.kind === 'function') scope.use('__class__');
        return;
      case 'Constant':
      case 'BrokenExpression':
        return;
      case 'JoinedString':
        this.#pieces(node.parts, scope);
        return;
      case 'Attribute':
      case 'Starred':
      case 'Await':
        this.#expression(node.value, scope);
        return;
      case 'Subscript':
        this.#expression(node.value, scope);
        this.#expression(node.index, scope);
        return;
      case 'Slice':
        this.#optional(node.lower, scope);
        this.#optional(node.upper, scope);
        this.#optional(node.step, scope);
        return;
      case 'Call':
        this.#expression(node.callee, scope);
        this.#all(node.args, scope);
        for (const { value } of node.keywords) this.#expression(value, scope);
        return;
      case 'Binary':
        this.#expression(node.left, scope);
        this.#expression(node.right, scope);
        return;
      case 'Unary':
        this.#expression(node.operand, scope);
        return;
      case 'Boolean':
      case 'Compare':
        this.#all(node.values, scope);
        return;
      case 'Conditional':
        this.#expression(node.test, scope);
        this.#expression(node.body, scope);
        this.#expression(node.orElse, scope);
        return;
      case 'Lambda': {
        this.#defaults(node.parameters, scope);
        const inner = new Scope('function', scope, scope.className);
        this.scopes.set(node, inner);
        bindParameters(node.parameters, inner);
        this.#expression(node.body, inner);
        return;
      }
      case 'NamedExpression': {
        this.#expression(node.value, scope);
        // In a comprehension the name is that of the function around it.
        let home = scope;
        while (home.isComprehension && home.parent) home = home.parent;
        home.bind(node.name);
        for (let inner = scope; inner !== home; inner = inner.parent!) {
          if (home.kind === 'function') inner.nonlocals.add(inner.mangled(node.name));
          else inner.globals.add(inner.mangled(node.name));
        }
        return;
      }
      case 'List':
      case 'Tuple':
      case 'Set':
        this.#all(node.elements, scope);
        return;
      case 'Dict':
        for (const { key, value } of node.entries) {
          this.#optional(key, scope);
          this.#expression(value, scope);
        }
        return;
      case 'ListComprehension':
      case 'SetComprehension':
      case 'GeneratorExpression':
        this.#comprehension(node, node.generators, [node.element], scope);
        return;
      case 'DictComprehension':
        this.#comprehension(node, node.generators, [node.key, node.value], scope);
        return;
      case 'Yield':
        this.#optional(node.value, scope);
        scope.isGenerator = true;
        return;
      case 'YieldFrom':
        this.#expression(node.value, scope);
        scope.isGenerator = true;
        return;
    }
  }

  #comprehension(
    node: Expression,
    generators: readonly Comprehension[],
    elements: readonly Expression[],
    scope: Scope,
  ): void {
    const inner = new Scope('function', scope, scope.className, true);
    this.scopes.set(node, inner);
    inner.isGenerator = node.kind === 'GeneratorExpression';
    inner.bind('.0');
    generators.forEach((generator, at) => {
      this.#expression(generator.iterable, at === 0 ? scope : inner);
      this.target(generator.target, inner);
      this.#all(generator.conditions, inner);
    });
    this.#all(elements, inner);
  }

  #pieces(parts: readonly (string | FormattedValue)[], scope: Scope): void {
    for (const part of parts) {
      if (typeof part === 'string') continue;
      this.#expression(part.value, scope);
      this.#pieces(part.format, scope);
    }
  }
}

function bindParameters(parameters: Parameters, scope: Scope): void {
  for (const list of [parameters.positionalOnly, parameters.positional, parameters.keywordOnly]) {
    for (const { name } of list) scope.bind(name);
  }
  if (parameters.rest) scope.bind(parameters.rest.name);
  if (parameters.keywords) scope.bind(parameters.keywords.name);
}

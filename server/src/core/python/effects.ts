// What statements may change, read from their text: where they are skipped since a condition is unknown, all of it is.
import type { Comprehension, Expression, FormattedValue, Pattern, Statement } from '../syntax/python/ast.ts';

/** Where a variable is. */
export type Slot =
  | { readonly kind: 'local' | 'cell'; readonly index: number }
  | { readonly kind: 'global' | 'name'; readonly name: string };

/** `self.blocks.norm`: a variable and attributes of it. */
export interface Path {
  readonly root: Slot;
  readonly attributes: readonly string[];
  /** Something inside of it is meant: `self.blocks[0].norm`. */
  readonly isInside: boolean;
}

export interface Effects {
  readonly variables: readonly Slot[];
  /** Attributes that are set; without a name contents (`x[i] = …`). */
  readonly writes: readonly { readonly base: Path; readonly attribute: string | undefined }[];
  readonly calls: readonly {
    readonly callee: Path;
    readonly args: readonly (Path | undefined)[];
    readonly keywords: readonly (readonly [string, Path])[];
  }[];
  readonly yields: boolean;
}

/** Finds the slot of a name; undefined for names of inner scopes. */
export type SlotOf = (name: string) => Slot | undefined;

export function effectsOf(
  statements: readonly Statement[],
  expressions: readonly (Expression | undefined)[],
  slotOf: SlotOf,
  mangled: (name: string) => string,
): Effects {
  const finder = new Finder(slotOf, mangled);
  finder.block(statements);
  for (const expression of expressions) if (expression) finder.expression(expression);
  return finder.effects();
}

class Finder {
  readonly #slotOf: SlotOf;
  readonly #mangled: (name: string) => string;
  readonly #variables = new Map<string, Slot>();
  readonly #writes: { base: Path; attribute: string | undefined }[] = [];
  readonly #calls: { callee: Path; args: (Path | undefined)[]; keywords: [string, Path][] }[] = [];
  /** What a variable stands for: `blocks = self.blocks`. */
  readonly #aliases = new Map<string, Path[]>();
  #yields = false;

  constructor(slotOf: SlotOf, mangled: (name: string) => string) {
    this.#slotOf = slotOf;
    this.#mangled = mangled;
  }

  effects(): Effects {
    return {
      variables: [...this.#variables.values()],
      writes: this.#writes,
      calls: this.#calls,
      yields: this.#yields,
    };
  }

  block(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(node: Statement): void {
    switch (node.kind) {
      case 'FunctionDef':
      case 'ClassDef':
        this.#name(node.name);
        for (const decorator of node.decorators) this.expression(decorator);
        return;
      case 'Return':
        if (node.value) this.expression(node.value);
        return;
      case 'Delete':
        for (const target of node.targets) this.#target(target);
        return;
      case 'Assign':
        this.expression(node.value);
        for (const target of node.targets) {
          if (target.kind === 'Name') this.#alias(target.name, this.#paths(node.value));
          this.#target(target);
        }
        return;
      case 'AugAssign': {
        this.expression(node.value);
        this.#target(node.target);
        // `x += …` may change what x is bound to.
        for (const base of this.#paths(node.target)) this.#writes.push({ base, attribute: undefined });
        return;
      }
      case 'AnnAssign':
        if (!node.value) return;
        this.expression(node.value);
        this.#target(node.target);
        return;
      case 'For':
        this.expression(node.iterable);
        if (node.target.kind === 'Name') {
          this.#alias(
            node.target.name,
            this.#paths(node.iterable).map(path => ({ ...path, isInside: true })),
          );
        }
        this.#target(node.target);
        this.block(node.body);
        this.block(node.orElse);
        return;
      case 'While':
      case 'If':
        this.expression(node.test);
        this.block(node.body);
        this.block(node.orElse);
        return;
      case 'With':
        for (const { context, target } of node.items) {
          this.expression(context);
          if (target) this.#target(target);
        }
        this.block(node.body);
        return;
      case 'Match':
        this.expression(node.subject);
        for (const { pattern, guard, body } of node.cases) {
          this.pattern(pattern);
          if (guard) this.expression(guard);
          this.block(body);
        }
        return;
      case 'Try':
        this.block(node.body);
        for (const handler of node.handlers) {
          if (handler.name !== undefined) this.#name(handler.name);
          this.block(handler.body);
        }
        this.block(node.orElse);
        this.block(node.finalBody);
        return;
      case 'Import':
        for (const { name, as } of node.names) this.#name(as ?? name.split('.')[0]!);
        return;
      case 'ImportFrom':
        for (const { name, as } of node.names) this.#name(as ?? name);
        return;
      case 'ExpressionStatement':
        this.expression(node.value);
        return;
      case 'Broken':
        for (const target of node.targets) this.#target(target);
        return;
      default:
        return;
    }
  }

  pattern(node: Pattern): void {
    switch (node.kind) {
      case 'MatchSequence':
      case 'MatchOr':
        for (const pattern of node.patterns) this.pattern(pattern);
        return;
      case 'MatchStar':
        if (node.name !== undefined) this.#name(node.name);
        return;
      case 'MatchMapping':
        for (const pattern of node.patterns) this.pattern(pattern);
        if (node.rest !== undefined) this.#name(node.rest);
        return;
      case 'MatchClass':
        for (const pattern of node.patterns) this.pattern(pattern);
        for (const { pattern } of node.keywords) this.pattern(pattern);
        return;
      case 'MatchAs':
        if (node.pattern) this.pattern(node.pattern);
        if (node.name !== undefined) this.#name(node.name);
        return;
      default:
        return;
    }
  }

  target(node: Expression): void {
    this.#target(node);
  }

  #target(node: Expression): void {
    switch (node.kind) {
      case 'Name':
        this.#name(node.name);
        return;
      case 'Attribute':
        this.expression(node.value);
        for (const base of this.#paths(node.value)) {
          this.#writes.push({ base, attribute: base.isInside ? undefined : this.#mangled(node.name) });
        }
        return;
      case 'Subscript':
        this.expression(node.value);
        this.expression(node.index);
        for (const base of this.#paths(node.value)) this.#writes.push({ base, attribute: undefined });
        return;
      case 'List':
      case 'Tuple':
        for (const element of node.elements) this.#target(element);
        return;
      case 'Starred':
        this.#target(node.value);
        return;
      default:
        return;
    }
  }

  #name(name: string): void {
    const slot = this.#slotOf(this.#mangled(name));
    if (slot) this.#variables.set(name, slot);
  }

  #alias(name: string, paths: readonly Path[]): void {
    if (paths.length === 0) return;
    const known = this.#aliases.get(name) ?? [];
    // Long chains of aliases say nothing new.
    if (known.length < 8) this.#aliases.set(name, [...known, ...paths.slice(0, 8)]);
  }

  /** What an expression may be: a variable, or what that stands for. */
  #paths(node: Expression): readonly Path[] {
    switch (node.kind) {
      case 'Name': {
        const slot = this.#slotOf(this.#mangled(node.name));
        const aliases = this.#aliases.get(node.name) ?? [];
        return slot ? [{ root: slot, attributes: [], isInside: false }, ...aliases] : aliases;
      }
      case 'Attribute':
        return this.#paths(node.value).map(path =>
          path.isInside ? path : { ...path, attributes: [...path.attributes, this.#mangled(node.name)] },
        );
      case 'Subscript':
        return this.#paths(node.value).map(path => ({ ...path, isInside: true }));
      case 'Call':
        return node.callee.kind === 'Attribute'
          ? this.#paths(node.callee.value).map(path => ({ ...path, isInside: true }))
          : node.args.flatMap(arg => this.#paths(arg)).map(path => ({ ...path, isInside: true }));
      case 'Conditional':
        return [...this.#paths(node.body), ...this.#paths(node.orElse)];
      case 'Boolean':
        return node.values.flatMap(value => this.#paths(value));
      case 'NamedExpression':
        return this.#paths(node.value);
      default:
        return [];
    }
  }

  expression(node: Expression): void {
    switch (node.kind) {
      case 'Name':
      case 'Constant':
      case 'BrokenExpression':
      case 'Lambda':
        return;
      case 'JoinedString':
        this.#pieces(node.parts);
        return;
      case 'Attribute':
      case 'Starred':
        this.expression(node.value);
        return;
      case 'Await':
      case 'YieldFrom':
        this.expression(node.value);
        this.#yields = true;
        return;
      case 'Yield':
        if (node.value) this.expression(node.value);
        this.#yields = true;
        return;
      case 'Subscript':
        this.expression(node.value);
        this.expression(node.index);
        return;
      case 'Slice':
        for (const part of [node.lower, node.upper, node.step]) if (part) this.expression(part);
        return;
      case 'Call': {
        this.expression(node.callee);
        for (const arg of node.args) this.expression(arg);
        for (const { value } of node.keywords) this.expression(value);
        const args = node.args.map(arg => (arg.kind === 'Starred' ? undefined : this.#paths(arg)[0]));
        const keywords = node.keywords.flatMap(({ name, value }): [string, Path][] => {
          const path = this.#paths(value)[0];
          return name !== undefined && path ? [[name, path]] : [];
        });
        const callees = node.callee.kind === 'Call' ? [] : this.#paths(node.callee);
        for (const callee of callees) this.#calls.push({ callee, args, keywords });
        // `self.blocks[0].append(x)`, `x.modules().append(y)`: something in there changes.
        if (node.callee.kind === 'Attribute') {
          for (const base of this.#paths(node.callee.value)) {
            if (base.isInside && mutators.has(node.callee.name)) this.#writes.push({ base, attribute: undefined });
          }
        }
        return;
      }
      case 'Binary':
        this.expression(node.left);
        this.expression(node.right);
        return;
      case 'Unary':
        this.expression(node.operand);
        return;
      case 'Boolean':
      case 'Compare':
        for (const value of node.values) this.expression(value);
        return;
      case 'Conditional':
        this.expression(node.test);
        this.expression(node.body);
        this.expression(node.orElse);
        return;
      case 'NamedExpression':
        this.expression(node.value);
        this.#name(node.name);
        return;
      case 'List':
      case 'Tuple':
      case 'Set':
        for (const element of node.elements) this.expression(element);
        return;
      case 'Dict':
        for (const { key, value } of node.entries) {
          if (key) this.expression(key);
          this.expression(value);
        }
        return;
      case 'ListComprehension':
      case 'SetComprehension':
      case 'GeneratorExpression':
        this.#comprehension(node.generators, [node.element]);
        return;
      case 'DictComprehension':
        this.#comprehension(node.generators, [node.key, node.value]);
        return;
    }
  }

  #comprehension(generators: readonly Comprehension[], elements: readonly Expression[]): void {
    for (const { iterable, conditions } of generators) {
      this.expression(iterable);
      for (const condition of conditions) this.expression(condition);
    }
    for (const element of elements) this.expression(element);
  }

  #pieces(parts: readonly (string | FormattedValue)[]): void {
    for (const part of parts) {
      if (typeof part === 'string') continue;
      this.expression(part.value);
      this.#pieces(part.format);
    }
  }
}

/** Methods of the built-in containers that change them. */
export const mutators: ReadonlySet<string> = new Set([
  'append',
  'appendleft',
  'extend',
  'extendleft',
  'insert',
  'pop',
  'popleft',
  'popitem',
  'remove',
  'discard',
  'clear',
  'sort',
  'reverse',
  'rotate',
  'update',
  'setdefault',
  'add',
  'move_to_end',
  'subtract',
  'difference_update',
  'intersection_update',
  'symmetric_difference_update',
  '__setitem__',
  '__delitem__',
  '__iadd__',
]);

/** Calls that only tell somebody something. */
const tellers =
  /^(print|warn|warning|warnings|log|logger|logging|_logger|LOGGER|LOG|debug|info|error|exception|critical|rank_zero_warn|_log_api_usage_once|_log_api_usage)$/;

/** What a block does, as far as an unknown condition is concerned. */
export type Conduct = 'raises' | 'harmless' | 'acts';

/** `inLoop`: of the body of a loop that is skipped as a whole. */
export function conductOf(statements: readonly Statement[], inLoop = false): Conduct {
  if (alwaysRaises(statements)) return 'raises';
  return statements.every(each => isHarmless(each, inLoop)) ? 'harmless' : 'acts';
}

function alwaysRaises(statements: readonly Statement[]): boolean {
  for (const statement of statements) {
    if (statement.kind === 'Raise') return true;
    if (statement.kind === 'Assert' && statement.test.kind === 'Constant' && statement.test.type === 'bool') {
      if (!statement.test.value) return true;
    }
    if (statement.kind === 'ExpressionStatement' && isExit(statement.value)) return true;
    if (statement.kind === 'If' && statement.orElse.length > 0) {
      if (alwaysRaises(statement.body) && alwaysRaises(statement.orElse)) return true;
    }
    if (statement.kind === 'With' && alwaysRaises(statement.body)) return true;
    if (leavesOf([statement]).any) return false;
  }
  return false;
}

function isExit(node: Expression): boolean {
  if (node.kind !== 'Call') return false;
  const { callee } = node;
  if (callee.kind === 'Name') return callee.name === 'exit' || callee.name === 'quit';
  return (
    callee.kind === 'Attribute' && callee.name === 'exit' && callee.value.kind === 'Name' && callee.value.name === 'sys'
  );
}

/**
 * Whether skipping it leaves out nothing that counts. What it assigns and stores is unknown afterwards, so whatever depends on
 * that says so itself: loops that rename or pick the weights of a file.
 */
function isHarmless(statement: Statement, inLoop: boolean): boolean {
  const areHarmless = (list: readonly Statement[], isLoop = inLoop): boolean =>
    alwaysRaises(list) || list.every(each => isHarmless(each, isLoop));
  switch (statement.kind) {
    case 'Pass':
      return true;
    case 'Continue':
    case 'Break':
      return inLoop;
    case 'ExpressionStatement':
      return isHarmlessExpression(statement.value) || isTelling(statement.value) || isStoring(statement.value);
    case 'Assert':
      return isHarmlessExpression(statement.test);
    case 'Assign':
      return statement.targets.every(isPlainTarget) && isQuiet(statement.value);
    case 'AnnAssign':
      return !statement.value || (isPlainTarget(statement.target) && isQuiet(statement.value));
    case 'AugAssign':
      return isPlainTarget(statement.target) && statement.operator !== '@' && isQuiet(statement.value);
    case 'Delete':
      return statement.targets.every(isPlainTarget);
    case 'If':
      return isHarmlessExpression(statement.test) && areHarmless(statement.body) && areHarmless(statement.orElse);
    case 'For':
      return (
        !statement.isAsync &&
        isPlainTarget(statement.target) &&
        isQuiet(statement.iterable) &&
        areHarmless(statement.body, true) &&
        areHarmless(statement.orElse)
      );
    case 'Try':
      return (
        areHarmless(statement.body) &&
        statement.handlers.every(({ body }) => areHarmless(body)) &&
        areHarmless(statement.orElse) &&
        areHarmless(statement.finalBody)
      );
    default:
      return false;
  }
}

/** A variable, or an item of one; not an attribute, which may be a layer. */
function isPlainTarget(node: Expression): boolean {
  switch (node.kind) {
    case 'Name':
      return true;
    case 'Subscript':
      return node.value.kind === 'Name' && isQuiet(node.index);
    case 'List':
    case 'Tuple':
      return node.elements.every(isPlainTarget);
    default:
      return false;
  }
}

/** `own[name].copy_(weight)`, `renamed.update(rest)`: whose contents change is found by `effectsOf`. */
function isStoring(node: Expression): boolean {
  if (node.kind !== 'Call' || node.callee.kind !== 'Attribute') return false;
  const { name, value } = node.callee;
  const isKnown =
    name === 'copy_' || name === 'load_state_dict' ? isQuiet(value) : mutators.has(name) && value.kind === 'Name';
  return isKnown && node.args.every(isQuiet) && node.keywords.every(each => isQuiet(each.value));
}

/** Methods of tensors that give views and copies. */
const views: ReadonlySet<string> = new Set([
  'unsqueeze',
  'squeeze',
  'view',
  'reshape',
  'permute',
  'transpose',
  'flatten',
  'contiguous',
  'clone',
  'detach',
  'cpu',
]);

/** Whether evaluating it computes nothing that counts: no operator of tensors, no call of what may be a layer. */
function isQuiet(node: Expression): boolean {
  switch (node.kind) {
    case 'Call': {
      const { callee, args, keywords } = node;
      if (callee.kind !== 'Attribute') return isHarmlessExpression(node);
      // `self.squeeze(x)` may be a convolution.
      if (callee.value.kind === 'Name' && callee.value.name === 'self') return callee.name === 'state_dict';
      return (
        (views.has(callee.name) || pure.has(callee.name)) &&
        isQuiet(callee.value) &&
        args.every(isQuiet) &&
        keywords.every(({ value }) => isQuiet(value))
      );
    }
    case 'Binary':
      return node.operator !== '@' && [node.left, node.right].some(isText) && [node.left, node.right].every(isQuiet);
    case 'Attribute':
    case 'Starred':
      return isQuiet(node.value);
    case 'Subscript':
      return isQuiet(node.value) && isQuiet(node.index);
    case 'Slice':
      return [node.lower, node.upper, node.step].every(part => !part || isQuiet(part));
    case 'Unary':
      return isQuiet(node.operand);
    case 'Conditional':
      return [node.test, node.body, node.orElse].every(isQuiet);
    case 'Boolean':
    case 'Compare':
      return node.values.every(isQuiet);
    case 'List':
    case 'Tuple':
    case 'Set':
      return node.elements.every(isQuiet);
    case 'Dict':
      return node.entries.every(({ key, value }) => (!key || isQuiet(key)) && isQuiet(value));
    default:
      return isHarmlessExpression(node);
  }
}

/** Text, so that what is added to it is no tensor. */
function isText(node: Expression): boolean {
  if (node.kind === 'Binary') return isText(node.left) || isText(node.right);
  return node.kind === 'JoinedString' || (node.kind === 'Constant' && node.type === 'str');
}

function isTelling(node: Expression): boolean {
  if (node.kind !== 'Call') return false;
  let callee = node.callee;
  if (![...node.args, ...node.keywords.map(({ value }) => value)].every(isHarmlessExpression)) return false;
  while (callee.kind === 'Attribute') {
    if (callee.value.kind === 'Name' && tellers.test(callee.value.name)) return true;
    callee = callee.value;
  }
  return callee.kind === 'Name' && tellers.test(callee.name);
}

/** Functions that change nothing, by the names that everybody knows them by. */
const pure: ReadonlySet<string> = new Set([
  'len',
  'int',
  'float',
  'str',
  'bool',
  'repr',
  'type',
  'isinstance',
  'issubclass',
  'hasattr',
  'getattr',
  'callable',
  'abs',
  'min',
  'max',
  'round',
  'sum',
  'range',
  'tuple',
  'list',
  'sorted',
  'id',
  'format',
  'size',
  'dim',
  'numel',
  'join',
  'get',
  'startswith',
  'endswith',
  'replace',
  'split',
  'rsplit',
  'strip',
  'lstrip',
  'rstrip',
  'removeprefix',
  'removesuffix',
  'lower',
  'upper',
  'isdigit',
  'keys',
  'values',
  'items',
  'zip',
  'enumerate',
  'state_dict',
]);

/** Whether evaluating it changes nothing, and nothing that counts happens. */
export function isHarmlessExpression(node: Expression): boolean {
  switch (node.kind) {
    case 'Name':
    case 'Constant':
    case 'Lambda':
      return true;
    case 'BrokenExpression':
    case 'NamedExpression':
    case 'Yield':
    case 'YieldFrom':
    case 'Await':
    case 'ListComprehension':
    case 'SetComprehension':
    case 'DictComprehension':
    case 'GeneratorExpression':
      return false;
    case 'JoinedString':
      return node.parts.every(part => typeof part === 'string' || isHarmlessExpression(part.value));
    case 'Attribute':
    case 'Starred':
      return isHarmlessExpression(node.value);
    case 'Subscript':
      return isHarmlessExpression(node.value) && isHarmlessExpression(node.index);
    case 'Slice':
      return [node.lower, node.upper, node.step].every(part => !part || isHarmlessExpression(part));
    case 'Call': {
      const name =
        node.callee.kind === 'Name' ? node.callee.name : node.callee.kind === 'Attribute' ? node.callee.name : '';
      return (
        pure.has(name) &&
        (node.callee.kind === 'Name' || isHarmlessExpression(node.callee)) &&
        node.args.every(isHarmlessExpression) &&
        node.keywords.every(({ value }) => isHarmlessExpression(value))
      );
    }
    case 'Binary':
      return isHarmlessExpression(node.left) && isHarmlessExpression(node.right);
    case 'Unary':
      return isHarmlessExpression(node.operand);
    case 'Boolean':
    case 'Compare':
      return node.values.every(isHarmlessExpression);
    case 'Conditional':
      return [node.test, node.body, node.orElse].every(isHarmlessExpression);
    case 'List':
    case 'Tuple':
    case 'Set':
      return node.elements.every(isHarmlessExpression);
    case 'Dict':
      return node.entries.every(({ key, value }) => (!key || isHarmlessExpression(key)) && isHarmlessExpression(value));
  }
}

export interface Leaves {
  /** `return`, or a `yield`: how often is not known. */
  readonly function: boolean;
  /** `break` or `continue` of a loop around these statements. */
  readonly loop: boolean;
  /** `break`. */
  readonly breaks: boolean;
  /** `raise`. */
  readonly raises: boolean;
  readonly any: boolean;
}

/** Where control may go from statements, other than on. */
export function leavesOf(statements: readonly Statement[]): Leaves {
  const leaves = { function: false, loop: false, breaks: false, raises: false, any: false };
  const visit = (list: readonly Statement[], inLoop: boolean): void => {
    for (const statement of list) {
      switch (statement.kind) {
        case 'Return':
          leaves.function = true;
          break;
        case 'Break':
        case 'Continue':
          if (inLoop) break;
          leaves.loop = true;
          if (statement.kind === 'Break') leaves.breaks = true;
          break;
        case 'Raise':
          leaves.raises = true;
          break;
        case 'Broken':
          if (statement.leaves) {
            leaves.function = true;
            leaves.loop = leaves.breaks = leaves.loop || !inLoop;
          }
          break;
        case 'For':
        case 'While':
          visit(statement.body, true);
          visit(statement.orElse, inLoop);
          break;
        case 'If':
          visit(statement.body, inLoop);
          visit(statement.orElse, inLoop);
          break;
        case 'With':
          visit(statement.body, inLoop);
          break;
        case 'Try':
          visit(statement.body, inLoop);
          for (const { body } of statement.handlers) visit(body, inLoop);
          visit(statement.orElse, inLoop);
          visit(statement.finalBody, inLoop);
          break;
        case 'Match':
          for (const { body } of statement.cases) visit(body, inLoop);
          break;
        default:
          break;
      }
    }
  };
  visit(statements, false);
  leaves.any = leaves.function || leaves.loop || leaves.raises;
  return leaves;
}

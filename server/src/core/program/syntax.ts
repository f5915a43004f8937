// Going through the syntax of a program.
import type { CallExpression, ClassDef, Expression, FunctionDef, Parameters, Statement } from '../syntax/python/ast.ts';

/** Anything of the tree that has a kind. */
export type SyntaxNode = Statement | Expression;

/**
 * Everything inside a node, itself included, in source order; what is inside a node for which `into` is false is left
 * out. Without recursion: a program may nest as deep as it likes.
 */
export function* nodesIn(root: object, into: (node: SyntaxNode) => boolean = () => true): Generator<SyntaxNode> {
  const stack: object[] = [root];
  while (stack.length > 0) {
    const at = stack.pop()!;
    const isNode = 'kind' in at;
    if (isNode) yield at as SyntaxNode;
    if (isNode && at !== root && !into(at as SyntaxNode)) continue;
    const first = stack.length;
    if (Array.isArray(at)) {
      for (const each of at) if (typeof each === 'object' && each !== null) stack.push(each);
    } else {
      for (const key in at) {
        const value = (at as Record<string, unknown>)[key];
        if (typeof value === 'object' && value !== null && !places.has(key)) stack.push(value);
      }
    }
    for (let from = first, to = stack.length - 1; from < to; from++, to--) {
      const other = stack[from]!;
      stack[from] = stack[to]!;
      stack[to] = other;
    }
  }
}

/** Ranges hold no nodes. */
const places: ReadonlySet<string> = new Set(['range', 'nameRange', 'head']);

const names = new WeakMap<object, ReadonlySet<string>>();

/** The names that a node mentions: what an edit leaves alone is not gone through again. */
export function namesInside(node: SyntaxNode): ReadonlySet<string> {
  let found = names.get(node);
  if (!found) {
    const inside = new Set<string>();
    for (const each of nodesIn(node)) if (each.kind === 'Name') inside.add(each.name);
    found = inside;
    names.set(node, found);
  }
  return found;
}

const calls = new WeakMap<object, readonly CallExpression[]>();

/** The calls in a node. */
export function callsInside(node: SyntaxNode): readonly CallExpression[] {
  let found = calls.get(node);
  if (!found) {
    found = [...nodesIn(node)].filter((each): each is CallExpression => each.kind === 'Call');
    calls.set(node, found);
  }
  return found;
}

/** `torch.nn.Module` of attributes of names; undefined for every other expression. */
export function dottedName(expression: Expression): string | undefined {
  const parts: string[] = [];
  let at = expression;
  while (at.kind === 'Attribute') {
    parts.unshift(at.name);
    at = at.value;
  }
  return at.kind === 'Name' ? [at.name, ...parts].join('.') : undefined;
}

/** Parameters that have to be given; of a method without its `self`. */
export function requiredOf(
  { positionalOnly, positional, keywordOnly }: Parameters,
  isMethod: boolean,
): readonly string[] {
  const byPosition = [...positionalOnly, ...positional].slice(isMethod ? 1 : 0);
  return [...byPosition, ...keywordOnly].flatMap(({ name, default: value }) => (value === undefined ? [name] : []));
}

export function methodOf(definition: ClassDef, name: string): FunctionDef | undefined {
  return definition.body.findLast(each => each.kind === 'FunctionDef' && each.name === name) as FunctionDef | undefined;
}

export const isDefinition = (node: SyntaxNode): node is ClassDef | FunctionDef =>
  node.kind === 'ClassDef' || node.kind === 'FunctionDef';

// Going through the syntax of a program.
import type { ClassDef, Expression, FunctionDef, Parameters, Statement } from '../../syntax/python/ast.ts';

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
    const inside: object[] = [];
    for (const value of Object.values(at)) if (typeof value === 'object' && value !== null) inside.push(value);
    for (const each of inside.reverse()) stack.push(each);
  }
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

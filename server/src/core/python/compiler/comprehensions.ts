// Comprehensions and generator expressions: a function of their own that is called at once.
import type { Comprehension, Expression } from '../../syntax/python/ast.ts';
import { type Branch, op } from '../code.ts';
import { type Effects, effectsOf } from '../effects.ts';
import { assign } from './assignments.ts';
import { makeFunction } from './functions.ts';
import { Unit } from './unit.ts';
import { isStill } from './unknown.ts';

export function comprehension(
  unit: Unit,
  node: Expression,
  generators: readonly Comprehension[],
  elements: readonly Expression[],
): void {
  const scope = unit.scopes.get(node)!;
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
  const inner = new Unit(unit, scope, { name, qualifiedName: unit.qualified(name), kind, head: node.range }, ['.0']);
  comprehensionBody(inner, node, generators, elements);
  makeFunction(unit, inner.code(), undefined);
  unit.emit(op.noSelf, 0, 1);
  unit.expression(generators[0]!.iterable);
  unit.range = generators[0]!.iterable.range;
  unit.emit(op.iterate, 2, 0);
  unit.range = node.range;
  unit.emit(op.call, 1, -2);
}

function comprehensionBody(
  unit: Unit,
  node: Expression,
  generators: readonly Comprehension[],
  elements: readonly Expression[],
): void {
  unit.parameters = { names: ['.0'], positionalOnly: 1, positional: 1, keywordOnly: 0, rest: -1, keywords: -1 };
  unit.bodyOf = [];
  unit.statement = unit.range = node.range;
  unit.emit(op.statement, 0, 0);
  const isGenerator = node.kind === 'GeneratorExpression';
  const isDict = node.kind === 'DictComprehension';
  if (!isGenerator) unit.emit(node.kind === 'ListComprehension' ? op.list : isDict ? op.map : op.set, 0, 1);
  const unknowns: number[] = [];
  const nest = (level: number): void => {
    const generator = generators[level];
    if (!generator) {
      for (const element of elements) unit.expression(element);
      unit.range = node.range;
      // The values of the loops lie between.
      if (isGenerator) {
        unit.emit(op.yield, 0, 0);
        unit.emit(op.pop, 0, -1);
      } else if (isDict) unit.emit(op.mapAdd, generators.length + 2, -2);
      else unit.emit(node.kind === 'ListComprehension' ? op.append : op.add, generators.length + 1, -1);
      return;
    }
    if (level === 0) unit.emit(op.local, 0, 1);
    else {
      unit.expression(generator.iterable);
      unit.range = generator.iterable.range;
      unknowns.push(unit.emit(op.iterate, 0, 0));
    }
    const again = unit.here;
    const next = unit.emit(op.next, 0, 1);
    unknowns.push(next);
    assign(unit, generator.target);
    for (const condition of generator.conditions) {
      unit.expression(condition);
      const at = unit.emit(op.jumpIfFalse, again, -1);
      unknowns.push(at);
    }
    nest(level + 1);
    unit.emit(op.jump, again, 0);
    unit.patch(next);
    unit.depth -= 1;
  };
  nest(0);
  if (isGenerator) unit.constant(null);
  unit.emit(op.return, 0, -1);
  unit.depth = 0;
  const pad = unit.here;
  unit.emit(op.skipped, 0, 1);
  unit.emit(op.return, 0, -1);
  let effects: Effects | undefined;
  const [slotOf, mangled] = [unit.slot, (name: string) => unit.scope.mangled(name)];
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
  for (const at of unknowns) unit.branches.set(at, branch);
  unit.bodyExpressions = expressions;
}

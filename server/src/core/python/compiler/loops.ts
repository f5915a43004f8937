// `for` and `while`.
import type { Statement } from '../../syntax/python/ast.ts';
import { op } from '../code.ts';
import { conductOf, isHarmlessExpression, leavesOf } from '../effects.ts';
import { assign } from './assignments.ts';
import type { Block, Unit } from './unit.ts';
import { endBody, isWhole, skipBranch } from './unknown.ts';

export function whileLoop(unit: Unit, node: Statement & { readonly kind: 'While' }): void {
  const head = { from: node.range.from, to: node.test.range.to };
  const again = unit.here;
  unit.begin(head);
  const isEndless =
    node.test.kind === 'Constant' && (node.test.type === 'bool' || node.test.type === 'int') && !!node.test.value;
  let test: number | undefined;
  if (!isEndless) {
    unit.expression(node.test);
    test = unit.emit(op.jumpIfFalse, 0, -1);
  }
  const loop: Block & { readonly kind: 'loop' } = {
    kind: 'loop',
    again,
    exits: [],
    depth: unit.depth,
    onStack: 0,
    node,
    continues: [],
    regions: [],
  };
  unit.blocks.push(loop);
  unit.block(node.body);
  unit.blocks.pop();
  endBody(unit, loop, false);
  unit.emit(op.jump, again, 0);
  unit.depth = loop.depth;
  if (test !== undefined) unit.patch(test);
  unit.block(node.orElse);
  for (const exit of loop.exits) unit.patch(exit);
  unit.depth = loop.depth;
  if (test !== undefined) {
    unit.range = unit.statement = head;
    const { function: leaves } = leavesOf(node.body);
    const { loop: orElseLeaves, function: orElseReturns } = leavesOf(node.orElse);
    skipBranch(
      unit,
      test,
      [node],
      [],
      { function: leaves || orElseReturns, loop: orElseLeaves, raises: false },
      conductOf(node.body, true) === 'harmless' && isHarmlessExpression(node.test),
    );
  }
}

export function forLoop(unit: Unit, node: Statement & { readonly kind: 'For' }): void {
  const head = { from: node.range.from, to: node.iterable.range.to };
  unit.begin(head);
  unit.expression(node.iterable);
  unit.range = node.iterable.range;
  const iterate = unit.emit(op.iterate, 0, 0);
  const again = unit.here;
  unit.range = unit.statement = head;
  const next = unit.emit(op.next, 0, 1);
  const depth = unit.depth - 2;
  const bodyAt = unit.here;
  assign(unit, node.target);
  const loop: Block & { readonly kind: 'loop' } = {
    kind: 'loop',
    again,
    exits: [],
    depth,
    onStack: 1,
    node,
    continues: [],
    regions: [],
  };
  unit.blocks.push(loop);
  unit.block(node.body);
  unit.blocks.pop();
  unit.range = unit.statement = head;
  const joins =
    unit.kind === 'function' && !unit.scope.isGenerator && isWhole(node) && conductOf(node.body, true) === 'acts';
  const end = unit.here;
  endBody(unit, loop, joins);
  unit.emit(op.jump, again, 0);
  unit.patch(next);
  unit.depth = depth;
  unit.block(node.orElse);
  for (const exit of loop.exits) unit.patch(exit);
  unit.depth = depth;
  unit.range = unit.statement = head;
  const body = leavesOf(node.body);
  const orElse = leavesOf(node.orElse);
  const leaves = { function: body.function || orElse.function, loop: orElse.loop, raises: false };
  const isHarmless = conductOf(node.body, true) !== 'acts';
  const { iterable } = node;
  const isFresh = iterable.kind === 'Call' && iterable.callee.kind === 'Attribute' && iterable.callee.name === 'tolist';
  const region = joins ? { from: bodyAt, to: end, isFresh } : undefined;
  skipBranch(unit, iterate, [node], [], leaves, isHarmless, region);
  unit.branches.set(next, unit.branches.get(iterate)!);
}

// `with`.
import type { Statement } from '../../syntax/python/ast.ts';
import { op } from '../code.ts';
import { assign } from './assignments.ts';
import type { Unit } from './unit.ts';

export function withStatement(unit: Unit, node: Statement & { readonly kind: 'With' }, item: number): void {
  const { context, target } = node.items[item]!;
  const range = { from: item === 0 ? node.range.from : context.range.from, to: (target ?? context).range.to };
  unit.begin(range);
  unit.expression(context);
  unit.range = context.range;
  // Leaves the context and what its `__enter__` gives.
  unit.emit(op.enterWith, 0, 1);
  const depth = unit.depth - 1;
  const from = unit.here;
  unit.blocks.push({ kind: 'with' });
  if (target) assign(unit, target);
  else unit.emit(op.pop, 0, -1);
  if (item + 1 < node.items.length) withStatement(unit, node, item + 1);
  else unit.block(node.body);
  unit.blocks.pop();
  const to = unit.here;
  unit.range = unit.statement = range;
  unit.emit(op.leaveWith, 0, 0);
  unit.emit(op.pop, 0, -1);
  const over = unit.emit(op.jump, 0, 0);
  // The context and the exception: it is raised again unless it is swallowed.
  unit.depth = depth + 1;
  unit.handlers.push({ from, to, target: unit.here, depth, catches: 'perhaps' });
  unit.emit(op.leaveWithException, 0, 0);
  unit.emit(op.pop, 0, -1);
  unit.emit(op.pop, 0, -1);
  unit.patch(over);
  unit.depth = depth - 1;
}

// `-a`, `a and b`, `a < b < c`.
import type { Expression } from '../../syntax/python/ast.ts';
import { comparisons, op, unaryOperators } from '../code.ts';
import { PyFloat } from '../objects.ts';
import type { Unit } from './unit.ts';
import { isStill, valueBranch } from './unknown.ts';

export function unary(unit: Unit, node: Expression & { readonly kind: 'Unary' }): void {
  const { operand } = node;
  if (node.operator === '-' && operand.kind === 'Constant') {
    if (operand.type === 'int' && operand.value !== 0) {
      unit.constant(-operand.value as number | bigint);
      return;
    }
    if (operand.type === 'float') {
      unit.constant(new PyFloat(-operand.value));
      return;
    }
  }
  unit.expression(operand);
  unit.range = node.range;
  if (node.operator === 'not') unit.emit(op.not, 0, 0);
  else unit.emit(op.unary, unaryOperators.indexOf(node.operator), 0);
}

export function booleanOperator(unit: Unit, node: Expression & { readonly kind: 'Boolean' }): void {
  const jumps: number[] = [];
  const depth = unit.depth;
  node.values.forEach((value, at) => {
    unit.expression(value);
    if (at === node.values.length - 1) return;
    const jump = unit.emit(node.operator === 'and' ? op.jumpIfFalseKeep : op.jumpIfTrueKeep, 0, -1);
    jumps.push(jump);
  });
  const isRegion = unit.kind === 'function' && !unit.scope.isGenerator && !node.values.slice(1).every(isStill);
  const to = isRegion ? unit.emit(op.regionEnd, 0, 0) : 0;
  const over = unit.emit(op.jump, 0, 0);
  const pad = unit.here;
  unit.depth = depth;
  unit.emit(op.skipped, 0, 1);
  unit.patch(over);
  jumps.forEach((jump, at) => {
    unit.operands[jump] = unit.here;
    const region = isRegion ? { from: jump + 1, to, hasValue: true } : undefined;
    valueBranch(unit, jump, pad, depth, node.values.slice(at + 1), region);
  });
}

export function comparison(unit: Unit, node: Expression & { readonly kind: 'Compare' }): void {
  const { values } = node;
  unit.expression(values[0]!);
  const depth = unit.depth - 1;
  const jumps: number[] = [];
  node.operators.forEach((operator, at) => {
    const isLast = at === node.operators.length - 1;
    unit.expression(values[at + 1]!);
    unit.range = node.range;
    if (!isLast) {
      unit.emit(op.duplicate, 0, 1);
      unit.emit(op.rotateThree, 0, 0);
    }
    unit.emit(op.compare, comparisons.indexOf(operator), -1);
    if (isLast) return;
    // The result where it is false, else away with it: the value in the middle is below.
    const jump = unit.emit(op.jumpIfFalseKeep, 0, -1);
    jumps.push(jump);
  });
  if (jumps.length === 0) return;
  const over = unit.emit(op.jump, 0, 0);
  unit.depth = depth + 2;
  for (const jump of jumps) unit.patch(jump);
  unit.emit(op.swap, 0, 0);
  unit.emit(op.pop, 0, -1);
  const over2 = unit.emit(op.jump, 0, 0);
  const pad = unit.here;
  unit.depth = depth;
  unit.emit(op.skipped, 0, 1);
  unit.patch(over);
  unit.patch(over2);
  for (const jump of jumps) valueBranch(unit, jump, pad, depth, values.slice(1));
}

// Which file compiles which expression. Each leaves one value on the stack.
import type { Expression } from '../../syntax/python/ast.ts';
import { binaryOperators, op } from '../code.ts';
import { call } from './calls.ts';
import { comprehension } from './comprehensions.ts';
import { conditional } from './conditions.ts';
import { constantOf } from './constants.ts';
import { dictionary, sequence } from './containers.ts';
import { lambda } from './functions.ts';
import { booleanOperator, comparison, unary } from './operators.ts';
import { joined } from './strings.ts';
import type { Unit } from './unit.ts';

// Expressions: each leaves one value on the stack.

export function expression(unit: Unit, node: Expression): void {
  const outer = unit.range;
  unit.range = node.range;
  switch (node.kind) {
    case 'Name':
      unit.load(node.name);
      break;
    case 'Constant':
      unit.constant(constantOf(node));
      break;
    case 'JoinedString':
      joined(unit, node.parts);
      break;
    case 'Attribute':
      unit.expression(node.value);
      unit.range = node.range;
      unit.emit(op.attribute, unit.nameAt(unit.scope.mangled(node.name)), 0);
      break;
    case 'Subscript':
      unit.expression(node.value);
      unit.expression(node.index);
      unit.range = node.range;
      unit.emit(op.index, 0, -1);
      break;
    case 'Slice':
      for (const part of [node.lower, node.upper, node.step]) {
        if (part) unit.expression(part);
        else unit.constant(null);
      }
      unit.emit(op.slice, 3, -2);
      break;
    case 'Call':
      call(unit, node);
      break;
    case 'Starred':
      unit.expression(node.value);
      break;
    case 'Binary':
      unit.expression(node.left);
      unit.expression(node.right);
      unit.range = node.range;
      unit.emit(op.binary, binaryOperators.indexOf(node.operator), -1);
      break;
    case 'Unary':
      unary(unit, node);
      break;
    case 'Boolean':
      booleanOperator(unit, node);
      break;
    case 'Compare':
      comparison(unit, node);
      break;
    case 'Conditional':
      conditional(unit, node);
      break;
    case 'Lambda':
      lambda(unit, node);
      break;
    case 'NamedExpression':
      unit.expression(node.value);
      unit.emit(op.duplicate, 0, 1);
      unit.store(node.name);
      break;
    case 'List':
    case 'Tuple':
    case 'Set':
      sequence(unit, node);
      break;
    case 'Dict':
      dictionary(unit, node);
      break;
    case 'ListComprehension':
    case 'SetComprehension':
    case 'GeneratorExpression':
      comprehension(unit, node, node.generators, [node.element]);
      break;
    case 'DictComprehension':
      comprehension(unit, node, node.generators, [node.key, node.value]);
      break;
    case 'Yield':
      if (node.value) unit.expression(node.value);
      else unit.constant(null);
      unit.emit(op.yield, 0, 0);
      break;
    case 'YieldFrom':
      unit.expression(node.value);
      unit.range = node.range;
      unit.emit(op.iterate, 1, 0);
      unit.constant(null);
      unit.emit(op.yieldFrom, 0, -1);
      break;
    case 'Await':
      unit.expression(node.value);
      unit.emit(op.await, 0, 0);
      break;
    case 'BrokenExpression':
      unit.emit(op.unknown, unit.detail(node.message), 1);
      break;
  }
  unit.range = outer;
}

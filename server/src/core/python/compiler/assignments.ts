// What values are assigned to: names, attributes, items, and lists of them; `+=`, and `del`.
import type { Expression, Statement } from '../../syntax/python/ast.ts';
import { binaryOperators, op } from '../code.ts';
import type { Unit } from './unit.ts';

export function augmented(unit: Unit, node: Statement & { readonly kind: 'AugAssign' }): void {
  const operator = binaryOperators.indexOf(node.operator);
  const { target } = node;
  switch (target.kind) {
    case 'Name':
      unit.load(target.name);
      unit.expression(node.value);
      unit.range = node.range;
      unit.emit(op.inPlace, operator, -1);
      unit.store(target.name);
      return;
    case 'Attribute': {
      const name = unit.nameAt(unit.scope.mangled(target.name));
      unit.expression(target.value);
      unit.emit(op.duplicate, 0, 1);
      unit.range = target.range;
      unit.emit(op.attribute, name, 0);
      unit.expression(node.value);
      unit.range = node.range;
      unit.emit(op.inPlace, operator, -1);
      unit.emit(op.swap, 0, 0);
      unit.emit(op.setAttribute, name, -2);
      return;
    }
    case 'Subscript':
      unit.expression(target.value);
      unit.expression(target.index);
      unit.emit(op.duplicateTwo, 0, 2);
      unit.range = target.range;
      unit.emit(op.index, 0, -1);
      unit.expression(node.value);
      unit.range = node.range;
      unit.emit(op.inPlace, operator, -1);
      unit.emit(op.rotateThree, 0, 0);
      unit.emit(op.setIndex, 0, -3);
      return;
    default:
      unit.expression(node.value);
      unit.emit(op.pop, 0, -1);
  }
}

/** Stores the value on top of the stack. */
export function assign(unit: Unit, node: Expression): void {
  const outer = unit.range;
  switch (node.kind) {
    case 'Name':
      unit.store(node.name);
      break;
    case 'Attribute':
      unit.expression(node.value);
      unit.range = outer;
      unit.emit(op.setAttribute, unit.nameAt(unit.scope.mangled(node.name)), -2);
      break;
    case 'Subscript':
      unit.expression(node.value);
      unit.expression(node.index);
      unit.range = outer;
      unit.emit(op.setIndex, 0, -3);
      break;
    case 'List':
    case 'Tuple': {
      const { elements } = node;
      const star = elements.findIndex(({ kind }) => kind === 'Starred');
      if (star < 0) unit.emit(op.unpack, elements.length, elements.length - 1);
      else {
        const detail = { before: star, after: elements.length - star - 1 };
        unit.emit(op.unpackRest, unit.detail(detail), elements.length - 1);
      }
      for (const element of elements) assign(unit, element.kind === 'Starred' ? element.value : element);
      break;
    }
    case 'Starred':
      assign(unit, node.value);
      break;
    default:
      unit.emit(op.pop, 0, -1);
  }
  unit.range = outer;
}

export function deleteTarget(unit: Unit, node: Expression): void {
  switch (node.kind) {
    case 'Name':
      unit.delete(node.name);
      return;
    case 'Attribute':
      unit.expression(node.value);
      unit.emit(op.deleteAttribute, unit.nameAt(unit.scope.mangled(node.name)), -1);
      return;
    case 'Subscript':
      unit.expression(node.value);
      unit.expression(node.index);
      unit.emit(op.deleteIndex, 0, -2);
      return;
    case 'List':
    case 'Tuple':
      for (const element of node.elements) deleteTarget(unit, element);
      return;
    default:
  }
}

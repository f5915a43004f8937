// Lists, tuples, sets and dicts that are written out.
import type { Expression } from '../../syntax/python/ast.ts';
import { op } from '../code.ts';
import { PyTuple } from '../objects.ts';
import { constantOf } from './constants.ts';
import type { Unit } from './unit.ts';

export function sequence(unit: Unit, node: Expression & { readonly kind: 'List' | 'Tuple' | 'Set' }): void {
  const { elements } = node;
  const hasStar = elements.some(({ kind }) => kind === 'Starred');
  if (!hasStar && node.kind === 'Tuple' && elements.every(({ kind }) => kind === 'Constant')) {
    const items = elements.map(element => (element.kind === 'Constant' ? constantOf(element) : null));
    unit.constant(new PyTuple(items));
    return;
  }
  if (!hasStar && elements.length < 1000) {
    for (const element of elements) unit.expression(element);
    unit.range = node.range;
    const operation = node.kind === 'List' ? op.list : node.kind === 'Tuple' ? op.tuple : op.set;
    unit.emit(operation, elements.length, 1 - elements.length);
    return;
  }
  unit.emit(node.kind === 'Set' ? op.set : op.list, 0, 1);
  for (const element of elements) {
    unit.expression(element);
    unit.range = node.range;
    const isStar = element.kind === 'Starred';
    if (node.kind === 'Set') unit.emit(isStar ? op.update : op.add, 1, -1);
    else unit.emit(isStar ? op.extend : op.append, 1, -1);
  }
  if (node.kind === 'Tuple') unit.emit(op.listToTuple, 0, 0);
}

export function dictionary(unit: Unit, node: Expression & { readonly kind: 'Dict' }): void {
  if (node.entries.every(({ key }) => key) && node.entries.length < 1000) {
    for (const { key, value } of node.entries) {
      unit.expression(key!);
      unit.expression(value);
    }
    unit.range = node.range;
    unit.emit(op.map, node.entries.length, 1 - 2 * node.entries.length);
    return;
  }
  unit.emit(op.map, 0, 1);
  for (const { key, value } of node.entries) {
    if (key) {
      unit.expression(key);
      unit.expression(value);
      unit.emit(op.mapAdd, 2, -2);
    } else {
      unit.expression(value);
      unit.emit(op.mapUpdate, 0, -1);
    }
  }
}

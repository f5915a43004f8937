// `class`.
import type { ClassDef } from '../../syntax/python/ast.ts';
import { type ClassDetail, type Code, op } from '../code.ts';
import { argument, keyword } from './calls.ts';
import { Unit } from './unit.ts';

function outerCells(unit: Unit, code: Code): readonly number[] {
  return code.cells.slice(code.ownCells).map(name => unit.cells.indexOf(name));
}

export function classDefinition(unit: Unit, node: ClassDef): void {
  for (const decorator of node.decorators) {
    unit.begin(decorator.range);
    unit.expression(decorator);
    unit.emit(op.noSelf, 0, 1);
  }
  unit.begin(node.head);
  const scope = unit.scopes.get(node)!;
  const { name, head } = node;
  const inner = new Unit(unit, scope, { name, qualifiedName: unit.qualified(name), kind: 'class', head });
  inner.body(node.body);
  const code = inner.code();
  unit.emit(op.arguments, 0, 1);
  for (const base of node.bases) argument(unit, base);
  for (const { name, value } of node.keywords) keyword(unit, name, value);
  const detail: ClassDetail = { code, name: node.name, outer: outerCells(unit, code), head: node.head };
  unit.range = node.head;
  unit.emit(op.class, unit.detail(detail), 0);
  for (let at = node.decorators.length - 1; at >= 0; at--) {
    unit.range = node.decorators[at]!.range;
    unit.statement = unit.range;
    unit.emit(op.call, 1, -2);
  }
  unit.store(node.name);
}

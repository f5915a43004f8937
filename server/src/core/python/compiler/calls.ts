// Calls.
import type { CallExpression, Expression } from '../../syntax/python/ast.ts';
import { type KeywordCall, op } from '../code.ts';
import type { Unit } from './unit.ts';

export function call(unit: Unit, node: CallExpression): void {
  const { callee } = node;
  if (callee.kind === 'Name' && callee.name === 'super' && node.args.length === 0 && node.keywords.length === 0) {
    // `super()`: the class whose body this is in, and the first parameter.
    const isOwn = unit.slot('super')?.kind === 'global';
    const classCell = unit.cells.indexOf('__class__');
    if (isOwn && classCell >= 0 && unit.scope.kind === 'function' && unit.parameters.names.length > 0) {
      unit.load('super');
      unit.emit(op.noSelf, 0, 1);
      unit.emit(op.cell, classCell, 1);
      unit.load(unit.parameters.names[0]!);
      unit.range = node.range;
      unit.emit(op.call, 2, -3);
      return;
    }
  }
  if (callee.kind === 'Attribute') {
    unit.expression(callee.value);
    unit.range = callee.range;
    unit.emit(op.method, unit.nameAt(unit.scope.mangled(callee.name)), 1);
  } else {
    unit.expression(callee);
    unit.emit(op.noSelf, 0, 1);
  }
  const isPlain =
    node.args.every(({ kind }) => kind !== 'Starred') &&
    node.keywords.every(({ name }) => name !== undefined) &&
    new Set(node.keywords.map(({ name }) => name)).size === node.keywords.length &&
    node.args.length + node.keywords.length < 1000;
  if (isPlain) {
    for (const arg of node.args) unit.expression(arg);
    for (const { value } of node.keywords) unit.expression(value);
    unit.range = node.range;
    const count = node.args.length + node.keywords.length;
    if (node.keywords.length === 0) unit.emit(op.call, count, -1 - count);
    else {
      const detail: KeywordCall = { positional: node.args.length, names: node.keywords.map(({ name }) => name!) };
      unit.emit(op.callKeywords, unit.detail(detail), -1 - count);
    }
    return;
  }
  unit.emit(op.arguments, 0, 1);
  for (const arg of node.args) argument(unit, arg);
  for (const { name, value } of node.keywords) keyword(unit, name, value);
  unit.range = node.range;
  unit.emit(op.callArguments, 0, -2);
}

export function argument(unit: Unit, node: Expression): void {
  unit.expression(node);
  unit.emit(node.kind === 'Starred' ? op.spread : op.argument, 0, -1);
}

export function keyword(unit: Unit, name: string | undefined, value: Expression): void {
  unit.expression(value);
  if (name === undefined) unit.emit(op.spreadKeywords, 0, -1);
  else unit.emit(op.keyword, unit.nameAt(name), -1);
}

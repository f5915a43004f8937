// Which file compiles which statement.
import type { Statement } from '../../syntax/python/ast.ts';
import { op } from '../code.ts';
import { assign, augmented, deleteTarget } from './assignments.ts';
import { classDefinition } from './classes.ts';
import { ifStatement } from './conditions.ts';
import { assert, raise, tryStatement } from './exceptions.ts';
import { leave } from './exits.ts';
import { functionDefinition } from './functions.ts';
import { importModules, importNames } from './imports.ts';
import { forLoop, whileLoop } from './loops.ts';
import { matchStatement } from './match.ts';
import type { Unit } from './unit.ts';
import { brokenStatement } from './unknown.ts';
import { withStatement } from './with.ts';

export function statement(unit: Unit, node: Statement): void {
  switch (node.kind) {
    case 'FunctionDef':
      functionDefinition(unit, node);
      return;
    case 'ClassDef':
      classDefinition(unit, node);
      return;
    case 'Return':
      unit.begin(node.range);
      if (node.value) unit.expression(node.value);
      else unit.constant(null);
      leave(unit, 'return');
      return;
    case 'Delete':
      unit.begin(node.range);
      for (const target of node.targets) deleteTarget(unit, target);
      return;
    case 'Assign':
      unit.begin(node.range);
      unit.expression(node.value);
      node.targets.forEach((target, at) => {
        if (at < node.targets.length - 1) unit.emit(op.duplicate, 0, 1);
        assign(unit, target);
      });
      return;
    case 'AugAssign':
      unit.begin(node.range);
      augmented(unit, node);
      return;
    case 'AnnAssign':
      unit.begin(node.range);
      if (node.value) {
        unit.expression(node.value);
        assign(unit, node.target);
      }
      if (unit.kind === 'class' && node.target.kind === 'Name') {
        const annotation = unit.text.slice(node.annotation.range.from, node.annotation.range.to);
        unit.annotations.set(unit.scope.mangled(node.target.name), annotation);
      }
      return;
    case 'For':
      forLoop(unit, node);
      return;
    case 'While':
      whileLoop(unit, node);
      return;
    case 'If':
      ifStatement(unit, node);
      return;
    case 'With':
      withStatement(unit, node, 0);
      return;
    case 'Match':
      matchStatement(unit, node);
      return;
    case 'Raise':
      raise(unit, node);
      return;
    case 'Try':
      tryStatement(unit, node);
      return;
    case 'Assert':
      assert(unit, node);
      return;
    case 'Import':
      importModules(unit, node);
      return;
    case 'ImportFrom':
      importNames(unit, node);
      return;
    case 'Global':
    case 'Nonlocal':
    case 'Pass':
      return;
    case 'ExpressionStatement':
      if (node.value.kind === 'Constant') return;
      unit.begin(node.range);
      unit.expression(node.value);
      unit.emit(op.pop, 0, -1);
      return;
    case 'Break':
      unit.begin(node.range);
      leave(unit, 'break');
      return;
    case 'Continue':
      unit.begin(node.range);
      leave(unit, 'continue');
      return;
    case 'Broken':
      brokenStatement(unit, node);
      return;
  }
}

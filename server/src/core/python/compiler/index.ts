// Turns the syntax of a chunk, a function or a class into code for the machine.
import * as l10n from '@vscode/l10n';
import type { Expression, PythonBlock, Statement } from '../../syntax/python/ast.ts';
import { type Code, evaluated } from '../code.ts';
import { scopesOf } from '../scope.ts';
import { expression } from './expressions.ts';
import { statement } from './statements.ts';
import { type Compilers, Unit } from './unit.ts';

const compilers: Compilers = { statement, expression };

const compiled = new WeakMap<PythonBlock, Code>();

/** The code of top-level statements that are read together; the same for the same block. */
export function compileBlock(block: PythonBlock): Code {
  let code = compiled.get(block);
  if (!code) {
    code = compileStatements(block);
    compiled.set(block, code);
  }
  return code;
}

function compileStatements(block: PythonBlock): Code {
  try {
    return moduleUnit(block).code();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Nested deeper than the stack: whatever it sets is unknown.
    const range = { from: 0, to: block.text.length };
    const message = l10n.t('This is nested too deeply.');
    const targets = block.statements.flatMap((statement): Expression[] =>
      statement.kind === 'FunctionDef' || statement.kind === 'ClassDef'
        ? [{ kind: 'Name', name: statement.name, range: statement.nameRange }]
        : statement.kind === 'Assign'
          ? statement.targets.filter(({ kind }) => kind === 'Name')
          : [],
    );
    return moduleUnit({
      text: block.text,
      statements: [{ kind: 'Broken', message, targets, leaves: false, range }],
      problems: [],
    }).code();
  }
}

function moduleUnit(block: PythonBlock): Unit {
  const { module, scopes } = scopesOf(block.statements);
  const head = { from: 0, to: block.text.length };
  const heading = { name: '<module>', qualifiedName: '<module>', kind: 'module', head } as const;
  const unit = new Unit({ compilers, scopes, text: block.text }, module, heading);
  unit.body(block.statements);
  return unit;
}

/** The code of an expression: running it gives its value. */
export function compileExpression(node: Expression, text: string): Code {
  const statement: Statement = { kind: 'Return', value: node, range: node.range };
  const { module, scopes } = scopesOf([statement]);
  const heading = { name: evaluated, qualifiedName: evaluated, kind: 'module', head: node.range } as const;
  const unit = new Unit({ compilers, scopes, text }, module, heading);
  unit.body([statement]);
  return unit.code();
}

// Finds modules by name: natives, then files under the roots.

import type { Expression, PythonTree, Statement } from '../syntax/python/ast.ts';
import { parsePython } from '../syntax/python/parse.ts';
import type { Files } from './files.ts';

export interface FoundModule {
  readonly name: string;
  readonly path: string;
  readonly isPackage: boolean;
  /** Undefined for a folder without `__init__.py`. */
  readonly text: string | undefined;
}

/** A module's file in a folder: `name/__init__.py`, `name.py`, or the folder alone. */
export function findIn(folder: string, name: string, fullName: string, files: Files): FoundModule | undefined {
  const path = folder === '' ? name : `${folder}/${name}`;
  const init = files.read(`${path}/__init__.py`);
  if (init !== undefined) return { name: fullName, path: `${path}/__init__.py`, isPackage: true, text: init };
  const text = files.read(`${path}.py`);
  if (text !== undefined) return { name: fullName, path: `${path}.py`, isPackage: false, text };
  if (files.isFolder(path)) return { name: fullName, path, isPackage: true, text: undefined };
  return undefined;
}

/** The name that a relative import means; undefined where it leads out of all packages. */
export function absoluteName(name: string, level: number, module: string, isPackage: boolean): string | undefined {
  if (level === 0) return name;
  const parts = module.split('.');
  if (!isPackage) parts.pop();
  for (let up = 1; up < level; up++) if (parts.pop() === undefined) return undefined;
  if (parts.length === 0) return undefined;
  return name === '' ? parts.join('.') : `${parts.join('.')}.${name}`;
}

const fromImports = new WeakMap<PythonTree, readonly ImportFrom[]>();

export type ImportFrom = Statement & { readonly kind: 'ImportFrom' };

/** The `from … import …` of a module that are not inside of functions. */
export function importsFrom(tree: PythonTree): readonly ImportFrom[] {
  let found = fromImports.get(tree);
  if (found) return found;
  const imports: ImportFrom[] = [];
  const visit = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.kind === 'ImportFrom') imports.push(statement);
      else if (statement.kind === 'If') {
        visit(statement.body);
        visit(statement.orElse);
      } else if (statement.kind === 'Try') {
        visit(statement.body);
        for (const { body } of statement.handlers) visit(body);
      }
    }
  };
  for (const { block } of tree.chunks) if (block.defines === undefined) visit(block.statements);
  found = imports;
  fromImports.set(tree, found);
  return found;
}

const inert = new WeakMap<PythonTree, boolean>();

/** Whether all that a module does when it runs is to define names: functions, classes, imports, constants. */
export function onlyDefines(tree: PythonTree): boolean {
  let found = inert.get(tree);
  if (found === undefined) {
    found = tree.chunks.every(({ block }) => block.defines !== undefined || block.statements.every(isInert));
    inert.set(tree, found);
  }
  return found;
}

function isInert(statement: Statement): boolean {
  switch (statement.kind) {
    case 'Import':
    case 'Pass':
      return true;
    case 'ImportFrom':
      return statement.names.every(({ name }) => name !== '*');
    case 'ExpressionStatement':
      return statement.value.kind === 'Constant';
    case 'Assign':
      return statement.targets.every(({ kind }) => kind === 'Name') && isConstant(statement.value);
    default:
      return false;
  }
}

function isConstant(node: Expression): boolean {
  if (node.kind === 'List' || node.kind === 'Tuple') return node.elements.every(isConstant);
  return node.kind === 'Constant';
}

const read = new Map<string, { readonly text: string; readonly tree: PythonTree }>();
const mostRead = 300;

/** The tree of a file; what was read last is remembered. */
export function parseFile(text: string, path: string): PythonTree {
  const earlier = read.get(path);
  read.delete(path);
  const entry = earlier?.text === text ? earlier : { text, tree: parsePython(text, earlier?.tree, true) };
  read.set(path, entry);
  if (read.size > mostRead)
    for (const oldest of read.keys()) {
      read.delete(oldest);
      break;
    }
  return entry.tree;
}

interface BoundNames {
  readonly names: ReadonlySet<string>;
  /** `from … import *`: any name may be bound. */
  readonly hasStar: boolean;
}

const bound = new WeakMap<PythonTree, BoundNames>();

/** The names that a module binds at its top to anything but a module inside of it (`from . import models`). */
export function boundNames(tree: PythonTree): BoundNames {
  let found = bound.get(tree);
  if (found) return found;
  const names = new Set<string>();
  let hasStar = false;
  const visit = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'FunctionDef':
        case 'ClassDef':
          names.add(statement.name);
          break;
        case 'Assign':
        case 'Broken':
          for (const target of statement.targets) {
            if (target.kind === 'Name') names.add(target.name);
            // `a, b = …`
            else if (target.kind === 'Tuple' || target.kind === 'List') hasStar = true;
          }
          break;
        case 'AnnAssign':
        case 'AugAssign':
          if (statement.target.kind === 'Name') names.add(statement.target.name);
          break;
        case 'Import':
          for (const { name, as } of statement.names) names.add(as ?? name.split('.')[0]!);
          break;
        case 'ImportFrom':
          for (const { name, as } of statement.names) {
            if (name === '*') hasStar = true;
            else if (statement.level !== 1 || statement.module !== '' || (as !== undefined && as !== name))
              names.add(as ?? name);
          }
          break;
        case 'If':
          visit(statement.body);
          visit(statement.orElse);
          break;
        case 'For':
        case 'While':
        case 'With':
          hasStar = true;
          break;
        case 'Try':
          visit(statement.body);
          for (const { body } of statement.handlers) visit(body);
          visit(statement.orElse);
          visit(statement.finalBody);
          break;
        default:
          break;
      }
    }
  };
  for (const { block } of tree.chunks) {
    if (block.defines === undefined) visit(block.statements);
    else names.add(block.defines);
  }
  found = { names, hasStar };
  bound.set(tree, found);
  return found;
}

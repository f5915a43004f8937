// Finds modules by name: natives, then files under the roots.

import type { PythonTree } from '../syntax/python/ast.ts';
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

const read = new Map<string, { readonly text: string; readonly tree: PythonTree }>();
const mostRead = 300;

/** The tree of a file; what was read last is remembered. */
export function parseFile(text: string, path: string): PythonTree {
  const earlier = read.get(path);
  read.delete(path);
  const entry = earlier?.text === text ? earlier : { text, tree: parsePython(text, earlier?.tree) };
  read.set(path, entry);
  if (read.size > mostRead)
    for (const oldest of read.keys()) {
      read.delete(oldest);
      break;
    }
  return entry.tree;
}

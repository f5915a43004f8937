// `import` and `from … import`.
import type { Statement } from '../../syntax/python/ast.ts';
import { type ImportDetail, op } from '../code.ts';
import type { Unit } from './unit.ts';

export function importModules(unit: Unit, node: Statement & { readonly kind: 'Import' }): void {
  unit.begin(node.range);
  for (const { name, as, range } of node.names) {
    unit.range = range;
    const detail: ImportDetail = {
      name,
      level: 0,
      names: undefined,
      isAliased: as !== undefined,
      ...guardOf(unit),
    };
    unit.emit(op.import, unit.detail(detail), 1);
    unit.store(as ?? name.split('.')[0]!);
  }
}

export function importNames(unit: Unit, node: Statement & { readonly kind: 'ImportFrom' }): void {
  unit.begin(node.range);
  if (node.module === '__future__' && node.level === 0) return;
  const names = node.names.map(({ name }) => name);
  const detail: ImportDetail = {
    name: node.module,
    level: node.level,
    names,
    isAliased: false,
    ...guardOf(unit),
  };
  if (names[0] === '*') {
    unit.emit(op.importStar, unit.detail(detail), 0);
    return;
  }
  node.names.forEach(({ name, as, range }) => {
    unit.range = range;
    unit.emit(op.importFrom, unit.detail({ ...detail, names: [name] }), 1);
    unit.store(as ?? name);
  });
}

/** What of an import depends on a `try` around it. */
function guardOf(unit: Unit): Pick<ImportDetail, 'isGuarded' | 'forgone'> {
  const guards = unit.blocks.flatMap(block => (block.kind === 'try' && catchesImports(block.node) ? [block] : []));
  const forgone = unit.kind === 'module' ? guards.flatMap(({ node }) => importedNames(node.body)) : [];
  return { isGuarded: guards.length > 0, forgone };
}

const importErrors = new Set(['ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException']);

/** Whether a handler catches what a missing module raises. */
function catchesImports({ handlers }: Statement & { readonly kind: 'Try' }): boolean {
  return handlers.some(({ type }) => {
    const names = !type ? [] : type.kind === 'Tuple' ? type.elements : [type];
    return !type || names.some(name => name.kind === 'Name' && importErrors.has(name.name));
  });
}

/** The names that the imports among statements bind. */
function importedNames(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(statement => {
    if (statement.kind === 'Import') return statement.names.map(({ name, as }) => as ?? name.split('.')[0]!);
    if (statement.kind !== 'ImportFrom') return [];
    return statement.names.flatMap(({ name, as }) => (name === '*' ? [] : [as ?? name]));
  });
}

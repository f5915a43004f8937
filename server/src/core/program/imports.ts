// Imports that were not found and that the network needs: what to do about them.
import * as l10n from '@vscode/l10n';
import type { Graph } from '../graph/graph.ts';
import type { ImportMissing } from '../python/vm/interpreter.ts';
import type { PythonTree, Statement } from '../syntax/python/ast.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Reason } from '../text/reason.ts';
import { nodesIn } from './syntax.ts';

/** Why something in a network is unknown. */
export function reasonsIn(graph: Graph): readonly Reason[] {
  return graph.nodes.flatMap(({ why, outputs }) => [why, ...outputs.map(output => output.why)].filter(isReason));
}

const isReason = (why: Reason | undefined): why is Reason => why !== undefined;

/**
 * A problem for each import that was not found, where something that is unknown for this reason is a part of the network;
 * at the import; where another file has that, at the import of this file, or else at `head`.
 */
export function missingImports(
  unfound: readonly ImportMissing[],
  reasons: readonly Reason[],
  tree: PythonTree,
  head: Range,
): readonly Problem[] {
  const messages = new Set(reasons.map(({ message }) => message));
  const problems = new Map<string, Problem>();
  for (const { name, place, reason, isOfLibrary } of unfound) {
    if (isOfLibrary || !messages.has(reason.message)) continue;
    // An import is run where its name is first needed.
    const here = place?.file === undefined ? place?.range : undefined;
    const own = importOf(tree, isOf(name)) ?? here;
    const range = own ?? (place?.file === undefined ? undefined : importOf(tree, leadsTo(place.file))) ?? head;
    const key = `${range.from} ${name.split('.')[0]}`;
    if (problems.has(key)) continue;
    problems.set(key, {
      range,
      severity: 'warning',
      code: 'import-not-found',
      message: l10n.t('“{0}” cannot be found, and the network uses it: what it costs there is unknown.', name),
      help: l10n.t(
        'Name the Python environment that has it (flopline.python, --python, or python in flopline.yaml), or the folder of its source (flopline.source, --source, or source).',
      ),
      short: l10n.t('import not found'),
      ...(place?.file !== undefined &&
        own === undefined && {
          related: [{ file: place.file, range: place.range, message: l10n.t('It is needed here.') }],
        }),
    });
  }
  return [...problems.values()];
}

type Import = Extract<Statement, { kind: 'Import' | 'ImportFrom' }>;

/** Whether a statement imports a module, or a part of it. */
function isOf(wanted: string): (node: Import) => boolean {
  const names = (module: string): boolean => wanted === module || wanted.startsWith(`${module}.`);
  return node =>
    node.kind === 'Import'
      ? node.names.some(({ name }) => names(name))
      : node.level === 0
        ? names(node.module) || node.names.some(({ name }) => wanted === `${node.module}.${name}`)
        : node.module !== '' && wanted.endsWith(`.${node.module}`);
}

/** Whether a statement imports the module that a file is. */
function leadsTo(path: string): (node: Import) => boolean {
  const stem = path.replace(/(?:\/__init__)?\.pyw?$/, '');
  const is = (module: string): boolean => module !== '' && `${stem}/`.endsWith(`/${module.replaceAll('.', '/')}/`);
  return node =>
    node.kind === 'Import'
      ? node.names.some(({ name }) => is(name))
      : is(node.module) || node.names.some(({ name }) => is(node.module === '' ? name : `${node.module}.${name}`));
}

/** The first statement that imports what is meant. */
function importOf(tree: PythonTree, isMeant: (node: Import) => boolean): Range | undefined {
  for (const { block, start } of tree.chunks) {
    for (const node of nodesIn(block.statements)) {
      if ((node.kind === 'Import' || node.kind === 'ImportFrom') && isMeant(node))
        return { from: start + node.range.from, to: start + node.range.to };
    }
  }
  return undefined;
}

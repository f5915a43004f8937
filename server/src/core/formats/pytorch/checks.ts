// What is odd about a network in which nothing is wrong: modules that no call uses, and results that nothing reads.
import * as l10n from '@vscode/l10n';
import type { Frame, Graph, Tensor } from '../../graph/graph.ts';
import type { Outcome } from '../../program/reading.ts';
import { nodesIn } from '../../program/syntax.ts';
import type { Expression, PythonTree, Statement } from '../../syntax/python/ast.ts';
import type { Problem } from '../../text/problem.ts';
import { si } from '../../text/quantity.ts';
import type { ModuleRow } from '../format.ts';

/** Nothing where a part of the network is not known: that may be what uses them. */
export function checks(
  tree: PythonTree,
  { modules, graph, valuesRead }: Pick<Outcome, 'modules' | 'graph' | 'valuesRead'>,
): readonly Problem[] {
  if (graph.outputs.length === 0 || graph.nodes.some(({ why }) => why !== undefined)) return [];
  const syntax = new Uses(tree);
  return [...neverCalled(modules, syntax), ...unusedResults(graph, valuesRead, syntax)];
}

/** Modules with parameters that no call uses, unless what calls them is for training. */
function* neverCalled(modules: readonly ModuleRow[], syntax: Uses): Generator<Problem> {
  const isUsed = modules.map(
    ({ calls, own, params, isOneOf }) => calls > 0 || isOneOf || (params > 0 && own.length > 0 && !isLeft(own)),
  );
  // Parameters of its own that another module reads are used, and counted there.
  const isCounted = modules.map(({ own, leaf, params }) => !leaf || params === 0 || isLeft(own));
  for (let at = modules.length - 1; at > 0; at--) {
    const { parent } = modules[at]!;
    if (isUsed[at] || !isCounted[at]) isUsed[parent] = true;
  }
  const places = new Map<string, { readonly row: ModuleRow; readonly isUsed: boolean }>();
  for (const [at, row] of modules.entries()) {
    const { site, parent } = row;
    if (at === 0 || !site || site.file !== undefined) continue;
    const key = `${site.range.from} ${site.range.to}`;
    const used = isUsed[at]! || !isCounted[at] || !(row.params > 0) || !isUsed[parent];
    // A line that makes several modules is for those that are called.
    if (places.get(key)?.isUsed !== true) places.set(key, { row, isUsed: used });
  }
  for (const { row, isUsed } of places.values()) {
    const { name, params, site } = row;
    const attribute = name.split('.').findLast(part => !/^\d+$/.test(part));
    if (isUsed || (attribute !== undefined && syntax.isConditional(attribute))) continue;
    yield {
      range: site!.range,
      severity: 'information',
      code: 'module-never-called',
      message: l10n.t('“{0}” is never called, but its {1} parameters are part of the network.', name, si(params)),
      help: l10n.t('Call it in forward, or remove it.'),
    };
  }
}

/** Whether nodes are parameters that no operator has used. */
const isLeft = (nodes: ModuleRow['own']): boolean => nodes.some(({ op }) => op.name === 'parameter');

/** Statements that assign what nothing reads, in whichever call of their function. */
function* unusedResults(
  { root, nodes, outputs }: Graph,
  valuesRead: readonly Tensor[],
  syntax: Uses,
): Generator<Problem> {
  const lastUse = new Float64Array(nodes.length).fill(-1);
  for (const { id, inputs } of nodes) for (const { node } of inputs) lastUse[node.id] = id;
  for (const { node } of [...outputs, ...valuesRead]) lastUse[node.id] = nodes.length;
  const places = new Map<number, { readonly frame: Frame; isUsed: boolean }>();
  const visit = (frame: Frame): void => {
    const [site] = frame.sites;
    if (frame.type === 'statement' && site?.file === undefined && frame.end > frame.first) {
      let isUsed = false;
      for (let id = frame.first; id < frame.end && !isUsed; id++) isUsed = lastUse[id]! >= frame.end;
      const known = places.get(site!.range.from);
      if (!known) places.set(site!.range.from, { frame, isUsed });
      else known.isUsed ||= isUsed;
      // What is inside of something that nothing reads is not read either.
      if (!isUsed) return;
    }
    for (const child of frame.children) visit(child);
  };
  visit(root);
  for (const { frame, isUsed } of places.values()) {
    const { range } = frame.sites[0]!;
    const names = isUsed ? undefined : syntax.assigned(range.from);
    if (!names || names.some(name => name.startsWith('_') || syntax.isConditional(name))) continue;
    yield {
      range,
      severity: 'information',
      code: 'unused-result',
      message: l10n.t('What this line computes is never used.'),
      help: l10n.t('Use it, or remove the line.'),
    };
  }
}

/** What the syntax says of names. */
class Uses {
  readonly #tree: PythonTree;
  /** By the offset of a statement, the names that it assigns. */
  #assigned: Map<number, readonly string[]> | undefined;
  /** Names that are read under a condition that holds in training, or where a target is given. */
  #conditional: Set<string> | undefined;

  constructor(tree: PythonTree) {
    this.#tree = tree;
  }

  /** The names that the statement at an offset assigns, where it does nothing else with its value. */
  assigned(offset: number): readonly string[] | undefined {
    this.#look();
    return this.#assigned!.get(offset);
  }

  isConditional(name: string): boolean {
    this.#look();
    return this.#conditional!.has(name);
  }

  #look(): void {
    if (this.#assigned) return;
    this.#assigned = new Map();
    this.#conditional = new Set();
    for (const { start, block } of this.#tree.chunks) {
      for (const node of block.statements.flatMap(each => [...nodesIn(each)])) {
        if (node.kind === 'Assign') {
          const names = node.targets.flatMap(namesOf);
          if (!names.includes(undefined)) this.#assigned.set(start + node.range.from, names as string[]);
        } else if (node.kind === 'If' && isOfTraining(node.test)) {
          for (const name of readIn([...node.body, ...node.orElse])) this.#conditional.add(name);
        }
      }
    }
  }
}

/** Undefined for what is not a plain name. */
function namesOf(target: Expression): readonly (string | undefined)[] {
  if (target.kind === 'Name') return [target.name];
  if (target.kind === 'Tuple' || target.kind === 'List') return target.elements.flatMap(namesOf);
  return [undefined];
}

/** `self.training`, `targets is not None`. */
function isOfTraining(test: Expression): boolean {
  for (const node of nodesIn(test)) {
    if ((node.kind === 'Attribute' || node.kind === 'Name') && /train/i.test(node.name)) return true;
    if (node.kind === 'Compare' && node.operators.some(operator => operator === 'is' || operator === 'is not'))
      return true;
  }
  return false;
}

function* readIn(statements: readonly Statement[]): Generator<string> {
  for (const statement of statements)
    for (const node of nodesIn(statement)) if (node.kind === 'Attribute' || node.kind === 'Name') yield node.name;
}

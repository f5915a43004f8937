// The modules of a network that was recorded, with what each of them did.
import type { Graph, GraphNode, Site, Tensor } from '../graph/graph.ts';
import type { Reason } from '../text/reason.ts';
import type { EndedCall } from '../torch/python/frames.ts';
import { isLibrary } from '../torch/python/library/index.ts';
import { type ModuleInstance, modulesOf } from '../torch/python/nn/instance.ts';
import type { PyParameter } from '../torch/python/tensor.ts';
import type { ModuleRow } from './program.ts';

/** A call that has ended, or what holds parameters of a module that no call has used. */
export interface RecordedCall extends EndedCall {
  readonly isCall?: boolean;
}

/** `calls` are those of the recording, and of parameters that were added at its end, in the order in which they ended. */
export function moduleRows(model: ModuleInstance, graph: Graph, calls: readonly RecordedCall[]): readonly ModuleRow[] {
  const modules = [...modulesOf(model)];
  const indexes = new Map(modules.map(({ value }, index) => [value as object, index]));
  const own: GraphNode[][] = modules.map(() => []);
  for (const [index, nodes] of ownNodes(graph, calls, indexes)) own[index]!.push(...nodes);
  const ended = new Map<object, { count: number; outputs: readonly Tensor[] }>();
  for (const { module, outputs, isCall = true } of calls)
    if (isCall) ended.set(module, { outputs, ...ended.get(module), count: (ended.get(module)?.count ?? 0) + 1 });
  const counts = countsOf(
    model,
    modules.map(({ value }) => value),
  );
  const byPath = new Map(modules.map(({ path }, index) => [path, index]));
  return modules.map(({ path, value: module }, index) => {
    const { count = 0, outputs = [] } = ended.get(module) ?? {};
    const { params, why } = counts.get(module)!;
    return {
      name: path,
      type: module.cls.name,
      site: siteOf(module),
      calls: count,
      leaf: module.isLeaf,
      outputs,
      params,
      why,
      own: own[index]!,
      parent: path === '' ? -1 : (byPath.get(path.slice(0, Math.max(0, path.lastIndexOf('.')))) ?? 0),
    };
  });
}

/** What each module did itself: a node belongs to the innermost call around it of a module that is in the tree. */
function* ownNodes(
  { nodes, nodeCount }: Graph,
  calls: readonly RecordedCall[],
  indexes: ReadonlyMap<object, number>,
): Generator<readonly [number, readonly GraphNode[]]> {
  const owner = new Int32Array(nodeCount).fill(-1);
  // Inner calls end before those around them.
  for (const { module, first, end } of calls) {
    const index = indexes.get(module);
    if (index === undefined) continue;
    for (let id = first; id < Math.min(end, nodeCount); id++) if (owner[id] === -1) owner[id] = index;
  }
  const found = new Map<number, GraphNode[]>();
  for (let id = 0; id < nodeCount; id++) {
    const index = owner[id]!;
    if (index < 0) continue;
    const list = found.get(index);
    if (list) list.push(nodes[id]!);
    else found.set(index, [nodes[id]!]);
  }
  yield* found;
}

interface Count {
  readonly params: number;
  readonly why: Reason | undefined;
}

/** The parameters of each module with those inside of it, each once. */
function countsOf(model: ModuleInstance, modules: readonly ModuleInstance[]): ReadonlyMap<ModuleInstance, Count> {
  const own = new Map(modules.map(module => [module, [...module.ownParameters()].map(([, parameter]) => parameter)]));
  const inside = new Map(modules.map(module => [module, [...module.ownChildren()].map(([, child]) => child)]));
  const seen = new Set<PyParameter | ModuleInstance>([model]);
  let isTree = true;
  for (const parts of [...own.values(), ...inside.values()]) {
    for (const part of parts) {
      if (seen.has(part)) isTree = false;
      seen.add(part);
    }
  }
  const counts = new Map<ModuleInstance, Count>();
  if (!isTree) {
    for (const module of modules) {
      const parameters = new Set([...modulesOf(module)].flatMap(({ value }) => own.get(value) ?? []));
      counts.set(module, sum([...parameters].map(countOf)));
    }
    return counts;
  }
  // Those inside of a module come after it.
  for (const module of modules.toReversed()) {
    const parts = inside.get(module)!.map(child => counts.get(child)!);
    counts.set(module, sum([...own.get(module)!.map(countOf), ...parts]));
  }
  return counts;
}

function countOf({ shape, why }: PyParameter): Count {
  const params = shape?.reduce((product, length) => product * length, 1) ?? Number.NaN;
  return { params, why: Number.isNaN(params) ? why : undefined };
}

/** Unknown where one is, for the first one's reason. */
function sum(counts: readonly Count[]): Count {
  let params = 0;
  for (const count of counts) {
    if (Number.isNaN(count.params)) return count;
    params += count.params;
  }
  return { params, why: undefined };
}

/** Where a module was made; one that is made by the entry itself, or by a library, is where its class is defined. */
export function siteOf({ construct, cls }: ModuleInstance): Site | undefined {
  const place = [...construct, ...(cls.place ? [cls.place] : [])].find(({ file }) => !isLibrary(file));
  if (!place) return undefined;
  return place.file === undefined
    ? { range: place.range, role: 'construct' }
    : { range: place.range, role: 'construct', file: place.file };
}

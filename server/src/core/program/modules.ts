// The modules of a network that was recorded, with what each of them did.
import type { Graph, GraphNode, Site, Tensor } from '../graph/graph.ts';
import type { Place } from '../python/objects.ts';
import type { Reason } from '../text/reason.ts';
import type { EndedCall } from '../torch/python/frames.ts';
import { isLibrary } from '../torch/python/library/index.ts';
import { type Choice, ModuleInstance, modulesOf } from '../torch/python/nn/instance.ts';
import type { PyParameter } from '../torch/python/tensor.ts';
import type { ModuleRow } from './program.ts';
import type { Unknowns } from './unknowns.ts';

/** A call that has ended, or what holds parameters of a module that no call has used. */
export interface RecordedCall extends EndedCall {
  readonly isCall?: boolean;
}

/** `calls` are those of the recording, and of parameters that were added at its end, in the order in which they ended. */
export function moduleRows(
  model: ModuleInstance,
  graph: Graph,
  calls: readonly RecordedCall[],
  unknowns: Unknowns,
): readonly ModuleRow[] {
  const modules = [...modulesOf(model)];
  const indexes = new Map(modules.map(({ value }, index) => [value as object, index]));
  const own = ownNodes(graph, calls, indexes);
  const ended = new Map<object, { count: number; readonly outputs: readonly Tensor[] }>();
  const isOneOf = new Set<object>();
  for (const { module: called, outputs, isCall = true } of calls) {
    if (!isCall) continue;
    const module = rowOf(called);
    for (const each of choiceOf(called)?.modules ?? []) for (const { value } of modulesOf(each)) isOneOf.add(value);
    const known = ended.get(module);
    if (known) known.count++;
    else ended.set(module, { outputs, count: 1 });
  }
  const counts = countsOf(
    model,
    modules.map(({ value }) => value),
  );
  const byPath = new Map(modules.map(({ path }, index) => [path, index]));
  const parents = modules.map(({ path }) =>
    path === '' ? -1 : (byPath.get(path.slice(0, Math.max(0, path.lastIndexOf('.')))) ?? 0),
  );
  // What a module may lack, whatever is around it may lack too; those inside of a module come after it.
  const lacking = modules.map(({ value }) => unknowns.unfinished(value, value === model));
  for (let at = modules.length - 1; at > 0; at--) lacking[parents[at]!] ??= lacking[at];
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
      why: why ?? lacking[index],
      own: own.get(index) ?? [],
      isOneOf: isOneOf.has(module),
      parent: parents[index]!,
    };
  });
}

const choiceOf = (module: object): Choice | undefined => (module instanceof ModuleInstance ? module.choice : undefined);

/** If it is unknown which module of a list was called, its work belongs to the list. */
const rowOf = (module: object): object => choiceOf(module)?.list ?? module;

/** What each module did itself: a node belongs to the innermost call around it of a module that is in the tree. */
function ownNodes(
  { nodes, nodeCount }: Graph,
  calls: readonly RecordedCall[],
  indexes: ReadonlyMap<object, number>,
): ReadonlyMap<number, readonly GraphNode[]> {
  const owner = new Int32Array(nodeCount).fill(-1);
  // Inner calls end before those around them.
  for (const { module, first, end } of calls) {
    const index = indexes.get(rowOf(module));
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
  return found;
}

interface Count {
  readonly params: number;
  readonly why: Reason | undefined;
}

/** The parameters of each module with those inside of it, each once. */
function countsOf(model: ModuleInstance, modules: readonly ModuleInstance[]): ReadonlyMap<ModuleInstance, Count> {
  const seen = new Set<PyParameter | ModuleInstance>([model]);
  let parts = 1;
  const own = modules.map(module => ({ parameters: module.ownParameters(), children: module.ownChildren() }));
  for (const { parameters, children } of own) {
    for (const pair of parameters) seen.add(pair[1]);
    for (const pair of children) seen.add(pair[1]);
    parts += parameters.length + children.length;
  }
  const counts = new Map<ModuleInstance, Count>();
  if (seen.size < parts) {
    // Parts that several modules have count once in what is around them all.
    for (const module of modules) {
      const parameters = new Set<PyParameter>();
      for (const { value } of modulesOf(module)) for (const [, each] of value.ownParameters()) parameters.add(each);
      const sum = new Sum();
      for (const parameter of parameters) sum.add(countOf(parameter));
      counts.set(module, sum.total);
    }
    return counts;
  }
  // Those inside of a module come after it.
  for (let at = modules.length - 1; at >= 0; at--) {
    const { parameters, children } = own[at]!;
    const sum = new Sum();
    for (const pair of parameters) sum.add(countOf(pair[1]));
    for (const pair of children) sum.add(counts.get(pair[1])!);
    counts.set(modules[at]!, sum.total);
  }
  return counts;
}

function countOf({ shape, why }: PyParameter): Count {
  if (!shape) return { params: Number.NaN, why };
  let params = 1;
  for (const length of shape) params *= length;
  return { params, why: Number.isNaN(params) ? why : undefined };
}

/** Unknown where one is, for the first one's reason. */
class Sum {
  total: Count = { params: 0, why: undefined };

  add(count: Count): void {
    if (Number.isNaN(this.total.params) || count.params === 0) return;
    this.total = Number.isNaN(count.params) ? count : { params: this.total.params + count.params, why: undefined };
  }
}

/** Where a module was made; one that is made by the entry itself, or by a library, is where its class is defined. */
export function siteOf({ construct, cls }: ModuleInstance): Site | undefined {
  const place = construct.find(isOfProgram) ?? (cls.place && isOfProgram(cls.place) ? cls.place : undefined);
  if (!place) return undefined;
  return place.file === undefined
    ? { range: place.range, role: 'construct' }
    : { range: place.range, role: 'construct', file: place.file };
}

const isOfProgram = ({ file }: Place): boolean => !isLibrary(file);

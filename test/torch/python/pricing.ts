// Prices a module that a Python text makes: what a format does with an entry, without the format.
import { Builder } from '../../../server/src/core/graph/builder.ts';
import type { Frame, GraphNode } from '../../../server/src/core/graph/graph.ts';
import type { Counts } from '../../../server/src/core/ops/op.ts';
import { noFiles } from '../../../server/src/core/python/files.ts';
import { type PyModule, PyTuple, type Steps, type Value } from '../../../server/src/core/python/objects.ts';
import { createMachine } from '../../../server/src/core/python/vm/index.ts';
import type { Interpreter } from '../../../server/src/core/python/vm/interpreter.ts';
import { parsePython, startPython } from '../../../server/src/core/syntax/python/parse.ts';
import { nnModules } from '../../../server/src/core/torch/python/nn/index.ts';
import { ModuleInstance, modulesOf, parametersOf } from '../../../server/src/core/torch/python/nn/instance.ts';
import { tensorsIn } from '../../../server/src/core/torch/python/nn/state.ts';
import { torchHooks, worldOf } from '../../../server/src/core/torch/python/recording.ts';
import type { PyTensor } from '../../../server/src/core/torch/python/tensor.ts';
import { torchModules } from '../../../server/src/core/torch/python/torch.ts';

await startPython();

export interface Priced {
  readonly macs: number;
  readonly params: number;
  readonly shapes: readonly string[];
  readonly nodes: readonly GraphNode[];
  /** Path, class, number of calls, whether it is a leaf. */
  readonly rows: readonly (readonly [string, string, number, boolean])[];
  /** Parameters of the module that the graph does not count. */
  readonly left: readonly string[];
  readonly problems: readonly string[];
  /** Why counts of nodes are not known. */
  readonly unknown: readonly string[];
}

export class Session {
  readonly machine: Interpreter;
  readonly module: PyModule;

  constructor(text: string) {
    const natives = new Map([...torchModules, ...nnModules]);
    const fault = (error: unknown): void => {
      throw error;
    };
    this.machine = createMachine({ files: noFiles, roots: [], natives, hooks: { ...torchHooks, fault } });
    const prefix = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';
    this.module = this.finish(this.machine.run({ tree: parsePython(prefix + text), name: 'main' })) as PyModule;
  }

  finish<T>(steps: Steps<T>): T {
    const outcome = this.machine.start(steps).finish();
    if (outcome.kind === 'value') return outcome.value;
    if (outcome.kind === 'stopped') throw new Error(outcome.reason.message);
    const { cls, args } = outcome.exception;
    throw new Error(`${cls.name}: ${args.map(String).join(', ')}`);
  }

  evaluate(expression: string): Value {
    return this.finish(this.machine.evaluateIn(this.module, expression));
  }

  price(entry: string, inputs: string): Priced {
    const { machine } = this;
    const world = worldOf(machine);
    const before = world.problems.length;
    const model = this.evaluate(entry);
    const isModule = model instanceof ModuleInstance;
    if (isModule) this.finish(machine.call(this.finish(machine.getAttribute(model, 'eval')), []));
    const args = this.evaluate(`(${inputs},)`);
    const builder = new Builder();
    world.record(builder);
    const result = this.finish(machine.call(model, args instanceof PyTuple ? args.items : []));
    world.end();
    const { nodes } = builder.finish([]);
    return {
      macs: sum(nodes, ({ macs = 0 }) => macs),
      params: sum(
        nodes.filter(({ shares }) => !shares),
        ({ weights = 0, biases = 0, normAffine = 0 }) => weights + biases + normAffine,
      ),
      shapes: tensorsIn(result).map(shapeText),
      nodes,
      rows: [...(isModule ? modulesOf(model) : [])].map(({ path, value }) => [
        path,
        value.cls.name,
        world.moduleCalls.filter(({ module }) => module === value).length,
        value.isLeaf,
      ]),
      left: [...(isModule ? parametersOf(model) : [])].flatMap(({ path, value }) =>
        world.countedBy(value) ? [] : [path],
      ),
      problems: world.problems.slice(before).map(({ message }) => message),
      unknown: nodes.flatMap(({ why }) => (why ? [why.message] : [])),
    };
  }
}

export function priced(text: string, entry: string, inputs: string): Priced {
  return new Session(text).price(entry, inputs);
}

function sum(nodes: readonly GraphNode[], of: (counts: Partial<Counts>) => number): number {
  let total = 0;
  for (const node of nodes) {
    const inputs = node.inputs.map(({ shape }) => shape!);
    const outputs = node.outputs.map(({ shape }) => shape!);
    if (!node.why) total += of(node.op.counts?.(node.attrs, inputs, outputs) ?? {});
  }
  return total;
}

function shapeText({ shape }: PyTensor): string {
  return shape ? shape.map(length => (Number.isNaN(length) ? '?' : length)).join('×') : 'none';
}

/** The names of the module calls around a node, from the outside in. */
export function pathOf({ frame }: GraphNode): string {
  const path: string[] = [];
  for (let at: Frame | undefined = frame; at?.parent; at = at.parent) {
    if (at.type !== 'statement' && at.type !== 'function') path.unshift(at.label);
  }
  return path.filter(label => label !== '').join('.');
}

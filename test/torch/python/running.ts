// Runs Python text with torch, and tells what its names hold in the end.
import { Builder } from '../../../server/src/core/graph/builder.ts';
import type { Graph } from '../../../server/src/core/graph/graph.ts';
import type { Counts } from '../../../server/src/core/ops/op.ts';
import { noFiles } from '../../../server/src/core/python/files.ts';
import {
  PyFloat,
  PyList,
  type PyModule,
  PyTuple,
  Unknown,
  type Value,
} from '../../../server/src/core/python/objects.ts';
import { createMachine } from '../../../server/src/core/python/vm/index.ts';
import { parsePython, startPython } from '../../../server/src/core/syntax/python/parse.ts';
import type { Problem } from '../../../server/src/core/text/problem.ts';
import { torchHooks, worldOf } from '../../../server/src/core/torch/python/recording.ts';
import { PyTensor } from '../../../server/src/core/torch/python/tensor.ts';
import { torchModules } from '../../../server/src/core/torch/python/torch.ts';
import { valuesOf } from '../../../server/src/core/torch/python/values.ts';

await startPython();

export interface Ran {
  /** What a name holds in the end. */
  get(name: string): Value | undefined;
  readonly problems: readonly Problem[];
  /** The exception that nobody caught. */
  readonly raised: string | undefined;
  readonly graph: Graph;
  readonly module: PyModule | undefined;
  /** Where the text begins behind the imports. */
  readonly prefix: number;
  /** The whole text that was run. */
  readonly text: string;
}

const prefix = 'import torch\nimport torch.utils.checkpoint\n';

/** Runs a text; everything that it does with tensors is recorded, unless it is to be a constructor. */
export function ran(text: string, records = true): Ran {
  const machine = createMachine({
    files: noFiles,
    roots: [],
    natives: torchModules,
    hooks: torchHooks,
  });
  const world = worldOf(machine);
  const builder = new Builder();
  if (records) world.record(builder);
  const outcome = machine.start(machine.run({ tree: parsePython(prefix + text), name: 'main' })).finish();
  world.end();
  const module = machine.modules.get('main') as PyModule | undefined;
  return {
    get: name => module?.dict.get(name),
    problems: world.problems,
    raised:
      outcome.kind === 'raised'
        ? `${outcome.exception.cls.name}: ${outcome.exception.args.map(String).join(', ')}`
        : outcome.kind === 'stopped'
          ? outcome.reason.message
          : undefined,
    graph: builder.finish([]),
    module,
    prefix: prefix.length,
    text: prefix + text,
  };
}

/** A value as data: tensors as their shape, type and values (undefined where they are not known). */
export function plainly(value: Value | undefined): unknown {
  if (value instanceof PyTensor) {
    const values = value.shape && valuesOf(value);
    return {
      shape: value.shape?.map(length => (Number.isNaN(length) ? '?' : length)),
      dtype: value.dtype,
      values: values && values.length <= 24 ? [...values] : undefined,
    };
  }
  if (value instanceof Unknown) return `unknown: ${value.reason.message}`;
  if (value instanceof PyFloat) return value.value;
  if (value instanceof PyTuple || value instanceof PyList) return value.items.map(plainly);
  return value;
}

/** A shape as text: `2×?×3`. */
export function shapeOf(value: Value | undefined): string {
  if (!(value instanceof PyTensor)) return value instanceof Unknown ? 'unknown' : String(value);
  return value.shape ? value.shape.map(length => (Number.isNaN(length) ? '?' : length)).join('×') : 'none';
}

/** The sums of what the nodes of a graph count. */
export function counted(graph: Graph): Counts {
  const sums: Counts = {
    macs: 0,
    adds: 0,
    muls: 0,
    divs: 0,
    compares: 0,
    exps: 0,
    weights: 0,
    biases: 0,
    normAffine: 0,
    normStats: 0,
  };
  for (const { op, attrs, inputs, outputs } of graph.nodes) {
    const shapes = [inputs, outputs].map(tensors => tensors.map(({ shape }) => shape ?? []));
    for (const [name, value] of Object.entries(op.counts?.(attrs, shapes[0]!, shapes[1]!) ?? {})) {
      sums[name as keyof Counts] += value ?? 0;
    }
  }
  return sums;
}

// Why another convention gives another number, in words: operator by operator, set against their multiply-accumulates.
import { type ConventionName, conventionOf } from '../analysis/conventions.ts';
import type { Model } from '../analysis/model.ts';
import type { GraphNode } from '../graph/graph.ts';
import type { Counts } from '../ops/op.ts';
import { size } from '../ops/rules/shape.ts';

/** How the operators of one kind are counted otherwise than by their multiply-accumulates. */
export interface Difference {
  /** `batch norm 8 an element`, `linear unseen`. */
  readonly words: string;
  /** What it adds to (or takes from) the multiply-accumulates, in the convention's unit. */
  readonly delta: number;
}

/** How many operations a convention counts for one multiply-accumulate. */
export function baseOf(convention: ConventionName): 1 | 2 {
  return conventionOf(convention)!.unit === 'MACs' ? 1 : 2;
}

/** The differences of a model under its convention, for some of its nodes, the greatest first. */
export function differences(model: Model, nodes: Iterable<GraphNode>): Difference[] {
  const { convention } = model;
  const base = baseOf(convention.name);
  const kinds = new Map<string, { delta: number; how: string }>();
  for (const node of nodes) {
    const counts = model.counts(node);
    const value = convention.of(node, counts);
    const delta = value - base * counts.macs;
    if (delta === 0 || Number.isNaN(delta)) continue;
    const how = howCounted(node, counts, value, delta);
    const known = kinds.get(node.op.name);
    if (!known) kinds.set(node.op.name, { delta, how });
    else {
      known.delta += delta;
      if (known.how !== how) known.how = 'counted';
    }
  }
  return [...kinds]
    .map(([name, { delta, how }]) => ({
      words: `${name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)} ${how}`,
      delta,
    }))
    .toSorted((a, b) => Math.abs(b.delta) - Math.abs(a.delta));
}

function howCounted({ inputs, outputs }: GraphNode, counts: Counts, value: number, delta: number): string {
  if (value === 0) return 'unseen';
  if (counts.macs > 0) return delta === counts.adds ? 'biases' : 'counted its own way';
  const each = value / size(inputs[0]?.shape ?? []);
  if (Number.isInteger(each)) return `${each} an element`;
  const eachOut = value / size(outputs[0]?.shape ?? []);
  return Number.isInteger(eachOut) ? `${eachOut} an output element` : 'counted';
}

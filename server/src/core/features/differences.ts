// Why another convention gives another number, in words: operator by operator, set against their multiply-accumulates.
import { type ConventionName, counterOf } from '../analysis/conventions.ts';
import type { Model } from '../analysis/model.ts';
import type { GraphNode } from '../graph/graph.ts';
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
  return counterOf(convention)!.unit === 'MACs' ? 1 : 2;
}

/** The differences of a model under its convention, for some of its nodes, the greatest first. */
export function differences(model: Model, nodes: Iterable<GraphNode>): Difference[] {
  const { convention } = model;
  const base = baseOf(convention.name);
  const kinds = new Map<string, Kind>();
  for (const node of nodes) {
    const counts = model.counts(node);
    const value = convention.of(node, counts);
    const delta = value - base * counts.macs;
    if (delta === 0 || Number.isNaN(delta)) continue;
    const each = value / size(node.inputs[0]?.shape ?? []);
    const eachOut = value / size(node.outputs[0]?.shape ?? []);
    const known = kinds.get(node.op.name);
    if (!known) {
      const computes = counts.macs > 0;
      kinds.set(node.op.name, { delta, each, eachOut, unseen: value === 0, computes, biases: delta === counts.adds });
      continue;
    }
    known.delta += delta;
    if (known.each !== each) known.each = Number.NaN;
    if (known.eachOut !== eachOut) known.eachOut = Number.NaN;
    known.unseen &&= value === 0;
    known.biases &&= delta === counts.adds;
  }
  return [...kinds]
    .map(([name, kind]) => ({
      words: `${name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)} ${howCounted(kind)}`,
      delta: kind.delta,
    }))
    .toSorted((a, b) => Math.abs(b.delta) - Math.abs(a.delta));
}

/** What is common to all operators of one kind; NaN where they differ. */
interface Kind {
  delta: number;
  each: number;
  eachOut: number;
  unseen: boolean;
  readonly computes: boolean;
  biases: boolean;
}

function howCounted({ each, eachOut, unseen, computes, biases }: Kind): string {
  if (unseen) return 'unseen';
  if (computes) return biases ? 'biases' : 'counted its own way';
  if (Number.isInteger(each)) return `${each} an element`;
  return Number.isInteger(eachOut) ? `${eachOut} an output element` : 'counted';
}

// Why another convention gives another number: operator by operator, compared with their multiply-accumulates.
import * as l10n from '@vscode/l10n';
import { type ConventionName, counterOf } from '../analysis/conventions.ts';
import type { Model } from '../analysis/model.ts';
import type { GraphNode } from '../graph/graph.ts';
import { size } from '../ops/rules/shape.ts';
import { si } from '../text/quantity.ts';

/** How a convention counts the operators of one kind, other than by their multiply-accumulates. */
export interface Difference {
  /** The operator: `batchNorm`. */
  readonly op: string;
  readonly way: Way;
  /** What it adds to (or takes from) the multiply-accumulates, in the convention's unit. */
  readonly delta: number;
}

/**
 * `ignored`: not counted at all. `biases`: its biases are counted too. `other`: in a way that no one number says.
 * `input` and `output`: so many per element of its input or output.
 */
type Way = 'ignored' | 'biases' | 'other' | { readonly per: 'input' | 'output'; readonly count: number };

/** `+85.2M batch norm (8 per element)`. */
export function differencePhrase({ op, way, delta }: Difference): string {
  const amount = `${delta < 0 ? '' : '+'}${si(delta)}`;
  const name = op.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
  if (way === 'ignored') return l10n.t('{0} {1} (not counted)', amount, name);
  if (way === 'biases') return l10n.t('{0} {1} (biases)', amount, name);
  if (way === 'other') return l10n.t('{0} {1} (counted differently)', amount, name);
  return way.per === 'input'
    ? l10n.t('{0} {1} ({2} per element)', amount, name, si(way.count))
    : l10n.t('{0} {1} ({2} per output element)', amount, name, si(way.count));
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
      kinds.set(node.op.name, { delta, each, eachOut, ignored: value === 0, computes, biases: delta === counts.adds });
      continue;
    }
    known.delta += delta;
    if (known.each !== each) known.each = Number.NaN;
    if (known.eachOut !== eachOut) known.eachOut = Number.NaN;
    known.ignored &&= value === 0;
    known.biases &&= delta === counts.adds;
  }
  return [...kinds]
    .map(([op, kind]) => ({ op, way: wayOf(kind), delta: kind.delta }))
    .toSorted((a, b) => Math.abs(b.delta) - Math.abs(a.delta));
}

/** What is common to all operators of one kind; NaN where they differ. */
interface Kind {
  delta: number;
  each: number;
  eachOut: number;
  ignored: boolean;
  readonly computes: boolean;
  biases: boolean;
}

function wayOf({ each, eachOut, ignored, computes, biases }: Kind): Way {
  if (ignored) return 'ignored';
  if (computes) return biases ? 'biases' : 'other';
  if (Number.isInteger(each)) return { per: 'input', count: each };
  return Number.isInteger(eachOut) ? { per: 'output', count: eachOut } : 'other';
}

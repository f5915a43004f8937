// The cost of training: the forward pass, the backward pass, or both, for one sample.
import type { Graph } from '../graph/graph.ts';
import type { Convention, ConventionName } from './conventions.ts';
import { backwardMacs, gradientsOf } from './gradients.ts';
import { type Work, workSummary, workUnit } from './work.ts';

/** Whether a convention has a rule for training; the others are those of tools that only count inference. */
export function countsTraining(name: ConventionName): boolean {
  return name === 'macs' || name === 'flops';
}

/** A convention applied to some work of a network; unchanged if it has no rule for that. */
export function counting(convention: Convention, work: Work, graph: Graph): Convention {
  if (work === 'inference' || !countsTraining(convention.name)) return convention;
  const base = convention.name === 'flops' ? 2 : 1;
  const isForward = work !== 'backward';
  const gradients = work === 'forward' ? undefined : gradientsOf(graph);
  return {
    name: convention.name,
    unit: workUnit(convention.unit, work),
    work,
    summary: () => workSummary(work),
    of: (node, counts) => base * ((isForward ? counts.macs : 0) + (gradients ? backwardMacs(node, gradients) : 0)),
  };
}

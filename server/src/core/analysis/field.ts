import type { Graph, Tensor } from '../graph/graph.ts';

/**
 * The region of the network's input that an output element depends on, per spatial dimension, not clipped; NaN if
 * unknown.
 */
export interface ReceptiveField {
  readonly size: readonly number[];
  /** Distance in the input between neighboring output elements. */
  readonly stride: readonly number[];
  /** True after a global operator: the whole input, whatever its size. */
  readonly whole: boolean;
}

/** The receptive field of each node: the maximum over the paths from the input; undefined if there is no path. */
export function fieldsOf(graph: Graph): readonly (ReceptiveField | undefined)[] {
  const fields: (ReceptiveField | undefined)[] = [];
  for (const node of graph.nodes) {
    if (node.op.name === 'input') {
      const rank = Math.max((node.outputs[0]?.shape?.length ?? 2) - 2, 0);
      const ones = Array.from({ length: rank }, () => 1);
      fields.push({ size: ones, stride: ones, whole: false });
      continue;
    }
    const reached = node.inputs.map(tensor => fields[tensor.node.id]).filter(field => field !== undefined);
    const before = reached.length > 1 ? reached.reduce(widest) : reached[0];
    if (!before) {
      fields.push(undefined);
      continue;
    }
    if (node.why !== undefined) {
      // Unknown from here on: NaN propagates along every path.
      const unknown = before.size.map(() => Number.NaN);
      fields.push({ size: unknown, stride: unknown, whole: before.whole });
      continue;
    }
    if (!node.op.field) {
      fields.push(before);
      continue;
    }
    const shapes = node.inputs.map((tensor: Tensor) => tensor.shape!);
    const rule = node.op.field(node.attrs, shapes);
    if (rule === 'global') fields.push({ ...before, whole: true });
    else if ('upsample' in rule) {
      fields.push({ ...before, stride: before.stride.map((step, axis) => step / (rule.upsample[axis] ?? 1)) });
    } else {
      const dilation = rule.dilation ?? rule.kernel.map(() => 1);
      fields.push({
        whole: before.whole,
        size: before.size.map(
          (length, axis) => length + ((rule.kernel[axis] ?? 1) - 1) * (dilation[axis] ?? 1) * before.stride[axis]!,
        ),
        stride: before.stride.map((step, axis) => step * (rule.stride[axis] ?? 1)),
      });
    }
  }
  return fields;
}

function widest(a: ReceptiveField, b: ReceptiveField): ReceptiveField {
  if (a.size.length !== b.size.length) return a.size.length > b.size.length ? a : b;
  return {
    size: a.size.map((length, axis) => Math.max(length, b.size[axis]!)),
    stride: a.stride.map((step, axis) => Math.max(step, b.stride[axis]!)),
    whole: a.whole || b.whole,
  };
}

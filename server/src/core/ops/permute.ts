import { op } from './op.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface Permute {
  /** For each axis of the output, the axis of the input that it is. */
  readonly order: readonly number[];
}

export const permute = op<Permute>({
  name: 'permute',
  kind: 'view',
  summary: 'Reorders the axes, as between [N, C, L] and [N, L, C]. Copies nothing.',
  attrs: { order: { kind: 'axes', doc: 'For each axis of the output, the axis of the input that it is.' } },
  arity: 1,
  check: ({ order }, [x]) => {
    const rank = x!.length;
    const resolved = new Set(order.map(axis => axisOf(axis, rank)));
    const all = x!.every((_, axis) => resolved.has(axis));
    if (order.length === rank && all) return undefined;
    return {
      code: 'wrong-axis',
      attr: 'order',
      message: `The order ${order.join(', ')} does not name each axis of the input once: it has ${rank} (${sizes(x!)}), so 0 to ${rank - 1}.`,
    };
  },
  shape: ({ order }, [x]) => order.map(axis => x![axisOf(axis, x!.length)]!),
  examples: [
    // ViT: patches become tokens.
    { attrs: { order: [0, 2, 1] }, inputs: [[1, 768, 196]], output: [1, 196, 768], counts: { macs: 0 } },
    // Caffe's SSD: channels last before flattening.
    { attrs: { order: [0, 2, 3, 1] }, inputs: [[1, 16, 38, 38]], output: [1, 38, 38, 16] },
    { attrs: { order: [0, -1, 1] }, inputs: [[1, 2, 3]], output: [1, 3, 2] },
  ],
});

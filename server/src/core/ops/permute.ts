import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, sizes } from './rules/shape.ts';

export interface Permute {
  /** For each axis of the output, the corresponding axis of the input. */
  readonly order: readonly number[];
}

export const permute = op<Permute>({
  name: 'permute',
  kind: 'view',
  summary: () => l10n.t('Reorders the axes, for example from [N, C, L] to [N, L, C]. A view: no copy.'),
  attrs: {
    order: {
      kind: 'axes',
      doc: () => l10n.t('For each axis of the output, the axis of the input that it comes from.'),
    },
  },
  arity: 1,
  check: ({ order }, [x]) => {
    const rank = x!.length;
    const resolved = new Set(order.map(axis => axisOf(axis, rank)));
    const all = x!.every((_, axis) => resolved.has(axis));
    if (order.length === rank && all) return undefined;
    return {
      code: 'incomplete-order',
      attr: 'order',
      message: l10n.t(
        'The order [{0}] must contain each of the {1} axes of the input exactly once ({2}).',
        order.join(', '),
        rank,
        sizes(x!),
      ),
      help: l10n.t('Use each of 0 to {0} once.', rank - 1),
      short: l10n.t('order does not match the axes'),
    };
  },
  shape: ({ order }, [x]) => order.map(axis => x![axisOf(axis, x!.length)]!),
  saves: savesNothing,
  examples: [
    // ViT: patches become tokens.
    { attrs: { order: [0, 2, 1] }, inputs: [[1, 768, 196]], output: [1, 196, 768], counts: { macs: 0 } },
    // Caffe's SSD: channels last before flattening.
    { attrs: { order: [0, 2, 3, 1] }, inputs: [[1, 16, 38, 38]], output: [1, 38, 38, 16] },
    { attrs: { order: [0, -1, 1] }, inputs: [[1, 2, 3]], output: [1, 3, 2] },
  ],
});

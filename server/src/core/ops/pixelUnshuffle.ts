import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { savesNothing } from './rules/saved.ts';

export interface PixelUnshuffle {
  /** Reduction of height and width. */
  readonly factor: number;
}

/** [N, C, H·f, W·f] → [N, C·f², H, W]: space to depth; YOLOv5's Focus and YOLOv2's reorg, except for channel order. */
export const pixelUnshuffle = op<PixelUnshuffle>({
  name: 'pixelUnshuffle',
  kind: 'data',
  summary: () => l10n.t('Moves space into channels: f×f pixels become f² channels. No parameters, no arithmetic.'),
  attrs: {
    factor: {
      kind: 'int',
      min: 1,
      doc: () => l10n.t('Downscaling factor f of height and width; channels grow by f².'),
    },
  },
  arity: 1,
  rank: { min: 4, max: 4 },
  check: ({ factor }, [x]) => {
    const axis = x!.findIndex((length, at) => at > 1 && length % factor > 0);
    if (axis < 0) return undefined;
    const output = x!.map((length, at) => (at === 1 ? length * factor * factor : at === 0 ? length : Number.NaN));
    return {
      code: 'size-not-divisible-by-factor',
      attr: 'factor',
      output,
      message:
        axis === 2
          ? l10n.t('The height ({0}) is not divisible by {1}.', x![axis]!, factor)
          : l10n.t('The width ({0}) is not divisible by {1}.', x![axis]!, factor),
      help: l10n.t('Use an input size that is divisible by {0}, or add padding before this layer.', factor),
      short: l10n.t('size not divisible by {0}', factor),
    };
  },
  shape: ({ factor }, [x]) => [x![0]!, x![1]! * factor * factor, x![2]! / factor, x![3]! / factor],
  field: ({ factor }) => ({ kernel: [factor, factor], stride: [factor, factor] }),
  saves: savesNothing,
  examples: [
    { attrs: { factor: 2 }, inputs: [[1, 3, 640, 640]], output: [1, 12, 320, 320], counts: {} },
    { attrs: { factor: 4 }, inputs: [[1, 2, 8, 12]], output: [1, 32, 2, 3], counts: {} },
  ],
});

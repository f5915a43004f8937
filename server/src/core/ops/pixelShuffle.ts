import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { savesNothing } from './rules/saved.ts';

export interface PixelShuffle {
  /** Enlargement of height and width. */
  readonly factor: number;
}

/** [N, C·f², H, W] → [N, C, H·f, W·f]: depth to space, the upsampling of ESPCN. */
export const pixelShuffle = op<PixelShuffle>({
  name: 'pixelShuffle',
  kind: 'data',
  summary: () => l10n.t('Moves channels into space: f² channels become f×f pixels. No parameters, no arithmetic.'),
  attrs: {
    factor: {
      kind: 'int',
      min: 1,
      doc: () => l10n.t('Upscaling factor f of height and width; channels shrink by f².'),
    },
  },
  arity: 1,
  rank: { min: 4, max: 4 },
  check: ({ factor }, [x]) => {
    const channels = x![1]!;
    if (!(channels % (factor * factor) > 0)) return undefined;
    return {
      code: 'channels-not-divisible-by-factor',
      attr: 'factor',
      output: [x![0]!, Number.NaN, x![2]! * factor, x![3]! * factor],
      message: l10n.t('{0} channels are not divisible by {1}² = {2}.', channels, factor, factor * factor),
      help: l10n.t('Use a multiple of {0} channels, or another factor.', factor * factor),
      short: l10n.t('channels not divisible by {0}', factor * factor),
    };
  },
  shape: ({ factor }, [x]) => [x![0]!, x![1]! / (factor * factor), x![2]! * factor, x![3]! * factor],
  field: ({ factor }) => ({ upsample: [factor, factor] }),
  saves: savesNothing,
  examples: [
    { attrs: { factor: 3 }, inputs: [[1, 27, 10, 12]], output: [1, 3, 30, 36], counts: {} },
    { attrs: { factor: 2 }, inputs: [[1, 256, 24, 24]], output: [1, 64, 48, 48], counts: {} },
  ],
});

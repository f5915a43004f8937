import * as l10n from '@vscode/l10n';
import { op } from './op.ts';

export interface RoiPool {
  /** Output rows and columns per region. */
  readonly size: readonly number[];
  /** Output channels if each position has its own channels (PSROIPooling); default: all channels of the feature map. */
  readonly channels?: number | undefined;
}

/** The inputs are the feature map [1, C, H, W] and the regions [R, 5]. The work depends on the regions: not counted. */
export const roiPool = op<RoiPool>({
  name: 'roiPool',
  kind: 'pool',
  summary: () => l10n.t('Pools every region of interest of a feature map into a grid of fixed size.'),
  attrs: {
    size: { kind: 'ints', min: 1, doc: () => l10n.t('Rows and columns of the grid that each region is pooled into.') },
    channels: {
      kind: 'int',
      min: 1,
      default: undefined,
      doc: () => l10n.t('Output channels if each position of the grid has its own (position-sensitive pooling).'),
    },
  },
  arity: 2,
  // The regions get no gradient.
  passes: input => input === 0,
  rank: { min: 4, max: 4 },
  shape: ({ size, channels }, [x, regions]) => [regions![0] ?? Number.NaN, channels ?? x![1]!, size[0]!, size[1]!],
  field: () => 'global',
  examples: [
    {
      // Faster R-CNN on VGG-16.
      attrs: { size: [7, 7] },
      inputs: [
        [1, 512, 37, 50],
        [300, 5],
      ],
      output: [300, 512, 7, 7],
      counts: {},
    },
    {
      // R-FCN: 21 classes, 7×7 maps each.
      attrs: { size: [7, 7], channels: 21 },
      inputs: [
        [1, 1029, 37, 50],
        [300, 5],
      ],
      output: [300, 21, 7, 7],
      counts: {},
    },
  ],
});

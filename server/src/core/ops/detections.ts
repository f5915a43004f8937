import * as l10n from '@vscode/l10n';
import { op, type Shape } from './op.ts';

export interface Detections {
  readonly shape: Shape;
}

/** Decodes boxes from scores and offsets and keeps the best ones: the cost depends on the image. */
export const detections = op<Detections>({
  name: 'detections',
  kind: 'data',
  summary: () =>
    l10n.t(
      'Decodes boxes, sorts them and applies non-maximum suppression. The cost depends on the image and is not counted.',
    ),
  attrs: { shape: { kind: 'shape', doc: () => l10n.t('Shape of the output, batch first.') } },
  arity: { min: 1 },
  passes: () => false,
  shape: ({ shape }) => shape,
  field: () => 'global',
  examples: [
    {
      // SSD300 on VOC; Caffe declares one row, because the number of detections is not known in advance.
      attrs: { shape: [1, 1, 1, 7] },
      inputs: [
        [1, 34_928],
        [1, 183_372],
        [1, 2, 34_928],
      ],
      output: [1, 1, 1, 7],
      counts: {},
    },
    {
      // Faster R-CNN's proposals at test time.
      attrs: { shape: [300, 5] },
      inputs: [
        [1, 18, 37, 50],
        [1, 36, 37, 50],
        [1, 3],
      ],
      output: [300, 5],
      counts: {},
    },
  ],
});

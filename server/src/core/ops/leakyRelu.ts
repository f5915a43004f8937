import * as l10n from '@vscode/l10n';
import { activation } from './rules/activation.ts';
import { savesInputOrResult } from './rules/saved.ts';

export interface LeakyRelu {
  /** Factor of negative values. */
  readonly slope: number;
}

/** max(x, slope·x). */
export const leakyRelu = activation<LeakyRelu>({
  name: 'leakyRelu',
  summary: () => l10n.t('Scales negative values down instead of dropping them; the activation of Darknet.'),
  attrs: {
    slope: {
      kind: 'number',
      default: 0.01,
      doc: () => l10n.t('Slope for negative values: 0.1 in Darknet and YOLOv3.'),
    },
  },
  each: { compares: 1, muls: 1 },
  saves: savesInputOrResult,
  examples: [
    {
      // YOLOv3's first activation.
      attrs: { slope: 0.1 },
      inputs: [[1, 32, 416, 416]],
      output: [1, 32, 416, 416],
      counts: { compares: 5_537_792, muls: 5_537_792 },
    },
    { attrs: { slope: 0.01 }, inputs: [[1, 10]], output: [1, 10], counts: { compares: 10, muls: 10 } },
  ],
});

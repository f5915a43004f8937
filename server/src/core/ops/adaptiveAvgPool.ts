import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { adaptiveField, adaptiveShape, adaptiveTaps } from './rules/pool.ts';
import { size } from './rules/shape.ts';
import { checkSpatial } from './rules/spatial.ts';

export interface AdaptiveAvgPool {
  /** Output size, one entry per spatial dimension. */
  readonly size: readonly number[];
}

/** PyTorch's AdaptiveAvgPool: window i of o spans floor(i·L/o) to ceil((i+1)·L/o); neighbours may overlap. */
export const adaptiveAvgPool = op<AdaptiveAvgPool>({
  name: 'adaptiveAvgPool',
  kind: 'pool',
  summary: () => l10n.t('Averages over windows chosen to give a fixed output size, whatever the input size.'),
  attrs: { size: { kind: 'ints', min: 1, spatial: true, doc: () => l10n.t('Output size; 1 means global pooling.') } },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x]) => checkSpatial({ size: attrs.size }, x!),
  shape: (attrs, [x]) => adaptiveShape(attrs.size, x!),
  counts: (attrs, [x], [y]) => {
    const reads = x![0]! * x![1]! * adaptiveTaps(attrs.size, x!);
    return { adds: reads - size(y!), divs: size(y!) };
  },
  field: (attrs, [x]) => adaptiveField(attrs.size, x!),
  saves: () => ({ inputs: [0] }),
  examples: [
    { attrs: { size: [1, 1] }, inputs: [[1, 512, 7, 7]], output: [1, 512, 1, 1], counts: { adds: 24_576, divs: 512 } },
    {
      // VGG-16 at its native input: every window is one element.
      attrs: { size: [7, 7] },
      inputs: [[1, 512, 7, 7]],
      output: [1, 512, 7, 7],
      counts: { divs: 25_088 },
    },
    {
      // 10 into 4: windows of 3, 3, 3 and 3 that overlap.
      attrs: { size: [4, 4] },
      inputs: [[1, 2, 10, 10]],
      output: [1, 2, 4, 4],
      counts: { adds: 256, divs: 32 },
    },
    {
      // 5 into 2: the windows 0–2 and 2–4 share an element.
      attrs: { size: [2] },
      inputs: [[1, 3, 5]],
      output: [1, 3, 2],
      counts: { adds: 12, divs: 6 },
    },
  ],
});

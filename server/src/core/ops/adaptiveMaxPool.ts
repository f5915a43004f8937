import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { adaptiveField, adaptiveShape, adaptiveTaps } from './rules/pool.ts';
import { indices } from './rules/saved.ts';
import { size } from './rules/shape.ts';
import { checkSpatial } from './rules/spatial.ts';

export interface AdaptiveMaxPool {
  /** Output size, one entry per spatial dimension. */
  readonly size: readonly number[];
}

/** PyTorch's AdaptiveMaxPool: window i of o spans floor(i·L/o) to ceil((i+1)·L/o); neighbours may overlap. */
export const adaptiveMaxPool = op<AdaptiveMaxPool>({
  name: 'adaptiveMaxPool',
  kind: 'pool',
  summary: () => l10n.t('Takes the maximum over windows chosen to give a fixed output size, whatever the input size.'),
  attrs: { size: { kind: 'ints', min: 1, spatial: true, doc: () => l10n.t('Output size; 1 means global pooling.') } },
  arity: 1,
  rank: { min: 3, max: 5 },
  check: (attrs, [x]) => checkSpatial({ size: attrs.size }, x!),
  shape: (attrs, [x]) => adaptiveShape(attrs.size, x!),
  counts: (attrs, [x], [y]) => {
    const reads = x![0]! * x![1]! * adaptiveTaps(attrs.size, x!);
    return { compares: reads - size(y!) };
  },
  field: (attrs, [x]) => adaptiveField(attrs.size, x!),
  makes: (_, __, [y]) => [indices(size(y!))],
  saves: (_, __, [y]) => ({ inputs: [0], extras: [indices(size(y!))] }),
  examples: [
    { attrs: { size: [1, 1] }, inputs: [[1, 512, 7, 7]], output: [1, 512, 1, 1], counts: { compares: 24_576 } },
    {
      // As many windows as input elements: every window is one element.
      attrs: { size: [7, 7] },
      inputs: [[1, 512, 7, 7]],
      output: [1, 512, 7, 7],
      counts: {},
    },
    {
      // 10 into 4: windows of 3, 3, 3 and 3 that overlap.
      attrs: { size: [4, 4] },
      inputs: [[1, 2, 10, 10]],
      output: [1, 2, 4, 4],
      counts: { compares: 256 },
    },
    {
      // 5 into 2: the windows 0–2 and 2–4 share an element.
      attrs: { size: [2] },
      inputs: [[1, 3, 5]],
      output: [1, 3, 2],
      counts: { compares: 12 },
    },
  ],
});

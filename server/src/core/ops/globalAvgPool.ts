import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { size } from './rules/shape.ts';

export interface GlobalAvgPool {
  /** Keeps the spatial dimensions with size 1: [N, C, 1, 1] rather than [N, C]. */
  readonly keep: boolean;
}

/** One value per channel: [N, C, …] → [N, C, 1, …] or [N, C]. */
export const globalAvgPool = op<GlobalAvgPool>({
  name: 'globalAvgPool',
  kind: 'pool',
  summary: () => l10n.t('Takes the mean of each channel, whatever the input size.'),
  attrs: { keep: { kind: 'boolean', default: true, doc: () => l10n.t('Keeps the spatial dimensions, with size 1.') } },
  arity: 1,
  rank: { min: 3 },
  shape: ({ keep }, [x]) => [x![0]!, x![1]!, ...(keep ? x!.slice(2).map(() => 1) : [])],
  counts: (_, [x], [y]) => ({ adds: size(x!) - size(y!), divs: size(y!) }),
  field: () => 'global',
  saves: () => ({ inputs: [0] }),
  examples: [
    { attrs: { keep: true }, inputs: [[1, 1024, 7, 7]], output: [1, 1024, 1, 1], counts: { adds: 49_152, divs: 1024 } },
    { attrs: { keep: false }, inputs: [[1, 8, 10]], output: [1, 8], counts: { adds: 72, divs: 8 } },
  ],
});

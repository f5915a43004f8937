import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { perElement } from './rules/activation.ts';
import { savesInput } from './rules/saved.ts';

export interface Prelu {
  /** One slope per channel (axis 1) rather than one for all. */
  readonly perChannel: boolean;
}

/** max(0, x) + slope·min(0, x) with a learned slope. */
export const prelu = op<Prelu>({
  name: 'prelu',
  kind: 'activation',
  summary: () => l10n.t('A leaky ReLU with a learned slope: one for all channels or one per channel.'),
  attrs: {
    perChannel: {
      kind: 'boolean',
      default: false,
      doc: () => l10n.t('Learns one slope per channel instead of one for all.'),
    },
  },
  arity: 1,
  rank: { min: 2 },
  shape: (_, [x]) => x!,
  counts: ({ perChannel }, [x]) => ({
    ...perElement({ compares: 1, muls: 1 }, x!),
    weights: perChannel ? x![1]! : 1,
  }),
  inPlace: true,
  saves: savesInput,
  examples: [
    {
      attrs: { perChannel: true },
      inputs: [[1, 64, 56, 56]],
      output: [1, 64, 56, 56],
      counts: { compares: 200_704, muls: 200_704, weights: 64 },
    },
    {
      attrs: { perChannel: false },
      inputs: [[1, 12, 5]],
      output: [1, 12, 5],
      counts: { compares: 60, muls: 60, weights: 1 },
    },
  ],
});

import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkGroups } from './rules/groups.ts';
import { size } from './rules/shape.ts';
import { standardize } from './rules/standardize.ts';

export interface GroupNorm {
  /** Groups of channels that are normalized together. */
  readonly groups: number;
  /** A learned factor and shift for each channel. */
  readonly affine: boolean;
}

/** Normalizes groups of channels (axis 1) over all positions. */
export const groupNorm = op<GroupNorm>({
  name: 'groupNorm',
  kind: 'norm',
  summary: () => l10n.t('Normalizes each group of channels to zero mean and unit variance, using its own statistics.'),
  attrs: {
    groups: {
      kind: 'int',
      min: 1,
      doc: () =>
        l10n.t('Groups of channels: 1 normalizes all channels together; one group per channel, each by itself.'),
    },
    affine: { kind: 'boolean', default: true, doc: () => l10n.t('Learns a scale and a shift for each channel.') },
  },
  arity: 1,
  rank: { min: 2 },
  check: ({ groups }, [x]) => checkGroups(groups, x![1]!, 'input', x!),
  shape: (_, [x]) => x!,
  counts: ({ groups, affine }, [x]) => ({
    ...standardize(x!, size(x!.slice(1)) / groups, { factor: affine, shift: affine }),
    normAffine: affine ? 2 * x![1]! : 0,
  }),
  inPlace: true,
  makes: ({ groups }, [x]) => [{ elements: 2 * x![0]! * groups }],
  saves: ({ groups }, [x]) => ({ inputs: [0], extras: [{ elements: 2 * x![0]! * groups }] }),
  examples: [
    {
      attrs: { groups: 8, affine: true },
      inputs: [[1, 32, 8, 8]],
      output: [1, 32, 8, 8],
      counts: { adds: 8184, muls: 6144, divs: 24, normAffine: 64 },
    },
    {
      attrs: { groups: 1, affine: false },
      inputs: [[1, 6, 10]],
      output: [1, 6, 10],
      counts: { adds: 179, muls: 120, divs: 3 },
    },
  ],
});

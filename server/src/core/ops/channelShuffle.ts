import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkGroups } from './rules/groups.ts';
import { savesNothing } from './rules/saved.ts';

export interface ChannelShuffle {
  /** Number of groups between which channels are interleaved. */
  readonly groups: number;
}

/** Interleaves the channels of groups so that the next grouped convolution mixes them (ShuffleNet). A copy. */
export const channelShuffle = op<ChannelShuffle>({
  name: 'channelShuffle',
  kind: 'data',
  summary: () =>
    l10n.t(
      'Interleaves the channels of all groups, so the next grouped convolution mixes them. No parameters, no arithmetic.',
    ),
  attrs: { groups: { kind: 'int', min: 1, doc: () => l10n.t('Groups whose channels are interleaved.') } },
  arity: 1,
  rank: { min: 3 },
  check: ({ groups }, [x]) => checkGroups(groups, x![1]!, 'input', x!),
  shape: (_, [x]) => x!,
  saves: savesNothing,
  examples: [
    { attrs: { groups: 3 }, inputs: [[1, 240, 28, 28]], output: [1, 240, 28, 28], counts: {} },
    { attrs: { groups: 2 }, inputs: [[1, 4, 9]], output: [1, 4, 9], counts: {} },
  ],
});

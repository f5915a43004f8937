import * as l10n from '@vscode/l10n';
import type { Knob, KnobKind, Tunable } from '../graph/tunable.ts';
import { advice, type Fix } from './advice.ts';
import type { Network } from './network.ts';
import { retrain } from './words.ts';

/** Compound scaling: one number changes all rows. */
export const largeScale = advice({
  code: 'large-scale',
  summary: () => l10n.t('a smaller scale of the whole network'),
  reported: false,
  isGlobal: true,
  docs: {
    what: 'Lowers the depth, the width or the largest number of channels in the row of `scales:` that is in effect (`depth_multiple` and `width_multiple` in files without). Make It Cheaper leaves it alone, and so does `flopline slim` without `--scales`.',
    why: 'Work and parameters grow with the square of the width, and about linearly with the depth. `max_channels` limits the deepest rows alone, which have most of the parameters.',
    not: 'Where the file is shared and others use the same scale: add a scale of your own instead.',
    paper: 'Tan and Le, EfficientNet (2019)',
    exampleFile: 'example.yaml',
    example:
      'nc: 80\nscales:\n  l: [1.00, 1.00, 512]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n  - [-1, 1, Conv, [128, 3, 2]]\n  - [-1, 3, C2f, [128, True]]\nhead:\n  - [[2], 1, Detect, [nc]]\n',
  },
  *find(network, within) {
    for (const scale of network.tunables(within)) {
      if (scale.isScale) yield { at: scale.item, fixes: scale.knobs.flatMap(knob => smaller(network, scale, knob)) };
    }
  },
});

function smaller(network: Network, scale: Tunable, knob: Knob): Fix[] {
  const rows = [...network.allTunables.values()].filter(({ isScale }) => !isScale).map(({ item }) => item);
  return knob.smaller.map(({ share, value }) => ({
    variant: `${knob.name}:${value}`,
    title: title(knob, value),
    why: why(knob.kind),
    costs: [l10n.t('All rows change at once: this is another network of the same family.'), retrain()],
    edits: [{ kind: 'tune', item: scale.item, knob: knob.name, value } as const],
    footprint: rows,
    here: rows,
    ...(knob.kind === 'depth' ? {} : { rebuilt: [] }),
    exact: false,
    isGentle: share >= 0.75,
  }));
}

function title({ kind, value: now }: Knob, value: number): string {
  switch (kind) {
    case 'depth':
      return l10n.t('Use a depth of {0} instead of {1}', value, now);
    case 'width':
      return l10n.t('Use a width of {0} instead of {1}', value, now);
    default:
      return l10n.t('Use at most {0} channels instead of {1}', value, now);
  }
}

function why(kind: KnobKind): string {
  switch (kind) {
    case 'depth':
      return l10n.t('Every number of repeats is multiplied by the depth, and rounded.');
    case 'width':
      return l10n.t('Every number of channels is multiplied by the width: work and parameters grow with its square.');
    default:
      return l10n.t(
        'No row has more channels than this before the width multiplies them: it limits the deepest rows alone.',
      );
  }
}

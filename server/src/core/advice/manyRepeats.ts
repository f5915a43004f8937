import * as l10n from '@vscode/l10n';
import { knobOf } from '../graph/tunable.ts';
import { advice } from './advice.ts';
import { retrain } from './words.ts';

/** The blocks of a stage cost about the same: the depth multiple of EfficientNet and YOLO, applied to one row. */
export const manyRepeats = advice({
  code: 'many-repeats',
  summary: () => l10n.t('fewer repeats'),
  reported: false,
  docs: {
    what: 'Stacks fewer blocks inside a row that repeats them: two thirds, or half. Inputs and outputs keep their shapes, so no other row changes.',
    why: 'n equal blocks cost n times one of them, in work and in parameters.',
    not: 'Where the row is what gives the network its depth: with fewer blocks the receptive field is smaller, and there are fewer nonlinearities in a row.',
    paper: 'Tan and Le, EfficientNet (2019): depth as one of the three ways to scale',
    exampleFile: 'example.yaml',
    example:
      'nc: 80\nscales:\n  l: [1.00, 1.00, 512]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n  - [-1, 1, Conv, [128, 3, 2]]\n  - [-1, 6, C2f, [128, True]]\nhead:\n  - [[2], 1, Detect, [nc]]\n',
  },
  *find(network, within) {
    for (const row of network.tunables(within)) {
      const knob = row.isScale ? undefined : knobOf(row, 'repeats');
      if (!knob || knob.smaller.length === 0) continue;
      yield {
        at: row.item,
        fixes: knob.smaller.map(({ share, value }) => ({
          variant: String(value),
          title: l10n.t('Use {0} repeats instead of {1}', value, knob.value),
          why: l10n.t(
            'Each of the blocks inside costs as much as the others. What the row reads and outputs stays as it is.',
          ),
          costs: [
            l10n.t('The row is less deep: it sees less far, and there are fewer nonlinearities in a row.'),
            retrain(),
          ],
          edits: [{ kind: 'tune', item: row.item, knob: knob.name, value } as const],
          footprint: [],
          here: [row.item],
          rebuilt: [row.item],
          exact: false,
          isGentle: share >= 2 / 3,
        })),
      };
    }
  },
});

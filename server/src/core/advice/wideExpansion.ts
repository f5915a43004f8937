import * as l10n from '@vscode/l10n';
import type { GraphEdit } from '../graph/edit.ts';
import { type Knob, knobOf, type Tunable } from '../graph/tunable.ts';
import { listText } from '../text/wording.ts';
import { advice, type Fix } from './advice.ts';
import { retrain } from './words.ts';

/** Narrows the bottleneck of ResNet and CSPNet: most of a block's work is inside it. */
export const wideExpansion = advice({
  code: 'wide-expansion',
  summary: () => l10n.t('fewer channels inside a module'),
  reported: false,
  docs: {
    what: 'Makes the inside of a module narrower and leaves its output as it is: a smaller expansion `e` of C2f, C3 and their relatives, fewer hidden channels of RepNCSPELAN4 (`c3` and `c4`), HGBlock (`cm`) and the prototypes of Segment (`npr`).',
    why: 'The k×k convolutions inside read and write hidden channels: with C of them they cost M²·k²·C², a quarter for half of C. No other row changes.',
    not: 'Where the inside is narrow already, as in the first rows of YOLO11, which have a quarter of the channels inside.',
    paper: 'He et al., Deep Residual Learning (2015); Wang et al., CSPNet (2019)',
    exampleFile: 'example.yaml',
    example:
      'nc: 80\nscales:\n  l: [1.00, 1.00, 512]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n  - [-1, 1, Conv, [128, 3, 2]]\n  - [-1, 3, C2f, [128, True]]\nhead:\n  - [[2], 1, Detect, [nc]]\n',
  },
  *find(network, within) {
    for (const row of network.tunables(within)) {
      const fixes = [...expansions(row), ...hiddenWidths(row)];
      if (fixes.length > 0) yield { at: row.item, fixes };
    }
  },
});

function expansions(row: Tunable): Fix[] {
  const knob = knobOf(row, 'expansion');
  return (knob?.smaller ?? []).map(({ share, value }) => ({
    ...narrower(row, [{ kind: 'tune', item: row.item, knob: knob!.name, value }], share),
    variant: `e${value}`,
    title: l10n.t('Use an expansion of {0} instead of {1}', value, knob!.value),
  }));
}

/** If there are several hidden widths, they change together and keep their proportions. */
function hiddenWidths(row: Tunable): Fix[] {
  const knobs = row.knobs.filter(({ kind }) => kind === 'hidden');
  const [first] = knobs;
  return (first?.smaller ?? []).flatMap(({ share }): Fix[] => {
    const values = knobs.flatMap(knob => knob.smaller.find(smaller => smaller.share === share)?.value ?? []);
    if (values.length < knobs.length) return [];
    const edits = knobs.map(
      ({ name }, at): GraphEdit => ({ kind: 'tune', item: row.item, knob: name, value: values[at]! }),
    );
    const text = (numbers: readonly number[]): string => listText(numbers.map(String));
    return [
      {
        ...narrower(row, edits, share),
        variant: `h${share}`,
        title: l10n.t(
          'Use {0} hidden channels instead of {1}',
          text(values),
          text(knobs.map(({ value }: Knob) => value)),
        ),
      },
    ];
  });
}

function narrower(row: Tunable, edits: readonly GraphEdit[], share: number): Omit<Fix, 'variant' | 'title'> {
  return {
    why: l10n.t(
      'Most of its work is between the channels inside, and shrinks with their square. What it outputs keeps its channels, so no other row changes.',
    ),
    costs: [
      l10n.t('All that it learns has to pass through fewer channels. The receptive field stays the same.'),
      retrain(),
    ],
    edits,
    footprint: [],
    here: [row.item],
    rebuilt: [],
    exact: false,
    isGentle: share >= 0.75,
  };
}

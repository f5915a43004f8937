import * as l10n from '@vscode/l10n';
import { advice } from './advice.ts';
import { retrain } from './words.ts';

/** Why the cheaper modules are cheaper, by prefix or suffix of their names. */
const reasons: readonly (readonly [pattern: RegExp, why: () => string])[] = [
  [
    /Ghost/,
    () =>
      l10n.t(
        'Half of the features come out of convolutions, the other half out of a cheap 5×5 filter on each of those (GhostNet).',
      ),
  ],
  [
    /^C3x$/,
    () => l10n.t('Its 3×3 convolutions are split into 1×3 and 3×1: 6 weights instead of 9 for each pair of channels.'),
  ],
  [
    /^(?:SCDown|C2fCIB)$/,
    () => l10n.t('Channels are mixed by 1×1 convolutions, positions by depthwise ones (YOLOv10).'),
  ],
  [/^ADown$/, () => l10n.t('Half of the channels are convolved, the other half pooled and mixed by a 1×1 (YOLOv9).')],
];

/** Frameworks have modules that are drop-in replacements for costlier ones. */
export const costlyModule = advice({
  code: 'costly-module',
  summary: () => l10n.t('a cheaper module of the same family'),
  reported: false,
  docs: {
    what: 'Names a cheaper module that the same repository has, with the same arguments: C3Ghost or C3x for C3, GhostConv for Conv, SCDown for a Conv with a stride, C2fCIB for C2f. It is offered only where parse_model of the dialect at hand accepts the name and gives it the same arguments.',
    why: 'Ghost modules compute half of their features with a cheap filter on the other half; C2fCIB and SCDown are depthwise separable inside; C3x has 1×3 and 3×1 kernels.',
    not: 'Where time counts more than MACs: depthwise filters move many bytes for few operations.',
    paper: 'Han et al., GhostNet (2020); Wang et al., YOLOv10 (2024)',
    exampleFile: 'example.yaml',
    example:
      'nc: 80\nscales:\n  l: [1.00, 1.00, 512]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n  - [-1, 3, C3, [64]]\nhead:\n  - [[1], 1, Detect, [nc]]\n',
  },
  *find(network, within) {
    for (const row of network.tunables(within)) {
      const { item, type, sources, siblings } = row;
      // Skip the row that reads the image: it has few input channels.
      if (siblings.length === 0 || sources.includes(undefined)) continue;
      yield {
        at: item,
        fixes: siblings.map(sibling => ({
          variant: sibling,
          title: l10n.t('Use {0} instead of {1}', sibling, type),
          why: reasons.find(([pattern]) => pattern.test(sibling))?.[1]() ?? '',
          costs: [l10n.t('It can learn less, and saves less time than MACs.'), retrain()],
          edits: [{ kind: 'replace', item, type: sibling } as const],
          footprint: [],
          here: [item],
          rebuilt: [item],
          exact: false,
        })),
      };
    }
  },
});

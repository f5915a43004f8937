// Generates the table of the five savings in docs/theory.md from the example files.
import * as l10n from '@vscode/l10n';
import { type Cost, exact, percent } from '../../server/src/core/index.ts';
import { example, table } from './markdown.ts';

/** Pairs of files, the title of the comparison, and the key of the compared line if it is not the whole network. */
const pairs = (): readonly (readonly [string, string, string?])[] => [
  ['bottleneck', l10n.t('1×1 bottleneck before a 3×3'), 'three'],
  ['bottleneck', l10n.t('1×1 bottleneck before a 5×5'), 'five'],
  ['two-3x3', l10n.t('two 3×3 for one 5×5')],
  ['global-pooling', l10n.t('global average pooling for fully connected layers')],
  ['asymmetric', l10n.t('1×N and N×1 for N×N')],
  ['depthwise', l10n.t('depthwise separable convolution')],
];

export function savings(): string {
  return table(
    [
      l10n.t('Saving'),
      l10n.t('Files'),
      l10n.t('MACs before'),
      l10n.t('after'),
      l10n.t('left'),
      l10n.t('Parameters before'),
      l10n.t('after'),
      l10n.t('left'),
    ],
    pairs().map(([name, title, key]) => {
      const files = ['before', 'after'].map(when => `savings/${name}-${when}.net.yaml`);
      const [before, after] = files.map(file => costOf(file, key));
      return [
        title,
        files
          .map((file, index) => `[${index === 0 ? l10n.t('before') : l10n.t('after')}](../examples/${file})`)
          .join(l10n.t(', ')),
        ...(['macs', 'params'] as const).flatMap(what => [
          exact(before![what].value),
          exact(after![what].value),
          percent(after![what].value / before![what].value),
        ]),
      ];
    }),
    '  rrrrrr',
  );
}

function costOf(file: string, key: string | undefined): Pick<Cost, 'macs' | 'params'> {
  const { document, model } = example(file);
  if (key === undefined) return model.totals;
  const line = document.source.text.split('\n').findIndex(text => text.trim() === `${key}:`);
  return model.lineCost(line)!.cost;
}

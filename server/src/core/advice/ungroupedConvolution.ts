import * as l10n from '@vscode/l10n';
import { advice } from './advice.ts';
import { agreed, channelsIn, convOf } from './network.ts';
import { kernelText, retrain, volume } from './words.ts';

/** AlexNet and ResNeXt: each group of filters reads only its own channels. */
export const ungroupedConvolution = advice({
  code: 'ungrouped-convolution',
  summary: () => l10n.t('grouped convolution'),
  reported: false,
  docs: {
    what: 'Splits the channels into groups that do not see each other.',
    why: 'With g groups each filter reads Cin/g channels: work and weights are divided by g.',
    not: 'Where nothing after it mixes the groups again, such as a 1×1 convolution or a channel shuffle.',
    paper: 'Krizhevsky et al., AlexNet (2012); Xie et al., ResNeXt (2016); Zhang et al., ShuffleNet (2017)',
    example:
      'name: 3×3 on 256 channels\ninput: [256, 28, 28]\nlayers:\n  - conv: {out: 256, kernel: 3, padding: same}\n  - conv: {out: 256, kernel: 1}\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      if (layer.op !== 'conv' || layer.uses.some(use => convOf(use).groups !== 1)) continue;
      const kernel = agreed(layer, use => convOf(use).kernel);
      if (!kernel || volume(kernel) === 1) continue;
      const fits = (groups: number): boolean =>
        layer.uses.every(use => [channelsIn(use), convOf(use).out].every(c => c % groups === 0 && c / groups >= 8));
      const fixes = [2, 4, 8].filter(fits).map(groups => ({
        variant: String(groups),
        title: l10n.t('Split it into {0} groups', groups),
        why: l10n.t(
          'Each filter reads 1/{0} of the channels: the {1} costs {2}.',
          groups,
          kernelText(kernel),
          `M²·k²·Cin·Cout / ${groups}`,
        ),
        costs: [
          l10n.t('The groups do not see each other. A 1×1 convolution or a channel shuffle after it mixes them.'),
          retrain(),
        ],
        edits: [{ kind: 'set', item: layer.place.item, attrs: { groups } } as const],
        footprint: [],
        here: layer.items,
        exact: false,
      }));
      if (fixes.length > 0) yield { at: layer.place.item, fixes };
    }
  },
});

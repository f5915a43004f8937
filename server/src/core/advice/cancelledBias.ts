import * as l10n from '@vscode/l10n';
import { advice } from './advice.ts';
import { convOf } from './network.ts';

/** Subtracting the channel's mean cancels any constant added to the whole channel. */
export const cancelledBias = advice({
  code: 'cancelled-bias',
  summary: () => l10n.t('removal of a bias in front of a normalization'),
  reported: true,
  docs: {
    what: 'Drops the bias of a layer whose output is normalized channel by channel.',
    why: 'Batch normalization subtracts the mean of each channel, and with it every bias: Cout parameters that have no effect.',
    not: 'Where you load pretrained weights that have the bias.',
    paper: 'Ioffe and Szegedy, Batch Normalization (2015), section 3.2',
    example:
      'name: Bias and batch normalization\ninput: [64, 28, 28]\nlayers:\n  - conv: {out: 64, kernel: 3, padding: same}\n  - batchnorm\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      const cancelled = layer.uses.every(use => {
        if (!convOf(use).bias) return false;
        const next = network.soleConsumer(use.main.outputs[0]!);
        // A group of channels shares one mean, so the differences between their biases remain.
        return next !== undefined && (next.op.name === 'batchNorm' || next.op.name === 'instanceNorm');
      });
      if (!cancelled) continue;
      yield {
        at: layer.place.item,
        message: () =>
          l10n.t('The normalization after this layer subtracts the mean of each channel, and this bias with it.'),
        fixes: [
          {
            variant: 'drop',
            title: l10n.t('Drop the bias'),
            why: l10n.t('Whatever it adds to a channel is subtracted again with the mean of the channel.'),
            costs: [l10n.t('The network computes the same. Pretrained weights must be loaded without the bias.')],
            edits: [{ kind: 'set', item: layer.place.item, attrs: { bias: false } }],
            footprint: [],
            here: layer.items,
            exact: true,
          },
        ],
      };
    }
  },
});

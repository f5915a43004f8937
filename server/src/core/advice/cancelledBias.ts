import { advice } from './advice.ts';
import { convOf } from './network.ts';

/** A shift of a whole channel is gone once its mean is subtracted. */
export const cancelledBias = advice({
  code: 'cancelled-bias',
  summary: 'no bias before a normalization',
  told: true,
  docs: {
    what: 'Drops the bias of a layer whose output is normalized channel by channel.',
    why: 'Batch normalization subtracts the mean of each channel, and with it every bias: Cout parameters that can do nothing.',
    not: 'Where pretrained weights are to be loaded that have it: then it must stay for their sake.',
    paper: 'Ioffe and Szegedy, Batch Normalization (2015), section 3.2',
    example:
      'name: Bias and batch normalization\ninput: [64, 28, 28]\nlayers:\n  - conv: {out: 64, kernel: 3, padding: same}\n  - batchnorm\n',
  },
  *find(network, within) {
    for (const layer of network.layers(within)) {
      const cancelled = layer.uses.every(use => {
        if (!convOf(use).bias) return false;
        const next = network.soleConsumer(use.main.outputs[0]!);
        // Groups of channels have one mean together, which leaves the differences between their biases.
        return next !== undefined && (next.op.name === 'batchNorm' || next.op.name === 'instanceNorm');
      });
      if (!cancelled) continue;
      yield {
        at: layer.place.item,
        message: 'The normalization behind this layer subtracts the mean of each channel, and with it this bias.',
        fixes: [
          {
            variant: 'drop',
            title: 'Drop the bias',
            why: 'Whatever it adds to a channel is subtracted again with the channel’s mean.',
            costs: ['The network computes the same. Weights that have the bias must be loaded without it.'],
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

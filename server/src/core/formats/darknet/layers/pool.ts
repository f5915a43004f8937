// [maxpool], [local_avgpool], [avgpool]: windows, of which Darknet's border is given for both sides together.
import { avgPool, globalAvgPool, maxPool, reshape } from '../../../ops/index.ts';
import { type Row, say } from '../row.ts';
import { blur, own } from './convolutional.ts';
import type { Layer, Made } from './layer.ts';

/** Output length (length + padding − size)/stride + 1, the window starting padding/2 before (maxpool_layer.c). */
function windowOf(row: Row): {
  kernel: number[];
  stride: number[];
  padding: number[];
  paddingAfter?: number[];
} {
  const step = row.size('stride', 1);
  const alexey = row.dialect === 'alexeyab';
  const stride = alexey ? [own(row, 'stride_y', step), own(row, 'stride_x', step)] : [step, step];
  const size = row.has('size') ? row.size('size', 1) : step;
  const border = row.size('padding', size - 1, 0);
  const before = Math.floor(border / 2);
  const after = border - before;
  return {
    kernel: [size, size],
    stride,
    padding: [before, before],
    ...(after === before || Number.isNaN(border) ? {} : { paddingAfter: [after, after] }),
  };
}

export const maxpool: Layer = row => {
  const { builder } = row;
  const alexey = row.dialect === 'alexeyab';
  if (alexey && row.on('maxpool_depth')) return maxOfChannels(row);
  const window = windowOf(row);
  const antialiasing = alexey ? row.int('antialiasing', 0) : 0;
  const stride = antialiasing ? [1, 1] : window.stride;
  let y = builder.add(maxPool, { ...window, stride, dilation: [1, 1], rounding: 'floor' }, row.image());
  if (antialiasing) y = blur(row, y, antialiasing, window.stride);
  return { tensor: y, shrinks: window.stride[1]! };
};

/**
 * The largest of channels g, g + n, g + 2n, … becomes channel g of n (forward_maxpool_layer): a window over the channels
 * with taps n apart.
 */
function maxOfChannels(row: Row): Made {
  const { builder } = row;
  const out = row.size('out_channels', 1);
  const x = row.image();
  const [, c, h, w] = x.shape ?? [];
  if (c === undefined || Number.isNaN(c))
    return { tensor: builder.unknown(x.why ?? 'its channels are not known', [x]) };
  if (Number.isNaN(out)) return { tensor: builder.unknown('out_channels is not known', [x]), widthBy: row };
  if (c % out !== 0) {
    // Legal in Darknet, but no window: the last channels have fewer to choose from.
    const message = say`${out} output channels do not divide the ${c} input channels: what the rest costs is not told.`;
    row.tell(row.locate({ code: '', message: '', attr: 'out_channels' })!, 'not-divisible', message, 'warning');
    return { tensor: builder.unknown(message, [x], [1, out, h!, w!]), widthBy: row };
  }
  const deep = builder.add(reshape, { shape: [1, 1, c, h!, w!] }, x);
  const y = builder.add(
    maxPool,
    {
      kernel: [c / out, 1, 1],
      stride: [1, 1, 1],
      padding: [0, 0, 0],
      dilation: [out, 1, 1],
      rounding: 'floor',
    },
    deep,
  );
  return { tensor: builder.add(reshape, { shape: [1, out, h!, w!] }, y), widthBy: row };
}

export const localAvgpool: Layer = row => {
  const window = windowOf(row);
  const tensor = row.builder.add(avgPool, { ...window, rounding: 'floor', includePadding: false }, row.image());
  return { tensor, shrinks: window.stride[1]! };
};

export const avgpool: Layer = row => ({
  tensor: row.builder.add(globalAvgPool, { keep: true }, row.image()),
  reduction: Number.NaN,
});

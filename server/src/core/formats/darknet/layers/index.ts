// Which layer a section is, by the name that its aliases share.
import * as l10n from '@vscode/l10n';
import {
  batchNorm,
  dropout,
  flatten,
  identity,
  l2Norm,
  lrn,
  parameter,
  reshape,
  sigmoid,
  softmax,
} from '../../../ops/index.ts';
import type { Row } from '../row.ts';
import { connected, convolutional, deconvolutional, locallyConnected } from './convolutional.ts';
import { contrastive, detection, gaussianYolo, iseg, region, yolo } from './heads.ts';
import { route, sam, scaleChannels, shortcut } from './join.ts';
import type { Layer, Made } from './layer.ts';
import { avgpool, localAvgpool, maxpool } from './pool.ts';
import { convLstm, crnn, gru, lstm, rnn } from './recurrent.ts';
import { crop, history, reorg, upsampled } from './shape.ts';

export type { Made } from './layer.ts';

/** Keeps the shape of its input. */
const passes =
  (add: (row: Row) => Made['tensor']): Layer =>
  row => {
    const { image, length, channels } = row.input;
    return { tensor: add(row), image, length, channels };
  };

/** softmax_layer.c: over the whole input, in groups, or at each position for itself; the output is a vector. */
const softmaxed: Layer = row => {
  const { builder } = row;
  const made = { image: false, reduction: Number.NaN };
  if (row.on('spatial') && row.input.image) {
    const y = builder.add(softmax, { axis: 1 }, row.image());
    return { tensor: builder.add(flatten, { start: 1, end: -1 }, y), ...made };
  }
  const x = row.flat();
  const groups = row.size('groups', 1);
  const length = x.shape?.[1] ?? Number.NaN;
  if (groups === 1 || length % groups > 0) {
    if (groups > 1) {
      row.report({
        range: row.placeOf('groups'),
        code: 'input-not-divisible-by-groups',
        message: l10n.t('{0} scores are not divisible by {1} groups. Darknet stops here.', length, groups),
        short: l10n.t('scores not divisible by groups'),
        help: l10n.t('Use a divisor of {0}.', length),
      });
    }
    return { tensor: builder.add(softmax, { axis: -1 }, x), ...made };
  }
  const parts = builder.add(reshape, { shape: [1, groups, length / groups] }, x);
  const y = builder.add(softmax, { axis: -1 }, parts);
  return { tensor: builder.add(reshape, { shape: [1, length] }, y), ...made };
};

export const layers: Readonly<Record<string, Layer>> = {
  convolutional,
  deconvolutional,
  local: locallyConnected,
  connected,
  maxpool,
  local_avgpool: localAvgpool,
  avgpool,
  crop,
  reorg,
  reorg3d: reorg,
  upsample: upsampled,
  history,
  route,
  shortcut,
  scale_channels: scaleChannels,
  sam,
  rnn,
  crnn,
  gru,
  lstm,
  conv_lstm: convLstm,
  yolo,
  Gaussian_yolo: gaussianYolo,
  region,
  detection,
  iseg,
  contrastive,
  softmax: softmaxed,
  dropout: passes(row => {
    // make_dropout_layer.
    if (row.dialect === 'alexeyab' && row.on('dropblock') && !row.input.image) {
      row.report({
        range: row.placeOf('dropblock'),
        code: 'not-an-image',
        message: l10n.t('DropBlock needs an image, but the layer above outputs a vector. Darknet stops here.'),
        short: l10n.t('vector where an image is needed'),
      });
    }
    return row.builder.add(dropout, {}, row.input.tensor);
  }),
  activation: passes(row => row.activate(row.input.tensor, 'linear')),
  logistic: passes(row => row.builder.add(sigmoid, {}, row.input.tensor)),
  l2norm: passes(row => row.builder.add(l2Norm, { axis: 1 }, row.input.tensor)),
  batchnorm: row => ({ tensor: row.builder.add(batchNorm, { affine: true }, row.image()) }),
  normalization: row => ({ tensor: row.builder.add(lrn, { size: row.size('size', 5) }, row.image()) }),
  empty: passes(row => row.builder.add(identity, {}, row.input.tensor)),
  cost: row => ({
    tensor: row.builder.add(identity, {}, row.flat()),
    image: false,
    reduction: Number.NaN,
  }),
  /** make_implicit_layer: width 1, height atoms. */
  implicit: row => ({
    tensor: row.builder.add(parameter, { shape: [1, row.size('filters', 128), row.size('atoms', 1), 1] }, []),
    reduction: Number.NaN,
    widthBy: 'own',
  }),
};

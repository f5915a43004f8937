// Maps section kinds to layers.
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
import type { SectionReader } from '../sectionReader.ts';
import { connected, convolutional, deconvolutional, locallyConnected } from './convolutional.ts';
import { contrastive, detection, gaussianYolo, iseg, region, yolo } from './heads.ts';
import { route, sam, scaleChannels, shortcut } from './join.ts';
import type { Layer, LayerOutput } from './layer.ts';
import { avgpool, localAvgpool, maxpool } from './pool.ts';
import { convLstm, crnn, gru, lstm, rnn } from './recurrent.ts';
import { crop, history, reorg, upsampled } from './shape.ts';

export type { LayerOutput } from './layer.ts';

/** A layer that keeps the shape of its input. */
const passes =
  (add: (reader: SectionReader) => LayerOutput['tensor']): Layer =>
  reader => {
    const { image, length, channels } = reader.input;
    return { tensor: add(reader), image, length, channels };
  };

/** softmax_layer.c: over the whole input, in groups, or at each position; the output is a vector. */
const softmaxed: Layer = reader => {
  const { builder } = reader;
  const traits = { image: false, reduction: Number.NaN };
  if (reader.on('spatial') && reader.input.image) {
    const y = builder.add(softmax, { axis: 1 }, reader.image());
    return { tensor: builder.add(flatten, { start: 1, end: -1 }, y), ...traits };
  }
  const x = reader.flat();
  const groups = reader.size('groups', 1);
  const length = x.shape?.[1] ?? Number.NaN;
  if (groups === 1 || length % groups > 0) {
    if (groups > 1) {
      reader.report({
        range: reader.placeOf('groups'),
        code: 'input-not-divisible-by-groups',
        message: l10n.t('{0} scores are not divisible by {1} groups. Darknet stops here.', length, groups),
        short: l10n.t('scores not divisible by groups'),
        help: l10n.t('Use a divisor of {0}.', length),
      });
    }
    return { tensor: builder.add(softmax, { axis: -1 }, x), ...traits };
  }
  const parts = builder.add(reshape, { shape: [1, groups, length / groups] }, x);
  const y = builder.add(softmax, { axis: -1 }, parts);
  return { tensor: builder.add(reshape, { shape: [1, length] }, y), ...traits };
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
  dropout: passes(reader => {
    // make_dropout_layer.
    if (reader.dialect === 'alexeyab' && reader.on('dropblock') && !reader.input.image) {
      reader.report({
        range: reader.placeOf('dropblock'),
        code: 'not-an-image',
        message: l10n.t('DropBlock needs an image, but the layer above outputs a vector. Darknet stops here.'),
        short: l10n.t('vector where an image is needed'),
      });
    }
    return reader.builder.add(dropout, {}, reader.input.tensor);
  }),
  activation: passes(reader => reader.activate(reader.input.tensor, 'linear')),
  logistic: passes(reader => reader.builder.add(sigmoid, {}, reader.input.tensor)),
  l2norm: passes(reader => reader.builder.add(l2Norm, { axis: 1 }, reader.input.tensor)),
  batchnorm: reader => ({ tensor: reader.builder.add(batchNorm, { affine: true }, reader.image()) }),
  normalization: reader => ({ tensor: reader.builder.add(lrn, { size: reader.size('size', 5) }, reader.image()) }),
  empty: passes(reader => reader.builder.add(identity, {}, reader.input.tensor)),
  cost: reader => ({
    tensor: reader.builder.add(identity, {}, reader.flat()),
    image: false,
    reduction: Number.NaN,
  }),
  /** make_implicit_layer: width 1, height `atoms`. */
  implicit: reader => ({
    tensor: reader.builder.add(parameter, { shape: [1, reader.size('filters', 128), reader.size('atoms', 1), 1] }, []),
    reduction: Number.NaN,
    widthBy: 'own',
  }),
};

// Losses and metrics, at the end of networks for training and validation.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { paramOf } from '../layer.ts';
import { axisOutOfRange, missingNumber, sizesText } from './complaints.ts';
import { canonical, fourAxes, type LayerType, product, type Scope } from './layer.ts';

/** Requirements of a loss beyond equal first sizes: the CHECKs in its own Reshape. */
type Demand = (scope: Scope) => Complaint | undefined;

/** A loss: an element-wise computation on its bottoms, then a single number. */
function loss(
  summary: () => string,
  bottoms: readonly [number, number],
  terms: (scope: Scope) => Tensor,
  { param, tops = 1, demand }: { readonly param?: string; readonly tops?: number; readonly demand?: Demand } = {},
): LayerType {
  return {
    summary,
    bottoms,
    tops: [0, tops],
    ...(param ? { param } : {}),
    build: scope => {
      const wrong = firstSizesDiffer(scope) ?? demand?.(scope);
      if (wrong) return [scope.refuse(wrong, [])];
      const each = terms(scope);
      const sum = scope.builder.add(ops.loss, {}, [each, ...scope.inputs.slice(1)]);
      return scope.layer.tops.length > 1 ? [sum, each] : [sum];
    },
  };
}

/** LossLayer::Reshape (loss_layer.cpp): data and labels must have the same first size. */
function firstSizesDiffer(scope: Scope): Complaint | undefined {
  const { inputs } = scope;
  const [x, labels] = inputs;
  if (!x?.shape?.length || !labels?.shape?.length || scope.net.timeMajor.size > 0) return undefined;
  const rows = x.shape[0]! * scope.samplesIn(x);
  const own = labels.shape[0]! * scope.samplesIn(labels);
  if (!(Math.abs(rows - own) > 0)) return undefined;
  return {
    code: 'batch-size-mismatch',
    input: 1,
    message: l10n.t(
      'Data and labels must have the same batch size, but “{0}” has {1} ({2}) and “{3}” has {4} ({5}).',
      scope.bottomName(0),
      rows,
      sizesText(x.shape),
      scope.bottomName(1),
      own,
      sizesText(labels.shape),
    ),
    short: l10n.t('batch sizes differ'),
  };
}

/**
 * One label per position, not per class: softmax_loss_layer.cpp, infogain_loss_layer.cpp, accuracy_layer.cpp, Reshape.
 */
function labelCount(scope: Scope): Complaint | undefined {
  const [x, labels] = scope.inputs;
  if (!x?.shape) return undefined;
  const axis = scope.param.integer('axis', 1);
  const at = canonical(axis, x.shape.length);
  if (at === undefined) return axisOutOfRange(axis, x.shape);
  if (!labels?.shape || scope.net.timeMajor.size > 0) return undefined;
  const places = (product(x.shape) / x.shape[at]!) * (at === 0 ? 1 : scope.samplesIn(x));
  const own = product(labels.shape) * scope.samplesIn(labels);
  if (!(Math.abs(places - own) > 0)) return undefined;
  return {
    code: 'label-count-mismatch',
    input: 1,
    message: l10n.t(
      'Each prediction needs one label, but “{0}” ({1}, classes on axis {2}) has {3} predictions and “{4}” ({5}) has {6} labels.',
      scope.bottomName(0),
      sizesText(x.shape),
      axis,
      places,
      scope.bottomName(1),
      sizesText(labels.shape),
      own,
    ),
    short: l10n.t('{0} labels for {1} predictions', own, places),
  };
}

/** Two bottoms must have the same number of elements per sample: Blob::count(1). */
function sampleCount(scope: Scope): Complaint | undefined {
  const [x, target] = scope.inputs;
  if (!x?.shape || !target?.shape) return undefined;
  const wanted = product(x.shape.slice(1));
  const own = product(target.shape.slice(1));
  if (!(Math.abs(wanted - own) > 0)) return undefined;
  const [first, second] = [scope.bottomName(0), scope.bottomName(1)];
  return {
    code: 'sample-size-mismatch',
    input: 1,
    message: l10n.t(
      '{0} compares element by element, but “{1}” has {2} per sample ({3}) and “{4}” has {5} ({6}).',
      scope.layer.type,
      first,
      wanted,
      sizesText(x.shape),
      second,
      own,
      sizesText(target.shape),
    ),
    help: l10n.t('Make “{0}” output {1}, or provide {2} in “{3}”.', first, own, wanted, second),
    short: l10n.t('{0} elements against {1}', wanted, own),
  };
}

/** The names of the sizes in Caffe's older layers. */
const legacyAxes = ['num', 'channels', 'height', 'width'] as const;

/** A bottom must have one number per sample: channels, height and width of 1. */
function isOnePerSample(scope: Scope, index: number): Complaint | undefined {
  const shape = scope.inputs[index]?.shape;
  if (!shape || !(product(fourAxes(shape).slice(1)) > 1)) return undefined;
  return {
    code: 'one-number-per-sample',
    input: index,
    message: l10n.t(
      '{0} takes one value per sample in “{1}”, but it has {2} ({3}).',
      scope.layer.type,
      scope.bottomName(index),
      product(shape.slice(1)),
      sizesText(shape),
    ),
    short: l10n.t('more than one value per sample'),
  };
}

/** Bottoms must have the channels, height and width of the first one. */
function sameMaps(scope: Scope): Complaint | undefined {
  const first = scope.inputs[0]?.shape;
  if (!first) return undefined;
  for (let index = 1; index < scope.inputs.length; index++) {
    const shape = scope.inputs[index]!.shape;
    if (!shape) continue;
    const axis = [1, 2, 3].find(at => Math.abs(fourAxes(first)[at]! - fourAxes(shape)[at]!) > 0);
    if (axis === undefined) continue;
    return {
      code: 'map-size-mismatch',
      input: index,
      message: l10n.t(
        '“{0}” ({1}) and “{2}” ({3}) must agree in channels, height and width, but {4} is {5} in one and {6} in the other.',
        scope.bottomName(0),
        sizesText(first),
        scope.bottomName(index),
        sizesText(shape),
        legacyAxes[axis]!,
        fourAxes(first)[axis]!,
        fourAxes(shape)[axis]!,
      ),
      short: l10n.t('input shapes do not match'),
    };
  }
  return undefined;
}

/** ContrastiveLossLayer::LayerSetUp: two vectors of the same length, and whether they form a pair. */
function pairs(scope: Scope): Complaint | undefined {
  for (const index of [0, 1]) {
    const shape = scope.inputs[index]?.shape;
    if (!shape || !(product(fourAxes(shape).slice(2)) > 1)) continue;
    return {
      code: 'vectors-expected',
      input: index,
      message: l10n.t(
        'ContrastiveLoss compares vectors: height and width of “{0}” must be 1, but it is {1}.',
        scope.bottomName(index),
        sizesText(shape),
      ),
      help: l10n.t('Flatten it first.'),
      short: l10n.t('a feature map instead of a vector'),
    };
  }
  const [x, other] = scope.inputs;
  if (x?.shape && other?.shape) {
    const [wanted, own] = [fourAxes(x.shape)[1]!, fourAxes(other.shape)[1]!];
    if (Math.abs(wanted - own) > 0) {
      return {
        code: 'vector-length-mismatch',
        input: 1,
        message: l10n.t(
          'ContrastiveLoss compares vectors of the same length, but “{0}” has {1} channels and “{2}” has {3}.',
          scope.bottomName(0),
          wanted,
          scope.bottomName(1),
          own,
        ),
        short: l10n.t('vectors differ in length'),
      };
    }
  }
  return isOnePerSample(scope, 2);
}

/** InfogainLossLayer: a matrix of classes by classes, from a file or as the third bottom. */
function infogain(scope: Scope): Complaint | undefined {
  const wrong = labelCount(scope);
  if (wrong) return wrong;
  const { inputs, param, layer } = scope;
  const matrix = inputs[2];
  if (!matrix && !param.has('source')) {
    return {
      code: 'missing-matrix',
      attr: param.holder ? 'source' : 'type',
      message: l10n.t('InfogainLoss needs a matrix.'),
      help: l10n.t('Add infogain_loss_param {0}, or pass the matrix as the third bottom.', '{ source: "…" }'),
    };
  }
  const normalize = paramOf(layer, 'loss_param').field('normalize');
  if (normalize) {
    return {
      code: 'unsupported-normalize',
      attr: 'type',
      message: l10n.t('InfogainLoss does not take “normalize”.'),
      help: l10n.t('Use normalization: VALID or BATCH_SIZE instead.'),
    };
  }
  const x = inputs[0]?.shape;
  const at = x && canonical(param.integer('axis', 1), x.length);
  const classes = at === undefined ? Number.NaN : x![at]!;
  if (!matrix?.shape || !(Math.abs(product(matrix.shape) * scope.samplesIn(matrix) - classes * classes) > 0)) {
    return undefined;
  }
  return {
    code: 'matrix-size-mismatch',
    input: 2,
    message: l10n.t(
      'The matrix in “{0}” has {1} elements ({2}), but {3} classes need {4}.',
      scope.bottomName(2),
      product(matrix.shape),
      sizesText(matrix.shape),
      classes,
      classes * classes,
    ),
    short: l10n.t('matrix does not match the classes'),
  };
}

function difference({ builder, inputs }: Scope): Tensor {
  const [x, target] = inputs as readonly [Tensor, Tensor];
  // Only the number of elements has to agree (euclidean_loss_layer.cpp).
  const isOther = x.shape && target.shape && String(x.shape) !== String(target.shape);
  return builder.add(ops.sub, {}, [x, isOther ? builder.add(ops.reshape, { shape: x.shape }, target) : target]);
}

export const SoftmaxWithLoss = loss(
  () => l10n.t('Softmax, then the mean negative log-likelihood of the true class.'),
  [2, 3],
  ({ builder, x, param }) => builder.add(ops.softmax, { axis: param.integer('axis', 1) }, x),
  { param: 'softmax_param', tops: 2, demand: labelCount },
);

export const SigmoidCrossEntropyLoss = loss(
  () => l10n.t('Sigmoid, then the cross entropy with targets between 0 and 1.'),
  [2, 3],
  ({ builder, x }) => builder.add(ops.sigmoid, {}, x),
  { demand: sampleCount },
);

export const EuclideanLoss = loss(
  () => l10n.t('Half the mean of squared differences.'),
  [2, 2],
  scope => scope.builder.add(ops.unary, { how: 'square' }, difference(scope)),
  { demand: sampleCount },
);

export const SmoothL1Loss = loss(
  () => l10n.t('Differences, squared where they are small (Fast R-CNN); weights as third and fourth bottom.'),
  [2, 4],
  scope => {
    const { builder, inputs } = scope;
    const [, , inside] = inputs;
    const apart = difference(scope);
    const isOther = inside?.shape && apart.shape && String(inside.shape) !== String(apart.shape);
    const weights = isOther ? builder.add(ops.reshape, { shape: apart.shape! }, inside) : inside;
    const weighted = weights?.shape ? builder.add(ops.mul, {}, [apart, weights]) : apart;
    return builder.add(ops.unary, { how: 'square' }, weighted);
  },
  { param: 'smooth_l1_loss_param', demand: sameMaps },
);

export const HingeLoss = loss(
  () => l10n.t('max(0, 1 − margin) for each class.'),
  [2, 2],
  ({ builder, x }) => builder.add(ops.relu, {}, x),
);

export const ContrastiveLoss = loss(
  () => l10n.t('Pulls pairs together or pushes them apart by a margin.'),
  [3, 3],
  scope => scope.builder.add(ops.unary, { how: 'square' }, difference(scope)),
  { param: 'contrastive_loss_param', demand: pairs },
);

export const MultinomialLogisticLoss = loss(
  () => l10n.t('The negative log-likelihood of the true class.'),
  [2, 2],
  ({ builder, x }) => builder.add(ops.unary, { how: 'log' }, x),
  { demand: scope => isOnePerSample(scope, 1) },
);

export const InfogainLoss = loss(
  () => l10n.t('Softmax, then a loss weighted by a matrix of how bad each confusion is.'),
  [2, 3],
  ({ builder, x, param }) => builder.add(ops.softmax, { axis: param.integer('axis', 1) }, x),
  { param: 'infogain_loss_param', tops: 2, demand: infogain },
);

/** R-FCN's softmax_loss_ohem_layer.cpp: the loss, the probabilities, and the loss of each instance. */
export const SoftmaxWithLossOHEM: LayerType = {
  summary: () => l10n.t('Softmax and its loss, also per region, so that the hardest can be selected (R-FCN).'),
  bottoms: [2, 3],
  tops: [0, 3],
  param: 'softmax_param',
  build: scope => {
    const { builder, x, param, inputs } = scope;
    const axis = param.integer('axis', 1);
    const wrong = firstSizesDiffer(scope) ?? labelCount(scope);
    if (wrong) return [scope.refuse(wrong, [])];
    const likely = builder.add(ops.softmax, { axis }, x);
    const sum = builder.add(ops.loss, {}, [likely, ...inputs.slice(1)]);
    return [sum, likely, builder.add(ops.identity, {}, inputs[1]!)].slice(0, Math.max(1, scope.layer.tops.length));
  },
};

/** R-FCN's smooth_L1_loss_ohem_layer.cpp: the loss of each instance is N×1×H×W, with 1 for missing axes. */
export const SmoothL1LossOHEM: LayerType = {
  ...SmoothL1Loss,
  summary: () =>
    l10n.t('Differences, squared where they are small, also per region, so that the hardest can be selected (R-FCN).'),
  bottoms: [2, 3],
  tops: [0, 2],
  build: scope => {
    const { builder, x, layer } = scope;
    const outputs = SmoothL1Loss.build(scope);
    if (layer.tops.length < 2 || !x.shape) return outputs;
    const [n = Number.NaN, , h = 1, w = 1] = x.shape;
    const each = builder.add(ops.reduce, { how: 'sum', axes: [1], keep: true }, x);
    return [outputs[0]!, builder.add(ops.reshape, { shape: [n, 1, h, w] }, each)];
  },
};

/** R-FCN's box_annotator_ohem_layer.cpp: labels and weights of boxes, disabled for easy regions. */
export const BoxAnnotatorOHEM: LayerType = {
  summary: () => l10n.t('Keeps the labels and weights of the regions with the highest loss (R-FCN).'),
  bottoms: [4, 4],
  tops: [2, 2],
  param: 'box_annotator_ohem_param',
  build: ({ builder, inputs: [rois, each, labels, weights], alive }) => {
    alive.push(rois!, each!);
    return [builder.add(ops.identity, {}, labels!), builder.add(ops.identity, {}, weights!)];
  },
};

/** Losses of forks for which only the final sum is counted. */
export const otherLoss = (summary: () => string): LayerType => loss(summary, [1, 1000], ({ x }) => x, { tops: 2 });

/** center_loss_layer.cpp of face recognition forks: a learned center per class. */
export const CenterLoss: LayerType = {
  summary: () => l10n.t('Distances to a learned center of each class (face recognition).'),
  bottoms: [2, 2],
  tops: [0, 1],
  param: 'center_loss_param',
  build: scope => {
    const { builder, x, param } = scope;
    const help = l10n.t('Set the number of classes, for example num_output: 1000.');
    const wrong = missingNumber(param, 'num_output', help, []);
    if (wrong) return [scope.refuse(wrong)];
    const classes = param.natural('num_output', 0);
    const features = x.shape ? x.shape.slice(1).reduce((whole, length) => whole * length, 1) : Number.NaN;
    const centers = builder.add(ops.parameter, { shape: [classes, features] }, [], { shares: scope.owner(0) });
    scope.own(0, centers);
    return [builder.add(ops.loss, {}, [x, scope.inputs[1]!, centers])];
  },
};

/** AccuracyLayer::Reshape: CHECK_LE(top_k_, bottom[0]->count() / bottom[1]->count()), an integer division. */
function tooManyBest(scope: Scope): Complaint | undefined {
  const [x, labels] = scope.inputs;
  if (!x?.shape || !labels?.shape) return undefined;
  const all = product(x.shape) * scope.samplesIn(x);
  const classes = Math.floor(all / (product(labels.shape) * scope.samplesIn(labels)));
  const best = scope.param.natural('top_k', 1);
  if (!(best > classes)) return undefined;
  return {
    code: 'top-k-larger-than-classes',
    attr: 'top_k',
    message:
      classes === 1
        ? l10n.t(
            'top_k is {0}, but there is only 1 class (“{1}” is {2}).',
            best,
            scope.bottomName(0),
            sizesText(x.shape),
          )
        : l10n.t(
            'top_k is {0}, but there are only {1} classes (“{2}” is {3}).',
            best,
            classes,
            scope.bottomName(0),
            sizesText(x.shape),
          ),
    help: l10n.t('Use at most {0}.', Math.max(1, classes)),
  };
}

export const Accuracy: LayerType = {
  summary: () => l10n.t('The fraction of correct predictions; the second top has it per class.'),
  bottoms: [2, 2],
  tops: [1, 2],
  param: 'accuracy_param',
  build: scope => {
    const { builder, x, inputs, param, layer } = scope;
    const wrong = tooManyBest(scope) ?? labelCount(scope);
    if (wrong) builder.complain(wrong);
    // It is a metric, not a loss.
    const share = builder.add(ops.loss, {}, inputs, { training: 'detached' });
    if (layer.tops.length < 2) return [share];
    const axis = x.shape && canonical(param.integer('axis', 1), x.shape.length);
    const classes = axis === undefined ? Number.NaN : x.shape![axis]!;
    return [share, builder.add(ops.constant, { shape: [classes] }, [])];
  },
};

/** DeepLab's seg_accuracy_layer.cpp. */
export const SegAccuracy: LayerType = {
  summary: () => l10n.t('Pixel accuracy: overall, per class, and as intersection over union (DeepLab).'),
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'seg_accuracy_param',
  build: ({ builder, inputs, alive }) => {
    alive.push(...inputs);
    return [builder.add(ops.constant, { shape: [1, 1, 1, 3] }, [])];
  },
};

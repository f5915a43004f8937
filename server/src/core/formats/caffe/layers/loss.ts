// Losses and measures: at the end of training and validation networks.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { canonical, type LayerType, product, type Scope, sizesText } from './layer.ts';

/** A loss: what it makes of its bottoms element by element, then one number. */
function loss(
  summary: string,
  bottoms: readonly [number, number],
  terms: (scope: Scope) => Tensor,
  param?: string,
  most = 1,
): LayerType {
  return {
    summary,
    bottoms,
    tops: [0, most],
    ...(param ? { param } : {}),
    build: scope => {
      const wrong = labelsDiffer(scope);
      if (wrong) return [scope.refuse(wrong, [])];
      const made = terms(scope);
      const sum = scope.builder.add(ops.loss, {}, [made, ...scope.inputs.slice(1)]);
      return scope.layer.tops.length > 1 ? [sum, made] : [sum];
    },
  };
}

/** LossLayer::Reshape (loss_layer.cpp): data and labels have the same first size; of a class index, one for each place. */
function labelsDiffer(scope: Scope): Complaint | undefined {
  const { inputs, layer, param } = scope;
  const [x, labels] = inputs;
  if (!x?.shape?.length || !labels?.shape?.length || scope.net.timeMajor.size > 0) return undefined;
  const rows = x.shape[0]! * scope.samplesIn(x);
  const own = labels.shape[0]! * scope.samplesIn(labels);
  if (Math.abs(rows - own) > 0) {
    const message = `“${scope.bottomName(0)}” has ${rows} rows (${sizesText(x.shape)}), but “${scope.bottomName(1)}” has ${own} (${sizesText(labels.shape)}). Data and labels have the same first size.`;
    return { code: 'shape-mismatch', input: 1, message };
  }
  return layer.type === 'SoftmaxWithLoss' ? labelCount(scope, param.integer('axis', 1)) : undefined;
}

/** One label for each place that is no class: softmax_loss_layer.cpp and accuracy_layer.cpp, Reshape. */
function labelCount(scope: Scope, axis: number): Complaint | undefined {
  const [x, labels] = scope.inputs;
  const at = x?.shape && canonical(axis, x.shape.length);
  if (!x?.shape || !labels?.shape || at === undefined) return undefined;
  const places = (product(x.shape) / x.shape[at]!) * (at === 0 ? 1 : scope.samplesIn(x));
  const own = product(labels.shape) * scope.samplesIn(labels);
  if (!(Math.abs(places - own) > 0)) return undefined;
  const message = `There ${places === 1 ? 'is 1 prediction' : `are ${places} predictions`} in “${scope.bottomName(0)}” (${sizesText(x.shape)}, classes on axis ${axis}), but ${own} label${own === 1 ? '' : 's'} in “${scope.bottomName(1)}” (${sizesText(labels.shape)}). There is one label for each.`;
  return { code: 'shape-mismatch', input: 1, message };
}

function difference({ builder, inputs }: Scope): Tensor {
  const [x, target] = inputs as readonly [Tensor, Tensor];
  // Only the number of elements must agree (euclidean_loss_layer.cpp).
  const isOther = x.shape && target.shape && x.shape.length !== target.shape.length;
  return builder.add(ops.sub, {}, [x, isOther ? builder.add(ops.reshape, { shape: x.shape }, target) : target]);
}

export const SoftmaxWithLoss = loss(
  'Softmax, then the negative logarithm of the right class’s probability, averaged.',
  [2, 3],
  ({ builder, x, param }) => builder.add(ops.softmax, { axis: param.integer('axis', 1) }, x),
  'softmax_param',
  2,
);

export const SigmoidCrossEntropyLoss = loss(
  'Sigmoid, then the cross entropy with targets between 0 and 1.',
  [2, 3],
  ({ builder, x }) => builder.add(ops.sigmoid, {}, x),
);

export const EuclideanLoss = loss('Half the mean of squared differences.', [2, 2], scope =>
  scope.builder.add(ops.unary, { how: 'square' }, difference(scope)),
);

export const SmoothL1Loss = loss(
  'Differences, squared where they are small (Fast R-CNN); weights as third and fourth bottom.',
  [2, 4],
  scope => {
    const { builder, inputs } = scope;
    const [, , inside] = inputs;
    const apart = difference(scope);
    const weighted = inside?.shape ? builder.add(ops.mul, {}, [apart, inside]) : apart;
    return builder.add(ops.unary, { how: 'square' }, weighted);
  },
  'smooth_l1_loss_param',
);

export const HingeLoss = loss('max(0, 1 − margin) for every class.', [2, 2], ({ builder, x }) =>
  builder.add(ops.relu, {}, x),
);

export const ContrastiveLoss = loss('Pulls pairs together or pushes them apart by a margin.', [3, 3], scope =>
  scope.builder.add(ops.unary, { how: 'square' }, difference(scope)),
);

export const MultinomialLogisticLoss = loss(
  'The negative logarithm of the right class’s probability.',
  [2, 2],
  ({ builder, x }) => builder.add(ops.unary, { how: 'log' }, x),
);

export const InfogainLoss: LayerType = {
  ...loss(
    'Softmax, then a loss weighted by a matrix of how bad each confusion is.',
    [2, 3],
    ({ builder, x, param }) => builder.add(ops.softmax, { axis: param.integer('axis', 1) }, x),
    'infogain_loss_param',
    2,
  ),
};

/** R-FCN's softmax_loss_ohem_layer.cpp: beside the loss the probabilities, and the loss of each instance. */
export const SoftmaxWithLossOHEM: LayerType = {
  summary: 'Softmax and its loss, also for each region, so that the hardest can be picked (R-FCN).',
  bottoms: [2, 3],
  tops: [0, 3],
  param: 'softmax_param',
  build: scope => {
    const { builder, x, param, inputs } = scope;
    const axis = param.integer('axis', 1);
    const wrong = labelsDiffer(scope) ?? labelCount(scope, axis);
    if (wrong) return [scope.refuse(wrong, [])];
    const likely = builder.add(ops.softmax, { axis }, x);
    const sum = builder.add(ops.loss, {}, [likely, ...inputs.slice(1)]);
    return [sum, likely, builder.add(ops.identity, {}, inputs[1]!)].slice(0, Math.max(1, scope.layer.tops.length));
  },
};

/** R-FCN's smooth_L1_loss_ohem_layer.cpp: the loss of each instance is N×1×H×W, with one for axes that are not there. */
export const SmoothL1LossOHEM: LayerType = {
  ...SmoothL1Loss,
  summary:
    'Differences, squared where they are small, also for each region, so that the hardest can be picked (R-FCN).',
  bottoms: [2, 3],
  tops: [0, 2],
  build: scope => {
    const { builder, x, layer } = scope;
    const made = SmoothL1Loss.build(scope);
    if (layer.tops.length < 2 || !x.shape) return made;
    const [n = Number.NaN, , h = 1, w = 1] = x.shape;
    const each = builder.add(ops.reduce, { how: 'sum', axes: [1], keep: true }, x);
    return [made[0]!, builder.add(ops.reshape, { shape: [n, 1, h, w] }, each)];
  },
};

/** R-FCN's box_annotator_ohem_layer.cpp: labels and weights of boxes, those of easy regions switched off. */
export const BoxAnnotatorOHEM: LayerType = {
  summary: 'Keeps the labels and the weights of the regions with the highest loss (R-FCN).',
  bottoms: [4, 4],
  tops: [2, 2],
  param: 'box_annotator_ohem_param',
  build: ({ builder, inputs: [rois, each, labels, weights], net }) => {
    net.kept.push(rois!, each!);
    return [builder.add(ops.identity, {}, labels!), builder.add(ops.identity, {}, weights!)];
  },
};

/** Losses of forks whose sum is all that can be told. */
export const otherLoss = (summary: string): LayerType => loss(summary, [1, 1000], ({ x }) => x, undefined, 2);

/** center_loss_layer.cpp of the face recognition forks: a learned centre for each class. */
export const CenterLoss: LayerType = {
  summary: 'Distances to a learned centre of each class (face recognition).',
  bottoms: [2, 2],
  tops: [0, 1],
  param: 'center_loss_param',
  build: scope => {
    const { builder, x, param } = scope;
    const classes = param.natural('num_output', 0);
    const features = x.shape ? x.shape.slice(1).reduce((whole, length) => whole * length, 1) : Number.NaN;
    if (classes === 0) {
      const code = param.has('num_output') ? 'wrong-value' : 'missing-field';
      return [
        scope.refuse({
          code,
          attr: 'num_output',
          message: '“num_output” says how many classes there are: a number from 1.',
          output: [],
        }),
      ];
    }
    const centres = builder.add(ops.parameter, { shape: [classes, features] }, [], { shares: scope.owner(0) });
    scope.own(0, centres);
    return [builder.add(ops.loss, {}, [x, scope.inputs[1]!, centres])];
  },
};

export const Accuracy: LayerType = {
  summary: 'The share of right answers; as second top that of each class.',
  bottoms: [2, 2],
  tops: [1, 2],
  param: 'accuracy_param',
  build: scope => {
    const { builder, x, inputs, param, layer } = scope;
    const wrong = labelCount(scope, param.integer('axis', 1));
    if (wrong) builder.complain(wrong);
    const share = builder.add(ops.loss, {}, inputs);
    if (layer.tops.length < 2) return [share];
    const axis = x.shape && canonical(param.integer('axis', 1), x.shape.length);
    const classes = axis === undefined ? Number.NaN : x.shape![axis]!;
    return [share, builder.add(ops.constant, { shape: [classes] }, [])];
  },
};

/** DeepLab's seg_accuracy_layer.cpp. */
export const SegAccuracy: LayerType = {
  summary: 'How many places are right: over all, by class, and as intersection over union (DeepLab).',
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'seg_accuracy_param',
  build: ({ builder, inputs, net }) => {
    net.kept.push(...inputs);
    return [builder.add(ops.constant, { shape: [1, 1, 1, 3] }, [])];
  },
};

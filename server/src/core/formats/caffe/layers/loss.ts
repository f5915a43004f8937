// Losses and measures: at the end of training and validation networks.
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { paramOf } from '../items.ts';
import { canonical, fourAxes, type LayerType, product, type Scope, sizesText, wrongAxis } from './layer.ts';

/** What a loss demands of its bottoms beyond equal first sizes: the CHECKs of its own Reshape. */
type Demand = (scope: Scope) => Complaint | undefined;

/** A loss: what it makes of its bottoms element by element, then one number. */
function loss(
  summary: string,
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
      const made = terms(scope);
      const sum = scope.builder.add(ops.loss, {}, [made, ...scope.inputs.slice(1)]);
      return scope.layer.tops.length > 1 ? [sum, made] : [sum];
    },
  };
}

/** LossLayer::Reshape (loss_layer.cpp): data and labels have the same first size. */
function firstSizesDiffer(scope: Scope): Complaint | undefined {
  const { inputs } = scope;
  const [x, labels] = inputs;
  if (!x?.shape?.length || !labels?.shape?.length || scope.net.timeMajor.size > 0) return undefined;
  const rows = x.shape[0]! * scope.samplesIn(x);
  const own = labels.shape[0]! * scope.samplesIn(labels);
  if (!(Math.abs(rows - own) > 0)) return undefined;
  const message = `“${scope.bottomName(0)}” has ${rows} rows (${sizesText(x.shape)}), but “${scope.bottomName(1)}” has ${own} (${sizesText(labels.shape)}). Data and labels must have the same first size.`;
  return { code: 'shape-mismatch', input: 1, message };
}

/** One label for each place that is no class: softmax_loss_layer.cpp, infogain_loss_layer.cpp, accuracy_layer.cpp, Reshape. */
function labelCount(scope: Scope): Complaint | undefined {
  const [x, labels] = scope.inputs;
  if (!x?.shape) return undefined;
  const axis = scope.param.integer('axis', 1);
  const at = canonical(axis, x.shape.length);
  if (at === undefined) return wrongAxis(axis, x.shape);
  if (!labels?.shape || scope.net.timeMajor.size > 0) return undefined;
  const places = (product(x.shape) / x.shape[at]!) * (at === 0 ? 1 : scope.samplesIn(x));
  const own = product(labels.shape) * scope.samplesIn(labels);
  if (!(Math.abs(places - own) > 0)) return undefined;
  const message = `There ${places === 1 ? 'is 1 prediction' : `are ${places} predictions`} in “${scope.bottomName(0)}” (${sizesText(x.shape)}, classes on axis ${axis}), but ${own} label${own === 1 ? '' : 's'} in “${scope.bottomName(1)}” (${sizesText(labels.shape)}). Each prediction needs one label.`;
  return { code: 'shape-mismatch', input: 1, message };
}

/** Two bottoms with as many numbers for each sample: Blob::count(1). */
function sampleCount(scope: Scope): Complaint | undefined {
  const [x, target] = scope.inputs;
  if (!x?.shape || !target?.shape) return undefined;
  const wanted = product(x.shape.slice(1));
  const own = product(target.shape.slice(1));
  if (!(Math.abs(wanted - own) > 0)) return undefined;
  const [first, second] = [scope.bottomName(0), scope.bottomName(1)];
  const message = `${scope.layer.type} compares number by number, but “${first}” has ${numbers(wanted)} per sample (${sizesText(x.shape)}) and “${second}” has ${own} (${sizesText(target.shape)}). Make “${first}” produce ${own}, or give ${wanted} in “${second}”.`;
  return { code: 'shape-mismatch', input: 1, message };
}

const numbers = (count: number): string => `${count} number${count === 1 ? '' : 's'}`;

/** Channels, height and width as Caffe's older layers ask for them, by the name of the size. */
const legacyAxes = ['num', 'channels', 'height', 'width'] as const;

/** A bottom whose channels, height and width are 1: one number per sample. */
function isOnePerSample(scope: Scope, index: number): Complaint | undefined {
  const shape = scope.inputs[index]?.shape;
  if (!shape || !(product(fourAxes(shape).slice(1)) > 1)) return undefined;
  const message = `${scope.layer.type} takes one number per sample in “${scope.bottomName(index)}”, but it has ${product(shape.slice(1))} (${sizesText(shape)}).`;
  return { code: 'shape-mismatch', input: index, message };
}

/** Bottoms that agree with the first in channels, height and width. */
function sameMaps(scope: Scope): Complaint | undefined {
  const first = scope.inputs[0]?.shape;
  if (!first) return undefined;
  for (let index = 1; index < scope.inputs.length; index++) {
    const shape = scope.inputs[index]!.shape;
    if (!shape) continue;
    const axis = [1, 2, 3].find(at => Math.abs(fourAxes(first)[at]! - fourAxes(shape)[at]!) > 0);
    if (axis === undefined) continue;
    const message = `“${scope.bottomName(0)}” (${sizesText(first)}) and “${scope.bottomName(index)}” (${sizesText(shape)}) must agree in channels, height and width, but ${legacyAxes[axis]} is ${fourAxes(first)[axis]} in one and ${fourAxes(shape)[axis]} in the other.`;
    return { code: 'shape-mismatch', input: index, message };
  }
  return undefined;
}

/** ContrastiveLossLayer::LayerSetUp: two vectors of the same length, and whether they are a pair. */
function pairs(scope: Scope): Complaint | undefined {
  for (const index of [0, 1]) {
    const shape = scope.inputs[index]?.shape;
    if (!shape || !(product(fourAxes(shape).slice(2)) > 1)) continue;
    const message = `ContrastiveLoss compares vectors: height and width of “${scope.bottomName(index)}” must be 1, but it is ${sizesText(shape)}. Flatten it first.`;
    return { code: 'shape-mismatch', input: index, message };
  }
  const [x, other] = scope.inputs;
  if (x?.shape && other?.shape) {
    const [wanted, own] = [fourAxes(x.shape)[1]!, fourAxes(other.shape)[1]!];
    if (Math.abs(wanted - own) > 0) {
      const message = `ContrastiveLoss compares vectors of the same length, but “${scope.bottomName(0)}” has ${wanted} channels and “${scope.bottomName(1)}” has ${own}.`;
      return { code: 'shape-mismatch', input: 1, message };
    }
  }
  return isOnePerSample(scope, 2);
}

/** InfogainLossLayer: a matrix of classes by classes, from a file or as third bottom. */
function infogain(scope: Scope): Complaint | undefined {
  const wrong = labelCount(scope);
  if (wrong) return wrong;
  const { inputs, param, layer } = scope;
  const matrix = inputs[2];
  if (!matrix && !param.has('source')) {
    const message =
      'InfogainLoss needs its matrix: write infogain_loss_param { source: "…" }, or pass it as the third bottom.';
    return { code: 'missing-field', attr: param.holder ? 'source' : 'type', message };
  }
  const normalize = paramOf(layer, 'loss_param').field('normalize');
  if (normalize) {
    const message = 'InfogainLoss does not take “normalize”. Write normalization: VALID or BATCH_SIZE instead.';
    return { code: 'wrong-value', attr: 'type', message };
  }
  const x = inputs[0]?.shape;
  const at = x && canonical(param.integer('axis', 1), x.length);
  const classes = at === undefined ? Number.NaN : x![at]!;
  if (!matrix?.shape || !(Math.abs(product(matrix.shape) * scope.samplesIn(matrix) - classes * classes) > 0)) {
    return undefined;
  }
  const message = `The matrix in “${scope.bottomName(2)}” has ${product(matrix.shape)} elements (${sizesText(matrix.shape)}), but ${classes} classes need ${classes * classes}.`;
  return { code: 'shape-mismatch', input: 2, message };
}

function difference({ builder, inputs }: Scope): Tensor {
  const [x, target] = inputs as readonly [Tensor, Tensor];
  // Only the number of elements must agree (euclidean_loss_layer.cpp).
  const isOther = x.shape && target.shape && String(x.shape) !== String(target.shape);
  return builder.add(ops.sub, {}, [x, isOther ? builder.add(ops.reshape, { shape: x.shape }, target) : target]);
}

export const SoftmaxWithLoss = loss(
  'Softmax, then the negative logarithm of the right class’s probability, averaged.',
  [2, 3],
  ({ builder, x, param }) => builder.add(ops.softmax, { axis: param.integer('axis', 1) }, x),
  { param: 'softmax_param', tops: 2, demand: labelCount },
);

export const SigmoidCrossEntropyLoss = loss(
  'Sigmoid, then the cross entropy with targets between 0 and 1.',
  [2, 3],
  ({ builder, x }) => builder.add(ops.sigmoid, {}, x),
  { demand: sampleCount },
);

export const EuclideanLoss = loss(
  'Half the mean of squared differences.',
  [2, 2],
  scope => scope.builder.add(ops.unary, { how: 'square' }, difference(scope)),
  { demand: sampleCount },
);

export const SmoothL1Loss = loss(
  'Differences, squared where they are small (Fast R-CNN); weights as third and fourth bottom.',
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

export const HingeLoss = loss('max(0, 1 − margin) for every class.', [2, 2], ({ builder, x }) =>
  builder.add(ops.relu, {}, x),
);

export const ContrastiveLoss = loss(
  'Pulls pairs together or pushes them apart by a margin.',
  [3, 3],
  scope => scope.builder.add(ops.unary, { how: 'square' }, difference(scope)),
  { param: 'contrastive_loss_param', demand: pairs },
);

export const MultinomialLogisticLoss = loss(
  'The negative logarithm of the right class’s probability.',
  [2, 2],
  ({ builder, x }) => builder.add(ops.unary, { how: 'log' }, x),
  { demand: scope => isOnePerSample(scope, 1) },
);

export const InfogainLoss = loss(
  'Softmax, then a loss weighted by a matrix of how bad each confusion is.',
  [2, 3],
  ({ builder, x, param }) => builder.add(ops.softmax, { axis: param.integer('axis', 1) }, x),
  { param: 'infogain_loss_param', tops: 2, demand: infogain },
);

/** R-FCN's softmax_loss_ohem_layer.cpp: beside the loss the probabilities, and the loss of each instance. */
export const SoftmaxWithLossOHEM: LayerType = {
  summary: 'Softmax and its loss, also for each region, so that the hardest can be picked (R-FCN).',
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
  build: ({ builder, inputs: [rois, each, labels, weights], alive }) => {
    alive.push(rois!, each!);
    return [builder.add(ops.identity, {}, labels!), builder.add(ops.identity, {}, weights!)];
  },
};

/** Losses of forks whose sum is all that can be told. */
export const otherLoss = (summary: string): LayerType => loss(summary, [1, 1000], ({ x }) => x, { tops: 2 });

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

/** AccuracyLayer::Reshape: CHECK_LE(top_k_, bottom[0]->count() / bottom[1]->count()), a division of whole numbers. */
function tooManyBest(scope: Scope): Complaint | undefined {
  const [x, labels] = scope.inputs;
  if (!x?.shape || !labels?.shape) return undefined;
  const all = product(x.shape) * scope.samplesIn(x);
  const classes = Math.floor(all / (product(labels.shape) * scope.samplesIn(labels)));
  const best = scope.param.natural('top_k', 1);
  if (!(best > classes)) return undefined;
  const message = `“top_k: ${best}” asks for the ${best} best of ${classes} class${classes === 1 ? '' : 'es'} (“${scope.bottomName(0)}” is ${sizesText(x.shape)}). Use ${Math.max(1, classes)} at most.`;
  return { code: 'too-many', attr: 'top_k', message };
}

export const Accuracy: LayerType = {
  summary: 'The share of right answers; as second top that of each class.',
  bottoms: [2, 2],
  tops: [1, 2],
  param: 'accuracy_param',
  build: scope => {
    const { builder, x, inputs, param, layer } = scope;
    const wrong = tooManyBest(scope) ?? labelCount(scope);
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
  build: ({ builder, inputs, alive }) => {
    alive.push(...inputs);
    return [builder.add(ops.constant, { shape: [1, 1, 1, 3] }, [])];
  },
};

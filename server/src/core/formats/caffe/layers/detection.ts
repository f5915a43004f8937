// Layers of the detection forks: SSD, Faster R-CNN, R-FCN.
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { fourAxes, type LayerType, type Scope, sizesText } from './layer.ts';
import { unlikePriors } from './priors.ts';

export const PriorBox: LayerType = {
  summary: 'SSD’s default boxes: for each position of a map, one for every size and aspect ratio. Nothing is learned.',
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'prior_box_param',
  build: scope => {
    const { builder, inputs, param, x } = scope;
    const least = param.numbers('min_size');
    if (least.length === 0) {
      const message = '“min_size” is missing: the side of the smallest box, in pixels. Write min_size: 30.';
      return [scope.refuse({ code: 'missing-field', attr: 'min_size', message, output: [1, 2, Number.NaN] })];
    }
    if (x.shape && x.shape.length > 4) {
      const message = `PriorBox works on a map of up to 4 axes, but its input is ${sizesText(x.shape)}.`;
      return [scope.refuse({ code: 'wrong-rank', input: 0, message, output: [1, 2, Number.NaN] })];
    }
    const most = param.numbers('max_size');
    if (most.length > 0 && most.length !== least.length) {
      const message = `There are ${most.length} max_size for ${least.length} min_size. Give one for each, or none.`;
      return [scope.refuse({ code: 'wrong-value', attr: 'max_size', message, output: [1, 2, Number.NaN] })];
    }
    const wrong = wrongBoxes(scope, least, most);
    if (wrong) builder.complain(wrong);
    const priors = ratiosOf(scope) * least.length + most.length;
    const map = x.shape && x.shape.length < 4 ? builder.add(ops.reshape, { shape: fourAxes(x.shape) }, x) : x;
    const boxes = builder.add(ops.priorBox, { priors }, [map, inputs[1]!]);
    scope.net.batchless.add(boxes);
    return [boxes];
  },
};

/** What PriorBoxLayer::LayerSetUp refuses (prior_box_layer.cpp) though it changes no shape. */
function wrongBoxes({ param }: Scope, least: readonly number[], most: readonly number[]): Complaint | undefined {
  const small = least.find(side => side <= 0);
  if (small !== undefined) {
    return { code: 'wrong-value', attr: 'min_size', message: `A box has a side above 0, but min_size is ${small}.` };
  }
  const at = most.findIndex((side, index) => side <= least[index]!);
  if (at >= 0) {
    const message = `max_size is larger than its min_size, but ${most[at]} is not larger than ${least[at]}.`;
    return { code: 'wrong-value', attr: 'max_size', message };
  }
  const variances = param.numbers('variance');
  if (variances.length > 1 && variances.length !== 4) {
    const message = `There are ${variances.length} variances for the 4 numbers of a box. Give one for all, or 4.`;
    return { code: 'wrong-value', attr: 'variance', message };
  }
  if (variances.some(variance => variance <= 0)) {
    return { code: 'wrong-value', attr: 'variance', message: 'Variances are above 0.' };
  }
  for (const [whole, ...parts] of [
    ['img_size', 'img_h', 'img_w'],
    ['step', 'step_h', 'step_w'],
  ] as const) {
    const part = parts.find(name => param.has(name));
    if (part !== undefined && param.has(whole)) {
      const message = `Both “${whole}” and “${part}” are given. Use one or the other.`;
      return { code: 'wrong-value', attr: whole, message };
    }
    // One of the two alone leaves the other at 0, which is refused as well.
    const wanted = part === undefined ? (param.has(whole) ? [whole] : []) : parts;
    const zero = wanted.find(name => !(param.number(name, 0) > 0));
    if (zero === undefined) continue;
    const message = param.has(zero)
      ? `“${zero}” must be above 0. Leave it out to take it from the image.`
      : `“${part}” is given without “${zero}”. Write both.`;
    return { code: param.has(zero) ? 'wrong-value' : 'missing-field', attr: param.has(zero) ? zero : part!, message };
  }
  return undefined;
}

/**
 * Aspect ratios: 1, each of those given and, with `flip`, its inverse; none twice (prior_box_layer.cpp, LayerSetUp, which
 * has them in floats of 32 bits).
 */
function ratiosOf({ param }: Scope): number {
  const flip = param.boolean('flip', true);
  const ratios = [1];
  for (const ratio of param.numbers('aspect_ratio').map(Math.fround)) {
    if (ratios.some(known => Math.abs(Math.fround(ratio - known)) < 1e-6)) continue;
    ratios.push(ratio);
    if (flip) ratios.push(Math.fround(1 / ratio));
  }
  return ratios.length;
}

export const DetectionOutput: LayerType = {
  summary: 'SSD’s boxes: decoded, sorted, the overlapping ones left out. Caffe gives it one row before it has run.',
  bottoms: [3, 4],
  tops: [1, 1],
  param: 'detection_output_param',
  build: scope => {
    checkBoxes(scope);
    const nms = scope.param.inner('nms_param');
    const tell = (name: string, message: string): void => {
      scope.builder.complain({ code: 'wrong-value', attr: 'nms_param', message: `“${name}” ${message}` });
    };
    if (nms.number('nms_threshold', 0.3) < 0) tell('nms_threshold', 'must not be negative. Use 0.45, say.');
    const eta = nms.number('eta', 1);
    if (eta <= 0 || eta > 1) tell('eta', 'must be above 0 and at most 1.');
    const unknown = scope.inputs.find(({ shape }) => !shape);
    const shape = [1, 1, 1, 7];
    if (unknown) return [scope.builder.unknown(unknown.why ?? 'an input is not known', scope.inputs, shape)];
    return [scope.builder.add(ops.detections, { shape }, scope.inputs)];
  },
};

/** What DetectionOutput and MultiBoxLoss ask of their bottoms (SetUp and Reshape of both); tells what is wrong. */
function checkBoxes(scope: Scope): void {
  const { builder, param } = scope;
  if (!param.has('num_classes')) {
    const message = '“num_classes” is missing: the number of classes, including the background.';
    builder.complain({ code: 'missing-field', attr: 'num_classes', message });
  }
  for (const complaint of unlikePriors(scope)) builder.complain(complaint);
}

/** multibox_loss_layer.cpp: of the classes and of the boxes, with the hardest negatives. */
export const MultiBoxLoss: LayerType = {
  summary: 'SSD’s loss: of the classes and of the boxes, with the hardest negatives.',
  bottoms: [4, 4],
  tops: [0, 1],
  param: 'multibox_loss_param',
  build: scope => {
    const { builder, param, inputs } = scope;
    checkBoxes(scope);
    const tell = (attr: string, message: string): void => {
      builder.complain({ code: 'wrong-value', attr, message });
    };
    const classes = param.natural('num_classes', Number.NaN);
    if (classes < 1) tell('num_classes', '“num_classes” must be 1 or more, the background included.');
    const background = param.natural('background_label_id', 0);
    const kinds = ['SOFTMAX', 'LOGISTIC'];
    if (param.word('conf_loss_type', 'SOFTMAX', kinds) === 'SOFTMAX' && background >= classes && classes >= 1) {
      tell(
        'background_label_id',
        `“background_label_id” is ${background}, but there are ${classes} classes: use 0 to ${classes - 1}.`,
      );
    }
    const mining = param.word('mining_type', 'MAX_NEGATIVE', ['NONE', 'MAX_NEGATIVE', 'HARD_EXAMPLE']);
    if (mining !== 'NONE' && !param.boolean('share_location', true)) {
      tell('share_location', 'Negatives can only be mined with share_location: true. Set that, or mining_type: NONE.');
    }
    if (param.has('do_neg_mining') && param.boolean('do_neg_mining', true) !== (mining !== 'NONE')) {
      const message = `“do_neg_mining” contradicts mining_type: ${mining}. Leave it out: mining_type is enough.`;
      tell('do_neg_mining', message);
    }
    return [builder.add(ops.loss, {}, inputs)];
  },
};

export const DetectionEvaluate: LayerType = {
  summary: 'Compares boxes with the true ones; a row for each class and each box.',
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'detection_evaluate_param',
  build: ({ builder, inputs, param }) => {
    const classes = param.natural('num_classes', 0);
    const rows = param.integer('background_label_id', 0) === -1 ? classes : classes - 1;
    // All boxes count before any has been looked at (detection_evaluate_layer.cpp, Reshape).
    const boxes = inputs[0]!.shape?.[2] ?? Number.NaN;
    return [builder.add(ops.detections, { shape: [1, 1, rows + boxes, 5] }, inputs)];
  },
};

export const ROIPooling: LayerType = {
  summary: 'Pools every region of interest into a grid of fixed size (Fast R-CNN).',
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'roi_pooling_param',
  build: scope => {
    const { builder, inputs, param } = scope;
    const sizes = param.naturals('pooled_size');
    const size =
      sizes.length === 1 ? [sizes[0]!, sizes[0]!] : [param.natural('pooled_h', 0), param.natural('pooled_w', 0)];
    if (size.includes(0)) {
      const attr = param.natural('pooled_h', 0) === 0 ? 'pooled_h' : 'pooled_w';
      const message = `“${attr}” is missing: how many rows and columns each region becomes. Write pooled_h: 7 pooled_w: 7.`;
      const output = [inputs[1]!.shape?.[0] ?? Number.NaN, inputs[0]!.shape?.[1] ?? Number.NaN, Number.NaN, Number.NaN];
      return [scope.refuse({ code: param.has(attr) ? 'wrong-value' : 'missing-field', attr, message, output })];
    }
    return [builder.add(ops.roiPool, { size }, inputs)];
  },
};

export const PSROIPooling: LayerType = {
  summary: 'Pools every region of interest, each position of the grid from channels of its own (R-FCN).',
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'psroi_pooling_param',
  build: scope => {
    const { builder, inputs, param } = scope;
    for (const attr of ['output_dim', 'group_size']) {
      if (param.natural(attr, 0) !== 0) continue;
      const message = `“${attr}” is missing: ${attr === 'output_dim' ? 'channels of the result' : 'rows and columns of the grid'}.`;
      return [scope.refuse({ code: param.has(attr) ? 'wrong-value' : 'missing-field', attr, message })];
    }
    const group = param.natural('group_size', 0);
    const channels = param.natural('output_dim', 0);
    const own = inputs[0]!.shape?.[1];
    if (own !== undefined && Math.abs(own - channels * group * group) > 0) {
      const message = `The map has ${own} channels, but output_dim · group_size² is ${channels * group * group}. Make them equal.`;
      return [
        scope.refuse({
          code: 'shape-mismatch',
          attr: 'output_dim',
          message,
          output: [inputs[1]!.shape?.[0] ?? Number.NaN, channels, group, group],
        }),
      ];
    }
    return [builder.add(ops.roiPool, { size: [group, group], channels }, inputs)];
  },
};

/** py-faster-rcnn's lib/fast_rcnn/config.py: RPN_POST_NMS_TOP_N. */
const proposals = { TEST: 300, TRAIN: 2000 } as const;

export const Proposal: LayerType = {
  summary: 'The best boxes of the region proposal network, one row [image, x1, y1, x2, y2] each.',
  bottoms: [3, 3],
  tops: [1, 2],
  param: 'proposal_param',
  build: ({ builder, inputs, param, layer, net }) => {
    const count = param.natural('post_nms_topn', proposals[net.phase]);
    const rows = builder.add(ops.detections, { shape: [count, 5] }, inputs);
    // Scores as a second top have a row for each as well.
    return layer.tops.length > 1 ? [rows, builder.add(ops.detections, { shape: [count, 1] }, inputs)] : [rows];
  },
};

/** Layers written in Python: their shapes are in the Python file. Known are those of Faster R-CNN. */
export const Python: LayerType = {
  summary: 'A layer written in Python.',
  bottoms: [0, 1000],
  tops: [0, 1000],
  param: 'python_param',
  build: scope => {
    const { builder, inputs, param, layer, net } = scope;
    const module = param.word('module', '');
    const name = param.word('layer', '');
    if (module === 'rpn.proposal_layer' && name === 'ProposalLayer' && inputs.length > 0) {
      const count = proposals[net.phase];
      return layer.tops.map((_, top) =>
        builder.add(ops.detections, { shape: top === 0 ? [count, 5] : [count, 1] }, inputs),
      );
    }
    const what = name === '' ? 'a Python layer' : `“${module === '' ? '' : `${module}.`}${name}”`;
    const why = `what ${what} makes is written in its Python file`;
    if (layer.tops.length === 0) {
      builder.unknown(why, inputs);
      return [];
    }
    return layer.tops.map(() => builder.unknown(why, inputs));
  },
};

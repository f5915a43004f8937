// Layers of detection forks: SSD, Faster R-CNN, R-FCN.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { belowOne, bothGiven, missingCounterpart, missingField, missingNumber, unsupportedRank } from './complaints.ts';
import { fourAxes, type LayerType, type Scope } from './layer.ts';
import { unlikePriors } from './priors.ts';

export const PriorBox: LayerType = {
  summary: () => l10n.t('SSD’s default boxes: at each position of a feature map, one per size and aspect ratio.'),
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'prior_box_param',
  build: scope => {
    const { builder, inputs, param, x } = scope;
    const least = param.numbers('min_size');
    if (least.length === 0) {
      const help = l10n.t('Set the side of the smallest box in pixels, for example min_size: 30.');
      return [scope.refuse(missingField('min_size', help, [1, 2, Number.NaN]))];
    }
    if (x.shape && x.shape.length > 4) {
      return [scope.refuse(unsupportedRank('PriorBox', x.shape, { max: 4 }, [1, 2, Number.NaN]))];
    }
    const most = param.numbers('max_size');
    if (most.length > 0 && most.length !== least.length) {
      return [
        scope.refuse({
          code: 'value-count-mismatch',
          attr: 'max_size',
          message: l10n.t('max_size is set {0} times, but min_size {1} times.', most.length, least.length),
          help: l10n.t('Give one max_size per min_size, or none.'),
          output: [1, 2, Number.NaN],
        }),
      ];
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

/** What PriorBoxLayer::LayerSetUp rejects (prior_box_layer.cpp) although it does not affect shapes. */
function wrongBoxes({ param }: Scope, least: readonly number[], most: readonly number[]): Complaint | undefined {
  const small = least.find(side => side <= 0);
  if (small !== undefined) {
    return notPositive('min_size');
  }
  const at = most.findIndex((side, index) => side <= least[index]!);
  if (at >= 0) {
    return {
      code: 'max-size-not-larger',
      attr: 'max_size',
      message: l10n.t('max_size ({0}) must be larger than min_size ({1}).', most[at]!, least[at]!),
    };
  }
  const variances = param.numbers('variance');
  if (variances.length > 1 && variances.length !== 4) {
    return {
      code: 'value-count-mismatch',
      attr: 'variance',
      message: l10n.t('variance is set {0} times for the 4 coordinates of a box.', variances.length),
      help: l10n.t('Give one for all, or 4.'),
    };
  }
  if (variances.some(variance => variance <= 0)) {
    return notPositive('variance');
  }
  for (const [whole, ...parts] of [
    ['img_size', 'img_h', 'img_w'],
    ['step', 'step_h', 'step_w'],
  ] as const) {
    const part = parts.find(name => param.has(name));
    if (part !== undefined && param.has(whole)) {
      return bothGiven(whole, part);
    }
    // If only one of the two is given, the other stays 0, which is rejected as well.
    const wanted = part === undefined ? (param.has(whole) ? [whole] : []) : parts;
    const zero = wanted.find(name => !(param.number(name, 0) > 0));
    if (zero === undefined) continue;
    if (!param.has(zero)) return missingCounterpart(part!, zero);
    return { ...notPositive(zero), help: l10n.t('Remove it to take it from the image.') };
  }
  return undefined;
}

function notPositive(attr: string): Complaint {
  return { code: 'not-positive', attr, message: l10n.t('“{0}” must be above 0.', attr) };
}

/**
 * The number of aspect ratios: 1, the given ones and, with `flip`, their inverses, without duplicates
 * (prior_box_layer.cpp, LayerSetUp, which compares 32-bit floats).
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
  summary: () =>
    l10n.t(
      'SSD’s detections: decoded, sorted, after non-maximum suppression. The number of rows is unknown until it runs, so the shape has one.',
    ),
  bottoms: [3, 4],
  tops: [1, 1],
  param: 'detection_output_param',
  build: scope => {
    checkBoxes(scope);
    const nms = scope.param.inner('nms_param');
    const report = (message: string): void => {
      scope.builder.complain({ code: 'value-out-of-range', attr: 'nms_param', message });
    };
    if (nms.number('nms_threshold', 0.3) < 0) report(l10n.t('“nms_threshold” must not be negative.'));
    const eta = nms.number('eta', 1);
    if (eta <= 0 || eta > 1) report(l10n.t('“eta” must be above 0 and at most 1.'));
    const unknown = scope.inputs.find(({ shape }) => !shape);
    const shape = [1, 1, 1, 7];
    if (unknown) return [scope.unknown(unknown, shape, scope.inputs)];
    return [scope.builder.add(ops.detections, { shape }, scope.inputs)];
  },
};

/** The requirements of DetectionOutput and MultiBoxLoss on their bottoms (SetUp and Reshape of both). */
function checkBoxes(scope: Scope): void {
  const { builder, param } = scope;
  if (!param.has('num_classes')) {
    const help = l10n.t('Set the number of classes, including the background.');
    builder.complain(missingField('num_classes', help));
  }
  for (const complaint of unlikePriors(scope)) builder.complain(complaint);
}

/** multibox_loss_layer.cpp: the losses of classes and boxes, with hard negative mining. */
export const MultiBoxLoss: LayerType = {
  summary: () => l10n.t('SSD’s loss over classes and boxes, with the hardest negatives.'),
  bottoms: [4, 4],
  tops: [0, 1],
  param: 'multibox_loss_param',
  build: scope => {
    const { builder, param, inputs } = scope;
    checkBoxes(scope);
    const classes = param.natural('num_classes', Number.NaN);
    if (classes < 1) builder.complain(belowOne('num_classes'));
    const background = param.natural('background_label_id', 0);
    const kinds = ['SOFTMAX', 'LOGISTIC'];
    if (param.word('conf_loss_type', 'SOFTMAX', kinds) === 'SOFTMAX' && background >= classes && classes >= 1) {
      builder.complain({
        code: 'background-label-out-of-range',
        attr: 'background_label_id',
        message:
          classes === 1
            ? l10n.t('background_label_id is {0}, but there is only 1 class.', background)
            : l10n.t('background_label_id is {0}, but there are only {1} classes.', background, classes),
        help: classes === 1 ? l10n.t('Use {0}.', 0) : l10n.t('Use {0} to {1}.', 0, classes - 1),
      });
    }
    const mining = param.word('mining_type', 'MAX_NEGATIVE', ['NONE', 'MAX_NEGATIVE', 'HARD_EXAMPLE']);
    if (mining !== 'NONE' && !param.boolean('share_location', true)) {
      builder.complain({
        code: 'mining-needs-shared-locations',
        attr: 'share_location',
        message: l10n.t('Hard negative mining requires share_location: true.'),
        help: l10n.t('Set it, or use mining_type: NONE.'),
      });
    }
    if (param.has('do_neg_mining') && param.boolean('do_neg_mining', true) !== (mining !== 'NONE')) {
      builder.complain({
        code: 'conflicting-fields',
        attr: 'do_neg_mining',
        message: l10n.t('“do_neg_mining” contradicts mining_type: {0}.', mining),
        help: l10n.t('Remove it: mining_type is enough.'),
      });
    }
    return [builder.add(ops.loss, {}, inputs)];
  },
};

export const DetectionEvaluate: LayerType = {
  summary: () => l10n.t('Compares boxes with the ground truth; one row per class and per box.'),
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'detection_evaluate_param',
  build: ({ builder, inputs, param }) => {
    const classes = param.natural('num_classes', 0);
    const rows = param.integer('background_label_id', 0) === -1 ? classes : classes - 1;
    // All boxes count: how many are kept is not known in advance (detection_evaluate_layer.cpp, Reshape).
    const boxes = inputs[0]!.shape?.[2] ?? Number.NaN;
    return [builder.add(ops.detections, { shape: [1, 1, rows + boxes, 5] }, inputs)];
  },
};

export const ROIPooling: LayerType = {
  summary: () => l10n.t('Pools each region of interest into a grid of fixed size (Fast R-CNN).'),
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
      const output = [inputs[1]!.shape?.[0] ?? Number.NaN, inputs[0]!.shape?.[1] ?? Number.NaN, Number.NaN, Number.NaN];
      const help = l10n.t('Set the rows and columns per region, for example pooled_h: 7 pooled_w: 7.');
      return [scope.refuse(missingNumber(param, attr, help, output)!)];
    }
    return [builder.add(ops.roiPool, { size }, inputs)];
  },
};

export const PSROIPooling: LayerType = {
  summary: () => l10n.t('Pools each region of interest, each position of the grid from its own channels (R-FCN).'),
  bottoms: [2, 2],
  tops: [1, 1],
  param: 'psroi_pooling_param',
  build: scope => {
    const { builder, inputs, param } = scope;
    const wrong =
      missingNumber(param, 'output_dim', l10n.t('Set the number of output channels.')) ??
      missingNumber(param, 'group_size', l10n.t('Set the rows and columns of the grid, for example group_size: 7.'));
    if (wrong) return [scope.refuse(wrong)];
    const group = param.natural('group_size', 0);
    const channels = param.natural('output_dim', 0);
    const own = inputs[0]!.shape?.[1];
    if (own !== undefined && Math.abs(own - channels * group * group) > 0) {
      return [
        scope.refuse({
          code: 'roi-channels-mismatch',
          attr: 'output_dim',
          message: l10n.t(
            'The feature map has {0} channels, but output_dim · group_size² is {1}.',
            own,
            channels * group * group,
          ),
          short: l10n.t('{0} channels instead of {1}', own, channels * group * group),
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
  summary: () => l10n.t('The best boxes of the region proposal network, one row [image, x1, y1, x2, y2] each.'),
  bottoms: [3, 3],
  tops: [1, 2],
  param: 'proposal_param',
  build: ({ builder, inputs, param, layer, net }) => {
    const count = param.natural('post_nms_topn', proposals[net.phase]);
    const rows = builder.add(ops.detections, { shape: [count, 5] }, inputs);
    // A second top contains the score of each row.
    return layer.tops.length > 1 ? [rows, builder.add(ops.detections, { shape: [count, 1] }, inputs)] : [rows];
  },
};

/** Layers written in Python: their shapes are in a Python file. Those of Faster R-CNN are built in. */
export const Python: LayerType = {
  summary: () => l10n.t('A layer written in Python.'),
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
    const why = {
      message:
        name === ''
          ? l10n.t('the output of this layer is defined in its Python file')
          : l10n.t('the output of “{0}” is defined in its Python file', module === '' ? name : `${module}.${name}`),
      short: l10n.t('defined in Python'),
    };
    if (layer.tops.length === 0) {
      builder.unknown(why, inputs);
      return [];
    }
    return layer.tops.map(() => builder.unknown(why, inputs));
  },
};

// Heads of Ultralytics (nn/modules/head.py, 8.3), evaluation mode with its post-processing.
import { channels, type Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import {
  batchNorm,
  cat,
  conv2d,
  convTranspose2d,
  flatten,
  linear,
  matmul,
  permute,
  plus,
  reshape,
  sigmoid,
  sizesOf,
  softmax,
  split,
  times,
} from '../layers.ts';
import { each, module, only, param, type Scope, type Size, tensors, type Value } from '../module.ts';
import { conv, DWConv } from './conv.ts';

/** Bins of the box distribution (Detect.reg_max). */
const regMax = 16;

interface DetectArgs {
  nc: number;
  ch: readonly number[];
}

const detectParams = { nc: param.nc, ch: param.ch };

/** `nn.Sequential(Conv(x, c, 3), Conv(c, c, 3), nn.Conv2d(c, out, 1))` */
export function plainBranch(scope: Scope, label: string, x: Tensor, c: number, out: number): Tensor {
  return scope.part(label, 'Sequential', () => {
    const y = conv(scope, '1', conv(scope, '0', x, c, 3), c, 3);
    return conv2d(scope, y, { c2: out, k: 1 });
  });
}

/** The class branch of YOLO11 and later: depthwise and 1×1 convolutions in turn. */
function lightBranch(scope: Scope, label: string, x: Tensor, c: number, out: number): Tensor {
  return scope.part(label, 'Sequential', () => {
    const first = conv(scope, '0.1', scope.call('0.0', DWConv, x, { c2: channels(x), k: 3 }), c);
    const second = conv(scope, '1.1', scope.call('1.0', DWConv, first, { c2: c, k: 3 }), c);
    return conv2d(scope, second, { c2: out, k: 1 });
  });
}

interface Widths {
  readonly box: number;
  readonly cls: number;
}

/** Channels of the box and class branches (Detect.__init__: c2, c3). */
function widths({ nc, ch }: DetectArgs): Widths {
  const first = ch[0] ?? Number.NaN;
  return { box: Math.max(16, Math.floor(first / 4), regMax * 4), cls: Math.max(first, Math.min(nc, 100)) };
}

/** Each level's box distributions and class scores, [1, 64 + nc, H, W]. */
function levels(
  scope: Scope,
  inputs: readonly Tensor[],
  args: DetectArgs,
  light: boolean,
  prefix = '',
): readonly Tensor[] {
  const { box, cls } = widths(args);
  return inputs.map((x, index) => {
    const boxes = plainBranch(scope, `${prefix}cv2.${index}`, x, box, 4 * regMax);
    const branch = light ? lightBranch : plainBranch;
    return cat(scope, [boxes, branch(scope, `${prefix}cv3.${index}`, x, cls, args.nc)]);
  });
}

/** How boxes are told: centre and size, or two corners; turned boxes need their angle. */
type Decode = (scope: Scope, distances: Tensor, anchors: Tensor) => Tensor;

/** dist2bbox: distances to the four sides → centre and size. */
const toCentre: Decode = (scope, distances, anchors) => {
  const [lt, rb] = split(scope, distances, [2, 2], 1) as [Tensor, Tensor];
  const low = minus(scope, anchors, lt);
  const high = plus(scope, anchors, rb);
  return cat(scope, [half(scope, plus(scope, low, high)), minus(scope, high, low)]);
};

/** dist2bbox(xywh=False): distances → two corners. */
const toCorners: Decode = (scope, distances, anchors) => {
  const [lt, rb] = split(scope, distances, [2, 2], 1) as [Tensor, Tensor];
  return cat(scope, [minus(scope, anchors, lt), plus(scope, anchors, rb)]);
};

/** dist2rbox: the same for boxes that are turned by an angle. */
const turned =
  (angle: Tensor): Decode =>
  (scope, distances, anchors) => {
    const { builder } = scope;
    const [lt, rb] = split(scope, distances, [2, 2], 1) as [Tensor, Tensor];
    const cos = builder.add(ops.unary, { how: 'cos' }, angle);
    const sin = builder.add(ops.unary, { how: 'sin' }, angle);
    const [xf, yf] = split(scope, half(scope, minus(scope, rb, lt)), [1, 1], 1) as [Tensor, Tensor];
    const x = minus(scope, times(scope, xf, cos), times(scope, yf, sin));
    const y = plus(scope, times(scope, xf, sin), times(scope, yf, cos));
    return cat(scope, [plus(scope, cat(scope, [x, y]), anchors), plus(scope, lt, rb)]);
  };

function minus(scope: Scope, a: Tensor, b: Tensor): Tensor {
  return scope.builder.add(ops.sub, {}, [a, b]);
}

function half(scope: Scope, x: Tensor): Tensor {
  return times(scope, x, scope.builder.add(ops.constant, { shape: [1] }, []));
}

/** Detect._inference: the levels joined to [1, 4 + nc, anchors]. */
export function decode(scope: Scope, maps: readonly Tensor[], nc: number, boxes: Decode = toCentre): Tensor {
  const { builder } = scope;
  const joined = cat(
    scope,
    maps.map(map => flatten(scope, map, 2)),
    2,
  );
  const [box, cls] = split(scope, joined, [regMax * 4, nc], 1) as [Tensor, Tensor];
  const [, , count] = sizesOf(joined, 3) as [number, number, number];
  const distances = scope.part('dfl', 'DFL', () => {
    const bins = permute(scope, reshape(scope, box, [1, 4, regMax, count]), 0, 2, 1, 3);
    return reshape(scope, conv2d(scope, softmax(scope, bins, 1), { c2: 1, k: 1, bias: false }), [1, 4, count]);
  });
  const anchors = builder.add(ops.constant, { shape: [1, 2, count] }, []);
  const strides = builder.add(ops.constant, { shape: [1, 1, count] }, []);
  const decoded = times(scope, boxes(scope, distances, anchors), strides);
  return cat(scope, [decoded, sigmoid(scope, cls)]);
}

export const Detect = module<DetectArgs>({
  name: 'Detect',
  summary: 'YOLO’s anchor-free head: on each level a branch for box distributions and one for class scores.',
  many: true,
  params: detectParams,
  forward: (scope, inputs, args) => decode(scope, levels(scope, each(inputs), args, !scope.legacy), args.nc),
});

/** A third branch beside boxes and classes: `[1, out, anchors]`. */
function extraBranch(scope: Scope, inputs: readonly Tensor[], ch: readonly number[], out: number): Tensor {
  const c4 = Math.max(Math.floor((ch[0] ?? Number.NaN) / 4), out);
  const parts = inputs.map((x, index) => flatten(scope, plainBranch(scope, `cv4.${index}`, x, c4, out), 2));
  return cat(scope, parts, 2);
}

export const Proto = module<{ c1: number; c_: number; c2: number }>({
  name: 'Proto',
  summary: 'Mask prototypes: convolutions around a transposed one that doubles the size.',
  params: {
    c1: param.c1,
    c_: { kind: 'int', min: 1, doc: 'Hidden channels.', default: 256 },
    c2: { ...param.c2, doc: 'Prototypes.', default: 32 },
  },
  forward: (scope, inputs, { c_, c2 }) => {
    const x = conv(scope, 'cv1', only(inputs), c_, 3);
    const y = scope.part('upsample', 'ConvTranspose2d', () => convTranspose2d(scope, x, { c2: c_, k: 2, s: 2 }));
    return conv(scope, 'cv3', conv(scope, 'cv2', y, c_, 3), c2);
  },
});

export const Segment = module<DetectArgs & { nm: number; npr: number }>({
  name: 'Segment',
  summary: 'Detect with mask coefficients for each box and prototypes that they combine.',
  many: true,
  params: {
    nc: param.nc,
    nm: { kind: 'int', min: 1, doc: 'Masks.', default: 32 },
    npr: {
      kind: 'int',
      min: 1,
      doc: 'Channels of the prototypes’ convolutions, before the width multiple.',
      default: 256,
    },
    ch: param.ch,
  },
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    scope.call('proto', Proto, list[0]!, { c_: args.npr, c2: args.nm });
    const masks = extraBranch(scope, list, args.ch, args.nm);
    const boxes = decode(scope, levels(scope, list, args, !scope.legacy), args.nc);
    return cat(scope, [boxes, masks]);
  },
});

export const OBB = module<DetectArgs & { ne: number }>({
  name: 'OBB',
  summary: 'Detect for boxes that are turned by an angle.',
  many: true,
  params: {
    nc: param.nc,
    ne: { kind: 'int', min: 1, doc: 'Extra numbers for each box: its angle.', default: 1 },
    ch: param.ch,
  },
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const raw = extraBranch(scope, list, args.ch, args.ne);
    const angle = half(scope, minus(scope, sigmoid(scope, raw), scope.builder.add(ops.constant, { shape: [1] }, [])));
    const boxes = decode(scope, levels(scope, list, args, !scope.legacy), args.nc, turned(angle));
    return cat(scope, [boxes, angle]);
  },
});

export const Pose = module<DetectArgs & { kpt_shape: readonly number[] }>({
  name: 'Pose',
  summary: 'Detect with key points for each box.',
  many: true,
  params: {
    nc: param.nc,
    kpt_shape: {
      kind: 'ints',
      min: 1,
      doc: 'Key points, and numbers for each (2, or 3 with visibility).',
      default: [17, 3],
    },
    ch: param.ch,
  },
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const [points, numbers] = Array.isArray(args.kpt_shape) ? (args.kpt_shape as readonly number[]) : [];
    if (points === undefined || numbers === undefined) {
      const message = 'kpt_shape is two numbers: key points, and numbers for each (2, or 3 with visibility).';
      return scope.refuse({ code: 'wrong-argument', attr: 'kpt_shape', message }, list);
    }
    const raw = extraBranch(scope, list, args.ch, points * numbers);
    const boxes = decode(scope, levels(scope, list, args, !scope.legacy), args.nc);
    const [, , count] = sizesOf(raw, 3) as [number, number, number];
    // Pose.kpts_decode: coordinates are scaled by anchor and stride, visibility goes through a sigmoid; more numbers stay.
    const parts = Array.from({ length: Math.min(numbers, 4) }, (_, index) => {
      const part =
        index === 3
          ? scope.builder.add(ops.slice, { axis: 1, start: 3 * points, end: points * numbers, step: 1 }, raw)
          : scope.builder.add(ops.slice, { axis: 1, start: index, end: Number.POSITIVE_INFINITY, step: numbers }, raw);
      if (index === 3) return part;
      if (index === 2) return numbers === 3 ? sigmoid(scope, part) : part;
      const grid = scope.builder.add(ops.constant, { shape: [1, 1, count] }, []);
      return times(scope, plus(scope, part, grid), scope.builder.add(ops.constant, { shape: [1, 1, count] }, []));
    });
    return cat(scope, [boxes, cat(scope, parts)]);
  },
});

export const v10Detect = module<DetectArgs>({
  name: 'v10Detect',
  summary:
    'Two Detect heads, one of which needs no non-maximum suppression; both run, the 300 best boxes of one count.',
  many: true,
  params: detectParams,
  forward: (scope, inputs, args) => {
    const { builder } = scope;
    const list = each(inputs);
    const chosen = levels(scope, list, args, true, 'one2one_');
    levels(scope, list, args, true);
    const y = permute(scope, decode(scope, chosen, args.nc, toCorners), 0, 2, 1);
    return scope.part('postprocess', 'function', () => {
      const [, anchors] = sizesOf(y, 3) as [number, number];
      const count = Math.min(300, anchors);
      const [boxes, scores] = split(scope, y, [4, args.nc], -1) as [Tensor, Tensor];
      const best = builder.add(ops.reduce, { how: 'max', axes: [-1], keep: false }, scores);
      builder.addAll(ops.topK, { k: count, axis: 1 }, best);
      const someBoxes = builder.add(ops.indexSelect, { axis: 1, count }, boxes);
      const someScores = builder.add(ops.indexSelect, { axis: 1, count }, scores);
      const [top, place] = builder.addAll(ops.topK, { k: count, axis: 1 }, flatten(scope, someScores, 1));
      const rows = builder.add(ops.indexSelect, { axis: 1, count }, someBoxes);
      const classes = builder.add(ops.unsqueeze, { axis: -1 }, place ?? top!);
      return cat(scope, [rows, builder.add(ops.unsqueeze, { axis: -1 }, top!), classes], -1);
    });
  },
});

interface ClassifyArgs {
  c1: number;
  c2: number;
  k: Size;
  s: Size;
  p: Size | null;
  g: number;
}

export const Classify = module<ClassifyArgs>({
  name: 'Classify',
  summary: 'A Conv to 1280 channels, global average pooling, and a linear layer to the classes.',
  many: true,
  lists: true,
  params: {
    c1: param.c1,
    c2: { ...param.c2, doc: 'Number of classes.' },
    k: param.k(1),
    s: param.s(1),
    p: param.p,
    g: param.g,
  },
  forward: (scope, inputs, args) => {
    const logits = classifier(scope, inputs, args);
    return [softmax(scope, logits, 1), logits];
  },
});

/** Classify of YOLOv5 hands on what the linear layer makes, without softmax. */
export const ClassifyV5 = module<ClassifyArgs>({
  ...Classify,
  forward: classifier,
});

function classifier(scope: Scope, inputs: readonly Value[], { c2, k, s, p, g }: ClassifyArgs): Tensor {
  const list = inputs.flatMap(tensors);
  const joined = list.length > 1 ? cat(scope, list) : list[0]!;
  const x = conv(scope, 'conv', joined, 1280, k, s, { p, g });
  const pooled = scope.builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x);
  const dropped = scope.builder.add(ops.dropout, {}, pooled);
  return scope.part('linear', 'Linear', () => linear(scope, flatten(scope, dropped), c2));
}

export const WorldDetect = module<DetectArgs & { embed: number; with_bn: boolean }>({
  name: 'WorldDetect',
  summary: 'Detect whose class scores compare image features with text features (YOLO-World).',
  many: true,
  params: {
    nc: param.nc,
    embed: { kind: 'int', min: 1, doc: 'Channels of the features that are compared.', default: 512 },
    with_bn: { kind: 'boolean', doc: 'Batch normalization instead of unit length.', default: false },
    ch: param.ch,
  },
  forward: (scope, inputs, args) => {
    const { box, cls } = widths(args);
    const text = scope.text.given();
    const maps = each(inputs).map((x, index) => {
      const boxes = plainBranch(scope, `cv2.${index}`, x, box, 4 * regMax);
      const features = plainBranch(scope, `cv3.${index}`, x, cls, args.embed);
      return cat(scope, [boxes, contrast(scope, `cv4.${index}`, features, text, args.with_bn)]);
    });
    return decode(scope, maps, args.nc);
  },
});

/** (BN)ContrastiveHead.forward: the product of every place with every text feature, scaled and shifted. */
function contrast(scope: Scope, label: string, x: Tensor, text: Tensor, normed: boolean): Tensor {
  const { builder } = scope;
  return scope.part(label, normed ? 'BNContrastiveHead' : 'ContrastiveHead', () => {
    const y = normed ? batchNorm(scope, x) : builder.add(ops.l2Norm, { axis: 1 }, x, { functional: true });
    const [, embed, h, w] = sizesOf(y) as [number, number, number, number];
    const [, classes] = sizesOf(text, 3) as [number, number];
    const words = builder.add(ops.l2Norm, { axis: -1 }, text, { functional: true });
    // einsum bchw,bkc→bkhw
    const scores = reshape(scope, matmul(scope, words, reshape(scope, y, [1, embed, h * w])), [1, classes, h, w]);
    const scale = builder.add(ops.parameter, { shape: [1], role: 'weights' }, []);
    const bias = builder.add(ops.parameter, { shape: [1], role: 'biases' }, []);
    return plus(scope, times(scope, scores, scale), bias);
  });
}

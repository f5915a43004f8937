// Heads of Ultralytics (nn/modules/head.py, 8.4), evaluation mode with its post-processing.

import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import { gridText } from '../../../ops/rules/shape.ts';
import type { PyValue } from '../../../python/value.ts';
import { each, only, type Size, tensors, type Value } from '../../../torch/layer.ts';
import { construct, idle } from '../../../torch/module.ts';
import { conv2d, convTranspose2d } from '../../../torch/nn/conv.ts';
import { dropout } from '../../../torch/nn/dropout.ts';
import { Linear, linear } from '../../../torch/nn/linear.ts';
import type { Param } from '../../../torch/signature.ts';
import {
  cat,
  flatten,
  permute,
  plus,
  reshape,
  sigmoid,
  sizesOf,
  slice,
  softmax,
  split,
  times,
} from '../../../torch/tensor.ts';
import { idleConv, idleConv2d } from '../layers.ts';
import { module, param, type Scope, since } from '../module.ts';
import { conv, DWConv } from './conv.ts';

export interface DetectArgs {
  nc: number;
  /** Bins of the box distributions. */
  reg_max: number;
  end2end: boolean;
  ch: readonly number[];
}

/** What parse_model appends to a head's own arguments (8.4): two keys of the file, and the channels. */
export const appended = {
  reg_max: {
    kind: 'int',
    min: 1,
    doc: () =>
      l10n.t(
        'Bins of the box distributions; 1 means no distribution. Set by `reg_max` at the top of the file (default: 16).',
      ),
    default: 16,
    since: since('8.4.0'),
  },
  end2end: {
    kind: 'boolean',
    doc: () =>
      l10n.t(
        'A second set of branches that needs no non-maximum suppression. Set by `end2end` at the top of the file.',
      ),
    default: false,
    since: since('8.4.0'),
  },
  ch: param.ch,
} as const satisfies Record<string, Param>;

const detectParams = { nc: param.nc, ...appended };

/** `nn.Sequential(Conv(x, c, 3), Conv(c, c, 3), nn.Conv2d(c, out, 1))` */
export function plainBranch(scope: Scope, label: string, x: Tensor, c: number, out: number): Tensor {
  return scope.part(label, 'Sequential', () => {
    const y = conv(scope, '1', conv(scope, '0', x, c, 3), c, 3);
    return conv2d(scope, y, { out, kernel: 1 });
  });
}

/** The class branch of YOLO11 and later: depthwise and 1×1 convolutions in turn. */
export function lightBranch(scope: Scope, label: string, x: Tensor, c: number, out: number): Tensor {
  return scope.part(label, 'Sequential', () => {
    const first = conv(scope, '0.1', scope.call('0.0', DWConv, x, { c2: channels(x), k: 3 }), c);
    const second = conv(scope, '1.1', scope.call('1.0', DWConv, first, { c2: c, k: 3 }), c);
    return conv2d(scope, second, { out, kernel: 1 });
  });
}

export interface Widths {
  readonly box: number;
  readonly cls: number;
}

/** Channels of the box and class branches (Detect.__init__: c2, c3). */
export function widths({ nc, reg_max, ch }: Omit<DetectArgs, 'end2end'>): Widths {
  const first = ch[0] ?? Number.NaN;
  return { box: Math.max(16, Math.floor(first / 4), reg_max * 4), cls: Math.max(first, Math.min(nc, 100)) };
}

/** A branch on each level, joined: [1, out, anchors]. */
export function joined(scope: Scope, inputs: readonly Tensor[], branch: (x: Tensor, index: number) => Tensor): Tensor {
  return cat(
    scope,
    inputs.map((x, index) => flatten(scope, branch(x, index), 2)),
    2,
  );
}

/** One pass of a head over its levels (Detect.forward_head): all that evaluation goes on with. */
export interface Predictions {
  /** Box distributions, [1, 4 · reg_max, anchors]. */
  readonly boxes: Tensor;
  /** Class scores before the sigmoid, [1, classes, anchors]. */
  readonly scores: Tensor;
  /** What the head says of each box beyond that: masks, key points, an angle. */
  readonly extra?: Tensor;
  /** What only training wants. */
  readonly others?: readonly Tensor[];
}

/** What a set of branches reads: the second one trains nothing before itself. */
export function levelsOf(scope: Scope, inputs: readonly Tensor[], prefix: string): readonly Tensor[] {
  if (!scope.training || !prefix.startsWith('one2one')) return inputs;
  return inputs.map(x => scope.builder.add(ops.detach, {}, x));
}

/** Detect.forward_head: `prefix` is that of the attributes, as in `one2one_cv2`. */
export function detectHead(
  scope: Scope,
  given: readonly Tensor[],
  args: DetectArgs,
  prefix: string,
  light = !scope.legacy,
): Predictions {
  const inputs = levelsOf(scope, given, prefix);
  const { box, cls } = widths(args);
  const branch = light ? lightBranch : plainBranch;
  const boxes = joined(scope, inputs, (x, index) =>
    plainBranch(scope, `${prefix}cv2.${index}`, x, box, 4 * args.reg_max),
  );
  const scores = joined(scope, inputs, (x, index) => branch(scope, `${prefix}cv3.${index}`, x, cls, args.nc));
  return { boxes, scores };
}

/** How boxes are given: center and size, or two corners; rotated boxes need their angle. */
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

/** Detect._inference: boxes and class probabilities, [1, 4 + classes, anchors]. */
function inference(scope: Scope, { boxes, scores }: Predictions, regMax: number, decodeBoxes: Decode): Tensor {
  const { builder } = scope;
  const [, , count] = sizesOf(boxes, 3) as [number, number, number];
  // nn.Identity where there is one bin.
  const distances =
    regMax > 1
      ? scope.part('dfl', 'DFL', () => {
          const bins = permute(scope, reshape(scope, boxes, [1, 4, regMax, count]), 0, 2, 1, 3);
          return reshape(scope, conv2d(scope, softmax(scope, bins, 1), { out: 1, kernel: 1, bias: false }), [
            1,
            4,
            count,
          ]);
        })
      : boxes;
  const anchors = builder.add(ops.constant, { shape: [1, 2, count] }, []);
  const strides = builder.add(ops.constant, { shape: [1, 1, count] }, []);
  const decoded = times(scope, decodeBoxes(scope, distances, anchors), strides);
  return cat(scope, [decoded, sigmoid(scope, scores)]);
}

/** Levels of boxes and scores side by side, [1, 4 · reg_max + nc, H, W], decoded as WorldDetect and YOLOv9 do. */
export function decode(scope: Scope, maps: readonly Tensor[], nc: number, regMax = 16): Tensor {
  const all = joined(scope, maps, map => map);
  if (scope.training) return all;
  const [boxes, scores] = split(scope, all, [4 * regMax, nc], 1) as [Tensor, Tensor];
  return inference(scope, { boxes, scores }, regMax, toCentre);
}

function said({ boxes, scores, extra, others = [] }: Predictions): readonly Tensor[] {
  return [boxes, scores, ...(extra ? [extra] : []), ...others];
}

/** What a head makes of the extra numbers of its boxes, and how it reads its boxes. */
interface Reading {
  /** Classes, where not those of the arguments. */
  readonly classes?: number;
  readonly extra?: (raw: Tensor) => Tensor;
  readonly boxes?: (raw: Tensor) => Decode;
}

/**
 * Detect.forward, unfused: with `end2end` both sets of branches run, and what the second says is cut to the 300 best
 * boxes. Training has what the branches say as it is.
 */
export function detect(
  scope: Scope,
  { nc, reg_max, end2end }: DetectArgs,
  pass: (prefix: string) => Predictions,
  { classes = nc, extra = raw => raw, boxes }: Reading = {},
): Value {
  const many = pass('');
  const chosen = end2end ? pass('one2one_') : many;
  if (scope.training) return (end2end ? [many, chosen] : [many]).flatMap(said);
  const decodeBoxes = chosen.extra && boxes ? boxes(chosen.extra) : end2end ? toCorners : toCentre;
  const found = inference(scope, chosen, reg_max, decodeBoxes);
  const y = chosen.extra ? cat(scope, [found, extra(chosen.extra)]) : found;
  return end2end ? postprocess(scope, permute(scope, y, 0, 2, 1), classes) : y;
}

/** Detect.postprocess: [1, anchors, 4 + classes + more] → the best [1, 300, 6 + more], by their best class. */
function postprocess(scope: Scope, y: Tensor, classes: number): Tensor {
  const { builder } = scope;
  return scope.part('postprocess', 'function', () => {
    const [, anchors, width] = sizesOf(y, 3) as [number, number, number];
    const count = Math.min(300, anchors);
    const more = width - 4 - classes;
    const sizes = more > 0 ? [4, classes, more] : [4, classes];
    const [boxes, scores, extra] = split(scope, y, sizes, -1) as [Tensor, Tensor, Tensor | undefined];
    const best = builder.add(ops.reduce, { how: 'max', axes: [-1], keep: false }, scores);
    builder.addAll(ops.topK, { k: count, axis: 1 }, best);
    const some = builder.add(ops.indexSelect, { axis: 1, count }, scores);
    const [top, place] = builder.addAll(ops.topK, { k: count, axis: 1 }, flatten(scope, some, 1));
    const pick = (x: Tensor): Tensor => builder.add(ops.indexSelect, { axis: 1, count }, x);
    const column = (x: Tensor): Tensor => builder.add(ops.unsqueeze, { axis: -1 }, x);
    const parts = [pick(boxes), column(top!), column(place ?? top!)];
    return cat(scope, extra ? [...parts, pick(extra)] : parts, -1);
  });
}

export const Detect = module<DetectArgs>({
  name: 'Detect',
  summary: () =>
    l10n.t('YOLO’s anchor-free head: on each level a branch for box distributions and one for class scores.'),
  many: true,
  params: detectParams,
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    return detect(scope, args, prefix => detectHead(scope, list, args, prefix));
  },
});

/** A third branch beside boxes and classes on each level: `[1, out, anchors]` (cv4, or cv5 of YOLOE). */
export function extraBranch(
  scope: Scope,
  given: readonly Tensor[],
  ch: readonly number[],
  out: number,
  label: string,
): Tensor {
  const inputs = levelsOf(scope, given, label);
  const c = Math.max(Math.floor((ch[0] ?? Number.NaN) / 4), out);
  return joined(scope, inputs, (x, index) => plainBranch(scope, `${label}.${index}`, x, c, out));
}

interface ProtoArgs {
  c1: number;
  c_: number;
  c2: number;
}

export const Proto = module<ProtoArgs>({
  name: 'Proto',
  summary: () => l10n.t('Mask prototypes: convolutions around a transposed one that doubles the size.'),
  params: {
    c1: param.c1,
    c_: { kind: 'int', min: 1, doc: () => l10n.t('Hidden channels.'), default: 256 },
    c2: { ...param.c2, doc: () => l10n.t('Prototypes.'), default: 32 },
  },
  forward: (scope, inputs, { c_, c2 }) => {
    const x = conv(scope, 'cv1', only(inputs), c_, 3);
    const y = scope.part('upsample', 'ConvTranspose2d', () =>
      convTranspose2d(scope, x, { out: c_, kernel: 2, stride: 2 }),
    );
    return conv(scope, 'cv3', conv(scope, 'cv2', y, c_, 3), c2);
  },
});

export const Proto26 = module<{ ch: readonly number[]; c_: number; c2: number; nc: number }>({
  name: 'Proto26',
  summary: () => l10n.t('Mask prototypes of all levels: the coarser ones are upsampled and added to the finest.'),
  since: since('8.4.0'),
  many: true,
  params: {
    ch: param.ch,
    c_: Proto.params.c_,
    c2: Proto.params.c2,
    nc: param.nc,
  },
  forward: (scope, inputs, { ch, c_, c2, nc }) => {
    const [finest, ...coarser] = each(inputs) as [Tensor, ...Tensor[]];
    const first = ch[0] ?? Number.NaN;
    const [, , h, w] = sizesOf(finest) as [number, number, number, number];
    let feat = finest;
    for (const [index, x] of coarser.entries()) {
      const refined = conv(scope, `feat_refine.${index}`, x, first);
      const factor = 2 ** (index + 1);
      const [, , high, wide] = sizesOf(x) as [number, number, number, number];
      if (high * factor !== h || wide * factor !== w) warnOfSize(scope, index + 1, factor, [high, wide], [h, w]);
      const size = [h, w];
      feat = plus(
        scope,
        feat,
        scope.builder.add(ops.upsample, { size, mode: 'nearest' }, refined, { functional: true }),
      );
    }
    const classes = (): Tensor =>
      conv2d(scope, conv(scope, '1', conv(scope, '0', feat, c_, 3), c_, 3), { out: nc, kernel: 1 });
    const semantic = scope.training ? [scope.part('semseg', 'Sequential', classes)] : [];
    if (!scope.training)
      idle(scope, 'semseg', 'Sequential', [...idleConv(first, c_, 3), ...idleConv(c_, c_, 3), idleConv2d(c_, nc)]);
    const prototypes = Proto.forward(scope, [conv(scope, 'feat_fuse', feat, c_, 3)], { c1: c_, c_, c2 });
    return [...tensors(prototypes), ...semantic];
  },
});

/** Up to 8.4.103 a level was resized to the finest, whatever its size; since then it is enlarged by its power of two. */
function warnOfSize(
  scope: Scope,
  input: number,
  factor: number,
  given: readonly number[],
  finest: readonly number[],
): void {
  if ([...given, ...finest].some(Number.isNaN)) return;
  const grid = (lengths: readonly number[]): string => gridText(lengths, scope.builder.order);
  const message = l10n.t(
    'Since Ultralytics 8.4.104 this level is upsampled by {0}, from {1} to {2}, and cannot be added to the first level ({3}). Up to 8.4.103 it was resized to fit, as it is counted here.',
    factor,
    grid(given),
    grid(given.map(size => size * factor)),
    grid(finest),
  );
  const help = l10n.t('Use a row of size {0}.', grid(finest.map(size => size / factor)));
  scope.builder.complain({ code: 'level-size', input, message, help }, 'warning');
}

export interface SegmentArgs extends DetectArgs {
  nm: number;
  npr: number;
}

export const segmentParams = {
  nm: { kind: 'int', min: 1, doc: () => l10n.t('Masks.'), default: 32 },
  npr: {
    kind: 'int',
    min: 1,
    doc: () => l10n.t('Channels of the prototypes’ convolutions, before the width multiple.'),
    default: 256,
  },
} as const satisfies Record<string, Param>;

/** Segment.forward: boxes with their mask coefficients, and the prototypes that those combine. */
function segment(scope: Scope, list: readonly Tensor[], args: SegmentArgs, prototypes: () => Value): Value {
  const y = detect(scope, args, prefix => ({
    ...detectHead(scope, list, args, prefix),
    extra: extraBranch(scope, list, args.ch, args.nm, `${prefix}cv4`),
  }));
  return [...tensors(y), ...tensors(prototypes())];
}

export const Segment = module<SegmentArgs>({
  name: 'Segment',
  summary: () => l10n.t('Detect with mask coefficients for each box and prototypes that they combine.'),
  many: true,
  params: { nc: param.nc, ...segmentParams, ...appended },
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    return segment(scope, list, args, () => scope.call('proto', Proto, list[0]!, { c_: args.npr, c2: args.nm }));
  },
});

export const Segment26 = module<SegmentArgs>({
  name: 'Segment26',
  summary: () => l10n.t('YOLO26’s Segment: its prototypes combine all levels.'),
  since: since('8.4.0'),
  many: true,
  params: Segment.params,
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const { ch, npr, nm, nc } = args;
    return segment(scope, list, args, () => scope.callAll('proto', Proto26, list, { ch, c_: npr, c2: nm, nc }));
  },
});

interface ObbArgs extends DetectArgs {
  ne: number;
}

function obb(scope: Scope, list: readonly Tensor[], args: ObbArgs, angleOf: (raw: Tensor) => Tensor): Value {
  const pass = (prefix: string): Predictions => {
    const found = detectHead(scope, list, args, prefix);
    return { ...found, extra: angleOf(extraBranch(scope, list, args.ch, args.ne, `${prefix}cv4`)) };
  };
  return detect(scope, args, pass, { boxes: turned });
}

export const OBB = module<ObbArgs>({
  name: 'OBB',
  summary: () => l10n.t('Detect for rotated boxes.'),
  many: true,
  params: {
    nc: param.nc,
    ne: { kind: 'int', min: 1, doc: () => l10n.t('Extra values for each box: its angle.'), default: 1 },
    ...appended,
  },
  forward: (scope, inputs, args) =>
    obb(scope, each(inputs), args, raw =>
      half(scope, minus(scope, sigmoid(scope, raw), scope.builder.add(ops.constant, { shape: [1] }, []))),
    ),
});

export const OBB26 = module<ObbArgs>({
  name: 'OBB26',
  summary: () => l10n.t('YOLO26’s OBB: outputs angles as they are, without a sigmoid.'),
  since: since('8.4.0'),
  many: true,
  params: OBB.params,
  forward: (scope, inputs, args) => obb(scope, each(inputs), args, raw => raw),
});

interface PoseArgs extends DetectArgs {
  kpt_shape: readonly number[];
}

/** Key points and the numbers of each; undefined where the argument is not two numbers. */
function keypointsOf(shape: PyValue): { readonly points: number; readonly numbers: number } | undefined {
  const [points, numbers] = Array.isArray(shape) ? (shape as readonly number[]) : [];
  return points === undefined || numbers === undefined ? undefined : { points, numbers };
}

const noKeypoints = (): Complaint => ({
  code: 'value-count-mismatch',
  attr: 'kpt_shape',
  message: l10n.t(
    '`kpt_shape` must be two numbers: the number of keypoints, and the values per keypoint (2, or 3 with visibility).',
  ),
});

/** kpts_decode: coordinates are scaled by anchor and stride, visibility goes through a sigmoid; more numbers stay. */
function keypoints(
  scope: Scope,
  raw: Tensor,
  { points, numbers }: { readonly points: number; readonly numbers: number },
  move: (part: Tensor, grid: Tensor) => Tensor,
): Tensor {
  const { builder } = scope;
  const [, , count] = sizesOf(raw, 3) as [number, number, number];
  const parts = Array.from({ length: Math.min(numbers, 4) }, (_, index) => {
    if (index === 3) {
      return slice(scope, raw, 1, 3 * points, points * numbers);
    }
    const end = Number.POSITIVE_INFINITY;
    const part = slice(scope, raw, 1, index, end, numbers);
    if (index === 2) return numbers === 3 ? sigmoid(scope, part) : part;
    const grid = builder.add(ops.constant, { shape: [1, 1, count] }, []);
    return times(scope, move(part, grid), builder.add(ops.constant, { shape: [1, 1, count] }, []));
  });
  return cat(scope, parts);
}

export const Pose = module<PoseArgs>({
  name: 'Pose',
  summary: () => l10n.t('Detect with keypoints for each box.'),
  many: true,
  params: {
    nc: param.nc,
    kpt_shape: {
      kind: 'ints',
      min: 1,
      doc: () => l10n.t('Keypoints, and values for each (2, or 3 with visibility).'),
      default: [17, 3],
    },
    ...appended,
  },
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const shape = keypointsOf(args.kpt_shape);
    if (!shape) return scope.refuse(noKeypoints(), list);
    const out = shape.points * shape.numbers;
    const pass = (prefix: string): Predictions => ({
      ...detectHead(scope, list, args, prefix),
      extra: extraBranch(scope, list, args.ch, out, `${prefix}cv4`),
    });
    const move = (part: Tensor, grid: Tensor): Tensor => plus(scope, half(scope, part), grid);
    return detect(scope, args, pass, { extra: raw => keypoints(scope, raw, shape, move) });
  },
});

/** Two hidden layers of 64 around which a coupling layer of RealNVP is made: its scale and its shift. */
const couplingNet = [
  [2, 64],
  [64, 64],
  [64, 2],
].map(([in_features, out_features]) => construct(Linear, { in_features: in_features!, out_features: out_features! }));

export const Pose26 = module<PoseArgs>({
  name: 'Pose26',
  summary: () =>
    l10n.t('YOLO26’s Pose: training has a flow model and a deviation for each keypoint, which evaluation leaves out.'),
  since: since('8.4.0'),
  many: true,
  params: Pose.params,
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const shape = keypointsOf(args.kpt_shape);
    if (!shape) return scope.refuse(noKeypoints(), list);
    const { points, numbers } = shape;
    const c = Math.max(Math.floor((args.ch[0] ?? Number.NaN) / 4), points * (numbers + 2));
    const pass = (prefix: string): Predictions => {
      const found = detectHead(scope, list, args, prefix);
      const features = levelsOf(scope, list, prefix).map((x, index) =>
        scope.part(`${prefix}cv4.${index}`, 'Sequential', () => conv(scope, '1', conv(scope, '0', x, c, 3), c, 3)),
      );
      const extra = joined(scope, features, (x, index) =>
        scope.part(`${prefix}cv4_kpts.${index}`, 'Conv2d', () =>
          conv2d(scope, x, { out: points * numbers, kernel: 1 }),
        ),
      );
      const sigma = (x: Tensor, index: number): Tensor =>
        scope.part(`${prefix}cv4_sigma.${index}`, 'Conv2d', () => conv2d(scope, x, { out: points * 2, kernel: 1 }));
      if (scope.training) return { ...found, extra, others: [joined(scope, features, sigma)] };
      for (const index of list.keys()) {
        idle(scope, `${prefix}cv4_sigma.${index}`, 'Conv2d', [idleConv2d(c, points * 2)]);
      }
      return { ...found, extra };
    };
    // Six coupling layers, which the loss alone uses.
    idle(scope, 'flow_model', 'RealNVP', Array.from({ length: 2 * 6 }, () => couplingNet).flat());
    const move = (part: Tensor, grid: Tensor): Tensor => plus(scope, part, grid);
    return detect(scope, args, pass, { extra: raw => keypoints(scope, raw, shape, move) });
  },
});

export const v10Detect = module<Pick<DetectArgs, 'nc' | 'ch'>>({
  name: 'v10Detect',
  summary: () =>
    l10n.t(
      'Two Detect heads, one of which needs no non-maximum suppression; both run, and the 300 best boxes of that one are the output.',
    ),
  many: true,
  params: { nc: param.nc, ch: param.ch },
  // Whatever the file says of reg_max and end2end.
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const full = { ...args, reg_max: 16, end2end: true };
    return detect(scope, full, prefix => detectHead(scope, list, full, prefix, true));
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
  summary: () => l10n.t('A Conv to 1280 channels, global average pooling, and a linear layer to the classes.'),
  many: true,
  lists: true,
  params: {
    c1: param.c1,
    c2: { ...param.c2, doc: () => l10n.t('Number of classes.') },
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

/** Classify of YOLOv5 outputs the result of the linear layer, without softmax. */
export const ClassifyV5 = module<ClassifyArgs>({
  ...Classify,
  forward: classifier,
});

function classifier(scope: Scope, inputs: readonly Value[], { c2, k, s, p, g }: ClassifyArgs): Tensor {
  const list = inputs.flatMap(tensors);
  const x = list.length > 1 ? cat(scope, list) : list[0]!;
  const features = conv(scope, 'conv', x, 1280, k, s, { p, g });
  const pooled = scope.builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, features);
  const dropped = dropout(scope, pooled);
  return scope.part('linear', 'Linear', () => linear(scope, flatten(scope, dropped), c2));
}

export const SemanticSegment = module<Pick<DetectArgs, 'nc' | 'ch'>>({
  name: 'SemanticSegment',
  summary: () =>
    l10n.t('A class for each position of the first level; training has a second classifier on the second level.'),
  since: since('8.4.52'),
  many: true,
  params: { nc: { ...param.nc, default: 19 }, ch: param.ch },
  forward: (scope, inputs, { nc, ch }) => {
    const [first, second] = ch as readonly [number, number | undefined];
    const x = only(inputs);
    const logits = scope.part('classifier', 'Sequential', () =>
      conv2d(scope, conv(scope, '0', x, first, 3), { out: nc, kernel: 1 }),
    );
    if (second !== undefined && scope.training) {
      const auxiliary = scope.part('aux_head', 'Sequential', () =>
        conv2d(scope, conv(scope, '0', each(inputs)[1]!, first, 3), { out: nc, kernel: 1 }),
      );
      return [logits, auxiliary];
    }
    if (second !== undefined) {
      idle(scope, 'aux_head', 'Sequential', [...idleConv(second, first, 3), idleConv2d(first, nc)]);
    }
    return logits;
  },
});

export const Depth = module<{ c_mid: number; ch: readonly number[] }>({
  name: 'Depth',
  summary: () =>
    l10n.t('Depth for each position: from the coarsest level up, each is upsampled and added to the next finer one.'),
  since: since('8.4.104'),
  many: true,
  params: {
    c_mid: {
      kind: 'int',
      min: 1,
      doc: () => l10n.t('Channels that all levels are projected to; the width multiple does not apply.'),
      default: 256,
    },
    ch: param.ch,
  },
  forward: (scope, inputs, { c_mid: c }) => {
    const { builder } = scope;
    const levels = each(inputs).map((x, index) => conv(scope, `proj.${index}`, x, c));
    let y = levels.at(-1)!;
    for (let index = levels.length - 2; index >= 0; index--) {
      const larger = builder.add(ops.upsample, { scale: [2, 2], mode: 'bilinear' }, y, { functional: true });
      const sum = plus(scope, larger, levels[index]!);
      y = scope.part(`refine.${index}`, 'Sequential', () => conv(scope, '1', conv(scope, '0', sum, c, 3), c, 3));
    }
    const [half, quarter] = [Math.floor(c / 2), Math.floor(c / 4)];
    const depth = scope.part('head', 'Sequential', () => {
      const large = convTranspose2d(scope, conv(scope, '0', y, half, 3), { out: half, kernel: 2, stride: 2 });
      return conv2d(scope, conv(scope, '2', large, quarter, 3), { out: 1, kernel: 1 });
    });
    const exponent = builder.add(ops.unary, { how: 'clamp' }, depth);
    const metres = builder.add(ops.unary, { how: 'exp' }, exponent);
    // A calibration of two numbers that are no parameters: a power and a factor.
    const calibration = builder.add(ops.constant, { shape: [1] }, []);
    return times(scope, times(scope, metres, calibration), calibration);
  },
});

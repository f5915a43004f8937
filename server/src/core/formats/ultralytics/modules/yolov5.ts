// Heads of YOLOv5 v7.0 (models/yolo.py), evaluation mode, and its Proto (models/common.py).
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { cat, conv2d, permute, plus, reshape, sigmoid, sizesOf, split, times } from '../layers.ts';
import { each, module, only, type Param, param, type Scope } from '../module.ts';
import { conv } from './conv.ts';
import { Proto } from './head.ts';

interface DetectArgs {
  nc: number;
  anchors: readonly (readonly number[])[];
  ch: readonly number[];
  inplace: boolean;
}

const anchors: Param = {
  kind: 'any',
  doc: 'Anchor boxes of each level, as widths and heights in turn; or how many.',
  default: [],
};
const inplace: Param = { kind: 'boolean', doc: 'Writes results over their inputs.', default: true };

/** Detect.forward: on each level a 1×1 convolution to (classes + 5 [+ masks]) for each anchor. */
function detect(scope: Scope, inputs: readonly Tensor[], { nc, anchors: boxes }: DetectArgs, masks: number): Tensor {
  const na = Math.floor((boxes[0]?.length ?? Number.NaN) / 2);
  const no = nc + 5 + masks;
  const { builder } = scope;
  const parts = inputs.slice(0, boxes.length).map((x, index) => {
    const y = scope.part(`m.${index}`, 'Conv2d', () => conv2d(scope, x, { c2: no * na, k: 1 }));
    const [, , h, w] = sizesOf(y) as [number, number, number, number];
    const cells = permute(scope, reshape(scope, y, [1, na, no, h, w]), 0, 1, 3, 4, 2);
    const grid = builder.add(ops.constant, { shape: [1, na, h, w, 2] }, []);
    const sizes = builder.add(ops.constant, { shape: [1, na, h, w, 2] }, []);
    const place = (xy: Tensor): Tensor =>
      times(scope, plus(scope, xy, grid), builder.add(ops.constant, { shape: [1] }, []));
    const box = (wh: Tensor): Tensor => times(scope, builder.add(ops.unary, { how: 'square' }, wh), sizes);
    if (masks > 0) {
      const [xy, wh, conf, mask] = split(scope, cells, [2, 2, nc + 1, masks], 4) as [Tensor, Tensor, Tensor, Tensor];
      const z = cat(scope, [place(sigmoid(scope, xy)), box(sigmoid(scope, wh)), sigmoid(scope, conf), mask], 4);
      return reshape(scope, z, [1, na * h * w, no]);
    }
    const [xy, wh, conf] = split(scope, sigmoid(scope, cells), [2, 2, nc + 1], 4) as [Tensor, Tensor, Tensor];
    return reshape(scope, cat(scope, [place(xy), box(wh), conf], 4), [1, na * h * w, no]);
  });
  return cat(scope, parts);
}

export const DetectV5 = module<DetectArgs>({
  name: 'Detect',
  summary: 'YOLOv5’s head: on each level a 1×1 convolution to box, objectness and classes for each anchor.',
  many: true,
  params: { nc: param.nc, anchors, ch: param.ch, inplace },
  forward: (scope, inputs, args) => detect(scope, each(inputs), args, 0),
});

/** YOLOv5’s prototypes are enlarged by nearest neighbours. */
export const ProtoV5 = module<{ c1: number; c_: number; c2: number }>({
  ...Proto,
  summary: 'Mask prototypes: convolutions around an upsampling to double size.',
  forward: (scope, inputs, { c_, c2 }) => {
    const x = conv(scope, 'cv1', only(inputs), c_, 3);
    const y = scope.builder.add(ops.upsample, { scale: [2, 2], mode: 'nearest' }, x);
    return conv(scope, 'cv3', conv(scope, 'cv2', y, c_, 3), c2);
  },
});

export const SegmentV5 = module<DetectArgs & { nm: number; npr: number }>({
  name: 'Segment',
  summary: 'YOLOv5’s Detect with mask coefficients for each box and prototypes that they combine.',
  many: true,
  params: {
    nc: param.nc,
    anchors,
    nm: { kind: 'int', min: 1, doc: 'Masks.', default: 32 },
    npr: {
      kind: 'int',
      min: 1,
      doc: 'Channels of the prototypes’ convolutions, before the width multiple.',
      default: 256,
    },
    ch: param.ch,
    inplace,
  },
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const prototypes = scope.call('proto', ProtoV5, list[0]!, { c_: args.npr, c2: args.nm });
    return [detect(scope, list, args, args.nm), prototypes];
  },
});

// Heads of YOLOv5 v7.0 (models/yolo.py), evaluation mode, and its Proto (models/common.py).

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { each, only } from '../../../torch/layer.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import type { Param } from '../../../torch/signature.ts';
import { cat, permute, plus, reshape, sigmoid, sizesOf, split, times } from '../../../torch/tensor.ts';
import { module, param, type Scope } from '../module.ts';
import { conv } from './conv.ts';
import { Proto } from './head.ts';

export interface DetectArgs {
  nc: number;
  anchors: readonly (readonly number[])[];
  ch: readonly number[];
  inplace: boolean;
}

export const anchorsParam: Param = {
  kind: 'any',
  doc: () => l10n.t('Anchors of each level, as alternating widths and heights; or their number.'),
  default: [],
};
const inplace: Param = { kind: 'boolean', doc: () => l10n.t('Works in place.'), default: true };

/** [1, na·no, H, W] → [1, na, H, W, no]. */
export function anchorCells(scope: Scope, y: Tensor, na: number, no: number): Tensor {
  const [, , h, w] = sizesOf(y) as [number, number, number, number];
  return permute(scope, reshape(scope, y, [1, na, no, h, w]), 0, 1, 3, 4, 2);
}

/** What `shape` and the anchors of a level add to centres, and multiply sizes with. */
export function boxDecoder(scope: Scope, cells: Tensor): { place(xy: Tensor): Tensor; box(wh: Tensor): Tensor } {
  const [, na, h, w] = sizesOf(cells, 5) as [number, number, number, number];
  const { builder } = scope;
  const grid = builder.add(ops.constant, { shape: [1, na, h, w, 2] }, []);
  const sizes = builder.add(ops.constant, { shape: [1, na, h, w, 2] }, []);
  return {
    place: xy => times(scope, plus(scope, xy, grid), builder.add(ops.constant, { shape: [1] }, [])),
    box: wh => times(scope, builder.add(ops.unary, { how: 'square' }, wh), sizes),
  };
}

/** The cells of one level → [1, na·H·W, no]: a sigmoid, then centres and sizes by grid and anchors. */
export function decodeCells(scope: Scope, cells: Tensor): Tensor {
  const [, na, h, w, no] = sizesOf(cells, 5) as [number, number, number, number, number];
  const { place, box } = boxDecoder(scope, cells);
  const [xy, wh, conf] = split(scope, sigmoid(scope, cells), [2, 2, no - 4], 4) as [Tensor, Tensor, Tensor];
  return reshape(scope, cat(scope, [place(xy), box(wh), conf], 4), [1, na * h * w, no]);
}

/** Anchors of a level: half as many as the numbers of its list. */
export function anchorsOfLevel(boxes: readonly (readonly number[])[]): number {
  return Math.floor((boxes[0]?.length ?? Number.NaN) / 2);
}

/** Detect.forward: on each level a 1×1 convolution to (classes + 5 [+ masks]) for each anchor. */
function detect(scope: Scope, inputs: readonly Tensor[], { nc, anchors: boxes }: DetectArgs, masks: number): Tensor {
  const na = anchorsOfLevel(boxes);
  const no = nc + 5 + masks;
  const parts = inputs.slice(0, boxes.length).map((x, index) => {
    const y = scope.part(`m.${index}`, 'Conv2d', () => conv2d(scope, x, { out: no * na, kernel: 1 }));
    const cells = anchorCells(scope, y, na, no);
    if (masks === 0) return decodeCells(scope, cells);
    const [, , h, w] = sizesOf(y) as [number, number, number, number];
    const { place, box } = boxDecoder(scope, cells);
    const [xy, wh, conf, mask] = split(scope, cells, [2, 2, nc + 1, masks], 4) as [Tensor, Tensor, Tensor, Tensor];
    const z = cat(scope, [place(sigmoid(scope, xy)), box(sigmoid(scope, wh)), sigmoid(scope, conf), mask], 4);
    return reshape(scope, z, [1, na * h * w, no]);
  });
  return cat(scope, parts);
}

export const DetectV5 = module<DetectArgs>({
  name: 'Detect',
  summary: () =>
    l10n.t('YOLOv5’s head: on each level a 1×1 convolution to box, objectness and classes for each anchor.'),
  many: true,
  params: { nc: param.nc, anchors: anchorsParam, ch: param.ch, inplace },
  forward: (scope, inputs, args) => detect(scope, each(inputs), args, 0),
});

/** YOLOv5’s prototypes are enlarged by nearest neighbours. */
export const ProtoV5 = module<{ c1: number; c_: number; c2: number }>({
  ...Proto,
  summary: () => l10n.t('Mask prototypes: convolutions around an upsampling to double size.'),
  forward: (scope, inputs, { c_, c2 }) => {
    const x = conv(scope, 'cv1', only(inputs), c_, 3);
    const y = scope.builder.add(ops.upsample, { scale: [2, 2], mode: 'nearest' }, x);
    return conv(scope, 'cv3', conv(scope, 'cv2', y, c_, 3), c2);
  },
});

export const SegmentV5 = module<DetectArgs & { nm: number; npr: number }>({
  name: 'Segment',
  summary: () => l10n.t('YOLOv5’s Detect with mask coefficients for each box and prototypes that they combine.'),
  many: true,
  params: {
    nc: param.nc,
    anchors: anchorsParam,
    nm: { kind: 'int', min: 1, doc: () => l10n.t('Masks.'), default: 32 },
    npr: {
      kind: 'int',
      min: 1,
      doc: () => l10n.t('Channels of the prototypes’ convolutions, before the width multiple.'),
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

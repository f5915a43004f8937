// YOLOv5 v7.0: parse_model (models/yolo.py) and the modules that it accepts.

import { anchored, arrangeHead } from '../anchored.ts';
import { type Arranged, type Family, numberAt, type Row } from '../dialect.ts';
import { makeDivisible } from '../layers.ts';
import * as block from '../modules/block.ts';
import * as conv from '../modules/conv.ts';
import { ClassifyV5 } from '../modules/head.ts';
import { TransformerBlock } from '../modules/transformer.ts';
import { DetectV5, ProtoV5, SegmentV5 } from '../modules/yolov5.ts';

export const yolov5 = anchored({
  id: 'yolov5',
  by: 'YOLOv5',
  scaled: [
    conv.Conv,
    conv.GhostConv,
    block.BottleneckV5,
    block.GhostBottleneck,
    block.SPP,
    block.SPPFV5,
    conv.DWConv,
    conv.MixConv2d,
    conv.Focus,
    conv.CrossConv,
    block.BottleneckCSPV5,
    block.C3,
    block.C3TR,
    block.C3SPP,
    block.C3Ghost,
    conv.DWConvTranspose2d,
    block.C3x,
  ],
  scaledLayers: ['nn.ConvTranspose2d'],
  stacked: ['BottleneckCSP', 'C3', 'C3TR', 'C3Ghost', 'C3x'],
  heads: [DetectV5, SegmentV5],
  others: [conv.Concat, conv.Contract, conv.Expand, ClassifyV5, ProtoV5, TransformerBlock],
  head: arrangeWithMasks,
  printsByWeights: true,
});

function arrangeWithMasks(row: Row, family: Family): Arranged | undefined {
  const arranged = arrangeHead(row, family);
  if (!arranged || row.module !== 'Segment') return arranged;
  const prototypes = numberAt(row, 3, 'npr');
  if (prototypes === undefined) return undefined;
  const args = [...arranged.args];
  args[3] = { ...args[3]!, value: makeDivisible(prototypes * family.width, family.divisor) };
  return { ...arranged, args };
}

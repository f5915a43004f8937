// TPH-YOLOv5 (cv516Buaa/tph-yolov5): parse_model (models/yolo.py) and the modules that it accepts.

import { anchored, arrangeHead } from '../anchored.ts';
import * as block from '../modules/block.ts';
import * as classic from '../modules/classic.ts';
import * as conv from '../modules/conv.ts';
import { swinLayerModule, swinLayerTph } from '../modules/swin.ts';
import * as own from '../modules/tph.ts';
import { DetectV5 } from '../modules/yolov5.ts';

export const tphYolov5 = anchored({
  id: 'tph-yolov5',
  by: 'TPH-YOLOv5',
  scaled: [
    classic.ConvClassic,
    conv.GhostConv,
    block.BottleneckV5,
    block.GhostBottleneck,
    block.SPP,
    block.SPPFV5,
    classic.DWConvClassic,
    conv.MixConv2d,
    conv.Focus,
    conv.CrossConv,
    block.BottleneckCSPV5,
    block.C3,
    own.C3TRTph,
    own.C3STR,
    block.C3SPP,
    block.C3Ghost,
    own.ASPPTph,
    own.CBAMTph,
  ],
  scaledLayers: ['nn.ConvTranspose2d'],
  stacked: ['BottleneckCSP', 'C3', 'C3TR', 'C3STR', 'C3Ghost'],
  heads: [DetectV5, own.CLLADetect],
  others: [
    conv.Concat,
    conv.Contract,
    conv.Expand,
    // Names that yolo.py imports, so that rows may use them with raw arguments.
    own.ChannelAttentionModule,
    own.SpatialAttentionModule,
    own.TransformerBlockTph,
    own.SwinTransformerBlockTph,
    swinLayerModule('SwinTransformerLayer', swinLayerTph, 7),
    classic.classifyClassic(true),
  ],
  activation: 'nn.SiLU()',
  head: (row, family) => arrangeHead(row, family, inputs => (row.module === 'CLLADetect' ? inputs - 1 : inputs)),
});

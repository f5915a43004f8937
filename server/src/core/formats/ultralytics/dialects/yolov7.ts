// YOLOv7 (WongKinYiu/yolov7): parse_model (models/yolo.py) and the modules that it accepts.

import { anchored, arrangeHead } from '../anchored.ts';
import { type Arranged, type Row, several, single } from '../dialect.ts';
import * as block from '../modules/block.ts';
import * as classic from '../modules/classic.ts';
import * as conv from '../modules/conv.ts';
import { swinLayer, swinLayerModule, swinLayerV2 } from '../modules/swin.ts';
import { TransformerBlock } from '../modules/transformer.ts';
import * as own from '../modules/yolov7.ts';

export const yolov7 = anchored({
  id: 'yolov7',
  by: 'YOLOv7',
  scaled: [
    classic.ConvClassic,
    own.RobustConv,
    own.RobustConv2,
    classic.DWConvClassic,
    conv.GhostConv,
    own.RepConv,
    own.RepConv_OREPA,
    own.DownC,
    block.SPP,
    block.SPPFV5,
    classic.SPPCSPC,
    own.GhostSPPCSPC,
    classic.MixConv2dClassic,
    conv.Focus,
    own.Stem,
    own.GhostStem,
    conv.CrossConv,
    block.BottleneckV5,
    own.RepBottleneck,
    own.Res,
    own.RepRes,
    own.ResX,
    own.RepResX,
    own.Ghost,
    own.SwinTransformerBlock,
    own.SwinTransformer2Block,
    ...own.cspModules,
  ],
  scaledLayers: ['nn.Conv2d'],
  stacked: ['DownC', 'SPPCSPC', 'GhostSPPCSPC', ...own.cspModules.map(({ name }) => name)],
  heads: [classic.DetectClassic, own.IDetect, own.IAuxDetect, own.IBin, own.IKeypoint],
  others: [
    conv.Concat,
    own.Chuncat,
    classic.Shortcut,
    own.Foldcut,
    classic.ReOrg,
    conv.Contract,
    conv.Expand,
    classic.MP,
    classic.SP,
    classic.ImplicitAV7,
    classic.ImplicitMV7,
    classic.classifyClassic(true),
    TransformerBlock,
    own.ConvBN,
    swinLayerModule('SwinTransformerLayer', swinLayer, 8),
    swinLayerModule('SwinTransformerLayer_v2', swinLayerV2, 7),
  ],
  activation: 'nn.SiLU()',
  branch,
  // Lists of anchors are for the first half of IAuxDetect's inputs; a number stands for all of them.
  head: (row, family) =>
    arrangeHead(row, family, (inputs, numbered) =>
      row.module === 'IAuxDetect' && !numbered ? Math.floor(inputs / 2) : inputs,
    ),
});

function branch(row: Row): Arranged | undefined | null {
  const { args, repeats } = row;
  switch (row.module) {
    case 'Chuncat': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels.reduce((sum, value) => sum + value, 0) };
    }
    case 'Shortcut': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels[0] ?? Number.NaN };
    }
    case 'Foldcut': {
      const c1 = single(row);
      return c1 === undefined ? undefined : { args, repeats, c2: Math.floor(c1 / 2) };
    }
    case 'ReOrg': {
      const c1 = single(row);
      return c1 === undefined ? undefined : { args, repeats, c2: c1 * 4 };
    }
    default:
      return null;
  }
}

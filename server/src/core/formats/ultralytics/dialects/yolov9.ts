// YOLOv9 and GELAN (WongKinYiu/yolov9): parse_model (models/yolo.py) and the modules that it accepts.

import * as l10n from '@vscode/l10n';
import { anchored } from '../anchored.ts';
import { type Arranged, type Family, numberAt, put, type Row, several, single } from '../dialect.ts';
import { makeDivisible } from '../layers.ts';
import * as block from '../modules/block.ts';
import * as classic from '../modules/classic.ts';
import * as conv from '../modules/conv.ts';
import { ClassifyV5 } from '../modules/head.ts';
import { ProtoV5 } from '../modules/yolov5.ts';
import * as own from '../modules/yolov9.ts';

const withMasks = new Set(['Segment', 'DSegment', 'DualDSegment', 'Panoptic']);

export const yolov9 = anchored({
  id: 'yolov9',
  by: 'YOLOv9',
  scaled: [
    conv.Conv,
    block.AConv,
    conv.ConvTranspose,
    block.Bottleneck,
    block.SPP,
    block.SPPFV5,
    conv.DWConv,
    block.BottleneckCSP,
    conv.DWConvTranspose2d,
    classic.SPPCSPC,
    block.ADown,
    block.ELAN1,
    own.RepNCSPELAN4V9,
    own.SPPELANV9,
  ],
  scaledLayers: ['nn.ConvTranspose2d'],
  stacked: ['BottleneckCSP', 'SPPCSPC'],
  heads: [
    own.DetectV9,
    own.DualDetect,
    own.TripleDetect,
    own.DDetect,
    own.DualDDetect,
    own.TripleDDetect,
    own.SegmentV9,
    own.DSegment,
    own.DualDSegment,
    own.Panoptic,
  ],
  others: [
    conv.Concat,
    classic.Shortcut,
    classic.ReOrg,
    block.CBLinear,
    block.CBFuse,
    conv.Contract,
    conv.Expand,
    // Names that yolo.py imports, so that rows may use them with raw arguments.
    classic.SP,
    classic.MP,
    own.RepConvN,
    own.RepNBottleneck,
    own.RepNCSP,
    own.BottleneckBase,
    own.RBottleneckBase,
    own.RepNRBottleneckBase,
    own.CSP,
    own.CSPBase,
    own.ResV9,
    own.RepNRes,
    own.ASPP,
    own.Silence,
    own.DFL,
    own.UConv,
    ProtoV5,
    classic.ImplicitA,
    classic.ImplicitM,
    ClassifyV5,
    conv.MixConv2d,
  ],
  branch,
  head: arrangeHead,
  printsByWeights: true,
});

function branch(row: Row): Arranged | undefined | null {
  const { args, repeats } = row;
  switch (row.module) {
    case 'Shortcut': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels[0] ?? Number.NaN };
    }
    case 'ReOrg': {
      const c1 = single(row);
      return c1 === undefined ? undefined : { args, repeats, c2: c1 * 4 };
    }
    case 'CBLinear': {
      const c1 = single(row);
      if (c1 === undefined) return undefined;
      if (!Array.isArray(args[0]?.value)) {
        return row.refuse({
          code: 'not-a-list',
          message: l10n.t('CBLinear takes a list of channels, one per piece.'),
          help: l10n.t('For example: [[64, 128]].'),
          arg: 0,
        });
      }
      // A list of channels, which only CBFuse can read.
      return { args: [put(c1), ...args], repeats, c2: Number.NaN };
    }
    case 'CBFuse': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels.at(-1) ?? Number.NaN };
    }
    default:
      return null;
  }
}

function arrangeHead(row: Row, family: Family): Arranged | undefined {
  const channels = several(row);
  if (!channels) return undefined;
  const args = [...row.args, put(channels)];
  if (withMasks.has(row.module)) {
    const third = numberAt(row, 2, row.module === 'Panoptic' ? 'nm' : 'npr');
    if (third === undefined) return undefined;
    args[2] = { ...args[2]!, value: makeDivisible(third * family.width) };
  }
  return { args, repeats: row.repeats, c2: row.c2 };
}

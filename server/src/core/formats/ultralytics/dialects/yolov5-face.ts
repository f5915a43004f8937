// YOLOv5-face (deepcam-cn/yolov5-face): parse_model (models/yolo.py) and the modules that it accepts.
import { anchored } from '../anchored.ts';
import * as block from '../modules/block.ts';
import * as classic from '../modules/classic.ts';
import * as conv from '../modules/conv.ts';
import * as own from '../modules/face.ts';

/**
 * `ch` keeps the image in front: an entry of `from` that is not negative means the row before it, save in Concat and
 * Detect, which add one to every entry but −1 (so that −2 is the row above).
 */
export function shifted(from: number, listed: boolean, index: number): number {
  if (!listed) return from < 0 ? index + from : from - 1;
  if (from === -1) return index - 1;
  return from < 0 ? index + from + 1 : from;
}

export const yolov5Face = anchored({
  id: 'yolov5-face',
  by: 'YOLOv5-face',
  scaled: [
    classic.ConvClassic,
    block.BottleneckV5,
    block.SPP,
    classic.DWConvClassic,
    classic.MixConv2dClassic,
    conv.Focus,
    conv.CrossConv,
    classic.bottleneckCsp(classic.leaky),
    block.C3,
    own.ShuffleV2Block,
    own.StemBlock,
    own.BlazeBlock,
    own.DoubleBlazeBlock,
  ],
  stacked: ['BottleneckCSP', 'C3'],
  heads: [own.DetectFace],
  others: [conv.Concat],
  activation: 'nn.SiLU()',
  lookup: shifted,
  printing: { leastStride: 0 },
});

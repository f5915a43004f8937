// ScaledYOLOv4 (WongKinYiu/ScaledYOLOv4, branch yolov4-large): parse_model (models/yolo.py) and the modules that it
// accepts. Its other branches read Darknet cfg files.
import { mish } from '../../../torch/nn/activation.ts';
import { anchored } from '../anchored.ts';
import { type Arranged, numberAt, put, type Row, single } from '../dialect.ts';
import * as block from '../modules/block.ts';
import * as classic from '../modules/classic.ts';
import * as conv from '../modules/conv.ts';
import * as own from '../modules/scaledyolov4.ts';
import { shifted } from './yolov5-face.ts';

export const scaledYolov4 = anchored({
  id: 'scaledyolov4',
  by: 'ScaledYOLOv4',
  scaled: [
    own.ConvMish,
    block.BottleneckV5,
    block.SPP,
    own.DWConvMish,
    classic.MixConv2dClassic,
    own.FocusMish,
    conv.CrossConv,
    classic.bottleneckCsp(mish),
    own.BottleneckCSP2,
    own.SPPCSP,
    own.VoVCSP,
    classic.crossCsp,
  ],
  scaledLayers: ['nn.Conv2d'],
  stacked: ['BottleneckCSP', 'BottleneckCSP2', 'SPPCSP', 'VoVCSP', 'C3'],
  heads: [classic.DetectClassic],
  others: [
    conv.Concat,
    own.HarDBlock,
    own.HarDBlock2,
    // Names that yolo.py imports, so that rows may use them with raw arguments.
    classic.MP,
    classic.classifyClassic(false),
    own.ConvSig,
    own.ConvSqu,
    own.CombConvLayer,
    own.ConvLayer,
    own.DWConvLayer,
    own.BRLayer,
    own.Flatten,
    own.Mish,
  ],
  activation: 'nn.Mish()',
  lookup: shifted,
  // model_info: 64×64, times 100; where that is too small for the levels, it prints nothing.
  printing: { size: 64 },
  branch,
});

function branch(row: Row): Arranged | undefined | null {
  if (row.module !== 'HarDBlock' && row.module !== 'HarDBlock2') return null;
  const c1 = single(row);
  const growth = numberAt(row, 0, 'growth_rate');
  const factor = growth && numberAt(row, 1, 'grmul');
  const layers = factor && numberAt(row, 2, 'n_layers');
  if (c1 === undefined || growth === undefined || factor === undefined || layers === undefined) return undefined;
  const count = Number.isInteger(layers) && layers >= 1 && layers <= 512 ? layers : 0;
  const c2 = count > 0 ? own.hardOutput(own.hardLinks(count, growth, factor)) : Number.NaN;
  return { args: [put(c1), ...row.args], repeats: row.repeats, c2 };
}

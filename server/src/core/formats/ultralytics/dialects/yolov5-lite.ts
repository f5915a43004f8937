// YOLOv5-Lite (ppogg/YOLOv5-Lite): parse_model (models/yolo.py) and the modules that it accepts.
import { anchored } from '../anchored.ts';
import { type Arranged, type Row, several } from '../dialect.ts';
import * as block from '../modules/block.ts';
import * as classic from '../modules/classic.ts';
import * as conv from '../modules/conv.ts';
import * as own from '../modules/lite.ts';
import { TransformerBlock } from '../modules/transformer.ts';

export const yolov5Lite = anchored({
  id: 'yolov5-lite',
  by: 'YOLOv5-Lite',
  scaled: [
    classic.ConvClassic,
    conv.GhostConv,
    block.BottleneckV5,
    own.GhostBottleneckLite,
    block.SPP,
    block.SPPFV5,
    classic.MixConv2dClassic,
    conv.Focus,
    conv.CrossConv,
    classic.bottleneckCsp(classic.leaky),
    block.C3,
    block.C3TR,
    own.Shuffle_Block,
    own.conv_bn_relu_maxpool,
    own.DWConvblock,
    own.MBConvBlock,
    own.LC3,
    own.RepVGGBlock,
    own.SEBlock,
    own.mobilev3_bneck,
    own.Hswish,
    own.SELayer,
    own.stem,
    own.CBH,
    own.LC_Block,
    own.Dense,
    own.ES_Bottleneck,
    own.ES_SEModule,
  ],
  stacked: ['BottleneckCSP', 'C3', 'C3TR'],
  heads: [classic.DetectClassic],
  others: [
    conv.Concat,
    own.ADD,
    conv.Contract,
    conv.Expand,
    // Names that yolo.py imports, so that rows may use them with raw arguments.
    own.ContextBlock2d,
    own.C3_GC,
    own.LC_SEModule,
    classic.classifyClassic(true),
    TransformerBlock,
  ],
  activation: 'nn.SiLU()',
  branch,
});

function branch(row: Row): Arranged | undefined | null {
  if (row.module !== 'ADD') return null;
  const channels = several(row);
  return (
    channels && {
      args: row.args,
      repeats: row.repeats,
      c2: Math.floor(channels.reduce((sum, value) => sum + value, 0) / 2),
    }
  );
}

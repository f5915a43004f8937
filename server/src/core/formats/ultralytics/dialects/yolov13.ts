// YOLOv13 (iMoonLab/yolov13), a fork of Ultralytics 8.3.63: parse_model (nn/tasks.py) and the modules that it accepts.

import { type Arranged, type Family, numberAt, put, type Row, several, single } from '../dialect.ts';
import { makeDivisible } from '../layers.ts';
import * as own from '../modules/yolov13.ts';
import { forkOf83 } from './ultralytics83.ts';

export const yolov13 = forkOf83({
  id: 'yolov13',
  by: 'YOLOv13',
  scaled: [own.DSC3k2, own.DSConv],
  stacked: ['DSC3k2'],
  others: [own.HyperACE, own.DownsampleConv, own.FullPAD_Tunnel],
  without: ['LightConv'],
  c3k: { modules: new Set(['C3k2', 'DSC3k2']), scales: 'lx' },
  modern: ['C3k2', 'DSC3k2', 'A2C2f', 'HyperACE'],
  arrange: arrangeOwn,
});

function arrangeOwn(row: Row, family: Family): Arranged | undefined {
  const { maxChannels, width, scale } = family;
  const { args, repeats } = row;
  const large = scale !== undefined && 'lx'.includes(scale);
  switch (row.module) {
    case 'HyperACE': {
      const channels = several(row);
      const given = numberAt(row, 0, 'c2');
      const edges = numberAt(row, 1, 'num_hyperedges');
      if (!channels || given === undefined || edges === undefined) return undefined;
      const c2 = makeDivisible(Math.min(given, maxChannels) * width);
      const factor = scale === 'n' ? 0.5 : scale === 'x' ? 1.5 : undefined;
      const count = factor === undefined ? edges : Math.trunc(edges * factor);
      const full = [
        put(channels[1] ?? Number.NaN),
        { ...args[0]!, value: c2 },
        put(repeats),
        { ...args[1]!, value: count },
        ...args.slice(2),
      ];
      // FuseModule's channel_adjust is off.
      return { args: large ? [...full, put(false)] : full, repeats: 1, c2 };
    }
    case 'DownsampleConv': {
      const c1 = single(row);
      if (c1 === undefined) return undefined;
      // What the file writes is not looked at.
      return { args: large ? [put(c1), put(false)] : [put(c1)], repeats, c2: large ? c1 : c1 * 2 };
    }
    case 'FullPAD_Tunnel': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels[0] ?? Number.NaN };
    }
    default:
      return undefined;
  }
}

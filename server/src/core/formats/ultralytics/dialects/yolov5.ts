// YOLOv5 v7.0: parse_model (models/yolo.py) and the modules that it accepts.
import { type Arranged, type Dialect, type Family, numberAt, put, type Row, several, single } from '../dialect.ts';
import type { AnyModule, Arg } from '../module.ts';
import * as block from '../modules/block.ts';
import * as conv from '../modules/conv.ts';
import { ClassifyV5 } from '../modules/head.ts';
import { TransformerBlock } from '../modules/transformer.ts';
import { DetectV5, ProtoV5, SegmentV5 } from '../modules/yolov5.ts';
import { makeDivisible, type PyValue } from '../python.ts';

/** Modules whose first argument is scaled by the width and which are given their input channels. */
const scaled: readonly AnyModule[] = [
  conv.Conv,
  conv.GhostConv,
  block.BottleneckV5,
  block.GhostBottleneck,
  block.SPP,
  block.SPPF,
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
];
const scaledNames = new Set([...scaled.map(({ name }) => name), 'nn.ConvTranspose2d']);

/** Of those, the ones that take the number of repeats as their third argument. */
const stacked = new Set(['BottleneckCSP', 'C3', 'C3TR', 'C3Ghost', 'C3x']);

const others: readonly AnyModule[] = [
  conv.Concat,
  DetectV5,
  SegmentV5,
  conv.Contract,
  conv.Expand,
  // Names that yolo.py imports, so that rows may use them with raw arguments.
  ClassifyV5,
  ProtoV5,
  conv.Sum,
  TransformerBlock,
];

export const yolov5: Dialect = {
  id: 'yolov5',
  by: 'YOLOv5',
  modules: new Map([...scaled, ...others].map(module => [module.name, module])),
  names: family => {
    const na = anchorsOf(family);
    return new Map<string, PyValue>([
      ['nc', family.nc],
      ['anchors', family.anchors],
      ['na', na],
      ['no', na * (family.nc + 5)],
      ['gd', family.depth],
      ['gw', family.width],
    ]);
  },
  evaluates: true,
  arrange,
  modern: new Set(),
  heads: new Set(['Detect', 'Segment']),
  printsAtFullSize: false,
};

/** Anchors of a level. */
function anchorsOf({ anchors }: Family): number {
  if (typeof anchors === 'number') return anchors;
  const first = Array.isArray(anchors) ? anchors[0] : undefined;
  return Array.isArray(first) ? Math.floor(first.length / 2) : Number.NaN;
}

function arrange(row: Row, family: Family): Arranged | undefined {
  const { module, args, repeats } = row;
  if (scaledNames.has(module)) {
    const c1 = single(row);
    const given = numberAt(row, 0, 'the output channels');
    if (c1 === undefined || given === undefined) return undefined;
    // Not scaled where it is the width of an output.
    const output = anchorsOf(family) * (family.nc + 5);
    const c2 = given === output ? given : makeDivisible(given * family.width);
    const full: Arg[] = [put(c1), { ...args[0]!, value: c2 }, ...args.slice(1)];
    if (!stacked.has(module)) return { args: full, repeats, c2 };
    full.splice(2, 0, put(repeats));
    return { args: full, repeats: 1, c2 };
  }
  switch (module) {
    case 'nn.BatchNorm2d': {
      const c1 = single(row);
      return c1 === undefined ? undefined : { args: [put(c1)], repeats, c2: row.c2 };
    }
    case 'Concat': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels.reduce((sum, value) => sum + value, 0) };
    }
    case 'Detect':
    case 'Segment':
      return arrangeHead(row, family);
    case 'Contract':
    case 'Expand': {
      const c1 = single(row);
      const gain = numberAt(row, 0, 'the gain');
      if (c1 === undefined || gain === undefined) return undefined;
      return { args, repeats, c2: module === 'Contract' ? c1 * gain ** 2 : Math.floor(c1 / gain ** 2) };
    }
    default: {
      if (module === 'Sum' && typeof row.from !== 'number') return { args, repeats, c2: row.channels[0] ?? Number.NaN };
      const c2 = single(row);
      return c2 === undefined ? undefined : { args, repeats, c2 };
    }
  }
}

function arrangeHead(row: Row, family: Family): Arranged | undefined {
  const channels = several(row);
  if (!channels) return undefined;
  if (row.args.length < 2)
    return row.refuse('missing-argument', `${row.module} needs classes and anchors: [nc, anchors].`);
  const args: Arg[] = [...row.args, put(channels)];
  const anchors = args[1]!.value;
  if (typeof anchors === 'number') {
    // So many anchors, not yet known: placeholders for each level.
    if (!(Number.isInteger(anchors) && anchors >= 1 && anchors <= 1000)) {
      return row.refuse('wrong-argument', 'The number of anchors must be a whole number from 1 to 1000.', 1);
    }
    const placeholder = Array.from({ length: anchors * 2 }, (_, index) => index);
    args[1] = { ...args[1]!, value: channels.map(() => placeholder) };
  } else if (!(Array.isArray(anchors) && anchors.length > 0 && anchors.every(Array.isArray))) {
    return row.refuse(
      'wrong-argument',
      'Anchors are one list of widths and heights for each level, or their number.',
      1,
    );
  } else if (anchors.length !== channels.length) {
    const message = `There are anchors for ${anchors.length} levels, but ${channels.length} inputs. Give each input a list of anchors.`;
    return row.refuse('wrong-argument', message, 1);
  }
  if (row.module === 'Segment') {
    const prototypes = numberAt(row, 3, 'the channels of the prototypes');
    if (prototypes === undefined) return undefined;
    args[3] = { ...args[3]!, value: makeDivisible(prototypes * family.width) };
  }
  return { args, repeats: row.repeats, c2: row.c2 };
}

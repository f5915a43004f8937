// Ultralytics 8.3: parse_model (nn/tasks.py) and the modules that it accepts.
import { type Arranged, type Dialect, type Family, numberAt, put, type Row, several, single } from '../dialect.ts';
import type { AnyModule, Arg } from '../module.ts';
import * as block from '../modules/block.ts';
import * as conv from '../modules/conv.ts';
import * as head from '../modules/head.ts';
import { TorchVision } from '../modules/torchvision.ts';
import { AIFI, RTDETRDecoder } from '../modules/transformer.ts';
import { makeDivisible, type PyValue, pyRound } from '../python.ts';

/** Modules whose first argument is scaled by the width and which are given their input channels. */
export const scaled: readonly AnyModule[] = [
  head.Classify,
  conv.Conv,
  conv.ConvTranspose,
  conv.GhostConv,
  block.Bottleneck,
  block.GhostBottleneck,
  block.SPP,
  block.SPPF,
  block.C2fPSA,
  block.C2PSA,
  conv.DWConv,
  conv.Focus,
  block.BottleneckCSP,
  block.C1,
  block.C2,
  block.C2f,
  block.C3k2,
  block.RepNCSPELAN4,
  block.ELAN1,
  block.ADown,
  block.AConv,
  block.SPPELAN,
  block.C2fAttn,
  block.C3,
  block.C3TR,
  block.C3Ghost,
  conv.DWConvTranspose2d,
  block.C3x,
  block.RepC3,
  block.PSA,
  block.SCDown,
  block.C2fCIB,
  block.A2C2f,
];
const scaledNames = new Set([...scaled.map(({ name }) => name), 'nn.ConvTranspose2d']);

/** Of those, the ones that take the number of repeats as their third argument. */
export const stacked: ReadonlySet<string> = new Set(
  [
    block.BottleneckCSP,
    block.C1,
    block.C2,
    block.C2f,
    block.C3k2,
    block.C2fAttn,
    block.C3,
    block.C3TR,
    block.C3Ghost,
    block.C3x,
    block.RepC3,
    block.C2fPSA,
    block.C2fCIB,
    block.C2PSA,
    block.A2C2f,
  ].map(({ name }) => name),
);

export const heads: readonly AnyModule[] = [
  head.Detect,
  head.WorldDetect,
  head.Segment,
  head.Pose,
  head.OBB,
  head.v10Detect,
];
export const headNames = new Set(heads.map(({ name }) => name));

/** Modules that are given their arguments as they stand, or that parse_model treats one by one. */
export const others: readonly AnyModule[] = [
  AIFI,
  block.HGStem,
  block.HGBlock,
  block.ResNetLayer,
  conv.Concat,
  block.ImagePoolingAttn,
  RTDETRDecoder,
  block.CBLinear,
  TorchVision,
  conv.Index,
  block.CBFuse,
  // Names that tasks.py imports, so that rows may use them with raw arguments.
  conv.Conv2,
  conv.RepConv,
  block.RepVGGDW,
  // Ones that it does not, but that files of forks name.
  conv.LightConv,
];

const notImported = 'nn/tasks.py does not import it, so that parse_model ends in a KeyError';
const unreachable = new Map(
  ['CBAM', 'ChannelAttention', 'SpatialAttention', 'ResNetBlock', 'TransformerBlock'].map(name => [name, notImported]),
);

export const ultralytics: Dialect = {
  id: 'ultralytics',
  by: 'Ultralytics',
  modules: new Map([...scaled, ...heads, ...others].map(module => [module.name, module])),
  names: family =>
    new Map<string, PyValue>([
      ['nc', family.nc],
      ['depth', family.depth],
      ['width', family.width],
      ['max_channels', family.maxChannels],
      ['kpt_shape', family.keypoints],
    ]),
  unreachable,
  required: ['nc'],
  scales: true,
  evaluates: false,
  arrange: (row, family) => arrange(row, family, official),
  modern: new Set(['C3k2', 'A2C2f']),
  heads: headNames,
  printsAtFullSize: true,
  printsByWeights: true,
};

/** Where forks of Ultralytics arrange rows otherwise. */
export interface Rules {
  readonly scaled: ReadonlySet<string>;
  readonly stacked: ReadonlySet<string>;
  /** Modules whose fourth argument is true at certain scales, and those scales. */
  readonly c3k: { readonly modules: ReadonlySet<string>; readonly scales: string };
  /** mlp_ratio of A2C2f at the scales l and x. */
  readonly areaRatio: number;
}

const official: Rules = {
  scaled: scaledNames,
  stacked,
  c3k: { modules: new Set(['C3k2']), scales: 'mlx' },
  // Ultralytics from 8.3.78; the fork that YOLO12 came from has 1.5.
  areaRatio: 1.2,
};

export function arrange(row: Row, family: Family, rules: Rules): Arranged | undefined {
  const { module, args, repeats } = row;
  if (rules.scaled.has(module)) return arrangeScaled(row, family, rules);
  switch (module) {
    case 'AIFI': {
      const c1 = single(row);
      return c1 === undefined ? undefined : { args: [put(c1), ...args], repeats, c2: row.c2 };
    }
    case 'HGStem':
    case 'HGBlock': {
      const c1 = single(row);
      const cm = numberAt(row, 0, 'the hidden channels');
      const c2 = numberAt(row, 1, 'the output channels');
      if (c1 === undefined || cm === undefined || c2 === undefined) return undefined;
      const full = [put(c1), ...args];
      if (module === 'HGStem') return { args: full, repeats, c2 };
      // args.insert(4, n): behind the kernel where there is one.
      return { args: insert(full, 4, repeats), repeats: 1, c2 };
    }
    case 'ResNetLayer': {
      const inner = numberAt(row, 1, 'the channels inside the blocks');
      if (inner === undefined) return undefined;
      if (args.length < 4) {
        return row.refuse(
          'missing-argument',
          'ResNetLayer needs input channels, channels, stride and whether it is the stem.',
        );
      }
      return { args, repeats, c2: truthy(args[3]!.value) ? inner : inner * 4 };
    }
    case 'nn.BatchNorm2d': {
      const c1 = single(row);
      return c1 === undefined ? undefined : { args: [put(c1)], repeats, c2: row.c2 };
    }
    case 'Concat': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels.reduce((sum, value) => sum + value, 0) };
    }
    case 'ImagePoolingAttn':
    case 'Detect':
    case 'WorldDetect':
    case 'Segment':
    case 'Pose':
    case 'OBB':
    case 'v10Detect':
      return arrangeHead(row, family);
    case 'RTDETRDecoder': {
      const channels = several(row);
      return channels && { args: [...args.slice(0, 1), put(channels), ...args.slice(1)], repeats, c2: row.c2 };
    }
    case 'CBLinear':
    case 'TorchVision':
    case 'Index': {
      const c1 = single(row);
      if (c1 === undefined) return undefined;
      const c2 = args[0]?.value;
      if (c2 === undefined)
        return row.refuse('missing-argument', `${module} needs its output channels as first argument.`);
      // CBLinear's is a list, which only CBFuse can read.
      return { args: [put(c1), ...args], repeats, c2: typeof c2 === 'number' ? c2 : Number.NaN };
    }
    case 'CBFuse': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels.at(-1) ?? Number.NaN };
    }
    default: {
      const c2 = single(row);
      return c2 === undefined ? undefined : { args, repeats, c2 };
    }
  }
}

function arrangeScaled(row: Row, family: Family, rules: Rules): Arranged | undefined {
  const { module, repeats } = row;
  const { maxChannels, width, scale } = family;
  const c1 = single(row);
  const given = numberAt(row, 0, 'the output channels');
  if (c1 === undefined || given === undefined) return undefined;
  // Not scaled where it is the number of classes, for classifiers; a layer of as many channels is hit too.
  const c2 = given === family.nc ? given : makeDivisible(Math.min(given, maxChannels) * width);
  const rest = row.args.slice(1);
  if (module === 'C2fAttn') {
    const most = Math.floor(maxChannels / 2);
    const embed = numberAt(row, 1, 'the embedding channels');
    const headCount = numberAt(row, 2, 'the number of heads');
    if (embed === undefined || headCount === undefined) return undefined;
    rest[0] = { ...rest[0]!, value: makeDivisible(Math.min(embed, most) * width) };
    const some = Math.max(pyRound(Math.min(headCount, Math.floor(most / 32))) * width, 1);
    rest[1] = { ...rest[1]!, value: Math.trunc(headCount > 1 ? some : headCount) };
  }
  let args: readonly Arg[] = [put(c1), { ...row.args[0]!, value: c2 }, ...rest];
  if (!rules.stacked.has(module)) return { args, repeats, c2 };
  if (scale === undefined && (rules.c3k.modules.has(module) || module === 'A2C2f')) {
    const message = `${module} depends on the scale’s letter, and parse_model fails where a file has no \`scales\`. Add them, as in scales: {n: [0.5, 0.25, 1024]}.`;
    return row.refuse('missing-scale', message);
  }
  args = insert(args, 2, repeats);
  if (rules.c3k.modules.has(module) && scale !== undefined && rules.c3k.scales.includes(scale)) {
    if (args.length < 4) {
      return row.refuse(
        'missing-argument',
        `${module} must say whether it holds C3k blocks (true or false) for the scale ${scale}.`,
      );
    }
    args = args.map((arg, index) => (index === 3 ? put(true) : arg));
  }
  if (module === 'A2C2f' && scale !== undefined && 'lx'.includes(scale)) {
    args = [...args, put(true), put(rules.areaRatio)];
  }
  return { args, repeats: 1, c2 };
}

function arrangeHead(row: Row, { maxChannels, width }: Family): Arranged | undefined {
  const channels = several(row);
  if (!channels) return undefined;
  const args = [...row.args, put(channels)];
  if (row.module === 'Segment') {
    const prototypes = numberAt(row, 2, 'the channels of the prototypes');
    if (prototypes === undefined) return undefined;
    args[2] = { ...args[2]!, value: makeDivisible(Math.min(prototypes, maxChannels) * width) };
  }
  return { args, repeats: row.repeats, c2: row.c2 };
}

/** list.insert: past the end is the end. */
function insert(args: readonly Arg[], index: number, value: PyValue): readonly Arg[] {
  return [...args.slice(0, index), put(value), ...args.slice(index)];
}

/** bool(value) of Python. */
function truthy(value: PyValue): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

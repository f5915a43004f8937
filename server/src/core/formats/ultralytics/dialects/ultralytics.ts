// Ultralytics 8.4: parse_model (nn/tasks.py) and the modules that it accepts. Everything is read as the newest release that
// we know (8.4.117), except what only an older one can mean; that is said at the row.

import * as l10n from '@vscode/l10n';
import { type PyValue, pyRound, show } from '../../../python/value.ts';
import type { Arg } from '../../../torch/signature.ts';
import {
  type Arranged,
  type Dialect,
  type Family,
  numberAt,
  put,
  type Remark,
  type Row,
  several,
  single,
} from '../dialect.ts';
import { makeDivisible } from '../layers.ts';
import type { AnyModule } from '../module.ts';
import * as block from '../modules/block.ts';
import * as conv from '../modules/conv.ts';
import * as head from '../modules/head.ts';
import * as prompted from '../modules/prompted.ts';
import { TorchVision } from '../modules/torchvision.ts';
import { torchvisionOps, unreachableOps } from '../modules/torchvisionOps.ts';
import { AIFI, RTDETRDecoder } from '../modules/transformer.ts';

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

/** Subclasses of Detect. */
export const heads: readonly AnyModule[] = [
  head.Detect,
  prompted.WorldDetect,
  prompted.YOLOEDetect,
  head.Segment,
  head.Segment26,
  prompted.YOLOESegment,
  prompted.YOLOESegment26,
  head.Pose,
  head.Pose26,
  head.OBB,
  head.OBB26,
  head.v10Detect,
];
const headNames = new Set(heads.map(({ name }) => name));

/** Modules that are given their arguments as they stand, or that parse_model treats one by one. */
export const others: readonly AnyModule[] = [
  AIFI,
  block.HGStem,
  block.HGBlock,
  block.ResNetLayer,
  conv.Concat,
  block.ImagePoolingAttn,
  head.SemanticSegment,
  head.Depth,
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

/** Heads whose prototypes have their channels, the third argument, scaled by the width. */
const prototypical = new Set(['Segment', 'Segment26', 'YOLOESegment', 'YOLOESegment26']);

const notImported = (module: string): string =>
  l10n.t(
    'Ultralytics has {0}, but a row cannot use it: nn/tasks.py does not import it, so parse_model fails with a KeyError.',
    module,
  );
export const unreachable: ReadonlyMap<string, (module: string) => string> = new Map([
  ...['CBAM', 'ChannelAttention', 'SpatialAttention', 'ResNetBlock', 'TransformerBlock'].map(
    (name): [string, (module: string) => string] => [name, notImported],
  ),
  [
    'LRPCHead',
    module =>
      l10n.t(
        'Ultralytics has {0}, but a row cannot use it: it is built around other modules when YOLOE gets its vocabulary.',
        module,
      ),
  ],
]);

const tables = [...scaled, ...heads, ...others];

export const ultralytics: Dialect = {
  id: 'ultralytics',
  by: 'Ultralytics',
  modules: new Map([...tables, ...torchvisionOps].map(module => [module.name, module])),
  names: family =>
    new Map<string, PyValue>([...namesOf(family), ['reg_max', family.regMax], ['end2end', family.end2end]]),
  unreachable: new Map([...unreachable, ...unreachableOps]),
  required: ['nc'],
  scales: true,
  evaluates: false,
  arrange: (row, family) => arrange(row, family, official),
  modern: new Set(['C3k2', 'A2C2f', 'C2fCIB']),
  heads: headNames,
  printsAtFullSize: true,
  printsByWeights: true,
  releases: true,
};

/** Local variables of parse_model that arguments may name. */
export function namesOf(family: Family): ReadonlyMap<string, PyValue> {
  return new Map<string, PyValue>([
    ['nc', family.nc],
    ['depth', family.depth],
    ['width', family.width],
    ['max_channels', family.maxChannels],
    ['kpt_shape', family.keypoints],
  ]);
}

/** Where releases and forks of Ultralytics arrange rows differently. */
export interface Rules {
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly scaled: ReadonlySet<string>;
  readonly stacked: ReadonlySet<string>;
  /** Modules whose fourth argument is true at certain scales, and those scales. */
  readonly c3k: { readonly modules: ReadonlySet<string>; readonly scales: string };
  /** mlp_ratio of A2C2f at the scales l and x. */
  readonly areaRatio: number;
  /** The release that parse_model is of: 8.3.63, of which forks are, or the newest. */
  readonly release: '8.3' | '8.4';
}

const official: Rules = {
  modules: ultralytics.modules,
  scaled: scaledNames,
  stacked,
  c3k: { modules: new Set(['C3k2']), scales: 'mlx' },
  // Since 8.3.78; YOLOv12 of its authors has 1.5.
  areaRatio: 1.2,
  release: '8.4',
};

export function arrange(row: Row, family: Family, rules: Rules): Arranged | undefined {
  const { module, args, repeats } = row;
  if (rules.scaled.has(module)) return arrangeScaled(row, family, rules);
  const found = rules.modules.get(module);
  if (found && (headNames.has(module) || module === 'SemanticSegment' || module === 'Depth')) {
    return arrangeHead(row, family, found);
  }
  switch (module) {
    case 'AIFI': {
      const c1 = single(row);
      return c1 === undefined ? undefined : { args: [put(c1), ...args], repeats, c2: row.c2 };
    }
    case 'HGStem':
    case 'HGBlock': {
      const c1 = single(row);
      const cm = numberAt(row, 0, 'cm');
      const c2 = numberAt(row, 1, 'c2');
      if (c1 === undefined || cm === undefined || c2 === undefined) return undefined;
      const full = [put(c1), ...args];
      if (module === 'HGStem') return { args: full, repeats, c2 };
      // args.insert(4, n): after the kernel where there is one.
      return { args: insert(full, 4, repeats), repeats: 1, c2 };
    }
    case 'ResNetLayer': {
      const inner = numberAt(row, 1, 'c2');
      if (inner === undefined) return undefined;
      if (args.length < 4) {
        return row.refuse({
          code: 'missing-argument',
          message: l10n.t('ResNetLayer needs four arguments, not {0}.', args.length),
          help: l10n.t('Use [c1, c2, s, is_first].'),
        });
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
    case 'RTDETRDecoder':
    case 'ImagePoolingAttn': {
      const channels = several(row);
      // args.insert(1, channels): without an argument in front of it, the list would be the first one.
      if (args.length === 0) {
        const name = module === 'RTDETRDecoder' ? 'nc' : 'ec';
        const message = l10n.t('{0} needs `{1}` as argument {2}.', module, name, 1);
        return row.refuse({ code: 'missing-argument', message });
      }
      return channels && { args: insert(args, 1, channels), repeats, c2: row.c2 };
    }
    case 'CBLinear':
    case 'TorchVision':
    case 'Index': {
      const c1 = single(row);
      if (c1 === undefined) return undefined;
      const c2 = args[0]?.value;
      if (c2 === undefined)
        return row.refuse({
          code: 'missing-argument',
          message: l10n.t('{0} needs its output channels as the first argument.', module),
        });
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
  const { maxChannels, width } = family;
  const c1 = single(row);
  const given = numberAt(row, 0, 'c2');
  if (c1 === undefined || given === undefined) return undefined;
  const remarks: Remark[] = [];
  const c2 = widened(row, given, family, rules, remarks);
  const rest = row.args.slice(1);
  if (module === 'C2fAttn') {
    const most = Math.floor(maxChannels / 2);
    const embed = numberAt(row, 1, 'ec');
    const headCount = numberAt(row, 2, 'nh');
    if (embed === undefined || headCount === undefined) return undefined;
    rest[0] = { ...rest[0]!, value: makeDivisible(Math.min(embed, most) * width) };
    const some = Math.max(pyRound(Math.min(headCount, Math.floor(most / 32))) * width, 1);
    rest[1] = { ...rest[1]!, value: Math.trunc(headCount > 1 ? some : headCount) };
  }
  let args: readonly Arg[] = [put(c1), { ...row.args[0]!, value: c2 }, ...rest];
  if (!rules.stacked.has(module)) return { args, repeats, c2, remarks };
  args = insert(args, 2, repeats);
  if (rules.c3k.modules.has(module) || module === 'A2C2f') {
    // What `scale in "mlx"` goes by: 8.3 has it only where there are scales. Python finds "" in every text.
    const scale = family.scale ?? (rules.release === '8.4' ? family.letter : undefined);
    if (scale === undefined) {
      const message = l10n.t('{0} depends on the scale, and parse_model fails if a file has no `scales`.', module);
      const help = l10n.t('Add them, for example {0}.', 'scales: {n: [0.5, 0.25, 1024]}');
      return row.refuse({ code: 'missing-scales', message, help });
    }
    if (rules.c3k.modules.has(module) && rules.c3k.scales.includes(scale)) {
      if (args.length < 4) {
        const message =
          scale === ''
            ? l10n.t('{0} needs `c3k` (True or False) as argument 2 in a file without `scales`.', module)
            : l10n.t('{0} needs `c3k` (True or False) as argument 2 at scale {1}.', module, scale);
        return row.refuse({ code: 'missing-argument', message });
      }
      if (scale === '' && !truthy(args[3]!.value)) {
        const message = l10n.t(
          'Ultralytics sets `c3k` to True here: this file has no `scales` and no scale letter in its name, so every C3k2 is built as for m, l and x.',
        );
        const help = l10n.t('Add `scales`, or put the letter in the file name, for example yolo11n.yaml.');
        remarks.push({ code: 'forced-c3k', message, help, arg: 1 });
      }
      args = args.map((arg, index) => (index === 3 ? put(true) : arg));
    }
    if (module === 'A2C2f' && 'lx'.includes(scale)) args = [...args, put(true), put(rules.areaRatio)];
  }
  if (module === 'C3k2' && rules.release === '8.4') args = attentionOrGroups(args, remarks);
  return { args, repeats: 1, c2, remarks };
}

/** Output channels under the width multiple. */
function widened(row: Row, given: number, family: Family, rules: Rules, remarks: Remark[]): number {
  const { nc, maxChannels, width } = family;
  const scaledTo = makeDivisible(Math.min(given, maxChannels) * width);
  // Up to 8.4.101 what equals the number of classes is not scaled, in any row; since then a classifier is not.
  const before = given === nc ? given : scaledTo;
  const since = row.module === 'Classify' ? given : scaledTo;
  if (rules.release === '8.3' || before === since) return before;
  if (!Number.isNaN(before) && !Number.isNaN(since)) {
    const message =
      row.module === 'Classify'
        ? l10n.t(
            'Since Ultralytics 8.4.102, Classify has the {0} classes that the row gives; up to 8.4.101 the width multiple turns them into {1}, because they differ from `nc`.',
            since,
            before,
          )
        : l10n.t(
            'Since Ultralytics 8.4.102, the width multiple turns these {0} channels into {1}; up to 8.4.101, they stay {0}, because that equals `nc`.',
            given,
            since,
          );
    remarks.push({ code: 'classes-as-width', message, arg: 0 });
  }
  return since;
}

/**
 * C3k2(c1, c2, n, c3k, e, attn, g, shortcut) since 8.4.0, C3k2(c1, c2, n, c3k, e, g, shortcut) before. A whole number
 * above 0 in the sixth place can only be groups, if nothing stands in the eighth.
 */
function attentionOrGroups(args: readonly Arg[], remarks: Remark[]): readonly Arg[] {
  const sixth = args[5];
  if (typeof sixth?.value !== 'number' || !(sixth.value >= 1) || args.length > 7) return args;
  const shown = show(sixth.value);
  const message = l10n.t(
    '{0} is read as `g` (groups), its meaning up to Ultralytics 8.3. Since 8.4.0, this argument is `attn` (True or False), followed by `g`.',
    shown,
  );
  const help = l10n.t('For 8.4, use False, {0}.', shown);
  remarks.push({ code: 'older-meaning', message, help, arg: 3 });
  return [...args.slice(0, 5), put(false), ...args.slice(5)];
}

/** What a row of a head leaves to parse_model. */
const filledIn = new Set(['reg_max', 'end2end', 'ch']);

function arrangeHead(row: Row, family: Family, { params }: AnyModule): Arranged | undefined {
  const { module } = row;
  const channels = several(row);
  if (!channels) return undefined;
  const own = Object.keys(params).filter(name => !filledIn.has(name));
  const written = `[${own.join(', ')}]`;
  // parse_model appends to the list: where one is missing, what is appended takes its place, and the constructor fails.
  const missing = own[row.args.length];
  if (missing !== undefined && !(module === 'Depth' && row.args.length > 0)) {
    const message = l10n.t('{0} needs `{1}` as argument {2}.', module, missing, row.args.length + 1);
    return row.refuse({ code: 'missing-argument', message, help: l10n.t('Use {0}.', written) });
  }
  const appends = 'reg_max' in params;
  if (row.args.length > own.length && module !== 'Depth') {
    const most = own.length;
    const message =
      most === 1
        ? l10n.t('{0} takes one argument, not {1}.', module, row.args.length)
        : l10n.t('{0} takes {1} arguments, not {2}.', module, most, row.args.length);
    const help = appends
      ? l10n.t('Use {0}; `reg_max` and `end2end` belong at the top of the file.', written)
      : l10n.t('Use {0}.', written);
    return row.refuse({ code: 'too-many-arguments', message, help, arg: most });
  }
  // A name that parse_model has no value for stays text.
  if ('kpt_shape' in params && (row.args[1]!.value === null || row.args[1]!.value === 'kpt_shape')) {
    return row.refuse({
      code: 'missing-key',
      message: l10n.t('{0} takes its keypoints from `kpt_shape`, which this file does not have.', module),
      help: l10n.t('Add {0} at the top.', 'kpt_shape: [17, 3]'),
      arg: 1,
    });
  }
  // Depth: args[:1].
  let args: readonly Arg[] = row.args.slice(0, own.length);
  if (appends) {
    const { regMax, end2end } = family;
    if (typeof regMax !== 'boolean' && !(Number.isInteger(regMax) && Number(regMax) >= 1)) {
      const message = l10n.t(
        '`reg_max` at the top of the file must be a whole number ≥ 1, not {0}: {1} uses it.',
        show(regMax),
        module,
      );
      return row.refuse({ code: 'wrong-reg-max', message });
    }
    if (end2end && module === 'WorldDetect') {
      const message = l10n.t('WorldDetect does not support `end2end`: Ultralytics fails with a KeyError (one2many).');
      return row.refuse({ code: 'unsupported-end2end', message, help: l10n.t('Remove `end2end`.') });
    }
    args = [...args, put(regMax), put(end2end)];
  }
  if (prototypical.has(module)) {
    const prototypes = numberAt(row, 2, 'npr');
    if (prototypes === undefined) return undefined;
    const scaledTo = makeDivisible(Math.min(prototypes, family.maxChannels) * family.width);
    args = args.map((arg, index) => (index === 2 ? { ...arg, value: scaledTo } : arg));
  }
  return { args: [...args, put(channels)], repeats: row.repeats, c2: row.c2 };
}

/** list.insert: past the end is the end. */
function insert(args: readonly Arg[], index: number, value: PyValue): readonly Arg[] {
  return [...args.slice(0, index), put(value), ...args.slice(index)];
}

/** bool(value) of Python. */
function truthy(value: PyValue): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

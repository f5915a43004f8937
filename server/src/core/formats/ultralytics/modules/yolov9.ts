// Modules of YOLOv9 and GELAN (WongKinYiu/yolov9, models/common.py and models/yolo.py), evaluation mode.

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { PyValue } from '../../../python/value.ts';
import { each, only, type Value } from '../../../torch/layer.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import { cat, flatten, permute, plus, reshape, sizesOf, softmax } from '../../../torch/tensor.ts';
import { makeDivisible } from '../layers.ts';
import { type Module, module, param, type Scope } from '../module.ts';
import {
  Bottleneck,
  type BottleneckArgs,
  type CspArgs,
  c3,
  cspParams,
  type RepArgs,
  repFamily,
  SPPELAN,
} from './block.ts';
import { stack } from './classic.ts';
import { type ConvArgs, conv, RepConv } from './conv.ts';
import { decode, plainBranch } from './head.ts';
import { ProtoV5 } from './yolov5.ts';

/** RepConvN: a RepConv whose default activation a file can set. */
export const RepConvN = module<ConvArgs & { bn: boolean; deploy: boolean }>({
  ...RepConv,
  name: 'RepConvN',
  summary: () => l10n.t('A 3×3 and a 1×1 convolution side by side, summed (as trained; they fuse into one 3×3).'),
  forward: (scope, inputs, args) => {
    // `bn` is taken and never used: self.bn stays None.
    const act: PyValue = args.act === true ? scope.activation : args.act;
    return RepConv.forward(scope, inputs, { ...args, bn: false, act });
  },
});

const family = repFamily(RepConvN as unknown as Module<RepArgs>);
export const RepNCSPELAN4V9 = family.elan;
export const RepNBottleneck: Module<BottleneckArgs> = { ...family.bottleneck, name: 'RepNBottleneck' };
export const RepNCSP: Module<CspArgs> = { ...family.csp, name: 'RepNCSP' };

const kernels = (
  name: string,
  summary: () => string,
  k: readonly [number, number],
  block = Bottleneck,
): Module<BottleneckArgs> => ({
  ...block,
  name,
  summary,
  params: { ...block.params, k: { ...block.params.k, default: k } },
});

export const BottleneckBase = kernels(
  'BottleneckBase',
  () => l10n.t('A 1×1 and a 3×3 convolution, with a shortcut where channels stay the same.'),
  [1, 3],
);
export const RBottleneckBase = kernels(
  'RBottleneckBase',
  () => l10n.t('A 3×3 and a 1×1 convolution, with a shortcut where channels stay the same.'),
  [3, 1],
);
export const RepNRBottleneckBase = kernels(
  'RepNRBottleneckBase',
  () => l10n.t('A RepConvN and a 1×1, with a shortcut where channels stay the same.'),
  [3, 1],
  family.bottleneck,
);

function cspOf(name: string, of: string, k: readonly [number, number]): Module<CspArgs> {
  return module<CspArgs>({
    name,
    summary: () => l10n.t('Cross stage partial block with three 1×1 convolutions around n bottlenecks ({0}).', of),
    params: cspParams(true),
    forward: (scope, inputs, { c2, n, shortcut, g, e }) => {
      const c = Math.trunc(c2 * e);
      return c3(scope, only(inputs), c2, c, y =>
        stack(scope, n, y, (at, label) => scope.call(label, Bottleneck, at, { c1: c, c2: c, shortcut, g, k, e: 1 })),
      );
    },
  });
}

export const CSP = cspOf('CSP', '3×3, 3×3', [3, 3]);
export const CSPBase = cspOf('CSPBase', '1×1, 3×3', [1, 3]);

type ResArgs = Omit<BottleneckArgs, 'k'>;

function res(name: string, summary: () => string, rep: boolean): Module<ResArgs> {
  const { c1, c2, shortcut, g, e } = Bottleneck.params;
  return module<ResArgs>({
    name,
    summary,
    params: { c1, c2, shortcut, g, e },
    forward: (scope, inputs, args) => {
      const x = only(inputs);
      const c = Math.trunc(args.c2 * args.e);
      const y = conv(scope, 'cv1', x, c);
      const middle = rep
        ? scope.call('cv2', RepConvN, y, { c1: c, c2: c, g: args.g })
        : conv(scope, 'cv2', y, c, 3, 1, { g: args.g });
      const z = conv(scope, 'cv3', middle, args.c2);
      return args.shortcut && args.c1 === args.c2 ? plus(scope, x, z) : z;
    },
  });
}

export const ResV9 = res('Res', () => l10n.t('A ResNet bottleneck: 1×1, 3×3, 1×1, with a shortcut.'), false);
export const RepNRes = res('RepNRes', () => l10n.t('A Res whose 3×3 is a RepConvN.'), true);

export const ASPP = module<{ in_channels: number; out_channels: number }>({
  name: 'ASPP',
  summary: () => l10n.t('Convolutions of several dilations and one of the average, side by side.'),
  params: {
    in_channels: param.c1,
    out_channels: { ...param.c2, doc: () => l10n.t('Output channels of each of the four.') },
  },
  forward: (scope, inputs, { out_channels: c2 }) => {
    const x = only(inputs);
    const { builder } = scope;
    const relu = (y: Tensor): Tensor => builder.add(ops.relu, {}, y, { functional: true });
    const average = builder.add(ops.adaptiveAvgPool, { size: [1, 1] }, x);
    const parts = (
      [
        [1, 1],
        [3, 3],
        [3, 6],
      ] as const
    ).map(([k, d], index) =>
      scope.part(`aspp.${index}`, 'Conv2d', () =>
        conv2d(scope, x, { out: c2, kernel: k, dilation: d, padding: k === 1 ? 0 : d }),
      ),
    );
    const last = scope.part('aspp.3', 'Conv2d', () => conv2d(scope, average, { out: c2, kernel: 1 }));
    const [, , h, w] = sizesOf(parts[2]!) as [number, number, number, number];
    const spread = builder.add(ops.expand, { shape: [1, c2, h, w] }, relu(last));
    return cat(scope, [...parts.map(relu), spread]);
  },
});

export const SPPELANV9 = module<{ c1: number; c2: number; c3: number }>({
  name: 'SPPELAN',
  summary: SPPELAN.summary,
  params: { c1: SPPELAN.params.c1, c2: SPPELAN.params.c2, c3: SPPELAN.params.c3 },
  forward: (scope, inputs, args) => SPPELAN.forward(scope, inputs, { ...args, k: 5 }),
});

export const Silence = module<Record<never, never>>({
  name: 'Silence',
  summary: () => l10n.t('Outputs its input unchanged: a row to refer to.'),
  params: {},
  forward: (scope, inputs) => scope.builder.add(ops.identity, {}, only(inputs)),
});

export const DFL = module<{ c1: number }>({
  name: 'DFL',
  summary: () => l10n.t('Turns distributions over bins into distances, [1, 4·c1, n] → [1, 4, n].'),
  params: { c1: { kind: 'int', min: 1, doc: () => l10n.t('Bins.'), default: 17 } },
  forward: (scope, inputs, { c1 }) => {
    const x = only(inputs);
    const [, , count] = sizesOf(x, 3) as [number, number, number];
    const bins = permute(scope, reshape(scope, x, [1, 4, c1, count]), 0, 2, 1, 3);
    return reshape(scope, conv2d(scope, softmax(scope, bins, 1), { out: 1, kernel: 1, bias: false }), [1, 4, count]);
  },
});

export const UConv = module<{ c1: number; c_: number; c2: number }>({
  name: 'UConv',
  summary: () => l10n.t('A Conv, a plain 1×1 and an upsampling: semantic classes at double size.'),
  params: {
    c1: param.c1,
    c_: { kind: 'int', min: 1, doc: () => l10n.t('Hidden channels.'), default: 256 },
    c2: { ...param.c2, doc: () => l10n.t('Output channels.'), default: 256 },
  },
  forward: (scope, inputs, { c_, c2 }) => {
    const x = conv(scope, 'cv1', only(inputs), c_, 3);
    const y = scope.part('cv2', 'Conv2d', () => conv2d(scope, x, { out: c2, kernel: 1 }));
    return scope.builder.add(ops.upsample, { scale: [2, 2], mode: 'bilinear' }, y);
  },
});

/** Bins of the box distribution (reg_max). */
const bins = 16;

interface DetectArgs {
  nc: number;
  ch: readonly number[];
  inplace: boolean;
}

const detectParams = {
  nc: param.nc,
  ch: param.ch,
  inplace: { kind: 'boolean', doc: () => l10n.t('Works in place.'), default: true },
} as const;

/** `Conv(x, c, 3), Conv(c, c, 3, g=4), nn.Conv2d(c, 4·16, 1, groups=4)`: the box branch of the heads with two D. */
function groupedBranch(scope: Scope, label: string, x: Tensor, c: number, out: number): Tensor {
  return scope.part(label, 'Sequential', () => {
    const y = conv(scope, '1', conv(scope, '0', x, c, 3), c, 3, 1, { g: 4 });
    return conv2d(scope, y, { out, kernel: 1, groups: 4 });
  });
}

/** The branches of one set of levels, joined and decoded: [1, 4 + nc, anchors]. `first` names its two branches. */
function detected(scope: Scope, maps: readonly Tensor[], nc: number, grouped: boolean, first: number): Tensor {
  const [, leading] = maps[0] ? (sizesOf(maps[0]) as [number, number]) : [1, Number.NaN];
  const least = Math.max(Math.floor(leading / 4), bins * 4, 16);
  const box = grouped ? makeDivisible(least, 4) : least;
  const cls = Math.max(leading, Math.min(nc * 2, 128));
  const levels = maps.map((x, index) => {
    const boxes = (grouped ? groupedBranch : plainBranch)(scope, `cv${first}.${index}`, x, box, 4 * bins);
    return cat(scope, [boxes, plainBranch(scope, `cv${first + 1}.${index}`, x, cls, nc)]);
  });
  return decode(scope, levels, nc);
}

const detectSummaries = {
  1: () => l10n.t('YOLOv9’s anchor-free head for one set of levels.'),
  2: () => l10n.t('YOLOv9’s anchor-free head for two sets of levels.'),
  3: () => l10n.t('YOLOv9’s anchor-free head for three sets of levels.'),
} as const;
const groupedSummaries = {
  1: () => l10n.t('YOLOv9’s anchor-free head for one set of levels, with box branches in four groups.'),
  2: () => l10n.t('YOLOv9’s anchor-free head for two sets of levels, with box branches in four groups.'),
  3: () => l10n.t('YOLOv9’s anchor-free head for three sets of levels, with box branches in four groups.'),
} as const;

/** A head of so many sets of inputs, the auxiliary ones among them; all run in evaluation mode too. */
function detect(name: string, sets: 1 | 2 | 3, grouped: boolean, outputs: 'all' | 'last'): Module<DetectArgs> {
  return module<DetectArgs>({
    name,
    summary: () => (grouped ? groupedSummaries : detectSummaries)[sets](),
    many: true,
    params: detectParams,
    forward: (scope, inputs, { nc }) => {
      const maps = each(inputs);
      const levels = Math.floor(maps.length / sets);
      if (levels === 0) {
        const message = l10n.t('{0} takes at least {1} inputs, not {2}.', name, sets, maps.length);
        const help = l10n.t('Give it at least one level for each of its sets of levels.');
        return scope.refuse({ code: 'wrong-input-count', message, help }, maps);
      }
      const results = Array.from({ length: sets }, (_, set) =>
        detected(scope, maps.slice(set * levels, (set + 1) * levels), nc, grouped, 2 + 2 * set),
      );
      return (outputs === 'last' && !scope.training) || sets === 1 ? results.at(-1)! : results;
    },
  });
}

export const DetectV9 = detect('Detect', 1, false, 'all');
export const DDetect = detect('DDetect', 1, true, 'all');
export const DualDetect = detect('DualDetect', 2, false, 'all');
export const DualDDetect = detect('DualDDetect', 2, true, 'all');
export const TripleDetect = detect('TripleDetect', 3, false, 'all');
export const TripleDDetect = detect('TripleDDetect', 3, true, 'last');

interface SegmentArgs extends DetectArgs {
  nm: number;
  npr: number;
}

const segmentParams = {
  nc: param.nc,
  nm: { kind: 'int', min: 1, doc: () => l10n.t('Masks.'), default: 32 },
  npr: {
    kind: 'int',
    min: 1,
    doc: () => l10n.t('Channels of the prototypes’ convolutions, before the width multiple.'),
    default: 256,
  },
  ch: param.ch,
  inplace: detectParams.inplace,
} as const;

/** Mask coefficients of all levels: [1, nm, anchors]. */
function coefficients(scope: Scope, maps: readonly Tensor[], nm: number, branch: number): Tensor {
  const [, leading] = maps[0] ? (sizesOf(maps[0]) as [number, number]) : [1, Number.NaN];
  const c = Math.max(Math.floor(leading / 4), nm);
  const parts = maps.map((x, index) => flatten(scope, plainBranch(scope, `cv${branch}.${index}`, x, c, nm), 2));
  return cat(scope, parts, 2);
}

export const SegmentV9 = module<SegmentArgs>({
  name: 'Segment',
  summary: () => l10n.t('Detect with mask coefficients for each box and prototypes that they combine.'),
  many: true,
  params: segmentParams,
  forward: (scope, inputs, { nc, nm, npr }) => {
    const maps = each(inputs);
    const prototypes = scope.call('proto', ProtoV5, maps[0]!, { c_: npr, c2: nm });
    const masks = coefficients(scope, maps, nm, 4);
    const found = cat(scope, [detected(scope, maps, nc, false, 2), masks]);
    return scope.training ? [found, prototypes] : found;
  },
});

/** The refusal of a head that has fewer inputs than it takes apart. */
function tooFew(scope: Scope, name: string, maps: readonly Tensor[], least: number, help: string): Tensor | undefined {
  if (maps.length >= least) return undefined;
  const message = l10n.t('{0} takes at least {1} inputs, not {2}.', name, least, maps.length);
  return scope.refuse({ code: 'wrong-input-count', message, help }, maps);
}

export const DSegment = module<SegmentArgs>({
  name: 'DSegment',
  summary: () => l10n.t('DDetect with masks; its last input makes the prototypes.'),
  many: true,
  params: segmentParams,
  forward: (scope, inputs, { nc, nm }): Value => {
    const all = each(inputs);
    const help = l10n.t('Name its levels, then the input of its prototypes.');
    const refused = tooFew(scope, 'DSegment', all, 2, help);
    if (refused) return refused;
    const maps = all.slice(0, -1);
    const prototypes = conv(scope, 'proto', all.at(-1)!, nm);
    const masks = coefficients(scope, maps, nm, 4);
    const found = cat(scope, [detected(scope, maps, nc, true, 2), masks]);
    return scope.training ? [found, prototypes] : found;
  },
});

export const DualDSegment = module<SegmentArgs>({
  name: 'DualDSegment',
  summary: () => l10n.t('DualDDetect with masks; its last two inputs make the prototypes.'),
  many: true,
  params: segmentParams,
  forward: (scope, inputs, { nc, nm }): Value => {
    const all = each(inputs);
    const help = l10n.t('Name its two sets of levels, then the two inputs of its prototypes.');
    const refused = tooFew(scope, 'DualDSegment', all, 4, help);
    if (refused) return refused;
    const levels = Math.floor((all.length - 2) / 2);
    const main = all.slice(0, levels);
    const auxiliary = all.slice(levels, 2 * levels);
    const prototypes = [conv(scope, 'proto', all.at(-2)!, nm), conv(scope, 'proto2', all.at(-1)!, nm)];
    const others = coefficients(scope, main, nm, 6);
    const masks = coefficients(scope, auxiliary, nm, 7);
    const first = detected(scope, main, nc, true, 2);
    const found = cat(scope, [detected(scope, auxiliary, nc, true, 4), masks]);
    return scope.training ? [found, first, others, ...prototypes] : found;
  },
});

export const Panoptic = module<SegmentArgs & { sem_nc: number }>({
  name: 'Panoptic',
  summary: () => l10n.t('Segment with a map of semantic classes.'),
  many: true,
  params: {
    nc: param.nc,
    sem_nc: {
      kind: 'int',
      min: 1,
      doc: () => l10n.t('Semantic classes; the width multiple is applied to the masks instead.'),
      default: 93,
    },
    nm: segmentParams.nm,
    npr: segmentParams.npr,
    ch: param.ch,
    inplace: detectParams.inplace,
  },
  forward: (scope, inputs, { nc, sem_nc, nm, npr }) => {
    const maps = each(inputs);
    const [, leading] = sizesOf(maps[0]!) as [number, number];
    const prototypes = scope.call('proto', ProtoV5, maps[0]!, { c_: npr, c2: nm });
    const classes = scope.call('uconv', UConv, maps[0]!, { c_: Math.floor(leading / 4), c2: sem_nc + nc });
    const masks = coefficients(scope, maps, nm, 4);
    const found = cat(scope, [detected(scope, maps, nc, false, 2), masks]);
    return scope.training ? [found, prototypes, classes] : found;
  },
});

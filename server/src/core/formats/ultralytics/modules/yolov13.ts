// Modules of YOLOv13 (iMoonLab/yolov13, a fork of Ultralytics 8.3.63; ultralytics/nn/modules/block.py and conv.py).

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import type { PyValue } from '../../../python/value.ts';
import { each, only, type Size } from '../../../torch/layer.ts';
import { gelu, silu } from '../../../torch/nn/activation.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import { linear } from '../../../torch/nn/linear.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import { avgPool2d } from '../../../torch/nn/pool.ts';
import type { Param } from '../../../torch/signature.ts';
import {
  cat,
  flatten,
  learned,
  matmul,
  permute,
  plus,
  reshape,
  sizesOf,
  softmax,
  split,
  times,
} from '../../../torch/tensor.ts';
import { module, param, type Scope } from '../module.ts';
import { a2c2f, areaAttention, type CspArgs, c2f, c3, cspParams } from './block.ts';
import { stack } from './classic.ts';
import { conv } from './conv.ts';

interface DsConvArgs {
  c_in: number;
  c_out: number;
  k: number;
  s: Size;
  p: Size | null;
  d: number;
  bias: boolean;
}

export const DSConv = module<DsConvArgs>({
  name: 'DSConv',
  summary: () => l10n.t('A depthwise and a 1×1 convolution, batch normalization and SiLU.'),
  params: {
    c_in: param.c1,
    c_out: param.c2,
    k: { ...param.k(3), kind: 'int' },
    s: param.s(1),
    p: param.p,
    d: { ...param.d, kind: 'int' },
    bias: { kind: 'boolean', doc: () => l10n.t('Both convolutions have a bias.'), default: false },
  },
  forward: (scope, inputs, { c_in, c_out, k, s, p, d, bias }) => {
    const padding = p ?? Math.floor((d * (k - 1)) / 2);
    const x = scope.part('dw', 'Conv2d', () =>
      conv2d(scope, only(inputs), { out: c_in, kernel: k, stride: s, padding, dilation: d, groups: c_in, bias }),
    );
    const y = scope.part('pw', 'Conv2d', () => conv2d(scope, x, { out: c_out, kernel: 1, bias }));
    return silu(scope, batchNorm(scope, y));
  },
});

/** Kernels and dilation of the two DSConvs of a bottleneck. */
interface Reach {
  k1: number;
  k2: number;
  d2: number;
}

const reachParams = (k2: number): { readonly [K in keyof Reach]: Param } => ({
  k1: { kind: 'int', min: 1, doc: () => l10n.t('Kernel size of the first DSConv.'), default: 3 },
  k2: { kind: 'int', min: 1, doc: () => l10n.t('Kernel size of the second DSConv.'), default: k2 },
  d2: { kind: 'int', min: 1, doc: () => l10n.t('Dilation of the second DSConv.'), default: 1 },
});

const DSBottleneck = module<Reach & { c1: number; c2: number; shortcut: boolean; e: number }>({
  name: 'DSBottleneck',
  summary: () => l10n.t('Two depthwise separable convolutions, with a shortcut where channels stay the same.'),
  params: { c1: param.c1, c2: param.c2, shortcut: param.shortcut(true), e: param.e(0.5), ...reachParams(5) },
  forward: (scope, inputs, { c1, c2, shortcut, e, k1, k2, d2 }) => {
    const x = only(inputs);
    const c = Math.trunc(c2 * e);
    const y = scope.call('cv1', DSConv, x, { c_in: c1, c_out: c, k: k1 });
    const z = scope.call('cv2', DSConv, y, { c_in: c, c_out: c2, k: k2, d: d2 });
    return shortcut && c1 === c2 ? plus(scope, x, z) : z;
  },
});

const DSC3k = module<CspArgs & Reach>({
  name: 'DSC3k',
  summary: () => l10n.t('A C3 of DSBottlenecks.'),
  params: { ...cspParams(true), ...reachParams(5) },
  forward: (scope, inputs, { c2, n, shortcut, e, k1, k2, d2 }) => {
    const c = Math.trunc(c2 * e);
    return c3(scope, only(inputs), c2, c, y =>
      stack(scope, n, y, (at, label) =>
        scope.call(label, DSBottleneck, at, { c1: c, c2: c, shortcut, e: 1, k1, k2, d2 }),
      ),
    );
  },
});

export const DSC3k2 = module<CspArgs & Reach & { dsc3k: boolean }>({
  name: 'DSC3k2',
  summary: () => l10n.t('A C2f whose inner blocks are DSBottlenecks, or DSC3k blocks of two.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    n: param.n(1),
    dsc3k: {
      kind: 'boolean',
      doc: () => l10n.t('DSC3k blocks inside; the scales l and x always have them.'),
      default: false,
    },
    e: param.e(0.5),
    g: param.g,
    shortcut: param.shortcut(true),
    ...reachParams(7),
  },
  forward: (scope, inputs, { c2, n, dsc3k, e, g, shortcut, k1, k2, d2 }) => {
    const c = Math.trunc(c2 * e);
    return c2f(scope, only(inputs), c2, c, n, (y, label) =>
      dsc3k
        ? scope.call(label, DSC3k, y, { c1: c, c2: c, n: 2, shortcut, g, e: 1, k1, k2, d2 })
        : scope.call(label, DSBottleneck, y, { c1: c, c2: c, shortcut, e: 1, k1, k2, d2 }),
    );
  },
});

/** AAttn of this fork: queries and keys in one convolution, values in another, a 5×5 position encoding. */
const AAttnFork = areaAttention(
  () => l10n.t('Attention within areas of the feature map, with a depthwise 5×5 as position encoding.'),
  (scope, x, { dim, heads, area, each, h, w }) => {
    const head = Math.floor(dim / heads);
    const qk = conv(scope, 'qk', x, dim * 2, 1, 1, { act: false });
    const v = conv(scope, 'v', x, dim, 1, 1, { act: false });
    const position = conv(scope, 'pe', v, dim, 5, 1, { p: 2, g: dim, act: false });
    const inAreas = (y: Tensor, features: number): Tensor =>
      reshape(scope, permute(scope, flatten(scope, y, 2), 0, 2, 1), [area, each, features]);
    const [q, k] = split(scope, inAreas(qk, 2 * dim), [dim, dim], 2) as [Tensor, Tensor];
    const inHeads = (y: Tensor): Tensor => reshape(scope, permute(scope, y, 0, 2, 1), [area, heads, head, each]);
    const attention = softmax(scope, matmul(scope, inHeads(q), inHeads(k), { a: true }), -1);
    const mixed = matmul(scope, inHeads(inAreas(v, dim)), attention, { b: true });
    const image = permute(scope, reshape(scope, permute(scope, mixed, 0, 3, 1, 2), [1, h, w, dim]), 0, 3, 1, 2);
    return conv(scope, 'proj', plus(scope, image, position), dim, 1, 1, { act: false });
  },
);

export const A2C2fFork = a2c2f(AAttnFork);

/** AdaHyperedgeGen.forward: how much each of N places takes part in each hyperedge, [1, N, C] → [1, N, edges]. */
function participation(scope: Scope, x: Tensor, c: number, edges: number, heads: number, context: PyValue): Tensor {
  const { builder } = scope;
  return scope.part('edge_generator', 'AdaHyperedgeGen', () => {
    const [, places] = sizesOf(x, 3) as [number, number];
    const over = (how: 'mean' | 'max'): Tensor => builder.add(ops.reduce, { how, axes: [1], keep: false }, x);
    const global = context === 'both' ? cat(scope, [over('mean'), over('max')], -1) : over(context as 'mean' | 'max');
    const offsets = scope.part('context_net', 'Linear', () => linear(scope, global, edges * c));
    const base = learned(scope, [edges, c]);
    const prototypes = plus(scope, reshape(scope, offsets, [1, edges, c]), base);
    const projected = scope.part('pre_head_proj', 'Linear', () => linear(scope, x, c));
    const each = Math.floor(c / heads);
    const split = (y: Tensor, length: number): Tensor =>
      permute(scope, reshape(scope, y, [1, length, heads, each]), 0, 2, 1, 3);
    const products = matmul(scope, split(projected, places), split(prototypes, edges), { b: true });
    const mean = builder.add(ops.reduce, { how: 'mean', axes: [1], keep: false }, products);
    return softmax(scope, mean, 1);
  });
}

/** AdaHGConv.forward: places → hyperedges → places, the input added. */
function hypergraph(scope: Scope, x: Tensor, c: number, edges: number, context: PyValue): Tensor {
  return scope.part('hgnn', 'AdaHGConv', () => {
    const shares = participation(scope, x, c, edges, Math.floor(c / 16), context);
    const project = (label: string, y: Tensor): Tensor =>
      scope.part(label, 'Sequential', () => gelu(scope, linear(scope, y, c)));
    const gathered = project('edge_proj', matmul(scope, shares, x, { a: true }));
    return plus(scope, project('node_proj', matmul(scope, shares, gathered)), x);
  });
}

interface HypergraphArgs {
  c1: number;
  c2: number;
  e: number;
  num_hyperedges: number;
  context: PyValue;
}

const edgesParam: Param = { kind: 'int', min: 1, doc: () => l10n.t('Hyperedges.'), default: 8 };
const contextParam: Param = {
  kind: 'any',
  doc: () => l10n.t('What the hyperedges are formed from: mean, max or both.'),
  default: 'both',
  words: ['mean', 'max', 'both'],
};

const C3AH = module<HypergraphArgs>({
  name: 'C3AH',
  summary: () => l10n.t('A C3 that mixes all positions through hyperedges.'),
  params: { c1: param.c1, c2: param.c2, e: param.e(1), num_hyperedges: edgesParam, context: contextParam },
  forward: (scope, inputs, { c2, e, num_hyperedges, context }) => {
    const x = only(inputs);
    const c = Math.trunc(c2 * e);
    const [, , h, w] = sizesOf(x) as [number, number, number, number];
    const refuse = (complaint: Complaint): Tensor => scope.refuse({ ...complaint, output: [1, c2, h, w] }, [x]);
    if (c % 16 > 0 || c < 16) {
      const message = l10n.t('Hidden channels must be a multiple of 16, but {0} × {1} is {2}.', c2, e, c);
      const help = l10n.t('Change the channels or `e2`.');
      return refuse({ code: 'channels-not-divisible', attr: 'c2', message, help });
    }
    if (context !== 'mean' && context !== 'max' && context !== 'both') {
      const message = l10n.t('`context` must be mean, max or both.');
      return refuse({ code: 'unknown-choice', attr: 'context', message });
    }
    return c3(scope, x, c2, c, y =>
      scope.part('m', 'AdaHGComputation', () => {
        const tokens = permute(scope, flatten(scope, y, 2), 0, 2, 1);
        const mixed = hypergraph(scope, tokens, c, num_hyperedges, context);
        return reshape(scope, permute(scope, mixed, 0, 2, 1), [1, c, h, w]);
      }),
    );
  },
});

interface HyperAceArgs {
  c1: number;
  c2: number;
  n: number;
  num_hyperedges: number;
  dsc3k: boolean;
  shortcut: boolean;
  e1: number;
  e2: number;
  context: PyValue;
  channel_adjust: boolean;
}

export const HyperACE = module<HyperAceArgs>({
  name: 'HyperACE',
  summary: () =>
    l10n.t('Brings three levels to the size of the middle one and mixes all positions through hyperedges.'),
  many: true,
  params: {
    c1: { ...param.c1, doc: () => l10n.t('Channels of the middle input.') },
    c2: param.c2,
    n: param.n(1),
    num_hyperedges: { ...edgesParam, doc: () => l10n.t('Hyperedges; half as many at scale n, half more at x.') },
    dsc3k: {
      kind: 'boolean',
      doc: () => l10n.t('DSC3k blocks in the branch without hyperedges; otherwise DSBottlenecks.'),
      default: true,
    },
    shortcut: param.shortcut(false),
    e1: { ...param.e(0.5), doc: () => l10n.t('Hidden channels as a fraction of the output channels.') },
    e2: {
      ...param.e(1),
      doc: () => l10n.t('Channels inside the hypergraph branches as a fraction of the hidden ones.'),
    },
    context: contextParam,
    channel_adjust: {
      kind: 'boolean',
      doc: () => l10n.t('The last input has twice the channels; the scales l and x have it off.'),
      default: true,
    },
  },
  forward: (scope, inputs, args) => {
    const { c1, c2, n, num_hyperedges, dsc3k, shortcut, e1, e2, context } = args;
    const list = each(inputs);
    const { builder } = scope;
    if (list.length < 3) {
      const message = l10n.t('{0} takes three inputs, not {1}.', 'HyperACE', list.length);
      const help = l10n.t('Name three rows, the largest feature map first, such as [4, 6, 8].');
      return scope.refuse({ code: 'wrong-input-count', message, help, output: [1, c2, Number.NaN, Number.NaN] }, list);
    }
    const c = Math.trunc(c2 * e1);
    const fused = scope.part('fuse', 'FuseModule', () => {
      const small = avgPool2d(scope, list[0]!, { kernel: 2, stride: 2 });
      const large = builder.add(ops.upsample, { scale: [2, 2], mode: 'nearest' }, list[2]!);
      return conv(scope, 'conv_out', cat(scope, [small, list[1]!, large]), c1);
    });
    const parts = builder.addAll(ops.chunk, { axis: 1, chunks: 3 }, conv(scope, 'cv1', fused, 3 * c));
    const piece = (index: number): Tensor => parts[index] ?? parts[0]!;
    const hyper = { c1: c, c2: c, e: e2, num_hyperedges, context };
    const out1 = scope.call('branch1', C3AH, piece(1), hyper);
    const out2 = scope.call('branch2', C3AH, piece(1), hyper);
    const joined = [piece(0), out1, piece(2)];
    builder.times(n, index => {
      const y = joined.at(-1)!;
      joined.push(
        dsc3k
          ? scope.call(`m.${index}`, DSC3k, y, { c1: c, c2: c, n: 2, shortcut, k1: 3, k2: 7 })
          : scope.call(`m.${index}`, DSBottleneck, y, { c1: c, c2: c, shortcut }),
      );
    });
    return conv(scope, 'cv2', cat(scope, [...joined, out2]), c2);
  },
});

export const DownsampleConv = module<{ in_channels: number; channel_adjust: boolean }>({
  name: 'DownsampleConv',
  summary: () => l10n.t('Averages to half of the size, and a 1×1 convolution to twice the channels.'),
  params: {
    in_channels: param.c1,
    channel_adjust: {
      kind: 'boolean',
      doc: () => l10n.t('Doubles the channels; the scales l and x have it off.'),
      default: true,
    },
  },
  forward: (scope, inputs, { in_channels, channel_adjust }) => {
    const x = avgPool2d(scope, only(inputs), { kernel: 2, stride: 2 });
    return channel_adjust ? conv(scope, 'channel_adjust', x, in_channels * 2) : x;
  },
});

export const FullPAD_Tunnel = module<Record<never, never>>({
  name: 'FullPAD_Tunnel',
  summary: () => l10n.t('The first input plus the second times one learned factor.'),
  many: true,
  params: {},
  forward: (scope, inputs) => {
    const list = each(inputs);
    if (list.length < 2) {
      const message = l10n.t('{0} takes two inputs, but `from` names one.', 'FullPAD_Tunnel');
      const help = l10n.t('Use a list, such as {0}.', '[6, 9]');
      return scope.refuse({ code: 'wrong-input-count', input: 0, message, help }, list);
    }
    const gate = learned(scope, [1]);
    return plus(scope, list[0]!, times(scope, list[1]!, gate));
  },
});

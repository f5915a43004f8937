// Blocks of Ultralytics (nn/modules/block.py, 8.4) and of YOLOv5 v7.0 where both agree, in the order of their forward passes.

import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import type { Complaint } from '../../../ops/op.ts';
import type { PyValue } from '../../../python/value.ts';
import { only, type Size, tensors } from '../../../torch/layer.ts';
import { relu, silu } from '../../../torch/nn/activation.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import { avgPool2d, maxPool2d } from '../../../torch/nn/pool.ts';
import type { Param } from '../../../torch/signature.ts';
import {
  cat,
  halves,
  learned,
  matmul,
  permute,
  plus,
  reshape,
  sigmoid,
  sizesOf,
  softmax,
  split,
  times,
} from '../../../torch/tensor.ts';
import { autopad } from '../layers.ts';
import { type Module, module, param, type Scope, since } from '../module.ts';
import { conv, DWConv, GhostConv, LightConv, RepConv } from './conv.ts';
import { TransformerBlock } from './transformer.ts';

/** int(c2 · e): hidden channels. */
const hidden = (c2: number, e: number): number => Math.trunc(c2 * e);

export interface BottleneckArgs {
  c1: number;
  c2: number;
  shortcut: boolean;
  g: number;
  k: readonly Size[];
  e: number;
}

const pairOfKernels: Param = {
  kind: 'any',
  doc: () => l10n.t('Kernel sizes of its two convolutions.'),
  default: [3, 3],
};

const noPair = (): Complaint => ({
  code: 'value-count-mismatch',
  attr: 'k',
  message: l10n.t('`k` of a bottleneck must be the kernel sizes of its two convolutions: two whole numbers ≥ 1.'),
  help: l10n.t('For example: [3, 3].'),
});

/** Whether a row wrote two kernel sizes: it may write anything. */
function isPair(k: unknown): boolean {
  const isSize = (size: unknown): boolean =>
    Array.isArray(size)
      ? size.length > 0 && size.length <= 2 && size.every(isSize)
      : Number.isInteger(size) && Number(size) >= 1;
  return Array.isArray(k) && k.length >= 2 && k.every(isSize);
}

export const Bottleneck = module<BottleneckArgs>({
  name: 'Bottleneck',
  summary: () => l10n.t('Two convolutions through fewer channels, with a shortcut where channels stay the same.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    shortcut: param.shortcut(true),
    g: param.g,
    k: pairOfKernels,
    e: param.e(0.5),
  },
  forward: (scope, inputs, { c1, c2, shortcut, g, k, e }) => {
    const x = only(inputs);
    if (!isPair(k)) return scope.refuse(noPair(), [x]);
    const y = conv(scope, 'cv1', x, hidden(c2, e), k[0] ?? 3);
    const z = conv(scope, 'cv2', y, c2, k[1] ?? 3, 1, { g });
    return shortcut && c1 === c2 ? plus(scope, x, z) : z;
  },
});

/** A Bottleneck of YOLOv5: a 1×1, then a 3×3. */
export const BottleneckV5 = module<Omit<BottleneckArgs, 'k'>>({
  name: 'Bottleneck',
  summary: () =>
    l10n.t('A 1×1 and a 3×3 convolution through fewer channels, with a shortcut where channels stay the same.'),
  params: { c1: param.c1, c2: param.c2, shortcut: param.shortcut(true), g: param.g, e: param.e(0.5) },
  forward: (scope, inputs, args) => Bottleneck.forward(scope, inputs, { ...args, k: [1, 3] }),
});

export interface CspArgs {
  c1: number;
  c2: number;
  n: number;
  shortcut: boolean;
  g: number;
  e: number;
}

export const cspParams = (shortcut: boolean): { readonly [K in keyof CspArgs]: Param } => ({
  c1: param.c1,
  c2: param.c2,
  n: param.n(1),
  shortcut: param.shortcut(shortcut),
  g: param.g,
  e: param.e(0.5),
});

/** `nn.Sequential` of n Bottlenecks that keep their channels. */
function bottlenecks(scope: Scope, x: Tensor, n: number, args: Omit<BottleneckArgs, 'c1'>): Tensor {
  return scope.part('m', 'Sequential', () =>
    scope.chain(n, x, (y, index) => scope.call(String(index), Bottleneck, y, { ...args, c1: args.c2 })),
  );
}

export const C1 = module<{ c1: number; c2: number; n: number }>({
  name: 'C1',
  summary: () => l10n.t('A 1×1 convolution, then n 3×3 ones each with a shortcut.'),
  params: { c1: param.c1, c2: param.c2, n: param.n(1) },
  forward: (scope, inputs, { c2, n }) => {
    const y = conv(scope, 'cv1', only(inputs), c2);
    const z = scope.part('m', 'Sequential', () =>
      scope.chain(n, y, (at, index) => conv(scope, String(index), at, c2, 3)),
    );
    return plus(scope, z, y);
  },
});

export const C2 = module<CspArgs>({
  name: 'C2',
  summary: () => l10n.t('Cross stage partial block: half of the channels go through n bottlenecks, half bypass them.'),
  params: cspParams(true),
  forward: (scope, inputs, { c2, n, shortcut, g, e }) => {
    const c = hidden(c2, e);
    const [a, b] = halves(scope, conv(scope, 'cv1', only(inputs), 2 * c));
    return conv(scope, 'cv2', cat(scope, [bottlenecks(scope, a, n, { c2: c, shortcut, g, k: [3, 3], e: 1 }), b]), c2);
  },
});

/** C2f and its relatives: each inner block's output goes into the final 1×1. */
export function c2f(
  scope: Scope,
  x: Tensor,
  c2: number,
  c: number,
  n: number,
  block: (y: Tensor, label: string) => Tensor,
): Tensor {
  const parts: Tensor[] = [...halves(scope, conv(scope, 'cv1', x, 2 * c))];
  scope.builder.times(n, index => {
    parts.push(block(parts.at(-1)!, `m.${index}`));
  });
  return conv(scope, 'cv2', cat(scope, parts), c2);
}

export const C2f = module<CspArgs>({
  name: 'C2f',
  summary: () => l10n.t('Cross stage partial block whose n bottlenecks all feed the final 1×1 convolution.'),
  params: cspParams(false),
  forward: (scope, inputs, { c2, n, shortcut, g, e }) => {
    const c = hidden(c2, e);
    return c2f(scope, only(inputs), c2, c, n, (y, label) =>
      scope.call(label, Bottleneck, y, { c1: c, c2: c, shortcut, g, k: [3, 3], e: 1 }),
    );
  },
});

/** C3 and its relatives: `middle` is what comes between cv1 and cv3. */
export function c3(scope: Scope, x: Tensor, c2: number, c: number, middle: (y: Tensor) => Tensor): Tensor {
  const y = middle(conv(scope, 'cv1', x, c));
  return conv(scope, 'cv3', cat(scope, [y, conv(scope, 'cv2', x, c)]), c2);
}

function c3Of(name: string, summary: () => string, kernels: readonly Size[]): Module<CspArgs> {
  return module<CspArgs>({
    name,
    summary,
    params: cspParams(true),
    forward: (scope, inputs, { c2, n, shortcut, g, e }) => {
      const c = hidden(c2, e);
      return c3(scope, only(inputs), c2, c, y => bottlenecks(scope, y, n, { c2: c, shortcut, g, k: kernels, e: 1 }));
    },
  });
}

export const C3 = c3Of(
  'C3',
  () => l10n.t('Cross stage partial block with three 1×1 convolutions around n bottlenecks (1×1, 3×3).'),
  [1, 3],
);
export const C3x = c3Of('C3x', () => l10n.t('A C3 whose bottlenecks are a 1×3 and a 3×1 convolution.'), [
  [1, 3],
  [3, 1],
]);

export const C3k = module<CspArgs & { k: Size }>({
  name: 'C3k',
  summary: () => l10n.t('A C3 whose bottlenecks have two k×k convolutions.'),
  params: { ...cspParams(true), k: param.k(3) },
  forward: (scope, inputs, { c2, n, shortcut, g, e, k }) => {
    const c = hidden(c2, e);
    return c3(scope, only(inputs), c2, c, y => bottlenecks(scope, y, n, { c2: c, shortcut, g, k: [k, k], e: 1 }));
  },
});

export const C3TR = module<CspArgs>({
  name: 'C3TR',
  summary: () => l10n.t('A C3 with n transformer layers of 4 heads instead of bottlenecks.'),
  params: cspParams(true),
  forward: (scope, inputs, { c2, n, e }) => {
    const c = hidden(c2, e);
    return c3(scope, only(inputs), c2, c, y =>
      scope.call('m', TransformerBlock, y, { c1: c, c2: c, num_heads: 4, num_layers: n }),
    );
  },
});

export const C3Ghost = module<CspArgs>({
  name: 'C3Ghost',
  summary: () => l10n.t('A C3 with n ghost bottlenecks.'),
  params: cspParams(true),
  forward: (scope, inputs, { c2, n, e }) => {
    const c = hidden(c2, e);
    return c3(scope, only(inputs), c2, c, y =>
      scope.part('m', 'Sequential', () =>
        scope.chain(n, y, (at, index) => scope.call(String(index), GhostBottleneck, at, { c1: c, c2: c })),
      ),
    );
  },
});

export const C3SPP = module<CspArgs & { k: readonly number[] }>({
  name: 'C3SPP',
  summary: () => l10n.t('A C3 with spatial pyramid pooling instead of bottlenecks.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: param.k([5, 9, 13]),
    n: param.n(1),
    shortcut: param.shortcut(true),
    g: param.g,
    e: param.e(0.5),
  },
  forward: (scope, inputs, { c2, k, e }) => {
    const c = hidden(c2, e);
    return c3(scope, only(inputs), c2, c, y => scope.call('m', SPP, y, { c1: c, c2: c, k }));
  },
});

export const RepC3 = module<{ c1: number; c2: number; n: number; e: number }>({
  name: 'RepC3',
  summary: () => l10n.t('Two 1×1 paths, one through n RepConvs, summed (RT-DETR).'),
  params: { c1: param.c1, c2: param.c2, n: param.n(3), e: param.e(1) },
  forward: (scope, inputs, { c2, n, e }) => {
    const x = only(inputs);
    const c = hidden(c2, e);
    const first = conv(scope, 'cv1', x, c);
    const y = scope.part('m', 'Sequential', () =>
      scope.chain(n, first, (at, index) => scope.call(String(index), RepConv, at, { c1: c, c2: c })),
    );
    const sum = plus(scope, y, conv(scope, 'cv2', x, c));
    return c === c2 ? sum : conv(scope, 'cv3', sum, c2);
  },
});

export const GhostBottleneck = module<{ c1: number; c2: number; k: Size; s: number }>({
  name: 'GhostBottleneck',
  summary: () => l10n.t('Two ghost convolutions with a shortcut; at stride 2 a depthwise convolution between them.'),
  params: { c1: param.c1, c2: param.c2, k: param.k(3), s: { ...param.s(1), kind: 'int' } },
  forward: (scope, inputs, { c1, c2, k, s }) => {
    const x = only(inputs);
    const c = Math.floor(c2 / 2);
    // GhostConv makes its channels in pairs, so that an odd number comes out one short.
    if (c % 2 === 1 || c2 % 2 === 1) {
      const [, , h, w] = sizesOf(x) as [number, number, number, number];
      const message = l10n.t(
        'GhostBottleneck halves its channels twice, so they must be a multiple of 4, not {0}.',
        c2,
      );
      return scope.refuse({ code: 'channels-not-divisible', attr: 'c2', message, output: [1, c2, h, w] }, [x]);
    }
    const main = scope.part('conv', 'Sequential', () => {
      let y = scope.call('0', GhostConv, x, { c2: c });
      if (s === 2) y = scope.call('1', DWConv, y, { c2: c, k, s, act: false });
      return scope.call('2', GhostConv, y, { c2, act: false });
    });
    if (s !== 2) return plus(scope, main, x);
    const side = scope.part('shortcut', 'Sequential', () =>
      conv(scope, '1', scope.call('0', DWConv, x, { c2: c1, k, s, act: false }), c2, 1, 1, { act: false }),
    );
    return plus(scope, main, side);
  },
});

function bottleneckCsp(block: Module<BottleneckArgs> | typeof BottleneckV5): Module<CspArgs> {
  return module<CspArgs>({
    name: 'BottleneckCSP',
    summary: () =>
      l10n.t('Cross stage partial block of the original paper: n bottlenecks beside a plain 1×1, normalized together.'),
    params: cspParams(true),
    forward: (scope, inputs, { c2, n, shortcut, g, e }) => {
      const x = only(inputs);
      const c = hidden(c2, e);
      const first = conv(scope, 'cv1', x, c);
      const deep = scope.part('m', 'Sequential', () =>
        scope.chain(n, first, (y, index) =>
          scope.call(String(index), block as Module<BottleneckArgs>, y, { c1: c, c2: c, shortcut, g, e: 1 }),
        ),
      );
      const y1 = scope.part('cv3', 'Conv2d', () => conv2d(scope, deep, { out: c, kernel: 1, bias: false }));
      const y2 = scope.part('cv2', 'Conv2d', () => conv2d(scope, x, { out: c, kernel: 1, bias: false }));
      const joined = silu(scope, batchNorm(scope, cat(scope, [y1, y2])));
      return conv(scope, 'cv4', joined, c2);
    },
  });
}

export const BottleneckCSP = bottleneckCsp(Bottleneck);
export const BottleneckCSPV5 = bottleneckCsp(BottleneckV5);

export const SPP = module<{ c1: number; c2: number; k: readonly number[] }>({
  name: 'SPP',
  summary: () =>
    l10n.t('Spatial pyramid pooling: max pools of several sizes side by side between two 1×1 convolutions.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: { ...param.k([5, 9, 13]), doc: () => l10n.t('Window sizes of the pools.') },
  },
  forward: (scope, inputs, { c1, c2, k }) => {
    const sizes = Array.isArray(k) ? (k as readonly number[]) : [k as unknown as number];
    const x = conv(scope, 'cv1', only(inputs), Math.floor(c1 / 2));
    const pools = sizes.map(size => maxPool2d(scope, x, { kernel: size, stride: 1, padding: Math.floor(size / 2) }));
    return conv(scope, 'cv2', cat(scope, [x, ...pools]), c2);
  },
});

interface SppfArgs {
  c1: number;
  c2: number;
  k: number;
}

const sppfParams = {
  c1: param.c1,
  c2: param.c2,
  k: { ...param.k(5), kind: 'int', doc: () => l10n.t('Window size of the pool.') },
} as const satisfies Record<string, Param>;

/** One max pool, n times in a row, between two 1×1 convolutions. */
function sppf(scope: Scope, x: Tensor, { c1, c2, k }: SppfArgs, n: number, act: PyValue): Tensor {
  const parts = [conv(scope, 'cv1', x, Math.floor(c1 / 2), 1, 1, { act })];
  scope.builder.times(n, () => {
    parts.push(maxPool2d(scope, parts.at(-1)!, { kernel: k, stride: 1, padding: Math.floor(k / 2) }));
  });
  return conv(scope, 'cv2', cat(scope, parts), c2);
}

export const SPPF = module<SppfArgs & { n: number; shortcut: boolean }>({
  name: 'SPPF',
  summary: () =>
    l10n.t('Fast spatial pyramid pooling: one max pool several times in a row between two 1×1 convolutions.'),
  params: {
    ...sppfParams,
    n: { kind: 'int', doc: () => l10n.t('Number of poolings in a row.'), default: 3, since: since('8.4.0') },
    shortcut: {
      kind: 'boolean',
      doc: () => l10n.t('Adds the input if it has as many channels as the output.'),
      default: false,
      since: since('8.4.0'),
    },
  },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    // Since 8.4.0 the first convolution has no activation.
    const y = sppf(scope, x, args, args.n, false);
    return args.shortcut && args.c1 === args.c2 ? plus(scope, y, x) : y;
  },
});

/** SPPF of YOLOv5, and of Ultralytics up to 8.3. */
export const SPPFV5 = module<SppfArgs>({
  name: 'SPPF',
  summary: () =>
    l10n.t('Fast spatial pyramid pooling: one max pool three times in a row between two 1×1 convolutions.'),
  params: sppfParams,
  forward: (scope, inputs, args) => sppf(scope, only(inputs), args, 3, true),
});

export const SPPELAN = module<{ c1: number; c2: number; c3: number; k: number }>({
  name: 'SPPELAN',
  summary: () => l10n.t('A 1×1 convolution, three max pools in a row, and a 1×1 over all of them (YOLOv9).'),
  params: {
    c1: param.c1,
    c2: param.c2,
    c3: { ...param.c2, doc: () => l10n.t('Hidden channels.') },
    k: { ...param.k(5), kind: 'int', doc: () => l10n.t('Window size of the pools.') },
  },
  forward: (scope, inputs, args) => {
    const { c2, k } = args;
    const parts = [conv(scope, 'cv1', only(inputs), args.c3)];
    for (let index = 0; index < 3; index++)
      parts.push(maxPool2d(scope, parts.at(-1)!, { kernel: k, stride: 1, padding: Math.floor(k / 2) }));
    return conv(scope, 'cv5', cat(scope, parts), c2);
  },
});

export const HGStem = module<{ c1: number; cm: number; c2: number }>({
  name: 'HGStem',
  summary: () => l10n.t('The stem of PPHGNetV2: five convolutions and a max pool, a quarter of the size.'),
  params: {
    c1: param.c1,
    cm: { ...param.c2, doc: () => l10n.t('Hidden channels.') },
    c2: { ...param.c2, doc: () => l10n.t('Output channels.') },
  },
  forward: (scope, inputs, { cm, c2 }) => {
    const act = 'nn.ReLU()';
    const pad = (y: Tensor): Tensor =>
      scope.builder.add(ops.pad, { before: [0, 0], after: [1, 1], mode: 'constant' }, y, { functional: true });
    const x = pad(conv(scope, 'stem1', only(inputs), cm, 3, 2, { act }));
    const a = pad(conv(scope, 'stem2a', x, Math.floor(cm / 2), 2, 1, { p: 0, act }));
    const b = conv(scope, 'stem2b', a, cm, 2, 1, { p: 0, act });
    const pooled = maxPool2d(scope, x, { kernel: 2, stride: 1, ceil: true });
    const y = conv(scope, 'stem3', cat(scope, [pooled, b]), cm, 3, 2, { act });
    return conv(scope, 'stem4', y, c2, 1, 1, { act });
  },
});

interface HgBlockArgs {
  c1: number;
  cm: number;
  c2: number;
  k: Size;
  n: number;
  lightconv: boolean;
  shortcut: boolean;
  act: PyValue;
}

export const HGBlock = module<HgBlockArgs>({
  name: 'HGBlock',
  summary: () => l10n.t('n convolutions in a row, all of whose outputs go into two 1×1 ones (PPHGNetV2).'),
  params: {
    c1: param.c1,
    cm: { ...param.c2, doc: () => l10n.t('Hidden channels.') },
    c2: { ...param.c2, doc: () => l10n.t('Output channels.') },
    k: param.k(3),
    n: param.n(6),
    lightconv: {
      kind: 'boolean',
      doc: () => l10n.t('Light convolutions (1×1 and depthwise) instead of full ones.'),
      default: false,
    },
    shortcut: param.shortcut(false),
    act: { ...param.act, default: 'nn.ReLU()' },
  },
  forward: (scope, inputs, { c1, cm, c2, k, n, lightconv, shortcut, act }) => {
    const x = only(inputs);
    const parts = [x];
    scope.builder.times(n, index => {
      const y = parts.at(-1)!;
      const label = `m.${index}`;
      parts.push(
        lightconv ? scope.call(label, LightConv, y, { c2: cm, k, act }) : conv(scope, label, y, cm, k, 1, { act }),
      );
    });
    const squeezed = conv(scope, 'sc', cat(scope, parts), Math.floor(c2 / 2), 1, 1, { act });
    const y = conv(scope, 'ec', squeezed, c2, 1, 1, { act });
    return shortcut && c1 === c2 ? plus(scope, y, x) : y;
  },
});

export const ResNetBlock = module<{ c1: number; c2: number; s: number; e: number }>({
  name: 'ResNetBlock',
  summary: () => l10n.t('A ResNet bottleneck: 1×1, 3×3 and 1×1, with a shortcut that is projected if needed.'),
  params: { c1: param.c1, c2: param.c2, s: { ...param.s(1), kind: 'int' }, e: param.e(4) },
  forward: (scope, inputs, { c1, c2, s, e }) => {
    const x = only(inputs);
    const wide = e * c2;
    const y = conv(scope, 'cv2', conv(scope, 'cv1', x, c2), c2, 3, s, { p: 1 });
    const z = conv(scope, 'cv3', y, wide, 1, 1, { act: false });
    const side = s !== 1 || c1 !== wide ? conv(scope, 'shortcut.0', x, wide, 1, s, { act: false }) : x;
    return relu(scope, plus(scope, z, side), { functional: true });
  },
});

export const ResNetLayer = module<{ c1: number; c2: number; s: number; is_first: boolean; n: number; e: number }>({
  name: 'ResNetLayer',
  summary: () => l10n.t('A stage of ResNet: n bottleneck blocks, the first with the stride; or the stem.'),
  params: {
    c1: { ...param.c1, doc: () => l10n.t('Input channels, as the file writes them.') },
    c2: { ...param.c2, doc: () => l10n.t('Channels inside the blocks; the output has e times as many.') },
    s: { ...param.s(1), kind: 'int' },
    is_first: { kind: 'boolean', doc: () => l10n.t('The stem: a 7×7 convolution and a max pool.'), default: false },
    n: param.n(1),
    e: { kind: 'int', min: 1, doc: () => l10n.t('Expansion of the output channels.'), default: 4 },
  },
  forward: (scope, inputs, { c1, c2, s, is_first, n, e }) => {
    const x = only(inputs);
    return scope.part('layer', 'Sequential', () => {
      if (is_first)
        return maxPool2d(scope, conv(scope, '0', x, c2, 7, 2, { p: 3 }), { kernel: 3, stride: 2, padding: 1 });
      const first = scope.call('0', ResNetBlock, x, { c1, c2, s, e });
      return scope.chain(n - 1, first, (y, index) =>
        scope.call(String(index + 1), ResNetBlock, y, { c1: e * c2, c2, s: 1, e }),
      );
    });
  },
});

/** What blocks pass to the RepConv inside them. */
export type RepArgs = { c1: number; c2: number; k: Size; s: Size };

function repBottleneck(rep: Module<RepArgs>): Module<BottleneckArgs> {
  return module<BottleneckArgs>({
    name: 'RepBottleneck',
    summary: () => l10n.t('A bottleneck whose first convolution is a RepConv.'),
    params: Bottleneck.params,
    forward: (scope, inputs, { c1, c2, shortcut, g, k, e }) => {
      const x = only(inputs);
      if (!isPair(k)) return scope.refuse(noPair(), [x]);
      const y = scope.call('cv1', rep, x, { c1, c2: hidden(c2, e), k: k[0] ?? 3, s: 1 });
      const z = conv(scope, 'cv2', y, c2, k[1] ?? 3, 1, { g });
      return shortcut && c1 === c2 ? plus(scope, x, z) : z;
    },
  });
}

function repCsp(bottleneck: Module<BottleneckArgs>): Module<CspArgs> {
  return module<CspArgs>({
    name: 'RepCSP',
    summary: () => l10n.t('A C3 whose bottlenecks begin with a RepConv.'),
    params: cspParams(true),
    forward: (scope, inputs, { c2, n, shortcut, g, e }) => {
      const c = hidden(c2, e);
      return c3(scope, only(inputs), c2, c, y =>
        scope.part('m', 'Sequential', () =>
          scope.chain(n, y, (at, index) =>
            scope.call(String(index), bottleneck, at, { c1: c, c2: c, shortcut, g, k: [3, 3], e: 1 }),
          ),
        ),
      );
    },
  });
}

const elanParams = {
  c1: param.c1,
  c2: param.c2,
  c3: { ...param.c2, doc: () => l10n.t('Channels after the first 1×1, half of which bypass the blocks.') },
  c4: { ...param.c2, doc: () => l10n.t('Channels of the inner blocks.') },
};

export interface RepElanArgs {
  c1: number;
  c2: number;
  c3: number;
  c4: number;
  n: number;
}

interface RepFamily {
  readonly bottleneck: Module<BottleneckArgs>;
  readonly csp: Module<CspArgs>;
  readonly elan: Module<RepElanArgs>;
}

/** RepBottleneck, RepCSP and RepNCSPELAN4 around a repository's RepConv. */
export function repFamily(rep: Module<RepArgs>): RepFamily {
  const bottleneck = repBottleneck(rep);
  const csp = repCsp(bottleneck);
  const elan = module<RepElanArgs>({
    name: 'RepNCSPELAN4',
    summary: () => l10n.t('Two RepCSP blocks in a row, each followed by a 3×3, all joined by a 1×1 (YOLOv9’s GELAN).'),
    params: { ...elanParams, n: param.n(1) },
    forward: (scope, inputs, args) => {
      const { c2, c4, n } = args;
      const stage = (label: string, x: Tensor): Tensor =>
        scope.part(label, 'Sequential', () =>
          conv(scope, '1', scope.call('0', csp, x, { c1: channels(x), c2: c4, n }), c4, 3),
        );
      const [a, b] = halves(scope, conv(scope, 'cv1', only(inputs), args.c3));
      const c = stage('cv2', b);
      const d = stage('cv3', c);
      return conv(scope, 'cv4', cat(scope, [a, b, c, d]), c2);
    },
  });
  return { bottleneck, csp, elan };
}

export const RepNCSPELAN4 = repFamily(RepConv as unknown as Module<RepArgs>).elan;

export const ELAN1 = module<{ c1: number; c2: number; c3: number; c4: number }>({
  name: 'ELAN1',
  summary: () => l10n.t('Two 3×3 convolutions in a row between two 1×1 ones, all outputs joined.'),
  params: elanParams,
  forward: (scope, inputs, args) => {
    const { c2, c4 } = args;
    const [a, b] = halves(scope, conv(scope, 'cv1', only(inputs), args.c3));
    const c = conv(scope, 'cv2', b, c4, 3);
    const d = conv(scope, 'cv3', c, c4, 3);
    return conv(scope, 'cv4', cat(scope, [a, b, c, d]), c2);
  },
});

/** torch.nn.functional.avg_pool2d(x, 2, 1, 0, False, True) */
function smooth(scope: Scope, x: Tensor): Tensor {
  return avgPool2d(scope, x, { kernel: 2, stride: 1 }, { functional: true });
}

export const AConv = module<{ c1: number; c2: number }>({
  name: 'AConv',
  summary: () => l10n.t('Averages neighbors, then a 3×3 convolution of stride 2 (YOLOv9).'),
  params: { c1: param.c1, c2: param.c2 },
  forward: (scope, inputs, { c2 }) => conv(scope, 'cv1', smooth(scope, only(inputs)), c2, 3, 2, { p: 1 }),
});

export const ADown = module<{ c1: number; c2: number }>({
  name: 'ADown',
  summary: () =>
    l10n.t('Halves the size: half of the channels by a 3×3 convolution, half by max pooling and a 1×1 (YOLOv9).'),
  params: { c1: param.c1, c2: param.c2 },
  forward: (scope, inputs, { c2 }) => {
    const c = Math.floor(c2 / 2);
    const [a, b] = halves(scope, smooth(scope, only(inputs)));
    const left = conv(scope, 'cv1', a, c, 3, 2, { p: 1 });
    const right = conv(
      scope,
      'cv2',
      maxPool2d(scope, b, { kernel: 3, stride: 2, padding: 1 }, { functional: true }),
      c,
      1,
      1,
      {
        p: 0,
      },
    );
    return cat(scope, [left, right]);
  },
});

export const CBLinear = module<{ c1: number; c2s: readonly number[]; k: Size; s: Size; p: Size | null; g: number }>({
  name: 'CBLinear',
  summary: () => l10n.t('A 1×1 convolution whose output is split into pieces for the auxiliary branches (YOLOv9).'),
  params: {
    c1: param.c1,
    c2s: { kind: 'ints', min: 1, doc: () => l10n.t('Channels of each piece.') },
    k: param.k(1),
    s: param.s(1),
    p: param.p,
    g: param.g,
  },
  forward: (scope, inputs, { c2s, k, s, p, g }) => {
    const x = only(inputs);
    if (!Array.isArray(c2s)) {
      const [, , h, w] = sizesOf(x) as [number, number, number, number];
      const message = l10n.t('CBLinear takes a list of channels, one per piece.');
      const help = l10n.t('Use [{0}] for a single piece.', String(c2s));
      return scope.refuse({ code: 'not-a-list', attr: 'c2s', message, help, output: [1, Number.NaN, h, w] }, [x]);
    }
    const sizes = c2s as readonly number[];
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const y = conv2d(scope, x, { out: all, kernel: k, stride: s, padding: autopad(k, p), groups: g });
    return split(scope, y, sizes, 1);
  },
});

export const CBFuse = module<{ idx: readonly number[] }>({
  name: 'CBFuse',
  summary: () =>
    l10n.t('Scales chosen pieces of other branches to the last input’s size and adds them to it (YOLOv9).'),
  many: true,
  lists: true,
  params: {
    idx: {
      kind: 'ints',
      doc: () => l10n.t('Which piece of each input except the last, counted from 0; −1 is the last piece.'),
    },
  },
  forward: (scope, inputs, { idx }) => {
    const [last, ...more] = tensors(inputs.at(-1)!);
    const refuse = (complaint: Complaint): Tensor =>
      scope.refuse({ ...complaint, output: last!.shape ?? [1, Number.NaN, Number.NaN, Number.NaN] }, [last!]);
    if (more.length > 0 || Array.isArray(inputs.at(-1))) {
      const message = l10n.t('The last input of CBFuse must be one tensor, not a list.');
      return refuse({ code: 'list-as-input', input: inputs.length - 1, message });
    }
    if (!Array.isArray(idx) || idx.length < inputs.length - 1) {
      const message = l10n.t('CBFuse needs a list with one index per input except the last ({0}).', inputs.length - 1);
      return refuse({ code: 'value-count-mismatch', attr: 'idx', message });
    }
    const [, c, ...size] = sizesOf(last!) as [number, number, number, number];
    const scaled: Tensor[] = [];
    for (const [index, value] of inputs.slice(0, -1).entries()) {
      if (!Array.isArray(value)) {
        const message = l10n.t('Input {0} of CBFuse must be a list of tensors, as CBLinear outputs it.', index + 1);
        return refuse({ code: 'tensor-as-list', input: index, message });
      }
      const list = value as readonly Tensor[];
      const piece = list.at(idx[index]!);
      if (!piece) {
        const message = l10n.t(
          'There is no piece {0}: input {1} has {2} pieces, counted from 0.',
          idx[index]!,
          index + 1,
          list.length,
        );
        return refuse({ code: 'unknown-tensor', attr: 'idx', message });
      }
      // torch.stack wants equal shapes and spreads no single channel.
      const given = channels(piece);
      if (given !== c && !Number.isNaN(given) && !Number.isNaN(c)) {
        const message = l10n.t(
          'Piece {0} of input {1} has {2} channels, but the last input has {3}.',
          idx[index]!,
          index + 1,
          given,
          c,
        );
        return refuse({ code: 'piece-channels-mismatch', input: index, message });
      }
      scaled.push(scope.builder.add(ops.upsample, { size, mode: 'nearest' }, piece, { functional: true }));
    }
    return scaled.length > 0 ? plus(scope, ...scaled, last!) : last!;
  },
});

export const C3k2 = module<CspArgs & { c3k: boolean; attn: boolean }>({
  name: 'C3k2',
  summary: () =>
    l10n.t('A C2f whose inner blocks are bottlenecks, C3k blocks of two bottlenecks, or bottlenecks with attention.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    n: param.n(1),
    c3k: {
      kind: 'boolean',
      doc: () =>
        l10n.t(
          'C3k blocks inside. The scales m, l and x always have them, and so does a file with neither `scales` nor a scale letter in its name.',
        ),
      default: false,
    },
    e: param.e(0.5),
    attn: {
      kind: 'boolean',
      doc: () => l10n.t('A bottleneck and a block of position-sensitive attention inside, regardless of `c3k`.'),
      default: false,
      since: {
        ...since('8.4.0'),
        before: () => l10n.t('Since Ultralytics 8.4.0; before that, this argument was `g`.'),
      },
    },
    g: param.g,
    shortcut: param.shortcut(true),
  },
  forward: (scope, inputs, { c2, n, c3k, e, attn, g, shortcut }) => {
    const c = hidden(c2, e);
    return c2f(scope, only(inputs), c2, c, n, (y, label) => {
      const inner = { c1: c, c2: c, shortcut, g };
      if (attn) {
        return scope.part(label, 'Sequential', () =>
          scope.call('1', PSABlock, scope.call('0', Bottleneck, y, inner), { c, num_heads: headsOf(c) }),
        );
      }
      return c3k ? scope.call(label, C3k, y, { ...inner, n: 2 }) : scope.call(label, Bottleneck, y, inner);
    });
  },
});

export const RepVGGDW = module<{ ed: number }>({
  name: 'RepVGGDW',
  summary: () => l10n.t('A depthwise 7×7 and a depthwise 3×3 side by side, summed.'),
  params: { ed: { ...param.c2, doc: () => l10n.t('Channels.') } },
  forward: (scope, inputs, { ed }) => {
    const x = only(inputs);
    const wide = conv(scope, 'conv', x, ed, 7, 1, { p: 3, g: ed, act: false });
    const narrow = conv(scope, 'conv1', x, ed, 3, 1, { p: 1, g: ed, act: false });
    return silu(scope, plus(scope, wide, narrow));
  },
});

const CIB = module<{ c1: number; c2: number; shortcut: boolean; e: number; lk: boolean }>({
  name: 'CIB',
  summary: () => l10n.t('Compact inverted block: depthwise and 1×1 convolutions in turn (YOLOv10).'),
  params: {
    c1: param.c1,
    c2: param.c2,
    shortcut: param.shortcut(true),
    e: param.e(0.5),
    lk: { kind: 'boolean', doc: () => l10n.t('A large depthwise kernel in the middle.'), default: false },
  },
  forward: (scope, inputs, { c1, c2, shortcut, e, lk }) => {
    const x = only(inputs);
    const wide = 2 * hidden(c2, e);
    const y = scope.part('cv1', 'Sequential', () => {
      const a = conv(scope, '1', conv(scope, '0', x, c1, 3, 1, { g: c1 }), wide);
      const b = lk ? scope.call('2', RepVGGDW, a, { ed: wide }) : conv(scope, '2', a, wide, 3, 1, { g: wide });
      return conv(scope, '4', conv(scope, '3', b, c2), c2, 3, 1, { g: c2 });
    });
    return shortcut && c1 === c2 ? plus(scope, x, y) : y;
  },
});

export const C2fCIB = module<CspArgs & { lk: boolean }>({
  name: 'C2fCIB',
  summary: () => l10n.t('A C2f with compact inverted blocks (YOLOv10).'),
  params: {
    c1: param.c1,
    c2: param.c2,
    n: param.n(1),
    shortcut: param.shortcut(false),
    lk: { kind: 'boolean', doc: () => l10n.t('A large depthwise kernel in each block.'), default: false },
    g: param.g,
    e: param.e(0.5),
  },
  forward: (scope, inputs, { c2, n, shortcut, lk, e }) => {
    const c = hidden(c2, e);
    return c2f(scope, only(inputs), c2, c, n, (y, label) =>
      scope.call(label, CIB, y, { c1: c, c2: c, shortcut, e: 1, lk }),
    );
  },
});

const Attention = module<{ dim: number; num_heads: number; attn_ratio: number }>({
  name: 'Attention',
  summary: () => l10n.t('Self-attention over all positions, with a depthwise 3×3 as position encoding.'),
  params: {
    dim: { ...param.c2, doc: () => l10n.t('Channels.') },
    num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads.'), default: 8 },
    attn_ratio: {
      kind: 'number',
      doc: () => l10n.t('Channels of keys as a fraction of a head’s channels.'),
      default: 0.5,
    },
  },
  forward: (scope, inputs, { dim, num_heads, attn_ratio }) => {
    const x = only(inputs);
    const [, , h, w] = sizesOf(x) as [number, number, number, number];
    if (num_heads < 1) {
      return scope.refuse(
        {
          code: 'too-few-channels',
          message: l10n.t('Attention has one head per 64 channels, but there are only {0} channels.', dim),
          help: l10n.t('Use at least 64 hidden channels.'),
          output: [1, dim, h, w],
        },
        [x],
      );
    }
    const head = Math.floor(dim / num_heads);
    const key = Math.trunc(head * attn_ratio);
    const qkv = conv(scope, 'qkv', x, dim + 2 * key * num_heads, 1, 1, { act: false });
    const heads = reshape(scope, qkv, [1, num_heads, 2 * key + head, h * w]);
    const [q, k, v] = split(scope, heads, [key, key, head], 2) as [Tensor, Tensor, Tensor];
    const attn = softmax(scope, matmul(scope, q, k, { a: true }), -1);
    const mixed = reshape(scope, matmul(scope, v, attn, { b: true }), [1, dim, h, w]);
    const position = conv(scope, 'pe', reshape(scope, v, [1, dim, h, w]), dim, 3, 1, { g: dim, act: false });
    return conv(scope, 'proj', plus(scope, mixed, position), dim, 1, 1, { act: false });
  },
});

/** PSABlock.forward: x + attn(x), then x + ffn(x). */
function attentionBlock(scope: Scope, x: Tensor, c: number, num_heads: number): Tensor {
  const y = plus(scope, x, scope.call('attn', Attention, x, { dim: c, num_heads, attn_ratio: 0.5 }));
  const ffn = scope.part('ffn', 'Sequential', () =>
    conv(scope, '1', conv(scope, '0', y, c * 2), c, 1, 1, { act: false }),
  );
  return plus(scope, y, ffn);
}

const PSABlock = module<{ c: number; num_heads: number }>({
  name: 'PSABlock',
  summary: () => l10n.t('Attention and a feed-forward part of two 1×1 convolutions, each with a shortcut.'),
  params: {
    c: { ...param.c2, doc: () => l10n.t('Channels.') },
    num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads.'), default: 4 },
  },
  forward: (scope, inputs, { c, num_heads }) => attentionBlock(scope, only(inputs), c, num_heads),
});

/** `assert c1 == c2` of the attention blocks. */
function unequal(scope: Scope, name: string, x: Tensor, c1: number, c2: number): Tensor | undefined {
  if (c1 === c2 || Number.isNaN(c1)) return undefined;
  const [, , h, w] = sizesOf(x) as [number, number, number, number];
  return scope.refuse(
    {
      code: 'keeps-channels',
      attr: 'c2',
      message: l10n.t(
        '{0} cannot change the number of channels: it gets {1}, but the row declares {2} (after the width multiple).',
        name,
        c1,
        c2,
      ),
      help: l10n.t('Declare {0} channels.', c1),
      output: [1, c2, h, w],
    },
    [x],
  );
}

interface PositionAttention {
  readonly PSA: Module<{ c1: number; c2: number; e: number }>;
  readonly C2PSA: Module<{ c1: number; c2: number; n: number; e: number }>;
  readonly C2fPSA: Module<{ c1: number; c2: number; n: number; e: number }>;
}

/** They assert `c1 == c2`, and a head has 64 channels. */
const attending = { keepsChannels: true, leastInside: 64 } as const;

/** PSA and its relatives; releases differ in how many heads so many channels have. */
export function positionAttention(heads: (c: number) => number): PositionAttention {
  const block = (scope: Scope, label: string, x: Tensor, c: number): Tensor =>
    scope.call(label, PSABlock, x, { c, num_heads: heads(c) });
  const PSA = module<{ c1: number; c2: number; e: number }>({
    name: 'PSA',
    summary: () => l10n.t('Position-sensitive attention on half of the channels (YOLOv10).'),
    params: { c1: param.c1, c2: param.c2, e: param.e(0.5) },
    ...attending,
    forward: (scope, inputs, { c1, c2, e }) => {
      const x = only(inputs);
      const c = hidden(c1, e);
      const refused = unequal(scope, 'PSA', x, c1, c2);
      if (refused) return refused;
      const [a, b] = split(scope, conv(scope, 'cv1', x, 2 * c), [c, c], 1) as [Tensor, Tensor];
      return conv(scope, 'cv2', cat(scope, [a, attentionBlock(scope, b, c, heads(c))]), c1);
    },
  });
  const params = { c1: param.c1, c2: param.c2, n: param.n(1), e: param.e(0.5) };
  const C2PSA = module<{ c1: number; c2: number; n: number; e: number }>({
    name: 'C2PSA',
    summary: () => l10n.t('n blocks of position-sensitive attention on half of the channels (YOLO11).'),
    params,
    ...attending,
    forward: (scope, inputs, { c1, c2, n, e }) => {
      const x = only(inputs);
      const c = hidden(c1, e);
      const refused = unequal(scope, 'C2PSA', x, c1, c2);
      if (refused) return refused;
      const [a, b] = split(scope, conv(scope, 'cv1', x, 2 * c), [c, c], 1) as [Tensor, Tensor];
      const deep = scope.part('m', 'Sequential', () =>
        scope.chain(n, b, (y, index) => block(scope, String(index), y, c)),
      );
      return conv(scope, 'cv2', cat(scope, [a, deep]), c1);
    },
  });
  const C2fPSA = module<{ c1: number; c2: number; n: number; e: number }>({
    name: 'C2fPSA',
    summary: () => l10n.t('A C2f with blocks of position-sensitive attention.'),
    params,
    ...attending,
    forward: (scope, inputs, { c1, c2, n, e }) => {
      const x = only(inputs);
      const c = hidden(c2, e);
      return unequal(scope, 'C2fPSA', x, c1, c2) ?? c2f(scope, x, c2, c, n, (y, label) => block(scope, label, y, c));
    },
  });
  return { PSA, C2PSA, C2fPSA };
}

/** One head for each 64 channels, at least one (C2PSA: since 8.4.112; below 64 it fails before). */
const headsOf = (c: number): number => Math.max(Math.floor(c / 64), 1);

export const { PSA, C2PSA, C2fPSA } = positionAttention(headsOf);

export const SCDown = module<{ c1: number; c2: number; k: Size; s: Size }>({
  name: 'SCDown',
  summary: () => l10n.t('A 1×1 convolution for the channels, then a depthwise one for the size (YOLOv10).'),
  params: {
    c1: param.c1,
    c2: param.c2,
    k: { kind: 'ints', min: 1, doc: () => l10n.t('Kernel size of the depthwise convolution.') },
    s: { kind: 'ints', min: 1, doc: () => l10n.t('Stride of the depthwise convolution.') },
  },
  forward: (scope, inputs, { c2, k, s }) =>
    conv(scope, 'cv2', conv(scope, 'cv1', only(inputs), c2), c2, k, s, { g: c2, act: false }),
});

interface AreaArgs {
  dim: number;
  num_heads: number;
  area: number;
}

/** What area attention works on: `area` parts of `each` places of a map of h×w. */
interface Areas {
  readonly dim: number;
  readonly heads: number;
  readonly area: number;
  readonly each: number;
  readonly h: number;
  readonly w: number;
}

/** A repository's AAttn: they cut the map alike, and differ in what they do with the parts. */
export const areaAttention = (
  summary: () => string,
  attend: (scope: Scope, x: Tensor, areas: Areas) => Tensor,
): Module<AreaArgs> =>
  module<AreaArgs>({
    name: 'AAttn',
    summary,
    params: {
      dim: { ...param.c2, doc: () => l10n.t('Channels.') },
      num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads.') },
      area: {
        kind: 'int',
        doc: () => l10n.t('Areas that the feature map is divided into; below 2 it stays whole.'),
        default: 1,
      },
    },
    forward: (scope, inputs, args) => {
      const { dim, num_heads: heads } = args;
      const area = Math.max(args.area, 1);
      const x = only(inputs);
      const [, , h, w] = sizesOf(x) as [number, number, number, number];
      if ((h * w) % area > 0) {
        const message = l10n.t('A feature map of {0}×{1} cannot be divided into {2} equal areas.', h, w, area);
        const help = l10n.t('Use an input size that allows it.');
        return scope.refuse({ code: 'uneven-areas', attr: 'area', message, help, output: [1, dim, h, w] }, [x]);
      }
      return attend(scope, x, { dim, heads, area, each: (h * w) / area, h, w });
    },
  });

/** Ultralytics from 8.3.78 (AAttn.forward): one qkv convolution, a 7×7 position encoding. */
const AAttn = areaAttention(
  () => l10n.t('Attention within areas of the feature map, with a depthwise 7×7 as position encoding.'),
  (scope, x, { dim, heads, area, each, h, w }) => {
    const head = Math.floor(dim / heads);
    const all = head * heads;
    const qkv = permute(
      scope,
      reshape(scope, conv(scope, 'qkv', x, all * 3, 1, 1, { act: false }), [1, all * 3, h * w]),
      0,
      2,
      1,
    );
    const areas = reshape(scope, qkv, [area, each, heads, head * 3]);
    const parts = split(scope, permute(scope, areas, 0, 2, 3, 1), [head, head, head], 2);
    const [q, k, v] = parts as [Tensor, Tensor, Tensor];
    const attn = softmax(scope, matmul(scope, q, k, { a: true }), -1);
    const image = (y: Tensor): Tensor =>
      permute(scope, reshape(scope, permute(scope, y, 0, 3, 1, 2), [1, h, w, all]), 0, 3, 1, 2);
    const mixed = image(matmul(scope, v, attn, { b: true }));
    const position = conv(scope, 'pe', image(v), dim, 7, 1, { p: 3, g: dim, act: false });
    return conv(scope, 'proj', plus(scope, mixed, position), dim, 1, 1, { act: false });
  },
);

interface ABlockArgs extends AreaArgs {
  mlp_ratio: number;
}

const aBlock = (attention: Module<AreaArgs>): Module<ABlockArgs> =>
  module<ABlockArgs>({
    name: 'ABlock',
    summary: () => l10n.t('Area attention and a feed-forward part of two 1×1 convolutions, each with a shortcut.'),
    params: {
      dim: { ...param.c2, doc: () => l10n.t('Channels.') },
      num_heads: { kind: 'int', min: 1, doc: () => l10n.t('Heads.') },
      mlp_ratio: {
        kind: 'number',
        doc: () => l10n.t('Hidden channels of the feed-forward part as a multiple.'),
        default: 1.2,
      },
      area: {
        kind: 'int',
        doc: () => l10n.t('Areas that the feature map is divided into; below 2 it stays whole.'),
        default: 1,
      },
    },
    forward: (scope, inputs, { dim, num_heads, mlp_ratio, area }) => {
      const x = only(inputs);
      const y = plus(scope, x, scope.call('attn', attention, x, { dim, num_heads, area }));
      const mlp = scope.part('mlp', 'Sequential', () =>
        conv(scope, '1', conv(scope, '0', y, Math.trunc(dim * mlp_ratio)), dim, 1, 1, { act: false }),
      );
      return plus(scope, y, mlp);
    },
  });

export interface A2C2fArgs extends CspArgs {
  a2: boolean;
  area: number;
  residual: boolean;
  mlp_ratio: number;
}

/** A2C2f around a repository's area attention. */
export const a2c2f = (attention: Module<AreaArgs>): Module<A2C2fArgs> => {
  const ABlock = aBlock(attention);
  return module<A2C2fArgs>({
    name: 'A2C2f',
    summary: () =>
      l10n.t('n pairs of area-attention blocks (or C3k blocks) whose outputs all go into a 1×1 (YOLO12’s R-ELAN).'),
    params: {
      c1: param.c1,
      c2: param.c2,
      n: param.n(1),
      a2: { kind: 'boolean', doc: () => l10n.t('Area attention; otherwise C3k blocks.'), default: true },
      area: {
        kind: 'int',
        doc: () => l10n.t('Areas that the feature map is divided into; below 2 it stays whole.'),
        default: 1,
      },
      residual: {
        kind: 'boolean',
        doc: () => l10n.t('Adds the input with a learned scale; the scales l and x always do.'),
        default: false,
      },
      mlp_ratio: {
        kind: 'number',
        doc: () => l10n.t('Hidden channels of the feed-forward parts as a multiple.'),
        default: 2,
      },
      e: param.e(0.5),
      g: param.g,
      shortcut: param.shortcut(true),
    },
    forward: (scope, inputs, { c2, n, a2, area, residual, mlp_ratio, e, g, shortcut }) => {
      const x = only(inputs);
      const c = hidden(c2, e);
      if (c % 32 > 0) {
        const [, , h, w] = sizesOf(x) as [number, number, number, number];
        const message = l10n.t('Hidden channels must be a multiple of 32, but {0} × {1} is {2}.', c2, e, c);
        const help = Number.isInteger(32 / e)
          ? l10n.t('Make the output channels a multiple of {0} (after the width multiple).', 32 / e)
          : l10n.t('Change the output channels or the ratio `e`.');
        return scope.refuse({ code: 'channels-not-divisible', attr: 'c2', message, help, output: [1, c2, h, w] }, [x]);
      }
      const parts = [conv(scope, 'cv1', x, c)];
      scope.builder.times(n, index => {
        const y = parts.at(-1)!;
        const label = `m.${index}`;
        if (!a2) {
          parts.push(scope.call(label, C3k, y, { c1: c, c2: c, n: 2, shortcut, g }));
          return;
        }
        const block = (at: Tensor, inner: number): Tensor =>
          scope.call(String(inner), ABlock, at, { dim: c, num_heads: c / 32, mlp_ratio, area });
        parts.push(scope.part(label, 'Sequential', () => scope.chain(2, y, block)));
      });
      const y = conv(scope, 'cv2', cat(scope, parts), c2);
      if (!(a2 && residual)) return y;
      const gamma = learned(scope, [c2]);
      return plus(scope, x, times(scope, reshape(scope, gamma, [1, c2, 1, 1]), y));
    },
  });
};

export const A2C2f: Module<A2C2fArgs> = { ...a2c2f(AAttn), since: since('8.3.78') };

interface SigmoidAttentionArgs {
  c1: number;
  c2: number;
  nh: number;
  ec: number;
  gc: number;
  scale: boolean;
}

const MaxSigmoidAttnBlock = module<SigmoidAttentionArgs>({
  name: 'MaxSigmoidAttnBlock',
  summary: () => l10n.t('Weights positions by their nearest text feature.'),
  params: {
    c1: param.c1,
    c2: param.c2,
    nh: { kind: 'int', min: 1, doc: () => l10n.t('Heads.'), default: 1 },
    ec: { kind: 'int', min: 1, doc: () => l10n.t('Embedding channels.'), default: 128 },
    gc: { kind: 'int', min: 1, doc: () => l10n.t('Channels of the text features.'), default: 512 },
    scale: { kind: 'boolean', doc: () => l10n.t('Learned scale.'), default: false },
  },
  forward: (scope, inputs, { c1, c2, nh, ec, scale }) => {
    const x = only(inputs);
    const guide = only(inputs.slice(1));
    const [, , h, w] = sizesOf(x) as [number, number, number, number];
    const hc = Math.floor(c2 / nh);
    const [, classes] = sizesOf(guide, 3) as [number, number];
    const text = scope.part('gl', 'Linear', () => scope.builder.add(ops.linear, { out: ec, bias: true }, guide));
    const words = permute(scope, reshape(scope, text, [1, classes, nh, hc]), 0, 2, 1, 3);
    const embed = c1 === ec ? x : conv(scope, 'ec', x, ec, 1, 1, { act: false });
    const places = reshape(scope, embed, [1, nh, hc, h * w]);
    // einsum bmchw,bnmc→bmhwn: every place with every text feature.
    const scores = matmul(scope, places, words, { a: true, b: true });
    const best = scope.builder.add(ops.reduce, { how: 'max', axes: [-1], keep: false }, scores);
    const bias = learned(scope, [nh], 'biases');
    const biased = plus(scope, best, reshape(scope, bias, [1, nh, 1]));
    let weight = sigmoid(scope, biased);
    if (scale) {
      const factor = learned(scope, [1, nh, 1, 1]);
      weight = times(scope, weight, reshape(scope, factor, [1, nh, 1]));
    }
    const projected = conv(scope, 'proj_conv', x, c2, 3, 1, { act: false });
    const weighed = times(
      scope,
      reshape(scope, projected, [1, nh, hc, h * w]),
      reshape(scope, weight, [1, nh, 1, h * w]),
    );
    return reshape(scope, weighed, [1, c2, h, w]);
  },
});

export const C2fAttn = module<CspArgs & { ec: number; nh: number; gc: number }>({
  name: 'C2fAttn',
  summary: () => l10n.t('A C2f with a block that attends to text features (YOLO-World).'),
  params: {
    c1: param.c1,
    c2: param.c2,
    n: param.n(1),
    ec: { kind: 'int', min: 1, doc: () => l10n.t('Embedding channels, before the width multiple.'), default: 128 },
    nh: { kind: 'int', min: 1, doc: () => l10n.t('Heads, before the width multiple.'), default: 1 },
    gc: { kind: 'int', min: 1, doc: () => l10n.t('Channels of the text features.'), default: 512 },
    shortcut: param.shortcut(false),
    g: param.g,
    e: param.e(0.5),
  },
  forward: (scope, inputs, { c2, n, ec, nh, gc, shortcut, g, e }) => {
    const c = hidden(c2, e);
    const parts: Tensor[] = [...halves(scope, conv(scope, 'cv1', only(inputs), 2 * c))];
    scope.builder.times(n, index => {
      parts.push(scope.call(`m.${index}`, Bottleneck, parts.at(-1)!, { c1: c, c2: c, shortcut, g, k: [3, 3], e: 1 }));
    });
    const guide = scope.text.current ?? scope.text.given();
    parts.push(scope.call('attn', MaxSigmoidAttnBlock, [parts.at(-1)!, guide], { c1: c, c2: c, gc, ec, nh }));
    return conv(scope, 'cv2', cat(scope, parts), c2);
  },
});

interface PoolingAttentionArgs {
  ec: number;
  ch: readonly number[];
  ct: number;
  nh: number;
  k: number;
  scale: boolean;
}

export const ImagePoolingAttn = module<PoolingAttentionArgs>({
  name: 'ImagePoolingAttn',
  summary: () => l10n.t('Updates the text features by attending to pooled image features (YOLO-World).'),
  many: true,
  // WorldModel.predict: the text features move on, the image features pass by as they were.
  passes: true,
  params: {
    ec: { kind: 'int', min: 1, doc: () => l10n.t('Embedding channels.'), default: 256 },
    ch: param.ch,
    ct: { kind: 'int', min: 1, doc: () => l10n.t('Channels of the text features.'), default: 512 },
    nh: { kind: 'int', min: 1, doc: () => l10n.t('Heads.'), default: 8 },
    k: { kind: 'int', min: 1, doc: () => l10n.t('Each feature map is pooled to k×k.'), default: 3 },
    scale: { kind: 'boolean', doc: () => l10n.t('Learned scale.'), default: false },
  },
  forward: (scope, inputs, { ec, ct, nh, k, scale }) => {
    const text = scope.text.current ?? scope.text.given();
    const [, classes] = sizesOf(text, 3) as [number, number];
    const places = k * k;
    const pooled = inputs.map((value, index) =>
      scope.part(`projections.${index}`, 'Conv2d', () => {
        const y = conv2d(scope, tensors(value)[0]!, { out: ec, kernel: 1 });
        return reshape(scope, scope.builder.add(ops.adaptiveMaxPool, { size: [k, k] }, y), [1, ec, places]);
      }),
    );
    const image = permute(scope, cat(scope, pooled, -1), 0, 2, 1);
    const project = (label: string, x: Tensor): Tensor =>
      scope.part(label, 'Sequential', () => {
        const normed = scope.builder.add(ops.layerNorm, { axes: 1, affine: true, bias: true }, x);
        return scope.builder.add(ops.linear, { out: ec, bias: true }, normed);
      });
    const hc = Math.floor(ec / nh);
    const heads = (x: Tensor, length: number): Tensor =>
      permute(scope, reshape(scope, x, [1, length, nh, hc]), 0, 2, 1, 3);
    const q = heads(project('query', text), classes);
    const key = heads(project('key', image), places * inputs.length);
    const value = heads(project('value', image), places * inputs.length);
    const attn = softmax(scope, matmul(scope, q, key, { b: true }), -1);
    const mixed = reshape(scope, permute(scope, matmul(scope, attn, value), 0, 2, 1, 3), [1, classes, ec]);
    let y = scope.part('proj', 'Linear', () => scope.builder.add(ops.linear, { out: ct, bias: true }, mixed));
    if (scale) y = times(scope, y, learned(scope, [1]));
    const result = plus(scope, y, text);
    scope.text.current = result;
    return result;
  },
});

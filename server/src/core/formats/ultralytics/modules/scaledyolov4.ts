// Modules of ScaledYOLOv4 (WongKinYiu/ScaledYOLOv4, models/common.py), whose activation is Mish throughout.

import * as l10n from '@vscode/l10n';
import { channels, type Tensor } from '../../../graph/graph.ts';
import { type Forward, only } from '../../../torch/layer.ts';
import { gate, mish, relu, relu6 } from '../../../torch/nn/activation.ts';
import { conv2d } from '../../../torch/nn/conv.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import type { Param } from '../../../torch/signature.ts';
import { cat, flatten, halves, plus, slice } from '../../../torch/tensor.ts';
import { autopad } from '../layers.ts';
import { type Module, module, param, type Scope } from '../module.ts';
import { BottleneckV5, SPP } from './block.ts';
import {
  type ClassicConvArgs,
  type ClassicCspArgs,
  ConvClassic,
  classicConvParams,
  classicCspParams,
  DWConvClassic,
  pyramid,
  stack,
} from './classic.ts';
import { conv, Focus } from './conv.ts';

/** `Mish() if act else nn.Identity()`: whatever is true is Mish. */
function mishOnly<A extends { act: unknown }>(target: Module<A>): Module<A> {
  return {
    ...target,
    params: { ...target.params, act: { kind: 'any', doc: () => l10n.t('Mish; False means none.'), default: true } },
    forward: (scope, inputs, args) => {
      const { act } = args;
      const on = Array.isArray(act) ? act.length > 0 : Boolean(act);
      return target.forward(scope, inputs, { ...args, act: on });
    },
  };
}

export const ConvMish = mishOnly(ConvClassic);
export const DWConvMish = mishOnly(DWConvClassic);
export const FocusMish = mishOnly(Focus);

/** A convolution without norm. */
function bare(name: string, summary: () => string, activate: Forward): Module<ClassicConvArgs> {
  return module<ClassicConvArgs>({
    name,
    summary,
    params: {
      ...classicConvParams,
      act: { kind: 'any', doc: () => l10n.t('Its activation; False means none.'), default: true },
    },
    forward: (scope, inputs, { c2, k, s, p, g, act }) => {
      const y = conv2d(scope, only(inputs), {
        out: c2,
        kernel: k,
        stride: s,
        padding: autopad(k, p),
        groups: g,
        bias: false,
      });
      return act ? activate(scope, y) : y;
    },
  });
}

export const ConvSig = bare(
  'ConvSig',
  () => l10n.t('A convolution without bias or norm, and a sigmoid.'),
  (scope, x) => gate(scope, x),
);
export const ConvSqu = bare('ConvSqu', () => l10n.t('A convolution without bias or norm, and Mish.'), mish);

export const BottleneckCSP2 = module<ClassicCspArgs>({
  name: 'BottleneckCSP2',
  summary: () =>
    l10n.t('Cross stage partial block after a shared 1×1: n bottlenecks beside a plain 1×1, normalized together.'),
  params: classicCspParams(false),
  forward: (scope, inputs, { c2, n, shortcut, g }) => {
    const c = Math.trunc(c2);
    const x1 = conv(scope, 'cv1', only(inputs), c);
    const y1 = stack(scope, n, x1, (y, label) =>
      scope.call(label, BottleneckV5, y, { c1: c, c2: c, shortcut, g, e: 1 }),
    );
    const y2 = scope.part('cv2', 'Conv2d', () => conv2d(scope, x1, { out: c, kernel: 1, bias: false }));
    return conv(scope, 'cv3', mish(scope, batchNorm(scope, cat(scope, [y1, y2]))), c2);
  },
});

export const VoVCSP = module<ClassicCspArgs>({
  name: 'VoVCSP',
  summary: () => l10n.t('Two 3×3 convolutions in a row over half of the channels, both joined by a 1×1.'),
  params: classicCspParams(true),
  forward: (scope, inputs, { c2 }) => {
    const c = Math.trunc(c2);
    const half = Math.floor(c / 2);
    const [, x] = halves(scope, only(inputs));
    const x1 = conv(scope, 'cv1', x, half, 3);
    return conv(scope, 'cv3', cat(scope, [x1, conv(scope, 'cv2', x1, half, 3)]), c2);
  },
});

export const SPPCSP = module<ClassicCspArgs & { k: readonly number[] }>({
  name: 'SPPCSP',
  summary: () => l10n.t('Spatial pyramid pooling inside a cross stage partial block, normalized together.'),
  params: { ...classicCspParams(false), k: { ...SPP.params.k, default: [5, 9, 13] } },
  forward: (scope, inputs, { c2, e, k }) => {
    const x = only(inputs);
    const c = Math.trunc(2 * c2 * e);
    const x1 = conv(scope, 'cv4', conv(scope, 'cv3', conv(scope, 'cv1', x, c), c, 3), c);
    const y1 = conv(scope, 'cv6', conv(scope, 'cv5', cat(scope, [x1, ...pyramid(scope, x1, k)]), c), c, 3);
    const y2 = scope.part('cv2', 'Conv2d', () => conv2d(scope, x, { out: c, kernel: 1, bias: false }));
    return conv(scope, 'cv7', mish(scope, batchNorm(scope, cat(scope, [y1, y2]))), c2);
  },
});

/** `get_link`: what a layer of a HarDBlock makes and which layers it reads, counted from 1; 0 is the input. */
interface Link {
  readonly outputs: number;
  readonly from: readonly number[];
}

function linkOf(layer: number, growth: number, factor: number): Link {
  let outputs = growth;
  const from: number[] = [];
  for (let power = 0; power < 10; power++) {
    const distance = 2 ** power;
    if (layer % distance > 0) continue;
    from.push(layer - distance);
    if (power > 0) outputs *= factor;
  }
  return { outputs: Math.trunc(Math.trunc(outputs + 1) / 2) * 2, from };
}

export function hardLinks(layers: number, growth: number, factor: number): readonly Link[] {
  return Array.from({ length: layers }, (_, index) => linkOf(index + 1, growth, factor));
}

/** `get_out_ch`: every second layer's channels and the last one's. */
export function hardOutput(links: readonly Link[]): number {
  return links.reduce(
    (sum, { outputs }, index) => (index % 2 === 0 || index === links.length - 1 ? sum + outputs : sum),
    0,
  );
}

interface HardArgs {
  in_channels: number;
  growth_rate: number;
  grmul: number;
  n_layers: number;
  keepBase: boolean;
  residual_out: boolean;
  dwconv: boolean;
}

const layersParam: Param = { kind: 'int', min: 1, doc: () => l10n.t('Layers.') };
const hardParams = {
  in_channels: param.c1,
  growth_rate: { kind: 'number', doc: () => l10n.t('Channels that a layer adds.') },
  grmul: { kind: 'number', doc: () => l10n.t('Factor for layers that read several others.') },
  n_layers: layersParam,
} as const;
const flag = (doc: () => string): Param => ({ kind: 'boolean', doc, default: false });

/** A HarDBlock deeper than this is a mistake. */
const deepest = 512;

function tooDeep(scope: Scope, x: Tensor, layers: number, links: readonly Link[]): Tensor | undefined {
  const narrow = links.findIndex(({ outputs }) => !(outputs >= 1 && outputs <= 2 ** 31));
  if (layers <= deepest && narrow < 0) return undefined;
  if (layers > deepest) {
    const message = l10n.t('A block can have at most {0} layers here, not {1}.', deepest, layers);
    return scope.refuse({ code: 'value-out-of-range', attr: 'n_layers', message }, [x]);
  }
  const message = l10n.t('Layer {0} of the block would have {1} channels.', narrow + 1, links[narrow]!.outputs);
  const help = l10n.t('Change `growth_rate` or `grmul`.');
  return scope.refuse({ code: 'no-output-channels', attr: 'growth_rate', message, help }, [x]);
}

export const HarDBlock = module<HardArgs>({
  name: 'HarDBlock',
  summary: () =>
    l10n.t('Layers that each read some of those before them (HarDNet); every second one is part of the output.'),
  params: {
    ...hardParams,
    keepBase: flag(() => l10n.t('Also outputs its input. (The rows below are built without it.)')),
    residual_out: flag(() => l10n.t('Not used.')),
    dwconv: flag(() => l10n.t('1×1 and depthwise convolutions instead of 3×3 ones.')),
  },
  forward: (scope, inputs, { growth_rate, grmul, n_layers, keepBase, dwconv }) => {
    const x = only(inputs);
    const links = n_layers <= deepest ? hardLinks(n_layers, growth_rate, grmul) : [];
    const refused = tooDeep(scope, x, n_layers, links);
    if (refused) return refused;
    const layers = [x];
    scope.builder.times(n_layers, index => {
      const { outputs, from } = links[index]!;
      const parts = from.map(at => layers[at]!);
      const joined = parts.length > 1 ? cat(scope, parts) : parts[0]!;
      layers.push(
        dwconv
          ? scope.call(`layers.${index}`, CombConvLayer, joined, {
              in_channels: channels(joined),
              out_channels: outputs,
            })
          : conv(scope, `layers.${index}`, joined, outputs, 3),
      );
    });
    const last = layers.length - 1;
    return cat(
      scope,
      layers.filter((_, index) => (index === 0 && keepBase) || index === last || index % 2 === 1),
    );
  },
});

export const HarDBlock2 = module<Omit<HardArgs, 'keepBase' | 'residual_out'>>({
  name: 'HarDBlock2',
  summary: () => l10n.t('A HarDBlock whose convolutions each make what all later layers read of them.'),
  params: { ...hardParams, dwconv: flag(() => l10n.t('Not used.')) },
  forward: (scope, inputs, { growth_rate, grmul, n_layers }) => {
    const x = only(inputs);
    const links = n_layers <= deepest ? hardLinks(n_layers, growth_rate, grmul).map(reversed) : [];
    const refused = tooDeep(scope, x, n_layers, links);
    if (refused) return refused;
    // For each layer (0 is the input), the channels that others read of it.
    const parts: number[][] = Array.from({ length: n_layers + 1 }, () => []);
    for (const { outputs, from } of links) for (const at of from) parts[at]!.push(outputs);
    const raw: Tensor[] = [];
    const results: Tensor[] = [];
    let current = x;
    scope.builder.times(n_layers, index => {
      const part = parts[index]!;
      const all = part.reduce((sum, value) => sum + value, 0);
      const y = scope.part(`conv_layers.${index}`, 'Conv2d', () =>
        conv2d(scope, current, { out: all, kernel: 3, padding: 1 }),
      );
      raw.push(y);
      const cut = (from: Tensor, start: number, end: number): Tensor => slice(scope, from, 1, start, end);
      let sum = part.length > 1 ? cut(y, 0, part[0]!) : y;
      const { from } = links[index]!;
      for (const at of from.slice(0, -1)) {
        const before = parts[at]!.slice(0, Math.max(parts[at]!.indexOf(part[0]!), 0));
        const start = before.reduce((total, value) => total + value, 0);
        sum = plus(scope, sum, cut(raw[at]!, start, start + part[0]!));
      }
      current = scope.part(`bnrelu_layers.${index}`, 'BRLayer', () => relu(scope, batchNorm(scope, sum)));
      if (index % 2 === 0 || index === n_layers - 1) results.push(current);
    });
    return cat(scope, results);
  },
});

/** HarDBlock2 keeps the farthest layer first. */
function reversed({ outputs, from }: Link): Link {
  return { outputs, from: [...from].reverse() };
}

export const ConvLayer = module<{
  in_channels: number;
  out_channels: number;
  kernel: number;
  stride: number;
  dropout: number;
  bias: boolean;
}>({
  name: 'ConvLayer',
  summary: () => l10n.t('A convolution, batch normalization and ReLU6.'),
  params: {
    in_channels: param.c1,
    out_channels: { ...param.c2, doc: () => l10n.t('Output channels.') },
    kernel: { kind: 'int', min: 1, doc: () => l10n.t('Kernel size.'), default: 3 },
    stride: { kind: 'int', min: 1, doc: () => l10n.t('Stride.'), default: 1 },
    dropout: { kind: 'number', doc: () => l10n.t('Not used.'), default: 0.1 },
    bias: flag(() => l10n.t('Adds a learned bias to each output channel.')),
  },
  forward: (scope, inputs, { out_channels: c2, kernel: k, stride: s, bias }) => {
    const y = conv2d(scope, only(inputs), { out: c2, kernel: k, stride: s, padding: Math.floor(k / 2), bias });
    return relu6(scope, batchNorm(scope, y));
  },
});

export const DWConvLayer = module<{ in_channels: number; out_channels: number; stride: number; bias: boolean }>({
  name: 'DWConvLayer',
  summary: () => l10n.t('A depthwise 3×3 and batch normalization.'),
  params: {
    in_channels: param.c1,
    out_channels: { ...param.c2, doc: () => l10n.t('Not used: channels stay.') },
    stride: { kind: 'int', min: 1, doc: () => l10n.t('Stride.'), default: 1 },
    bias: flag(() => l10n.t('Adds a learned bias to each channel.')),
  },
  forward: (scope, inputs, { in_channels: c, stride: s, bias }) =>
    batchNorm(scope, conv2d(scope, only(inputs), { out: c, kernel: 3, stride: s, padding: 1, groups: c, bias })),
});

export const CombConvLayer = module<{
  in_channels: number;
  out_channels: number;
  kernel: number;
  stride: number;
  dropout: number;
  bias: boolean;
}>({
  name: 'CombConvLayer',
  summary: () => l10n.t('A convolution, then a depthwise 3×3.'),
  params: { ...ConvLayer.params, kernel: { ...ConvLayer.params.kernel, default: 1 } },
  forward: (scope, inputs, { out_channels: c, kernel, stride }) => {
    const y = scope.call('layer1', ConvLayer, only(inputs), { out_channels: c, kernel });
    return scope.call('layer2', DWConvLayer, y, { in_channels: c, out_channels: c, stride });
  },
});

export const BRLayer = module<{ in_channels: number }>({
  name: 'BRLayer',
  summary: () => l10n.t('Batch normalization and ReLU.'),
  params: { in_channels: param.c1 },
  forward: (scope, inputs) => relu(scope, batchNorm(scope, only(inputs))),
});

export const Flatten = module<Record<never, never>>({
  name: 'Flatten',
  summary: () => l10n.t('Flattens all dimensions but the batch.'),
  params: {},
  forward: (scope, inputs) => flatten(scope, only(inputs)),
});

export const Mish = module<Record<never, never>>({
  name: 'Mish',
  summary: () => l10n.t('The activation Mish.'),
  params: {},
  forward: (scope, inputs) => mish(scope, only(inputs)),
});

// torch/nn/modules/conv.py.
import * as l10n from '@vscode/l10n';
import type { Machine } from '../../../../python/machine.ts';
import { PyList, type Value } from '../../../../python/objects.ts';
import { nn as known } from '../../../nn/index.ts';
import { optionalTensor, tensorOf } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { convolve, convolveTransposed } from '../kernels/conv.ts';
import { moduleOf } from '../module.ts';
import { flag, listOf, native, numberOf, repeated, sizesOf, tupleOf, unknownIn } from '../natives.ts';
import type { NN } from '../state.ts';
import {
  type Arguments,
  callerOf,
  firstSize,
  type LayerClass,
  lacks,
  learn,
  need,
  optional,
  size,
  tensor,
} from './spec.ts';

type Rank = 1 | 2 | 3;

const modes = ['zeros', 'reflect', 'replicate', 'circular'];

/** What all constructors of convolutions do: attributes as tuples, weights and bias. */
function construct(self: ModuleInstance, args: Arguments, nn: NN, rank: Rank, transposed: boolean): void {
  const { machine } = nn;
  const inside = (transposed ? firstSize : size)(args.in_channels!, 'in_channels', nn);
  const out = (transposed ? size : firstSize)(args.out_channels!, 'out_channels', nn);
  const groups = size(args.groups!, 'groups', nn);
  if (groups <= 0) throw machine.raise('ValueError', 'groups must be a positive integer');
  if (inside % groups > 0) throw machine.raise('ValueError', 'in_channels must be divisible by groups');
  if (out % groups > 0) throw machine.raise('ValueError', 'out_channels must be divisible by groups');
  const { padding = 0, padding_mode: mode = 'zeros', stride = 1 } = args;
  if (typeof padding === 'string') {
    if (padding !== 'same' && padding !== 'valid') {
      throw machine.raise('ValueError', `Invalid padding string '${padding}', should be one of {'valid', 'same'}`);
    }
    if (padding === 'same' && sizesOf(stride, rank, 'stride', machine).some(step => step > 1)) {
      throw machine.raise('ValueError', "padding='same' is not supported for strided convolutions");
    }
  }
  if (typeof mode === 'string' && !modes.includes(mode)) {
    throw machine.raise(
      'ValueError',
      `padding_mode must be one of {${modes.join(', ')}}, but got padding_mode='${mode}'`,
    );
  }
  if (transposed && mode !== 'zeros') {
    throw machine.raise('ValueError', `Only "zeros" padding mode is supported for ${self.cls.name}`);
  }
  for (const name of ['kernel_size', 'stride', 'dilation']) self.set(name, repeated(args[name]!, rank));
  self.set('padding', typeof padding === 'string' ? padding : repeated(padding, rank));
  self.set('output_padding', repeated(args.output_padding ?? 0, rank));
  self.set('transposed', transposed);
  const kernel = sizesOf(args.kernel_size!, rank, 'kernel_size', machine);
  self.set('_reversed_padding_repeated_twice', borders(args, rank, machine));
  const lengths = listOf(args.kernel_size!)?.length ?? rank;
  if (lengths !== rank)
    throw machine.raise('RuntimeError', `kernel_size must have ${rank} elements, but it has ${lengths}`);
  const shape = transposed ? [inside, out / groups, ...kernel] : [out, inside / groups, ...kernel];
  const why = unknownIn(args.in_channels!, args.out_channels!, groups, args.kernel_size!) ?? null;
  learn(self, 'weight', shape, 'weights', nn, why);
  if (flag(args.bias!, true)) learn(self, 'bias', [out], 'biases', nn, why);
  else lacks(self, 'bias');
}

/** The padding as F.pad takes it: the last axis first, each twice. */
function borders(args: Arguments, rank: Rank, machine: Machine): Value {
  const { padding = 0, kernel_size: kernel = null, dilation = 1 } = args;
  const why = unknownIn(padding, kernel, dilation);
  if (why) return why;
  if (typeof padding !== 'string') {
    // What PyTorch refuses only when it is called is here as it was given.
    const each = listOf(repeated(padding, rank)) ?? [];
    return tupleOf([...each].reverse().flatMap(border => [border, border]));
  }
  const lengths = sizesOf(kernel, rank, 'kernel_size', machine);
  const totals = sizesOf(dilation, rank, 'dilation', machine).map((gap, axis) =>
    padding === 'same' ? gap * (lengths[axis]! - 1) : 0,
  );
  return new PyList(totals.reverse().flatMap(total => [Math.floor(total / 2), total - Math.floor(total / 2)]));
}

function attributes(self: ModuleInstance, nn: NN) {
  const of = (name: string): Value => need(self, name, nn.machine);
  return { stride: of('stride'), padding: of('padding'), dilation: of('dilation'), groups: of('groups') };
}

function convolution(rank: Rank): LayerClass {
  const name = `Conv${rank}d`;
  const summaries = {
    1: () => l10n.t('A convolution over sequences.'),
    2: () => l10n.t('A convolution over images.'),
    3: () => l10n.t('A convolution over volumes or videos.'),
  };
  const run = (self: ModuleInstance, input: Value, weight: Value | undefined, bias: Value | undefined, nn: NN): Value =>
    convolve(nn, callerOf(self), tensorOf(nn, input), rank, {
      ...attributes(self, nn),
      weight: tensorOf(nn, weight, 'weight'),
      bias: optionalTensor(nn, bias, 'bias'),
      mode: self.attribute('padding_mode') ?? 'zeros',
    });
  return {
    name,
    file: 'conv',
    base: '_ConvNd',
    summary: known.get(`nn.${name}`)?.summary ?? summaries[rank],
    init: "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, dtype=None",
    hidden: ['bias'],
    construct: (self, args, nn) => construct(self, args, nn, rank, false),
    forward: (self, [input], nn) =>
      run(self, input!, tensor(self, 'weight', nn), optional(self, 'bias', nn) ?? null, nn),
    members: nn => ({
      _conv_forward: native('_conv_forward', 'self, input, weight, bias', ([self, input, weight, bias], machine) =>
        run(moduleOf(self, machine), input!, weight, bias, nn),
      ),
    }),
  };
}

function transposed(rank: Rank): LayerClass {
  const name = `ConvTranspose${rank}d`;
  return {
    name,
    file: 'conv',
    base: '_ConvTransposeNd',
    summary: () => l10n.t('A transposed convolution: upsamples by its stride.'),
    init: "in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None",
    hidden: ['bias'],
    construct: (self, args, nn) => construct(self, args, nn, rank, true),
    input: 'input, output_size=None',
    forward: (self, [input, wanted], nn) => {
      const x = tensorOf(nn, input);
      const call = attributes(self, nn);
      return convolveTransposed(nn, callerOf(self), x, rank, {
        ...call,
        weight: tensor(self, 'weight', nn),
        bias: optional(self, 'bias', nn),
        outputPadding:
          wanted === null
            ? need(self, 'output_padding', nn.machine)
            : outputPadding(self, x.shape, wanted!, call, rank, nn),
      });
    },
  };
}

/** _ConvTransposeNd._output_padding: what is missing to the size that is asked for. */
function outputPadding(
  self: ModuleInstance,
  shape: readonly number[] | undefined,
  wanted: Value,
  { stride, padding, dilation }: { readonly stride: Value; readonly padding: Value; readonly dilation: Value },
  rank: Rank,
  nn: NN,
): Value {
  const { machine } = nn;
  const why = unknownIn(wanted);
  if (why) return why;
  const sizes = (listOf(wanted) ?? []).map(item => numberOf(item) ?? Number.NaN).slice(-rank);
  if (sizes.length !== rank) {
    throw machine.raise('ValueError', `output_size must have ${rank} or ${rank + 2} elements`);
  }
  const steps = sizesOf(stride, rank, 'stride', machine);
  const borders = sizesOf(padding, rank, 'padding', machine);
  const gaps = sizesOf(dilation, rank, 'dilation', machine);
  const kernel = sizesOf(need(self, 'kernel_size', machine), rank, 'kernel_size', machine);
  const input = shape?.slice(-rank) ?? sizes.map(() => Number.NaN);
  return tupleOf(
    sizes.map((length, axis) => {
      const least = (input[axis]! - 1) * steps[axis]! - 2 * borders[axis]! + gaps[axis]! * (kernel[axis]! - 1) + 1;
      if (length < least || length > least + steps[axis]! - 1) {
        throw machine.raise(
          'ValueError',
          `requested an output size of ${sizes.join(', ')}, but valid sizes range from ${least} to ${least + steps[axis]! - 1} on axis ${axis}`,
        );
      }
      return length - least;
    }),
  );
}

/** What programs derive convolutions of their own from: the rank is that of the kernel that they give. */
function general(name: string, base?: string): LayerClass {
  return {
    name,
    file: 'conv',
    ...(base !== undefined && { base }),
    init: 'in_channels, out_channels, kernel_size, stride, padding, dilation, transposed, output_padding, groups, bias, padding_mode, device=None, dtype=None',
    hidden: ['bias'],
    construct: (self, args, nn) => {
      const rank = [args.kernel_size!, args.stride!, args.padding!].map(value => listOf(value)?.length).find(Boolean);
      construct(self, args, nn, rank === 1 || rank === 3 ? rank : 2, flag(args.transposed!, false));
    },
  };
}

export const convolutions: readonly LayerClass[] = [
  general('_ConvNd'),
  general('_ConvTransposeNd', '_ConvNd'),
  ...([1, 2, 3] as const).flatMap(rank => [convolution(rank), transposed(rank)]),
];

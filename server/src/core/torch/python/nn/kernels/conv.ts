// Convolutions of tensors with weights: what F.conv2d and nn.Conv2d do.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import type { Value } from '../../../../python/objects.ts';
import type { PyTensor } from '../../tensor.ts';
import {
  applyKnown,
  batched,
  type Caller,
  declared,
  looseShape,
  mismatch,
  refuse,
  shown,
  unknownResult,
  weightedOne,
} from '../apply.ts';
import { sizesOf, unknownIn } from '../natives.ts';
import type { NN } from '../state.ts';

export interface Convolution {
  readonly weight: PyTensor;
  readonly bias: PyTensor | undefined;
  readonly stride: Value;
  readonly padding: Value;
  readonly dilation: Value;
  readonly groups: Value;
  /** `reflect` and the like; zeros by default. */
  readonly mode?: Value | undefined;
}

/** Fills the border with copies before a convolution without padding. */
type PadMode = 'reflect' | 'replicate' | 'circular';

export function convolve(nn: NN, caller: Caller, input: PyTensor, rank: 1 | 2 | 3, call: Convolution): PyTensor {
  const { weight, bias, mode = 'zeros' } = call;
  const { machine } = nn;
  const why = unknownIn(call.stride, call.padding, call.dilation, call.groups, mode);
  const shape = weight.shape ?? Array.from({ length: rank + 2 }, () => Number.NaN);
  if (shape.length !== rank + 2) return wrongWeight(nn, caller, input, weight, rank);
  const [out, inside, ...kernel] = shape as [number, number, ...number[]];
  const [groups] = sizesOf(call.groups, 1, 'groups', machine) as [number];
  const stride = sizesOf(call.stride, rank, 'stride', machine);
  const dilation = sizesOf(call.dilation, rank, 'dilation', machine);
  if (out === 0) {
    throw machine.raise(
      'RuntimeError',
      `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got weight of size [${shape.join(', ')}] instead`,
    );
  }
  if (kernel.includes(0)) throw machine.raise('RuntimeError', 'kernel size should be greater than zero');
  const whole = batched(nn, caller, input, rank + 2);
  const x = declared(nn, whole.x, 1, inside * groups, found =>
    mismatch(caller, 'in_channels', inside * groups, found, input),
  );
  const borders = bordersOf(nn, call.padding, kernel, stride, dilation, rank);
  const attrs = { out, kernel, stride, dilation, groups, bias: bias !== undefined };
  if (why || !weight.shape) {
    const reason = why ?? weight.why ?? { message: l10n.t('The weights of {0} are not known.', caller.name) };
    return whole.undo(unknownResult(nn, reason, [x], looseShape(ops.conv, { ...attrs, padding: borders.before }, [x])));
  }
  const parameters = bias ? [weight, bias] : [weight];
  if (mode !== 'zeros' && [...borders.before, ...borders.after].some(border => border > 0)) {
    const { before, after } = borders;
    const padded = applyKnown(nn, caller, ops.pad, { before, after, mode: mode as PadMode }, [x], undefined, {
      functional: true,
    });
    const padding = kernel.map(() => 0);
    return whole.undo(weightedOne(nn, caller, ops.conv, { ...attrs, padding }, [padded], parameters));
  }
  const padding = borders.before;
  const isEven = borders.after.every((border, axis) => border === padding[axis]);
  const padded = isEven ? { padding } : { padding, paddingAfter: borders.after };
  return whole.undo(weightedOne(nn, caller, ops.conv, { ...attrs, ...padded }, [x], parameters));
}

interface Borders {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function bordersOf(
  nn: NN,
  padding: Value,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  rank: number,
): Borders {
  if (padding === 'valid') return { before: kernel.map(() => 0), after: kernel.map(() => 0) };
  if (padding === 'same') {
    if (stride.some(step => step > 1)) {
      throw nn.machine.raise('ValueError', "padding='same' is not supported for strided convolutions");
    }
    const whole = kernel.map((size, axis) => dilation[axis]! * (size - 1));
    const before = whole.map(border => Math.floor(border / 2));
    return { before, after: whole.map((border, axis) => border - before[axis]!) };
  }
  if (typeof padding === 'string') {
    throw nn.machine.raise('ValueError', `Invalid padding string '${padding}', should be one of {'valid', 'same'}`);
  }
  const before = sizesOf(padding, rank, 'padding', nn.machine);
  return { before, after: before };
}

function wrongWeight(nn: NN, caller: Caller, x: PyTensor, weight: PyTensor, rank: number): PyTensor {
  return refuse(
    nn,
    {
      code: 'kernel-rank-mismatch',
      message: l10n.t(
        '{0} needs weights with {1} dimensions, but these have {2} ({3}).',
        caller.name,
        rank + 2,
        weight.shape!.length,
        shown(weight.shape),
      ),
      short: l10n.t('wrong number of dimensions'),
    },
    [x],
  );
}

export interface TransposedConvolution extends Omit<Convolution, 'mode'> {
  readonly outputPadding: Value;
}

export function convolveTransposed(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  rank: 1 | 2 | 3,
  call: TransposedConvolution,
): PyTensor {
  const { weight, bias } = call;
  const { machine } = nn;
  const why = unknownIn(call.stride, call.padding, call.dilation, call.groups, call.outputPadding);
  const shape = weight.shape ?? Array.from({ length: rank + 2 }, () => Number.NaN);
  if (shape.length !== rank + 2) return wrongWeight(nn, caller, input, weight, rank);
  const [inside, part, ...kernel] = shape as [number, number, ...number[]];
  const [groups] = sizesOf(call.groups, 1, 'groups', machine) as [number];
  if ([inside, part, ...kernel].includes(0)) {
    throw machine.raise('RuntimeError', `a weight tensor with elements is expected, but got: [${shape.join(', ')}]`);
  }
  const whole = batched(nn, caller, input, rank + 2);
  const x = declared(nn, whole.x, 1, inside, found => mismatch(caller, 'in_channels', inside, found, input));
  const attrs = {
    out: part * groups,
    kernel,
    stride: sizesOf(call.stride, rank, 'stride', machine),
    padding: sizesOf(call.padding, rank, 'padding', machine),
    outputPadding: sizesOf(call.outputPadding, rank, 'output_padding', machine),
    dilation: sizesOf(call.dilation, rank, 'dilation', machine),
    groups,
    bias: bias !== undefined,
  };
  if (why || !weight.shape) {
    const reason = why ?? weight.why ?? { message: l10n.t('The weights of {0} are not known.', caller.name) };
    return whole.undo(unknownResult(nn, reason, [x], looseShape(ops.convTranspose, attrs, [x])));
  }
  return whole.undo(weightedOne(nn, caller, ops.convTranspose, attrs, [x], bias ? [weight, bias] : [weight]));
}

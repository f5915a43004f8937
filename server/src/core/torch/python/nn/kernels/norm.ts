// Normalizations with or without a learned scale and shift.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { eitherText } from '../../../../text/wording.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, batched, type Caller, declared, mismatch, refuse, shown, weightedOne } from '../apply.ts';
import type { NN } from '../state.ts';

export interface Scaling {
  readonly weight: PyTensor | undefined;
  readonly bias: PyTensor | undefined;
}

function list({ weight, bias }: Scaling): readonly PyTensor[] {
  return [weight, bias].filter(tensor => tensor !== undefined);
}

/** Scale and shift count together; one without the other is rare enough to be work of its own. */
function isWhole({ weight, bias }: Scaling): boolean {
  return (weight === undefined) === (bias === undefined);
}

/** `features` is what the layer or its statistics declare; undefined where nothing does. */
export function batchNorm(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  scaling: Scaling,
  {
    stats,
    features,
    ranks,
  }: { readonly stats: boolean; readonly features?: number; readonly ranks?: readonly number[] },
): PyTensor {
  const wrong = wrongRank(nn, caller, input, ranks);
  if (wrong) return wrong;
  const wanted = features ?? scaling.weight?.shape?.[0] ?? Number.NaN;
  const x = declared(nn, input, 1, wanted, found => mismatch(caller, 'num_features', wanted, found, input));
  if (!isWhole(scaling)) return halfScaled(nn, caller, x, scaling, y => norm(y, false));
  return norm(x, scaling.weight !== undefined);

  function norm(y: PyTensor, affine: boolean): PyTensor {
    return weightedOne(nn, caller, ops.batchNorm, { affine, stats }, [y], affine ? list(scaling) : []);
  }
}

function wrongRank(nn: NN, caller: Caller, x: PyTensor, ranks: readonly number[] | undefined): PyTensor | undefined {
  if (!ranks || !x.shape || ranks.includes(x.shape.length)) return undefined;
  return refuse(
    nn,
    {
      code: 'unsupported-rank',
      input: 0,
      message: l10n.t(
        '{0} needs an input with {1} dimensions, but it has {2} ({3}).',
        caller.name,
        eitherText(ranks.map(String)),
        x.shape.length,
        shown(x.shape),
      ),
      short: l10n.t('wrong number of dimensions'),
    },
    [x],
    x.shape,
  );
}

export function instanceNorm(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  scaling: Scaling,
  { features, rank }: { readonly features?: number; readonly rank?: number } = {},
): PyTensor {
  const whole = rank === undefined ? { x: input, undo: (y: PyTensor) => y } : batched(nn, caller, input, rank);
  const wanted = features ?? scaling.weight?.shape?.[0] ?? Number.NaN;
  // torch warns alone where nothing is learned, and normalizes what it gets.
  const x =
    scaling.weight || !caller.isFunction ? declaredUnlessFree(nn, caller, whole.x, wanted, scaling, input) : whole.x;
  if (!isWhole(scaling)) {
    return whole.undo(
      halfScaled(nn, caller, x, scaling, y => apply(nn, caller, ops.instanceNorm, { affine: false }, [y])),
    );
  }
  const affine = scaling.weight !== undefined;
  return whole.undo(weightedOne(nn, caller, ops.instanceNorm, { affine }, [x], list(scaling)));
}

function declaredUnlessFree(
  nn: NN,
  caller: Caller,
  x: PyTensor,
  wanted: number,
  { weight }: Scaling,
  input: PyTensor,
): PyTensor {
  if (!weight) return x;
  return declared(nn, x, 1, wanted, found => mismatch(caller, 'num_features', wanted, found, input));
}

export function groupNorm(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  groups: number,
  scaling: Scaling,
  channels?: number,
): PyTensor {
  const wanted = channels ?? scaling.weight?.shape?.[0] ?? Number.NaN;
  const x = declared(nn, input, 1, wanted, found => mismatch(caller, 'num_channels', wanted, found, input));
  if (!isWhole(scaling)) {
    return halfScaled(nn, caller, x, scaling, y => apply(nn, caller, ops.groupNorm, { groups, affine: false }, [y]));
  }
  const affine = scaling.weight !== undefined;
  return weightedOne(nn, caller, ops.groupNorm, { groups, affine }, [x], list(scaling));
}

function halfScaled(
  nn: NN,
  caller: Caller,
  x: PyTensor,
  { weight, bias }: Scaling,
  norm: (x: PyTensor) => PyTensor,
): PyTensor {
  const y = norm(x);
  const along = (tensor: PyTensor): PyTensor =>
    apply(nn, caller, ops.reshape, { shape: [-1, ...Array.from({ length: (x.shape?.length ?? 2) - 2 }, () => 1)] }, [
      tensor,
    ]);
  const scaled = weight ? apply(nn, caller, ops.mul, {}, [y, along(weight)]) : y;
  return bias ? apply(nn, caller, ops.add, {}, [scaled, along(bias)]) : scaled;
}

/** Whether the last sizes of an input are those that a layer normalizes over. */
function checked(nn: NN, caller: Caller, x: PyTensor, wanted: readonly number[]): PyTensor {
  const { shape } = x;
  if (!shape) return x;
  const last = shape.slice(Math.max(0, shape.length - wanted.length));
  const fits =
    last.length === wanted.length &&
    wanted.every((size, axis) => size === last[axis] || Number.isNaN(size) || Number.isNaN(last[axis]));
  if (fits) return x;
  const output = last.length === wanted.length ? [...shape.slice(0, shape.length - wanted.length), ...wanted] : shape;
  const found = shape.at(-1) ?? Number.NaN;
  return refuse(
    nn,
    {
      code: 'normalized-shape-mismatch',
      attr: 'normalized_shape',
      input: 0,
      ...(wanted.length === 1 ? { fits: { attr: 'normalized_shape', value: found } } : {}),
      message: l10n.t(
        '{0} expects the last dimensions {1}, but its input is {2}.',
        caller.name,
        shown(wanted),
        shown(shape),
      ),
      help: l10n.t('Set {0} to {1}, or change the input.', 'normalized_shape', shown(last)),
      short: l10n.t('{0} expected, {1} found', shown(wanted), shown(last)),
    },
    [x],
    output,
  );
}

export function layerNorm(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  wanted: readonly number[],
  scaling: Scaling,
): PyTensor {
  const x = checked(nn, caller, input, wanted);
  const { weight, bias } = scaling;
  for (const { shape } of list(scaling)) {
    if (!shape || [...shape, ...wanted].some(Number.isNaN) || String(shape) === String(wanted)) continue;
    throw nn.machine.raise(
      'RuntimeError',
      `Expected weight to be of same shape as normalized_shape, but got weight of shape ${shown(shape)} and normalized_shape = ${shown(wanted)}`,
    );
  }
  const attrs = { axes: wanted.length, affine: weight !== undefined, bias: bias !== undefined };
  if (weight === undefined && bias !== undefined) {
    const y = ranked(nn, caller, x, wanted, y => apply(nn, caller, ops.layerNorm, { ...attrs, bias: false }, [y]));
    return apply(nn, caller, ops.add, {}, [y, bias]);
  }
  return ranked(nn, caller, x, wanted, y => weightedOne(nn, caller, ops.layerNorm, attrs, [y], list(scaling)));
}

/** The operators want a batch axis in front of what is normalized. */
function ranked(
  nn: NN,
  caller: Caller,
  x: PyTensor,
  wanted: readonly number[],
  norm: (x: PyTensor) => PyTensor,
): PyTensor {
  if (x.shape?.length !== wanted.length) return norm(x);
  const y = norm(apply(nn, caller, ops.unsqueeze, { axis: 0 }, [x]));
  return apply(nn, caller, ops.squeeze, { axis: 0 }, [y]);
}

export function rmsNorm(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  wanted: readonly number[],
  weight: PyTensor | undefined,
): PyTensor {
  const x = checked(nn, caller, input, wanted);
  const attrs = { axes: wanted.length, affine: weight !== undefined };
  return ranked(nn, caller, x, wanted, y => weightedOne(nn, caller, ops.rmsNorm, attrs, [y], weight ? [weight] : []));
}

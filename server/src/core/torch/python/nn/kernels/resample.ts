// Interpolation, padding, windows as columns, sampling grids.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { op, type Shape } from '../../../../ops/op.ts';
import { PyFloat, PyTuple, plain, type Value } from '../../../../python/objects.ts';
import { isUnlike } from '../../accepted.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, applyKnown, batched, type Caller, refuse, shown, unknownResult } from '../apply.ts';
import { factorsOf, listOf, numberOf, sizesOf, unknownIn } from '../natives.ts';
import type { NN } from '../state.ts';
import { moving } from './data.ts';
import { adaptivePool } from './pool.ts';

const modes = {
  nearest: 'nearest',
  'nearest-exact': 'nearest',
  linear: 'linear',
  bilinear: 'bilinear',
  bicubic: 'bicubic',
  trilinear: 'trilinear',
} as const;

export interface Interpolation {
  readonly size: Value;
  readonly factor: Value;
  readonly mode: Value;
}

export function interpolate(nn: NN, caller: Caller, x: PyTensor, { size, factor, mode }: Interpolation): PyTensor {
  const { machine } = nn;
  const rank = (x.shape?.length ?? 4) - 2;
  const loose = x.shape && [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => Number.NaN)];
  const why = unknownIn(size, factor, mode);
  if (why) return unknownResult(nn, why, [x], loose);
  if (size === null && factor === null)
    throw machine.raise('ValueError', 'either size or scale_factor should be defined');
  if (size !== null && factor !== null) {
    throw machine.raise('ValueError', 'only one of size or scale_factor should be defined');
  }
  if (!x.shape) return unknownResult(nn, x.why ?? { message: l10n.t('the shape of its input is not known') }, [x]);
  const sizes =
    size === null
      ? factorsOf(factor, rank, 'scale_factor', machine).map((each, axis) => Math.floor(x.shape![axis + 2]! * each))
      : sizesOf(size, rank, 'size', machine);
  // One in a list does not stand for all.
  const count = listOf(size ?? factor)?.length ?? sizes.length;
  if (count !== rank) {
    const what = size === null ? 'scale_factor' : 'size';
    throw machine.raise(
      'ValueError',
      `Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of ${rank} and ${what} of ${count}.`,
    );
  }
  if (mode === 'area') return adaptivePool(nn, caller, x, rank as 1 | 2 | 3, 'average', new PyTuple(sizes)) as PyTensor;
  const known = typeof mode === 'string' && mode in modes ? modes[mode as keyof typeof modes] : undefined;
  if (!known)
    throw machine.raise('NotImplementedError', `Input Error: interpolation mode ${String(mode)} is not known`);
  const options = mode === 'nearest-exact' ? { functional: true } : {};
  if (size !== null) return apply(nn, caller, ops.upsample, { size: sizes, mode: known }, [x], options);
  const scale = factorsOf(factor, rank, 'scale_factor', machine);
  return apply(nn, caller, ops.upsample, { scale, mode: known }, [x], options);
}

interface PadAll {
  /** One entry for each axis; negative cuts off. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** F.pad of any axis, which pads with a constant. */
const padAll = op<PadAll>({
  name: 'pad',
  kind: 'data',
  summary: () => l10n.t('Pads the input with a constant. No arithmetic.'),
  attrs: {
    before: { kind: 'ints', doc: () => l10n.t('Elements added at the start of each dimension; negative values crop.') },
    after: { kind: 'ints', doc: () => l10n.t('Elements added at the end of each dimension; negative values crop.') },
  },
  arity: 1,
  check: ({ before, after }, [x]) => {
    const axis = x!.findIndex((length, at) => length + before[at]! + after[at]! < 0);
    if (axis < 0) return undefined;
    return {
      code: 'padding-removes-everything',
      message: l10n.t('The negative padding removes all {0} elements of axis {1}.', x![axis]!, axis),
      help: l10n.t('Remove fewer elements.'),
      short: l10n.t('padding removes all elements'),
    };
  },
  shape: ({ before, after }, [x]) => x!.map((length, axis) => length + before[axis]! + after[axis]!),
  examples: [],
});

/** F.pad: pairs from the last axis on. */
export function pad(nn: NN, caller: Caller, x: PyTensor, borders: Value, mode: Value): PyTensor {
  const loose = x.shape?.map(() => Number.NaN);
  const why = unknownIn(borders, mode);
  if (why) return unknownResult(nn, why, [x], loose);
  const items = listOf(borders);
  const isNone = items?.some((item, at) => plain(item) instanceof PyFloat || (at === 0 && typeof item === 'boolean'));
  const list = isNone ? undefined : items?.map(item => numberOf(item) ?? Number.NaN);
  if (!list) throw nn.machine.raise('TypeError', "pad(): argument 'pad' must be tuple of ints");
  const rank = x.shape?.length;
  if (rank === undefined)
    return unknownResult(nn, x.why ?? { message: l10n.t('the shape of its input is not known') }, [x]);
  if (list.length % 2 === 1 || list.length > 2 * rank) {
    return refuse(
      nn,
      {
        code: 'value-count-mismatch',
        attr: 'pad',
        message: l10n.t(
          'Padding needs two numbers for each axis, not {0} for an input of {1}.',
          list.length,
          shown(x.shape),
        ),
        short: l10n.t('wrong number of paddings'),
      },
      [x],
      loose,
    );
  }
  const before = Array.from({ length: rank }, (_, axis) => list[2 * (rank - 1 - axis)] ?? 0);
  const after = Array.from({ length: rank }, (_, axis) => list[2 * (rank - 1 - axis) + 1] ?? 0);
  const spatial = list.length / 2;
  if (mode === 'constant' || mode === null) {
    const isImage = rank >= 3 && rank <= 5 && [before, after].every(each => each[0] === 0 && each[1] === 0);
    if (!isImage) return apply(nn, caller, padAll, { before, after }, [x]);
    return apply(nn, caller, ops.pad, { before: before.slice(2), after: after.slice(2), mode: 'constant' }, [x]);
  }
  if (mode !== 'reflect' && mode !== 'replicate' && mode !== 'circular') {
    throw nn.machine.raise('NotImplementedError', `Unrecognised padding mode ${String(mode)}`);
  }
  // The other modes pad all spatial axes, with or without a batch.
  const whole = batched(nn, caller, x, spatial + 2);
  const shift = whole.x.shape!.length - rank;
  const side = (each: readonly number[]): readonly number[] => each.slice(2 - shift);
  return whole.undo(apply(nn, caller, ops.pad, { before: side(before), after: side(after), mode }, [whole.x]));
}

/** How many windows there are along each axis. */
function positions(
  sizes: readonly number[],
  { kernel, dilation, padding, stride }: Record<'kernel' | 'dilation' | 'padding' | 'stride', readonly number[]>,
): readonly number[] {
  return sizes.map((length, axis) =>
    Math.floor((length + 2 * padding[axis]! - dilation[axis]! * (kernel[axis]! - 1) - 1) / stride[axis]! + 1),
  );
}

export type Windows = Record<'kernel' | 'dilation' | 'padding' | 'stride', Value>;

/** F.unfold: each window of an image as a column. */
export function unfold(nn: NN, caller: Caller, input: PyTensor, windows: Windows): PyTensor {
  const why = unknownIn(...Object.values(windows));
  const { x, undo } = batched(nn, caller, input, 4);
  const { shape } = x;
  if (why || !shape) {
    return unknownResult(
      nn,
      why ?? x.why ?? { message: l10n.t('the shape of its input is not known') },
      [x],
      [shape?.[0] ?? Number.NaN, Number.NaN, Number.NaN],
    );
  }
  const spread = spreadOf(nn, windows);
  const count = positions(shape.slice(2), spread);
  if (count.some(each => each < 1)) {
    throw nn.machine.raise('RuntimeError', `the kernel does not fit the input ${shown(shape)} of unfold`);
  }
  const [h, w] = spread.kernel as [number, number];
  const output = [shape[0]!, shape[1]! * h * w, count.reduce((product, each) => product * each, 1)];
  return undo(apply(nn, caller, moving('unfold'), { shape: output }, [x]));
}

function spreadOf(nn: NN, windows: Windows) {
  const of = (name: keyof Windows): readonly number[] => sizesOf(windows[name], 2, name, nn.machine);
  return { kernel: of('kernel'), dilation: of('dilation'), padding: of('padding'), stride: of('stride') };
}

/** F.fold: columns added up to an image. */
export function fold(nn: NN, caller: Caller, input: PyTensor, size: Value, windows: Windows): PyTensor {
  const why = unknownIn(size, ...Object.values(windows));
  const { x, undo } = batched(nn, caller, input, 3);
  const { shape } = x;
  if (why || !shape) {
    return unknownResult(nn, why ?? x.why ?? { message: l10n.t('the shape of its input is not known') }, [x]);
  }
  const spread = spreadOf(nn, windows);
  const sizes = sizesOf(size, 2, 'output_size', nn.machine);
  const [h, w] = spread.kernel as [number, number];
  const columns = positions(sizes, spread).reduce((product, each) => product * each, 1);
  if (shape[1]! % (h * w) > 0 || Math.abs(shape[2]! - columns) > 0) {
    return undo(
      refuse(
        nn,
        {
          code: 'element-count-mismatch',
          attr: 'output_size',
          message: l10n.t(
            'Folding to {0} needs {1} columns of a multiple of {2}, but the input is {3}.',
            shown(sizes),
            columns,
            h * w,
            shown(shape),
          ),
          short: l10n.t('columns do not fit'),
        },
        [x],
        [shape[0]!, Number.NaN, ...sizes],
      ),
    );
  }
  return undo(apply(nn, caller, moving('fold'), { shape: [shape[0]!, shape[1]! / (h * w), ...sizes] }, [x]));
}

/** F.grid_sample. */
export function gridSample(nn: NN, caller: Caller, x: PyTensor, grid: PyTensor, mode: Value): PyTensor {
  const why = unknownIn(mode);
  const [own, theirs] = [x.shape?.[0] ?? Number.NaN, grid.shape?.[0] ?? Number.NaN];
  if (Math.abs(own - theirs) > 0)
    throw nn.machine.raise(
      'RuntimeError',
      `grid_sampler(): expected grid and input to have same batch size, but got input with sizes ${shown(x.shape!)} and grid with sizes ${shown(grid.shape!)}`,
    );
  if (x.hasType && grid.hasType && isUnlike(x.dtype, grid.dtype))
    throw nn.machine.raise(
      'RuntimeError',
      `grid_sampler(): expected input and grid to have same dtype, but input has ${x.dtype} and grid has ${grid.dtype}`,
    );
  return applyKnown(nn, caller, ops.gridSample, {}, [x, grid], why);
}

/** F.affine_grid: a grid of positions; counters of operators do not see the small product inside. */
export function affineGrid(nn: NN, caller: Caller, theta: PyTensor, wanted: Value): PyTensor {
  const why = unknownIn(wanted);
  const sizes = listOf(wanted)?.map(item => numberOf(item) ?? Number.NaN) ?? [];
  const [n = Number.NaN, , ...spatial] = sizes;
  const shape: Shape = [n, ...spatial, spatial.length];
  if (why) return unknownResult(nn, why, [theta], shape);
  const fits = [n, spatial.length, spatial.length + 1];
  if (theta.shape && (theta.shape.length !== 3 || theta.shape.some((length, at) => Math.abs(length - fits[at]!) > 0)))
    throw nn.machine.raise(
      'ValueError',
      `Expected a batch of affine matrices of shape ${shown(fits)}, got ${shown(theta.shape)}`,
    );
  return apply(nn, caller, moving('affineGrid'), { shape }, [theta]);
}
